"""Changing one's address: both confirm it, and nobody learns who has an account."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.enums import AccountStatus, MailScope, Pace, Role
from accounts.models import AddressChange, AuditEntry, Notice, User
from accounts.services import outbox
from accounts.services.addresses import Side, ask_for_address, confirm_address, drop_address_change, link
from tests.again import sign_in_again
from tests.factories import DelegateFactory, MandateFactory, UserFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db

ADDRESS = "/profile/address/"
NEW = "new@ministry.example"


def token(change: AddressChange, side: Side) -> str:
    return link(change, side).rstrip("/").rpartition("/")[2]


def letters() -> dict[str, str]:
    outbox.deliver_due()
    return {message.to[0]: message.body for message in mail.outbox}


def test_the_new_address_is_in_use_once_both_have_confirmed(client, delegate):
    old = delegate.email
    sign_in_again(client, delegate)
    assert client.post(ADDRESS, {"new_email": NEW}).status_code == 302
    links = {to: re.search(r"http\S+(/address/\S+)", body)[1] for to, body in letters().items()}
    anybody = Client()

    assert set(links) == {old, NEW}
    assert anybody.get(links[old]).status_code == 200
    assert User.objects.get(pk=delegate.pk).email == old, "opening a link confirms nothing: mail scanners open links"
    anybody.post(links[old])
    assert User.objects.get(pk=delegate.pk).email == old
    anybody.post(links[NEW])
    assert User.objects.get(pk=delegate.pk).email == NEW
    mail.outbox.clear()
    assert set(letters()) == {old, NEW}
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "address.asked",
        "address.changed",
    ]
    assert NEW not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize("side", list(Side))
def test_one_address_alone_changes_nothing(delegate, side):
    change = ask_for_address(actor=delegate, new_email=NEW)

    confirm_address(token=token(change, side))
    confirm_address(token=token(change, side))

    assert User.objects.get(pk=delegate.pk).email == delegate.email


def test_other_sessions_end_and_the_one_that_confirms_goes_on(delegate):
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        browser.force_login(delegate)
    change = ask_for_address(actor=delegate, new_email=NEW)

    here.post(f"/address/{token(change, Side.OLD)}/")
    assert elsewhere.get("/rooms/").status_code == 200
    here.post(f"/address/{token(change, Side.NEW)}/")

    assert (here.get("/rooms/").status_code, elsewhere.get("/rooms/").status_code) == (200, 302)


def test_one_signs_in_with_the_new_address_and_no_longer_with_the_old(client, delegate):
    old = delegate.email
    client.post("/accounts/login/", {"login": old, "password": PASSWORD})  # allauth makes its copy of the address
    change = ask_for_address(actor=delegate, new_email=NEW)
    for side in Side:
        confirm_address(token=token(change, side))

    answers = [Client().post("/accounts/login/", {"login": a, "password": PASSWORD}).status_code for a in (old, NEW)]

    assert answers == [200, 302]


def test_a_taken_address_is_answered_like_a_free_one_and_its_owner_is_left_alone(client, delegate):
    taken = DelegateFactory(email="taken@ministry.example")
    sign_in_again(client, delegate)
    pages = []
    for address in (taken.email, "free.@ministry.example".replace(".@", "@"), "TAKEN@Ministry.example"):
        answer = client.post(ADDRESS, {"new_email": address}, follow=True)
        page = answer.content.decode().replace(address.lower(), "…")
        pages.append((answer.redirect_chain, re.sub(r'name="csrfmiddlewaretoken" value="\w+"|\d\d:\d\d', "", page)))

    assert pages[0] == pages[1] == pages[2]
    assert taken.email not in letters()
    change = AddressChange.objects.filter(new_email=taken.email).latest("pk")
    confirm_address(token=token(change, Side.OLD))
    with pytest.raises(AddressChange.DoesNotExist):
        confirm_address(token=token(change, Side.NEW))
    assert User.objects.get(pk=delegate.pk).email == delegate.email


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "x" * 250 + "@y.example", "a@b.example\nBcc: x@y.example"])
def test_what_is_no_address_is_refused_and_kept_in_the_form(client, delegate, address):
    sign_in_again(client, delegate)

    response = client.post(ADDRESS, {"new_email": address})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["new_email"])
    assert response.context["form"]["new_email"].value() == address
    assert not AddressChange.objects.exists()


def test_the_address_in_use_is_refused_in_any_writing(client, delegate):
    sign_in_again(client, delegate)

    assert client.post(ADDRESS, {"new_email": delegate.email.upper()}).status_code == 422


def test_links_work_for_two_days_and_once(delegate):
    change = ask_for_address(actor=delegate, new_email=NEW)
    old, new = token(change, Side.OLD), token(change, Side.NEW)

    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1)):
        assert Client().post(f"/address/{old}/").status_code == 404
    assert Client().post(f"/address/{old}/").status_code == 200
    assert Client().post(f"/address/{new}/").status_code == 200
    for used in (old, new):
        assert Client().get(f"/address/{used}/").status_code == 404


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "none-such"])
def test_a_link_that_is_not_ours_is_answered_with_what_to_do(delegate, spoil):
    change = ask_for_address(actor=delegate, new_email=NEW)

    answer = Client().post(f"/address/{spoil(token(change, Side.OLD))}/")

    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()


def test_a_newer_wish_ends_the_earlier_one(delegate):
    earlier = ask_for_address(actor=delegate, new_email=NEW)
    ask_for_address(actor=delegate, new_email="newer@ministry.example")

    with pytest.raises(AddressChange.DoesNotExist):
        confirm_address(token=token(earlier, Side.OLD))


def test_the_old_address_can_stop_it_and_so_can_the_profile(client, delegate):
    change = ask_for_address(actor=delegate, new_email=NEW)
    client.post(f"/address/{token(change, Side.OLD)}/", {"stop": "1"})
    with pytest.raises(AddressChange.DoesNotExist):
        confirm_address(token=token(change, Side.NEW))

    change = ask_for_address(actor=delegate, new_email=NEW)
    drop_address_change(actor=delegate)
    with pytest.raises(AddressChange.DoesNotExist):
        confirm_address(token=token(change, Side.NEW))


def test_nobody_has_more_letters_sent_to_strangers_than_a_few_a_day(delegate):
    for n in range(3):
        ask_for_address(actor=delegate, new_email=f"stranger{n}@elsewhere.example")

    with pytest.raises(ValidationError) as refusal:
        ask_for_address(actor=delegate, new_email="stranger3@elsewhere.example")

    assert refusal.value.code == "too_many_changes"
    assert Notice.objects.filter(kind="address.offered").count() == 3


@pytest.mark.parametrize("state", [{"status": AccountStatus.LEFT}, {"suspended_until": "2999-01-01T00:00Z"}])
def test_the_links_of_a_closed_account_do_not_work(delegate, state):
    change = ask_for_address(actor=delegate, new_email=NEW)
    User.objects.filter(pk=delegate.pk).update(**state)

    with pytest.raises(AddressChange.DoesNotExist):
        confirm_address(token=token(change, Side.OLD))


def test_the_password_is_asked_again_and_what_was_typed_is_done_after_it(client, delegate):
    client.force_login(delegate)

    asked = client.post(ADDRESS, {"new_email": NEW})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not AddressChange.objects.exists()
    wrong = client.post(asked["Location"], {"password": "not-the-password"})
    assert (wrong.status_code, AddressChange.objects.exists()) == (200, False)
    client.post(asked["Location"], {"password": PASSWORD})

    assert AddressChange.objects.get().new_email == NEW


# --- Who looks after the seat (ACC-11) ---------------------------------------------------------------


def change_address(person: User) -> None:
    change = ask_for_address(actor=person, new_email=NEW)
    for side in Side:
        confirm_address(token=token(change, side))


def told() -> dict[str, str]:
    """Return the letters to those who look after the seat."""
    outbox.deliver_due()
    return {m.to[0]: m.body for m in mail.outbox if m.subject == "The address of a participant is changed"}


def test_the_focal_points_and_the_secretariat_are_told_but_not_the_addresses(delegate):
    here = MandateFactory(user=DelegateFactory(member_state=delegate.member_state)).user
    MandateFactory()
    DelegateFactory(member_state=delegate.member_state)
    UserFactory(role=Role.MODERATOR)
    secretariat = UserFactory()
    old = delegate.email

    change_address(delegate)

    letters = told()
    assert set(letters) == {here.email, secretariat.email}
    for body in letters.values():
        assert delegate.full_name in body
        assert old not in body
        assert NEW not in body
    assert f"/people/{delegate.pk}/" in letters[here.email]
    assert f"/admin/accounts/user/{delegate.pk}/change/" in letters[secretariat.email]


def test_nobody_is_told_before_both_have_confirmed(delegate):
    MandateFactory(user=DelegateFactory(member_state=delegate.member_state))
    change = ask_for_address(actor=delegate, new_email=NEW)
    confirm_address(token=token(change, Side.OLD))

    assert told() == {}


def test_of_who_is_of_no_state_the_secretariat_alone_is_told_and_nobody_of_themselves():
    expert, secretariat = UserFactory(role=Role.EXPERT), UserFactory()
    MandateFactory()
    change_address(expert)
    assert set(told()) == {secretariat.email}

    mail.outbox.clear()
    User.objects.filter(pk=expert.pk).update(email="elsewhere@wipo.example")
    change_address(secretariat)
    assert told() == {}


def test_a_focal_point_who_changes_the_own_address_is_not_told_of_it():
    person, colleague = (MandateFactory().user for _ in range(2))
    User.objects.filter(pk=colleague.pk).update(member_state=person.member_state)
    colleague.mandates.update(member_state=person.member_state)

    change_address(User.objects.get(pk=person.pk))

    assert set(told()) == {colleague.email}


def test_whose_mandate_has_ended_meanwhile_is_not_told(delegate):
    mandate = MandateFactory(user=DelegateFactory(member_state=delegate.member_state))
    change_address(delegate)
    mandate.ends_on = timezone.localdate() - timedelta(days=1)
    mandate.save()

    assert told() == {}


def test_who_wants_no_mail_about_duties_gets_none(delegate):
    secretariat = UserFactory()
    outbox.set_pace(secretariat, MailScope.ACCOUNT, Pace.NONE)

    change_address(delegate)

    assert told() == {}
