"""Every address of the forum, by app."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from health_check.views import HealthCheckView

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("forum.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("moderation/", include("moderation.urls")),
    path("admin/", admin.site.urls),
    path("healthz", login_not_required(HealthCheckView.as_view(checks=["health_check.Database"])), name="healthz"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))
