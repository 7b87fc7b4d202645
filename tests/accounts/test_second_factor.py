"""The second factor: who needs one, what it takes to enter, and that each code works once."""

import base64
import csv
import json
import threading
import time
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.enums import Role
from accounts.models import AuditEntry, Notice
from tests.factories import DelegateFactory, UserFactory
from tests.factories.accounts import PASSWORD, TOTP_SECRET

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"
INDEX = "/accounts/2fa/"
NEEDING = [Role.MODERATOR, Role.SECRETARIAT, Role.FACILITATOR]
MATRIX = list(csv.DictReader((Path(__file__).resolve().parents[1] / "access_matrix.csv").open(newline="")))
SETTING_UP = {
    INDEX,
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/webauthn/reauthenticate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/download/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/reauthenticate/",
}


def code_at(moment: float) -> str:
    return format_hotp_value(hotp_value(TOTP_SECRET, int(moment) // 30))


def with_password(client: Client, person) -> str:
    return client.post(LOGIN, {"login": person.email, "password": PASSWORD})["Location"]


def with_code(client: Client, code: str) -> bool:
    client.post(CODE, {"code": code})
    return client.get("/rooms/").status_code == 200


def with_second_factor(**fields):
    return DelegateFactory(second_factor=True, **fields)


def test_who_has_an_app_is_asked_for_its_code_and_then_enters(client):
    person = with_second_factor()

    location = with_password(client, person)

    assert location == CODE
    assert client.get("/rooms/").status_code == 302
    assert with_code(client, code_at(time.time()))


def test_a_wrong_code_does_not_enter(client):
    with_password(client, with_second_factor())

    assert not with_code(client, "000000" if code_at(time.time()) != "000000" else "111111")


@pytest.mark.parametrize("flush", [False, True], ids=["cache kept", "cache lost"])
@pytest.mark.parametrize("later", [0, 31], ids=["at once", "a step later"])
def test_a_code_works_once(flush, later):
    person = with_second_factor()
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        code = code_at(time.time())
        first = Client()
        with_password(first, person)
        assert with_code(first, code)
        if flush:
            cache.clear()
        clock.shift(later)
        second = Client()
        with_password(second, person)

        assert not with_code(second, code)
        clock.shift(60)
        assert with_code(second, code_at(time.time()))


def test_the_code_that_set_an_app_up_does_not_sign_in(client, django_capture_on_commit_callbacks):
    person = DelegateFactory()
    with time_machine.travel(1_800_000_000, tick=False):
        with_password(client, person)
        client.get("/accounts/2fa/totp/activate/")
        secret = client.session["mfa.totp.secret"]
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post("/accounts/2fa/totp/activate/", {"code": code})
        assert answer["Location"] == "/accounts/2fa/recovery-codes/"
        elsewhere = Client()
        with_password(elsewhere, person)

        assert not with_code(elsewhere, code)


def test_a_recovery_code_works_once():
    person = with_second_factor()
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    first, second = Client(), Client()
    with_password(first, person)
    with_password(second, person)

    assert with_code(first, code)
    assert not with_code(second, code)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["recovery", "app"])
def test_of_many_who_use_a_code_at_the_same_time_one_enters(kind):
    person = with_second_factor()
    recovery = RecoveryCodes.activate(person).get_unused_codes()[0]
    clients = [Client() for _ in range(8)]
    for client in clients:
        client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    code = recovery if kind == "recovery" else code_at(time.time())
    entered = []
    start = threading.Barrier(len(clients))

    def enter(client: Client) -> None:
        start.wait()
        answer = client.post(CODE, {"code": code})
        entered.append(answer.status_code == 302)
        connection.close()

    threads = [threading.Thread(target=enter, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert entered.count(True) == 1


def test_no_secret_can_be_read_from_the_table():
    person = with_second_factor()
    codes = RecoveryCodes.activate(person)

    kept = json.dumps(list(Authenticator.objects.filter(user=person).values_list("data", flat=True)))

    assert TOTP_SECRET not in kept
    assert base64.b32decode(TOTP_SECRET).hex() not in kept
    assert len(codes.generate_codes()) == 10
    assert not any(code in kept for code in codes.generate_codes())


def test_what_another_key_has_sealed_opens_for_nobody_and_with_the_earlier_key_again(client, settings):
    person = with_second_factor()
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-altogether"
    with_password(client, person)
    assert not with_code(client, code_at(time.time()))

    settings.SECRET_KEY_FALLBACKS = [earlier]

    assert with_code(client, code_at(time.time()))


# --- The roles that need one ------------------------------------------------------------------------


@pytest.mark.parametrize("role", NEEDING)
def test_a_role_that_needs_one_reaches_only_what_sets_it_up(client, role):
    client.force_login(UserFactory(role=role, second_factor=False))
    closed = [row for row in MATRIX if row["anonymous"] == "sign-in" and row["name"] != "admin:login"]
    members = [row for row in closed if "{" not in row["address"]]
    asked = {(row["method"], row["address"]) for row in members}

    led_to_it = {
        (method, address)
        for method, address in asked
        if client.generic(method, address).headers.get("Location", "") == INDEX
    }

    assert {address for _method, address in asked - led_to_it} == SETTING_UP
    assert len(led_to_it) > 20
    assert client.get(INDEX).status_code == 200


@pytest.mark.parametrize("address", ["/admin/", "/rooms/", "/profile/", "/moderation/"])
def test_with_one_set_up_the_same_pages_open(client, address):
    client.force_login(UserFactory(role=Role.SECRETARIAT))

    assert client.get(address).status_code == 200


def test_it_is_asked_before_the_protocol_and_the_codes_are_shown_before_it(client, django_capture_on_commit_callbacks):
    person = UserFactory(role=Role.MODERATOR, second_factor=False, accepts=False)
    with_password(client, person)
    assert client.get("/rooms/")["Location"] == INDEX

    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))}
        )

    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert client.get("/rooms/")["Location"].startswith("/protocol/")


def test_where_the_setting_is_off_nobody_is_made_to(client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(UserFactory(role=Role.MODERATOR, second_factor=False))

    assert client.get("/rooms/").status_code == 200


def test_a_delegate_need_not(client, delegate):
    client.force_login(delegate)

    assert client.get("/rooms/").status_code == 200


@pytest.mark.parametrize(("role", "left"), [(Role.MODERATOR, 1), (Role.EXPERT, 0)])
def test_the_last_one_is_not_given_up_where_the_role_needs_it(client, role, left, django_capture_on_commit_callbacks):
    person = UserFactory(role=role, second_factor=True)
    with_password(client, person)
    client.post(CODE, {"code": code_at(time.time())})

    client.post("/accounts/2fa/totp/deactivate/")

    assert Authenticator.objects.filter(user=person).count() == left


def test_a_reset_of_the_password_does_not_go_around_it(client):
    person = with_second_factor()
    person.set_password("Nine-blue-harbours")
    person.save()

    client.post(LOGIN, {"login": person.email, "password": "Nine-blue-harbours"})

    assert client.get("/rooms/").status_code == 302


def test_too_many_wrong_codes_are_stopped(client):
    person = with_second_factor()
    with_password(client, person)
    right = code_at(time.time())
    wrong = "000000" if right != "000000" else "111111"
    for _attempt in range(5):
        client.post(CODE, {"code": wrong})

    assert client.post(CODE, {"code": right}).status_code == 429
    assert not with_code(client, right)


# --- What is sensitive asks again, and is told ------------------------------------------------------


@pytest.mark.parametrize(("minutes", "asked"), [(4, False), (10, True)])
def test_setting_one_up_asks_again_when_the_sign_in_is_not_fresh(client, delegate, minutes, asked):
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        with_password(client, delegate)
        clock.shift(minutes * 60)

        answer = client.get("/accounts/2fa/totp/activate/")

    assert (answer.status_code == 302) is asked


def test_a_change_is_recorded_told_and_ends_the_other_sessions(client, delegate, django_capture_on_commit_callbacks):
    elsewhere = Client()
    with_password(elsewhere, delegate)
    with_password(client, delegate)
    client.get("/accounts/2fa/totp/activate/")
    code = format_hotp_value(hotp_value(client.session["mfa.totp.secret"], int(time.time()) // 30))

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": code})

    assert client.get("/rooms/").status_code == 200
    assert elsewhere.get("/rooms/").status_code == 302
    assert Notice.objects.filter(user=delegate, kind="factor.added").count() == 1
    assert AuditEntry.objects.filter(actor=delegate, action="factor.added").count() == 1


def test_the_operator_takes_off_what_somebody_has_lost(client, capsys):
    person = UserFactory(role=Role.MODERATOR)
    RecoveryCodes.activate(person)
    client.force_login(person)

    call_command("reset_second_factor", person.email.upper(), reason="Seen in person.")

    assert "2 removed" in capsys.readouterr().out
    assert client.get("/rooms/").status_code == 302
    assert AuditEntry.objects.get(action="factor.reset").reason == "Seen in person."
    assert with_password(client, person) == "/rooms/"
    assert client.get("/rooms/")["Location"] == INDEX


def test_the_demonstrations_accounts_come_with_theirs(db, capsys):
    call_command("load_sample")
    capsys.readouterr()
    call_command("demo_accounts", "--json")
    accounts = json.loads(capsys.readouterr().out)

    with_secret = {account["role"] for account in accounts if account["totp_secret"]}

    assert with_secret == set(settings.SECOND_FACTOR_ROLES)
    for account in accounts:
        factor = Authenticator.objects.filter(user__email=account["email"], type="totp").first()
        assert (factor is not None) is bool(account["totp_secret"])
        if factor:
            assert TOTP(factor).validate_code(
                format_hotp_value(hotp_value(account["totp_secret"], int(time.time()) // 30))
            )
