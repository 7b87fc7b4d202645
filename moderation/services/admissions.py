"""Letting somebody from outside into one discussion: drafted, confirmed, assessed, decided, ended."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import AccountStatus, InstitutionKind, MailScope, Role
from accounts.models import Invitation, Protocol, User
from accounts.queries.recipients import focal_points_of, secretariat
from accounts.services import audit, outbox
from accounts.services.invitations import Newcomer, invite_person, renew_invitation, revoke_links_of
from forum.models import Discussion, DiscussionGrant, Follow, Post, ReadPosition
from moderation.enums import AdmissionState, StakeholderKind
from moderation.models import Admission
from moderation.policies import admissions as policies
from moderation.queries.admissions import criteria_of, discussions_of, is_outdated

INSTITUTIONS = {
    StakeholderKind.ACADEMIC: InstitutionKind.UNIVERSITY,
    StakeholderKind.BUSINESS: InstitutionKind.PRIVATE_SECTOR,
}


@transaction.atomic
def draft_admission(*, actor: User, discussion: int, submission_key: uuid.UUID, **asked: Any) -> Admission:
    """Ask, in the name of one's state, that somebody from outside be admitted to a discussion.

    A focal point's own draft is confirmed at once; where the Secretariat has set that no focal point is needed,
    so is everybody's.

    Args:
        actor: Who drafts it; the state is theirs.
        discussion: The id of the discussion.
        submission_key: Made with the form: the same form sent again asks nothing new.
        asked: Who is to be admitted and how, as ``AdmissionForm`` has accepted it.

    Returns:
        The saved admission, or the one that the same form made before.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not ask for it; the message says why.
        ValidationError: Somebody asks for the same person there already.

    Source: ACC-05, reading A5, workflow 2.3, CDIP/22/3 para 8.
    """
    place = Discussion.objects.visible_to(actor).select_related("topic", "room").get(pk=discussion)
    policies.may_draft(actor, place).enforce()
    known = Admission.objects.filter(drafted_by=actor, submission_key=submission_key).first()
    if known is not None:
        return known
    admission = Admission(
        discussion=place, sponsor=actor.member_state, drafted_by=actor, submission_key=submission_key, **asked
    )
    if actor.is_focal_point or not settings.ADMISSION_NEEDS_FOCAL_POINT:
        _confirm(admission, actor)
    _save(admission)
    _record(actor, "drafted", admission)
    if admission.state == AdmissionState.CONFIRMED:
        _tell(admission, "confirmed", _moderators())
    else:
        _tell(admission, "drafted", focal_points_of(admission.sponsor_id))
    return admission


@transaction.atomic
def change_admission(*, actor: User, admission: int, **asked: Any) -> Admission:
    """Change what is asked, before the state has confirmed it; what was returned waits for the focal point again.

    Args:
        actor: Who drafted it, or the focal point.
        admission: Its id, locked.
        asked: As in ``draft_admission``.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.
        ValidationError: Somebody asks for the same person there already.
    """
    locked = _locked(actor, admission)
    policies.may_change(actor, locked).enforce()
    was_returned = locked.state == AdmissionState.RETURNED
    for name, value in asked.items():
        setattr(locked, name, value)
    locked.state, locked.reason = AdmissionState.DRAFT, ""
    _save(locked)
    _record(actor, "changed", locked)
    if was_returned:
        _tell(locked, "drafted", focal_points_of(locked.sponsor_id), but=actor)
    return locked


@transaction.atomic
def confirm_admission(*, actor: User, admission: int) -> Admission:
    """Give the state's word that the person is to be admitted.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not the state's focal point, or it was decided meanwhile.

    Source: ACC-05, reading A5.
    """
    locked = _locked(actor, admission)
    policies.may_confirm(actor, locked).enforce()
    _confirm(locked, actor)
    _save(locked)
    _record(actor, "confirmed", locked)
    _tell(locked, "confirmed", {**_drafter(locked), **_moderators()}, but=actor)
    return locked


@transaction.atomic
def return_admission(*, actor: User, admission: int, reason: str) -> Admission:
    """Give a draft back to who wrote it, to change or withdraw.

    Args:
        actor: The focal point of the state.
        admission: Its id.
        reason: What is to be changed, for who wrote it.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not the state's focal point, or it was decided meanwhile.

    Source: reading A5, workflow 2.3.
    """
    locked = _locked(actor, admission)
    policies.may_confirm(actor, locked).enforce()
    locked.state, locked.reason = AdmissionState.RETURNED, reason
    _save(locked)
    _record(actor, "returned", locked, reason)
    _tell(locked, "returned", _drafter(locked), but=actor)
    return locked


@transaction.atomic
def withdraw_admission(*, actor: User, admission: int, reason: str) -> Admission:
    """Take back what was asked, before it is decided.

    Args:
        actor: Who takes it back.
        admission: Its id.
        reason: Why, where they say so.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not withdraw it, or it was decided meanwhile.
    """
    locked = _locked(actor, admission)
    policies.may_withdraw(actor, locked).enforce()
    locked.state, locked.reason = AdmissionState.WITHDRAWN, reason
    _save(locked)
    _record(actor, "withdrawn", locked, reason)
    _tell(locked, "withdrawn", {**_drafter(locked), **focal_points_of(locked.sponsor_id)}, but=actor)
    return locked


@transaction.atomic
def assess_admission(
    *, actor: User, admission: int, criteria: Collection[int], is_recommended: bool, assessment: str
) -> Admission:
    """Assess against the criteria of the protocol in force; assessing again replaces what was found before.

    Args:
        actor: Who assesses.
        admission: Its id, locked.
        criteria: The ids of the criteria that are met.
        is_recommended: Whether the person is to be admitted.
        assessment: Why, for the Secretariat.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not assess it, or it was decided meanwhile.
        ValidationError: No protocol is in force.

    Source: ACC-06, OPS-01, CDIP/22/3 paras 6 and 8.
    """
    locked = _locked(actor, admission)
    policies.may_assess(actor, locked).enforce()
    protocol = _protocol_in_force()
    locked.protocol, locked.is_recommended, locked.assessment = protocol, is_recommended, assessment
    locked.assessed_by, locked.assessed_at, locked.state = actor, timezone.now(), AdmissionState.ASSESSED
    _save(locked)
    locked.criteria_met.set(criteria_of(protocol).filter(pk__in=list(criteria)))
    _record(actor, "assessed", locked, assessment, recommended=is_recommended, criteria_met=sorted(criteria))
    _tell(locked, "assessed", {**_of_the_state(locked), **secretariat()}, but=actor)
    return locked


@transaction.atomic
def approve_admission(*, actor: User, admission: int, reason: str) -> Admission:
    """Let the person in: invite them, tell the participants first, and open the discussion to them.

    Args:
        actor: The administrator of the Secretariat.
        admission: Its id, locked.
        reason: Why, for the record and for who asked.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not decide, or it was decided meanwhile.
        ValidationError: It was assessed against an earlier protocol, its time is over, the discussion is
            closed, or the address belongs to a participant.

    Source: ACC-05, ACC-06, reading A6, workflow 2.3, CDIP/22/3 para 8.
    """
    locked = _locked(actor, admission)
    policies.may_decide(actor, locked).enforce()
    now = timezone.now()
    starts_at = now + settings.ADMISSION_NOTICE
    if is_outdated(locked, _protocol_in_force()):
        raise ValidationError(
            _("Another version of the protocol came into force since: it is to be assessed anew."), code="outdated"
        )
    if locked.discussion.is_closed(now):
        raise ValidationError(_("This discussion is closed: nobody is admitted to it any more."), code="closed")
    if locked.ends_at <= starts_at:
        raise ValidationError(
            _("It would be over before it begins: participants are told first. Decline it, and have it drafted anew."),
            code="over",
        )
    locked.user = _account_of(actor, locked)
    locked.starts_at, locked.state = starts_at, AdmissionState.APPROVED
    locked.decided_by, locked.decided_at, locked.reason = actor, now, reason
    _save(locked)
    _grant(locked, starts_at)
    _record(actor, "approved", locked, reason, person=locked.user.pk, starts_at=starts_at.isoformat())
    told = _of_the_state(locked)
    _tell(locked, "approved", told, but=actor)
    _tell(locked, "announced", {pk: scope for pk, scope in _participants(locked).items() if pk not in told})
    _tell(locked, "granted", {locked.user.pk: MailScope.ACCOUNT})
    return locked


@transaction.atomic
def decline_admission(*, actor: User, admission: int, reason: str) -> Admission:
    """Decide that the person is not admitted.

    Args:
        actor: Of the Secretariat.
        admission: Its id.
        reason: Why; those who asked read it.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not decide, or it was decided meanwhile.

    Source: ACC-05, ACC-06, CDIP/22/3 para 8.
    """
    locked = _locked(actor, admission)
    policies.may_decide(actor, locked).enforce()
    locked.state, locked.reason = AdmissionState.DECLINED, reason
    locked.decided_by, locked.decided_at = actor, timezone.now()
    _save(locked)
    _record(actor, "declined", locked, reason)
    _tell(locked, "declined", _of_the_state(locked), but=actor)
    return locked


@transaction.atomic
def extend_admission(*, actor: User, admission: int, ends_at: datetime, reason: str) -> Admission:
    """Set a later end.

    Args:
        actor: Of the Secretariat.
        admission: Its id.
        ends_at: The new end.
        reason: Why; those concerned read it.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not decide, or it is not in force.
        ValidationError: The end is not later than before.

    Source: ACC-05, workflow 2.3.
    """
    locked = _locked(actor, admission)
    policies.may_extend(actor, locked).enforce()
    if ends_at <= locked.ends_at:
        raise ValidationError(_("Choose a later end than the one it has."), code="not_later")
    locked.ends_at = ends_at
    _save(locked)
    _grants_of(locked).update(ends_at=ends_at)
    _record(actor, "extended", locked, reason)
    _tell(locked, "extended", {**_of_the_state(locked), **_outsider(locked)}, but=actor)
    return locked


@transaction.atomic
def end_admission(*, actor: User, admission: int, reason: str) -> Admission:
    """End an admission before its time; open pages of the person are cut within half a minute, and posts stay.

    An invitation that was not taken up leads nowhere any more, unless the person is admitted elsewhere too.

    Args:
        actor: The moderator, or of the Secretariat.
        admission: Its id.
        reason: Why; those concerned read it.

    Raises:
        Admission.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not end it, or it is not in force.

    Source: ACC-05, workflow 2.3.
    """
    locked = _locked(actor, admission)
    policies.may_end(actor, locked).enforce()
    now = timezone.now()
    grants = _grants_of(locked)
    grants.filter(starts_at__gte=now).delete()
    grants.update(ends_at=now)
    locked.ended_by, locked.end_reason = actor, reason
    _end(locked, now, actor)
    if locked.user is not None and not locked.user.discussion_grants.not_over(now).exists():
        revoke_links_of(locked.user, actor=actor, reason=reason)
    return locked


@transaction.atomic
def end_due_admissions() -> int:
    """Keep that admissions whose time is over have ended, and tell whom it concerns.

    Returns:
        How many there were.
    """
    due = Admission.objects.filter(state=AdmissionState.APPROVED, ends_at__lte=timezone.now())
    found = list(due.select_related("discussion__topic", "discussion__room").select_for_update(of=("self",)))
    for admission in found:
        _end(admission, admission.ends_at, None)
    return len(found)


def _end(admission: Admission, at: datetime, actor: User | None) -> None:
    admission.state, admission.ends_at = AdmissionState.ENDED, at
    admission.starts_at = min(admission.starts_at or at, at)
    _save(admission)
    _record(actor, "ended", admission, admission.end_reason)
    _tell(admission, "ended", {**_of_the_state(admission), **_outsider(admission)}, but=actor)


# --- What every step has in common -------------------------------------------------------------------


def _locked(actor: User, pk: int) -> Admission:
    visible = Admission.objects.visible_to(actor).select_related("discussion__topic", "discussion__room", "protocol")
    found: Admission = visible.select_for_update(of=("self",)).get(pk=pk)
    return found


def _save(admission: Admission) -> None:
    try:
        with transaction.atomic():
            admission.save()
    except IntegrityError:
        raise ValidationError(
            _("Somebody asks for this person in this discussion already. Look at the list of admissions."),
            code="asked_already",
        ) from None


def _confirm(admission: Admission, actor: User) -> None:
    admission.state, admission.confirmed_at, admission.reason = AdmissionState.CONFIRMED, timezone.now(), ""
    admission.confirmed_by = actor if actor.is_focal_point else None


def _protocol_in_force() -> Protocol:
    protocol: Protocol | None = Protocol.objects.in_force(today()).first()
    if protocol is None:
        raise ValidationError(_("No version of the protocol of use is in force."), code="no_protocol")
    return protocol


def _record(actor: User | None, verb: str, admission: Admission, reason: str = "", **facts: Any) -> None:
    """Keep a step with the version of the protocol by which it was taken. Source: ACC-06."""
    protocol = Protocol.objects.in_force(today()).first()
    audit.record(
        actor,
        f"admission.{verb}",
        admission,
        reason=reason,
        protocol=protocol.version if protocol else None,
        discussion=admission.discussion_id,
        sponsor=admission.sponsor_id,
        ends_at=admission.ends_at.isoformat(),
        **facts,
    )


# --- The account and its right ------------------------------------------------------------------------


def _account_of(actor: User, admission: Admission) -> User:
    """Return the account of who is admitted: the one of an earlier admission, or a new one with its invitation.

    Raises:
        ValidationError: The address belongs to a participant, who needs no admission.
    """
    known: User | None = User.objects.select_for_update(of=("self",)).filter(email=admission.email).first()
    if known is None:
        invitation = invite_person(
            actor=actor,
            newcomer=Newcomer(
                email=admission.email,
                full_name=admission.full_name,
                member_state=None,
                role=Role.EXTERNAL,
                institution=admission.organization,
                institution_kind=INSTITUTIONS.get(StakeholderKind(admission.kind), InstitutionKind.OTHER),
                language=admission.language,
            ),
        )
        assert invitation is not None  # the Secretariat knows of every account
        person: User = invitation.user
        return person
    if known.role != Role.EXTERNAL:
        raise ValidationError(
            _("This address belongs to a participant of the forum, who needs no admission."), code="participant"
        )
    if known.status == AccountStatus.INVITED:
        last = Invitation.objects.filter(user=known).latest("created_at")
        renew_invitation(actor=actor, invitation=last)
    return known


def _grant(admission: Admission, starts_at: datetime) -> None:
    """Give the right on each discussion, in place of one that was given there before. Source: reading A6."""
    permission = Permission.objects.get(codename="take_part_in_discussion", content_type__app_label="forum")
    for discussion in discussions_of(admission).select_for_update(of=("self",)):
        first = 1 if admission.sees_earlier_posts else discussion.last_number + 1
        DiscussionGrant.objects.update_or_create(
            user=admission.user,
            content_object=discussion,
            permission=permission,
            defaults={
                "sponsor_id": admission.sponsor_id,
                "first_post": first,
                "starts_at": starts_at,
                "ends_at": admission.ends_at,
            },
        )
        if first > 1:  # so that the page begins where the reading begins
            ReadPosition.objects.update_or_create(
                user=admission.user, discussion=discussion, defaults={"number": first - 1}
            )


def _grants_of(admission: Admission) -> models.QuerySet[DiscussionGrant]:
    return DiscussionGrant.objects.filter(user=admission.user, content_object__in=discussions_of(admission).order_by())


# --- Who is told ---------------------------------------------------------------------------------------


def _tell(admission: Admission, verb: str, people: dict[int, MailScope], *, but: User | None = None) -> None:
    """Tell people of a step; a step that is taken again is told again."""
    told = [(person, admission) for person in people if but is None or person != but.pk]
    outbox.notify_each(
        told, kind=f"admission.{verb}", scope=MailScope.ACCOUNT, occasion=timezone.now().strftime("%Y%m%d%H%M%S%f")
    )


def _drafter(admission: Admission) -> dict[int, MailScope]:
    return {admission.drafted_by_id: MailScope.ACCOUNT}


def _of_the_state(admission: Admission) -> dict[int, MailScope]:
    return {**_drafter(admission), **focal_points_of(admission.sponsor_id)}


def _outsider(admission: Admission) -> dict[int, MailScope]:
    return {admission.user_id: MailScope.ACCOUNT} if admission.user_id else {}


def _moderators() -> dict[int, MailScope]:
    people = User.objects.active().filter(role=Role.MODERATOR).values_list("pk", flat=True)
    return dict.fromkeys(people, MailScope.ACCOUNT) or secretariat()


def _participants(admission: Admission) -> dict[int, MailScope]:
    """Return who follows, read or wrote where the person enters. Source: ACC-05, workflow 2.3."""
    opened = list(discussions_of(admission).values_list("pk", flat=True))
    there = {"user": OuterRef("pk"), "discussion__in": opened}
    wrote = Post.objects.filter(author=OuterRef("pk"), discussion__in=opened)
    took_part = Q(Exists(Follow.objects.filter(**there))) | Exists(ReadPosition.objects.filter(**there)) | Exists(wrote)
    people = User.objects.active().filter(took_part).exclude(pk=admission.user_id)
    return dict.fromkeys(people.values_list("pk", flat=True), MailScope.ACCOUNT)
