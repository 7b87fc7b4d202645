"""The closed lists of the moderation app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProposalState(TextChoices):
    """What became of a participant's topic proposal. Source: FOR-03, workflow 2.2."""

    SUBMITTED = "submitted", pgettext_lazy("topic proposal", "Submitted")
    UNDER_REVIEW = "under_review", pgettext_lazy("topic proposal", "Under review")
    ACCEPTED = "accepted", pgettext_lazy("topic proposal", "Accepted")
    SCHEDULED = "scheduled", pgettext_lazy("topic proposal", "Scheduled")
    MERGED = "merged", pgettext_lazy("topic proposal", "Merged with another")
    DECLINED = "declined", pgettext_lazy("topic proposal", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("topic proposal", "Withdrawn")


class Occasion(TextChoices):
    """When the web content checklist is gone through. Source: MOD-06, reading A23."""

    OPENING = "opening", pgettext_lazy("checklist", "Before a topic opens")
    CLOSING = "closing", pgettext_lazy("checklist", "Before a topic closes")


class CallState(TextChoices):
    """Where a request for an answer stands. Source: FOR-12."""

    ASKED = "asked", pgettext_lazy("request for an answer", "Asked")
    ANSWERED = "answered", pgettext_lazy("request for an answer", "Answered")
    TAKEN_BACK = "taken_back", pgettext_lazy("request for an answer", "Taken back")


class SuggestionState(TextChoices):
    """Where a suggestion to the author of a held post stands. Source: FOR-11, MOD-01."""

    SENT = "sent", pgettext_lazy("suggestion", "Sent to the author")
    RESUBMITTED = "resubmitted", pgettext_lazy("suggestion", "Resubmitted")
    PUBLISHED = "published", pgettext_lazy("suggestion", "Published")
    DECLINED = "declined", pgettext_lazy("suggestion", "Not published")


class CommonReason(TextChoices):
    """Why something is often decided about a post, ready in every language. Source: FOR-11, MOD-09, OPS-01, MOD-11."""

    NEUTRAL = "neutral", _("Please word it neutrally: say what happened, and leave out the judgement on others.")
    SOURCE = "source", _("Please name the source, so that others can check what you say.")
    CONFIDENTIAL = "confidential", _("It tells what may be confidential. Please leave it out, or say who allows it.")
    PERSONAL_DATA = "personal_data", _("It tells about a person what is private. Please leave out names and details.")
    PROMOTION = (
        "promotion",
        _("It reads like advertising for a product or a service. Please describe what was learned."),
    )
    OFF_TOPIC = "off_topic", _("It does not belong in this discussion. Please open another one, or move it there.")
    CAPACITY = "capacity", _("Please say whether you write for yourself or for your delegation.")
    WITHIN_RULES = "within_rules", _("The post keeps to the protocol of use. That others disagree is no fault of it.")
    ANSWERED_THERE = "answered_there", _("What was reported is better answered in the discussion itself.")
    TOLD_CONFIDENTIAL = "told_confidential", _("It told what is confidential, and nobody had allowed that.")
    TOLD_OF_A_PERSON = "told_of_a_person", _("It told about a person what is private.")
    ADVERTISED = "advertised", _("It was advertising for a product or a service.")
    OUTSIDE = "outside", _("It had nothing to do with the work of this forum.")
    ATTACKED = "attacked", _("It attacked a person or a delegation. Please speak about the matter, not about people.")
    REPEATED = "repeated", _("The same was decided about your posts before, and it has happened again.")


class CorrectionState(TextChoices):
    """What became of a request to correct a synthesis. Source: FOR-11, workflow 2.1."""

    WAITING = "waiting", pgettext_lazy("correction", "Waiting")
    TAKEN_UP = "taken_up", pgettext_lazy("correction", "Taken up")
    DECLINED = "declined", pgettext_lazy("correction", "Declined")


class FollowUpKind(TextChoices):
    """What a discussion led to. Source: REP-07, REP-08, CDIP/11/4 rec 37 ii)."""

    ACTION = "action", pgettext_lazy("follow-up", "Action taken")
    IDEA = "idea", pgettext_lazy("follow-up", "New idea")
    COOPERATION = "cooperation", pgettext_lazy("follow-up", "New cooperation")
    USE = "use", pgettext_lazy("follow-up", "Use made of what was learned")


class StakeholderKind(TextChoices):
    """What kind of outsider is to be admitted. Source: ACC-05, CDIP/22/3 para 8."""

    ORGANIZATION = "organization", _("Intergovernmental organization")
    NGO = "ngo", _("Non-governmental organization")
    ACADEMIC = "academic", _("Academic")
    BUSINESS = "business", pgettext_lazy("stakeholder", "Business or industry")
    PRACTITIONER = "practitioner", pgettext_lazy("stakeholder", "Practitioner or consultant")
    OTHER = "other", pgettext_lazy("stakeholder", "Other")


class AdmissionState(TextChoices):
    """How far a request to admit an outsider has come. Source: ACC-05, ACC-06, reading A5, workflow 2.3."""

    DRAFT = "draft", pgettext_lazy("admission", "With the focal point")
    RETURNED = "returned", pgettext_lazy("admission", "Returned to who drafted it")
    CONFIRMED = "confirmed", pgettext_lazy("admission", "To be assessed")
    ASSESSED = "assessed", pgettext_lazy("admission", "To be decided")
    APPROVED = "approved", pgettext_lazy("admission", "Approved")
    DECLINED = "declined", pgettext_lazy("admission", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("admission", "Withdrawn")
    ENDED = "ended", pgettext_lazy("admission", "Ended")


class AdmissionScope(TextChoices):
    """Which threads of the one topic an outsider enters. Source: reading A6, workflow 2.3."""

    ROOM = "room", _("This discussion only")
    SISTERS = "sisters", _("This discussion and its sisters in the other rooms")


class ReportReason(TextChoices):
    """Why a reader reports a post. Source: FOR-11, MOD-09, OPS-01."""

    CONFIDENTIAL = "confidential", _("It tells what must stay confidential")
    OFF_TOPIC = "off_topic", _("It does not belong in this discussion")
    NOT_NEUTRAL = "not_neutral", _("It is not neutral, or it attacks somebody")
    PROMOTION = "promotion", _("It promotes a product or a service")
    PERSONAL_DATA = "personal_data", _("It tells about a person what is private")
    WRONG = "wrong", _("It is wrong or misleading")
    OTHER = "other", pgettext_lazy("report", "Something else")


class CaseState(TextChoices):
    """Where a reported post stands. Source: MOD-09."""

    OPEN = "open", pgettext_lazy("case", "Open")
    SECOND = "second", pgettext_lazy("case", "A second person is asked")
    DECIDED = "decided", pgettext_lazy("case", "Decided")


class Outcome(TextChoices):
    """What was decided about a reported post. Source: MOD-09, FOR-11."""

    NOTHING = "nothing", pgettext_lazy("outcome", "Nothing to be done")
    EDIT_ASKED = "edit_asked", pgettext_lazy("outcome", "The author is asked to change it")
    HIDDEN = "hidden", pgettext_lazy("outcome", "Hidden until it is changed")
    REMOVED = "removed", pgettext_lazy("outcome", "Removed; a placeholder stays")
    WARNING = "warning", pgettext_lazy("outcome", "A warning to the author")
    MUTE = "mute", pgettext_lazy("outcome", "The author does not write for a time")
    SUSPENSION = "suspension", pgettext_lazy("outcome", "The author is suspended for a time")


FOR_OTHER_WORDS = (
    *(CommonReason.NEUTRAL, CommonReason.SOURCE, CommonReason.CONFIDENTIAL, CommonReason.PERSONAL_DATA),
    *(CommonReason.PROMOTION, CommonReason.OFF_TOPIC, CommonReason.CAPACITY),
)
FOR_MEASURES = (
    *(CommonReason.TOLD_CONFIDENTIAL, CommonReason.TOLD_OF_A_PERSON, CommonReason.ADVERTISED),
    *(CommonReason.OUTSIDE, CommonReason.ATTACKED, CommonReason.REPEATED),
)
FOR_NOTHING = (CommonReason.WITHIN_RULES, CommonReason.ANSWERED_THERE)
COMMON_REASONS = {
    Outcome.NOTHING: FOR_NOTHING,
    Outcome.EDIT_ASKED: FOR_OTHER_WORDS,
    Outcome.HIDDEN: FOR_OTHER_WORDS,
    Outcome.REMOVED: FOR_MEASURES,
    Outcome.WARNING: FOR_MEASURES,
    Outcome.MUTE: FOR_MEASURES,
    Outcome.SUSPENSION: FOR_MEASURES,
}
"""Which common reasons go with which decision on a reported post."""


class SanctionKind(TextChoices):
    WARNING = "warning", pgettext_lazy("sanction", "Warning")
    MUTE = "mute", pgettext_lazy("sanction", "Does not write")
    SUSPENSION = "suspension", pgettext_lazy("sanction", "Suspended")


class ReviewState(TextChoices):
    """Where an appeal or a complaint stands. Source: MOD-09, CDIP/11/4 rec 30 b) ii)."""

    WAITING = "waiting", pgettext_lazy("appeal", "Waiting")
    UPHELD = "upheld", pgettext_lazy("appeal", "Granted")
    REJECTED = "rejected", pgettext_lazy("appeal", "Not granted")


class Basis(TextChoices):
    """On what ground somebody asks for a deletion. Source: FOR-14, reading A7, workflow 2.5."""

    AUTHOR = "author", _("I wrote it")
    STATE = "state", _("It was written in the name of my state")
    NAMED = "named", _("It tells about me")


class DeletionState(TextChoices):
    """What became of a request to delete. Source: MOD-10, workflow 2.5."""

    WAITING = "waiting", pgettext_lazy("deletion", "Waiting")
    DELETED = "deleted", pgettext_lazy("deletion", "Deleted")
    REDACTED = "redacted", pgettext_lazy("deletion", "Redacted in part")
    REFUSED = "refused", pgettext_lazy("deletion", "Refused")
    TAKEN_BACK = "taken_back", pgettext_lazy("deletion", "Taken back")


class CommitteeDecision(TextChoices):
    """What the Committee decided after an evaluation. Source: REP-04, CDIP/24 report paras 20-21."""

    CONTINUE = "continue", pgettext_lazy("evaluation", "Continue")
    MODIFY = "modify", pgettext_lazy("evaluation", "Continue with changes")
    CLOSE = "close", pgettext_lazy("evaluation", "Close and keep as an archive")
