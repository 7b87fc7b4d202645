"""Clearance: a colleague of the same delegation reads a text before it goes out."""

import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import MailScope
from accounts.models import User
from accounts.services import audit, outbox
from forum import policies
from forum.enums import Capacity, ClearanceState, ContributionKind
from forum.models import Attachment, Clearance, Discussion, Draft, Post
from forum.services.posts import publish_post


@transaction.atomic
def ask_clearance(*, actor: User, discussion: int, colleague: User, publishes: bool, note: str = "") -> Clearance:
    """Ask a colleague of one's delegation to clear the draft of a post; the draft stays.

    Args:
        actor: Whose draft it is.
        discussion: The id of the discussion it is meant for.
        colleague: Who is asked, and told.
        publishes: Whether it is published at the moment it is cleared.
        note: What the colleague should know.

    Returns:
        The saved clearance.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``actor``.
        Draft.DoesNotExist: ``actor`` has no draft there.
        PermissionDenied: ``actor`` may not post it, or not ask ``colleague``; the message says why.
        ValidationError: A colleague was asked already; its code is ``asked``.

    Source: ACC-03, ACC-04, reading A20.
    """
    place = Discussion.objects.visible_to(actor).select_related("topic", "room").get(pk=discussion)
    draft = Draft.objects.select_for_update().get(user=actor, discussion=place)
    policies.may_post(actor, place).enforce()
    policies.may_speak_as(actor, Capacity(draft.capacity)).enforce()
    policies.may_ask_clearance(actor, colleague).enforce()
    if Clearance.objects.filter(author=actor, discussion=place, state=ClearanceState.ASKED).exists():
        raise ValidationError(_("A colleague is asked already. Take that back first, or wait."), code="asked")
    clearance = Clearance.objects.create(
        discussion=place,
        author=actor,
        colleague=colleague,
        body=draft.body,
        kind=draft.kind,
        capacity=draft.capacity,
        reply_to=draft.reply_to,
        corrects=draft.corrects,
        publishes=publishes,
        note=note,
    )
    audit.record(actor, "clearance.asked", clearance, colleague=colleague.pk, discussion=place.pk)
    outbox.notify({colleague.pk: MailScope.ACCOUNT}, kind="clearance.asked", about=clearance)
    return clearance


@transaction.atomic
def clear_text(*, actor: User, clearance: int, remarks: str = "") -> tuple[Clearance, str]:
    """Clear a colleague's text; where that was asked, it is published now, under its author's name.

    Everything that publishing asks is asked again at this moment, of the author.

    Args:
        actor: The colleague who was asked.
        clearance: Its id, locked.
        remarks: For the author.

    Returns:
        The clearance, with its post where one was published; and why it could not be, where it was to be.

    Raises:
        Clearance.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not clear it; the message says why.

    Source: ACC-03, reading A20.
    """
    decided = _decided(actor, clearance, ClearanceState.CLEARED, remarks)
    obstacle = ""
    if decided.publishes:
        try:
            decided.post = _publish(decided)
        except PermissionDenied as refusal:
            obstacle = str(refusal)
        except ValidationError as refusal:
            obstacle = refusal.messages[0]
        except Discussion.DoesNotExist:
            obstacle = _("Its author does not see this discussion any more.")
        else:
            decided.save(update_fields=["post"])
    return decided, obstacle


def _publish(clearance: Clearance) -> Post:
    drafts = Draft.objects.filter(user=clearance.author, discussion=clearance.discussion_id, body=clearance.body)
    return publish_post(
        actor=User.objects.with_access().get(pk=clearance.author_id),
        discussion=clearance.discussion_id,
        body=clearance.body,
        submission_key=uuid.uuid5(uuid.NAMESPACE_OID, f"clearance:{clearance.pk}"),
        kind=ContributionKind(clearance.kind),
        capacity=Capacity(clearance.capacity),
        reply_to=clearance.reply_to,
        corrects=clearance.corrects,
        draft=drafts.values_list("saved_at", flat=True).first(),
        attachments=Attachment.objects.of_clearance(clearance).values_list("key", flat=True),
    )


@transaction.atomic
def return_text(*, actor: User, clearance: int, remarks: str) -> Clearance:
    """Return a colleague's text with remarks; its author goes on with the draft.

    Args:
        actor: The colleague who was asked.
        clearance: Its id, locked.
        remarks: What the author is to consider.

    Raises:
        Clearance.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not decide on it; the message says why.

    Source: ACC-03.
    """
    return _decided(actor, clearance, ClearanceState.RETURNED, remarks)


def _decided(actor: User, pk: int, state: ClearanceState, remarks: str) -> Clearance:
    clearance = _locked(actor, pk)
    policies.may_decide_clearance(actor, clearance).enforce()
    clearance.state, clearance.answer, clearance.decided_at = state, remarks, timezone.now()
    clearance.save(update_fields=["state", "answer", "decided_at"])
    audit.record(actor, f"clearance.{state}", clearance, author=clearance.author_id)
    outbox.notify({clearance.author_id: MailScope.ACCOUNT}, kind="clearance.decided", about=clearance)
    return clearance


@transaction.atomic
def take_back_clearance(*, actor: User, clearance: int) -> Clearance:
    """Take back what a colleague was asked; the draft stays.

    Args:
        actor: Who asked.
        clearance: Its id, locked.

    Raises:
        Clearance.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` did not ask it, or it is decided already; the message says why.
    """
    found = _locked(actor, clearance)
    policies.may_take_back_clearance(actor, found).enforce()
    found.state, found.decided_at = ClearanceState.TAKEN_BACK, timezone.now()
    found.save(update_fields=["state", "decided_at"])
    audit.record(actor, "clearance.taken_back", found, colleague=found.colleague_id)
    return found


def discard_decided() -> int:
    """Delete what colleagues decided on long ago: the texts stay with their authors, as posts or as drafts.

    Returns:
        How many there were.

    Source: ACC-03.
    """
    old = timezone.now() - settings.CLEARANCES_KEPT
    decided = Clearance.objects.exclude(state=ClearanceState.ASKED).filter(decided_at__lte=old)
    return decided.delete()[0]


def _locked(actor: User, pk: int) -> Clearance:
    clearances = Clearance.objects.visible_to(actor).select_related("author", "colleague")
    return clearances.select_for_update(of=("self",)).get(pk=pk)
