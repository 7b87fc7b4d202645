"""The closed lists of the forum app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TopicKind(TextChoices):
    """How a topic came about. Source: FOR-02, FOR-03, FOR-17."""

    WEEKLY = "weekly", _("Topic of the week")
    OPEN = "open", _("Open discussion")
    QUESTION = "question", pgettext_lazy("kind of topic", "Question")
    EXPERIENCE = "experience", pgettext_lazy("kind of topic", "Experience")


class ContributionKind(TextChoices):
    """What a post brings. Source: FOR-01, LIB-04, CDIP/22/3 para 1."""

    COMMENT = "comment", pgettext_lazy("contribution", "Comment")
    IDEA = "idea", pgettext_lazy("contribution", "Idea")
    PRACTICE = "practice", pgettext_lazy("contribution", "Practice")
    TOOL = "tool", pgettext_lazy("contribution", "Tool")
    METHODOLOGY = "methodology", pgettext_lazy("contribution", "Methodology")
    EXPERIENCE = "experience", pgettext_lazy("contribution", "Experience")
    QUESTION = "question", pgettext_lazy("contribution", "Question")


class Capacity(TextChoices):
    """In whose name somebody posts. Source: reading A20."""

    PERSONAL = "personal", _("Personal capacity")
    DELEGATION = "delegation", _("Statement of the delegation")


class PostState(TextChoices):
    VISIBLE = "visible", pgettext_lazy("post", "Visible")
    HELD = "held", pgettext_lazy("post", "Held")
    WITHDRAWN = "withdrawn", pgettext_lazy("post", "Withdrawn by its author")
    REMOVED = "removed", pgettext_lazy("post", "Removed by the moderator")


class RemovalReason(TextChoices):
    """What every reader is told, in place of a post, of why it was removed. Source: FOR-11, FOR-14, OPS-01."""

    CONFIDENTIAL = "confidential", _("It told what must stay confidential.")
    OFF_TOPIC = "off_topic", _("It did not belong in this discussion.")
    NOT_NEUTRAL = "not_neutral", _("It was not neutral, or it attacked somebody.")
    PROMOTION = "promotion", _("It promoted a product or a service.")
    PERSONAL_DATA = "personal_data", _("It told about a person what is private.")
    WRONG = "wrong", _("It was wrong or misleading.")
    OTHER = "other", _("It was against the protocol of use.")


class Audience(TextChoices):
    """Who can read something, from the widest circle to the narrowest. Source: reading A4, workflow 2.10.

    Every room here is CLOSED, or SENSITIVE where it is marked so; the others are what an older forum can have been.
    """

    PUBLIC = "public"  # anybody
    REGISTERED = "registered"  # whoever has registered
    CLOSED = "closed"  # delegates and whom they admit
    SENSITIVE = "sensitive"  # the same, and what is said leaves by no mail or feed
    RESTRICTED = "restricted"  # named people only

    def is_wider_than(self, other: "Audience") -> bool:
        """Tell whether somebody reads this who does not read ``other``."""
        order = list(Audience)
        return order.index(self) < order.index(other)


class FollowLevel(TextChoices):
    """How much of what is followed somebody wants to hear of."""

    EVERYTHING = "everything", pgettext_lazy("follow", "Every post")
    TOPICS = "topics", pgettext_lazy("follow", "New topics and answers to me")
    QUIET = "quiet", pgettext_lazy("follow", "Only answers to me")
    MUTED = "muted", pgettext_lazy("follow", "Nothing")


class SignalKind(TextChoices):
    """What a reader can answer with one touch; none of them is a vote."""

    SIMILAR = "similar", pgettext_lazy("signal", "Similar experience")
    USEFUL = "useful", pgettext_lazy("signal", "Useful to my office")
    CONTACT = "contact", pgettext_lazy("signal", "Please contact me")


class RecordFormat(TextChoices):
    """What a discussion can be had as."""

    DOCX = "docx", pgettext_lazy("file", "Word document (DOCX)")
    PDF = "pdf", pgettext_lazy("file", "PDF, to print")


class SearchSource(TextChoices):
    """What a text that search finds belongs to."""

    SYNTHESIS = "synthesis", pgettext_lazy("search", "Synthesis")
    TOPIC = "topic", pgettext_lazy("search", "Topic")
    POST = "post", pgettext_lazy("search", "Post")
    TRANSLATION = "translation", pgettext_lazy("search", "Translation of a post")
    ATTACHMENT = "attachment", pgettext_lazy("search", "Document")
    ENTRY = "entry", pgettext_lazy("search", "Entry of the library")
    ACTIVITY = "activity", pgettext_lazy("search", "Activity of the catalogue")


class TranslationStatus(TextChoices):
    """Who answers for a translation. Source: reading A22."""

    MACHINE = "machine", pgettext_lazy("translation", "Translated by a machine")
    PERSON = "person", pgettext_lazy("translation", "Translated by a person")
    CHECKED = "checked", pgettext_lazy("translation", "Translated and checked")


class ClearanceState(TextChoices):
    ASKED = "asked", pgettext_lazy("clearance", "Asked")
    CLEARED = "cleared", pgettext_lazy("clearance", "Cleared")
    RETURNED = "returned", pgettext_lazy("clearance", "Returned with remarks")
    TAKEN_BACK = "taken_back", pgettext_lazy("clearance", "Taken back")


class EntryType(TextChoices):
    """What an entry of the library is. Source: LIB-04, CDIP/24 report paras 6-7."""

    PRACTICE = "practice", pgettext_lazy("entry", "Practice")
    TOOL = "tool", pgettext_lazy("entry", "Tool")
    METHODOLOGY = "methodology", pgettext_lazy("entry", "Methodology")


class EntryState(TextChoices):
    DRAFT = "draft", pgettext_lazy("entry", "Unfinished")
    PROPOSED = "proposed", pgettext_lazy("entry", "Proposed")
    RETURNED = "returned", pgettext_lazy("entry", "Returned")
    PUBLISHED = "published", pgettext_lazy("entry", "Published")
    DECLINED = "declined", pgettext_lazy("entry", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("entry", "Withdrawn")


class Permission(TextChoices):
    """Whether the state concerned lets an entry be published. Source: FOR-24, LIB-15."""

    NOT_NEEDED = "not_needed", pgettext_lazy("permission", "Not needed")
    ASKED = "asked", pgettext_lazy("permission", "Asked")
    GRANTED = "granted", pgettext_lazy("permission", "Granted")
    REFUSED = "refused", pgettext_lazy("permission", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("permission", "Withdrawn")


class Plan(TextChoices):
    """Whether an entry shows a strategy, policy or plan of a state. Source: LIB-15, CDIP/11/4 recs 50 b) i), 51 b)."""

    NONE = "none", pgettext_lazy("plan", "No")
    COMPLETE = "complete", _("Yes, and it is complete")
    UNFINISHED = "unfinished", _("Yes, and it is still being prepared")


class Beneficiary(TextChoices):
    """Whom the assistance was for. Source: LIB-08, CDIP/11/4 rec 35 c) i)."""

    OFFICE = "office", _("IP office")
    GOVERNMENT = "government", _("Other government body")
    JUDICIARY = "judiciary", _("Judges and enforcement")
    UNIVERSITY = "university", _("University or research institution")
    BUSINESS = "business", _("Business and inventors")
    CREATORS = "creators", _("Creators and their societies")
    PUBLIC = "public", _("The public at large")


class Delivery(TextChoices):
    """How the assistance was given. Source: LIB-08, CDIP/11/4 rec 35 c) i)."""

    MISSION = "mission", _("Expert mission")
    TRAINING = "training", _("Training or workshop")
    VISIT = "visit", _("Study visit")
    REMOTE = "remote", _("At a distance")
    SYSTEM = "system", _("System or equipment")
    DOCUMENT = "document", _("Guide or study")
    MIXED = "mixed", _("Several of these")


class ActivityLevel(TextChoices):
    """At which level an activity of the catalogue is offered. Source: LIB-07, CDIP/11/4 rec 21 d)."""

    NATIONAL = "national", pgettext_lazy("level of an activity", "National")
    REGIONAL = "regional", pgettext_lazy("level of an activity", "Regional")
    SUB_REGIONAL = "sub_regional", pgettext_lazy("level of an activity", "Sub-regional")
    CITY = "city", pgettext_lazy("level of an activity", "City")


class CooperationMode(TextChoices):
    """Who carries an activity of the catalogue together. Source: LIB-07, CDIP/11/4 rec 21 d)."""

    BILATERAL = "bilateral", _("WIPO and the state")
    SOUTH_SOUTH = "south_south", _("South-South cooperation")
    TRIANGULAR = "triangular", _("Triangular cooperation")
    TRUST = "trust", _("Funds in trust")
    SHARED = "shared", _("Shared costs")


class Review(TextChoices):
    """Whether others have reviewed a study. Source: LIB-18, CDIP/24 report paras 32-35."""

    NONE = "none", pgettext_lazy("review", "Not reviewed")
    UNDER_WAY = "under_way", pgettext_lazy("review", "Under peer review")
    REVIEWED = "reviewed", pgettext_lazy("review", "Peer reviewed")


class Resource(TextChoices):
    """What is kept elsewhere and the library leads to. Source: reading A25, LIB-05, LIB-13, LIB-14, LIB-17, FOR-21."""

    ACTIVITIES = "activities", _("Technical assistance database")
    CONSULTANTS = "consultants", _("Roster of consultants")
    MATCHMAKING = "matchmaking", _("Matching needs and offers")
    FLEXIBILITIES = "flexibilities", _("Database on flexibilities")
    AGENDA = "agenda", _("Implementation of the Development Agenda")
    SOUTH_SOUTH = "south_south", _("South-South cooperation")
