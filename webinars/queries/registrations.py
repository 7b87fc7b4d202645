"""What the pages about registrations show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User
from webinars.enums import RegistrationState, WebinarState
from webinars.models import Registration, Webinar
from webinars.queries.attendance import time_attended

IN_CALENDARS = [
    WebinarState.ANNOUNCED,
    WebinarState.LIVE,
    WebinarState.HELD,
    WebinarState.FOLLOW_UP,
    WebinarState.COMPLETE,
    WebinarState.CANCELLED,
    WebinarState.POSTPONED,
]


@dataclass(frozen=True)
class RegistrationList:
    """Who registered for one webinar.

    Args:
        rows: The registrations, the first first.
        states: How many stand where.
        countries: How many have a place, by country, the most first; the rest have named none.
    """

    rows: Sequence[Registration]
    states: Sequence[tuple[str, int]]
    countries: Sequence[tuple[str, int]]


def registration_list(webinar: Webinar) -> RegistrationList:
    """Gather who registered for a webinar, for the Secretariat. Source: WEB-31, workflow 2.7."""
    found = webinar.registrations.select_related("country", "webinar").prefetch_related("intervals")
    rows = list(found.order_by("registered_at"))
    for row in rows:
        row.minutes = round(time_attended(row).total_seconds() / 60)
    states = Counter(row.state for row in rows)
    countries = Counter(str(row.country or "") for row in rows if row.state == RegistrationState.CONFIRMED)
    return RegistrationList(
        rows=rows,
        states=[(str(state.label), states[state]) for state in RegistrationState if states[state]],
        countries=countries.most_common(),
    )


def in_calendars(viewer: User | AnonymousUser) -> QuerySet[Webinar]:
    """Return the webinars that stand in calendars: announced, with a time, whatever became of them."""
    webinars: QuerySet[Webinar] = Webinar.objects.visible_to(viewer)
    return webinars.filter(state__in=IN_CALENDARS, starts_at__isnull=False)
