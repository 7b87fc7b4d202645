"""Syntheses: the notes of each room, the one text made of them, its publication and its versions."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import MailScope, Pace, Role
from accounts.models import User
from accounts.services import audit, outbox
from forum.models import Discussion, Post, ReadPosition, Topic
from moderation.models import Synthesis, SynthesisNote
from moderation.policies import synthesis as policies
from moderation.queries.syntheses import languages_of

PUBLISHED, HANDED_IN = "synthesis.published", "notes.handed_in"


@transaction.atomic
def save_note(
    *, actor: User, discussion: int, body: str, seen: datetime | None, hands_in: bool = False
) -> SynthesisNote:
    """Keep the notes on one room's discussion, and perhaps hand them in; the moderator is told of that.

    Args:
        actor: Who guides the room.
        discussion: Its id, locked.
        body: Markdown that cites posts and paragraphs.
        seen: When the notes were written that this text goes on from; None where there were none.
        hands_in: Whether they are complete.

    Returns:
        The notes.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room.
        ValidationError: Somebody else has changed them meanwhile, or nothing is handed in.

    Source: MOD-05, workflow 2.1.
    """
    policies.may_note(actor).enforce()
    place = Discussion.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=discussion)
    note = SynthesisNote.objects.filter(discussion=place).first()
    if note is not None and note.written_at != seen:
        message = _("Somebody has changed these notes meanwhile. Load the page again to see both texts.")
        raise ValidationError(message, code="changed")
    if hands_in and not body.strip():
        raise ValidationError(_("Write the notes before you hand them in."), code="empty")
    now = timezone.now()
    note = note or SynthesisNote(discussion=place)
    note.body, note.written_by, note.written_at = body, actor, now
    note.handed_in_at = now if hands_in else None
    note.save()
    audit.record(actor, "notes.handed_in" if hands_in else "notes.saved", note)
    if hands_in:
        moderators = User.objects.active().filter(role=Role.MODERATOR).exclude(pk=actor.pk)
        told = [(pk, note) for pk in moderators.values_list("pk", flat=True)]
        outbox.notify_each(told, kind=HANDED_IN, scope=MailScope.ACCOUNT, occasion=f"{now:%Y%m%d%H%M%S%f}")
    return note


@transaction.atomic
def save_synthesis(
    *, actor: User, topic: int, texts: Mapping[str, str], changes: str = "", seen: datetime | None
) -> Synthesis:
    """Keep the version of a topic's synthesis that is being written.

    Args:
        actor: The moderator.
        topic: Its id, locked.
        texts: Markdown by language.
        changes: What differs from the version before, for its readers.
        seen: When the text was written that this one goes on from; None where there was none.

    Returns:
        The version, not published yet.

    Raises:
        Topic.DoesNotExist: The topic is hidden from ``actor``.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: Somebody else has changed or published it meanwhile.

    Source: FOR-13, MOD-03, workflow 2.1.
    """
    policies.may_synthesize(actor).enforce()
    locked = Topic.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=topic)
    versions = locked.syntheses.order_by("-number")
    draft = versions.filter(published_at=None).first()
    if (draft.written_at if draft else None) != seen:
        message = _("Somebody has changed this synthesis meanwhile. Load the page again to see both texts.")
        raise ValidationError(message, code="changed")
    latest = versions.first()
    draft = draft or Synthesis(topic=locked, number=latest.number + 1 if latest else 1)
    for language, text in texts.items():
        setattr(draft, f"text_{language.replace('-', '_')}", text)
    draft.changes, draft.written_by, draft.written_at = changes, actor, timezone.now()
    draft.save()
    audit.record(actor, "synthesis.saved", draft, topic=locked.pk, version=draft.number)
    return draft


@transaction.atomic
def publish_synthesis(*, actor: User, synthesis: int) -> Synthesis:
    """Show a version of the synthesis on all sister discussions at once, and tell all who read or wrote there.

    Args:
        actor: The moderator.
        synthesis: The id of the version, locked with its topic.

    Returns:
        The version; as it is, when it is published already.

    Raises:
        Synthesis.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: A language is missing, or it is not said what has changed.

    Source: FOR-13, FOR-11, workflow 2.1, MOD-03.
    """
    policies.may_synthesize(actor).enforce()
    visible = Synthesis.objects.visible_to(actor)
    topic = Topic.objects.select_for_update().get(pk=visible.values_list("topic", flat=True).get(pk=synthesis))
    version: Synthesis = visible.select_for_update(of=("self",)).get(pk=synthesis)
    if version.published_at is not None:
        return version
    _check_complete(version, topic)
    version.published_at = timezone.now()
    version.corrections_until = version.published_at + settings.SYNTHESIS_CORRECTED_FOR
    version.save(update_fields=["published_at", "corrections_until"])
    names = [f"_{code.replace('-', '_')}" for code in settings.MODELTRANSLATION_LANGUAGES]
    for name in names:
        setattr(topic, f"synthesis{name}", getattr(version, f"text{name}") or "")
    topic.save(update_fields=[f"synthesis{name}" for name in names])
    audit.record(actor, "synthesis.published", version, topic=topic.pk, version=version.number)
    told = [(pk, version) for pk in _concerned(topic)]
    outbox.notify_each(told, kind=PUBLISHED, scope=MailScope.TOPICS)
    return version


def _check_complete(version: Synthesis, topic: Topic) -> None:
    names = dict(settings.LANGUAGES)
    missing = [code for code in languages_of(topic) if not getattr(version, f"text_{code.replace('-', '_')}")]
    if missing:
        raise ValidationError(
            _("Before it is published, the synthesis needs its text in: %(languages)s."),
            code="language_missing",
            params={"languages": pgettext("in a list", ", ").join(str(names[code]) for code in missing)},
        )
    if version.number > 1 and not version.changes:
        raise ValidationError(_("Say what has changed since the version before."), code="changes")


def _concerned(topic: Topic) -> list[int]:
    """Return who read or wrote in one of a topic's discussions and wants mail of topics, by id."""
    read = ReadPosition.objects.filter(discussion__topic=topic).values("user")
    wrote = Post.objects.filter(discussion__topic=topic, author__isnull=False).values("author")
    people = User.objects.active().wanting(MailScope.TOPICS, Pace.AT_ONCE)
    return list(people.filter(Q(pk__in=read) | Q(pk__in=wrote)).order_by("pk").values_list("pk", flat=True))
