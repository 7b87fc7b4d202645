"""The Secretariat's window on rooms, topics, discussions and posts."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from accounts.admin import KeptAdmin, SeenAdmin
from accounts.requests import SignedInRequest
from forum.forms import DiscussionGrantForm, RoomGrantForm
from forum.models import (
    Category,
    Digest,
    Discussion,
    DiscussionGrant,
    Draft,
    Experience,
    Follow,
    Post,
    PostRevision,
    ReadPosition,
    Room,
    RoomGrant,
    Step,
    Topic,
)
from forum.services.discussions import close_discussion, reopen_discussion


@admin.register(Room)
class RoomAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "language", "is_core", "position"]
    list_filter = ["is_core"]
    search_fields = ["name_en", "language"]

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> list[str]:
        """A room's language is its address, so it stays."""
        return ["language"] if obj else []


@admin.register(Category, Step)
class OrderedNameAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "slug", "position"]
    search_fields = ["name_en", "name_fr", "name_es", "slug"]


@admin.register(Topic)
class TopicAdmin(KeptAdmin, TranslationAdmin):
    """The wording of topics; they are made and opened by the moderator, in the weekly plan."""

    list_display = ["title", "symbol", "kind", "category", "opens_at", "closes_at"]
    list_filter = ["kind", "category", "step", "year"]
    list_select_related = ["category"]
    search_fields = ["title_en", "title_fr", "title_es", "=number"]
    readonly_fields = ["symbol", "kind", "opens_at"]

    @admin.display(description=gettext_lazy("symbol"))
    def symbol(self, topic: Topic) -> str:
        return topic.symbol

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        return False


@admin.register(Discussion)
class DiscussionAdmin(SeenAdmin):
    list_display = ["topic", "room", "last_number", "last_activity_at", "closed_at"]
    list_filter = ["room", "topic__kind", "topic__category", "closed_at"]
    list_select_related = ["topic", "room"]
    search_fields = ["topic__title_en", "topic__title_fr", "topic__title_es", "=topic__number"]
    actions = ["close", "reopen"]

    @admin.action(description=gettext_lazy("Close the selected discussions"))
    def close(self, request: SignedInRequest, queryset: QuerySet[Discussion]) -> None:
        self._each(request, queryset, close_discussion, _("The discussions are closed."))

    @admin.action(description=gettext_lazy("Open the selected discussions again"))
    def reopen(self, request: SignedInRequest, queryset: QuerySet[Discussion]) -> None:
        self._each(request, queryset, reopen_discussion, _("The discussions are open again."))

    def _each(
        self, request: SignedInRequest, queryset: QuerySet[Discussion], change: Callable[..., Discussion], done: str
    ) -> None:
        for discussion in queryset.values_list("pk", flat=True):
            change(actor=request.user, discussion=discussion)
        self.message_user(request, done, messages.SUCCESS)


@admin.register(Post)
class PostAdmin(SeenAdmin):
    list_display = ["discussion", "number", "author", "member_state", "capacity", "kind", "state", "posted_at"]
    list_filter = ["state", "capacity", "kind", "language", "posted_at"]
    list_select_related = ["author", "member_state", "discussion__topic", "discussion__room"]
    search_fields = ["author__full_name", "author__email", "=discussion__topic__number"]
    ordering = ["-pk"]


@admin.register(PostRevision)
class PostRevisionAdmin(SeenAdmin):
    list_display = ["post", "replaced_by", "replaced_at"]
    list_filter = ["replaced_at"]
    list_select_related = ["post", "replaced_by"]
    search_fields = ["replaced_by__full_name", "=post__id"]
    ordering = ["-pk"]


@admin.register(Follow)
class FollowAdmin(SeenAdmin):
    list_display = ["user", "room", "discussion"]
    list_filter = ["room"]
    list_select_related = ["user", "room", "discussion__topic", "discussion__room"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(ReadPosition)
class ReadPositionAdmin(SeenAdmin):
    list_display = ["user", "discussion", "number"]
    list_filter = ["discussion__room"]
    list_select_related = ["user", "discussion__topic", "discussion__room"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(Draft)
class DraftAdmin(SeenAdmin):
    """That somebody is writing, not what: an unpublished text is its author's alone. Source: ACC-03."""

    fields = ["user", "discussion", "saved_at"]
    list_display = ["user", "discussion", "saved_at"]
    list_filter = ["saved_at"]
    list_select_related = ["user", "discussion__topic", "discussion__room"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(Digest)
class DigestAdmin(SeenAdmin):
    list_display = ["starts_at", "ends_at"]
    list_filter = ["ends_at"]
    search_fields = ["=id"]


class GrantAdmin(KeptAdmin):
    list_display = ["user", "content_object", "starts_at", "ends_at"]
    list_filter = ["starts_at", "ends_at"]
    search_fields = ["user__full_name", "user__email"]
    autocomplete_fields = ["user"]
    fields = ["user", "content_object", "starts_at", "ends_at"]


@admin.register(RoomGrant)
class RoomGrantAdmin(GrantAdmin):
    form = RoomGrantForm
    list_select_related = ["user", "content_object"]


@admin.register(DiscussionGrant)
class DiscussionGrantAdmin(GrantAdmin):
    form = DiscussionGrantForm
    list_select_related = ["user", "content_object__topic", "content_object__room"]
    autocomplete_fields = ["user", "content_object"]


@admin.register(Experience)
class ExperienceAdmin(SeenAdmin):
    list_display = ["user", "category", "step"]
    list_filter = ["category", "step"]
    list_select_related = ["user", "category", "step"]
    search_fields = ["user__full_name", "user__email"]
