"""Certificates of attendance as PDF, set by typst: the template takes the words as data, so nothing in it is run."""

import json
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum.documents.pdf import FONTS
from webinars.models import Certificate, SeriesCertificate, Webinar

TEMPLATE = Path(__file__).parent / "certificate.typ"


def certificate_words(certificate: Certificate | SeriesCertificate) -> dict[str, object]:
    """Return what a certificate says, in the active language."""
    minutes = ngettext("%(count)d minute attended", "%(count)d minutes attended", certificate.minutes)
    if isinstance(certificate, SeriesCertificate):
        after_name, subject = _("attended all webinars of the series"), certificate.series.title
        lines = [f"{webinar.title} ({_day(webinar)})" for webinar in certificate.webinars]
    else:
        [webinar] = certificate.webinars
        after_name, subject, lines = _("attended the webinar"), webinar.title, [_day(webinar)]
    return {
        "language": translation.get_language() or "en",
        "is_right_to_left": translation.get_language_bidi(),
        "masthead": _("Webinars on technical assistance"),
        "title": _("Certificate of attendance"),
        "before_name": _("This is to certify that"),
        "name": certificate.full_name,
        "after_name": after_name,
        "subject": subject,
        "lines": [*lines, minutes % {"count": certificate.minutes}],
        "code_label": _("Code"),
        "code": certificate.code,
        "check": _("Anybody can check this certificate here:"),
        "address": f"{settings.PUBLIC_URL}{reverse('webinars:certificate_check', args=[certificate.code])}",
    }


def _day(webinar: Webinar) -> str:
    return date_format(timezone.localdate(webinar.starts_at, webinar.tz), "DATE_FORMAT")


def write_certificate(certificate: Certificate | SeriesCertificate) -> bytes:
    """Return a certificate as PDF, in the language of whose it is. Source: workflow 2.7."""
    import typst

    with translation.override(certificate.language):
        words = certificate_words(certificate)
    pdf: bytes = typst.compile(  # type: ignore[misc]  # its stubs leave the kind of input open
        TEMPLATE.read_bytes(),
        font_paths=[str(files(package)) for package in FONTS],
        ignore_system_fonts=True,
        sys_inputs={"certificate": json.dumps(words, ensure_ascii=False)},
    )
    return pdf
