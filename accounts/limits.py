"""Limits on attempts: what an address counts as, and what is answered to one attempt too many."""

import unicodedata
from datetime import timedelta

from allauth.core import context, ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts.addresses import canonical_address
from accounts.models import User

WAITS = {
    "too_many_login_attempts": timedelta(minutes=5),
    "too_many_letters": timedelta(hours=1),
    "too_many_uploads": timedelta(hours=1),
}
"""How long to wait after an error of this code; the longest that its limit in the settings can take."""


def counted_as(typed: str) -> str:
    """Return the one name under which attempts on an address are counted, however it is written.

    Args:
        typed: What somebody typed; it need not be an address.
    """
    try:
        return canonical_address(typed)
    except ValidationError:
        return unicodedata.normalize("NFKC", typed).strip().casefold()


def is_too_many(action: str, code: str, *, person: User) -> bool:
    """Count what somebody does on a page, and tell whether it is once too often; the page is then answered so.

    Args:
        action: What is done, as the settings name its limit.
        code: Of the error, which says how long to wait.
        person: Who does it.
    """
    request = context.request
    if request is None or ratelimit.consume(request, action=action, user=person):
        return False
    stop(request, code)
    return True


def stop(request: HttpRequest, code: str) -> None:
    """Have the page that is being made answered as one attempt too many, where the error is one."""
    if code in WAITS:
        request.retry_after = WAITS[code]  # type: ignore[attr-defined]


def mark(request: HttpRequest, response: HttpResponse) -> None:
    """Give a page that says so the status of one attempt too many, and say to machines when to try again."""
    wait = getattr(request, "retry_after", None)
    if wait is not None and response.status_code in {200, 422}:
        response.status_code = 429
        response.headers["Retry-After"] = str(int(wait.total_seconds()))
