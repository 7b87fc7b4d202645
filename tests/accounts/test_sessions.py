"""Where somebody is signed in: seen, ended by them, by a change of password, by suspension and by the operator."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import devices
from accounts.models import AuditEntry, Notice, User
from accounts.services import outbox
from accounts.services.records import keep_record
from tests.factories import DelegateFactory, UserFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db

LIST = "/profile/sessions/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(person: User, browser: str = LAPTOP, client: Client | None = None) -> Client:
    client = client or Client(headers={"User-Agent": browser})
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/rooms/").status_code == 200


def test_each_device_is_listed_with_the_one_in_use_first(delegate):
    laptop = signed_in(delegate)
    signed_in(delegate, PHONE)

    sessions = laptop.get(LIST).context["sessions"]

    assert [(one.device, one.is_current) for one in sessions] == [
        ("Firefox on Windows", True),
        ("Safari on iPhone", False),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(delegate, django_assert_num_queries, count):
    for _device in range(count):
        client = signed_in(delegate)

    with django_assert_num_queries(3):  # session, person, sessions
        assert len(client.get(LIST).context["sessions"]) == count


def test_one_device_can_be_signed_out(delegate):
    laptop, phone = signed_in(delegate), signed_in(delegate, PHONE)
    other = next(one for one in laptop.get(LIST).context["sessions"] if not one.is_current)

    laptop.post(f"{LIST}{other.pk}/end/")

    assert is_signed_in(laptop)
    assert not is_signed_in(phone)


def test_nobody_signs_out_the_device_of_somebody_else(delegate):
    theirs = signed_in(DelegateFactory())

    answer = signed_in(delegate).post(f"{LIST}{UserSession.objects.exclude(user=delegate).get().pk}/end/")

    assert answer.status_code == 404
    assert is_signed_in(theirs)


def test_all_other_devices_can_be_signed_out(delegate):
    laptop, phone, tablet = signed_in(delegate), signed_in(delegate, PHONE), signed_in(delegate)

    laptop.post(f"{LIST}end/")

    assert [is_signed_in(client) for client in (laptop, phone, tablet)] == [True, False, False]
    assert AuditEntry.objects.get(action="session.others_ended").facts == {"sessions_ended": 2}


def test_another_password_ends_the_others_and_is_told(delegate):
    laptop, phone = signed_in(delegate), signed_in(delegate, PHONE)
    fields = {"oldpassword": PASSWORD, "password1": "Nine-blue-harbours", "password2": "Nine-blue-harbours"}

    laptop.post("/accounts/password/change/", fields)

    assert is_signed_in(laptop)
    assert not is_signed_in(phone)
    assert [one.is_current for one in laptop.get(LIST).context["sessions"]] == [True]
    assert Session.objects.count() == 1
    assert Notice.objects.filter(user=delegate, kind="password.changed").count() == 1


def test_suspension_removes_the_sessions(delegate):
    secretariat = UserFactory()
    client = signed_in(delegate)
    delegate.refresh_from_db()
    delegate.suspended_until = timezone.now() + timedelta(days=1)

    keep_record(actor=secretariat, record=delegate, fields=["suspended_until"])

    assert not is_signed_in(client)
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


def test_another_change_by_the_secretariat_leaves_them(delegate):
    client = signed_in(delegate)
    delegate.refresh_from_db()
    delegate.institution = "National office"

    keep_record(actor=UserFactory(), record=delegate, fields=["institution"])

    assert is_signed_in(client)


def test_the_key_changes_at_the_sign_in_and_when_somebody_shows_again_who_they_are(delegate):
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": delegate.email, "password": "wrong"})
    signed_in(delegate, client=client)
    first = client.cookies["sessionid"].value

    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    second = client.cookies["sessionid"].value
    assert first != second
    client.cookies["sessionid"] = first
    assert not is_signed_in(client)
    client.cookies["sessionid"] = second
    assert is_signed_in(client)
    assert len(client.get(LIST).context["sessions"]) == 1


def test_after_signing_out_the_cookie_is_worth_nothing(delegate):
    client = signed_in(delegate)
    kept = client.cookies["sessionid"].value
    client.post("/accounts/logout/")

    client.cookies["sessionid"] = kept

    assert not is_signed_in(client)


# --- The operator -----------------------------------------------------------------------------------


def test_the_operator_ends_the_sessions_of_one_person(delegate, capsys):
    theirs, other = signed_in(delegate), signed_in(DelegateFactory())
    signed_in(delegate, PHONE)

    call_command("end_sessions", "--person", delegate.email.upper())

    assert capsys.readouterr().out == "2 sessions ended.\n"
    assert not is_signed_in(theirs)
    assert is_signed_in(other)
    entry = AuditEntry.objects.get(action="session.ended_by_operator")
    assert (entry.actor, entry.subject, entry.facts) == (None, f"accounts.user:{delegate.pk}", {"sessions_ended": 2})


def test_the_operator_ends_the_sessions_of_everybody(delegate, capsys):
    clients = [signed_in(delegate), signed_in(DelegateFactory())]

    call_command("end_sessions", "--all")

    assert capsys.readouterr().out == "2 sessions ended.\n"
    assert [is_signed_in(client) for client in clients] == [False, False]


def test_the_operator_is_told_of_an_address_without_an_account():
    with pytest.raises(CommandError, match="No account"):
        call_command("end_sessions", "--person", "nobody@forum.example")


# --- New devices ------------------------------------------------------------------------------------


def new_devices(person: User) -> int:
    return Notice.objects.filter(user=person, kind="session.new_device").count()


def test_the_first_sign_in_of_all_is_not_told(delegate):
    signed_in(delegate)

    assert new_devices(delegate) == 0


def test_a_sign_in_from_another_browser_is_told(delegate, mailoutbox):
    signed_in(delegate)

    signed_in(delegate, PHONE)

    assert new_devices(delegate) == 1
    outbox.deliver_due()
    assert mailoutbox[0].to == [delegate.email]
    assert "Safari on iPhone" in mailoutbox[0].body


def test_a_sign_in_from_a_browser_that_is_known_is_not(delegate):
    client = signed_in(delegate)
    client.post("/accounts/logout/")

    signed_in(delegate, client=client)

    assert new_devices(delegate) == 0


def test_a_browser_known_for_one_person_is_new_for_another_and_keeps_both(delegate):
    second = DelegateFactory(last_login=timezone.now())
    client = signed_in(delegate)
    client.post("/accounts/logout/")
    signed_in(second, client=client)
    client.post("/accounts/logout/")
    signed_in(delegate, client=client)

    assert (new_devices(delegate), new_devices(second)) == (0, 1)


@pytest.mark.parametrize("cookie", ["", "x", "WzFd:1abc:forged"])
def test_a_forged_cookie_makes_no_browser_known(delegate, cookie):
    User.objects.filter(pk=delegate.pk).update(last_login=timezone.now())
    client = Client()
    client.cookies["device"] = cookie

    signed_in(delegate, client=client)

    assert new_devices(delegate) == 1


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (LAPTOP, "Firefox on Windows"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8.0", "curl/8.0"),
        ("<script>alert(1)</script>", "scriptalert1/script"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_called_what_people_call_it(user_agent, name):
    assert devices.name_of(user_agent) == name
