"""Limits on attempts: what an address counts as, and what is answered to one attempt too many."""

import unicodedata
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts.addresses import canonical_address

WAITS = {"too_many_login_attempts": timedelta(minutes=5), "too_many_letters": timedelta(hours=1)}
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


def stop(request: HttpRequest, code: str) -> None:
    """Have the page that is being made answered as one attempt too many, where the error is one."""
    if code in WAITS:
        request.retry_after = WAITS[code]  # type: ignore[attr-defined]


def mark(request: HttpRequest, response: HttpResponse) -> None:
    """Give a page that says so the status of one attempt too many, and say to machines when to try again."""
    wait = getattr(request, "retry_after", None)
    if wait is not None and response.status_code == 200:
        response.status_code = 429
        response.headers["Retry-After"] = str(int(wait.total_seconds()))
