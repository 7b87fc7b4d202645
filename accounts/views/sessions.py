"""Where somebody is signed in, sign-on by an organisation, and giving up a passkey."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.socialaccount.adapter import get_adapter as get_organisation_adapter
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from accounts import policies
from accounts.queries.sessions import open_sessions
from accounts.requests import SignedInRequest
from accounts.services import sessions

logger = logging.getLogger(__name__)


@require_GET
def session_list(request: SignedInRequest) -> HttpResponse:
    found = open_sessions(request.user, current=request.session.session_key)
    return render(request, "accounts/session_list.html", {"sessions": found})


@require_POST
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        sessions.end_session(actor=request.user, device=pk)
    except UserSession.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("That device is signed out."))
    return redirect("accounts:session_list")


@require_POST
def session_end_others(request: SignedInRequest) -> HttpResponse:
    ended = sessions.end_other_sessions(actor=request.user, current=request.session.session_key)
    told = ngettext("%(count)d other device is signed out.", "%(count)d other devices are signed out.", ended)
    messages.success(request, told % {"count": ended})
    return redirect("accounts:session_list")


class PasskeyRemoveView(RemoveWebAuthnView):  # type: ignore[misc]
    """Give up a passkey; allauth asks the policy for authenticator apps only."""

    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        verdict = policies.may_remove_factor(self.request.user, self.get_object().pk)
        if not verdict:
            messages.error(self.request, verdict.reason)
            return redirect("mfa_index")
        response: HttpResponse = super().form_valid(form)
        return response


@login_not_required
@require_GET
def openid_connect_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the organisation's sign-in page."""
    return _asked(request, provider_id, openid.login)


@login_not_required
@require_GET
def openid_connect_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what the organisation says of who signed in there."""
    return _asked(request, provider_id, openid.callback)


def _asked(request: HttpRequest, provider_id: str, view: Callable[[HttpRequest, str], HttpResponse]) -> HttpResponse:
    """Let allauth ask the organisation; where it is away or makes no sense, say so."""
    try:
        return view(request, provider_id)
    except (RequestException, KeyError) as error:
        logger.warning("Organisational sign-on failed: %s", type(error).__name__)
        refusal: HttpResponse = get_organisation_adapter().refuse(request, is_verified=True, is_broken=True)
        return refusal
