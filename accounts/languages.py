"""Names of languages, in any language."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=500)
def language_name(code: str, language: str) -> str:
    """Return the name of a language in another or in itself, such as "French" in English; else its code."""
    try:
        name = Locale.parse(code, sep="-").get_display_name(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        name = None
    return name[:1].upper() + name[1:] if name else code
