"""The request of somebody who has signed in, for the types of views."""

from typing import NamedTuple

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that ``MembersOnlyMiddleware`` let through."""

    user: User
    htmx: HtmxDetails


class KeptText(NamedTuple):
    """What a view's ``keep_text`` did with a text that could not be taken: where to find it, and whether it is kept."""

    back_to: str
    is_kept: bool
