"""What people change about themselves, and their first entry."""

from django.db import transaction

from accounts.days import today
from accounts.models import Protocol, ProtocolAcceptance, User
from accounts.services import audit
from accounts.signals import protocol_accepted


@transaction.atomic
def accept_protocol(*, actor: User) -> Protocol:
    """Keep that ``actor`` accepts the protocol of use in force; accepting twice counts once.

    Args:
        actor: Who accepts.

    Returns:
        The version accepted.

    Raises:
        Protocol.DoesNotExist: No version is in force yet.

    Source: OPS-01, CDIP/22/3 para 6.
    """
    protocol: Protocol = Protocol.objects.in_force(today())[:1].get()
    _acceptance, is_new = ProtocolAcceptance.objects.get_or_create(user=actor, protocol=protocol)
    if is_new:
        audit.record(actor, "protocol.accepted", protocol, version=protocol.version)
        protocol_accepted.send(sender=User, user=actor)
    return protocol


@transaction.atomic
def update_profile(*, actor: User, **changes: object) -> User:
    """Keep what somebody changed in their own profile.

    Args:
        actor: Whose profile it is.
        changes: New values by field, as ``ProfileForm`` has accepted them.

    Returns:
        The saved person.
    """
    user: User = User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))
    audit.record(actor, "profile.updated", user, fields=sorted(changes))
    return user
