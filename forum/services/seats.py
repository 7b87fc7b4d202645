"""What of the forum belongs to a seat, and what ends with a person."""

from accounts.models import User
from forum.models import Draft, Experience, Follow, ReadPosition


def move_seat(*, predecessor: User, successor: User) -> None:
    """Give follows and drafts to the successor; what the successor has already stays, with the draft below it.

    Args:
        predecessor: Who had the seat.
        successor: Who has it now.

    Source: ACC-11.
    """
    follows = Follow.objects.filter(user=predecessor)
    Follow.objects.bulk_create(
        [Follow(user=successor, room_id=f.room_id, discussion_id=f.discussion_id) for f in follows],
        ignore_conflicts=True,
    )
    follows.delete()
    own = {draft.discussion_id: draft for draft in Draft.objects.filter(user=successor).select_for_update()}
    for draft in Draft.objects.filter(user=predecessor).select_for_update():
        begun = own.get(draft.discussion_id)
        if begun is None:
            draft.user = successor
            draft.save(update_fields=["user"])
        else:
            begun.body = f"{begun.body}\n\n{draft.body}"
            begun.save(update_fields=["body"])
            draft.delete()


def forget_person(person: User) -> None:
    """Delete what only the person had: follows, drafts, positions, experience and rights. Posts stay.

    Args:
        person: Who has left.

    Source: FOR-14, ACC-03.
    """
    for model in (Follow, Draft, ReadPosition, Experience):
        model._default_manager.filter(user=person).delete()
    person.room_grants.all().delete()
    person.discussion_grants.all().delete()
