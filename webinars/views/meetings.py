"""The way into a webinar, what the meeting software reports, and where the Secretariat sets both."""

import json
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from webinars.enums import Provider
from webinars.forms.meetings import AttendanceForm, MeetingForm
from webinars.meetings import software
from webinars.meetings.base import MeetingSoftwareError
from webinars.meetings.bigbluebutton import BigBlueButton
from webinars.meetings.zoom import Zoom
from webinars.models import Engagement, Meeting, Registration, Webinar
from webinars.policies.registrations import may_manage
from webinars.services import attendance, registrations
from webinars.services import meetings as services

CALLBACK_BYTES = 1_000_000


@never_cache
@csp_update({"frame-src": settings.STREAM_HOSTS or ["'none'"]})  # type: ignore[arg-type]
@login_not_required
@require_POST
def registration_join(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody with a place in."""
    try:
        registration = registrations.registration_of(token)
    except Registration.DoesNotExist as error:
        raise Http404 from error
    return _in(request, registration.webinar, lambda: services.join(registration))


@never_cache
@login_not_required
@require_POST
def expert_join(request: HttpRequest, token: str) -> HttpResponse:
    """Let an expert in."""
    engagement = _expert(token)
    return _in(request, engagement.webinar, lambda: services.join_as_expert(engagement))


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD"])
def expert_entrance(request: HttpRequest, token: str) -> HttpResponse:
    """The page with an expert's button to join."""
    engagement = _expert(token)
    context = {"webinar": engagement.webinar, "engagement": engagement, "token": token}
    response = render(request, "webinars/expert_entrance.html", context)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _expert(token: str) -> Engagement:
    try:
        return services.expert_of(token)
    except Engagement.DoesNotExist as error:
        raise Http404 from error


@never_cache
@require_POST
def webinar_join(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the Secretariat in, which runs the meeting."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    may_manage(request.user).enforce()
    return _in(request, webinar, lambda: services.join_as_host(actor=request.user, webinar=webinar))


def _in(request: HttpRequest, webinar: Webinar, way: Any) -> HttpResponse:
    """Answer with the way in: sent on at once, with the other ways beside it; or the stream in the page."""
    address, failure = "", ""
    try:
        address = way()
    except MeetingSoftwareError as error:
        failure = str(error)
    meeting = Meeting.objects.filter(webinar=webinar).first()
    embeds = meeting is not None and software(meeting.provider).embeds
    context = {"webinar": webinar, "meeting": meeting, "address": address, "failure": failure, "embeds": embeds}
    response = render(request, "webinars/joining.html", context, status=503 if failure else 200)
    response.headers["Referrer-Policy"] = "no-referrer"
    if address and not embeds:
        response.headers["Refresh"] = f"0; url={address}"  # a redirect after a form would be refused by form-action
    return response


# --- What the software reports ------------------------------------------------------------------------


@csrf_exempt
@login_not_required
@require_POST
def bigbluebutton_recording(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep that a recording is ready; the report is signed, and may come twice."""
    meeting = get_object_or_404(Meeting, pk=pk, provider=Provider.BIGBLUEBUTTON)
    claims = _signed(meeting, request.POST.get("signed_parameters", ""))
    if claims is None or claims.get("meeting_id") != meeting.external_id or not claims.get("record_id"):
        return HttpResponse(status=403)
    services.receive_recording(meeting, external_id=str(claims["record_id"])[:200])
    return HttpResponse(status=200)


@csrf_exempt
@login_not_required
@require_POST
def bigbluebutton_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep who was there; the report is signed, and may come twice."""
    meeting = get_object_or_404(Meeting, pk=pk, provider=Provider.BIGBLUEBUTTON)
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or _signed(meeting, token) is None:
        return HttpResponse(status=403)
    told = _json(request)
    if told is None or told.get("meeting_id") != meeting.external_id:
        return HttpResponse(status=400)
    attendees = told.get("data", {}).get("attendees", [])
    services.receive_attendance(meeting, attendees if isinstance(attendees, list) else [])
    return HttpResponse(status=200)


def _signed(meeting: Meeting, token: str) -> dict[str, Any] | None:
    bigbluebutton = software(meeting.provider)
    if not isinstance(bigbluebutton, BigBlueButton) or not bigbluebutton.secret:
        return None
    try:
        return bigbluebutton.signed(token)
    except MeetingSoftwareError:
        return None


@csrf_exempt
@login_not_required
@require_POST
def zoom_event(request: HttpRequest) -> HttpResponse:
    """Keep what Zoom reports: who joined and left, and recordings; each is signed, and may come twice."""
    body = request.body if int(request.headers.get("Content-Length") or 0) <= CALLBACK_BYTES else b""
    moment, signature = request.headers.get("x-zm-request-timestamp", ""), request.headers.get("x-zm-signature", "")
    if not Zoom.is_signed(body, moment, signature):
        return HttpResponse(status=403)
    told = _json(request)
    if told is None:
        return HttpResponse(status=400)
    payload = told.get("payload", {})
    if told.get("event") == "endpoint.url_validation":
        return JsonResponse(Zoom.proof(str(payload.get("plainToken", ""))))
    about = payload.get("object", {})
    meeting = Meeting.objects.filter(provider=Provider.ZOOM, external_id=str(about.get("id", ""))).first()
    if meeting is not None:
        _keep_event(meeting, str(told.get("event", "")), about)
    return HttpResponse(status=200)


def _keep_event(meeting: Meeting, event: str, about: dict[str, Any]) -> None:
    if event == "recording.completed":
        services.receive_recording(meeting, external_id=str(about.get("uuid", ""))[:200])
    elif event in {"meeting.participant_joined", "meeting.participant_left"}:
        participant = about.get("participant", {})
        services.receive_stay(
            meeting,
            email=str(participant.get("email", "")),
            joined=str(participant.get("join_time", "")),
            left=str(participant.get("leave_time", "")),
            stay=str(participant.get("participant_uuid") or participant.get("user_id") or "")[:200],
        )


def _json(request: HttpRequest) -> dict[str, Any] | None:
    if int(request.headers.get("Content-Length") or 0) > CALLBACK_BYTES:
        return None
    try:
        told = json.loads(request.body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


# --- For the Secretariat ------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def meeting_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say where a webinar takes place."""
    may_manage(request.user).enforce()
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    meeting = Meeting.objects.filter(webinar=webinar).first() or Meeting(webinar=webinar)
    form = MeetingForm(request.POST if request.method == "POST" else None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        services.keep_meeting(actor=request.user, webinar=webinar, values=form.cleaned_data)
        messages.success(request, _("The meeting is kept."))
        return redirect("webinars:meeting_edit", pk)
    experts = [(expert, services.expert_token(expert)) for expert in webinar.engagements.all()]
    context = {"webinar": webinar, "meeting": meeting, "form": form, "experts": experts, "site": settings.PUBLIC_URL}
    return render(request, "webinars/meeting_edit.html", context, status=422 if form.errors else 200)


@require_POST
def attendance_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say by hand whether one person came."""
    may_manage(request.user).enforce()
    registration = get_object_or_404(Registration.objects.select_related("webinar"), pk=pk)
    form = AttendanceForm(request.POST)
    if form.is_valid():
        attendance.correct(actor=request.user, registration=registration, **form.cleaned_data)
        messages.success(request, _("The attendance is corrected."))
    else:
        messages.error(request, _("Choose one of the three."))
    return redirect("webinars:webinar_registrations", registration.webinar_id)
