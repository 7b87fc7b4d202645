"""Certificates of attendance, with a code that anybody can check."""

import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from webinars.models import Certificate, Registration
from webinars.policies.feedback import may_take_certificate
from webinars.queries.attendance import share_attended

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what is mistaken for another sign in print
GROUPS, GROUP = 4, 4  # of signs: 80 bits, which nobody guesses


def new_code() -> str:
    """Return a code such as ``7K2M-QX4D-9HTR-3VWB``."""
    return "-".join("".join(secrets.choice(ALPHABET) for _sign in range(GROUP)) for _group in range(GROUPS))


def certificate_of(code: str) -> Certificate | None:
    """Return the certificate with a code, however its letters and dashes are typed."""
    signs = "".join(sign for sign in code.upper() if sign in ALPHABET)
    typed = "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
    found = Certificate.objects.select_related("registration__webinar").filter(code=typed)
    return found.first()


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
        registration=locked, code=new_code(), full_name=full_name, minutes=_minutes(locked, share)
    )
    audit.record(locked.user, "certificate.issued", certificate, registration=locked.pk, webinar=locked.webinar_id)
    return certificate


def _minutes(registration: Registration, share: float) -> int:
    webinar = registration.webinar
    length = webinar.ends_at - webinar.starts_at if webinar.ends_at and webinar.starts_at else timedelta()
    return round(length.total_seconds() * share / 60)
