"""Requests for an account: asked by anybody, vouched for by the state, decided by the Secretariat."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.enums import AccountStatus, MailScope, RequestState, Vouching
from accounts.models import AccountRequest, Invitation, Notice, User
from accounts.queries.recipients import focal_points_of, secretariat
from accounts.services import audit, outbox
from accounts.services.invitations import Newcomer, invite_person, renew_invitation, tell_of_account

WAITING = "requests.waiting"
SATURDAY = 5


@transaction.atomic
def ask_for_account(*, email: str, **asked: Any) -> None:
    """Keep a request for an account, and have the state's focal points told; answer nothing.

    Whether the address has an account, or a request of it waits already, shows nowhere but in its own mailbox:
    the same statements are run in each case, so that the time tells nothing either.

    Args:
        email: In its canonical form.
        asked: The other fields, as ``AccountRequestForm`` has accepted them.

    Source: ACC-01, ACC-11, reading A3.
    """
    known = User.objects.filter(email=email).first()
    earlier = AccountRequest.objects.waiting().filter(email=email).first()
    focal_points = focal_points_of(asked["member_state"].pk)
    request = _keep(email, asked, is_wanted=known is None)
    if known is not None:
        tell_of_account(known)
    elif request is not None:
        audit.record(None, "request.made", request, state=request.member_state_id)
        outbox.notify(focal_points, kind="request.made", about=request)
    elif earlier is not None:
        audit.record(None, "request.repeated", earlier)


def _keep(email: str, asked: dict[str, Any], *, is_wanted: bool) -> AccountRequest | None:
    """Save a request; None where one waits already. What is not wanted is undone again."""
    try:
        with transaction.atomic():
            request = AccountRequest.objects.create(email=email, **asked)
            transaction.set_rollback(not is_wanted)
    except IntegrityError:  # account_request_waits_once
        return None
    return request


@transaction.atomic
def tell_of_requests() -> int:
    """Tell the Secretariat that requests wait: one letter a working day, however many they are.

    It goes out in the morning where something waits by then, else with the first request of the day; what comes
    after it is in the next one. It is not written with the request, so that the time of its answer tells nothing.

    Returns:
        How many people are told.

    Source: ACC-01, ACC-03, reading A3.
    """
    now = timezone.localtime(timezone=timezone.get_default_timezone())
    is_working = now.weekday() < SATURDAY and now.hour >= settings.REQUESTS_TOLD_FROM
    if not is_working or not AccountRequest.objects.waiting().exists():
        return 0
    day = now.date().isoformat()
    keys = {outbox.key_of(WAITING, person, person, day): person for person in secretariat()}
    told = Notice.objects.filter(key__in=keys).values_list("key", flat=True)
    people = User.objects.filter(pk__in=[person for key, person in keys.items() if key not in set(told)])
    events = [(person.pk, person) for person in people]
    outbox.notify_each(events, kind=WAITING, scope=MailScope.ACCOUNT, occasion=day)
    return len(events)


@transaction.atomic
def vouch_for_request(*, actor: User, request: AccountRequest, vouching: Vouching, note: str) -> AccountRequest:
    """Keep the state's word on a request; a later word takes the place of an earlier one.

    Args:
        actor: A focal point of the request's state.
        request: The one meant.
        vouching: Vouched or objected.
        note: What the Secretariat should know; an objection needs one.

    Returns:
        The saved request.

    Raises:
        AccountRequest.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not vouch for it; the message says why.
        ValidationError: An objection without a note.

    Source: ACC-11, reading A3.
    """
    request = AccountRequest.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=request.pk)
    policies.may_vouch(actor, request).enforce()
    if vouching == Vouching.OBJECTED and not note:
        raise ValidationError(_("Say why you object, so that the Secretariat can decide."), code="note_missing")
    request.vouching, request.vouching_note = vouching, note
    request.vouched_by, request.vouched_at = actor, timezone.now()
    request.save(update_fields=["vouching", "vouching_note", "vouched_by", "vouched_at"])
    audit.record(actor, f"request.{vouching}", request, reason=note)
    return request


@transaction.atomic
def decide_requests(*, actor: User, requests: Iterable[int], approve: bool, reason: str) -> list[AccountRequest]:
    """Approve or decline requests, one or many, and have both sides told.

    Args:
        actor: Who decides for the Secretariat.
        requests: The ids; what was decided meanwhile stays as it is.
        approve: Whether the people are invited.
        reason: Why; a refusal needs one, and the person reads it.

    Returns:
        Those decided now.

    Raises:
        PermissionDenied: ``actor`` may not decide; the message says why.
        ValidationError: A refusal without a reason.

    Source: ACC-01, ACC-06, ACC-11, reading A3.
    """
    policies.may_decide_requests(actor).enforce()
    if not approve and not reason:
        raise ValidationError(_("Give the reason for declining: the person is told."), code="reason_missing")
    waiting = AccountRequest.objects.visible_to(actor).waiting().filter(pk__in=list(requests))
    decided = list(waiting.select_for_update(of=("self",)).select_related("member_state"))
    for request in decided:
        _decide(actor, request, approve=approve, reason=reason)
    return decided


def _decide(actor: User, request: AccountRequest, *, approve: bool, reason: str) -> None:
    request.state = RequestState.APPROVED if approve else RequestState.DECLINED
    request.decided_by, request.decided_at, request.decision_reason = actor, timezone.now(), reason
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    audit.record(actor, f"request.{request.state}", request, reason=reason, vouching=request.vouching)
    outbox.notify(focal_points_of(request.member_state_id), kind="request.decided", about=request)
    if approve:
        _let_in(actor, request)
    else:
        outbox.notify_address(request.email, language=request.language, kind="request.declined", about=request)


def _let_in(actor: User, request: AccountRequest) -> None:
    """Invite whom a request is from, whatever has become of the address meanwhile."""
    known = User.objects.filter(email=request.email).first()
    if known is None:
        invite_person(
            actor=actor,
            newcomer=Newcomer(
                email=request.email,
                full_name=request.full_name,
                member_state=request.member_state,
                institution=request.institution,
                institution_kind=request.institution_kind,
                language=request.language,
                languages_read=request.languages_read,
            ),
        )
        return
    last = Invitation.objects.filter(user=known).last_of_each().first()
    if known.status == AccountStatus.INVITED and last is not None:
        renew_invitation(actor=actor, invitation=last)
    else:
        tell_of_account(known)
