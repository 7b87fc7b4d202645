"""Time zones as people know them: by city and country, in the reader's language."""

import zoneinfo
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from django.utils import timezone, translation

from accounts.models.people import names_a_place

ALIASES: dict[str, str] = dict(get_global("zone_aliases"))
COUNTRIES: dict[str, str] = dict(get_global("zone_territories"))


def canonical_zone(zone: str) -> str:
    """Return the one name of a zone that may have several, such as Asia/Kolkata for Asia/Calcutta."""
    return ALIASES.get(zone, zone)


def zone_choices() -> list[tuple[str, str]]:
    """Return the zones to choose from, without aliases, by what their clocks show and then by city."""
    return _choices(translation.get_language() or "en", timezone.localdate())


@lru_cache(maxsize=20)
def _choices(language: str, day: date) -> list[tuple[str, str]]:
    locale = Locale.parse(language, sep="-")
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zoneinfo.ZoneInfo("UTC"))
    known = zoneinfo.available_timezones()
    found = []
    for zone in COUNTRIES:
        if zone in known and names_a_place(zone) and zone not in ALIASES:
            offset = noon.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() or timedelta()
            country = locale.territories.get(COUNTRIES[zone], "")
            place = f"{_city(zone, locale)} ({country})" if country else _city(zone, locale)
            found.append((offset, place, zone))
    return [(zone, f"{offset_name(offset)} – {place}") for offset, place, zone in sorted(found)]


@lru_cache(maxsize=1)
def _other_names() -> dict[str, list[str]]:
    names = defaultdict(list)
    for alias, zone in ALIASES.items():
        names[zone].append(alias)
    return names


def _city(zone: str, locale: Locale) -> str:
    """Return a zone's city; where CLDR knows it by an older name, that one's."""
    for name in (zone, *_other_names().get(zone, [])):
        city = locale.time_zones.get(name, {}).get("city")
        if city:
            return str(city)
    return zone.rpartition("/")[2].replace("_", " ")


def offset_name(offset: timedelta) -> str:
    """Return how far clocks are from universal time, such as ``UTC+05:45``."""
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
