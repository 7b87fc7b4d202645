"""What the programme does when something happens in another part of it."""

from typing import Any

from accounts.services import outbox
from webinars.enums import WebinarState
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

NOT_ANNOUNCED = (WebinarState.PLANNED, WebinarState.ORGANIZING, WebinarState.POSTPONED)


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    webinar_changed.connect(tell_registered)
    webinar_changed.connect(tell_software)
    webinar_changed.connect(leave_questions_open)
    registration_letters.register()
    question_letters.register()
    feedback_letters.register()
    promotion_letters.register()
    outbox.register(CONSENT_ASKED, expert_letters.consent_asked, is_service=True)


def tell_registered(sender: object, *, webinar: Webinar, what: Change, **_more: Any) -> None:
    """Have everybody with a place told of a new time or way in, or that the webinar is off. Source: workflow 2.7.

    The new time of one that was postponed is told when it is announced again, which is then sure.
    """
    if what in IN_CALENDARS and not (what == Change.TIME and webinar.state in NOT_ANNOUNCED):
        registrations.follow_change(webinar, "moved" if what == Change.PLACE else "changed")


def tell_software(sender: object, *, webinar: Webinar, what: Change, **_more: Any) -> None:
    """Have the meeting software follow a new time or title. Source: WEB-19."""
    if what in {Change.TIME, Change.TEXTS}:
        meetings.follow_change(webinar)


def leave_questions_open(sender: object, *, webinar: Webinar, what: Change, **_more: Any) -> None:
    """Have what nobody answered at a webinar answered in writing. Source: WEB-25, CDIP/30/8 para 20."""
    if what == Change.HELD:
        questions.leave_unanswered_open(webinar)
