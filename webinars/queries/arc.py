"""Where webinars and the forum meet: seen by members, never by the public."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.languages import written
from accounts.models import User
from forum.enums import ContributionKind, PostState
from forum.models import Post, Topic
from forum.related import Related
from webinars.models import Question, Webinar

LONGEST = Question._meta.get_field("text").max_length or 1_000


def webinars_on(topic: Topic, viewer: User) -> Sequence[Related]:
    """Return the webinars that are tied to a topic and visible to its reader. Source: CDIP/22/3 annex."""
    webinars = Webinar.objects.visible_to(viewer).filter(topic=topic)
    return [
        Related(_("Webinar on this topic"), webinar.title, webinar.get_absolute_url(), webinar.starts_at)
        for webinar in webinars
    ]


@dataclass(frozen=True)
class ForumQuestion:
    """A question that members asked in the forum, and that may be asked at the webinar.

    Args:
        post: Where it was asked.
        text: As it would be taken over.
        language: Of the text.
        is_taken: Whether it was taken over already.
    """

    post: Post
    text: str
    language: str
    is_taken: bool


def forum_questions(webinar: Webinar, viewer: User) -> list[ForumQuestion]:
    """Return what was asked in the discussions of the topic that a webinar is tied to, the earliest first."""
    if webinar.topic_id is None:
        return []
    posts = Post.objects.visible_to(viewer).filter(
        discussion__topic=webinar.topic_id, kind=ContributionKind.QUESTION, state=PostState.VISIBLE
    )
    taken = set(webinar.questions.exclude(user=None).values_list("user", "text"))
    return [
        ForumQuestion(post, text, written(post.language), (post.author_id, text) in taken)
        for post in posts.select_related("discussion__room", "discussion__topic").order_by("posted_at")
        if (text := post.body[:LONGEST])
    ]


def room_languages(webinar: Webinar) -> list[str]:
    """Return the rooms in which a follow-up opens: the core ones, those of the webinar's languages first."""
    return sorted(settings.CORE_LANGUAGES, key=lambda code: code not in webinar.languages)
