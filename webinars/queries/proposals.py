"""What the page of one proposal shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from webinars.enums import InterestLevel
from webinars.models import Interest, Proposal, ProposalPart, Webinar


@dataclass(frozen=True)
class ProposalPage:
    """One proposal.

    Args:
        proposal: With its cycle, group and cluster.
        parts: Of a series, in order.
        lead: The proposal it was taken together with, where that is another.
        webinars: What came of it.
        interests: Which groups want it how much, as far as the viewer may know.
        later: The proposals of later years that carry it on.
    """

    proposal: Proposal
    parts: Sequence[ProposalPart]
    lead: Proposal | None
    webinars: Sequence[Webinar]
    interests: Sequence[tuple[str, str]]
    later: Sequence[Proposal]


def proposal_page(proposal: Proposal, viewer: User | AnonymousUser) -> ProposalPage:
    """Gather what ``viewer`` may read of a proposal. Source: WEB-14, CDIP/30/8 para 10."""
    cluster = proposal.cluster
    seen = Interest.objects.current().visible_to(viewer).filter(proposal=proposal, level__gt=InterestLevel.NONE)
    return ProposalPage(
        proposal=proposal,
        parts=list(proposal.parts.all()),
        lead=cluster.lead if cluster and cluster.lead_id != proposal.pk else None,
        webinars=list(Webinar.objects.visible_to(viewer).filter(proposal=proposal)),
        interests=[
            (str(interest.group), str(InterestLevel(interest.level).label))
            for interest in seen.select_related("group").order_by("-level", "group")
        ],
        later=list(Proposal.objects.visible_to(viewer).filter(carried_from=proposal).select_related("cycle")),
    )
