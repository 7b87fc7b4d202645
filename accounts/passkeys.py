"""A first passkey: made on the page of an invitation, by somebody who cannot sign in yet."""

import json
from dataclasses import dataclass
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from fido2.webauthn import RegistrationResponse

from accounts.models import User


@dataclass(frozen=True)
class Passkey:
    """A passkey that a browser has made.

    Args:
        name: To tell it from others.
        credential: Its public half, as allauth keeps it.
    """

    name: str
    credential: dict[str, Any]


def offer(person: User) -> dict[str, Any]:
    """Return what a browser must know to make a passkey that signs ``person`` in alone; the session remembers it."""
    options: dict[str, Any] = auth.begin_registration(person, passwordless=True)
    return options


def take(person: User, made: str) -> Passkey:
    """Check what the browser made against what was offered to it last, which is used up with it.

    Args:
        person: Whom it was offered to.
        made: What the page sent: the browser's answer as JSON.

    Raises:
        ValidationError: It is no such passkey.
    """
    try:
        response = RegistrationResponse.from_dict(json.loads(made))
        credential = dict(response or {})
        credential["clientExtensionResults"] = {}  # words of the browser's that nothing here reads
        auth.complete_registration(credential)
    except Exception:  # noqa: BLE001 - what is made up breaks its reader in many ways, all of which mean this
        raise ValidationError(
            _("That did not work: no passkey was given. Try again, or choose another way."), code="no_passkey"
        ) from None
    return Passkey(get_adapter().generate_authenticator_name(person, Authenticator.Type.WEBAUTHN), credential)
