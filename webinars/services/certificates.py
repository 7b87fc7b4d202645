"""Certificates of attendance, with a code that anybody can check."""

import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from webinars.models import Certificate, Registration, Series, SeriesCertificate
from webinars.policies.feedback import may_take_certificate, may_take_series_certificate
from webinars.queries.attendance import minutes_attended, share_attended, walk_of

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what is mistaken for another sign in print
GROUPS, GROUP = 4, 4  # of signs: 80 bits, which nobody guesses


def new_code() -> str:
    """Return a code such as ``7K2M-QX4D-9HTR-3VWB``."""
    return "-".join("".join(secrets.choice(ALPHABET) for _sign in range(GROUP)) for _group in range(GROUPS))


def certificate_of(code: str) -> Certificate | SeriesCertificate | None:
    """Return the certificate with a code, of a webinar or of a series, however its letters and dashes are typed."""
    signs = "".join(sign for sign in code.upper() if sign in ALPHABET)
    typed = "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
    single = Certificate.objects.select_related("registration__webinar").filter(code=typed).first()
    return single or SeriesCertificate.objects.select_related("series").filter(code=typed).first()


@transaction.atomic
def issue_certificate(*, registration: Registration, full_name: str) -> Certificate:
    """Issue the certificate of somebody's attendance, once; the name on it stays as it is then.

    Args:
        registration: Whose it is.
        full_name: As the person wants it printed.

    Returns:
        The certificate.

    Raises:
        PermissionDenied: They attended too little, or the webinar was not held yet; the message says why.
        ValidationError: It was issued already.

    Source: workflow 2.7.
    """
    locked = Registration.objects.select_for_update(of=("self",)).select_related("webinar").get(pk=registration.pk)
    share = share_attended(locked)
    may_take_certificate(locked, share=share).enforce()
    if Certificate.objects.filter(registration=locked).exists():
        raise ValidationError(_("Your certificate is issued already, and stays as it is."), code="twice")
    certificate = Certificate.objects.create(
        registration=locked, code=new_code(), full_name=full_name, minutes=minutes_attended(locked)
    )
    audit.record(locked.user, "certificate.issued", certificate, registration=locked.pk, webinar=locked.webinar_id)
    return certificate


@transaction.atomic
def issue_series_certificate(*, registration: Registration, full_name: str) -> SeriesCertificate:
    """Issue the certificate of somebody who attended all of a series, once; the name on it stays as it is then.

    Args:
        registration: One of theirs, for a webinar of the series.
        full_name: As the person wants it printed.

    Returns:
        The certificate, in the language of our mail to them.

    Raises:
        Series.DoesNotExist: The webinar is in no series.
        PermissionDenied: The series is not over, or they attended too little; the message says why.
        ValidationError: It was issued already.

    Source: WEB-03, workflow 2.7.
    """
    series = Series.objects.select_for_update(of=("self",)).get(webinars=registration.webinar_id)  # one by one
    walk = walk_of(registration, series)
    verdict = may_take_series_certificate(is_over=walk.is_over, parts=len(walk.parts), attended=len(walk.attended))
    verdict.enforce()
    if series_certificate_of(registration) is not None:
        raise ValidationError(_("Your certificate is issued already, and stays as it is."), code="twice")
    certificate = SeriesCertificate.objects.create(
        series=series, code=new_code(), full_name=full_name, language=registration.language, minutes=walk.minutes
    )
    stands_on = [one.pk for one in walk.attended]
    Registration.objects.filter(pk__in=stands_on).update(series_certificate=certificate)
    audit.record(registration.user, "certificate.series_issued", certificate, registrations=stands_on, series=series.pk)
    return certificate


def series_certificate_of(registration: Registration) -> SeriesCertificate | None:
    """Return the certificate of a webinar's series that somebody has, whichever of their registrations is asked."""
    own = Registration.objects.of_whose_is(registration)
    found = SeriesCertificate.objects.filter(series=registration.webinar.series_id, registrations__in=own)
    return found.select_related("series").first()
