"""Who may register for a webinar, and who may see the registrations."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import RegistrationState, WebinarState
from webinars.models import Registration, Webinar


def may_register(webinar: Webinar, at: datetime) -> Verdict:
    """Judge whether anybody may register for ``webinar`` at a moment. Source: workflow 2.7."""
    if webinar.state not in {WebinarState.ANNOUNCED, WebinarState.LIVE}:
        return Verdict(_("Registration opens when the webinar is announced, and ends when it is held."))
    if webinar.ends_at is not None and webinar.ends_at <= at:
        return Verdict(_("This webinar is over."))
    return ALLOWED


def may_change(registration: Registration, at: datetime) -> Verdict:
    """Judge whether a registration may still be confirmed, changed or cancelled. Source: workflow 2.7."""
    if registration.state == RegistrationState.CANCELLED:
        return Verdict(_("This registration is cancelled. You can register again."))
    return may_register(registration.webinar, at)


def may_manage(actor: User) -> Verdict:
    """Judge whether ``actor`` sees who registered. Source: WEB-17, ACC-03."""
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the Secretariat sees who registered."))
    return ALLOWED
