"""Content to measure on: a long discussion, and many others around it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.enums import AccountStatus
from accounts.markdown import render
from accounts.models import MemberState, Protocol, ProtocolAcceptance, User
from bench.texts import TEXTS, texts
from forum.enums import TopicKind
from forum.models import Category, Discussion, Room, Topic

READERS = 8
TOPICS = 50
LONG = 5_000  # posts
TEXT = """In our office the training of examiners is followed by a year of paired work, because what is learnt in
a week of lectures fades within a season.

- Each newcomer has a colleague who signs the first fifty reports.
- A short note is kept of every doubt, and the notes are read together once a month.

After two years **eight of ten** newcomers still examine, against four of ten before. Has anybody measured
how long such gains last, and in which fields of technology?
"""
TRIGGERS = ("forum_post_announced", "forum_post_searched")  # what they would do is done for all posts at once
BASE = """
CREATE UNLOGGED TABLE IF NOT EXISTS bench_text (language text, n integer, body text, html text, vector tsvector)
"""
FILL = """
INSERT INTO forum_post (discussion_id, number, author_id, member_state_id, capacity, kind, language, body, html,
    state, state_reason, posted_at, submission_key)
SELECT %(discussion)s, number, %(author)s, %(state)s, 'personal', 'comment', %(language)s, body,
    replace(html, 'post-0-', 'post-' || number || '-'), 'visible', '',
    %(opened_at)s + make_interval(mins => number), gen_random_uuid()
FROM generate_series(%(first)s, %(last)s) AS number
JOIN bench_text ON bench_text.language = %(language)s AND n = (number + %(discussion)s * 7) %% %(texts)s
"""
SEARCHED = """
INSERT INTO forum_searchdocument (source, language, discussion_id, post_id, author_id, member_state_id, kind, dated_at,
    vector)
SELECT 'post', post.language, discussion_id, post.id, author_id, member_state_id, kind, posted_at, vector
FROM forum_post AS post
JOIN bench_text ON bench_text.language = post.language AND n = (number + discussion_id * 7) %% %(texts)s
WHERE post.id > (SELECT coalesce(max(post_id), 0) FROM forum_searchdocument)
ORDER BY posted_at
"""


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
    return Discussion.objects.get_or_create(topic=topic, room=room, defaults=defaults)[0]


def fill(content: Content, posts: int) -> None:
    """Write posts, with what search finds of them, until there are about ``posts`` in all.

    Half of them, and at most 5,000, are in the long discussion.
    """
    _write_texts({discussion.room.language for discussion in content.others})
    long = min(LONG, posts // 2)
    each = max(0, (posts - long) // len(content.others))
    with connection.cursor() as cursor:
        for trigger in TRIGGERS:
            cursor.execute(f"ALTER TABLE forum_post DISABLE TRIGGER {trigger}")
        _extend(content.long, long, content.readers)
        for discussion in content.others:
            _extend(discussion, each, content.readers)
        for trigger in TRIGGERS:
            cursor.execute(f"ALTER TABLE forum_post ENABLE TRIGGER {trigger}")
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'search_words_%'")
        indexes = cursor.fetchall()
        for name, _definition in indexes:  # to make them once is a tenth of the work of keeping them up to date
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(SEARCHED, {"texts": TEXTS})
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")


def _write_texts(languages: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BASE)
        cursor.execute("SELECT count(*) FROM bench_text")
        if cursor.fetchone()[0]:
            return
        for language in languages:
            rows = [(language, n, text, render(text, anchor="post-0")) for n, text in enumerate(texts(language))]
            cursor.executemany("INSERT INTO bench_text VALUES (%s, %s, %s, %s)", rows)
        cursor.execute("UPDATE bench_text SET vector = forum_search_vector(language, '', forum_search_text(html))")


def _extend(discussion: Discussion, posts: int, readers: list[User]) -> None:
    discussion.refresh_from_db()
    first = discussion.last_number + 1
    if first > posts:
        return
    author = readers[discussion.pk % len(readers)]
    values = {
        "discussion": discussion.pk,
        "author": author.pk,
        "state": author.member_state_id,
        "language": discussion.room.language,
        "texts": TEXTS,
        "opened_at": discussion.opened_at,
        "first": first,
        "last": posts,
    }
    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
    last_activity_at = discussion.opened_at + timedelta(minutes=posts)
    Discussion.objects.filter(pk=discussion.pk).update(last_number=posts, last_activity_at=last_activity_at)
