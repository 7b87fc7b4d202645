"""The moderator's addresses."""

from django.urls import path

from moderation import views

app_name = "moderation"
urlpatterns = [
    path("", views.weekly_topic_list, name="weekly_topic_list"),
    path("weekly/new/", views.weekly_topic_create, name="weekly_topic_create"),
    path("weekly/<int:pk>/", views.weekly_topic_edit, name="weekly_topic_edit"),
]
