"""What the moderator's pages show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum

from accounts.models import User
from forum.models import Topic
from moderation.models import WeeklyTopic

PLANS_SHOWN = 60


@dataclass(frozen=True)
class WeeklyPlan:
    """The weekly topics: those to come, the next first, and those that have opened, the latest first."""

    to_come: Sequence[WeeklyTopic]
    opened: Sequence[WeeklyTopic]


def weekly_plan(viewer: User) -> WeeklyPlan:
    """Gather the plan, with how many posts each opened topic has. Source: FOR-02, workflow 2.1."""
    plans = WeeklyTopic.objects.visible_to(viewer).select_related("topic__category")
    return WeeklyPlan(
        to_come=list(plans.filter(opened_at=None).order_by("topic__opens_at")[:PLANS_SHOWN]),
        opened=list(
            plans.exclude(opened_at=None)
            .annotate(posts=Sum("topic__discussions__last_number"))
            .order_by("-opened_at")[:PLANS_SHOWN]
        ),
    )


def missing_languages(topic: Topic) -> list[str]:
    """Return the core languages in which a topic lacks a title, an objective or enough questions.

    Source: FOR-04, CDIP/22/3 para 7.
    """
    fewest, _most = settings.GUIDING_QUESTIONS
    return [
        language
        for language in settings.CORE_LANGUAGES
        if not getattr(topic, f"title_{language}")
        or not getattr(topic, f"objective_{language}")
        or len((getattr(topic, f"guiding_questions_{language}") or "").split("\n")) < fewest
    ]
