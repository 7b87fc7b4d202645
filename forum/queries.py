"""What the forum's pages show, each in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from accounts.models import User
from accounts.verdicts import Verdict
from forum import policies
from forum.models import Follow, Room
from forum.rows import (
    DISCUSSIONS_PER_PAGE,
    MAX_NUMBER,
    DiscussionHead,
    DiscussionRow,
    PostRow,
    SisterRow,
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
        number: The page's number, from 1.
        pages: How many there are.
        may_post: Whether the viewer may post, or why not.
        read_up_to: The number of the last post the viewer had read before.
    """

    discussion: DiscussionHead
    sisters: Sequence[SisterRow]
    posts: Sequence[PostRow]
    number: int
    pages: int
    may_post: Verdict
    read_up_to: int

    @property
    def is_last(self) -> bool:
        return self.number == self.pages

    @property
    def last_shown(self) -> int:
        """The number of the last post on the page, from which the live stream goes on."""
        return self.posts[-1].number if self.posts else 0


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
        number=number,
        pages=pages,
        may_post=policies.may_post(viewer, discussion),
        read_up_to=discussion.read_up_to,
    )


@dataclass(frozen=True)
class RoomPage:
    """One page of a room's discussions.

    Args:
        room: Whose they are.
        this_week: The open topics of the week; on the first page only.
        others: By last activity, the latest first.
        older: The ``before`` of the next page, empty at the end.
        is_followed: Whether the viewer is told of topics opened here.
    """

    room: Room
    this_week: Sequence[DiscussionRow]
    others: Sequence[DiscussionRow]
    older: str
    is_followed: bool


def room_page(room: Room, *, viewer: User, before: tuple[datetime, int] | None = None) -> RoomPage:
    """Gather a room's discussions: this week's topic first, then the others by last activity.

    Args:
        room: One that ``viewer`` may enter.
        viewer: Who looks.
        before: The last activity and id that the page goes on from.

    Returns:
        At most twenty discussions beside this week's.
    """
    rows = other_discussions(viewer, room.pk, before=before or FIRST_PAGE)
    shown = rows[:DISCUSSIONS_PER_PAGE]
    return RoomPage(
        room=room,
        this_week=[] if before else discussions_of_this_week(viewer, room.pk),
        others=shown,
        older=f"{(shown[-1].last_activity_at - EPOCH) // MICROSECOND}-{shown[-1].pk}" if len(rows) > len(shown) else "",
        is_followed=Follow.objects.filter(user=viewer, room=room).exists(),
    )


@dataclass(frozen=True)
class RoomSummary:
    """A room with what is open in it this week."""

    room: Room
    this_week: Sequence[DiscussionRow]


def room_summaries(viewer: User) -> list[RoomSummary]:
    """Return the rooms ``viewer`` may enter, those of the languages they read first."""
    rooms = list(Room.objects.visible_to(viewer))
    by_room: dict[int, list[DiscussionRow]] = {room.pk: [] for room in rooms}
    for discussion in discussions_of_this_week(viewer):
        by_room.setdefault(discussion.room, []).append(discussion)
    preferred = dict.fromkeys([viewer.language, *viewer.languages_read])
    order: Mapping[str, int] = {language: n for n, language in enumerate(preferred)}
    rooms.sort(key=lambda room: (order.get(room.language, len(order)), room.position))
    return [RoomSummary(room, by_room[room.pk]) for room in rooms]
