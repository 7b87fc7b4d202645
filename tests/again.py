"""Signing in again, as sensitive pages ask."""

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.test import Client

from accounts.models import User


def sign_in_again(client: Client, user: User) -> None:
    """Sign ``user`` in as somebody who has just given the password once more."""
    client.force_login(user, backend="accounts.backends.MemberBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
