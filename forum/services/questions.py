"""Questions: saying that they are answered, and telling of those that are not."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit, outbox
from forum import policies
from forum.enums import PostState
from forum.models import Discussion, Post, Topic
from forum.services.audience import told_of_answer, told_of_unanswered


@transaction.atomic
def settle_question(*, actor: User, discussion: int, answer: int | None) -> Topic:
    """Say that a question is answered, by a post or otherwise; those who follow it are told once.

    Args:
        actor: Who asked, or the moderator.
        discussion: The id of one of the question's discussions.
        answer: The number of the post in it that answers; None where it was answered without one.

    Returns:
        The question.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not say so; the message says why.
        ValidationError: There is no such post, or it is the question itself; its code is ``no_answer``.

    Source: FOR-17.
    """
    topic = _locked(actor, discussion)
    post = None if answer is None else _answering(topic, discussion, answer)
    if topic.answered_at is not None and topic.answer_id == (post.pk if post else None):
        return topic
    topic.answer, topic.answered_at = post, topic.answered_at or timezone.now()
    topic.save(update_fields=["answer", "answered_at"])
    audit.record(actor, "question.answered", topic, post=topic.answer_id)
    outbox.notify(told_of_answer(topic, actor=actor), kind="question.answered", about=topic)
    return topic


def _answering(topic: Topic, discussion: int, number: int) -> Post:
    post = Post.objects.filter(discussion=discussion, number=number, state=PostState.VISIBLE).first()
    if post is None or (number == 1 and post.author_id == topic.opened_by_id):
        raise ValidationError(_("Choose a post that answers the question."), code="no_answer")
    return post


@transaction.atomic
def unsettle_question(*, actor: User, discussion: int) -> Topic:
    """Take back that a question is answered.

    Args:
        actor: Who asked, or the moderator.
        discussion: The id of one of the question's discussions.

    Returns:
        The question, as it was where it is not answered.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not say so; the message says why.

    Source: FOR-17.
    """
    topic = _locked(actor, discussion)
    if topic.answered_at is None:
        return topic
    topic.answer, topic.answered_at = None, None
    topic.save(update_fields=["answer", "answered_at"])
    audit.record(actor, "question.reopened", topic)
    return topic


def _locked(actor: User, discussion: int) -> Topic:
    """Return the question of a discussion, locked, once it is clear that ``actor`` may settle it."""
    found = Discussion.objects.visible_to(actor).get(pk=discussion)
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=found.topic_id)
    policies.may_settle(actor, kind=topic.kind, asker=topic.opened_by_id).enforce()
    return topic


@transaction.atomic
def tell_of_unanswered() -> int:
    """Have each question that has waited too long told to the moderator and to people who may know; once.

    Returns:
        How many questions there were.

    Source: FOR-17.
    """
    now = timezone.now()
    waiting = Topic.objects.unanswered(now).filter(unanswered_told_at=None)
    topics = list(waiting.select_for_update(skip_locked=True, of=("self",)))
    for topic in topics:
        topic.unanswered_told_at = now
        topic.save(update_fields=["unanswered_told_at"])
        outbox.notify(told_of_unanswered(topic), kind="question.unanswered", about=topic)
    return len(topics)
