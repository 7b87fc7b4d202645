"""The Secretariat's window on the webinar programme."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from accounts.admin import KeptAdmin, SeenAdmin
from webinars.models import (
    AnnualReport,
    Answer,
    AttendanceInterval,
    Campaign,
    CampaignMail,
    Certificate,
    Cluster,
    CommitteeMeeting,
    Cycle,
    CycleScope,
    Decision,
    Engagement,
    Exclusion,
    ExpertFeedback,
    Feedback,
    FeedbackReceipt,
    GroupAnswer,
    Interest,
    Material,
    Meeting,
    Option,
    OptOut,
    PromotionTask,
    Proposal,
    ProposalPart,
    ProposalVersion,
    Question,
    QuestionVote,
    Recording,
    Region,
    Registration,
    Release,
    Reminder,
    ReminderRule,
    ScopeArea,
    SelectionRun,
    Series,
    SeriesCertificate,
    TopicSuggestion,
    Webinar,
)

# Read here, and changed on the pages of the programme only.
for model, columns, searched in (
    (AnnualReport, ["cycle", "made_by", "made_at"], ["=cycle__year"]),
    (Answer, ["question", "language", "source", "written_by", "cleared_by", "published_at"], ["written_by__full_name"]),
    (AttendanceInterval, ["registration", "joined_at", "left_at", "source"], ["registration__full_name"]),
    (Campaign, ["webinar", "made_by", "made_at"], ["webinar__title_en"]),
    (CampaignMail, ["campaign", "email", "state", "settled_at"], ["email"]),
    (Certificate, ["code", "full_name", "minutes", "issued_at"], ["code", "full_name"]),
    (Cluster, ["lead", "cycle", "made_by", "made_at"], ["lead__title_en"]),
    (CommitteeMeeting, ["title", "starts_at", "ends_at"], ["title"]),
    (CycleScope, ["cycle", "area", "in_scope"], ["=cycle__year"]),
    (Decision, ["option", "differs", "decided_by", "decided_at"], ["option__proposal__title_en"]),
    (Exclusion, ["first", "second", "reason"], ["first__title_en", "second__title_en"]),
    (ExpertFeedback, ["engagement", "audience", "preparation", "questions", "given_at"], ["engagement__full_name"]),
    (Feedback, ["webinar", "relevance", "lectures", "speakers", "given_on", "is_shown"], ["webinar__title_en"]),
    (FeedbackReceipt, ["registration"], ["registration__full_name"]),
    (Option, ["proposal", "language", "staff_days", "is_locked", "is_barred"], ["proposal__title_en"]),
    (OptOut, ["email", "opted_out_at"], ["email"]),
    (ProposalPart, ["proposal", "position", "title"], ["title_en", "proposal__title_en"]),
    (ProposalVersion, ["proposal", "note", "replaced_by", "replaced_at"], ["proposal__title_en"]),
    (QuestionVote, ["question", "registration"], ["registration__full_name"]),
    (Recording, ["external_id", "meeting", "received_at"], ["external_id"]),
    (Release, ["cycle", "number", "note", "published_by", "published_at"], ["note", "=cycle__year"]),
    (Reminder, ["registration", "rule", "due_at", "state"], ["registration__full_name"]),
    (ReminderRule, ["webinar", "moment", "minutes"], ["webinar__title_en"]),
    (SelectionRun, ["cycle", "method", "version", "run_by", "run_at"], ["run_by__full_name"]),
    (SeriesCertificate, ["code", "series", "full_name", "minutes", "issued_at"], ["code", "full_name"]),
    (TopicSuggestion, ["webinar", "text", "from_expert", "suggested_on", "accepted_at"], ["text"]),
):
    admin.site.register(model, SeenAdmin, list_display=columns, search_fields=searched)


@admin.register(Cycle)
class CycleAdmin(SeenAdmin):
    list_display = ["year", "state", "cap", "answers_due_at", "published_at"]
    search_fields = ["=year"]


@admin.register(Proposal)
class ProposalAdmin(SeenAdmin):
    list_display = ["title", "cycle", "origin", "group", "state"]
    list_filter = ["cycle", "origin", "state"]
    list_select_related = ["cycle", "group"]
    search_fields = ["title_en", "title_fr", "title_es"]


@admin.register(Interest)
class InterestAdmin(SeenAdmin):
    list_display = ["proposal", "group", "level", "entered_at", "replaced_at", "entered_by_secretariat"]
    list_filter = ["proposal__cycle", "group", "level"]
    list_select_related = ["proposal", "group"]
    search_fields = ["proposal__title_en", "group__name_en"]


@admin.register(GroupAnswer)
class GroupAnswerAdmin(SeenAdmin):
    list_display = ["group", "cycle", "submitted_at", "submitted_by", "by_secretariat"]
    list_select_related = ["group", "cycle", "submitted_by"]
    search_fields = ["group__name_en"]


@admin.register(Series)
class SeriesAdmin(SeenAdmin):
    list_display = ["title", "state"]
    search_fields = ["title_en", "title_fr", "title_es"]


@admin.register(Webinar)
class WebinarAdmin(SeenAdmin):
    list_display = ["title", "cycle", "state", "starts_at", "format"]
    list_filter = ["cycle", "state", "format"]
    list_select_related = ["cycle"]
    search_fields = ["title_en", "title_fr", "title_es"]


@admin.register(Engagement)
class EngagementAdmin(SeenAdmin):
    list_display = ["full_name", "webinar", "role", "organization", "consents_to_recording"]
    list_select_related = ["webinar"]
    search_fields = ["full_name", "organization"]


@admin.register(Material)
class MaterialAdmin(SeenAdmin):
    list_display = ["webinar", "kind", "language", "source", "state", "published_at"]
    list_filter = ["kind", "state", "language"]
    list_select_related = ["webinar"]
    search_fields = ["title", "webinar__title_en"]


@admin.register(PromotionTask)
class PromotionTaskAdmin(SeenAdmin):
    list_display = ["webinar", "audience", "channel", "promoter", "due_on", "done_on"]
    list_select_related = ["webinar"]
    search_fields = ["audience", "webinar__title_en"]


@admin.register(Meeting)
class MeetingAdmin(SeenAdmin):
    """What lets people in stays out of sight here."""

    fields = ["webinar", "provider", "telephone", "created_there_at", "attempts", "last_error"]
    list_display = ["webinar", "provider", "created_there_at", "last_error"]
    list_select_related = ["webinar"]
    search_fields = ["webinar__title_en"]


@admin.register(Registration)
class RegistrationAdmin(SeenAdmin):
    list_display = ["full_name", "webinar", "country", "state", "registered_at"]
    list_filter = ["state", "institution_kind"]
    list_select_related = ["webinar", "country"]
    search_fields = ["full_name", "email"]


@admin.register(Question)
class QuestionAdmin(SeenAdmin):
    list_display = ["pk", "webinar", "state", "owner", "due_on"]
    list_filter = ["state"]
    list_select_related = ["webinar", "owner"]
    search_fields = ["owner__full_name", "webinar__title_en"]


@admin.register(Region)
class RegionAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "scheme", "group", "position"]
    list_filter = ["scheme"]
    list_select_related = ["group"]
    filter_horizontal = ["states"]
    search_fields = ["name_en", "key"]


@admin.register(ScopeArea)
class ScopeAreaAdmin(KeptAdmin, TranslationAdmin):
    list_display = ["name", "letter", "position"]
    search_fields = ["name_en", "letter"]
