"""Writing: posts, their rewording and their withdrawal."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.markdown import render
from accounts.models import User
from accounts.services import audit, outbox
from forum import policies
from forum.enums import Capacity, ContributionKind, PostState
from forum.models import Discussion, Follow, Mention, Post, PostRevision
from forum.models.posts import HELD_FROM
from forum.queries.drafts import read_draft
from forum.queries.mentions import Mentions, Place, find_mentions
from forum.services.attachments import change_files, discard_copies, publish_with
from forum.services.audience import told_of_mentions, told_of_post
from forum.services.drafts import use_draft
from forum.services.library import withdraw_with
from forum.signals import post_held, post_published


def publish_post(
    *,
    actor: User,
    discussion: int,
    body: str,
    submission_key: uuid.UUID,
    kind: ContributionKind = ContributionKind.COMMENT,
    capacity: Capacity = Capacity.PERSONAL,
    reply_to: int | None = None,
    corrects: int | None = None,
    draft: datetime | None = None,
    attachments: Collection[uuid.UUID] = (),
) -> Post:
    """Publish a post, and have the discussion's followers told once it is committed; one that is held waits.

    Args:
        actor: Who posts, and who the audit trail names.
        discussion: The id of where the post goes; locked, so it cannot close meanwhile.
        body: Markdown that ``PostForm`` has accepted.
        submission_key: Made with the form: the same text sent again in it publishes nothing new.
        kind: What the post brings.
        capacity: In whose name it is said.
        reply_to: The number of the post that it answers; ignored when there is none such.
        corrects: The number of the statement of the delegation that it is a corrigendum to.
        draft: When the draft was saved that the text goes on from; a draft that is another text stays.
        attachments: The keys of files that ``actor`` has attached for it.

    Returns:
        The saved post, or the one that the same form published before.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``actor``.
        PermissionDenied: ``actor`` may not post in it; the message says why.
        ValidationError: One of the files is no longer there.

    Source: FOR-10, ACC-05, CDIP/22/3 paras 6 and 8.
    """
    form = submission_key
    # After the browser's "back" the form has its old key: only the same text is the same post.
    submission_key = uuid.uuid5(submission_key, f"{discussion}:{body}")
    try:
        return _publish(
            actor,
            discussion,
            body=body,
            form=form,
            submission_key=submission_key,
            kind=kind,
            capacity=capacity,
            reply_to=reply_to,
            corrects=corrects,
            draft=draft,
            attachments=attachments,
        )
    except (IntegrityError, PermissionDenied):
        published = Post.objects.select_related("discussion__room", "discussion__topic")
        known = published.filter(author=actor, submission_key=submission_key).first()
        if known is None:
            raise
        discard_copies(known, attachments)
        return known


@transaction.atomic
def _publish(
    actor: User,
    discussion_id: int,
    *,
    body: str,
    form: uuid.UUID,
    submission_key: uuid.UUID,
    kind: ContributionKind,
    capacity: Capacity,
    reply_to: int | None,
    corrects: int | None,
    draft: datetime | None,
    attachments: Collection[uuid.UUID],
) -> Post:
    posts = Post.objects.since_admission_of(actor)
    answered = posts.filter(discussion=OuterRef("pk"), number=reply_to or 0, state=PostState.VISIBLE)
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
    corrected = _corrected(actor, discussion, corrects, capacity) if corrects is not None else None
    mentions = find_mentions(actor, Place(discussion.pk, discussion.room_id), body)
    is_held = policies.is_held(actor, room_holds=discussion.room.holds_posts)
    number = number_while_held(discussion.pk) if is_held else discussion.last_number + 1
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
        html=render(body, anchor=f"post-{number}", mentions=mentions.names),
        reply_to_id=discussion.answered,
        corrects=corrected,
        state=PostState.HELD if is_held else PostState.VISIBLE,
        posted_at=now,
        submission_key=submission_key,
    )
    publish_with(post, attachments)
    if discussion.level is None:
        Follow.objects.bulk_create([Follow(user=actor, discussion=discussion)], ignore_conflicts=True)
    use_draft(read_draft(discussion.draft), post=post, seen=draft, form=form)
    facts: dict[str, Any] = {"corrects": corrected.pk} if corrected else {}
    if is_held:
        audit.record(actor, "post.held", post, discussion=discussion.pk, capacity=capacity, **facts)
        post_held.send(Post, post=post)
        return post
    audit.record(actor, "post.published", post, discussion=discussion.pk, number=number, capacity=capacity, **facts)
    announce(post, answered=discussion.answered_author, mentions=mentions)
    return post


def announce(post: Post, *, answered: int | None, mentions: Mentions) -> None:
    """Count a post that can be read from now on, and have those told whom it concerns.

    Args:
        post: The post, whose discussion is locked.
        answered: The id of the author of the post that it answers.
        mentions: Whom it names.
    """
    Discussion.objects.filter(pk=post.discussion_id).update(
        last_number=Greatest("last_number", Value(post.number)), last_activity_at=post.posted_at
    )
    _keep_mentions(post, mentions)
    outbox.notify(told_of_post(post, answered=answered, mentions=mentions), kind="post.published", about=post)
    post_published.send(Post, post=post)


def number_while_held(discussion: int) -> int:
    """Return the number under which a post waits in a locked discussion, so that no gap tells of it."""
    waiting = Post.objects.filter(discussion=discussion, number__gte=HELD_FROM)
    number: int = waiting.aggregate(next=Coalesce(Max("number") + 1, HELD_FROM))["next"]
    return number


def _corrected(actor: User, discussion: Discussion, number: int, capacity: Capacity) -> Post:
    """Return the statement that a corrigendum is about, once it is clear that ``actor`` may correct it."""
    statement = Post.objects.filter(discussion=discussion, number=number).first()
    policies.may_correct(actor, statement).enforce()
    if statement is None or capacity != Capacity.DELEGATION:
        raise PermissionDenied(_("A corrigendum is a statement of the delegation too."))
    return statement


def _keep_mentions(post: Post, mentions: Mentions) -> None:
    """Keep whom the present wording of a post names, in place of whom an earlier one named."""
    people, states = Q(user__in=mentions.people), Q(member_state__in=mentions.states)
    if post.edited_at is not None:
        post.mentions.exclude(people | states).delete()
    if mentions.names:
        named = [Mention(post=post, user_id=person) for person in mentions.people]
        named += [Mention(post=post, member_state_id=state) for state in mentions.states]
        Mention.objects.bulk_create(named, ignore_conflicts=True)


@transaction.atomic
def edit_post(
    *,
    actor: User,
    post: int,
    body: str,
    attachments: Collection[uuid.UUID] = (),
    discarded: Collection[uuid.UUID] = (),
) -> Post:
    """Change the wording and the files of one's own post, and have told whom only the new wording names.

    The earlier wording is kept, with the names of the files it had; what is taken off is deleted.

    Args:
        actor: Who changes it.
        post: The id of the post, locked.
        body: The new Markdown, which ``PostEditForm`` has accepted.
        attachments: The keys of files that ``actor`` has attached for it.
        discarded: The keys of its files to take off.

    Returns:
        The saved post; unchanged when wording and files are the same.

    Raises:
        Post.DoesNotExist: The post is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.
        ValidationError: One of the new files is no longer there, or there are too many of them.

    Source: FOR-11, CDIP/22/3 para 6.
    """
    locked = _locked(actor, post)
    policies.may_edit(actor, locked).enforce()
    before = list(locked.attachments.values_list("name", flat=True))
    has_other_files = change_files(locked, added=attachments, discarded=discarded)
    if body == locked.body and not has_other_files:
        return locked
    PostRevision.objects.create(post=locked, body=locked.body, html=locked.html, files=before, replaced_by=actor)
    mentions = find_mentions(actor, Place(locked.discussion_id, locked.discussion.room_id), body)
    locked.body, locked.html = body, render(body, anchor=locked.anchor, mentions=mentions.names)
    locked.edited_at = timezone.now()
    locked.save(update_fields=["body", "html", "edited_at"])
    _keep_mentions(locked, mentions)
    facts: dict[str, Any] = {"added": len(attachments), "discarded": len(discarded)} if has_other_files else {}
    audit.record(actor, "post.edited", locked, **facts)
    if mentions.names:
        outbox.notify(told_of_mentions(locked, mentions), kind="post.published", about=locked)
    return locked


@transaction.atomic
def withdraw_post(*, actor: User, post: int, reason: str) -> Post:
    """Withdraw a post: its text is shown no more, and a stub with the reason stays in its place.

    What the library has from it is withdrawn likewise.

    Args:
        actor: Its author; of a statement of the delegation, a focal point of that state.
        post: The id of the post, locked.
        reason: Why, for everybody who can read the discussion.

    Returns:
        The withdrawn post.

    Raises:
        Post.DoesNotExist: The post is hidden from ``actor``.
        PermissionDenied: ``actor`` may not withdraw it; the message says why.

    Source: FOR-11, FOR-24, reading A20.
    """
    locked = _locked(actor, post)
    policies.may_withdraw(actor, locked).enforce()
    locked.state, locked.state_reason = PostState.WITHDRAWN, reason
    locked.state_changed_at = timezone.now()
    locked.save(update_fields=["state", "state_reason", "state_changed_at"])
    audit.record(actor, "post.withdrawn", locked, reason=reason, capacity=locked.capacity)
    withdraw_with(locked, actor=actor, reason=reason)
    return locked


def _locked(actor: User, post: int) -> Post:
    posts = Post.objects.visible_to(actor).select_related("discussion__topic", "discussion__room")
    return posts.select_for_update(of=("self",)).get(pk=post)
