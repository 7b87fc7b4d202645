"""Publishing a year's programme at once, and every change of it afterwards."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import MailScope, Office
from accounts.models import Mandate, User
from accounts.services import audit, outbox
from webinars.enums import CycleState, ProposalState
from webinars.models import Cycle, Decision, Proposal, Release, Series, Webinar
from webinars.models.proposals import UNFINISHED
from webinars.policies import selection as policies
from webinars.queries.selection import decided_options

TEXTS = ("title", "aims", "audience")


@transaction.atomic
def publish_programme(*, actor: User, year: int, note: str = "") -> Release:
    """Publish what is decided: its webinars, the outcome of each proposal, and a release that stays as it is.

    Published again, a further release says what changed since.

    Args:
        actor: Who publishes.
        year: The cycle's.
        note: One line for readers on why there is a new release.

    Returns:
        The release.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not publish, or nothing is decided.
        ValidationError: Nothing has changed since the last release.

    Source: WEB-14, CDIP/30/8 para 10, workflow 2.6.
    """
    cycle = Cycle.objects.visible_to(actor).select_for_update().get(year=year)
    policies.may_publish(actor, cycle).enforce()
    told: list[Proposal] = []
    if cycle.state == CycleState.DECIDED:
        for decision in decided_options(cycle).order_by("option__proposal__number", "option__part__position"):
            _programme(decision, actor)
        told = _apply_pending(cycle)
        cycle.state, cycle.published_at = CycleState.PUBLISHED, timezone.now()
        cycle.save(update_fields=["state", "published_at"])
    release = _release(cycle, actor, note)
    audit.record(actor, "programme.published", release, number=release.number)
    for proposal in told:
        outbox.notify(_concerned(proposal), kind="webinar_proposal.settled", about=proposal)
    return release


def _programme(decision: Decision, actor: User) -> Webinar:
    """Add the webinar that was decided, with its place in its series. Source: WEB-03, WEB-11."""
    option = decision.option
    proposal = option.proposal
    source: Any = option.part or proposal
    texts = {
        f"{field}_{code}": getattr(source, f"{field}_{code}", None) or getattr(proposal, f"{field}_{code}")
        for field in TEXTS
        for code in (language.replace("-", "_") for language in settings.MODELTRANSLATION_LANGUAGES)
    }
    series = _series_of(proposal) if proposal.is_series else None
    part = option.part.position if option.part else None
    first = Webinar.objects.filter(cycle=proposal.cycle, proposal=proposal, part=part, repeats=None).first()
    webinar = Webinar.objects.create(
        cycle=proposal.cycle,
        proposal=proposal,
        series=series,
        part=part,
        repeats=first,
        scope_area=proposal.scope_area,
        languages=[option.language],
        elsewhere=proposal.elsewhere,
        owner=actor,
        **texts,
    )
    webinar.regions.set(option.regions.all())
    webinar.builds_on.set(proposal.builds_on.all())
    if series is not None and part:
        webinar.builds_on.add(*Webinar.objects.filter(series=series, part=part - 1))
    return webinar


def _series_of(proposal: Proposal) -> Series:
    """Return the series that a proposal goes on with, or begins."""
    earlier: Proposal | None = proposal
    while earlier is not None:
        known = Series.objects.filter(webinars__proposal=earlier).first()
        if known is not None:
            return known
        earlier = earlier.carried_from
    codes = [language.replace("-", "_") for language in settings.MODELTRANSLATION_LANGUAGES]
    return Series.objects.create(
        **{f"title_{code}": getattr(proposal, f"title_{code}") for code in codes},
        **{f"theme_{code}": getattr(proposal, f"subject_{code}") for code in codes},
    )


def _apply_pending(cycle: Cycle) -> list[Proposal]:
    """Give each proposal the state that was decided; what nobody decided on waits for later years."""
    settled = []
    undecided = Q(state=ProposalState.SUBMITTED) | Q(state=ProposalState.RETURNED, submitted_at__isnull=False)
    for proposal in cycle.proposals.select_for_update().filter(undecided):
        if proposal.state == ProposalState.SUBMITTED:  # what was not completed in time keeps the reason of its return
            proposal.state_reason = proposal.pending_reason
        proposal.state = proposal.pending_state or ProposalState.CARRIED_OVER
        proposal.pending_state = proposal.pending_reason = ""
        proposal.save(update_fields=["state", "state_reason", "pending_state", "pending_reason"])
        settled.append(proposal)
    return settled


def _concerned(proposal: Proposal) -> dict[int, MailScope]:
    """Return who is told what became of a proposal: its author, and the coordinators of the groups that want it."""
    groups = set(proposal.interests.filter(replaced_at=None, level__gt=0).values_list("group", flat=True))
    if proposal.group_id is not None:
        groups.add(proposal.group_id)
    coordinators = Mandate.objects.in_force(today()).filter(office=Office.COORDINATOR, regional_group__in=groups)
    people = {proposal.proposed_by_id, *coordinators.values_list("user", flat=True)}
    return dict.fromkeys(people, MailScope.ACCOUNT)


def _release(cycle: Cycle, actor: User, note: str) -> Release:
    last = cycle.releases.first()
    snapshot = snapshot_of(cycle)
    changes = changes_between(last.snapshot if last else {}, snapshot)
    if last is not None and not changes:
        raise ValidationError(_("Nothing has changed since the last release."), code="unchanged")
    return Release.objects.create(
        cycle=cycle,
        number=last.number + 1 if last else 1,
        snapshot=snapshot,
        changes=changes,
        note=note,
        published_by=actor,
    )


def snapshot_of(cycle: Cycle) -> dict[str, Any]:
    """Return what a release keeps of a programme: ids, states and times, with the titles in each language.

    Source: WEB-14.
    """
    webinars = cycle.webinars.prefetch_related("regions").order_by("pk")
    proposals = cycle.proposals.exclude(state__in=[*UNFINISHED, ProposalState.WITHDRAWN]).order_by("number")
    return {
        "webinars": {
            str(webinar.pk): {
                "title": _titles(webinar),
                "state": webinar.state,
                "languages": webinar.languages,
                "regions": sorted(region.pk for region in webinar.regions.all()),
                "starts_at": webinar.starts_at.isoformat() if webinar.starts_at else None,
                "series": webinar.series_id,
                "part": webinar.part,
            }
            for webinar in webinars
        },
        "proposals": {
            str(proposal.pk): {
                "reference": f"P/{cycle.year}/{proposal.number}",
                "title": _titles(proposal),
                "state": proposal.state,
                "reason": proposal.state_reason,
            }
            for proposal in proposals
        },
        "cap": cycle.cap,
        "most": cycle.most,
        "cap_reason": cycle.cap_reason,
        "uncovered_reason": cycle.uncovered_reason,
    }


def _titles(row: Any) -> dict[str, str]:
    return {
        code: title
        for code in settings.MODELTRANSLATION_LANGUAGES
        if (title := getattr(row, f"title_{code.replace('-', '_')}"))
    }


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what changed from one snapshot to the next: what was added, what is gone, and which fields differ.

    Args:
        before: The earlier snapshot; empty for the first release, which changes nothing.
        after: The later one.

    Source: WEB-14.
    """
    if not before:
        return []
    changes: list[dict[str, Any]] = []
    for kind in ("webinars", "proposals"):
        old, new = before[kind], after[kind]
        changes += [{"kind": kind, "id": pk, "change": "added"} for pk in new if pk not in old]
        changes += [
            {"kind": kind, "id": pk, "change": "gone", "title": old[pk]["title"]} for pk in old if pk not in new
        ]
        for pk in (pk for pk in new if pk in old):
            fields = sorted(field for field in new[pk] if new[pk][field] != old[pk].get(field))
            if fields:
                changes.append({"kind": kind, "id": pk, "change": "changed", "fields": fields})
    general = [field for field in ("most", "cap_reason", "uncovered_reason") if before.get(field) != after[field]]
    if general:
        changes.append({"kind": "programme", "change": "changed", "fields": general})
    return changes
