"""Pages about requests for an account: to ask, to vouch, to decide."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import policies
from accounts.entry_forms import AccountRequestForm, DecisionForm, VouchForm
from accounts.enums import RequestState, Vouching
from accounts.models import AccountRequest
from accounts.queries.entry import requests_for
from accounts.requests import SignedInRequest
from accounts.services.requests import ask_for_account, decide_requests, vouch_for_request

PER_PAGE = 50


@login_not_required
@require_http_methods(["GET", "POST"])
def account_request(request: HttpRequest) -> HttpResponse:
    form = AccountRequestForm(request.POST or None, initial={"language": get_language()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if ratelimit.consume(request, action="request_account", key=form.cleaned_data["email"]):
                ask_for_account(**form.cleaned_data)
                return redirect("accounts:account_request_sent")
            form.add_error(None, _("Too many requests were sent from here. Please try again tomorrow."))
            status = 429
    return render(request, "accounts/account_request.html", {"form": form}, status=status)


@login_not_required
@require_GET
def account_request_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/account_request_sent.html")


@require_GET
def request_list(request: SignedInRequest) -> HttpResponse:
    policies.may_bring_in(request.user).enforce()
    return _request_list(request)


@require_POST
def request_vouch(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_bring_in(request.user).enforce()
    asked = get_object_or_404(AccountRequest.objects.visible_to(request.user), pk=pk)
    form = VouchForm(request.POST)
    if form.is_valid():
        try:
            vouch_for_request(
                actor=request.user,
                request=asked,
                vouching=Vouching(form.cleaned_data["vouching"]),
                note=form.cleaned_data["note"],
            )
        except ValidationError as error:
            form.add_error("note", error)
        else:
            messages.success(request, _("Thank you. The Secretariat sees your word and decides."))
            return redirect("accounts:request_list")
    return _request_list(request, answered=asked.pk, form=form)


def _request_list(request: SignedInRequest, answered: int = 0, form: VouchForm | None = None) -> HttpResponse:
    """Show the requests of the viewer's state, with the form that was answered wrongly, if any."""
    page = _page(request)
    for asked in page:
        asked.form = form if form and asked.pk == answered else VouchForm(auto_id=f"id_{asked.pk}_%s")
        asked.may_vouch = policies.may_vouch(request.user, asked)
    context = {"page": page, "may_decide": policies.may_decide_requests(request.user)}
    return render(request, "accounts/request_list.html", context, status=422 if form else 200)


def _page(request: SignedInRequest, state: RequestState | None = None) -> Page:
    return Paginator(requests_for(request.user, state), PER_PAGE).get_page(request.GET.get("page"))


@require_http_methods(["GET", "POST"])
def request_decide(request: SignedInRequest) -> HttpResponse:
    """The requests that wait for the Secretariat, to decide on one or many of them at once."""
    policies.may_decide_requests(request.user).enforce()
    page = _page(request, RequestState.WAITING)
    form = DecisionForm(request.POST or None, waiting=[asked.pk for asked in page])
    if request.method == "POST" and form.is_valid():
        approve = form.cleaned_data["decision"] == "approve"
        try:
            decided = decide_requests(
                actor=request.user,
                requests=form.cleaned_data["requests"],
                approve=approve,
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as error:
            form.add_error("reason", error)
        else:
            messages.success(request, _told_of(len(decided), approve=approve))
            return redirect("accounts:request_decide")
    context = {"page": page, "form": form}
    return render(request, "accounts/request_decide.html", context, status=422 if form.errors else 200)


def _told_of(count: int, *, approve: bool) -> str:
    if approve:
        said = ngettext("%(count)d request approved.", "%(count)d requests approved.", count)
    else:
        said = ngettext("%(count)d request declined.", "%(count)d requests declined.", count)
    return said % {"count": count}
