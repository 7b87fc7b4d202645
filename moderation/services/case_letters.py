"""What people are told by mail about reported posts, appeals and complaints: never what a post says."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.enums import AccountStatus
from accounts.models import Notice, User
from accounts.services.letters import write_letter
from accounts.services.outbox import Composer, Letter
from forum.models import Post
from moderation.enums import CaseState, Outcome, ReviewState
from moderation.models import Appeal, Case, Complaint, Sanction
from moderation.policies import cases as policies
from moderation.services.appeals import token_of


def case_opened(notice: Notice) -> Letter | None:
    """Tell who moderates the room that a post is reported."""
    return _to_guide(notice, _("A reader has reported a post. Please look at it and decide."))


def case_assigned(notice: Notice) -> Letter | None:
    """Tell somebody that a reported post is theirs to see to."""
    return _to_guide(notice, _("A reported post is given to you to decide."))


def case_second_asked(notice: Notice) -> Letter | None:
    """Ask somebody for a second opinion."""
    return _to_guide(notice, _("A colleague asks for your opinion before something is decided about a reported post."))


def case_opinion_given(notice: Notice) -> Letter | None:
    """Tell who sees to a case that the second opinion is there."""
    return _to_guide(notice, _("The second opinion that was asked for is there. Please decide."))


def case_changed(notice: Notice) -> Letter | None:
    """Tell who has hidden a post that its author has changed it."""
    return _to_guide(
        notice, _("The author has changed a post that you have hidden. Please read it and show it again."), decided=True
    )


def _to_guide(notice: Notice, said: str, *, decided: bool = False) -> Letter | None:
    case = Case.objects.visible_to(notice.reader).select_related(*PLACE).filter(pk=notice.object_id).first()
    if case is None or (case.state == CaseState.DECIDED) != decided:
        return None
    subject = _("Reported: %(post)s") % {"post": place_of(case.post)}
    return _letter(notice, subject, said, address=case.get_absolute_url(), label=_("Open the reported post"))


PLACE = ("post__discussion__topic", "post__discussion__room")


def place_of(post: Post) -> str:
    """Return where a post stands, in words that tell nothing of it: the symbol and the number."""
    return _("post %(number)s of %(symbol)s") % {"number": post.number, "symbol": post.discussion.symbol}


def case_decided(notice: Notice) -> Letter | None:
    """Tell an author what was decided, why, and how to appeal; also who cannot enter now. Source: MOD-09."""
    case = _case_of_author(notice)
    if case is None or case.state != CaseState.DECIDED or case.outcome == Outcome.NOTHING:
        return None
    paragraphs = [
        _("It was decided about your %(post)s: %(outcome)s.")
        % {"post": place_of(case.post), "outcome": case.get_outcome_display()},
        _("The reason: %(reason)s") % {"reason": case.reason},
    ]
    if case.outcome == Outcome.EDIT_ASKED:
        paragraphs.append(_("Please change it, or answer why it should stay as it is."))
    if case.outcome == Outcome.HIDDEN:
        paragraphs.append(_("Nobody else reads it until you have changed it."))
    if case.ends_at is not None:
        paragraphs.append(_("It lasts until %(moment)s.") % {"moment": _moment(case.ends_at)})
    day = date_format(timezone.localtime(policies.appeal_ends(case)), "DATE_FORMAT")
    paragraphs.append(
        _("If you do not agree, you can appeal once, before %(day)s. The Secretariat answers, not who decided.")
        % {"day": day}
    )
    subject = _("A decision about your post")
    if case.outcome == Outcome.SUSPENSION:
        subject = _("A decision about you in the Technical Assistance Forum")
        paragraphs.append(
            _(
                "The link below works without signing in, so please keep it to yourself. You can also write to the"
                " Secretariat at %(address)s."
            )
            % {"address": settings.SECRETARIAT_EMAIL}
        )
    address, label = _own(notice.reader, case), _("Read it, and appeal if you wish")
    return _letter(notice, subject, *paragraphs, address=address, label=label)


def case_released(notice: Notice) -> Letter | None:
    """Tell an author that the hidden post is shown again."""
    case = _case_of_author(notice)
    if case is None:
        return None
    said = _("Your %(post)s is shown again. Thank you for changing it.") % {"post": place_of(case.post)}
    address = case.post.get_absolute_url()
    return _letter(notice, _("Your post is shown again"), said, address=address, label=_("Open the post"))


def case_reopened(notice: Notice) -> Letter | None:
    """Tell the author, and who decided, that the decision is taken back."""
    case = Case.objects.select_related(*PLACE).filter(pk=notice.object_id).first()
    if case is None or case.state == CaseState.DECIDED:
        return None
    said = _("The moderator has taken back what was decided about %(post)s, and looks at it anew.")
    reason = _("The reason: %(reason)s") % {"reason": case.reason}
    address = _own(notice.reader) if case.post.author_id == notice.user_id else case.get_absolute_url()
    return _letter(
        notice,
        _("A decision is taken back"),
        said % {"post": place_of(case.post)},
        reason,
        address=address,
        label=_("Open the page"),
    )


def case_settled(notice: Notice) -> Letter | None:
    """Tell who reported a post that it was decided, but not what befell its author. Source: MOD-09, ACC-03."""
    case = Case.objects.select_related(*PLACE).filter(pk=notice.object_id).first()
    if case is None or case.state != CaseState.DECIDED:
        return None
    return _letter(
        notice,
        _("What you have reported was decided"),
        _("You have reported %(post)s. It was looked at, and what was necessary was done. Thank you.")
        % {"post": place_of(case.post)},
        _("What was decided about its author stays between the author and those who moderate."),
        address=_own(notice.reader),
        label=_("What you have reported"),
    )


def sanction_lifted(notice: Notice) -> Letter | None:
    """Tell somebody that they may write, or enter, again."""
    sanction = Sanction.objects.filter(pk=notice.object_id, user=notice.user_id).first()
    if sanction is None or notice.reader.status == AccountStatus.LEFT:
        return None
    return _letter(
        notice,
        _("It is over before its day"),
        _("%(kind)s: this was ended today, before its day.") % {"kind": sanction.get_kind_display()},
        address="/",
        label=_("Open the forum"),
    )


def appeal_made(notice: Notice) -> Letter | None:
    """Tell the Secretariat that an appeal waits."""
    if not policies.may_decide_appeals(notice.reader):
        return None
    return _letter(
        notice,
        _("An appeal against a decision"),
        _("The author of a post has appealed against what was decided about it. Somebody who had no part decides."),
        address=reverse("moderation:appeal_list"),
        label=_("Decide"),
    )


def appeal_decided(notice: Notice) -> Letter | None:
    """Tell the author what the Secretariat answers, and who decided too."""
    appeal = Appeal.objects.select_related(*(f"case__{place}" for place in PLACE)).filter(pk=notice.object_id).first()
    if appeal is None or appeal.state == ReviewState.WAITING or notice.reader.status == AccountStatus.LEFT:
        return None
    place = place_of(appeal.case.post)
    said = _("The appeal against the decision about %(post)s is not granted: the decision stands.")
    if appeal.state == ReviewState.UPHELD:
        said = _("The appeal against the decision about %(post)s is granted: all that was decided is taken back.")
    is_author = appeal.author_id == notice.user_id
    return _letter(
        notice,
        _("The Secretariat has decided an appeal"),
        said % {"post": place},
        _("The answer: %(answer)s") % {"answer": appeal.answer},
        address=_own(notice.reader, appeal.case) if is_author else appeal.case.get_absolute_url(),
        label=_("Open the page"),
    )


def complaint_made(notice: Notice) -> Letter | None:
    """Tell the Secretariat that a complaint or other feedback waits for an answer."""
    if not policies.may_decide_appeals(notice.reader):
        return None
    return _letter(
        notice,
        _("Somebody has written to the Secretariat"),
        _("A complaint or other feedback about the forum waits for your answer."),
        address=reverse("moderation:complaint_list"),
        label=_("Read and answer"),
    )


def complaint_answered(notice: Notice) -> Letter | None:
    """Tell somebody what the Secretariat answers."""
    complaint = Complaint.objects.filter(pk=notice.object_id, made_by=notice.user_id).first()
    if complaint is None or complaint.state == ReviewState.WAITING:
        return None
    return _letter(
        notice,
        _("The Secretariat has answered you"),
        _("You have written to the Secretariat about the forum. It answers:"),
        complaint.answer,
        address=reverse("moderation:complaint_create"),
        label=_("What you wrote, and the answer"),
    )


def _case_of_author(notice: Notice) -> Case | None:
    if notice.reader.status == AccountStatus.LEFT:
        return None
    return Case.objects.select_related(*PLACE).filter(pk=notice.object_id, post__author=notice.user_id).first()


def _own(reader: User, decided: Case | None = None) -> str:
    """Return the page with what concerns one; who is suspended has one for the decision that the letter is about."""
    if decided is not None and policies.may_appeal_by_letter(reader):
        return reverse("moderation:appeal_by_letter", args=[token_of(decided)])
    return reverse("moderation:own_standing")


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _letter(notice: Notice, subject: str, *paragraphs: str, address: str = "", label: str = "") -> Letter:
    context: dict[str, object] = {
        "paragraphs": paragraphs,
        "link": f"{settings.PUBLIC_URL}{address}" if address else "",
        "link_label": label,
    }
    return write_letter(notice, "accounts/emails/person_told", subject, context)


COMPOSERS: dict[str, Composer] = {
    "case.opened": case_opened,
    "case.assigned": case_assigned,
    "case.second_asked": case_second_asked,
    "case.opinion_given": case_opinion_given,
    "case.changed": case_changed,
    "case.decided": case_decided,
    "case.released": case_released,
    "case.reopened": case_reopened,
    "case.settled": case_settled,
    "sanction.lifted": sanction_lifted,
    "appeal.made": appeal_made,
    "appeal.decided": appeal_decided,
    "complaint.made": complaint_made,
    "complaint.answered": complaint_answered,
}
SERVICES = {"case.decided", "sanction.lifted", "appeal.decided"}
"""What reaches somebody who is suspended too."""
