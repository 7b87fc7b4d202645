"""The request of somebody who has signed in, for the types of views."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that ``MembersOnlyMiddleware`` let through."""

    user: User
    htmx: HtmxDetails
