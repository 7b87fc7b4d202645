"""The Secretariat's desk: what waits, with what to do about it right there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import policies
from accounts.enums import NoticeState
from accounts.models import Notice
from accounts.queries.desk import secretariat_desk as gather_desk
from accounts.requests import SignedInRequest
from accounts.services import outbox


@require_GET
def secretariat_desk(request: SignedInRequest) -> HttpResponse:
    policies.may_use_desk(request.user).enforce()
    return render(request, "accounts/secretariat_desk.html", {"desk": gather_desk(request.user)})


@require_POST
def notices_retry(request: SignedInRequest) -> HttpResponse:
    """Have the mail that was given up tried again."""
    policies.may_use_desk(request.user).enforce()
    count = outbox.try_again(actor=request.user, notices=Notice.objects.filter(state=NoticeState.FAILED))
    said = ngettext("%(count)d notice is tried again.", "%(count)d notices are tried again.", count)
    messages.success(request, said % {"count": count})
    return redirect("accounts:secretariat_desk")
