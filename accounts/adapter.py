"""How allauth behaves here."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.usersessions.models import UserSession
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import devices, factors, limits, policies
from accounts.backends import person_with
from accounts.models import User
from accounts.services import security

logger = logging.getLogger(__name__)

CHANGES = {
    "account/email/password_changed": "password.changed",
    "account/email/password_set": "password.changed",
    "account/email/password_reset": "password.changed",
    "mfa/email/totp_activated": "factor.added",
    "mfa/email/webauthn_added": "factor.added",
    "mfa/email/totp_deactivated": "factor.removed",
    "mfa/email/webauthn_removed": "factor.removed",
    "mfa/email/recovery_codes_generated": "factor.codes_renewed",
}
"""What allauth would write a letter about, by its template: for us a change to record, and to tell of."""


class ForumAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from the Secretariat, never from a sign-up form. Source: ACC-01, CDIP/22/3 para 8."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The e-mail address or the password is not correct."),
        "enter_current_password": gettext_lazy("Type the password you have now."),
        "incorrect_code": gettext_lazy("This code is not correct, or it was used already."),
        "incorrect_password": gettext_lazy("The password is not correct."),
        "too_many_login_attempts": gettext_lazy("Too many attempts failed. Try again in five minutes."),
        "too_many_letters": gettext_lazy("Too many letters were asked for. Try again in an hour."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_from_email(self) -> str:
        return str(settings.DEFAULT_FROM_EMAIL)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        raise NotImplementedError("Nobody signs up here.")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count attempts on an account under one name, however its address is written."""
        return f"sign-in:{limits.counted_as(str(credentials.get('email', '')))}"

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Word an error; one that says that attempts are over is answered with 429. Source: security.md AN-06."""
        limits.stop(context.request, code)
        error: ValidationError = super().validation_error(code, *args)
        return error

    def reauthenticate(self, user: User, password: str) -> bool:
        """Check the password of the address that the Secretariat has on record."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again for what is sensitive, unless the last password, code or passkey is fresh."""
        request = context.request
        records = get_authentication_records(request, request.user)
        return not (records and devices.is_fresh(records[-1]["at"]))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Lead on, and tell people of a sign-in from a browser that they have not used before."""
        known = devices.people_known(request)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(response, [user.pk, *known])
        if user.pk not in known and getattr(user, "has_been_here", False):
            session = UserSession.objects.filter(session_key=request.session.session_key).first()
            if session is not None:
                security.tell(user, "session.new_device", about=session)
        return response

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> None:
        """Go on with somebody whose account is not open, who is told so in ``login``."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign somebody in; whose account is not open learns it here, once every proof was given, and nobody else."""
        if not user.is_active:
            request.session.flush()
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        user.has_been_here = user.last_login is not None  # type: ignore[attr-defined]
        super().login(request, user)

    def logout(self, request: HttpRequest) -> None:
        super().logout(request)
        request.is_signed_out = True  # type: ignore[attr-defined]

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Record a change to how somebody signs in, where allauth would only send a letter."""
        current = self.request.session.session_key if self.request.user == user else None
        security.record_change(user, CHANGES[template_prefix], session=current)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise NotImplementedError("Letters wait in the outbox; none is sent while somebody waits.")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator apps and passkeys: sealed, and not to be given up by the roles that need them."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not correct, or it was used already."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor. Add another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return factors.unseal(encrypted_text)
        except InvalidToken:
            logger.error("A second factor was sealed with another secret key: set SECRET_KEY_FALLBACKS")
            return str(generate_totp_secret())  # that nobody has, so that no code is right

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return bool(policies.may_remove_factor(authenticator.user, authenticator.pk))

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        return devices.name_of(context.request.headers.get("User-Agent", ""))

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


class OrganisationAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-on by the organisation that is set in the environment: it opens accounts, and makes none."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for group in apps.values() for app in group]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account by the address that the organisation has verified, each time anew."""
        verified = [address.email for address in sociallogin.email_addresses if address.verified in (True, "true")]
        person = person_with(verified[0]) if verified else None
        if sociallogin.state.get("process", AuthProcess.LOGIN) != AuthProcess.LOGIN:
            person = None
        if person is None or not person.is_active:
            raise ImmediateHttpResponse(self.refuse(request, is_verified=bool(verified)))
        sociallogin.user = person

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **kwargs: Any) -> None:
        """Answer a sign-on that broke off at the organisation with words of our own."""
        raise ImmediateHttpResponse(self.refuse(request, is_verified=True, is_broken=True))

    def refuse(self, request: HttpRequest, *, is_verified: bool, is_broken: bool = False) -> HttpResponse:
        """Say why somebody is not signed in, and what to do."""
        about = {
            "organisation": settings.OIDC_NAME or _("your organisation"),
            "is_verified": is_verified,
            "is_broken": is_broken,
        }
        return render(request, "socialaccount/refused.html", about, status=403)
