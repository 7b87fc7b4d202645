"""Closing discussions and opening them again."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from forum import policies
from forum.models import Discussion


@transaction.atomic
def close_discussion(*, actor: User, discussion: int) -> Discussion:
    """End a discussion: it stays readable, and nobody posts in it.

    Args:
        actor: Who closes it.
        discussion: Its id, locked.

    Returns:
        The discussion, as it was when it is closed already.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not moderate.

    Source: MOD-01, CDIP/22/3 para 6.
    """
    return _set_closed(actor, discussion, closed=True)


@transaction.atomic
def reopen_discussion(*, actor: User, discussion: int) -> Discussion:
    """Take back the closing of a discussion.

    Args:
        actor: Who opens it again.
        discussion: Its id, locked.

    Returns:
        The discussion, as it was when it is not closed.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not moderate.

    Source: MOD-01, CDIP/22/3 para 6.
    """
    return _set_closed(actor, discussion, closed=False)


def _set_closed(actor: User, pk: int, *, closed: bool) -> Discussion:
    discussion = Discussion.objects.visible_to(actor).select_for_update().get(pk=pk)
    policies.may_close(actor).enforce()
    if (discussion.closed_at is not None) == closed:
        return discussion
    discussion.closed_at = timezone.now() if closed else None
    discussion.save(update_fields=["closed_at"])
    audit.record(actor, f"discussion.{'closed' if closed else 'reopened'}", discussion)
    return discussion
