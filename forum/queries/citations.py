"""Citing a post or a paragraph of it: who said what, where, when, and in which wording."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import Role
from accounts.markdown import paragraphs
from accounts.models import User
from accounts.models.people import FORMER
from forum.enums import Capacity, PostState
from forum.models import Post
from forum.models.topics import symbol_of
from forum.queries.columns import citation

CHECKSUM_LENGTH = 16
_CITED = re.compile(
    r"(?<![\[/\w])TAF/(\d{4})/(\d{1,9})/([a-z]{2,3})[,،，]\s*(?:[^\W\d]+\.?\s*)?(\d{1,9})"
    r"(?:[,،，]\s*(?:§|[^\W\d]+\.?)\s*(\d{1,4}))?"
)
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!~()])")


def checksum(body: str) -> str:
    """Return what tells one wording of a text from every other: the beginning of its SHA-256."""
    return hashlib.sha256(body.encode()).hexdigest()[:CHECKSUM_LENGTH]


@dataclass(frozen=True)
class Citation:
    """A post, or one paragraph of it, as it is cited.

    Args:
        post: Its id.
        number: Its number in its discussion.
        body: Its Markdown.
        author: The author's name.
        role: What the author takes part as; empty for an imported author.
        delegation: The member state whose delegate the author was, in the reader's language; or empty.
        capacity: In whose name it was said.
        posted_at: When.
        edited_at: When it got the wording it has now; None where that is its first.
        year: Of its topic's symbol.
        topic_number: Of its topic's symbol.
        language: Its room's.
        topic: Its topic's id.
        paragraph: The number of the paragraph that is cited; None for the whole post.
    """

    post: int
    number: int
    body: str
    author: str
    role: str
    delegation: str
    capacity: str
    posted_at: datetime
    edited_at: datetime | None
    year: int
    topic_number: int
    language: str
    topic: int
    paragraph: int | None = None

    @property
    def symbol(self) -> str:
        return f"{symbol_of(self.year, self.topic_number)}/{self.language}"

    @property
    def address(self) -> str:
        """The permanent address, of the paragraph where one is cited."""
        address = f"{settings.PUBLIC_URL}/posts/{self.post}/"
        return f"{address}?paragraph={self.paragraph}" if self.paragraph else address

    @property
    def checksum(self) -> str:
        """Of the whole post's wording."""
        return checksum(self.body)

    @cached_property
    def paragraphs(self) -> Sequence[str]:
        """The Markdown of each numbered paragraph, in order."""
        lines = self.body.splitlines()
        spans = [block[0].map for number, block in paragraphs(self.body) if number is not None]
        return ["\n".join(lines[span[0] : span[1]]).strip() if span else "" for span in spans]

    @property
    def passage(self) -> str:
        """The Markdown of what is cited."""
        return self.paragraphs[self.paragraph - 1] if self.paragraph else self.body

    def of(self, paragraph: int | None) -> "Citation":
        """Return the citation of one paragraph, or of the whole post.

        Raises:
            Post.DoesNotExist: The post has no such paragraph.
        """
        if paragraph is not None and not 1 <= paragraph <= len(self.paragraphs):
            raise Post.DoesNotExist
        return replace(self, paragraph=paragraph)

    @property
    def text(self) -> str:
        """The citation in the active language, on one line."""
        author = _(FORMER) if self.author == FORMER else self.author
        standing = self.delegation or (str(Role(self.role).label) if self.role else "")
        parts = [
            _("%(author)s (%(standing)s)") % {"author": author, "standing": standing} if standing else author,
            pgettext("citation", "statement of the delegation")
            if self.capacity == Capacity.DELEGATION
            else pgettext("citation", "in a personal capacity"),
            self.symbol,
            pgettext("citation", "post %(number)s") % {"number": self.number},
        ]
        if self.paragraph:
            parts.append(pgettext("citation", "paragraph %(number)s") % {"number": self.paragraph})
        parts.append(_day(self.posted_at))
        if self.edited_at:
            parts.append(pgettext("citation", "in the wording of %(day)s") % {"day": _day(self.edited_at)})
        return pgettext("in a list", ", ").join([*parts, self.address, f"sha256:{self.checksum}"])

    @property
    def quotation(self) -> str:
        """What is cited as a quotation in Markdown, with where it is from in signs that every language reads."""
        author = _MARKS.sub(r"\\\1", _(FORMER) if self.author == FORMER else self.author)
        place = f"{author}, {self.symbol}, {self.number}" + (f", § {self.paragraph}" if self.paragraph else "")
        lines = [*self.passage.splitlines(), "", f"– [{place}]({self.address})"]
        return "\n".join(f"> {line}".rstrip() for line in lines)


def _day(moment: datetime) -> str:
    """Write a day in words; the same one for whoever cites, so Geneva's."""
    return formats.date_format(timezone.localdate(moment, timezone.get_default_timezone()), "DATE_FORMAT")


def cited_post(viewer: User, post: int) -> Citation:
    """Return the citation of a post in the active language.

    Args:
        viewer: Who cites.
        post: The post's id.

    Raises:
        Post.DoesNotExist: It does not exist, not for ``viewer``, or its text is not shown any more.
    """
    language = translation.get_language() or "en"
    found = Post.objects.visible_to(viewer).filter(state=PostState.VISIBLE)
    columns = citation(language)
    return Citation(*found.values_list(*columns.values()).get(pk=post))


def linked(text: str) -> str:
    """Return Markdown in which posts that are cited by symbol and number are links: "TAF/2026/47/fr, 12, § 3".

    Words between the numbers, such as "post" and "paragraph", can be of any language; what is a link stays as it is.
    """
    return _CITED.sub(_link, text)


def _link(found: re.Match[str]) -> str:
    year, number, language, post, paragraph = found.groups()
    address = reverse("forum:discussion_by_symbol", args=[year, number, language])
    query = f"post={post}" + (f"&paragraph={paragraph}" if paragraph else "")
    return f"[{found[0]}]({address}?{query})"


def quoted_post(text: str | None, paragraph: int | None) -> str:
    """Return the quotation in Markdown that ``forum.queries.columns.quoted`` found; empty where there is none.

    Args:
        text: What was found, in JSON.
        paragraph: The number of the only paragraph meant; one that is not there means the whole post.
    """
    if text is None:
        return ""
    values = json.loads(text)
    for name in ("posted_at", "edited_at"):
        values[name] = values[name] and datetime.fromisoformat(values[name])
    found = Citation(**values)
    is_there = paragraph is not None and 1 <= paragraph <= len(found.paragraphs)
    return found.of(paragraph if is_there else None).quotation


def with_quotation(text: str, quotation: str) -> str:
    """Return a text that goes on after a quotation; it is not added again to a text that has it.

    Args:
        text: What somebody is writing.
        quotation: From ``quoted_post``; empty where there is none.
    """
    if not quotation or quotation in text.replace("\r\n", "\n"):
        return text
    return "\n\n".join(filter(None, [text.rstrip(), quotation])) + "\n\n"
