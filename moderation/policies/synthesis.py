"""Who writes notes and syntheses, asks for corrections and records what came of a topic, and why not."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from forum.policies import may_steer, may_write
from moderation.enums import CorrectionState
from moderation.models import Correction, Synthesis


def may_note(actor: User) -> Verdict:
    """Judge whether ``actor`` writes notes on discussions they see: who guides the room. Source: MOD-05."""
    return may_steer(actor)


def may_synthesize(actor: User) -> Verdict:
    """Judge whether ``actor`` writes syntheses and records follow-ups. Source: FOR-13, MOD-03, REP-08."""
    if actor.may_enter and actor.is_moderator:
        return ALLOWED
    return Verdict(_("Only the moderator writes the synthesis and records what came of a topic."))


def may_ask_correction(actor: User, synthesis: Synthesis, now: datetime) -> Verdict:
    """Judge whether ``actor`` may ask for a correction of a synthesis they see.

    Args:
        actor: Who asks.
        synthesis: The version.
        now: When.

    Source: FOR-11.
    """
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if not actor.writes:
        return Verdict(_("An evaluator reads the forum and asks for no corrections."))
    if not synthesis.takes_corrections(now):
        return Verdict(_("The days in which one could ask for a correction are over."))
    return may_write(actor)


def may_answer_correction(actor: User, correction: Correction) -> Verdict:
    """Judge whether ``actor`` may answer a request for a correction. Source: FOR-11, MOD-01."""
    if not may_synthesize(actor):
        return may_synthesize(actor)
    if correction.state != CorrectionState.WAITING:
        return Verdict(_("This request has been answered already."))
    return ALLOWED
