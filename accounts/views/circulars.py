"""Messages to organisations: to write, preview, send and read the answers; and the page where they answer."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import policies
from accounts.contact_forms import AnswerForm, CircularForm, SendForm
from accounts.models import Circular, CircularCopy
from accounts.queries.contacts import answers_to, circulars_for, recipients_of
from accounts.requests import SignedInRequest
from accounts.services import circulars
from accounts.spreadsheets import XLSX, write_xlsx

PER_PAGE = 50


@require_GET
def circular_list(request: SignedInRequest) -> HttpResponse:
    _writes(request)
    page = Paginator(circulars_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/circular_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def circular_create(request: SignedInRequest) -> HttpResponse:
    _writes(request)
    form = CircularForm(request.POST if request.method == "POST" else None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        circular = circulars.write_circular(actor=request.user, **form.circular)
        return redirect("accounts:circular_detail", circular.pk)
    return render(request, "accounts/circular_edit.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def circular_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    circular = _circular(request, pk)
    policies.may_change_circular(request.user, circular).enforce()
    form = CircularForm(
        request.POST if request.method == "POST" else None, actor=request.user, instance=_circular(request, pk)
    )
    if request.method == "POST" and form.is_valid():
        try:
            circulars.change_circular(
                actor=request.user, circular=circular, seen=form.cleaned_data["seen"], **form.circular
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("accounts:circular_detail", pk)
    context = {"form": form, "circular": circular}
    return render(request, "accounts/circular_edit.html", context, status=422 if form.errors else 200)


@require_GET
def circular_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft as it will be read with how many it reaches, or what was sent with the answers."""
    circular = _circular(request, pk)
    context = {
        "circular": circular,
        "answers": answers_to(circular),
        "reach": circular.copies.count() if circular.sent_at else recipients_of(circular).count(),
        "may_change": policies.may_change_circular(request.user, circular),
    }
    return render(request, "accounts/circular_detail.html", context)


@require_POST
def circular_send(request: SignedInRequest, pk: int) -> HttpResponse:
    circular, form = _circular(request, pk), SendForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("Look at the message once more, then send it."))
        count = circulars.send_circular(actor=request.user, circular=circular, seen=form.cleaned_data["seen"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        said = ngettext(
            "The message is on its way to %(count)d organisation.",
            "The message is on its way to %(count)d organisations.",
            count,
        )
        messages.success(request, said % {"count": count})
    return redirect("accounts:circular_detail", pk)


@require_POST
def circular_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    circulars.discard_circular(actor=request.user, circular=_circular(request, pk))
    messages.success(request, _("The draft is deleted."))
    return redirect("accounts:circular_list")


@require_GET
def circular_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """The answers to a message, as a spreadsheet."""
    circular = _circular(request, pk)
    rows = [
        (
            pgettext("column", "Organisation"),
            pgettext("column", "Member state"),
            pgettext("column", "Kind of institution"),
            pgettext("column", "Answered at"),
            pgettext("column", "Answer"),
        ),
        *(
            (
                copy.contact.name,
                copy.contact.member_state,
                copy.contact.get_institution_kind_display(),
                date_format(timezone.localtime(copy.answered_at), "DATETIME_FORMAT"),
                copy.answer,
            )
            for copy in answers_to(circular)
        ),
    ]
    headers = {"Content-Disposition": f'attachment; filename="answers-{pk}.xlsx"'}
    return HttpResponse(write_xlsx(_("Answers"), rows), content_type=XLSX, headers=headers)


def _writes(request: SignedInRequest) -> None:
    if not policies.may_read_contacts(request.user):
        raise Http404
    policies.may_keep_contacts(request.user).enforce()


def _circular(request: SignedInRequest, pk: int) -> Circular:
    found: Circular = get_object_or_404(
        Circular.objects.visible_to(request.user).select_related("member_state", "written_by"), pk=pk
    )
    return found


# --- For the organisation -------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def circular_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The message that one organisation got, with its answer, which it can change until a day."""
    try:
        copy = circulars.copy_of(token)
    except CircularCopy.DoesNotExist:
        raise Http404 from None
    language, subject, text = copy.shown
    with translation.override(language):
        response = _answer(request, copy, token, {"subject": subject, "text": text})
    response.headers["Content-Language"] = language
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the key
    return response


def _answer(request: HttpRequest, copy: CircularCopy, token: str, shown: dict[str, str]) -> HttpResponse:
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"answer": copy.answer})
    verdict, status, is_saved = policies.may_answer(copy.circular), 200, False
    if request.method == "POST":
        status = 422
        if not ratelimit.consume(request, action="answer_circular", key=str(copy.pk)):
            form.add_error(None, _("Too many answers were sent from here. Please try again in an hour."))
            status = 429
        elif form.is_valid():
            try:
                circulars.answer_circular(token=token, answer=form.cleaned_data["answer"])
            except PermissionDenied as refusal:
                form.add_error(None, str(refusal))
            else:
                status, is_saved = 200, True
    kept_until = (copy.circular.sent_at or timezone.now()) + settings.CIRCULAR_KEPT
    context = {
        "copy": copy,
        "form": form,
        "verdict": verdict,
        "is_saved": is_saved,
        "kept_until": kept_until,
        **shown,
    }
    return render(request, "accounts/circular_answer.html", context, status=status)
