"""Being invited for a term: staff experts, facilitators and evaluators, up to the exact end of their last day."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.enums import ROLES_WITH_A_TERM, AccountStatus, Role
from accounts.models import Invitation, User
from accounts.services import outbox
from accounts.services.invitations import invite_people, invite_person, renew_invitation
from tests.accounts.test_invitations import (
    answers,
    focal_point,
    invited,
    link_in_letter,
    newcomer,
    problems,
    secretariat,
    send,
    xlsx,
)
from tests.factories import MemberStateFactory, ProtocolFactory

pytestmark = pytest.mark.django_db

INVITED = datetime(2027, 6, 20, 12, tzinfo=UTC)
LAST_DAY = date(2027, 6, 30)
LAST_MOMENT = datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC)  # Geneva is two hours ahead then
OVER = LAST_MOMENT + timedelta(seconds=1)
HEADER = "email,name,member_state,role,serves_until"


@pytest.fixture
def evaluator() -> str:
    """The personal link of an evaluator, up to the last day."""
    ProtocolFactory()
    with time_machine.travel(INVITED, tick=False):
        return invited(role=Role.EVALUATOR, member_state=None, serves_until=LAST_DAY)


def fields(**changes: object) -> dict[str, object]:
    return {
        "email": "x@wipo.example",
        "full_name": "X",
        "role": Role.EVALUATOR,
        "institution_kind": "other",
        "language": "en",
        "languages_read": ["en"],
        "serves_until": "2027-06-30",
        **changes,
    }


@pytest.mark.parametrize("role", ROLES_WITH_A_TERM)
def test_the_form_names_the_last_day(client, role):
    client.force_login(secretariat())

    with time_machine.travel(INVITED, tick=False):
        client.force_login(secretariat())
        response = client.post("/invitations/new/", fields(role=role))
        shown = client.get("/invitations/").content.decode()

    assert response.status_code == 302
    assert User.objects.get(email="x@wipo.example").serves_until == LAST_DAY
    assert "Last day: 30 Jun 2027" in shown


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"serves_until": "2027-06-19"}, "2027-06-20"),
        ({"serves_until": "30/06/27x"}, "2027-06-30"),
        ({"role": Role.SECRETARIAT}, ""),
        ({"role": Role.EXTERNAL}, ""),
    ],
)
def test_a_term_that_cannot_be_is_refused_and_the_nearest_is_taken(client, changes, day):
    with time_machine.travel(INVITED, tick=False):
        client.force_login(secretariat())

        refused = client.post("/invitations/new/", fields(**changes))
        taken = client.post("/invitations/new/", fields(**changes) | {"serves_until": day})

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["serves_until"])
    assert taken.status_code == 302


def test_a_delegate_has_no_term_and_a_focal_point_names_none(client):
    here = focal_point()
    client.force_login(here)

    client.post("/invitations/new/", fields(email="a@ipo.example"))

    assert User.objects.get(email="a@ipo.example").serves_until is None
    assert "serves_until" not in client.get("/invitations/new/").content.decode()
    with pytest.raises(ValidationError) as refusal:
        invite_person(actor=here, newcomer=newcomer(here.member_state, serves_until=date(2999, 1, 1)))
    assert refusal.value.code == "no_term"
    with pytest.raises(ValidationError):
        invite_people(actor=here, newcomers=[newcomer(here.member_state, serves_until=date(2999, 1, 1))])


def test_the_account_works_to_the_last_moment_of_the_last_day(client, evaluator):
    with time_machine.travel(LAST_MOMENT, tick=False):
        page = client.get(evaluator).content.decode()
        taken = client.post(evaluator, answers())
        within = client.get("/rooms/").status_code
    with time_machine.travel(OVER, tick=False):
        after = client.get("/rooms/").status_code

    assert "You take part as: Independent evaluator, until 30 Jun 2027." in page
    assert (taken.status_code, within, after) == (302, 200, 302)
    person = User.objects.get(role=Role.EVALUATOR)
    assert (person.status, person.serves_until) == (AccountStatus.ACTIVE, LAST_DAY)


def test_the_link_ends_with_the_last_day(client, evaluator):
    with time_machine.travel(OVER, tick=False):
        shown, sent = client.get(evaluator), client.post(evaluator, answers())
        passkey = client.get(f"{evaluator}passkey/")

    assert (shown.status_code, sent.status_code, passkey.status_code) == (410, 410, 404)
    assert User.objects.get(role=Role.EVALUATOR).status == AccountStatus.INVITED


def test_it_is_renewed_once_the_term_is_prolonged(client, evaluator):
    invitation = Invitation.objects.get()
    with time_machine.travel(OVER, tick=False):
        with pytest.raises(ValidationError) as refusal:
            renew_invitation(actor=secretariat(), invitation=invitation)
        User.objects.filter(role=Role.EVALUATOR).update(serves_until=LAST_DAY + timedelta(days=30))
        renew_invitation(actor=secretariat(), invitation=invitation)
        renewed = client.get(link_in_letter()).status_code

    assert refusal.value.code == "term_over"
    assert renewed == 200


def test_a_letter_that_waited_past_the_term_is_not_sent():
    with time_machine.travel(INVITED, tick=False):
        invite_person(
            actor=secretariat(), newcomer=newcomer(role=Role.EXPERT, member_state=None, serves_until=LAST_DAY)
        )
    with time_machine.travel(OVER, tick=False):
        outbox.deliver_due()

    assert mail.outbox == []


# --- Lists ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["CSV", "XLSX"])
def test_a_list_names_roles_and_last_days(client, kind):
    state = MemberStateFactory(code="KE")
    rows = [
        ["a@wipo.example", "Ann", "", "evaluator", "2027-06-30"],
        ["b@wipo.example", "Bo", "", "Facilitator", ""],
        ["c@ipo.example", "Cy", "KE", "", ""],
    ]
    with time_machine.travel(INVITED, tick=False):
        client.force_login(secretariat())
        if kind == "XLSX":
            rows[0][4] = datetime(2027, 6, 30)  # noqa: DTZ001 - as a workbook keeps a day
            checked = send(client, xlsx([HEADER.split(","), *rows]))
        else:
            checked = send(client, "\n".join([HEADER, *(",".join(row) for row in rows)]))
        client.post("/invitations/list/", {"checked": checked.context["sealed"]})

    assert problems(checked) == []
    people = User.objects.filter(status=AccountStatus.INVITED).order_by("email")
    assert [(one.role, one.member_state, one.serves_until) for one in people] == [
        (Role.EVALUATOR, None, LAST_DAY),
        (Role.FACILITATOR, None, None),
        (Role.DELEGATE, state, None),
    ]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("a@wipo.example,Ann,,king,", ["role"]),
        ("a@wipo.example,Ann,KE,expert,", ["member_state"]),
        ("a@wipo.example,Ann,,delegate,", ["member_state"]),
        ("a@wipo.example,Ann,KE,delegate,2027-06-30", ["serves_until"]),
        ("a@wipo.example,Ann,,expert,30.6.2027", ["serves_until"]),
        ("a@wipo.example,Ann,,expert,2027-06-19", ["serves_until"]),
        ("a@wipo.example,Ann,,expert,2027-06-31", ["serves_until"]),
        ("a@wipo.example,Ann,,expert,=TODAY()", ["serves_until"]),
        ("a@wipo.example,Ann,,expert,2027-06-20", []),
    ],
)
def test_a_bad_role_or_day_is_named(client, row, columns):
    MemberStateFactory(code="KE")
    with time_machine.travel(INVITED, tick=False):
        client.force_login(secretariat())
        checked = send(client, f"{HEADER}\n{row}\n")

    assert problems(checked) == [(2, column) for column in columns]


def test_a_day_that_passes_between_check_and_invitation_is_left_out(client):
    with time_machine.travel(LAST_MOMENT, tick=False):
        client.force_login(secretariat())
        sealed = send(client, f"{HEADER}\na@wipo.example,Ann,,expert,2027-06-30\n").context["sealed"]
    with time_machine.travel(OVER, tick=False):
        client.post("/invitations/list/", {"checked": sealed})

    assert not Invitation.objects.exists()


def test_the_list_of_a_focal_point_has_neither_column(client):
    here = focal_point(MemberStateFactory(code="KE"))
    client.force_login(here)

    refused = send(client, f"{HEADER}\na@ipo.example,Ann,KE,delegate,\n")
    template = client.get("/invitations/list/template/").content.decode()

    assert refused.status_code == 422
    assert "role" not in template
    assert problems(send(client, template)) == []
