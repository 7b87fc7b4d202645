"""A passkey that counts its signatures and counts backwards has been copied: it opens nothing (AN-15)."""

import copy
import json
import threading

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from accounts.factors import take_count
from accounts.models import User
from tests.factories import DelegateFactory
from tests.factories.accounts import PASSWORD
from tests.passkeys import PasskeyStore

pytestmark = pytest.mark.django_db

ADD = "/accounts/2fa/webauthn/add/"


def with_passkey(store: PasskeyStore) -> User:
    """Return a delegate who has made the passkey in ``store``."""
    person, client = DelegateFactory(), Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    options = client.get(ADD).context["js_data"]["creation_options"]
    made = client.post(ADD, {"name": "Key", "credential": json.dumps(store.make(options)), "passwordless": "on"})
    assert made.status_code == 302
    return person


def opens(store: PasskeyStore) -> bool:
    client = Client()
    store.sign_in(client)
    return client.get("/rooms/").status_code == 200


def test_a_passkey_that_counts_on_opens_each_time():
    store = PasskeyStore()
    with_passkey(store)

    assert [opens(store) for _time in range(3)] == [True] * 3


@pytest.mark.parametrize("behind", [0, 1, 3])
def test_a_copy_that_is_behind_opens_nothing(behind, caplog):
    store = PasskeyStore()
    with_passkey(store)
    for _time in range(4):
        assert opens(store)
    clone = copy.copy(store)
    clone.count -= behind

    assert opens(store)
    assert not opens(clone)
    assert "counted backwards" in caplog.text
    assert opens(store)


def test_one_that_stops_counting_opens_nothing():
    store = PasskeyStore()
    with_passkey(store)
    assert opens(store)
    store.counts, store.count = False, 0

    assert not opens(store)


def test_one_that_never_counts_opens_each_time():
    store = PasskeyStore(counts=False)
    with_passkey(store)

    assert [opens(store) for _time in range(3)] == [True] * 3


def test_as_the_second_step_and_before_what_is_sensitive_it_is_looked_at_too():
    store = PasskeyStore()
    person = with_passkey(store)
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    for address, entered in (("/accounts/2fa/authenticate/", 302), ("/accounts/2fa/webauthn/reauthenticate/", 302)):
        options = client.get(address).context["js_data"]["request_options"]
        behind = copy.copy(store)
        answer = client.post(address, {"credential": json.dumps(store.prove(options))})
        assert (answer.status_code, answer["Location"]) == (entered, "/rooms/")

        again = Client()
        again.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        options = again.get("/accounts/2fa/authenticate/").context["js_data"]["request_options"]
        again.post("/accounts/2fa/authenticate/", {"credential": json.dumps(behind.prove(options))})
        assert again.get("/rooms/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_that_show_the_same_count_at_once_one_enters():
    store = PasskeyStore()
    with_passkey(store)
    passkey = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    start = threading.Barrier(6)
    taken = []

    def take() -> None:
        start.wait()
        taken.append(take_count(passkey, 1))
        connection.close()

    threads = [threading.Thread(target=take) for _copy in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert taken.count(True) == 1
