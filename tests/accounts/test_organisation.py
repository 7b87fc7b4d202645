"""Organisational sign-on, against a real OpenID provider that runs on this machine."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import oidc_provider_mock
import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from accounts.enums import AccountStatus
from accounts.models import User
from tests.factories import DelegateFactory
from tests.factories.accounts import TOTP_SECRET

pytestmark = pytest.mark.django_db

START = "/accounts/sign-on/organisation/"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _configured(settings, provider):
    settings.OIDC_NAME = "WIPO"
    app = {
        "provider_id": "organisation",
        "name": "WIPO",
        "client_id": "forum",
        "secret": "secret",
        "settings": {"server_url": provider},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def knows(provider: str, subject: str, **claims: object) -> None:
    requests.put(f"{provider}/users/{subject}", json=claims, timeout=10)


def sign_on(client: Client, subject: str, **query: str):
    """Go to the provider and come back, as a browser does."""
    there = client.get(START, query)["Location"]
    back = requests.post(there, data={"sub": subject}, allow_redirects=False, timeout=10).headers["Location"]
    address = urlsplit(back)
    return client.get(f"{address.path}?{address.query}")


def is_signed_in(client: Client) -> bool:
    return client.get("/rooms/").status_code == 200


def test_a_verified_address_opens_the_account_that_has_it(client, provider, delegate):
    knows(provider, "one", email=delegate.email.upper(), email_verified=True)

    answer = sign_on(client, "one", next="/rooms/")

    assert (answer.status_code, answer["Location"]) == (302, "/rooms/")
    assert is_signed_in(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@forum.example", "email_verified": True},
        {"email": "{known}", "email_verified": False},
        {"email": "{known}"},
        {"email_verified": True},
        {"email": "not an address", "email_verified": True},
    ],
    ids=["unknown", "not verified", "silent about it", "no address", "nonsense"],
)
def test_anything_else_opens_nothing_and_makes_nothing(client, provider, delegate, claims):
    given = {name: value.format(known=delegate.email) if name == "email" else value for name, value in claims.items()}
    knows(provider, "two", **given)

    answer = sign_on(client, "two")

    assert answer.status_code == 403
    assert "You are not signed in" in answer.content.decode()
    assert not is_signed_in(client)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "state",
    [
        {"suspended_until": timezone.now() + timezone.timedelta(days=1)},
        {"status": AccountStatus.LEFT},
        {"status": AccountStatus.INVITED},
    ],
    ids=["suspended", "left", "invited"],
)
def test_an_account_that_is_not_open_stays_so_and_looks_like_none(client, provider, state):
    person = DelegateFactory(**state)
    knows(provider, "three", email=person.email, email_verified=True)
    knows(provider, "nobody", email="nobody@forum.example", email_verified=True)

    closed = sign_on(client, "three")
    unknown = sign_on(Client(), "nobody")

    assert not is_signed_in(client)
    assert (closed.status_code, closed.content) == (unknown.status_code, unknown.content)


def test_an_address_that_changed_hands_follows_the_forums_record(client, provider, delegate):
    knows(provider, "four", email=delegate.email, email_verified=True)
    sign_on(client, "four")
    knows(provider, "four", email="elsewhere@forum.example", email_verified=True)

    other = Client()
    sign_on(other, "four")

    assert not is_signed_in(other)


def test_the_second_factor_is_asked_for_here_too(client, provider, delegate):
    TOTP.activate(delegate, TOTP_SECRET)
    knows(provider, "five", email=delegate.email, email_verified=True)

    answer = sign_on(client, "five")

    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


@pytest.mark.parametrize("process", ["connect", "redirect"])
def test_it_connects_nothing_to_an_account(client, provider, delegate, process):
    client.force_login(delegate)
    knows(provider, "six", email=delegate.email, email_verified=True)

    sign_on(client, "six", process=process)

    assert not SocialAccount.objects.exists()


def test_it_leads_to_no_page_outside(client, provider, delegate):
    knows(provider, "seven", email=delegate.email, email_verified=True)

    answer = sign_on(client, "seven", next="https://elsewhere.example/")

    assert answer["Location"] == "/rooms/"


def test_an_answer_that_nobody_asked_for_is_refused(client, provider):
    answer = client.get(f"{START}return/", {"code": "made-up", "state": "made-up"})

    assert answer.status_code == 403
    assert "You are not signed in" in answer.content.decode()


@pytest.mark.parametrize("error", ["access_denied", "server_error"])
def test_a_refusal_over_there_is_a_page_here(client, provider, error):
    there = client.get(START)["Location"]
    state = dict(pair.split("=", 1) for pair in urlsplit(there).query.split("&"))["state"]

    answer = client.get(f"{START}return/", {"error": error, "state": state}, follow=True)

    assert "You are not signed in" in answer.content.decode()


def test_a_provider_that_is_away_is_a_page_here(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://localhost:9"

    answer = client.get(START)

    assert answer.status_code == 403
    assert "did not answer" in answer.content.decode()


def test_the_sign_in_page_offers_it_where_it_is_set(client, settings):
    offered = client.get("/accounts/login/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {}
    silent = client.get("/accounts/login/").content.decode()

    assert "Sign in with WIPO" in offered
    assert "Sign in with WIPO" not in silent
