"""Pages on which somebody changes their e-mail address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.again import asked_again_to_send
from accounts.forms import AddressForm
from accounts.models import AddressChange
from accounts.queries.people import address_that_waits
from accounts.requests import SignedInRequest
from accounts.services.addresses import Side, ask_for_address, confirm_address, drop_address_change, read_link


@asked_again_to_send
@require_http_methods(["GET", "POST"])
def address_edit(request: SignedInRequest) -> HttpResponse:
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask_for_address(actor=request.user, **form.cleaned_data)
            return redirect("accounts:address_edit")
        except ValidationError as error:
            form.add_error("new_email", error)
    context = {"form": form, "waiting": address_that_waits(request.user)}
    return render(request, "accounts/address_edit.html", context, status=422 if form.errors else 200)


@require_POST
def address_drop(request: SignedInRequest) -> HttpResponse:
    drop_address_change(actor=request.user)
    messages.success(request, _("Your address stays as it is."))
    return redirect("accounts:address_edit")


@login_not_required
@require_http_methods(["GET", "POST"])
def address_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link in a letter leads, in any browser: it is the mailbox that confirms."""
    try:
        change, side = read_link(token)
        with translation.override(change.user.language):
            if request.method == "POST":
                return _answer(request, token, change)
            context = {"change": change, "is_old": side == Side.OLD}
            return render(request, "accounts/address_confirm.html", context)
    except AddressChange.DoesNotExist:
        return render(request, "accounts/address_confirm.html", {"change": None}, status=404)


def _answer(request: HttpRequest, token: str, change: AddressChange) -> HttpResponse:
    if "stop" in request.POST:
        drop_address_change(actor=change.user)
        return render(request, "accounts/address_confirm.html", {"change": change, "stopped": True})
    change = confirm_address(token=token, session_key=request.session.session_key)
    return render(request, "accounts/address_confirm.html", {"change": change, "confirmed": True})
