"""What the clocks of the member states' capitals show."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from django.conf import settings
from django.utils.formats import date_format

from accounts.zones import offset_name

# The capital's zone, where a state has several.
CAPITALS = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


@dataclass(frozen=True)
class Clock:
    """What the clocks of some capitals show at one moment.

    Args:
        shows: Day and time there.
        states: How many member states have it.
    """

    shows: datetime
    states: int

    @property
    def is_night(self) -> bool:
        """Whether hardly anybody works there then."""
        begins, ends = settings.NIGHT_HOURS
        return self.shows.hour >= begins or self.shows.hour < ends

    @property
    def words(self) -> str:
        """Day and time there, in the reader's language; the reader's own clocks stay out of it."""
        return date_format(self.shows.replace(tzinfo=None), "DATETIME_FORMAT")

    @property
    def offset(self) -> str:
        """How far it is from universal time, such as ``UTC+05:45``."""
        return offset_name(self.shows.utcoffset() or timedelta())


@lru_cache(maxsize=300)
def capital_zone(code: str) -> ZoneInfo | None:
    """Return the time zone of a state's capital; None for a code that is no state's."""
    zones: Sequence[str] = get_global("territory_zones").get(code, [])
    name = CAPITALS.get(code) or next(iter(zones), None)
    return ZoneInfo(name) if name else None


def clocks(moment: datetime, codes: Iterable[str]) -> list[Clock]:
    """Return what clocks in capitals show at ``moment``, from west to east.

    Args:
        moment: Such as when a topic closes.
        codes: Of the states, as ISO 3166 has them.
    """
    shown: Counter[tuple[timedelta, ZoneInfo]] = Counter()
    zones = Counter(zone for code in codes if (zone := capital_zone(code)))
    by_offset: dict[timedelta, ZoneInfo] = {}
    for zone, states in zones.items():
        offset = moment.astimezone(zone).utcoffset() or timedelta()
        shown[offset, by_offset.setdefault(offset, zone)] += states
    return [
        Clock(moment.astimezone(zone), shown[offset, zone]) for offset, zone in sorted(shown, key=lambda key: key[0])
    ]


def at_night(moment: datetime, codes: Iterable[str]) -> int:
    """Return in how many capitals it is night at ``moment``."""
    return sum(clock.states for clock in clocks(moment, codes) if clock.is_night)
