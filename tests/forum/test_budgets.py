"""What pages cost in statements: the same however much has been said (design.md, section 8).

Statements are those that read or write; BEGIN, COMMIT and savepoints are counted apart, by the one test about them.
"""

import uuid
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import MailScope, Pace, Role
from accounts.models import MailPreference
from bench import data, pages
from forum.enums import SearchSource
from forum.models import Discussion, Draft, Follow, Post, SearchDocument
from forum.services.reading import write_positions
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

PAGE_BUDGET, POST_BUDGET = 6, 10
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET CONSTRAINTS")


def statements(client, address: str, data: dict[str, str] | None = None) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address) if data is None else client.post(address, data)
    assert response.status_code in {200, 302}
    return [query["sql"] for query in captured if not query["sql"].startswith(CONTROL)]


def world(posts: int) -> Discussion:
    """Return a discussion of ``posts`` posts with two sisters, in a room of as many other discussions."""
    rooms = [RoomFactory(language=language) for language in ("en", "fr", "es")]
    topic = TopicFactory()
    discussion, *_sisters = [DiscussionFactory(topic=topic, room=room) for room in rooms]
    first = PostFactory(discussion=discussion)
    for _post in range(posts - 1):
        PostFactory(discussion=discussion, author=DelegateFactory(), reply_to=first)
    common = {"category": topic.category, "step": topic.step}
    for _discussion in range(posts):
        DiscussionFactory(topic=TopicFactory(opens_at=timezone.now() - timedelta(days=9), **common), room=rooms[0])
        DiscussionFactory(topic=TopicFactory(**common), room=rooms[1])
    return discussion


ADDRESSES = {
    "list of rooms": "/rooms/",
    "room": "/rooms/en/",
    "room, questions": "/rooms/en/?kind=question",
    "opening a question": "/rooms/en/new/",
    "questions that wait": "/questions/unanswered/",
    "room, earlier": "/rooms/en/?before=1790000000000000-1",
    "discussion": "{}",
    "discussion, first page": "{}?page=1",
    "discussion, last page": "{}?page=9999",
    "discussion, answering": "{}?reply=1",
    "dossier": "{topic}",
    "profile": "/profile/",
    "protocol": "/protocol/",
}


def costs(client, posts: int) -> dict[tuple[str, str], int]:
    """Return what each page costs each kind of reader where so much was said."""
    discussion = world(posts)
    facilitator, external = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.EXTERNAL)
    grant(facilitator, discussion.room)
    grant(external, discussion)
    readers = {
        "delegate": DelegateFactory(),
        "focal point": MandateFactory().user,
        "facilitator": facilitator,
        "external": external,
    }
    found = {}
    for role, reader in readers.items():
        client.force_login(reader)
        for name, pattern in ADDRESSES.items():
            if role != "delegate" and not name.startswith("discussion"):
                continue
            address = pattern.format(discussion.get_absolute_url(), topic=discussion.topic.get_absolute_url())
            client.get(address)  # what a process learns once: content types, composed queries
            found[role, name] = len(statements(client, address))
    return found


def test_a_page_costs_the_same_however_much_was_said(client):
    at_one, at_three, at_many = (costs(client, posts) for posts in (1, 3, 21))

    assert at_one == at_three == at_many
    assert {page: cost for page, cost in at_one.items() if cost > PAGE_BUDGET} == {}


MEASURED = {
    "room",
    "discussion, first page",
    "discussion, middle page",
    "discussion, last page",
    "since the last visit",
    "everything unread",
    "library",
    "search, common word",
    "search, filters",
}


def test_a_page_costs_the_same_at_ten_posts_and_at_two_thousand():
    call_command("load_reference", verbosity=0)
    content = data.prepare()
    counted = {}

    for posts in (10, 2_000):
        data.fill(content, posts, wordings=20)
        assert Post.objects.count() == SearchDocument.objects.filter(source=SearchSource.POST).count()
        addresses = {name: address for name, address in pages.pages(content).items() if name in MEASURED}
        counted[posts] = {name: pages.statements(content, address) for name, address in addresses.items()}

    assert counted[10].keys() == MEASURED
    assert pages.faults(counted) == []


def test_what_costs_more_than_it_may_or_more_when_there_is_more_is_named():
    counted = {
        10: {"room": 6, "library": 8, "discussion, last page": 4, "search, phrase": 4},
        2_000: {"room": 7, "library": 8, "discussion, last page": 5, "search, phrase": 9},
    }

    assert pages.faults(counted) == [
        "room: more than 6 statements: 6 at 10 posts, 7 at 2,000 posts",
        "room: not the same statements: 6 at 10 posts, 7 at 2,000 posts",
        "discussion, last page: not the same statements: 4 at 10 posts, 5 at 2,000 posts",
        "search, phrase: more than 8 statements: 4 at 10 posts, 9 at 2,000 posts",
    ]


def test_the_front_page_costs_the_public_nothing(client):
    assert statements(client, "/") == []


def test_reading_writes_nothing(client):
    discussion = world(3)
    reader = DelegateFactory()
    Follow.objects.create(user=reader, discussion=discussion)
    Draft.objects.create(user=reader, discussion=discussion, body="Half a thought")
    write_positions({(reader.pk, discussion.pk): 1})
    client.force_login(reader)

    for pattern in ADDRESSES.values():
        address = pattern.format(discussion.get_absolute_url(), topic=discussion.topic.get_absolute_url())
        reads = ("SELECT", "(SELECT", "DECLARE", "EXECUTE compose_")
        assert [sql for sql in statements(client, address) if not sql.startswith(reads)] == []


@pytest.mark.parametrize("followers", [0, 1, 3])
def test_a_reply_costs_the_same_however_many_are_told(client, followers):
    discussion = world(3)
    author = DelegateFactory()
    Draft.objects.create(user=author, discussion=discussion, body="Half a thought")
    ContentType.objects.get_for_model(Post)  # what a process learns once
    for reader in DelegateFactory.create_batch(followers):
        Follow.objects.create(user=reader, discussion=discussion)
        MailPreference.objects.create(user=reader, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    client.force_login(author)
    client.get(discussion.get_absolute_url())
    fields = {"body": "A practice.", "reply_to": "1", "submission_key": str(uuid.uuid4())}

    sent = statements(client, f"{discussion.get_absolute_url()}posts/", fields)

    assert len(sent) <= POST_BUDGET


def test_posting_is_one_transaction(client):
    discussion, author = world(1), DelegateFactory()
    client.force_login(author)
    fields = {"body": "A practice.", "submission_key": str(uuid.uuid4())}

    with CaptureQueriesContext(connection) as captured:
        client.post(f"{discussion.get_absolute_url()}posts/", fields)

    # Inside the test's own transaction the service's is a savepoint; what would be BEGIN and COMMIT is these two.
    control = [query["sql"].split()[0] for query in captured if query["sql"].startswith(CONTROL)]
    assert control[:1] == ["SAVEPOINT"]
    assert control[-1:] == ["RELEASE"]
