"""Whom a text can name in a discussion, and whom it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db.models import Func, IntegerField, Q, QuerySet, TextField, Value

from accounts.enums import Role
from accounts.markdown import mentioned
from accounts.models import MemberState, User
from forum.enums import PostState
from forum.models import DiscussionGrant, Post, RoomGrant

SUGGESTED = 8
NAMES_OF_STATE = [f"name_{language.replace('-', '_')}" for language in settings.MODELTRANSLATION_LANGUAGES]


@dataclass(frozen=True)
class Mentions:
    """Whom a text names.

    Args:
        people: Their ids.
        states: Their ids.
        names: As they are written, of those that stand for somebody.
        unknown: As they are written, of those that do not.
    """

    people: frozenset[int] = frozenset()
    states: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    unknown: Sequence[str] = ()


NOBODY = Mentions()


class Place(NamedTuple):
    """Where somebody is named: the ids of a discussion and its room."""

    discussion: int
    room: int


def people_to_mention(viewer: User, place: Place) -> QuerySet[User]:
    """Return whom ``viewer`` can name in ``place``: who may read it and is listed, and who is admitted to it.

    An external stakeholder can name only those who have spoken there. Source: ACC-03, ACC-05, CDIP/22/3 para 8.
    """
    facilitators = RoomGrant.objects.in_force().filter(content_object=place.room)
    admitted = DiscussionGrant.objects.in_force().filter(content_object=place.discussion)
    people: QuerySet[User] = User.objects.active().filter(
        Q(role__in=[Role.DELEGATE, Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT])
        | Q(role=Role.FACILITATOR, pk__in=facilitators.values("user"))
        | Q(role=Role.EXTERNAL, pk__in=admitted.values("user"))
    )
    if viewer.role == Role.EXTERNAL:
        people = people.filter(pk__in=_spoken_in(place, viewer).values("author"))
    return people


def states_to_mention(viewer: User, place: Place) -> QuerySet[MemberState]:
    """Return which states ``viewer`` can name in ``place``; an external stakeholder those that have spoken."""
    states: QuerySet[MemberState] = QuerySet(MemberState)  # its names in all languages, not in one
    if viewer.role == Role.EXTERNAL:
        states = states.filter(pk__in=_spoken_in(place, viewer).values("member_state"))
    return states


def _spoken_in(place: Place, viewer: User) -> QuerySet[Post]:
    said = Post.objects.filter(discussion=place.discussion, state=PostState.VISIBLE)
    return said.since_admission_of(viewer)


def find_mentions(viewer: User, place: Place, text: str) -> Mentions:
    """Find whom a text names with ``@[Name]``, in one statement; none where it names nobody.

    Args:
        viewer: Who wrote it: who is hidden from them is not found.
        place: Where it is meant for: who may not read that is not found.
        text: Markdown.
    """
    names = mentioned(text)[: settings.MENTIONS_MOST]
    if not names:
        return NOBODY
    found = _bearing(people_to_mention(viewer, place), names, ["full_name"], is_person=True).union(
        _bearing(states_to_mention(viewer, place), names, NAMES_OF_STATE, is_person=False)
    )
    people: set[int] = set()
    states: set[int] = set()
    known: set[str] = set()
    for is_person, pk, borne in found:
        (people if is_person else states).add(pk)
        known.update(borne.casefold().splitlines())
    return Mentions(
        people=frozenset(people),
        states=frozenset(states),
        names=frozenset(name for name in names if name.casefold() in known),
        unknown=[name for name in names if name.casefold() not in known],
    )


def _bearing(rows: QuerySet, names: Sequence[str], fields: Sequence[str], *, is_person: bool) -> QuerySet:
    """Return rows that bear one of ``names``, each with all the names it bears, one on each line."""
    bears = Q(*(Q(**{f"{field}__iexact": name}) for name in names for field in fields), _connector=Q.OR)
    kind = Value(int(is_person), output_field=IntegerField())
    borne = Func(Value("\n"), *fields, function="CONCAT_WS", output_field=TextField())
    return rows.order_by().filter(bears).values_list(kind, "pk", borne)


def names_to_mention(viewer: User, place: Place, typed: str) -> list[tuple[str, str]]:
    """Return names that begin with, or hold a word that begins with, what was typed; states before people.

    Args:
        viewer: Who asks.
        place: Where somebody is to be named.
        typed: At least one letter.

    Returns:
        At most eight of each, as pairs of a name and what it is: the state or role of a person, empty for a state.
    """
    if not typed.strip():
        return []
    people = people_to_mention(viewer, place).exclude(pk=viewer.pk).filter(_begins("full_name", typed))
    states = states_to_mention(viewer, place)
    states = states.filter(Q(*(_begins(field, typed) for field in NAMES_OF_STATE), _connector=Q.OR))
    named = sorted((str(state), "") for state in states[:SUGGESTED])
    for person in people.select_related("member_state").order_by("full_name", "pk")[:SUGGESTED]:
        about = person.member_state or person.get_role_display()
        named.append((person.full_name, str(about)))
    return [pair for pair in named if not {"[", "]"} & set(pair[0])]


def _begins(field: str, typed: str) -> Q:
    return Q(**{f"{field}__istartswith": typed}) | Q(**{f"{field}__icontains": f" {typed}"})
