"""When an opened topic closes, and the checklist for web content."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry, User
from forum.models import Discussion
from moderation.enums import Occasion
from moderation.models import ChecklistItem, ChecklistTick, WeeklyTopic
from moderation.services.checklist import load_checklist, retire_point, tick_points
from moderation.services.closings import set_closing, take_back_closing
from moderation.services.weekly import open_weekly_topic
from tests.factories import ChecklistItemFactory, RoomFactory, UserFactory, WeeklyTopicFactory
from tests.moderation.test_weekly_opening import at_once, committed_rooms  # noqa: F401 - a fixture

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CLOSES = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = datetime(2026, 12, 7, 12, tzinfo=UTC)


@pytest.fixture
def moderator(core_rooms, time_machine) -> User:
    time_machine.move_to(NOW, tick=False)
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def plan(moderator) -> WeeklyTopic:
    """A topic that opened a day ago."""
    plan = WeeklyTopicFactory(topic__closes_at=CLOSES)
    return open_weekly_topic(plan=plan.pk, actor=moderator, at=NOW - timedelta(days=1))


@pytest.fixture
def desk(client, moderator):
    client.force_login(moderator)
    return client


def closes_at(plan: WeeklyTopic) -> datetime:
    plan.topic.refresh_from_db()
    return plan.topic.closes_at


def test_a_topic_gets_more_time_which_its_pages_say_and_the_audit_trail_keeps(desk, plan, delegate, client):
    typed = LATER.astimezone(timezone.get_fixed_timezone(180))  # Nairobi

    response = desk.post(
        f"/moderation/weekly/{plan.pk}/closing/",
        {"action": "set", "closes_at": typed.strftime("%Y-%m-%dT%H:%M"), "seen": CLOSES.isoformat()},
    )

    assertRedirects(response, f"/moderation/weekly/{plan.pk}/closing/")
    assert closes_at(plan) == LATER
    entry = AuditEntry.objects.get(action="topic.closing_set")
    assert entry.facts == {"before": CLOSES.isoformat(), "after": LATER.isoformat()}
    client.force_login(delegate)
    for discussion in Discussion.objects.all():
        assertContains(client.get(discussion.get_absolute_url()), "(extended from 30 Nov 2026)")


def test_a_topic_that_keeps_its_time_says_nothing_of_more(plan, delegate, client, moderator):
    discussion = Discussion.objects.first()
    client.force_login(delegate)
    assertNotContains(client.get(discussion.get_absolute_url()), "extended from")

    set_closing(actor=moderator, plan=plan.pk, closes_at=CLOSES - timedelta(days=1), seen=CLOSES)

    assertNotContains(client.get(discussion.get_absolute_url()), "extended from")


def test_a_topic_is_closed_early_in_all_rooms_and_that_is_taken_back(desk, plan):
    page = f"/moderation/weekly/{plan.pk}/closing/"

    desk.post(page, {"action": "close", "seen": CLOSES.isoformat()})

    assert closes_at(plan) == NOW
    assert all(d.is_closed(timezone.now()) for d in Discussion.objects.select_related("topic"))
    assertContains(desk.get(page), "Take the last change back")
    desk.post(page, {"action": "undo", "seen": NOW.isoformat()})
    assert closes_at(plan) == CLOSES


def test_a_topic_whose_time_is_over_is_open_again_until_a_later_day(moderator, plan, time_machine):
    time_machine.move_to(CLOSES + timedelta(hours=1), tick=False)
    assert Discussion.objects.select_related("topic").first().is_closed(timezone.now())

    set_closing(actor=moderator, plan=plan.pk, closes_at=LATER, seen=CLOSES)

    assert not Discussion.objects.select_related("topic").first().is_closed(timezone.now())


def test_what_is_closed_is_not_closed_again(moderator, plan, time_machine):
    time_machine.move_to(CLOSES, tick=False)

    with pytest.raises(ValidationError) as refusal:
        set_closing(actor=moderator, plan=plan.pk, closes_at=None, seen=CLOSES)

    assert refusal.value.code == "closed"


def test_of_two_moderators_the_second_is_told(desk, moderator, plan):
    set_closing(actor=UserFactory(role=Role.MODERATOR), plan=plan.pk, closes_at=LATER, seen=CLOSES)

    response = desk.post(
        f"/moderation/weekly/{plan.pk}/closing/", {"action": "close", "seen": CLOSES.isoformat()}, follow=True
    )

    assertContains(response, "Somebody else has changed the closing time meanwhile.")
    assert closes_at(plan) == LATER


def test_of_two_moderators_at_once_one_succeeds(committed_rooms):  # noqa: F811
    moderators = [UserFactory(role=Role.MODERATOR) for _ in range(2)]
    plan = open_weekly_topic(plan=WeeklyTopicFactory().pk, actor=moderators[0])
    seen = plan.topic.closes_at

    def extend(actor: User, days: int) -> str:
        try:
            set_closing(actor=actor, plan=plan.pk, closes_at=seen + timedelta(days=days), seen=seen)
        except ValidationError as refusal:
            return refusal.code
        return "set"

    results = at_once(*(lambda a=a, n=n: extend(a, n) for n, a in enumerate(moderators, 1)))

    assert sorted(results) == ["changed", "set"]


@pytest.mark.parametrize("wrong", ["2026-11-20T10:00", "", "soon"])
def test_a_closing_time_is_still_to_come(desk, plan, wrong):
    response = desk.post(
        f"/moderation/weekly/{plan.pk}/closing/", {"action": "set", "closes_at": wrong, "seen": CLOSES.isoformat()}
    )

    assert response.status_code == 422
    assert closes_at(plan) == CLOSES


def test_there_is_nothing_to_take_back_where_nothing_was_changed(moderator, plan):
    with pytest.raises(ValidationError) as refusal:
        take_back_closing(actor=moderator, plan=plan.pk, seen=CLOSES)

    assert refusal.value.code == "unchanged"


def test_what_has_not_opened_has_no_page_for_its_closing(desk):
    plan = WeeklyTopicFactory()

    assertRedirects(desk.get(f"/moderation/weekly/{plan.pk}/closing/"), f"/moderation/weekly/{plan.pk}/")


def test_nobody_else_sets_a_closing_time(plan, delegate, moderator):
    for actor in (delegate, UserFactory(role=Role.FACILITATOR)):
        with pytest.raises(PermissionDenied):
            set_closing(actor=actor, plan=plan.pk, closes_at=LATER, seen=CLOSES)
        with pytest.raises(PermissionDenied):
            take_back_closing(actor=actor, plan=plan.pk, seen=CLOSES)
    assert closes_at(plan) == CLOSES


def test_an_optional_room_opens_with_the_week_where_its_language_is_complete(moderator):
    chinese = RoomFactory(language="zh", is_core=False)
    words = {
        "title_zh_hans": "持久的培训",
        "objective_zh_hans": "三种方法。",
        "guiding_questions_zh_hans": "一\n二\n三",
    }
    complete = WeeklyTopicFactory(**{f"topic__{name}": text for name, text in words.items()})
    lacking = WeeklyTopicFactory(
        **{f"topic__{name}": text for name, text in (words | {"objective_zh_hans": ""}).items()}
    )
    for plan in (complete, lacking):
        open_weekly_topic(plan=plan.pk, actor=moderator)

    assert list(chinese.discussions.values_list("topic", flat=True)) == [complete.topic_id]
    assert (complete.topic.discussions.count(), lacking.topic.discussions.count()) == (4, 3)


def test_no_topic_opens_in_an_optional_room_that_is_read_only(moderator):
    words = {
        "title_zh_hans": "持久的培训",
        "objective_zh_hans": "三种方法。",
        "guiding_questions_zh_hans": "一\n二\n三",
    }
    room = RoomFactory(language="zh", is_core=False, read_only_since=NOW - timedelta(hours=1))
    plan = WeeklyTopicFactory(**{f"topic__{name}": text for name, text in words.items()})

    open_weekly_topic(plan=plan.pk, actor=moderator)

    assert not room.discussions.exists()


# --- The checklist ------------------------------------------------------------------------------------


def test_points_are_ticked_before_a_topic_closes(desk, plan, moderator):
    seen_to, left = ChecklistItemFactory.create_batch(2, occasion="closing")
    page = f"/moderation/weekly/{plan.pk}/closing/"

    desk.post(page, {"action": "tick", "ticked": [seen_to.pk]})

    tick = ChecklistTick.objects.get()
    assert (tick.item, tick.topic, tick.ticked_by) == (seen_to, plan.topic, moderator)
    assert desk.get(page).context["points"].initial["ticked"] == [seen_to.pk]
    desk.post(page, {"action": "tick", "ticked": [left.pk]})
    assert ChecklistTick.objects.get().item == left


def test_points_of_another_occasion_stay_ticked(moderator, plan):
    opening, closing = ChecklistItemFactory(), ChecklistItemFactory(occasion="closing")
    tick_points(actor=moderator, topic=plan.topic, occasion=Occasion.OPENING, points=[opening.pk])

    tick_points(actor=moderator, topic=plan.topic, occasion=Occasion.CLOSING, points=[closing.pk, opening.pk])

    assert set(ChecklistTick.objects.values_list("item", flat=True)) == {opening.pk, closing.pk}


def test_the_moderator_adds_changes_and_takes_off_points(desk):
    text = {"text_en": "Plain words.", "text_fr": "Des mots simples.", "text_es": "Palabras sencillas."}

    desk.post("/moderation/checklist/new/", {"occasion": "opening", "position": "1", **text})
    point = ChecklistItem.objects.get()
    desk.post(
        f"/moderation/checklist/{point.pk}/", {"occasion": "opening", "position": "2", **text, "text_en": "Few words."}
    )
    point.refresh_from_db()
    assert (point.text_en, point.position) == ("Few words.", 2)

    desk.post(f"/moderation/checklist/{point.pk}/retire/")
    assert "Few words." not in desk.get("/moderation/weekly/new/").content.decode()
    assertContains(desk.get("/moderation/checklist/"), "Put it back")
    desk.post(f"/moderation/checklist/{point.pk}/retire/", {"undo": ""})
    assertContains(desk.get("/moderation/weekly/new/"), "Few words.")


def test_a_point_is_written_in_all_core_languages(desk):
    response = desk.post(
        "/moderation/checklist/new/", {"occasion": "opening", "position": "1", "text_en": "Kept", "text_es": "Sí"}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["text_fr"]
    assertContains(response, "Kept", status_code=422)


def test_the_first_checklist_is_loaded_once_in_six_languages_and_then_is_the_moderators(db, settings):
    load_checklist()

    points = ChecklistItem.objects.all()
    assert {point.occasion for point in points} == set(Occasion)
    columns = [f"text_{code.replace('-', '_')}" for code in settings.MODELTRANSLATION_LANGUAGES]
    assert [(point.pk, column) for point in points for column in columns if not getattr(point, column)] == []
    assert max(len(getattr(point, column)) for point in points for column in columns) <= 300
    points.exclude(pk=points[0].pk).delete()
    load_checklist()
    assert ChecklistItem.objects.count() == 1


def test_nobody_else_keeps_the_checklist(plan, delegate):
    point = ChecklistItemFactory()

    with pytest.raises(PermissionDenied):
        retire_point(actor=delegate, point=point.pk, retired=True)
    with pytest.raises(PermissionDenied):
        tick_points(actor=delegate, topic=plan.topic, occasion=Occasion.OPENING, points=[point.pk])
    assert not ChecklistTick.objects.exists()
