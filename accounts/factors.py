"""The second factor: secrets kept unreadable, and codes that work once."""

import base64
import hashlib
import logging
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.backends import person_with
from accounts.services import security

logger = logging.getLogger(__name__)

LAST_STEP = "last_step"
"""In an authenticator's data: the step of time of the last code that was taken."""
LAST_COUNT = "last_count"
"""In a passkey's data: how often it had signed when it was last taken."""


def _cipher() -> MultiFernet:
    """Return the cipher made from the secret key; what older keys have written can still be read."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"accounts.factors:{key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> str:
    """Return a secret as it is kept in the database."""
    return _cipher().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret that ``seal`` was given."""
    return _cipher().decrypt(sealed.encode()).decode()


def step_of(secret: str, code: str) -> int | None:
    """Return the step of time that a code belongs to, among those it is taken in now.

    Args:
        secret: The secret shared with the authenticator app.
        code: What was typed.
    """
    digits = "".join(code.split())
    steps = yield_hotp_counters_from_time()
    return next((step for step in steps if format_hotp_value(hotp_value(secret, step)) == digits), None)


@transaction.atomic
def take_step(factor: Authenticator, step: int | None) -> bool:
    """Take a code of an authenticator app, and none of that step of time or of an earlier one ever again.

    Args:
        factor: Whose code it is.
        step: Of the code, as ``step_of`` found it.

    Returns:
        Whether it is the first.
    """
    kept = Authenticator.objects.select_for_update().get(pk=factor.pk)
    if step is None or step <= kept.data.get(LAST_STEP, -1):
        return False
    kept.data[LAST_STEP] = step
    kept.save(update_fields=["data"])
    factor.data = kept.data
    return True


@transaction.atomic
def take_count(passkey: Authenticator, count: int) -> bool:
    """Take a signature of a passkey that counts them, unless a copy of the passkey has been ahead of it.

    A passkey that is kept in step between devices does not count, and always says 0.

    Args:
        passkey: Whose signature it is.
        count: How many signatures it says it has given.

    Returns:
        Whether it is one more than ever before.

    Source: WebAuthn level 2, 7.2 step 21; security.md AN-15.
    """
    kept = Authenticator.objects.select_for_update().get(pk=passkey.pk)
    last = kept.data.get(LAST_COUNT, kept.wrap().authenticator_data.counter)
    if count <= last and (count or last):
        return False
    if count:
        kept.data[LAST_COUNT] = count
        kept.save(update_fields=["data"])
        passkey.data = kept.data
    return True


class _NoCopy:
    """A form for a passkey that refuses one whose count goes back, which allauth does not look at."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        from allauth.mfa.adapter import get_adapter

        response = parse_authentication_response(self.cleaned_data["credential"])
        passkey: Authenticator = super().clean_credential()  # type: ignore[misc]
        if not take_count(passkey, response.response.authenticator_data.counter):
            logger.warning("Passkey %d counted backwards: it may have been copied", passkey.pk)
            raise get_adapter().validation_error("incorrect_code")
        return passkey


class PasskeyForm(_NoCopy, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey after the password."""


class PasskeyAloneForm(_NoCopy, LoginWebAuthnForm):  # type: ignore[misc]
    """The passkey in place of the password."""


class PasskeyAgainForm(_NoCopy, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey before something sensitive."""


class _CodeOnce:
    """A form for a code that also remembers in the database which one it was; the cache may forget."""

    authenticator: Authenticator
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        del self.fields["code"].widget.attrs["placeholder"]

    def clean_code(self) -> str:
        from allauth.mfa.adapter import get_adapter

        code: str = super().clean_code()  # type: ignore[misc]
        factor = self.authenticator
        if factor.type == Authenticator.Type.TOTP:
            step = step_of(decrypt(factor.data["secret"]), code)
            if not take_step(factor, step):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_CodeOnce, AuthenticateForm):  # type: ignore[misc]
    """The code after the password."""


class CodeAgainForm(_CodeOnce, ReauthenticateForm):  # type: ignore[misc]
    """The code before something sensitive."""


class NewTotpForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator app, which is used up with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code that the app shows")
        del self.fields["code"].widget.attrs["placeholder"]

    def clean_code(self) -> str:
        code: str = super().clean_code()
        context.request.totp_step = step_of(self.secret, code)
        return code


class AskResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Ask for the link that sets a new password: the same work whether or not there is an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if not ratelimit.consume(context.request, action="ask_reset", key=limits.counted_as(email)):
            raise get_account_adapter().validation_error("too_many_letters")
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        security.send_reset_link(person_with(email))
        return email
