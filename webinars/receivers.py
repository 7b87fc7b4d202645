"""What the programme does when something happens in another part of it."""

from typing import Any

from accounts.services import outbox
from webinars.models import Webinar
from webinars.services import (
    expert_letters,
    feedback_letters,
    meetings,
    promotion_letters,
    question_letters,
    questions,
    registration_letters,
    registrations,
)
from webinars.services.experts import CONSENT_ASKED
from webinars.signals import IN_CALENDARS, Change, webinar_changed


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    webinar_changed.connect(tell_registered)
    webinar_changed.connect(leave_questions_open)
    registration_letters.register()
    question_letters.register()
    feedback_letters.register()
    promotion_letters.register()
    outbox.register(CONSENT_ASKED, expert_letters.consent_asked, is_service=True)


def tell_registered(sender: object, *, webinar: Webinar, what: Change, **_more: Any) -> None:
    """Have everybody with a place told of a new time, or that the webinar is off. Source: workflow 2.7."""
    if what in IN_CALENDARS:
        registrations.follow_change(webinar)
        meetings.follow_change(webinar)


def leave_questions_open(sender: object, *, webinar: Webinar, what: Change, **_more: Any) -> None:
    """Have what nobody answered at a webinar answered in writing. Source: WEB-25, CDIP/30/8 para 20."""
    if what == Change.HELD:
        questions.leave_unanswered_open(webinar)
