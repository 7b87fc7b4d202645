"""What asks once more who somebody is: a session left open is not enough for it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from accounts.models import DataArchive
from accounts.services.archives import prepare_waiting, request_archive
from tests.again import sign_in_again
from tests.factories import DelegateFactory, MandateFactory, UserFactory
from tests.factories.accounts import TOTP_SECRET

pytestmark = pytest.mark.django_db

AGAIN = ("/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/", "/accounts/2fa/webauthn/reauthenticate/")
ROWS = [
    ("post", "/profile/address/", "delegate"),
    ("post", "/profile/data/", "delegate"),
    ("get", "/profile/data/{archive}/", "delegate"),
    ("post", "/profile/leave/", "delegate"),
    ("post", "/seats/handover/", "focal point"),
    ("post", "/people/{person}/leave/", "secretariat"),
    ("get", "/accounts/2fa/totp/activate/", "delegate"),
    ("post", "/accounts/2fa/totp/activate/", "delegate"),
    ("get", "/accounts/2fa/totp/deactivate/", "with factors"),
    ("post", "/accounts/2fa/totp/deactivate/", "with factors"),
    ("get", "/accounts/2fa/webauthn/add/", "delegate"),
    ("post", "/accounts/2fa/webauthn/add/", "delegate"),
    ("get", "/accounts/2fa/webauthn/keys/{key}/edit/", "with factors"),
    ("post", "/accounts/2fa/webauthn/keys/{key}/edit/", "with factors"),
    ("get", "/accounts/2fa/webauthn/keys/{key}/remove/", "with factors"),
    ("post", "/accounts/2fa/webauthn/keys/{key}/remove/", "with factors"),
    ("get", "/accounts/2fa/recovery-codes/", "with factors"),
    ("get", "/accounts/2fa/recovery-codes/download/", "with factors"),
    ("get", "/accounts/2fa/recovery-codes/generate/", "with factors"),
    ("post", "/accounts/2fa/recovery-codes/generate/", "with factors"),
    ("post", "/accounts/password/set/", "with factors"),
]


@pytest.fixture
def readers(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    equipped = DelegateFactory()
    TOTP.activate(equipped, TOTP_SECRET)
    RecoveryCodes.activate(equipped)
    Authenticator.objects.create(user=equipped, type="webauthn", data={"name": "Key", "credential": {}})
    return {
        "delegate": DelegateFactory(),
        "focal point": MandateFactory().user,
        "secretariat": UserFactory(),
        "with factors": equipped,
    }


@pytest.fixture
def ids(readers):
    request_archive(actor=readers["delegate"])
    prepare_waiting()
    return {
        "archive": DataArchive.objects.get().pk,
        "person": DelegateFactory().pk,
        "key": Authenticator.objects.get(type="webauthn").pk,
    }


@pytest.mark.parametrize(("method", "address", "reader"), ROWS)
def test_it_is_asked_again_and_only_then(client, readers, ids, method, address, reader):
    address, person = address.format(**ids), readers[reader]
    if address == "/accounts/password/set/":
        person.set_unusable_password()
        person.save()

    client.force_login(person)
    asked = getattr(client, method)(address)
    sign_in_again(client, person)
    answered = getattr(client, method)(address)

    assert asked["Location"].startswith(AGAIN)
    assert not answered.headers.get("Location", "").startswith(AGAIN)
    assert answered.status_code in {200, 302, 422}


@pytest.mark.parametrize("address", ["/profile/address/", "/profile/data/", "/profile/leave/", "/accounts/2fa/"])
def test_looking_at_the_page_asks_nothing(client, readers, address):
    client.force_login(readers["delegate"])

    assert client.get(address).status_code == 200
