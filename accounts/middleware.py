"""Who reads, for how long, in which language and time zone, and whether they may enter at all."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import limits
from accounts.models import User
from accounts.requests import KeptText
from accounts.sessions import SessionStore

WHILE_SETTING_UP = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)
"""The pages that set up a second factor: open to whoever has signed in, before anything else is."""

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class SignedInMiddleware:
    """Sign people out when their time is over, and have the browser forget all at a sign-out.

    A page that somebody asks for is what puts the end off: open streams are served elsewhere, and only look at it.
    Source: security.md SE-06, SE-11, AN-06.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, User) and isinstance(request.session, SessionStore) and not request.session.go_on(person):
            logout(request)
        response = self.get_response(request)
        if getattr(request, "is_signed_out", False):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        limits.mark(request, response)
        return response


class ReaderMiddleware:
    """Answer in the language and time zone of the person's profile, else in what the address asks for or the browser.

    What is answered is for this reader: nothing on the way keeps a copy, and no search engine lists it.
    Source: ACC-03, CDIP/22/3 para 8.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if isinstance(request.user, User) else None
        language = user.language if user else _language_of_stranger(request)
        with translation.override(language), timezone.override(user.zone if user else None):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


def _language_of_stranger(request: HttpRequest) -> str:
    """Return the language that ``?language=`` names, so that no cookie has to keep it; else the browser's."""
    try:
        return translation.get_supported_language_variant(request.GET.get("language", ""), strict=True)
    except LookupError:
        return translation.get_language_from_request(request)


class MembersOnlyMiddleware(LoginRequiredMiddleware):
    """Let nobody past who has not signed in, proved it twice where the role asks that, and accepted the protocol.

    A view is open to the public only where it says so with ``login_not_required``; where it says
    ``protocol_not_required`` it is open before the protocol is accepted. Whose role needs a second factor and
    has none reaches the pages that set one up, and nothing else. Source: ACC-02, OPS-01.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, args, kwargs)
        if refusal is not None or not getattr(view_func, "login_required", True):
            return refusal
        person = request.user if isinstance(request.user, User) else None
        match = request.resolver_match
        if match is not None and match.view_name in WHILE_SETTING_UP:
            return None
        if person is not None and person.lacks_second_factor:
            return redirect("mfa_index")
        if person is not None and person.has_accepted_protocol:
            return None
        if getattr(view_func, "before_protocol", False):
            return None
        return redirect(
            f"{reverse('accounts:protocol_detail')}?{urlencode({'next': _saved(request, view_func).back_to})}"
        )

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        """Ask for the sign-in, but first let the view save what a signed-out person had typed."""
        saved = _saved(request, view_func)
        if saved.is_kept:
            messages.info(
                request, _("You were signed out. Your text is kept: sign in and you will find it in the form.")
            )
        response = redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': saved.back_to})}")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": response.headers["Location"]})
        return response


def _saved(request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> KeptText:
    """Let the view save what was sent to it, where it can, before somebody is led elsewhere."""
    keep_text = getattr(view_func, "keep_text", None)
    if keep_text is None or request.method != "POST":
        return KeptText(request.get_full_path(), is_kept=False)
    saved: KeptText = keep_text(request)
    return saved


def protocol_not_required(view: View) -> View:
    """Mark a view as open to those who have signed in but not accepted the protocol yet."""
    view.before_protocol = True  # type: ignore[attr-defined]
    return view
