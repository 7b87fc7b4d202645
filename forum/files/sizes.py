"""How large a file is, in words."""

from functools import lru_cache

from babel.units import format_unit
from django.utils import translation

KILO, MEGA = 1024, 1024 * 1024


def in_words(size: int) -> str:
    """Write a number of bytes as the reader's language does, such as "24 kB" or "1,3 Mo"."""
    return _in_words(size, translation.get_language() or "en")


@lru_cache(maxsize=5_000)
def _in_words(size: int, language: str) -> str:
    locale = language.replace("-", "_")
    if size < MEGA:
        return format_unit(max(1, round(size / KILO)), "kilobyte", length="short", locale=locale)
    megabytes = size / MEGA
    number = round(megabytes) if megabytes >= 10 or megabytes.is_integer() else round(megabytes, 1)
    return format_unit(number, "megabyte", length="short", locale=locale)
