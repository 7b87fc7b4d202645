"""What every forum starts with, demonstration or not."""

from io import StringIO

from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from pytest_django.asserts import assertRedirects

from accounts.models import MemberState, Protocol, User
from forum.models import Category, Room, Step, Topic
from tests.factories.accounts import TOTP_SECRET

PASSWORD = "a-long-enough-password"


def load() -> str:
    printed = StringIO()
    call_command("load_reference", stdout=printed)
    return printed.getvalue()


def counts() -> list[int]:
    return [model.objects.count() for model in (MemberState, Category, Step, Room, Protocol, User, Topic)]


def test_a_new_forum_has_states_structure_and_protocol_but_no_people(db):
    said = load()

    assert said == "194 member states, categories, steps, core rooms and protocol of use are loaded.\n"
    assert counts() == [194, 6, 4, 3, 1, 0, 0]


def test_loading_again_changes_nothing(db):
    load()
    Protocol.objects.update(title_en="Amended")

    load()

    assert counts() == [194, 6, 4, 3, 1, 0, 0]
    assert Protocol.objects.get().title_en == "Amended"


def test_the_first_secretariat_account_enters_after_setting_up_and_accepting_the_protocol(client, db, monkeypatch):
    load()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", "--email", "Secretariat@forum.example", stdout=StringIO())

    client.post("/accounts/login/", {"login": "secretariat@forum.example", "password": PASSWORD})

    assertRedirects(client.get("/admin/"), "/accounts/2fa/")
    TOTP.activate(User.objects.get(), TOTP_SECRET)
    assertRedirects(client.get("/admin/"), "/protocol/?next=%2Fadmin%2F")
    assertRedirects(client.post("/protocol/", {"next": "/admin/"}), "/admin/")
    assert client.get("/moderation/").status_code == 200
