"""The Secretariat's window on moderation."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from accounts.admin import KeptAdmin, SeenAdmin
from moderation.models import (
    Admission,
    AdmissionCriterion,
    Appeal,
    Case,
    ChecklistItem,
    ChecklistTick,
    Complaint,
    Correction,
    DeletionRequest,
    Evaluation,
    FollowUp,
    LanguageDemand,
    ProposalSupport,
    ProviderContract,
    Report,
    RoomDecision,
    Sanction,
    StaffCall,
    Suggestion,
    Synthesis,
    SynthesisNote,
    TopicProposal,
    TopicTemplate,
    TrafficDay,
    WeeklyTopic,
)


@admin.register(ChecklistTick)
class ChecklistTickAdmin(SeenAdmin):
    list_display = ["topic", "item", "ticked_by", "ticked_at"]
    list_select_related = ["topic", "item", "ticked_by"]
    search_fields = ["topic__title_en", "ticked_by__full_name"]


@admin.register(ProposalSupport)
class ProposalSupportAdmin(SeenAdmin):
    list_display = ["proposal", "user", "created_at"]
    list_select_related = ["proposal", "user"]
    search_fields = ["proposal__title", "user__full_name"]


@admin.register(WeeklyTopic)
class WeeklyTopicAdmin(SeenAdmin):
    """The plan, to search and read; it is changed on the moderator's own pages."""

    list_display = ["topic", "prepared_by", "scheduled", "opened_at"]
    list_filter = ["scheduled", "opened_at", "topic__category"]
    list_select_related = ["topic", "prepared_by"]
    search_fields = ["topic__title_en", "topic__title_fr", "topic__title_es", "prepared_by__full_name"]


@admin.register(TopicProposal)
class TopicProposalAdmin(SeenAdmin):
    list_display = ["title", "member_state", "proposed_by", "state", "created_at"]
    list_filter = ["state", "language", "category"]
    list_select_related = ["member_state", "proposed_by"]
    search_fields = ["title", "proposed_by__full_name"]


@admin.register(Admission)
class AdmissionAdmin(SeenAdmin):
    list_display = ["full_name", "organization", "discussion", "sponsor", "state", "ends_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["discussion__topic", "discussion__room", "sponsor"]
    search_fields = ["full_name", "organization", "email"]


@admin.register(Case)
class CaseAdmin(SeenAdmin):
    list_display = ["post", "state", "outcome", "assignee", "opened_at"]
    list_filter = ["state", "outcome"]
    list_select_related = ["post", "assignee"]
    search_fields = ["post__author__full_name", "reason"]


@admin.register(Report)
class ReportAdmin(SeenAdmin):
    list_display = ["case", "reason", "reporter", "reported_at"]
    list_filter = ["reason"]
    list_select_related = ["case__post", "reporter"]
    search_fields = ["reporter__full_name", "case__post__author__full_name"]


@admin.register(Appeal)
class AppealAdmin(SeenAdmin):
    list_display = ["case", "author", "state", "made_at", "decided_by"]
    list_filter = ["state"]
    list_select_related = ["case__post", "author", "decided_by"]
    search_fields = ["author__full_name"]


@admin.register(Complaint)
class ComplaintAdmin(SeenAdmin):
    list_display = ["made_by", "state", "made_at", "answered_by"]
    list_filter = ["state"]
    list_select_related = ["made_by", "answered_by"]
    search_fields = ["made_by__full_name"]


@admin.register(LanguageDemand)
class LanguageDemandAdmin(SeenAdmin):
    list_display = ["language", "user", "created_at"]
    list_filter = ["language"]
    list_select_related = ["user"]
    search_fields = ["language", "user__full_name"]


@admin.register(RoomDecision)
class RoomDecisionAdmin(SeenAdmin):
    list_display = ["session", "subject", "language", "one_off_cost", "yearly_cost", "decided_on"]
    list_filter = ["language"]
    search_fields = ["session", "subject"]


@admin.register(ProviderContract)
class ProviderContractAdmin(SeenAdmin):
    list_display = ["room", "provider", "starts_on", "ends_on"]
    list_filter = ["room"]
    list_select_related = ["room", "provider"]
    search_fields = ["provider__full_name", "room__language"]


@admin.register(Sanction)
class SanctionAdmin(SeenAdmin):
    list_display = ["user", "kind", "starts_at", "ends_at", "lifted_at"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["user__full_name"]


@admin.register(DeletionRequest)
class DeletionRequestAdmin(SeenAdmin):
    list_display = ["post", "basis", "asked_by", "state", "due_at"]
    list_filter = ["state", "basis"]
    list_select_related = ["post", "asked_by"]
    search_fields = ["asked_by__full_name", "=post__id"]


@admin.register(StaffCall)
class StaffCallAdmin(SeenAdmin):
    list_display = ["discussion", "expert", "member_state", "due_on", "state"]
    list_filter = ["state"]
    list_select_related = ["discussion__topic", "discussion__room", "expert", "member_state"]
    search_fields = ["expert__full_name", "member_state__name_en"]


@admin.register(AdmissionCriterion)
class AdmissionCriterionAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["text", "protocol", "position"]
    list_filter = ["protocol"]
    list_select_related = ["protocol"]
    search_fields = ["text_en", "text_fr", "text_es"]


@admin.register(ChecklistItem)
class ChecklistItemAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["text", "occasion", "position", "retired_at"]
    list_filter = ["occasion"]
    search_fields = ["text_en", "text_fr", "text_es"]


@admin.register(TopicTemplate)
class TopicTemplateAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "category", "step"]
    list_select_related = ["category", "step"]
    search_fields = ["name", "title_en"]


@admin.register(Evaluation)
class EvaluationAdmin(SeenAdmin):
    list_display = ["title", "starts_on", "ends_on", "evaluator", "published_at", "decision", "decided_on"]
    list_filter = ["decision"]
    list_select_related = ["evaluator"]
    search_fields = ["title", "report"]


@admin.register(TrafficDay)
class TrafficDayAdmin(SeenAdmin):
    list_display = ["day", "page_views", "sessions", "active_users"]
    date_hierarchy = "day"
    search_fields = ["day"]


@admin.register(Suggestion)
class SuggestionAdmin(SeenAdmin):
    list_display = ["post", "state", "suggested_by", "suggested_at", "settled_at"]
    list_filter = ["state"]
    list_select_related = ["post", "suggested_by"]
    search_fields = ["suggested_by__full_name", "=post__id"]


@admin.register(Synthesis)
class SynthesisAdmin(SeenAdmin):
    list_display = ["topic", "number", "written_by", "published_at", "corrections_until"]
    list_filter = ["published_at"]
    list_select_related = ["topic", "written_by"]
    search_fields = ["topic__title_en", "topic__title_fr", "topic__title_es"]


@admin.register(SynthesisNote)
class SynthesisNoteAdmin(SeenAdmin):
    list_display = ["discussion", "written_by", "written_at", "handed_in_at"]
    list_select_related = ["discussion__topic", "discussion__room", "written_by"]
    search_fields = ["written_by__full_name", "discussion__topic__title_en"]


@admin.register(Correction)
class CorrectionAdmin(SeenAdmin):
    list_display = ["synthesis", "asked_by", "asked_at", "state", "answered_by"]
    list_filter = ["state", "language"]
    list_select_related = ["synthesis__topic", "asked_by", "answered_by"]
    search_fields = ["asked_by__full_name"]


@admin.register(FollowUp)
class FollowUpAdmin(SeenAdmin):
    list_display = ["topic", "kind", "happened_on", "recorded_by"]
    list_filter = ["kind"]
    list_select_related = ["topic", "recorded_by"]
    search_fields = ["topic__title_en", "text"]
