"""Following: how much somebody hears of a room or a discussion."""

from django.db import transaction

from accounts.models import User
from forum.enums import FollowLevel
from forum.models import Discussion, Follow, Room


@transaction.atomic
def follow_discussion(*, actor: User, discussion: int, level: FollowLevel | None) -> None:
    """Choose how much to hear of a discussion.

    Args:
        actor: Who follows.
        discussion: The discussion's id.
        level: How much; None for as much as of its room.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``actor``.
    """
    found = Discussion.objects.visible_to(actor).get(pk=discussion)
    if level is None:
        Follow.objects.filter(user=actor, discussion=found).delete()
    else:
        Follow.objects.update_or_create(user=actor, discussion=found, defaults={"level": level})


@transaction.atomic
def follow_room(*, actor: User, language: str, level: FollowLevel) -> None:
    """Choose how much to hear of a room; what is chosen for one of its discussions comes before it.

    Args:
        actor: Who follows.
        language: The room's language.
        level: How much.

    Raises:
        Room.DoesNotExist: The room is hidden from ``actor``.
    """
    found = Room.objects.visible_to(actor).get(language=language)
    Follow.objects.update_or_create(user=actor, room=found, defaults={"level": level})


def follow_rooms_read(user: User) -> None:
    """Have a newcomer told of the topics in the rooms of the languages they read."""
    rooms = Room.objects.filter(language__in=user.room_languages)
    Follow.objects.bulk_create(
        [Follow(user=user, room=room, level=FollowLevel.TOPICS) for room in rooms], ignore_conflicts=True
    )
