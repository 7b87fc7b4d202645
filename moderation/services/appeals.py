"""What is said against decisions, and to the Secretariat; and what it answers."""

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from accounts.enums import MailScope, Role
from accounts.models import User
from accounts.services import audit, outbox
from moderation.enums import CaseState, Outcome, ReviewState
from moderation.models import Appeal, Case, Complaint
from moderation.policies import cases as policies
from moderation.services.cases import REASON_IN_AUDIT, locked_case, undo

SALT = "moderation.appeal"


def token_of(case: Case) -> str:
    """Return what the letter about a decision leads its author by, who may be unable to sign in."""
    return Signer(salt=SALT).sign(f"{case.pk}.{case.post.author_id}")


def case_of(token: str) -> Case:
    """Return the decision to which a letter's link leads.

    Args:
        token: From the link.

    Raises:
        Case.DoesNotExist: The link is wrong, or the decision was taken back or is not its reader's any more.

    Source: MOD-09, CDIP/11/4 rec 30 b) ii).
    """
    try:
        case, author = Signer(salt=SALT).unsign(token).split(".")
    except BadSignature:
        raise Case.DoesNotExist from None
    places = ("post__author", "post__discussion__topic", "post__discussion__room", "appeal")
    decided = Case.objects.filter(state=CaseState.DECIDED).exclude(outcome=Outcome.NOTHING)
    found: Case = decided.select_related(*places).get(pk=int(case), post__author=int(author))
    return found


@transaction.atomic
def make_appeal(*, actor: User, case: int, text: str) -> Appeal:
    """Appeal once against what was decided about a post; the Secretariat is told.

    Args:
        actor: Its author; or the Secretariat, which records an appeal that came by mail.
        case: The id of what was decided, locked.
        text: What is said against it.

    Returns:
        The appeal.

    Raises:
        Case.DoesNotExist: There is no such decision for ``actor``.
        PermissionDenied: ``actor`` may not appeal, or not any more; the message says why.

    Source: MOD-09, CDIP/11/4 rec 30 b) ii).
    """
    if not actor.is_staff:
        Case.objects.filter(post__author=actor).values("pk").get(pk=case)
    locked = locked_case(case)
    policies.may_appeal(actor, locked).enforce()
    author = locked.post.author
    assert author is not None
    appeal = Appeal.objects.create(case=locked, author=author, text=text)
    audit.record(actor, "appeal.made", appeal, case=locked.pk, author=author.pk)
    _tell_secretariat("appeal.made", appeal)
    return appeal


@transaction.atomic
def decide_appeal(*, actor: User, appeal: int, is_granted: bool, answer: str) -> Appeal:
    """Grant an appeal, which takes back all that was decided, or refuse it.

    Args:
        actor: Somebody of the Secretariat who had no part in the decision.
        appeal: Its id, locked.
        is_granted: Whether the decision is taken back.
        answer: Why; the author reads it, and who decided.

    Returns:
        The appeal.

    Raises:
        Appeal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not decide it, or it was decided meanwhile; the message says why.

    Source: MOD-09, CDIP/11/4 rec 30 b) ii).
    """
    visible = Appeal.objects.visible_to(actor)
    case = locked_case(visible.values_list("case", flat=True).get(pk=appeal))
    locked = visible.select_for_update(of=("self",)).select_related("author").get(pk=appeal)
    locked.case = case
    policies.may_decide_appeal(actor, locked).enforce()
    locked.state = ReviewState.UPHELD if is_granted else ReviewState.REJECTED
    locked.answer, locked.decided_by, locked.decided_at = answer, actor, timezone.now()
    locked.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    if is_granted:
        undo(actor, case)
    action = "appeal.granted" if is_granted else "appeal.refused"
    audit.record(actor, action, locked, reason=answer[:REASON_IN_AUDIT], case=case.pk, post=case.post_id)
    told = {person for person in (locked.author_id, case.decided_by_id) if person is not None}
    outbox.notify(dict.fromkeys(told, MailScope.ACCOUNT), kind="appeal.decided", about=locked)
    return locked


@transaction.atomic
def complain(*, actor: User, text: str) -> Complaint:
    """Write to the Secretariat: a complaint about moderation, or anything else about the forum.

    Args:
        actor: Who writes.
        text: What.

    Returns:
        The complaint.

    Raises:
        PermissionDenied: The forum is not open to ``actor``.

    Source: MOD-09, CDIP/11/4 rec 30 b) ii).
    """
    policies.may_complain(actor).enforce()
    complaint = Complaint.objects.create(made_by=actor, text=text)
    audit.record(actor, "complaint.made", complaint)
    _tell_secretariat("complaint.made", complaint)
    return complaint


@transaction.atomic
def answer_complaint(*, actor: User, complaint: int, is_taken_up: bool, answer: str) -> Complaint:
    """Answer a complaint.

    Args:
        actor: Somebody of the Secretariat.
        complaint: Its id, locked.
        is_taken_up: Whether something is done about it.
        answer: What, or why not; who wrote reads it.

    Returns:
        The complaint.

    Raises:
        Complaint.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not answer, or it was answered meanwhile.

    Source: MOD-09, CDIP/11/4 rec 30 b) ii).
    """
    locked = Complaint.objects.visible_to(actor).select_for_update().get(pk=complaint)
    policies.may_answer_complaint(actor, locked).enforce()
    locked.state = ReviewState.UPHELD if is_taken_up else ReviewState.REJECTED
    locked.answer, locked.answered_by, locked.answered_at = answer, actor, timezone.now()
    locked.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit.record(actor, "complaint.answered", locked, is_taken_up=is_taken_up, person=locked.made_by_id)
    outbox.notify({locked.made_by_id: MailScope.ACCOUNT}, kind="complaint.answered", about=locked)
    return locked


def _tell_secretariat(kind: str, about: Appeal | Complaint) -> None:
    people = User.objects.active().filter(role=Role.SECRETARIAT).values_list("pk", flat=True)
    outbox.notify(dict.fromkeys(people, MailScope.ACCOUNT), kind=kind, about=about)
