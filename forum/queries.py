"""What the forum's pages show, each in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone, translation

from accounts.models import User
from accounts.verdicts import Verdict
from forum import policies
from forum.enums import PostState
from forum.models import Discussion, Follow, Post, Room

DISCUSSIONS_PER_PAGE = 20


class PostRow(NamedTuple):
    """What showing one post needs, and nothing more: the Markdown stays in the database."""

    pk: int
    number: int
    html: str
    state: str
    capacity: str
    kind: str
    posted_at: datetime
    edited_at: datetime | None
    author_id: int
    author: str
    role: str
    delegation: str | None
    reply_to: int | None
    reply_author: str | None


def post_rows(viewer: User, discussion: int, after: int, up_to: int | None = None) -> list[PostRow]:
    """Return the posts of a discussion numbered above ``after``, at most a page of them.

    Args:
        viewer: Who looks; an author sees their own post while it is held.
        discussion: The id of a discussion that ``viewer`` may see.
        after: A post number; the next one comes first.
        up_to: The last number wanted, where the page ends before it is full.

    Returns:
        At most ``POSTS_PER_PAGE`` rows in order, read by the (discussion, number) index.
    """
    posts = Post.objects.filter(discussion=discussion, number__gt=after)
    if up_to is not None:
        posts = posts.filter(number__lte=up_to)
    shown = posts.filter(~Q(state=PostState.HELD) | Q(author=viewer)).order_by("number")
    language = (translation.get_language() or "en").replace("-", "_")
    rows = shown.values_list(
        "pk",
        "number",
        "html",
        "state",
        "capacity",
        "kind",
        "posted_at",
        "edited_at",
        "author_id",
        "author__full_name",
        "author__role",
        f"member_state__name_{language}",
        "reply_to__number",
        "reply_to__author__full_name",
    )
    return [PostRow(*row) for row in rows[: settings.POSTS_PER_PAGE]]


def page_of(number: int) -> int:
    """Return the page of a discussion that post ``number`` stands on."""
    return max(0, number - 1) // settings.POSTS_PER_PAGE + 1


@dataclass(frozen=True)
class DiscussionPage:
    """One page of a discussion.

    Args:
        discussion: With its topic and room.
        sisters: The topic's discussions that the viewer may see, this one included.
        posts: At most twenty.
        number: The page's number, from 1.
        pages: How many there are.
        may_post: Whether the viewer may post, or why not.
        read_up_to: The number of the last post the viewer had read before.
    """

    discussion: Discussion
    sisters: Sequence[Discussion]
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


def find_discussion(viewer: User, language: str, pk: int) -> Discussion:
    """Return a discussion with all its page needs.

    Args:
        viewer: Who looks.
        language: The language of the room that the address names.
        pk: The discussion's id.

    Raises:
        Discussion.DoesNotExist: It does not exist in that room, or not for ``viewer``.
    """
    visible = Discussion.objects.visible_to(viewer).select_related("topic__category", "topic__step", "room")
    return visible.with_unread(viewer).with_own(viewer).get(pk=pk, room__language=language)


def discussion_page(discussion: Discussion, *, viewer: User, number: int | None = None) -> DiscussionPage:
    """Gather one page of a discussion, at the same cost wherever it is in a long one.

    Args:
        discussion: From ``find_discussion``.
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
    sisters = Discussion.objects.visible_to(viewer).filter(topic=discussion.topic_id).select_related("room")
    return DiscussionPage(
        discussion=discussion,
        sisters=sisters.order_by("room__position"),
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
    this_week: Sequence[Discussion]
    others: Sequence[Discussion]
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
    now = timezone.now()
    discussions = (
        Discussion.objects.visible_to(viewer)
        .filter(room=room)
        .select_related("topic__category")
        .without_long_texts()
        .with_unread(viewer)
        .order_by("-last_activity_at", "-pk")
    )
    others = discussions.of_other_weeks(now)
    if before is not None:
        moment, pk = before
        others = others.filter(Q(last_activity_at__lt=moment) | Q(last_activity_at=moment, pk__lt=pk))
    rows = list(others[: DISCUSSIONS_PER_PAGE + 1])
    shown = rows[:DISCUSSIONS_PER_PAGE]
    return RoomPage(
        room=room,
        this_week=[] if before else list(discussions.of_this_week(now)),
        others=shown,
        older=f"{shown[-1].last_activity_at.timestamp()}-{shown[-1].pk}" if len(rows) > len(shown) else "",
        is_followed=Follow.objects.filter(user=viewer, room=room).exists(),
    )


@dataclass(frozen=True)
class RoomSummary:
    """A room with what is open in it this week."""

    room: Room
    this_week: Sequence[Discussion]


def room_summaries(viewer: User) -> list[RoomSummary]:
    """Return the rooms ``viewer`` may enter, those of the languages they read first."""
    rooms = list(Room.objects.visible_to(viewer))
    discussions = (
        Discussion.objects.visible_to(viewer)
        .of_this_week(timezone.now())
        .select_related("topic__category")
        .with_unread(viewer)
        .order_by("-opened_at")
    )
    by_room: dict[int, list[Discussion]] = {room.pk: [] for room in rooms}
    for discussion in discussions:
        by_room.setdefault(discussion.room_id, []).append(discussion)
    order: Mapping[str, int] = {language: n for n, language in enumerate([viewer.language, *viewer.languages_read])}
    rooms.sort(key=lambda room: (order.get(room.language, len(order)), room.position))
    return [RoomSummary(room, by_room[room.pk]) for room in rooms]


def admitted_discussions(viewer: User) -> list[Discussion]:
    """Return what an external stakeholder was admitted to. Source: ACC-05, CDIP/22/3 para 8."""
    visible = Discussion.objects.visible_to(viewer).select_related("topic", "room").with_unread(viewer)
    return list(visible.order_by(F("closed_at").asc(nulls_first=True), "-last_activity_at")[:DISCUSSIONS_PER_PAGE])
