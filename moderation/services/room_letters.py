"""What people are told by mail about rooms of further languages."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Composer, Letter
from forum.models import Room


def room_opened(notice: Notice) -> Letter | None:
    """Tell who reads the language that there is a room in it."""
    room = _room(notice, is_read_only=False)
    if room is None:
        return None
    said = _("From now on there is a room in this language: %(room)s. You follow its topics.") % {"room": room.name}
    return _letter(notice, room, _("A new room: %(room)s") % {"room": room.name}, said)


def room_read_only(notice: Notice) -> Letter | None:
    """Tell who follows a room that nothing new is written in it."""
    room = _room(notice, is_read_only=True)
    if room is None:
        return None
    return _letter(
        notice,
        room,
        _("Kept to be read: %(room)s") % {"room": room.name},
        _("Nobody runs the room %(room)s now, so nothing new is written in it. All that was said stays.")
        % {"room": room.name},
        _("You can go on in the rooms of the other languages."),
    )


def room_reopened(notice: Notice) -> Letter | None:
    """Tell who follows a room that it is open again."""
    room = _room(notice, is_read_only=False)
    if room is None:
        return None
    said = _("Somebody runs the room %(room)s again, and you can write in it.") % {"room": room.name}
    return _letter(notice, room, _("Open again: %(room)s") % {"room": room.name}, said)


COMPOSERS: dict[str, Composer] = {
    "room.opened": room_opened,
    "room.read_only": room_read_only,
    "room.reopened": room_reopened,
}


def _room(notice: Notice, *, is_read_only: bool) -> Room | None:
    """Return the room, unless its reader may not enter it or it is no longer as the letter would say."""
    room = Room.objects.visible_to(notice.reader).filter(pk=notice.object_id).first()
    return room if room is not None and room.is_read_only == is_read_only else None


def _letter(notice: Notice, room: Room, subject: str, *paragraphs: str) -> Letter:
    context: dict[str, object] = {
        "paragraphs": paragraphs,
        "link": f"{settings.PUBLIC_URL}{room.get_absolute_url()}",
        "link_label": _("Open the room"),
    }
    return write_letter(notice, "accounts/emails/person_told", subject, context, list_name=room.language)
