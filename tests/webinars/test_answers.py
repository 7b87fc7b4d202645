"""Written answers to questions left open: owner and day, draft, clearing, translations, publication, and letters."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.days import today
from accounts.enums import Role
from accounts.services import outbox
from tests.factories import DelegateFactory, QuestionFactory, RegistrationFactory, UserFactory, WebinarFactory
from webinars.enums import QuestionState, RegistrationState, Translation, WebinarState
from webinars.models import Answer, Question, Webinar
from webinars.queries.completion import lacking
from webinars.queries.questions import answered, waiting_questions
from webinars.services import answers as services

WORDS = "It took **two** years."


@pytest.fixture
def webinar(db):
    start = timezone.now() - timedelta(days=1)
    return WebinarFactory(state=WebinarState.FOLLOW_UP, starts_at=start, ends_at=start + timedelta(hours=2))


@pytest.fixture
def writer(db):
    return UserFactory(role=Role.SECRETARIAT, full_name="Officer who writes")


@pytest.fixture
def reviewer(db):
    return UserFactory(role=Role.SECRETARIAT, full_name="Officer who clears")


@pytest.fixture
def question(webinar):
    return QuestionFactory(
        webinar=webinar,
        state=QuestionState.LEFT_OPEN,
        registration=RegistrationFactory(webinar=webinar, email="asked@office.example"),
    )


@pytest.fixture
def assigned(question, writer):
    services.assign(actor=writer, questions=[question.pk], owner=writer, due_on=None)
    question.refresh_from_db()
    return question


def page(question) -> str:
    return reverse("webinars:question_answer", args=[question.pk])


def write(question, actor, language="en", source=Translation.ORIGINAL, text=WORDS, seen=None) -> Answer:
    return services.write_answer(
        actor=actor, question=question.pk, language=language, source=source, text=text, seen=seen
    )


def clear(answer, actor) -> Answer:
    return services.clear_answer(
        actor=actor, question=answer.question_id, language=answer.language, seen=answer.written_at
    )


def published(question, writer, reviewer) -> Answer:
    answer = clear(write(question, writer), reviewer)
    services.publish_answer(actor=writer, question=question.pk)
    return answer


def state_of(question) -> str:
    return Question.objects.get(pk=question.pk).state


# --- Owner and day ------------------------------------------------------------------------------------


def test_assigning_gives_owner_and_day_and_tells_the_owner(client, question, writer, reviewer, mailoutbox):
    client.force_login(writer)

    response = client.post(
        reverse("webinars:question_desk"), {"questions": [question.pk], "owner": reviewer.pk, "due_on": ""}, follow=True
    )

    question.refresh_from_db()
    assert (question.state, question.owner) == (QuestionState.ASSIGNED, reviewer)
    assert question.due_on == timezone.localdate(question.webinar.ends_at) + timedelta(days=14)
    assert "Officer who clears" in response.text
    outbox.deliver_due()
    assert [(letter.to, page(question) in letter.body) for letter in mailoutbox] == [([reviewer.email], True)]
    assert question.text not in mailoutbox[0].body


def test_the_day_of_the_webinar_comes_before_the_setting(webinar, question, writer):
    Webinar.objects.filter(pk=webinar.pk).update(answers_due_on=today() + timedelta(days=3))

    services.assign(actor=writer, questions=[question.pk], owner=writer, due_on=None)

    question.refresh_from_db()
    assert question.due_on == today() + timedelta(days=3)


def test_a_day_that_is_over_and_an_owner_elsewhere_are_refused(question, writer):
    with pytest.raises(ValidationError, match="not over"):
        services.assign(actor=writer, questions=[question.pk], owner=writer, due_on=today() - timedelta(days=1))
    with pytest.raises(ValidationError, match="Secretariat"):
        services.assign(actor=writer, questions=[question.pk], owner=DelegateFactory(), due_on=None)
    assert state_of(question) == QuestionState.LEFT_OPEN


def test_only_the_secretariat_sees_the_desk_and_assigns(client, question, writer):
    for actor in (DelegateFactory(), UserFactory(role=Role.EXPERT)):
        client.force_login(actor)
        assert client.get(reverse("webinars:question_desk")).status_code == 403
        assert client.get(page(question)).status_code == 403
        with pytest.raises(PermissionDenied):
            services.assign(actor=actor, questions=[question.pk], owner=writer, due_on=None)


def test_owners_are_reminded_before_the_day_and_when_it_is_late_and_each_time_once(assigned, writer, mailoutbox):
    told = []
    for days in (-5, -3, -2, 0, 1, 3, 8):
        mailoutbox.clear()
        with time_machine.travel(timezone.now() + (assigned.due_on - today()) + timedelta(days=days), tick=False):
            services.remind_owners()
            outbox.deliver_due()
        told.append([letter.subject.split(":")[0] for letter in mailoutbox])

    due, late = ["A written answer is due"], ["A written answer is late"]
    assert told == [[], due, [], [], late, [], late]


def test_nobody_is_reminded_of_what_is_settled_meanwhile(assigned, writer, mailoutbox):
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        services.remind_owners()
        services.close_question(actor=writer, question=assigned.pk, reason="Off topic.")
        outbox.deliver_due()

    assert mailoutbox == []


# --- Writing and clearing -----------------------------------------------------------------------------


def test_an_answer_is_drafted_cleared_by_another_person_and_published(client, assigned, writer, reviewer):
    client.force_login(writer)
    client.post(f"{page(assigned)}write/", {"language": "en", "text": WORDS, "source": "original", "seen": ""})
    assert state_of(assigned) == QuestionState.DRAFTED
    answer = Answer.objects.get()
    seen = {"language": "en", "seen": answer.written_at.isoformat()}

    assert client.post(f"{page(assigned)}clear/", seen).status_code == 403, "not by who wrote it"
    client.post(f"{page(assigned)}publish/")
    assert state_of(assigned) == QuestionState.DRAFTED, "not before it is cleared"

    client.force_login(reviewer)
    client.post(f"{page(assigned)}clear/", seen)
    assert state_of(assigned) == QuestionState.CLEARED
    public = reverse("webinars:question_list", args=[assigned.webinar_id])
    assert "<strong>two</strong>" not in client.get(public).text
    client.post(f"{page(assigned)}publish/")

    assert state_of(assigned) == QuestionState.PUBLISHED
    client.logout()
    assert "<strong>two</strong>" in client.get(public).text


def test_nothing_is_written_before_somebody_sees_to_it(question, writer):
    with pytest.raises(ValidationError, match="who sees to this"):
        write(question, writer)


def test_of_two_who_write_the_second_is_told_and_keeps_the_text(client, assigned, writer, reviewer):
    write(assigned, writer)
    client.force_login(reviewer)

    response = client.post(
        f"{page(assigned)}write/", {"language": "en", "text": "Three years.", "source": "original", "seen": ""}
    )

    assert response.status_code == 422
    assert "Somebody else wrote this meanwhile" in response.text
    assert "Three years." in response.text
    assert Answer.objects.get().text == WORDS


def test_what_changed_since_it_was_read_is_not_cleared(assigned, writer, reviewer):
    answer = write(assigned, writer)
    write(assigned, writer, text="Three years.", seen=answer.written_at)

    with pytest.raises(ValidationError, match="meanwhile"):
        clear(answer, reviewer)
    assert state_of(assigned) == QuestionState.DRAFTED


# --- Languages ----------------------------------------------------------------------------------------


def test_translations_are_marked_cleared_and_shown_in_the_readers_language(assigned, writer, reviewer):
    clear(write(assigned, writer), reviewer)
    for language, source in (("fr", Translation.PERSON), ("es", Translation.MACHINE)):
        clear(write(assigned, writer, language, source, text=f"En {language}."), reviewer)
    write(assigned, writer, "ar", Translation.MACHINE, text="Not cleared.")

    services.publish_answer(actor=writer, question=assigned.pk)

    shown = answered(assigned.webinar, "es")[0]
    assert (shown.answer.language, shown.answer.source) == ("es", Translation.MACHINE)
    assert [answer.language for answer in shown.others] == ["en", "fr"]
    assert answered(assigned.webinar, "ar")[0].answer.language == "en", "the original where there is none"


def test_a_translation_later_is_published_beside_the_others_and_who_asked_is_told_once(
    assigned, writer, reviewer, mailoutbox
):
    published(assigned, writer, reviewer)
    clear(write(assigned, writer, "fr", Translation.PERSON), reviewer)
    services.publish_answer(actor=writer, question=assigned.pk)

    outbox.deliver_due()
    assert [letter.to for letter in mailoutbox] == [["asked@office.example"]]
    assert len(answered(assigned.webinar, "en")[0].others) == 1


def test_the_page_writes_in_the_language_asked_for(client, assigned, writer):
    write(assigned, writer)
    client.force_login(writer)

    shown = client.get(page(assigned), {"language": "fr"}).text

    assert '<input type="hidden" name="language" value="fr">' in shown
    assert "Keep the answer (French)" in shown


def test_there_is_one_original_and_a_translation_is_cleared_after_it(assigned, writer, reviewer):
    write(assigned, writer)
    with pytest.raises(ValidationError, match="original stands in another"):
        write(assigned, writer, "fr", Translation.ORIGINAL)
    french = write(assigned, writer, "fr", Translation.PERSON)
    with pytest.raises(ValidationError, match="original first"):
        clear(french, reviewer)


def test_a_changed_original_takes_all_languages_off_the_page_until_cleared_again(assigned, writer, reviewer):
    answer = published(assigned, writer, reviewer)
    clear(write(assigned, writer, "fr", Translation.PERSON), reviewer)
    services.publish_answer(actor=writer, question=assigned.pk)

    write(assigned, writer, text="Three years.", seen=answer.written_at)

    assert state_of(assigned) == QuestionState.DRAFTED
    assert answered(assigned.webinar, "en") == []
    assert not Answer.objects.filter(cleared_at__isnull=False).exists()


# --- The end ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [RegistrationState.CONFIRMED, RegistrationState.CANCELLED])
def test_who_asked_is_told_unless_the_registration_is_cancelled(assigned, writer, reviewer, mailoutbox, state):
    assigned.registration.state = state
    assigned.registration.save()

    published(assigned, writer, reviewer)

    outbox.deliver_due()
    assert bool(mailoutbox) is (state == RegistrationState.CONFIRMED)


def test_who_asked_the_same_is_told_too(assigned, writer, reviewer, mailoutbox):
    QuestionFactory(
        webinar=assigned.webinar,
        state=QuestionState.DUPLICATE,
        duplicate_of=assigned,
        registration=RegistrationFactory(webinar=assigned.webinar, email="same@office.example"),
    )

    published(assigned, writer, reviewer)

    outbox.deliver_due()
    assert sorted(letter.to[0] for letter in mailoutbox) == ["asked@office.example", "same@office.example"]
    assert all(f"#question-{assigned.pk}" in letter.body for letter in mailoutbox)


def test_closing_without_an_answer_needs_a_reason_that_everybody_reads(client, assigned, writer):
    client.force_login(writer)
    assert client.post(f"{page(assigned)}close/", {"reason": ""}).status_code == 422
    assert state_of(assigned) == QuestionState.ASSIGNED

    client.post(f"{page(assigned)}close/", {"reason": "It is about another matter."})

    assert state_of(assigned) == QuestionState.CLOSED
    client.logout()
    public = client.get(reverse("webinars:question_list", args=[assigned.webinar_id])).text
    assert "It is about another matter." in public


def test_a_webinar_is_not_complete_while_a_question_is_open(assigned, writer, reviewer):
    with time_machine.travel(timezone.now() + timedelta(days=60), tick=False):
        assert any("question" in sentence for sentence in lacking(assigned.webinar))
        published(assigned, writer, reviewer)
        assert not any("question" in sentence for sentence in lacking(assigned.webinar))


def test_the_answers_of_a_complete_webinar_stay_as_they_are(assigned, writer, reviewer):
    answer = published(assigned, writer, reviewer)
    Webinar.objects.filter(pk=assigned.webinar_id).update(state=WebinarState.COMPLETE)

    with pytest.raises(PermissionDenied, match="complete"):
        write(assigned, writer, text="Three years.", seen=answer.written_at)


# --- The desk -----------------------------------------------------------------------------------------


def test_the_desk_shows_what_is_left_open_of_all_webinars_late_ones_marked(client, assigned, writer, reviewer):
    other = QuestionFactory(state=QuestionState.LEFT_OPEN)
    QuestionFactory(state=QuestionState.ANSWERED_LIVE, text="Answered live?")
    Question.objects.filter(pk=assigned.pk).update(due_on=date(2020, 1, 1))
    client.force_login(reviewer)

    everything = client.get(reverse("webinars:question_desk")).text
    own = client.get(reverse("webinars:question_desk"), {"whose": "mine"}).text

    assert assigned.text in everything and other.text in everything
    assert "Late" in everything
    assert "Answered live?" not in everything
    assert assigned.text not in own
    assert waiting_questions(reviewer).count == 2


@pytest.mark.parametrize("count", [1, 4])
def test_the_desk_costs_the_same_however_many_questions(client, writer, count, django_assert_max_num_queries):
    for _number in range(count):
        QuestionFactory(state=QuestionState.ASSIGNED, owner=UserFactory(role=Role.SECRETARIAT), due_on=today())
    client.force_login(writer)

    with django_assert_max_num_queries(8):  # session, reader and rights, questions, webinars, who can own one
        assert client.get(reverse("webinars:question_desk")).status_code == 200
