"""Content to measure on: a long discussion, and many others around it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.enums import AccountStatus
from accounts.markdown import render
from accounts.models import MemberState, Protocol, ProtocolAcceptance, User
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
FILL = """
INSERT INTO forum_post (discussion_id, number, author_id, member_state_id, capacity, kind, language, body, html,
    state, posted_at, submission_key)
SELECT %(discussion)s, n, %(author)s, %(state)s, 'personal', 'comment', %(language)s, %(body)s,
    replace(%(html)s, 'post-0-', 'post-' || n || '-'), 'visible',
    %(opened_at)s + make_interval(mins => n), gen_random_uuid()
FROM generate_series(%(first)s, %(last)s) AS n
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
                "languages_read": ["en"],
            },
        )
        ProtocolAcceptance.objects.get_or_create(user=reader, protocol=protocol)
        readers.append(reader)
    discussions = [_discussion(n, room) for n in range(TOPICS) for room in Room.objects.filter(is_core=True)]
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
    """Write posts until there are about ``posts`` in all, 5,000 of them in the long discussion."""
    _extend(content.long, LONG, content.readers)
    each = max(1, (posts - LONG) // len(content.others))
    for discussion in content.others:
        _extend(discussion, each, content.readers)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


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
        "body": TEXT,
        "html": render(TEXT, anchor="post-0"),
        "opened_at": discussion.opened_at,
        "first": first,
        "last": posts,
    }
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE forum_post DISABLE TRIGGER forum_post_announced")
        cursor.execute(FILL, values)
        cursor.execute("ALTER TABLE forum_post ENABLE TRIGGER forum_post_announced")
    last_activity_at = discussion.opened_at + timedelta(minutes=posts)
    Discussion.objects.filter(pk=discussion.pk).update(last_number=posts, last_activity_at=last_activity_at)
