"""Questions that wait for an answer, for those who could give one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from accounts.models import User
from forum.models import Discussion, Experience, Topic
from forum.queries.rows import DISCUSSIONS_PER_PAGE, DiscussionRow, active_language, list_columns


@dataclass(frozen=True)
class UnansweredPage:
    """One page of questions that wait for an answer, the longest waiting first.

    Args:
        discussions: Of each question the one in the room that the viewer reads first.
        after: The topic's id that the next page goes on from, or None.
        has_experience: Whether the viewer's profile names any; the moderator is shown every question.
    """

    discussions: Sequence[DiscussionRow]
    after: int | None
    has_experience: bool


def unanswered_page(viewer: User, *, after: int | None = None) -> UnansweredPage:
    """Gather the questions that wait: for the moderator all, else those of the viewer's experience but their own.

    Args:
        viewer: Who looks.
        after: The id of the topic that the page goes on from.

    Source: FOR-17, LIB-02, LIB-03.
    """
    topics = Topic.objects.unanswered(timezone.now()).filter(pk__gt=after or 0)
    experience = Experience.objects.filter(user=viewer)
    if not viewer.is_moderator:
        known = experience.about(category=OuterRef("category"), step=OuterRef("step"))
        topics = topics.filter(Exists(known)).exclude(opened_by=viewer)
    preferred = viewer.room_languages
    place = Case(
        *(When(room__language=language, then=Value(n)) for n, language in enumerate(preferred)),
        default=Value(len(preferred)),
    )
    visible = Discussion.objects.visible_to(viewer).filter(topic__in=topics, closed_at=None, merged_into=None)
    nearest = visible.annotate(
        turn=Window(RowNumber(), partition_by=[F("topic")], order_by=[place, F("room__position"), F("pk")])
    ).filter(turn=1)
    rows = nearest.with_unread(viewer.pk).order_by("topic").values_list(*list_columns(active_language()), "topic")
    found = list(rows[: DISCUSSIONS_PER_PAGE + 1])
    shown = found[:DISCUSSIONS_PER_PAGE]
    return UnansweredPage(
        discussions=[DiscussionRow(*row[:-1]) for row in shown],
        after=shown[-1][-1] if len(found) > len(shown) else None,
        has_experience=experience.exists(),
    )
