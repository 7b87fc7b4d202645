"""The private feed of one person: the newest posts of what they follow or read, as Atom (RFC 4287)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.people import FORMER
from forum.characters import for_xml
from forum.enums import FollowLevel, PostState
from forum.models import Discussion, Post
from forum.models.posts import spoken_by
from forum.models.reading import heard_at
from forum.models.topics import symbol_of
from forum.queries.columns import translated

HEARD = (FollowLevel.EVERYTHING, FollowLevel.TOPICS)  # whoever wants less of something does not want it here either


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def reader_of(token: str) -> User | None:
    """Return whose feed a token opens, if the forum is open to them now. Source: ACC-02, ACC-03, OPS-01."""
    person: User | None = User.objects.with_access().filter(feed_token__digest=digest_of(token)).first()
    return person if person is not None and person.may_enter else None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is sent.

    Args:
        content: The XML.
        changed_at: When the newest thing in it changed; None where there is nothing.
    """

    content: bytes
    changed_at: datetime | None

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()}"'


class _Entry(NamedTuple):
    pk: int
    number: int
    html: str
    posted_at: datetime
    changed_at: datetime
    author: str
    delegation: str
    capacity: str
    title: str
    year: int
    topic_number: int
    language: str
    room: str
    is_sensitive: bool

    @property
    def address(self) -> str:
        return f"{settings.PUBLIC_URL}{reverse('forum:post_detail', args=[self.pk])}"


def feed_of(person: User, *, is_of_rooms: bool) -> Feed:
    """Write the feed of somebody in their language, with nothing in it that they may not read now.

    Args:
        person: Whose it is.
        is_of_rooms: Whether it holds all posts in the languages that they read, instead of those they follow.

    Returns:
        At most ``FEED_POSTS`` posts, the newest first; of a sensitive room only that there is something new.

    Source: ACC-03, CDIP/22/3 para 8.
    """
    with translation.override(person.language):
        entries = [_Entry(*row) for row in _entries(person, is_of_rooms=is_of_rooms)]
        title = _("Technical Assistance Forum: all that you read")
        if not is_of_rooms:
            title = _("Technical Assistance Forum: what you follow")
        address = f"{settings.PUBLIC_URL}/"
        feed = Atom1Feed(title, address, None, language=person.language, feed_guid=f"{address}#feed-{is_of_rooms:d}")
        for entry in entries:
            _add(feed, entry)
        changed_at = max((entry.changed_at for entry in entries), default=None)
        # Django would write the moment of asking into an empty feed, which then never stays the same.
        feed.latest_post_date = lambda: changed_at or person.created_at  # type: ignore[method-assign]
        return Feed(feed.writeString("utf-8").encode(), changed_at)


def _entries(person: User, *, is_of_rooms: bool) -> QuerySet:
    discussions = Discussion.objects.visible_to(person)
    if is_of_rooms:
        discussions = discussions.filter(room__language__in=person.room_languages)
    else:
        discussions = discussions.filter(
            heard_at(HEARD, user=person.pk, discussion=OuterRef("pk"), room=OuterRef("room"))
        )
    # The newest posts are in the discussions that were active last, and at their ends: looking nowhere else keeps
    # the feed of somebody who follows one quiet discussion from reading all posts there are.
    latest = discussions.order_by("-last_activity_at", "-pk").values_list("pk", flat=True)[: settings.FEED_POSTS]
    posts = Post.objects.visible_to(person).filter(
        state=PostState.VISIBLE,
        discussion__in=list(latest),
        number__gt=F("discussion__last_number") - settings.FEED_POSTS,
    )
    language = translation.get_language() or "en"
    return posts.order_by("-posted_at", "-pk").values_list(
        "pk",
        "number",
        "html",
        "posted_at",
        Greatest("posted_at", Coalesce("edited_at", "posted_at")),
        Coalesce("author__full_name", "imported_author__name"),
        translated("member_state__name", language),
        "capacity",
        translated("discussion__topic__title", language),
        "discussion__topic__year",
        "discussion__topic__number",
        "discussion__room__language",
        translated("discussion__room__name", language),
        "discussion__room__is_sensitive",
    )[: settings.FEED_POSTS]


def _add(feed: Atom1Feed, entry: _Entry) -> None:
    if entry.is_sensitive:
        feed.add_item(
            title=_("Something new in the room %(room)s") % {"room": entry.room},
            link=entry.address,
            description="",
            unique_id=entry.address,
            pubdate=entry.posted_at,
            updateddate=entry.posted_at,
        )
        return
    symbol = f"{symbol_of(entry.year, entry.topic_number)}/{entry.language}"
    author = _(FORMER) if entry.author == FORMER else for_xml(entry.author)
    feed.add_item(
        title=_("%(title)s (%(symbol)s, post %(number)d)")
        % {"title": for_xml(entry.title), "symbol": symbol, "number": entry.number},
        link=entry.address,
        description=for_xml(entry.html).replace('href="#', f'href="{entry.address}#'),
        unique_id=entry.address,
        author_name=spoken_by(author, entry.delegation, entry.capacity),
        pubdate=entry.posted_at,
        updateddate=entry.changed_at,
    )
