"""What the pages of the library show: entries by facets, one entry, and those that wait for somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Func
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

from accounts.languages import language_name, written
from accounts.markdown import paragraphs
from accounts.models import MemberState, RegionalGroup, User
from accounts.verdicts import Verdict
from forum import policies
from forum.enums import Beneficiary, Delivery, EntryState, EntryType, PostState
from forum.models import Attachment, Category, EntryPermission, LibraryEntry, PageCategory, Post, Step
from forum.models.library import LibraryEntryQuerySet
from forum.queries.columns import translated
from forum.queries.facets import (
    Chip,
    Facet,
    FacetList,
    Narrowing,
    by_column,
    by_group,
    by_row,
    chips,
    facet_lists,
    grouped,
    names_of,
    nothing,
    shown_language,
)
from forum.queries.rows import SisterRow, sister_discussions
from forum.queries.search import entries_about

ENTRIES_PER_PAGE = 20
WAITING_SHOWN = 50
SUMMARY_LENGTH = 900  # characters, unless the first paragraph is longer
OF_STATES: Any = LibraryEntry.states.through
OF_GROUPS: Any = LibraryEntry.groups.through
BEGINS, ENDS = Coalesce("starts_on", "ends_on"), Coalesce("ends_on", "starts_on")


# --- Facets -----------------------------------------------------------------------------------------


def _of_state(state: object) -> Q:
    return Q(pk__in=OF_STATES.objects.filter(memberstate=state).values("libraryentry"))


def _of_group(group: object) -> Q:
    """Keep what concerns a group: named itself, or through a state of it."""
    named = OF_GROUPS.objects.filter(regionalgroup=group).values("libraryentry")
    through_states = OF_STATES.objects.filter(memberstate__group=group).values("libraryentry")
    return Q(pk__in=named) | Q(pk__in=through_states)


def _of_year(year: int) -> Q:
    return Q(begins__lte=date(year, 12, 31), ends__gte=date(year, 1, 1))


def _by_state(entries: LibraryEntryQuerySet) -> QuerySet[Any]:
    named = OF_STATES.objects.filter(libraryentry__in=entries.order_by().values("pk"))
    return grouped(named, "memberstate", translated("memberstate__name", shown_language()))


def _by_year(entries: LibraryEntryQuerySet) -> QuerySet[Any]:
    years = Func(ExtractYear(BEGINS), ExtractYear(ENDS), function="generate_series", output_field=IntegerField())
    return grouped(entries.exclude(starts_on=None, ends_on=None), years, nothing())


FACETS: Mapping[str, Facet] = {
    "type": Facet(
        pgettext_lazy("entry", "Type"),
        lambda v: Q(entry_type=v),
        by_column("entry_type"),
        names_of(EntryType),
        is_open=True,
    ),
    "category": Facet(
        pgettext_lazy("entry", "Category"), lambda v: Q(category=v), by_row("category"), table=Category, is_open=True
    ),
    "page_category": Facet(
        _("Category on WIPO’s page"),
        lambda v: Q(category__page_categories=v),
        by_row("category__page_categories"),
        table=PageCategory,
    ),
    "step": Facet(_("Step of the assistance cycle"), lambda v: Q(step=v), by_row("step"), table=Step, is_open=True),
    "group": Facet(_("Regional group"), _of_group, by_group(_of_group), table=RegionalGroup),
    "state": Facet(_("Member state"), _of_state, _by_state, table=MemberState),
    "beneficiary": Facet(
        pgettext_lazy("entry", "Beneficiary"),
        lambda v: Q(beneficiary=v),
        by_column("beneficiary"),
        names_of(Beneficiary),
    ),
    "delivery": Facet(_("Mode of delivery"), lambda v: Q(delivery=v), by_column("delivery"), names_of(Delivery)),
    "programme": Facet(_("WIPO programme"), lambda v: Q(programme=v), by_column("programme"), str),
    "language": Facet(
        pgettext_lazy("entry", "Language"),
        lambda v: Q(language=v),
        by_column("language"),
        lambda code: language_name(code, code),
    ),
    "year": Facet(pgettext_lazy("entry", "Year"), _of_year, _by_year, str, is_falling=True),
}


@dataclass(frozen=True)
class Wanted(Narrowing):
    """Which entries somebody looks for.

    Args:
        order: ``reviewed`` or ``newest``.
    """

    order: str = "reviewed"

    @property
    def asked(self) -> dict[str, Any]:
        return {**super().asked, "order": "" if self.order == "reviewed" else self.order}


ORDERS = {"reviewed": "reviewed_at", "newest": "published_at"}


def _found(viewer: User, wanted: Wanted, *, but: str = "") -> LibraryEntryQuerySet:
    """Return the published entries that answer to what is wanted, whatever the facet ``but`` asks."""
    entries = LibraryEntry.objects.published_to(viewer).annotate(begins=BEGINS, ends=ENDS)
    if wanted.words:
        entries = entries.filter(pk__in=entries_about(wanted.words).values("entry"))
    for name, value in wanted.facets.items():
        if name != but:
            entries = entries.filter(FACETS[name].condition(value))
    return entries


def _with_places(entries: LibraryEntryQuerySet) -> LibraryEntryQuerySet:
    """Add what the states and groups are called, in the same statement."""

    def names(model: type[Model]) -> ArraySubquery:
        named = model._default_manager.filter(library_entries=OuterRef("pk")).annotate(
            called=translated("name", shown_language())
        )
        return ArraySubquery(named.order_by("called").values("called"))

    places = {"state_names": names(MemberState), "group_names": names(RegionalGroup)}
    return entries.annotate(**places)


# --- The list ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LibraryPage:
    """One page of the library.

    Args:
        entries: At most twenty, with the names of their states and groups.
        facets: What the list can be narrowed down by.
        total: How many entries answer to what is wanted.
        wanted: That.
        after: The id of the last entry, where there are more; else None.
    """

    entries: Sequence[LibraryEntry]
    facets: Sequence[FacetList]
    total: int
    wanted: Wanted
    after: int | None

    @property
    def chips(self) -> list[Chip]:
        """What the list is narrowed down to, each to be let go."""
        return chips(FACETS, self.wanted, self.facets)

    @property
    def query(self) -> str:
        return self.wanted.query()

    @property
    def further(self) -> str:
        return self.wanted.query(after=self.after)


def library_page(viewer: User, wanted: Wanted, after: int | None = None) -> LibraryPage:
    """Gather a page of the library and the counts of all facets, in two statements at any size.

    Args:
        viewer: Who looks.
        wanted: What they look for.
        after: The id of the entry that the page goes on from.

    Source: LIB-08, LIB-10, LIB-11, reading A25.
    """
    moment = ORDERS[wanted.order]
    entries = _with_places(_found(viewer, wanted)).select_related("category", "step")
    if after is not None:
        reached = Subquery(LibraryEntry.objects.filter(pk=after).values(moment))
        entries = entries.filter(Q(**{f"{moment}__lt": reached}) | Q(**{moment: reached, "pk__lt": after}))
    rows = list(entries.order_by(f"-{moment}", "-pk")[: ENTRIES_PER_PAGE + 1])
    shown = rows[:ENTRIES_PER_PAGE]
    total, lists = facet_lists(FACETS, wanted, lambda but: _found(viewer, wanted, but=but))
    return LibraryPage(
        entries=shown,
        facets=lists,
        total=total,
        wanted=wanted,
        after=shown[-1].pk if len(rows) > len(shown) else None,
    )


def exported_entries(viewer: User, wanted: Wanted, limit: int) -> LibraryEntryQuerySet:
    """Return the entries of a list to write to a file, in its order.

    Args:
        viewer: Who takes them out.
        wanted: Which ones.
        limit: The most there are.
    """
    entries = _with_places(_found(viewer, wanted)).select_related("category", "step", "proposed_by__member_state")
    return entries.order_by(f"-{ORDERS[wanted.order]}", "-pk")[:limit]


# --- One entry --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntryPage:
    """One entry, with what the viewer may do about it.

    Args:
        entry: With the names of its states and groups.
        permissions: What the states have answered that were asked.
        documents: Its own, and those of the contribution that it is made from.
        sisters: The other discussions of that contribution's topic.
        may_change: Whether the viewer may change it.
        may_decide: Whether the viewer may return or decline it now.
        may_publish: Whether the viewer may publish it now, or why not.
        may_review: Whether the viewer may mark it as reviewed.
        may_withdraw: Whether the viewer may take it back.
        may_answer: The permissions that the viewer may give or refuse.
    """

    entry: LibraryEntry
    permissions: Sequence[EntryPermission]
    documents: Sequence[Attachment]
    sisters: Sequence[SisterRow]
    may_change: Verdict
    may_decide: Verdict
    may_publish: Verdict
    may_review: Verdict
    may_withdraw: Verdict
    may_answer: Sequence[EntryPermission]

    @property
    def contribution(self) -> Post | None:
        """The post that it is made from, where that is still shown."""
        post = self.entry.post
        return post if post and post.state == PostState.VISIBLE else None

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What it says, under headings."""
        texts = {
            gettext("Summary"): self.entry.summary,
            gettext("Expected result"): self.entry.expected_result,
            gettext("Achieved result"): self.entry.achieved_result,
            gettext("Lessons learned"): self.entry.lessons,
        }
        return [(heading, text) for heading, text in texts.items() if text]

    @property
    def language_name(self) -> str:
        return language_name(self.entry.language, self.entry.language)

    @property
    def is_foreign(self) -> bool:
        """Whether it is written in another language than the page."""
        return self.entry.language != shown_language()

    @property
    def sees_reasons(self) -> bool:
        """Whether the viewer reads why states have answered as they did: who decides, answers or owns the entry."""
        return bool(self.may_change or self.may_decide or self.may_answer)

    @property
    def address(self) -> str:
        """The permanent address, to cite."""
        return f"{settings.PUBLIC_URL}{self.entry.get_absolute_url()}"


def entry_page(viewer: User, pk: int) -> EntryPage:
    """Gather one entry.

    Args:
        viewer: Who looks.
        pk: The id of the entry.

    Raises:
        LibraryEntry.DoesNotExist: It does not exist, or not for ``viewer``.
    """
    entry = entry_with_names(viewer, pk)
    permissions = list(entry.permissions.select_related("member_state", "answered_by"))
    for permission in permissions:
        permission.entry = entry
    of_it = Q(entry=entry)
    post = entry.post
    if post is not None and post.state == PostState.VISIBLE:
        of_it |= Q(post=post)
    return EntryPage(
        entry=entry,
        permissions=permissions,
        documents=list(Attachment.objects.filter(of_it)),
        sisters=[row for row in sister_discussions(viewer, post.discussion.topic_id) if row.pk != post.discussion_id]
        if post is not None
        else [],
        may_change=policies.may_change_entry(viewer, entry),
        may_decide=policies.may_decide_entry(viewer, entry),
        may_publish=policies.may_publish_entry(viewer, entry),
        may_review=policies.may_review_entry(viewer, entry),
        may_withdraw=policies.may_withdraw_entry(viewer, entry),
        may_answer=[row for row in permissions if policies.may_answer_permission(viewer, row)],
    )


def entry_with_names(viewer: User, pk: int) -> LibraryEntry:
    """Return one entry with what its page says about it, in one statement.

    Args:
        viewer: Who looks.
        pk: The id of the entry.

    Raises:
        LibraryEntry.DoesNotExist: It does not exist, or not for ``viewer``.
    """
    entries = _with_places(LibraryEntry.objects.visible_to(viewer))
    related = ("category", "step", "proposed_by__member_state", "post__discussion__topic", "post__discussion__room")
    return entries.select_related(*related).get(pk=pk)


# --- What waits -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WaitingPage:
    """What of the library waits for the viewer, the longest first; at most fifty of each.

    Args:
        own: The viewer's own entries, those last begun first.
        asked: Whose publication needs the permission of the viewer's state.
        proposed: Those for the moderator to decide on.
        unreviewed: Published ones that were not reviewed for a year.
    """

    own: Sequence[LibraryEntry]
    asked: Sequence[EntryPermission]
    proposed: Sequence[LibraryEntry]
    unreviewed: Sequence[LibraryEntry]


def waiting_page(viewer: User) -> WaitingPage:
    """Gather the entries that wait for somebody, and their own. Source: LIB-01, LIB-09, FOR-24.

    Args:
        viewer: Who looks.
    """
    entries = LibraryEntry.objects.visible_to(viewer)
    own = entries.filter(Q(proposed_by=viewer) | Q(post__author=viewer)).order_by("-begun_at")
    asked: list[EntryPermission] = []
    if viewer.is_focal_point:
        state = viewer.member_state_id
        open_ones = EntryPermission.objects.filter(member_state=state, entry__state__in=OPEN_TO_ANSWER)
        asked = list(
            open_ones.select_related("entry", "member_state").order_by("answered_at", "asked_at")[:WAITING_SHOWN]
        )
    proposed: list[LibraryEntry] = []
    unreviewed: list[LibraryEntry] = []
    if policies.may_decide_entries(viewer):
        proposed = list(entries.filter(state=EntryState.PROPOSED).order_by("proposed_at")[:WAITING_SHOWN])
        since = timezone.now() - settings.ENTRY_REVIEWED_EVERY
        old = LibraryEntry.objects.published_to(viewer).filter(reviewed_at__lt=since)
        unreviewed = list(old.order_by("reviewed_at")[:WAITING_SHOWN])
    return WaitingPage(own=list(own[:WAITING_SHOWN]), asked=asked, proposed=proposed, unreviewed=unreviewed)


OPEN_TO_ANSWER = {EntryState.PROPOSED, EntryState.PUBLISHED, EntryState.WITHDRAWN}


# --- Beginning one from a contribution --------------------------------------------------------------


def begun_from(post: Post) -> dict[str, Any]:
    """Return what an entry can take over from the contribution that it is made from.

    Args:
        post: With its discussion's topic.
    """
    topic = post.discussion.topic
    kinds = {kind.value for kind in EntryType}
    return {
        "title": topic.title,
        "summary": _first_paragraphs(post),
        "language": written(post.language),
        "category": topic.category_id,
        "step": topic.step_id,
        "states": [post.member_state_id] if post.member_state_id else [],
        "entry_type": post.kind if post.kind in kinds else "",
    }


def _first_paragraphs(post: Post) -> str:
    """Return the beginning of a contribution as plain text: whole paragraphs, as many as a summary holds."""
    kept: list[str] = []
    for number, tokens in paragraphs(post.body):
        text = _plain(tokens)
        if number is None or (kept and len("\n\n".join([*kept, text])) > SUMMARY_LENGTH):
            break
        kept.append(text)
    return "\n\n".join(kept)


def _plain(tokens: Sequence[Token]) -> str:
    lines, mark = [], ""
    for token in tokens:
        if token.type == "list_item_open":
            mark = "– "
        elif token.type == "inline":
            pieces = (
                child.content or " " * (child.type in {"softbreak", "hardbreak"}) for child in token.children or []
            )
            lines.append(mark + "".join(pieces))
            mark = ""
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content.rstrip())
    return "\n".join(lines)
