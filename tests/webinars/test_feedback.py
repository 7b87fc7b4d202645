"""Feedback: once from each who came, apart from the person, counted out from five answers up, and moderated."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.services import outbox
from tests.factories import (
    DelegateFactory,
    EngagementFactory,
    RegistrationFactory,
    UserFactory,
    WebinarFactory,
)
from webinars.enums import AttendanceSource, RegistrationState, WebinarState
from webinars.models import ExpertFeedback, Feedback, FeedbackReceipt, TopicSuggestion, Webinar
from webinars.policies.feedback import may_read_feedback
from webinars.queries.feedback import summary
from webinars.services import feedback as services
from webinars.services.registrations import token_of

ANSWERS = {"relevance": 5, "lectures": 4, "speakers": 3}


@pytest.fixture
def webinar(db):
    start = timezone.now() - timedelta(days=1, hours=3)
    return WebinarFactory(state=WebinarState.HELD, starts_at=start, ends_at=start + timedelta(hours=2))


@pytest.fixture
def secretariat(db):
    return UserFactory(role=Role.SECRETARIAT)


def form_of(registration) -> str:
    return reverse("webinars:feedback_create", args=[token_of(registration)])


def given(webinar, count=1, opinion="", **changes) -> None:
    for registration in RegistrationFactory.create_batch(count, webinar=webinar, attended=True):
        services.give_feedback(
            registration=registration,
            language="en",
            suggestions=[],
            values=ANSWERS | {"opinion": opinion} | changes,
        )


# --- Participants -------------------------------------------------------------------------------------


def test_who_came_gives_feedback_once(client, webinar):
    registration = RegistrationFactory(webinar=webinar, attended=True)
    token = token_of(registration)
    own = client.get(reverse("webinars:registration_detail", args=[token])).text
    assert reverse("webinars:feedback_create", args=[token]) in own

    client.post(form_of(registration), ANSWERS | {"opinion": "Clear.", "suggestion_1": "Registers"})
    again = client.post(form_of(registration), ANSWERS | {"opinion": "Twice."})

    assert again.status_code == 422
    assert "You have given your feedback" in again.text
    feedback = Feedback.objects.get()
    assert (feedback.relevance, feedback.opinion, feedback.is_shown) == (5, "Clear.", False)
    assert TopicSuggestion.objects.get().text == "Registers"


@pytest.mark.parametrize(
    ("joined_for", "attended", "may"),
    [(None, None, False), (1, None, False), (60, None, True), (None, True, True), (60, False, False)],
)
def test_only_those_who_came_as_the_join_times_or_a_correction_say(client, webinar, joined_for, attended, may):
    registration = RegistrationFactory(webinar=webinar, attended=attended)
    if joined_for:
        joined, left = webinar.starts_at, webinar.starts_at + timedelta(minutes=joined_for)
        registration.intervals.create(joined_at=joined, left_at=left, source=AttendanceSource.PROVIDER)

    status = client.post(form_of(registration), ANSWERS).status_code

    assert (status == 302, Feedback.objects.exists()) == (may, may)
    assert may or status == 403


@pytest.mark.parametrize("state", [WebinarState.LIVE, WebinarState.COMPLETE])
def test_feedback_is_taken_between_the_end_and_completion(client, webinar, state):
    Webinar.objects.filter(pk=webinar.pk).update(state=state)

    assert client.post(form_of(RegistrationFactory(webinar=webinar, attended=True)), ANSWERS).status_code == 403


def test_who_cancelled_gives_none(client, webinar):
    registration = RegistrationFactory(webinar=webinar, attended=True, state=RegistrationState.CANCELLED)

    assert client.post(form_of(registration), ANSWERS).status_code == 403


def test_an_answer_that_lacks_is_asked_for_and_the_words_are_kept(client, webinar):
    registration = RegistrationFactory(webinar=webinar, attended=True)

    response = client.post(form_of(registration), {"relevance": 5, "lectures": 9, "opinion": "Clear."})

    assert response.status_code == 422
    assert "Clear." in response.text
    assert not FeedbackReceipt.objects.exists()


def test_nothing_leads_from_feedback_to_whose_it_is(webinar):
    given(webinar, 30)

    kept = [field for field in Feedback._meta.get_fields() if isinstance(field, models.Field)]
    assert {field.name for field in kept if field.is_relation} == {"webinar"}
    assert not any(isinstance(field, models.DateTimeField) for field in kept)
    ids = set(Feedback.objects.values_list("pk", flat=True))
    assert max(ids) - min(ids) > 1_000, "ids do not count up beside the receipts"
    assert not AuditEntry.objects.filter(subject__startswith="webinars.feedback").exists()


# --- What is shown ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "is_shown"), [(4, False), (5, True)])
def test_feedback_is_counted_out_from_five_answers_up(webinar, count, is_shown):
    given(webinar, count)

    assert (summary(webinar) is not None) is is_shown


def test_the_summary_counts_each_answer(webinar):
    given(webinar, 4)
    given(webinar, 1, relevance=1)

    found = summary(webinar)

    relevance = found.measured[0]
    assert (found.count, relevance.mean) == (5, 4.2)
    assert relevance.counts == [("Very high", 4), ("High", 0), ("Some", 0), ("Low", 0), ("None", 1)]


@pytest.mark.parametrize("count", [4, 5])
def test_opinions_are_read_once_let_through_and_never_below_five(client, webinar, secretariat, count):
    given(webinar, count - 1)
    given(webinar, 1, opinion="Very clear.")
    assert count < 5 or summary(webinar).opinions == []
    client.force_login(secretariat)

    opinion = Feedback.objects.get(opinion="Very clear.")
    client.post(reverse("webinars:feedback_moderation", args=[webinar.pk]), {"opinions": opinion.pk})

    found = summary(webinar)
    assert [one.opinion for one in found.opinions] == ["Very clear."] if count == 5 else found is None


@pytest.mark.parametrize(("role", "may"), [(Role.DELEGATE, True), (Role.SECRETARIAT, True), (Role.EXTERNAL, False)])
def test_feedback_is_for_members(db, role, may):
    reader = DelegateFactory() if role == Role.DELEGATE else UserFactory(role=role)

    assert bool(may_read_feedback(reader)) is may


def test_a_suggestion_reaches_members_once_the_secretariat_accepts_it(client, webinar, secretariat):
    registration = RegistrationFactory(webinar=webinar, attended=True)
    services.give_feedback(
        registration=registration, language="en", suggestions=["Registers", "Fees"], values=ANSWERS | {"opinion": ""}
    )
    delegate = DelegateFactory()
    assert not TopicSuggestion.objects.visible_to(delegate).exists()
    client.force_login(secretariat)

    address = reverse("webinars:feedback_moderation", args=[webinar.pk])
    client.post(address, {"suggestions": TopicSuggestion.objects.get(text="Fees").pk})

    assert [row.text for row in TopicSuggestion.objects.visible_to(delegate)] == ["Fees"]
    client.post(address, {})
    assert not TopicSuggestion.objects.visible_to(delegate).exists()


def test_only_the_secretariat_decides_what_is_shown(client, webinar):
    client.force_login(DelegateFactory())
    address = reverse("webinars:feedback_moderation", args=[webinar.pk])

    assert client.get(address).status_code == 403
    with pytest.raises(PermissionDenied):
        services.show_feedback(actor=DelegateFactory(), webinar=webinar, opinions=[], suggestions=[])


@pytest.mark.parametrize("count", [1, 8])
def test_the_desk_costs_the_same_however_much_was_said(
    client, webinar, secretariat, count, django_assert_max_num_queries
):
    given(webinar, count, opinion="Clear.")
    client.force_login(secretariat)

    with django_assert_max_num_queries(10):  # session, reader and rights, webinar, and one for each part
        assert client.get(reverse("webinars:feedback_moderation", args=[webinar.pk])).status_code == 200


# --- Experts ------------------------------------------------------------------------------------------


def test_each_expert_is_asked_once_by_a_personal_link_and_may_change_the_answer(client, webinar, mailoutbox):
    expert = EngagementFactory(webinar=webinar)
    EngagementFactory(webinar=webinar, email="")
    for _time in range(2):
        services.ask_experts()
    outbox.deliver_due()

    assert [letter.to for letter in mailoutbox] == [[expert.email]]
    link = re.search(r"/webinars/experts/\S+/feedback/", mailoutbox[0].body)[0]
    answers = {"audience": 4, "preparation": 5, "questions": 3, "suggestion_1": "Registers"}
    client.post(link, answers)
    client.post(link, answers | {"audience": 2})

    assert ExpertFeedback.objects.get().audience == 2
    suggestion = TopicSuggestion.objects.get()
    assert (suggestion.text, suggestion.from_expert, suggestion.accepted_at) == ("Registers", True, None)


@pytest.mark.parametrize("hours_ago", [1, 30, 15 * 24])
def test_experts_are_asked_from_the_day_after_and_not_weeks_later(webinar, mailoutbox, hours_ago):
    EngagementFactory(webinar=webinar)
    end = timezone.now() - timedelta(hours=hours_ago)
    Webinar.objects.filter(pk=webinar.pk).update(starts_at=end - timedelta(hours=2), ends_at=end)

    services.ask_experts()
    outbox.deliver_due()

    assert bool(mailoutbox) is (hours_ago == 30)


def test_the_link_of_an_expert_opens_nothing_of_a_participant(client, webinar):
    expert, registration = EngagementFactory(webinar=webinar), RegistrationFactory(webinar=webinar, attended=True)

    assert client.get(reverse("webinars:expert_feedback", args=[token_of(registration)])).status_code == 404
    assert client.get(reverse("webinars:feedback_create", args=[services.token_of(expert)])).status_code == 404
