"""What keeps an account its owner's: telling of changes, and the link that sets a new password."""

import uuid

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from accounts import policies
from accounts.enums import MailScope
from accounts.models import Notice, User
from accounts.passkeys import Passkey
from accounts.services import audit, outbox
from accounts.services.sessions import end_sessions

NOBODY = "nobody@forum.invalid"
"""Where a letter is addressed to that is never written."""


def send_reset_link(person: User | None) -> None:
    """Have the link sent that sets a new password, as much work for nobody as for somebody.

    Args:
        person: Who asked by their address; None where no account has it.
    """
    with transaction.atomic():
        if person is not None and person.is_active:
            _notice("password.reset_asked", person, user=person)
        else:
            _notice("password.reset_asked", User(pk=0), address=NOBODY, language="en")


@transaction.atomic
def tell(person: User, kind: str, *, about: models.Model | None = None) -> None:
    """Have somebody told by mail of a change to how they sign in.

    Args:
        person: Whose account it is.
        kind: Noun and past verb of the event.
        about: What the letter is written from, when it is not the person.
    """
    _notice(kind, about or person, user=person)


def _notice(kind: str, about: models.Model, **fields: object) -> None:
    """Write a notice that may be written again for the same person and event."""
    Notice.objects.create(
        kind=kind,
        scope=MailScope.ACCOUNT,
        key=f"{kind}.{about.pk}.{uuid.uuid4().hex}",
        content_type=ContentType.objects.get_for_model(about),
        object_id=about.pk,
        **fields,
    )
    transaction.on_commit(outbox.wake, robust=True)


@transaction.atomic
def record_change(person: User, action: str, *, session: str | None) -> None:
    """Keep that somebody changed how they sign in, tell them, and end their other sessions.

    Args:
        person: Whose account it is, and who changed it.
        action: Noun and past verb of the event.
        session: The key of the session that goes on; None ends all of them.
    """
    ended = end_sessions(person, but=session)
    audit.record(person, action, person, sessions_ended=ended)
    tell(person, action)


@transaction.atomic
def keep_first_passkey(person: User, passkey: Passkey) -> None:
    """Keep the passkey that somebody comes in with, and make the codes for the day that it is lost.

    Args:
        person: Whose it is.
        passkey: One that was checked.
    """
    data = {"name": passkey.name, "credential": passkey.credential}
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=data)
    RecoveryCodes.activate(person)
    audit.record(person, "factor.added", person)


@transaction.atomic
def take_password_set(*, actor: User, person: User) -> None:
    """Keep that the Secretariat has set somebody's password, tell them, and sign them out.

    Args:
        actor: Who set it.
        person: Whose it is.
    """
    end_sessions(person)
    audit.record(actor, "user.password_set", person)
    tell(person, "password.changed")


@transaction.atomic
def reset_second_factor(*, actor: User | None, person: User, reason: str = "") -> int:
    """Remove the second factors of somebody who has lost them; a role that needs one sets it up anew.

    Args:
        actor: Who decides; None for the operator at the console.
        person: Who has lost them.
        reason: Why it is believed.

    Returns:
        How many were removed.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.
    """
    if actor is not None:
        policies.may_keep(actor, person).enforce()
    _count, by_model = Authenticator.objects.filter(user=person).delete()
    removed: int = by_model.get("mfa.Authenticator", 0)
    ended = end_sessions(person)
    audit.record(actor, "factor.reset", person, reason=reason, removed=removed, sessions_ended=ended)
    tell(person, "factor.reset")
    return removed
