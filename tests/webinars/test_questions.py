"""Questions to a webinar's experts: asked by those registered, let through, joined, voted for, and shown to all."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from tests.factories import DelegateFactory, QuestionFactory, RegistrationFactory, UserFactory, WebinarFactory
from webinars.enums import QuestionState, RegistrationState, WebinarState
from webinars.models import Question, QuestionVote
from webinars.queries.questions import board
from webinars.services import questions as services
from webinars.services.questions import Step
from webinars.services.registrations import token_of
from webinars.services.webinars import move_on


@pytest.fixture
def webinar(db):
    start = timezone.now() - timedelta(minutes=30)
    return WebinarFactory(state=WebinarState.LIVE, starts_at=start, ends_at=start + timedelta(hours=2))


@pytest.fixture
def secretariat(db):
    return UserFactory(role=Role.SECRETARIAT)


def own_page(registration) -> str:
    return reverse("webinars:registration_questions", args=[token_of(registration)])


def public_page(webinar) -> str:
    return reverse("webinars:question_list", args=[webinar.pk])


def fragment(webinar) -> str:
    return reverse("webinars:question_fragment", args=[webinar.pk])


def desk(webinar) -> str:
    return reverse("webinars:question_moderation", args=[webinar.pk])


def shown(webinar, **changes) -> Question:
    return QuestionFactory(webinar=webinar, state=QuestionState.VISIBLE, **changes)


def votes_of(question: Question) -> int:
    rows = board(question.webinar)
    return next(row.vote_count for row in [*rows.asked, *rows.answered] if row.pk == question.pk)


# --- Asking -------------------------------------------------------------------------------------------


def test_a_question_through_the_personal_link_waits_to_be_let_through(client, webinar):
    registration = RegistrationFactory(webinar=webinar, full_name="Examiner of Kenya")

    response = client.post(own_page(registration), {"text": "How long did it take?", "language": "en"}, follow=True)

    question = Question.objects.get()
    assert (question.state, question.registration, question.asked_before) == ("waiting", registration, False)
    assert "How long did it take?" in response.text, "who asked sees it"
    assert "How long did it take?" not in client.get(public_page(webinar)).text
    assert "How long did it take?" not in client.get(fragment(webinar)).text


@pytest.mark.parametrize("shows_name", [True, False])
def test_a_question_is_shown_with_the_name_only_where_that_was_ticked(client, webinar, secretariat, shows_name):
    registration = RegistrationFactory(webinar=webinar, full_name="Examiner of Kenya")
    typed = {"text": "How long?", "language": "en"} | ({"shows_name": "on"} if shows_name else {})
    client.post(own_page(registration), typed)
    services.decide(actor=secretariat, webinar=webinar, questions=[Question.objects.get().pk], step=Step.SHOW)

    page = client.get(public_page(webinar)).text

    assert "How long?" in page
    assert ("Examiner of Kenya" in page) is shows_name


@pytest.mark.parametrize("state", [RegistrationState.PENDING, RegistrationState.WAITING, RegistrationState.CANCELLED])
def test_only_who_has_a_place_asks(client, webinar, state):
    registration = RegistrationFactory(webinar=webinar, state=state)

    assert client.post(own_page(registration), {"text": "How?", "language": "en"}).status_code == 403
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("state", "asks"),
    [(WebinarState.ANNOUNCED, True), (WebinarState.LIVE, True), (WebinarState.HELD, False)],
)
def test_questions_are_taken_from_the_announcement_to_the_end(client, webinar, state, asks):
    webinar.state = state
    webinar.save()
    registration = RegistrationFactory(webinar=webinar)

    client.post(own_page(registration), {"text": "How?", "language": "en"})

    assert Question.objects.filter(asked_before=state == WebinarState.ANNOUNCED).exists() is asks


def test_a_question_too_long_is_refused_and_kept_in_the_form(client, webinar):
    registration = RegistrationFactory(webinar=webinar)

    response = client.post(own_page(registration), {"text": "w" * 1001, "language": "en"})

    assert response.status_code == 422
    assert "w" * 1001 in response.text
    assert not Question.objects.exists()


def test_too_many_questions_of_one_person_are_refused_and_not_those_of_another(client, webinar):
    first, second = RegistrationFactory.create_batch(2, webinar=webinar)
    answers = [client.post(own_page(first), {"text": "How?", "language": "en"}).status_code for _time in range(11)]

    assert answers == [302] * 10 + [429]
    assert client.post(own_page(second), {"text": "How?", "language": "en"}).status_code == 302


def test_a_member_finds_the_own_page_from_the_public_one(client, webinar):
    delegate = DelegateFactory()
    RegistrationFactory(webinar=webinar, user=delegate, email=delegate.email)

    assert "/webinars/registrations/" not in client.get(public_page(webinar)).text
    client.force_login(delegate)
    link = re.search(r"/webinars/registrations/[^/]+/questions/", client.get(public_page(webinar)).text)[0]

    client.post(link, {"text": "How?", "language": "en"})
    assert Question.objects.get().user == delegate


def test_a_link_in_a_question_cannot_be_followed(client, webinar):
    shown(webinar, text='Look: https://harm.example <a href="https://harm.example">here</a>')

    page = client.get(public_page(webinar)).text

    assert "https://harm.example" in page
    assert 'href="https://harm.example' not in page


# --- Who sees them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status"),
    [(WebinarState.ANNOUNCED, 404), (WebinarState.LIVE, 200), (WebinarState.HELD, 286)],  # htmx stops at the last
)
def test_questions_asked_before_are_seen_by_the_registered_and_by_all_once_it_is_live(client, webinar, state, status):
    question = shown(webinar, asked_before=True)
    webinar.state = state
    webinar.save()
    is_public = state != WebinarState.ANNOUNCED

    assert (question.text in client.get(public_page(webinar)).text) is is_public
    assert client.get(fragment(webinar)).status_code == status
    if state != WebinarState.HELD:
        assert question.text in client.get(own_page(RegistrationFactory(webinar=webinar))).text


@pytest.mark.parametrize(
    ("state", "registered", "status"),
    [
        (WebinarState.ANNOUNCED, RegistrationState.CONFIRMED, 200),
        (WebinarState.ANNOUNCED, RegistrationState.CANCELLED, 403),
        (WebinarState.HELD, RegistrationState.CONFIRMED, 286),
    ],
)
def test_the_registered_ask_for_news_while_there_may_be_some(client, webinar, state, registered, status):
    webinar.state = state
    webinar.save()
    registration = RegistrationFactory(webinar=webinar, state=registered)

    address = reverse("webinars:registration_question_fragment", args=[token_of(registration)])

    assert client.get(address).status_code == status


@pytest.mark.parametrize("count", [1, 4])
def test_polling_costs_the_same_however_many_questions(client, webinar, count, django_assert_num_queries):
    for question in [shown(webinar) for _number in range(count)]:
        QuestionVote.objects.create(question=question, registration=RegistrationFactory(webinar=webinar))

    with django_assert_num_queries(2):  # the webinar, its questions
        assert client.get(fragment(webinar)).status_code == 200
    client.force_login(DelegateFactory())
    with django_assert_num_queries(4):  # the session and its reader too
        assert client.get(fragment(webinar)).status_code == 200


def test_the_fragment_is_not_sent_twice_and_is_when_something_changed(client, webinar):
    question = shown(webinar)
    first = client.get(fragment(webinar))
    headers = {"If-None-Match": first.headers["ETag"]}

    assert client.get(fragment(webinar), headers=headers).status_code == 304
    assert "max-age=5" in first.headers["Cache-Control"]
    services.vote(registration=RegistrationFactory(webinar=webinar), question=question.pk)
    assert client.get(fragment(webinar), headers=headers).status_code == 200


def test_the_fragment_of_those_registered_is_the_same_for_each_of_them(client, webinar):
    shown(webinar)
    pages = [
        client.get(reverse("webinars:registration_question_fragment", args=[token_of(registration)]))
        for registration in RegistrationFactory.create_batch(2, webinar=webinar)
    ]

    assert pages[0].content == pages[1].content
    assert "I want this answered too" in pages[0].text
    assert "I want this answered too" not in client.get(fragment(webinar)).text


# --- Voting -------------------------------------------------------------------------------------------


def vote_address(registration) -> str:
    return reverse("webinars:question_vote", args=[token_of(registration)])


def test_a_vote_counts_once_for_each_person_and_can_be_taken_back(client, webinar):
    question, registration = shown(webinar), RegistrationFactory(webinar=webinar)

    for _time in range(2):
        client.post(vote_address(registration), {"question": question.pk})
    assert votes_of(question) == 1
    assert "Take my vote back" in client.get(own_page(registration)).text

    client.post(vote_address(registration), {"question": question.pk, "wants": "no"})
    assert votes_of(question) == 0


def test_nobody_votes_for_the_own_question_but_others_do(client, webinar):
    own, other = RegistrationFactory.create_batch(2, webinar=webinar)
    question = shown(webinar, registration=own)

    response = client.post(vote_address(own), {"question": question.pk}, follow=True)
    assert "your own" in response.text
    client.post(vote_address(other), {"question": question.pk})

    assert list(QuestionVote.objects.values_list("registration", flat=True)) == [other.pk]


@pytest.mark.parametrize("state", [QuestionState.WAITING, QuestionState.DECLINED])
def test_what_is_not_shown_cannot_be_found_by_voting(client, webinar, state):
    question = QuestionFactory(webinar=webinar, state=state, reason="Off topic.")
    elsewhere = shown(WebinarFactory())

    for hidden in (question, elsewhere):
        response = client.post(vote_address(RegistrationFactory(webinar=webinar)), {"question": hidden.pk})
        assert response.status_code == 404
    assert not QuestionVote.objects.exists()


def test_over_joined_questions_each_person_counts_once(webinar, secretariat):
    kept, same = shown(webinar), shown(webinar)
    both, one = RegistrationFactory.create_batch(2, webinar=webinar)
    for registration, question in ((both, kept), (both, same), (one, same)):
        services.vote(registration=registration, question=question.pk)

    services.decide(actor=secretariat, webinar=webinar, questions=[same.pk], step=Step.JOIN, target=kept.pk)

    assert votes_of(kept) == 2
    services.take_vote_back(registration=one, question=kept.pk)
    assert votes_of(kept) == 1, "a vote for the other one is taken back with it"


@pytest.mark.django_db(transaction=True)
def test_two_votes_of_one_person_at_once_are_one(webinar):
    question, registration = shown(webinar), RegistrationFactory(webinar=webinar)
    barrier = Barrier(2)

    def vote(_number: int) -> None:
        barrier.wait()
        services.vote(registration=registration, question=question.pk)
        connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(vote, range(2)))

    assert QuestionVote.objects.count() == 1


# --- The Secretariat's desk ---------------------------------------------------------------------------


def test_several_questions_are_let_through_at_once(client, webinar, secretariat):
    questions = QuestionFactory.create_batch(3, webinar=webinar)
    client.force_login(secretariat)

    response = client.post(
        desk(webinar), {"step": "show", "questions": [question.pk for question in questions[:2]]}, follow=True
    )

    assert "Decided about 2 questions." in response.text
    states = Question.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [QuestionState.VISIBLE, QuestionState.VISIBLE, QuestionState.WAITING]


def test_only_the_secretariat_decides(client, webinar):
    question = QuestionFactory(webinar=webinar)
    for actor in (DelegateFactory(), UserFactory(role=Role.MODERATOR)):
        client.force_login(actor)
        assert client.post(desk(webinar), {"step": "show", "questions": [question.pk]}).status_code == 403
        with pytest.raises(PermissionDenied):
            services.decide(actor=actor, webinar=webinar, questions=[question.pk], step=Step.SHOW)
    question.refresh_from_db()
    assert question.state == QuestionState.WAITING


def test_declining_needs_a_reason_which_who_asked_reads_and_nobody_else(client, webinar, secretariat):
    registration = RegistrationFactory(webinar=webinar)
    question = QuestionFactory(webinar=webinar, registration=registration)
    client.force_login(secretariat)

    refused = client.post(desk(webinar), {"step": "decline", "questions": [question.pk]})
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert "checked" in refused.text, "what was chosen stays chosen"
    client.post(desk(webinar), {"step": "decline", "questions": [question.pk], "reason": "Another topic."})

    client.logout()
    assert "Another topic." in client.get(own_page(registration)).text
    assert "Another topic." not in client.get(public_page(webinar)).text


def test_joining_follows_what_was_joined_before(webinar, secretariat):
    first, second, third = shown(webinar), shown(webinar), shown(webinar)
    services.decide(actor=secretariat, webinar=webinar, questions=[first.pk], step=Step.JOIN, target=second.pk)

    services.decide(actor=secretariat, webinar=webinar, questions=[second.pk], step=Step.JOIN, target=third.pk)

    joined = Question.objects.filter(state=QuestionState.DUPLICATE)
    assert set(joined.values_list("pk", "duplicate_of")) == {(first.pk, third.pk), (second.pk, third.pk)}


def test_a_question_is_not_joined_with_itself_or_one_elsewhere_or_with_one_joined_to_it(webinar, secretariat):
    question, same = shown(webinar), shown(webinar)
    services.decide(actor=secretariat, webinar=webinar, questions=[same.pk], step=Step.JOIN, target=question.pk)

    for target in (question.pk, same.pk, shown(WebinarFactory()).pk, None):
        with pytest.raises(ValidationError):
            services.decide(actor=secretariat, webinar=webinar, questions=[question.pk], step=Step.JOIN, target=target)

    question.refresh_from_db()
    assert question.state == QuestionState.VISIBLE


def test_of_two_who_decide_the_second_is_told(webinar, secretariat):
    question = QuestionFactory(webinar=webinar)
    services.decide(
        actor=secretariat, webinar=webinar, questions=[question.pk], step=Step.DECLINE, reason="Another topic."
    )

    with pytest.raises(ValidationError, match="meanwhile"):
        services.decide(
            actor=UserFactory(role=Role.SECRETARIAT),
            webinar=webinar,
            questions=[question.pk],
            step=Step.DECLINE,
            reason="Too long.",
        )
    question.refresh_from_db()
    assert question.reason == "Another topic."


def test_a_pinned_question_stands_first_then_what_most_want(webinar, secretariat):
    plain, wanted, pinned = shown(webinar), shown(webinar), shown(webinar)
    services.vote(registration=RegistrationFactory(webinar=webinar), question=wanted.pk)
    services.decide(actor=secretariat, webinar=webinar, questions=[pinned.pk], step=Step.PIN)

    assert list(board(webinar).asked) == [pinned, wanted, plain]


@pytest.mark.parametrize("count", [1, 4])
def test_the_desk_costs_the_same_however_many_questions(
    client, webinar, secretariat, count, django_assert_max_num_queries
):
    for _number in range(count):
        QuestionFactory(webinar=webinar, registration=RegistrationFactory(webinar=webinar))
    client.force_login(secretariat)

    with django_assert_max_num_queries(6):  # session, reader and rights, webinar, questions
        assert client.get(desk(webinar)).status_code == 200


# --- When it is held ----------------------------------------------------------------------------------


def test_what_nobody_answered_is_left_open_when_a_webinar_is_held(webinar, secretariat):
    unanswered = shown(webinar, is_pinned=True)
    answered = QuestionFactory(webinar=webinar, state=QuestionState.ANSWERED_LIVE)
    waiting = QuestionFactory(webinar=webinar)

    move_on(actor=secretariat, webinar=webinar.pk, to=WebinarState.HELD)

    states = dict(Question.objects.values_list("pk", "state"))
    assert states == {unanswered.pk: "left_open", answered.pk: "answered_live", waiting.pk: "waiting"}


def test_what_is_let_through_after_the_end_is_left_open(webinar, secretariat):
    question = QuestionFactory(webinar=webinar)
    move_on(actor=secretariat, webinar=webinar.pk, to=WebinarState.HELD)

    services.decide(actor=secretariat, webinar=webinar, questions=[question.pk], step=Step.SHOW)

    question.refresh_from_db()
    assert question.state == QuestionState.LEFT_OPEN
