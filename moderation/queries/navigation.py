"""The pages of moderation in their groups: which of them somebody reads, and how much waits there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.verdicts import Verdict
from forum.models import Post
from forum.policies import may_hold, may_steer
from moderation.enums import AdmissionState, DeletionState, ReviewState
from moderation.models import Admission, Appeal, Case, Complaint, DeletionRequest, TopicProposal
from moderation.policies import admissions, cases, deletions, figures, proposals, rooms, synthesis, weekly


@dataclass(frozen=True)
class Page:
    """One page of moderation.

    Args:
        name: Of its address.
        label: What it is called in the navigation.
        who: Judges whether somebody reads it; the policy that its view asks.
        parts: The names of further addresses that belong to it.
        waiting: Finds what waits there for somebody, where that is counted.
    """

    name: str
    label: Any
    who: Callable[[User], Verdict]
    parts: tuple[str, ...] = ()
    waiting: Callable[[User], QuerySet[Any]] | None = None


def _admissions_for(viewer: User) -> QuerySet[Admission]:
    """Return what the next word of ``viewer`` is waited for. Source: workflow 2.3."""
    states = [AdmissionState.DRAFT] if viewer.is_focal_point else []
    states += [AdmissionState.CONFIRMED] if viewer.is_moderator else []
    states += [AdmissionState.ASSESSED] if viewer.is_staff else []
    return Admission.objects.visible_to(viewer).filter(state__in=states)


GROUPS: Sequence[tuple[Any, Sequence[Page]]] = (
    (
        pgettext_lazy("navigation", "Topics"),
        (
            Page(
                "weekly_topic_list",
                _("Weekly plan"),
                weekly.may_prepare_topics,
                ("weekly_topic_create", "weekly_topic_edit", "weekly_topic_discard", "weekly_topic_close"),
            ),
            Page(
                "topic_proposal_queue",
                _("Proposed topics"),
                proposals.may_decide_proposals,
                ("topic_proposal_detail", "topic_proposal_decide"),
                lambda viewer: TopicProposal.objects.visible_to(viewer).undecided(),
            ),
            Page(
                "topic_template_list",
                pgettext_lazy("navigation", "Templates"),
                weekly.may_prepare_topics,
                ("topic_template_create", "topic_template_edit", "topic_template_plan"),
            ),
            Page(
                "checklist_item_list",
                pgettext_lazy("navigation", "Checklist"),
                weekly.may_prepare_topics,
                ("checklist_item_create", "checklist_item_edit"),
            ),
        ),
    ),
    (
        pgettext_lazy("navigation", "Discussions"),
        (
            Page("room_desk", pgettext_lazy("navigation", "Your room"), rooms.may_use_room_desk),
            Page(
                "case_list",
                pgettext_lazy("navigation", "Reports"),
                cases.may_see_cases,
                ("case_batch",),
                lambda viewer: Case.objects.visible_to(viewer).open(),
            ),
            Page(
                "held_post_list",
                pgettext_lazy("navigation", "Posts to read"),
                may_steer,
                waiting=lambda viewer: Post.objects.held_for(viewer).waiting(),
            ),
            Page("hold_list", pgettext_lazy("navigation", "Held posts"), may_hold),
            Page("call_list", pgettext_lazy("navigation", "Answers asked for"), may_steer),
            Page("synthesis_list", pgettext_lazy("navigation", "Syntheses"), synthesis.may_note),
            Page("follow_up_list", _("What came of it"), synthesis.may_synthesize),
        ),
    ),
    (
        pgettext_lazy("navigation", "People"),
        (
            Page(
                "admission_list",
                _("Admissions"),
                admissions.may_read_admissions,
                waiting=_admissions_for,
            ),
            Page(
                "deletion_request_list",
                pgettext_lazy("navigation", "Deletions"),
                deletions.may_read_queue,
                waiting=lambda viewer: DeletionRequest.objects.visible_to(viewer).filter(state=DeletionState.WAITING),
            ),
            Page(
                "appeal_list",
                pgettext_lazy("navigation", "Appeals"),
                cases.may_decide_appeals,
                ("appeal_decide",),
                lambda viewer: Appeal.objects.visible_to(viewer).filter(state=ReviewState.WAITING),
            ),
            Page(
                "complaint_list",
                pgettext_lazy("navigation", "Complaints"),
                cases.may_decide_appeals,
                ("complaint_answer",),
                lambda viewer: Complaint.objects.visible_to(viewer).filter(state=ReviewState.WAITING),
            ),
        ),
    ),
    (
        pgettext_lazy("navigation", "Rooms"),
        (
            Page("room_overview", pgettext_lazy("navigation", "Languages"), rooms.may_keep_rooms),
            Page("supervision", pgettext_lazy("navigation", "Supervision"), rooms.may_supervise),
        ),
    ),
    (
        pgettext_lazy("navigation", "Figures"),
        (
            Page("usage_report", _("Usage report"), figures.may_see_figures),
            Page("participation", _("Participation"), figures.may_see_figures),
            Page(
                "evaluation_list",
                _("Evaluations"),
                figures.may_see_figures,
                (
                    *("evaluation_detail", "evaluation_create", "evaluation_edit", "evaluation_evaluator"),
                    *("evaluation_report", "evaluation_publish", "evaluation_decision"),
                ),
            ),
        ),
    ),
)
"""Every page of moderation that has a place in the navigation, and who reads it."""


@dataclass(frozen=True)
class Tab:
    """A link of the navigation.

    Args:
        label: What it says.
        address: Where it leads.
        current: ``page`` on the page itself, ``true`` on what belongs to it, else empty.
        waiting: How much waits there.
    """

    label: Any
    address: str
    current: str
    waiting: int


@dataclass(frozen=True)
class Navigation:
    """What somebody finds of moderation.

    Args:
        groups: Each leads to its first page; none where there is a single group.
        pages: Those of the group in which one is, or of the only one; none where it is a single page.
        label: What the group of these pages is called.
    """

    groups: Sequence[Tab]
    pages: Sequence[Tab]
    label: Any = ""


def navigation(viewer: User, here: str) -> Navigation:
    """Return the groups of pages that ``viewer`` reads, and the pages of the current one, in one statement at most.

    Args:
        viewer: Who looks.
        here: The name of the address that is shown.

    Source: MOD-01, MOD-05, MOD-11.
    """
    read = [(label, [page for page in pages if page.who(viewer)]) for label, pages in GROUPS]
    read = [(label, pages) for label, pages in read if pages]
    if sum(len(pages) for _label, pages in read) < 2:
        return Navigation([], [])
    waiting = _waiting(viewer, [page for _label, pages in read for page in pages])
    tabs = [(label, [_tab(page, here, waiting.get(page.name, 0)) for page in pages]) for label, pages in read]
    groups = [
        Tab(
            label,
            pages[0].address,
            (pages[0].current if len(pages) == 1 else "true") if any(page.current for page in pages) else "",
            sum(page.waiting for page in pages),
        )
        for label, pages in tabs
    ]
    is_one = len(tabs) == 1
    shown = [(label, pages) for label, pages in tabs if is_one or any(page.current for page in pages)]
    label, pages = shown[0] if shown else ("", [])
    return Navigation([] if is_one else groups, pages if len(pages) > 1 else [], label)


def _tab(page: Page, here: str, waiting: int) -> Tab:
    current = "page" if page.name == here else "true" if here in page.parts else ""
    return Tab(page.label, reverse(f"moderation:{page.name}"), current, waiting)


def _waiting(viewer: User, pages: Sequence[Page]) -> dict[str, int]:
    """Count what waits on some pages, by their names."""
    counted = [
        page.waiting(viewer)
        .order_by()
        .values(page=Value(page.name))
        .annotate(waiting=Count("pk"))
        .values_list("page", "waiting")
        for page in pages
        if page.waiting is not None
    ]
    if not counted:
        return {}
    first, *others = counted
    return dict(first.union(*others, all=True)) if others else dict(first)
