"""Content to measure on: a long discussion, and many others around it."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import StringIO
from itertools import islice
from typing import NamedTuple
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import AccountStatus
from accounts.markdown import render
from accounts.models import MemberState, Protocol, ProtocolAcceptance, User
from bench.texts import TEXTS, texts
from forum.enums import EntryState, EntryType, Plan, TopicKind
from forum.models import Category, Discussion, LibraryEntry, Room, Topic

READERS = 8
TOPICS = 50
LONG = 5_000  # posts
POSTS_FOR_AN_ENTRY = 100  # of the library
BATCH = 10_000  # rows of one COPY
TEXT = """In our office the training of examiners is followed by a year of paired work, because what is learnt in
a week of lectures fades within a season.

- Each newcomer has a colleague who signs the first fifty reports.
- A short note is kept of every doubt, and the notes are read together once a month.

After two years **eight of ten** newcomers still examine, against four of ten before. Has anybody measured
how long such gains last, and in which fields of technology?
"""
TRIGGERS = ("forum_post_announced", "forum_post_searched")  # what they would do is done for all posts at once
POSTS = """
COPY forum_post (id, discussion_id, number, author_id, member_state_id, capacity, kind, language, body, html, state,
    state_reason, posted_at, submission_key) FROM STDIN
"""
DOCUMENTS = """
COPY forum_searchdocument (source, language, discussion_id, post_id, author_id, member_state_id, kind, dated_at,
    vector) FROM STDIN
"""
VECTORS = """
SELECT forum_search_vector(%s, '', forum_search_text(html))::text
FROM unnest(%s) WITH ORDINALITY AS page (html, n) ORDER BY n
"""
NEXT_ID = "SELECT nextval(pg_get_serial_sequence('forum_post', 'id'))"
MOVE_ON = "SELECT setval(pg_get_serial_sequence('forum_post', 'id'), %s)"
EMPTIED = "TRUNCATE forum_topic, forum_post, forum_searchdocument CASCADE"


@dataclass(frozen=True)
class Content:
    """What there is to ask for.

    Args:
        readers: Delegates who may enter, one for each connection.
        long: A discussion of 5,000 posts.
        others: The discussions around it, in the same rooms.
    """

    readers: list[User]
    long: Discussion
    others: list[Discussion]


@dataclass(frozen=True)
class Wording:
    """A text, as COPY takes it.

    Args:
        body: As it was typed.
        html: As it is shown in the post of the number 0.
        vector: As search finds it.
    """

    body: str
    html: str
    vector: str


class NewPost(NamedTuple):
    """A post that is not yet written; posts are written in the order of their dates, as in life."""

    posted_at: datetime
    discussion: int
    number: int
    author: int
    state: int
    language: str


def prepare() -> Content:
    """Make people, topics and empty discussions, once."""
    protocol = Protocol.objects.get(version=1)
    readers = []
    for n, state in enumerate(MemberState.objects.order_by("code")[:READERS]):
        reader, _new = User.objects.get_or_create(
            email=f"bench{n}@forum.example",
            defaults={
                "full_name": f"Delegate of {state.name_en}",
                "member_state": state,
                "status": AccountStatus.ACTIVE,
                "languages_read": ["en", "fr"],
            },
        )
        ProtocolAcceptance.objects.get_or_create(user=reader, protocol=protocol)
        readers.append(reader)
    chinese, _new = Room.objects.get_or_create(language="zh", defaults={"name_en": "Chinese", "position": 9})
    rooms = [*Room.objects.filter(is_core=True), chinese]
    discussions = [_discussion(n, room) for n in range(TOPICS) for room in rooms]
    return Content(readers, discussions[0], discussions[1:])


def _discussion(n: int, room: Room) -> Discussion:
    opened_at = timezone.now() - timedelta(days=7 * (n + 4))
    topic, _new = Topic.objects.get_or_create(
        year=2000,
        number=n + 1,
        defaults={
            **{f"title_{code}": f"Measured topic {n + 1}" for code in ("en", "fr", "es")},
            **{f"objective_{code}": "What remains of a training after two years." for code in ("en", "fr", "es")},
            **{f"guiding_questions_{code}": "Who?\nWhen?\nHow?" for code in ("en", "fr", "es")},
            "category": Category.objects.all()[0],
            "kind": TopicKind.OPEN,
            "opens_at": opened_at,
        },
    )
    defaults = {"opened_at": opened_at, "last_activity_at": opened_at}
    return Discussion.objects.select_related("topic", "room").get_or_create(topic=topic, room=room, defaults=defaults)[
        0
    ]


def empty() -> None:
    """Take all topics and posts away, with what hangs on them: those of the sample and of an earlier run."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)


def settle() -> None:
    """Have the database in the state in which it is after a night."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@transaction.atomic
def fill(content: Content, posts: int, *, wordings: int = TEXTS) -> None:
    """Write posts, with what search finds of them, until there are about ``posts`` in all; and a library for them.

    Half of them, and at most 5,000, are in the long discussion.

    Args:
        content: Where they are written.
        posts: How many there are in the end.
        wordings: How many texts of each language they take in turn.
    """
    long = min(LONG, posts // 2)
    each = max(0, (posts - long) // len(content.others))
    known = dict(Discussion.objects.values_list("pk", "last_number"))
    wanted = {content.long: long} | dict.fromkeys(content.others, each)
    wanted = {discussion: count for discussion, count in wanted.items() if count > known[discussion.pk]}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger is switched while a check of a row waits
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for trigger in TRIGGERS:
            cursor.execute(f"ALTER TABLE forum_post DISABLE TRIGGER {trigger}")
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'search_words_%'")
        indexes = cursor.fetchall()
        for name, _definition in indexes:  # to make them once is a tenth of the work of keeping them up to date
            cursor.execute(f"DROP INDEX {name}")
        new = [_new_posts(one, known[one.pk], count, content.readers) for one, count in wanted.items()]
        for batch in _batches(heapq.merge(*new)):
            _copy(cursor, batch, wordings)
        for _name, definition in indexes:
            cursor.execute(definition)
        for trigger in TRIGGERS:
            cursor.execute(f"ALTER TABLE forum_post ENABLE TRIGGER {trigger}")
    for discussion, count in wanted.items():
        last_activity_at = discussion.opened_at + timedelta(minutes=count)
        Discussion.objects.filter(pk=discussion.pk).update(last_number=count, last_activity_at=last_activity_at)
    _fill_library(content, max(1, posts // POSTS_FOR_AN_ENTRY), wordings)


def _new_posts(discussion: Discussion, known: int, count: int, readers: list[User]) -> Iterator[NewPost]:
    """Return what a discussion of ``known`` posts needs to have ``count``; its author is the same in all of them."""
    author = readers[discussion.pk % len(readers)]
    language = discussion.room.language
    for number in range(known + 1, count + 1):
        posted_at = discussion.opened_at + timedelta(minutes=number)
        yield NewPost(posted_at, discussion.pk, number, author.pk, author.member_state_id, language)


def _batches(posts: Iterable[NewPost]) -> Iterator[list[NewPost]]:
    left = iter(posts)
    while batch := list(islice(left, BATCH)):
        yield batch


def _copy(cursor, posts: list[NewPost], wordings: int) -> None:
    """Write posts, and what search finds of them."""
    cursor.execute(NEXT_ID)
    first = cursor.fetchone()[0]
    rows, documents = [], []
    for pk, post in enumerate(posts, first):
        when, discussion, number, author, state, language = post
        wording = _wordings(language, wordings)[(number + discussion * 7) % wordings]
        html = wording.html.replace("post-0-", f"post-{number}-")
        rows.append(
            f"{pk}\t{discussion}\t{number}\t{author}\t{state}\tpersonal\tcomment\t{language}\t{wording.body}\t{html}"
            f"\tvisible\t\t{when}\t{uuid4()}\n"
        )
        documents.append(
            f"post\t{language}\t{discussion}\t{pk}\t{author}\t{state}\tcomment\t{when}\t{wording.vector}\n"
        )
    cursor.copy_expert(POSTS, StringIO("".join(rows)))
    cursor.copy_expert(DOCUMENTS, StringIO("".join(documents)))
    cursor.execute(MOVE_ON, [first + len(posts)])


@cache
def _wordings(language: str, count: int) -> list[Wording]:
    bodies = texts(language, count)
    pages = [render(body, anchor="post-0") for body in bodies]
    with connection.cursor() as cursor:
        cursor.execute(VECTORS, [language, pages])
        vectors = [vector for (vector,) in cursor.fetchall()]
    return [Wording(*map(_escaped, wording)) for wording in zip(bodies, pages, vectors, strict=True)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _fill_library(content: Content, count: int, wordings: int) -> None:
    """Publish entries until there are ``count``, each about the state of a reader."""
    now, summaries = timezone.now(), texts("en", wordings)
    first = LibraryEntry.objects.count()
    entries = LibraryEntry.objects.bulk_create(
        LibraryEntry(
            number=n + 1,
            entry_type=EntryType.values[n % len(EntryType.values)],
            title=f"Measured practice {n + 1}",
            summary=summaries[n % wordings],
            language="en",
            category=content.long.topic.category,
            is_legislative_advice=False,
            plan=Plan.NONE,
            state=EntryState.PUBLISHED,
            proposed_by=content.readers[n % READERS],
            proposed_at=now,
            published_at=now - timedelta(hours=n),
            reviewed_at=now - timedelta(hours=n),
        )
        for n in range(first, count)
    )
    concerned = LibraryEntry.states.through
    concerned.objects.bulk_create(
        concerned(libraryentry=entry, memberstate=entry.proposed_by.member_state) for entry in entries
    )
