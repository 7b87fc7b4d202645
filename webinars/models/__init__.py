"""The yearly webinar programme."""

from webinars.models.cycles import CommitteeMeeting, Cycle, CycleScope, Release
from webinars.models.feedback import (
    AnnualReport,
    Certificate,
    ExpertFeedback,
    Feedback,
    FeedbackReceipt,
    SeriesCertificate,
    TopicSuggestion,
)
from webinars.models.materials import Material
from webinars.models.meetings import Meeting, Recording
from webinars.models.places import Region, ScopeArea
from webinars.models.proposals import Cluster, GroupAnswer, Interest, Proposal, ProposalPart, ProposalVersion
from webinars.models.questions import Answer, Question, QuestionVote
from webinars.models.registrations import (
    AttendanceInterval,
    Campaign,
    CampaignMail,
    OptOut,
    Registration,
    Reminder,
    ReminderRule,
)
from webinars.models.selection import Decision, Exclusion, Option, SelectionRun
from webinars.models.webinars import Engagement, PromotionTask, Series, Webinar

__all__ = [
    "AnnualReport",
    "Answer",
    "AttendanceInterval",
    "Campaign",
    "CampaignMail",
    "Certificate",
    "Cluster",
    "CommitteeMeeting",
    "Cycle",
    "CycleScope",
    "Decision",
    "Engagement",
    "Exclusion",
    "ExpertFeedback",
    "Feedback",
    "FeedbackReceipt",
    "GroupAnswer",
    "Interest",
    "Material",
    "Meeting",
    "OptOut",
    "Option",
    "PromotionTask",
    "Proposal",
    "ProposalPart",
    "ProposalVersion",
    "Question",
    "QuestionVote",
    "Recording",
    "Region",
    "Registration",
    "Release",
    "Reminder",
    "ReminderRule",
    "ScopeArea",
    "SelectionRun",
    "Series",
    "SeriesCertificate",
    "TopicSuggestion",
    "Webinar",
]
