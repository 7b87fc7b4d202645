"""Who came, as the join times and corrections by hand say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from webinars.enums import AttendanceSource, SeriesState, WebinarState
from webinars.models import Registration, Series, Webinar

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


@dataclass(frozen=True)
class Walk:
    """How far somebody came through a series.

    Args:
        series: The series.
        parts: What was held of it, or is to come, in its order.
        attended: For each part of which enough was attended, the registration that says so, in the same order.
    """

    series: Series
    parts: Sequence[Webinar]
    attended: Sequence[Registration]

    @property
    def is_over(self) -> bool:
        """Whether every part was held and none is to follow."""
        return self.series.state == SeriesState.EXPLORED and all(part.has_ended for part in self.parts)

    @property
    def minutes(self) -> int:
        return sum(minutes_attended(registration) for registration in self.attended)


def walk_of(registration: Registration, series: Series) -> Walk:
    """Return how far whoever registered came through a series, by the address or the participant of the forum.

    A part counts in whichever language it was attended, where enough of it was. Source: WEB-03, workflow 2.7.

    Args:
        registration: One of theirs.
        series: Which one.
    """
    parts = list(
        series.webinars.filter(repeats=None).exclude(state=WebinarState.CANCELLED).order_by("part", "starts_at", "pk")
    )
    own = (
        Registration.objects.entitled()
        .of_whose_is(registration)
        .filter(Q(webinar__in=parts) | Q(webinar__repeats__in=parts))
    )
    best: dict[int, Registration] = {}
    for one in own.select_related("webinar").prefetch_related("intervals").order_by("pk"):
        part = one.webinar.repeats_id or one.webinar_id
        is_enough = one.webinar.has_ended and share_attended(one) >= settings.WEBINAR_CERTIFICATE_SHARE
        if is_enough and (part not in best or share_attended(one) > share_attended(best[part])):
            best[part] = one
    return Walk(series, parts, [best[part.pk] for part in parts if part.pk in best])


def minutes_attended(registration: Registration) -> int:
    """Return how many minutes of a webinar somebody attended; all of them where that was said by hand."""
    webinar = registration.webinar
    length = webinar.ends_at - webinar.starts_at if webinar.ends_at and webinar.starts_at else timedelta()
    return round(length.total_seconds() * share_attended(registration) / 60)


def figures(webinar: Webinar) -> tuple[int, int]:
    """Return how many had a place, and how many of them came. Source: WEB-31, REP-03."""
    entitled = list(webinar.registrations.entitled().select_related("webinar").prefetch_related("intervals"))
    return len(entitled), sum(has_attended(registration) for registration in entitled)
