"""What is told by mail about requests to delete: where, never the words."""

from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from moderation.enums import DeletionState
from moderation.models import DeletionRequest


def deletion_asked(notice: Notice) -> Letter | None:
    """Tell the moderator of a request that waits. Source: MOD-10."""
    asked = _of(notice)
    if asked is None or asked.state != DeletionState.WAITING or not notice.reader.is_moderator:
        return None
    return write_letter(notice, "moderation/emails/deletion_asked", _("Somebody asks for a deletion"), {"asked": asked})


def deletion_decided(notice: Notice) -> Letter | None:
    """Tell who asked, and the author, what was decided; the reason is for who asked. Source: MOD-10."""
    asked = _of(notice)
    if asked is None or notice.reader.pk not in {asked.asked_by_id, asked.post.author_id}:
        return None
    context: dict[str, object] = {"asked": asked, "is_asker": notice.reader.pk == asked.asked_by_id}
    return write_letter(
        notice, "moderation/emails/deletion_decided", _("A request for a deletion was decided"), context
    )


def _of(notice: Notice) -> DeletionRequest | None:
    places = ("post__discussion__topic", "post__discussion__room")
    found: DeletionRequest | None = DeletionRequest.objects.select_related(*places).filter(pk=notice.object_id).first()
    return found
