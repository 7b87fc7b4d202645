"""Registering for a webinar, one's own registration, and calendars; all without an account."""

from collections.abc import Callable

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from webinars import calendars
from webinars.enums import SeriesState
from webinars.forms.registrations import RegistrationForm
from webinars.models import Registration, Series, Webinar
from webinars.policies import registrations as policies
from webinars.policies.feedback import may_give_feedback, may_take_certificate
from webinars.policies.meetings import may_join
from webinars.policies.questions import may_ask
from webinars.queries.attendance import has_attended, share_attended
from webinars.queries.registrations import in_calendars, registration_list
from webinars.services import registrations as services
from webinars.services.registration_letters import when_in_words


@login_not_required
@require_http_methods(["GET", "POST"])
def registration_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Register for a webinar, with or without an account."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    verdict = policies.may_register(webinar, timezone.now())
    user = request.user if isinstance(request.user, User) and request.user.may_enter else None
    form = RegistrationForm(request.POST if request.method == "POST" else None, webinar=webinar, user=user)
    status = 200
    if request.method == "POST":
        status = 422
        if not verdict:
            raise PermissionDenied(verdict.reason)
        if form.is_valid():
            if ratelimit.consume(request, action="register", key=form.cleaned_data["email"]):
                services.register(webinar=webinar, user=user, **form.cleaned_data)
                return redirect("webinars:registration_sent", webinar.pk)
            form.add_error(None, _("Too many registrations were sent from here. Please try again in an hour."))
            status = 429
    context = {"webinar": webinar, "form": form, "verdict": verdict}
    return render(request, "webinars/registration_create.html", context, status=status)


@login_not_required
@require_GET
def registration_sent(request: HttpRequest, pk: int) -> HttpResponse:
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    return render(request, "webinars/registration_sent.html", {"webinar": webinar})


@never_cache
@login_not_required
@require_GET
def registration_detail(request: HttpRequest, token: str) -> HttpResponse:
    """One's own registration. To look at it changes nothing, since mail programs look too."""
    registration = _registration(token)
    context = {
        "registration": registration,
        "webinar": registration.webinar,
        "token": token,
        "when": when_in_words(registration),
        "may_change": policies.may_change(registration, timezone.now()),
        "may_join": may_join(registration, timezone.now()),
        "may_ask": may_ask(registration),
        "may_give_feedback": may_give_feedback(registration, has_attended=has_attended(registration)),
        "may_take_certificate": may_take_certificate(registration, share=share_attended(registration)),
        "has_explored_series": _has_explored_series(registration),
    }
    response = render(request, "webinars/registration_detail.html", context)
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the key
    return response


def _has_explored_series(registration: Registration) -> bool:
    """Tell whether there may be a certificate of the webinar's series; its page says whether this person has one."""
    series = registration.webinar.series
    return series is not None and series.state == SeriesState.EXPLORED and registration.webinar.has_ended


@login_not_required
@require_POST
def registration_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm, or take a place that was offered."""
    return _act(request, token, lambda: services.confirm(token=token), _("Thank you. Your registration is confirmed."))


@login_not_required
@require_POST
def registration_cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give the place back."""
    said = _("Your registration is cancelled. Your place goes to the next one who waits.")
    return _act(request, token, lambda: services.cancel(token=token), said)


def _act(request: HttpRequest, token: str, act: Callable[[], Registration], said: str) -> HttpResponse:
    _registration(token)
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect("webinars:registration_detail", token)


def _registration(token: str) -> Registration:
    try:
        return services.registration_of(token)
    except Registration.DoesNotExist as error:
        raise Http404 from error


@never_cache
@login_not_required
@require_GET
def registration_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """One's own calendar entry, which leads to one's own page."""
    registration = _registration(token)
    webinar = registration.webinar
    if webinar.starts_at is None:
        raise Http404
    event = calendars.event_of(webinar, address=services.personal_address(registration), registration=registration)
    return _calendar([(webinar, event)], webinar.title)


@login_not_required
@require_GET
def webinar_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """One webinar's calendar entry, which leads to its public page."""
    webinar = get_object_or_404(in_calendars(request.user), pk=pk)
    return _feed(in_calendars(request.user).filter(pk=webinar.pk), webinar.title)


@login_not_required
@require_GET
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """All webinars, to subscribe to."""
    return _feed(in_calendars(request.user), _("Webinars on technical assistance"))


@login_not_required
@require_GET
def series_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """The webinars of one series, to subscribe to."""
    found = in_calendars(request.user).filter(series=pk)
    shown = Webinar.objects.visible_to(request.user).values("series")
    series: Series = get_object_or_404(Series, pk__in=shown.filter(series=pk))
    return _feed(found, series.title)


@login_not_required
@require_GET
def language_feed(request: HttpRequest, language: str) -> HttpResponse:
    """The webinars held in one language, to subscribe to."""
    names = dict(settings.LANGUAGES)
    if language not in names:
        raise Http404
    found = in_calendars(request.user).filter(languages__contains=[language])
    return _feed(found, _("Webinars in %(language)s") % {"language": names[language]})


def _feed(webinars: QuerySet[Webinar], name: str) -> HttpResponse:
    events = [
        (webinar, calendars.event_of(webinar, address=f"{settings.PUBLIC_URL}{webinar.get_absolute_url()}"))
        for webinar in webinars
    ]
    return _calendar(events, name)


def _calendar(events: list, name: str) -> HttpResponse:
    response = HttpResponse(calendars.calendar_of(events, name=name), content_type=calendars.MEDIA_TYPE)
    response.headers["Content-Disposition"] = 'inline; filename="webinar.ics"'
    return response


# --- For the Secretariat ------------------------------------------------------------------------------


@require_GET
def webinar_registrations(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who registered for a webinar."""
    policies.may_manage(request.user).enforce()
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    context = {
        "webinar": webinar,
        "list": registration_list(webinar),
        "back": reverse("webinars:webinar_detail", args=[pk]),
    }
    return render(request, "webinars/webinar_registrations.html", context)
