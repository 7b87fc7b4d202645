"""Deleting what a post says, wherever it stands; its number and the place in the discussion stay."""

import re
from collections.abc import Callable, Collection, Iterator
from difflib import SequenceMatcher
from functools import partial
from itertools import groupby
from operator import itemgetter

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.languages import written
from accounts.markdown import render
from accounts.models import DataArchive, User
from accounts.services import archives, audit
from forum.enums import EntryState, PostState
from forum.models import Attachment, Clearance, LibraryEntry, Post
from forum.models.posts import PostRevision
from forum.queries.mentions import Place, find_mentions
from forum.queries.traces import is_quoted, lines_of, notices_about, posts_near, records_with, texts_near, texts_of
from forum.services.attachments import discard
from forum.services.library import withdraw_with

ENTRY_TEXTS = ("programme", "provider", "expected_result", "achieved_result", "lessons", "address")
_UNSPACED = r"\u3040-\u30FF\u3400-\u9FFF"
WORD = re.compile(rf"\s+|[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")  # spaces, words and signs, one after the other


@transaction.atomic
def delete_words(post: Post) -> None:
    """Delete a post's words and files, and every copy of them that the forum keeps.

    Args:
        post: Locked, with its discussion's topic and room; the caller has decided and keeps the record.

    Source: FOR-14, MOD-10, reading A7, workflow 2.5.
    """
    words = lines_of(texts_of(post))
    people = _replace_quotes(post, words)
    people |= _delete_copies(post)
    discard(Attachment.objects.filter(post=post))
    _empty_entry(post)
    post.mentions.all().delete()
    post.body = post.html = post.state_reason = ""
    post.state, post.state_changed_at, post.edited_at = PostState.REMOVED, timezone.now(), None
    post.save(update_fields=["body", "html", "state", "state_reason", "state_changed_at", "edited_at"])
    _delete_prepared(post, people)


@transaction.atomic
def redact_words(post: Post, body: str, *, actor: User) -> None:
    """Take a part of a post's words out, and every copy of it that the forum keeps; what is left is shown.

    What was made of the post for the library leaves it too, since it may tell the same in other words: whoever
    contributed it proposes it again once they have seen to that.

    Args:
        post: Locked, with its discussion's topic and room; the caller has decided and keeps the record.
        body: What ``redacted`` made of it.
        actor: Who has decided.

    Source: FOR-14, MOD-10, workflow 2.5.
    """
    words = lines_of(texts_of(post)) - lines_of([body])
    people = _replace_quotes(post, words)
    people |= _delete_copies(post)
    _redact_entry(post, _taken_out(post.body, body), actor)
    post.body, post.html, post.edited_at = body, _html(post, body), timezone.now()
    post.save(update_fields=["body", "html", "edited_at"])
    _delete_prepared(post, people)


@transaction.atomic
def delete_file(attachment: Attachment) -> None:
    """Delete one file of a post, on the disk too once that is committed, with every document that may hold it."""
    people = {attachment.uploaded_by_id} if attachment.uploaded_by_id else set()
    post = attachment.post
    for wording in PostRevision.objects.filter(post=post, files__contains=[attachment.name]):
        wording.files = [name for name in wording.files if name != attachment.name]
        wording.save(update_fields=["files"])
    discard([attachment])
    if post is not None:
        _delete_prepared(post, people)


def redacted(body: str, kept: str, language: str) -> str:
    """Return a text with what is no longer in ``kept`` marked as removed; nothing new is put into it.

    Args:
        body: What the author wrote.
        kept: The same with parts taken out.
        language: Of the room, for the mark.
    """
    old, new = (WORD.findall(text.replace("\r\n", "\n")) for text in (body, kept))
    stays = [True] * len(old)
    for what, start, end, _from, _to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what in {"delete", "replace"} and "".join(old[start:end]).strip():  # spaces alone are nothing to mark
            stays[start:end] = [False] * (end - start)
    parts: list[str] = []
    for is_kept, run in groupby(_as_sentences(old, stays), key=itemgetter(1)):
        words = [word for word, _stays in run]
        before, after = (word if word.isspace() else "" for word in (words[0], words[-1]))
        parts += words if is_kept else [before, removed_mark(language), after]
    return "".join(parts)


def _as_sentences(words: list[str], stays: list[bool]) -> Iterator[tuple[str, bool]]:
    """Return words with whether they stay; what could go here or a word later goes later, as sentences do."""
    stays = [*stays]
    for n, word in enumerate(words):
        if not stays[n]:
            end = next((later for later in range(n, len(words)) if stays[later]), len(words))
            if end < len(words) and words[end] == word and (n == 0 or stays[n - 1]):
                stays[n], stays[end] = True, False
        yield word, stays[n]


def removed_mark(language: str) -> str:
    """Return what stands for a removed part in a text of ``language``."""
    with translation.override(written(language)):
        return _("[removed]")


def _replace_quotes(post: Post, words: Collection[str]) -> set[int]:
    """Put a sentence in place of the quotations of some lines; answer whose texts were changed."""
    people: set[int] = set()
    for quoting in posts_near(post).select_for_update(of=("self",)):
        clean = partial(_without, words=words, language=quoting.language)
        changed = _clean(quoting, clean, lambda row, body: _html(row, body))
        for wording in PostRevision.objects.filter(post=quoting):
            changed |= _clean(wording, clean, lambda row, body: render(body))
        for rendering in quoting.translations.all():
            in_it = partial(_without, words=words, language=rendering.language)
            anchor = f"{quoting.anchor}-{rendering.language}"
            changed |= _clean(rendering, in_it, lambda row, body, anchor=anchor: render(body, anchor=anchor))
        if changed:
            _discard_records(quoting)
            people |= {quoting.author_id} if quoting.author_id else set()
    drafts, clearances = texts_near(post)
    for draft in drafts.select_related("discussion__room"):
        if _clean(draft, partial(_without, words=words, language=draft.discussion.room.language)):
            people.add(draft.user_id)
    for clearance in clearances.select_related("discussion__room"):
        if _clean(clearance, partial(_without, words=words, language=clearance.discussion.room.language)):
            people.add(clearance.author_id)
    return people


def _without(text: str, *, words: Collection[str], language: str) -> str:
    """Return a text with a sentence in place of each run of quoted lines that are among ``words``."""
    kept: list[str] = []
    gone = False
    for line in text.splitlines():
        if is_quoted(line, words):
            if not gone:
                kept.append(f"> {_placeholder(language)}")
            gone = True
        else:
            gone = gone and line.strip() == ">"
            kept.append(line)
    return "\n".join(kept)


def _placeholder(language: str) -> str:
    with translation.override(written(language)):
        return _("[What was quoted here was deleted at the source.]")


def _clean(row: object, clean: Callable[[str], str], html: Callable[..., str] | None = None) -> bool:
    """Save a row whose text ``clean`` changes; answer whether it did."""
    body = clean(row.body)  # type: ignore[attr-defined]
    if body == "\n".join(row.body.splitlines()):  # type: ignore[attr-defined]
        return False
    fields = {"body": body} | ({"html": html(row, body)} if html else {})
    type(row).objects.filter(pk=row.pk).update(**fields)  # type: ignore[attr-defined]
    return True


def _html(post: Post, body: str) -> str:
    """Return a post's text as it is shown, with the people and states that it names."""
    place = Place(post.discussion_id, post.discussion.room_id)
    names = find_mentions(post.author, place, body).names if post.author else frozenset()
    return render(body, anchor=post.anchor, mentions=names)


def _empty_entry(post: Post) -> None:
    """Take out of the library what was made from a post; of an entry that nobody but its writer saw nothing stays."""
    entry = LibraryEntry.objects.select_for_update().filter(post=post).first()
    if entry is None:
        return
    discard(Attachment.objects.filter(entry=entry))
    if entry.state == EntryState.DRAFT:
        entry.delete()
        return
    for name in ENTRY_TEXTS:
        setattr(entry, name, "")
    entry.title = entry.summary = removed_mark(entry.language)
    entry.state, entry.version = EntryState.WITHDRAWN, entry.version + 1
    entry.save()


def _taken_out(old: str, new: str) -> list[str]:
    """Return the passages of a text that a redacted one has no longer, line by line, the longest first."""
    words, kept = (WORD.findall(text.replace("\r\n", "\n")) for text in (old, new))
    runs = SequenceMatcher(None, words, kept, autojunk=False).get_opcodes()
    gone = ["".join(words[start:end]) for what, start, end, _from, _to in runs if what in {"delete", "replace"}]
    lines = {line.strip() for run in gone for line in run.splitlines()}
    return sorted((line for line in lines if any(map(str.isalnum, line))), key=len, reverse=True)


def _redact_entry(post: Post, passages: Collection[str], actor: User) -> None:
    """Mark passages as removed in what was made from a post for the library, and take it out of there."""
    entry = LibraryEntry.objects.select_for_update(of=("self",)).filter(post=post).first()
    if entry is None or not passages:
        return
    mark = removed_mark(entry.language)
    parts = "|".join(rf"(?<![^\W{_UNSPACED}]){re.escape(one)}(?![^\W{_UNSPACED}])" for one in passages)
    changed = []
    for name in ("title", "summary", *ENTRY_TEXTS):
        text = re.sub(parts, mark, getattr(entry, name), flags=re.IGNORECASE)
        if text != getattr(entry, name):
            longest = getattr(LibraryEntry._meta.get_field(name), "max_length", None)
            setattr(entry, name, "" if name == "address" else text[:longest])
            changed.append(name)
    if changed:
        entry.version += 1
        entry.save()
        audit.record(actor, "entry.redacted", entry, fields=changed, post=post.pk)
    reason = _(
        "A part of the contribution that it was made from was deleted on request. Please see that the entry does not"
        " tell it either before you propose it again."
    )
    withdraw_with(post, actor=actor, reason=reason)


def _delete_copies(post: Post) -> set[int]:
    """Delete the other wordings of a post, and the letters about it; answer whose they were."""
    post.revisions.all().delete()
    post.translations.all().delete()
    asked = Clearance.objects.filter(post=post)
    people = set(asked.values_list("author", flat=True))
    asked.delete()
    notices_about(post).delete()
    return people | ({post.author_id} if post.author_id else set())


def _delete_prepared(post: Post, people: Collection[int]) -> None:
    """Delete the documents and personal archives in which the words may stand; what is being written fails."""
    _discard_records(post)
    archives.discard(DataArchive.objects.filter(user__in=people).select_for_update())


def _discard_records(post: Post) -> None:
    for record in records_with([post.discussion_id], [post.discussion.topic_id]).select_for_update():
        if record.file.name:
            transaction.on_commit(partial(record.file.storage.delete, record.file.name), robust=True)
        record.delete()
