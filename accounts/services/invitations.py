"""Inviting people, and taking up an invitation.

The link's token is made from the invitation and the forum's secret key, so the letter can be written again
while only the token's hash is kept.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts import policies
from accounts.days import today
from accounts.enums import (
    ROLES_WITH_A_TERM,
    AccountStatus,
    InstitutionKind,
    InvitationState,
    MailScope,
    RequestState,
    Role,
)
from accounts.models import AccountRequest, Invitation, MemberState, Protocol, User
from accounts.passkeys import Passkey
from accounts.services import audit, outbox, security
from accounts.services.people import accept_protocol

SALT = "accounts.invitation"
BATCH = 1_000  # rows written by one statement


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be invited.

    Args:
        email: In its canonical form.
        full_name: As it will be shown.
        member_state: For a delegate, and nobody else.
        role: What the person takes part as.
        institution: Where the person works.
        institution_kind: What kind of place that is.
        language: Of the invitation and the pages.
        languages_read: In order; the language above when not given.
        serves_until: The last day of a contract or period, where there is one.
    """

    email: str
    full_name: str
    member_state: MemberState | None
    role: str = Role.DELEGATE
    institution: str = ""
    institution_kind: str = InstitutionKind.OTHER
    language: str = "en"
    languages_read: Sequence[str] = field(default_factory=list)
    serves_until: date | None = None


def token_of(invitation: Invitation) -> str | None:
    """Return the token of an invitation's link; None when the secret key it was made with is gone."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _token(invitation.user_id, invitation.created_at, key)
        if constant_time_compare(hash_of(token), invitation.token_hash):
            return token
    return None


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _token(user: int, created_at: datetime, key: str) -> str:
    made_of = f"{user}.{created_at.astimezone(UTC).isoformat()}"
    digest = salted_hmac(SALT, made_of, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@transaction.atomic
def invite_person(*, actor: User, newcomer: Newcomer) -> Invitation | None:
    """Make an account for somebody to take up, and send the personal link.

    Args:
        actor: Who invites: the Secretariat, or the focal point of the person's state.
        newcomer: Whom.

    Returns:
        The invitation; None where the address has an account that is none of the actor's business: its owner
        is told by mail, and the actor is answered as if it had none.

    Raises:
        PermissionDenied: ``actor`` may not invite this person; the message says why.
        ValidationError: The address has an account that ``actor`` knows of, or the term cannot be.

    Source: ACC-04, ACC-11, reading A3.
    """
    policies.may_invite(actor, newcomer.role, _id_of(newcomer)).enforce()
    check_term(newcomer.role, newcomer.serves_until)
    known = User.objects.filter(email=newcomer.email).first()
    if known is not None and _knows(actor, known):
        raise already_there(known)
    if known is not None:
        tell_of_account(known)
        return None
    return _write(actor, [newcomer])[0]


@transaction.atomic
def invite_people(*, actor: User, newcomers: Sequence[Newcomer]) -> int:
    """Invite a list of people in a few statements; who has an account already is left out.

    Args:
        actor: Who invites.
        newcomers: Whom, each address once.

    Returns:
        How many invitations are on their way.

    Raises:
        PermissionDenied: ``actor`` may not invite one of them; the message says why.
        ValidationError: Somebody else invited one of them at this moment, or a term cannot be.

    Source: ACC-04, ACC-11, reading A3.
    """
    for role, state in {(newcomer.role, _id_of(newcomer)) for newcomer in newcomers}:
        policies.may_invite(actor, role, state).enforce()
    for role, serves_until in {(newcomer.role, newcomer.serves_until) for newcomer in newcomers}:
        check_term(role, serves_until)
    known = {user.email: user for user in User.objects.filter(email__in=[one.email for one in newcomers])}
    strangers = [user for user in known.values() if not _knows(actor, user)]
    for user in strangers:
        tell_of_account(user)
    invited = _write(actor, [newcomer for newcomer in newcomers if newcomer.email not in known])
    return len(invited) + len(strangers)


def known_addresses(*, actor: User, addresses: Iterable[str]) -> set[str]:
    """Return those of ``addresses`` that have an account which ``actor`` knows of."""
    users = User.objects.filter(email__in=list(addresses)).only("email", "role", "member_state")
    return {user.email for user in users if _knows(actor, user)}


def check_term(role: str, serves_until: date | None) -> None:
    """Refuse a term that somebody of ``role`` cannot be invited for.

    Raises:
        ValidationError: The role has no term, or the last day is over.

    Source: MOD-05, reading A24.
    """
    if serves_until is None:
        return
    if role not in ROLES_WITH_A_TERM:
        raise ValidationError(
            _("Only staff experts, facilitators and evaluators are invited for a term: leave the day empty."),
            code="no_term",
        )
    if serves_until < today():
        raise ValidationError(_("This day is over."), code="over")


def already_there(person: User) -> ValidationError:
    """Return what to say to somebody who invites a person with an account."""
    if person.status == AccountStatus.INVITED:
        return ValidationError(
            _("This person has been invited already. Renew the invitation in the list."), code="invited"
        )
    return ValidationError(_("This address has an account already."), code="has_account")


def tell_of_account(person: User) -> None:
    """Have somebody told that the address that was just asked for or invited has an account. Source: ACC-03."""
    entry = audit.record(None, "account.asked_for_again", person)
    outbox.notify({person.pk: MailScope.ACCOUNT}, kind="account.known", about=entry)


def _id_of(newcomer: Newcomer) -> int | None:
    return newcomer.member_state.pk if newcomer.member_state else None


def _knows(actor: User, person: User) -> bool:
    """Judge whether ``actor`` may learn from an answer that ``person`` has an account. Source: ACC-03."""
    return bool(policies.may_invite(actor, person.role, person.member_state_id))


def _write(actor: User, newcomers: Sequence[Newcomer]) -> list[Invitation]:
    """Save accounts and invitations, and have the letters sent after the commit."""
    people = [
        User(
            email=one.email,
            full_name=one.full_name,
            role=one.role,
            member_state=one.member_state,
            institution=one.institution,
            institution_kind=one.institution_kind,
            language=one.language,
            languages_read=list(one.languages_read) or [one.language],
            serves_until=one.serves_until,
            status=AccountStatus.INVITED,
            password=make_password(None),
        )
        for one in newcomers
    ]
    try:
        with transaction.atomic():
            people = User.objects.bulk_create(people, batch_size=BATCH)
    except IntegrityError:
        raise ValidationError(
            _("Somebody invited one of these people at this very moment. Look at the list, then try again."),
            code="meanwhile",
        ) from None
    invitations = _invite(actor, people)
    _settle_requests(actor, people)
    if len(people) == 1:
        audit.record(actor, "person.invited", people[0], invitation=invitations[0].pk, role=people[0].role)
    else:
        audit.record_each(actor, "person.invited", people, listed=len(people))
    return invitations


def _invite(actor: User, people: Sequence[User]) -> list[Invitation]:
    now = timezone.now()
    invitations = Invitation.objects.bulk_create(
        [
            Invitation(
                user=person,
                invited_by=actor,
                created_at=now,
                expires_at=now + timedelta(days=settings.INVITATION_DAYS),
                token_hash=hash_of(_token(person.pk, now, settings.SECRET_KEY)),
            )
            for person in people
        ],
        batch_size=BATCH,
    )
    outbox.notify_each(
        [(invitation.user_id, invitation) for invitation in invitations],
        kind="invitation.made",
        scope=MailScope.ACCOUNT,
    )
    return invitations


def _settle_requests(actor: User, people: Sequence[User]) -> None:
    """Count a request that waits as approved when its person is invited for the same state."""
    state_of = {person.email: person.member_state_id for person in people}
    waiting = AccountRequest.objects.waiting().filter(email__in=state_of).select_for_update()
    for request in waiting:
        if request.member_state_id == state_of[request.email]:
            request.state = RequestState.APPROVED
            request.decided_by, request.decided_at = actor, timezone.now()
            request.decision_reason = _("Invited meanwhile.")
            request.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
            audit.record(actor, "request.approved", request, reason=request.decision_reason)


@transaction.atomic
def renew_invitation(*, actor: User, invitation: Invitation) -> Invitation:
    """Send a new personal link in place of one that is open, expired or revoked.

    Args:
        actor: Who renews it.
        invitation: The one to replace; its link ends.

    Returns:
        The new invitation.

    Raises:
        Invitation.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not renew it; the message says why.
        ValidationError: It was taken up, or the person's term is over.
    """
    person = _lock(actor, invitation).user
    if person.status != AccountStatus.INVITED:
        raise ValidationError(_("This invitation was taken up: the person has an account."), code="taken_up")
    if person.serves_until is not None and person.serves_until < today():
        raise ValidationError(
            _("The term of this person is over. Prolong it in the administration, then renew the invitation."),
            code="term_over",
        )
    now = timezone.now()
    _open_ones(person, now).update(revoked_at=now)
    renewed = _invite(actor, [person])[0]
    audit.record(actor, "invitation.renewed", person, invitation=renewed.pk)
    return renewed


@transaction.atomic
def revoke_invitation(*, actor: User, invitation: Invitation, reason: str) -> None:
    """End a personal link before its day.

    Args:
        actor: Who revokes it.
        invitation: The one to end; one that is no longer open stays as it is.
        reason: Why.

    Raises:
        Invitation.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not revoke it; the message says why.
        ValidationError: It was taken up.
    """
    invitation = _lock(actor, invitation)
    if invitation.state == InvitationState.TAKEN_UP:
        raise ValidationError(_("This invitation was taken up: the person has an account."), code="taken_up")
    revoke_links_of(invitation.user, actor=actor, reason=reason)


@transaction.atomic
def revoke_links_of(person: User, *, actor: User, reason: str) -> None:
    """End the personal link of somebody who has not come in, and is not to come in any more.

    Args:
        person: Whose it is; who has come in has none that is open.
        actor: Who has decided so, as the caller has judged.
        reason: Why.

    Source: ACC-05, ACC-11.
    """
    now = timezone.now()
    for invitation in _open_ones(person, now).select_for_update(of=("self",)):
        invitation.revoked_at = now
        invitation.save(update_fields=["revoked_at"])
        audit.record(actor, "invitation.revoked", person, reason=reason, invitation=invitation.pk)


def _lock(actor: User, invitation: Invitation) -> Invitation:
    visible = Invitation.objects.visible_to(actor).select_related("user")
    found: Invitation = visible.select_for_update(of=("self", "user")).get(pk=invitation.pk)
    policies.may_change_invitation(actor, found).enforce()
    return found


def _open_ones(person: User, at: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.open(at).filter(user=person)


def open_invitation(token: str) -> Invitation:
    """Return the invitation that a link leads to.

    Args:
        token: From the link.

    Raises:
        Invitation.DoesNotExist: The link is wrong, used, revoked or too old, whichever.
    """
    invitations = Invitation.objects.usable(timezone.now()).select_related("user__member_state")
    found: Invitation = invitations.get(token_hash=hash_of(token))
    return found


@transaction.atomic
def take_up_invitation(*, token: str, password: str | None, passkey: Passkey | None = None, **person: object) -> User:
    """Open the account of somebody who follows the personal link, and keep that the protocol is accepted.

    Args:
        token: From the link.
        password: One that the password rules let pass; None for who signs in with the passkey alone.
        passkey: One that was checked, if any.
        person: Name and languages, as ``TakeUpForm`` has accepted them.

    Returns:
        The person, whose account works from now on.

    Raises:
        Invitation.DoesNotExist: The link is wrong, used, revoked or too old, whichever.

    Source: OPS-01, ACC-11.
    """
    invitations = Invitation.objects.usable(timezone.now())
    invitation = invitations.select_for_update(of=("self",)).get(token_hash=hash_of(token))
    user: User = User.objects.select_for_update(of=("self",)).get(pk=invitation.user_id)
    invitation.taken_up_at = timezone.now()
    invitation.save(update_fields=["taken_up_at"])
    for name, value in person.items():
        setattr(user, name, value)
    user.status = AccountStatus.ACTIVE
    user.set_password(password)
    user.save(update_fields=["status", "password", *person])
    audit.record(user, "invitation.taken_up", invitation)
    if passkey is not None:
        security.keep_first_passkey(user, passkey)
    if Protocol.objects.in_force(today()).exists():
        accept_protocol(actor=user)
    return user
