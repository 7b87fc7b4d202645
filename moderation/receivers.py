"""What moderation does when something happens below it, and who writes its letters."""

from typing import Any

from accounts import endings, waiting
from accounts.services import archives as personal_archives
from accounts.services import outbox, reference
from forum.models import Discussion, Post, Visit
from forum.queries.columns import register_asked
from forum.related import register_region
from forum.signals import discussion_merged, post_held, post_published, visits_begun
from moderation.queries.admissions import waiting_admissions
from moderation.queries.calls import asked_in
from moderation.queries.cases import waiting_appeals, waiting_complaints
from moderation.queries.syntheses import outcome_region
from moderation.services import (
    admission_letters,
    archives,
    call_letters,
    calls,
    case_letters,
    corrections,
    deletion_letters,
    evaluations,
    proposal_letters,
    room_letters,
    suggestion_letters,
    suggestions,
    syntheses,
    synthesis_letters,
    traffic,
    weekly_letters,
)
from moderation.services.checklist import load_checklist
from moderation.services.criteria import load_criteria


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    for verb in admission_letters.KINDS:
        outbox.register(f"admission.{verb}", admission_letters.admission_told)
    outbox.register("admission.announced", admission_letters.admission_announced)
    outbox.register("admission.granted", admission_letters.admission_granted, is_service=True)
    outbox.register("deletion.asked", deletion_letters.deletion_asked)
    outbox.register("deletion.decided", deletion_letters.deletion_decided)
    outbox.register(calls.MADE, call_letters.call_made)
    outbox.register(calls.REMINDED, call_letters.call_reminded)
    outbox.register(calls.ANSWERED, call_letters.call_answered)
    outbox.register(suggestions.HELD, suggestion_letters.post_held)
    outbox.register(suggestions.SUGGESTED, suggestion_letters.wording_suggested)
    outbox.register(suggestions.DECIDED, suggestion_letters.post_decided)
    outbox.register(syntheses.PUBLISHED, synthesis_letters.synthesis_published)
    outbox.register(syntheses.HANDED_IN, synthesis_letters.notes_handed_in)
    outbox.register(corrections.ASKED, synthesis_letters.correction_asked)
    outbox.register(corrections.ANSWERED, synthesis_letters.correction_answered)
    for kind, composer in case_letters.COMPOSERS.items():
        outbox.register(kind, composer, is_service=kind in case_letters.SERVICES)
    for kind, composer in room_letters.COMPOSERS.items():
        outbox.register(kind, composer)
    outbox.register("proposal.told", proposal_letters.proposal_told)
    outbox.register("proposal.answered", proposal_letters.proposal_answered)
    outbox.register("week.lacking", weekly_letters.week_lacking)
    outbox.register(evaluations.DECIDED, evaluations.evaluation_decided)
    visits_begun.connect(count_visits)
    post_published.connect(settle_calls)
    post_held.connect(tell_who_guides)
    discussion_merged.connect(carry_calls)
    register_asked(asked_in)
    register_region(outcome_region)
    waiting.register("admission", waiting_admissions)
    endings.register_address("admission", "moderation:admission_of_grant")
    personal_archives.register(archives.gather)
    waiting.register("appeal", waiting_appeals)
    waiting.register("complaint", waiting_complaints)
    reference.register(load_criteria)
    reference.register(load_checklist)


def settle_calls(sender: type[Post], post: Post, **kwargs: Any) -> None:
    calls.take_answer(post)


def tell_who_guides(sender: type[Post], post: Post, **kwargs: Any) -> None:
    suggestions.tell_of_held(post)


def carry_calls(sender: type[Discussion], source: Discussion, target: Discussion, **kwargs: Any) -> None:
    calls.move_calls(source, target)


def count_visits(sender: type[Visit], count: int, **kwargs: Any) -> None:
    traffic.counts.note_sessions(count)
