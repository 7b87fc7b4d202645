"""Every address of the forum, by app."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView
from health_check.views import HealthCheckView

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("forum.urls")),
    path("", include("accounts.urls")),
    # The address on record is the Secretariat's to change (ACC-01): allauth's page for it leads to the profile.
    path("accounts/email/", RedirectView.as_view(pattern_name="accounts:profile_edit"), name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("moderation/", include("moderation.urls")),
    path("admin/", admin.site.urls),
    path(
        "robots.txt",
        login_not_required(TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
        name="robots",
    ),
    path("healthz", login_not_required(HealthCheckView.as_view(checks=["health_check.Database"])), name="healthz"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
