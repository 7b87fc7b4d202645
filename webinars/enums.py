"""The closed lists of the webinars app."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Scheme(TextChoices):
    """What each webinar is counted for. Source: WEB-12, reading A10."""

    GROUPS = "groups", _("Regional groups")
    REGIONS = "regions", _("Geographic regions")


class CycleState(TextChoices):
    """How far a year's programme has come, in this order. Source: WEB-08 to WEB-14, workflow 2.6."""

    PREPARING = "preparing", pgettext_lazy("cycle", "Being prepared")
    SHARED = "shared", pgettext_lazy("cycle", "List shared")
    OPEN = "open", pgettext_lazy("cycle", "Answers open")
    CLOSED = "closed", pgettext_lazy("cycle", "Answers closed")
    ANALYSIS = "analysis", pgettext_lazy("cycle", "Being analysed")
    DECIDED = "decided", pgettext_lazy("cycle", "Decided")
    PUBLISHED = "published", pgettext_lazy("cycle", "Published")
    RUNNING = "running", pgettext_lazy("cycle", "Running")
    REPORTED = "reported", pgettext_lazy("cycle", "Reported")


class Origin(TextChoices):
    """Where a proposal comes from. Source: WEB-08, WEB-09, WEB-14, reading A15."""

    SECRETARIAT = "secretariat", pgettext_lazy("origin", "Secretariat")
    GROUP = "group", pgettext_lazy("origin", "Regional group")
    MEMBER = "member", pgettext_lazy("origin", "Member state, through its group")
    CARRIED = "carried", pgettext_lazy("origin", "Carried over from an earlier year")
    SUGGESTION = "suggestion", pgettext_lazy("origin", "Suggested by participants")


class ProposalState(TextChoices):
    """What became of a proposal. Source: WEB-10, WEB-11, WEB-14, workflow 2.6."""

    DRAFT = "draft", pgettext_lazy("webinar proposal", "Draft")
    WITH_COORDINATOR = "with_coordinator", pgettext_lazy("webinar proposal", "With the coordinator")
    SUBMITTED = "submitted", pgettext_lazy("webinar proposal", "Submitted")
    RETURNED = "returned", pgettext_lazy("webinar proposal", "Returned for completion")
    SELECTED = "selected", pgettext_lazy("webinar proposal", "Selected")
    MERGED = "merged", pgettext_lazy("webinar proposal", "Merged with another")
    CARRIED_OVER = "carried_over", pgettext_lazy("webinar proposal", "In the pipeline for later years")
    DECLINED = "declined", pgettext_lazy("webinar proposal", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("webinar proposal", "Withdrawn")


class InterestLevel(IntegerChoices):
    """How much a group wants a topic. Source: WEB-09, CDIP/30/8 para 8."""

    NONE = 0, pgettext_lazy("interest", "None")
    SOME = 1, pgettext_lazy("interest", "Some")
    STRONG = 2, pgettext_lazy("interest", "Strong")
    PRIORITY = 3, pgettext_lazy("interest", "Priority")


class SeriesState(TextChoices):
    """Whether more parts are to come. Source: WEB-04, CDIP/30/8 para 14."""

    OPEN = "open", pgettext_lazy("series", "Goes on")
    EXPLORED = "explored", pgettext_lazy("series", "Fully explored")


class WebinarState(TextChoices):
    """How far one webinar has come. Source: workflow 2.7."""

    PLANNED = "planned", pgettext_lazy("webinar", "Planned")
    ORGANIZING = "organizing", pgettext_lazy("webinar", "Being organized")
    ANNOUNCED = "announced", pgettext_lazy("webinar", "Announced")
    LIVE = "live", pgettext_lazy("webinar", "Under way")
    HELD = "held", pgettext_lazy("webinar", "Held")
    FOLLOW_UP = "follow_up", pgettext_lazy("webinar", "Being followed up")
    COMPLETE = "complete", pgettext_lazy("webinar", "Complete")
    POSTPONED = "postponed", pgettext_lazy("webinar", "Postponed")
    CANCELLED = "cancelled", pgettext_lazy("webinar", "Cancelled")


class Format(TextChoices):
    """How a webinar is held. Source: WEB-20, CDIP/30/8 para 17."""

    LIVE = "live", _("Live presentations, then questions and answers")
    RECORDED = "recorded", _("Talk shared beforehand, then live questions and answers")


class ExpertRole(TextChoices):
    """What somebody does at a webinar. Source: WEB-16, WEB-17."""

    SPEAKER = "speaker", pgettext_lazy("expert", "Speaker")
    PANELLIST = "panellist", pgettext_lazy("expert", "Panellist")
    CHAIR = "chair", pgettext_lazy("expert", "Chair")


class Provider(TextChoices):
    """What a webinar runs on. Source: WEB-19, CDIP/30/8 para 16."""

    LINK = "link", pgettext_lazy("meeting", "Link to a meeting")
    BIGBLUEBUTTON = "bigbluebutton", "BigBlueButton"
    ZOOM = "zoom", "Zoom"
    JITSI = "jitsi", "Jitsi Meet"
    STREAM = "stream", pgettext_lazy("meeting", "Embedded stream")


class RegistrationState(TextChoices):
    """Where a registration stands. Source: workflow 2.7."""

    PENDING = "pending", pgettext_lazy("registration", "To be confirmed by mail")
    CONFIRMED = "confirmed", pgettext_lazy("registration", "Confirmed")
    WAITING = "waiting", pgettext_lazy("registration", "On the waiting list")
    OFFERED = "offered", pgettext_lazy("registration", "Offered a place")
    CANCELLED = "cancelled", pgettext_lazy("registration", "Cancelled")


class AttendanceSource(TextChoices):
    """How an attendance became known."""

    PAGE = "page", pgettext_lazy("attendance", "Join button")
    PROVIDER = "provider", pgettext_lazy("attendance", "Meeting software")
    HAND = "hand", pgettext_lazy("attendance", "By hand")


class QuestionState(TextChoices):
    """What became of a question. Source: WEB-25, workflow 2.7."""

    WAITING = "waiting", pgettext_lazy("question", "Waiting")
    VISIBLE = "visible", pgettext_lazy("question", "Shown")
    DECLINED = "declined", pgettext_lazy("question", "Declined")
    DUPLICATE = "duplicate", pgettext_lazy("question", "Joined with another")
    ANSWERED_LIVE = "answered_live", pgettext_lazy("question", "Answered live")
    ANSWERED_CHAT = "answered_chat", pgettext_lazy("question", "Answered in the chat")
    LEFT_OPEN = "left_open", pgettext_lazy("question", "Left open")
    ASSIGNED = "assigned", pgettext_lazy("question", "Assigned")
    DRAFTED = "drafted", pgettext_lazy("question", "Answer drafted")
    CLEARED = "cleared", pgettext_lazy("question", "Answer cleared")
    PUBLISHED = "published", pgettext_lazy("question", "Answered in writing")
    CLOSED = "closed", pgettext_lazy("question", "Closed without an answer")


class Translation(TextChoices):
    """Whether a text is the original, and if not who translated it."""

    ORIGINAL = "original", pgettext_lazy("translation", "Original")
    PERSON = "person", pgettext_lazy("translation", "Translated by a person")
    MACHINE = "machine", pgettext_lazy("translation", "Translated by a machine")


class MaterialKind(TextChoices):
    """What remains of a webinar. Source: WEB-24, CDIP/30/8 para 20."""

    TALK = "talk", _("Talk shared beforehand")
    SLIDES = "slides", pgettext_lazy("material", "Slides")
    RECORDING = "recording", pgettext_lazy("material", "Recording")
    AUDIO = "audio", _("Audio for slow lines")
    CAPTIONS = "captions", pgettext_lazy("material", "Captions")
    TRANSCRIPT = "transcript", pgettext_lazy("material", "Transcript")
    SUMMARY = "summary", pgettext_lazy("material", "Summary")
    READING = "reading", pgettext_lazy("material", "Further reading")


class MaterialState(TextChoices):
    RECEIVED = "received", pgettext_lazy("material", "Received")
    CHECKED = "checked", pgettext_lazy("material", "Checked")
    PUBLISHED = "published", pgettext_lazy("material", "Published")
    SUPERSEDED = "superseded", pgettext_lazy("material", "Replaced")


class ReminderMoment(TextChoices):
    """From which moment a reminder is counted; from one of the two only."""

    START = "start", _("Before the start")
    END = "end", _("After the end")


class DeliveryState(TextChoices):
    """What became of one reminder, or one mail of a campaign, to one person."""

    SCHEDULED = "scheduled", pgettext_lazy("delivery", "Scheduled")
    SENT = "sent", pgettext_lazy("delivery", "Handed to the mail")
    MISSED = "missed", pgettext_lazy("delivery", "Missed: its moment had passed")
    DROPPED = "dropped", pgettext_lazy("delivery", "Not sent: no longer wanted or allowed")


class Channel(TextChoices):
    """Where a webinar is made known. Source: WEB-22, CDIP/30/8 para 19."""

    MAIL = "mail", pgettext_lazy("channel", "E-mail")
    WEB = "web", _("Web pages of institutions")
    SOCIAL = "social", _("Social media")
    EVENT = "event", _("Meetings and training")


class Promoter(TextChoices):
    """Who promotes a webinar. Source: WEB-21, CDIP/30/8 para 18."""

    SECRETARIAT = "secretariat", pgettext_lazy("promoter", "Secretariat")
    STATE = "state", pgettext_lazy("promoter", "Member state")
