"""What is asked for, and what it may cost in statements, however much has been said."""

import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.data import Content
from forum.queries.pages import page_of

POSTING = "posting"
BUDGET, WIDE_BUDGET, POSTING_BUDGET = 6, 8, 10  # statements
WIDE = ("since", "everything unread", "library", "search")  # how the names of pages begin that gather much
MARKS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS")


def pages(content: Content) -> Mapping[str, str]:
    """Return the addresses, by name."""
    long = content.long.get_absolute_url()
    content.long.refresh_from_db()
    return {
        "room list": "/rooms/",
        "room": "/rooms/en/",
        "discussion, first page": f"{long}?page=1",
        "discussion, middle page": f"{long}?page={page_of(content.long.last_number // 2)}",
        "discussion, last page": f"{long}?page=9999",
        "since the last visit": "/since/",
        "everything unread": "/since/?all=",
        "library": "/library/",
        "library, filters": f"/library/?{urlencode({'type': 'practice', 'q': 'assistance'})}",
        **{f"search, {name}": f"/search/?{urlencode(wanted)}" for name, wanted in searches().items()},
    }


def searches() -> Mapping[str, Mapping[str, str]]:
    """Return what is searched for, by name: what is everywhere and what is nearly nowhere."""
    return {
        "common word": {"q": "assistance"},
        "common words": {"q": "technical assistance office"},
        "rare word": {"q": "zanzibar"},
        "phrase": {"q": '"pilot phase"'},
        "common phrase": {"q": '"technical assistance"'},
        "without accents": {"q": "developpement"},
        "Chinese": {"q": "援助", "language": "zh"},
        "one Chinese character": {"q": "援", "language": "zh"},
        "all languages": {"q": "formation", "language": "all"},
        "nothing": {"q": "xylophone"},
        "filters": {"q": "assistance", "author": "Delegate of", "what": "kind-comment"},
        "filters alone": {"since": "2020-01-01", "what": "post"},
    }


def statements(content: Content, address: str | None) -> int:
    """Count the statements of a page, or of a reply where ``address`` is None; transaction marks do not count."""
    client = Client(headers={"host": "localhost"})
    client.force_login(content.readers[0], backend="accounts.backends.MemberBackend")

    def ask() -> int:
        if address:
            return client.get(address).status_code
        form = {"body": "Measured.", "submission_key": uuid.uuid4()}
        return client.post(f"{content.others[0].get_absolute_url()}posts/", form).status_code

    ask()  # what a process learns once
    with CaptureQueriesContext(connection) as asked:
        status = ask()
    assert status == (200 if address else 302), f"{address or POSTING}: {status}"
    return sum(not query["sql"].startswith(MARKS) for query in asked)


def budget(page: str) -> int:
    """Return the most statements that ``page`` may take."""
    if page == POSTING:
        return POSTING_BUDGET
    return WIDE_BUDGET if page.startswith(WIDE) else BUDGET


def faults(counted: Mapping[int, Mapping[str, int]]) -> list[str]:
    """Say which pages cost more than they may, or not the same where more has been said.

    Searches may cost less: one that finds nothing has no texts to fetch.

    Args:
        counted: The statements of each page, by the number of posts.
    """
    found = []
    for page in next(iter(counted.values())):
        costs = {posts: costs[page] for posts, costs in counted.items()}
        said = ", ".join(f"{cost} at {posts:,} posts" for posts, cost in costs.items())
        if max(costs.values()) > budget(page):
            found.append(f"{page}: more than {budget(page)} statements: {said}")
        if len(set(costs.values())) > 1 and not page.startswith("search"):
            found.append(f"{page}: not the same statements: {said}")
    return found
