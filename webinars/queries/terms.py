"""Which of our terms a text speaks of, whatever its language, so that what is similar meets across languages."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "terms.toml"
SHORTEST_WORD = 5  # letters; shorter ones are in every text
STEM = 6  # letters by which two words of one language count as the same

_not_a_letter = re.compile(r"[\W_]+")
_unspaced = re.compile(r"[\u3400-\u9fff]")
_arabic = re.compile(r"[\u0620-\u06ff]")
_ARABIC_BEFORE = "(?:و|ف)?(?:ب|ل|ك)?(?:ال|ل)?"


def plain(text: str) -> str:
    """Return a text in small letters, without accents, vowel signs and punctuation, its words parted by one space."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _not_a_letter.sub(" ", unicodedata.normalize("NFC", kept)).strip()


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Return what finds each concept, by its name."""
    table = tomllib.loads(DATA.read_text())
    return {
        concept: re.compile("|".join(_pattern(plain(term)) for terms in languages.values() for term in terms))
        for concept, languages in table.items()
    }


def _pattern(term: str) -> str:
    """Return what finds a term: where a word begins, in Arabic after what is joined to it, in Chinese anywhere."""
    if _unspaced.search(term):
        return re.escape(term)
    if _arabic.search(term):
        return r"\b" + _ARABIC_BEFORE + re.escape(term.removeprefix("ال"))
    return r"\b" + re.escape(term)


@lru_cache(maxsize=2_000)
def concepts(text: str) -> frozenset[str]:
    """Return the concepts of ``terms.toml`` that a text speaks of. Source: WEB-13, CDIP/30/8 para 9."""
    said = plain(text)
    return frozenset(concept for concept, pattern in _patterns().items() if pattern.search(said))


@lru_cache(maxsize=2_000)
def stems(text: str) -> frozenset[str]:
    """Return the beginnings of a text's longer words, and pairs of characters of what is written without spaces."""
    said = plain(text)
    words = {word[:STEM] for word in said.split() if len(word) >= SHORTEST_WORD and not _unspaced.search(word)}
    runs = [run for run in said.split() if _unspaced.search(run)]
    return frozenset(words | {run[i : i + 2] for run in runs for i in range(len(run) - 1)})
