"""Nominating the lead participant of a regional group in an interactive dialogue."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import MailScope
from accounts.models import MemberState, RegionalGroup, User
from accounts.services import audit, outbox
from forum import policies
from forum.models import Discussion, LeadParticipant, Topic

NOMINATED, TAKEN_BACK = "lead.nominated", "lead.taken_back"


@transaction.atomic
def nominate_lead(
    *, actor: User, discussion: int, group: RegionalGroup, member_state: MemberState, seen: int | None
) -> LeadParticipant:
    """Nominate the state that leads for a group in a topic, in place of another one if need be; both are told.

    Args:
        actor: The coordinator; the Secretariat for a group without one, which is marked.
        discussion: The id of one of the topic's discussions.
        group: For whom it leads.
        member_state: Which state leads.
        seen: The id of the nomination that ``actor`` changes; None where there was none.

    Returns:
        The nomination; the one that stands where it is of the same state.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not nominate for the group; the message says why.
        ValidationError: The state is of another group, or somebody has changed the nomination meanwhile.

    Source: ACC-10, CDIP/24 report para 17, CDIP/30/8 paras 7-9.
    """
    topic, standing = _locked(actor, discussion, group)
    if standing is not None and standing.member_state_id == member_state.pk:
        return standing
    if member_state.group_id != group.pk:
        message = ValidationError(
            _("Choose a member state of the group (%(group)s).") % {"group": group}, code="other_group"
        )
        raise ValidationError({"member_state": message})
    _end(actor, standing, seen)
    lead = LeadParticipant.objects.create(
        topic=topic, group=group, member_state=member_state, nominated_by=actor, by_secretariat=actor.is_staff
    )
    _record(actor, NOMINATED, lead)
    return lead


@transaction.atomic
def take_back_lead(*, actor: User, discussion: int, group: RegionalGroup, seen: int | None) -> None:
    """Take back whom a group has nominated in a topic; the state is told.

    Args:
        actor: The coordinator; the Secretariat for a group without one.
        discussion: The id of one of the topic's discussions.
        group: Whose nomination it is.
        seen: The id of the nomination; that it was taken back already is no fault.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not nominate for the group; the message says why.
        ValidationError: Somebody has changed the nomination meanwhile.

    Source: ACC-10, CDIP/24 report para 17.
    """
    _topic, standing = _locked(actor, discussion, group)
    if standing is not None:
        _end(actor, standing, seen)


def _locked(actor: User, discussion: int, group: RegionalGroup) -> tuple[Topic, LeadParticipant | None]:
    """Return the topic of a discussion, locked, and the group's nomination in it, which ``actor`` may change."""
    found = Discussion.objects.visible_to(actor).get(pk=discussion)
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=found.topic_id)
    policies.may_nominate(actor, group, topic).enforce()
    return topic, LeadParticipant.objects.standing().filter(topic=topic, group=group).first()


def _end(actor: User, standing: LeadParticipant | None, seen: int | None) -> None:
    """End the nomination that stands, where it is the one that ``actor`` has seen."""
    if (standing.pk if standing else None) != seen:
        raise ValidationError(
            _("Somebody has changed this nomination meanwhile. Look at it before you change it."), code="changed"
        )
    if standing is not None:
        standing.taken_back_at = timezone.now()
        standing.save(update_fields=["taken_back_at"])
        _record(actor, TAKEN_BACK, standing)


def _record(actor: User, action: str, lead: LeadParticipant) -> None:
    """Keep what was done to a nomination, and have the other delegates of its state told."""
    audit.record(actor, action, lead, topic=lead.topic_id, group=lead.group_id, member_state=lead.member_state_id)
    delegates = User.objects.active().filter(member_state=lead.member_state_id).exclude(pk=actor.pk)
    told = dict.fromkeys(delegates.values_list("pk", flat=True), MailScope.ACCOUNT)
    outbox.notify(told, kind=action, about=lead)
