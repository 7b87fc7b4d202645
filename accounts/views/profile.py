"""Pages about the person who signs in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.enums import Pace
from accounts.forms import ProfileForm
from accounts.models import User
from accounts.queries.people import own_profile
from accounts.requests import SignedInRequest
from accounts.services import outbox
from accounts.services.people import update_profile
from accounts.services.states import describe_state


@require_http_methods(["GET", "POST"])
def profile_edit(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=own_profile(request.user))
    if request.method == "POST" and form.is_valid():
        update_profile(actor=request.user, **form.person)
        if "economy" in form.changed_data:
            describe_state(actor=request.user, economy=form.cleaned_data["economy"])
        for scope, pace in form.paces.items():
            outbox.set_pace(request.user, scope, pace)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile_edit")
    return render(request, "accounts/profile_edit.html", {"form": form}, status=422 if form.errors else 200)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """End one kind of mail: by a mail client at one click (RFC 8058), or by a person on the page."""
    try:
        reader, scope = outbox.read_stop_token(token)
    except (signing.BadSignature, User.DoesNotExist, ValueError):
        raise Http404 from None
    if request.method == "POST":
        outbox.set_pace(reader, scope, Pace.NONE)
    with translation.override(reader.language):
        return render(request, "accounts/mail_stop.html", {"scope": scope, "done": request.method == "POST"})
