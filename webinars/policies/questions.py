"""Who asks, votes, lets questions through, and answers them in writing."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import QuestionState, RegistrationState, WebinarState
from webinars.models import Answer, Question, Registration, Webinar
from webinars.models.questions import UNSETTLED

TAKES_QUESTIONS = (WebinarState.ANNOUNCED, WebinarState.LIVE)
ANSWERED_FROM = (*UNSETTLED, QuestionState.PUBLISHED)
"""The states in which a written answer is worked on."""


def may_ask(registration: Registration) -> Verdict:
    """Judge whether somebody who registered may ask: with a place, until the webinar is held. Source: WEB-20."""
    if registration.state != RegistrationState.CONFIRMED:
        return Verdict(_("Who has a place at the webinar asks the experts."))
    if registration.webinar.state not in TAKES_QUESTIONS:
        return Verdict(_("Questions are taken from the announcement until the end of the webinar."))
    return ALLOWED


def may_vote(registration: Registration, question: Question) -> Verdict:
    """Judge whether somebody may say that they want the same answered: not of the own question. Source: WEB-20."""
    if not may_ask(registration):
        return may_ask(registration)
    if question.registration_id == registration.pk:
        return Verdict(_("This question is your own: yours is counted already."))
    if question.state != QuestionState.VISIBLE:
        return Verdict(_("This question is answered, or waits no more."))
    return ALLOWED


def may_moderate(actor: User) -> Verdict:
    """Judge whether ``actor`` lets questions through and sees to their answers. Source: WEB-25, workflow 2.7."""
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the Secretariat sees to questions."))
    return ALLOWED


def may_decide(actor: User, webinar: Webinar) -> Verdict:
    """Judge whether ``actor`` may decide about the questions to ``webinar``: until it is complete. Source: WEB-25."""
    if not may_moderate(actor):
        return may_moderate(actor)
    if webinar.state == WebinarState.COMPLETE:
        return Verdict(_("This webinar is complete: its questions and answers stay as they are."))
    return ALLOWED


def may_answer(actor: User, question: Question) -> Verdict:
    """Judge whether ``actor`` may work on the written answer to ``question``. Source: WEB-25."""
    if not may_decide(actor, question.webinar):
        return may_decide(actor, question.webinar)
    if question.state not in ANSWERED_FROM:
        return Verdict(_("Only a question that was left open is answered in writing."))
    return ALLOWED


def may_clear(actor: User, answer: Answer) -> Verdict:
    """Judge whether ``actor`` may clear a written answer: another person than who wrote it. Source: WEB-25."""
    if not may_answer(actor, answer.question):
        return may_answer(actor, answer.question)
    if answer.written_by_id == actor.pk:
        return Verdict(_("Another person than who wrote it clears an answer."))
    return ALLOWED
