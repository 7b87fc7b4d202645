"""What an older forum holds, whatever file it came in."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from forum.enums import Audience

LONGEST_KEY = 230  # characters; beyond that a digest stands for it
LONGEST_ADDRESS = 500
LONGEST_NAME = 150
LONGEST_BODY = 200_000
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be taken over as it is.

    Args:
        place: Where it stands in the file, such as ``line 12``.
        reason: What is wrong with it.
    """

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class OldAuthor:
    key: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class OldFile:
    """An attachment, whose bytes are read when they are needed.

    Args:
        place: Where it is named in the file.
        name: What it is called.
        read: Returns its content; raises ``OSError`` where that cannot be had.
    """

    place: str
    name: str
    read: Callable[[], bytes]


@dataclass(slots=True)
class OldPost:
    """One post; ``place`` is where it stands in the file."""

    place: str
    key: str
    topic: str
    author: str
    posted_at: datetime
    body: str
    reply_to: str = ""
    address: str = ""
    files: list[OldFile] = field(default_factory=list)


@dataclass(slots=True)
class OldTopic:
    """One thread.

    Args:
        place: Where it stands in the file.
        key: Its key there.
        title: What it is called.
        opened_at: When it began; None where its first post says so.
        language: What it is written in; empty where the file does not say.
        category: The slug of its category here; empty where the file does not say.
        objective: What it was for.
        address: Where it stood.
        known_by: Keys of posts, also of other files of the same source: where one of them was imported before, this
            is the rest of its topic.
    """

    place: str
    key: str
    title: str
    opened_at: datetime | None = None
    language: str = ""
    category: str = ""
    objective: str = ""
    address: str = ""
    known_by: set[str] = field(default_factory=set)


@dataclass(slots=True)
class OldForum:
    """All that was read from a file.

    Args:
        audience: Who could read it there; None where the file does not say.
        authors: By key.
        topics: By key.
        posts: By key.
        problems: What could not be read.
        duplicates: What stands in the file more than once; the first is taken.
    """

    audience: Audience | None = None
    authors: dict[str, OldAuthor] = field(default_factory=dict)
    topics: dict[str, OldTopic] = field(default_factory=dict)
    posts: dict[str, OldPost] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    duplicates: list[Problem] = field(default_factory=list)


def clean(text: str) -> str:
    """Return a text without what no page can show: control characters, lone surrogates, other line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)
    return _LONE_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def plain_line(text: str, longest: int) -> str:
    """Return a text as one line without hidden direction marks, shortened at a word where it is too long.

    Args:
        text: What stood in the file.
        longest: How many characters it may have.
    """
    shown = "".join(c for c in clean(text) if unicodedata.category(c) not in {"Cf", "Co", "Cn"} or c in "\u200c\u200d")
    line = " ".join(shown.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def short_key(key: str) -> str:
    """Return a key, or its digest where it is too long to be kept."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode(errors="replace")).hexdigest()
