"""Opening topics: those of the week, and those of participants."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.languages import written
from accounts.models import User
from accounts.services import audit, outbox
from forum import policies
from forum.enums import ContributionKind, TopicKind
from forum.models import Category, Discussion, Post, Room, Step, Topic
from forum.services.attachments import attach_to_discussion
from forum.services.audience import told_of_topic
from forum.services.posts import publish_post
from forum.services.topic_drafts import use_topic_draft

FIRST_POSTS = {
    TopicKind.OPEN: ContributionKind.COMMENT,
    TopicKind.QUESTION: ContributionKind.QUESTION,
    TopicKind.EXPERIENCE: ContributionKind.EXPERIENCE,
}
"""What participants may open, with the kind of the post that it begins with."""


@transaction.atomic
def open_topic(topic: Topic, rooms: QuerySet[Room], *, actor: User | None, at: datetime) -> list[Discussion]:
    """Give a topic its symbol and a discussion in each room, and have the rooms' followers told.

    Args:
        topic: The dossier, locked by the caller, which has decided that it may open.
        rooms: Where it opens.
        actor: Who opens it; None when it opens on its clock.
        at: The moment of opening.

    Returns:
        The new sister discussions.

    Source: FOR-02, FOR-04, CDIP/22/3 paras 6-7, workflow 2.1.
    """
    topic.year = at.astimezone(timezone.get_default_timezone()).year
    topic.number = next_number(topic.year)
    topic.save(update_fields=["year", "number"])
    discussions = Discussion.objects.bulk_create(
        Discussion(topic=topic, room=room, opened_at=at, last_activity_at=at) for room in rooms
    )
    audit.record(actor, "topic.opened", topic, symbol=topic.symbol, rooms=[d.room.language for d in discussions])
    others = User.objects.active(at).exclude(pk=topic.opened_by_id)
    outbox.notify(told_of_topic(others, rooms), kind="topic.opened", about=topic)
    return discussions


def open_discussion(
    *,
    actor: User,
    room: str,
    kind: TopicKind,
    title: str,
    category: Category,
    body: str,
    submission_key: uuid.UUID,
    step: Step | None = None,
    sisters: Collection[str] = (),
    draft: datetime | None = None,
    uploads: Collection[UploadedFile] = (),
) -> Post:
    """Open a participant's discussion, question or experience, and have those told who follow its rooms.

    Args:
        actor: Who opens it, and whom the audit trail names.
        room: The language of the room where the text stands, as the first post.
        kind: One of ``FIRST_POSTS``.
        title: In the room's language.
        category: Of technical assistance.
        body: Markdown that the form has accepted.
        submission_key: Made with the form: the same words sent again in it open nothing new.
        step: Of the assistance cycle.
        sisters: The languages of the other rooms in which it opens.
        draft: When the draft was saved that the words go on from; a draft that is another text stays.
        uploads: Files of the first post.

    Returns:
        The first post, of which the discussion is known; the one that the same form published before.

    Raises:
        Room.DoesNotExist: One of the rooms is hidden from ``actor``.
        PermissionDenied: ``actor`` may not open discussions; the message says why.
        ValidationError: One of the files is not taken, or one of the rooms is not for the category; nothing is opened.

    Source: FOR-03, FOR-17, reading A9, CDIP/22/3 para 6.
    """
    submission_key = uuid.uuid5(submission_key, f"{room}:{title}:{body}")
    try:
        with transaction.atomic():
            topic = Topic(
                kind=kind,
                category=category,
                step=step,
                opened_by=actor,
                submission_key=submission_key,
                opens_at=timezone.now(),
            )
            entitle(topic, title, room)
            first = _opened(actor, topic, room, sisters)
            files = [attach_to_discussion(actor=actor, discussion=first.pk, upload=upload) for upload in uploads]
            post = publish_post(
                actor=actor,
                discussion=first.pk,
                body=body,
                submission_key=submission_key,
                kind=FIRST_POSTS[kind],
                attachments=[file.key for file in files],
            )
            use_topic_draft(author=actor, room=first.room, body=body, seen=draft)
            return post
    except (IntegrityError, PermissionDenied):
        begun = Post.objects.filter(discussion__topic__submission_key=submission_key, author=actor)
        known = begun.select_related("discussion__room", "discussion__topic").order_by("posted_at").first()
        if known is None:
            raise
        return known


def entitle(topic: Topic, title: str, language: str) -> None:
    """Give a topic its title in the language of its room; where titles are not kept in that, in the first one.

    Args:
        topic: Not saved yet.
        title: In that language.
        language: The room's.
    """
    codes, kept_in = settings.MODELTRANSLATION_LANGUAGES, written(language)
    if kept_in not in codes:
        kept_in = settings.MODELTRANSLATION_DEFAULT_LANGUAGE
    for code in codes:
        setattr(topic, f"title_{code.replace('-', '_')}", title if code == kept_in else None)


def _opened(actor: User, topic: Topic, room: str, sisters: Collection[str]) -> Discussion:
    """Open a topic in its rooms; return the discussion that its first post goes to."""
    languages = {room, *sisters}
    rooms = Room.objects.visible_to(actor).filter(language__in=languages)
    if len(rooms) < len(languages):
        raise Room.DoesNotExist
    policies.may_open(actor).enforce()
    for each in rooms:
        policies.may_begin_in(actor, each).enforce()
    elsewhere = rooms.exclude(categories=None).exclude(categories=topic.category).first()
    if elsewhere is not None:
        message = _("Discussions about “%(category)s” are not opened in the room “%(room)s”.")
        raise ValidationError(message, params={"category": topic.category, "room": elsewhere}, code="category")
    topic.save()
    discussions = open_topic(topic, rooms, actor=actor, at=topic.opens_at)
    return next(discussion for discussion in discussions if discussion.room.language == room)


def next_number(year: int) -> int:
    """Return the next number of a year; a lock until the commit keeps two topics from taking one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('forum_topic.number'))")
    last: int | None = Topic.objects.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def core_rooms() -> QuerySet[Room]:
    """Return the rooms every weekly topic opens in. Source: FOR-04, CDIP/22/3 para 7."""
    return Room.objects.filter(is_core=True, language__in=settings.CORE_LANGUAGES)
