"""What authors and coordinators are told when a programme is published."""

from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from webinars.models import Proposal


def write_proposal_settled(notice: Notice) -> Letter | None:
    """Write what became of a proposal, with the reason. Source: WEB-11, WEB-14, CDIP/30/8 paras 9-10."""
    proposal = (
        Proposal.objects.visible_to(notice.reader)
        .select_related("cycle", "cluster__lead__cycle")
        .filter(pk=notice.object_id)
        .first()
    )
    if proposal is None:
        return None
    subject = _("%(reference)s: %(outcome)s") % {
        "reference": proposal.reference,
        "outcome": proposal.get_state_display(),
    }
    lead = proposal.cluster.lead if proposal.cluster and proposal.cluster.lead_id != proposal.pk else None
    webinars = list(proposal.webinars.order_by("pk"))
    context = {"proposal": proposal, "lead": lead, "webinars": webinars}
    return write_letter(notice, "webinars/emails/proposal_settled", subject, context)


def register() -> None:
    """Have the outbox write these letters."""
    outbox.register("webinar_proposal.settled", write_proposal_settled)
