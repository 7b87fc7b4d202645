"""Putting a discussion first in its room."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from forum import policies
from forum.models import Discussion


@transaction.atomic
def pin_discussion(*, actor: User, discussion: int, is_pinned: bool = True) -> Discussion:
    """Put a discussion first in its room's list, or back among the others.

    Args:
        actor: Who guides the room.
        discussion: Its id, locked.
        is_pinned: Whether it stands first from now on.

    Returns:
        The discussion.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room.
        ValidationError: It has been merged with another one.

    Source: FOR-11, MOD-01, MOD-05.
    """
    policies.may_steer(actor).enforce()
    found = Discussion.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=discussion)
    if found.is_merged:
        raise ValidationError(_("This discussion has been merged with another one meanwhile."), code="merged")
    if (found.pinned_at is not None) != is_pinned:
        found.pinned_at = timezone.now() if is_pinned else None
        found.save(update_fields=["pinned_at"])
        audit.record(actor, f"discussion.{'pinned' if is_pinned else 'unpinned'}", found)
    return found
