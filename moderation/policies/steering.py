"""Who asks for answers and suggests other words, and why not; who guides a room is asked of ``forum.policies``."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from forum.enums import PostState
from forum.models import Post
from forum.policies import may_judge, may_reword_held, may_steer
from moderation.enums import SuggestionState
from moderation.models import Case, Suggestion


def may_suggest(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may suggest other words to the author of a held post. Source: FOR-11, MOD-01."""
    if not may_judge(actor, post):
        return may_judge(actor, post)
    if post.state != PostState.HELD or post.state_changed_at is not None:
        return Verdict(_("This post no longer waits to be read."))
    return ALLOWED


def may_answer(actor: User, suggestion: Suggestion) -> Verdict:
    """Judge whether ``actor`` may answer a suggestion: the author, while it is open. Source: FOR-11."""
    if suggestion.state not in {SuggestionState.SENT, SuggestionState.RESUBMITTED}:
        return Verdict(_("This suggestion is settled."))
    return may_reword_held(actor, suggestion.post)


def may_take_back(post: Post, now: datetime) -> Verdict:
    """Judge whether what was decided on a held post can still be taken back at ``now``. Source: FOR-11, MOD-01."""
    if post.state_changed_at is None:
        return Verdict(_("Nothing was decided on this post."))
    if Case.objects.hiding().filter(post=post).exists():
        return Verdict(_("This was decided after a report: take it back on the page of that."))
    if now > post.state_changed_at + settings.SUGGESTION_UNDONE_FOR:
        return Verdict(_("This was settled too long ago to be undone."))
    return ALLOWED


def may_undo(actor: User, suggestion: Suggestion, now: datetime) -> Verdict:
    """Judge whether ``actor`` may give a post the words again that it had before a suggestion.

    Args:
        actor: Its author while it waits, else who guides the room.
        suggestion: With its post.
        now: When.

    Source: FOR-11, MOD-01.
    """
    if suggestion.settled_at is not None and now > suggestion.settled_at + settings.SUGGESTION_UNDONE_FOR:
        return Verdict(_("This was settled too long ago to be undone."))
    if suggestion.post.state not in {PostState.HELD, PostState.VISIBLE}:
        return Verdict(_("This post is no longer shown."))
    if may_steer(actor) and suggestion.post.author_id != actor.pk:
        return ALLOWED
    return may_reword_held(actor, suggestion.post)
