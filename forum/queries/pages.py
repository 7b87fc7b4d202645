"""What the forum's pages show, each in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.composed import ComposedInstances
from accounts.models import User
from accounts.verdicts import Verdict
from forum import policies
from forum.enums import TopicKind
from forum.models import Category, Follow, Record, Room, Topic
from forum.models.rooms import RoomQuerySet, offered_categories
from forum.queries.extras import PostExtras, post_extras
from forum.queries.rows import (
    DISCUSSIONS_PER_PAGE,
    MAX_NUMBER,
    DiscussionHead,
    DiscussionRow,
    PostRow,
    SisterRow,
    discussions_about,
    discussions_of_kind,
    discussions_of_this_week,
    other_discussions,
    post_rows,
    sister_discussions,
)

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
FIRST_PAGE = datetime(9999, 1, 1, tzinfo=UTC), MAX_NUMBER  # later than any activity


def page_of(number: int) -> int:
    """Return the page of a discussion that post ``number`` stands on."""
    return max(0, number - 1) // settings.POSTS_PER_PAGE + 1


@dataclass(frozen=True)
class DiscussionPage:
    """One page of a discussion.

    Args:
        discussion: With what the page says about its topic and room.
        sisters: The topic's discussions that the viewer may see, this one included.
        posts: At most twenty.
        extras: What belongs to them beside their text, by number.
        number: The page's number, from 1.
        pages: How many there are.
        may_post: Whether the viewer may post, or why not.
        is_held: Whether a moderator reads what the viewer posts before it is shown.
        may_steer: Whether the viewer guides the discussion, or why not.
        may_settle: Whether the viewer may say that its question is answered, or why not.
        read_up_to: The number of the last post the viewer had read before.
    """

    discussion: DiscussionHead
    sisters: Sequence[SisterRow]
    posts: Sequence[PostRow]
    extras: Mapping[int, PostExtras]
    number: int
    pages: int
    may_post: Verdict
    is_held: bool
    may_steer: Verdict
    may_settle: Verdict
    read_up_to: int

    @property
    def waiting_files(self) -> list[dict[str, Any]]:
        """What the viewer has attached to the post that they are writing."""
        return self.extras[0].attachments if 0 in self.extras else []

    @property
    def answer_here(self) -> int | None:
        """The number of the post that answers the question, where it stands in this discussion."""
        answer = self.discussion.answer
        return answer.number if answer and answer.discussion == self.discussion.pk else None

    @property
    def offers_nomination(self) -> bool:
        """Whether the viewer is led to where coordinators nominate a lead participant. Source: ACC-10."""
        return self.discussion.coordinates and not self.discussion.is_closed(timezone.now())

    @property
    def moved(self) -> list[tuple[int, int]]:
        """The numbers and ids of posts that stood on this page and stand in another discussion now."""
        return sorted((number, extra.moved) for number, extra in self.extras.items() if extra.moved)

    @property
    def is_last(self) -> bool:
        return self.number == self.pages

    @property
    def last_shown(self) -> int:
        """The number of the last post on the page, from which the live stream goes on."""
        return self.posts[-1].number if self.posts else 0

    @property
    def reads_on(self) -> bool:
        """Whether it goes on from where the viewer had read: what was skipped does not count as read."""
        return (self.number - 1) * settings.POSTS_PER_PAGE <= self.read_up_to < self.last_shown

    @property
    def first_new(self) -> int | None:
        """The number of the first post that is new to the viewer; None where none here is, or all are."""
        if not (self.read_up_to and self.reads_on):
            return None
        return next(post.number for post in self.posts if post.number > self.read_up_to)


def discussion_page(discussion: DiscussionHead, *, viewer: User, number: int | None = None) -> DiscussionPage:
    """Gather one page of a discussion, at the same cost wherever it is in a long one.

    Args:
        discussion: From ``discussion_head``.
        viewer: Who looks.
        number: The page wanted; the one with the first unread post when not given.

    Returns:
        The page; the last one when ``number`` is beyond it.
    """
    pages = page_of(discussion.last_number)
    if number is None:
        number = page_of(min(discussion.read_up_to + 1, discussion.last_number))
    number = min(max(1, number), pages)
    first = (number - 1) * settings.POSTS_PER_PAGE
    return DiscussionPage(
        discussion=discussion,
        sisters=sister_discussions(viewer, discussion.topic),
        posts=post_rows(viewer, discussion.pk, first, first + settings.POSTS_PER_PAGE),
        extras=post_extras(viewer, discussion.pk, first, first + settings.POSTS_PER_PAGE),
        number=number,
        pages=pages,
        may_post=policies.may_post(viewer, discussion),
        is_held=policies.is_held(viewer, room_holds=discussion.holds_posts),
        may_steer=policies.may_steer(viewer),
        may_settle=policies.may_settle(viewer, kind=discussion.kind, asker=discussion.asker),
        read_up_to=discussion.read_up_to,
    )


@dataclass(frozen=True)
class RoomPage:
    """One page of a room's discussions.

    Args:
        room: Whose they are.
        pinned: What the moderator has put first; on the first page only.
        this_week: The open topics of the week, likewise.
        others: By last activity, the latest first.
        older: The ``before`` of the next page, empty at the end.
        level: How much the viewer chose to hear of it, or None.
        kind: Of the topics that alone are shown; None for all.
        categories: What there are discussions about here.
        category: Of them the one that alone is shown; None for all.
        may_open: Whether the viewer may open a discussion here, or why not.
    """

    room: Room
    pinned: Sequence[DiscussionRow]
    this_week: Sequence[DiscussionRow]
    others: Sequence[DiscussionRow]
    older: str
    level: str | None
    kind: TopicKind | None
    categories: Sequence[Category]
    category: Category | None
    may_open: Verdict


def _compose_room(source: RoomQuerySet, language: str, *, viewer: int, room: str) -> QuerySet[Room]:
    chosen = Follow.objects.filter(user=viewer, room=OuterRef("pk")).values("level")
    return source.filter(language=room).annotate(level=Subquery(chosen))  # type: ignore[no-redef]


def _compose_rooms(source: QuerySet[Room], language: str) -> QuerySet[Room]:
    return source


def _compose_categories(source: QuerySet[Category], language: str, *, room: int) -> QuerySet[Category]:
    return offered_categories(room, source)


_room = ComposedInstances(Room, _compose_room, added=("level",), viewer=int, room=str)
_rooms = ComposedInstances(Room, _compose_rooms)
_categories = ComposedInstances(Category, _compose_categories, room=int)


def room_with_level(viewer: User, language: str) -> Room:
    """Return a room with how much ``viewer`` chose to hear of it.

    Raises:
        Room.DoesNotExist: There is none of this language, or not for ``viewer``.
    """
    room: Room
    for room in _room.fetch(Room.objects.visible_to(viewer), viewer=viewer.pk, room=language):
        return room
    raise Room.DoesNotExist


def room_page(
    room: Room,
    *,
    viewer: User,
    before: tuple[datetime, int] | None = None,
    kind: TopicKind | None = None,
    category: int | None = None,
) -> RoomPage:
    """Gather a room's discussions: this week's topic first, then the others by last activity.

    Args:
        room: From ``room_with_level``.
        viewer: Who looks.
        before: The last activity and id that the page goes on from.
        kind: Of the topics that alone are wanted, this week's among them.
        category: The id of the category that alone is wanted, likewise.

    Returns:
        At most twenty discussions beside this week's.
    """
    categories = _categories.fetch(Category.objects.all(), room=room.pk)
    about = next((known for known in categories if known.pk == category), None)
    if about is not None:
        rows = discussions_about(viewer, room.pk, about.pk, kind, before=before or FIRST_PAGE)
    elif kind is None:
        rows = other_discussions(viewer, room.pk, before=before or FIRST_PAGE)
    else:
        rows = discussions_of_kind(viewer, room.pk, kind, before=before or FIRST_PAGE)
    first = [] if before or kind or about else discussions_of_this_week(viewer, room.pk)
    return RoomPage(
        room=room,
        pinned=[row for row in first if row.pinned_at],
        this_week=[row for row in first if not row.pinned_at],
        others=rows[:DISCUSSIONS_PER_PAGE],
        older=older_than(rows),
        level=room.level,
        kind=kind,
        categories=categories,
        category=about,
        may_open=policies.may_open_in(viewer, room),
    )


def older_than(rows: Sequence[DiscussionRow]) -> str:
    """Return the ``before`` of the page after one by last activity, empty at the end.

    Args:
        rows: One more than the page shows, where there are as many.
    """
    if len(rows) <= DISCUSSIONS_PER_PAGE:
        return ""
    last = rows[DISCUSSIONS_PER_PAGE - 1]
    return f"{(last.last_activity_at - EPOCH) // MICROSECOND}-{last.pk}"


def rooms_in_order(viewer: User) -> list[Room]:
    """Return the rooms ``viewer`` may enter, those of the languages they read first."""
    order: Mapping[str, int] = {language: n for n, language in enumerate(viewer.room_languages)}
    rooms: list[Room] = _rooms.fetch(Room.objects.visible_to(viewer))
    return sorted(rooms, key=lambda room: (order.get(room.language, len(order)), room.position))


@dataclass(frozen=True)
class RoomSummary:
    """A room with what is open in it this week."""

    room: Room
    this_week: Sequence[DiscussionRow]


def room_summaries(viewer: User) -> list[RoomSummary]:
    """Return the rooms ``viewer`` may enter, those of the languages they read first."""
    rooms = rooms_in_order(viewer)
    by_room: dict[int, list[DiscussionRow]] = {room.pk: [] for room in rooms}
    for discussion in discussions_of_this_week(viewer):
        by_room.setdefault(discussion.room, []).append(discussion)
    return [RoomSummary(room, by_room[room.pk]) for room in rooms]


def archived_at(rooms: Sequence[Room]) -> datetime | None:
    """Return from when on nothing new is written in any of ``rooms``; None while that is not so. Source: REP-04."""
    moments = [room.read_only_since for room in rooms]
    return max(moment for moment in moments if moment) if moments and all(moments) else None


@dataclass(frozen=True)
class RecordRow:
    """A record with where it stands: ``waiting``, ``ready`` or ``failed``."""

    record: Record
    state: str


def records_of(topic: Topic, *, viewer: User) -> list[RecordRow]:
    """Return the records that ``viewer`` asked for of a topic, the latest first; what has expired is left out."""
    now = timezone.now()
    asked = Record.objects.visible_to(viewer).filter(topic=topic).select_related("topic", "discussion__room")
    waiting = set(Record.objects.waiting(now).filter(topic=topic, user=viewer).values_list("pk", flat=True))
    rows = []
    for record in asked:
        if record.ready_at is None:
            rows.append(RecordRow(record, "waiting" if record.pk in waiting else "failed"))
        elif record.expires_at is not None and record.expires_at > now:
            rows.append(RecordRow(record, "ready"))
    return rows
