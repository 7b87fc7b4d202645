"""Certificates of attendance: one's own, and checking one by its code."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from webinars.documents.certificate import write_certificate
from webinars.forms.feedback import CertificateForm
from webinars.models import Certificate, Registration, Series, SeriesCertificate
from webinars.policies.feedback import may_take_certificate, may_take_series_certificate
from webinars.queries.attendance import share_attended, walk_of
from webinars.services import certificates as services
from webinars.services.registrations import registration_of


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def certificate_create(request: HttpRequest, token: str) -> HttpResponse:
    """One's own certificate: the name is checked before it is issued, then there is the file."""
    registration = _registration(token)
    certificate = Certificate.objects.filter(registration=registration).first()
    form = CertificateForm(request.POST or None, registration=registration)
    if request.method == "POST" and form.is_valid():
        try:
            services.issue_certificate(registration=registration, full_name=form.cleaned_data["full_name"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Your certificate is issued."))
        return redirect("webinars:certificate_create", token)
    context = {
        "webinar": registration.webinar,
        "token": token,
        "certificate": certificate,
        "form": form,
        "verdict": may_take_certificate(registration, share=share_attended(registration)),
    }
    return _show(request, "webinars/certificate_create.html", context)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def series_certificate_create(request: HttpRequest, token: str) -> HttpResponse:
    """One's own certificate of a series, after all of it: the name is checked before it is issued."""
    registration = _registration(token)
    series = _series_or_404(registration)
    form = CertificateForm(request.POST or None, registration=registration)
    if request.method == "POST" and form.is_valid():
        try:
            services.issue_series_certificate(registration=registration, full_name=form.cleaned_data["full_name"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Your certificate is issued."))
        return redirect("webinars:series_certificate_create", token)
    walk = walk_of(registration, series)
    context = {
        "webinar": registration.webinar,
        "series": series,
        "token": token,
        "certificate": services.series_certificate_of(registration),
        "walk": walk,
        "form": form,
        "verdict": may_take_series_certificate(
            is_over=walk.is_over, parts=len(walk.parts), attended=len(walk.attended)
        ),
    }
    return _show(request, "webinars/series_certificate_create.html", context)


def _show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context, status=422 if context["form"].errors else 200)
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the key
    return response


def _registration(token: str) -> Registration:
    try:
        return registration_of(token)
    except Registration.DoesNotExist as error:
        raise Http404 from error


def _series_or_404(registration: Registration) -> Series:
    return get_object_or_404(Series, pk=registration.webinar.series_id)


@never_cache
@login_not_required
@require_GET
def certificate_file(request: HttpRequest, token: str) -> HttpResponse:
    """One's own certificate as PDF, once it is issued."""
    found = Certificate.objects.select_related("registration__webinar")
    return _file_or_404(found.filter(registration=_registration(token)).first())


@never_cache
@login_not_required
@require_GET
def series_certificate_file(request: HttpRequest, token: str) -> HttpResponse:
    """One's own certificate of a series as PDF, once it is issued."""
    return _file_or_404(services.series_certificate_of(_registration(token)))


def _file_or_404(certificate: Certificate | SeriesCertificate | None) -> HttpResponse:
    if certificate is None:
        raise Http404
    response = HttpResponse(write_certificate(certificate), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="certificate-{certificate.code}.pdf"'
    return response


@never_cache
@login_not_required
@require_GET
def certificate_check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a certificate is one of ours, and what it says; nothing where the code is wrong."""
    certificate, status = None, 429
    if ratelimit.consume_or_429(request, action="check_certificate", limit_get=True) is None:
        certificate = services.certificate_of(code)
        status = 200 if certificate else 404
    context = {"certificate": certificate, "is_too_often": status == 429}
    return render(request, "webinars/certificate_check.html", context, status=status)
