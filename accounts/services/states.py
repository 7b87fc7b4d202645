"""What a member state says about itself."""

from django.db import transaction

from accounts import policies
from accounts.models import MemberState, User
from accounts.services import audit


@transaction.atomic
def describe_state(*, actor: User, economy: str) -> MemberState:
    """Keep what kind of economy a state says it has.

    Args:
        actor: The focal point who says it.
        economy: One of ``Economy``; empty for not saying it.

    Returns:
        The saved state.

    Raises:
        MemberState.DoesNotExist: ``actor`` is of no state.
        PermissionDenied: ``actor`` is not its focal point; the message says why.

    Source: ACC-11, ACC-14, CDIP/11/4 rec 21 i).
    """
    state = MemberState.objects.select_for_update(of=("self",)).get(people=actor)
    policies.may_describe(actor, state).enforce()
    state.economy = economy
    state.save(update_fields=["economy"])
    audit.record(actor, "memberstate.described", state, economy=economy)
    return state
