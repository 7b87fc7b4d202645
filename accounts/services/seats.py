"""Handing over a seat: what belongs to it goes to the successor, what was said stays its author's."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.days import today
from accounts.enums import AccountStatus, MailScope, Office
from accounts.models import SeatHandover, User
from accounts.services import audit, outbox
from accounts.services.leaving import depart
from accounts.signals import seat_handed_over

SAME_CLICK = timedelta(minutes=1)  # within which the same handover again is the same one


@transaction.atomic
def hand_over_seat(*, actor: User, predecessor: int, successor: int, leaves: bool) -> SeatHandover:
    """Pass a seat on: follows, drafts and open mandates move, and history shows it.

    A coordinator's mandate is the group's to give, so it moves only where the Secretariat hands over.

    Args:
        actor: A focal point of the state, or of the Secretariat.
        predecessor: The id of who had the seat.
        successor: The id of who has it from now on, of the same state.
        leaves: Whether the predecessor leaves the forum with it, which cannot be undone.

    Returns:
        The handover; the one that was made just before, where a form comes twice.

    Raises:
        User.DoesNotExist: One of them does not exist for ``actor``.
        PermissionDenied: ``actor`` may not hand over this seat; the message says why.
        ValidationError: The two cannot hand over to one another now.

    Source: ACC-10, ACC-11.
    """
    policies.may_hand_over_seats(actor).enforce()
    locked = User.objects.filter(pk__in=[predecessor, successor]).select_for_update(of=("self",)).order_by("pk")
    people = {person.pk: person for person in locked}
    leaver, taker = people.get(predecessor), people.get(successor)
    if leaver is None or taker is None:
        raise User.DoesNotExist
    just_made = SeatHandover.objects.filter(
        predecessor=leaver, successor=taker, handed_over_by=actor, handed_over_at__gt=timezone.now() - SAME_CLICK
    ).first()
    if just_made is not None:
        return just_made
    policies.may_hand_over(actor, leaver, taker).enforce()
    if leaver.pk == taker.pk:
        raise ValidationError(_("Choose two different people."), code="same_person")
    if AccountStatus.LEFT in {leaver.status, taker.status}:
        raise ValidationError(_("One of these people has left already."), code="has_left")
    handover = SeatHandover.objects.create(predecessor=leaver, successor=taker, handed_over_by=actor)
    moved = _move_mandates(actor, leaver, taker)
    seat_handed_over.send(sender=SeatHandover, predecessor=leaver, successor=taker)
    audit.record(
        actor, "seat.handed_over", handover, predecessor=leaver.pk, successor=taker.pk, mandates=moved, leaves=leaves
    )
    _tell(handover, leaver, taker, leaves=leaves)
    if leaves:
        depart(leaver, actor=actor)
    return handover


def _move_mandates(actor: User, leaver: User, taker: User) -> list[int]:
    """Give open mandates to the successor from today; return the ids of those that moved."""
    yesterday = today() - timedelta(days=1)
    open_ones = leaver.mandates.exclude(ends_on__lt=today()).select_for_update()
    if not actor.is_staff:
        open_ones = open_ones.filter(office=Office.FOCAL_POINT)
    moved = []
    for mandate in open_ones.order_by("pk"):
        moved.append(mandate.pk)
        if mandate.starts_on > yesterday:
            mandate.user = taker
            mandate.save(update_fields=["user"])
            continue
        ends_on, mandate.ends_on = mandate.ends_on, yesterday
        mandate.save(update_fields=["ends_on"])
        mandate.pk, mandate.user, mandate.starts_on, mandate.ends_on = None, taker, today(), ends_on
        mandate._state.adding = True
        mandate.save()
    return moved


def _tell(handover: SeatHandover, leaver: User, taker: User, *, leaves: bool) -> None:
    outbox.notify({taker.pk: MailScope.ACCOUNT}, kind="seat.taken", about=handover)
    if leaves:
        outbox.notify_address(leaver.email, language=leaver.language, kind="seat.left", about=handover)
    else:
        outbox.notify({leaver.pk: MailScope.ACCOUNT}, kind="seat.passed_on", about=handover)
