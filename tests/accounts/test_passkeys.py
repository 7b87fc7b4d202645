"""Coming in with a passkey: no password then, and one later if it is wanted."""

import json
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.enums import AccountStatus, InvitationState, Role
from accounts.models import AuditEntry, Invitation, ProtocolAcceptance, User
from accounts.services import outbox
from tests.accounts.test_invitations import answers, invited, newcomer
from tests.factories import ProtocolFactory
from tests.passkeys import PasskeyStore

pytestmark = pytest.mark.django_db

SECRET = "four-unrelated-harbour-words"
KEYS = Authenticator.Type.WEBAUTHN


@pytest.fixture
def address() -> str:
    ProtocolFactory()
    return invited()


def offered(client: Client, address: str) -> dict:
    return client.get(f"{address}passkey/").json()["creation_options"]


def with_passkey(client: Client, address: str, store: PasskeyStore, **changes: object):
    made = json.dumps(store.make(offered(client, address)))
    return client.post(address, answers(password="", password_again="", **{"credential": made, **changes}))


def came_in(client: Client, store: PasskeyStore, **fields: object) -> User:
    ProtocolFactory()
    person = newcomer(**fields)
    assert with_passkey(client, invited(**fields), store).status_code == 302
    return User.objects.get(email=person.email)


def test_a_passkey_opens_the_account_and_leads_to_this_weeks_discussion(client, address):
    store = PasskeyStore()

    taken = with_passkey(client, address, store)

    person = User.objects.get(email="a.name@ipo.example")
    assert (taken.status_code, taken["Location"]) == (302, "/this-week/")
    assert person.status == AccountStatus.ACTIVE
    assert not person.has_usable_password()
    assert ProtocolAcceptance.objects.filter(user=person).count() == 1
    assert Invitation.objects.get().state == InvitationState.TAKEN_UP
    assert list(AuditEntry.objects.filter(actor=person).order_by("pk").values_list("action", flat=True)) == [
        "invitation.taken_up",
        "factor.added",
        "protocol.accepted",
    ]
    page = client.get("/rooms/")
    assert page.status_code == 200
    assert "Your passkey signs you in from now on." in page.content.decode()


def test_it_signs_in_alone_from_then_on(client):
    store = PasskeyStore()
    came_in(client, store)
    elsewhere = Client()

    assert store.sign_in(elsewhere) == "/rooms/"
    assert elsewhere.get("/rooms/").status_code == 200


def test_another_passkey_does_not(client):
    store, another = PasskeyStore(), PasskeyStore()
    came_in(client, store)
    another.owner = store.owner
    elsewhere = Client()

    another.sign_in(elsewhere)

    assert elsewhere.get("/rooms/").status_code == 302


def test_no_password_signs_in_the_empty_one_included(client):
    person = came_in(client, PasskeyStore())

    for password in ("", "None", SECRET):
        elsewhere = Client()
        elsewhere.post("/accounts/login/", {"login": person.email, "password": password})
        assert elsewhere.get("/rooms/").status_code == 302


def test_a_role_that_needs_a_second_factor_has_it_with_the_passkey(client):
    came_in(client, PasskeyStore(), role=Role.MODERATOR, member_state=None)

    assert client.get("/rooms/").status_code == 200


def test_the_recovery_codes_wait_in_the_profile(client):
    came_in(client, PasskeyStore())

    assert "You have 10 codes left" in client.get("/accounts/2fa/").content.decode()
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: {**made, "response": {**made["response"], "attestationObject": "YQ"}},
        lambda made: {**made, "response": {}},
        lambda made: {},
        lambda made: [],
        lambda made: None,
        lambda made: 5,
        lambda made: {**made, "rawId": "YQ"},
    ],
)
def test_what_is_no_passkey_is_refused_and_the_link_still_works(client, address, spoil):
    made = PasskeyStore().make(offered(client, address))

    refused = client.post(address, answers(password="", password_again="", credential=json.dumps(spoil(made))))

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["credential"])
    assert "no passkey was given" in refused.content.decode()
    assert not Authenticator.objects.filter(type=KEYS).exists()
    assert with_passkey(client, address, PasskeyStore()).status_code == 302


@pytest.mark.parametrize("typed", ["nonsense", "null", " ", "{", '"\\u0000"', "\x00"])
def test_what_is_no_json_is_refused_too(client, address, typed):
    refused = client.post(address, answers(password="", password_again="", credential=typed))

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["credential"])
    assert User.objects.get(email="a.name@ipo.example").status == AccountStatus.INVITED


@pytest.mark.parametrize("store", [PasskeyStore(verifies=False), PasskeyStore(origin="https://elsewhere.example")])
def test_a_key_that_verifies_nobody_or_is_made_for_another_site_is_refused(client, address, store):
    refused = with_passkey(client, address, store)

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["credential"])


def test_it_must_be_made_for_this_browser_and_this_time(client, address):
    store = PasskeyStore()
    elsewhere = json.dumps(store.make(offered(Client(), address)))
    earlier = json.dumps(store.make(offered(client, address)))
    offered(client, address)

    for made in (elsewhere, earlier):
        refused = client.post(address, answers(password="", password_again="", credential=made))
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["credential"])


def test_what_else_is_wrong_is_said_first_and_the_passkey_is_made_again(client, address):
    store = PasskeyStore()

    refused = with_passkey(client, address, store, full_name="")

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["full_name"])
    assert with_passkey(client, address, store).status_code == 302


def test_neither_a_password_nor_a_passkey_is_refused(client, address):
    refused = client.post(address, answers(password="", password_again=""))

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["password", "password_again"])


def test_words_of_the_browser_are_not_kept(client, address):
    made = PasskeyStore().make(offered(client, address))
    made["clientExtensionResults"] = {"canary": "a\u0000"}

    assert client.post(address, answers(password="", password_again="", credential=json.dumps(made))).status_code == 302
    assert "canary" not in str(Authenticator.objects.get(type=KEYS).data)


def test_looking_at_the_page_begins_nothing(client, address):
    client.get(address)

    assert "sessionid" not in client.cookies


def test_an_ended_link_offers_nothing(client, address):
    used, wrong = f"{address}passkey/", "/invitations/none-such/passkey/"
    assert client.get(used).status_code == 200
    with_passkey(client, address, PasskeyStore())

    assert [client.get(one).status_code for one in (used, wrong)] == [404, 404]


# --- A password later -------------------------------------------------------------------------------


def test_a_password_is_set_later_and_told_of(client):
    person = came_in(client, PasskeyStore())
    assert "Set a password" in client.get("/profile/").content.decode()
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200

    client.post("/accounts/password/set/", {"password1": SECRET, "password2": SECRET})

    assert User.objects.get(pk=person.pk).check_password(SECRET)
    mail.outbox.clear()
    outbox.deliver_due()
    assert [message.subject for message in mail.outbox] == ["Your password was changed"]
    assert "Change your password" in client.get("/profile/").content.decode()


def test_a_weak_password_is_refused(client):
    person = came_in(client, PasskeyStore())

    refused = client.post("/accounts/password/set/", {"password1": "short", "password2": "short"})

    assert (refused.status_code, list(refused.context["form"].errors)) == (200, ["password1"])
    assert not User.objects.get(pk=person.pk).has_usable_password()


def test_who_has_a_password_changes_it_instead(client, delegate):
    client.force_login(delegate)

    assert client.get("/accounts/password/set/")["Location"] == "/accounts/password/change/"


def test_a_lost_passkey_is_made_up_for_by_the_letter_and_a_recovery_code(client):
    person = came_in(client, PasskeyStore())
    codes = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    stranded = Client()
    stranded.post("/accounts/password/reset/", {"email": person.email})
    outbox.deliver_due()
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    form = stranded.get(urlsplit(link).path)
    stranded.post(form["Location"], {"password1": SECRET, "password2": SECRET})

    asked = stranded.post("/accounts/login/", {"login": person.email, "password": SECRET})
    assert asked["Location"] == "/accounts/2fa/authenticate/"
    stranded.post("/accounts/2fa/authenticate/", {"code": codes[0]})

    assert stranded.get("/rooms/").status_code == 200


def test_the_only_way_in_is_not_given_up(client):
    person = came_in(client, PasskeyStore())
    address = f"/accounts/2fa/webauthn/keys/{Authenticator.objects.get(user=person, type=KEYS).pk}/remove/"

    refused = client.post(address, follow=True)
    assert "This passkey is all you sign in with." in refused.content.decode()
    assert Authenticator.objects.filter(user=person, type=KEYS).exists()


def test_with_a_password_the_passkey_can_go(client):
    person = came_in(client, PasskeyStore())
    address = f"/accounts/2fa/webauthn/keys/{Authenticator.objects.get(user=person, type=KEYS).pk}/remove/"
    client.post("/accounts/password/set/", {"password1": SECRET, "password2": SECRET})

    client.post(address)

    assert not Authenticator.objects.filter(user=person).exists()
