"""What focal points are asked to do for a webinar, and what earlier participants are told of it."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from webinars.models import CampaignMail, PromotionTask
from webinars.queries.promotion import in_geneva_and_utc
from webinars.services.campaigns import TOLD, is_wanted, stop_address
from webinars.services.promotion import ASKED


def write_asked(notice: Notice) -> Letter | None:
    """Ask a focal point to make a webinar known at home. Source: WEB-21, CDIP/30/8 para 18."""
    task = PromotionTask.objects.select_related("webinar").filter(pk=notice.object_id).first()
    if task is None or task.done_on is not None:
        return None
    subject = _("Please make this webinar known: %(title)s") % {"title": task.webinar.title}
    said = [
        _("The Secretariat asks your state to tell these people of it: %(audience)s.") % {"audience": task.audience},
        _("By: %(channel)s.") % {"channel": task.get_channel_display()},
        _("Ready texts in several languages are on the page below; you can say there what came of it."),
    ]
    context: dict[str, object] = {
        "paragraphs": said,
        "link": f"{settings.PUBLIC_URL}{reverse('webinars:promotion_list')}",
        "link_label": _("What your state is asked to do"),
    }
    return write_letter(notice, "accounts/emails/person_told", subject, context)


def write_told(notice: Notice) -> Letter | None:
    """Tell an earlier participant who agreed to it of a later webinar. Source: WEB-23, CDIP/30/8 para 19."""
    mails = CampaignMail.objects.select_related("registration", "campaign__webinar")
    mail = mails.filter(pk=notice.object_id).first()
    if mail is None or not is_wanted(mail):
        return None
    webinar, stop = mail.campaign.webinar, stop_address(mail)
    with timezone.override(ZoneInfo(mail.registration.time_zone)):
        subject = _("A webinar that may interest you: %(title)s") % {"title": webinar.title}
        context: dict[str, object] = {
            "webinar": webinar,
            "when": in_geneva_and_utc(webinar),
            "link": f"{settings.PUBLIC_URL}{webinar.get_absolute_url()}",
            "stop": stop,
        }
        return write_letter(
            notice, "webinars/emails/later_webinar", subject, context, list_name="webinars", stop_url=stop
        )


def register() -> None:
    """Have the outbox write these letters."""
    outbox.register(ASKED, write_asked)
    outbox.register(TOLD, write_told, is_service=True)
