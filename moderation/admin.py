"""The Secretariat's window on the weekly plan."""

from django.contrib import admin

from accounts.admin import SeenAdmin
from moderation.models import WeeklyTopic


@admin.register(WeeklyTopic)
class WeeklyTopicAdmin(SeenAdmin):
    """The plan, to search and read; it is changed on the moderator's own pages."""

    list_display = ["topic", "prepared_by", "scheduled", "opened_at"]
    list_filter = ["scheduled", "opened_at", "topic__category"]
    list_select_related = ["topic", "prepared_by"]
    search_fields = ["topic__title_en", "topic__title_fr", "topic__title_es", "prepared_by__full_name"]
