"""Requests for an account: asked by anybody, vouched for by the state, decided by the Secretariat."""

import re
import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.addresses import canonical_address
from accounts.enums import AccountStatus, MailScope, Pace, RequestState, Role, Vouching
from accounts.models import AccountRequest, AuditEntry, Invitation, Notice, User
from accounts.services import outbox
from accounts.services.requests import decide_requests, tell_of_requests, vouch_for_request
from tests.factories import (
    AccountRequestFactory,
    DelegateFactory,
    MandateFactory,
    MemberStateFactory,
    ProtocolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ASK = "/accounts/request/"
SENT = "/accounts/request/sent/"


def asked(state, **changes):
    return {
        "email": "a.name@ipo.example",
        "full_name": "A. Name",
        "member_state": state.pk,
        "institution": "Industrial Property Institute",
        "institution_kind": "ip_office",
        "language": "fr",
        "languages_read": ["fr", "en"],
        "reason": "I run the office’s training.",
        **changes,
    }


def focal_point(state=None, **fields) -> User:
    state = state or MemberStateFactory()
    return MandateFactory(user=DelegateFactory(member_state=state, **fields)).user


def viewer(user: User) -> User:
    return User.objects.with_access().get(pk=user.pk)


# --- To ask -----------------------------------------------------------------------------------------


def test_anybody_asks_and_is_told_what_happens_next(client):
    state = MemberStateFactory()

    response = client.post(ASK, asked(state), follow=True)

    assert response.redirect_chain == [(SENT, 302)]
    request = AccountRequest.objects.get()
    assert (request.email, request.member_state, request.languages_read) == ("a.name@ipo.example", state, ["fr", "en"])
    assert request.state == RequestState.WAITING
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("request.made", None)]
    assert not User.objects.exists()


@pytest.mark.parametrize("address", ["/", "/accounts/login/"])
def test_the_front_page_and_the_sign_in_lead_to_it(client, address):
    assert f'href="{ASK}"' in client.get(address).content.decode()


def test_the_states_focal_points_are_told_in_their_language_and_nobody_else(client):
    here = focal_point(language="fr", full_name="Awa")
    focal_point()
    MandateFactory(
        user=DelegateFactory(member_state=here.member_state), ends_on=timezone.localdate() - timedelta(days=1)
    )
    DelegateFactory(member_state=here.member_state)

    client.post(ASK, asked(here.member_state))
    outbox.deliver_due()

    assert [message.to for message in mail.outbox] == [[here.email]]
    assert "/requests/" in mail.outbox[0].body
    assert "training" not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("email", "a\x00@ipo.example"),
        ("email", ""),
        ("full_name", "A\u202e Name"),
        ("full_name", "x" * 121),
        ("member_state", "999999"),
        ("institution_kind", "guild"),
        ("languages_read", []),
        ("language", "tlh"),
        ("reason", ""),
        ("reason", "x" * 2_001),
    ],
)
def test_what_is_not_well_formed_is_said_beside_the_field_and_the_rest_is_kept(client, field, value):
    response = client.post(ASK, asked(MemberStateFactory(), **{field: value}))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    kept = "Industrial Property Institute" if field != "email" else "A. Name"
    assert kept in response.content.decode()
    assert not AccountRequest.objects.exists()


def test_decisions_cannot_be_slipped_into_the_form(client):
    slipped = {"state": "approved", "vouching": "vouched", "decided_by": "1"}

    client.post(ASK, asked(MemberStateFactory()) | slipped)

    request = AccountRequest.objects.get()
    assert (request.state, request.vouching, request.decided_by) == (RequestState.WAITING, Vouching.NONE, None)


# --- Nothing tells who has an account (ACC-03) --------------------------------------------------------


def page(response) -> tuple[int, str]:
    return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_known_unknown_and_waiting_addresses_are_answered_alike(client):
    state = MemberStateFactory()
    for status in AccountStatus:
        DelegateFactory(email=f"{status}@ipo.example", status=status)
    AccountRequestFactory(email="waiting@ipo.example")
    names = [*AccountStatus.values, "waiting", "unknown"]

    answers = {}
    for name in names:
        response = client.post(ASK, asked(state, email=f"{name}@ipo.example"))
        answers[name] = (page(response), response["Location"], page(client.get(response["Location"])))

    assert len(set(answers.values())) == 1
    assert mail.outbox == []


def test_the_answer_takes_as_long_for_known_as_for_unknown_addresses(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"request_account": None}
    state = focal_point().member_state
    DelegateFactory(email="known@ipo.example")
    AccountRequestFactory(email="waiting@ipo.example")
    times: dict[str, list[float]] = {"known": [], "waiting": [], "unknown": []}

    for n in range(40):
        for name, seconds in times.items():
            email = f"unknown{n}@ipo.example" if name == "unknown" else f"{name}@ipo.example"
            began = time.perf_counter()
            client.post(ASK, asked(state, email=email))
            seconds.append(time.perf_counter() - began)

    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    assert max(medians.values()) < 1.4 * min(medians.values()), medians


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (AccountStatus.ACTIVE, "/accounts/login/"),
        (AccountStatus.INVITED, "Your invitation waits for you"),
        (AccountStatus.LEFT, "It is not open at present"),
    ],
)
def test_who_has_an_account_is_told_so_by_mail_each_time(client, status, words):
    known = DelegateFactory(status=status)

    client.post(ASK, asked(MemberStateFactory(), email=known.email))
    client.post(ASK, asked(MemberStateFactory(), email=known.email.upper()))
    outbox.deliver_due()

    assert [message.to for message in mail.outbox] == [[known.email]] * 2
    assert words in mail.outbox[0].body
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    assert not AccountRequest.objects.exists()


def test_a_second_request_changes_nothing_while_one_waits(client):
    first = AccountRequestFactory(email="a.name@ipo.example", full_name="First")

    client.post(ASK, asked(MemberStateFactory(), full_name="Second"))

    assert list(AccountRequest.objects.values_list("pk", "full_name")) == [(first.pk, "First")]


def test_who_was_declined_may_ask_again(client):
    AccountRequestFactory(
        email="a.name@ipo.example", state=RequestState.DECLINED, decided_by=UserFactory(), decided_at=timezone.now()
    )

    client.post(ASK, asked(MemberStateFactory()))

    assert AccountRequest.objects.waiting().count() == 1


ALIKE = [
    "A.NAME@IPO.EXAMPLE",
    "ａ.ｎａｍｅ@ipo.example",  # full width
    " a.name@ipo.example ",
    "a.name@ｉｐｏ.example",
    "a.name@ipo。example",  # an ideographic full stop
]


@pytest.mark.parametrize("email", ALIKE)
def test_an_address_written_otherwise_is_the_same_address(client, email):
    AccountRequestFactory(email="a.name@ipo.example")

    response = client.post(ASK, asked(MemberStateFactory(), email=email))

    assert response.status_code == 302
    assert AccountRequest.objects.count() == 1


@pytest.mark.parametrize("email", ["nom@institué.example", "nom@INSTITUÉ.example", "nom@xn--institu-hya.example"])
def test_a_domain_in_another_script_has_one_form(email):
    assert canonical_address(email) == "nom@xn--institu-hya.example"


@pytest.mark.parametrize("email", ["аlice@ipo.example", "a b@ipo.example", "a@", "@ipo.example", "a@b@ipo..example"])
def test_letters_that_only_look_alike_are_no_address(email):
    with pytest.raises(ValidationError):
        canonical_address(email)


def test_asking_is_limited_and_what_was_typed_stays(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"request_account": "2/h/ip,3/d/key"}
    state = MemberStateFactory()
    for n in range(2):
        assert client.post(ASK, asked(state, email=f"n{n}@ipo.example")).status_code == 302

    response = client.post(ASK, asked(state, email="one.more@ipo.example"))

    assert response.status_code == 429
    assert "one.more@ipo.example" in response.content.decode()
    assert AccountRequest.objects.count() == 2


# --- The state's word (ACC-11, reading A3) ------------------------------------------------------------


def test_a_focal_point_vouches_with_a_note(client):
    here = focal_point()
    request = AccountRequestFactory(member_state=here.member_state)
    client.force_login(here)

    response = client.post(f"/requests/{request.pk}/", {"vouching": "vouched", "note": "Our head of training."})

    request.refresh_from_db()
    assert response["Location"] == "/requests/"
    assert (request.vouching, request.vouched_by) == (Vouching.VOUCHED, here)
    assert AuditEntry.objects.filter(action="request.vouched", reason="Our head of training.").exists()


def test_an_objection_needs_a_note_and_a_word_may_be_changed(client):
    here = focal_point()
    request = AccountRequestFactory(member_state=here.member_state)
    client.force_login(here)

    refused = client.post(f"/requests/{request.pk}/", {"vouching": "objected", "note": ""})
    client.post(f"/requests/{request.pk}/", {"vouching": "vouched"})
    client.post(f"/requests/{request.pk}/", {"vouching": "objected", "note": "Left the office."})

    request.refresh_from_db()
    assert refused.status_code == 422
    assert "Say why you object" in refused.content.decode()
    assert (request.vouching, request.vouching_note) == (Vouching.OBJECTED, "Left the office.")


def test_another_states_focal_point_neither_sees_nor_vouches(client):
    request = AccountRequestFactory(full_name="Somebody Else")
    client.force_login(focal_point())

    listed = client.get("/requests/")
    answer = client.post(f"/requests/{request.pk}/", {"vouching": "vouched"})

    assert "Somebody Else" not in listed.content.decode()
    assert answer.status_code == 404
    with pytest.raises(AccountRequest.DoesNotExist):
        vouch_for_request(actor=viewer(focal_point()), request=request, vouching=Vouching.VOUCHED, note="")


def test_a_mandate_vouches_until_its_last_day(client):
    mandate = MandateFactory(user=DelegateFactory(), ends_on=timezone.localdate())
    request = AccountRequestFactory(member_state=mandate.member_state)
    client.force_login(mandate.user)
    on_its_day = client.get("/requests/").status_code

    mandate.ends_on = timezone.localdate() - timedelta(days=1)
    mandate.starts_on = mandate.ends_on
    mandate.save()

    assert on_its_day == 200
    assert client.post(f"/requests/{request.pk}/", {"vouching": "vouched"}).status_code == 403


def test_the_secretariat_sees_all_but_does_not_speak_for_a_state():
    request = AccountRequestFactory()
    secretariat = viewer(UserFactory())

    with pytest.raises(PermissionDenied):
        vouch_for_request(actor=secretariat, request=request, vouching=Vouching.VOUCHED, note="")


def test_what_is_decided_is_not_vouched_for_any_more():
    here = focal_point()
    request = AccountRequestFactory(
        member_state=here.member_state,
        state=RequestState.DECLINED,
        decided_by=UserFactory(),
        decided_at=timezone.now(),
    )

    with pytest.raises(PermissionDenied):
        vouch_for_request(actor=viewer(here), request=request, vouching=Vouching.VOUCHED, note="")


# --- The decision -----------------------------------------------------------------------------------


def test_several_are_approved_at_once_and_both_sides_are_told(client):
    ProtocolFactory()
    here = focal_point(language="es")
    requests = AccountRequestFactory.create_batch(3, member_state=here.member_state, language="fr")
    secretariat = UserFactory()
    client.force_login(secretariat)

    chosen = [request.pk for request in requests[:2]]
    response = client.post(
        "/secretariat/requests/", {"requests": chosen, "decision": "approve", "reason": "Vouched for."}, follow=True
    )
    outbox.deliver_due()

    assert "2 requests approved." in response.content.decode()
    people = User.objects.filter(status=AccountStatus.INVITED)
    assert {person.email for person in people} == {request.email for request in requests[:2]}
    assert {(person.role, person.member_state, person.language) for person in people} == {
        (Role.DELEGATE, here.member_state, "fr")
    }
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        [requests[0].email, requests[1].email, here.email, here.email]
    )
    assert AccountRequest.objects.waiting().get() == requests[2]
    assert AuditEntry.objects.filter(action="request.approved", actor=secretariat, reason="Vouched for.").count() == 2


def test_declining_needs_a_reason_which_the_person_reads(client):
    request = AccountRequestFactory(language="en")
    client.force_login(UserFactory())
    fields = {"requests": [request.pk], "decision": "decline"}

    refused = client.post("/secretariat/requests/", {**fields, "reason": ""})
    client.post("/secretariat/requests/", {**fields, "reason": "Not put forward by your state."})
    outbox.deliver_due()

    request.refresh_from_db()
    assert refused.status_code == 422
    assert f'value="{request.pk}" checked' in refused.content.decode()
    assert request.state == RequestState.DECLINED
    assert [message.to for message in mail.outbox] == [[request.email]]
    assert "Not put forward by your state." in mail.outbox[0].body
    assert not User.objects.filter(email=request.email).exists()


def test_a_request_is_decided_once():
    request = AccountRequestFactory()
    secretariat = viewer(UserFactory())

    first = decide_requests(actor=secretariat, requests=[request.pk], approve=True, reason="")
    second = decide_requests(actor=secretariat, requests=[request.pk], approve=False, reason="No.")

    request.refresh_from_db()
    assert (first, second) == ([request], [])
    assert request.state == RequestState.APPROVED


@pytest.mark.parametrize("fields", [{}, {"requests": "x"}, {"requests": "999999"}, {"requests": "²"}])
def test_a_decision_on_nothing_says_what_to_do(client, fields):
    AccountRequestFactory()
    client.force_login(UserFactory())

    response = client.post("/secretariat/requests/", {"decision": "approve", **fields})

    assert response.status_code == 422
    assert AccountRequest.objects.waiting().count() == 1


def test_approving_somebody_who_was_invited_meanwhile_sends_a_new_link():
    request = AccountRequestFactory()
    secretariat = viewer(UserFactory())
    decide_requests(actor=secretariat, requests=[request.pk], approve=True, reason="")
    again = AccountRequestFactory(email=request.email)

    decide_requests(actor=secretariat, requests=[again.pk], approve=True, reason="")

    assert User.objects.filter(email=request.email).count() == 1
    assert Invitation.objects.open(timezone.now()).count() == 1
    assert Notice.objects.filter(kind="invitation.made").count() == 2


def test_a_moderator_does_not_decide():
    request = AccountRequestFactory()

    with pytest.raises(PermissionDenied):
        decide_requests(actor=viewer(UserFactory(role=Role.MODERATOR)), requests=[request.pk], approve=True, reason="")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", ["/requests/", "/secretariat/requests/"])
def test_a_list_of_requests_costs_the_same_however_long(client, django_assert_num_queries, address, count):
    here = focal_point()
    AccountRequestFactory.create_batch(count, member_state=here.member_state)
    client.force_login(UserFactory() if "secretariat" in address else here)

    with django_assert_num_queries(4):  # session, viewer, count, requests
        assert client.get(address).status_code == 200


# --- The Secretariat is told that requests wait -------------------------------------------------------

MORNING = datetime(2026, 11, 23, 7, tzinfo=UTC)  # a Monday, 8 o'clock in Geneva


@pytest.mark.parametrize("count", [1, 3])
def test_one_letter_tells_how_many_wait_and_not_who(count):
    secretariat, french = UserFactory(), UserFactory(language="fr")
    UserFactory(role=Role.MODERATOR)
    focal_point()
    with time_machine.travel(MORNING - timedelta(days=3), tick=False):
        waiting = AccountRequestFactory.create_batch(count, vouching=Vouching.VOUCHED)
        AccountRequestFactory(state=RequestState.DECLINED, decided_by=secretariat, decided_at=timezone.now())

    with time_machine.travel(MORNING, tick=False):
        assert tell_of_requests() == 2
        outbox.deliver_due()

    assert sorted(message.to[0] for message in mail.outbox) == sorted([secretariat.email, french.email])
    letter = next(message for message in mail.outbox if message.to == [secretariat.email])
    assert letter.body.startswith(
        "1 request for an account waits for a decision." if count == 1 else "3 requests for an account wait"
    )
    assert "The oldest is of 20 Nov 2026." in letter.body
    assert "/secretariat/requests/" in letter.body
    assert not any(request.full_name in letter.body or request.email in letter.body for request in waiting)


def test_it_comes_once_a_working_day_however_many_requests_come():
    UserFactory()
    told = []
    for hours in (-1, 0, 1, 5, 15, 24, 25):
        with time_machine.travel(MORNING + timedelta(hours=hours), tick=False):
            AccountRequestFactory()
            told.append(tell_of_requests())

    assert told == [0, 1, 0, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        (datetime(2026, 11, 20, 22, 59, tzinfo=UTC), 1),  # Friday, a minute before midnight in Geneva
        (datetime(2026, 11, 20, 23, tzinfo=UTC), 0),
        (datetime(2026, 11, 22, 12, tzinfo=UTC), 0),
        (datetime(2026, 11, 23, 6, 59, tzinfo=UTC), 0),
        (MORNING, 1),
    ],
)
def test_weekends_and_nights_are_left_alone(moment, count):
    UserFactory()
    with time_machine.travel(moment, tick=False):
        AccountRequestFactory()
        assert tell_of_requests() == count


def test_where_nothing_waits_nobody_is_told_and_the_first_request_of_the_day_is_told_of():
    UserFactory()
    with time_machine.travel(MORNING, tick=False):
        assert tell_of_requests() == 0
    with time_machine.travel(MORNING + timedelta(hours=4), tick=False):
        AccountRequestFactory()
        assert tell_of_requests() == 1


def test_what_was_decided_before_the_letter_went_is_not_told():
    secretariat = viewer(UserFactory())
    with time_machine.travel(MORNING, tick=False):
        request = AccountRequestFactory()
        tell_of_requests()
        decide_requests(actor=secretariat, requests=[request.pk], approve=False, reason="Not an official address.")
        outbox.deliver_due()

    assert [message.to for message in mail.outbox] == [[request.email]]


def test_who_wants_no_mail_about_duties_and_who_is_suspended_gets_none():
    outbox.set_pace(UserFactory(), MailScope.ACCOUNT, Pace.NONE)
    UserFactory(suspended_until="2999-01-01T00:00Z")
    with time_machine.travel(MORNING, tick=False):
        AccountRequestFactory()
        tell_of_requests()
        outbox.deliver_due()

    assert mail.outbox == []


def test_what_waits_comes_first_then_what_was_decided_last(client):
    here = focal_point()
    now = timezone.now()
    state, decided = here.member_state, {"state": RequestState.DECLINED, "decided_by": here}
    for name, days, fields in (
        ("decided long ago", 9, decided | {"decided_at": now - timedelta(days=8)}),
        ("decided", 7, decided | {"decided_at": now}),
        ("new", 1, {}),
        ("old", 5, {}),
    ):
        AccountRequestFactory(full_name=name, member_state=state, created_at=now - timedelta(days=days), **fields)
    client.force_login(here)

    shown = [request.full_name for request in client.get("/requests/").context["page"]]

    assert shown == ["old", "new", "decided", "decided long ago"]
