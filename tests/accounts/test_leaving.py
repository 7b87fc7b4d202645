"""Leaving for good: nothing tells who it was, and everything that was said stays."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.enums import AccountStatus, MailScope, Role
from accounts.models import AddressChange, AuditEntry, Mandate, Notice, User
from accounts.services import outbox
from accounts.services.addresses import ask_for_address
from accounts.services.archives import prepare_waiting, request_archive
from accounts.services.leaving import forget_last_letters, leave, mark_left
from forum.models import Discussion, Draft, Experience, Follow, Post
from forum.services.drafts import keep_draft
from forum.services.posts import edit_post
from forum.services.reading import write_positions
from tests.again import sign_in_again
from tests.factories import CategoryFactory, DelegateFactory, MandateFactory, PostFactory, UserFactory, grant

pytestmark = pytest.mark.django_db

LEAVE = "/profile/leave/"
CANARIES = ("Wanjiru", "wanjiru", "Kipi-Institute", "Nairobi-biography")


@pytest.fixture
def wanjiru(settings, tmp_path) -> User:
    """A delegate of whom the forum keeps something in every place."""
    settings.MEDIA_ROOT = tmp_path
    person = DelegateFactory(
        email="wanjiru@ministry.example",
        full_name="Wanjiru",
        institution="Kipi-Institute",
        biography="Nairobi-biography",
        gender="f",
        office_profile="small",
        shows_email=True,
    )
    post = PostFactory(author=person)
    edit_post(actor=person, post=post.pk, body="A second wording.")
    Follow.objects.create(user=person, discussion=post.discussion)
    keep_draft(author=person, discussion=post.discussion_id, body="Half a thought")
    write_positions({(person.pk, post.discussion_id): 1})
    Experience.objects.create(user=person, category=CategoryFactory())
    outbox.notify({person.pk: MailScope.POSTS}, kind="post.published", about=post)
    ask_for_address(actor=person, new_email="wanjiru.new@ministry.example")
    request_archive(actor=person)
    prepare_waiting()
    LogEntry.objects.create(
        user=UserFactory(),
        content_type_id=_content_type(person),
        object_id=str(person.pk),
        object_repr="Wanjiru",
        action_flag=2,
    )
    return person


def _content_type(person: User) -> int:
    return apps.get_model("contenttypes", "ContentType").objects.get_for_model(person).pk


def everything_kept() -> str:
    """Return every row of every table, but for the letters that tell of the end."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - tables of ours
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_nothing_tells_who_it_was_and_the_posts_stay(client, wanjiru, tmp_path, django_capture_on_commit_callbacks):
    post = Post.objects.get(author=wanjiru)
    before = (post.number, post.body, post.member_state_id, post.discussion_id)
    sign_in_again(client, wanjiru)

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(LEAVE, {"understood": "on"})
    outbox.deliver_due()
    Notice.objects.update(created_at="2026-01-01T00:00Z")
    forget_last_letters()

    assert (response.status_code, response["Location"]) == (302, "/")
    assert [canary for canary in CANARIES if canary in everything_kept()] == []
    assert list(tmp_path.rglob("*.zip")) == []
    post.refresh_from_db()
    assert (post.number, post.body, post.member_state_id, post.discussion_id) == before
    assert post.revisions.count() == 1
    for model in (Follow, Draft, Experience, AddressChange):
        assert not model.objects.filter(user=wanjiru).exists(), model
    assert Notice.objects.filter(user=wanjiru).count() == 0


def test_one_letter_tells_the_last_address(client, wanjiru):
    sign_in_again(client, wanjiru)
    client.post(LEAVE, {"understood": "on"})

    outbox.deliver_due()

    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["wanjiru@ministry.example"], "Your account has ended")
    ]


def test_every_browser_is_out_at_once_and_nobody_signs_in_again(client, wanjiru):
    elsewhere = Client()
    elsewhere.force_login(wanjiru)
    sign_in_again(client, wanjiru)

    client.post(LEAVE, {"understood": "on"})

    for browser in (client, elsewhere):
        assert browser.get("/rooms/")["Location"].startswith("/accounts/login/")
    person = User.objects.get(pk=wanjiru.pk)
    assert (person.status, person.is_active, person.has_usable_password()) == (AccountStatus.LEFT, False, False)


def test_readers_see_a_former_participant_in_their_language(client, wanjiru):
    discussion = Discussion.objects.get()
    leave(actor=wanjiru)
    client.force_login(DelegateFactory())

    page = client.get(discussion.get_absolute_url()).content.decode()

    assert "Former participant" in page
    assert wanjiru.member_state.name in page


@pytest.mark.parametrize("box", [{}, {"understood": ""}])
def test_nobody_leaves_by_accident(client, wanjiru, box):
    sign_in_again(client, wanjiru)

    assert client.post(LEAVE, box).status_code == 422
    assert User.objects.get(pk=wanjiru.pk).status == AccountStatus.ACTIVE


def test_the_password_is_asked_again(client, wanjiru):
    client.force_login(wanjiru)

    asked = client.post(LEAVE, {"understood": "on"})

    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.get(pk=wanjiru.pk).status == AccountStatus.ACTIVE


def test_a_focal_point_is_asked_to_hand_over_first_but_may_insist(client):
    mandate = MandateFactory()
    to_come = MandateFactory(user=mandate.user, starts_on="2999-01-01")
    sign_in_again(client, mandate.user)

    assert client.post(LEAVE, {"understood": "on"}).status_code == 422
    assert User.objects.get(pk=mandate.user.pk).status == AccountStatus.ACTIVE
    assert client.post(LEAVE, {"understood": "on", "without_successor": "on"}).status_code == 302

    assert not Mandate.objects.in_force(timezone.localdate()).filter(user=mandate.user).exists()
    assert not Mandate.objects.filter(pk=to_come.pk).exists()
    assert Mandate.objects.filter(pk=mandate.pk).exists(), "that there was a mandate stays known"


def test_the_last_of_the_secretariat_stays():
    last = UserFactory(role=Role.SECRETARIAT)

    with pytest.raises(PermissionDenied):
        leave(actor=last)
    UserFactory(role=Role.SECRETARIAT)
    leave(actor=last)


def test_rights_of_an_external_stakeholder_end(delegate):
    external, discussion = UserFactory(role=Role.EXTERNAL), PostFactory().discussion
    grant(external, discussion)

    leave(actor=external)

    assert not external.discussion_grants.exists()


# --- Recorded by the Secretariat --------------------------------------------------------------------


def test_the_secretariat_records_it_with_a_reason(client, wanjiru):
    secretariat = UserFactory(role=Role.SECRETARIAT)
    sign_in_again(client, secretariat)

    refused = client.post(f"/people/{wanjiru.pk}/leave/", {"understood": "on"})
    done = client.post(f"/people/{wanjiru.pk}/leave/", {"understood": "on", "reason": "Moved to another ministry."})

    assert (refused.status_code, done.status_code) == (422, 302)
    entry = AuditEntry.objects.get(action="person.left")
    assert (entry.actor, entry.subject, entry.reason) == (
        secretariat,
        f"accounts.user:{wanjiru.pk}",
        "Moved to another ministry.",
    )
    assert client.get(f"/people/{wanjiru.pk}/leave/").status_code == 404


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.EXPERT, Role.EXTERNAL, Role.EVALUATOR, Role.FACILITATOR])
def test_nobody_else_records_it(wanjiru, role):
    with pytest.raises(PermissionDenied):
        mark_left(actor=UserFactory(role=role), person=wanjiru.pk, reason="x")
    with pytest.raises(PermissionDenied):
        mark_left(actor=MandateFactory().user, person=wanjiru.pk, reason="x")

    assert User.objects.get(pk=wanjiru.pk).full_name == "Wanjiru"


def test_leaving_twice_is_leaving_once(wanjiru):
    secretariat = UserFactory(role=Role.SECRETARIAT)
    mark_left(actor=secretariat, person=wanjiru.pk, reason="x")

    with pytest.raises(User.DoesNotExist):
        mark_left(actor=secretariat, person=wanjiru.pk, reason="x")
    with pytest.raises(User.DoesNotExist):
        leave(actor=wanjiru)
