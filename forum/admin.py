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
from forum.enums import EntryState, SignalKind
from forum.forms.posts import DiscussionGrantForm, RoomGrantForm
from forum.forms.rooms import RoomForm
from forum.models import (
    Activity,
    ActivityInterest,
    Attachment,
    AuthorClaim,
    Category,
    Clearance,
    Digest,
    Discussion,
    DiscussionGrant,
    Draft,
    EntryPermission,
    Experience,
    FeedToken,
    Follow,
    ImportedAuthor,
    ImportedItem,
    LeadParticipant,
    LibraryEntry,
    Mention,
    MovedPost,
    PageCategory,
    Post,
    PostRevision,
    PostTranslation,
    ReadPosition,
    Record,
    Room,
    RoomGrant,
    SearchDocument,
    Signal,
    Step,
    Topic,
    TopicDraft,
    Visit,
)
from forum.services.discussions import close_discussion, reopen_discussion


@admin.register(Room)
class RoomAdmin(KeptAdmin, TranslationAdmin):
    form = RoomForm
    list_display = ["name", "language", "is_core", "position"]
    list_filter = ["is_core"]
    search_fields = ["name_en", "language"]
    filter_horizontal = ["categories"]

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> list[str]:
        """A room's language is its address, so it stays."""
        return ["language"] if obj else []


@admin.register(Category, Step)
class OrderedNameAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "slug", "position"]
    search_fields = ["name_en", "name_fr", "name_es", "slug"]


@admin.register(PageCategory)
class PageCategoryAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "position"]
    search_fields = ["name_en"]
    filter_horizontal = ["categories"]


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


@admin.register(LeadParticipant)
class LeadParticipantAdmin(SeenAdmin):
    list_display = ["topic", "group", "member_state", "nominated_by", "nominated_at", "by_secretariat", "taken_back_at"]
    list_filter = ["group", "by_secretariat"]
    list_select_related = ["topic", "group", "member_state", "nominated_by"]
    search_fields = ["member_state__name_en", "nominated_by__full_name", "=topic__number"]


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


@admin.register(PostTranslation)
class PostTranslationAdmin(SeenAdmin):
    list_display = ["post", "language", "status", "translated_by", "checked_by", "translated_at"]
    list_filter = ["status", "language", "translated_at"]
    list_select_related = ["post", "translated_by", "checked_by"]
    search_fields = ["translated_by__full_name", "=post__id"]


@admin.register(Record)
class RecordAdmin(SeenAdmin):
    """That somebody takes a discussion away as a document, not the document itself."""

    fields = ["user", "topic", "discussion", "language", "file_format", "asked_at", "ready_at", "failed_at"]
    list_display = ["user", "topic", "discussion", "language", "file_format", "asked_at", "ready_at"]
    list_filter = ["file_format", "language", "asked_at"]
    list_select_related = ["user", "topic", "discussion__topic", "discussion__room"]
    search_fields = ["user__full_name", "=topic__number"]


@admin.register(SearchDocument)
class SearchDocumentAdmin(SeenAdmin):
    """Which texts search finds; their words are with what they belong to."""

    fields = ["source", "language", "kind", "dated_at"]
    list_display = ["source", "language", "kind", "dated_at"]
    search_fields = ["=post__id"]
    list_filter = ["source", "language", "kind"]
    ordering = ["-pk"]


@admin.register(Follow)
class FollowAdmin(SeenAdmin):
    list_display = ["user", "room", "discussion", "level"]
    list_filter = ["level", "room"]
    list_select_related = ["user", "room", "discussion__topic", "discussion__room"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(ReadPosition)
class ReadPositionAdmin(SeenAdmin):
    list_display = ["user", "discussion", "number"]
    list_filter = ["discussion__room"]
    list_select_related = ["user", "discussion__topic", "discussion__room"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(Visit)
class VisitAdmin(SeenAdmin):
    list_display = ["user", "seen_at", "previous_at"]
    list_filter = ["seen_at"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(Draft)
class DraftAdmin(SeenAdmin):
    """That somebody is writing, not what: an unpublished text is its author's alone. Source: ACC-03."""

    fields = ["user", "discussion", "saved_at"]
    list_display = ["user", "discussion", "saved_at"]
    list_filter = ["saved_at"]
    list_select_related = ["user", "discussion__topic", "discussion__room"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(Clearance)
class ClearanceAdmin(SeenAdmin):
    """That a colleague is asked, not what: an unpublished text is theirs alone. Source: ACC-03."""

    fields = ["author", "colleague", "discussion", "state", "asked_at", "decided_at", "post"]
    list_display = ["author", "colleague", "discussion", "state", "asked_at"]
    list_filter = ["state", "asked_at"]
    list_select_related = ["author", "colleague", "discussion__topic", "discussion__room"]
    search_fields = ["author__full_name", "colleague__full_name"]


@admin.register(Mention)
class MentionAdmin(SeenAdmin):
    list_display = ["post", "user", "member_state"]
    list_filter = ["member_state"]
    list_select_related = ["post", "user", "member_state"]
    search_fields = ["user__full_name", "=post__id"]


@admin.register(MovedPost)
class MovedPostAdmin(SeenAdmin):
    list_display = ["discussion", "number", "post", "moved_by", "moved_at"]
    list_select_related = ["discussion__topic", "discussion__room", "post", "moved_by"]
    search_fields = ["moved_by__full_name", "=post__id"]


@admin.register(TopicDraft)
class TopicDraftAdmin(SeenAdmin):
    """That somebody means to open a discussion, not what: that is its author's alone. Source: ACC-03."""

    fields = ["user", "room", "saved_at"]
    list_display = ["user", "room", "saved_at"]
    list_filter = ["room", "saved_at"]
    list_select_related = ["user", "room"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(Signal)
class SignalAdmin(SeenAdmin):
    """Who gave which signal; who asks to be contacted is between the two of them. Source: ACC-03."""

    list_display = ["post", "user", "kind", "given_at"]
    list_filter = ["kind", "given_at"]
    list_select_related = ["post", "user"]
    search_fields = ["user__full_name", "=post__id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signal]:
        signals: QuerySet[Signal] = super().get_queryset(request)
        return signals.exclude(kind=SignalKind.CONTACT)


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
    autocomplete_fields = ["user", "content_object", "sponsor"]
    fields = ["user", "content_object", "sponsor", "starts_at", "ends_at"]


@admin.register(Experience)
class ExperienceAdmin(SeenAdmin):
    list_display = ["user", "category", "step"]
    list_filter = ["category", "step"]
    list_select_related = ["user", "category", "step"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(FeedToken)
class FeedTokenAdmin(SeenAdmin):
    list_display = ["user", "made_at"]
    list_filter = ["made_at"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(ImportedAuthor)
class ImportedAuthorAdmin(SeenAdmin):
    list_display = ["name", "source", "claimed_by", "claimed_at"]
    list_filter = ["source", "claimed_at"]
    list_select_related = ["claimed_by"]
    search_fields = ["name", "email", "claimed_by__full_name"]


@admin.register(AuthorClaim)
class AuthorClaimAdmin(SeenAdmin):
    """Who claims what; it is decided on the page of the Secretariat's desk."""

    list_display = ["author", "user", "asked_at", "is_granted", "decided_by", "decided_at"]
    list_filter = ["is_granted", "asked_at"]
    list_select_related = ["author", "user", "decided_by"]
    search_fields = ["author__name", "user__full_name", "user__email"]


@admin.register(ImportedItem)
class ImportedItemAdmin(SeenAdmin):
    list_display = ["key", "source", "address", "topic", "post"]
    list_filter = ["source"]
    list_select_related = ["topic", "post"]
    search_fields = ["=key", "address"]


@admin.register(LibraryEntry)
class LibraryEntryAdmin(SeenAdmin):
    """Entries of the library that are no longer their writer's alone; they are decided on in the library itself."""

    list_display = ["title", "symbol", "entry_type", "category", "state", "permission", "proposed_by", "reviewed_at"]
    list_filter = ["state", "permission", "entry_type", "category", "step", "language"]
    list_select_related = ["category", "proposed_by"]
    search_fields = ["title", "proposed_by__full_name", "=number"]

    @admin.display(description=gettext_lazy("symbol"), ordering="number")
    def symbol(self, entry: LibraryEntry) -> str:
        return entry.symbol

    def get_queryset(self, request: HttpRequest) -> QuerySet[LibraryEntry]:
        """Leave out what somebody has not proposed yet. Source: ACC-03."""
        return super().get_queryset(request).exclude(state=EntryState.DRAFT)


@admin.register(EntryPermission)
class EntryPermissionAdmin(SeenAdmin):
    list_display = ["entry", "member_state", "answer", "asked_at", "answered_by", "answered_at"]
    list_filter = ["answer", "asked_at"]
    list_select_related = ["entry", "member_state", "answered_by"]
    search_fields = ["entry__title", "member_state__name_en", "=member_state__code"]


@admin.register(Attachment)
class AttachmentAdmin(SeenAdmin):
    """Files of posts and entries, fetched where they stand; what is not published is its author's alone."""

    fields = ["name", "content_type", "size", "uploaded_by", "uploaded_at", "discussion", "post", "entry"]
    list_display = ["name", "content_type", "size", "uploaded_by", "uploaded_at", "post", "entry"]
    list_filter = ["content_type", "uploaded_at"]
    list_select_related = ["uploaded_by", "post", "entry"]
    search_fields = ["name", "uploaded_by__full_name", "uploaded_by__email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attachment]:
        """Leave out what somebody has not published yet. Source: ACC-03."""
        return super().get_queryset(request).exclude(post=None, entry=None)


@admin.register(Activity)
class ActivityAdmin(SeenAdmin):
    """The catalogue of activities, which is kept on its own pages."""

    list_display = ["title", "category", "published_at", "reviewed_at"]
    list_filter = ["category", "published_at", "reviewed_at"]
    list_select_related = ["category"]
    search_fields = ["title_en", "title_fr", "title_es"]


@admin.register(ActivityInterest)
class ActivityInterestAdmin(SeenAdmin):
    """That some state thinks of an activity, not which one: its list is its own. Source: LIB-07, ACC-03."""

    fields = ["activity"]
    list_display = ["activity"]
    list_display_links = None
    list_filter = ["activity__category"]
    list_select_related = ["activity"]
    search_fields = ["activity__title_en", "activity__title_fr", "activity__title_es"]
