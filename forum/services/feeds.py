"""The address of somebody's private feed: made, made anew, ended."""

import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from forum import policies
from forum.models import FeedToken
from forum.queries.feeds import digest_of


@transaction.atomic
def make_feed(*, actor: User) -> str:
    """Make the address of one's feed; one that was made before ends.

    Args:
        actor: Whose feed it is.

    Returns:
        The address, which nobody can be shown again: only a digest of its secret is kept.

    Raises:
        PermissionDenied: ``actor`` may not enter the forum.

    Source: ACC-03, CDIP/22/3 para 8.
    """
    policies.may_have_feed(actor).enforce()
    token = secrets.token_urlsafe(32)
    FeedToken.objects.update_or_create(user=actor, defaults={"digest": digest_of(token), "made_at": timezone.now()})
    audit.record(actor, "feed.made", actor)
    return f"{settings.PUBLIC_URL}{reverse('forum:feed', args=[token])}"


@transaction.atomic
def end_feed(*, actor: User) -> bool:
    """End one's feed at once.

    Args:
        actor: Whose feed it is.

    Returns:
        Whether there was one.
    """
    deleted, _kinds = FeedToken.objects.filter(user=actor).delete()
    if deleted:
        audit.record(actor, "feed.ended", actor)
    return deleted > 0
