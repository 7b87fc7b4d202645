"""What experts are asked after a webinar."""

from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from webinars.models import Engagement
from webinars.policies.feedback import takes_feedback
from webinars.services.feedback import EXPERT_ASKED, feedback_address


def expert_asked(notice: Notice) -> Letter | None:
    """Ask an expert for feedback through a personal link. Source: WEB-26, CDIP/30/8 para 12."""
    found = Engagement.objects.filter(pk=notice.object_id, email=notice.address, feedback=None)
    expert = found.select_related("webinar").first()
    if expert is None or not takes_feedback(expert.webinar):
        return None
    title = expert.webinar.title
    context: dict[str, object] = {
        "paragraphs": [
            _("Dear %(name)s,") % {"name": expert.full_name},
            _("Thank you for your part in the webinar “%(title)s”. How was it for you?") % {"title": title},
            _("The link below is for you alone. You can also suggest topics for later webinars there."),
        ],
        "link": feedback_address(expert),
        "link_label": _("Give my feedback"),
    }
    subject = _("Your feedback on the webinar: %(title)s") % {"title": title}
    return write_letter(notice, "accounts/emails/person_told", subject, context, list_name="webinars")


def register() -> None:
    """Have the outbox write these letters."""
    outbox.register(EXPERT_ASKED, expert_asked, is_service=True)
