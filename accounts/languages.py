"""Languages: their names, and the two ways to write the code of one.

What people talk in has the code of the language alone: rooms, posts and search say ``zh``. What is written for them
names the script too, where there is more than one: pages, mail, profiles, translations, the Secretariat's texts, the
library and documents say ``zh-hans``.
"""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.conf import settings


def spoken(code: str) -> str:
    """Return the code of a language as rooms, posts and search write it, such as "zh" for "zh-hans"."""
    return code.partition("-")[0]


def written(code: str) -> str:
    """Return the code of a language as pages and texts write it: "zh-hans" for "zh"; others stay as they are."""
    return next((known for known in settings.MODELTRANSLATION_LANGUAGES if spoken(known) == spoken(code)), code)


@lru_cache(maxsize=500)
def language_name(code: str, language: str) -> str:
    """Return the name of a language in another or in itself, such as "French" in English; else its code."""
    try:
        name = Locale.parse(code, sep="-").get_display_name(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        name = None
    return name[:1].upper() + name[1:] if name else code
