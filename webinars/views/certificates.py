"""Certificates of attendance: one's own, and checking one by its code."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from webinars.documents.certificate import write_certificate
from webinars.forms.feedback import CertificateForm
from webinars.models import Certificate, Registration
from webinars.policies.feedback import may_take_certificate
from webinars.queries.attendance import share_attended
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
    response = render(request, "webinars/certificate_create.html", context, status=422 if form.errors else 200)
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the key
    return response


def _registration(token: str) -> Registration:
    try:
        return registration_of(token)
    except Registration.DoesNotExist as error:
        raise Http404 from error


@never_cache
@login_not_required
@require_GET
def certificate_file(request: HttpRequest, token: str) -> HttpResponse:
    """One's own certificate as PDF, once it is issued."""
    found = Certificate.objects.select_related("registration__webinar")
    certificate = found.filter(registration=_registration(token)).first()
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
    context = {
        "certificate": certificate,
        "webinar": certificate.registration.webinar if certificate else None,
        "is_too_often": status == 429,
    }
    return render(request, "webinars/certificate_check.html", context, status=status)
