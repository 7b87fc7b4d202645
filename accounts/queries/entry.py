"""What the pages about coming in show."""

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.enums import InvitationState, RequestState
from accounts.models import AccountRequest, Invitation, User


def invitations_for(viewer: User, state: str = "") -> QuerySet[Invitation]:
    """Return the last invitation of each person, the latest first.

    Args:
        viewer: Who looks.
        state: Keeps those that stand so now, where it is an ``InvitationState``.

    Source: ACC-11.
    """
    invitations = Invitation.objects.visible_to(viewer).last_of_each()
    if state in InvitationState.values:
        invitations = invitations.in_state(InvitationState(state), timezone.now())
    return invitations.select_related("user__member_state", "invited_by").order_by("-pk")


def requests_for(viewer: User, state: RequestState | None = None) -> QuerySet[AccountRequest]:
    """Return requests for accounts: those that wait, the oldest first, then those that were decided last.

    Args:
        viewer: Who looks.
        state: Keeps those that stand so.

    Source: ACC-11, reading A3.
    """
    requests = AccountRequest.objects.visible_to(viewer).select_related("member_state", "vouched_by", "decided_by")
    requests = requests.order_by(F("decided_at").desc(nulls_first=True), "created_at")
    return requests.filter(state=state) if state else requests
