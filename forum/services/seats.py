"""What of the forum belongs to a seat, and what ends with a person."""

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from forum.enums import ClearanceState, EntryState
from forum.models import (
    Attachment,
    Clearance,
    Draft,
    Experience,
    FeedToken,
    Follow,
    LibraryEntry,
    ReadPosition,
    Signal,
    TopicDraft,
    Visit,
)
from forum.services.attachments import discard


def move_seat(*, predecessor: User, successor: User) -> None:
    """Give follows, drafts and their files to the successor; what that one has stays, with the draft below it.

    Args:
        predecessor: Who had the seat.
        successor: Who has it now.

    Source: ACC-11.
    """
    follows = Follow.objects.filter(user=predecessor)
    Follow.objects.bulk_create(
        [Follow(user=successor, room_id=f.room_id, discussion_id=f.discussion_id, level=f.level) for f in follows],
        ignore_conflicts=True,
    )
    follows.delete()
    Attachment.objects.waiting().filter(uploaded_by=predecessor).update(uploaded_by=successor)
    LibraryEntry.objects.filter(proposed_by=predecessor, state=EntryState.DRAFT).update(proposed_by=successor)
    asked = Clearance.objects.filter(author=predecessor, state=ClearanceState.ASKED)
    asked.update(state=ClearanceState.TAKEN_BACK, decided_at=timezone.now())
    begun_in = TopicDraft.objects.filter(user=successor).values("room")
    TopicDraft.objects.filter(user=predecessor).exclude(room__in=begun_in).update(user=successor)
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
    """Delete what only the person had: follows, drafts, positions, visits, experience, signals, rights. Posts stay.

    Args:
        person: Who has left.

    Source: FOR-14, ACC-03.
    """
    for model in (Follow, Draft, TopicDraft, ReadPosition, Visit, Experience, Signal, FeedToken):
        model._default_manager.filter(user=person).delete()
    Clearance.objects.filter(Q(author=person) | Q(colleague=person)).delete()
    discard(Attachment.objects.waiting().filter(uploaded_by=person))
    unfinished = LibraryEntry.objects.filter(proposed_by=person, state=EntryState.DRAFT)
    discard(Attachment.objects.filter(entry__in=unfinished))
    unfinished.delete()
    person.room_grants.all().delete()
    person.discussion_grants.all().delete()
