"""The addresses about people. Signing in is allauth's, under ``/accounts/``."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("protocol/", views.protocol_detail, name="protocol_detail"),
    path("profile/", views.profile_edit, name="profile_edit"),
    path("mail/stop/<str:token>/", views.mail_stop, name="mail_stop"),
]
