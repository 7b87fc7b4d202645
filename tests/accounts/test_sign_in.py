"""Coming in: the sign-in, who is kept out, and the protocol before the first entry."""

import threading
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountStatus, Role
from accounts.models import AuditEntry, Notice, ProtocolAcceptance, User
from accounts.services import outbox
from accounts.services.people import accept_protocol
from forum.models import Follow
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    ProtocolFactory,
    RoomFactory,
    UserFactory,
)
from tests.factories.accounts import PASSWORD, TOTP_SECRET

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
PROTOCOL = "/protocol/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **fields: str):
    return client.post(LOGIN, {"login": email, "password": password, **fields})


def totp_code() -> str:
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))


def is_signed_in(client: Client) -> bool:
    return client.get("/rooms/").status_code == 200


# --- E-mail and password ----------------------------------------------------------------------------


def test_the_right_password_opens_the_rooms(client, delegate):
    response = sign_in(client, delegate.email)

    assert (response.status_code, response["Location"]) == (302, "/rooms/")
    assert is_signed_in(client)


@pytest.mark.parametrize("change", [str.upper, str.title, lambda email: f" {email} "])
def test_an_address_counts_however_it_is_written(client, delegate, change):
    sign_in(client, change(delegate.email))

    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, delegate):
    wrong = sign_in(client, delegate.email, "not-the-password-1")
    unknown = sign_in(client, "nobody@forum.example", "not-the-password-1")

    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors != {}
    assert not is_signed_in(client)


@pytest.mark.parametrize("address", ["delegate@forum.example", "nobody@forum.example"])
def test_guessing_is_stopped_after_five_attempts_even_with_the_right_password(client, address):
    DelegateFactory(email="delegate@forum.example")
    answers = [sign_in(client, address, "not-the-password-1").status_code for _attempt in range(5)]

    response = sign_in(client, address)

    assert answers == [200] * 5
    assert (response.status_code, response["Retry-After"]) == (429, "300")
    assert response.context["form"].errors["__all__"] == ["Too many attempts failed. Try again in five minutes."]
    assert response.context["form"]["login"].value() == address
    assert not is_signed_in(client)


def test_the_right_password_works_again_when_the_wait_is_over(client, delegate):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _attempt in range(6):
            sign_in(client, delegate.email, "not-the-password-1")
        clock.shift(301)
        sign_in(client, delegate.email)

        assert is_signed_in(client)


def test_of_many_accounts_tried_from_one_place_the_eleventh_is_stopped():
    addresses = [f"nobody{number}@forum.example" for number in range(11)]

    answers = [sign_in(Client(), address, "not-the-password-1").status_code for address in addresses]

    assert answers == [200] * 10 + [429]


def test_asking_for_too_many_links_is_stopped_whatever_the_spelling_and_keeps_the_address(client, delegate):
    ask = "/accounts/password/reset/"
    answers = [client.post(ask, {"email": spelling(delegate.email)}).status_code for spelling in SPELLINGS]

    response = client.post(ask, {"email": delegate.email})

    assert answers == [302] * 5
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert response.context["form"].errors["email"] == ["Too many letters were asked for. Try again in an hour."]
    assert response.context["form"]["email"].value() == delegate.email
    assert Notice.objects.filter(user=delegate, kind="password.reset_asked").count() == 5


def test_four_wrong_attempts_leave_the_right_password_working(client, delegate):
    for _attempt in range(4):
        sign_in(client, delegate.email, "not-the-password-1")

    sign_in(client, delegate.email)

    assert is_signed_in(client)


def test_the_reset_of_a_password_does_not_tell_who_has_an_account(delegate):
    suspended = DelegateFactory(suspended_until=timezone.now() + timedelta(days=1))
    addresses = [delegate.email.upper(), suspended.email, "nobody@forum.example"]

    answers = [Client().post("/accounts/password/reset/", {"email": address}) for address in addresses]

    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert mail.outbox == []  # nothing is sent while somebody waits
    outbox.deliver_due()
    assert [message.to for message in mail.outbox] == [[delegate.email]]


def statements_of(call) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        call()
    return [query["sql"].split()[0] for query in queries.captured_queries]


def test_the_reset_does_the_same_work_for_known_and_unknown_addresses(delegate):
    ContentType.objects.get_for_model(User)
    ask = "/accounts/password/reset/"

    known = statements_of(lambda: Client().post(ask, {"email": delegate.email}))
    unknown = statements_of(lambda: Client().post(ask, {"email": "nobody@forum.example"}))

    assert known == unknown
    assert "INSERT" in known


def test_a_sign_in_hashes_one_password_whether_or_not_there_is_an_account(delegate, monkeypatch):
    suspended = DelegateFactory(suspended_until=timezone.now() + timedelta(days=1))
    without_password = DelegateFactory(password="!unusable")
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given))
    counts = []
    for address in [delegate.email, suspended.email, without_password.email, "nobody@forum.example"]:
        hashed.clear()
        sign_in(Client(), address, "not-the-password-1")
        counts.append(len(hashed))

    assert counts == [1, 1, 1, 1]


SPELLINGS = [str.upper, str.title, str.swapcase, lambda a: f" {a} ", lambda a: a.replace("s", "ſ")]


def test_attempts_are_counted_whatever_the_spelling_and_wherever_they_come_from(client, delegate, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number, spelling in enumerate(SPELLINGS):
        fields = {"login": spelling(delegate.email), "password": "not-the-password-1"}
        client.post(LOGIN, fields, headers={"X-Forwarded-For": f"203.0.113.{number}"})

    statuses = [sign_in(client, spelling(delegate.email)).status_code for spelling in [str, *SPELLINGS]]

    assert set(statuses) == {429}
    assert not is_signed_in(client)


@pytest.mark.parametrize("spelling", SPELLINGS[3:])
def test_such_a_spelling_opens_the_account_as_well(client, delegate, spelling):
    sign_in(client, spelling(delegate.email))

    assert is_signed_in(client)


@pytest.mark.parametrize(("proxies", "stopped"), [(0, True), (1, False)], ids=["no proxy", "behind one"])
def test_the_address_a_client_claims_counts_only_from_a_proxy(settings, proxies, stopped):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    person = DelegateFactory()
    for number in range(12):
        fields = {"login": f"nobody{number}@forum.example", "password": "not-the-password-1"}
        Client().post(LOGIN, fields, headers={"X-Forwarded-For": f"203.0.113.{number}"})

    client = Client()
    sign_in_from = {"X-Forwarded-For": "203.0.113.99"}
    client.post(LOGIN, {"login": person.email, "password": PASSWORD}, headers=sign_in_from)

    assert is_signed_in(client) is not stopped


@pytest.mark.django_db(transaction=True)
def test_without_redis_attempts_are_counted_in_the_database(delegate, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "forum_cache"}}
    caches["default"].clear()
    attempts = [Client() for _attempt in range(12)]
    start = threading.Barrier(len(attempts))
    evaluated = []

    def attempt(client: Client) -> None:
        start.wait()
        answer = sign_in(client, delegate.email, "not-the-password-1")
        evaluated.append("not correct" in answer.content.decode())
        connection.close()

    threads = [threading.Thread(target=attempt, args=(client,)) for client in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 <= evaluated.count(True) <= 5


def test_the_administrations_own_sign_in_is_this_one(client):
    answer = client.get("/admin/login/?next=/admin/")

    assert answer["Location"].startswith(LOGIN)
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


def test_a_link_to_set_a_password_works_once_and_not_for_who_is_suspended_meanwhile(client, delegate):
    client.post("/accounts/password/reset/", {"email": delegate.email})
    User.objects.filter(pk=delegate.pk).update(suspended_until=timezone.now() + timedelta(days=1))

    outbox.deliver_due()

    assert mail.outbox == []


def test_a_forgotten_password_can_be_set_anew_by_the_link_in_the_mail(client, delegate):
    client.post("/accounts/password/reset/", {"email": delegate.email})
    outbox.deliver_due()
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    form = client.get(link[link.index("/accounts/") :], follow=True)

    client.post(form.request["PATH_INFO"], {"password1": "Nine-blue-harbours", "password2": "Nine-blue-harbours"})
    sign_in(client, delegate.email, "Nine-blue-harbours")

    assert is_signed_in(client)


def test_nobody_can_sign_up(client):
    fields = {"email": "new@forum.example", "password1": PASSWORD, "password2": PASSWORD}

    page = client.get("/accounts/signup/")
    client.post("/accounts/signup/", fields)

    assert "<form" not in page.content.decode().partition("<main")[2]
    assert not User.objects.exists()


def test_nobody_changes_the_address_the_secretariat_has_on_record(client, delegate):
    before = delegate.email
    client.force_login(delegate)

    client.post("/accounts/email/", {"action_add": "", "email": "elsewhere@private.example"})
    client.post("/accounts/email/", {"action_primary": "", "email": "elsewhere@private.example"})

    delegate.refresh_from_db()
    assert delegate.email == before
    assert mail.outbox == []


# --- Where the sign-in leads ------------------------------------------------------------------------


def test_the_sign_in_leads_back_to_the_page_that_was_asked_for(client, delegate):
    discussion = DiscussionFactory()
    asked = client.get(discussion.get_absolute_url())

    response = client.post(asked["Location"], {"login": delegate.email, "password": PASSWORD})

    assert asked["Location"] == f"{LOGIN}?next={discussion.get_absolute_url().replace('/', '%2F')}"
    assert response["Location"] == discussion.get_absolute_url()


OUTSIDE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example/",
    "\\\\elsewhere.example",
    "http:elsewhere.example",
    "javascript:alert(1)",
    "https://testserver@elsewhere.example/",
    " //elsewhere.example",
    "/\t/elsewhere.example",
]


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_sign_in_never_leads_out_of_the_forum(client, delegate, address):
    response = sign_in(client, delegate.email, next=address)

    assert (response.status_code, response["Location"]) == (302, "/rooms/")


@pytest.mark.parametrize("address", OUTSIDE)
def test_accepting_the_protocol_never_leads_out_of_the_forum(client, address):
    client.force_login(DelegateFactory(accepts=False))
    ProtocolFactory()

    response = client.post(PROTOCOL, {"next": address})

    assert (response.status_code, response["Location"]) == (302, "/rooms/")


@pytest.mark.parametrize("word", ["0", "admin:index", "forum:room_list", "\x00", "é"])
def test_a_word_that_is_no_address_leads_to_the_rooms(client, word):
    ProtocolFactory()
    client.force_login(DelegateFactory(accepts=False))

    assert client.post(PROTOCOL, {"next": word})["Location"] == "/rooms/"


@pytest.mark.parametrize("field", ["login", "password"])
@pytest.mark.parametrize("value", ["\x00", "a\x00@forum.example", "x" * 100_000, "\u202e@forum.example", ""])
def test_a_sign_in_with_nonsense_is_refused_like_any_other(client, delegate, field, value):
    response = client.post(LOGIN, {"login": delegate.email, "password": PASSWORD, field: value})

    assert response.status_code == 200
    assert not is_signed_in(client)


# --- Who is kept out --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "may"),
    [
        ({}, True),
        ({"suspended_until": timezone.now() - timedelta(minutes=1)}, True),
        ({"suspended_until": timezone.now() + timedelta(days=1)}, False),
        ({"status": AccountStatus.LEFT}, False),
        ({"status": AccountStatus.INVITED}, False),
    ],
    ids=["active", "suspension over", "suspended", "left", "invited"],
)
def test_only_an_account_that_is_open_signs_in(client, state, may):
    delegate = DelegateFactory(**state)

    sign_in(client, delegate.email)

    assert is_signed_in(client) is may


def test_who_is_suspended_is_told_so_for_the_right_password_only(client):
    """A guesser learns nothing by it: who sees that page knew the password, and it opens nothing."""
    person = DelegateFactory(suspended_until=timezone.now() + timedelta(days=1))

    wrong = sign_in(client, person.email, "not-the-password-1")
    unknown = sign_in(client, "nobody@forum.example")
    right = sign_in(client, person.email)

    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert right["Location"] == "/accounts/inactive/"
    assert "suspended" in client.get(right["Location"]).content.decode()
    assert set(client.session.keys()) == {"_session_expiry"}
    assert not is_signed_in(client)


def test_who_is_suspended_and_has_a_second_factor_is_told_so_after_it_only(client):
    person = DelegateFactory(suspended_until=timezone.now() + timedelta(days=1), second_factor=True)

    first = sign_in(client, person.email)
    second = client.post(first["Location"], {"code": totp_code()})

    assert first["Location"] == "/accounts/2fa/authenticate/"
    assert second["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)


def test_the_attempts_of_who_is_suspended_are_counted_like_others(client):
    person = DelegateFactory(suspended_until=timezone.now() + timedelta(days=1))
    for _attempt in range(5):
        sign_in(client, person.email, "not-the-password-1")

    assert sign_in(client, person.email).status_code == 429


def test_a_suspended_person_loses_the_session_at_once_and_gets_it_back_at_the_end(client, delegate):
    client.force_login(delegate)
    now = timezone.now()
    assert is_signed_in(client)

    User.objects.filter(pk=delegate.pk).update(suspended_until=now + timedelta(days=7))

    assert not is_signed_in(client)
    with time_machine.travel(now + timedelta(days=7, seconds=1)):
        assert is_signed_in(client)


def test_signing_out_ends_the_session(client, delegate):
    client.force_login(delegate)

    response = client.post("/accounts/logout/")

    assert response["Location"] == "/"
    assert not is_signed_in(client)


def test_another_password_ends_the_sessions_opened_with_the_old_one(client, delegate):
    elsewhere = Client()
    client.force_login(delegate)
    elsewhere.force_login(delegate)

    fields = {"oldpassword": PASSWORD, "password1": "Nine-blue-harbours", "password2": "Nine-blue-harbours"}
    client.post("/accounts/password/change/", fields)

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


# --- The protocol of use (OPS-01) -------------------------------------------------------------------


def test_the_rooms_open_once_the_protocol_is_accepted(client):
    RoomFactory()
    protocol = ProtocolFactory()
    newcomer = DelegateFactory(accepts=False)
    client.force_login(newcomer)

    asked = client.get("/rooms/en/?x=1")
    shown = client.get(asked["Location"])
    accepted = client.post(PROTOCOL, {"next": shown.context["next"]})

    assert asked["Location"] == f"{PROTOCOL}?next=%2Frooms%2Fen%2F%3Fx%3D1"
    assert "Be <strong>neutral</strong>" in shown.content.decode()
    assert accepted["Location"] == "/rooms/en/?x=1"
    assert list(ProtocolAcceptance.objects.values_list("user", "protocol")) == [(newcomer.pk, protocol.pk)]
    assert client.get("/rooms/en/").status_code == 200


def test_who_does_not_accept_can_still_sign_out(client):
    ProtocolFactory()
    client.force_login(DelegateFactory(accepts=False))

    assert client.post("/accounts/logout/")["Location"] == "/"
    assert client.get("/rooms/")["Location"].startswith(LOGIN)


def test_a_new_version_is_asked_for_again_from_the_day_it_is_in_force(client):
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("UTC"))):
        client.force_login(DelegateFactory())
        ProtocolFactory(version=2, in_force_on=date(2026, 11, 23))
        before = client.get("/rooms/")
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("UTC"))):
        after = client.get("/rooms/")
        client.post(PROTOCOL)
        accepted = client.get("/rooms/")

    assert before.status_code == 200
    assert after["Location"] == f"{PROTOCOL}?next=%2Frooms%2F"
    assert accepted.status_code == 200


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
@pytest.mark.parametrize("hour", [22, 23, 0, 1, 10, 12])
def test_the_day_of_a_new_version_is_genevas_for_everybody(client, zone, hour):
    night = datetime(2026, 11, 22 if hour > 12 else 23, hour, 30, tzinfo=ZoneInfo("UTC"))
    with time_machine.travel(night):
        client.force_login(DelegateFactory(time_zone=zone))
        ProtocolFactory(version=2, in_force_on=date(2026, 11, 23))

        shown = client.get(PROTOCOL).context["protocol"].version
        client.post(PROTOCOL)

        assert shown == (1 if night < datetime(2026, 11, 22, 23, tzinfo=ZoneInfo("UTC")) else 2)
        assert is_signed_in(client)


def test_accepting_is_recorded_with_the_version(db):
    protocol = ProtocolFactory()
    newcomer = DelegateFactory(accepts=False)

    accept_protocol(actor=newcomer)
    accept_protocol(actor=newcomer)

    assert list(AuditEntry.objects.values_list("actor", "action", "subject", "facts")) == [
        (newcomer.pk, "protocol.accepted", f"accounts.protocol:{protocol.pk}", {"version": 1})
    ]


def test_where_no_protocol_is_in_force_nobody_enters_and_nothing_breaks(client):
    client.force_login(DelegateFactory(accepts=False))

    assert client.get("/rooms/")["Location"].startswith(PROTOCOL)
    assert client.get(PROTOCOL).status_code == 404
    assert client.post(PROTOCOL).status_code == 404


def test_a_newcomer_follows_the_rooms_of_the_languages_they_read(core_rooms):
    newcomer = DelegateFactory(accepts=False, language="fr", languages_read=["fr", "es"])

    accept_protocol(actor=newcomer)

    assert set(Follow.objects.values_list("user", "room__language")) == {(newcomer.pk, "fr"), (newcomer.pk, "es")}


def test_who_follows_something_already_is_not_made_to_follow_more(core_rooms):
    person = DelegateFactory(accepts=False)
    Follow.objects.create(user=person, room=core_rooms[2])

    accept_protocol(actor=person)

    assert list(person.follows.values_list("room__language", flat=True)) == ["es"]


# --- The administration -----------------------------------------------------------------------------


def test_the_administration_is_the_secretariats(client):
    client.force_login(UserFactory(role=Role.SECRETARIAT))

    assert client.get(reverse("admin:index")).status_code == 200


def test_a_moderator_does_not_enter_the_administration(client):
    client.force_login(UserFactory(role=Role.MODERATOR))

    assert client.get(reverse("admin:index"), follow=True).status_code == 403
