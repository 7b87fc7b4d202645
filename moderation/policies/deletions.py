"""Who may ask that something be deleted, who decides, and why not."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from forum.enums import Capacity, PostState
from forum.models import Post
from moderation.enums import Basis, DeletionState
from moderation.models import DeletionRequest


def may_ask(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may ask for the deletion of ``post`` or of a file of it. Source: FOR-14, reading A7."""
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use first."))
    if not actor.writes:
        return Verdict(_("An evaluator reads the forum and asks for no deletions."))
    if post.state == PostState.REMOVED:
        return Verdict(_("The text of this post is gone already."))
    return ALLOWED


def may_ask_as(actor: User, post: Post, basis: str) -> Verdict:
    """Judge whether ``actor`` may ask on a ground: as author, for the state, or as somebody it tells about.

    Args:
        actor: Who asks.
        post: What is to be deleted, or a file of it.
        basis: The ground.

    Source: FOR-14, reading A7.
    """
    if not may_ask(actor, post):
        return may_ask(actor, post)
    if basis == Basis.AUTHOR and post.author_id != actor.pk:
        return Verdict(_("Only its author says so."))
    speaks_for_state = actor.is_focal_point and actor.member_state_id == post.member_state_id
    if basis == Basis.STATE and not speaks_for_state:
        return Verdict(_("Only the focal point of its state says so."))
    return ALLOWED


def may_read_queue(viewer: User) -> Verdict:
    """Judge whether ``viewer`` sees what others ask to have deleted. Source: MOD-10."""
    if viewer.may_enter and viewer.is_moderator:
        return ALLOWED
    return Verdict(_("Only the moderator decides on deletions."))


def may_decide(actor: User, request: DeletionRequest) -> Verdict:
    """Judge whether ``actor`` may decide on a request. Source: MOD-10, workflow 2.5."""
    if not may_read_queue(actor):
        return may_read_queue(actor)
    if request.asked_by_id == actor.pk:
        return Verdict(_("Somebody else decides on what you ask."))
    if request.state != DeletionState.WAITING:
        return Verdict(_("This was decided or taken back already."))
    return ALLOWED


def may_refuse(actor: User, request: DeletionRequest) -> Verdict:
    """Judge whether ``actor`` may refuse: what authors wrote for themselves is theirs to have deleted.

    Source: reading A7, workflow 2.5.
    """
    if not may_decide(actor, request):
        return may_decide(actor, request)
    if request.basis == Basis.AUTHOR and request.post.capacity == Capacity.PERSONAL:
        return Verdict(_("Authors may have deleted what they wrote in a personal capacity: this is not refused."))
    return ALLOWED


def may_redact(actor: User, request: DeletionRequest) -> Verdict:
    """Judge whether ``actor`` may take a part of the text out; of a file there are no parts. Source: workflow 2.5."""
    if not may_decide(actor, request):
        return may_decide(actor, request)
    if request.attachment_id is not None:
        return Verdict(_("A file is deleted whole."))
    return ALLOWED


def may_take_back(actor: User, request: DeletionRequest) -> Verdict:
    """Judge whether ``actor`` may take a request back. Source: workflow 2.5."""
    if request.asked_by_id != actor.pk:
        return Verdict(_("Only who asked takes it back."))
    if request.state != DeletionState.WAITING:
        return Verdict(_("This was decided or taken back already."))
    return ALLOWED
