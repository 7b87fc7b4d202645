"""Every address of the forum for every kind of reader: ``access_matrix.csv`` says what each is answered.

A cell holds the status, or ``sign-in`` and ``protocol`` for a redirect to those pages. The facilitator and
the external stakeholder stand twice in it: with the right on the room or discussion asked for, and on another.
"""

import csv
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from accounts.enums import AccountStatus, MailScope, Office, Role
from accounts.models import User
from accounts.services import outbox
from accounts.services.addresses import Side, link
from accounts.services.invitations import Newcomer, invite_person, token_of
from forum.enums import EntryState, Permission
from forum.models import Discussion, ImportedAuthor, ImportedItem, Post
from forum.services.feeds import make_feed
from tests.factories import (
    AccountRequestFactory,
    AttachmentFactory,
    DelegateFactory,
    DiscussionFactory,
    LibraryEntryFactory,
    MandateFactory,
    MemberStateFactory,
    PostFactory,
    RegionalGroupFactory,
    RoomFactory,
    UserFactory,
    WeeklyTopicFactory,
    grant,
)

with (Path(__file__).parent / "access_matrix.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))
READERS = list(ROWS[0])[3:]
PARTS = 8  # tests that the rows are divided among

# The admin has some hundred addresses under one rule, so a few of them stand for all.
ADMIN_ROWS = {"admin:index", "admin:login", "admin:logout", "admin:forum_topic_changelist", "admin:forum_post_change"}

FORMS = {
    "accounts:account_request": {"email": "nobody"},
    "accounts:request_decide": {"decision": "decline"},
    "accounts:invitation_create": {"email": "nobody"},
    "accounts:invitation_import": {"file": ""},
    "accounts:invitation_take_up": {"password": "short"},
    "accounts:request_vouch": {"vouching": "vouched"},
    "accounts:invitation_revoke": {"reason": "Left the office."},
    "accounts:profile_edit": {
        "full_name": "Reader",
        "institution_kind": "ip_office",
        "language": "en",
        "languages_read": "en",
        "time_zone": "Africa/Nairobi",
        "mail_topics": "at_once",
        "mail_replies": "at_once",
        "mail_posts": "none",
    },
    "forum:room_follow": {"level": "topics"},
    "forum:discussion_follow": {"level": "quiet"},
    "forum:claim_decide": {"decision": "grant", "reason": "Verified."},
    "forum:post_create": {"body": "A practice.", "submission_key": "5f0c3c3e-6d5f-4a25-a2e7-0d6a0e1a0001"},
    "forum:post_preview": {"body": "A practice.", "submission_key": "5f0c3c3e-6d5f-4a25-a2e7-0d6a0e1a0001"},
    "forum:translation_edit": {"body": "Une pratique.", "made_from": "2026-11-16T12:00:00+00:00"},
    "forum:signal_set": {"give": "similar"},
    "forum:record_list": {"language": "en", "file_format": "pdf"},
    "forum:post_edit": {"body": "Another wording."},
    "forum:entry_create": {"then": "propose"},
    "forum:entry_edit": {"then": "propose"},
    "forum:entry_decide": {"decision": "returned", "version": "1", "reason": "Say what came of it."},
    "forum:entry_permission": {"answer": "grant", "version": "1", "reason": "Note of 3 May."},
    "forum:entry_withdraw": {"reason": "Out of date."},
    "forum:post_withdraw": {"reason": "Mistaken."},
    "forum:draft_save": {"body": "Half a thought."},
    "forum:experience_create": {
        "need": "A register.",
        "assistance": "Two missions.",
        "worked": "The training.",
        "submission_key": "5f0c3c3e-6d5f-4a25-a2e7-0d6a0e1a0001",
    },
}


def pattern_names(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from pattern_names(pattern, inner)


def people(discussion: Discussion) -> dict[str, User | None]:
    """Return one reader of each kind, by the names of the columns."""
    focal_point = MandateFactory(user=DelegateFactory()).user
    coordinator = DelegateFactory()
    MandateFactory(
        user=coordinator, office=Office.COORDINATOR, member_state=None, regional_group=RegionalGroupFactory()
    )
    readers = {
        "anonymous": None,
        "not accepted": DelegateFactory(accepts=False),
        "suspended": DelegateFactory(suspended_until=timezone.now() + timedelta(days=1)),
        "delegate": DelegateFactory(),
        "focal point": focal_point,
        "coordinator": coordinator,
        "moderator": UserFactory(role=Role.MODERATOR),
        "facilitator": UserFactory(role=Role.FACILITATOR),
        "facilitator elsewhere": UserFactory(role=Role.FACILITATOR),
        "expert": UserFactory(role=Role.EXPERT),
        "secretariat": UserFactory(role=Role.SECRETARIAT),
        "external": UserFactory(role=Role.EXTERNAL),
        "external elsewhere": UserFactory(role=Role.EXTERNAL),
        "evaluator": UserFactory(role=Role.EVALUATOR),
        "mandate over": MandateFactory(
            user=DelegateFactory(),
            starts_on=timezone.localdate() - timedelta(days=9),
            ends_on=timezone.localdate() - timedelta(days=1),
        ).user,
        "admission over": UserFactory(role=Role.EXTERNAL),
        "left": DelegateFactory(status=AccountStatus.LEFT),
    }
    grant(readers["facilitator"], discussion.room)
    grant(readers["facilitator elsewhere"], RoomFactory(language="fr"))
    grant(readers["external"], discussion)
    grant(readers["external elsewhere"], DiscussionFactory())
    grant(readers["admission over"], discussion, ends_at=timezone.now() - timedelta(seconds=1))
    return readers


def entry_ids(focal_point: User) -> dict[str, object]:
    """Return an entry of the library, and two that wait for a state: the focal point's, and another."""
    ids: dict[str, object] = {"entry": LibraryEntryFactory().pk}
    for name, state in (("", focal_point.member_state), (" elsewhere", MemberStateFactory())):
        asked = LibraryEntryFactory(state=EntryState.PROPOSED, permission=Permission.ASKED)
        asked.permissions.create(member_state=state)
        ids |= {f"asked entry{name}": asked.pk, f"asked state{name}": state.code}
    return ids


def invitation_ids(focal_point: User) -> dict[str, object]:
    """Return an invitation for the focal point's state, one for another, and the token of a personal link."""
    secretariat = UserFactory(role=Role.SECRETARIAT)
    ids: dict[str, object] = {}
    for name, state in (("invitation", focal_point.member_state), ("invitation elsewhere", MemberStateFactory())):
        newcomer = Newcomer(email=f"{state.pk}@ipo.example", full_name="A. Name", member_state=state)
        invitation = invite_person(actor=secretariat, newcomer=newcomer)
        ids |= {name: invitation.pk, "token": token_of(invitation)}
    return ids


def imported_ids(discussion: Discussion) -> dict[str, object]:
    """Return an imported author of a post in ``discussion``, and a claim that waits."""
    author = ImportedAuthor.objects.create(source="old", key="u1", name="Imported Author")
    post = PostFactory(discussion=discussion)
    Post.objects.filter(pk=post.pk).update(author=None, imported_author=author)
    ImportedItem.objects.create(source="old", key="topic:7", address="/threads/7", topic=discussion.topic)
    return {"imported author": author.pk, "claim": author.claims.create(user=post.author).pk}


def visitor(reader: User | None) -> Client:
    client = Client()
    if reader is not None:
        client.force_login(reader)
    return client


def answer(client: Client, name: str, method: str, address: str) -> str:
    response = client.post(address, FORMS.get(name, {})) if method == "POST" else client.get(address)
    location = response.headers.get("Location", "")
    for word, view in (("sign-in", "account_login"), ("protocol", "accounts:protocol_detail")):
        if location.startswith(f"{reverse(view)}?next="):
            return word
    return str(response.status_code)


def world() -> tuple[dict[str, User | None], dict[str, object]]:
    """Return the readers, and what the addresses name by the words in their braces."""
    discussion = DiscussionFactory()
    own = PostFactory(discussion=discussion)
    readers = people(discussion)
    ids = {
        "language": discussion.room.language,
        "discussion": discussion.pk,
        "post": own.pk,
        "file": AttachmentFactory(post=own).key,
        "unknown key": uuid.uuid4(),
        "symbol": discussion.topic.symbol,
        "weekly": WeeklyTopicFactory().pk,
        "request": AccountRequestFactory(member_state=readers["focal point"].member_state).pk,
        "request elsewhere": AccountRequestFactory().pk,
        **invitation_ids(readers["focal point"]),
        **entry_ids(readers["focal point"]),
        "author": own.author.pk,
        "draft": own.author.drafts.create(discussion=discussion, body="Half a thought.").pk,
        "clearance": own.author.clearances_asked.create(
            discussion=discussion, colleague=DelegateFactory(member_state=own.member_state), body="Half a thought."
        ).pk,
        "address token": link(
            own.author.address_changes.create(new_email="new@forum.example", expires_at=timezone.now() + timedelta(1)),
            Side.OLD,
        )
        .rstrip("/")
        .rpartition("/")[2],
        **imported_ids(discussion),
        "feed": make_feed(actor=own.author).rstrip("/").rpartition("/")[2],
        "archive": own.author.archives.create(ready_at=timezone.now(), expires_at=timezone.now() + timedelta(1)).pk,
        "stop token": outbox.stop_url(own.author, MailScope.POSTS).rstrip("/").rpartition("/")[2],
    }
    return readers, ids


@pytest.mark.parametrize("part", range(PARTS))
def test_each_reader_is_answered_as_the_matrix_says(db, settings, tmp_path, part):
    """Each answer is taken back, so that all addresses of a part are asked in the same world."""
    settings.MEDIA_ROOT = tmp_path
    readers, ids = world()
    visitors = {reader: visitor(readers[reader]) for reader in READERS}
    sessions = {reader: dict(client.cookies) for reader, client in visitors.items()}

    wrong = []
    for row in ROWS[part::PARTS]:
        address = row["address"].format_map(ids)
        assert resolve(address).view_name == row["name"]
        for reader in READERS:
            cache.clear()
            visitors[reader].cookies = SimpleCookie(sessions[reader])
            with transaction.atomic():
                found = answer(visitors[reader], row["name"], row["method"], address)
                transaction.set_rollback(True)
            if found != row[reader]:
                wrong.append(f"{row['method']} {row['name']}, {reader}: {found} and not {row[reader]}")

    assert wrong == []


def test_the_matrix_has_a_column_for_every_kind_of_reader(db):
    assert list(people(DiscussionFactory())) == READERS


def test_the_matrix_has_every_address_and_no_other():
    addresses = {name for name in pattern_names() if not name.startswith("admin:")} | ADMIN_ROWS

    assert {row["name"] for row in ROWS} == addresses
