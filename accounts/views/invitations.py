"""Pages about invitations: to invite, to look after, to take up."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import passkeys, policies
from accounts.days import today
from accounts.entry_forms import InvitationForm, InvitationListForm, RevokeForm, TakeUpForm
from accounts.enums import InvitationState
from accounts.forms import LANGUAGES
from accounts.markdown import render as render_markdown
from accounts.models import Invitation, Protocol, User
from accounts.queries.entry import invitations_for
from accounts.requests import SignedInRequest
from accounts.services import invitation_lists
from accounts.services.invitations import (
    invite_people,
    invite_person,
    open_invitation,
    renew_invitation,
    revoke_invitation,
    take_up_invitation,
)

PER_PAGE = 50
PROBLEMS_SHOWN = 200


@require_GET
def invitation_list(request: SignedInRequest) -> HttpResponse:
    policies.may_bring_in(request.user).enforce()
    chosen = request.GET.get("state", "")
    context = {
        "page": Paginator(invitations_for(request.user, chosen), PER_PAGE).get_page(request.GET.get("page")),
        "states": InvitationState,
        "chosen": chosen,
    }
    return render(request, "accounts/invitation_list.html", context)


@require_http_methods(["GET", "POST"])
def invitation_create(request: SignedInRequest) -> HttpResponse:
    policies.may_bring_in(request.user).enforce()
    language = get_language()
    initial = {"language": language, "languages_read": [language], "member_state": request.GET.get("member_state")}
    form = InvitationForm(request.POST or None, actor=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            invite_person(actor=request.user, newcomer=form.newcomer)
        except ValidationError as error:
            form.add_error("email", error)
        else:
            messages.success(request, _("A letter is on its way to %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("accounts:invitation_list")
    return render(request, "accounts/invitation_create.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def invitation_renew(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_bring_in(request.user).enforce()
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    try:
        renew_invitation(actor=request.user, invitation=invitation)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("A new personal link is on its way; the former one has ended."))
    return redirect("accounts:invitation_list")


@require_POST
def invitation_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_bring_in(request.user).enforce()
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in a few words why the invitation is revoked."))
        return redirect("accounts:invitation_list")
    try:
        revoke_invitation(actor=request.user, invitation=invitation, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The personal link has ended."))
    return redirect("accounts:invitation_list")


# --- Lists from a spreadsheet -----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def invitation_import(request: SignedInRequest) -> HttpResponse:
    """A list of people: first what is wrong with it, then the invitations of those whose rows are good.

    Between the two, the list travels signed in the page, so that nothing is kept of people who are not invited.
    """
    policies.may_bring_in(request.user).enforce()
    if "checked" in request.POST:
        return _invite_checked(request)
    form = InvitationListForm(request.POST or None, request.FILES or None)
    checked, sealed = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            table = invitation_lists.read_list(form.cleaned_data["file"].read())
            checked = invitation_lists.check_list(actor=request.user, table=table)
            sealed = invitation_lists.seal(request.user, checked) if checked.newcomers else ""
        except ValidationError as error:
            form.add_error("file", error)
    context = {
        "form": form,
        "checked": checked,
        "shown": checked.problems[:PROBLEMS_SHOWN] if checked else [],
        "columns": invitation_lists.columns_for(request.user),
        "sealed": sealed,
    }
    return render(request, "accounts/invitation_import.html", context, status=422 if form.errors else 200)


def _invite_checked(request: SignedInRequest) -> HttpResponse:
    try:
        checked = invitation_lists.unseal(request.user, request.POST["checked"])
        count = invite_people(actor=request.user, newcomers=checked.newcomers)
    except signing.BadSignature:
        messages.error(request, _("The list was checked too long ago. Send it again."))
        return redirect("accounts:invitation_import")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("accounts:invitation_import")
    said = ngettext("%(count)d letter is on its way.", "%(count)d letters are on their way.", count)
    messages.success(request, said % {"count": count})
    if checked.bad_rows:
        left = ngettext(
            "%(count)d person was left out: an account was made meanwhile.",
            "%(count)d people were left out: accounts were made meanwhile.",
            checked.bad_rows,
        )
        messages.warning(request, left % {"count": checked.bad_rows})
    return redirect("accounts:invitation_list")


@require_GET
def invitation_template(request: SignedInRequest) -> HttpResponse:
    """The file to fill in: the columns, and a row that shows how."""
    policies.may_bring_in(request.user).enforce()
    content = invitation_lists.template_for(request.user)
    headers = {"Content-Disposition": 'attachment; filename="people.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


# --- Taking up an invitation ------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def invitation_take_up(request: HttpRequest, token: str) -> HttpResponse:
    """The personal link: name, languages, password or passkey, protocol on one page, then this week's discussion.

    A link that is wrong, used, revoked or too old is answered with one and the same page.
    """
    try:
        invitation = open_invitation(token)
    except Invitation.DoesNotExist:
        return _link_ended(request)
    person = invitation.user
    codes = [code for code, _name in LANGUAGES]
    wished = request.POST.get("language") or request.GET.get("language") or person.language
    language = wished if wished in codes else person.language
    protocol = Protocol.objects.in_force(today()).first()
    with translation.override(language):
        form = TakeUpForm(request.POST or None, person=person, protocol=protocol)
        if request.method == "POST" and form.is_valid():
            try:
                user = take_up_invitation(token=token, language=language, **form.chosen)
            except Invitation.DoesNotExist:
                return _link_ended(request)
            return _sign_in(request, user)
        context = {
            "form": form,
            "person": person,
            "token": token,
            "language": language,
            "choices": LANGUAGES,
            "protocol": protocol,
            "text": mark_safe(render_markdown(protocol.text)) if protocol else "",  # noqa: S308 - sanitised
        }
        status = 422 if form.errors else 200
        response = render(request, "accounts/invitation_take_up.html", context, status=status)
    response.headers["Content-Language"] = language
    return response


def _sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in whoever has just come in, with what they chose for it."""
    login = Login(user=user, email=user.email, redirect_url=reverse(settings.FIRST_PAGE))
    passkey = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).first()
    response: HttpResponse
    if passkey is None:
        response = perform_password_login(request, {"email": user.email}, login)
    else:
        told = _("Your passkey signs you in from now on. Recovery codes for the day you lose it are in your profile.")
        messages.success(request, told)
        response = perform_passwordless_login(request, passkey, login)
    return response


@login_not_required
@require_GET
def invitation_passkey(request: HttpRequest, token: str) -> JsonResponse:
    """What the browser must know to make a passkey for the owner of a personal link; ``passkeys.js`` asks."""
    try:
        person = open_invitation(token).user
    except Invitation.DoesNotExist:
        raise Http404 from None
    return JsonResponse({"creation_options": passkeys.offer(person)})


def _link_ended(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_ended.html", status=410)
