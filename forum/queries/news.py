"""What is new to a reader across the rooms, each page of it in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.composed import ComposedRows
from accounts.models import User
from forum.enums import FollowLevel, TopicKind
from forum.models import Discussion, ReadPosition, Room, Visit
from forum.models.discussions import DiscussionQuerySet
from forum.models.reading import heard_at
from forum.queries.pages import EPOCH, FIRST_PAGE, older_than, rooms_in_order
from forum.queries.rows import DISCUSSIONS_PER_PAGE, DiscussionRow, active_language, list_columns

PLACES: dict[str, int] = {TopicKind.WEEKLY: 0, TopicKind.QUESTION: 1}  # in a room's list; the others come after


@dataclass(frozen=True)
class RoomNews:
    """A room with its discussions in which something is new."""

    room: Room
    discussions: Sequence[DiscussionRow]


@dataclass(frozen=True)
class NewsPage:
    """One page of what is new to somebody.

    Args:
        rooms: Those with news on this page, in the order in which the reader reads them.
        since: The end of the visit before this one; None at the first visit.
        is_all: Whether all that is unread is shown, however old.
        older: The ``before`` of the next page, empty at the end.
    """

    rooms: Sequence[RoomNews]
    since: datetime | None
    is_all: bool
    older: str


def news_page(viewer: User, *, before: tuple[datetime, int] | None = None, is_all: bool = False) -> NewsPage:
    """Gather the discussions in which posts are unread, by room: this week's first, then questions, then the others.

    What is muted is left out. A topic that has opened since is news before anybody has posted.

    Args:
        viewer: Who looks.
        before: The last activity and id that the page goes on from.
        is_all: Whether to show all that is unread, however old.

    Source: FOR-15.
    """
    now, since = timezone.now(), end_of_last_visit(viewer)
    opened = since or now - settings.FIRST_VISIT_SHOWS
    values = {"viewer": viewer.pk, "now": now, "since": EPOCH if is_all else opened, "opened": opened}
    visible, language = Discussion.objects.visible_to(viewer), active_language()
    moment, pk = before or FIRST_PAGE
    week = [] if before else _of_week.fetch(visible, language, **values)
    others = _of_others.fetch(visible, language, **values, moment=moment, pk=pk)
    found = [DiscussionRow(*row) for row in [*week, *others[:DISCUSSIONS_PER_PAGE]]]
    found.sort(key=lambda row: PLACES.get(row.kind, len(PLACES)))
    rooms = [RoomNews(room, [row for row in found if row.room == room.pk]) for room in rooms_in_order(viewer)]
    return NewsPage(
        rooms=[news for news in rooms if news.discussions],
        since=since,
        is_all=is_all,
        older=older_than([DiscussionRow(*row) for row in others]),
    )


def end_of_last_visit(viewer: User) -> datetime | None:
    """Return when ``viewer`` was last here before this visit, or None at the first one."""
    visit = Visit.objects.filter(user=viewer).first()
    if visit is None:
        return None
    is_over = visit.seen_at + settings.VISIT_ENDS_AFTER <= timezone.now()
    return visit.seen_at if is_over else visit.previous_at


def _news(source: DiscussionQuerySet, viewer: int, since: datetime, opened: datetime) -> DiscussionQuerySet:
    read = ReadPosition.objects.filter(user=viewer, discussion=OuterRef("pk"), number__gte=OuterRef("last_number"))
    muted = heard_at([FollowLevel.MUTED], user=viewer, discussion=OuterRef("pk"), room=OuterRef("room"))
    has_begun = Q(last_number__gt=0) | Q(opened_at__gt=opened)
    found = source.standing().filter(~Exists(read), ~muted, has_begun, last_activity_at__gt=since)
    return found.with_unread(viewer).order_by("-last_activity_at", "-pk")


def _compose_week(
    source: DiscussionQuerySet, language: str, *, viewer: int, now: datetime, since: datetime, opened: datetime
) -> QuerySet:
    return _news(source.of_this_week(now), viewer, since, opened).values_list(*list_columns(language))


def _compose_others(
    source: DiscussionQuerySet,
    language: str,
    *,
    viewer: int,
    now: datetime,
    since: datetime,
    opened: datetime,
    moment: datetime,
    pk: int,
) -> QuerySet:
    earlier = Q(last_activity_at__lt=moment) | Q(last_activity_at=moment, pk__lt=pk)
    others = _news(source.of_other_weeks(now).filter(earlier), viewer, since, opened)
    return others.values_list(*list_columns(language))[: DISCUSSIONS_PER_PAGE + 1]


_kinds = {"viewer": int, "now": datetime, "since": datetime, "opened": datetime}
_of_week = ComposedRows(_compose_week, **_kinds)
_of_others = ComposedRows(_compose_others, **_kinds, moment=datetime, pk=int)
