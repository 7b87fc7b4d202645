"""Who writes the letters about accounts."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from accounts import endings
from accounts.factors import take_step
from accounts.models import User
from accounts.services import (
    contact_letters,
    entry_letters,
    outbox,
    person_letters,
    protocols,
    security_letters,
    sessions,
    terms,
)
from accounts.sessions import SessionStore


def connect() -> None:
    """Register what writes letters; called once, when the app is ready."""
    outbox.register("invitation.made", entry_letters.invitation_made, is_service=True)
    outbox.register("account.known", entry_letters.account_known, is_service=True)
    outbox.register("request.made", entry_letters.request_made)
    outbox.register("requests.waiting", entry_letters.requests_waiting)
    outbox.register("request.decided", entry_letters.request_decided)
    outbox.register("request.declined", entry_letters.request_declined, is_service=True)
    for kind, composer in (
        ("address.asked", person_letters.address_asked),
        ("address.offered", person_letters.address_offered),
        ("address.changed", person_letters.address_changed),
        ("address.left", person_letters.address_left),
        ("archive.ready", person_letters.archive_ready),
        ("person.left", person_letters.person_left),
        ("seat.taken", person_letters.seat_taken),
        ("seat.passed_on", person_letters.seat_passed_on),
        ("seat.left", person_letters.seat_passed_on),
    ):
        outbox.register(kind, composer, is_service=True)
    outbox.register("mandate.given", terms.mandate_given, is_service=True)
    outbox.register("address.replaced", person_letters.address_replaced)
    outbox.register("endings.told", terms.endings_told)
    outbox.register("protocol.reminded", protocols.protocol_reminded)
    outbox.register("mandate.ending", terms.ending_soon)
    outbox.register("period.ending", terms.ending_soon)
    endings.register("mandate", source=terms.ending_mandates)
    endings.register("period", source=terms.ending_periods)
    for kind, composer in (
        ("password.reset_asked", security_letters.reset_asked),
        ("password.changed", security_letters.password_changed),
        ("factor.added", security_letters.factor_added),
        ("factor.removed", security_letters.factor_removed),
        ("factor.codes_renewed", security_letters.codes_renewed),
        ("factor.reset", security_letters.factor_reset),
        ("session.new_device", security_letters.new_device),
    ):
        outbox.register(kind, composer, is_service=True)
    outbox.register("stakeholder.asked", contact_letters.contact_asked, is_service=True)
    outbox.register("circular.sent", contact_letters.circular_sent, is_service=True)
    user_logged_in.connect(_begin_session)
    authentication_step_completed.connect(_renew_key)
    authenticator_added.connect(_use_up_first_code)


def _begin_session(request: HttpRequest, user: User, **facts: Any) -> None:
    """Count the time of a session from the sign-in."""
    if isinstance(request.session, SessionStore):
        request.session.begin(user)


def _renew_key(request: HttpRequest, user: User, **facts: Any) -> None:
    """Give the session of somebody who has proved again who they are another key."""
    if facts.get("reauthenticated") and isinstance(request.session, SessionStore):
        sessions.renew_key(request.session, user)


def _use_up_first_code(request: HttpRequest, authenticator: Authenticator, **facts: Any) -> None:
    """Let the code that set up an authenticator app not sign in as well."""
    step = getattr(request, "totp_step", None)
    if authenticator.type == Authenticator.Type.TOTP and step is not None:
        take_step(authenticator, step)
