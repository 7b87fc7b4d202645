"""Carrying a webinar into the forum, and questions from there into the webinar."""

import uuid
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.services import audit
from forum.enums import TopicKind
from forum.models import Category, Topic
from forum.services.topics import open_discussion
from webinars.models import Question, Webinar
from webinars.policies.questions import may_decide
from webinars.policies.webinars import may_change_webinar
from webinars.queries.arc import forum_questions, room_languages
from webinars.services.webinars import changed, locked_webinar
from webinars.signals import Change


@transaction.atomic
def open_follow_up(*, actor: User, webinar: int, category: Category) -> Topic:
    """Open the discussion that follows a webinar, with the questions left open there as guiding questions.

    Args:
        actor: Who opens it.
        webinar: The id of one that was held; it is tied to the new topic.
        category: Of technical assistance.

    Returns:
        The topic, open in every core room.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: It was not held yet, or is tied to a topic already.

    Source: CDIP/22/3 annex, workflow 2.7.
    """
    found = locked_webinar(actor, webinar)
    may_change_webinar(actor, found).enforce()
    if not found.has_ended:
        raise ValidationError(_("The follow-up begins once the webinar is held."), code="early")
    if found.topic_id is not None:
        raise ValidationError(_("This webinar has its topic in the forum already."), code="tied")
    first, *sisters = room_languages(found)
    post = open_discussion(
        actor=actor,
        room=first,
        sisters=sisters,
        kind=TopicKind.OPEN,
        title=_title(found, first),
        category=category,
        body=_invitation(found, first),
        submission_key=uuid.uuid5(found.uid, "follow-up"),
    )
    topic = Topic.objects.select_for_update().get(pk=post.discussion.topic_id)
    for language in (first, *sisters):
        questions = found.questions.unsettled().filter(language=language).values_list("text", flat=True)
        setattr(topic, f"title_{language}", _title(found, language))
        setattr(topic, f"guiding_questions_{language}", "\n".join(" ".join(text.split()) for text in questions))
    topic.save()
    found.topic = topic
    changed(found, Change.TEXTS)
    audit.record(actor, "webinar.followed_up", found, topic=topic.pk)
    return topic


def _title(webinar: Webinar, language: str) -> str:
    with override(language):
        return Truncator(webinar.title).chars(Topic._meta.get_field("title").max_length or 120)


def _invitation(webinar: Webinar, language: str) -> str:
    """Return the first post: what it is about, and what was left open in whichever language it was asked."""
    with override(language):
        lines = [_("The webinar is over; what do you take home from it, and what is still open?")]
        questions = list(webinar.questions.unsettled().values_list("text", flat=True))
        if questions:
            lines.append(_("These questions were left open:"))
            lines.append("\n".join(f"- {' '.join(text.split())}" for text in questions))
    return "\n\n".join(lines)


@transaction.atomic
def take_over(*, actor: User, webinar: int, posts: Collection[int]) -> list[Question]:
    """Take questions over from the forum into the webinar's list, where they wait to be let through.

    What is said in the forum stays between members: their names are not shown with the questions.

    Args:
        actor: Who takes them over.
        webinar: Its id; it is locked.
        posts: The ids of the posts that ask them; one that was taken over already stays as it is.

    Returns:
        The new questions.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: WEB-25, ACC-03, workflow 2.7.
    """
    found = locked_webinar(actor, webinar)
    may_decide(actor, found).enforce()
    questions = []
    for asked in forum_questions(found, actor):
        if asked.post.pk in posts and not asked.is_taken:
            question = Question.objects.create(
                webinar=found,
                user_id=asked.post.author_id,
                is_anonymous=True,
                language=asked.language,
                text=asked.text,
                asked_at=asked.post.posted_at,
                asked_before=not found.has_ended,
            )
            audit.record(actor, "question.taken_over", question)
            questions.append(question)
    return questions
