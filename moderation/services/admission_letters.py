"""What is told by mail about admissions, to each in their language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.models import Discussion
from moderation.models import Admission

KINDS = {
    "drafted": gettext_lazy("A request to admit an outsider waits for your delegation’s word"),
    "confirmed": gettext_lazy("A delegation has confirmed that it asks to admit an outsider"),
    "returned": gettext_lazy("Your focal point has returned your request to admit an outsider"),
    "withdrawn": gettext_lazy("A request to admit an outsider was withdrawn"),
    "assessed": gettext_lazy("A request to admit an outsider was assessed and waits for the Secretariat’s decision"),
    "approved": gettext_lazy("The Secretariat has approved an admission"),
    "declined": gettext_lazy("The Secretariat has declined an admission"),
    "extended": gettext_lazy("An admission was extended"),
    "ended": gettext_lazy("An admission has ended"),
}
"""The subjects of the letters to those who have to do with an admission, by the last word of the notice's kind."""


def admission_told(notice: Notice) -> Letter | None:
    """Tell who asks, confirms, assesses or decides, and who is admitted, of a step. Source: ACC-05, ACC-06."""
    seen = Admission.objects.visible_to(notice.reader) | Admission.objects.filter(user=notice.reader)
    admission = _with_place(seen, notice)
    if admission is None:
        return None
    verb = notice.kind.rpartition(".")[2]
    context: dict[str, object] = {"admission": admission, "verb": verb, "is_admitted": admission.user == notice.reader}
    return write_letter(notice, "moderation/emails/admission_told", str(KINDS[verb]), context)


def admission_announced(notice: Notice) -> Letter | None:
    """Tell a participant who enters a discussion from outside, before that happens. Source: ACC-05, workflow 2.3."""
    seen = Admission.objects.filter(discussion__topic__discussions__in=Discussion.objects.visible_to(notice.reader))
    admission = _with_place(seen.distinct(), notice)
    if admission is None or admission.starts_at is None:
        return None
    subject = _("Somebody from outside joins a discussion of yours")
    return write_letter(notice, "moderation/emails/admission_announced", subject, {"admission": admission})


def admission_granted(notice: Notice) -> Letter | None:
    """Tell the person from outside where, from when and until when the forum is open to them. Source: ACC-05."""
    admission = _with_place(Admission.objects.filter(user=notice.reader), notice)
    if admission is None or admission.starts_at is None:
        return None
    subject = _("You are admitted to a discussion of the Technical Assistance Forum")
    context: dict[str, object] = {"admission": admission, "has_account": notice.reader.is_active}
    return write_letter(notice, "moderation/emails/admission_granted", subject, context)


def _with_place(admissions: object, notice: Notice) -> Admission | None:
    found = admissions.select_related("discussion__topic", "discussion__room", "sponsor", "user")  # type: ignore[attr-defined]
    admission: Admission | None = found.filter(pk=notice.object_id).first()
    return admission
