"""Posts that a moderator reads before they are shown: letting them out, keeping them back, and whose are held."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.markdown import render
from accounts.models import User
from accounts.services import audit
from forum import policies
from forum.enums import PostState
from forum.models import Discussion, Post, Room
from forum.models.posts import HELD_FROM
from forum.queries.mentions import Place, find_mentions
from forum.services.posts import announce
from forum.signals import post_held


@transaction.atomic
def release_post(*, actor: User, post: int, version: str = "") -> Post:
    """Show a post that was held: it is announced like a new one, and gets its number now unless it had one.

    Args:
        actor: Who guides the room, and has read it.
        post: Its id, locked with its discussion.
        version: Of the wording that ``actor`` has read, as ``version_of`` tells it; empty for any.

    Returns:
        The post.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room, or wrote it.
        ValidationError: Its author has changed it meanwhile, somebody has decided on it, or it no longer stands there.

    Source: FOR-11, MOD-01, MOD-05.
    """
    held = locked_post(actor, post)
    policies.may_judge(actor, held).enforce()
    _check_waits(held)
    if version and version != version_of(held):
        raise ValidationError(_("Its author has changed it meanwhile. Read it again."), code="changed")
    discussion = held.discussion
    if discussion.is_merged:
        raise ValidationError(_("Its discussion has been merged with another one meanwhile."), code="merged")
    author = held.author or actor
    mentions = find_mentions(author, Place(discussion.pk, discussion.room_id), held.body)
    if held.number >= HELD_FROM:
        held.number, held.posted_at = discussion.last_number + 1, timezone.now()
    held.html = render(held.body, anchor=held.anchor, mentions=mentions.names)
    held.state, held.state_reason, held.state_changed_at = PostState.VISIBLE, "", timezone.now()
    held.save(update_fields=["number", "posted_at", "html", "state", "state_reason", "state_changed_at"])
    answered = held.reply_to.author_id if held.reply_to and held.reply_to.state == PostState.VISIBLE else None
    audit.record(actor, "post.released", held, discussion=discussion.pk, number=held.number)
    announce(held, answered=answered, mentions=mentions)
    return held


@transaction.atomic
def keep_back(*, actor: User, post: int, reason: str) -> Post:
    """Decide that a held post is not shown; it can be put back among those that wait.

    Args:
        actor: Who guides the room.
        post: Its id, locked.
        reason: Why, for its author, in their language.

    Returns:
        The post.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room, or wrote it.
        ValidationError: Somebody has decided on it.

    Source: FOR-11, MOD-01.
    """
    held = locked_post(actor, post)
    policies.may_judge(actor, held).enforce()
    _check_waits(held)
    held.state_reason, held.state_changed_at = reason, timezone.now()
    held.save(update_fields=["state_reason", "state_changed_at"])
    audit.record(actor, "post.kept_back", held, reason=reason)
    return held


@transaction.atomic
def hold_again(*, actor: User, post: int) -> Post:
    """Take back a decision on a post: what was kept back waits again, and what was shown is held again.

    Args:
        actor: Who guides the room.
        post: Its id, locked.

    Returns:
        The post; as it is, when it waits already.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room, or wrote it.
        ValidationError: It has been withdrawn or removed.

    Source: FOR-11, MOD-01.
    """
    decided = locked_post(actor, post)
    policies.may_judge(actor, decided).enforce()
    if decided.state not in {PostState.HELD, PostState.VISIBLE}:
        raise ValidationError(_("This post has been withdrawn or removed."), code="gone")
    if decided.state == PostState.VISIBLE or decided.state_changed_at is not None:
        decided.state, decided.state_reason, decided.state_changed_at = PostState.HELD, "", None
        decided.save(update_fields=["state", "state_reason", "state_changed_at"])
        audit.record(actor, "post.held_again", decided)
    return decided


@transaction.atomic
def reword_held(*, actor: User, post: int, body: str) -> Post:
    """Change the wording of one's own post while it waits; nobody else has read the earlier one but who judges it.

    Args:
        actor: Its author.
        post: Its id, locked.
        body: Markdown that ``PostEditForm`` has accepted.

    Returns:
        The post.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.

    Source: FOR-11.
    """
    held = locked_post(actor, post)
    policies.may_reword_held(actor, held).enforce()
    set_wording(held, body)
    audit.record(actor, "post.reworded", held)
    post_held.send(Post, post=held)
    return held


def set_wording(held: Post, body: str) -> None:
    """Give a held post, which is locked, other words; whom they name is looked up when it is shown."""
    held.body, held.html = body, render(body, anchor=held.anchor)
    held.save(update_fields=["body", "html"])


@transaction.atomic
def hold_room(*, actor: User, room: int, holds: bool) -> Room:
    """Have a moderator read each post of a room before it is shown, or no longer.

    Args:
        actor: The moderator.
        room: Its id, locked.
        holds: Whether its posts are held from now on.

    Returns:
        The room.

    Raises:
        Room.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not moderate.

    Source: FOR-11, MOD-01.
    """
    found: Room = Room.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=room)
    policies.may_hold(actor).enforce()
    if found.holds_posts != holds:
        found.holds_posts = holds
        found.save(update_fields=["holds_posts"])
        audit.record(actor, f"room.{'holds_posts' if holds else 'holds_no_posts'}", found)
    return found


@transaction.atomic
def hold_person(*, actor: User, person: int, until: datetime | None) -> User:
    """Have a moderator read what somebody posts before it is shown, until a moment, or no longer.

    Args:
        actor: The moderator.
        person: The id of the person, locked.
        until: The end; None to end it now.

    Returns:
        The person.

    Raises:
        User.DoesNotExist: There is nobody such.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: It would be a moderator's own posts, or the moment is over.

    Source: FOR-11, MOD-01.
    """
    policies.may_hold(actor).enforce()
    found: User = User.objects.active().select_for_update(of=("self",)).get(pk=person)
    if until is not None and until <= timezone.now():
        raise ValidationError(_("Choose a day to come."), code="over")
    if until is not None and not policies.is_held(found, room_holds=True):
        raise ValidationError(_("Who guides a room is not held: nobody would read the post first."), code="guides")
    found.held_until = until
    found.save(update_fields=["held_until"])
    audit.record(actor, "person.held", found, until=until.isoformat() if until else None)
    return found


def version_of(post: Post) -> str:
    """Return what tells one wording of a held post from another."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, post.body))


def _check_waits(post: Post) -> None:
    if post.state != PostState.HELD or post.state_changed_at is not None:
        raise ValidationError(_("Somebody has decided on this post meanwhile. Load the page again."), code="decided")


def locked_post(actor: User, post: int) -> Post:
    """Lock a post that is held or shown, and before it its discussion, as every writer does.

    Args:
        actor: Who guides the room, or its author.
        post: Its id.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
    """
    posts = Post.objects.held_for(actor) | Post.objects.visible_to(actor)
    discussion = posts.values_list("discussion", flat=True).get(pk=post)
    Discussion.objects.select_for_update().get(pk=discussion)
    found = posts.select_related("discussion__topic", "discussion__room", "author", "reply_to")
    return found.select_for_update(of=("self",)).get(pk=post)
