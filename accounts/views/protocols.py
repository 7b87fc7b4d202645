"""The protocol of use: to read and accept, and for the Secretariat to prepare."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import policies
from accounts.days import today
from accounts.desk_forms import ProtocolForm
from accounts.markdown import render as render_markdown
from accounts.middleware import protocol_not_required
from accounts.models import Protocol
from accounts.queries.protocols import ProtocolPage, protocol_page
from accounts.queries.protocols import protocol_list as gather_list
from accounts.requests import SignedInRequest
from accounts.services.people import accept_protocol
from accounts.services.protocols import change_version, prepare_version, remind_now


@protocol_not_required
@require_http_methods(["GET", "POST"])
def protocol_detail(request: SignedInRequest) -> HttpResponse:
    """The protocol in force: to accept at the first entry, to read again at any time."""
    after = request.POST.get("next") or request.GET.get("next") or ""
    if not (after.startswith("/") and url_has_allowed_host_and_scheme(after, {request.get_host()})):
        after = reverse(settings.LOGIN_REDIRECT_URL)
    protocol = get_object_or_404(Protocol.objects.in_force(today())[:1])
    if request.method == "POST":
        accept_protocol(actor=request.user)
        return redirect(after)
    return _answer(request, protocol_page(protocol, request.user), next=after)


@protocol_not_required
@require_GET
def protocol_version(request: SignedInRequest, version: int) -> HttpResponse:
    """A version that the reader accepted once, to read again."""
    protocol = get_object_or_404(Protocol.objects.visible_to(request.user), version=version)
    return _answer(request, protocol_page(protocol, request.user), is_earlier=True)


def _answer(request: SignedInRequest, page: ProtocolPage, **context: Any) -> HttpResponse:
    context |= {
        "page": page,
        "protocol": page.protocol,
        "text": _rendered(page.protocol.text),
        "changes": [(version, _rendered(version.changes)) for version in page.changes],
    }
    return render(request, "accounts/protocol_detail.html", context)


def _rendered(text: str) -> SafeString:
    return mark_safe(render_markdown(text))  # noqa: S308 - sanitised


@require_GET
def protocol_list(request: SignedInRequest) -> HttpResponse:
    policies.may_use_desk(request.user).enforce()
    after = request.GET.get("after", "")
    page = gather_list(int(after) if after.isdecimal() and len(after) < 19 else None)
    return render(request, "accounts/protocol_list.html", {"page": page, "today": today(), "is_first": not after})


@require_http_methods(["GET", "POST"])
def protocol_create(request: SignedInRequest) -> HttpResponse:
    policies.may_use_desk(request.user).enforce()
    latest = Protocol.objects.order_by("-version").first()
    form = ProtocolForm(request.POST or None, initial=ProtocolForm.values_of(latest) if latest else {})
    return _edit(request, form, None)


@require_http_methods(["GET", "POST"])
def protocol_edit(request: SignedInRequest, version: int) -> HttpResponse:
    policies.may_use_desk(request.user).enforce()
    protocol = get_object_or_404(Protocol.objects.visible_to(request.user), version=version)
    policies.may_keep(request.user, protocol).enforce()
    initial = ProtocolForm.values_of(protocol) | ProtocolForm.changes_of(protocol)
    return _edit(request, ProtocolForm(request.POST or None, initial=initial, protocol=protocol), protocol)


def _edit(request: SignedInRequest, form: ProtocolForm, protocol: Protocol | None) -> HttpResponse:
    """Answer with the form; show how it will look, or save it, as its button says."""
    preview: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        if request.POST.get("action") != "save":
            preview = _preview(form.cleaned_data)
        else:
            try:
                if protocol is None:
                    prepare_version(actor=request.user, **form.cleaned_data)
                else:
                    change_version(actor=request.user, protocol=protocol, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("The version is saved. It is asked for from its day on."))
                return redirect("accounts:protocol_list")
    context = {"form": form, "protocol": protocol, "preview": preview}
    return render(request, "accounts/protocol_edit.html", context, status=422 if form.errors else 200)


def _preview(values: dict[str, Any]) -> list[dict[str, Any]]:
    columns = [(language, language.replace("-", "_")) for language in settings.MODELTRANSLATION_LANGUAGES]
    return [
        {
            "code": language,
            "title": values[f"title_{column}"],
            "changes": _rendered(values[f"changes_{column}"]),
            "text": _rendered(values[f"text_{column}"]),
        }
        for language, column in columns
        if values[f"text_{column}"]
    ]


@require_POST
def protocol_remind(request: SignedInRequest) -> HttpResponse:
    """Remind everybody who has not accepted the protocol in force."""
    count = remind_now(actor=request.user)
    said = ngettext("%(count)d person is reminded by mail.", "%(count)d people are reminded by mail.", count)
    messages.success(request, said % {"count": count})
    return redirect("accounts:protocol_list")
