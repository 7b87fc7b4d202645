"""Signals: given with one touch, and taken back with another. What they tell is kept out of the audit trail."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import MailScope
from accounts.models import Notice, User
from accounts.services import outbox
from forum import policies
from forum.enums import SignalKind
from forum.models import Post, Signal

CONTACT_ASKED = "contact.asked"


@transaction.atomic
def give_signal(*, actor: User, post: int, kind: SignalKind) -> Post:
    """Give a post a signal; of "please contact me" its author alone is told, once, by a letter that waits a little.

    Args:
        actor: Who gives it.
        post: The id of the post.
        kind: Which signal; given already, it stays.

    Returns:
        The post.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not give it; the message says why.

    Source: FOR-21.
    """
    found = Post.objects.visible_to(actor).select_related("author", "discussion__room").get(pk=post)
    policies.may_signal(actor, found, kind).enforce()
    if kind != SignalKind.CONTACT:
        Signal.objects.get_or_create(post=found, user=actor, kind=kind)
        return found
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)  # one request after the other
    signal, is_new = Signal.objects.get_or_create(post=found, user=actor, kind=kind)
    if is_new and found.author_id is not None:
        _check_not_too_many(actor)
        outbox.notify_later(
            found.author_id,
            kind=CONTACT_ASKED,
            about=signal,
            scope=MailScope.REPLIES,
            key=_key(actor, found),
            at=timezone.now() + settings.CONTACT_WAITS,
        )
    return found


def _check_not_too_many(actor: User) -> None:
    """Refuse more letters in a day than somebody can mean.

    Raises:
        PermissionDenied: ``actor`` has caused as many as may be.
    """
    asked = Notice.objects.filter(key__startswith=f"{CONTACT_ASKED}.{actor.pk}.")
    if asked.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= settings.CONTACTS_A_DAY:
        raise PermissionDenied(_("You have asked many people to contact you today. Please go on tomorrow."))


@transaction.atomic
def take_back_signal(*, actor: User, post: int, kind: SignalKind) -> Post:
    """Take back a signal; a letter that is not sent yet is never sent.

    Args:
        actor: Who gave it.
        post: The id of the post.
        kind: Which signal; where it was not given, nothing happens.

    Returns:
        The post.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
    """
    found = Post.objects.visible_to(actor).select_related("author", "discussion__room").get(pk=post)
    Signal.objects.filter(post=found, user=actor, kind=kind).delete()
    if kind == SignalKind.CONTACT:
        outbox.call_back(_key(actor, found))
    return found


def _key(asker: User, post: Post) -> str:
    """Return what is the same however often somebody asks to be contacted about a post: its author is told once."""
    return outbox.key_of(CONTACT_ASKED, asker.pk, post.pk)
