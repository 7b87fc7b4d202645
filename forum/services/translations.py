"""Translations of posts: written by people, checked by others, or made by a room's own machine."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.languages import spoken
from accounts.markdown import paragraphs, render
from accounts.models import User
from accounts.services import audit, worker
from forum import policies
from forum.engines import EngineError, engine_at
from forum.enums import TranslationStatus
from forum.models import Post, PostTranslation


@transaction.atomic
def translate_post(
    *, actor: User, post: int, language: str, body: str, made_from: datetime, replaces: datetime | None = None
) -> PostTranslation:
    """Save a translation that a person has written, in place of the one there was.

    Args:
        actor: Who has translated it.
        post: The post's id, locked.
        language: Of the translation.
        body: Its Markdown, which ``TranslationForm`` has accepted.
        made_from: The moment of the wording that was before the translator.
        replaces: When the translation was saved that the translator went on from; None where there was none.

    Returns:
        The saved translation.

    Raises:
        Post.DoesNotExist: The post is hidden from ``actor``.
        PermissionDenied: ``actor`` may not translate it; the message says why.
        ValidationError: ``conflict``: somebody else has saved a translation meanwhile.

    Source: FOR-07, FOR-26, reading A22.
    """
    found = _locked(actor, post)
    policies.may_translate(actor, found).enforce()
    if spoken(language) == spoken(found.language):
        raise ValidationError(_("The post is in this language already."), code="same_language")
    stored = found.translations.filter(language=language).exclude(status=TranslationStatus.MACHINE).first()
    if stored is not None and stored.translated_at != replaces:
        raise ValidationError(
            _("%(name)s has saved a translation meanwhile. It is shown above; put the two together and save again.")
            % {"name": stored.translated_by},
            code="conflict",
        )
    translation, _is_new = PostTranslation.objects.update_or_create(
        post=found,
        language=language,
        defaults={
            "body": body,
            "html": _html(found, language, body),
            "status": TranslationStatus.PERSON,
            "made_from": min(made_from, found.worded_at),
            "translated_by": actor,
            "translated_at": timezone.now(),
            "checked_by": None,
        },
    )
    audit.record(actor, "translation.saved", found, language=language)
    return translation


@transaction.atomic
def check_translation(*, actor: User, post: int, language: str) -> PostTranslation:
    """Say that a translation is right.

    Args:
        actor: Who has compared it with the original.
        post: The post's id, locked.
        language: Of the translation.

    Returns:
        The checked translation.

    Raises:
        Post.DoesNotExist: The post is hidden from ``actor``.
        PostTranslation.DoesNotExist: There is no translation into this language.
        PermissionDenied: ``actor`` may not check it; the message says why.
    """
    found = _locked(actor, post)
    translation: PostTranslation = found.translations.written().get(language=language)
    policies.may_check_translation(actor, found, translation).enforce()
    translation.status = TranslationStatus.CHECKED
    translation.checked_by = actor
    translation.save(update_fields=["status", "checked_by"])
    audit.record(actor, "translation.checked", found, language=language)
    return translation


@transaction.atomic
def ask_machine(*, actor: User, post: int, language: str) -> None:
    """Have the room's own machine translate a post, in the background.

    Args:
        actor: Who wants to read it.
        post: The post's id, locked.
        language: Of the translation wanted.

    Raises:
        Post.DoesNotExist: The post is hidden from ``actor``.
        PermissionDenied: It may not be given to a machine; the message says why.

    Source: reading A22, ACC-03.
    """
    found = _locked(actor, post)
    policies.may_ask_machine(actor, found).enforce()
    if spoken(language) == spoken(found.language):
        raise ValidationError(_("The post is in this language already."), code="same_language")
    stored = found.translations.filter(language=language).first()
    if stored is not None and (stored.status != TranslationStatus.MACHINE or stored.made_from == found.worded_at):
        return
    PostTranslation.objects.update_or_create(
        post=found,
        language=language,
        defaults={
            "status": TranslationStatus.MACHINE,
            "made_from": found.worded_at,
            "translated_at": timezone.now(),
            "body": "",
            "html": "",
        },
    )
    audit.record(actor, "translation.machine_asked", found, language=language)
    transaction.on_commit(partial(worker.wake, "forum.tasks.translate_posts"), robust=True)


def translate_waiting() -> int:
    """Have the machines translate what was asked of them; what they cannot is given up after some time.

    Returns:
        How many are translated now.
    """
    old = timezone.now() - settings.TRANSLATION_PREPARATION
    PostTranslation.objects.waiting().filter(translated_at__lte=old).delete()
    return worker.do_each(PostTranslation.objects.waiting().select_related("post__discussion__room"), _translate)


def _translate(translation: PostTranslation) -> None:
    """Translate one post, unless it may no longer be given to the machine.

    Raises:
        EngineError: The machine does not answer; it is asked again.
    """
    post = translation.post
    server = post.discussion.room.translation_server
    if not policies.may_go_to_machine(post):
        translation.delete()
        return
    blocks = source_blocks(post.body)
    said = engine_at(server).translate(blocks, source=post.language, target=translation.language)
    translation.body = "\n\n".join(said)
    if not translation.body.strip():
        raise EngineError("empty answer")
    translation.html = _html(post, translation.language, translation.body)
    translation.made_from = post.worded_at
    translation.translated_at = timezone.now()
    translation.save()


def source_blocks(text: str) -> list[str]:
    """Cut Markdown where its citable paragraphs begin, so that each stays one when it is translated."""
    lines = text.splitlines()
    starts = [tokens[0].map[0] for number, tokens in paragraphs(text) if number is not None and tokens[0].map]
    ends = [*starts[1:], len(lines)]
    return ["\n".join(lines[start:end]).strip("\n") for start, end in zip(starts, ends, strict=True)] or [text]


def _locked(actor: User, post: int) -> Post:
    posts = Post.objects.visible_to(actor).select_related("discussion__room", "discussion__topic")
    return posts.select_for_update(of=("self",)).get(pk=post)


def _html(post: Post, language: str, body: str) -> str:
    return render(body, anchor=f"{post.anchor}-{language}")
