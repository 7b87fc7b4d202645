"""How much the forum is read: counted in the process, written as a sum for each day."""

import atexit
from collections.abc import Mapping
from datetime import date

from django.db.models import F

from accounts.days import today
from forum.services.reading import Gathered, visits
from moderation.models import TrafficDay
from moderation.queries.usage import active_users


class TrafficCounts(Gathered[tuple[date, str], int]):
    """Pages and sessions of people who have signed in, by the day in Geneva."""

    def note_page(self) -> None:
        """Count one page."""
        self._note((today(), "page_views"), 1)

    def note_sessions(self, count: int) -> None:
        """Count visits that have begun."""
        self._note((today(), "sessions"), count)

    @staticmethod
    def _joined(kept: int, noted: int) -> int:
        return kept + noted

    def _save(self, gathered: Mapping[tuple[date, str], int]) -> None:
        for day in {day for day, _what in gathered}:
            pages, sessions = (gathered.get((day, what), 0) for what in ("page_views", "sessions"))
            add_traffic(day, pages=pages, sessions=sessions)


def add_traffic(day: date, *, pages: int = 0, sessions: int = 0) -> None:
    """Add to what was counted on a day; whoever adds at the same moment is added too.

    Args:
        day: In Geneva.
        pages: How many pages more.
        sessions: How many sessions more.

    Source: REP-01, CDIP/25/5 para 8.
    """
    TrafficDay.objects.bulk_create([TrafficDay(day=day)], ignore_conflicts=True)
    TrafficDay.objects.filter(day=day).update(page_views=F("page_views") + pages, sessions=F("sessions") + sessions)


def count_active_users() -> int:
    """Keep with this day how many registered users are active, for reports about it later.

    Returns:
        How many they are.

    Source: REP-01, reading A18.
    """
    count = active_users(today())
    TrafficDay.objects.update_or_create(day=today(), defaults={"active_users": count})
    return count


def _write_at_exit() -> None:
    """Write what is gathered when a process ends: the visits first, which may have begun sessions."""
    visits.write()
    counts.write()


counts = TrafficCounts()
atexit.register(_write_at_exit)
