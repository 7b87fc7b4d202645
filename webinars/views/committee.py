"""The Committee's calendar, which the Secretariat keeps so that webinars do not overlap it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from webinars.forms.committee import CommitteeMeetingForm
from webinars.models import CommitteeMeeting
from webinars.policies.webinars import may_organize
from webinars.queries.committee import meetings_to_come
from webinars.services import committee as services


@require_http_methods(["GET", "POST"])
def committee_calendar(request: SignedInRequest) -> HttpResponse:
    """What is to come, with a form to add to it."""
    may_organize(request.user).enforce()
    form = CommitteeMeetingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_committee_meeting(actor=request.user, values=form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The meeting is in the calendar."))
            return redirect("webinars:committee_calendar")
    context = {"meetings": meetings_to_come(), "form": form, "zone": request.user.time_zone}
    return render(request, "webinars/committee_calendar.html", context, status=422 if form.errors else 200)


@require_POST
def committee_meeting_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    may_organize(request.user).enforce()
    meeting = get_object_or_404(CommitteeMeeting, pk=pk)
    services.drop_committee_meeting(actor=request.user, meeting=meeting.pk)
    messages.success(request, _("The meeting is out of the calendar."))
    return redirect("webinars:committee_calendar")
