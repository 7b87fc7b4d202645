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
