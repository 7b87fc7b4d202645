"""Who may change what is known about participants, and why not."""

from allauth.mfa.models import Authenticator
from django.db import models
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import RequestState, Role
from accounts.models import (
    AccountRequest,
    Circular,
    Invitation,
    MemberState,
    Protocol,
    StakeholderContact,
    User,
)
from accounts.verdicts import ALLOWED, Verdict


def may_keep(actor: User, record: models.Model) -> Verdict:
    """Judge whether ``actor`` may change ``record`` by hand. Source: ACC-02, ACC-06, OPS-01."""
    if not actor.is_staff:
        return Verdict(_("Only the Secretariat keeps these records."))
    if isinstance(record, User) and record.pk == actor.pk:
        return Verdict(_("Ask a colleague to change your own account here; your profile page is yours to change."))
    if isinstance(record, Protocol) and is_settled(record):
        return Verdict(_("A protocol that is in force is not changed: add a new version."))
    return ALLOWED


def is_settled(protocol: Protocol) -> bool:
    """Tell whether a version has been in force or accepted, so that its words stand. Source: OPS-01."""
    if protocol.pk is None:
        return False
    kept = Protocol.objects.filter(pk=protocol.pk)
    return kept.filter(in_force_on__lte=today()).exists() or protocol.acceptances.exists()


def may_bring_in(actor: User) -> Verdict:
    """Judge whether ``actor`` brings people in at all: by vouching or by inviting. Source: ACC-11, reading A3."""
    if actor.is_staff or (actor.is_focal_point and actor.member_state_id is not None):
        return ALLOWED
    return Verdict(_("Only the focal point of a member state and the Secretariat bring people in."))


def may_invite(actor: User, role: str, member_state: int | None) -> Verdict:
    """Judge whether ``actor`` may invite somebody.

    Args:
        actor: Who invites.
        role: What the person would take part as.
        member_state: The id of the state that the person would be of, if any.

    Source: ACC-04, ACC-11, reading A3.
    """
    verdict = may_bring_in(actor)
    if verdict and not actor.is_staff and (role != Role.DELEGATE or member_state != actor.member_state_id):
        return Verdict(_("A focal point invites delegates of the own state; for others, ask the Secretariat."))
    return verdict


def may_change_invitation(actor: User, invitation: Invitation) -> Verdict:
    """Judge whether ``actor`` may renew or revoke ``invitation``. Source: ACC-11."""
    person = invitation.user
    return may_invite(actor, person.role, person.member_state_id)


def may_vouch(actor: User, request: AccountRequest) -> Verdict:
    """Judge whether ``actor`` may give the state's word on ``request``. Source: ACC-11, reading A3."""
    if not actor.is_focal_point or request.member_state_id != actor.member_state_id:
        return Verdict(_("Only the focal point of the state vouches for its people."))
    if request.state != RequestState.WAITING:
        return Verdict(_("The Secretariat has decided on this request already."))
    return ALLOWED


def may_decide_requests(actor: User) -> Verdict:
    """Judge whether ``actor`` may decide on requests for accounts. Source: ACC-01, reading A3."""
    if not actor.is_staff:
        return Verdict(_("Only the Secretariat decides on requests for an account."))
    return ALLOWED


def may_use_desk(actor: User) -> Verdict:
    """Judge whether the Secretariat's desk and its pages are open to ``actor``. Source: ACC-03, MOD-01."""
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the Secretariat has this desk."))
    return ALLOWED


def may_limit(actor: User, person: User) -> Verdict:
    """Judge whether ``actor`` may keep ``person`` from writing or from the forum for a time, and end that.

    Source: MOD-09, OPS-01.
    """
    if not (actor.may_enter and actor.is_moderator):
        return Verdict(_("Only the moderator keeps somebody from writing or from the forum."))
    if person.pk == actor.pk:
        return Verdict(_("Somebody else has to decide about you."))
    if person.is_moderator and not actor.is_staff:
        return Verdict(_("Only the Secretariat decides about those who moderate."))
    return ALLOWED


def may_describe(actor: User, state: MemberState) -> Verdict:
    """Judge whether ``actor`` may say what kind of economy ``state`` is. Source: ACC-11, ACC-14."""
    if not actor.is_focal_point or actor.member_state_id != state.pk:
        return Verdict(_("Only the focal point of the state says what kind of economy it is."))
    return ALLOWED


def may_leave(actor: User, *, without_successor: bool = False) -> Verdict:
    """Judge whether ``actor`` may leave the forum for good.

    Args:
        actor: Who leaves.
        without_successor: Whether a focal point leaves knowing that nobody has taken over the seat.

    Source: ACC-11, OPS-01.
    """
    if actor.is_focal_point and not without_successor:
        return Verdict(_("Please hand over your seat first, so that your delegation keeps a focal point."))
    others = User.objects.active().filter(role=Role.SECRETARIAT).exclude(pk=actor.pk)
    if actor.role == Role.SECRETARIAT and not others.exists():
        return Verdict(_("You are the last of the Secretariat here: somebody else has to come in first."))
    return ALLOWED


def may_mark_left(actor: User, person: int) -> Verdict:
    """Judge whether ``actor`` may record that the person with this id has left. Source: ACC-03, MOD-01."""
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the Secretariat records that somebody has left."))
    if person == actor.pk:
        return Verdict(_("To leave yourself, use your profile."))
    return ALLOWED


def may_hand_over_seats(actor: User) -> Verdict:
    """Judge whether ``actor`` hands over seats at all. Source: ACC-10, ACC-11."""
    if actor.may_enter and (actor.is_staff or (actor.is_focal_point and actor.member_state_id is not None)):
        return ALLOWED
    return Verdict(_("Only the focal point of a member state and the Secretariat hand over seats."))


def may_hand_over(actor: User, predecessor: User, successor: User) -> Verdict:
    """Judge whether ``actor`` may pass the seat of one person on to another.

    Args:
        actor: Who hands over.
        predecessor: Whose seat it is.
        successor: Whose it is to be.

    Source: ACC-10, ACC-11.
    """
    verdict = may_hand_over_seats(actor)
    if not verdict:
        return verdict
    if predecessor.member_state_id is None or predecessor.member_state_id != successor.member_state_id:
        return Verdict(_("A seat passes on within one delegation."))
    if not actor.is_staff and predecessor.member_state_id != actor.member_state_id:
        return Verdict(_("You hand over seats of your own delegation only."))
    return ALLOWED


def may_remove_factor(actor: User, factor: int) -> Verdict:
    """Judge whether ``actor`` may give up the second factor with this id."""
    own = Authenticator.objects.filter(user_id=actor.pk)
    others = own.exclude(pk=factor)
    if actor.needs_second_factor and not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        return Verdict(_("Your role needs a second factor. Add another one before you remove this one."))
    passkeys = set(own.filter(type=Authenticator.Type.WEBAUTHN).values_list("pk", flat=True))
    if passkeys == {factor} and not actor.has_usable_password():
        return Verdict(_("This passkey is all you sign in with. Set a password, or add another passkey, first."))
    return ALLOWED


# --- Organisations that are written to ----------------------------------------------------------------


def may_read_contacts(actor: User) -> Verdict:
    """Judge whether the list of organisations is open to ``actor``. Source: ACC-12, CDIP/22/3 para 8."""
    if actor.may_enter and (actor.is_staff or actor.role == Role.DELEGATE):
        return ALLOWED
    return Verdict(_("This list is for the delegates of member states and the Secretariat."))


def may_keep_contacts(actor: User, member_state: int | None = None) -> Verdict:
    """Judge whether ``actor`` keeps the organisations of a state, and writes to them.

    Args:
        actor: Who keeps them.
        member_state: The id of the state; of any that ``actor`` may, when not given.

    Source: ACC-11, ACC-12.
    """
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if actor.is_staff:
        return ALLOWED
    if not actor.is_focal_point or actor.member_state_id is None:
        return Verdict(_("Only the focal point of the state and the Secretariat keep the list of organisations."))
    if member_state not in {None, actor.member_state_id}:
        return Verdict(_("A focal point keeps the organisations of the own state."))
    return ALLOWED


def may_change_contact(actor: User, contact: StakeholderContact) -> Verdict:
    """Judge whether ``actor`` may change ``contact``; one that wants no mail is not asked again. Source: ACC-12."""
    verdict = may_keep_contacts(actor, contact.member_state_id)
    if verdict and contact.stopped_on is not None:
        return Verdict(_("This organisation wants no mail. It can come back by the link in a letter that it has."))
    return verdict


def may_ask_contact(actor: User, contact: StakeholderContact) -> Verdict:
    """Judge whether ``actor`` may have ``contact`` asked again whether it agrees. Source: ACC-12."""
    verdict = may_change_contact(actor, contact)
    if verdict and contact.has_answered:
        return Verdict(_("This organisation has confirmed; it is asked again when a year is over."))
    return verdict


def may_remove_contact(actor: User, contact: StakeholderContact) -> Verdict:
    """Judge whether ``actor`` may delete ``contact``. Source: ACC-12.

    What an organisation that wants no mail has left is its address alone, so that nobody writes to it again;
    the Secretariat deletes that too where it is asked to.
    """
    return may_keep_contacts(actor, contact.member_state_id) if actor.is_staff else may_change_contact(actor, contact)


def may_change_circular(actor: User, circular: Circular) -> Verdict:
    """Judge whether ``actor`` may change, send or discard a message that ``actor`` can see. Source: ACC-12."""
    verdict = may_keep_contacts(actor, circular.member_state_id)
    if verdict and not actor.is_staff and circular.member_state_id is None:
        return Verdict(_("A focal point writes to organisations of the own state."))
    if verdict and circular.sent_at is not None:
        return Verdict(_("This message has been sent."))
    return verdict


def may_answer(circular: Circular) -> Verdict:
    """Judge whether organisations may still answer a message, or change their answers. Source: ACC-12."""
    if circular.answers_until < today():
        return Verdict(_("The time for answers is over."))
    return ALLOWED
