"""Posts that wait for a moderator: who is told, what is suggested to their authors, and what is decided."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.enums import MailScope, Role
from accounts.models import User
from accounts.services import audit, outbox
from forum.enums import PostState
from forum.models import Post, PostRevision, RoomGrant
from forum.services.holds import hold_again, keep_back, locked_post, release_post, reword_held, set_wording
from moderation.enums import CommonReason, SuggestionState
from moderation.models import Suggestion
from moderation.policies import steering as policies

HELD, SUGGESTED, DECIDED = "post.held", "wording.suggested", "post.decided"
OPEN = [SuggestionState.SENT, SuggestionState.RESUBMITTED]


def tell_of_held(post: Post) -> None:
    """Tell who guides a room that a post waits there, or waits with new words, and settle what these answer."""
    guides = RoomGrant.objects.in_force().filter(content_object=post.discussion.room_id)
    people = User.objects.active().filter(
        Q(role=Role.MODERATOR) | Q(role=Role.FACILITATOR, pk__in=guides.values("user"))
    )
    told = [(pk, post) for pk in people.values_list("pk", flat=True)]
    outbox.notify_each(told, kind=HELD, scope=MailScope.ACCOUNT, occasion=_moment())


@transaction.atomic
def suggest_wording(*, actor: User, post: int, common: str, reason: str, body: str) -> Suggestion:
    """Suggest to the author of a held post what to change, and perhaps how; the first words are kept.

    Args:
        actor: Who guides the room.
        post: Its id, locked.
        common: One of ``CommonReason``, written in the author's language; or empty.
        reason: What is said beside it, or instead.
        body: The suggested wording; empty where it is left to the author.

    Returns:
        The suggestion.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room, or wrote it, or it no longer waits.
        ValidationError: Something is suggested already.

    Source: FOR-11, MOD-01.
    """
    held = locked_post(actor, post)
    policies.may_suggest(actor, held).enforce()
    if held.suggestions.filter(state__in=OPEN).exists():
        raise ValidationError(_("Something is suggested to the author already, and not settled."), code="open")
    suggestion = Suggestion.objects.create(
        post=held, reason=said_to(held.author, common, reason), body=body, first_body=held.body, suggested_by=actor
    )
    audit.record(actor, "wording.suggested", suggestion, post=held.pk)
    if held.author_id is not None:
        outbox.notify_each([(held.author_id, suggestion)], kind=SUGGESTED, scope=MailScope.ACCOUNT)
    return suggestion


def said_to(person: User | None, common: str, reason: str) -> str:
    """Return a reason with the common one that was chosen, in the language of whoever reads it.

    Args:
        person: Who; None for those who decide.
        common: One of ``CommonReason``, or empty.
        reason: What is said beside it.
    """
    if not common:
        return reason
    with translation.override(person.language if person else translation.get_language()):
        return "\n\n".join(filter(None, [str(CommonReason(common).label), reason]))


@transaction.atomic
def answer_suggestion(*, actor: User, suggestion: int, body: str) -> Suggestion:
    """Hand a held post in again, with the suggested words, with others, or as it was.

    Args:
        actor: Its author.
        suggestion: The id of what was suggested, locked.
        body: Markdown that ``PostEditForm`` has accepted.

    Returns:
        The suggestion.

    Raises:
        Suggestion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` did not write the post, or it no longer waits.

    Source: FOR-11.
    """
    found = _suggestion(actor, suggestion)
    policies.may_answer(actor, found).enforce()
    found.state = SuggestionState.RESUBMITTED
    found.save(update_fields=["state"])
    reword_held(actor=actor, post=found.post_id, body=body)
    return found


@transaction.atomic
def restore_wording(*, actor: User, suggestion: int) -> Suggestion:
    """Give a post the words again that it had before a suggestion; of a post that is shown the later ones are kept.

    Args:
        actor: Its author while it waits, else who guides the room.
        suggestion: The id of the suggestion, locked.

    Returns:
        The suggestion.

    Raises:
        Suggestion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: FOR-11, MOD-01.
    """
    found = _suggestion(actor, suggestion)
    policies.may_undo(actor, found, timezone.now()).enforce()
    post = found.post
    if post.body == found.first_body:
        return found
    if post.state == PostState.VISIBLE:
        PostRevision.objects.create(post=post, body=post.body, html=post.html, replaced_by=actor)
        post.edited_at = timezone.now()
        post.save(update_fields=["edited_at"])
    set_wording(post, found.first_body)
    audit.record(actor, "wording.restored", found, post=post.pk)
    if post.author_id is not None and post.author_id != actor.pk:
        _tell_author(post)
    return found


@transaction.atomic
def show_held(*, actor: User, post: int, version: str) -> Post:
    """Show a held post, and settle what was suggested for it; its author is told.

    Args:
        actor: Who guides the room, and has read it.
        post: Its id.
        version: Of the wording that ``actor`` has read.

    Returns:
        The post.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room, or wrote it.
        ValidationError: Its author has changed it meanwhile, or it cannot be shown where it is.

    Source: FOR-11, MOD-01.
    """
    return _decided(release_post(actor=actor, post=post, version=version), SuggestionState.PUBLISHED)


@transaction.atomic
def decline_held(*, actor: User, post: int, common: str, reason: str) -> Post:
    """Decide that a held post is not shown; its author is told why.

    Args:
        actor: Who guides the room.
        post: Its id.
        common: One of ``CommonReason``, written in the author's language; or empty.
        reason: What is said beside it, or instead.

    Returns:
        The post.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room, or wrote it.
        ValidationError: It is shown already.

    Source: FOR-11, MOD-01.
    """
    held = locked_post(actor, post)
    declined = keep_back(actor=actor, post=post, reason=said_to(held.author, common, reason)[:300])
    return _decided(declined, SuggestionState.DECLINED)


@transaction.atomic
def wait_again(*, actor: User, post: int) -> Post:
    """Take back what was decided on a post that was held, for some days; its author is told.

    Args:
        actor: Who guides the room.
        post: Its id.

    Returns:
        The post, which waits again.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room, or wrote it.
        ValidationError: It was decided too long ago, or was never held.

    Source: FOR-11, MOD-01.
    """
    decided = locked_post(actor, post)
    policies.may_take_back(decided, timezone.now()).enforce()
    held = hold_again(actor=actor, post=post)
    latest = held.suggestions.exclude(state__in=OPEN).first()
    if latest is not None and not held.suggestions.filter(state__in=OPEN).exists():
        latest.state, latest.settled_at = SuggestionState.RESUBMITTED, None
        latest.save(update_fields=["state", "settled_at"])
    _tell_author(held)
    return held


def _decided(post: Post, state: SuggestionState) -> Post:
    post.suggestions.filter(state__in=OPEN).update(state=state, settled_at=timezone.now())
    _tell_author(post)
    return post


def _tell_author(post: Post) -> None:
    if post.author_id is not None:
        outbox.notify_each([(post.author_id, post)], kind=DECIDED, scope=MailScope.ACCOUNT, occasion=_moment())


def _moment() -> str:
    """Return what tells one decision on a post from the next."""
    return f"{timezone.now():%Y%m%d%H%M%S%f}"


def _suggestion(actor: User, pk: int) -> Suggestion:
    """Lock a suggestion, and before it the post and its discussion."""
    found = Suggestion.objects.visible_to(actor)
    post = locked_post(actor, found.values_list("post", flat=True).get(pk=pk))
    suggestion = found.select_for_update(of=("self",)).get(pk=pk)
    suggestion.post = post
    return suggestion
