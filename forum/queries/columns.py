"""Columns that several queries show, composed in one place."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf

from accounts.enums import AccountStatus, Role
from forum.enums import PostState
from forum.models import DiscussionGrant, Post
from forum.models.discussions import DiscussionQuerySet


def translated(field: str, language: str) -> Coalesce:
    """Return a field in ``language``, else in the first one that has it, else empty."""
    languages = dict.fromkeys([language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES])
    texts = [NullIf(f"{field}_{code.replace('-', '_')}", Value("")) for code in languages]
    return Coalesce(*texts, Value(""), output_field=TextField())


def admitted(now: datetime, language: str) -> Subquery:
    """Return whoever from outside may read a discussion at ``now``, as a list in JSON; nothing where nobody may.

    Source: ACC-05, CDIP/22/3 para 8.
    """
    grants = DiscussionGrant.objects.in_force(now).filter(content_object=OuterRef("pk"), user__role=Role.EXTERNAL)
    person = JSONObject(
        pk="user",
        name="user__full_name",
        institution="user__institution",
        sponsor=translated("sponsor__name", language),
        ends_at="ends_at",
    )
    people = grants.exclude(user__status=AccountStatus.LEFT).order_by().values("content_object")
    return Subquery(
        people.values(people=Cast(JSONBAgg(person, order_by=["user__full_name", "user"]), TextField())),
        output_field=TextField(),
    )


def answer(discussions: DiscussionQuerySet) -> Subquery:
    """Return the post that answers a discussion's question, in JSON, where it stands in one of ``discussions``."""
    posts: QuerySet[Post] = Post.objects.filter(pk=OuterRef("topic__answer"), state=PostState.VISIBLE)
    text = Cast(JSONObject(post="pk", number="number", discussion="discussion"), TextField())
    return Subquery(posts.filter(discussion__in=discussions).values(text=text), output_field=TextField())


def citation(language: str) -> dict[str, Combinable]:
    """Return what a citation of a post says, by the names of ``forum.queries.citations.Citation``."""
    return {
        "post": F("pk"),
        "number": F("number"),
        "body": F("body"),
        "author": Coalesce("author__full_name", "imported_author__name"),
        "role": Coalesce("author__role", Value("")),
        "delegation": translated("member_state__name", language),
        "capacity": F("capacity"),
        "posted_at": F("posted_at"),
        "edited_at": F("edited_at"),
        "year": F("discussion__topic__year"),
        "topic_number": F("discussion__topic__number"),
        "language": F("discussion__room__language"),
        "topic": F("discussion__topic"),
    }


def quoted(discussions: DiscussionQuerySet, post: int, language: str) -> Subquery:
    """Return what quoting a post needs, in JSON.

    Args:
        discussions: Where it must stand.
        post: Its id.
        language: Of the names in it.
    """
    posts: QuerySet[Post] = Post.objects.filter(pk=post, state=PostState.VISIBLE, discussion__in=discussions)
    text = Cast(JSONObject(**citation(language)), TextField())
    return Subquery(posts.values(text=text), output_field=TextField())
