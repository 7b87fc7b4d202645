"""Templates of topics, weeks planned from them, and copies of earlier topics."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import User
from forum.models import Topic
from moderation.models import TopicTemplate, WeeklyTopic
from moderation.services.templates import plan_weeks, retire_template, take_back_weeks
from moderation.services.weekly import discard_topic, open_weekly_topic, prepare_topic
from tests.factories import TopicFactory, TopicTemplateFactory, UserFactory, WeeklyTopicFactory

TODAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def moderator(core_rooms, time_machine) -> User:
    time_machine.move_to(TODAY, tick=False)
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def desk(client, moderator):
    client.force_login(moderator)
    return client


def mondays() -> list[date]:
    zone = timezone.get_default_timezone()
    opens = WeeklyTopic.objects.order_by("topic__opens_at").values_list("topic__opens_at", flat=True)
    return [timezone.localdate(moment, zone) for moment in opens]


def test_a_template_is_written_in_some_languages_and_finished_later(desk):
    response = desk.post("/moderation/templates/new/", {"name": "Questions of the month", "title_fr": "Du mois"})

    template = TopicTemplate.objects.get()
    assertRedirects(response, f"/moderation/templates/{template.pk}/plan/")
    assert (template.name, template.title_fr, template.title_en) == ("Questions of the month", "Du mois", None)
    assertContains(desk.get("/moderation/templates/"), "Not complete in all rooms’ languages")
    assertContains(desk.get(f"/moderation/templates/{template.pk}/"), "Du mois")


def test_two_templates_of_one_name_are_told_apart(desk):
    TopicTemplateFactory(name="Questions of the month")

    response = desk.post("/moderation/templates/new/", {"name": "Questions of the month", "title_en": "Kept"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["name"]
    assertContains(response, "Kept", status_code=422)


def test_several_weeks_are_planned_at_once_and_those_that_have_a_topic_stay_as_they_are(desk):
    template = TopicTemplateFactory()
    theirs = WeeklyTopicFactory(topic__opens_at=datetime(2026, 12, 2, 9, tzinfo=UTC), topic__title_en="Prepared before")

    response = desk.post(
        f"/moderation/templates/{template.pk}/plan/", {"first": MONDAY.isoformat(), "weeks": "4", "scheduled": "on"}
    )

    assertRedirects(response, "/moderation/", fetch_redirect_response=False)
    page = desk.get("/moderation/")
    assertContains(page, "3 weeks have a topic now.")
    assertContains(page, "1 week had a topic already and is as it was.")
    assert mondays() == [MONDAY, date(2026, 12, 2), date(2026, 12, 7), date(2026, 12, 14)]
    new = WeeklyTopic.objects.exclude(pk=theirs.pk).select_related("topic")
    assert {(p.scheduled, p.topic.title_fr, p.topic.category_id) for p in new} == {
        (True, template.title_fr, template.category_id)
    }
    assert {(p.topic.closes_at - p.topic.opens_at).days for p in new} == {7}


def test_planning_the_same_weeks_again_plans_nothing(moderator):
    template = TopicTemplateFactory()

    made = [
        plan_weeks(actor=moderator, template=template.pk, first=MONDAY, weeks=2, scheduled=False) for _again in range(2)
    ]

    assert [len(plans) for plans in made] == [2, 0]


def test_topics_of_an_unfinished_template_are_drafts_or_refused(desk):
    template = TopicTemplateFactory(objective_es="")
    weeks = {"first": MONDAY.isoformat(), "weeks": "2"}

    refused = desk.post(f"/moderation/templates/{template.pk}/plan/", {**weeks, "scheduled": "on"})

    assertContains(refused, "guiding questions in: Spanish.", status_code=422)
    assert WeeklyTopic.objects.count() == 0
    desk.post(f"/moderation/templates/{template.pk}/plan/", weeks)
    assert set(WeeklyTopic.objects.values_list("scheduled", flat=True)) == {False}
    assert WeeklyTopic.objects.count() == 2


def test_a_template_without_a_category_plans_nothing(moderator):
    with pytest.raises(ValidationError) as refusal:
        plan_weeks(
            actor=moderator, template=TopicTemplateFactory(category=None).pk, first=MONDAY, weeks=1, scheduled=False
        )

    assert refusal.value.code == "category"


def test_what_was_planned_is_taken_back_but_for_what_was_changed_since(moderator, desk):
    template = TopicTemplateFactory()
    first, second, third = plan_weeks(actor=moderator, template=template.pk, first=MONDAY, weeks=3, scheduled=False)
    second.topic.title_en = "Written since"
    prepare_topic(actor=moderator, topic=second.topic)
    open_weekly_topic(plan=third.pk, actor=moderator)
    address = f"/moderation/templates/{template.pk}/plan/"
    assertContains(desk.get(address), f"/moderation/weekly/{first.pk}/")

    desk.post(address, {"undo": ""})

    assert set(WeeklyTopic.objects.values_list("pk", flat=True)) == {second.pk, third.pk}
    assert not Topic.objects.filter(pk=first.topic_id).exists()
    assert take_back_weeks(actor=moderator, template=template.pk) == 0


def test_a_template_is_put_away_and_taken_up_again(desk, moderator):
    template = TopicTemplateFactory()
    plan = f"/moderation/templates/{template.pk}/plan/"

    desk.post(f"/moderation/templates/{template.pk}/retire/")

    assert desk.get(plan).status_code == 404
    assertNotContains(desk.get("/moderation/templates/"), plan)
    retire_template(actor=moderator, template=template.pk, retired=False)
    assert desk.get(plan).status_code == 200


def test_one_topic_begins_with_the_words_of_a_template(desk):
    template = TopicTemplateFactory()

    form = desk.get(f"/moderation/weekly/new/?template={template.pk}").context["form"]

    assert [form[name].value() for name in ("title_en", "title_fr", "category")] == [
        template.title_en,
        template.title_fr,
        template.category_id,
    ]


def test_an_earlier_topic_is_copied_with_its_words_and_not_with_its_days(desk):
    topic = TopicFactory(opens_at=datetime(2026, 3, 2, tzinfo=UTC))
    WeeklyTopicFactory(topic=topic, opened_at=topic.opens_at)

    response = desk.get(f"/moderation/weekly/new/?copy={topic.pk}")

    form = response.context["form"]
    assert (form["title_es"].value(), form["category"].value()) == (topic.title_es, topic.category_id)
    assert form.instance.opens_at.date() == date(2026, 11, 23)
    assert form.instance.pk is None


@pytest.mark.parametrize("query", ["copy=4711", "template=4711", "proposal=4711", "copy=x", "template="])
def test_a_source_that_is_not_there_is_not_found(desk, query):
    assert desk.get(f"/moderation/weekly/new/?{query}").status_code == 404


def test_a_participants_discussion_is_no_source_of_a_topic(desk):
    assert desk.get(f"/moderation/weekly/new/?copy={TopicFactory().pk}").status_code == 404


# --- Taking a topic off the plan ----------------------------------------------------------------------


def test_a_draft_is_taken_off_the_plan_once_that_is_confirmed(desk):
    plan = WeeklyTopicFactory()

    assertContains(desk.get(f"/moderation/weekly/{plan.pk}/discard/"), "Take it off the plan")
    assert WeeklyTopic.objects.count() == 1
    desk.post(f"/moderation/weekly/{plan.pk}/discard/")

    assert (WeeklyTopic.objects.count(), Topic.objects.count()) == (0, 0)
    assert desk.post(f"/moderation/weekly/{plan.pk}/discard/").status_code == 404


def test_what_has_opened_stays_on_the_plan(moderator):
    plan = WeeklyTopicFactory(topic=TopicFactory(), opened_at=timezone.now())

    with pytest.raises(ValidationError) as refusal:
        discard_topic(actor=moderator, plan=plan.pk)

    assert refusal.value.code == "opened"
    assert WeeklyTopic.objects.count() == 1


def test_nobody_else_plans_weeks(core_rooms, delegate):
    template = TopicTemplateFactory()

    for refused in (
        lambda: plan_weeks(actor=delegate, template=template.pk, first=MONDAY, weeks=1, scheduled=False),
        lambda: take_back_weeks(actor=delegate, template=template.pk),
        lambda: retire_template(actor=delegate, template=template.pk, retired=True),
        lambda: discard_topic(actor=delegate, plan=WeeklyTopicFactory().pk),
    ):
        with pytest.raises(PermissionDenied):
            refused()


def test_the_number_of_weeks_has_its_limits(desk, settings):
    address = f"/moderation/templates/{TopicTemplateFactory().pk}/plan/"

    for weeks in ("0", str(settings.WEEKS_AT_ONCE + 1), "x"):
        response = desk.post(address, {"first": MONDAY.isoformat(), "weeks": weeks})
        assert list(response.context["form"].errors) == ["weeks"]
    assert desk.post(address, {"first": "2026-11-24", "weeks": "1"}).status_code == 422  # a Tuesday
    assert WeeklyTopic.objects.count() == 0
