"""What participants and experts thought of a webinar, counted so that nobody is recognised."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webinars.models import ExpertFeedback, Feedback, TopicSuggestion, Webinar

RELEVANCE = [
    (5, pgettext_lazy("relevance", "Very high")),
    (4, pgettext_lazy("relevance", "High")),
    (3, pgettext_lazy("relevance", "Some")),
    (2, pgettext_lazy("relevance", "Low")),
    (1, pgettext_lazy("relevance", "None")),
]
QUALITY = [
    (5, pgettext_lazy("quality", "Very good")),
    (4, pgettext_lazy("quality", "Good")),
    (3, pgettext_lazy("quality", "Fair")),
    (2, pgettext_lazy("quality", "Poor")),
    (1, pgettext_lazy("quality", "Very poor")),
]
ASKED = {
    "relevance": (_("Relevance to my daily work"), RELEVANCE),
    "lectures": (_("Quality of the lectures"), QUALITY),
    "speakers": (_("Quality of the speakers"), QUALITY),
}
"""What participants are asked, with the words for each figure. Source: CDIP/30/8 para 12."""
ASKED_OF_EXPERTS = {
    "audience": (_("Fit of the audience to the topic"), QUALITY),
    "preparation": (_("Preparation by the Secretariat"), QUALITY),
    "questions": (_("Quality of the questions"), QUALITY),
}
"""What experts are asked, with the words for each figure. Source: CDIP/30/8 para 12."""


@dataclass(frozen=True)
class Measured:
    """One thing that was asked.

    Args:
        title: What.
        mean: Of the answers, from 1 to 5.
        counts: How many gave each answer: its words and their number, the best first.
    """

    title: str
    mean: float
    counts: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Summary:
    """What the participants of a webinar thought.

    Args:
        count: How many said so.
        measured: What was asked, one by one.
        opinions: In their words, where the Secretariat has let them through.
    """

    count: int
    measured: Sequence[Measured]
    opinions: Sequence[Feedback]


def summary(webinar: Webinar) -> Summary | None:
    """Return what participants thought of a webinar, for whoever ``may_read_feedback``; None while few answered.

    Source: WEB-26, REP-05, CDIP/30/8 para 12.
    """
    rows = list(webinar.feedback.order_by("pk"))  # their ids are random
    if len(rows) < settings.WEBINAR_FEEDBACK_FROM:
        return None
    measured = []
    for name, (title, words) in ASKED.items():
        counts = Counter(getattr(row, name) for row in rows)
        mean = sum(figure * count for figure, count in counts.items()) / len(rows)
        measured.append(Measured(str(title), round(mean, 1), [(str(word), counts[figure]) for figure, word in words]))
    return Summary(len(rows), measured, [row for row in rows if row.is_shown and row.opinion])


@dataclass(frozen=True)
class FeedbackDesk:
    """What the Secretariat reads of one webinar's feedback, to decide what is shown.

    Args:
        count: How many participants gave feedback.
        summary: As members see it, if so many did.
        opinions: Of participants, without what else they answered.
        suggestions: Topics for later.
        experts: What the experts thought.
    """

    count: int
    summary: Summary | None
    opinions: Sequence[Feedback]
    suggestions: Sequence[TopicSuggestion]
    experts: Sequence[ExpertFeedback]


def feedback_desk(webinar: Webinar) -> FeedbackDesk:
    """Gather the feedback on a webinar for the Secretariat. Source: WEB-26."""
    return FeedbackDesk(
        count=webinar.feedback.count(),
        summary=summary(webinar),
        opinions=list(webinar.feedback.exclude(opinion="").order_by("pk")),
        suggestions=list(webinar.suggestions.order_by("pk")),
        experts=list(ExpertFeedback.objects.filter(engagement__webinar=webinar).select_related("engagement")),
    )
