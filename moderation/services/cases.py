"""Reported posts: reporting, assigning, a second opinion, deciding, and taking a decision back.

Whoever changes a case locks its post first, then the case.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import MailScope, Role
from accounts.models import User
from accounts.services import audit, outbox
from forum.enums import PostState, RemovalReason
from forum.models import Post, RoomGrant
from forum.services.hiding import hide_post, remove_post, reword_hidden, show_post
from moderation.enums import COMMON_REASONS, CaseState, Outcome, ReportReason, SanctionKind
from moderation.models import Case, Report
from moderation.policies import cases as policies
from moderation.services.sanctions import impose, lift_sanctions_of
from moderation.services.suggestions import said_to

REASON_IN_AUDIT = 500


@transaction.atomic
def report_post(*, actor: User, post: int, reason: ReportReason, text: str = "") -> Report:
    """Report a post, once by each reader; who moderates its room is told of the first report.

    Args:
        actor: Who reports; the author is not told who.
        post: The id of the post, locked.
        reason: From the list.
        text: What is wrong with it, in the reader's words.

    Returns:
        The report.

    Raises:
        Post.DoesNotExist: The post is hidden from ``actor``.
        PermissionDenied: ``actor`` may not report it; the message says why.

    Source: MOD-09, FOR-11.
    """
    posts = Post.objects.visible_to(actor).select_related("discussion__room")
    locked = posts.select_for_update(of=("self",)).get(pk=post)
    policies.may_report(actor, locked).enforce()
    case = Case.objects.open().filter(post=locked).first()
    is_new = case is None
    case = case or Case.objects.create(post=locked)
    report = Report.objects.create(case=case, reporter=actor, reason=reason, text=text)
    audit.record(actor, "post.reported", locked, case=case.pk, reason_class=reason)
    if is_new:
        _tell(_guides_of(locked, but=actor), "case.opened", case)
    return report


def _guides_of(post: Post, *, but: User) -> list[int]:
    """Return the ids of the moderators, and of the facilitators of a post's room."""
    active = User.objects.active()
    guides = set(active.filter(role=Role.MODERATOR).values_list("pk", flat=True))
    grants = RoomGrant.objects.in_force().filter(content_object=post.discussion.room_id)
    guides |= set(active.filter(role=Role.FACILITATOR, pk__in=grants.values("user")).values_list("pk", flat=True))
    return sorted(guides - {but.pk, post.author_id})


@transaction.atomic
def assign_case(*, actor: User, case: int, assignee: int, instead_of: int | None) -> Case:
    """Take a case, or give it to somebody.

    Args:
        actor: Who assigns; a facilitator takes cases only.
        case: Its id, locked.
        assignee: The id of who is to see to it.
        instead_of: The id of whose it was when the page was shown, if anybody's.

    Returns:
        The case.

    Raises:
        Case.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: It was decided meanwhile, or ``actor`` may not.
        ValidationError: Somebody else has taken it meanwhile, or whoever it is given to cannot see to it.

    Source: MOD-09, MOD-11.
    """
    locked = _locked(actor, case)
    policies.may_decide(actor, locked).enforce()
    if locked.assignee_id == assignee:
        return locked
    if locked.assignee is not None and locked.assignee_id != instead_of:
        raise ValidationError(
            _("%(name)s has taken this meanwhile.") % {"name": locked.assignee.shown_name}, code="taken"
        )
    person = User.objects.with_access().filter(pk=assignee).first()
    if person is None or not Case.objects.visible_to(person).filter(pk=case).exists():
        raise ValidationError(_("This person does not see what is reported in this room."), code="assignee")
    policies.may_decide(person, locked).enforce()
    locked.assignee = person
    locked.save(update_fields=["assignee"])
    audit.record(actor, "case.assigned", locked, assignee=person.pk)
    if person != actor:
        _tell([person.pk], "case.assigned", locked)
    return locked


@transaction.atomic
def ask_second_opinion(*, actor: User, case: int, second: int) -> Case:
    """Ask a second person what is to be done; of a delegation's statement, whether it may be removed.

    Args:
        actor: Who asks.
        case: Its id, locked.
        second: The id of somebody else who moderates.

    Returns:
        The case.

    Raises:
        Case.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not ask, or not this person.
        ValidationError: Somebody has been asked already.

    Source: MOD-09.
    """
    locked = _locked(actor, case)
    person = User.objects.with_access().get(pk=second)
    policies.may_ask_second(actor, locked, person).enforce()
    if locked.state == CaseState.SECOND and locked.second_by is not None:
        raise ValidationError(_("%(name)s is asked already.") % {"name": locked.second_by.shown_name}, code="asked")
    locked.state, locked.second_by = CaseState.SECOND, person
    locked.second_opinion, locked.second_at, locked.agrees_to_removal = "", None, False
    locked.save()
    audit.record(actor, "case.second_asked", locked, second=person.pk)
    _tell([person.pk], "case.second_asked", locked)
    return locked


@transaction.atomic
def give_opinion(*, actor: User, case: int, opinion: str, agrees_to_removal: bool) -> Case:
    """Say as the second person what is to be done; who sees to the case decides.

    Args:
        actor: The second person.
        case: Its id, locked.
        opinion: What is to be done, and why.
        agrees_to_removal: Whether the post may be removed.

    Returns:
        The case.

    Raises:
        Case.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` was not asked, or has answered.

    Source: MOD-09.
    """
    locked = _locked(actor, case)
    policies.may_give_opinion(actor, locked).enforce()
    locked.state, locked.second_opinion, locked.second_at = CaseState.OPEN, opinion, timezone.now()
    locked.agrees_to_removal = agrees_to_removal
    locked.save()
    audit.record(actor, "case.opinion_given", locked, agrees_to_removal=agrees_to_removal)
    _tell([locked.assignee_id] if locked.assignee_id else [], "case.opinion_given", locked)
    return locked


@transaction.atomic
def decide_case(
    *,
    actor: User,
    case: int,
    outcome: Outcome,
    reason: str,
    common: str = "",
    removal: RemovalReason | None = None,
    ends_at: datetime | None = None,
) -> Case:
    """Decide on a reported post. Its author is told why, those who reported it only that it was decided.

    Args:
        actor: Who decides.
        case: Its id, locked: of two who decide at once, the second is told.
        outcome: What is done.
        reason: Why; the author reads it. Empty where ``common`` says all.
        common: One of the ``COMMON_REASONS`` of the outcome, written in the author's language; or empty.
        removal: For a removal, what everybody reads in its place.
        ends_at: For a mute or a suspension, until when.

    Returns:
        The case.

    Raises:
        Case.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: It was decided meanwhile, or ``actor`` may not decide so; the message says why.
        ValidationError: The reason goes with another outcome, or the end is missing or cannot be.

    Source: MOD-09, MOD-11, FOR-11, OPS-01.
    """
    locked = _locked(actor, case)
    policies.may_choose(actor, locked, outcome).enforce()
    if common and common not in COMMON_REASONS[outcome]:
        raise ValidationError({"common": _("This reason goes with another decision.")})
    reason = said_to(locked.post.author if outcome != Outcome.NOTHING else None, common, reason)
    limits = outcome in policies.LIMITS
    now = timezone.now()
    if limits and (ends_at is None or not now < ends_at <= now + settings.SANCTION_MOST):
        raise ValidationError(_("Set an end that is still to come, at most a year ahead."), code="ends_at")
    locked.state, locked.outcome, locked.reason = CaseState.DECIDED, outcome, reason
    locked.decided_by, locked.decided_at, locked.ends_at = actor, now, ends_at if limits else None
    locked.save()
    _carry_out(actor, locked, removal)
    audit.record(
        actor,
        "case.decided",
        locked,
        reason=reason[:REASON_IN_AUDIT],
        post=locked.post_id,
        outcome=outcome,
        ends_at=locked.ends_at.isoformat() if locked.ends_at else None,
    )
    if locked.post.author_id is not None and outcome != Outcome.NOTHING:
        _tell([locked.post.author_id], "case.decided", locked)
    _tell(locked.reports.values_list("reporter", flat=True), "case.settled", locked)
    return locked


def _carry_out(actor: User, case: Case, removal: RemovalReason | None) -> None:
    post = case.post
    match case.outcome:
        case Outcome.HIDDEN:
            hide_post(actor=actor, post=post, reason=case.reason)
        case Outcome.REMOVED:
            remove_post(actor=actor, post=post, reason=removal or RemovalReason.OTHER)
        case Outcome.WARNING | Outcome.MUTE | Outcome.SUSPENSION:
            impose(actor=actor, case=case, kind=SanctionKind(case.outcome))


@transaction.atomic
def change_hidden_post(*, actor: User, post: int, body: str) -> Post:
    """Change the wording of one's own hidden post, and have who hid it told to look at it.

    Args:
        actor: Its author.
        post: The id of the post, locked.
        body: The new Markdown.

    Returns:
        The post, still hidden.

    Raises:
        Post.DoesNotExist: It is not one's own, or not hidden.
        PermissionDenied: ``actor`` may not change it; the message says why.

    Source: FOR-11, MOD-09.
    """
    held = Post.objects.held_for(actor).filter(author=actor).select_related("discussion__room")
    locked = held.select_for_update(of=("self",)).get(pk=post)
    case = Case.objects.filter(post=locked, outcome=Outcome.HIDDEN).order_by("-decided_at").first()
    if case is None:
        raise Post.DoesNotExist
    reword_hidden(actor=actor, post=locked, body=body)
    _tell([case.decided_by_id] if case.decided_by_id else [], "case.changed", case)
    return locked


@transaction.atomic
def release_post(*, actor: User, case: int) -> Case:
    """Show the hidden post of a case again, and have its author told.

    Args:
        actor: Who decides.
        case: Its id, locked.

    Returns:
        The case.

    Raises:
        Case.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: The post is not hidden now, or ``actor`` may not.

    Source: FOR-11, MOD-09.
    """
    locked = _locked(actor, case)
    policies.may_release(actor, locked).enforce()
    show_post(actor=actor, post=locked.post)
    audit.record(actor, "case.released", locked, post=locked.post_id)
    _tell([locked.post.author_id] if locked.post.author_id else [], "case.released", locked)
    return locked


@transaction.atomic
def reopen_case(*, actor: User, case: int, reason: str) -> Case:
    """Take back what was decided, with all that came of it, and look at the post anew.

    Args:
        actor: The moderator, who can overrule a facilitator.
        case: Its id, locked.
        reason: Why; the author and who decided read it.

    Returns:
        The case, open.

    Raises:
        Case.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not, or it is appealed against.
        ValidationError: The post has been reported anew meanwhile.

    Source: MOD-05, CDIP/22/3 para 7 ("supervises their work").
    """
    locked = _locked(actor, case)
    policies.may_reopen(actor, locked).enforce()
    if Case.objects.open().filter(post=locked.post_id).exists():
        raise ValidationError(_("This post was reported anew: decide on that report."), code="reported_anew")
    facts = {"outcome": locked.outcome, "decided_by": locked.decided_by_id, "post": locked.post_id}
    told = {person for person in (locked.decided_by_id, locked.post.author_id) if person not in {None, actor.pk}}
    if locked.outcome == Outcome.NOTHING:
        told.discard(locked.post.author_id)
    undo(actor, locked)
    locked.state, locked.outcome, locked.ends_at = CaseState.OPEN, "", None
    locked.decided_by = locked.decided_at = locked.assignee = None
    locked.second_by = locked.second_at = None
    locked.second_opinion, locked.agrees_to_removal, locked.reason = "", False, reason
    locked.save()
    audit.record(actor, "case.reopened", locked, reason=reason[:REASON_IN_AUDIT], **facts)
    _tell(told, "case.reopened", locked)
    return locked


def undo(actor: User, case: Case) -> None:
    """Show the post of a locked case again where it was hidden or removed by it, and lift what was imposed."""
    ended = {Outcome.HIDDEN: PostState.HELD, Outcome.REMOVED: PostState.REMOVED}.get(Outcome(case.outcome))
    if ended is not None and case.post.state == ended and case.post.body:  # else its words were deleted on request
        show_post(actor=actor, post=case.post)
    lift_sanctions_of(case, actor=actor)


def locked_case(case: int) -> Case:
    """Lock a case with its post, in the order that everybody keeps to; the caller has asked who may see it."""
    post = Case.objects.values_list("post", flat=True).get(pk=case)
    Post.objects.select_for_update().get(pk=post)
    related = Case.objects.select_related(
        "post__author", "post__discussion__room", "assignee", "decided_by", "second_by"
    )
    return related.select_for_update(of=("self",)).get(pk=case)


def _locked(actor: User, case: int) -> Case:
    Case.objects.visible_to(actor).values("pk").get(pk=case)
    return locked_case(case)


def _tell(people: Iterable[int], kind: str, case: Case) -> None:
    moment = case.decided_at or timezone.now()
    outbox.notify_each(
        [(person, case) for person in people],
        kind=kind,
        scope=MailScope.ACCOUNT,
        occasion="" if kind == "case.settled" else f"{moment.timestamp():.0f}",
    )
