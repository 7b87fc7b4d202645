"""Pages on which somebody leaves for good, or is recorded as having left."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import policies
from accounts.again import asked_again_to_send
from accounts.enums import AccountStatus
from accounts.forms import LeavingForm, MarkLeftForm
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services.leaving import leave, mark_left


@asked_again_to_send
@require_http_methods(["GET", "POST"])
def profile_leave(request: SignedInRequest) -> HttpResponse:
    is_focal_point = request.user.is_focal_point
    form = LeavingForm(request.POST if request.method == "POST" else None, is_focal_point=is_focal_point)
    if form.is_valid():
        language = request.user.language
        leave(actor=request.user, without_successor=is_focal_point)
        logout(request)
        with translation.override(language):
            messages.success(request, _("You have left the forum. What you posted stays, without your name."))
        return redirect("forum:front_page")
    may_leave = policies.may_leave(request.user, without_successor=True)
    context = {"form": form, "may_leave": may_leave, "is_focal_point": is_focal_point}
    return render(request, "accounts/profile_leave.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def person_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_mark_left(request.user, pk).enforce()
    return _record_leaving(request, pk)


@asked_again_to_send
def _record_leaving(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User.objects.exclude(status=AccountStatus.LEFT), pk=pk)
    form = MarkLeftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        mark_left(actor=request.user, person=pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("The person has left; what they posted stays, without their name."))
        return redirect("forum:person_list")
    context = {"form": form, "person": person}
    return render(request, "accounts/person_leave.html", context, status=422 if form.errors else 200)
