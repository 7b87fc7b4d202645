"""Where somebody is signed in: seen, ended by time, by them, by a new password, by suspension and by the operator."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import devices
from accounts.enums import Role
from accounts.models import AuditEntry, Notice, User
from accounts.services import outbox
from accounts.services.records import keep_record
from forum.streams import open_stream, still_allowed
from tests.factories import DelegateFactory, ProtocolFactory, RoomFactory, UserFactory
from tests.factories.accounts import PASSWORD, TOTP_SECRET

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


def test_at_the_sign_out_the_browser_is_told_to_forget_and_only_then(delegate):
    client = signed_in(delegate)
    page = client.get("/rooms/")

    answer = client.post("/accounts/logout/")

    assert answer["Clear-Site-Data"] == '"cache", "storage"'  # not cookies: the browser stays one that is known
    assert "Clear-Site-Data" not in page.headers
    assert "Clear-Site-Data" not in client.post("/accounts/logout/").headers


# --- Their end by time (SE-06) ----------------------------------------------------------------------

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHORT = [Role.MODERATOR, Role.SECRETARIAT]


def member_of(role: str) -> User:
    ProtocolFactory()
    return DelegateFactory() if role == Role.DELEGATE else UserFactory(role=role)


def is_signed_in_after(idle: timedelta, role: str, times: int = 1) -> bool:
    """Return whether a page still opens that is asked for ``times`` times, each after ``idle``."""
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(member_of(role))
        for _time in range(times):
            clock.shift(idle)
            opens = is_signed_in(client)
    return opens


@pytest.mark.parametrize("role", SHORT)
@pytest.mark.parametrize(("idle", "open_still"), [(54 * MINUTE, True), (61 * MINUTE, False)])
def test_who_holds_powers_is_signed_out_after_an_hour_without_a_page(role, idle, open_still):
    assert is_signed_in_after(idle, role) is open_still


@pytest.mark.parametrize("role", SHORT)
@pytest.mark.parametrize(("times", "open_still"), [(47, True), (49, False)])
def test_who_holds_powers_is_signed_out_after_a_day_however_busy(role, times, open_still):
    assert is_signed_in_after(30 * MINUTE, role, times) is open_still


@pytest.mark.parametrize(("idle", "open_still"), [(13 * DAY, True), (14 * DAY + MINUTE, False)])
def test_a_delegate_is_signed_out_after_two_weeks_without_a_page(idle, open_still):
    assert is_signed_in_after(idle, Role.DELEGATE) is open_still


@pytest.mark.parametrize(("times", "open_still"), [(29, True), (31, False)])
def test_a_delegate_is_signed_out_after_thirty_days_however_busy(times, open_still):
    assert is_signed_in_after(DAY, Role.DELEGATE, times) is open_still


@pytest.mark.parametrize(("role", "idle"), [(Role.DELEGATE, 7 * DAY), (Role.MODERATOR, 50 * MINUTE)])
def test_each_page_puts_the_end_off(role, idle):
    assert is_signed_in_after(idle, role, times=4)


def test_the_row_in_the_table_is_what_counts(delegate):
    client = signed_in(delegate)

    Session.objects.update(expire_date=timezone.now() - MINUTE)

    assert not is_signed_in(client)


def test_showing_again_who_one_is_puts_off_no_absolute_end():
    person = member_of(Role.DELEGATE)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(person)
        for _step in range(6):
            clock.shift(4 * DAY)
            client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert is_signed_in(client)
        clock.shift(7 * DAY)

        assert not is_signed_in(client)


def test_a_role_that_may_stay_less_long_counts_at_once(delegate):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client, fresh = Client(), Client()
        client.force_login(delegate)
        clock.shift(2 * DAY)
        fresh.force_login(delegate)
        User.objects.filter(pk=delegate.pk).update(role=Role.MODERATOR, member_state=None)

        assert client.get("/rooms/")["Location"].startswith("/accounts/login/")
        assert fresh.get("/rooms/")["Location"] == "/accounts/2fa/"
        clock.shift(61 * MINUTE)
        assert fresh.get("/rooms/")["Location"].startswith("/accounts/login/")


def test_open_streams_end_with_the_session_and_do_not_put_it_off():
    moderator = member_of(Role.MODERATOR)
    RoomFactory()
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(moderator)
        stream = open_stream(client.session.session_key, None, None, 0)
        for _check in range(5):
            clock.shift(11 * MINUTE)
            assert still_allowed(stream)
        clock.shift(6 * MINUTE)

        assert not still_allowed(stream)
        assert not is_signed_in(client)


def writes(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get("/rooms/")
    return sum(query["sql"].startswith(("UPDATE", "INSERT", "DELETE")) for query in queries)


@pytest.mark.parametrize(("role", "unit"), [(Role.MODERATOR, MINUTE), (Role.DELEGATE, 6 * HOUR)])
def test_pages_asked_for_one_after_another_write_nothing(role, unit):
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(member_of(role))
        written = []
        for _page in range(12):
            clock.shift(unit)
            written.append(writes(client))

    assert set(written) == {0, 1}
    assert sum(written) == 2


def test_a_session_from_before_there_were_times_is_counted_from_now_on(delegate):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = Client()
        client.force_login(delegate)
        session = client.session
        for name in ("began_at", "idle", "lasts"):
            del session[name]
        session.save()

        assert [is_signed_in(client) for _day in range(29) if clock.shift(DAY) is None] == [True] * 29
        clock.shift(2 * DAY)
        assert not is_signed_in(client)


@pytest.mark.parametrize(("role", "age"), [(Role.EXPERT, 14 * DAY), (Role.MODERATOR, HOUR)])
def test_the_cookie_ends_with_the_session(role, age):
    person = UserFactory(role=role, second_factor=True)
    client = signed_in(person)
    code = format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))

    client.post("/accounts/2fa/authenticate/", {"code": code})

    assert is_signed_in(client)
    assert age - MINUTE < timedelta(seconds=client.cookies["sessionid"]["max-age"]) <= age


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
