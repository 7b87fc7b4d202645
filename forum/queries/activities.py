"""What the pages of the catalogue show: activities by facets, one activity, a state's list, and what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modeltranslation.fields import TranslationField

from accounts.models import AuditEntry, RegionalGroup, User
from accounts.verdicts import Verdict
from forum import policies
from forum.enums import ActivityLevel, CooperationMode
from forum.models import Activity, ActivityInterest, Category, PageCategory
from forum.models.activities import ACTIVITY_TEXTS, ActivityQuerySet
from forum.queries.columns import translated
from forum.queries.facets import (
    Chip,
    Facet,
    FacetList,
    Narrowing,
    by_array,
    by_group,
    by_row,
    chips,
    facet_lists,
    names_of,
    shown_language,
)
from forum.queries.search import activities_about

ACTIVITIES_PER_PAGE = 20
WAITING_SHOWN = 50
HISTORY_SHOWN = 30
OF_GROUPS: Any = Activity.groups.through
HEADINGS: Mapping[str, Any] = {  # of the texts of an activity, in the order in which they are read
    "title": pgettext_lazy("activity", "Title"),
    "programme": _("WIPO programme"),
    "contact_point": _("Contact point inside WIPO"),
    "description": _("What it is"),
    "procedure": _("How to request it"),
    "time_limits": _("Time limits for requests"),
    "requesters": _("Who may ask, and through which channel"),
    "readiness": _("Readiness: absorption capacity, risk, matching resources"),
    "partners": _("Other providers, donors and experts"),
    "monitoring": _("Monitoring and evaluation"),
    "steering": _("How member states steer planning and priorities"),
}
HEAD = {"title", "programme", "contact_point"}  # short, and shown above the others


# --- The list ---------------------------------------------------------------------------------------


def _of_group(group: object) -> Q:
    """Keep what is meant for a group: named itself, or meant for all."""
    named = OF_GROUPS.objects.filter(regionalgroup=group).values("activity")
    return Q(pk__in=named) | Q(~Exists(OF_GROUPS.objects.filter(activity=OuterRef("pk"))))


FACETS: Mapping[str, Facet] = {
    "category": Facet(
        pgettext_lazy("activity", "Category"),
        lambda v: Q(category=v),
        by_row("category"),
        table=Category,
        is_open=True,
    ),
    "page_category": Facet(
        _("Category on WIPO’s page"),
        lambda v: Q(category__page_categories=v),
        by_row("category__page_categories"),
        table=PageCategory,
    ),
    "group": Facet(
        pgettext_lazy("activity", "Region"), _of_group, by_group(_of_group), table=RegionalGroup, is_open=True
    ),
    "level": Facet(
        pgettext_lazy("activity", "Level"),
        lambda v: Q(levels__contains=[v]),
        by_array("levels"),
        names_of(ActivityLevel),
        is_open=True,
    ),
    "mode": Facet(
        _("Mode of cooperation"),
        lambda v: Q(modes__contains=[v]),
        by_array("modes"),
        names_of(CooperationMode),
        is_open=True,
    ),
}


def _found(viewer: User, wanted: Narrowing, *, but: str = "") -> ActivityQuerySet:
    """Return what of the catalogue answers to what is wanted, whatever the facet ``but`` asks."""
    activities: ActivityQuerySet = Activity.objects.visible_to(viewer).published()
    if wanted.words:
        activities = activities.filter(pk__in=activities_about(wanted.words).values("activity"))
    for name, value in wanted.facets.items():
        if name != but:
            activities = activities.filter(FACETS[name].condition(value))
    return activities


def _as_it_is(activities: Any) -> ActivityQuerySet:
    """Keep modeltranslation, which loses the order of the columns, from rewriting a query."""
    kept: ActivityQuerySet = activities.rewrite(False)
    return kept


def _with_places(viewer: User, activities: ActivityQuerySet) -> ActivityQuerySet:
    """Add the category, what the groups are called, and whether the viewer's state has listed it."""
    named = RegionalGroup._default_manager.filter(activities=OuterRef("pk"))
    called = named.annotate(called=translated("name", shown_language())).order_by("called").values("called")
    own = ActivityInterest.objects.visible_to(viewer).filter(activity=OuterRef("pk"))
    columns = {"group_names": ArraySubquery(called), "is_listed": Exists(own)}
    return activities.select_related("category").annotate(**columns)


@dataclass(frozen=True)
class ActivitiesPage:
    """One page of the catalogue.

    Args:
        activities: At most twenty, with the names of their groups.
        facets: What the list can be narrowed down by.
        total: How many activities answer to what is wanted.
        wanted: That.
        after: The id of the last activity, where there are more; else None.
        may_list: Whether the viewer may choose some for their state's plan.
    """

    activities: Sequence[Activity]
    facets: Sequence[FacetList]
    total: int
    wanted: Narrowing
    after: int | None
    may_list: Verdict

    @property
    def chips(self) -> list[Chip]:
        """What the list is narrowed down to, each to be let go."""
        return chips(FACETS, self.wanted, self.facets)

    @property
    def further(self) -> str:
        return self.wanted.query(after=self.after)


def activities_page(viewer: User, wanted: Narrowing, after: int | None = None) -> ActivitiesPage:
    """Gather a page of the catalogue and the counts of all facets, in two statements at any size.

    Args:
        viewer: Who looks.
        wanted: What they look for.
        after: The id of the activity that the page goes on from.

    Source: LIB-06, LIB-07, reading A25.
    """
    unseen = [name for name in ACTIVITY_TEXTS if name != "description"]
    activities = _with_places(viewer, _found(viewer, wanted)).defer(*unseen)
    if after is not None:
        place = Category.objects.filter(pk__in=Activity.objects.filter(pk=after).values("category")).values("position")
        reached = Q(category__position__gt=place[:1]) | Q(category__position=place[:1], pk__gt=after)
        activities = activities.filter(reached)
    rows = list(activities.order_by("category__position", "pk")[: ACTIVITIES_PER_PAGE + 1])
    shown = rows[:ACTIVITIES_PER_PAGE]
    total, lists = facet_lists(FACETS, wanted, lambda but: _as_it_is(_found(viewer, wanted, but=but)))
    return ActivitiesPage(
        activities=shown,
        facets=lists,
        total=total,
        wanted=wanted,
        after=shown[-1].pk if len(rows) > len(shown) else None,
        may_list=policies.may_list_activities(viewer),
    )


# --- One activity -----------------------------------------------------------------------------------


ACTIONS = {
    "activity.added": _("Written"),
    "activity.changed": _("Changed"),
    "activity.published": _("Put into the catalogue"),
    "activity.reviewed": _("Reviewed"),
    "activity.withdrawn": _("Taken out of the catalogue"),
}


@dataclass(frozen=True)
class Change:
    """What somebody did to an activity.

    Args:
        entry: As the audit trail keeps it.
    """

    entry: AuditEntry

    @property
    def label(self) -> str:
        return str(ACTIONS.get(self.entry.action, self.entry.action))

    @property
    def fields(self) -> list[str]:
        """What they changed, by name."""
        return [str(_name_of(name)) for name in self.entry.facts.get("fields", [])]


def _name_of(name: str) -> Any:
    field = Activity._meta.get_field(name)
    if isinstance(field, TranslationField):
        values = {"field": field.translated_field.verbose_name, "language": field.language}
        return gettext("%(field)s (%(language)s)") % values
    return getattr(field, "verbose_name", name)


@dataclass(frozen=True)
class ActivityPage:
    """One activity, with what the viewer may do about it.

    Args:
        activity: With the names of its groups.
        may_keep: Whether the viewer may change it.
        may_review: Whether the viewer may mark it as reviewed, or take it out of the catalogue, now.
        may_discard: Whether the viewer may delete it.
        may_list: Whether the viewer may choose it for their state's plan.
        history: What was done to it, the last first; for who keeps the catalogue alone.
    """

    activity: Activity
    may_keep: Verdict
    may_review: Verdict
    may_discard: Verdict
    may_list: Verdict
    history: Sequence[Change]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What it says, under headings."""
        texts = [(heading, getattr(self.activity, name)) for name, heading in HEADINGS.items() if name not in HEAD]
        return [(str(heading), text) for heading, text in texts if text]


def activity_page(viewer: User, pk: int) -> ActivityPage:
    """Gather one activity.

    Args:
        viewer: Who looks.
        pk: The id of the activity.

    Raises:
        Activity.DoesNotExist: It does not exist, or not for ``viewer``.

    Source: LIB-07.
    """
    activity = _with_places(viewer, Activity.objects.visible_to(viewer)).get(pk=pk)
    may_keep = policies.may_keep_catalogue(viewer)
    return ActivityPage(
        activity=activity,
        may_keep=may_keep,
        may_review=policies.may_review_activity(viewer, activity),
        may_discard=policies.may_discard_activity(viewer, activity),
        may_list=policies.may_list_activities(viewer),
        history=_history(activity) if may_keep else [],
    )


def _history(activity: Activity) -> list[Change]:
    entries = AuditEntry.objects.filter(subject=f"{Activity._meta.label_lower}:{activity.pk}")
    return [Change(entry) for entry in entries.select_related("actor")[:HISTORY_SHOWN]]


# --- The list of a state ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Shortlist:
    """The activities that a state thinks of for its national plan.

    Args:
        activities: Those in the catalogue, in its order.
        gone: How many others were chosen that have left it.
    """

    activities: Sequence[Activity]
    gone: int


def shortlist(viewer: User) -> Shortlist:
    """Gather the list of the viewer's own state, in two statements. Source: LIB-07, ACC-03."""
    chosen = ActivityInterest.objects.visible_to(viewer)
    activities = Activity.objects.visible_to(viewer).published().filter(pk__in=chosen.values("activity"))
    gone = chosen.filter(activity__published_at=None).count()
    return Shortlist(list(_with_places(viewer, activities).order_by("category__position", "pk")), gone)


# --- What waits -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WaitingActivities:
    """What of the catalogue waits for who keeps it; at most fifty of each.

    Args:
        outside: Those that are unfinished, or were taken out.
        due: Those that were not reviewed for a year, the longest first.
    """

    outside: Sequence[Activity]
    due: Sequence[Activity]


def waiting_activities(viewer: User) -> WaitingActivities:
    """Gather what is to be completed and to be reviewed. Source: LIB-07, CDIP/11/4 rec 21 d).

    Args:
        viewer: Who keeps the catalogue.
    """
    activities = Activity.objects.visible_to(viewer).select_related("category").defer(*ACTIVITY_TEXTS)
    since = timezone.now() - settings.ENTRY_REVIEWED_EVERY
    due = activities.published().filter(reviewed_at__lt=since).order_by("reviewed_at", "pk")
    outside = activities.filter(published_at=None).order_by("-pk")
    return WaitingActivities(outside=list(outside[:WAITING_SHOWN]), due=list(due[:WAITING_SHOWN]))
