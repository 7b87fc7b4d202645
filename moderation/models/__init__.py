"""What is done about what participants say."""

from moderation.models.admissions import Admission, AdmissionCriterion
from moderation.models.cases import Appeal, Case, Complaint, Report, Sanction
from moderation.models.deletions import DeletionRequest
from moderation.models.figures import Evaluation, TrafficDay
from moderation.models.proposals import ProposalSupport, TopicProposal
from moderation.models.rooms import LanguageDemand, ProviderContract, RoomDecision
from moderation.models.steering import StaffCall, Suggestion
from moderation.models.synthesis import Correction, FollowUp, Synthesis, SynthesisNote
from moderation.models.templates import ChecklistItem, ChecklistTick, TopicTemplate
from moderation.models.weekly import WeeklyTopic

__all__ = [
    "Admission",
    "AdmissionCriterion",
    "Appeal",
    "Case",
    "ChecklistItem",
    "ChecklistTick",
    "Complaint",
    "Correction",
    "DeletionRequest",
    "Evaluation",
    "FollowUp",
    "LanguageDemand",
    "ProposalSupport",
    "ProviderContract",
    "Report",
    "RoomDecision",
    "Sanction",
    "StaffCall",
    "Suggestion",
    "Synthesis",
    "SynthesisNote",
    "TopicProposal",
    "TopicTemplate",
    "TrafficDay",
    "WeeklyTopic",
]
