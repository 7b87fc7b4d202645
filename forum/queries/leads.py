"""What the page shows on which a group's lead participant is nominated."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import MemberState, RegionalGroup, User
from accounts.verdicts import Verdict
from forum import policies
from forum.models import LeadParticipant, Topic
from forum.models.leads import groups_spoken_for


@dataclass(frozen=True)
class LeadPage:
    """Whom a group may nominate in a topic.

    Args:
        groups: Those that the viewer nominates for.
        group: The one of them that is shown, if any.
        standing: Its nomination now.
        states: Its member states; ``has_delegate`` says whether anybody of the state takes part.
        may_nominate: Whether the viewer may nominate one of them, or why not.
    """

    groups: Sequence[RegionalGroup]
    group: RegionalGroup | None
    standing: LeadParticipant | None
    states: QuerySet[MemberState]
    may_nominate: Verdict

    @property
    def nominated(self) -> MemberState | None:
        """The state that leads now, if any."""
        return self.standing.member_state if self.standing else None


def lead_page(topic: Topic, *, viewer: User, group: int | None) -> LeadPage:
    """Gather whom a group may nominate.

    Args:
        topic: One that ``viewer`` may see.
        viewer: Who looks.
        group: The id of a group; the first one that ``viewer`` nominates for when not given.

    Source: ACC-10, CDIP/24 report para 17.
    """
    groups = list(groups_spoken_for(viewer))
    shown = next((each for each in groups if group is None or each.pk == group), None)
    delegates = User.objects.active().filter(member_state=OuterRef("pk"))
    leads = LeadParticipant.objects.standing().filter(topic=topic, group=shown)
    return LeadPage(
        groups=groups,
        group=shown,
        standing=leads.select_related("member_state").first(),
        states=MemberState.objects.filter(group=shown).annotate(has_delegate=Exists(delegates)),
        may_nominate=policies.may_nominate(viewer, shown, topic),
    )
