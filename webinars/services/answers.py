"""Written answers to questions left open: who answers by when, the drafts, their clearing, and publication."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import MailScope, Role
from accounts.markdown import render
from accounts.models import User
from accounts.services import audit, outbox
from webinars.enums import QuestionState, RegistrationState, Translation
from webinars.models import Answer, Question, Webinar
from webinars.models.questions import UNSETTLED
from webinars.policies import questions as policies

ASSIGNED, REMINDED, ANSWERED = "webinar_question.assigned", "webinar_question.reminded", "webinar_question.answered"


def due_by_default(webinar: Webinar) -> date:
    """Return until when questions to a webinar are answered in writing, where nothing else is said."""
    if webinar.answers_due_on is not None:
        return webinar.answers_due_on
    ended = timezone.localdate(webinar.ends_at or timezone.now(), timezone=timezone.get_default_timezone())
    return max(ended + settings.WEBINAR_ANSWERS_DUE, today())


@transaction.atomic
def assign(*, actor: User, questions: Collection[int], owner: User, due_on: date | None) -> int:
    """Say who sees to the written answers to questions, and by when; who is new to it is told.

    Args:
        actor: Who decides.
        questions: The ids of questions left open; what was settled meanwhile is passed over.
        owner: Of the Secretariat.
        due_on: The last day; None for each webinar's own.

    Returns:
        How many were assigned.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat, or the webinar is complete.
        ValidationError: None is chosen, the day is over, or all were settled meanwhile.

    Source: WEB-25, workflow 2.7.
    """
    policies.may_moderate(actor).enforce()
    if not questions:
        raise ValidationError(_("Choose at least one question."), code="nothing")
    if owner.role != Role.SECRETARIAT or not owner.is_active:
        raise ValidationError({"owner": _("Choose somebody of the Secretariat.")}, code="owner")
    if due_on is not None and due_on < today():
        raise ValidationError({"due_on": _("Choose a day that is not over.")}, code="over")
    visible = Question.objects.visible_to(actor).select_related("webinar").order_by("pk")
    assigned = list(visible.unsettled().filter(pk__in=questions).select_for_update(of=("self",)))
    if not assigned:
        raise ValidationError(_("Somebody else has settled this meanwhile. Look again."), code="changed")
    told = []
    for question in assigned:
        policies.may_answer(actor, question).enforce()
        is_new = question.owner_id != owner.pk
        question.owner, question.due_on = owner, due_on or due_by_default(question.webinar)
        if question.state == QuestionState.LEFT_OPEN:
            question.state = QuestionState.ASSIGNED
        question.save(update_fields=["owner", "due_on", "state"])
        event = audit.record(actor, ASSIGNED, question, owner=owner.pk, due_on=question.due_on.isoformat())
        if is_new and owner != actor:
            told.append((owner.pk, event))
    outbox.notify_each(told, kind=ASSIGNED, scope=MailScope.ACCOUNT)
    return len(assigned)


@transaction.atomic
def write_answer(
    *, actor: User, question: int, language: str, source: Translation, text: str, seen: datetime | None
) -> Answer:
    """Write or change the answer to a question in one language; it is to be cleared, again, before it is shown.

    The answer that is written first is the original, and the others are translations of it: when the original
    changes, they are all to be cleared anew.

    Args:
        actor: Who writes.
        question: The id of one that somebody sees to.
        language: Of the text.
        source: Whether a person or a machine translated it; the first one is the original whatever is said.
        text: Markdown.
        seen: When what ``actor`` changes was written; None for a new one.

    Returns:
        The saved answer.

    Raises:
        Question.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not answer it; the message says why.
        ValidationError: Nobody sees to it yet, the language is the original's, or somebody wrote meanwhile.

    Source: WEB-25, CDIP/30/8 para 20.
    """
    found = _locked(actor, question)
    if found.owner_id is None or found.due_on is None:
        raise ValidationError(_("Say first who sees to this question, and by when."), code="owner")
    answers = {answer.language: answer for answer in found.answers.select_for_update()}
    answer = answers.get(language, Answer(question=found, language=language))
    if (answer.written_at if answer.pk else None) != seen:
        raise ValidationError(_("Somebody else wrote this meanwhile. Look at it before you change it."), code="changed")
    is_original = not answers or (answer.source == Translation.ORIGINAL and answer.pk is not None)
    if not is_original and source == Translation.ORIGINAL:
        raise ValidationError({"source": _("The original stands in another language: say who translated it.")})
    answer.source = Translation.ORIGINAL if is_original else source
    answer.text, answer.html = text, render(text)
    answer.written_by, answer.written_at = actor, timezone.now()
    _take_clearance(answer)
    answer.save()
    if is_original:
        for other in answers.values():
            if other.pk != answer.pk:
                _take_clearance(other)
                other.save(update_fields=["cleared_by", "cleared_at", "published_at"])
        found.state = QuestionState.DRAFTED
        found.save(update_fields=["state"])
    audit.record(actor, "answer.written", answer, question=found.pk, language=language, source=answer.source)
    return answer


def _take_clearance(answer: Answer) -> None:
    answer.cleared_by = answer.cleared_at = answer.published_at = None


def _locked(actor: User, question: int) -> Question:
    """Return a question whose answer ``actor`` may work on, locked."""
    rows = Question.objects.visible_to(actor).select_related("webinar").select_for_update(of=("self",))
    found: Question = rows.get(pk=question)
    policies.may_answer(actor, found).enforce()
    return found


@transaction.atomic
def clear_answer(*, actor: User, question: int, language: str, seen: datetime | None) -> Answer:
    """Clear an answer in one language for publication; done by another person than who wrote it.

    Args:
        actor: Who clears it.
        question: Its id.
        language: Of the answer.
        seen: When the text that ``actor`` has read was written.

    Returns:
        The cleared answer.

    Raises:
        Question.DoesNotExist: It is hidden from ``actor``.
        Answer.DoesNotExist: There is none in this language.
        PermissionDenied: ``actor`` wrote it; the message says so.
        ValidationError: It was changed since, or the original is not cleared yet.

    Source: WEB-25, workflow 2.7.
    """
    found = _locked(actor, question)
    answer = found.answers.select_for_update().get(language=language)
    answer.question = found
    policies.may_clear(actor, answer).enforce()
    if answer.written_at != seen:
        raise ValidationError(_("Somebody else wrote this meanwhile. Look at it before you clear it."), code="changed")
    if answer.source != Translation.ORIGINAL and found.state not in {QuestionState.CLEARED, QuestionState.PUBLISHED}:
        raise ValidationError(_("Clear the original first."), code="original")
    if answer.cleared_at is None:
        answer.cleared_by, answer.cleared_at = actor, timezone.now()
        answer.save(update_fields=["cleared_by", "cleared_at"])
        if answer.source == Translation.ORIGINAL:
            found.state = QuestionState.CLEARED
            found.save(update_fields=["state"])
        audit.record(actor, "answer.cleared", answer, question=found.pk, language=language)
    return answer


@transaction.atomic
def publish_answer(*, actor: User, question: int) -> int:
    """Show the cleared answers to a question on the page of its webinar; whoever asked is told once.

    Args:
        actor: Who publishes them.
        question: Its id.

    Returns:
        In how many languages the answer is new on the page.

    Raises:
        Question.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: No answer is cleared that is not shown already.

    Source: WEB-25, CDIP/30/8 para 20.
    """
    found = _locked(actor, question)
    cleared = found.answers.filter(cleared_at__isnull=False, published_at=None)
    if found.state not in {QuestionState.CLEARED, QuestionState.PUBLISHED} or not cleared.exists():
        raise ValidationError(_("No answer is cleared that is not on the page already."), code="nothing")
    count: int = cleared.update(published_at=timezone.now())
    found.state = QuestionState.PUBLISHED
    found.save(update_fields=["state"])
    audit.record(actor, "answer.published", found, languages=count)
    _tell_who_asked(found)
    return count


def _tell_who_asked(question: Question) -> None:
    """Write to whoever asked a question, or one that was joined with it, and still has a place."""
    asked = [question, *question.duplicates.select_related("registration")]
    for one in asked:
        registration = one.registration
        if registration is not None and registration.state != RegistrationState.CANCELLED and registration.full_name:
            outbox.notify_address(registration.email, language=registration.language, kind=ANSWERED, about=one)


@transaction.atomic
def close_question(*, actor: User, question: int, reason: str) -> Question:
    """Close a question that was left open without an answer, with a reason that everybody reads.

    Args:
        actor: Who closes it.
        question: Its id.
        reason: Why.

    Returns:
        The closed question.

    Raises:
        Question.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: The reason lacks, or it was settled meanwhile.

    Source: workflow 2.7.
    """
    found = _locked(actor, question)
    if not reason:
        raise ValidationError({"reason": _("Say why it is not answered: everybody reads it.")}, code="reason")
    if found.state not in UNSETTLED:
        raise ValidationError(_("Somebody else has settled this meanwhile. Look again."), code="changed")
    found.state, found.reason = QuestionState.CLOSED, reason
    found.save(update_fields=["state", "reason"])
    audit.record(actor, "question.closed", found, reason=reason)
    return found


def remind_owners() -> int:
    """Remind those who see to answers: some days before the last day, and in each week that it is late.

    Returns:
        About how many questions.

    Source: WEB-25, workflow 2.7.
    """
    now = today()
    soon = now + timedelta(days=settings.WEBINAR_ANSWER_DUE_SOON)
    due = list(Question.objects.unsettled().filter(owner__isnull=False, due_on__lte=soon))
    for question in due:
        assert question.due_on is not None  # the filter says so, here and in the next
        assert question.owner_id is not None
        late = (now - question.due_on).days
        occasion = f"{question.due_on}-{f'late{(late - 1) // 7}' if late > 0 else 'soon'}"
        outbox.notify_each([(question.owner_id, question)], kind=REMINDED, scope=MailScope.ACCOUNT, occasion=occasion)
    return len(due)
