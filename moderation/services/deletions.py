"""Requests to delete: asked, decided, taken back; the trail holds ids, never the words."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import MailScope, Role
from accounts.models import User
from accounts.queries.recipients import secretariat
from accounts.services import audit, outbox
from forum.models import Attachment, Post
from forum.services.removals import delete_file, delete_words, redact_words, redacted
from moderation.enums import Basis, DeletionState
from moderation.models import DeletionRequest, Suggestion
from moderation.policies import deletions as policies


def ask_deletion(
    *, actor: User, post: int, basis: Basis, reason: str, attachment: int | None = None
) -> DeletionRequest:
    """Ask that a post, or one file of it, be deleted.

    Args:
        actor: Who asks.
        post: The post's id.
        basis: On what ground.
        reason: Why, for the moderator alone.
        attachment: The id of the only file meant; None for the whole post.

    Raises:
        Post.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not ask on this ground; the message says why.
        ValidationError: ``actor`` has asked already, or the file is no longer there.

    Source: FOR-14, MOD-10, reading A7, workflow 2.5.
    """
    try:
        return _ask(actor, post, basis, reason, attachment)
    except IntegrityError:
        raise ValidationError(_("You have asked for it already."), code="asked_already") from None


@transaction.atomic
def _ask(actor: User, post_id: int, basis: Basis, reason: str, attachment: int | None) -> DeletionRequest:
    post = Post.objects.visible_to(actor).get(pk=post_id)
    policies.may_ask_as(actor, post, basis).enforce()
    file = Attachment.objects.filter(post=post, pk=attachment).first() if attachment else None
    if attachment and file is None:
        raise ValidationError(_("This file is no longer there."), code="file_gone")
    now = timezone.now()
    request = DeletionRequest.objects.create(
        post=post,
        attachment=file,
        basis=basis,
        reason=reason,
        asked_by=actor,
        asked_at=now,
        due_at=now + settings.DELETION_DUE,
    )
    audit.record(actor, "deletion.asked", request, post=post.pk, attachment=attachment, basis=basis)
    outbox.notify(_deciders(but=actor), kind="deletion.asked", about=request)
    return request


@transaction.atomic
def take_back_deletion(*, actor: User, request: int) -> DeletionRequest:
    """Take a request back before it is decided.

    Raises:
        DeletionRequest.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` did not ask, or it was decided meanwhile.
    """
    locked = _locked(actor, request)
    policies.may_take_back(actor, locked).enforce()
    locked.state = DeletionState.TAKEN_BACK
    locked.save(update_fields=["state"])
    audit.record(actor, "deletion.taken_back", locked, post=locked.post_id)
    return locked


@transaction.atomic
def delete_as_asked(*, actor: User, request: int, answer: str) -> DeletionRequest:
    """Delete the post's words or the file, wherever they stand; the post's number and place stay.

    Args:
        actor: The moderator.
        request: The request's id, locked.
        answer: Why, for who asked.

    Raises:
        DeletionRequest.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not decide, or it was decided meanwhile.

    Source: FOR-14, MOD-10, workflow 2.5.
    """
    locked = _locked(actor, request)
    policies.may_decide(actor, locked).enforce()
    if locked.attachment is not None:
        delete_file(locked.attachment)
        locked.attachment = None
    else:
        delete_words(locked.post)
        Suggestion.objects.filter(post=locked.post).update(body="", first_body="")
    return _decide(locked, actor, DeletionState.DELETED, answer)


@transaction.atomic
def redact_as_asked(*, actor: User, request: int, kept: str, answer: str) -> DeletionRequest:
    """Take a part of the post's words out, wherever it stands.

    Args:
        actor: The moderator.
        request: The request's id, locked.
        kept: The text without that part; what it has more than the post is left out.
        answer: Why, for who asked.

    Raises:
        DeletionRequest.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not decide, or it was decided meanwhile.
        ValidationError: Nothing, or everything, was taken out.

    Source: FOR-14, MOD-10, workflow 2.5.
    """
    locked = _locked(actor, request)
    policies.may_redact(actor, locked).enforce()
    post = locked.post
    body = redacted(post.body, kept, post.discussion.room.language)
    if body == post.body.replace("\r\n", "\n"):
        raise ValidationError(_("Take out of the text what is to be removed."), code="nothing")
    if not kept.strip():
        raise ValidationError(_("Nothing would be left: delete the post instead."), code="everything")
    redact_words(post, body, actor=actor)
    Suggestion.objects.filter(post=post).update(body="", first_body="")
    return _decide(locked, actor, DeletionState.REDACTED, answer)


@transaction.atomic
def refuse_deletion(*, actor: User, request: int, answer: str) -> DeletionRequest:
    """Leave it as it is.

    Args:
        actor: Who decides.
        request: Its id.
        answer: Why; who asked reads it.

    Raises:
        DeletionRequest.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not refuse this, or it was decided meanwhile.

    Source: reading A7, workflow 2.5.
    """
    locked = _locked(actor, request)
    policies.may_refuse(actor, locked).enforce()
    return _decide(locked, actor, DeletionState.REFUSED, answer)


def _decide(request: DeletionRequest, actor: User, state: DeletionState, answer: str) -> DeletionRequest:
    request.state, request.answer = state, answer
    request.decided_by, request.decided_at = actor, timezone.now()
    if state != DeletionState.REFUSED:
        request.reason = ""  # it may tell again what is gone
    request.save()
    facts: dict[str, Any] = {"post": request.post_id, "basis": request.basis}
    audit.record(actor, f"deletion.{state}", request, **facts)
    told = {request.asked_by_id: MailScope.ACCOUNT}
    if request.post.author_id is not None and state != DeletionState.REFUSED:
        told[request.post.author_id] = MailScope.ACCOUNT
    outbox.notify(told, kind="deletion.decided", about=request)
    return request


def _locked(actor: User, pk: int) -> DeletionRequest:
    visible = DeletionRequest.objects.visible_to(actor)
    places = ("post__discussion__topic", "post__discussion__room", "post__author", "attachment")
    return visible.select_related(*places).select_for_update(of=("self", "post")).get(pk=pk)


def _deciders(*, but: User) -> dict[int, MailScope]:
    people = User.objects.active().filter(role=Role.MODERATOR).exclude(pk=but.pk).values_list("pk", flat=True)
    found = dict.fromkeys(people, MailScope.ACCOUNT) or secretariat()
    return {person: scope for person, scope in found.items() if person != but.pk}
