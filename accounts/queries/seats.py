"""What the page of seats shows."""

from accounts.enums import AccountStatus
from accounts.models import MemberState, SeatHandover, User

HANDOVERS_SHOWN = 20


def states_to_choose() -> list[MemberState]:
    """Return the member states, by name."""
    return list(MemberState.objects.order_by("name"))


def people_of(state: MemberState) -> list[User]:
    """Return the people of a delegation who have not left, by name. Source: ACC-11."""
    return list(User.objects.filter(member_state=state).exclude(status=AccountStatus.LEFT).order_by("full_name"))


def handovers_of(state: MemberState) -> list[SeatHandover]:
    """Return the latest handovers of a delegation's seats. Source: ACC-11."""
    history = SeatHandover.objects.filter(successor__member_state=state).select_related("predecessor", "successor")
    return list(history[:HANDOVERS_SHOWN])
