"""What the letters about proposals say before the analysis: handed on, returned, changed, withdrawn."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from webinars.enums import ProposalState
from webinars.models import Proposal
from webinars.services.proposals import TOLD


def proposal_told(notice: Notice) -> Letter | None:
    """Tell of one step of a proposal, unless it has gone on since. Source: reading A15, workflow 2.6."""
    event = notice.about
    assert isinstance(event, AuditEntry)
    visible = Proposal.objects.visible_to(notice.reader).select_related("cycle", "member_state")
    proposal = visible.filter(pk=int(event.subject.rpartition(":")[2])).first()
    if proposal is None:
        return None
    said = _said(event, proposal)
    if said is None:
        return None
    subject, *paragraphs = said
    context: dict[str, object] = {
        "paragraphs": paragraphs,
        "link": f"{settings.PUBLIC_URL}{reverse('webinars:proposal_edit', args=[proposal.pk])}",
        "link_label": _("Read the proposal"),
    }
    return write_letter(notice, "accounts/emails/person_told", subject, context)


def _said(event: AuditEntry, proposal: Proposal) -> tuple[str, ...] | None:
    """Return the subject and the paragraphs; None where the proposal is somewhere else meanwhile."""
    title = {"title": proposal.title}
    what = event.action.removeprefix("webinar_proposal.")
    if what == "changed":
        changed = _("The words of your proposal were changed; the earlier ones are kept.")
        return _("Your webinar proposal was changed: %(title)s") % title, changed
    if what != proposal.state:
        return None
    match ProposalState(what):
        case ProposalState.WITH_COORDINATOR:
            waits = _("A delegate proposes it for %(state)s. Hand it in, change it, or return it with a reason.")
            return _("Webinar proposal of a state: %(title)s") % title, waits % {"state": proposal.member_state}
        case ProposalState.SUBMITTED:
            taken = _("Your proposal is handed in for the programme of %(year)d.") % {"year": proposal.cycle.year}
            return _("Handed in: %(title)s") % title, taken
        case ProposalState.RETURNED:
            back = _("The proposal is returned to you. Complete it and hand it in again.")
            return (
                _("Returned: %(title)s") % title,
                back,
                _("The reason given: %(reason)s") % {"reason": proposal.state_reason},
            )
        case ProposalState.WITHDRAWN:
            return _("Withdrawn: %(title)s") % title, _("The proposal is withdrawn from the programme.")
        case _:
            return None


def register() -> None:
    """Have the outbox write these letters."""
    outbox.register(TOLD, proposal_told)
