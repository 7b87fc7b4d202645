"""The Secretariat's administration: a window on every model, whose changes go through services."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import MailScope, NoticeState, Role
from accounts.models import AuditEntry, Mandate, Notice, Protocol, User
from accounts.services import outbox
from forum.models import Discussion, DiscussionGrant, Draft, Post, Room
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MemberStateFactory,
    PostFactory,
    ProtocolFactory,
    RoomFactory,
    UserFactory,
    WeeklyTopicFactory,
)

OURS = [
    model for app in ("accounts", "forum", "moderation", "webinars") for model in apps.get_app_config(app).get_models()
]
PASSWORD = "quiet-lake-in-the-north"


@pytest.fixture
def secretariat(client, db):
    user = UserFactory(role=Role.SECRETARIAT)
    client.force_login(user)
    return user


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def audited(action):
    return list(AuditEntry.objects.filter(action=action).values_list("actor", "facts"))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_model_has_a_list_with_search_and_filters(client, secretariat, model):
    WeeklyTopicFactory()
    PostFactory()

    answer = client.get(address(model, "changelist"), {"q": "a"})

    assert answer.status_code == 200
    assert admin.site.get_model_admin(model).search_fields
    assert admin.site.get_model_admin(model).list_display != ("__str__",)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_row_can_be_opened(client, secretariat, model):
    PostFactory()
    WeeklyTopicFactory()
    for row in model.objects.all()[:1]:
        assert client.get(address(model, "change", row.pk)).status_code == 200
    expected = 200 if admin.site.get_model_admin(model).has_add_permission(answer_request(client)) else 403

    assert client.get(address(model, "add")).status_code == expected


def answer_request(client):
    return client.get(reverse("admin:index")).wsgi_request


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SECRETARIAT, Role.DELEGATE}])
def test_nobody_else_comes_in(client, db, role):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(address(Post, "changelist")).status_code == 302


def test_a_person_is_added_with_an_entry_in_the_audit_trail(client, secretariat):
    state = MemberStateFactory()
    data = {
        "email": "Delegate@Forum.Example",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "status": "active",
        "full_name": "Delegate of Kenya",
        "role": "delegate",
        "member_state": state.pk,
        "institution_kind": "ip_office",
        "language": "en",
        "languages_read": ["en", "fr"],
        "time_zone": "Africa/Nairobi",
    }

    client.post(address(User, "add"), data)

    person = User.objects.get(email="delegate@forum.example")
    assert person.check_password(PASSWORD)
    assert person.languages_read == ["en", "fr"]
    [(actor, facts)] = audited("user.added")
    assert actor == secretariat.pk
    assert "full_name" in facts["fields"]


def test_a_delegate_without_a_state_is_refused_with_the_reason(client, secretariat):
    delegate = DelegateFactory()
    data = {
        "email": delegate.email,
        "status": "active",
        "full_name": "Delegate",
        "role": "delegate",
        "member_state": "",
        "institution_kind": "ip_office",
        "language": "en",
        "languages_read": "en",
        "time_zone": "Africa/Nairobi",
    }

    answer = client.post(address(User, "change", delegate.pk), data)

    assertContains(answer, "A delegate has a member state, and nobody else has one.")


def test_a_suspension_ends_a_session_at_once(client, secretariat):
    delegate = DelegateFactory()
    until = timezone.localtime() + timedelta(days=1)
    data = {
        "email": delegate.email,
        "status": "active",
        "suspended_until_0": until.strftime("%Y-%m-%d"),
        "suspended_until_1": until.strftime("%H:%M"),
        "full_name": delegate.full_name,
        "role": "delegate",
        "member_state": delegate.member_state_id,
        "institution_kind": "other",
        "language": "en",
        "languages_read": "en",
        "time_zone": "Africa/Nairobi",
    }

    assertRedirects(client.post(address(User, "change", delegate.pk), data), address(User, "changelist"))

    client.force_login(delegate)
    assertRedirects(client.get("/rooms/"), "/accounts/login/?next=/rooms/")
    assert [facts["fields"] for _actor, facts in audited("user.changed")] == [["suspended_until"]]


def test_nobody_changes_their_own_account_here(client, secretariat):
    own = address(User, "change", secretariat.pk)

    assert client.post(own, {"full_name": "Somebody"}).status_code == 403
    assert client.post(reverse("admin:auth_user_password_change", args=[secretariat.pk]), {}).status_code == 403


def test_nobody_is_deleted(client, secretariat):
    assert client.post(address(User, "delete", DelegateFactory().pk), {"post": "yes"}).status_code == 403


def test_a_new_password_is_in_the_audit_trail(client, secretariat):
    delegate = DelegateFactory()

    client.post(
        reverse("admin:auth_user_password_change", args=[delegate.pk]),
        {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD, "set-password": ""},
    )

    delegate.refresh_from_db()
    assert delegate.check_password(PASSWORD)
    assert audited("user.password_set") == [(secretariat.pk, {})]


def test_a_refused_password_leaves_no_entry(client, secretariat):
    delegate = DelegateFactory()

    client.post(
        reverse("admin:auth_user_password_change", args=[delegate.pk]),
        {"usable_password": "true", "password1": "short", "password2": "short", "set-password": ""},
    )

    assert audited("user.password_set") == []


def test_a_mandate_is_added_and_deleted_with_entries(client, secretariat):
    delegate = DelegateFactory()
    data = {
        "user": delegate.pk,
        "office": "focal_point",
        "member_state": delegate.member_state_id,
        "regional_group": "",
        "starts_on": "2026-11-01",
        "ends_on": "",
    }
    client.post(address(Mandate, "add"), data)
    mandate = Mandate.objects.get()

    client.post(address(Mandate, "delete", mandate.pk), {"post": "yes"})

    assert not Mandate.objects.exists()
    assert [len(audited(action)) for action in ("mandate.given", "mandate.deleted")] == [1, 1]


def protocol_data(version):
    texts = {f"{name}_{code}": "" for name in ("title", "text") for code in ("fr", "es", "ar", "ru", "zh_hans")}
    return {"version": version, "title_en": "Rules", "text_en": "Be kind.", "in_force_on": "2030-01-01", **texts}


def test_a_protocol_in_force_keeps_its_words(client, secretariat):
    protocol = ProtocolFactory()

    assert client.post(address(Protocol, "change", protocol.pk), protocol_data(1)).status_code == 403


def test_a_protocol_to_come_is_still_changed(client, secretariat):
    protocol = Protocol.objects.create(version=2, title_en="Draft", text_en="x", in_force_on="2030-01-01")

    client.post(address(Protocol, "change", protocol.pk), protocol_data(2))

    protocol.refresh_from_db()
    assert protocol.title_en == "Rules"


def test_a_rooms_language_stays(client, secretariat):
    room = RoomFactory(language="fr")
    data = {"language": "de", "is_core": "on", "position": "3"} | {
        f"name_{code}": "Français" for code in ("en", "fr", "es", "ar", "ru", "zh_hans")
    }

    client.post(address(Room, "change", room.pk), data)

    room.refresh_from_db()
    assert (room.language, room.position) == ("fr", 3)


def test_no_machine_translates_a_room_until_that_is_decided_and_recorded(client, secretariat):
    room = RoomFactory(language="fr")
    assert room.translation_server == ""
    data = {"language": "fr", "is_core": "on", "position": "3", "translation_server": "https://translate.example"} | {
        f"name_{code}": "Français" for code in ("en", "fr", "es", "ar", "ru", "zh_hans")
    }

    client.post(address(Room, "change", room.pk), data)

    room.refresh_from_db()
    assert room.translation_server == "https://translate.example"
    ((actor, facts),) = audited("room.changed")
    assert (actor, "translation_server" in str(facts)) == (secretariat.pk, True)


def test_discussions_are_closed_and_opened_again(client, secretariat):
    discussion = DiscussionFactory()
    chosen = {"_selected_action": [discussion.pk]}

    client.post(address(Discussion, "changelist"), {"action": "close", **chosen})
    discussion.refresh_from_db()
    assert discussion.closed_at is not None

    client.post(address(Discussion, "changelist"), {"action": "reopen", **chosen})
    discussion.refresh_from_db()
    assert discussion.closed_at is None
    assert [len(audited(f"discussion.{verb}")) for verb in ("closed", "reopened")] == [1, 1]


def test_an_external_stakeholder_is_let_into_one_discussion(client, secretariat):
    discussion, guest = DiscussionFactory(), UserFactory(role=Role.EXTERNAL)
    data = {
        "user": guest.pk,
        "content_object": discussion.pk,
        "starts_at_0": "2026-01-01",
        "starts_at_1": "08:00",
        "ends_at_0": "",
        "ends_at_1": "",
    }

    client.post(address(DiscussionGrant, "add"), data)
    again = client.post(address(DiscussionGrant, "add"), data)

    assert list(Discussion.objects.visible_to(guest)) == [discussion]
    assert again.status_code == 200, "the same right twice is a form error"


def test_what_somebody_is_writing_is_theirs_alone(client, secretariat):
    draft = Draft.objects.create(user=DelegateFactory(), discussion=DiscussionFactory(), body="not yet ready")

    assertNotContains(client.get(address(Draft, "change", draft.pk)), "not yet ready")


def test_a_notice_given_up_is_tried_again(client, secretariat):
    reader, other = DelegateFactory(), DelegateFactory()
    discussion = DiscussionFactory()
    outbox.notify(dict.fromkeys([reader.pk, other.pk], MailScope.TOPICS), kind="topic.opened", about=discussion.topic)
    Notice.objects.filter(user=reader).update(state=NoticeState.FAILED, attempts=9)
    Notice.objects.filter(user=other).update(state=NoticeState.SENT, attempts=1)

    client.post(
        address(Notice, "changelist"),
        {"action": "try_again", "_selected_action": list(Notice.objects.values_list("pk", flat=True))},
    )

    assert dict(Notice.objects.values_list("user", "state")) == {
        reader.pk: NoticeState.WAITING,
        other.pk: NoticeState.SENT,
    }
