"""Who may report posts, decide about them, and say something against that, and why not."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AccountStatus
from accounts.models import User
from accounts.policies import may_limit
from accounts.verdicts import ALLOWED, Verdict
from forum.enums import Capacity, PostState
from forum.models import Post
from forum.policies import may_judge, may_steer
from moderation.enums import CaseState, Outcome, ReviewState, SanctionKind
from moderation.models import Appeal, Case, Complaint, Report, Sanction

NEEDS_AUTHOR = (Outcome.EDIT_ASKED, Outcome.HIDDEN, Outcome.WARNING, Outcome.MUTE, Outcome.SUSPENSION)
LIMITS = (Outcome.MUTE, Outcome.SUSPENSION)


def may_report(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may report ``post``. Source: MOD-09, FOR-11."""
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if post.author_id == actor.pk:
        return Verdict(_("This is your own post. You can change it or withdraw it."))
    if post.state != PostState.VISIBLE:
        return Verdict(_("This post is no longer shown."))
    if Report.objects.filter(case__post=post, reporter=actor).exists():
        return Verdict(_("You have reported this post already. You are told by mail when it is decided."))
    return ALLOWED


def may_see_cases(actor: User) -> Verdict:
    """Judge whether ``actor`` sees reported posts: the moderator all, a facilitator the own room's.

    Source: MOD-05, MOD-09.
    """
    if may_steer(actor):
        return ALLOWED
    return Verdict(_("The moderator, and the facilitator of its room, see what is reported."))


def may_decide(actor: User, case: Case) -> Verdict:
    """Judge whether ``actor`` may decide on ``case`` now. Source: MOD-05, MOD-09."""
    verdict = may_see_cases(actor) and may_judge(actor, case.post)
    if not verdict:
        return verdict
    if case.state == CaseState.DECIDED:
        name = case.decided_by.shown_name if case.decided_by else ""
        return Verdict(
            _("%(name)s has decided on this meanwhile: %(outcome)s.")
            % {"name": name, "outcome": case.get_outcome_display()}
        )
    if case.second_by_id == actor.pk:
        return Verdict(_("You were asked for a second opinion, so somebody else decides."))
    return ALLOWED


def may_choose(actor: User, case: Case, outcome: Outcome) -> Verdict:
    """Judge whether ``actor`` may decide on ``case`` with this outcome.

    Args:
        actor: Who decides.
        case: With its post, the post's author, and the second person.
        outcome: What would be done.

    Source: MOD-05, MOD-09, reading A20.
    """
    verdict = may_decide(actor, case)
    if not verdict:
        return verdict
    post = case.post
    if outcome in NEEDS_AUTHOR and (post.author is None or post.author.status == AccountStatus.LEFT):
        return Verdict(_("The author of this post is not here. It can stay, or be removed."))
    if outcome in LIMITS:
        assert post.author is not None
        return may_limit(actor, post.author)
    if post.capacity != Capacity.DELEGATION:
        return ALLOWED
    if outcome == Outcome.HIDDEN:
        return Verdict(
            _(
                "A statement of the delegation is not changed once it is made, so it cannot wait for that: ask for a"
                " corrigendum, or remove it together with a second person."
            )
        )
    if outcome == Outcome.REMOVED and not case.agrees_to_removal:
        return Verdict(_("A statement of the delegation is removed only when a second person agrees."))
    return ALLOWED


def may_ask_second(actor: User, case: Case, second: User) -> Verdict:
    """Judge whether ``actor`` may ask for a second opinion.

    Args:
        actor: Who asks.
        case: With its post and who decided.
        second: Who would be asked.

    Source: MOD-09.
    """
    verdict = may_decide(actor, case)
    if not verdict:
        return verdict
    if second.pk in {actor.pk, case.post.author_id} or not (second.may_enter and second.is_moderator):
        return Verdict(_("Ask somebody else who moderates, or of the Secretariat."))
    return ALLOWED


def may_give_opinion(actor: User, case: Case) -> Verdict:
    """Judge whether ``actor`` was asked for a second opinion and can give it now. Source: MOD-09."""
    if case.second_by_id != actor.pk or not actor.is_moderator:
        return Verdict(_("Only the second person who was asked gives an opinion."))
    if case.state != CaseState.SECOND:
        return Verdict(_("This was decided, or your opinion is here already."))
    return ALLOWED


def may_release(actor: User, case: Case) -> Verdict:
    """Judge whether ``actor`` may show the hidden post of ``case`` again. Source: FOR-11, MOD-09."""
    verdict = may_see_cases(actor) and may_judge(actor, case.post)
    if not verdict:
        return verdict
    if case.outcome != Outcome.HIDDEN or case.post.state != PostState.HELD:
        return Verdict(_("This post is not hidden now."))
    return ALLOWED


def may_reopen(actor: User, case: Case) -> Verdict:
    """Judge whether ``actor`` may take back what was decided on ``case``. Source: MOD-05, CDIP/22/3 para 7."""
    if not (actor.may_enter and actor.is_moderator):
        return Verdict(_("Only the moderator takes back what was decided."))
    if case.state != CaseState.DECIDED:
        return Verdict(_("Nothing is decided on this post now."))
    if case.post.author_id == actor.pk:
        return Verdict(_("Somebody else decides on your own post."))
    if Appeal.objects.filter(case=case).exists():
        return Verdict(_("The author has appealed, so the Secretariat decides."))
    return ALLOWED


def may_lift(actor: User, sanction: Sanction) -> Verdict:
    """Judge whether ``actor`` may end ``sanction`` before its day. Source: MOD-09."""
    verdict = may_limit(actor, sanction.user)
    if verdict and not is_in_force(sanction):
        return Verdict(_("This is over already."))
    return verdict


def is_in_force(sanction: Sanction) -> bool:
    """Tell whether a mute or a suspension holds now."""
    is_limit = sanction.kind != SanctionKind.WARNING and sanction.lifted_at is None
    return is_limit and sanction.ends_at is not None and sanction.ends_at > timezone.now()


def appeal_ends(case: Case) -> datetime:
    """Return until when the author can appeal. Source: MOD-09."""
    assert case.decided_at is not None
    return case.decided_at + timedelta(days=settings.APPEAL_DAYS)


def may_appeal(actor: User, case: Case) -> Verdict:
    """Judge whether an appeal against what was decided on ``case`` may be made by ``actor``.

    The Secretariat records one that came by mail.

    Source: MOD-09, CDIP/11/4 rec 30 b) ii).
    """
    if case.post.author_id is None or not (actor.pk == case.post.author_id or (actor.may_enter and actor.is_staff)):
        return Verdict(_("Only the author of a post appeals against what was decided about it."))
    if case.state != CaseState.DECIDED or case.outcome == Outcome.NOTHING:
        return Verdict(_("Nothing was decided about this post that one could appeal against."))
    if Appeal.objects.filter(case=case).exists():
        return Verdict(_("An appeal against this decision was made already."))
    if timezone.now() >= appeal_ends(case):
        return Verdict(_("The time to appeal against this decision is over."))
    return ALLOWED


def may_appeal_by_letter(author: User) -> Verdict:
    """Judge whether the letter's link lets ``author`` appeal: while they are suspended, and cannot sign in for it.

    Source: MOD-09, CDIP/11/4 rec 30 b) ii).
    """
    if author.suspended_until is not None and author.suspended_until > timezone.now():
        return ALLOWED
    return Verdict(_("Please sign in to appeal."))


def may_decide_appeals(actor: User) -> Verdict:
    """Judge whether ``actor`` decides appeals and answers complaints. Source: MOD-09, CDIP/11/4 rec 30 b) ii)."""
    if actor.may_enter and actor.is_staff:
        return ALLOWED
    return Verdict(_("Only the Secretariat decides appeals and answers complaints."))


def may_decide_appeal(actor: User, appeal: Appeal) -> Verdict:
    """Judge whether ``actor`` may decide ``appeal``: nobody who had a part in what it is against. Source: MOD-09."""
    verdict = may_decide_appeals(actor)
    if not verdict:
        return verdict
    if actor.pk in {appeal.case.decided_by_id, appeal.case.second_by_id, appeal.author_id}:
        return Verdict(_("Somebody who had no part in the decision decides the appeal."))
    if appeal.state != ReviewState.WAITING:
        return Verdict(_("This appeal was decided meanwhile."))
    return ALLOWED


def may_complain(actor: User) -> Verdict:
    """Judge whether ``actor`` may write to the Secretariat on its page. Source: MOD-09, CDIP/11/4 rec 30 b) ii)."""
    if actor.may_enter:
        return ALLOWED
    return Verdict(_("Please accept the protocol of use first."))


def may_answer_complaint(actor: User, complaint: Complaint) -> Verdict:
    """Judge whether ``actor`` may answer ``complaint``. Source: MOD-09, CDIP/11/4 rec 30 b) ii)."""
    verdict = may_decide_appeals(actor)
    if not verdict:
        return verdict
    if complaint.made_by_id == actor.pk:
        return Verdict(_("Somebody else answers what you have written."))
    if complaint.state != ReviewState.WAITING:
        return Verdict(_("This was answered meanwhile."))
    return ALLOWED
