"""Drafts of discussions that are not opened yet."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from forum import policies
from forum.models import Room, TopicDraft

Typed = Mapping[str, str | list[str]]


@transaction.atomic
def save_topic_draft(
    *, author: User, room: str, typed: Typed, texts: Mapping[str, str], seen: datetime | None, joins: bool = False
) -> TopicDraft | None:
    """Save what somebody has typed to open a discussion; there is one draft for each person and room.

    Args:
        author: Who writes.
        room: The language of the room.
        typed: All that the form holds, by the names of its fields; where it has neither a title nor a text, the
            draft is deleted.
        texts: The texts among it.
        seen: When the draft was saved that the form goes on from; None where it began anew.
        joins: Whether texts that do not go on from the saved draft are put below its texts; otherwise refused.

    Returns:
        The draft, or None where there is none.

    Raises:
        Room.DoesNotExist: The room is hidden from ``author``.
        PermissionDenied: ``author`` may not open discussions; the message says why.
        ValidationError: Something else was saved there since; its code is ``changed``.
    """
    place = Room.objects.visible_to(author).get(language=room)
    policies.may_open(author).enforce()
    is_empty = not any(text.strip() for text in [*texts.values(), str(typed.get("title", ""))])
    if is_empty and seen is None:
        return None
    draft, is_new = TopicDraft.objects.select_for_update().get_or_create(
        user=author, room=place, defaults={"typed": dict(typed)}
    )
    if is_new:
        return draft
    typed = dict(typed)
    if draft.saved_at != seen:
        saved = {name: str(draft.typed.get(name, "")).strip() for name in texts}
        lost = {name: text for name, text in saved.items() if text not in texts[name]}
        if lost and not joins:
            raise ValidationError(_("Another text of yours was saved here meanwhile."), code="changed")
        typed |= {name: f"{text}\n\n{texts[name]}".strip() for name, text in lost.items()}
    elif is_empty:
        draft.delete()
        return None
    draft.typed, draft.saved_at = typed, timezone.now()
    draft.save(update_fields=["typed", "saved_at"])
    return draft


def use_topic_draft(*, author: User, room: Room, body: str, seen: datetime | None) -> None:
    """Delete the draft that an opened discussion was made of; one that is another text stays.

    Args:
        author: Who opened it.
        room: Where its first post stands.
        body: What that says.
        seen: When the draft was saved that the form went on from, as it says.
    """
    for draft in TopicDraft.objects.filter(user=author, room=room):
        if draft.saved_at == seen or draft.typed.get("body", "").strip() in body:
            draft.delete()
