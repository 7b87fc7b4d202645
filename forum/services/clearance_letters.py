"""What the mail about clearances says: that there is something to read, never what it says."""

from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.enums import ClearanceState
from forum.models import Clearance


def clearance_asked(notice: Notice) -> Letter | None:
    """Tell a colleague that a text waits for their word."""
    clearance = _of(notice)
    if clearance is None or clearance.state != ClearanceState.ASKED:
        return None
    subject = _("%(author)s asks you to clear a text") % {"author": clearance.author.shown_name}
    return write_letter(notice, "forum/emails/clearance_asked", subject, {"clearance": clearance})


def clearance_decided(notice: Notice) -> Letter | None:
    """Tell an author what their colleague decided, and whether the text is published."""
    clearance = _of(notice)
    if clearance is None:
        return None
    names = {"colleague": clearance.colleague.shown_name}
    if clearance.state == ClearanceState.RETURNED:
        subject = _("%(colleague)s has returned your text with remarks") % names
    elif clearance.post_id is not None:
        subject = _("%(colleague)s has cleared your text, and it is published") % names
    else:
        subject = _("%(colleague)s has cleared your text") % names
    return write_letter(notice, "forum/emails/clearance_decided", subject, {"clearance": clearance})


def _of(notice: Notice) -> Clearance | None:
    found = Clearance.objects.visible_to(notice.reader).filter(pk=notice.object_id)
    return found.select_related("author", "colleague", "post", "discussion__topic", "discussion__room").first()
