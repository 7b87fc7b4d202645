"""Invitations: who invites whom, the personal link, and lists from a spreadsheet."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from accounts.enums import AccountStatus, InvitationState, RequestState, Role
from accounts.models import AuditEntry, Invitation, Notice, ProtocolAcceptance, User
from accounts.services import outbox
from accounts.services.invitations import (
    Newcomer,
    hash_of,
    invite_person,
    renew_invitation,
    revoke_invitation,
    token_of,
)
from forum.models import Follow
from tests.factories import (
    AccountRequestFactory,
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    MemberStateFactory,
    ProtocolFactory,
    RoomFactory,
    UserFactory,
    WeeklyTopicFactory,
)

pytestmark = pytest.mark.django_db

SECRET = "Nine-blue-harbours"


def viewer(user: User) -> User:
    return User.objects.with_access().get(pk=user.pk)


def focal_point(state=None, **fields) -> User:
    state = state or MemberStateFactory()
    return viewer(MandateFactory(user=DelegateFactory(member_state=state, **fields)).user)


def secretariat() -> User:
    return viewer(UserFactory())


def newcomer(state=None, **fields) -> Newcomer:
    return Newcomer(
        **{"email": "a.name@ipo.example", "full_name": "A. Name", "member_state": state or MemberStateFactory()}
        | fields
    )


def link_in_letter() -> str:
    outbox.deliver_due()
    return re.search(r"/invitations/[\w-]{43}/", mail.outbox[-1].body).group()


def invited(**fields) -> str:
    """Invite somebody, and return the address of the personal link, from the letter."""
    invite_person(actor=secretariat(), newcomer=newcomer(**fields))
    return link_in_letter()


def answers(**changes):
    return {
        "language": "en",
        "full_name": "A. Name",
        "languages_read": ["en"],
        "password": SECRET,
        "password_again": SECRET,
        f"accepted_{ProtocolFactory().pk}": "on",
        **changes,
    }


# --- Who invites whom (ACC-11) ------------------------------------------------------------------------


def test_a_focal_point_invites_a_person_of_the_own_state(client):
    here = focal_point()
    client.force_login(here)
    fields = {
        "email": "A.Name@ipo.example",
        "full_name": "A. Name",
        "institution": "Office",
        "institution_kind": "ip_office",
        "language": "fr",
        "languages_read": ["fr"],
        "role": Role.SECRETARIAT,  # not asked, so not listened to
        "member_state": MemberStateFactory().pk,
    }

    response = client.post("/invitations/new/", fields)
    outbox.deliver_due()

    person = User.objects.get(email="a.name@ipo.example")
    assert response["Location"] == "/invitations/"
    assert (person.role, person.member_state, person.status) == (
        Role.DELEGATE,
        here.member_state,
        AccountStatus.INVITED,
    )
    assert not person.has_usable_password()
    assert [message.to for message in mail.outbox] == [["a.name@ipo.example"]]
    assert AuditEntry.objects.filter(action="person.invited", actor=here).exists()


def test_a_focal_point_invites_nobody_of_another_state_or_role():
    here = focal_point()

    with pytest.raises(PermissionDenied):
        invite_person(actor=here, newcomer=newcomer(MemberStateFactory()))
    with pytest.raises(PermissionDenied):
        invite_person(actor=here, newcomer=newcomer(role=Role.EXPERT, member_state=None))
    assert invite_person(actor=here, newcomer=newcomer(here.member_state)) is not None


@pytest.mark.parametrize("role", [role for role in Role if role != Role.DELEGATE])
def test_the_secretariat_invites_in_any_role(client, role):
    client.force_login(secretariat())
    fields = {
        "email": "x@wipo.example",
        "full_name": "X",
        "role": role,
        "institution_kind": "other",
        "language": "en",
        "languages_read": ["en"],
    }

    response = client.post("/invitations/new/", fields)

    assert response.status_code == 302
    assert User.objects.get(email="x@wipo.example").role == role


@pytest.mark.parametrize(("role", "with_state"), [(Role.DELEGATE, False), (Role.EXPERT, True)])
def test_a_delegate_has_a_state_and_nobody_else(client, role, with_state):
    client.force_login(secretariat())
    fields = {
        "email": "x@wipo.example",
        "full_name": "X",
        "role": role,
        "institution_kind": "other",
        "language": "en",
        "languages_read": ["en"],
        "member_state": MemberStateFactory().pk if with_state else "",
    }

    response = client.post("/invitations/new/", fields)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["member_state"]


def test_who_has_an_account_is_not_invited_again():
    state = MemberStateFactory()
    DelegateFactory(email="a.name@ipo.example", member_state=state)

    with pytest.raises(ValidationError, match="has an account"):
        invite_person(actor=secretariat(), newcomer=newcomer(state))
    with pytest.raises(ValidationError, match="has an account"):
        invite_person(actor=focal_point(state), newcomer=newcomer(state))


def test_a_focal_point_does_not_learn_of_accounts_elsewhere(client):
    here = focal_point()
    known = DelegateFactory()
    client.force_login(here)
    fields = {
        "full_name": "A. Name",
        "institution_kind": "other",
        "language": "en",
        "languages_read": ["en"],
    }

    seen = {}
    for email in (known.email, "unknown@ipo.example"):
        response = client.post("/invitations/new/", {**fields, "email": email})
        seen[email] = (response.status_code, response["Location"])
    outbox.deliver_due()

    assert len(set(seen.values())) == 1
    assert sorted(message.to[0] for message in mail.outbox) == sorted(seen)
    assert User.objects.get(email=known.email).member_state == known.member_state


def test_an_invitation_settles_the_request_that_waits():
    here = focal_point()
    request = AccountRequestFactory(email="a.name@ipo.example", member_state=here.member_state)

    invite_person(actor=here, newcomer=newcomer(here.member_state))

    request.refresh_from_db()
    assert (request.state, request.decided_by) == (RequestState.APPROVED, here)


def test_a_delegate_without_a_mandate_invites_nobody(client, delegate):
    client.force_login(delegate)

    assert client.get("/invitations/").status_code == 403
    with pytest.raises(PermissionDenied):
        invite_person(actor=viewer(delegate), newcomer=newcomer(delegate.member_state))


# --- The personal link ------------------------------------------------------------------------------


def test_the_link_opens_the_account_and_leads_to_this_weeks_discussion(client):
    ProtocolFactory()
    RoomFactory(language="fr")
    address = invited(language="fr")
    shown = client.get(address)

    taken = client.post(address, answers(language="fr", languages_read=["fr", "en"], full_name="Mme A. Name"))

    person = User.objects.get(email="a.name@ipo.example")
    assert 'lang="fr"' in shown.content.decode()
    assert (taken.status_code, taken["Location"]) == (302, "/this-week/")
    assert (person.status, person.full_name, person.language, person.languages_read) == (
        AccountStatus.ACTIVE,
        "Mme A. Name",
        "fr",
        ["fr", "en"],
    )
    assert person.check_password(SECRET)
    assert ProtocolAcceptance.objects.filter(user=person).count() == 1
    assert Follow.objects.filter(user=person, room__language="fr").exists()
    assert client.get("/rooms/").status_code == 200
    assert Invitation.objects.get().state == InvitationState.TAKEN_UP
    assert AuditEntry.objects.filter(action="invitation.taken_up", actor=person).exists()


def test_this_week_leads_to_the_discussion_in_the_readers_room(client, delegate):
    now = timezone.now()
    ours = DiscussionFactory(
        room=RoomFactory(language="en"), topic__opens_at=now, topic__closes_at=now + timedelta(days=6), opened_at=now
    )
    WeeklyTopicFactory()
    client.force_login(delegate)

    response = client.get("/this-week/")

    assert response["Location"] in {ours.get_absolute_url(), "/rooms/"}


def test_only_the_hash_of_the_token_is_kept():
    token = invited().split("/")[2]

    kept = Invitation.objects.get()
    assert len(token) == 43
    assert kept.token_hash == hash_of(token)
    assert token not in str(list(Invitation.objects.values())) + str(list(Notice.objects.values()))


def test_looking_at_the_link_does_not_use_it_up(client):
    ProtocolFactory()
    address = invited()

    for _visit in range(3):
        assert client.get(address).status_code == 200
    assert client.head(address).status_code == 405
    assert client.post(address, answers()).status_code == 302


def test_a_link_works_once_and_ended_links_are_all_answered_alike(client):
    ProtocolFactory()
    used = invited(email="used@ipo.example")
    Client().post(used, answers())
    invited(email="revoked@ipo.example")
    revoked = link_in_letter()
    revoke_invitation(actor=secretariat(), invitation=Invitation.objects.last_of_each().first(), reason="Moved.")
    expired = invited(email="expired@ipo.example")
    Invitation.objects.filter(user__email="expired@ipo.example").update(
        created_at=timezone.now() - timedelta(days=15), expires_at=timezone.now()
    )
    wrong = used[:-2] + ("A" if used[-2] != "A" else "B") + "/"

    pages = set()
    for address in (used, revoked, expired, wrong):
        for response in (client.get(address), client.post(address, answers())):
            body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
            pages.add((response.status_code, body))

    assert [status for status, _body in pages] == [410]
    assert "/accounts/login/" in next(iter(pages))[1]
    assert client.get("/rooms/").status_code == 302


def test_a_link_works_until_the_moment_it_expires(client):
    ProtocolFactory()
    address = invited()
    ends = Invitation.objects.get().expires_at

    with time_machine.travel(ends - timedelta(seconds=1), tick=False):
        assert client.get(address).status_code == 200
    with time_machine.travel(ends, tick=False):
        assert client.get(address).status_code == 410


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": "password123456", "password_again": "password123456"}, "password"),
        ({"password_again": "Ten-blue-harbours"}, "password_again"),
        ({"full_name": ""}, "full_name"),
        ({"full_name": "A\u202e"}, "full_name"),
        ({"languages_read": []}, "languages_read"),
    ],
)
def test_what_is_missing_is_said_and_the_link_still_works(client, changes, field):
    ProtocolFactory()
    address = invited()

    refused = client.post(address, answers(**changes))

    assert refused.status_code == 422
    assert field in refused.context["form"].errors
    assert SECRET not in refused.content.decode()
    assert client.post(address, answers()).status_code == 302


def test_only_the_version_of_the_protocol_in_force_can_be_accepted(client):
    ProtocolFactory()
    address, read = invited(), answers()
    newer = ProtocolFactory(version=2)

    without = client.post(address, {name: value for name, value in read.items() if "accepted" not in name})
    former = client.post(address, read)
    now = client.post(address, {**read, f"accepted_{newer.pk}": "on"})

    assert [without.status_code, former.status_code, now.status_code] == [422, 422, 302]
    assert "checked" not in str(former.context["form"].accepted)
    assert list(ProtocolAcceptance.objects.filter(user__email="a.name@ipo.example").values_list("protocol")) == [
        (newer.pk,)
    ]


def test_a_password_like_the_name_just_typed_is_refused(client):
    ProtocolFactory()
    address = invited()

    refused = client.post(
        address, answers(full_name="Theodora Quiroga", password="theodoraquiroga", password_again="theodoraquiroga")
    )

    assert "password" in refused.context["form"].errors


def test_the_link_shows_the_page_in_the_language_that_is_chosen(client):
    ProtocolFactory()
    address = invited(language="en")

    for wished, shown in (("es", "es"), ("tlh", "en"), ("", "en")):
        response = client.get(address, {"language": wished})
        assert f'<html lang="{shown}"' in response.content.decode()
        assert response["Content-Language"] == shown


def test_a_link_opened_while_somebody_else_is_signed_in_signs_in_its_owner(client, delegate):
    ProtocolFactory()
    address = invited()
    client.force_login(delegate)

    client.post(address, answers())

    assert client.get("/rooms/").context["user"].email == "a.name@ipo.example"


# --- Renewing and revoking --------------------------------------------------------------------------


def test_renewing_sends_a_new_link_and_ends_the_former(client):
    ProtocolFactory()
    former = invited()
    actor = secretariat()
    client.force_login(actor)

    response = client.post(f"/invitations/{Invitation.objects.get().pk}/renew/")
    renewed = link_in_letter()

    assert response["Location"] == "/invitations/"
    assert renewed != former
    visitor = Client()
    assert [visitor.get(address).status_code for address in (former, renewed)] == [410, 200]
    assert AuditEntry.objects.filter(action="invitation.renewed", actor=actor).exists()


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_an_ended_invitation_can_be_renewed(change):
    invite_person(actor=secretariat(), newcomer=newcomer())
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=20), **change)

    renewed = renew_invitation(actor=secretariat(), invitation=Invitation.objects.get())

    assert renewed.state == InvitationState.OPEN


def test_what_was_taken_up_is_neither_renewed_nor_revoked(client):
    ProtocolFactory()
    client.post(invited(), answers())
    invitation = Invitation.objects.get()

    with pytest.raises(ValidationError):
        renew_invitation(actor=secretariat(), invitation=invitation)
    with pytest.raises(ValidationError):
        revoke_invitation(actor=secretariat(), invitation=invitation, reason="Why not.")


def test_revoking_needs_a_reason(client):
    invite_person(actor=secretariat(), newcomer=newcomer())
    invitation = Invitation.objects.get()
    client.force_login(secretariat())

    client.post(f"/invitations/{invitation.pk}/revoke/", {"reason": ""})
    invitation.refresh_from_db()
    before = invitation.state
    client.post(f"/invitations/{invitation.pk}/revoke/", {"reason": "Left the office."})
    invitation.refresh_from_db()

    assert (before, invitation.state) == (InvitationState.OPEN, InvitationState.REVOKED)
    assert AuditEntry.objects.filter(action="invitation.revoked", reason="Left the office.").exists()


def test_a_letter_that_waited_is_not_sent_once_the_invitation_is_revoked():
    invitation = invite_person(actor=secretariat(), newcomer=newcomer())
    revoke_invitation(actor=secretariat(), invitation=invitation, reason="Moved.")

    outbox.deliver_due()

    assert mail.outbox == []


def test_another_states_invitations_do_not_exist_for_a_focal_point(client):
    theirs = invite_person(actor=secretariat(), newcomer=newcomer())
    expert = invite_person(
        actor=secretariat(), newcomer=newcomer(email="e@wipo.example", role=Role.EXPERT, member_state=None)
    )
    here = focal_point()
    own = invite_person(
        actor=secretariat(), newcomer=newcomer(here.member_state, email="own@ipo.example", full_name="Our Own")
    )
    client.force_login(here)

    for invitation in (theirs, expert):
        assert client.post(f"/invitations/{invitation.pk}/renew/").status_code == 404
        assert client.post(f"/invitations/{invitation.pk}/revoke/", {"reason": "x"}).status_code == 404
    assert [row.pk for row in client.get("/invitations/").context["page"]] == [own.pk]
    assert client.post(f"/invitations/{own.pk}/renew/").status_code == 302


@pytest.mark.parametrize("state", ["", *InvitationState.values, "nonsense"])
def test_the_list_is_kept_to_a_state(client, state):
    ProtocolFactory()
    for name in ("open", "taken_up", "expired", "revoked"):
        invite_person(actor=secretariat(), newcomer=newcomer(email=f"{name}@ipo.example"))
    now = timezone.now()
    Invitation.objects.filter(user__email="taken_up@ipo.example").update(taken_up_at=now)
    Invitation.objects.filter(user__email="revoked@ipo.example").update(revoked_at=now)
    Invitation.objects.filter(user__email="expired@ipo.example").update(
        created_at=now - timedelta(days=15), expires_at=now - timedelta(days=1)
    )
    client.force_login(secretariat())

    rows = client.get("/invitations/", {"state": state}).context["page"]

    shown = {row.user.email.partition("@")[0] for row in rows}
    assert shown == ({state} if state in InvitationState.values else set(InvitationState.values))
    assert all(row.state == row.user.email.partition("@")[0] for row in rows)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(client, django_assert_num_queries, count):
    for n in range(count):
        invite_person(actor=secretariat(), newcomer=newcomer(email=f"n{n}@ipo.example"))
    client.force_login(secretariat())

    with django_assert_num_queries(4):  # session, viewer, count, invitations
        assert client.get("/invitations/").status_code == 200


def test_another_secret_key_writes_no_wrong_link_and_an_earlier_one_still_counts(settings):
    invitation = invite_person(actor=secretariat(), newcomer=newcomer())
    token, former = token_of(invitation), settings.SECRET_KEY

    settings.SECRET_KEY = "another"
    without = token_of(invitation)
    settings.SECRET_KEY_FALLBACKS = [former]

    assert without is None
    assert token_of(invitation) == token


# --- Lists from a spreadsheet -------------------------------------------------------------------------

HEADER = "email,name,member_state,institution,institution_kind,language"


@pytest.fixture
def kenya():
    return MemberStateFactory(code="KE", name_en="Kenya", name_fr="Kenya", name_ar="كينيا")


@pytest.fixture
def ivory_coast():
    return MemberStateFactory(code="CI", name_en="Côte d’Ivoire", name_fr="Côte d’Ivoire", name_es="Costa de Marfil")


def send(client, content, name="people.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post("/invitations/list/", {"file": SimpleUploadedFile(name, content)})


def xlsx(rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def problems(response):
    return [(problem.row, problem.column) for problem in response.context["checked"].problems]


def test_a_list_is_checked_first_then_invited(client, kenya, ivory_coast):
    client.force_login(secretariat())
    checked = send(
        client,
        f"{HEADER}\na@ipo.example,Ann,KE,Office,ip_office,en\nb@ipo.example,Bo,costa de marfil,,,fr\nc@ipo.example,,KE",
    )
    before = User.objects.filter(status=AccountStatus.INVITED).count()

    response = client.post("/invitations/list/", {"checked": checked.context["sealed"]}, follow=True)
    outbox.deliver_due()

    assert problems(checked) == [(4, "name")]
    assert before == 0
    assert "2 letters are on their way." in response.content.decode()
    people = User.objects.filter(status=AccountStatus.INVITED).order_by("email")
    assert [(one.email, one.full_name, one.member_state, one.institution_kind, one.language) for one in people] == [
        ("a@ipo.example", "Ann", kenya, "ip_office", "en"),
        ("b@ipo.example", "Bo", ivory_coast, "other", "fr"),
    ]
    assert sorted(message.to[0] for message in mail.outbox) == ["a@ipo.example", "b@ipo.example"]
    entries = AuditEntry.objects.filter(action="person.invited").values_list("subject", "facts")
    assert sorted(entries) == [(f"accounts.user:{person.pk}", {"listed": 2}) for person in people]


def test_the_template_can_be_filled_in_and_sent_back(client, kenya):
    client.force_login(secretariat())

    template = client.get("/invitations/list/template/")
    checked = send(client, template.content)

    assert template["Content-Disposition"].startswith("attachment")
    assert problems(checked) == []
    assert len(checked.context["checked"].newcomers) == 1


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeff{HEADER}\na@ipo.example,Ann,KE,,,\n",
        "Name;E-mail;Member state\r\nAnn;a@ipo.example;Kenya\r\n".replace("E-mail", "email"),
        "email\tname\tmember_state\na@ipo.example\tAnn\tke\n",
        "email,name,member_state\na@ipo.example,Ann,كينيا\n\n,,\n".encode("utf-16"),
        xlsx([HEADER.split(","), ["a@ipo.example", "Ann", "KE", None, None, None], [None]]),
        xlsx([["member_state", "name", "email"], ["Kenya", "Ann", "a@ipo.example"]]),
        "email,name,member_state\na@ipo.example,Ann,KE\n" + "\n" * 20_000,
    ],
    ids=["byte order mark", "semicolons", "tabs", "UTF-16", "XLSX", "other order", "blank rows"],
)
def test_a_list_is_read_however_programs_write_it(client, kenya, content):
    client.force_login(secretariat())

    response = send(client, content)

    checked = response.context["checked"]
    assert checked.problems == []
    assert [(one.email, one.full_name, one.member_state) for one in checked.newcomers] == [
        ("a@ipo.example", "Ann", kenya)
    ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("not-an-address,Ann,KE", "email"),
        (",Ann,KE", "email"),
        ("a@ipo.example,,KE", "name"),
        ("a@ipo.example,A\u202enn,KE", "name"),
        (f"a@ipo.example,{'x' * 121},KE", "name"),
        ("a@ipo.example,Ann,Atlantis", "member_state"),
        ("a@ipo.example,Ann,", "member_state"),
        ("a@ipo.example,Ann,KE,,guild", "institution_kind"),
        ("a@ipo.example,Ann,KE,,,tlh", "language"),
        ('a@ipo.example,"=HYPERLINK(""https://x.example"")",KE', "name"),
        ("a@ipo.example,Ann,KE,=1+1", "institution"),
        ("a@ipo.example,@SUM(A1),KE", "name"),
        ("a@ipo.example,+1,KE", "name"),
        ("a@ipo.example,-1,KE", "name"),
        ("known@ipo.example,Ann,KE", "email"),
        ("KNOWN@ipo.example,Ann,KE", "email"),
        ("good@ipo.example,Twice,KE", "email"),
        ("ｇｏｏｄ@ipo.example,Twice,KE", "email"),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_the_others_stay_good(client, kenya, row, column):
    DelegateFactory(email="known@ipo.example")
    client.force_login(secretariat())

    response = send(client, f"{HEADER}\ngood@ipo.example,Good,KE,,,\n{row}\n")

    assert problems(response) == [(3, column)]
    assert [one.email for one in response.context["checked"].newcomers] == ["good@ipo.example"]


def test_a_formula_in_a_workbook_is_refused(client, kenya):
    client.force_login(secretariat())

    response = send(client, xlsx([HEADER.split(","), ["a@ipo.example", '=CONCAT("A","nn")', "KE"]]))

    assert problems(response) == [(2, "name")]


@pytest.mark.parametrize(
    "content",
    [
        "name,member_state\nAnn,KE",
        f"{HEADER},telephone\na@ipo.example,Ann,KE",
        "email,email,name,member_state\na@ipo.example,b@ipo.example,Ann,KE",
        HEADER,
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"PK\x03\x04 not really",
        xlsx([HEADER.split(",")]),
        "nom,é".encode("latin-1"),
        f'{HEADER}\n"{"x" * 200_000}',
        b"",
        "\n\n\n",
    ],
    ids=[
        "missing",
        "unknown",
        "twice",
        "empty",
        "image",
        "broken",
        "no rows",
        "latin",
        "huge cell",
        "nothing",
        "blank",
    ],
)
def test_what_is_no_list_of_people_is_refused_with_what_to_do(client, content):
    client.force_login(secretariat())

    response = send(client, content)

    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert response.context["checked"] is None


def test_a_file_that_is_too_large_is_refused(client, settings):
    settings.INVITATION_LIST_BYTES = 100
    client.force_login(secretariat())

    assert send(client, HEADER + "\n" + "x" * 100).status_code == 422


def test_a_focal_point_lists_people_of_the_own_state_only(client, kenya, ivory_coast):
    client.force_login(focal_point(kenya))

    response = send(client, f"{HEADER}\na@ipo.example,Ann,KE,,,\nb@ipo.example,Bo,CI,,,\n")

    assert problems(response) == [(3, "member_state")]


def test_a_checked_list_serves_only_whom_it_was_checked_for_and_for_an_hour(client, kenya):
    sender, other = secretariat(), secretariat()
    client.force_login(sender)
    sealed = send(client, f"{HEADER}\na@ipo.example,Ann,KE,,,\n").context["sealed"]
    visitor = Client()
    visitor.force_login(other)

    visitor.post("/invitations/list/", {"checked": sealed})
    client.post("/invitations/list/", {"checked": sealed[:-1] + "x"})
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        client.post("/invitations/list/", {"checked": sealed})

    assert not Invitation.objects.exists()


def test_a_list_confirmed_twice_invites_once(client, kenya):
    client.force_login(secretariat())
    sealed = send(client, f"{HEADER}\na@ipo.example,Ann,KE,,,\n").context["sealed"]

    for _press in range(2):
        client.post("/invitations/list/", {"checked": sealed})

    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("count", [30, 300])
def test_a_list_costs_the_same_statements_however_long(client, kenya, count):
    client.force_login(secretariat())
    rows = "\n".join(f"person{n}@ipo{n % 9}.example,Person Number {n},KE,Office {n},ip_office,en" for n in range(count))
    checked = send(client, f"{HEADER}\n{rows}")

    with CaptureQueriesContext(connection) as asked:
        client.post("/invitations/list/", {"checked": checked.context["sealed"]})

    assert Invitation.objects.count() == Notice.objects.count() == count
    assert len(asked) <= 40


def test_more_rows_than_that_are_to_be_divided(client, settings, kenya):
    settings.INVITATION_LIST_ROWS = 2
    client.force_login(secretariat())
    row = "\na{n}@ipo.example,Ann,KE,,,"

    enough = send(client, HEADER + "".join(row.format(n=n) for n in range(2)))
    too_many = send(client, HEADER + "".join(row.format(n=n) for n in range(3)))

    assert (enough.status_code, too_many.status_code) == (200, 422)


def test_many_bad_rows_are_counted_and_the_first_shown(client):
    client.force_login(secretariat())

    response = send(client, HEADER + "\nx,,," * 500)

    assert response.context["checked"].bad_rows == 500
    assert len(response.context["shown"]) == 200
