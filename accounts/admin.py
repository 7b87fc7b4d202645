"""The Secretariat's window on people, protocols and what was told and decided."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy, ngettext
from modeltranslation.admin import TranslationAdmin

from accounts import policies
from accounts.desk_forms import MandateForm
from accounts.forms import NewPersonForm, PersonForm
from accounts.models import (
    AccountRequest,
    AddressChange,
    AuditEntry,
    Circular,
    CircularCopy,
    DataArchive,
    Invitation,
    MailPreference,
    Mandate,
    MemberState,
    Notice,
    Protocol,
    ProtocolAcceptance,
    RegionalGroup,
    SeatHandover,
    StakeholderContact,
    User,
)
from accounts.requests import SignedInRequest
from accounts.services import outbox, records, security, terms

admin.site.site_header = admin.site.site_title = gettext_lazy("Administration of the forum")
admin.site.index_title = gettext_lazy("What the Secretariat keeps")
admin.site.unregister(Group)
admin.site.unregister(EmailAddress)  # allauth's copy of the address, which follows the person's
admin.site.unregister([Authenticator, UserSession])  # what people sign in with is theirs: services end it, with a trace
admin.site.unregister([SocialAccount, SocialApp, SocialToken])  # sign-on is set in the environment, and keeps nothing

HTTPS: dict[type[models.Field], dict[str, str]] = {models.URLField: {"assume_scheme": "https"}}


class KeptAdmin(admin.ModelAdmin):
    """Rows that the Secretariat keeps by hand, through the service that writes the audit trail."""

    show_full_result_count = False
    formfield_overrides = HTTPS

    def save_model(self, request: SignedInRequest, obj: models.Model, form: ModelForm, change: bool) -> None:  # type: ignore[override]
        records.keep_record(actor=request.user, record=obj, fields=form.changed_data)

    def delete_model(self, request: SignedInRequest, obj: models.Model) -> None:  # type: ignore[override]
        records.discard_record(actor=request.user, record=obj)

    @transaction.atomic
    def delete_queryset(self, request: SignedInRequest, queryset: QuerySet) -> None:  # type: ignore[override]
        for record in queryset:
            records.discard_record(actor=request.user, record=record)


class SeenAdmin(admin.ModelAdmin):
    """Rows that the forum writes itself: to search and read, never to change."""

    show_full_result_count = False
    formfield_overrides = HTTPS
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


PERSON = ("full_name", "role", "member_state", "institution", "institution_kind", "office_profile", "gender")
READING = ("language", "languages_read", "time_zone")


@admin.register(User)
class PersonAdmin(KeptAdmin, UserAdmin):
    form = PersonForm
    add_form = NewPersonForm
    list_display = ["full_name", "email", "role", "member_state", "status", "suspended_until", "last_login"]
    list_filter = ["role", "status", "member_state__group", "institution_kind", "language"]
    list_select_related = ["member_state"]
    search_fields = ["full_name", "email", "institution", "member_state__name_en", "=member_state__code"]
    ordering = ["full_name"]
    autocomplete_fields = ["member_state"]
    readonly_fields = ["created_at", "last_login"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "password", "status", "suspended_until", "serves_until"]}),
        (gettext_lazy("Who takes part"), {"fields": [*PERSON]}),
        (gettext_lazy("How they read"), {"fields": [*READING]}),
        (gettext_lazy("When"), {"fields": ["created_at", "last_login"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "usable_password", "password1", "password2", "status"]}),
        (gettext_lazy("Who takes part"), {"fields": [*PERSON]}),
        (gettext_lazy("How they read"), {"fields": [*READING]}),
    ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.pk != request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted here: who leaves is marked so, and what they wrote stays readable."""
        return False

    @transaction.atomic
    def user_change_password(self, request: SignedInRequest, id: str, form_url: str = "") -> HttpResponse:  # type: ignore[override]  # noqa: A002
        response = super().user_change_password(request, id, form_url)
        if isinstance(response, HttpResponseRedirect):
            security.take_password_set(actor=request.user, person=User.objects.get(pk=id))
        return response


@admin.register(Mandate)
class MandateAdmin(KeptAdmin):
    form = MandateForm
    list_display = ["user", "office", "member_state", "regional_group", "starts_on", "ends_on"]
    list_filter = ["office", "regional_group", "starts_on", "ends_on"]
    list_select_related = ["user", "member_state", "regional_group"]
    search_fields = ["user__full_name", "user__email", "member_state__name_en"]
    autocomplete_fields = ["user", "member_state"]

    def save_model(self, request: SignedInRequest, obj: Mandate, form: ModelForm, change: bool) -> None:  # type: ignore[override]
        terms.keep_mandate(actor=request.user, mandate=obj, reason=form.cleaned_data["reason"])

    def delete_model(self, request: SignedInRequest, obj: Mandate) -> None:  # type: ignore[override]
        terms.withdraw_mandate(actor=request.user, mandate=obj)

    @transaction.atomic
    def delete_queryset(self, request: SignedInRequest, queryset: QuerySet[Mandate]) -> None:  # type: ignore[override]
        for mandate in queryset:
            terms.withdraw_mandate(actor=request.user, mandate=mandate)


@admin.register(RegionalGroup)
class RegionalGroupAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "key"]
    search_fields = ["name_en", "name_fr", "name_es", "key"]


@admin.register(MemberState)
class MemberStateAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "code", "group"]
    list_filter = ["group"]
    list_select_related = ["group"]
    search_fields = ["name_en", "name_fr", "name_es", "=code"]


@admin.register(Protocol)
class ProtocolAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["title", "version", "in_force_on"]
    search_fields = ["title_en", "title_fr", "title_es", "=version"]
    list_filter = ["in_force_on"]

    def has_change_permission(self, request: HttpRequest, obj: Protocol | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not policies.is_settled(obj))

    has_delete_permission = has_change_permission


@admin.register(ProtocolAcceptance)
class ProtocolAcceptanceAdmin(SeenAdmin):
    list_display = ["user", "protocol", "accepted_at"]
    list_filter = ["protocol", "accepted_at"]
    list_select_related = ["user", "protocol"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(MailPreference)
class MailPreferenceAdmin(SeenAdmin):
    list_display = ["user", "scope", "pace"]
    list_filter = ["scope", "pace"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(Notice)
class NoticeAdmin(SeenAdmin):
    exclude = ["content_type", "object_id"]  # the key holds them, as they were written
    list_display = ["key", "user", "kind", "state", "attempts", "next_attempt_at", "sent_at", "last_error"]
    list_filter = ["state", "kind", "scope", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email", "=key"]
    actions = ["try_again"]

    @admin.action(description=gettext_lazy("Try to send the selected notices again"))
    def try_again(self, request: SignedInRequest, queryset: QuerySet[Notice]) -> None:
        count = outbox.try_again(actor=request.user, notices=queryset)
        self.message_user(
            request,
            ngettext("%(count)d notice is tried again.", "%(count)d notices are tried again.", count)
            % {"count": count},
            messages.SUCCESS,
        )


@admin.register(AuditEntry)
class AuditEntryAdmin(SeenAdmin):
    list_display = ["at", "actor", "action", "subject", "reason", "facts", "position"]
    list_filter = ["action", "at"]
    list_select_related = ["actor"]
    search_fields = ["actor__full_name", "actor__email", "=subject", "action"]


@admin.register(AccountRequest)
class AccountRequestAdmin(SeenAdmin):
    """Requests, to search and read; they are decided at the Secretariat's desk."""

    list_display = ["full_name", "member_state", "vouching", "state", "created_at", "decided_by"]
    list_filter = ["state", "vouching", "created_at", "member_state__group"]
    list_select_related = ["member_state", "decided_by"]
    search_fields = ["full_name", "email", "institution", "member_state__name_en"]


@admin.register(Invitation)
class InvitationAdmin(SeenAdmin):
    list_display = ["user", "invited_by", "created_at", "expires_at", "taken_up_at", "revoked_at"]
    list_filter = ["created_at", "taken_up_at"]
    list_select_related = ["user", "invited_by"]
    search_fields = ["user__full_name", "user__email"]
    exclude = ["token_hash"]


@admin.register(SeatHandover)
class SeatHandoverAdmin(SeenAdmin):
    list_display = ["predecessor", "successor", "handed_over_by", "handed_over_at"]
    list_filter = ["handed_over_at"]
    list_select_related = ["predecessor", "successor", "handed_over_by"]
    search_fields = ["predecessor__full_name", "successor__full_name"]


@admin.register(AddressChange)
class AddressChangeAdmin(SeenAdmin):
    list_display = ["user", "created_at", "expires_at", "done_at"]
    list_filter = ["created_at", "done_at"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email", "new_email"]


@admin.register(DataArchive)
class DataArchiveAdmin(SeenAdmin):
    """That somebody asked for their data; the file is theirs alone. Source: ACC-03."""

    fields = ["user", "requested_at", "ready_at", "expires_at"]
    list_display = ["user", "requested_at", "ready_at", "expires_at"]
    list_filter = ["requested_at"]
    list_select_related = ["user"]
    search_fields = ["user__full_name", "user__email"]


@admin.register(StakeholderContact)
class StakeholderContactAdmin(SeenAdmin):
    """Organisations, to search and read; they are kept on the pages for it."""

    list_display = ["name", "member_state", "institution_kind", "asked_on", "confirmed_on", "stopped_on"]
    list_filter = ["institution_kind", "confirmed_on", "stopped_on", "member_state__group"]
    list_select_related = ["member_state"]
    search_fields = ["name", "email", "areas", "member_state__name_en"]


@admin.register(Circular)
class CircularAdmin(SeenAdmin):
    list_display = ["subject", "member_state", "institution_kind", "written_by", "sent_at", "answers_until"]
    list_filter = ["sent_at", "institution_kind"]
    list_select_related = ["member_state", "written_by"]
    search_fields = ["subject_en", "subject_fr", "subject_es", "written_by__full_name"]


@admin.register(CircularCopy)
class CircularCopyAdmin(SeenAdmin):
    list_display = ["circular", "contact", "answered_at"]
    list_filter = ["answered_at"]
    list_select_related = ["circular", "contact"]
    search_fields = ["contact__name", "contact__email"]
    exclude = ["token_hash"]
