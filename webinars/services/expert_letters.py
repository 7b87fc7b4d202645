"""What experts are asked by mail."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from webinars.models import Engagement
from webinars.services.experts import token_of


def consent_asked(notice: Notice) -> Letter | None:
    """Ask an expert whether the recording may be shown; nothing once the address has changed. Source: WEB-24."""
    event = notice.about
    assert isinstance(event, AuditEntry)
    subject_id = int(event.subject.rpartition(":")[2])
    expert = Engagement.objects.select_related("webinar").filter(pk=subject_id, email=notice.address).first()
    token = token_of(expert) if expert else None
    if expert is None or token is None:
        return None
    title = expert.webinar.title
    context: dict[str, object] = {
        "name": expert.full_name,
        "webinar": expert.webinar,
        "link": f"{settings.PUBLIC_URL}{reverse('webinars:expert_consent', args=[token])}",
    }
    subject = _("May the recording be shown? %(title)s") % {"title": title}
    return write_letter(notice, "webinars/emails/consent_asked", subject, context)
