"""Taking a post out of sight, bringing it back, and changing what was hidden.

A post that is hidden waits for its author, and has the moment in ``state_changed_at``; one that was never shown
has none.
"""

from django.db import transaction
from django.utils import timezone

from accounts.markdown import render
from accounts.models import User
from accounts.services import audit
from forum import policies
from forum.enums import PostState, RemovalReason
from forum.models import Post
from forum.queries.mentions import Place, find_mentions

REASON_LENGTH = 300


@transaction.atomic
def hide_post(*, actor: User, post: Post, reason: str) -> None:
    """Have nobody but its author read a post until it is changed.

    Args:
        actor: Who decides.
        post: Locked, with its discussion.
        reason: Why, for the author.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: FOR-11, MOD-01, MOD-05.
    """
    _set_state(actor, post, PostState.HELD, reason[:REASON_LENGTH], "post.hidden")


@transaction.atomic
def remove_post(*, actor: User, post: Post, reason: RemovalReason) -> None:
    """Have nobody read a post; a placeholder with the kind of reason stays in its place.

    Args:
        actor: Who decides.
        post: Locked, with its discussion.
        reason: Why, in the words that every reader has in their own language.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: FOR-11, FOR-14, MOD-01, MOD-05.
    """
    _set_state(actor, post, PostState.REMOVED, reason, "post.removed")


@transaction.atomic
def show_post(*, actor: User, post: Post) -> None:
    """Show a post again that was hidden or removed.

    Args:
        actor: Who decides.
        post: Locked, with its discussion.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: FOR-11, MOD-09.
    """
    _set_state(actor, post, PostState.VISIBLE, "", "post.shown_again")


def _set_state(actor: User, post: Post, state: PostState, reason: str, action: str) -> None:
    policies.may_judge(actor, post).enforce()
    post.state, post.state_reason, post.state_changed_at = state, reason, timezone.now()
    post.save(update_fields=["state", "state_reason", "state_changed_at"])
    facts = {"reason_class": reason} if state == PostState.REMOVED else {}
    audit.record(actor, action, post, discussion=post.discussion_id, **facts)


@transaction.atomic
def reword_hidden(*, actor: User, post: Post, body: str) -> None:
    """Change the wording of one's own hidden post; who decided shows it again.

    The wording that was hidden is not kept, nor are earlier ones and translations, which may say the same.

    Args:
        actor: Its author.
        post: Locked, with its discussion and room.
        body: The new Markdown, as the form has accepted it.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: FOR-11.
    """
    policies.may_reword_hidden(actor, post).enforce()
    mentions = find_mentions(actor, Place(post.discussion_id, post.discussion.room_id), body)
    post.body, post.html = body, render(body, anchor=post.anchor, mentions=mentions.names)
    post.edited_at = timezone.now()
    post.save(update_fields=["body", "html", "edited_at"])
    post.revisions.all().delete()
    post.translations.all().delete()
    audit.record(actor, "post.hidden_reworded", post)
