"""The second factor: secrets kept unreadable, and codes that work once."""

import base64
import hashlib
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.backends import person_with
from accounts.services import security

LAST_STEP = "last_step"
"""In an authenticator's data: the step of time of the last code that was taken."""


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
        from allauth.core import context

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
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        security.send_reset_link(person_with(email))
        return email
