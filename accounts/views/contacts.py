"""Pages of the organisations that members keep contact with; two of them are the organisations' own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import policies
from accounts.contact_forms import ContactForm, ContactsForm
from accounts.models import StakeholderContact
from accounts.queries.contacts import contacts_for
from accounts.requests import SignedInRequest
from accounts.services import contacts

PER_PAGE = 50


@require_GET
def contact_list(request: SignedInRequest) -> HttpResponse:
    if not policies.may_read_contacts(request.user):
        raise Http404
    form = ContactsForm(request.GET)
    page = Paginator(contacts_for(request.user, form.wanted), PER_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": [(contact, policies.may_change_contact(request.user, contact)) for contact in page],
        "query": f"{asked.urlencode()}&" if asked else "",
        "may_keep": policies.may_keep_contacts(request.user),
        "is_narrowed": any(asked.values()),
    }
    return render(request, "accounts/contact_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def contact_create(request: SignedInRequest) -> HttpResponse:
    _keeps(request)
    form = ContactForm(
        request.POST if request.method == "POST" else None, actor=request.user, initial={"languages": [get_language()]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            contacts.add_contact(actor=request.user, **form.contact)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("It is asked by mail whether it agrees; then all delegates find it here."))
            return redirect("accounts:contact_list")
    return render(request, "accounts/contact_edit.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def contact_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    _keeps(request)
    contact = _contact(request, pk)
    policies.may_change_contact(request.user, contact).enforce()
    form = ContactForm(
        request.POST if request.method == "POST" else None, actor=request.user, instance=_contact(request, pk)
    )
    if request.method == "POST" and form.is_valid():
        try:
            contacts.change_contact(
                actor=request.user,
                contact=contact,
                seen=form.cleaned_data["seen"],
                **form.contact,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The organisation is saved."))
            return redirect("accounts:contact_list")
    context = {"form": form, "contact": contact, "may_ask": policies.may_ask_contact(request.user, contact)}
    return render(request, "accounts/contact_edit.html", context, status=422 if form.errors else 200)


@require_POST
def contact_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    _keeps(request)
    contacts.ask_contact(actor=request.user, contact=_contact(request, pk))
    messages.success(request, _("It is asked again by mail, once a day at most."))
    return redirect("accounts:contact_list")


@require_POST
def contact_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    _keeps(request)
    contacts.remove_contact(actor=request.user, contact=_contact(request, pk))
    messages.success(request, _("The organisation is deleted."))
    return redirect("accounts:contact_list")


def _keeps(request: SignedInRequest) -> None:
    if not policies.may_read_contacts(request.user):
        raise Http404
    policies.may_keep_contacts(request.user).enforce()


def _contact(request: SignedInRequest, pk: int) -> StakeholderContact:
    found: StakeholderContact = get_object_or_404(StakeholderContact.objects.visible_to(request.user), pk=pk)
    return found


# --- For the organisation itself ------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def contact_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What is kept of an organisation, for it to confirm. To look at it changes nothing: mail programs look too."""
    contact = _own(token)
    if request.method == "POST":
        contact = contacts.confirm_contact(token=token)
    with translation.override(contact.languages[0]):
        context = {"contact": contact, "token": token, "done": request.method == "POST"}
        return _personal(render(request, "accounts/contact_confirm.html", context))


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def contact_stop(request: HttpRequest, token: str) -> HttpResponse:
    """End all mail to an organisation: by a mail client at one click (RFC 8058), or by somebody on the page."""
    contact = _own(token)
    if request.method == "POST":
        contacts.stop_mail(token=token)
    with translation.override(contact.languages[0]):
        return _personal(render(request, "accounts/contact_stop.html", {"done": request.method == "POST"}))


def _own(token: str) -> StakeholderContact:
    try:
        return contacts.contact_of(token)
    except StakeholderContact.DoesNotExist:
        raise Http404 from None


def _personal(response: HttpResponse) -> HttpResponse:
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the key
    return response
