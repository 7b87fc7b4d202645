"""Taking an older forum over: what is planned is written in batches, each of them whole or not at all."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.languages import spoken, written
from accounts.markdown import render
from accounts.services import audit
from forum.enums import TopicKind
from forum.files import apart
from forum.files.kinds import RefusedFileError, kind_of
from forum.files.names import clean_name
from forum.imports.plan import Plan, PlannedTopic, post_key, topic_key
from forum.imports.records import LONGEST_NAME, OldAuthor, OldFile, OldForum, OldPost, Problem
from forum.models import Attachment, Discussion, ImportedAuthor, ImportedItem, Post, Topic
from forum.services.topics import next_number

BATCH = 500  # posts in one transaction
SHORTEST = timedelta(seconds=1)  # a discussion closes after it opens


@dataclass
class Outcome:
    """What an import has written.

    Args:
        topics: How many, by the language of their room.
        posts: Likewise.
        files: Likewise.
        refused: Attachments that were left out.
    """

    topics: Counter[str] = field(default_factory=Counter)
    posts: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    refused: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some posts of one thread, by date.

    Args:
        topic: The thread.
        posts: Those meant.
        after: The number of the post before them, unless somebody posts meanwhile.
    """

    topic: PlannedTopic
    posts: list[OldPost]
    after: int


def import_forum(forum: OldForum, plan: Plan, *, progress: Callable[[int], None] = lambda done: None) -> Outcome:
    """Write what was planned; killed anywhere, the same call with a new plan goes on where this one ended.

    Nobody is told of what is imported, and none of it is anybody's here until they claim it.

    Args:
        forum: What was read.
        plan: What of it is to be written.
        progress: Is told after each batch how many posts are written.

    Raises:
        ValidationError: Another import of this source is running.

    Source: FOR-18, OPS-06, CDIP/25/5 annex paras 6-7, workflow 2.10.
    """
    outcome = Outcome()
    with _only_one(plan.source):
        for room in plan.rooms:
            audit.record(None, "import.begun", room, source=plan.source)
        authors = _keep_authors(forum, plan)
        for batch, pages in _rendered_ahead(_batches(plan.topics)):
            _write(plan.source, batch, pages, authors, outcome)
            progress(outcome.posts.total())
        for room in plan.rooms:
            counts = {name: getattr(outcome, name)[room.language] for name in ("topics", "posts", "files")}
            audit.record(None, "import.done", room, source=plan.source, **counts)
    return outcome


@contextmanager
def _only_one(source: str) -> Iterator[None]:
    """Hold the lock of a source; the database lets go of it when this process ends in whatever way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('forum.import'), hashtext(%s))", [source])
        if not cursor.fetchone()[0]:
            raise ValidationError(f'Another import of "{source}" is running.', code="running")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('forum.import'), hashtext(%s))", [source])


def _keep_authors(forum: OldForum, plan: Plan) -> dict[str, int]:
    """Save the authors that are not known yet, and return the ids of all, by key."""
    needed = [forum.authors.get(key) or OldAuthor(key, name=key[:LONGEST_NAME]) for key in sorted(plan.authors)]
    ImportedAuthor.objects.bulk_create(
        [ImportedAuthor(source=plan.source, key=a.key, name=a.name, email=a.email) for a in needed],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return dict(ImportedAuthor.objects.filter(source=plan.source).values_list("key", "pk"))


def _batches(topics: Iterable[PlannedTopic]) -> Iterator[list[_Part]]:
    """Cut threads into batches of few enough posts; a long thread goes on in the next one."""
    batch: list[_Part] = []
    left = BATCH
    for topic in topics:
        posts, after = iter(topic.posts), topic.last_number
        while part := list(islice(posts, left)):
            batch.append(_Part(topic, part, after))
            left -= len(part)
            after += len(part)
            if left == 0:
                yield batch
                batch, left = [], BATCH
    if batch:
        yield batch


def _rendered_ahead(batches: Iterable[list[_Part]]) -> Iterator[tuple[list[_Part], Mapping[str, str]]]:
    """Add the HTML of each batch's posts, by key: rendered while the database is busy with the batch before."""
    with ThreadPoolExecutor(1) as ahead:
        previous: tuple[list[_Part], Future[Mapping[str, str]]] | None = None
        for batch in batches:
            following = batch, ahead.submit(_render, batch)
            if previous is not None:
                yield previous[0], previous[1].result()
            previous = following
        if previous is not None:
            yield previous[0], previous[1].result()


def _render(batch: list[_Part]) -> Mapping[str, str]:
    return {
        post.key: render(post.body, anchor=f"post-{number}")
        for part in batch
        for number, post in enumerate(part.posts, part.after + 1)
    }


def _write(
    source: str, batch: list[_Part], pages: Mapping[str, str], authors: Mapping[str, int], outcome: Outcome
) -> None:
    """Write a batch: its files before its rows, because checking them takes long."""
    files: list[Attachment] = []
    try:
        by_post = {post.key: _keep_files(post, files, outcome) for part in batch for post in part.posts}
        with transaction.atomic():
            _write_rows(source, batch, pages, authors, by_post, outcome)
    except BaseException:
        for attachment in files:
            _discard(attachment)
        raise


def _write_rows(
    source: str,
    batch: list[_Part],
    pages: Mapping[str, str],
    authors: Mapping[str, int],
    files: Mapping[str, list[Attachment]],
    outcome: Outcome,
) -> None:
    """Write what belongs to a batch, in the caller's transaction."""
    _open_topics(source, [part.topic for part in batch if part.topic.discussion is None], outcome)
    locked = Discussion.objects.select_for_update(of=("self",)).order_by("pk")
    discussions = locked.in_bulk([part.topic.discussion for part in batch])
    claimed = _claimed({authors[post.author] for part in batch for post in part.posts})
    pks = _next_pks(batch)
    answered = _answered(source, batch, pks)
    posts, items, attachments = [], [], []
    for part in batch:
        discussion, room = discussions[part.topic.discussion], part.topic.room
        if discussion.last_number != part.after:  # somebody has posted since it was rendered
            pages = {**pages, **_render([replace(part, after=discussion.last_number)])}
        for old in part.posts:
            discussion.last_number += 1
            pk, author = pks[old.key], authors[old.author]
            posts.append(
                Post(
                    pk=pk,
                    discussion=discussion,
                    number=discussion.last_number,
                    author_id=claimed.get(author),
                    imported_author_id=author,
                    language=spoken(part.topic.old.language) or room.language,
                    body=old.body,
                    html=pages[old.key],
                    reply_to_id=answered.get((old.reply_to, discussion.pk)),
                    posted_at=old.posted_at,
                )
            )
            items.append(ImportedItem(source=source, key=post_key(old.key), address=old.address, post_id=pk))
            for attachment in files[old.key]:
                attachment.post_id, attachment.discussion_id = pk, discussion.pk
                attachment.uploaded_at = old.posted_at
                attachments.append(attachment)
        _move_on(discussion, part.posts[-1].posted_at)
        outcome.posts[room.language] += len(part.posts)
        outcome.files[room.language] += sum(len(files[old.key]) for old in part.posts)
    Post.objects.bulk_create(posts)
    ImportedItem.objects.bulk_create(items)
    Attachment.objects.bulk_create(attachments)
    Discussion.objects.bulk_update(discussions.values(), ["last_number", "last_activity_at", "closed_at"])


def _open_topics(source: str, topics: list[PlannedTopic], outcome: Outcome) -> None:
    """Give each thread a topic with a symbol of its own year, and a discussion that is closed."""
    opened: list[Topic] = []
    last: dict[int, int] = {}
    for topic in topics:
        year = topic.opened_at.astimezone(timezone.get_default_timezone()).year
        last[year] = last[year] + 1 if year in last else next_number(year)
        column = _column(topic)
        texts = {f"title_{column}": topic.title, f"objective_{column}": topic.old.objective}
        opened.append(
            Topic(
                kind=TopicKind.OPEN,
                year=year,
                number=last[year],
                category=topic.category,
                opens_at=topic.opened_at,
                **texts,
            )
        )
    Topic.objects.bulk_create(opened)
    discussions = Discussion.objects.bulk_create(
        Discussion(
            topic=row,
            room=topic.room,
            opened_at=topic.opened_at,
            closed_at=topic.opened_at + SHORTEST,
            last_activity_at=topic.opened_at,
        )
        for row, topic in zip(opened, topics, strict=True)
    )
    ImportedItem.objects.bulk_create(
        ImportedItem(source=source, key=topic_key(topic.old.key), address=topic.old.address, topic=row)
        for row, topic in zip(opened, topics, strict=True)
    )
    for topic, discussion in zip(topics, discussions, strict=True):
        topic.discussion = discussion.pk
        outcome.topics[topic.room.language] += 1


def _column(topic: PlannedTopic) -> str:
    """Return the ending of the columns that hold a thread's words."""
    languages = (written(topic.old.language), written(topic.room.language), settings.MODELTRANSLATION_DEFAULT_LANGUAGE)
    return next(code for code in languages if code in settings.MODELTRANSLATION_LANGUAGES).replace("-", "_")


def _move_on(discussion: Discussion, posted_at: datetime) -> None:
    """Have a discussion's last activity, and its end where it is closed, not lie before one of its posts."""
    discussion.last_activity_at = max(discussion.last_activity_at, posted_at)
    if discussion.closed_at is not None:
        discussion.closed_at = max(discussion.closed_at, posted_at)


def _claimed(authors: Collection[int]) -> Mapping[int, int]:
    """Return whose the posts of imported authors are by now; no claim is granted before the commit."""
    locked = ImportedAuthor.objects.filter(pk__in=authors).order_by("pk").select_for_update(no_key=True)
    return {author.pk: author.claimed_by_id for author in locked if author.claimed_by_id is not None}


def _next_pks(batch: list[_Part]) -> Mapping[str, int]:
    """Return an id for each post, by key, so that posts can name one another before they are written."""
    keys = [post.key for part in batch for post in part.posts]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [Post._meta.db_table, len(keys)],
        )
        return dict(zip(keys, (pk for (pk,) in cursor.fetchall()), strict=True))


def _answered(source: str, batch: list[_Part], pks: Mapping[str, int]) -> Mapping[tuple[str, int | None], int]:
    """Return the ids of posts that are answered in a batch, by key and discussion."""
    here = {(post.key, part.topic.discussion): pks[post.key] for part in batch for post in part.posts}
    named = {post_key(post.reply_to) for part in batch for post in part.posts if post.reply_to}
    items = ImportedItem.objects.filter(source=source, key__in=named - set(map(post_key, pks)))
    before = {
        (key.removeprefix(post_key("")), discussion): post
        for key, discussion, post in items.values_list("key", "post__discussion", "post")
    }
    return before | here


# --- Files ------------------------------------------------------------------------------------------


def refused_files(plan: Plan) -> list[Problem]:
    """Return the attachments that would be left out, having checked each of them."""
    refused = []
    for file in (file for topic in plan.topics for post in topic.posts for file in post.files):
        with tempfile.TemporaryDirectory() as folder:
            try:
                _check(file, Path(folder))
            except RefusedFileError as refusal:
                refused.append(_problem(file, refusal))
    return refused


def _problem(file: OldFile, refusal: RefusedFileError) -> Problem:
    return Problem(file.place, f'attachment "{file.name}" is refused ({refusal.code})')


def _check(file: OldFile, folder: Path) -> apart.Checked:
    """Check an attachment by its content, as those that people upload are.

    Raises:
        RefusedFileError: It cannot be read or is not taken.
    """
    kind = kind_of(clean_name(file.name))
    try:
        content = file.read()
    except (OSError, LookupError, ValueError):
        raise RefusedFileError("unreadable") from None
    if not content:
        raise RefusedFileError("empty")
    if len(content) > settings.ATTACHMENT_BYTES:
        raise RefusedFileError("size")
    path = folder / "file"
    path.write_bytes(content)
    return apart.check(path, kind, folder)


def _keep_files(post: OldPost, kept: list[Attachment], outcome: Outcome) -> list[Attachment]:
    """Keep the files of a post that are good; their rows are written with the post.

    Args:
        post: Whose they are.
        kept: Gains each file as soon as it is in the storage.
        outcome: Gains what is refused.
    """
    first = len(kept)
    for file in post.files:
        with tempfile.TemporaryDirectory() as folder:
            try:
                checked = _check(file, Path(folder))
            except RefusedFileError as refusal:
                outcome.refused.append(_problem(file, refusal))
            else:
                attachment = Attachment(name=clean_name(file.name))
                kept.append(attachment)
                _store(attachment, checked)
    return kept[first:]


def _store(attachment: Attachment, checked: apart.Checked) -> None:
    kind = kind_of(attachment.name)
    content = checked.content.read_bytes()
    attachment.content_type, attachment.size = kind.content_type, len(content)
    attachment.sha256 = hashlib.sha256(content).hexdigest()
    attachment.file.save(get_random_string(32), ContentFile(content), save=False)
    if checked.preview:
        attachment.preview.save(get_random_string(32), ContentFile(checked.preview.read_bytes()), save=False)
        attachment.preview_width, attachment.preview_height = checked.width, checked.height
        attachment.text_read_at = timezone.now()


def _discard(attachment: Attachment) -> None:
    for file in (attachment.file, attachment.preview):
        if file:
            file.delete(save=False)
