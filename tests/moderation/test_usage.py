"""The usage report in the shape of CDIP/25/5 para 8."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from accounts.enums import AccountStatus, Gender, InstitutionKind, Role
from accounts.models import Invitation, User
from forum.documents.paper import people, people_in_all
from forum.exports.papers import write_csv, write_docx, write_xlsx
from forum.models import ImportedAuthor, Visit
from moderation.documents.usage import usage_paper
from moderation.models import TrafficDay
from moderation.queries.usage import registered_users, usage
from moderation.services.traffic import count_active_users
from tests.factories import DelegateFactory, MemberStateFactory, UserFactory

ADDRESS = "/moderation/figures/"
MARCH = date(2020, 3, 31)
KINDS = {"university": 889, "ip_office": 434, "government": 345, "private_sector": 311, "research": 235, "other": 441}
TOP = {"Nigeria": 165, "Philippines": 161, "Russian Federation": 141, "India": 134, "Argentina": 126}
TEXT = (
    "On 31 Mar 2020, the platform had 2,655 registered users from 130 countries. "
    "By type of institution, they come from: universities (889), national IP offices (434), other government bodies "
    "(345), private sector (311), research institutions (235), others (441). "
    "The best represented countries are: Nigeria (165), Philippines (161), Russian Federation (141), India (134), "
    "Argentina (126). "
    "The ratio of men to women is 1.6:1, not counting 315 users who did not state a gender. "
    "In 2019, there were 19,360 page views in 4,081 sessions."
)


def enrol(count, *, created_at=datetime(2020, 1, 15, tzinfo=UTC), **facts):
    """Save people with accounts; ``facts`` are values, or lists of one for each."""
    first = User.objects.count()
    rows = [
        {name: value[n] if isinstance(value, list) else value for name, value in facts.items()} for n in range(count)
    ]
    return User.objects.bulk_create(
        User(
            **{
                "email": f"user{first + n}@ipo.example",
                "full_name": f"User {first + n}",
                "status": AccountStatus.ACTIVE,
                "created_at": created_at,
                **row,
            }
        )
        for n, row in enumerate(rows)
    )


@pytest.fixture
def etisc(db):
    """The users of March 2020 and the traffic of 2019, with their numbers in CDIP/25/5 para 8."""
    states = [(MemberStateFactory(name_en=name), users) for name, users in TOP.items()]
    rest = sum(KINDS.values()) - sum(TOP.values())
    others = MemberStateFactory.create_batch(125)
    states += [(state, rest // 125 + (n < rest % 125)) for n, state in enumerate(others)]
    kinds = [kind for kind, users in KINDS.items() for _n in range(users)]
    genders = [Gender.MALE] * 1_440 + [Gender.FEMALE] * 900 + [""] * 315
    enrol(
        2_655,
        member_state=[state for state, users in states for _n in range(users)],
        institution_kind=kinds,
        gender=genders,
    )
    TrafficDay.objects.create(day=date(2019, 1, 1), page_views=19_000, sessions=4_000)
    TrafficDay.objects.create(day=date(2019, 12, 31), page_views=360, sessions=81)
    TrafficDay.objects.create(day=date(2020, 1, 1), page_views=77, sessions=7)


@pytest.fixture
def moderator(db):
    return UserFactory(role=Role.MODERATOR)


def tables_of(paper):
    return {table.caption: {row.label: row.cells[0].text for row in table.rows} for table in paper.tables}


# --- The document's own figures ----------------------------------------------------------------------


def test_the_text_is_that_of_the_document(etisc):
    paper = usage_paper(usage(MARCH, 2019), "en", for_publication=False)

    assert paper.parts[0].paragraphs == [TEXT]


def test_the_tables_hold_the_figures_of_the_document(etisc):
    paper = usage_paper(usage(MARCH, 2019), "en", for_publication=False)

    tables = tables_of(paper)
    assert tables["Users by type of institution"] == {
        "University": "889",
        "National IP office": "434",
        "Other government body": "345",
        "Private sector": "311",
        "Research institution": "235",
        "Other": "441",
    }
    assert tables["Best represented countries"] == {name: str(users) for name, users in TOP.items()}
    assert tables["Users by stated gender"] == {"Men": "1,440", "Women": "900", "Not stated": "315"}
    assert tables["Users and use"] == {
        "Registered users": "2,655",
        "of them active": "–",
        "Countries": "130",
        "Page views in 2019": "19,360",
        "Sessions in 2019": "4,081",
        "Pages a session": "4.7",
    }
    totals = [table.total.cells[0].text for table in paper.tables if table.total]
    assert totals == ["2,655", "2,655"]


def test_the_sums_are_checked_and_the_undeclared_said(etisc):
    found = usage(MARCH, 2019)

    assert found.sums_agree
    notes = usage_paper(found, "en", for_publication=False).parts[-1].paragraphs
    assert "The types of institution, and the stated genders, each add up to the total: checked." in notes
    assert "315 users did not state a gender; the ratio leaves them out." in notes
    assert "How many users were active was not counted on that day." in notes


def test_what_is_published_of_large_counts_is_the_same(etisc):
    found = usage(MARCH, 2019)

    published = usage_paper(found, "en", for_publication=True)

    assert published.tables == usage_paper(found, "en", for_publication=False).tables


@pytest.mark.parametrize(("language", "users", "ratio"), [("fr", "2\xa0655", "1,6:1"), ("es", "2\xa0655", "1,6:1")])
def test_the_language_is_chosen_whatever_the_pages_are_in(etisc, client, moderator, language, users, ratio):
    client.force_login(moderator)

    answer = client.get(ADDRESS, {"cut_off": "2020-03-31", "year": "2019", "language": language})

    page = answer.content.decode().replace("&nbsp;", "\xa0").replace("\u202f", "\xa0").replace("2.655", "2\xa0655")
    assert f'<article class="paper" lang="{language}">' in page
    assert users in page
    assert ratio in page
    assert '<html lang="en"' in page


def test_the_report_costs_the_same_however_many_users(db, django_assert_num_queries):
    for count in (1, 30):
        enrol(count, member_state=MemberStateFactory())
        with django_assert_num_queries(4):  # users in cells, traffic, who was active, names of states
            usage(timezone.localdate(), 2020)


def test_where_everybody_stated_a_gender_nobody_is_left_out_of_the_ratio(db):
    enrol(26, member_state=MemberStateFactory(), gender=[Gender.MALE] * 16 + [Gender.FEMALE] * 10)

    text = usage_paper(usage(MARCH, 2019), "en", for_publication=False).parts[0].paragraphs[0]

    assert "The ratio of men to women is 1.6:1. " in text


# --- Who is a registered user ------------------------------------------------------------------------


def test_only_delegates_who_took_up_an_account_by_the_day_are_registered(db):
    state = MemberStateFactory()
    then = datetime(2020, 3, 31, 21, 59, tzinfo=UTC)  # a minute to midnight in Geneva
    counted = enrol(1, member_state=state, created_at=then)
    enrol(1, member_state=state, created_at=then + timedelta(minutes=1))
    enrol(1, member_state=state, status=AccountStatus.INVITED)
    enrol(2, member_state=state, status=AccountStatus.LEFT, left_at=datetime(2020, 3, 1, tzinfo=UTC))
    for role in (Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT, Role.FACILITATOR, Role.EXTERNAL, Role.EVALUATOR):
        enrol(1, role=role)
    ImportedAuthor.objects.create(source="old", key="u1", name="Imported Author")

    assert list(registered_users(MARCH)) == counted


def test_who_took_up_the_invitation_later_or_left_later_is_counted_for_what_they_were(db):
    state = MemberStateFactory()
    late, left = enrol(2, member_state=state)
    Invitation.objects.create(
        user=late,
        invited_by=UserFactory(),
        token_hash="x",
        created_at=late.created_at,
        expires_at=datetime(2020, 5, 1, tzinfo=UTC),
        taken_up_at=datetime(2020, 4, 2, tzinfo=UTC),
    )
    User.objects.filter(pk=left.pk).update(
        status=AccountStatus.LEFT, left_at=datetime(2020, 4, 2, tzinfo=UTC), institution_kind=InstitutionKind.OTHER
    )

    assert list(registered_users(MARCH)) == [left]
    assert list(registered_users(date(2020, 4, 2))) == [late]
    notes = usage_paper(usage(MARCH, 2019), "en", for_publication=False).parts[-1].paragraphs
    assert "1 of the users has left since, and now counts among others and without a gender." in notes


def test_suspended_and_inactive_users_stay_registered(db):
    state = MemberStateFactory()
    enrol(2, member_state=state, suspended_until=timezone.now() + timedelta(days=9))

    assert registered_users(MARCH).count() == 2


def test_active_users_stand_beside_the_registered(db):
    now = timezone.now()
    state = MemberStateFactory()
    here, away, _never = enrol(3, member_state=state)
    Visit.objects.create(user=here, seen_at=now - timedelta(days=89))
    Visit.objects.create(user=away, seen_at=now - timedelta(days=92))

    found = usage(timezone.localdate(), 2020)

    assert (found.registered, found.active) == (3, 1)


def test_how_many_were_active_is_kept_for_each_day(db):
    state = MemberStateFactory()
    (user,) = enrol(1, member_state=state)
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        Visit.objects.create(user=user, seen_at=timezone.now())
        assert count_active_users() == 1
    Visit.objects.filter(user=user).update(seen_at=datetime(2026, 11, 1, tzinfo=UTC))

    assert usage(date(2026, 6, 1), 2026).active == 1
    assert usage(date(2026, 5, 31), 2026).active is None


def test_a_forum_without_users_has_a_report_too(db):
    paper = usage_paper(usage(MARCH, 2019), "en", for_publication=False)

    (text,) = paper.parts[0].paragraphs
    assert text == (
        "On 31 Mar 2020, the platform had 0 registered users from 0 countries. "
        "In 2019, there were 0 page views in 0 sessions."
    )
    assert "No pages were counted in 2019." in paper.parts[-1].paragraphs


def test_one_user_is_said_in_the_singular(db):
    enrol(1, member_state=MemberStateFactory(name_en="Kenya"), gender=Gender.FEMALE)

    text = usage_paper(usage(MARCH, 2019), "en", for_publication=False).parts[0].paragraphs[0]

    assert text.startswith("On 31 Mar 2020, the platform had 1 registered user from 1 country. ")
    assert "ratio" not in text


# --- What is published -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([889, 434, 0], ["889", "434", "0"]),
        ([889, 434, 3], ["889", "not shown", "fewer than 5"]),
        ([20, 5, 1], ["not shown", "not shown", "fewer than 5"]),
        ([2, 3], ["not shown", "not shown"]),
        ([6, 1], ["not shown", "not shown"]),
        ([8, 1], ["not shown", "fewer than 5"]),
    ],
)
def test_small_counts_and_what_would_betray_them_are_left_out(counts, shown):
    assert [cell.text for cell in people(counts, for_publication=True)] == shown


def test_nothing_published_narrows_a_small_count_down():
    """Whoever knows the sum and the rule still finds any number from 1 to 4 possible for each small count."""
    for first in range(25):
        for second in range(25):
            counts = [first, second, 2]
            cells = [cell.text for cell in people(counts, for_publication=True)]
            if "fewer than 5" not in cells:
                continue
            unknown = sum(number for number, text in zip(counts, cells, strict=True) if not text.isdecimal())
            small, larger = cells.count("fewer than 5"), cells.count("not shown")
            assert larger
            assert unknown - 4 - (small - 1) >= 5 * larger  # one of them could be 4


def test_without_publication_every_count_is_shown():
    assert [cell.text for cell in people([3, 1], for_publication=False)] == ["3", "1"]
    assert people_in_all(3, for_publication=True).text == "fewer than 5"
    assert people_in_all(5, for_publication=True).text == "5"


def test_a_small_group_is_not_published_by_the_report(client, moderator):
    state = MemberStateFactory(name_en="Kenya")
    enrol(20, member_state=state, institution_kind="university", gender=Gender.MALE)
    enrol(30, member_state=state, institution_kind="ip_office", gender=Gender.FEMALE)
    enrol(1, member_state=MemberStateFactory(name_en="Tonga"), institution_kind="research")

    text = usage_paper(usage(MARCH, 2019), "en", for_publication=True).parts[0].paragraphs[0]

    assert "research institutions (fewer than 5)" in text
    assert "universities (not shown)" in text
    assert "national IP offices (30)" in text
    assert "Tonga (fewer than 5)" in text
    assert "(1)" not in text
    client.force_login(moderator)
    asked = {"cut_off": "2020-03-31", "year": "2020", "publication": "on"}
    page = client.get(ADDRESS, asked).content.decode()
    assert "research institutions (fewer than 5)" in page


def test_a_published_ratio_does_not_say_how_few_did_not_state_it(db):
    genders = [Gender.MALE] * 40 + [Gender.FEMALE] * 20 + [""] * 2
    enrol(62, member_state=MemberStateFactory(), gender=genders)

    paper = usage_paper(usage(MARCH, 2019), "en", for_publication=True)

    assert "ratio" not in paper.parts[0].paragraphs[0]  # with it, the count that is not shown could be computed
    cells = {row.label: row.cells[0].text for row in paper.tables[3].rows}
    assert cells == {"Men": "40", "Women": "not shown", "Not stated": "fewer than 5"}
    assert "Some users did not state a gender; the ratio leaves them out." in paper.parts[-1].paragraphs


def test_an_evaluator_sees_what_could_be_published_only(client, db):
    enrol(20, member_state=MemberStateFactory(), institution_kind="university")
    enrol(1, member_state=MemberStateFactory(), institution_kind="research")
    asked = {"cut_off": "2020-03-31", "year": "2020"}

    client.force_login(UserFactory(role=Role.EVALUATOR))
    evaluator = client.get(ADDRESS, asked).content.decode()
    client.force_login(UserFactory(role=Role.SECRETARIAT))
    secretariat = client.get(ADDRESS, asked).content.decode()

    assert "research institutions (1)" in secretariat
    assert "research institutions (1)" not in evaluator
    assert "fewer than 5" in evaluator or "not shown" in evaluator


# --- The page and its files --------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.EXPERT])
def test_the_figures_are_for_the_moderator(client, db, role):
    client.force_login(UserFactory(role=role))

    assert client.get(ADDRESS).status_code == 403
    assert client.get(reverse("moderation:usage_export", args=["csv"])).status_code == 403


def test_a_delegate_does_not_see_the_figures(client, delegate):
    client.force_login(delegate)

    assert client.get(ADDRESS).status_code == 403


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"cut_off": "2199-01-01"}, "This day is still to come."),
        ({"year": "2199"}, "This year is still to come."),
        ({"cut_off": "yesterday"}, "Enter a valid date."),
        ({"language": "tlh"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_asked_is_said_and_kept(client, moderator, asked, said):
    client.force_login(moderator)

    answer = client.get(ADDRESS, asked)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_report_as_csv_reads_back(etisc, client, moderator):
    client.force_login(moderator)

    answer = client.get(f"{ADDRESS}usage.csv", {"cut_off": "2020-03-31", "year": "2019", "language": "en"})

    assert answer.headers["Content-Disposition"] == 'attachment; filename="usage-2020-03-31-en.csv"'
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [TEXT] in rows
    assert ["University", "889"] in rows
    assert ["Total", "2655"] in rows


def test_the_report_as_a_workbook_has_numbers_and_charts(etisc):
    paper = usage_paper(usage(MARCH, 2019), "en", for_publication=False)

    workbook = load_workbook(BytesIO(write_xlsx(paper)))

    assert workbook.sheetnames[0] == "Text"
    sheet = workbook["Users by type of institution"]
    assert [(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=2, max_row=8)] == [
        ("University", 889),
        ("National IP office", 434),
        ("Other government body", 345),
        ("Private sector", 311),
        ("Research institution", 235),
        ("Other", 441),
        ("Total", 2655),
    ]
    assert len(sheet._charts) == 1


def test_the_report_as_a_word_document_has_text_and_tables(etisc):
    paper = usage_paper(usage(MARCH, 2019), "en", for_publication=False)

    document = Document(BytesIO(write_docx(paper)))

    assert TEXT in [paragraph.text for paragraph in document.paragraphs]
    kinds = document.tables[1]
    assert [cell.text for cell in kinds.rows[1].cells][:2] == ["University", "889"]
    assert kinds.rows[1].cells[2].text == "█" * 24


def test_a_name_is_never_a_formula_in_a_file(db):
    enrol(9, member_state=MemberStateFactory(name_en="=HYPERLINK(1)"))
    paper = usage_paper(usage(MARCH, 2019), "en", for_publication=False)

    rows = list(csv.reader(StringIO(write_csv(paper).decode("utf-8-sig"))))
    sheet = load_workbook(BytesIO(write_xlsx(paper)))["Best represented countries"]

    assert ["'=HYPERLINK(1)", "9"] in rows
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].quotePrefix


def test_an_unknown_kind_of_file_is_not_found(client, moderator):
    client.force_login(moderator)

    assert client.get(f"{ADDRESS}usage.exe").status_code == 404
    assert client.get(f"{ADDRESS}usage.csv", {"year": "2199"}).status_code == 404


def test_the_page_has_a_chart_that_the_policy_lets_through(etisc, client, moderator):
    client.force_login(moderator)

    page = client.get(ADDRESS, {"cut_off": "2020-03-31", "year": "2019"}).content.decode()

    assert '<rect width="1000" height="10"/>' in page
    assert "style=" not in page


def test_delegates_of_a_state_are_counted_by_the_page_today(client, moderator):
    DelegateFactory(gender=Gender.FEMALE)
    client.force_login(moderator)

    assert "1 registered user from 1 country" in client.get(ADDRESS).content.decode()
