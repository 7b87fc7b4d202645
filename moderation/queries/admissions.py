"""Admissions as pages and letters show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.days import today
from accounts.models import Protocol, User
from accounts.verdicts import Verdict
from accounts.waiting import Waiting
from forum.models import Discussion, DiscussionGrant
from moderation.enums import AdmissionScope, AdmissionState
from moderation.models import Admission, AdmissionCriterion
from moderation.policies import admissions as policies

OVER_SHOWN = 30


@dataclass(frozen=True)
class AdmissionsPage:
    """The admissions that somebody has to do with.

    Args:
        to_confirm: For the focal point, what waits for the state's word.
        to_assess: For the moderator.
        to_decide: For the Secretariat.
        waiting: The viewer's own and their state's, where others have the next word.
        in_force: What lets somebody in, now or soon, by its end.
        over: What is settled, the latest first.
    """

    to_confirm: Sequence[Admission]
    to_assess: Sequence[Admission]
    to_decide: Sequence[Admission]
    waiting: Sequence[Admission]
    in_force: Sequence[Admission]
    over: Sequence[Admission]


def admissions_page(viewer: User) -> AdmissionsPage:
    """Gather the lists, in three statements however long they are. Source: ACC-05, workflow 2.3."""
    seen = Admission.objects.visible_to(viewer).select_related(
        "discussion__topic", "discussion__room", "sponsor", "drafted_by"
    )
    lists: dict[str, list[Admission]] = {"to_confirm": [], "to_assess": [], "to_decide": [], "waiting": []}
    for admission in seen.filter(state__in=policies.WAITING).order_by("created_at"):
        lists[_list_of(viewer, admission)].append(admission)
    now = timezone.now()
    in_force = seen.filter(state=AdmissionState.APPROVED, ends_at__gt=now).order_by("ends_at")
    over = seen.exclude(state__in=policies.WAITING).exclude(state=AdmissionState.APPROVED, ends_at__gt=now)
    return AdmissionsPage(**lists, in_force=list(in_force), over=list(over[:OVER_SHOWN]))


def _list_of(viewer: User, admission: Admission) -> str:
    if admission.state == AdmissionState.DRAFT and policies.may_confirm(viewer, admission):
        return "to_confirm"
    if admission.state == AdmissionState.CONFIRMED and policies.may_assess(viewer, admission):
        return "to_assess"
    if admission.state == AdmissionState.ASSESSED and policies.may_decide(viewer, admission):
        return "to_decide"
    return "waiting"


@dataclass(frozen=True)
class AdmissionPage:
    """One admission, with what the viewer may do about it.

    Args:
        admission: With all people who had to do with it.
        protocol: The version in force.
        criteria: What that asks, each with whether the last assessment found it met.
        is_outdated: Whether another version came into force since the assessment.
        discussions: The threads that it opens.
        may_change: And so on: whether the viewer may, or why not.
    """

    admission: Admission
    protocol: Protocol | None
    criteria: Sequence[tuple[AdmissionCriterion, bool]]
    is_outdated: bool
    discussions: Sequence[Discussion]
    may_change: Verdict
    may_confirm: Verdict
    may_withdraw: Verdict
    may_assess: Verdict
    may_decide: Verdict
    may_extend: Verdict
    may_end: Verdict


def admission_page(viewer: User, pk: int) -> AdmissionPage:
    """Gather one admission.

    Raises:
        Admission.DoesNotExist: ``viewer`` has nothing to do with such a one.
    """
    people = ("drafted_by", "confirmed_by", "assessed_by", "decided_by", "ended_by", "user")
    seen = Admission.objects.visible_to(viewer)
    admission = seen.select_related("discussion__topic", "discussion__room", "sponsor", "protocol", *people).get(pk=pk)
    protocol = Protocol.objects.in_force(today()).first()
    met = set(admission.criteria_met.values_list("pk", flat=True))
    asked = admission.protocol or protocol
    return AdmissionPage(
        admission=admission,
        protocol=protocol,
        criteria=[(criterion, criterion.pk in met) for criterion in criteria_of(asked)] if asked else [],
        is_outdated=is_outdated(admission, protocol),
        discussions=list(discussions_of(admission)),
        may_change=policies.may_change(viewer, admission),
        may_confirm=policies.may_confirm(viewer, admission),
        may_withdraw=policies.may_withdraw(viewer, admission),
        may_assess=policies.may_assess(viewer, admission),
        may_decide=policies.may_decide(viewer, admission),
        may_extend=policies.may_extend(viewer, admission),
        may_end=policies.may_end(viewer, admission),
    )


def admission_behind(grant: DiscussionGrant) -> Admission | None:
    """Return the admission by which an outsider has a right on a discussion, the latest of several; None without one.

    Source: ACC-05, reading A6.
    """
    there = Q(discussion=grant.content_object_id) | Q(
        scope=AdmissionScope.SISTERS, discussion__topic__discussions=grant.content_object_id
    )
    return Admission.objects.filter(there, user=grant.user_id).order_by("-decided_at").first()


def waiting_admissions(viewer: User) -> Waiting:
    """Count what waits for the Secretariat's decision, for its desk. Source: ACC-05."""
    assessed = Admission.objects.visible_to(viewer).filter(state=AdmissionState.ASSESSED)
    found = assessed.aggregate(count=Count("pk"), oldest_at=Min("assessed_at"))
    return Waiting(gettext("Admissions to decide"), **found, address="moderation:admission_list")


def is_outdated(admission: Admission, protocol: Protocol | None) -> bool:
    """Tell whether what is to be decided was assessed against another version than ``protocol``, the one in force."""
    return admission.state == AdmissionState.ASSESSED and (protocol is None or admission.protocol_id != protocol.pk)


def criteria_of(protocol: Protocol) -> QuerySet[AdmissionCriterion]:
    """Return what a version of the protocol asks of outsiders; where it says nothing new, what an earlier one asked.

    Source: ACC-06, OPS-01.
    """
    known = AdmissionCriterion.objects.filter(protocol__version__lte=protocol.version)
    latest = known.order_by("-protocol__version").values("protocol")[:1]
    return AdmissionCriterion.objects.filter(protocol__in=latest)


def discussions_of(admission: Admission) -> QuerySet[Discussion]:
    """Return the threads that an admission opens. Source: reading A6."""
    found = Discussion.objects.select_related("topic", "room").order_by("room__position")
    if admission.scope == AdmissionScope.SISTERS:
        return found.filter(topic=admission.discussion.topic_id)
    return found.filter(pk=admission.discussion_id)
