"""What the letters about requests for an answer say; each asks again whether its reader sees the discussion."""

from django.utils.translation import gettext as _

from accounts.days import today
from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.services.letters import only_that_it_is
from moderation.enums import CallState
from moderation.models import StaffCall


def call_made(notice: Notice) -> Letter | None:
    """Ask an expert, or a state's focal point, to answer. Source: FOR-12, workflow 2.1."""
    return _letter(notice, _("Please answer: %(title)s"), CallState.ASKED)


def call_reminded(notice: Notice) -> Letter | None:
    """Remind them of it, before the day and after it. Source: FOR-12."""
    return _letter(notice, _("Reminder, please answer: %(title)s"), CallState.ASKED)


def call_answered(notice: Notice) -> Letter | None:
    """Tell who asked that there is an answer. Source: FOR-12."""
    return _letter(notice, _("There is an answer: %(title)s"), CallState.ANSWERED)


def _letter(notice: Notice, subject: str, state: CallState) -> Letter | None:
    visible = StaffCall.objects.visible_to(notice.reader).filter(state=state, pk=notice.object_id)
    call = visible.select_related(
        "discussion__topic", "discussion__room", "expert", "member_state", "answer__discussion"
    ).first()
    if call is None:
        return None
    if call.discussion.room.is_sensitive:
        return only_that_it_is(notice, call.discussion, call.discussion)
    return write_letter(
        notice,
        "moderation/emails/call",
        subject % {"title": call.discussion.topic.title},
        {
            "call": call,
            "place": call.answer or call.discussion,
            "is_answered": state == CallState.ANSWERED,
            "is_late": call.due_on < today(),
        },
        list_name=call.discussion.room.language,
    )
