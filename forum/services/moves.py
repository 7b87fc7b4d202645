"""Moving posts: to another discussion, to a new one, or all of them by merging two."""

import re
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.services import audit
from forum import policies
from forum.enums import ClearanceState, PostState, TopicKind
from forum.models import (
    Attachment,
    Category,
    Clearance,
    Discussion,
    DiscussionGrant,
    Draft,
    Follow,
    MovedPost,
    Post,
    PostRevision,
    PostTranslation,
    ReadPosition,
    Room,
    Topic,
)
from forum.models.posts import HELD_FROM
from forum.services.posts import number_while_held
from forum.services.topics import entitle, open_topic
from forum.signals import discussion_merged

_TAG = re.compile(r'<(?:"[^"]*"|[^">])*>')


@transaction.atomic
def move_posts(*, actor: User, source: int, target: int, posts: Collection[int]) -> list[Post]:
    """Move posts to another discussion of the same room; moved back, each takes its old number again.

    A statement of a delegation and its corrigenda stay together. The old addresses lead to the new places.

    Args:
        actor: Who guides the room.
        source: The id of the discussion in which they stand, locked.
        target: The id of the discussion to which they go, locked.
        posts: Their ids.

    Returns:
        The moved posts, in order.

    Raises:
        Discussion.DoesNotExist: One of the discussions is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room.
        ValidationError: One of the posts no longer stands there, or the discussions do not go together.

    Source: FOR-11, MOD-01, MOD-05.
    """
    policies.may_steer(actor).enforce()
    here, there = _locked(actor, source, target)
    _check_takes(there, here)
    moved = _chosen(here, posts)
    _transfer(moved, here, there, actor)
    audit.record(actor, "posts.moved", there, source=here.pk, posts=[post.pk for post in moved])
    return moved


@transaction.atomic
def split_posts(*, actor: User, source: int, posts: Collection[int], title: str, category: Category) -> Discussion:
    """Give posts a discussion of their own: a new open topic in the same room, whose followers are told.

    Args:
        actor: Who guides the room.
        source: The id of the discussion in which they stand, locked.
        posts: Their ids.
        title: Of the new topic, in the room's language.
        category: Of the new topic.

    Returns:
        The new discussion.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room.
        ValidationError: One of the posts no longer stands there.

    Source: FOR-11, MOD-01, MOD-05.
    """
    policies.may_steer(actor).enforce()
    (here,) = _locked(actor, source)
    moved = _chosen(here, posts)
    now = timezone.now()
    topic = Topic(kind=TopicKind.OPEN, category=category, opens_at=now)
    entitle(topic, title, here.room.language)
    topic.save()
    (there,) = open_topic(topic, Room.objects.filter(pk=here.room_id), actor=actor, at=now)
    _transfer(moved, here, there, actor)
    _carry_follows(here, there)
    audit.record(actor, "posts.split", there, source=here.pk, posts=[post.pk for post in moved])
    return there


@transaction.atomic
def merge_discussions(*, actor: User, source: int, target: int) -> Discussion:
    """Move all posts of a discussion to another one of its room, to which it leads from then on.

    Who follows it follows the other, and drafts go along; its sisters in other rooms stay as they are.

    Args:
        actor: Who guides the room.
        source: The id of the discussion that ends, locked.
        target: The id of the discussion that goes on, locked.

    Returns:
        The discussion that goes on.

    Raises:
        Discussion.DoesNotExist: One of the discussions is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room.
        ValidationError: The discussions do not go together; the message says why.

    Source: FOR-11, MOD-01, MOD-05.
    """
    policies.may_steer(actor).enforce()
    here, there = _locked(actor, source, target)
    _check_takes(there, here)
    if _admits_outsiders(here):
        message = _("People from outside are admitted to this discussion. End their admissions before you merge it.")
        raise ValidationError(message, code="outsiders")
    standing = here.posts.filter(number__lt=HELD_FROM).order_by("number")
    _transfer(list(standing.select_for_update(of=("self",))), here, there, actor)
    for post in here.posts.filter(number__gte=HELD_FROM).order_by("number"):
        Post.objects.filter(pk=post.pk).update(discussion=there, number=number_while_held(there.pk))
    here.merged_into, here.pinned_at = there, None
    here.save(update_fields=["merged_into", "pinned_at"])
    _carry_follows(here, there)
    _carry_drafts(here, there)
    discussion_merged.send(Discussion, source=here, target=there)
    audit.record(actor, "discussion.merged", here, target=there.pk)
    return there


@transaction.atomic
def part_discussions(*, actor: User, source: int) -> Discussion:
    """Take back a merger: the posts that came with it go back to their old numbers.

    Args:
        actor: Who guides the room.
        source: The id of the discussion that was merged into another, locked with that.

    Returns:
        The discussion that stands by itself again; as it is, where it was not merged.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room.

    Source: FOR-11, MOD-01, MOD-05.
    """
    policies.may_steer(actor).enforce()
    merged_into = Discussion.objects.visible_to(actor).values_list("merged_into", flat=True).get(pk=source)
    if merged_into is None:
        return Discussion.objects.get(pk=source)
    here, there = _locked(actor, source, merged_into)
    if here.merged_into_id == there.pk:
        came = there.posts.filter(moves__discussion=here).order_by("moves__number")
        _transfer(list(came.select_for_update(of=("self",))), there, here, actor)
        here.merged_into = None
        here.save(update_fields=["merged_into"])
        audit.record(actor, "discussion.parted", here, target=there.pk)
    return here


def _locked(actor: User, *pks: int) -> list[Discussion]:
    """Lock discussions, always in the same order, and return them in the order asked for."""
    visible = Discussion.objects.visible_to(actor).select_related("room", "topic")
    found = {each.pk: each for each in visible.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",))}
    if len(found) < len(set(pks)):
        raise Discussion.DoesNotExist
    return [found[pk] for pk in pks]


def _check_takes(target: Discussion, source: Discussion) -> None:
    """Refuse a discussion to which posts of another one do not go.

    Raises:
        ValidationError: With the reason.
    """
    if target.pk == source.pk or target.room_id != source.room_id:
        raise ValidationError(_("Choose another discussion of the same room."), code="elsewhere")
    if target.is_merged or source.is_merged:
        message = _("One of the discussions has been merged with another one meanwhile. Load the page again.")
        raise ValidationError(message, code="merged")
    if _admits_outsiders(target):
        message = _(
            "People from outside are admitted to that discussion. Posts do not go to readers whom their authors "
            "could not know of."
        )
        raise ValidationError(message, code="outsiders")


def _admits_outsiders(discussion: Discussion) -> bool:
    admitted = DiscussionGrant.objects.in_force().filter(content_object=discussion, user__role=Role.EXTERNAL)
    return bool(admitted.exists())


def _chosen(discussion: Discussion, pks: Collection[int]) -> list[Post]:
    """Return the posts to move, locked and in order, with what must stay together.

    Raises:
        ValidationError: None is chosen, or one no longer stands here.
    """
    standing = discussion.posts.exclude(state=PostState.HELD).filter(number__lt=HELD_FROM)
    chosen = standing.filter(pk__in=pks)
    if not pks:
        raise ValidationError(_("Choose at least one post."), code="none")
    if len(chosen) < len(set(pks)):
        message = _("One of these posts no longer stands in this discussion. Load the page again and choose anew.")
        raise ValidationError(message, code="moved")
    statements = {post.corrects_id or post.pk for post in chosen}
    together = standing.filter(Q(pk__in=pks) | Q(pk__in=statements) | Q(corrects__in=statements))
    return list(together.order_by("number").select_for_update(of=("self",)))


def _transfer(posts: Sequence[Post], source: Discussion, target: Discussion, actor: User) -> None:
    """Give posts their places in another discussion, and everything that hangs on them."""
    if not posts:
        return
    now, last_before = timezone.now(), target.last_number
    left_before = {place.post_id: place for place in MovedPost.objects.filter(discussion=target, post__in=posts)}
    read_up_to = max(post.number for post in posts)
    for post in posts:
        place = left_before.get(post.pk)
        MovedPost.objects.create(discussion=source, number=post.number, post=post, moved_at=now, moved_by=actor)
        if place is None:
            target.last_number += 1
        else:
            place.delete()
        _put(post, target, target.last_number if place is None else place.number)
    Attachment.objects.filter(post__in=posts).update(discussion=target)
    target.last_activity_at = max(target.last_activity_at, *(post.posted_at for post in posts))
    target.save(update_fields=["last_number", "last_activity_at"])
    _carry_positions(source, target, read_up_to, last_before)
    authors = {post.author_id for post in posts if post.author_id}
    new = [Follow(user_id=author, discussion=target) for author in authors]
    Follow.objects.bulk_create(new, ignore_conflicts=True)


def _put(post: Post, target: Discussion, number: int) -> None:
    """Give a post its number in another discussion; its paragraphs bear that number, in every wording and language."""
    old = post.anchor
    post.discussion, post.number = target, number
    post.html = _renamed(post.html, old, post.anchor)
    post.save(update_fields=["discussion", "number", "html"])
    for texts in (PostRevision.objects.filter(post=post), PostTranslation.objects.filter(post=post)):
        for text in texts:
            html = _renamed(text.html, old, post.anchor)
            if html != text.html:
                texts.filter(pk=text.pk).update(html=html)


def _renamed(html: str, old: str, new: str) -> str:
    """Return rendered Markdown whose paragraphs and notes bear another number; only tags are looked at."""
    address = re.compile(rf'(\b(?:id|href)="#?(?:fn(?:ref)?-)?){re.escape(old)}-')
    return _TAG.sub(lambda tag: address.sub(rf"\g<1>{new}-", tag[0]), html)


def _carry_positions(source: Discussion, target: Discussion, read_up_to: int, last_before: int) -> None:
    """Let what somebody has read stay read: who had read all that moved, and all that stood in its new place."""
    readers = ReadPosition.objects.filter(discussion=source, number__gte=read_up_to).values("user")
    up_to_date = ReadPosition.objects.filter(discussion=target, number__gte=last_before, user__in=readers)
    up_to_date.update(number=Greatest("number", Value(target.last_number)))
    if last_before == 0:
        new = [ReadPosition(user_id=row["user"], discussion=target, number=target.last_number) for row in readers]
        ReadPosition.objects.bulk_create(new, ignore_conflicts=True)


def _carry_follows(source: Discussion, target: Discussion) -> None:
    """Have who follows a discussion follow another one too; what was chosen for that already stays."""
    follows = Follow.objects.filter(discussion=source).values_list("user", "level")
    new = [Follow(user_id=user, discussion=target, level=level) for user, level in follows]
    Follow.objects.bulk_create(new, ignore_conflicts=True)


def _carry_drafts(source: Discussion, target: Discussion) -> None:
    """Take what people are writing along, where they write nothing in the other discussion yet."""
    beside = Draft.objects.filter(discussion=target, user=OuterRef("user"))
    Draft.objects.filter(~Exists(beside), discussion=source).update(discussion=target, reply_to=None, corrects=None)
    asked = Clearance.objects.filter(state=ClearanceState.ASKED)
    beside_asked = asked.filter(discussion=target, author=OuterRef("author"))
    asked.filter(~Exists(beside_asked), discussion=source).update(discussion=target, reply_to=None, corrects=None)
    Attachment.objects.waiting().filter(discussion=source).update(discussion=target)
