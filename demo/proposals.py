"""Topics that participants of the sample propose."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from forum.models import Category
from moderation.models import ProposalSupport, TopicProposal

PROPOSALS: tuple[dict[str, Any], ...] = (
    {
        "state": "SN",
        "language": "fr",
        "category": "capacity",
        "title": "Former les examinateurs à distance : qu’est-ce qui reste après le cours ?",
        "why": "Nos examinateurs suivent des cours en ligne, et nous ne savons pas ce qu’ils en gardent un an après.",
        "expected_result": "Une liste de moyens simples de suivre ceux qui ont été formés.",
        "supporters": ("KE", "CO"),
    },
    {
        "state": "CO",
        "language": "es",
        "category": "infrastructure",
        "title": "Digitalizar expedientes antiguos con pocos medios",
        "why": "Muchas oficinas guardan en papel lo que otras ya consultan en línea.",
        "expected_result": "Tres ejemplos con sus costos y sus plazos.",
        "supporters": ("SN",),
    },
)


def load_proposals(people: Mapping[str, User]) -> None:
    """Save the sample's proposals with their support, unless there are any."""
    if TopicProposal.objects.exists():
        return
    for each in PROPOSALS:
        proposer = people[each["state"]]
        proposal = TopicProposal.objects.create(
            title=each["title"],
            why=each["why"],
            expected_result=each["expected_result"],
            language=each["language"],
            wanted_languages=[each["language"]],
            category=Category.objects.get(slug=each["category"]),
            proposed_by=proposer,
            member_state=proposer.member_state,
        )
        ProposalSupport.objects.bulk_create(
            ProposalSupport(proposal=proposal, user=people[state]) for state in each["supporters"]
        )
