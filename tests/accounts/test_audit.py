"""The audit trail: the database keeps it whole, a chain of seals shows what was done to it."""
# ruff: noqa: S608 - the names of columns are the tests' own

import csv
import io
import json
import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.services import audit
from accounts.tasks import seal_audit
from tests.factories import DelegateFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/secretariat/audit/"
EXPORT = "/secretariat/audit/export/"


def trail(count: int = 3) -> list[AuditEntry]:
    """Return entries that are sealed."""
    person = DelegateFactory()
    for number in range(count):
        audit.record(person, "user.changed", person, reason=f"Reason {number}", number=number)
    audit.seal()
    return list(AuditEntry.objects.order_by("pk"))


def verify(*options: str) -> str:
    out = io.StringIO()
    call_command("verify_audit", *options, stdout=out)
    return out.getvalue().strip()


def refused(sql: str, *values: object) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(refusal.value).splitlines()[0]


def tamper(sql: str, *values: object) -> None:
    """Change the trail as only the owner of the table can: with the trigger disabled."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER audit_append_only")


# --- Append-only ------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_sealed", [False, True])
def test_an_entry_is_neither_deleted_nor_changed(is_sealed):
    person = DelegateFactory()
    entry = audit.record(person, "user.changed", person)
    if is_sealed:
        audit.seal()

    assert refused("DELETE FROM accounts_auditentry WHERE id = %s", entry.pk) == (
        "The audit trail is append-only: DELETE is refused."
    )
    for column, value in {
        "action": "user.added",
        "subject": "accounts.user:1",
        "reason": "Another",
        "facts": "{}",
        "at": "2026-01-01T00:00Z",
        "actor_id": None,
        "id": entry.pk + 1_000,
    }.items():
        if column == "facts":
            value = '{"fields": []}'
        assert refused(f"UPDATE accounts_auditentry SET {column} = %s WHERE id = %s", value, entry.pk) == (
            f"The audit trail is append-only: entry {entry.pk} is sealed once and never changed."
        )


def test_an_entry_is_sealed_once():
    [entry] = trail(1)

    assert (entry.position, len(entry.hash)) == (1, 64)
    for change in ("hash = repeat('0', 64)", "position = 9", "position = NULL, hash = ''"):
        assert "sealed once" in refused(f"UPDATE accounts_auditentry SET {change} WHERE id = %s", entry.pk)


@pytest.mark.parametrize("change", ["position = 1", "hash = repeat('a', 64)", "position = 0, hash = repeat('a', 64)"])
def test_half_a_seal_is_none(change):
    person = DelegateFactory()
    entry = audit.record(person, "user.changed", person)

    assert "sealed once" in refused(f"UPDATE accounts_auditentry SET {change} WHERE id = %s", entry.pk)


def test_an_entry_is_not_added_with_a_seal():
    with pytest.raises(IntegrityError, match="added without a seal"), transaction.atomic():
        AuditEntry.objects.create(action="user.changed", subject="accounts.user:1", position=1, hash="a" * 64)


def test_the_trail_is_not_emptied():
    trail(1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER audit_not_emptied")  # as it is outside of tests

    assert refused("TRUNCATE accounts_auditentry") == "The audit trail is append-only: TRUNCATE is refused."


# --- Seals ------------------------------------------------------------------------------------------


def test_each_entry_is_chained_to_the_one_before():
    first, second, third = trail()

    assert [entry.position for entry in (first, second, third)] == [1, 2, 3]
    assert first.hash == audit.seal_of(audit.GENESIS, audit.plain(first))
    assert third.hash == audit.seal_of(second.hash, audit.plain(third))
    assert verify() == f"3 entries, last seal {third.hash}"


def test_sealing_again_goes_on_where_it_ended(monkeypatch):
    monkeypatch.setattr(audit, "SEALED_AT_ONCE", 2)
    trail(5)
    person = DelegateFactory()
    audit.record(person, "user.changed", person)

    assert seal_audit() == 1
    assert seal_audit() == 0
    assert list(AuditEntry.objects.order_by("pk").values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_verifying_seals_what_is_new():
    person = DelegateFactory()
    audit.record(person, "user.changed", person)

    assert verify().startswith("1 entries, last seal ")


def test_an_empty_trail_is_whole():
    assert verify() == f"0 entries, last seal {audit.GENESIS}"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "user.added"),
        ("subject", "accounts.user:999"),
        ("reason", "Another reason"),
        ("facts", '{"number": 7}'),
        ("at", "2026-01-01T00:00Z"),
        ("actor_id", None),
        ("hash", "f" * 64),
    ],
)
def test_a_changed_entry_is_found(column, value):
    entries = trail()
    tamper(f"UPDATE accounts_auditentry SET {column} = %s WHERE id = %s", value, entries[1].pk)

    with pytest.raises(CommandError) as refusal:
        verify()

    assert str(refusal.value) == (
        f"Entry {entries[1].pk} at place 2 does not match its seal: it was changed after it was sealed."
    )


def test_an_entry_changed_and_sealed_anew_is_found_by_the_next_one():
    entries = trail()
    entries[1].reason = "Another reason"
    forged = audit.seal_of(entries[0].hash, audit.plain(entries[1]))
    tamper(
        "UPDATE accounts_auditentry SET reason = %s, hash = %s WHERE id = %s", "Another reason", forged, entries[1].pk
    )

    with pytest.raises(CommandError, match=f"Entry {entries[2].pk} at place 3"):
        verify()


def test_a_removed_entry_is_missed():
    entries = trail()
    tamper("DELETE FROM accounts_auditentry WHERE id = %s", entries[1].pk)

    with pytest.raises(CommandError) as refusal:
        verify()

    assert str(refusal.value) == (
        f"Place 2 of the chain is empty, and entry {entries[2].pk} stands at 3: an entry was removed."
    )


def test_entries_that_changed_places_are_found():
    entries = trail()
    tamper("UPDATE accounts_auditentry SET position = 99 WHERE id = %s", entries[0].pk)
    tamper("UPDATE accounts_auditentry SET position = 1 WHERE id = %s", entries[1].pk)
    tamper("UPDATE accounts_auditentry SET position = 2 WHERE id = %s", entries[0].pk)

    with pytest.raises(CommandError) as refusal:
        verify()

    assert str(refusal.value) == (
        f"Entry {entries[1].pk} stands at place 1, where entry {entries[0].pk} was sealed: they are out of order."
    )


def test_an_entry_that_lost_its_place_is_found():
    entries = trail()
    tamper("UPDATE accounts_auditentry SET position = NULL WHERE id = %s", entries[2].pk)

    with pytest.raises(CommandError, match=f"Entry {entries[2].pk} has a seal but no place"):
        verify()


def test_removing_the_latest_entries_is_found_with_a_seal_that_was_kept():
    entries = trail()
    kept = verify().rpartition(" ")[2]
    assert verify("--since-hash", kept)
    tamper("DELETE FROM accounts_auditentry WHERE id = %s", entries[2].pk)

    assert verify() == f"2 entries, last seal {entries[1].hash}"
    with pytest.raises(CommandError, match="The seal that was kept is not in the chain"):
        verify("--since-hash", kept)
    assert verify("--since-hash", entries[0].hash)


@pytest.mark.django_db(transaction=True)
def test_writing_entries_does_not_wait_for_sealing():
    person = DelegateFactory()
    audit.record(person, "user.changed", person)
    written = []

    def write() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            written.append(audit.record(person, "user.changed", person).pk)
        finally:
            connection.close()

    with transaction.atomic():
        audit.seal()
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(10)
        assert len(written) == 1  # committed while the sealing transaction is open
    audit.seal()

    assert sorted(AuditEntry.objects.values_list("position", flat=True)) == [1, 2]
    audit.verify()


@pytest.mark.django_db(transaction=True)
def test_two_that_seal_at_once_make_one_chain():
    person = DelegateFactory()
    for _number in range(200):
        audit.record(person, "user.changed", person)
    counts = []

    def work() -> None:
        try:
            counts.append(audit.seal())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sum(counts) == 200
    assert audit.verify()[0] == 200


# --- The page ---------------------------------------------------------------------------------------


@pytest.fixture
def secretariat(client, db):
    person = UserFactory(role=Role.SECRETARIAT, full_name="Ms Desk")
    client.force_login(person)
    return person


def found(client, **search) -> list[str]:
    """Return the actions that a search finds, the latest first."""
    return [row.entry.action for row in client.post(PAGE, search).context["page"].rows]


def test_the_trail_is_searched_by_person_action_subject_and_reason(client, secretariat):
    kenya, chile = DelegateFactory(full_name="Delegate of Kenya"), DelegateFactory(full_name="Delegate of Chile")
    audit.record(secretariat, "user.changed", kenya, reason="Left the office")
    audit.record(chile, "mandate.given", kenya)
    audit.record(secretariat, "user.added", chile)
    audit.record(secretariat, "mandate.ended", secretariat, person=kenya.pk)

    assert found(client) == ["mandate.ended", "user.added", "mandate.given", "user.changed"]
    assert found(client, person="kenya") == ["mandate.ended", "mandate.given", "user.changed"]
    assert found(client, person=chile.email) == ["user.added", "mandate.given"]
    assert found(client, action="user.") == ["user.added", "user.changed"]
    assert found(client, subject=f"accounts.user:{kenya.pk}") == ["mandate.given", "user.changed"]
    assert len(found(client, subject="user")) == len(found(client, subject="accounts.user")) == 4
    assert found(client, reason="office") == ["user.changed"]
    assert found(client, person="nobody") == []
    assert found(client, person="kenya", action="user", reason="left") == ["user.changed"]


def test_its_days_are_genevas_from_the_first_to_the_last_moment(client, secretariat):
    geneva = ZoneInfo("Europe/Zurich")
    for number, moment in enumerate(
        [
            datetime(2026, 3, 1, 23, 59, 59, tzinfo=geneva),
            datetime(2026, 3, 2, 0, 0, tzinfo=geneva),
            datetime(2026, 3, 2, 23, 59, 59, tzinfo=geneva),
            datetime(2026, 3, 3, 0, 0, tzinfo=geneva),
        ]
    ):
        AuditEntry.objects.create(at=moment, action=f"day.{number}", subject="accounts.user:1")

    assert found(client, first="2026-03-02", last="2026-03-02") == ["day.2", "day.1"]
    assert found(client, first="2026-03-03") == ["day.3"]
    assert found(client, last="2026-03-01") == ["day.0"]


def test_a_search_that_cannot_be_says_why_and_keeps_what_was_typed(client, secretariat):
    answer = client.post(PAGE, {"first": "2026-03-02", "last": "2026-03-01", "reason": "office"})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"last": ["This day is before the first one."]}
    assert 'value="office"' in answer.content.decode()


def test_names_and_reasons_are_not_taken_from_an_address(client, secretariat):
    audit.record(secretariat, "user.changed", secretariat, reason="Left")

    rows = client.get(PAGE, {"person": "nobody", "reason": "nothing"}).context["page"].rows

    assert len(rows) == 1
    assert client.get(PAGE, {"action": "mandate"}).context["page"].rows == []


def test_older_entries_are_on_the_next_page(client, secretariat):
    for number in range(60):
        audit.record(secretariat, f"entry.{number:02}", secretariat)

    first = client.post(PAGE, {"action": "entry"}).context["page"]
    second = client.post(PAGE, {"action": "entry", "before": first.before}).context["page"]

    actions = [row.entry.action for page in (first, second) for row in page.rows]
    assert (len(first.rows), len(second.rows), second.before) == (50, 10, None)
    assert actions == [f"entry.{number:02}" for number in reversed(range(60))]


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²"])
def test_a_page_that_is_none_is_the_latest(client, secretariat, before):
    assert client.get(PAGE, {"before": before}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_entries(client, secretariat, django_assert_num_queries, count):
    for _number in range(count):
        audit.record(DelegateFactory(), "user.changed", DelegateFactory())

    with django_assert_num_queries(5):  # session, viewer, people searched, entries, names
        answer = client.post(PAGE, {"person": "delegate"})

    assert len(answer.context["page"].rows) == count


def test_only_the_secretariat_searches_and_exports(client, delegate):
    client.force_login(delegate)

    assert client.get(PAGE).status_code == 403
    assert client.post(EXPORT).status_code == 403
    assert not AuditEntry.objects.filter(action="audit.exported").exists()


# --- Exports ----------------------------------------------------------------------------------------


def exported(client, **search) -> str:
    answer = client.post(EXPORT, search)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


def test_an_export_as_a_table_holds_no_formula(client, secretariat):
    person = DelegateFactory(full_name="=HYPERLINK(1)")
    for reason in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "Plain, with a comma"):
        audit.record(person, "user.changed", person, reason=reason)

    text = exported(client, action="user", format="csv")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert text.startswith("\ufeff")
    assert [row["reason"] for row in rows] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\t=1",
        "'  =1",
        "Plain, with a comma",
    ]
    assert {row["actor_name"] for row in rows} == {"'=HYPERLINK(1)"}


def test_an_export_as_lines_can_be_verified_by_whoever_has_it(client, secretariat):
    trail(3)
    lines = [json.loads(line) for line in exported(client, action="user", format="jsonl").splitlines()]

    previous = audit.GENESIS
    for line in lines:
        seal = line.pop("hash")
        assert seal == audit.seal_of(previous, line)
        previous = seal
    assert len(lines) == 3


def test_an_export_holds_what_was_searched_and_is_itself_recorded(client, secretariat):
    kenya, chile = DelegateFactory(full_name="Delegate of Kenya"), DelegateFactory()
    audit.record(secretariat, "user.changed", kenya, reason="Left")
    audit.record(secretariat, "user.changed", chile)

    lines = exported(client, person="kenya", action="user", format="jsonl").splitlines()

    assert [json.loads(line)["subject"] for line in lines] == [f"accounts.user:{kenya.pk}"]
    entry = AuditEntry.objects.get(action="audit.exported")
    last = AuditEntry.objects.get(subject=f"accounts.user:{chile.pk}").pk
    assert (entry.actor, entry.facts) == (secretariat, {"form": "jsonl", "search": {"action": "user"}, "up_to": last})


def test_a_long_export_is_sent_while_it_is_read(client, secretariat, monkeypatch):
    monkeypatch.setattr(audit, "READ_AT_ONCE", 10)
    for _number in range(35):
        audit.record(secretariat, "user.changed", secretariat)

    answer = client.post(EXPORT, {"format": "csv"})

    assert answer.streaming
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 36


def test_an_export_of_a_search_that_cannot_be_is_refused(client, secretariat):
    assert client.post(EXPORT, {"first": "never"}).status_code == 422
    assert not AuditEntry.objects.exists()
