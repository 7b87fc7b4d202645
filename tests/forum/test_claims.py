"""Imported authors: who may say that the posts are theirs, at once or by the Secretariat's decision."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import AddressChange, AuditEntry, Invitation, Notice
from accounts.services.outbox import deliver_due
from forum.models import AuthorClaim, Discussion, ImportedAuthor, Post
from forum.services.claims import claim_author, decide_claim
from tests.factories import DelegateFactory, PostFactory, UserFactory, grant

LONG_AGO = datetime(2014, 3, 21, tzinfo=UTC)


@pytest.fixture
def author(db):
    """An imported author of two posts."""
    author = ImportedAuthor.objects.create(source="old", key="u1", name="J. Álvarez", email="jane@ipo.example")
    posts = PostFactory.create_batch(2, posted_at=LONG_AGO)
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(
        author=None, imported_author=author, member_state=None
    )
    return author


@pytest.fixture
def secretariat(db):
    return UserFactory(role=Role.SECRETARIAT)


def person(email="jane@ipo.example", *, took_up=True, **fields):
    """Return a delegate, who has come in by an invitation unless ``took_up`` is false."""
    user = DelegateFactory(email=email, **fields)
    if took_up:
        now = timezone.now()
        Invitation.objects.create(
            user=user,
            invited_by=user,
            token_hash=email,
            created_at=now - timedelta(days=1),
            expires_at=now,
            taken_up_at=now,
        )
    return user


def change_address(user, new_email):
    moment = {"expires_at": timezone.now() + timedelta(1), "done_at": timezone.now()}
    AddressChange.objects.create(user=user, new_email=new_email, **moment)
    user.email = new_email
    user.save()


def page_of(author):
    return reverse("forum:author_claim", args=[author.pk])


def test_with_the_confirmed_address_the_posts_are_theirs_at_once(client, author):
    jane = person(full_name="Jane Álvarez")
    client.force_login(jane)
    assertContains(client.get(page_of(author)), "2 posts under this name")

    assertRedirects(client.post(page_of(author)), page_of(author))

    assert {post.author for post in Post.objects.all()} == {jane}
    assertContains(client.get(page_of(author)), "These posts are yours")
    page = client.get(Post.objects.first().discussion.get_absolute_url())
    assertContains(page, "Jane Álvarez")
    assertNotContains(page, "J. Álvarez")
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "actor", "facts")) == [
        ("claim.made", jane.pk, {"author": author.pk}),
        ("claim.granted", None, {"author": author.pk, "person": jane.pk, "posts": 2}),
    ]
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "make",
    [
        lambda: person("other@ipo.example"),  # another address
        lambda: person(took_up=False),  # no letter was opened there
        lambda: _changed(person(), "new@ipo.example"),  # no longer their address
    ],
)
def test_otherwise_the_secretariat_is_asked(client, author, secretariat, make):
    claimant = make()
    client.force_login(claimant)

    assertContains(client.post(page_of(author), follow=True), "The Secretariat is asked.")

    assert AuthorClaim.objects.get().is_granted is None
    assert set(Post.objects.values_list("author", flat=True)) == {None}
    assert [(n.kind, n.user) for n in Notice.objects.all()] == [("claim.made", secretariat)]


def _changed(user, new_email):
    change_address(user, new_email)
    return user


def test_an_address_that_was_changed_and_confirmed_counts(author):
    jane = person("before@ipo.example")
    change_address(jane, "jane@ipo.example")

    assert claim_author(actor=jane, author=author.pk).is_granted


def test_an_author_without_an_address_is_nobodys_by_an_empty_one(author):
    ImportedAuthor.objects.update(email="")

    assert claim_author(actor=person(), author=author.pk).is_granted is None


def test_claiming_twice_asks_once(author, secretariat):
    claimant = person("other@ipo.example")

    first, second = [claim_author(actor=claimant, author=author.pk) for _time in range(2)]

    assert first == second
    assert Notice.objects.count() == 1


def test_what_is_claimed_is_claimed_by_nobody_else(client, author):
    claim_author(actor=person(), author=author.pk)
    other = DelegateFactory()
    client.force_login(other)

    assertContains(client.get(page_of(author)), "Somebody has shown already")
    assert client.post(page_of(author)).status_code == 403
    with pytest.raises(PermissionDenied):
        claim_author(actor=other, author=author.pk)


def test_an_author_is_known_to_those_only_who_may_read_a_post(client, author):
    outsider = UserFactory(role=Role.EXTERNAL)
    client.force_login(outsider)
    assert client.get(page_of(author)).status_code == 404
    assert client.post(page_of(author)).status_code == 404

    grant(outsider, Discussion.objects.first())

    assertContains(client.get(page_of(author)), "1 post under this name")


def test_the_old_address_is_never_shown_to_members(client, author, delegate):
    client.force_login(delegate)

    assertNotContains(client.get(page_of(author)), "jane@ipo.example")


# --- The Secretariat --------------------------------------------------------------------------------


@pytest.fixture
def claim(author):
    return claim_author(actor=person("other@ipo.example", full_name="Jane Doe"), author=author.pk)


def decide(client, claim, **values):
    return client.post(reverse("forum:claim_decide", args=[claim.pk]), values)


@pytest.mark.parametrize(("decision", "is_granted"), [("grant", True), ("refuse", False)])
def test_the_secretariat_decides_with_a_reason(client, claim, secretariat, decision, is_granted):
    client.force_login(secretariat)
    assertContains(client.get(reverse("forum:claim_list")), "jane@ipo.example")

    assertRedirects(decide(client, claim, decision=decision, reason="By telephone."), reverse("forum:claim_list"))

    claim.refresh_from_db()
    assert (claim.is_granted, claim.decided_by, claim.reason) == (is_granted, secretariat, "By telephone.")
    assert set(Post.objects.values_list("author", flat=True)) == {claim.user_id if is_granted else None}
    assert AuditEntry.objects.filter(action__startswith="claim.").latest("pk").reason == "By telephone."
    assertContains(client.get(reverse("forum:claim_list")), "No claim waits")


def test_who_claimed_is_told_and_the_secretariat_too(client, author, secretariat, django_capture_on_commit_callbacks):
    claim = claim_author(actor=person("other@ipo.example"), author=author.pk)
    deliver_due()
    decide_claim(actor=secretariat, claim=claim.pk, is_granted=False, reason="Nobody there knows you.")
    deliver_due()

    asked, told = mail.outbox
    assert (asked.to, asked.subject) == ([secretariat.email], "Whose are these imported posts?")
    assert reverse("forum:claim_list") in asked.body
    assert (told.to, told.subject) == (["other@ipo.example"], "Your claim of imported posts")
    assert "refused" in told.body
    assert "Nobody there knows you." in told.body


def test_without_a_reason_nothing_is_decided_and_what_was_chosen_is_asked_again(client, claim, secretariat):
    client.force_login(secretariat)

    answer = decide(client, claim, decision="grant", reason=" ")

    assert answer.status_code == 422
    assertContains(answer, "errorlist", status_code=422)
    claim.refresh_from_db()
    assert claim.is_granted is None


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SECRETARIAT, Role.DELEGATE}])
def test_nobody_else_decides(client, claim, role):
    other = UserFactory(role=role)
    client.force_login(other)

    assert client.get(reverse("forum:claim_list")).status_code == 403
    assert decide(client, claim, decision="grant", reason="Mine.").status_code == 403
    with pytest.raises(PermissionDenied):
        decide_claim(actor=other, claim=claim.pk, is_granted=True, reason="Mine.")


def test_of_two_who_claim_one_author_one_is_granted(client, author, claim, secretariat):
    other = claim_author(actor=person("third@ipo.example"), author=author.pk)
    decide_claim(actor=secretariat, claim=other.pk, is_granted=True, reason="Verified.")
    client.force_login(secretariat)

    answer = decide(client, claim, decision="grant", reason="Verified.")

    assertContains(answer, "Somebody has shown already", status_code=422)
    assert set(Post.objects.values_list("author", flat=True)) == {other.user_id}
    decide_claim(actor=secretariat, claim=claim.pk, is_granted=False, reason="It is another one.")


def test_a_decision_is_taken_once(client, claim, secretariat):
    client.force_login(secretariat)
    decide(client, claim, decision="refuse", reason="No.")

    assert decide(client, claim, decision="grant", reason="Yes.").status_code == 404


def test_the_desk_leads_to_the_claims(client, secretariat):
    client.force_login(secretariat)

    assertContains(client.get(reverse("accounts:secretariat_desk")), reverse("forum:claim_list"))


def test_the_list_costs_the_same_however_long(client, author, secretariat):
    client.force_login(secretariat)
    claim_author(actor=person("n1@ipo.example"), author=author.pk)
    client.get(reverse("forum:claim_list"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("forum:claim_list"))
    for number in (2, 3):
        claim_author(actor=person(f"n{number}@ipo.example"), author=author.pk)

    with CaptureQueriesContext(connection) as three:
        assertContains(client.get(reverse("forum:claim_list")), "n3@ipo.example")

    assert len(one) == len(three)
