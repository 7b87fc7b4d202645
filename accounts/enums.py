"""The closed lists of the accounts app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What somebody takes part as. Source: ACC-04, CDIP/22/3 paras 6-8."""

    DELEGATE = "delegate", pgettext_lazy("role", "Delegate of a member state")
    EXPERT = "expert", pgettext_lazy("role", "WIPO staff expert")
    MODERATOR = "moderator", pgettext_lazy("role", "Moderator")
    SECRETARIAT = "secretariat", pgettext_lazy("role", "Secretariat")
    FACILITATOR = "facilitator", pgettext_lazy("role", "Facilitator")
    EXTERNAL = "external", pgettext_lazy("role", "External stakeholder")
    EVALUATOR = "evaluator", pgettext_lazy("role", "Independent evaluator")


ROLES_WITH_A_TERM = (Role.EXPERT, Role.FACILITATOR, Role.EVALUATOR)
"""Who can be invited for a contract or a period. Source: MOD-05, reading A24."""


class AccountStatus(TextChoices):
    INVITED = "invited", pgettext_lazy("account status", "Invited")
    ACTIVE = "active", pgettext_lazy("account status", "Active")
    LEFT = "left", pgettext_lazy("account status", "Left")


class InstitutionKind(TextChoices):
    """Where people work. Source: ACC-07, CDIP/25/5 para 8."""

    UNIVERSITY = "university", _("University")
    IP_OFFICE = "ip_office", _("National IP office")
    GOVERNMENT = "government", _("Other government body")
    PRIVATE_SECTOR = "private_sector", _("Private sector")
    RESEARCH = "research", _("Research institution")
    OTHER = "other", pgettext_lazy("institution", "Other")


class Gender(TextChoices):
    """Optional, and only for the published ratio. Source: ACC-08, CDIP/25/5 para 8."""

    FEMALE = "f", _("Woman")
    MALE = "m", _("Man")


class Office(TextChoices):
    """What a mandate lets its holder speak for. Source: ACC-10, ACC-11."""

    FOCAL_POINT = "focal_point", _("Focal point of a member state")
    COORDINATOR = "coordinator", _("Coordinator of a regional group")


class RequestState(TextChoices):
    """What became of a request for an account."""

    WAITING = "waiting", pgettext_lazy("account request", "Waiting")
    APPROVED = "approved", pgettext_lazy("account request", "Approved")
    DECLINED = "declined", pgettext_lazy("account request", "Declined")


class InvitationState(TextChoices):
    """Where an invitation stands; told from its days, not kept."""

    OPEN = "open", pgettext_lazy("invitation", "Open")
    TAKEN_UP = "taken_up", pgettext_lazy("invitation", "Taken up")
    EXPIRED = "expired", pgettext_lazy("invitation", "Expired")
    REVOKED = "revoked", pgettext_lazy("invitation", "Revoked")


class ContactState(TextChoices):
    """Where an organisation stands with being listed and written to; told from its days, not kept. Source: ACC-12."""

    ASKED = "asked", pgettext_lazy("stakeholder contact", "Asked whether it agrees")
    CONFIRMED = "confirmed", pgettext_lazy("stakeholder contact", "Agrees")
    LAPSED = "lapsed", pgettext_lazy("stakeholder contact", "Has not answered")
    STOPPED = "stopped", pgettext_lazy("stakeholder contact", "Wants no mail")


class Vouching(TextChoices):
    """What the state's focal point said to a request for an account. Source: ACC-11, reading A3."""

    NONE = "none", pgettext_lazy("vouching", "No word yet")
    VOUCHED = "vouched", pgettext_lazy("vouching", "Vouched for")
    OBJECTED = "objected", pgettext_lazy("vouching", "Objected to")


class OfficeProfile(TextChoices):
    """What kind of IP office somebody works for, to find peers. Source: ACC-14, CDIP/11/4 rec 21 i)."""

    SMALL = "small", _("Small IP office without search and examination")
    SMALL_EXAMINING = "small_examining", _("Small IP office with search and examination")
    LARGE = "large", _("Large IP office without search and examination")
    LARGE_EXAMINING = "large_examining", _("Large IP office with search and examination")
    NONE = "none", _("Not an IP office")


class Economy(TextChoices):
    """What kind of economy a state says it has, to find peers. Source: ACC-14, CDIP/11/4 rec 21 i)."""

    LARGE_EMERGING = "large_emerging", _("Large emerging economy")
    MIDDLE_INCOME = "middle_income", _("Middle-income economy")
    LEAST_DEVELOPED = "least_developed", _("Least developed country")
    OTHER = "other", pgettext_lazy("economy", "Other")


class NoticeState(TextChoices):
    WAITING = "waiting", pgettext_lazy("notice", "Waiting")
    SENT = "sent", pgettext_lazy("notice", "Sent")
    DROPPED = "dropped", pgettext_lazy("notice", "Not sent: no longer wanted or allowed")
    FAILED = "failed", pgettext_lazy("notice", "Given up after repeated refusals")


class MailScope(TextChoices):
    """What kind of mail a preference is about."""

    TOPICS = "topics", _("New topics and questions")
    REPLIES = "replies", _("Replies to my posts")
    POSTS = "posts", _("Other posts in what I follow")
    ACCOUNT = "account", _("My account and my duties")


class Pace(TextChoices):
    """How soon somebody wants one kind of mail."""

    AT_ONCE = "at_once", pgettext_lazy("mail", "At once")
    WEEKLY = "weekly", pgettext_lazy("mail", "In the weekly digest")
    NONE = "none", pgettext_lazy("mail", "Not at all")


PACE_BY_DEFAULT = {
    MailScope.TOPICS: Pace.AT_ONCE,
    MailScope.REPLIES: Pace.AT_ONCE,
    MailScope.POSTS: Pace.WEEKLY,
    MailScope.ACCOUNT: Pace.AT_ONCE,
}
