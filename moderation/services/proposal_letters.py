"""What the mail about proposed topics says."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from moderation.enums import ProposalState
from moderation.models import TopicProposal
from moderation.models.proposals import TITLE_LENGTH, WHY_LENGTH


def proposal_told(notice: Notice) -> Letter | None:
    """Tell of what became of a proposal, as the audit trail keeps it. Source: FOR-03, workflow 2.2."""
    event = notice.about
    assert isinstance(event, AuditEntry)
    visible = TopicProposal.objects.visible_to(notice.reader).select_related("merged_into", "topic")
    proposal = visible.filter(pk=int(event.subject.rpartition(":")[2])).first()
    said = _said(event.action.removeprefix("topic_proposal."), proposal) if proposal else None
    if proposal is None or said is None:
        return None
    subject, *paragraphs = said
    page = f"{settings.PUBLIC_URL}{proposal.get_absolute_url()}"
    label = _("Read the proposal")
    if event.action == "topic_proposal.opened" and proposal.topic:
        page, label = f"{settings.PUBLIC_URL}{proposal.topic.get_absolute_url()}", _("Read and answer")
    context: dict[str, object] = {"paragraphs": paragraphs, "link": page, "link_label": label}
    return write_letter(notice, "accounts/emails/person_told", subject, context)


def _said(what: str, proposal: TopicProposal) -> tuple[str, ...] | None:
    """Return the subject and the paragraphs; None where it has been taken back or decided otherwise since."""
    title = {"title": proposal.title}
    if what == "opened":
        opened = _("The topic that you proposed is open in the rooms, and credits your state.")
        return _("Your topic is open: %(title)s") % title, opened if proposal.member_state_id else _(
            "The topic that you proposed is open in the rooms."
        )
    if what != proposal.state:
        return None
    match ProposalState(what):
        case ProposalState.SUBMITTED if proposal.decided_at is None:
            waits = _("A participant proposes a topic of the week. It waits for you to review it.")
            return _("Proposed topic: %(title)s") % title, waits
        case ProposalState.SUBMITTED:
            again = _("Your proposal waits for the moderator again.")
            return _("Your proposal: %(title)s") % title, again
        case ProposalState.UNDER_REVIEW:
            review = _("The moderator is reviewing your proposal.")
            return _("Under review: %(title)s") % title, review
        case ProposalState.ACCEPTED:
            accepted = _("Your proposal is accepted. You are told when its week is set.")
            return _("Accepted: %(title)s") % title, accepted
        case ProposalState.SCHEDULED:
            scheduled = _("A topic is being prepared from your proposal. You are told when it opens.")
            return _("In the weekly plan: %(title)s") % title, scheduled
        case ProposalState.MERGED:
            merged = _("Your proposal was merged with another one, “%(other)s”. Who supports either counts for it.")
            return _("Merged: %(title)s") % title, merged % {"other": proposal.merged_into}
        case ProposalState.DECLINED:
            declined = _("The moderator has declined your proposal.")
            why = _("The reason given: %(reason)s") % {"reason": proposal.reason}
            return _("Not taken up: %(title)s") % title, declined, why
        case _:
            return None


# --- Answers to proposals by mail -----------------------------------------------------------------


def proposal_answered(notice: Notice) -> Letter | None:
    """Answer to a letter that proposes a topic: whether it was taken, and what to do where it was not."""
    event = notice.about
    assert isinstance(event, AuditEntry)
    page = f"{settings.PUBLIC_URL}{reverse('moderation:topic_proposal_create')}"
    context: dict[str, object] = {"link": page, "link_label": _("Propose it on the site")}
    refused = _refusals().get(event.facts["answer"])
    if refused is not None:
        context["paragraphs"] = [_("The letter that you sent to propose a topic was not taken."), refused]
        return write_letter(notice, "accounts/emails/person_told", _("Your letter was not taken"), context)
    proposal = TopicProposal.objects.visible_to(notice.reader).filter(pk=event.facts["proposal"]).first()
    if proposal is None:
        return None
    paragraphs = [_("Your proposal has arrived. Please look whether it is complete.")]
    if event.facts["attachments"]:
        paragraphs.append(_("What was attached to your letter was not kept: proposals are text alone."))
    context = {
        "paragraphs": paragraphs,
        "link": f"{settings.PUBLIC_URL}{proposal.get_absolute_url()}",
        "link_label": _("Read the proposal"),
    }
    return write_letter(
        notice, "accounts/emails/person_told", _("Your proposal: %(title)s") % {"title": proposal.title}, context
    )


def _refusals() -> dict[str, str]:
    return {
        "another_sender": _(
            "It came from another address than the one of your account. Send it from that address, or use the site."
        ),
        "refused": _("Topics are proposed by participants who read every room and have accepted the protocol of use."),
        "too_big": _("It is too big. Send it without attachments: proposals are text alone."),
        "no_title": _("Its subject is empty. Write the title of the topic as the subject, and send it again."),
        "long_title": _("Its subject is too long. Write a title of at most %(count)d characters as the subject.")
        % {"count": TITLE_LENGTH},
        "no_text": _("Nothing is left of its text without quotations and signature. Write why the topic matters."),
        "long_text": _("Its text is too long. Say in at most %(count)d characters why the topic matters.")
        % {"count": WHY_LENGTH},
    }
