"""Evaluating the forum: agreed before, judged by somebody independent, decided on by the Committee."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from threading import Barrier, Thread

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.models import AuditEntry, Notice, User
from accounts.services.outbox import deliver_due
from forum.enums import PostState
from forum.exports.papers import write_docx
from forum.models import Room
from forum.policies import may_post
from forum.services.reading import write_positions
from moderation.documents.evaluation import report_skeleton
from moderation.enums import CommitteeDecision
from moderation.models import Evaluation, FollowUp
from moderation.queries.evaluations import Period, anonymous_people, anonymous_posts
from moderation.services import evaluations as services
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    EvaluationFactory,
    MemberStateFactory,
    PostFactory,
    RegionalGroupFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
)

NOW = datetime(2026, 7, 6, 12, tzinfo=UTC)
TODAY = date(2026, 7, 6)
PERIOD = Period(date(2026, 1, 5), date(2026, 7, 4))
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
LIST = "/evaluations/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def secretariat(db):
    return UserFactory(role=Role.SECRETARIAT)


@pytest.fixture
def evaluator(db):
    return UserFactory(role=Role.EVALUATOR, serves_until=date(2026, 10, 1))


@pytest.fixture
def evaluation(secretariat, evaluator):
    return EvaluationFactory(
        title="First six months",
        starts_on=PERIOD.starts_on,
        ends_on=PERIOD.ends_on,
        criteria="Participation of all groups\nQuestions answered",
        data="The usage report",
        agreed_by=secretariat,
        agreed_at=datetime(2026, 1, 4, tzinfo=UTC),
        evaluator=evaluator,
    )


def delegate(state, **facts):
    return DelegateFactory(member_state=state, created_at=NOW - timedelta(days=150), **facts)


def discussion(**facts):
    topic = TopicFactory(opens_at=MONDAY, closes_at=NOW + timedelta(days=90))
    return DiscussionFactory(topic=topic, **facts)


def say(where, author, **facts):
    return PostFactory(discussion=where, author=author, **{"posted_at": MONDAY, **facts})


def address(name, evaluation, *args):
    return reverse(f"moderation:evaluation_{name}", args=[evaluation.pk, *args])


# --- What is agreed at the start ---------------------------------------------------------------------


def test_the_secretariat_records_criteria_and_data_before_the_period(client, secretariat):
    client.force_login(secretariat)

    page = client.get(f"{LIST}new/").content.decode()
    answer = client.post(
        f"{LIST}new/",
        {
            "title": "First six months",
            "starts_on": "2026-08-01",
            "ends_on": "2027-01-31",
            "criteria": "Participation",
            "data": "Counts",
        },
    )

    assert 'value="2027-01-05"' in page  # six months from today
    evaluation = Evaluation.objects.get()
    assert answer.headers["Location"] == evaluation.get_absolute_url()
    assert (evaluation.agreed_by, evaluation.criteria) == (secretariat, "Participation")
    assert AuditEntry.objects.get(action="evaluation.agreed").facts["ends_on"] == "2027-01-31"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 1, 1), date(2026, 6, 30)),
        (date(2026, 8, 31), date(2027, 2, 27)),
        (date(2026, 12, 1), date(2027, 5, 31)),
        (date(2028, 8, 30), date(2029, 2, 27)),
    ],
)
def test_six_months_end_the_day_before_the_same_day(start, end):
    assert services.months_after(start, 6) == end


def test_a_period_ends_after_it_starts_and_what_was_typed_stays(client, secretariat):
    client.force_login(secretariat)

    facts = {"title": "Short", "starts_on": "2026-08-01", "ends_on": "2026-08-01", "criteria": "One", "data": "Two"}
    answer = client.post(f"{LIST}new/", facts)

    assert answer.status_code == 422
    assert "A period ends after it starts." in answer.content.decode()
    assert 'value="Short"' in answer.content.decode()
    assert not Evaluation.objects.exists()


def test_what_is_agreed_changes_until_the_period_begins(client, secretariat, evaluation):
    client.force_login(secretariat)
    assert client.get(address("edit", evaluation)).status_code == 403

    Evaluation.objects.update(starts_on=date(2026, 7, 7), ends_on=date(2027, 1, 6))
    facts = {"title": "Second", "starts_on": "2026-07-08", "ends_on": "2027-01-07", "criteria": "A", "data": "B"}

    assert client.post(address("edit", evaluation), facts).status_code == 302
    evaluation.refresh_from_db()
    assert (evaluation.title, evaluation.criteria) == ("Second", "A")


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.FACILITATOR, Role.EXPERT, Role.EVALUATOR])
def test_only_the_secretariat_agrees_names_and_decides(client, evaluation, role):
    client.force_login(UserFactory(role=role))

    assert client.get(f"{LIST}new/").status_code == 403
    for name in ("evaluator", "decision"):
        assert client.get(address(name, evaluation)).status_code in {403, 404}


def test_a_period_that_is_over_without_a_decision_is_pointed_out(client, secretariat, evaluation):
    client.force_login(secretariat)
    assert "is over and nothing is decided on it" in client.get(LIST).content.decode()

    Evaluation.objects.update(decision="continue", decided_on=TODAY, decision_source="CDIP/34, para 12")
    assert "is over and nothing is decided on it" not in client.get(LIST).content.decode()


# --- The evaluator -----------------------------------------------------------------------------------


def test_naming_an_evaluator_invites_them_until_a_day(client, secretariat, evaluation):
    client.force_login(secretariat)

    facts = {"full_name": "I. Reviewer", "email": "New@Review.example", "language": "fr", "until": "2026-10-31"}
    answer = client.post(address("evaluator", evaluation), facts)

    assert answer.status_code == 302
    evaluation.refresh_from_db()
    person = evaluation.evaluator
    assert (person.email, person.role, person.serves_until) == (
        "new@review.example",
        Role.EVALUATOR,
        date(2026, 10, 31),
    )
    assert Notice.objects.filter(kind="invitation.made", user=person).exists()


def test_the_access_of_an_evaluator_is_extended_and_not_invited_again(secretariat, evaluator, evaluation):
    services.name_evaluator(
        actor=secretariat,
        evaluation=evaluation.pk,
        full_name="Whatever",
        email=evaluator.email.upper(),
        language="en",
        until=date(2026, 12, 31),
    )

    evaluator.refresh_from_db()
    assert evaluator.serves_until == date(2026, 12, 31)
    assert not Notice.objects.filter(kind="invitation.made").exists()
    assert AuditEntry.objects.filter(action="evaluation.evaluator_named").exists()


@pytest.mark.parametrize(
    ("email", "until", "said"),
    [
        ("delegate@ipo.example", "2026-10-31", "An independent evaluator takes no other part."),
        ("new@review.example", "2026-07-05", "This day is over."),
    ],
)
def test_a_participant_is_no_evaluator_and_a_past_day_is_none(client, secretariat, evaluation, email, until, said):
    DelegateFactory(email="delegate@ipo.example")
    client.force_login(secretariat)

    facts = {"full_name": "I. Reviewer", "email": email, "language": "fr", "until": until}
    answer = client.post(address("evaluator", evaluation), facts)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.filter(email="new@review.example").exists()


def test_an_evaluator_has_the_own_evaluation_and_no_other(client, evaluator, evaluation):
    other = EvaluationFactory()
    client.force_login(evaluator)

    assert client.get(evaluation.get_absolute_url()).status_code == 200
    assert client.get(address("skeleton", evaluation)).status_code == 200
    assert client.get(address("export", evaluation, "people.csv")).status_code == 200
    assert client.get(address("report", evaluation)).status_code == 200
    assert client.get(address("decision", evaluation)).status_code == 403
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(address("export", other, "people.csv")).status_code == 404


@pytest.mark.parametrize("name", ["skeleton", "report"])
def test_a_published_evaluation_gives_its_data_to_no_participant(client, evaluation, name):
    Evaluation.objects.update(report="Good.", published_at=NOW)
    client.force_login(DelegateFactory())

    assert client.get(evaluation.get_absolute_url()).status_code == 200
    assert client.get(address(name, evaluation)).status_code == 403
    assert client.get(address("export", evaluation, "data.xlsx")).status_code == 403


def test_an_evaluator_whose_period_is_over_sees_nothing(client, evaluator, evaluation):
    User.objects.filter(pk=evaluator.pk).update(serves_until=date(2026, 7, 5))
    client.force_login(evaluator)

    assert client.get(evaluation.get_absolute_url()).status_code == 302


# --- The data ----------------------------------------------------------------------------------------


def test_people_are_exported_without_names_under_codes_that_change(db):
    group = RegionalGroupFactory(name_en="African Group")
    people = [delegate(MemberStateFactory(group=group), institution_kind="ip_office") for _n in range(6)]
    here = discussion()
    for _post in range(25):
        say(here, people[0])
    say(here, people[1])
    write_positions({(people[2].pk, here.pk): 3})

    first, second = anonymous_people(PERIOD), anonymous_people(PERIOD)

    assert {person.group for person in first} == {"African Group"}
    assert {person.institution_kind for person in first} == {"National IP office"}
    assert sorted(person.posts for person in first) == ["0", "0", "0", "0", "1", "20 or more"]
    assert sorted(person.discussions_read for person in first) == ["0", "0", "0", "0", "0", "1"]
    assert not {person.code for person in first} & {person.code for person in second}
    assert [person.code for person in first] == sorted(person.code for person in first)


def test_what_is_true_of_few_people_only_is_left_out(db):
    big, small = RegionalGroupFactory(name_en="Big"), RegionalGroupFactory(name_en="Small")
    for _n in range(6):
        delegate(MemberStateFactory(group=big), institution_kind="ip_office")
    for kind in ("university", "university", "research", "other", "government"):
        delegate(MemberStateFactory(group=small), institution_kind=kind)

    told = {(person.group, person.institution_kind) for person in anonymous_people(PERIOD)}

    assert told == {("Big", "National IP office"), ("Small", "–")}


def test_a_single_person_of_a_group_hides_everybodys_group(db):
    for _n in range(6):
        delegate(MemberStateFactory(group=RegionalGroupFactory.create() if _n == 5 else None))

    assert {(person.group, person.institution_kind) for person in anonymous_people(PERIOD)} == {("–", "–")}


def test_posts_are_exported_without_authors_names_or_addresses(db):
    state = MemberStateFactory()
    author = delegate(state, full_name="Amina Wanjiru")
    where = discussion(room=RoomFactory(language="en"))
    say(where, author, body="As Amina Wanjiru said, write to amina@ipo.example. Aminata agrees.")
    say(where, author, body="Gone", state=PostState.REMOVED)
    say(where, author, body="Waits", state=PostState.HELD)
    secret = discussion(room=RoomFactory(language="fr", is_sensitive=True))
    say(secret, author, body="Confidential")

    posts = list(anonymous_posts(PERIOD))

    assert [(post.room, post.text) for post in posts] == [
        ("en", "As [name] said, write to [address]. Aminata agrees."),
        ("en", ""),
        ("fr", ""),
    ]
    assert {post.week for post in posts} == {date(2026, 6, 1)}


def test_neither_file_names_anybody(client, evaluator, evaluation):
    author = delegate(MemberStateFactory(), full_name="Amina Wanjiru", email="amina@ipo.example")
    say(discussion(), author, body="=cmd()")
    client.force_login(evaluator)

    workbook = load_workbook(BytesIO(client.get(address("export", evaluation, "data.xlsx")).content))
    posts = client.get(address("export", evaluation, "posts.csv")).content.decode("utf-8-sig")

    words = [str(cell) for sheet in workbook for row in sheet.iter_rows(values_only=True) for cell in row]
    assert not [word for word in words if "Amina" in word or "amina@" in word]
    assert workbook["Posts"]["H2"].data_type == "s"
    rows = list(csv.reader(StringIO(posts)))
    assert rows[1][-1] == "'=cmd()"
    assert AuditEntry.objects.filter(action="evaluation.exported", actor=evaluator).count() == 2


def test_an_export_costs_the_same_however_many_people_and_posts(db, django_assert_num_queries):
    for _time in range(2):
        where = discussion()
        for _n in range(3):
            say(where, delegate(MemberStateFactory()))
        with django_assert_num_queries(3):
            anonymous_people(PERIOD)
        with django_assert_num_queries(2):  # names, posts
            list(anonymous_posts(PERIOD))


def test_an_unknown_file_or_language_is_not_found(client, evaluator, evaluation):
    client.force_login(evaluator)

    assert client.get(address("export", evaluation, "mail.csv")).status_code == 404
    assert client.get(address("skeleton", evaluation), {"language": "tlh"}).status_code == 404


# --- The report --------------------------------------------------------------------------------------


def test_the_skeleton_has_criteria_as_headings_and_the_figures_filled_in(evaluation):
    for _n in range(7):
        say(discussion(), delegate(MemberStateFactory()))
    FollowUp.objects.create(
        topic=TopicFactory(),
        kind="action",
        text="A register",
        happened_on=TODAY - timedelta(days=9),
        recorded_by=UserFactory(),
    )

    document = Document(BytesIO(write_docx(report_skeleton(evaluation, "en"))))

    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings[2:4] == ["Criterion: Participation of all groups", "Criterion: Questions answered"]
    assert {"Users and use", "What came of the discussions", "Recommendation to the Committee"} <= set(headings)
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "the platform had 7 registered users from 7 countries" in text
    tables = {row.cells[0].text: row.cells[1].text for table in document.tables for row in table.rows}
    assert tables["Action taken"] == "1"
    assert text.count("\n\n\n\n\n\n") >= len(headings) - 6  # places to write in


def test_the_report_is_written_pasted_or_uploaded(client, evaluator, evaluation):
    client.force_login(evaluator)
    version = evaluation.version

    client.post(address("report", evaluation), {"text": "# Findings", "version": version})
    evaluation.refresh_from_db()
    assert evaluation.report == "# Findings"

    file = SimpleUploadedFile("report.md", "# Constatations é".encode())
    client.post(address("report", evaluation), {"text": "", "file": file, "version": evaluation.version})
    evaluation.refresh_from_db()
    assert evaluation.report == "# Constatations é"


def test_a_report_that_is_no_text_is_refused_and_what_was_typed_stays(client, evaluator, evaluation):
    client.force_login(evaluator)

    file = SimpleUploadedFile("report.docx", b"PK\x03\x04\xff\xfe")
    facts = {"text": "Half of it", "file": file, "version": evaluation.version}
    answer = client.post(address("report", evaluation), facts)

    assert answer.status_code == 422
    assert "This is no text in UTF-8." in answer.content.decode()
    assert "Half of it" in answer.content.decode()


def test_of_two_who_write_the_report_the_second_is_told(client, evaluator, evaluation):
    version = evaluation.version
    client.force_login(evaluator)
    client.post(address("report", evaluation), {"text": "First", "version": version})

    answer = client.post(address("report", evaluation), {"text": "Second", "version": version})

    assert answer.status_code == 422
    assert "Somebody else has changed this meanwhile." in answer.content.decode()
    assert "Second" in answer.content.decode()
    evaluation.refresh_from_db()
    assert evaluation.report == "First"
    shown = answer.context["form"].data["version"]
    assert client.post(address("report", evaluation), {"text": "Second", "version": shown}).status_code == 302


def test_a_published_report_is_read_and_found_by_participants(client, secretariat, evaluation):
    Evaluation.objects.update(report="# Findings\n\nOffices **answered** each other.")
    participant = DelegateFactory()
    client.force_login(participant)
    assert client.get(evaluation.get_absolute_url()).status_code == 404

    client.force_login(secretariat)
    client.post(address("publish", evaluation))

    client.force_login(participant)
    page = client.get(evaluation.get_absolute_url()).content.decode()
    assert "Offices <strong>answered</strong> each other." in page
    assert 'id="report-2"' in page  # a paragraph that can be cited
    assert "What was agreed" not in page
    assert evaluation.title in client.get(LIST, {"q": "answered OFFICES"}).content.decode()
    assert evaluation.title not in client.get(LIST, {"q": "answered nobody"}).content.decode()


def test_a_report_is_taken_back_to_be_corrected(client, secretariat, evaluation, evaluator):
    Evaluation.objects.update(report="Findings", published_at=NOW)
    client.force_login(evaluator)
    assert client.get(address("report", evaluation)).status_code == 403

    client.force_login(secretariat)
    client.post(address("publish", evaluation), {"take_back": ""})

    client.force_login(evaluator)
    assert client.get(address("report", evaluation)).status_code == 200


def test_nothing_is_published_where_nothing_is_written(secretariat, evaluation):
    with pytest.raises(ValidationError, match="no report yet"):
        services.publish_report(actor=secretariat, evaluation=evaluation.pk)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.EVALUATOR])
def test_only_the_secretariat_publishes(evaluation, evaluator, role):
    actor = evaluator if role == Role.EVALUATOR else UserFactory(role=role)

    with pytest.raises(PermissionDenied):
        services.publish_report(actor=actor, evaluation=evaluation.pk)


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.EXTERNAL])
def test_who_does_not_read_every_room_sees_no_evaluations(client, evaluation, role):
    Evaluation.objects.update(report="Findings", published_at=NOW)
    client.force_login(UserFactory(role=role))

    assert client.get(LIST).status_code == 404
    assert client.get(evaluation.get_absolute_url()).status_code == 404


# --- The decision ------------------------------------------------------------------------------------


def decide(evaluation, actor, decision, **facts):
    evaluation.refresh_from_db()
    return services.record_decision(
        actor=actor,
        evaluation=evaluation.pk,
        version=evaluation.version,
        decision=decision,
        decided_on=TODAY,
        source="CDIP/34, para 12",
        **facts,
    )


def test_closing_keeps_all_rooms_to_be_read_only_from_the_day(secretariat, evaluation):
    where = discussion(room=RoomFactory(language="en"))
    writer = User.objects.with_access().get(pk=DelegateFactory().pk)
    say(where, writer)

    decide(evaluation, secretariat, CommitteeDecision.CLOSE, archived_from=date(2026, 8, 1))

    where.room.refresh_from_db()
    assert where.room.read_only_since == datetime(2026, 7, 31, 22, tzinfo=UTC)  # midnight in Geneva
    assert may_post(writer, where)
    with time_machine.travel(datetime(2026, 8, 1, 9, tzinfo=UTC), tick=False):
        assert "kept to be read" in may_post(writer, where).reason
        assert where.posts.count() == 1


def test_another_decision_opens_those_rooms_again_and_no_others(secretariat, evaluation):
    open_room, ended_room = RoomFactory(language="en"), RoomFactory(language="zh")
    Room.objects.filter(pk=ended_room.pk).update(read_only_since=NOW - timedelta(days=40))
    decide(evaluation, secretariat, CommitteeDecision.CLOSE, archived_from=TODAY)

    decide(evaluation, secretariat, CommitteeDecision.MODIFY, note="Open every day.")

    open_room.refresh_from_db()
    ended_room.refresh_from_db()
    assert open_room.read_only_since is None
    assert ended_room.read_only_since == NOW - timedelta(days=40)
    evaluation.refresh_from_db()
    assert (evaluation.decision, evaluation.archived_from) == ("modify", None)
    assert [entry.facts["decision"] for entry in AuditEntry.objects.filter(action=services.DECIDED).order_by("pk")] == [
        "close",
        "modify",
    ]


def test_everybody_is_told_of_the_decision(secretariat, evaluation, django_capture_on_commit_callbacks):
    delegate_ = DelegateFactory(email="reads@ipo.example")
    decide(evaluation, secretariat, CommitteeDecision.CLOSE, archived_from=date(2026, 8, 1))
    deliver_due()

    (letter,) = [letter for letter in mail.outbox if letter.to == [delegate_.email]]
    assert letter.subject == "The forum becomes an archive"
    assert "CDIP/34, para 12" in letter.body
    assert "1 Aug 2026" in letter.body


def test_members_see_on_their_first_page_that_the_forum_is_an_archive(client, secretariat, evaluation, core_rooms):
    client.force_login(DelegateFactory())
    assert "The forum is an archive" not in client.get("/rooms/").content.decode()
    decide(evaluation, secretariat, CommitteeDecision.CLOSE, archived_from=date(2026, 8, 1))
    assert "The forum becomes an archive" in client.get("/rooms/").content.decode()

    with time_machine.travel(datetime(2026, 8, 2, tzinfo=UTC), tick=False):
        client.force_login(DelegateFactory())
        page = client.get("/rooms/").content.decode()

    assert "The forum is an archive" in page


@pytest.mark.parametrize("archived_from", ["", "2026-07-05"])
def test_closing_needs_a_day_that_is_not_over(client, secretariat, evaluation, archived_from, core_rooms):
    client.force_login(secretariat)

    answer = client.post(
        address("decision", evaluation),
        {
            "decision": "close",
            "decided_on": "2026-07-06",
            "source": "CDIP/34, para 12",
            "archived_from": archived_from,
            "version": evaluation.version,
        },
    )

    assert answer.status_code == 422
    assert "today or later" in answer.content.decode()
    assert "CDIP/34, para 12" in answer.content.decode()
    assert not Room.objects.exclude(read_only_since=None).exists()


def test_a_decision_is_recorded_from_its_form(client, secretariat, evaluation):
    client.force_login(secretariat)
    facts = {"decision": "continue", "decided_on": "2026-07-06", "source": "CDIP/34, para 12"}

    answer = client.post(address("decision", evaluation), {**facts, "version": evaluation.version})

    assert answer.status_code == 302
    page = client.get(evaluation.get_absolute_url()).content.decode()
    assert "<strong>Continue</strong> (CDIP/34, para 12, 6 Jul 2026)" in page


def test_a_decision_names_where_it_was_taken(evaluation):
    with pytest.raises(IntegrityError, match="evaluation_is_decided_somewhere"), transaction.atomic():
        Evaluation.objects.update(decision="continue", decided_on=TODAY)
    with pytest.raises(IntegrityError, match="evaluation_archives_exactly_when_it_closes"), transaction.atomic():
        Evaluation.objects.update(decision="close", decided_on=TODAY, decision_source="CDIP/34")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_record_a_decision_at_once_one_is_told(evaluation, secretariat):
    RoomFactory(language="en")
    version, both, said = evaluation.version, Barrier(2), []

    def record(decision, archived_from):
        try:
            both.wait()
            services.record_decision(
                actor=secretariat,
                evaluation=evaluation.pk,
                version=version,
                decision=decision,
                decided_on=TODAY,
                source="CDIP/34",
                archived_from=archived_from,
            )
            said.append("done")
        except ValidationError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [
        Thread(target=record, args=[CommitteeDecision.CLOSE, TODAY]),
        Thread(target=record, args=[CommitteeDecision.CONTINUE, None]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["done", "meanwhile"]
    evaluation.refresh_from_db()
    assert (evaluation.decision == "close") == (Room.objects.get().read_only_since is not None)
