"""The words of questions and texts: what is asked for, and the places in a text where it stands.

A text's words are counted as ``forum_search_words`` of migration 0007 counts them, so that a place in the index
is a place in the text. They are shown as they were written, with their accents.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

_BEFORE, _SHOWN = 60, 280  # characters of an extract: before the first match, and in all
_NEAR = 25  # words within which matches count as together

# What is no part of a word, what is dropped from one, and what is written without spaces; as in the migration.
_SEPARATORS = (
    r"\u0001-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u055A-\u055F"
    r"\u0589\u058A\u05BE\u05C0\u05C3\u05F3\u05F4\u0609-\u060D\u061B-\u061F\u066A-\u066D\u06D4\u0964\u0965\u2000-\u206F"
    r"\u20A0-\u20CF\u2190-\u2BFF\u2E00-\u2E7F\u3000-\u3006\u3008-\u303F\u30FB\uE000-\uF8FF\uFE10-\uFE6F\uFFF0-\uFFFF"
    r"\U0001F000-\U0001FAFF"
)
_MARKS = (
    r"\u00AD\u0300-\u036F\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED\u200B-\u200F"
    r"\u202A-\u202E\u2060\u2066-\u2069\uFE00-\uFE0F\uFEFF"
)
_UNSPACED = r"\u3040-\u30FA\u30FC-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003134F"
_mark = re.compile(f"[{_MARKS}]")
_word = re.compile(f"[{_UNSPACED}]|[^{_SEPARATORS}{_UNSPACED}]+")
_unspaced = re.compile(f"[{_UNSPACED}]")

_INLINE = re.compile(
    r'<a class="para__number"[^>]*>[0-9]*</a>|</?(?:em|strong|code|sup|a)(?![a-z0-9])(?:"[^"]*"|[^">])*>'
)
_TAG = re.compile(r'<(?:"[^"]*"|[^">])*>')
_PARAGRAPH = re.compile(r'<div class="para" id="[^"]*-([0-9]+)">')
_TERM = re.compile(r'(?P<minus>(?<!\S)[-−])?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"'))
_OR = {"OR", "|"}


# --- What is asked for ------------------------------------------------------------------------------


class Term(NamedTuple):
    """A word, or a phrase whose words stand one after the other; excluded where it must not be found."""

    words: str
    is_excluded: bool


@dataclass(frozen=True)
class Question:
    """What somebody asks for.

    Args:
        alternatives: One of these must be met: all its terms found, and the excluded ones not.
    """

    alternatives: Sequence[Sequence[Term]]

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    @property
    def words(self) -> str:
        """All that is to be found, to show where."""
        return "\n".join(term.words for terms in self.alternatives for term in terms if not term.is_excluded)


def read_question(text: str) -> Question:
    """Read what was typed: words, "phrases", -exclusions and OR. Any text is a question; some ask for nothing.

    An alternative that only excludes would find nearly everything, so it counts as not typed.
    """
    alternatives: list[list[Term]] = [[]]
    for match in _TERM.finditer(text.translate(_QUOTES)):
        if match["word"] in _OR and not match["minus"]:
            alternatives.append([])
        else:
            words = match["word"] if match["phrase"] is None else match["phrase"]
            if _word.search(_mark.sub("", words)):
                alternatives[-1].append(Term(words, is_excluded=bool(match["minus"])))
    return Question([terms for terms in alternatives if not all(term.is_excluded for term in terms)])


# --- Where it stands --------------------------------------------------------------------------------


class Span(NamedTuple):
    """Where a word stands in a text; of what is written without spaces, a character and the next one."""

    start: int
    end: int
    first_end: int


def spans(text: str) -> list[Span]:
    """Return the words of a text in their order; the place of one in the index is its number from 1."""
    letters, origins = text, range(len(text) + 1)
    if _mark.search(text) or not unicodedata.is_normalized("NFKC", text):
        forms = [
            (letter, origin)
            for origin, written in enumerate(text)
            for letter in unicodedata.normalize("NFKC", written)
            if not _mark.match(letter)
        ]
        letters = "".join(letter for letter, _origin in forms)
        origins = [*(origin for _letter, origin in forms), len(text)]  # type: ignore[assignment]
    found = []
    for match in _word.finditer(letters):
        start, end = match.span()
        after = end
        if _unspaced.match(letters, start) and _unspaced.match(letters, end):
            after = end + 1
        found.append(Span(origins[start], origins[after - 1] + 1, origins[end - 1] + 1))
    return found


class Piece(NamedTuple):
    """A part of an extract."""

    text: str
    is_match: bool


@dataclass(frozen=True)
class Extract:
    """Where a text answers to a question.

    Args:
        pieces: The text around the matches.
        paragraph: The number of the part that they are from; 0 for one without.
    """

    pieces: Sequence[Piece]
    paragraph: int


def plain(markup: str) -> str:
    """Return what a reader sees of HTML of ours."""
    return html.unescape(_TAG.sub(" ", _INLINE.sub("", markup)))


def paragraphs(markup: str) -> list[tuple[int, str]]:
    """Cut a post's HTML into its numbered paragraphs; notes and what has no number count as 0."""
    starts = list(_PARAGRAPH.finditer(markup))
    ends = [*(match.start() for match in starts[1:]), len(markup)]
    before = markup[: starts[0].start()] if starts else markup
    return [
        (0, plain(before)),
        *((int(m[1]), plain(markup[m.start() : end])) for m, end in zip(starts, ends, strict=False)),
    ]


def extract(
    parts: Sequence[tuple[int, str]],
    places: Mapping[str, Sequence[int]],
    *,
    heading: str = "",
    letters: frozenset[str] = frozenset(),
) -> Extract:
    """Return the passage in which most of what was asked for stands together; the beginning where none of it does.

    Args:
        parts: A text in numbered parts, counted through.
        places: The places of the words found, by word.
        heading: What is counted before the text, and shown beside it.
        letters: Single characters that were asked for; of a pair, only they are marked.
    """
    firsts, counted = [], []
    total = len(spans(heading))
    for _number, text in parts:
        firsts.append(total + 1)
        counted.append(spans(text))
        total += len(counted[-1])
    marked: dict[int, set[str]] = {}
    for word, numbers in places.items():
        for number in numbers:
            if firsts[0] <= number <= total:
                marked.setdefault(number, set()).add(word)
    at = _best(marked, firsts)
    index = bisect_right(firsts, at) - 1 if at else next((n for n, words in enumerate(counted) if words), 0)
    number, text = parts[index]
    shown = [
        (span.start, span.first_end if all(word[0] in letters for word in marked[place]) else span.end)
        for place, span in enumerate(counted[index], firsts[index])
        if place in marked
    ]
    return Extract(_pieces(text, shown, counted[index][at - firsts[index]].start if at else 0), number if at else 0)


def _best(marked: Mapping[int, set[str]], firsts: Sequence[int]) -> int:
    """Return the place from which on, within a part, the most different words stand closest together."""
    places = sorted(marked)
    best, best_score = 0, (0, 0)
    for n, place in enumerate(places):
        part = bisect_right(firsts, place)
        end = firsts[part] if part < len(firsts) else place + _NEAR
        near = [other for other in places[n : n + _NEAR] if other < min(end, place + _NEAR)]
        together = sum(second - first == 1 for first, second in pairwise(near))
        score = (len(set().union(*(marked[other] for other in near))), together)
        if score > best_score:
            best, best_score = place, score
    return best


def _pieces(text: str, marked: Sequence[tuple[int, int]], start: int) -> list[Piece]:
    """Cut an extract out of a text, at spaces where there are any near, with its matches apart."""
    begin = max(0, start - _BEFORE)
    if begin:
        begin = next((n + 1 for n in range(begin, start) if text[n].isspace()), begin)
    end = min(len(text), begin + _SHOWN)
    if end < len(text):
        end = next((n for n in range(end, end - 40, -1) if text[n].isspace()), end)
    pieces, at = [Piece("… ", is_match=False)] if begin else [], begin
    for mark_start, mark_end in marked:
        mark_start, mark_end = max(mark_start, at), min(mark_end, end)
        if mark_start >= mark_end:
            continue
        joins = bool(pieces) and pieces[-1].is_match and mark_start == at
        if mark_start > at:
            pieces.append(Piece(text[at:mark_start], is_match=False))
        if joins:
            pieces[-1] = Piece(pieces[-1].text + text[mark_start:mark_end], is_match=True)
        else:
            pieces.append(Piece(text[mark_start:mark_end], is_match=True))
        at = mark_end
    pieces.append(Piece(text[at:end] + (" …" if end < len(text) else ""), is_match=False))
    return [Piece(re.sub(r"\s+", " ", piece.text), piece.is_match) for piece in pieces if piece.text]
