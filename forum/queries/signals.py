"""Who has given signals to a post."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from forum.enums import PostState, SignalKind
from forum.models import Post, Signal


@dataclass(frozen=True)
class SignalsPage:
    """Who has given signals to a post.

    Args:
        post: With its discussion, topic and room.
        kinds: Each kind that was given, in words, with the people who gave it, by name.
    """

    post: Post
    kinds: Sequence[tuple[str, Sequence[User]]]


def signals_page(viewer: User, pk: int) -> SignalsPage:
    """Gather who has given signals to a post; who asks to be contacted is shown to its author alone.

    Args:
        viewer: Who looks, and may read the list of people.
        pk: The id of the post.

    Raises:
        Post.DoesNotExist: It is hidden from ``viewer``, or shown no more.
    """
    posts = Post.objects.visible_to(viewer).filter(state=PostState.VISIBLE)
    post = posts.select_related("author", "discussion__topic", "discussion__room").get(pk=pk)
    given = Signal.objects.filter(post=post).select_related("user__member_state").order_by("user__full_name", "pk")
    if post.author_id != viewer.pk:
        given = given.exclude(kind=SignalKind.CONTACT)
    by_kind: dict[str, list[User]] = {kind: [] for kind in SignalKind.values}
    for signal in given:
        by_kind[signal.kind].append(signal.user)
    return SignalsPage(post, [(str(SignalKind(kind).label), people) for kind, people in by_kind.items() if people])
