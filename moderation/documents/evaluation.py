"""The skeleton of an evaluation's report: criteria as headings, figures filled in, places to write."""

from django.db.models import Count
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from forum.documents.paper import Paper, Part, Table, figure, table
from moderation.documents.participation import DIMENSIONS, NOT_PUBLISHED, participation_paper
from moderation.documents.usage import usage_paper
from moderation.enums import CommitteeDecision, FollowUpKind
from moderation.models import Evaluation, FollowUp
from moderation.queries.evaluations import period_of
from moderation.queries.usage import usage


def report_skeleton(evaluation: Evaluation, language: str) -> Paper:
    """Write the skeleton; its figures expose nobody, so that the report can be published.

    Args:
        evaluation: Whose report it is to be.
        language: Of the report.

    Source: REP-04, REP-06, REP-07, REP-12, workflow 2.8, step 3.
    """
    with translation.override(language):
        days = {"start": date_format(evaluation.starts_on), "end": date_format(evaluation.ends_on)}
        agreed = {"day": date_format(evaluation.agreed_at)}
        about = [
            _("Evaluation of the period from %(start)s to %(end)s.") % days,
            _("The criteria were agreed on %(day)s.") % agreed,
        ]
        parts = [
            Part(_("Summary"), is_blank=True),
            Part(
                _("How it was evaluated"),
                [_("Data that were to be collected:"), *_lines(evaluation.data)],
                is_blank=True,
            ),
            *(
                Part(_("Criterion: %(criterion)s") % {"criterion": line}, is_blank=True)
                for line in _lines(evaluation.criteria)
            ),
            *_figures(evaluation, language),
            Part(_("What came of the discussions"), tables=[_follow_ups(evaluation)], is_blank=True),
            Part(_("Lessons learned"), is_blank=True),
            Part(
                _("Recommendation to the Committee"),
                [_("One of: %(decisions)s.") % {"decisions": _decisions()}],
                is_blank=True,
            ),
        ]
        return Paper(language, evaluation.title, about, parts)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _decisions() -> str:
    return pgettext("in a list", ", ").join(str(decision.label) for decision in CommitteeDecision)


def _figures(evaluation: Evaluation, language: str) -> list[Part]:
    period = period_of(evaluation)
    used = usage_paper(usage(period.ends_on, period.ends_on.year), language, for_publication=True)
    papers = [
        participation_paper(period, dimension, language, for_publication=True)
        for dimension in DIMENSIONS
        if dimension not in NOT_PUBLISHED
    ]
    parts = [Part(_("Users and use"), used.parts[0].paragraphs), *used.parts[1:]]
    for dimension, paper in zip((name for name in DIMENSIONS if name not in NOT_PUBLISHED), papers, strict=True):
        heading = _("Participation: %(by)s") % {"by": DIMENSIONS[dimension]}
        parts.append(Part(heading, paper.about, paper.tables))
    return parts


def _follow_ups(evaluation: Evaluation) -> Table:
    """Return what the discussions of the period are known to have led to. Source: REP-07, REP-08."""
    period = period_of(evaluation)
    found = FollowUp.objects.filter(happened_on__range=(period.starts_on, period.ends_on))
    counts = dict(found.order_by().values_list("kind").annotate(number=Count("pk")))
    rows = [(str(kind.label), [figure(counts.get(kind, 0))]) for kind in FollowUpKind]
    return table(_("Follow-ups recorded"), [_("Kind"), _("Number")], rows)
