"""Preparing the topics of the week, and the moderator's pages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.asserts import assertContains, assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry, Notice, User
from forum.enums import TopicKind
from forum.models import Discussion, Topic
from moderation.models import WeeklyTopic
from moderation.services.weekly import next_week, prepare_topic
from tests.factories import CategoryFactory, DelegateFactory, TopicFactory, UserFactory, WeeklyTopicFactory

NAIROBI = ZoneInfo("Africa/Nairobi")
CREATE = "/moderation/weekly/new/"
TEXTS = {
    "title_en": "Training that lasts",
    "objective_en": "Three ways to see what remains.",
    "guiding_questions_en": "Who?\nWhen?\nHow?",
    "title_fr": "Une formation qui dure",
    "objective_fr": "Trois façons de voir ce qui reste.",
    "guiding_questions_fr": "Qui ?\nQuand ?\nComment ?",
    "title_es": "Una formación que perdura",
    "objective_es": "Tres formas de ver qué queda.",
    "guiding_questions_es": "¿Quién?\n¿Cuándo?\n¿Cómo?",
}


@pytest.fixture
def moderator(core_rooms) -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def desk(client, moderator):
    """The moderator's browser."""
    client.force_login(moderator)
    return client


def typed(action: str = "save", **changes: str) -> dict[str, str]:
    """What the moderator has typed: a complete topic for the day after tomorrow."""
    opens_at = (timezone.now() + timedelta(days=2)).astimezone(NAIROBI)
    return {
        **TEXTS,
        "category": str(CategoryFactory().pk),
        "step": "",
        "opens_at": opens_at.strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (opens_at + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"),
        "action": action,
        **changes,
    }


def test_a_topic_is_prepared_in_three_languages_with_dates_and_category(desk, moderator):
    data = typed("schedule")

    response = desk.post(CREATE, data)

    assertRedirects(response, "/moderation/")
    plan = WeeklyTopic.objects.select_related("topic__category").get()
    saved = {field: getattr(plan.topic, field) for field in TEXTS}
    assert saved == TEXTS
    assert (plan.topic.kind, plan.topic.category.pk) == (TopicKind.WEEKLY, int(data["category"]))
    assert plan.topic.opens_at.astimezone(NAIROBI).strftime("%Y-%m-%dT%H:%M") == data["opens_at"]
    assert (plan.prepared_by, plan.scheduled, plan.opened_at) == (moderator, True, None)
    assert (plan.topic.symbol, Discussion.objects.count(), Notice.objects.count()) == ("", 0, 0)


def test_preparing_is_kept_in_the_audit_trail_by_ids_alone(desk, moderator):
    desk.post(CREATE, typed("schedule"))

    entry = AuditEntry.objects.get(action="weekly_topic.prepared")
    plan = WeeklyTopic.objects.get()
    assert (entry.actor, entry.subject) == (moderator, f"moderation.weeklytopic:{plan.pk}")
    assert entry.facts.keys() == {"scheduled", "opens_at"}
    assert datetime.fromisoformat(entry.facts["opens_at"]) == plan.topic.opens_at


# --- What is missing or wrong, and keeps everything that was typed ------------------------------------


@pytest.mark.parametrize("action", ["schedule", "open"])
@pytest.mark.parametrize("missing", ["title_fr", "objective_fr", "guiding_questions_fr"])
def test_a_topic_without_its_french_text_does_not_open_and_keeps_what_was_typed(desk, action, missing):
    data = typed(action, **{missing: ""})

    response = desk.post(CREATE, data)

    assert response.status_code == 422
    assert response.context["form"].errors == {missing: ["Write it in French too: the topic opens in that room."]}
    shown = response.context["form"]
    assert {name: shown[name].value() for name in data if name != "action"} == {
        name: value for name, value in data.items() if name != "action"
    }
    assertContains(response, "Una formación que perdura", status_code=422)
    assert (WeeklyTopic.objects.count(), Topic.objects.count()) == (0, 0)


def test_a_draft_may_lack_its_french_text(desk):
    response = desk.post(CREATE, typed("save", title_fr="", objective_fr="", guiding_questions_fr=""))

    assertRedirects(response, "/moderation/")
    assert WeeklyTopic.objects.get().scheduled is False


def test_the_missing_language_is_named_in_the_language_of_the_page(desk, moderator):
    User.objects.filter(pk=moderator.pk).update(language="fr")

    response = desk.post(CREATE, typed("open", title_es=""))

    errors = response.context["form"].errors
    with translation.override("fr"):
        assert list(errors) == ["title_es"]
    assertContains(response, "espagnol", status_code=422)


def test_a_topic_closes_after_it_opens(desk):
    data = typed()
    wrong = data | {"closes_at": data["opens_at"]}

    response = desk.post(CREATE, wrong)

    assert response.status_code == 422
    assert response.context["form"].errors == {"closes_at": ["Set a closing time after the opening time."]}
    assert response.context["form"]["title_en"].value() == data["title_en"]
    assertRedirects(desk.post(CREATE, data), "/moderation/")


def test_a_topic_closes_in_the_time_to_come(desk):
    past = typed(opens_at="2026-01-05T09:00", closes_at="2026-01-12T09:00")

    response = desk.post(CREATE, past)

    assert response.context["form"].errors == {"closes_at": ["Set a closing time that is still to come."]}


@pytest.mark.parametrize("field", ["opens_at", "closes_at", "category"])
def test_dates_and_category_are_needed(desk, field):
    assert desk.post(CREATE, typed(**{field: ""})).context["form"].errors.keys() == {field}


@pytest.mark.parametrize("written", ["yesterday", "2026-02-30T10:00", "9999999-01-01T10:00"])
def test_a_date_that_is_none_is_an_error_at_its_field(desk, written):
    assert desk.post(CREATE, typed(opens_at=written)).context["form"].errors.keys() == {"opens_at"}


@pytest.mark.parametrize("count", [3, 5])
def test_three_to_five_guiding_questions_are_accepted(desk, count):
    response = desk.post(CREATE, typed("schedule", guiding_questions_en="\n".join(["Why?"] * count)))

    assertRedirects(response, "/moderation/")


@pytest.mark.parametrize("count", [2, 6])
def test_fewer_than_three_or_more_than_five_guiding_questions_are_refused(desk, count):
    response = desk.post(CREATE, typed("schedule", guiding_questions_en="\n".join(["Why?"] * count)))

    said = f"There are {count} questions: write 3 to 5, one on each line."
    assert response.context["form"].errors == {"guiding_questions_en": [said]}


def test_one_question_is_counted_in_the_singular(desk):
    response = desk.post(CREATE, typed(guiding_questions_es="¿Quién?"))

    said = "There is 1 question: write 3 to 5, one on each line."
    assert response.context["form"].errors == {"guiding_questions_es": [said]}


def test_empty_lines_between_questions_do_not_count(desk):
    desk.post(CREATE, typed("schedule", guiding_questions_en="\n Who? \r\n\r\n\nWhen?\n   \nHow?\n"))

    assert Topic.objects.get().guiding_questions_en == "Who?\nWhen?\nHow?"


@pytest.mark.parametrize("length", [120, 121])
def test_a_title_has_at_most_120_characters(desk, length):
    response = desk.post(CREATE, typed(title_en="x" * length))

    assert response.status_code == (302 if length == 120 else 422)


@pytest.mark.parametrize("field", ["title_en", "objective_fr", "guiding_questions_es"])
def test_a_nul_byte_is_an_error_at_its_field(desk, field):
    response = desk.post(CREATE, typed(**{field: "a\x00b"}))

    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_markup_in_a_topic_is_shown_as_text(desk):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    desk.post(CREATE, typed("open", title_en=hostile, objective_en=hostile))

    for address in ("/moderation/", Discussion.objects.get(room__language="en").get_absolute_url(), "/rooms/en/"):
        page = desk.get(address).content.decode()
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# --- The calendar ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        (datetime(2026, 11, 18, 12, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC)),
        # A Sunday 23:30 in Geneva; half an hour later it is Monday and next week begins in seven days.
        (datetime(2026, 11, 22, 22, 30, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC)),
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), datetime(2026, 11, 29, 23, tzinfo=UTC)),
        # Clocks go back on Sunday 25 October 2026: the week before it has an hour more.
        (datetime(2026, 10, 20, 12, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (datetime(2026, 10, 13, 12, tzinfo=UTC), datetime(2026, 10, 18, 22, tzinfo=UTC)),
    ],
)
def test_next_week_runs_from_monday_to_monday_by_genevas_clocks(now, monday):
    opens_at, closes_at = next_week(now)

    assert opens_at == monday
    assert (opens_at.weekday(), opens_at.hour, closes_at.weekday(), closes_at.hour) == (0, 0, 0, 0)
    assert (closes_at.date() - opens_at.date()).days == 7


def test_a_new_topic_is_proposed_for_next_week_in_the_moderators_time(desk, time_machine):
    time_machine.move_to(datetime(2026, 11, 18, 12, tzinfo=UTC))

    response = desk.get(CREATE)

    # Geneva's midnight is two o'clock in Nairobi, in winter.
    assertContains(response, 'value="2026-11-23T02:00"')
    assertContains(response, 'value="2026-11-30T02:00"')
    assertContains(response, "Africa/Nairobi")


# --- Changing what is prepared ------------------------------------------------------------------------


def test_a_prepared_topic_is_changed_before_it_opens(desk, moderator):
    plan = WeeklyTopicFactory(prepared_by=moderator)

    response = desk.post(f"/moderation/weekly/{plan.pk}/", typed("schedule", title_en="Training that stays"))

    assertRedirects(response, "/moderation/")
    plan = WeeklyTopic.objects.select_related("topic").get()
    assert (plan.topic.title_en, plan.scheduled) == ("Training that stays", True)
    assert Topic.objects.count() == 1


def test_a_scheduled_topic_becomes_a_draft_again(desk):
    plan = WeeklyTopicFactory(scheduled=True)

    desk.post(f"/moderation/weekly/{plan.pk}/", typed("save"))

    plan.refresh_from_db()
    assert plan.scheduled is False


def test_an_opened_topic_is_no_longer_changed_on_the_plan(desk):
    plan = WeeklyTopicFactory(topic=TopicFactory(), opened_at=timezone.now())

    for response in (
        desk.get(f"/moderation/weekly/{plan.pk}/"),
        desk.post(f"/moderation/weekly/{plan.pk}/", typed("save", title_en="Another")),
    ):
        assertRedirects(response, f"/moderation/weekly/{plan.pk}/closing/")
    plan.topic.refresh_from_db()
    assert plan.topic.title_en == "Training that lasts"


def test_a_topic_that_opened_while_it_was_edited_is_not_overwritten(moderator):
    plan = WeeklyTopicFactory(topic=TopicFactory())
    edited = Topic.objects.get(pk=plan.topic.pk)
    edited.title_en = "Another"
    WeeklyTopic.objects.update(opened_at=timezone.now())

    with pytest.raises(ValidationError) as refusal:
        prepare_topic(actor=moderator, topic=edited, scheduled=False)

    assert refusal.value.code == "opened"
    plan.topic.refresh_from_db()
    assert plan.topic.title_en == "Training that lasts"


def test_an_unknown_plan_is_not_found(desk):
    assert desk.get("/moderation/weekly/4711/").status_code == 404


# --- Who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SECRETARIAT])
def test_moderator_and_secretariat_prepare_topics(client, core_rooms, role):
    client.force_login(UserFactory(role=role))

    assert client.get("/moderation/").status_code == 200
    assertRedirects(client.post(CREATE, typed()), "/moderation/")


@pytest.mark.parametrize("role", [Role.DELEGATE, Role.EXPERT, Role.FACILITATOR, Role.EXTERNAL, Role.EVALUATOR])
def test_nobody_else_sees_the_plan_or_prepares_topics(client, core_rooms, role):
    plan = WeeklyTopicFactory()
    client.force_login(DelegateFactory() if role == Role.DELEGATE else UserFactory(role=role))

    for address in ("/moderation/", CREATE, f"/moderation/weekly/{plan.pk}/"):
        assert client.get(address).status_code == 403
        assert client.post(address, typed("open")).status_code in {403, 405}
    assert (Topic.objects.count(), Discussion.objects.count()) == (1, 0)


def test_the_refusal_says_why(client, core_rooms, delegate):
    client.force_login(delegate)

    assertContains(
        client.get("/moderation/"), "Only the moderator prepares and opens the topics of the week.", status_code=403
    )


def test_the_service_itself_refuses_who_does_not_moderate(core_rooms, delegate):
    with pytest.raises(PermissionDenied):
        prepare_topic(actor=delegate, topic=TopicFactory.build(category=CategoryFactory(), step=None), scheduled=False)

    assert Topic.objects.count() == 0


def test_a_moderator_who_has_not_accepted_the_protocol_is_asked_to(client, core_rooms):
    client.force_login(UserFactory(role=Role.MODERATOR, accepts=False))

    assertRedirects(client.get("/moderation/"), "/protocol/?next=%2Fmoderation%2F", fetch_redirect_response=False)


def test_without_signing_in_there_is_nothing(client, core_rooms):
    assertRedirects(client.get(CREATE), f"{reverse('account_login')}?next=%2Fmoderation%2Fweekly%2Fnew%2F")
    client.post(CREATE, typed("open"))
    assert Topic.objects.count() == 0


# --- The plan's page ----------------------------------------------------------------------------------


def titles(calendar) -> list[str]:
    return [item.plan.topic.title for week in calendar.weeks for item in week.topics]


def test_the_plan_shows_the_weeks_to_come_and_on_earlier_pages_those_that_are_over(desk):
    def plan(title: str, days: int, *, opened: bool) -> None:
        at = timezone.now() + timedelta(days=days)
        topic = TopicFactory(title_en=title, opens_at=at, **({} if opened else {"year": None, "number": None}))
        WeeklyTopicFactory(topic=topic, opened_at=at if opened else None)

    plan("In three weeks", 21, opened=False)
    plan("Next week", 7, opened=False)
    plan("Two weeks ago", -14, opened=True)
    plan("Last week", -7, opened=True)

    shown = desk.get("/moderation/").context["calendar"]
    earlier = desk.get(f"/moderation/?from={shown.earlier}").context["calendar"]

    assert titles(shown) == ["Next week", "In three weeks"]
    assert titles(earlier) == ["Two weeks ago", "Last week"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_plan_costs_the_same_however_many_topics(desk, django_assert_max_num_queries, count):
    WeeklyTopicFactory.create_batch(count)
    for _ in range(count):
        WeeklyTopicFactory(topic=TopicFactory(), opened_at=timezone.now())

    with django_assert_max_num_queries(8):  # session, viewer, states, checklist, rooms, plans, ticks, what waits
        response = desk.get("/moderation/")

    assert len(titles(response.context["calendar"])) == 2 * count
