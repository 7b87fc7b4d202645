"""The calendar of weeks: what each shows, and how the clocks and the turn of the year are met."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import Role
from accounts.models import MemberState, Notice, User
from forum.models import Discussion, Room, Topic
from forum.weeks import monday_of
from moderation import holidays
from moderation.models import WeeklyTopic
from moderation.queries.capitals import CAPITALS, at_night, capital_zone, clocks
from moderation.queries.weekly import calendar, weekly_languages
from moderation.services.templates import plan_weeks
from moderation.services.weekly import open_due_topics, warn_of_next_week
from tests.factories import (
    ChecklistItemFactory,
    MemberStateFactory,
    RoomFactory,
    TopicFactory,
    TopicTemplateFactory,
    UserFactory,
    WeeklyTopicFactory,
)
from tests.moderation.test_proposals import letters

GENEVA = ZoneInfo("Europe/Zurich")


@pytest.fixture
def moderator(core_rooms) -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def desk(client, moderator):
    client.force_login(moderator)
    return client


def shown(viewer: User, now: datetime, first: date | None = None):
    return calendar(viewer, now=now, first=first).weeks


# --- Weeks ------------------------------------------------------------------------------------------


def test_the_calendar_begins_with_this_week_and_shows_the_next_twelve(moderator):
    weeks = shown(moderator, datetime(2026, 11, 18, 12, tzinfo=UTC))

    assert [week.monday for week in weeks] == [date(2026, 11, 16) + timedelta(weeks=n) for n in range(13)]
    assert [week.is_current for week in weeks] == [True] + [False] * 12


def test_the_last_week_of_2026_is_the_53rd_and_the_first_of_2027_the_first(moderator):
    weeks = shown(moderator, datetime(2026, 12, 21, 12, tzinfo=UTC))

    assert [(week.year, week.number) for week in weeks[:4]] == [(2026, 52), (2026, 53), (2027, 1), (2027, 2)]
    assert weeks[1].monday == date(2026, 12, 28)


def test_a_topic_stands_in_the_week_of_its_opening_by_genevas_clocks(moderator):
    # Monday 30 March 2026, 00:00 in Geneva: a day after the clocks have gone forward, and Sunday 22:00 in UTC.
    WeeklyTopicFactory(topic__opens_at=datetime(2026, 3, 29, 22, tzinfo=UTC))

    weeks = shown(moderator, datetime(2026, 3, 20, 12, tzinfo=UTC))

    assert [week.monday for week in weeks if week.topics] == [date(2026, 3, 30)]


def test_pages_of_the_calendar_follow_each_other(moderator):
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    present = calendar(moderator, now=now)
    earlier = calendar(moderator, now=now, first=present.earlier)

    assert earlier.weeks[-1].monday + timedelta(weeks=1) == present.weeks[0].monday
    assert (earlier.later, present.is_present, earlier.is_present) == (present.weeks[0].monday, True, False)
    assert all(week.is_past for week in earlier.weeks)


@pytest.mark.parametrize("wrong", ["yesterday", "2026-02-31", "0001-01-01", "9999-12-31", "%00"])
def test_an_address_that_names_no_day_shows_this_week(desk, wrong):
    assert desk.get(f"/moderation/?from={wrong}").context["calendar"].is_present


@pytest.mark.parametrize(
    "monday",
    [
        datetime(2026, 10, 19, tzinfo=GENEVA),  # clocks go back on Sunday 25 October
        datetime(2026, 3, 23, tzinfo=GENEVA),  # and forward on Sunday 29 March
        datetime(2026, 12, 21, tzinfo=GENEVA),  # week 52, 53, 1 and 2
    ],
)
def test_four_weeks_planned_in_one_sitting_open_by_the_clock(moderator, time_machine, monday):
    time_machine.move_to(monday - timedelta(days=3), tick=False)
    plans = plan_weeks(
        actor=moderator, template=TopicTemplateFactory().pk, first=monday.date(), weeks=4, scheduled=True
    )
    opened = []
    for n in range(4):
        # The same clock time in Geneva each Monday, whatever it is in UTC.
        midnight = datetime.combine(monday.date() + timedelta(weeks=n), datetime.min.time(), tzinfo=GENEVA)
        time_machine.move_to(midnight.astimezone(UTC) - timedelta(seconds=1), tick=False)
        assert open_due_topics() == 0
        time_machine.move_to(midnight.astimezone(UTC), tick=False)
        assert open_due_topics() == 1
        opened.append(WeeklyTopic.objects.exclude(opened_at=None).latest("opened_at").pk)
        now = timezone.now()
        still_open = [d.topic_id for d in Discussion.objects.select_related("topic") if not d.is_closed(now)]
        assert set(still_open) == {plans[n].topic_id}  # the week before has closed at this very moment

    assert opened == [plan.pk for plan in plans]
    assert Discussion.objects.count() == 4 * len(Room.objects.all())


# --- What is lacking --------------------------------------------------------------------------------


def test_a_coming_week_without_a_topic_offers_to_prepare_one(desk, time_machine):
    time_machine.move_to(datetime(2026, 11, 18, 12, tzinfo=UTC))
    WeeklyTopicFactory(topic__opens_at=datetime(2026, 11, 22, 23, tzinfo=UTC))

    response = desk.get("/moderation/")

    assertContains(response, "/moderation/weekly/new/?week=2026-11-30")
    assertNotContains(response, "?week=2026-11-23")
    new = desk.get("/moderation/weekly/new/?week=2026-11-30")
    assert new.context["form"].instance.opens_at == datetime(2026, 11, 30, tzinfo=GENEVA)


def test_a_missing_language_is_named_optional_rooms_included(desk):
    RoomFactory(language="zh", is_core=False)
    WeeklyTopicFactory(topic__title_es="")

    response = desk.get("/moderation/")

    [item] = [item for week in response.context["calendar"].weeks for item in week.topics]
    assert item.missing == ["es", "zh-hans"]
    assertContains(response, "Spanish")


def test_languages_are_those_of_the_rooms_that_are_open(core_rooms):
    RoomFactory(language="zh", is_core=False)
    RoomFactory(language="de", name_en="Deutsch", is_core=False)  # texts are not kept in it
    RoomFactory(language="ar", name_en="Arabic", is_core=False, read_only_since=timezone.now() - timedelta(days=1))

    languages = [(language.code, language.is_core) for language in weekly_languages()]

    assert languages == [("en", True), ("fr", True), ("es", True), ("zh-hans", False)]


def test_points_that_are_not_ticked_are_counted_and_block_nothing(desk):
    seen_to, _open = ChecklistItemFactory.create_batch(2)
    ChecklistItemFactory(occasion="closing")
    ChecklistItemFactory(retired_at=timezone.now())
    plan = WeeklyTopicFactory()
    plan.topic.ticks.create(item=seen_to, ticked_by=plan.prepared_by)

    response = desk.get("/moderation/")

    assertContains(response, "1 point of the checklist is not ticked.")


# --- Fairness of the calendar -----------------------------------------------------------------------


def test_a_holiday_of_many_members_is_named_with_its_day(desk, moderator, monkeypatch, settings):
    MemberStateFactory.create_batch(3)
    day = timezone.localdate(timezone=GENEVA) + timedelta(days=7)
    monkeypatch.setattr("moderation.queries.weekly.states_off", lambda year, codes: {day: 3, day + timedelta(1): 2})
    settings.HOLIDAY_OF_MANY = 3

    response = desk.get("/moderation/")

    assertContains(response, "an official holiday in 3 of 3 member states.", count=1)


def test_official_holidays_are_counted_by_day_for_the_states_that_are_asked_for():
    counted = holidays.states_off(2027, ["CH", "FR", "KE", "JP"])

    assert counted[date(2027, 1, 1)] == 4
    assert counted[date(2027, 7, 14)] == 1  # France
    assert date(2027, 7, 15) not in counted
    assert list(counted) == sorted(counted)


def test_looking_up_holidays_that_fails_keeps_nobody_from_planning(desk, monkeypatch):
    monkeypatch.setattr(holidays, "_holidays", lambda year: (_ for _ in ()).throw(OSError()))

    assert desk.get("/moderation/").status_code == 200


def test_clocks_in_capitals_are_told_with_how_many_states_have_them():
    # Monday 00:00 in Geneva, in winter.
    moment = datetime(2026, 11, 22, 23, tzinfo=UTC)

    told = clocks(moment, ["CH", "FR", "BR", "NP", "NZ", "US"])

    assert [(clock.offset, clock.shows.strftime("%a %H:%M"), clock.states) for clock in told] == [
        ("UTC-05:00", "Sun 18:00", 1),
        ("UTC-03:00", "Sun 20:00", 1),
        ("UTC+01:00", "Mon 00:00", 2),
        ("UTC+05:45", "Mon 04:45", 1),
        ("UTC+13:00", "Mon 12:00", 1),
    ]
    assert at_night(moment, ["CH", "FR", "BR", "NP", "NZ", "US"]) == 3


@pytest.mark.parametrize(
    ("code", "zone"),
    [("RU", "Europe/Moscow"), ("BR", "America/Sao_Paulo"), ("AU", "Australia/Sydney"), ("KE", "Africa/Nairobi")],
)
def test_the_zone_is_the_capitals(code, zone):
    assert str(capital_zone(code)) == zone


def test_every_member_state_has_a_zone_and_no_capital_is_guessed(db):
    from babel.core import get_global

    from accounts.services.reference import load_member_states

    load_member_states()
    codes = set(MemberState.objects.values_list("code", flat=True))

    assert [code for code in codes if capital_zone(code) is None] == []
    assert {code for code in codes if len(get_global("territory_zones")[code]) > 1} == set(CAPITALS)


def test_the_page_says_in_how_many_capitals_a_topic_closes_at_night(desk):
    MemberStateFactory(code="CH")
    MemberStateFactory(code="NZ")
    WeeklyTopicFactory(
        topic=TopicFactory(
            year=None,
            number=None,
            opens_at=timezone.now() + timedelta(days=1),
            closes_at=(timezone.now() + timedelta(days=8)).replace(hour=1, minute=0),  # 2 or 3 o'clock in Geneva
        )
    )

    assertContains(desk.get("/moderation/"), "It closes at night in 1 of 2 capitals.")


# --- The warning of a week that is not ready ------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_before", "is_told"),
    [(5, False), (4, True), (1, True)],  # Wednesday, Thursday, Sunday
)
def test_moderators_are_warned_from_thursday_on_and_once(moderator, mailoutbox, time_machine, days_before, is_told):
    monday = monday_of(timezone.now(), weeks=1)
    time_machine.move_to(monday - timedelta(days=days_before) + timedelta(minutes=1), tick=False)

    for _hourly in range(3):
        warn_of_next_week()

    assert [to for to, _subject in letters(mailoutbox)] == [moderator.email] * is_told


def test_the_warning_names_what_is_missing(moderator, mailoutbox, time_machine):
    monday = monday_of(timezone.now(), weeks=1)
    time_machine.move_to(monday - timedelta(days=2), tick=False)
    plan = WeeklyTopicFactory(topic__opens_at=monday, topic__title_es="")
    warn_of_next_week()

    letters(mailoutbox)

    assert "“Training that lasts” lacks its text in: Spanish." in mailoutbox[0].body
    Topic.objects.filter(pk=plan.topic_id).update(title_es="Formación")
    WeeklyTopic.objects.update(scheduled=True)
    Notice.objects.all().delete()
    warn_of_next_week()
    assert letters(mailoutbox) == []
