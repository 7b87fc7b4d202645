"""Who may do what in the forum, and why not."""

from datetime import datetime
from typing import Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from forum.enums import Capacity, PostState
from forum.models import Post


class Closable(Protocol):
    """A discussion, or a row of what is known about it."""

    def is_closed(self, now: datetime) -> bool: ...


def may_post(actor: User, discussion: Closable) -> Verdict:
    """Judge whether ``actor`` may post in ``discussion``. Source: OPS-01, CDIP/22/3 paras 6 and 8."""
    if not actor.may_enter:
        return Verdict(_("Please accept the protocol of use before you post."))
    if not actor.writes:
        return Verdict(_("An evaluator reads the forum and does not post."))
    if discussion.is_closed(timezone.now()):
        return Verdict(_("This discussion is closed. You can still read and cite it."))
    return ALLOWED


def may_speak_as(actor: User, capacity: Capacity) -> Verdict:
    """Judge whether ``actor`` may post in ``capacity``. Source: reading A20."""
    if capacity == Capacity.DELEGATION and not actor.is_focal_point:
        return Verdict(_("Only the focal point of a member state makes statements of the delegation."))
    return ALLOWED


def may_close(actor: User) -> Verdict:
    """Judge whether ``actor`` may close discussions and open them again. Source: MOD-01, CDIP/22/3 para 6."""
    if not (actor.may_enter and actor.is_moderator):
        return Verdict(_("Only the moderator closes discussions and opens them again."))
    return ALLOWED


def may_edit(actor: User, post: Post) -> Verdict:
    """Judge whether ``actor`` may change the wording of ``post``. Source: reading A20, FOR-11."""
    if post.author_id != actor.pk:
        return Verdict(_("Only its author changes a post."))
    if post.state != PostState.VISIBLE:
        return Verdict(_("This post is no longer shown, so it cannot be changed."))
    if post.capacity == Capacity.DELEGATION:
        return Verdict(_("A statement of the delegation is not changed once it is made."))
    return may_post(actor, post.discussion)


LISTED_ROLES = (Role.DELEGATE, Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT, Role.FACILITATOR)


def may_read_directory(viewer: User) -> Verdict:
    """Judge whether ``viewer`` may know who takes part. Source: ACC-03, ACC-05, CDIP/22/3 para 8."""
    if viewer.may_enter and (viewer.role in LISTED_ROLES or viewer.role == Role.EVALUATOR):
        return ALLOWED
    return Verdict(_("The list of people is for participants."))


def may_be_listed(actor: User) -> Verdict:
    """Judge whether ``actor`` is one of those whom others can look up. Source: ACC-03, ACC-05, reading A24."""
    if actor.may_enter and actor.role in LISTED_ROLES:
        return ALLOWED
    return Verdict(_("Only participants are listed among the people."))
