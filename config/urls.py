"""Every address of the forum, by app; those of a part that is switched off are known by name, and answer 404."""

import re
from importlib import import_module
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.views import password_set
from allauth.socialaccount.views import login_cancelled
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView, TemplateView
from health_check.views import HealthCheckView

from accounts.again import asked_again_to_send
from accounts.views.sessions import PasskeyRemoveView, openid_connect_callback, openid_connect_login
from forum.views.imports import old_address

PAGES_OF_BOTH = {"webinar_forum", "questions_take_over", "follow_up_open"}  # of the webinars, and about the forum
PAGES_OF_NEITHER = {"person_list", "person_detail", "experience_edit"}  # of the forum's app, and about people


@csrf_exempt
@login_not_required
def _switched_off(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def _part(app: str) -> Any:
    """Return the addresses of an app, without what belongs to a part that is switched off. Source: reading A1."""
    module = import_module(f"{app}.urls")
    if not settings.SWITCHED_OFF:
        return include(module)
    is_off = app in settings.SWITCHED_OFF
    kept = [
        pattern
        if pattern.name in PAGES_OF_NEITHER or not (is_off or pattern.name in PAGES_OF_BOTH)
        else URLPattern(pattern.pattern, _switched_off, name=pattern.name)
        for pattern in module.urlpatterns
    ]
    return include((kept, module.app_name))


admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", _part("forum")),
    path("", include("accounts.urls")),
    # A new address is confirmed from both sides, so allauth's page for it leads to ours.
    path("accounts/email/", RedirectView.as_view(pattern_name="accounts:address_edit"), name="account_email"),
    path("accounts/password/set/", asked_again_to_send(password_set), name="account_set_password"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", PasskeyRemoveView.as_view(), name="mfa_remove_webauthn"),
    path("accounts/2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    # Of sign-on by an organisation, only what signs in: nobody connects an account to another, or signs up.
    path("accounts/sign-on/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("accounts/sign-on/<slug:provider_id>/", openid_connect_login, name="openid_connect_login"),
    path("accounts/sign-on/<slug:provider_id>/return/", openid_connect_callback, name="openid_connect_callback"),
    path("", _part("moderation")),
    path("webinars/", _part("webinars")),
    *(path(f"admin/{app}/<path:page>", _switched_off) for app in sorted(settings.SWITCHED_OFF)),
    path("admin/", admin.site.urls),
    path(
        "robots.txt",
        login_not_required(TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
        name="robots",
    ),
    path("healthz", login_not_required(HealthCheckView.as_view(checks=["health_check.Database"])), name="healthz"),
]
if settings.FORUM:
    urlpatterns += [  # after all others, so that no address of ours leads to an older forum
        re_path(f"^(?P<path>{re.escape(prefix.lstrip('/'))}.*)$", old_address, name="old_address")
        for prefix in settings.OLD_ADDRESS_PREFIXES
    ]
else:  # a programme of webinars opens at it
    front_page = RedirectView.as_view(pattern_name="webinars:programme")
    urlpatterns.insert(0, path("", login_not_required(front_page)))
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
