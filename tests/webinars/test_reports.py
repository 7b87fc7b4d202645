"""The annual report: what is counted, that it stays, and the documents in three languages."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook
from pytest_django.asserts import assertContains

from accounts.enums import Gender
from tests.factories import (
    CycleFactory,
    DelegateFactory,
    EngagementFactory,
    MemberStateFactory,
    QuestionFactory,
    RegionFactory,
    RegistrationFactory,
    UserFactory,
    WebinarFactory,
)
from webinars.documents.annual import paragraph
from webinars.enums import Channel, CycleState, Promoter, QuestionState, WebinarState
from webinars.models import AnnualReport, Feedback, PromotionTask
from webinars.queries.report import report_figures
from webinars.services import reports


@pytest.fixture
def secretariat(db):
    return UserFactory()


@pytest.fixture
def cycle(db):
    return CycleFactory(year=2026, state=CycleState.RUNNING)


def feedback(webinar, *given):
    for mark in given:
        Feedback.objects.create(
            webinar=webinar, language="en", relevance=mark, lectures=mark, speakers=mark, given_on=date(2026, 4, 1)
        )


@pytest.fixture
def held(cycle):
    """A webinar with a little of everything."""
    begun = timezone.now() - timedelta(days=100)
    webinar = WebinarFactory(
        cycle=cycle,
        state=WebinarState.COMPLETE,
        title_en="Small registers",
        title_fr="Petits registres",
        languages=["en", "fr"],
        regions=[RegionFactory(name_en="North", name_fr="Nord")],
        starts_at=begun,
        ends_at=begun + timedelta(hours=2),
    )
    kenya = MemberStateFactory()
    RegistrationFactory(webinar=webinar, country=kenya, attended=True)
    RegistrationFactory(webinar=webinar, country=kenya, attended=True)
    RegistrationFactory(webinar=webinar, country=MemberStateFactory(), attended=False)
    EngagementFactory(webinar=webinar, gender=Gender.FEMALE)
    EngagementFactory(webinar=webinar, gender="", is_internal=True)
    for state in (
        QuestionState.ANSWERED_LIVE,
        QuestionState.ANSWERED_CHAT,
        QuestionState.PUBLISHED,
        QuestionState.WAITING,
    ):
        QuestionFactory(webinar=webinar, state=state)
    PromotionTask.objects.create(
        webinar=webinar, audience="All", channel=Channel.WEB, promoter=Promoter.SECRETARIAT, reach=50
    )
    feedback(webinar, 5, 5, 4, 4, 3)
    return webinar


def address(cycle, name="report_edit"):
    return reverse(f"webinars:{name}", args=[cycle.year])


def test_the_figures_of_a_year(cycle, held):
    RegionFactory(name_en="South")
    WebinarFactory(cycle=cycle, state=WebinarState.CANCELLED, state_reason="No speaker.", regions=[])

    figures = report_figures(cycle)

    (row,) = figures["webinars"]
    assert (row["registered"], row["attended"], row["countries"], row["reach"]) == (3, 2, 2, 50)
    assert (row["asked"], row["answered_live"], row["answered_in_writing"]) == (3, 2, 1)
    assert row["feedback"] == {"count": 5, "relevance": 4.2, "lectures": 4.2, "speakers": 4.2}
    assert {region["name"]["en"]: region["webinars"] for region in figures["regions"]} == {
        "North": 1,
        "South": 0,
    }
    assert figures["languages"] == {"en": 1, "fr": 1}
    assert figures["experts"] == {"women": 1, "men": 0, "undeclared": 1, "internal": 1, "external": 1}


def test_feedback_of_fewer_than_five_is_in_no_report(cycle, held):
    held.feedback.all()[0].delete()

    assert report_figures(cycle)["webinars"][0]["feedback"] is None


def test_figures_do_not_move_once_they_are_reported(client, secretariat, cycle, held):
    client.force_login(secretariat)
    client.post(address(cycle), {"narrative_en": "A good year.", "narrative_fr": "Une bonne année."})
    before = AnnualReport.objects.get().figures

    RegistrationFactory(webinar=held, attended=True)
    held.title_en = "Another title"
    held.save()
    feedback(held, 1, 1, 1)
    client.post(address(cycle), {"narrative_en": "A very good year."})

    report = AnnualReport.objects.get()
    cycle.refresh_from_db()
    assert report.figures == before != report_figures(cycle)
    assert report.narrative_en == "A very good year."
    assert cycle.state == CycleState.REPORTED
    assertContains(client.get(address(cycle)), "Small registers")


def test_a_year_is_not_reported_while_a_webinar_is_to_come(client, secretariat, cycle, held):
    WebinarFactory(cycle=cycle)
    client.force_login(secretariat)

    response = client.post(address(cycle), {"narrative_en": "A good year."})

    assertContains(response, "still to be held", status_code=422)
    assertContains(response, "A good year.", status_code=422)
    assert not AnnualReport.objects.exists()


@pytest.mark.parametrize("state", [CycleState.PUBLISHED, CycleState.REPORTED])
def test_only_a_year_that_runs_is_reported(secretariat, cycle, state):
    cycle.state = state
    cycle.save()

    with pytest.raises(PermissionDenied):
        reports.set_report(actor=secretariat, year=cycle.year, narrative={})


def test_a_delegate_reports_nothing(cycle, held):
    with pytest.raises(PermissionDenied):
        reports.set_report(actor=DelegateFactory(), year=cycle.year, narrative={})


@pytest.mark.parametrize(
    ("language", "title", "region"), [("en", "Small registers", "North"), ("fr", "Petits registres", "Nord")]
)
def test_the_document_is_in_the_language_asked_for(client, secretariat, cycle, held, language, title, region):
    reports.set_report(
        actor=secretariat, year=2026, narrative={"narrative_en": "A good year.", "narrative_fr": "Une bonne année."}
    )
    client.force_login(secretariat)

    response = client.get(address(cycle, "report_file"), {"language": language, "file": "docx"})

    document = Document(BytesIO(response.content))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {title, region} <= cells
    said = {"en": "A good year.", "fr": "Une bonne année."}
    assert said[language] in [paragraph.text for paragraph in document.paragraphs]


def test_the_workbook_holds_the_figures_as_numbers(client, secretariat, cycle, held):
    client.force_login(secretariat)

    response = client.get(address(cycle, "report_file"), {"language": "es", "file": "xlsx"})

    sheet = load_workbook(BytesIO(response.content)).worksheets[1]
    assert [sheet.cell(2, column).value for column in (4, 5, 6, 7)] == [3, 2, 2, 50]


@pytest.mark.parametrize("asked", [{"language": "ar"}, {"file": "exe"}])
def test_there_is_no_report_in_other_languages_and_formats(client, secretariat, cycle, asked):
    client.force_login(secretariat)

    assert client.get(address(cycle, "report_file"), asked).status_code == 404


def test_the_paragraph_for_the_director_general(cycle, held):
    assert paragraph(2026, report_figures(cycle), "en") == (
        "In 2026, the Secretariat held 1 webinar on technical assistance in 2 languages for 1 region, "
        "with 2 participants; those registered came from 2 countries."
    )
