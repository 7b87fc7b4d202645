"""Who came, as the join times and corrections by hand say."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings

from webinars.enums import AttendanceSource
from webinars.models import Registration, Webinar

Stay = tuple[datetime, datetime]


def merged(stays: Iterable[Stay]) -> list[Stay]:
    """Return stays without overlaps: who joined from two devices was there once."""
    result: list[Stay] = []
    for joined, left in sorted(stays):
        if result and joined <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], left))
        else:
            result.append((joined, left))
    return result


def stays_of(registration: Registration) -> list[Stay]:
    """Return when somebody was in the meeting, within the webinar's time, without overlaps.

    What the meeting software says counts; the join button, which does not see anybody leave, counts where the
    software says nothing: from then to the end.
    """
    webinar = registration.webinar
    if webinar.starts_at is None or webinar.ends_at is None:
        return []
    intervals = list(registration.intervals.all())
    told = [interval for interval in intervals if interval.source != AttendanceSource.PAGE]
    stays = []
    for interval in told or intervals:
        joined, left = (
            max(interval.joined_at, webinar.starts_at),
            min(interval.left_at or webinar.ends_at, webinar.ends_at),
        )
        if joined < left:
            stays.append((joined, left))
    return merged(stays)


def time_attended(registration: Registration) -> timedelta:
    """Return how long somebody was in the meeting."""
    return sum((left - joined for joined, left in stays_of(registration)), timedelta())


def has_attended(registration: Registration) -> bool:
    """Tell whether somebody came: as corrected by hand, else as the join times say. Source: workflow 2.7."""
    if registration.attended is not None:
        return registration.attended
    return time_attended(registration) >= settings.WEBINAR_ATTENDED_FROM


def share_attended(registration: Registration) -> float:
    """Return which share of a webinar somebody attended, from 0 to 1; all of it where that was said by hand."""
    webinar = registration.webinar
    if registration.attended is not None:
        return float(registration.attended)
    if webinar.starts_at is None or webinar.ends_at is None:
        return 0.0
    return time_attended(registration) / (webinar.ends_at - webinar.starts_at)


def figures(webinar: Webinar) -> tuple[int, int]:
    """Return how many had a place, and how many of them came. Source: WEB-31, REP-03."""
    entitled = list(webinar.registrations.entitled().select_related("webinar").prefetch_related("intervals"))
    return len(entitled), sum(has_attended(registration) for registration in entitled)
