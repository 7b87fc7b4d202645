"""What organisations are told by mail: whether they agree to it, and messages to them."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import CircularCopy, Notice, StakeholderContact
from accounts.services.circulars import answer_address
from accounts.services.contacts import personal_address
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter


def contact_asked(notice: Notice) -> Letter | None:
    """Ask an organisation whether it agrees to be listed and written to, until it has answered. Source: ACC-12."""
    contact = notice.about
    assert isinstance(contact, StakeholderContact)
    if contact.email != notice.address or contact.stopped_on is not None or contact.has_answered:
        return None
    stop = personal_address("contact_stop", contact)
    context: dict[str, object] = {
        "contact": contact,
        "is_first": contact.confirmed_on is None,
        "confirm": personal_address("contact_confirm", contact),
        "days": settings.CONTACT_CONFIRM_WITHIN.days,
        "stop": stop,
    }
    subject = _("May the Technical Assistance Forum write to you?")
    return write_letter(notice, "accounts/emails/contact_asked", subject, context, list_name="contacts", stop_url=stop)


def circular_sent(notice: Notice) -> Letter | None:
    """Send a message to one organisation, in the first of its languages that it is written in. Source: ACC-12."""
    copies = CircularCopy.objects.select_related("circular__written_by__member_state", "contact")
    copy = copies.filter(pk=notice.object_id, contact__in=StakeholderContact.objects.agreeing()).first()
    if copy is None or copy.contact.email != notice.address:
        return None
    language, subject, text = copy.shown
    stop = personal_address("contact_stop", copy.contact)
    with translation.override(language):
        context: dict[str, object] = {
            "circular": copy.circular,
            "state": copy.circular.written_by.member_state,
            "text": text,
            "answer": answer_address(copy),
            "stop": stop,
        }
        return write_letter(
            notice, "accounts/emails/circular_sent", subject, context, list_name="contacts", stop_url=stop
        )
