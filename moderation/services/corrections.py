"""Requests to correct a published synthesis, and what came of a topic."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.enums import MailScope, Role
from accounts.models import MemberState, User
from accounts.services import audit, outbox
from forum.models import Topic
from moderation.enums import CorrectionState, FollowUpKind
from moderation.models import Correction, FollowUp, Synthesis
from moderation.policies import synthesis as policies

ASKED, ANSWERED = "correction.asked", "correction.answered"


@transaction.atomic
def ask_correction(*, actor: User, synthesis: int, text: str) -> Correction:
    """Ask the moderator to correct a published synthesis.

    Args:
        actor: Who asks.
        synthesis: The id of the version, locked.
        text: What is to be corrected, and how.

    Returns:
        The request.

    Raises:
        Synthesis.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not ask, or no longer; the message says why.

    Source: FOR-11, workflow 2.1.
    """
    found = Synthesis.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=synthesis)
    policies.may_ask_correction(actor, found, timezone.now()).enforce()
    correction = Correction.objects.create(synthesis=found, language=actor.language, text=text, asked_by=actor)
    audit.record(actor, "correction.asked", correction, synthesis=found.pk)
    moderators = User.objects.active().filter(role=Role.MODERATOR).exclude(pk=actor.pk)
    told = [(pk, correction) for pk in moderators.values_list("pk", flat=True)]
    outbox.notify_each(told, kind=ASKED, scope=MailScope.ACCOUNT)
    return correction


@transaction.atomic
def answer_correction(*, actor: User, correction: int, state: CorrectionState, answer: str) -> Correction:
    """Say whether a correction is taken up in the next version; who asked is told.

    Args:
        actor: The moderator.
        correction: The id of the request, locked.
        state: Taken up, or declined.
        answer: Why.

    Returns:
        The request.

    Raises:
        Correction.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not moderate, or it is answered.

    Source: FOR-11, MOD-01.
    """
    found = Correction.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=correction)
    policies.may_answer_correction(actor, found).enforce()
    found.state, found.answer = state, answer
    found.answered_by, found.answered_at = actor, timezone.now()
    found.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit.record(actor, f"correction.{state}", found)
    outbox.notify_each([(found.asked_by_id, found)], kind=ANSWERED, scope=MailScope.ACCOUNT)
    return found


@transaction.atomic
def record_follow_up(
    *, actor: User, topic: int, kind: FollowUpKind, text: str, states: Collection[MemberState], happened_on: date
) -> FollowUp:
    """Record what a topic's discussions have led to.

    Args:
        actor: The moderator.
        topic: Its id.
        kind: What it is.
        text: What came of it.
        states: Those concerned.
        happened_on: When.

    Returns:
        The follow-up.

    Raises:
        Topic.DoesNotExist: The topic is hidden from ``actor``.
        PermissionDenied: ``actor`` does not moderate.

    Source: REP-07, REP-08, CDIP/11/4 rec 37 ii).
    """
    policies.may_synthesize(actor).enforce()
    found = Topic.objects.visible_to(actor).get(pk=topic)
    follow_up = FollowUp.objects.create(topic=found, kind=kind, text=text, happened_on=happened_on, recorded_by=actor)
    follow_up.states.set(states)
    audit.record(actor, "follow_up.recorded", follow_up, topic=found.pk)
    return follow_up


@transaction.atomic
def delete_follow_up(*, actor: User, follow_up: int) -> Topic:
    """Take back a follow-up that was recorded by mistake.

    Args:
        actor: The moderator.
        follow_up: Its id, locked.

    Returns:
        Its topic.

    Raises:
        FollowUp.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not moderate.

    Source: REP-08.
    """
    policies.may_synthesize(actor).enforce()
    found = FollowUp.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=follow_up)
    audit.record(actor, "follow_up.deleted", found, topic=found.topic_id)
    topic = found.topic
    found.delete()
    return topic
