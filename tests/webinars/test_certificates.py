"""Certificates of attendance: for those who attended enough, in their language, checked by a code."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from tests.factories import RegistrationFactory, WebinarFactory
from webinars.documents.certificate import certificate_words, write_certificate
from webinars.enums import AttendanceSource, RegistrationState, WebinarState
from webinars.models import Certificate, Webinar
from webinars.services.certificates import issue_certificate
from webinars.services.registrations import token_of

LENGTH = 100  # minutes


@pytest.fixture
def webinar(db):
    start = timezone.now() - timedelta(days=1)
    return WebinarFactory(
        state=WebinarState.HELD,
        starts_at=start,
        ends_at=start + timedelta(minutes=LENGTH),
        title_en="Registers that work",
    )


def attended(webinar, minutes, **changes):
    registration = RegistrationFactory(webinar=webinar, full_name="Examiner of Kenya", **changes)
    half = timedelta(minutes=minutes / 2)
    for joined in (webinar.starts_at, webinar.starts_at + half):  # joined again after half of it
        registration.intervals.create(joined_at=joined, left_at=joined + half, source=AttendanceSource.PROVIDER)
    return registration


def own(registration) -> str:
    return reverse("webinars:certificate_create", args=[token_of(registration)])


def file_of(registration) -> str:
    return reverse("webinars:certificate_file", args=[token_of(registration)])


def check(code) -> str:
    return reverse("webinars:certificate_check", args=[code])


@pytest.mark.parametrize(("minutes", "may"), [(59, False), (60, True), (100, True)])
def test_a_certificate_needs_attendance_of_a_share_of_the_webinar(webinar, minutes, may):
    registration = attended(webinar, minutes)

    if may:
        assert issue_certificate(registration=registration, full_name="A. Name").minutes == minutes
    else:
        with pytest.raises(PermissionDenied, match="60 percent"):
            issue_certificate(registration=registration, full_name="A. Name")
    assert Certificate.objects.exists() is may


def test_nobody_has_one_before_it_was_held_or_after_cancelling(webinar):
    registration = attended(webinar, LENGTH, state=RegistrationState.CANCELLED)
    with pytest.raises(PermissionDenied):
        issue_certificate(registration=registration, full_name="A. Name")

    Webinar.objects.filter(pk=webinar.pk).update(state=WebinarState.LIVE)
    with pytest.raises(PermissionDenied, match="held"):
        issue_certificate(registration=attended(webinar, LENGTH), full_name="A. Name")


def test_the_name_is_corrected_before_the_first_issue_and_stays_then(client, webinar):
    registration = attended(webinar, LENGTH)
    token = token_of(registration)
    page = client.get(reverse("webinars:registration_detail", args=[token])).text
    assert reverse("webinars:certificate_create", args=[token]) in page
    assert 'value="Examiner of Kenya"' in client.get(own(registration)).text
    assert client.get(file_of(registration)).status_code == 404

    client.post(own(registration), {"full_name": "First Examiner of Kenya"})
    client.post(own(registration), {"full_name": "Somebody Else"})

    assert Certificate.objects.get().full_name == "First Examiner of Kenya"
    with pytest.raises(ValidationError):
        issue_certificate(registration=registration, full_name="Somebody Else")
    response = client.get(file_of(registration))
    assert response.headers["Content-Type"] == "application/pdf"
    words = PdfReader(BytesIO(response.content)).pages[0].extract_text()
    assert "First Examiner of Kenya" in words
    assert "Registers that work" in words


def test_a_name_that_hides_signs_is_refused(client, webinar):
    registration = attended(webinar, LENGTH)

    assert client.post(own(registration), {"full_name": "Exam‮iner"}).status_code == 422
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_paper_is_in_the_language_of_whose_it_is(webinar, language):
    registration = attended(webinar, LENGTH, language=language)
    certificate = issue_certificate(registration=registration, full_name="Examiner of Kenya")

    reader = PdfReader(BytesIO(write_certificate(certificate)))

    assert len(reader.pages) == 1
    assert certificate.code in reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/Lang"].lower().startswith(language[:2])


def test_in_arabic_the_paper_reads_from_the_right(webinar):
    certificate = issue_certificate(registration=attended(webinar, LENGTH, language="ar"), full_name="اسم")

    with translation.override("ar"):
        assert certificate_words(certificate)["is_right_to_left"] is True
    with translation.override("fr"):
        assert certificate_words(certificate)["is_right_to_left"] is False


def test_anybody_checks_a_certificate_by_its_code_however_it_is_typed(client, webinar):
    certificate = issue_certificate(registration=attended(webinar, 60), full_name="Examiner of Kenya")

    for typed in (certificate.code, certificate.code.lower(), certificate.code.replace("-", "")):
        response = client.get(check(typed))
        assert response.status_code == 200
        assert "Examiner of Kenya" in response.text
        assert "Registers that work" in response.text
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_a_wrong_code_says_nothing(client, webinar):
    certificate = issue_certificate(registration=attended(webinar, LENGTH), full_name="Examiner of Kenya")
    wrong = certificate.code[:-1] + ("2" if certificate.code[-1] != "2" else "3")

    response = client.get(check(wrong))

    assert response.status_code == 404
    assert "Examiner of Kenya" not in response.text
    assert "Registers that work" not in response.text


def test_codes_cannot_be_tried_without_end(client, webinar):
    certificate = issue_certificate(registration=attended(webinar, LENGTH), full_name="Examiner of Kenya")
    answers = {client.get(check("AAAA-AAAA-AAAA-AAAA")).status_code for _time in range(60)}

    assert answers == {404}
    response = client.get(check(certificate.code))
    assert response.status_code == 429
    assert "Examiner of Kenya" not in response.text
