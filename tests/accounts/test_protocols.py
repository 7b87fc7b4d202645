"""The protocol of use: its versions, who accepted them, and reminding those who have not."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.enums import Role
from accounts.models import AuditEntry, Notice, Protocol, ProtocolAcceptance, User
from accounts.services import outbox
from accounts.services.people import accept_protocol
from accounts.services.protocols import change_version, prepare_version, remind_now, remind_of_protocol
from accounts.tasks import remind_of_protocol as reminding_task
from tests.factories import DelegateFactory, ProtocolFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/secretariat/protocol/"
NEW = "/secretariat/protocol/new/"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh_hans")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def secretariat(client, db) -> User:
    person = UserFactory(role=Role.SECRETARIAT, full_name="Ms Desk")
    client.force_login(person)
    return person


def texts(**changes: str) -> dict[str, str]:
    words = {f"{field}_{language}": "" for field in ("title", "text", "changes") for language in LANGUAGES}
    for language in ("en", "fr", "es"):
        words |= {f"title_{language}": f"Title {language}", f"text_{language}": f"Text **{language}**"}
        words[f"changes_{language}"] = f"New *{language}*"
    return words | changes


def fields(action: str = "save", **changes: str) -> dict[str, str]:
    return {"in_force_on": "2026-12-01", "action": action, **texts(**changes)}


def version(number: int, day: date, **words: str) -> Protocol:
    return ProtocolFactory(version=number, in_force_on=day, **words)


# --- Preparing a version ----------------------------------------------------------------------------


def test_a_new_version_is_prepared_and_asked_for_from_its_day(client, secretariat):
    answer = client.post(NEW, fields())

    prepared = Protocol.objects.get(version=2)
    assert answer.headers["Location"] == LIST
    assert (prepared.in_force_on, prepared.title_fr, prepared.changes_es) == (
        date(2026, 12, 1),
        "Title fr",
        "New *es*",
    )
    entry = AuditEntry.objects.get(action="protocol.prepared")
    assert (entry.actor, entry.subject) == (secretariat, f"accounts.protocol:{prepared.pk}")
    assert entry.facts == {"version": 2, "in_force_on": "2026-12-01", "languages": ["en", "fr", "es"]}
    assert client.get("/rooms/").status_code == 200
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        client.force_login(secretariat)
        assert client.get("/rooms/").headers["Location"].startswith("/protocol/")


def test_the_form_begins_with_the_words_of_the_last_version(client, secretariat):
    version(1, date(2026, 1, 1))

    page = client.get(NEW).content.decode()

    assert "Be **neutral** and transparent." in page
    assert 'name="changes_en"' in page


def test_a_preview_shows_all_and_saves_nothing(client, secretariat):
    answer = client.post(NEW, fields("preview", text_ar="نص **عربي**", title_ar="عنوان"))

    page = answer.content.decode()
    assert answer.status_code == 200
    for shown in ("Text <strong>en</strong>", "New <em>fr</em>", "نص <strong>عربي</strong>"):
        assert shown in page
    assert "Text **es**" in page  # what was typed is still in the form
    assert not Protocol.objects.filter(version=2).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"in_force_on": "2026-11-20"}, "in_force_on"),
        ({"in_force_on": "soon"}, "in_force_on"),
        ({"text_fr": ""}, "text_fr"),
        ({"title_es": ""}, "title_es"),
        ({"changes_en": ""}, "changes_en"),
        ({"title_ru": "Название"}, "text_ru"),
        ({"text_zh_hans": "文本"}, "title_zh_hans"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, secretariat, changes, field):
    answer = client.post(NEW, fields() | changes)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Text **en**" in answer.content.decode()
    assert not Protocol.objects.filter(version=2).exists()


def test_a_version_may_come_into_force_today(secretariat):
    prepare_version(actor=secretariat, in_force_on=date(2026, 11, 21), **texts())

    assert not User.objects.with_access().get(pk=secretariat.pk).has_accepted_protocol


def test_versions_come_into_force_in_their_order(secretariat):
    version(2, date(2026, 12, 10))

    with pytest.raises(ValidationError) as refusal:
        prepare_version(actor=secretariat, in_force_on=date(2026, 12, 9), **texts())
    third = prepare_version(actor=secretariat, in_force_on=date(2026, 12, 10), **texts())

    assert refusal.value.error_dict["in_force_on"][0].code == "out_of_order"
    assert third.version == 3


def test_a_version_to_come_is_changed(client, secretariat):
    version(2, date(2026, 12, 10), title_en="Draft")

    shown = client.get(f"{LIST}2/")
    client.post(f"{LIST}2/", fields(title_en="Final"))

    assert 'value="2026-12-10"' in shown.content.decode()
    changed = Protocol.objects.get(version=2)
    assert (changed.title_en, changed.in_force_on) == ("Final", date(2026, 12, 1))
    assert AuditEntry.objects.filter(action="protocol.changed", subject=f"accounts.protocol:{changed.pk}").exists()


def test_a_version_in_force_is_not_changed(client, secretariat):
    in_force = Protocol.objects.get(version=1)

    assert client.get(f"{LIST}1/").status_code == 403
    with pytest.raises(PermissionDenied, match="add a new version"):
        change_version(actor=secretariat, protocol=in_force, in_force_on=date(2026, 12, 1), **texts())


def test_nobody_but_the_secretariat_prepares_a_version(client, delegate):
    client.force_login(delegate)

    assert client.post(NEW, fields()).status_code == 403
    assert client.post(f"{LIST}remind/").status_code == 403
    with pytest.raises(PermissionDenied):
        prepare_version(actor=delegate, in_force_on=date(2026, 12, 1), **texts())
    with pytest.raises(PermissionDenied):
        remind_now(actor=delegate)


# --- Reading and accepting --------------------------------------------------------------------------


def test_what_changed_stands_above_the_text_of_a_newer_version(client, delegate):
    version(2, date(2026, 11, 1), changes_en="Second: *quotes*.")
    version(3, date(2026, 11, 20), text_en="The whole text.", changes_en="Third: *pictures*.")
    version(4, date(2026, 12, 20), changes_en="Not yet.")
    client.force_login(delegate)

    page = client.get("/protocol/").content.decode()

    assert page.index("Third: <em>pictures</em>.") < page.index("Second: <em>quotes</em>.")
    assert page.index("Second: <em>quotes</em>.") < page.index("The whole text.")
    assert "Not yet." not in page
    client.post("/protocol/")
    assert "Third: <em>pictures</em>." not in client.get("/protocol/").content.decode()


def test_who_comes_for_the_first_time_is_not_told_of_changes(client):
    version(1, date(2026, 1, 1))
    version(2, date(2026, 11, 1), changes_en="Second.")
    newcomer = DelegateFactory(accepts=False)
    client.force_login(newcomer)

    assert "Second." not in client.get("/protocol/").content.decode()


def test_versions_accepted_earlier_stay_readable(client, delegate):
    version(2, date(2026, 11, 1), text_en="Second text.")
    version(3, date(2026, 11, 20), text_en="Third text.")
    accept_protocol(actor=delegate)
    client.force_login(delegate)

    page = client.get("/protocol/").content.decode()
    first = client.get("/protocol/1/").content.decode()

    assert '<a href="/protocol/1/">Version 1</a>' in page
    assert "Be <strong>neutral</strong> and transparent." in first
    assert "You accepted it on" in first
    assert "I accept the protocol of use" not in first
    assert client.get("/protocol/3/").status_code == 200
    assert client.get("/protocol/2/").status_code == 404


def test_versions_to_come_are_the_secretariats(client, delegate, secretariat):
    version(2, date(2026, 12, 20))

    assert client.get("/protocol/2/").status_code == 200
    client.force_login(delegate)
    assert client.get("/protocol/2/").status_code == 404


def test_an_earlier_version_is_readable_before_the_new_one_is_accepted(client, delegate):
    version(2, date(2026, 11, 1))
    client.force_login(delegate)

    assert client.get("/protocol/1/").status_code == 200


# --- Who has accepted -------------------------------------------------------------------------------


def test_the_page_counts_active_people_and_names_who_has_not_accepted(client, secretariat):
    late = DelegateFactory(full_name="Late", accepts=False)
    DelegateFactory(full_name="Gone", accepts=False, status="left")
    DelegateFactory(full_name="Left after accepting", status="left")
    DelegateFactory(full_name="Ready")

    page = client.get(LIST).context["page"]

    assert [(v.version, v.accepted) for v in page.versions] == [(1, 2)]
    assert (page.active, page.missing_count, [person.pk for person in page.missing]) == (3, 1, [late.pk])


def test_those_who_have_not_accepted_are_listed_page_by_page(client, secretariat):
    for number in range(60):
        DelegateFactory(full_name=f"Late {number // 2:02}", accepts=False)

    first = client.get(LIST).context["page"]
    second = client.get(LIST, {"after": first.after}).context["page"]

    assert (len(first.missing), len(second.missing), second.after) == (50, 10, None)
    people = [person.pk for page in (first, second) for person in page.missing]
    assert len(set(people)) == 60
    assert people == list(
        User.objects.filter(full_name__startswith="Late").order_by("full_name", "pk").values_list("pk", flat=True)
    )


@pytest.mark.parametrize("after", ["x", "-1", "999999", "9" * 40])
def test_a_page_that_is_none_is_answered(client, secretariat, after):
    assert client.get(LIST, {"after": after}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_people(client, secretariat, django_assert_num_queries, count):
    for _number in range(count):
        DelegateFactory(accepts=False)

    with django_assert_num_queries(5):  # session, viewer, versions, active people, who has not accepted
        client.get(LIST)


# --- Reminders --------------------------------------------------------------------------------------


def reminded(day: date) -> list[str]:
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        mail.outbox.clear()
        reminding_task()
        outbox.deliver_due()
    return sorted(message.to[0] for message in mail.outbox)


def test_active_people_are_reminded_7_and_21_days_after_a_version_came_into_force():
    delegate = DelegateFactory(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    DelegateFactory(created_at=datetime(2026, 1, 1, tzinfo=UTC), suspended_until=datetime(2030, 1, 1, tzinfo=UTC))
    prompt = DelegateFactory(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    second = version(2, date(2026, 11, 23))
    ProtocolAcceptance.objects.create(user=prompt, protocol=second)

    told = {days: reminded(second.in_force_on + timedelta(days=days)) for days in (0, 6, 7, 8, 20, 21, 22, 90)}

    assert told == {days: ([delegate.email] if days in {7, 21} else []) for days in told}


def test_a_reminder_says_what_to_do():
    version(1, date(2026, 1, 1))
    DelegateFactory(created_at=datetime(2026, 1, 1, tzinfo=UTC), accepts=False)

    reminded(date(2026, 11, 21))

    [message] = mail.outbox
    assert message.subject == "The protocol of use waits for your acceptance"
    assert "/protocol/" in message.body
    assert "The rooms of the forum open once" in message.body


def test_who_came_in_later_is_reminded_by_the_own_days():
    version(1, date(2026, 1, 1))
    newcomer = DelegateFactory(created_at=datetime(2026, 11, 20, 9, tzinfo=UTC), accepts=False)

    told = {day: reminded(date(2026, 11, 20) + timedelta(days=day)) for day in (0, 6, 7, 8, 21, 22)}

    assert told == {day: ([newcomer.email] if day in {7, 21} else []) for day in told}


def test_who_accepted_meanwhile_gets_no_letter():
    delegate = DelegateFactory(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    version(2, date(2026, 11, 1))
    remind_of_protocol()
    assert Notice.objects.count() == 1

    accept_protocol(actor=delegate)
    outbox.deliver_due()

    assert mail.outbox == []


def test_a_version_that_was_followed_by_another_is_not_reminded_of():
    DelegateFactory(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    version(2, date(2026, 11, 1))
    remind_of_protocol()
    version(3, date(2026, 11, 21))

    outbox.deliver_due()

    assert mail.outbox == []


def test_the_secretariat_reminds_everybody_once_a_day(client, secretariat):
    late = DelegateFactory(accepts=False)

    client.post(f"{LIST}remind/")
    client.post(f"{LIST}remind/")
    outbox.deliver_due()

    assert [message.to for message in mail.outbox] == [[late.email]]
    assert [entry.facts["count"] for entry in AuditEntry.objects.filter(action="protocol.reminded")] == [1, 1]


def test_without_a_protocol_nobody_is_reminded():
    assert remind_of_protocol() == 0
