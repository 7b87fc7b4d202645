"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User


class ForumAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from the Secretariat, never from a sign-up form. Source: ACC-01, CDIP/22/3 para 8."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_from_email(self) -> str:
        return str(settings.DEFAULT_FROM_EMAIL)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        raise NotImplementedError("Nobody signs up here.")
