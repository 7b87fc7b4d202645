"""Writing: posts and their rewording."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery, Value
from django.utils import timezone

from accounts.enums import MailScope, Pace
from accounts.markdown import render
from accounts.models import User
from accounts.services import audit, outbox
from forum import policies
from forum.enums import Capacity, ContributionKind, PostState
from forum.models import Discussion, Draft, Follow, Post, PostRevision


def publish_post(
    *,
    actor: User,
    discussion: int,
    body: str,
    submission_key: uuid.UUID,
    kind: ContributionKind = ContributionKind.COMMENT,
    capacity: Capacity = Capacity.PERSONAL,
    reply_to: int | None = None,
) -> Post:
    """Publish a post, and have the discussion's followers told once it is committed.

    Args:
        actor: Who posts, and who the audit trail names.
        discussion: The id of where the post goes; locked, so it cannot close meanwhile.
        body: Markdown that ``PostForm`` has accepted.
        submission_key: Made with the form: the same text sent again in it publishes nothing new.
        kind: What the post brings.
        capacity: In whose name it is said.
        reply_to: The number of the post that it answers; ignored when there is none such.

    Returns:
        The saved post, or the one that the same form published before.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``actor``.
        PermissionDenied: ``actor`` may not post in it; the message says why.

    Source: FOR-10, ACC-05, CDIP/22/3 paras 6 and 8.
    """
    # After the browser's "back" the form has its old key: only the same text is the same post.
    submission_key = uuid.uuid5(submission_key, f"{discussion}:{body}")
    try:
        return _publish(actor, discussion, body, submission_key, kind, capacity, reply_to)
    except (IntegrityError, PermissionDenied):
        published = Post.objects.select_related("discussion__room", "discussion__topic")
        known = published.filter(author=actor, submission_key=submission_key).first()
        if known is None:
            raise
        return known


@transaction.atomic
def _publish(
    actor: User,
    discussion_id: int,
    body: str,
    submission_key: uuid.UUID,
    kind: ContributionKind,
    capacity: Capacity,
    reply_to: int | None,
) -> Post:
    answered = Post.objects.filter(discussion=OuterRef("pk"), number=reply_to or 0, state=PostState.VISIBLE)
    discussion = (
        Discussion.objects.visible_to(actor)
        .select_related("topic", "room")
        .with_own(actor.pk)
        .annotate(answered=Subquery(answered.values("pk")), answered_author=Subquery(answered.values("author")))
        .select_for_update(of=("self",))
        .get(pk=discussion_id)
    )
    policies.may_post(actor, discussion).enforce()
    policies.may_speak_as(actor, capacity).enforce()
    number = discussion.last_number + 1
    now = timezone.now()
    post = Post.objects.create(
        discussion=discussion,
        number=number,
        author=actor,
        member_state_id=actor.member_state_id,
        capacity=capacity,
        kind=kind,
        language=discussion.room.language,
        body=body,
        html=render(body, anchor=f"post-{number}"),
        reply_to_id=discussion.answered,
        posted_at=now,
        submission_key=submission_key,
    )
    Discussion.objects.filter(pk=discussion.pk).update(last_number=number, last_activity_at=now)
    if not discussion.is_followed:
        Follow.objects.bulk_create([Follow(user=actor, discussion=discussion)], ignore_conflicts=True)
    if discussion.draft is not None:
        Draft.objects.filter(user=actor, discussion=discussion).delete()
    audit.record(actor, "post.published", post, discussion=discussion.pk, number=number, capacity=capacity)
    _tell(post, answered=discussion.answered_author)
    return post


def _tell(post: Post, *, answered: int | None) -> None:
    """Write notices for the author of the post that is answered, and for those who follow at once."""
    others = User.objects.active().exclude(pk=post.author_id)
    followers = others.wanting(MailScope.POSTS, Pace.AT_ONCE).filter(follows__discussion=post.discussion_id)
    recipients = followers.values_list("pk", Value(MailScope.POSTS))
    if answered is not None:
        author = others.wanting(MailScope.REPLIES, Pace.AT_ONCE).filter(pk=answered)
        recipients = recipients.union(author.values_list("pk", Value(MailScope.REPLIES)))
    told = dict(sorted(recipients, key=lambda recipient: recipient[1] == MailScope.REPLIES))
    outbox.notify(told, kind="post.published", about=post)


@transaction.atomic
def edit_post(*, actor: User, post: int, body: str) -> Post:
    """Change the wording of one's own post; the earlier wording is kept.

    Args:
        actor: Who changes it.
        post: The id of the post, locked.
        body: The new Markdown, which ``PostEditForm`` has accepted.

    Returns:
        The saved post; unchanged when the wording is the same.

    Raises:
        Post.DoesNotExist: The post is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.

    Source: FOR-11, CDIP/22/3 para 6.
    """
    locked = (
        Post.objects.visible_to(actor)
        .select_related("discussion__topic", "discussion__room")
        .select_for_update(of=("self",))
        .get(pk=post)
    )
    policies.may_edit(actor, locked).enforce()
    if body == locked.body:
        return locked
    PostRevision.objects.create(post=locked, body=locked.body, html=locked.html, replaced_by=actor)
    locked.body, locked.html = body, render(body, anchor=locked.anchor)
    locked.edited_at = timezone.now()
    locked.save(update_fields=["body", "html", "edited_at"])
    audit.record(actor, "post.edited", locked)
    return locked


def keep_draft(*, author: User, discussion: int, body: str) -> bool:
    """Keep a text that could not be published, for its author to find in the form.

    Args:
        author: Who typed it.
        discussion: The id of where it was meant for; where ``author`` may not see it, nothing is kept.
        body: The text as it was typed.

    Returns:
        Whether it is kept.
    """
    if not Discussion.objects.visible_to(author).filter(pk=discussion).exists():
        return False
    Draft.objects.update_or_create(
        user=author, discussion_id=discussion, defaults={"body": body, "saved_at": timezone.now()}
    )
    return True
