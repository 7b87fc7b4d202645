"""Questions to a webinar's experts: asking, voting, letting through, joining, and saying what became of each."""

from collections.abc import Collection
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from webinars.enums import QuestionState, WebinarState
from webinars.models import Question, QuestionVote, Registration, Webinar
from webinars.models.questions import SHOWN
from webinars.policies import questions as policies


class Step(StrEnum):
    """What the Secretariat decides about questions, several at a time."""

    SHOW = "show"
    DECLINE = "decline"
    JOIN = "join"
    PIN = "pin"
    UNPIN = "unpin"
    ANSWERED_LIVE = "answered_live"
    ANSWERED_CHAT = "answered_chat"
    LEAVE_OPEN = "left_open"


_MODERATED = (QuestionState.WAITING, QuestionState.VISIBLE)
_ANSWERED = (QuestionState.ANSWERED_LIVE, QuestionState.ANSWERED_CHAT)
FROM: dict[Step, Collection[str]] = {
    Step.SHOW: (QuestionState.WAITING, QuestionState.DECLINED, QuestionState.DUPLICATE),
    Step.DECLINE: _MODERATED,
    Step.JOIN: _MODERATED,
    Step.PIN: (QuestionState.VISIBLE,),
    Step.UNPIN: SHOWN,
    Step.ANSWERED_LIVE: (*_MODERATED, QuestionState.ANSWERED_CHAT, QuestionState.LEFT_OPEN),
    Step.ANSWERED_CHAT: (*_MODERATED, QuestionState.ANSWERED_LIVE, QuestionState.LEFT_OPEN),
    Step.LEAVE_OPEN: (*_MODERATED, *_ANSWERED),
}
"""The states from which each step is taken."""


@transaction.atomic
def ask(*, registration: Registration, text: str, language: str, is_anonymous: bool) -> Question:
    """Ask the experts of a webinar; the question waits until it is let through.

    Args:
        registration: Whose question it is.
        text: What ``QuestionForm`` has accepted.
        language: In which it is asked.
        is_anonymous: Whether it is shown without the name.

    Returns:
        The saved question.

    Raises:
        PermissionDenied: There is no place, or questions are not taken now; the message says why.

    Source: WEB-20, workflow 2.7.
    """
    webinar = Webinar.objects.select_for_update().get(pk=registration.webinar_id)  # it may be held meanwhile
    registration = Registration.objects.select_related("user").get(pk=registration.pk)
    registration.webinar = webinar
    policies.may_ask(registration).enforce()
    question = Question.objects.create(
        webinar=webinar,
        registration=registration,
        user=registration.user,
        text=text,
        language=language,
        is_anonymous=is_anonymous,
        asked_before=webinar.state == WebinarState.ANNOUNCED,
    )
    audit.record(registration.user, "question.asked", question)
    return question


@transaction.atomic
def vote(*, registration: Registration, question: int) -> Question:
    """Say that one wants a question answered too; said again, it counts once.

    Args:
        registration: Whose vote it is.
        question: The id; for one that was joined with another, the vote goes to that other.

    Returns:
        The question that the vote is for.

    Raises:
        Question.DoesNotExist: It is of another webinar, or not shown.
        PermissionDenied: It is their own, or it waits for no answer; the message says why.

    Source: workflow 2.7.
    """
    shown = [*SHOWN, QuestionState.DUPLICATE]
    found = registration.webinar.questions.filter(state__in=shown).select_related("duplicate_of").get(pk=question)
    meant = found.duplicate_of or found
    policies.may_vote(registration, meant).enforce()
    QuestionVote.objects.get_or_create(question=meant, registration=registration)
    return meant


@transaction.atomic
def take_vote_back(*, registration: Registration, question: int) -> None:
    """Take a vote back, also one for a question that was joined with this one; done again, nothing changes.

    Raises:
        PermissionDenied: Questions are no longer taken.
    """
    policies.may_ask(registration).enforce()
    for meant in ("question", "question__duplicate_of"):
        registration.votes.filter(**{meant: question}).delete()


@transaction.atomic
def decide(
    *,
    actor: User,
    webinar: Webinar,
    questions: Collection[int],
    step: Step,
    reason: str = "",
    target: int | None = None,
) -> int:
    """Take one step with several questions to a webinar; what somebody else decided meanwhile stays so.

    Args:
        actor: Who decides.
        webinar: To which they were asked.
        questions: Their ids.
        step: What is decided.
        reason: Why, where they are declined; who asked reads it.
        target: The id of the question that they are joined with.

    Returns:
        How many it was decided about.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat, or the webinar is complete.
        ValidationError: None is chosen, the reason or the other question lacks, or all were decided about meanwhile.

    Source: WEB-25, workflow 2.7.
    """
    policies.may_moderate(actor).enforce()
    locked = Webinar.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=webinar.pk)
    policies.may_decide(actor, locked).enforce()
    if not questions:
        raise ValidationError(_("Choose at least one question."), code="nothing")
    if step == Step.DECLINE and not reason:
        raise ValidationError({"reason": _("Say why: who asked reads it.")}, code="reason")
    other = _target(locked, target, questions) if step == Step.JOIN else None
    rows = locked.questions.select_for_update().filter(pk__in=questions, state__in=FROM[step]).order_by("pk")
    decided = list(rows)
    if not decided:
        raise ValidationError(_("Somebody else has decided about this meanwhile. Look again."), code="changed")
    for question in decided:
        _take(question, step, locked, reason, other)
        audit.record(actor, f"question.{step}", question, reason=question.reason, webinar=locked.pk)
    return len(decided)


def _target(webinar: Webinar, target: int | None, questions: Collection[int]) -> Question:
    """Return the question that others are joined with; of one that is joined itself, the one it was joined with."""
    found = webinar.questions.filter(state__in=[*SHOWN, QuestionState.DUPLICATE]).select_related("duplicate_of")
    other = found.filter(pk=target).first() if target is not None else None
    meant = (other.duplicate_of or other) if other else None
    if meant is None or meant.pk in questions:
        raise ValidationError({"target": _("Choose another question that is shown.")}, code="target")
    return meant


def _take(question: Question, step: Step, webinar: Webinar, reason: str, other: Question | None) -> None:
    if step in {Step.PIN, Step.UNPIN}:
        question.is_pinned = step == Step.PIN
    else:
        question.state = _state_after(step, webinar)
        question.reason = reason if step == Step.DECLINE else ""
        question.duplicate_of = other
        question.is_pinned = question.is_pinned and question.state == QuestionState.VISIBLE
    question.save(update_fields=["state", "reason", "duplicate_of", "is_pinned"])
    if other is not None:
        question.duplicates.update(duplicate_of=other)


def _state_after(step: Step, webinar: Webinar) -> QuestionState:
    """Return what a step makes of a question; what is let through once the webinar was held is left open."""
    if step == Step.SHOW:
        return QuestionState.LEFT_OPEN if webinar.has_ended else QuestionState.VISIBLE
    if step == Step.DECLINE:
        return QuestionState.DECLINED
    return QuestionState.DUPLICATE if step == Step.JOIN else QuestionState(step)


@transaction.atomic
def leave_unanswered_open(webinar: Webinar) -> int:
    """Leave open what was not answered when a webinar was held; who joined with it is answered with it.

    Args:
        webinar: Locked, and held.

    Returns:
        How many questions were left open.

    Source: WEB-25, CDIP/30/8 para 20.
    """
    unanswered = list(webinar.questions.select_for_update().filter(state=QuestionState.VISIBLE))
    for question in unanswered:
        question.state, question.is_pinned = QuestionState.LEFT_OPEN, False
    Question.objects.bulk_update(unanswered, ["state", "is_pinned"])
    audit.record_each(None, "question.left_open", unanswered, webinar=webinar.pk)
    return len(unanswered)
