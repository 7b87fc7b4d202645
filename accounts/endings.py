"""What comes to its last day: mandates, periods, and what the apps above this one let people do for a time.

An app says by ``register`` how its own is found; the Secretariat's desk and the notices before the end ask all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import models
from django.utils import timezone

from accounts import parts
from accounts.days import today


@dataclass(frozen=True)
class Ending:
    """Something with a last day.

    Args:
        kind: What it is: ``mandate``, ``period``, or what another app registered.
        record: The row that holds its last day; of a row that was not loaded, only the id is known.
        person: The id of whose it is.
        name: Whose it is, as shown.
        title: What it lets the person do, in the active language.
        last_day: Its last day, Geneva's.
        ends_sessions: Whether who had nothing else is signed out at its end.
    """

    kind: str
    record: models.Model
    person: int
    name: str
    title: str
    last_day: date
    ends_sessions: bool = True

    @property
    def days_left(self) -> int:
        """How many days are left after today, negative once it has ended."""
        return (self.last_day - today()).days

    @property
    def address_name(self) -> str:
        """The name of the address where the Secretariat changes it; it takes the id of the record."""
        return _addresses.get(self.kind) or f"admin:{self.record._meta.app_label}_{self.record._meta.model_name}_change"


Source = Callable[[date, date], Iterable[Ending]]

_sources: dict[tuple[str, ...], Source] = {}
_addresses: dict[str, str] = {}


def register(*kinds: str, source: Source) -> None:
    """Have ``source`` find what has its last day from one day to another.

    Args:
        kinds: What it finds; each is also the first word of its notices and audit entries.
        source: Takes the first and the last day; asks the database once.
    """
    _sources[kinds] = source


def register_address(kind: str, name: str) -> None:
    """Have what is of one kind changed elsewhere than in the administration.

    Args:
        kind: What a source finds.
        name: The name of the address, which takes the id of the record.
    """
    _addresses[kind] = name


def between(first: date, last: date, kind: str = "") -> list[Ending]:
    """Return what has its last day from ``first`` to ``last``, the soonest first.

    Args:
        first: The first of these days.
        last: The last of them.
        kind: Only this kind; all of them when not given.
    """
    asked = ((kinds, source) for kinds, source in _sources.items() if parts.is_in_use(source))
    sources = [source for kinds, source in asked if not kind or kind in kinds]
    found = [ending for source in sources for ending in source(first, last) if not kind or ending.kind == kind]
    return sorted(found, key=lambda ending: (ending.last_day, ending.name, ending.title))


def moments(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the moments between which an end lies for its last day to be from ``first`` to ``last``.

    An end at midnight belongs to the day before: the first moment is left out and the second one is in.
    """
    zone = timezone.get_default_timezone()
    starts = datetime.combine(first, time(), zone).astimezone(UTC)
    ends = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    return starts, ends


def last_day_of(ends_at: datetime) -> date:
    """Return the last day, Geneva's, of what ends at a moment."""
    return timezone.localdate(ends_at - timedelta(microseconds=1), timezone=timezone.get_default_timezone())
