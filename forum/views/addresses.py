"""What addresses carry beside the names of things."""

from datetime import datetime

from django.http import Http404

from forum.queries.pages import EPOCH, MICROSECOND


def number_in(value: str | None) -> int | None:
    """Read a positive number from an address; anything else counts as none given."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None


def activity_in(value: str) -> tuple[datetime, int] | None:
    """Read where a list by last activity goes on from, as ``older`` of its page writes it.

    Raises:
        Http404: It was not written by us.
    """
    if not value:
        return None
    moment, _dash, pk = value.rpartition("-")
    try:
        return EPOCH + int(moment) * MICROSECOND, int(pk)
    except (ValueError, OverflowError):
        raise Http404 from None
