"""What the letters about a year's cycle say to the coordinators of groups."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from webinars.models import Cycle, GroupAnswer
from webinars.models.cycles import coordinated_group
from webinars.queries.answers import group_coordinated_by
from webinars.services.cycles import REMINDED, TOLD


def cycle_told(notice: Notice) -> Letter | None:
    """Tell a coordinator what is new in a cycle, as the audit trail keeps it. Source: WEB-08, CDIP/30/8 para 7."""
    event = notice.about
    assert isinstance(event, AuditEntry)
    cycle = Cycle.objects.visible_to(notice.reader).filter(pk=int(event.subject.rpartition(":")[2])).first()
    if cycle is None or coordinated_group(notice.reader) is None:
        return None
    year = {"year": cycle.year}
    due = _until(cycle)
    match event.action.removeprefix("cycle."):
        case "shared":
            subject = _("Webinars in %(year)d: the list of topics") % year
            said = [_("The Secretariat shares its list of topics, with the objectives and the audience of each.")]
            said.append(_("Please ask the states of your group what they wish; you are told when answers open."))
        case "open":
            subject = _("Webinars in %(year)d: please answer for your group") % year
            said = [_("Say which topics your group wants, and propose webinars or series of its own.")]
        case "reopened":
            subject = _("Webinars in %(year)d: answers are open again") % year
            said = [_("You can change the answer of your group again.")]
            said.append(_("The reason given: %(reason)s") % {"reason": event.reason})
        case "changed":
            subject = _("Webinars in %(year)d: another deadline") % year
            said = [_("The deadline for the answer of your group has changed.")]
        case _:
            return None
    return _letter(notice, cycle, subject, [*said, due])


def cycle_reminded(notice: Notice) -> Letter | None:
    """Remind a coordinator whose group has not handed in its answer meanwhile. Source: workflow 2.6."""
    cycle = Cycle.objects.visible_to(notice.reader).filter(pk=notice.object_id).first()
    group = group_coordinated_by(notice.reader)
    if cycle is None or group is None or not cycle.takes_answers:
        return None
    if GroupAnswer.objects.filter(cycle=cycle, group=group).exists():
        return None
    subject = _("Reminder: the answer of your group about webinars in %(year)d") % {"year": cycle.year}
    said = [_("The answer of this group has not been handed in yet: %(group)s.") % {"group": group}]
    return _letter(notice, cycle, subject, [*said, _until(cycle)])


def _until(cycle: Cycle) -> str:
    here = timezone.localtime(cycle.answers_due_at)
    geneva = timezone.localtime(cycle.answers_due_at, timezone.get_default_timezone())
    shown = date_format(here, "DATETIME_FORMAT")
    if here.utcoffset() != geneva.utcoffset():
        return _("Answers can be given and changed until %(here)s by your clocks (%(geneva)s in Geneva).") % {
            "here": shown,
            "geneva": date_format(geneva, "DATETIME_FORMAT"),
        }
    return _("Answers can be given and changed until %(here)s, Geneva’s time.") % {"here": shown}


def _letter(notice: Notice, cycle: Cycle, subject: str, paragraphs: list[str]) -> Letter:
    context: dict[str, object] = {
        "paragraphs": paragraphs,
        "link": f"{settings.PUBLIC_URL}{reverse('webinars:answer_edit', args=[cycle.year])}",
        "link_label": _("Go to the list of topics"),
    }
    return write_letter(notice, "accounts/emails/person_told", subject, context)


def register() -> None:
    """Have the outbox write these letters."""
    outbox.register(TOLD, cycle_told)
    outbox.register(REMINDED, cycle_reminded)
