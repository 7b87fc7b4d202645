"""Who takes part: the people whom members can look up, and what each has chosen to show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, Subquery
from django.utils.text import capfirst
from django.utils.translation import get_language_info

from accounts.models import SeatHandover, User
from accounts.models.people import UserQuerySet
from forum import policies
from forum.enums import PostState
from forum.models import Experience, Post
from forum.policies import LISTED_ROLES

PEOPLE_PER_PAGE = 50
POSTS_SHOWN = 5


@dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for; what is empty asks nothing.

    Args:
        name: A part of the name.
        state: The id of a member state.
        group: The id of a regional group.
        language: The code of a language that is read.
        category: The id of a category of which there is experience.
        step: The id of a step of which there is experience.
        office: The kind of IP office that somebody works for.
        economy: The kind of economy of their state.
    """

    name: str = ""
    state: int | None = None
    group: int | None = None
    language: str = ""
    category: int | None = None
    step: int | None = None
    office: str = ""
    economy: str = ""


@dataclass(frozen=True)
class DirectoryPage:
    """One page of people, by name.

    Args:
        people: At most fifty, with their states.
        after: The id of the last one, where there are more; else None.
    """

    people: Sequence[User]
    after: int | None


def people_visible_to(viewer: User) -> UserQuerySet:
    """Return the people whom ``viewer`` may look up: never externals, evaluators, or who is not here now.

    Source: ACC-03, ACC-05, CDIP/22/3 para 8.
    """
    people: UserQuerySet = User.objects.active().filter(role__in=LISTED_ROLES)
    return people if policies.may_read_directory(viewer) else people.none()


def directory_page(viewer: User, wanted: Wanted, after: int | None = None) -> DirectoryPage:
    """Return one page of the people whom ``viewer`` may look up.

    Args:
        viewer: Who looks.
        wanted: Whom they look for.
        after: The id of the person whom the page goes on from, so that addresses hold ids and no names.
    """
    people = _matching(people_visible_to(viewer), wanted).select_related("member_state__group")
    people = people.order_by("full_name", "pk")
    if after is not None:
        name = Subquery(User.objects.filter(pk=after).values("full_name"))
        people = people.filter(Q(full_name__gt=name) | Q(full_name=name, pk__gt=after))
    rows = list(people[: PEOPLE_PER_PAGE + 1])
    shown = rows[:PEOPLE_PER_PAGE]
    return DirectoryPage(people=shown, after=shown[-1].pk if len(rows) > len(shown) else None)


def _matching(people: UserQuerySet, wanted: Wanted) -> UserQuerySet:
    if wanted.name:
        people = people.filter(full_name__icontains=wanted.name)
    if wanted.state:
        people = people.filter(member_state=wanted.state)
    if wanted.group:
        people = people.filter(member_state__group=wanted.group)
    if wanted.language:
        people = people.filter(languages_read__contains=[wanted.language])
    if wanted.category:
        people = people.filter(pk__in=Experience.objects.filter(category=wanted.category).values("user"))
    if wanted.step:
        people = people.filter(pk__in=Experience.objects.filter(step=wanted.step).values("user"))
    if wanted.office:
        people = people.filter(office_profile=wanted.office)
    if wanted.economy:
        people = people.filter(member_state__economy=wanted.economy)
    return people


@dataclass(frozen=True)
class PersonPage:
    """What members see of one person.

    Args:
        person: With state and group; ``is_focal_point`` is known.
        experiences: Categories, then steps.
        posts: The latest that the viewer may see.
        handovers: Of seats that this person took or passed on.
    """

    person: User
    experiences: Sequence[Experience]
    posts: Sequence[Post]
    handovers: Sequence[SeatHandover]

    @property
    def languages(self) -> list[str]:
        """The languages that are read, the preferred one first, each by its own name."""
        return [capfirst(get_language_info(code)["name_local"]) for code in self.person.languages_read]


def person_page(viewer: User, pk: int) -> PersonPage:
    """Gather the page of one person.

    Args:
        viewer: Who looks.
        pk: The id of the person.

    Raises:
        User.DoesNotExist: ``viewer`` may not look this person up.
    """
    people = people_visible_to(viewer).with_access()
    person: User = people.select_related("member_state__group").get(pk=pk)
    experiences = Experience.objects.filter(user=person).select_related("category", "step")
    posts = Post.objects.visible_to(viewer).filter(author=person, state=PostState.VISIBLE)
    handovers = SeatHandover.objects.filter(Q(predecessor=person) | Q(successor=person))
    return PersonPage(
        person=person,
        experiences=list(experiences.order_by("category__position", "step__position")),
        posts=list(posts.select_related("discussion__topic", "discussion__room").order_by("-posted_at")[:POSTS_SHOWN]),
        handovers=list(handovers.select_related("predecessor", "successor")),
    )
