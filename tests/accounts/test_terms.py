"""Mandates, periods and admissions: given, told of before they end, and ended by themselves on their day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.test import Client

from accounts import endings
from accounts.days import today
from accounts.enums import AccountStatus, MailScope, Office, Role
from accounts.models import AccountRequest, AuditEntry, Mandate, Notice, User
from accounts.services import outbox
from accounts.services.records import keep_record
from accounts.services.terms import end_what_is_over, keep_mandate, tell_of_endings, withdraw_mandate
from forum.models import Discussion, Room
from forum.streams import open_stream, still_allowed
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    MemberStateFactory,
    ProtocolFactory,
    RegionalGroupFactory,
    RoomFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

GENEVA = ZoneInfo("Europe/Zurich")
LAST_DAY = date(2026, 12, 15)
LAST_MOMENT = datetime(2026, 12, 15, 23, 59, 59, tzinfo=GENEVA)
OVER = datetime(2026, 12, 16, 0, 0, 0, tzinfo=GENEVA)
LAST_MOMENT_IN_SUMMER = datetime(2026, 7, 15, 23, 59, 59, tzinfo=GENEVA)


@pytest.fixture
def secretariat(db) -> User:
    return UserFactory(role=Role.SECRETARIAT)


def mandate(user: User, **fields: object) -> Mandate:
    fields = {
        "office": Office.FOCAL_POINT,
        "member_state": user.member_state,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 15),
    } | fields
    return Mandate(user=user, **fields)


def sent_to(user: User) -> list[str]:
    return [message.subject for message in mail.outbox if message.to == [user.email]]


def audited(action: str) -> list[tuple[int | None, dict]]:
    return list(AuditEntry.objects.filter(action=action).order_by("pk").values_list("actor", "facts"))


# --- Giving a mandate -------------------------------------------------------------------------------


def test_a_new_focal_point_is_told_and_the_decision_is_kept(secretariat):
    delegate = DelegateFactory(member_state=MemberStateFactory(name_en="Kenya"))

    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        given = keep_mandate(actor=secretariat, mandate=mandate(delegate), reason="Note of 12 November")
        outbox.deliver_due()

    entry = AuditEntry.objects.get(action="mandate.given")
    assert (entry.actor, entry.subject, entry.reason) == (
        secretariat,
        f"accounts.mandate:{given.pk}",
        "Note of 12 November",
    )
    assert entry.facts == {
        "person": delegate.pk,
        "office": "focal_point",
        "member_state": delegate.member_state_id,
        "regional_group": None,
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-15",
    }
    [message] = mail.outbox
    assert (message.to, message.subject) == ([delegate.email], "You are the focal point of Kenya")
    assert "15 Dec 2026" in message.body


def test_a_mandate_that_is_changed_is_recorded_and_not_told_again(secretariat):
    given = MandateFactory()

    given.ends_on = date(2027, 1, 31)
    keep_mandate(actor=secretariat, mandate=given)

    assert audited("mandate.changed")[0][1]["ends_on"] == "2027-01-31"
    assert not Notice.objects.exists()


def test_a_withdrawn_mandate_leaves_what_it_was(secretariat):
    given = MandateFactory()

    withdraw_mandate(actor=secretariat, mandate=given)

    assert not Mandate.objects.exists()
    assert audited("mandate.deleted")[0][1]["person"] == given.user_id


def test_nobody_but_the_secretariat_gives_a_mandate(secretariat):
    focal_point = MandateFactory().user

    with pytest.raises(PermissionDenied, match="Only the Secretariat"):
        keep_mandate(actor=focal_point, mandate=mandate(DelegateFactory(member_state=focal_point.member_state)))


def test_a_focal_point_is_a_delegate_of_the_state(secretariat):
    with pytest.raises(ValidationError) as refusal:
        keep_mandate(actor=secretariat, mandate=mandate(DelegateFactory(), member_state=MemberStateFactory()))

    assert refusal.value.code == "other_state"


def test_a_coordinator_is_a_delegate(secretariat):
    group = RegionalGroupFactory()
    fields = {"office": Office.COORDINATOR, "member_state": None, "regional_group": group}

    with pytest.raises(ValidationError) as refusal:
        keep_mandate(actor=secretariat, mandate=mandate(UserFactory(role=Role.EXPERT), **fields))
    keep_mandate(actor=secretariat, mandate=mandate(DelegateFactory(), **fields))

    assert refusal.value.code == "no_delegate"
    assert Mandate.objects.get().regional_group == group


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "meets"),
    [
        (date(2026, 12, 15), None, True),
        (date(2026, 12, 16), None, False),
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2025, 1, 1), None, True),
    ],
)
def test_one_person_has_no_two_such_mandates_at_once(secretariat, starts_on, ends_on, meets):
    delegate = DelegateFactory()
    keep_mandate(actor=secretariat, mandate=mandate(delegate))
    second = mandate(delegate, starts_on=starts_on, ends_on=ends_on)

    if meets:
        with pytest.raises(ValidationError) as refusal:
            keep_mandate(actor=secretariat, mandate=second)
        assert refusal.value.code == "overlapping"
    else:
        keep_mandate(actor=secretariat, mandate=second)
        assert delegate.mandates.count() == 2


def test_the_administration_says_what_is_wrong_with_a_mandate(client, secretariat):
    client.force_login(secretariat)
    delegate = DelegateFactory()
    fields = {
        "user": delegate.pk,
        "office": "focal_point",
        "member_state": MemberStateFactory().pk,
        "regional_group": "",
        "starts_on": "2026-11-01",
        "ends_on": "",
        "reason": "Note of 12 November",
    }

    refused = client.post("/admin/accounts/mandate/add/", fields)
    taken = client.post("/admin/accounts/mandate/add/", fields | {"member_state": delegate.member_state_id})

    assert "A focal point is a delegate of the state itself." in refused.content.decode()
    assert taken.status_code == 302
    assert AuditEntry.objects.get(action="mandate.given").reason == "Note of 12 November"


# --- The exact end of a day -------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Europe/Zurich", "America/Los_Angeles"])
@pytest.mark.parametrize("last_moment", [LAST_MOMENT, LAST_MOMENT_IN_SUMMER], ids=["winter", "summer"])
def test_a_period_ends_with_the_day_in_geneva_for_pages_streams_and_mail(zone, last_moment):
    room = RoomFactory()
    ProtocolFactory()
    with time_machine.travel(last_moment, tick=False):
        evaluator = UserFactory(role=Role.EVALUATOR, serves_until=last_moment.date(), time_zone=zone)
        client = Client()
        client.force_login(evaluator)
        stream = open_stream(client.session.session_key, None, room.language, 0)
        assert client.get("/rooms/").status_code == 200
        assert stream is not None
        assert still_allowed(stream)
        assert User.objects.active().filter(pk=evaluator.pk).exists()
        outbox.notify({evaluator.pk: MailScope.ACCOUNT}, kind="protocol.reminded", about=ProtocolFactory(version=1))

    with time_machine.travel(last_moment + timedelta(seconds=1), tick=False):
        assert client.get("/rooms/").headers["Location"].startswith("/accounts/login/")
        assert not still_allowed(stream)
        assert open_stream(client.session.session_key, None, room.language, 0) is None
        assert not User.objects.active().filter(pk=evaluator.pk).exists()
        outbox.deliver_due()
    assert sent_to(evaluator) == []


def test_who_is_active_at_a_moment_is_told_by_the_day_of_that_moment():
    person = UserFactory(role=Role.EVALUATOR, serves_until=LAST_DAY)

    with time_machine.travel(datetime(2027, 5, 1, tzinfo=UTC)):
        assert User.objects.active(LAST_MOMENT).filter(pk=person.pk).exists()
        assert not User.objects.active(OVER).filter(pk=person.pk).exists()


def test_a_mandate_begins_and_ends_with_the_day_in_geneva(client):
    delegate = DelegateFactory()
    MandateFactory(user=delegate, starts_on=date(2026, 12, 14), ends_on=LAST_DAY)
    AccountRequest.objects.create(
        email="new@forum.example",
        full_name="New",
        member_state=delegate.member_state,
        institution="Office",
        institution_kind="ip_office",
        reason="To learn",
    )

    def speaks(moment: datetime) -> tuple[bool, bool, int]:
        with time_machine.travel(moment, tick=False):
            client.force_login(delegate)
            request = HttpRequest()
            request.session = client.session
            at_sign_in = get_user(request)
            person = User.objects.with_access().get(pk=delegate.pk)
            requests = AccountRequest.objects.visible_to(person).count()
            return at_sign_in.is_focal_point, User.objects.get(pk=delegate.pk).is_focal_point, requests

    assert speaks(datetime(2026, 12, 13, 23, 59, 59, tzinfo=GENEVA)) == (False, False, 0)
    assert speaks(datetime(2026, 12, 14, 0, 0, 0, tzinfo=GENEVA)) == (True, True, 1)
    assert speaks(LAST_MOMENT) == (True, True, 1)
    assert speaks(OVER) == (False, False, 0)


def test_who_moves_to_another_state_speaks_for_none(secretariat):
    focal_point = MandateFactory().user
    User.objects.filter(pk=focal_point.pk).update(member_state=MemberStateFactory())

    assert User.objects.get(pk=focal_point.pk).is_focal_point is False
    assert User.objects.with_access().get(pk=focal_point.pk).is_focal_point is False


@pytest.mark.parametrize("role", [Role.EXTERNAL, Role.FACILITATOR])
def test_a_dated_right_ends_at_its_moment(role):
    discussion = DiscussionFactory()
    ends_at = datetime(2026, 12, 15, 18, 30, tzinfo=UTC)
    target: Discussion | Room = discussion if role == Role.EXTERNAL else discussion.room
    with time_machine.travel(ends_at - timedelta(seconds=1), tick=False):
        person = UserFactory(role=role)
        grant(person, target, ends_at=ends_at)
        client = Client()
        client.force_login(person)
        stream = open_stream(client.session.session_key, discussion.pk, None, 0)
        assert client.get(discussion.get_absolute_url()).status_code == 200
        assert stream is not None
        assert still_allowed(stream)

    with time_machine.travel(ends_at, tick=False):
        assert client.get(discussion.get_absolute_url()).status_code == 404
        assert not still_allowed(stream)


# --- Before the end ---------------------------------------------------------------------------------


@pytest.fixture
def one_of_each(secretariat) -> dict[str, User]:
    """Something of each kind with its last day on 15 December."""
    discussion = DiscussionFactory()
    people = {
        "mandate": MandateFactory(user=DelegateFactory(), ends_on=LAST_DAY, starts_on=date(2026, 1, 1)).user,
        "period": UserFactory(role=Role.EVALUATOR, serves_until=LAST_DAY),
        "admission": UserFactory(role=Role.EXTERNAL),
        "contract": UserFactory(role=Role.FACILITATOR),
    }
    with time_machine.travel(datetime(2026, 10, 1, tzinfo=UTC)):
        grant(people["admission"], discussion, ends_at=datetime(2026, 12, 15, 12, tzinfo=UTC))
        grant(people["contract"], discussion.room, ends_at=OVER)
    return people


def told_on(day: date) -> int:
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        mail.outbox.clear()
        count = tell_of_endings()
        outbox.deliver_due()
    return count


def test_people_and_the_secretariat_are_told_a_month_and_a_week_before(one_of_each, secretariat):
    assert told_on(LAST_DAY - timedelta(days=31)) == 0
    assert mail.outbox == []

    for days in (30, 7):
        assert told_on(LAST_DAY - timedelta(days=days)) == 4
        for person in one_of_each.values():
            [subject] = sent_to(person)
            assert subject.startswith("What you take part as ends soon: ")
        assert sent_to(secretariat) == ["Mandates, periods and admissions that end soon"]
        assert mail.outbox[-1].body.count("15 Dec 2026") == 4
        assert told_on(LAST_DAY - timedelta(days=days - 1)) == 0
        assert mail.outbox == []


def test_a_month_that_the_clock_missed_is_told_once_when_it_is_back(one_of_each, secretariat):
    assert told_on(LAST_DAY - timedelta(days=20)) == 4
    assert told_on(LAST_DAY - timedelta(days=10)) == 0
    assert told_on(LAST_DAY) == 4
    assert told_on(LAST_DAY + timedelta(days=1)) == 0


def test_what_was_prolonged_is_not_told_and_is_told_anew_before_its_new_end(one_of_each, secretariat):
    evaluator = one_of_each["period"]
    told_on(LAST_DAY - timedelta(days=30))
    with time_machine.travel(datetime(2026, 12, 8, 12, tzinfo=UTC)):
        tell_of_endings()
        User.objects.filter(pk=evaluator.pk).update(serves_until=date(2027, 6, 30))
        mail.outbox.clear()
        outbox.deliver_due()

    assert sent_to(evaluator) == []
    assert told_on(date(2027, 5, 31)) == 1
    assert sent_to(evaluator) == ["What you take part as ends soon: Independent evaluator"]


def test_what_goes_on_by_another_is_not_told(secretariat):
    held = MandateFactory(starts_on=date(2026, 1, 1), ends_on=LAST_DAY)
    MandateFactory(user=held.user, starts_on=LAST_DAY + timedelta(days=1))

    assert told_on(LAST_DAY - timedelta(days=7)) == 0


def test_who_has_left_is_not_told(one_of_each, secretariat):
    User.objects.filter(pk__in=[person.pk for person in one_of_each.values()]).update(status=AccountStatus.LEFT)

    assert told_on(LAST_DAY - timedelta(days=7)) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_finding_what_ends_costs_the_same_however_much(django_assert_num_queries, count):
    for _number in range(count):
        MandateFactory(starts_on=date(2026, 1, 1), ends_on=LAST_DAY)
        UserFactory(role=Role.EVALUATOR, serves_until=LAST_DAY)
        grant(UserFactory(role=Role.EXTERNAL), DiscussionFactory(), ends_at=LAST_MOMENT)

    with django_assert_num_queries(3):  # mandates, periods, rights in the forum
        found = endings.between(LAST_DAY, LAST_DAY)

    assert len(found) == 3 * count


@pytest.mark.parametrize(
    ("ends_at", "last_day"),
    [
        (LAST_MOMENT, LAST_DAY),
        (OVER, LAST_DAY),  # an end at midnight belongs to the day before
        (OVER + timedelta(seconds=1), LAST_DAY + timedelta(days=1)),
        (datetime(2026, 7, 15, 22, 0, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 7, 15, 22, 0, 1, tzinfo=UTC), date(2026, 7, 16)),
    ],
)
def test_the_last_day_of_a_right_is_genevas(ends_at, last_day):
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC)):
        grant(UserFactory(role=Role.EXTERNAL), DiscussionFactory(), ends_at=ends_at)

    assert [ending.last_day for ending in endings.between(last_day, last_day)] == [last_day]
    assert endings.between(last_day - timedelta(days=1), last_day - timedelta(days=1)) == []
    assert endings.between(last_day + timedelta(days=1), last_day + timedelta(days=1)) == []


# --- The end ----------------------------------------------------------------------------------------


def test_the_end_signs_people_out_and_is_recorded_once(one_of_each):
    with time_machine.travel(LAST_MOMENT, tick=False):
        for person in one_of_each.values():
            Client().force_login(person)
        assert end_what_is_over() == 0

    with time_machine.travel(OVER, tick=False):
        assert end_what_is_over() == 4
        assert end_what_is_over() == 0
        holders = {int(session.get_decoded()["_auth_user_id"]) for session in Session.objects.all()}

    assert holders == {one_of_each["mandate"].pk}  # a delegate stays one without the mandate
    for kind, person in one_of_each.items():
        [(actor, facts)] = audited(f"{kind}.ended")
        assert actor is None
        assert facts == {
            "person": person.pk,
            "last_day": "2026-12-15",
            "sessions_ended": 0 if kind == "mandate" else 1,
        }


def test_who_may_still_do_something_else_stays_signed_in(secretariat):
    person = UserFactory(role=Role.EXTERNAL)
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC)):
        grant(person, DiscussionFactory(), ends_at=LAST_MOMENT)
        grant(person, DiscussionFactory(), ends_at=LAST_MOMENT + timedelta(days=30))

    with time_machine.travel(OVER):
        Client().force_login(person)
        end_what_is_over()

        assert Session.objects.count() == 1
        assert len(audited("admission.ended")) == 1


def test_an_end_that_comes_again_after_it_was_prolonged_is_recorded_again(secretariat):
    person = UserFactory(role=Role.EXPERT, serves_until=LAST_DAY)
    with time_machine.travel(OVER):
        end_what_is_over()
    User.objects.filter(pk=person.pk).update(serves_until=LAST_DAY + timedelta(days=5))
    with time_machine.travel(OVER + timedelta(days=5)):
        end_what_is_over()

    assert [facts["last_day"] for _actor, facts in audited("period.ended")] == ["2026-12-15", "2026-12-20"]


def test_nothing_else_of_a_person_changes_at_the_end(secretariat):
    person = UserFactory(role=Role.EXPERT, serves_until=LAST_DAY)
    with time_machine.travel(OVER):
        end_what_is_over()
        assert today() == LAST_DAY + timedelta(days=1)

    person.refresh_from_db()
    assert (person.status, person.serves_until) == (AccountStatus.ACTIVE, LAST_DAY)


def test_the_trail_keeps_the_days_and_roles_that_the_administration_sets(client, secretariat):
    expert = UserFactory(role=Role.EXPERT, full_name="Words stay out", gender="f")
    expert.serves_until, expert.full_name, expert.gender = LAST_DAY, "Other words", ""

    keep_record(actor=secretariat, record=expert, fields=["serves_until", "full_name", "gender", "role"])

    assert audited("user.changed") == [
        (
            secretariat.pk,
            {
                "fields": ["full_name", "gender", "role", "serves_until"],
                "values": {"role": "expert", "serves_until": "2026-12-15"},
            },
        )
    ]


def test_the_trail_keeps_whose_a_dated_right_is(secretariat):
    person = UserFactory(role=Role.EXTERNAL)
    admitted = grant(person, DiscussionFactory(), ends_at=LAST_MOMENT)

    keep_record(actor=secretariat, record=admitted, fields=["ends_at"])

    [(actor, facts)] = audited("discussiongrant.changed")
    assert (actor, facts["person"]) == (secretariat.pk, person.pk)
    assert facts["values"]["ends_at"].startswith("2026-12-15T23:59:59")
