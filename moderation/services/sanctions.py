"""Warnings, and times without writing or without access."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.enums import MailScope
from accounts.models import User
from accounts.services import audit, outbox
from accounts.services.sanctions import Limit, lift_limit, limit_person
from moderation.enums import SanctionKind
from moderation.models import Case, Sanction
from moderation.policies import cases as policies

LIMITS: dict[str, Limit] = {SanctionKind.MUTE: "muted_until", SanctionKind.SUSPENSION: "suspended_until"}


def impose(*, actor: User, case: Case, kind: SanctionKind) -> Sanction:
    """Keep what a decision imposes on the author of its post, and carry it out.

    Args:
        actor: Who decided.
        case: Locked and decided.
        kind: A warning, or one of the two limits until the end that the case sets.

    Returns:
        The sanction.

    Source: MOD-09, OPS-01.
    """
    author = case.post.author
    assert author is not None
    sanction = Sanction.objects.create(
        user=author,
        kind=kind,
        case=case,
        reason=case.reason,
        imposed_by=actor,
        starts_at=case.decided_at or timezone.now(),
        ends_at=case.ends_at,
    )
    if case.ends_at is not None:
        limit_person(actor=actor, person=author.pk, limit=LIMITS[kind], until=case.ends_at)
    audit.record(actor, "sanction.imposed", sanction, person=author.pk, kind=kind, case=case.pk)
    return sanction


@transaction.atomic
def lift_sanction(*, actor: User, sanction: int, reason: str) -> Sanction:
    """End a mute or a suspension before its day, and have the person told.

    Args:
        actor: Who decides.
        sanction: Its id, locked.
        reason: Why; the person reads it.

    Returns:
        The sanction.

    Raises:
        Sanction.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not lift it, or it is over already.

    Source: MOD-09.
    """
    visible = Sanction.objects.visible_to(actor).select_related("user")
    locked = visible.select_for_update(of=("self",)).get(pk=sanction)
    policies.may_lift(actor, locked).enforce()
    _lift(locked, actor=actor, reason=reason)
    outbox.notify({locked.user_id: MailScope.ACCOUNT}, kind="sanction.lifted", about=locked)
    return locked


def lift_sanctions_of(case: Case, *, actor: User) -> None:
    """End what a decision imposed, because the decision is taken back; whoever takes it back has its author told."""
    for sanction in case.sanctions.filter(lifted_at=None).select_for_update():
        _lift(sanction, actor=actor, reason="")


def _lift(sanction: Sanction, *, actor: User, reason: str) -> None:
    sanction.lifted_at, sanction.lifted_by = timezone.now(), actor
    sanction.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(actor, "sanction.lifted", sanction, reason=reason[:500], person=sanction.user_id, kind=sanction.kind)
    if sanction.ends_at is not None:
        others = Sanction.objects.in_force().filter(user=sanction.user_id, kind=sanction.kind)
        lift_limit(
            actor=actor,
            person=sanction.user_id,
            limit=LIMITS[sanction.kind],
            was_until=sanction.ends_at,
            until=others.aggregate(last=Max("ends_at"))["last"],
        )
