"""What the letters about syntheses say. Each asks again whether its reader may see the topic."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.models import Topic
from forum.services.letters import nearest_discussion, only_that_it_is
from moderation.models import Correction, Synthesis, SynthesisNote
from moderation.policies.synthesis import may_synthesize


def synthesis_published(notice: Notice) -> Letter | None:
    """Tell all who read or wrote that there is a synthesis, or a new version of it. Source: FOR-13, workflow 2.1."""
    versions = Synthesis.objects.visible_to(notice.reader).select_related("topic")
    version = versions.filter(pk=notice.object_id).first()
    if version is None:
        return None
    subject = _("Synthesis: %(title)s") if version.number == 1 else _("New version of the synthesis: %(title)s")
    return _letter(notice, version.topic, subject, "synthesis_published", {"version": version})


def notes_handed_in(notice: Notice) -> Letter | None:
    """Tell the moderator that a room's notes are complete. Source: MOD-05."""
    notes = SynthesisNote.objects.visible_to(notice.reader).select_related("discussion__topic", "discussion__room")
    note = notes.filter(pk=notice.object_id, handed_in_at__isnull=False).first()
    if note is None:
        return None
    subject = _("Notes for the synthesis: %(title)s")
    return _letter(notice, note.discussion.topic, subject, "notes_handed_in", {"note": note})


def correction_asked(notice: Notice) -> Letter | None:
    """Tell the moderator that a correction of a synthesis is asked for. Source: FOR-11."""
    correction = _correction(notice)
    if correction is None or not may_synthesize(notice.reader):
        return None
    subject = _("A correction is asked for: %(title)s")
    return _letter(notice, correction.synthesis.topic, subject, "correction_asked", {"correction": correction})


def correction_answered(notice: Notice) -> Letter | None:
    """Tell who asked for a correction what was decided. Source: FOR-11."""
    correction = _correction(notice)
    if correction is None or correction.answered_at is None:
        return None
    subject = _("The correction you asked for: %(title)s")
    return _letter(notice, correction.synthesis.topic, subject, "correction_answered", {"correction": correction})


def _correction(notice: Notice) -> Correction | None:
    corrections = Correction.objects.visible_to(notice.reader).select_related("synthesis__topic", "asked_by")
    return corrections.filter(pk=notice.object_id).first()


def _letter(notice: Notice, topic: Topic, subject: str, name: str, context: dict[str, object]) -> Letter | None:
    discussion = nearest_discussion(notice.reader, topic)
    if discussion is None:
        return None
    sensitive = nearest_discussion(notice.reader, topic, Q(room__is_sensitive=True))
    if sensitive is not None:
        return only_that_it_is(notice, sensitive, sensitive)
    return write_letter(
        notice,
        f"moderation/emails/{name}",
        subject % {"title": topic.title},
        context | {"topic": topic},
        list_name=discussion.room.language,
        replies_to=(outbox.key_of("topic.opened", topic.pk, notice.reader.pk),),
    )
