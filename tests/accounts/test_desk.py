"""The Secretariat's desk: what waits, how much of it, and what to do about it right there."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.enums import AccountStatus, MailScope, NoticeState, RequestState, Role
from accounts.models import AccountRequest, AuditEntry, Invitation, MemberState, Notice, User
from accounts.queries.desk import SHOWN, Desk
from accounts.services import outbox
from accounts.waiting import everything
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    MemberStateFactory,
    ProtocolFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

DESK = "/secretariat/"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def secretariat(client, db) -> User:
    person = UserFactory(role=Role.SECRETARIAT, full_name="Ms Desk")
    client.force_login(person)
    return person


def desk(client) -> Desk:
    answer = client.get(DESK)
    assert answer.status_code == 200
    return answer.context["desk"]


def asked(of: MemberState, number: int = 0, **fields: object) -> AccountRequest:
    defaults = {
        "email": f"new{number}-{of.pk}@forum.example",
        "full_name": f"New {number}",
        "member_state": of,
        "institution": "Office",
        "institution_kind": "ip_office",
        "reason": "To learn",
        "created_at": NOW - timedelta(days=number),
    }
    return AccountRequest.objects.create(**(defaults | fields))


def invited(by: User, days_ago: int, days: int = 14, **fields: object) -> Invitation:
    person = DelegateFactory(status=AccountStatus.INVITED, accepts=False)
    made = NOW - timedelta(days=days_ago)
    return Invitation.objects.create(
        user=person,
        token_hash=f"{person.pk:064}",
        invited_by=by,
        created_at=made,
        expires_at=made + timedelta(days=days),
        **fields,
    )


def given_up(user: User) -> Notice:
    protocol = ProtocolFactory()
    outbox.notify({user.pk: MailScope.ACCOUNT}, kind="protocol.reminded", about=protocol)
    Notice.objects.filter(user=user).update(state=NoticeState.FAILED, last_error="SMTPDataError")
    return Notice.objects.get(user=user)


# --- What waits -------------------------------------------------------------------------------------


def test_requests_wait_the_oldest_first_with_their_age(client, secretariat):
    state = MemberStateFactory()
    newer, older = asked(state, 1), asked(state, 9)
    asked(state, 20, state=RequestState.DECLINED, decided_by=secretariat, decided_at=NOW)

    answer = client.get(DESK)

    assert [request.pk for request in answer.context["desk"].requests.items] == [older.pk, newer.pk]
    assert "Waiting for 1\xa0week, 2\xa0days" in answer.content.decode()


def test_an_invitation_waits_once_it_is_a_week_old_or_expired(client, secretariat):
    old, expired = invited(secretariat, 8), invited(secretariat, 3, days=2)
    invited(secretariat, 6)
    invited(secretariat, 20, taken_up_at=NOW)
    invited(secretariat, 20, revoked_at=NOW)
    came_in = invited(secretariat, 20)
    User.objects.filter(pk=came_in.user_id).update(status=AccountStatus.ACTIVE)

    found = desk(client).invitations

    assert ([invitation.pk for invitation in found.items], found.count) == ([old.pk, expired.pk], 2)


def test_an_invitation_that_was_renewed_waits_anew(client, secretariat):
    old = invited(secretariat, 20)
    Invitation.objects.create(
        user=old.user,
        token_hash="f" * 64,
        invited_by=secretariat,
        created_at=NOW,
        expires_at=NOW + timedelta(days=14),
    )

    assert desk(client).invitations.count == 0


def test_what_ends_within_a_month_is_shown_the_soonest_first(client, secretariat):
    last = date(2026, 12, 21)  # in 30 days
    focal_point = MandateFactory(starts_on=date(2026, 1, 1), ends_on=last)
    MandateFactory(starts_on=date(2026, 1, 1), ends_on=last + timedelta(days=1))
    MandateFactory(starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 20))
    evaluator = UserFactory(role=Role.EVALUATOR, serves_until=date(2026, 11, 21))
    admitted = grant(UserFactory(role=Role.EXTERNAL), DiscussionFactory(), ends_at=NOW + timedelta(days=5))
    provider = grant(UserFactory(role=Role.FACILITATOR), DiscussionFactory().room, ends_at=NOW + timedelta(days=9))

    answer = client.get(DESK)

    found = answer.context["desk"].endings.items
    assert [(ending.kind, ending.record.pk, ending.days_left) for ending in found] == [
        ("period", evaluator.pk, 0),
        ("admission", admitted.pk, 5),
        ("contract", provider.pk, 9),
        ("mandate", focal_point.pk, 30),
    ]
    page = answer.content.decode()
    for address in (
        f"/admin/accounts/user/{evaluator.pk}/change/",
        f"/admissions/of-right/{admitted.pk}/",
        f"/admin/forum/roomgrant/{provider.pk}/change/",
        f"/admin/accounts/mandate/{focal_point.pk}/change/",
    ):
        assert f'href="{address}"' in page
        assert client.get(address, follow=True).status_code == 200


def test_states_without_a_focal_point_and_without_any_delegate_are_shown(client, secretariat):
    spoken_for = MandateFactory().user.member_state
    unspoken_for = DelegateFactory().member_state
    empty = MemberStateFactory()
    only_invited = DelegateFactory(status=AccountStatus.INVITED).member_state
    suspended = DelegateFactory(suspended_until=NOW + timedelta(days=1))
    MandateFactory(user=suspended)
    ended = MandateFactory(starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 20)).user.member_state

    found = desk(client)

    assert {state.pk for state in found.without_focal_point.items} == {
        unspoken_for.pk,
        empty.pk,
        only_invited.pk,
        suspended.member_state_id,
        ended.pk,
    }
    assert {state.pk for state in found.without_delegates.items} == {
        empty.pk,
        only_invited.pk,
        suspended.member_state_id,
    }
    assert spoken_for.pk not in {state.pk for state in found.without_focal_point.items}


def test_a_focal_point_who_moved_to_another_state_speaks_for_neither(client, secretariat):
    holder = MandateFactory().user
    former, other = holder.member_state, MemberStateFactory()
    User.objects.filter(pk=holder.pk).update(member_state=other)

    assert {state.pk for state in desk(client).without_focal_point.items} == {former.pk, other.pk}


def test_active_people_who_have_not_accepted_the_protocol_are_shown(client, secretariat):
    late = DelegateFactory(accepts=False)
    DelegateFactory(accepts=False, status=AccountStatus.INVITED)
    DelegateFactory()

    assert [person.pk for person in desk(client).not_accepted.items] == [late.pk]


def test_without_a_protocol_nobody_sees_the_desk(client):
    client.force_login(UserFactory(role=Role.SECRETARIAT, accepts=False))

    assert client.get(DESK).headers["Location"].startswith("/protocol/")


def test_of_many_the_first_ten_are_shown_and_all_are_counted(client, secretariat):
    for number in range(13):
        asked(MemberStateFactory(), number)
        invited(secretariat, 20)
        given_up(DelegateFactory())
        MandateFactory(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 1))

    found = desk(client)

    for waiting in (found.requests, found.invitations, found.failed, found.endings):
        assert (len(waiting.items), waiting.count, waiting.further) == (SHOWN, 13, 3)
    assert found.without_focal_point.count == 39
    assert "and 3 others" in client.get(DESK).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_however_much_waits(client, secretariat, django_assert_num_queries, count):
    for number in range(count):
        asked(MemberStateFactory(), number)
        invited(secretariat, 20)
        given_up(DelegateFactory(accepts=False))
        MandateFactory(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 1))
        UserFactory(role=Role.EVALUATOR, serves_until=date(2026, 12, 1))
        grant(UserFactory(role=Role.EXTERNAL), DiscussionFactory(), ends_at=NOW + timedelta(days=5))

    # session, viewer, requests, invitations, mandates, periods, rights in the forum, states, not accepted, failed;
    # and each kind that the apps above count
    with django_assert_num_queries(10 + len(everything(secretariat))):
        found = desk(client)

    assert found.failed.count == count


def test_an_empty_desk_says_so(client, secretariat):
    page = client.get(DESK).content.decode()

    for said in ("No request waits for a decision.", "Nothing ends within the month.", "All mail went out"):
        assert said in page


# --- What to do about it ----------------------------------------------------------------------------


def test_a_request_is_decided_at_the_desk(client, secretariat):
    request = asked(MemberStateFactory())

    page = client.get(DESK).content.decode()
    client.post("/secretariat/requests/", {"requests": request.pk, "decision": "approve", "reason": ""})

    assert f'name="requests" value="{request.pk}"' in page
    assert 'action="/secretariat/requests/"' in page
    request.refresh_from_db()
    assert request.state == RequestState.APPROVED


def test_an_invitation_is_renewed_at_the_desk(client, secretariat):
    old = invited(secretariat, 20)

    page = client.get(DESK).content.decode()
    client.post(f"/invitations/{old.pk}/renew/")

    assert f'action="/invitations/{old.pk}/renew/"' in page
    assert desk(client).invitations.count == 0


def test_the_mandate_of_a_state_begins_with_the_state(client, secretariat):
    state = DelegateFactory().member_state
    address = f"/admin/accounts/mandate/add/?office=focal_point&amp;member_state={state.pk}"

    assert f'href="{address}"' in client.get(DESK).content.decode()
    form = client.get(address.replace("&amp;", "&")).context["adminform"].form
    assert (form.initial["office"], form.initial["member_state"]) == ("focal_point", str(state.pk))


def test_mail_that_was_given_up_is_tried_again(client, secretariat):
    notice = given_up(DelegateFactory(accepts=False))
    sent = given_up(DelegateFactory())
    Notice.objects.filter(pk=sent.pk).update(state=NoticeState.SENT)

    client.post("/secretariat/notices/retry/")

    notice.refresh_from_db()
    sent.refresh_from_db()
    assert (notice.state, notice.attempts, notice.next_attempt_at) == (NoticeState.WAITING, 0, timezone.now())
    assert sent.state == NoticeState.SENT
    assert AuditEntry.objects.get(action="notices.tried_again").facts == {"count": 1}


def test_only_the_secretariat_has_the_desk(client):
    focal_point = MandateFactory().user
    notice = given_up(DelegateFactory())
    client.force_login(focal_point)

    refused = client.get(DESK)

    assert refused.status_code == 403
    assert "Only the Secretariat has this desk." in refused.content.decode()
    assert client.post("/secretariat/notices/retry/").status_code == 403
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.FAILED
    assert DESK not in client.get("/rooms/").content.decode()


def test_the_desk_is_in_the_navigation_of_the_secretariat(client, secretariat):
    assert f'href="{DESK}"' in client.get("/rooms/").content.decode()


@pytest.mark.parametrize("junk", ["x", "0", "\x00", "9" * 30])
def test_an_invitation_is_begun_for_the_state_that_lacks_a_delegate(client, secretariat, junk):
    state = MemberStateFactory()

    form = client.get(f"/invitations/new/?member_state={state.pk}").context["form"]

    assert form["member_state"].value() == str(state.pk)
    assert f'value="{state.pk}" selected' in str(form["member_state"])
    assert client.get("/invitations/new/", {"member_state": junk}).status_code == 200
