"""What the forum does when something happens below it."""

from typing import Any

from accounts import endings
from accounts.models import SeatHandover, User
from accounts.services import archives as personal_archives
from accounts.services import outbox, terms
from accounts.signals import person_left, protocol_accepted, seat_handed_over
from forum.queries.endings import ending_rights
from forum.services import (
    archives,
    claim_letters,
    clearance_letters,
    entry_letters,
    follows,
    lead_letters,
    leads,
    letters,
    question_letters,
    seats,
)


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    protocol_accepted.connect(follow_rooms_at_first_entry)
    person_left.connect(forget_person)
    seat_handed_over.connect(move_seat)
    personal_archives.register(archives.gather)
    outbox.register("topic.opened", letters.topic_opened)
    outbox.register("post.published", letters.post_published)
    outbox.register("clearance.asked", clearance_letters.clearance_asked)
    outbox.register("clearance.decided", clearance_letters.clearance_decided)
    outbox.register("question.answered", question_letters.question_answered)
    outbox.register("question.unanswered", question_letters.question_unanswered)
    outbox.register(leads.NOMINATED, lead_letters.lead_nominated)
    outbox.register(leads.TAKEN_BACK, lead_letters.lead_taken_back)
    outbox.register("contact.asked", question_letters.contact_asked)
    outbox.register("week.digested", letters.week_digested)
    outbox.register("entry.told", entry_letters.entry_told)
    outbox.register("claim.made", claim_letters.claim_made)
    outbox.register("claim.decided", claim_letters.claim_decided)
    outbox.register("admission.ending", terms.ending_soon)
    outbox.register("contract.ending", terms.ending_soon)
    endings.register("admission", "contract", source=ending_rights)


def follow_rooms_at_first_entry(sender: type[User], user: User, **kwargs: Any) -> None:
    if not user.follows.exists():
        follows.follow_rooms_read(user)


def forget_person(sender: type[User], user: User, **kwargs: Any) -> None:
    seats.forget_person(user)


def move_seat(sender: type[SeatHandover], predecessor: User, successor: User, **kwargs: Any) -> None:
    seats.move_seat(predecessor=predecessor, successor=successor)
