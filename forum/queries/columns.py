"""Columns that several queries show, composed in one place."""

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject, NullIf

from accounts.enums import AccountStatus, Office, Role
from accounts.models import AuditEntry, Mandate
from forum.enums import PostState
from forum.models import DiscussionGrant, LeadParticipant, Post
from forum.models.discussions import DiscussionQuerySet

CLOSING_SET = "topic.closing_set"
"""The entry of the audit trail that somebody has changed when an opened topic closes: from ``before`` to ``after``."""


def translated(field: str, language: str) -> Coalesce:
    """Return a field in ``language``, else in the first one that has it, else empty."""
    languages = dict.fromkeys([language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES])
    texts = [NullIf(f"{field}_{code.replace('-', '_')}", Value("")) for code in languages]
    return Coalesce(*texts, Value(""), output_field=TextField())


def admitted(now: datetime, language: str) -> Subquery:
    """Return whoever from outside may read a discussion at ``now`` or later, as a list in JSON; or nothing.

    Source: ACC-05, CDIP/22/3 para 8.
    """
    grants = DiscussionGrant.objects.not_over(now).filter(content_object=OuterRef("pk"), user__role=Role.EXTERNAL)
    person = JSONObject(
        pk="user",
        name="user__full_name",
        institution="user__institution",
        sponsor=translated("sponsor__name", language),
        starts_at="starts_at",
        ends_at="ends_at",
    )
    people = grants.exclude(user__status=AccountStatus.LEFT).order_by().values("content_object")
    return Subquery(
        people.values(people=Cast(JSONBAgg(person, order_by=["user__full_name", "user"]), TextField())),
        output_field=TextField(),
    )


_asked: list[Callable[[str], Combinable]] = []


def register_asked(column: Callable[[str], Combinable]) -> None:
    """Have an app above say who is asked to answer in a discussion.

    Args:
        column: Takes the language of names; answers a list in JSON of ``name`` and ``due_on``, or nothing.
    """
    _asked[:] = [column]


def asked(language: str) -> Combinable:
    """Return who is asked to answer in a discussion, and by when, in JSON; nothing where nobody is."""
    return _asked[0](language) if _asked else Value(None, output_field=TextField())


def credit(language: str) -> Combinable:
    """Return who proposed a discussion's topic, in JSON: a state, and a person where they agree to be named.

    Source: FOR-03, workflow 2.2.
    """
    state = translated("topic__proposing_state__name", language)
    is_gone = When(topic__proposer__status=AccountStatus.LEFT, then=Value(""))
    person = Case(is_gone, default=Coalesce("topic__proposer__full_name", Value("")), output_field=TextField())
    return Cast(JSONObject(state=state, person=person), TextField())


def leads(topic: str, language: str) -> Subquery:
    """Return the lead participants of a topic, as a list in JSON by the names of their groups; or nothing.

    Args:
        topic: What names it in the outer query, such as ``topic``.
        language: Of the names.

    Source: ACC-10, CDIP/24 report para 17.
    """
    group = translated("group__name", language)
    lead = JSONObject(state=translated("member_state__name", language), group=group, by_secretariat="by_secretariat")
    standing = LeadParticipant.objects.standing().filter(topic=OuterRef(topic)).order_by().values("topic")
    found = Cast(JSONBAgg(lead, order_by=[group, "group"]), TextField())
    return Subquery(standing.values(leads=found), output_field=TextField())


def coordinates(viewer: int, day: date) -> Exists:
    """Tell whether the person with the id ``viewer`` coordinates a regional group on ``day``. Source: ACC-10."""
    return Exists(Mandate.objects.in_force(day).filter(user=viewer, office=Office.COORDINATOR))


def closing_before() -> Subquery:
    """Return when a discussion's topic was to close, as ISO 8601 has it, before that was last changed; or nothing.

    Source: FOR-09, workflow 2.1.
    """
    topic = Concat(Value("forum.topic:"), Cast(OuterRef("topic"), TextField()))
    changes = AuditEntry.objects.filter(subject=topic, action=CLOSING_SET).order_by("-pk")
    return Subquery(changes.values(before=KeyTextTransform("before", "facts"))[:1], output_field=TextField())


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
