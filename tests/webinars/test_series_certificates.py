"""Certificates of a whole series: for those who attended each part of one that is over, checked by a code."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Barrier

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AuditEntry
from tests.factories import DelegateFactory, RegistrationFactory, SeriesFactory, WebinarFactory
from webinars.documents.certificate import write_certificate
from webinars.enums import AttendanceSource, RegistrationState, SeriesState, WebinarState
from webinars.models import Registration, Series, SeriesCertificate, Webinar
from webinars.services.certificates import issue_certificate, issue_series_certificate
from webinars.services.registrations import discard_old, token_of

ADDRESS = "examiner@office.example"
LENGTH = 100  # minutes


@pytest.fixture
def series(db):
    """A fully explored series of two parts, both held."""
    series = SeriesFactory(title_en="From needs to results", state=SeriesState.EXPLORED, state_reason="All is said.")
    for part in (1, 2):
        held(series=series, part=part, title_en=f"Step {part}")
    return series


def held(days: int = 30, **fields) -> Webinar:
    start = timezone.now() - timedelta(days=days - fields.get("part", 0))
    return WebinarFactory(
        **{"state": WebinarState.HELD, "starts_at": start, "ends_at": start + timedelta(minutes=LENGTH), **fields}
    )


def parts(series) -> list[Webinar]:
    return list(series.webinars.filter(repeats=None).order_by("part"))


def attended(webinar, minutes=LENGTH, **changes) -> Registration:
    registration = RegistrationFactory(webinar=webinar, **{"email": ADDRESS, "full_name": "Examiner", **changes})
    registration.intervals.create(
        joined_at=webinar.starts_at,
        left_at=webinar.starts_at + timedelta(minutes=minutes),
        source=AttendanceSource.PROVIDER,
    )
    return registration


def walked(series, **changes) -> Registration:
    """Return one of the registrations of somebody who attended all that was held."""
    return [attended(webinar, **changes) for webinar in parts(series) if webinar.has_ended][-1]


def issue(registration) -> SeriesCertificate:
    return issue_series_certificate(registration=registration, full_name="A. Name")


def own(registration) -> str:
    return reverse("webinars:series_certificate_create", args=[token_of(registration)])


def file_of(registration) -> str:
    return reverse("webinars:series_certificate_file", args=[token_of(registration)])


def check(code) -> str:
    return reverse("webinars:certificate_check", args=[code])


# --- Who has one --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "may"), [(59, False), (60, True)])
def test_it_needs_enough_of_each_part(series, minutes, may):
    first, second = (attended(webinar, least) for webinar, least in zip(parts(series), (LENGTH, minutes), strict=True))

    if may:
        certificate = issue(second)
        assert certificate.minutes == LENGTH + minutes
        assert set(certificate.registrations.all()) == {first, second}
        entry = AuditEntry.objects.get(action="certificate.series_issued")
        assert entry.facts == {"registrations": [first.pk, second.pk], "series": series.pk}
    else:
        with pytest.raises(PermissionDenied, match=r"60 percent of each of its 2 parts; .* attended 1\."):
            issue(first)
        assert not SeriesCertificate.objects.exists()


def test_a_part_counts_in_whichever_language_it_was_attended(series):
    first, second = parts(series)
    registration = attended(first)
    attended(second, 10)
    with pytest.raises(PermissionDenied):
        issue(registration)

    in_french = attended(held(repeats=second, languages=["fr"]))

    assert set(issue(registration).registrations.all()) == {registration, in_french}


@pytest.mark.parametrize(
    "change",
    [
        {"email": "colleague@office.example"},
        {"state": RegistrationState.CANCELLED},
    ],
)
def test_what_somebody_else_attended_or_cancelled_does_not_count(series, change):
    first, second = parts(series)
    registration = attended(first)
    attended(second, **change)

    with pytest.raises(PermissionDenied):
        issue(registration)

    attended(second)
    assert issue(registration).registrations.count() == 2


def test_a_member_who_changed_address_in_between_is_still_the_same(series):
    delegate = DelegateFactory()
    first, second = parts(series)
    attended(first, user=delegate, email="before@office.example")

    assert issue(attended(second, user=delegate, email="after@office.example")).registrations.count() == 2


def test_a_cancelled_part_is_not_missed(series):
    WebinarFactory(series=series, part=3, state=WebinarState.CANCELLED, state_reason="The expert is ill.")
    registration = walked(series)

    assert issue(registration).registrations.count() == 2


@pytest.mark.parametrize("lacks", ["open", "part to come"])
def test_nobody_has_one_before_the_series_is_over(series, lacks):
    registration = walked(series)
    if lacks == "open":
        Series.objects.update(state=SeriesState.OPEN)
    else:
        coming = WebinarFactory(series=series, part=3)

    with pytest.raises(PermissionDenied, match="fully explored"):
        issue(registration)

    if lacks == "open":
        Series.objects.update(state=SeriesState.EXPLORED)
    else:
        coming.delete()
    assert issue(registration)


def test_it_is_issued_once_whichever_registration_asks(series):
    first, second = (attended(webinar) for webinar in parts(series))
    issue(first)

    for registration in (first, second):
        with pytest.raises(ValidationError, match="issued already"):
            issue(registration)
    assert SeriesCertificate.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_asked_twice_at_once_it_is_issued_once(series):
    registrations = [attended(webinar) for webinar in parts(series)]
    together = Barrier(2)

    def ask(registration):
        try:
            together.wait()
            issue(registration)
        except ValidationError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "issued"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(ask, registrations)) == ["issued", "twice"]


# --- The pages ----------------------------------------------------------------------------------------


def test_the_personal_page_leads_to_it_once_the_series_is_explored(client, series):
    registration = attended(parts(series)[0])
    page = reverse("webinars:registration_detail", args=[token_of(registration)])
    assert f"{page}series-certificate/" in client.get(page).text

    Series.objects.update(state=SeriesState.OPEN)

    assert f"{page}series-certificate/" not in client.get(page).text


def test_the_name_is_corrected_before_it_is_issued_and_stays_then(client, series):
    first, second = (attended(webinar) for webinar in parts(series))
    shown = client.get(own(first)).text
    assert 'value="Examiner"' in shown
    assert "Step 1" in shown
    assert "Step 2" in shown
    assert client.get(file_of(first)).status_code == 404
    assert client.post(own(first), {"full_name": "Exam\u202einer"}).status_code == 422

    client.post(own(first), {"full_name": "First Examiner"})
    client.post(own(second), {"full_name": "Somebody Else"})

    assert SeriesCertificate.objects.get().full_name == "First Examiner"
    for registration in (first, second):
        response = client.get(file_of(registration))
        assert response.headers["Content-Type"] == "application/pdf"
        words = PdfReader(BytesIO(response.content)).pages[0].extract_text()
        for said in ("First Examiner", "From needs to results", "Step 1", "Step 2", "200 minutes attended"):
            assert said in words


def test_the_page_says_what_is_missing_and_has_no_form(client, series):
    response = client.get(own(attended(parts(series)[0])))

    assert "with this address you attended 1." in response.text
    assert "<form" not in response.text.partition("<main")[2].partition("</main")[0]


def test_a_webinar_in_no_series_has_no_such_page(client, db):
    assert client.get(own(attended(held()))).status_code == 404


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_paper_is_on_one_page_in_the_language_of_whose_it_is(series, language):
    for part in range(3, 9):
        held(series=series, part=part, title_en=f"Step {part} of a long way through all that an office may need " * 2)
    registration = walked(series, language=language)

    reader = PdfReader(BytesIO(write_certificate(certificate := issue(registration))))

    assert len(reader.pages) == 1
    assert certificate.code in reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/Lang"].lower().startswith(language[:2])


def test_anybody_checks_it_by_its_code_and_a_wrong_code_says_nothing(client, series):
    certificate = issue(walked(series))
    wrong = certificate.code[:-1] + ("2" if certificate.code[-1] != "2" else "3")

    found, lost = client.get(check(certificate.code.lower())), client.get(check(wrong))

    for said in ("This certificate is genuine.", "A. Name", "From needs to results", "Step 1", "Step 2", "200"):
        assert said in found.text
    assert lost.status_code == 404
    assert "A. Name" not in lost.text


def test_the_check_tells_a_certificate_of_one_webinar_from_one_of_the_series(client, series):
    registration = walked(series)
    single = issue_certificate(registration=registration, full_name="A. Name")

    assert "From needs to results" not in client.get(check(single.code)).text
    assert "From needs to results" in client.get(check(issue(registration).code)).text


def test_it_stays_when_the_names_of_the_registrations_are_forgotten(client, series):
    registration = walked(series)
    certificate = issue(registration)
    Registration.objects.update(keep_until=timezone.localdate() - timedelta(days=1))

    discard_old()

    assert client.get(file_of(registration)).status_code == 200
    assert "A. Name" in client.get(check(certificate.code)).text
