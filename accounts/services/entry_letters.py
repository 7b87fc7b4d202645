"""What people are told by mail about coming in: invitations, requests and what became of them."""

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AccountStatus, RequestState, Vouching
from accounts.models import AccountRequest, AuditEntry, Invitation, Notice
from accounts.services.invitations import token_of
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter


def invitation_made(notice: Notice) -> Letter | None:
    """Send the personal link; nothing once it is taken up, revoked or too old. Source: ACC-11, reading A3."""
    invitation = Invitation.objects.usable(timezone.now()).filter(pk=notice.object_id).first()
    token = token_of(invitation) if invitation else None
    if invitation is None or token is None:
        return None
    subject = _("Your invitation to the Technical Assistance Forum")
    return write_letter(notice, "accounts/emails/invitation_made", subject, {"invitation": invitation, "token": token})


def request_made(notice: Notice) -> Letter | None:
    """Tell a focal point that somebody of the state waits to be vouched for. Source: ACC-11, reading A3."""
    waiting = _request_of(notice)
    if waiting is None or waiting.state != RequestState.WAITING:
        return None
    subject = _("Somebody asks for an account for your delegation")
    return write_letter(notice, "accounts/emails/request_made", subject, {"request": waiting})


def requests_waiting(notice: Notice) -> Letter | None:
    """Tell the Secretariat how many requests wait; who they are from stays out of the mail. Source: ACC-03."""
    if not notice.reader.is_staff:
        return None
    waiting = AccountRequest.objects.visible_to(notice.reader).waiting()
    counts = waiting.aggregate(
        count=Count("pk"),
        oldest=Min("created_at"),
        vouched=Count("pk", filter=Q(vouching=Vouching.VOUCHED)),
        objected=Count("pk", filter=Q(vouching=Vouching.OBJECTED)),
    )
    if not counts["count"]:
        return None
    subject = _("Requests for an account wait for a decision")
    return write_letter(notice, "accounts/emails/requests_waiting", subject, counts)


def request_decided(notice: Notice) -> Letter | None:
    """Tell a focal point what the Secretariat decided. Source: ACC-11, reading A3."""
    decided = _request_of(notice)
    if decided is None:
        return None
    subject = _("The Secretariat decided on a request for an account")
    context: dict[str, object] = {"request": decided, "approved": decided.state == RequestState.APPROVED}
    return write_letter(notice, "accounts/emails/request_decided", subject, context)


def _request_of(notice: Notice) -> AccountRequest | None:
    requests = AccountRequest.objects.visible_to(notice.reader).select_related("member_state")
    return requests.filter(pk=notice.object_id).first()


def request_declined(notice: Notice) -> Letter | None:
    """Tell somebody who has no account that the request was declined, and why. Source: ACC-06."""
    declined = notice.about
    assert isinstance(declined, AccountRequest)
    subject = _("Your request for an account")
    return write_letter(notice, "accounts/emails/request_declined", subject, {"request": declined})


def account_known(notice: Notice) -> Letter | None:
    """Tell somebody who was asked for an account, or asked for one, that there is one already."""
    assert isinstance(notice.about, AuditEntry)
    person = notice.reader
    subject = _("You have an account already")
    context: dict[str, object] = {
        "works": person.is_active,
        "is_invited": person.status == AccountStatus.INVITED,
    }
    return write_letter(notice, "accounts/emails/account_known", subject, context)
