"""Every address of the forum, by app."""

import re

from allauth.account.decorators import secure_admin_login
from allauth.account.views import password_set
from allauth.socialaccount.views import login_cancelled
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView, TemplateView
from health_check.views import HealthCheckView

from accounts.again import asked_again_to_send
from accounts.views.sessions import PasskeyRemoveView, openid_connect_callback, openid_connect_login
from forum.views.imports import old_address

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("forum.urls")),
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
    path("", include("moderation.urls")),
    path("webinars/", include("webinars.urls")),
    path("admin/", admin.site.urls),
    path(
        "robots.txt",
        login_not_required(TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
        name="robots",
    ),
    path("healthz", login_not_required(HealthCheckView.as_view(checks=["health_check.Database"])), name="healthz"),
]
urlpatterns += [  # after all others, so that no address of ours leads to an older forum
    re_path(f"^(?P<path>{re.escape(prefix.lstrip('/'))}.*)$", old_address, name="old_address")
    for prefix in settings.OLD_ADDRESS_PREFIXES
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
