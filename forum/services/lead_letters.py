"""What the delegates of a state are told of its nomination; each letter asks again whether it holds."""

from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.models import LeadParticipant
from forum.services.letters import nearest_discussion, only_that_it_is


def lead_nominated(notice: Notice) -> Letter | None:
    """Tell that the reader's delegation leads for its group in a topic. Source: ACC-10, CDIP/24 report para 17."""
    return _letter(notice, _("Your delegation leads for its group (%(group)s): %(title)s"), stands=True)


def lead_taken_back(notice: Notice) -> Letter | None:
    """Tell that it no longer does, unless it was nominated again. Source: ACC-10, CDIP/24 report para 17."""
    return _letter(notice, _("Your delegation no longer leads for its group (%(group)s): %(title)s"), stands=False)


def _letter(notice: Notice, subject: str, *, stands: bool) -> Letter | None:
    lead, reader = notice.about, notice.reader
    assert isinstance(lead, LeadParticipant)
    now = LeadParticipant.objects.standing().filter(topic=lead.topic_id, group=lead.group_id).first()
    holds = now == lead if stands else now is None or now.member_state_id != lead.member_state_id
    discussion = nearest_discussion(reader, lead.topic)
    if discussion is None or reader.member_state_id != lead.member_state_id or not holds:
        return None
    above = (outbox.key_of("topic.opened", lead.topic_id, reader.pk),)
    if discussion.room.is_sensitive:
        return only_that_it_is(notice, discussion, discussion, above)
    return write_letter(
        notice,
        "forum/emails/lead_told",
        subject % {"group": lead.group, "title": lead.topic.title},
        {"lead": lead, "stands": stands, "discussion": discussion},
        list_name=discussion.room.language,
        replies_to=above,
    )
