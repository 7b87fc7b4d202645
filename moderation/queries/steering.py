"""What the pages show on which discussions are guided, and posts wait to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from forum.enums import PostState
from forum.models import Discussion, MovedPost, Post, Room
from forum.models.posts import HELD_FROM
from moderation.models import Case, Suggestion
from moderation.queries.calls import CallList, call_list

POSTS_OFFERED = 100
DISCUSSIONS_OFFERED = 200
DECIDED_SHOWN = 50


@dataclass(frozen=True)
class Departure:
    """Posts that went from one discussion to another at once.

    Args:
        target: Where they stand now.
        posts: Their ids.
        moved_at: When they went.
    """

    target: Discussion
    posts: Sequence[int]
    moved_at: datetime


@dataclass(frozen=True)
class SteeringPage:
    """What one needs to guide a discussion.

    Args:
        discussion: With its topic and room.
        posts: To choose from, in order.
        after: The number that the next of them come after, or None.
        departures: Which posts went elsewhere, the last first; of one that was merged with this one none.
        merged: Which discussions were merged into this one.
        calls: What is asked here of experts and offices.
    """

    discussion: Discussion
    posts: Sequence[Post]
    after: int | None
    departures: Sequence[Departure]
    merged: Sequence[Discussion]
    calls: CallList


def steering_page(discussion: Discussion, *, viewer: User, after: int = 0) -> SteeringPage:
    """Gather what one needs to guide a discussion.

    Args:
        discussion: One that ``viewer`` sees.
        viewer: Who guides it.
        after: The number of the post that the list goes on from.

    Source: FOR-11, FOR-12, MOD-01, MOD-05.
    """
    standing = Post.objects.visible_to(viewer).filter(discussion=discussion, number__gt=after, number__lt=HELD_FROM)
    rows = standing.select_related("author", "imported_author", "member_state").order_by("number")
    found = list(rows[: POSTS_OFFERED + 1])
    shown = found[:POSTS_OFFERED]
    merged = Discussion.objects.visible_to(viewer).filter(merged_into=discussion)
    return SteeringPage(
        discussion=discussion,
        posts=shown,
        after=shown[-1].number if len(found) > len(shown) else None,
        departures=_departures(discussion),
        merged=list(merged.select_related("topic", "room")),
        calls=call_list(viewer, discussion.pk),
    )


def _departures(discussion: Discussion) -> list[Departure]:
    moved = MovedPost.objects.filter(discussion=discussion).order_by("-moved_at", "post__discussion", "number")
    places = moved.select_related("post__discussion__topic", "post__discussion__room")
    groups = groupby(places, key=lambda place: (place.moved_at, place.post.discussion))
    return [Departure(target, [place.post_id for place in group], at) for (at, target), group in groups]


def others_in_room(discussion: Discussion, *, viewer: User) -> QuerySet[Discussion]:
    """Return the discussions to which posts can go from one, the latest first. Source: FOR-11."""
    others = Discussion.objects.visible_to(viewer).standing().filter(room=discussion.room_id).exclude(pk=discussion.pk)
    latest = others.order_by("-last_activity_at").values("pk")[:DISCUSSIONS_OFFERED]
    return others.filter(pk__in=latest).select_related("topic", "room").order_by("-last_activity_at")


@dataclass(frozen=True)
class HeldList:
    """Posts that wait to be read, the longest waiting first, and those that were kept back."""

    waiting: Sequence[Post]
    declined: Sequence[Post]


def held_list(viewer: User) -> HeldList:
    """Gather the held posts: one's own, and for who guides rooms those of the rooms.

    What was hidden after a report is on the page of that. Source: FOR-11, MOD-01.
    """
    held = (
        Post.objects.held_for(viewer)
        .filter(~_hidden_by_case())
        .select_related("author", "imported_author", "member_state", "discussion__topic", "discussion__room")
    )
    return HeldList(
        waiting=list(held.filter(state_changed_at=None).prefetch_related("suggestions").order_by("posted_at")),
        declined=list(held.filter(state_changed_at__isnull=False).order_by("-state_changed_at")[:DECIDED_SHOWN]),
    )


@dataclass(frozen=True)
class HeldPage:
    """One held post.

    Args:
        post: With its author, discussion and attachments.
        suggestions: What was suggested, the latest first.
        undo_until: Until when a decision on it can be taken back; None where there is none.
    """

    post: Post
    suggestions: Sequence[Suggestion]
    undo_until: datetime | None

    @property
    def open(self) -> Suggestion | None:
        """What is suggested and not settled."""
        return next((each for each in self.suggestions if each.settled_at is None), None)

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.post.state == PostState.HELD and self.post.state_changed_at is None


def held_page(viewer: User, pk: int) -> HeldPage:
    """Gather what is known of a post that is or was held, for its author and who guides the room.

    Args:
        viewer: Who looks.
        pk: The post's id.

    Raises:
        Post.DoesNotExist: It was never held, or after a report only, or ``viewer`` is none of these.

    Source: FOR-11, MOD-01.
    """
    posts = Post.objects.held_for(viewer) | Post.objects.visible_to(viewer).filter(state_changed_at__isnull=False)
    if not (viewer.is_moderator or viewer.role == "facilitator"):
        posts = posts.filter(author=viewer)
    post = (
        posts.filter(~_hidden_by_case(), state__in=[PostState.HELD, PostState.VISIBLE])
        .select_related("author", "imported_author", "member_state", "discussion__topic", "discussion__room")
        .prefetch_related("attachments")
        .get(pk=pk)
    )
    until = post.state_changed_at + settings.SUGGESTION_UNDONE_FOR if post.state_changed_at else None
    return HeldPage(
        post=post,
        suggestions=list(post.suggestions.select_related("suggested_by")),
        undo_until=until if until and until > timezone.now() else None,
    )


def _hidden_by_case() -> Exists:
    return Exists(Case.objects.hiding().filter(post=OuterRef("pk")))


def held_places() -> tuple[Sequence[Room], Sequence[User]]:
    """Return the rooms in which posts can be held, and the people whose posts are held now. Source: FOR-11."""
    people = User.objects.filter(held_until__gt=timezone.now()).select_related("member_state").order_by("held_until")
    return list(Room.objects.all()), list(people)
