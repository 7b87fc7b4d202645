"""Who reads, writes and is silent, in sums; how soon questions are answered; where the forum is little used."""

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncWeek
from django.utils import timezone

from accounts.days import today
from accounts.enums import Role
from accounts.models import Invitation, MemberState, RegionalGroup
from forum.enums import PostState, TopicKind
from forum.models import Discussion, Post, ReadPosition, Room, Topic
from forum.weeks import monday_of
from moderation.models import WeeklyTopic
from moderation.queries.usage import end_of, registered_users


@dataclass(frozen=True)
class Period:
    """Days, the first and the last included."""

    starts_on: date
    ends_on: date

    @property
    def start(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.starts_on, time()), timezone.get_default_timezone())

    @property
    def end(self) -> datetime:
        return end_of(self.ends_on)

    @property
    def weeks(self) -> list[date]:
        """The Mondays of the weeks it touches."""
        monday = self.starts_on - timedelta(days=self.starts_on.weekday())
        return [monday + timedelta(days=7 * n) for n in range((self.ends_on - monday).days // 7 + 1)]


@dataclass
class Taking:
    """How some delegates took part; those who neither read nor wrote are ``silent``, whatever mail they had."""

    accounts: int = 0
    read: int = 0
    wrote: int = 0
    silent: int = 0
    posts: int = 0

    def add(self, other: "Taking") -> None:
        """Count others with these."""
        self.accounts += other.accounts
        self.read += other.read
        self.wrote += other.wrote
        self.silent += other.silent
        self.posts += other.posts


@dataclass
class Place:
    """How a room, or a week, was used by delegates."""

    read: int = 0
    wrote: int = 0
    posts: int = 0
    topics: int = 0


def said_in(period: Period) -> QuerySet[Post]:
    """Return what delegates wrote in a period, whatever became of it; what nobody has been shown does not count."""
    return Post.objects.filter(
        posted_at__gte=period.start, posted_at__lt=period.end, author__role=Role.DELEGATE
    ).exclude(state=PostState.HELD)


def read_of(period: Period) -> QuerySet[ReadPosition]:
    """Return what delegates have read of discussions that were open to read and talked about in a period."""
    return ReadPosition.objects.filter(
        number__gt=0,
        user__role=Role.DELEGATE,
        discussion__opened_at__lt=period.end,
        discussion__last_activity_at__gte=period.start,
    )


# --- By state, group and language: what there is of whom ----------------------------------------------


def _by(dimension: str, period: Period) -> dict[Any, Taking]:
    """Return how registered users took part, by one thing that is known of them, in two statements.

    Who has written is known from the count of the posts: to ask it of each person would go through all posts each time.
    """
    found: defaultdict[Any, Taking] = defaultdict(Taking)
    wrote = set()
    said = said_in(period).order_by().values_list("author", f"author__{dimension}")
    for author, key, posts in said.annotate(posts=Count("*")):
        found[key].posts += posts
        wrote.add(author)
    people = registered_users(period.ends_on).annotate(has_read=Exists(read_of(period).filter(user=OuterRef("pk"))))
    for person, key, has_read in people.order_by().values_list("pk", dimension, "has_read"):
        has_written = person in wrote
        taking = found[key]
        taking.accounts += 1
        taking.read += has_read
        taking.wrote += has_written
        taking.silent += not has_read and not has_written
    return found


def by_state(period: Period) -> list[tuple[MemberState, Taking]]:
    """Return how the people of each state with accounts took part, by name. Source: REP-02."""
    found = _by("member_state", period)
    return [(state, found[state.pk]) for state in MemberState.objects.filter(pk__in=list(found)).order_by("name")]


def by_group(period: Period) -> list[tuple[RegionalGroup | None, Taking]]:
    """Return how the people of each regional group took part, by name; last those of states in none. Source: REP-02."""
    found = _by("member_state__group", period)
    groups: list[tuple[RegionalGroup | None, Taking]] = [
        (group, found[group.pk]) for group in RegionalGroup.objects.order_by("name")
    ]
    return groups + ([(None, found[None])] if None in found else [])


def by_language(period: Period) -> list[tuple[str, Taking]]:
    """Return how people took part by the language of their pages, most accounts first. Source: REP-02, FOR-05."""
    found = _by("language", period)
    return sorted(((str(code), taking) for code, taking in found.items()), key=lambda row: (-row[1].accounts, row[0]))


# --- By room and week: what happened where and when ---------------------------------------------------


def by_room(period: Period) -> list[tuple[Room, Place]]:
    """Return how each room was used, in the order of the rooms. Source: REP-02, FOR-04."""
    found: defaultdict[int, Place] = defaultdict(Place)
    said = said_in(period).order_by().values_list("discussion__room", "author")
    for room, _author, posts in said.annotate(posts=Count("*")):
        found[room].wrote += 1
        found[room].posts += posts
    for room, _reader in read_of(period).order_by().values_list("discussion__room", "user").distinct():
        found[room].read += 1
    opened = Topic.objects.filter(discussions__opened_at__gte=period.start, discussions__opened_at__lt=period.end)
    for room, topics in opened.order_by().values_list("discussions__room").annotate(topics=Count("pk", distinct=True)):
        found[room].topics = topics
    return [(room, found[room.pk]) for room in Room.objects.order_by("position", "language")]


@dataclass(frozen=True)
class Week:
    """One week of the forum.

    Args:
        monday: Its first day.
        place: How it was used; ``read`` are those who read discussions that opened in it.
        asked: Questions asked in it.
        unanswered: Of them, those that nobody but who asked has spoken to yet.
        first_answer: The median time until somebody did; None where nobody has.
    """

    monday: date
    place: Place
    asked: int
    unanswered: int
    first_answer: timedelta | None


def by_week(period: Period) -> list[Week]:
    """Return how each week was used, in order. Source: REP-02, FOR-02, FOR-17, reading A8."""
    zone = timezone.get_default_timezone()
    found: dict[date, Place] = {monday: Place() for monday in period.weeks}
    said = said_in(period).order_by().annotate(week=TruncWeek("posted_at", tzinfo=zone))
    for week, _author, posts in said.values_list("week", "author").annotate(posts=Count("*")):
        found[week.date()].wrote += 1
        found[week.date()].posts += posts
    opened = read_of(period).filter(discussion__opened_at__gte=period.start)
    readers = opened.order_by().annotate(week=TruncWeek("discussion__opened_at", tzinfo=zone))
    for week, _reader in readers.values_list("week", "user").distinct():
        found[week.date()].read += 1
    topics = Topic.objects.filter(opens_at__gte=period.start, opens_at__lt=period.end, number__isnull=False)
    in_weeks = topics.order_by().annotate(week=TruncWeek("opens_at", tzinfo=zone)).values_list("week")
    for week, number in in_weeks.annotate(topics=Count("pk")):
        found[week.date()].topics = number
    waits = waits_for_answers(period)
    return [_week(monday, place, waits.get(monday, [])) for monday, place in found.items()]


def _week(monday: date, place: Place, waits: Sequence[timedelta | None]) -> Week:
    answered = [wait for wait in waits if wait is not None]
    return Week(monday, place, len(waits), len(waits) - len(answered), median_of(answered))


def median_of(waits: Sequence[timedelta]) -> timedelta | None:
    """Return the median of some times; None where there are none."""
    return timedelta(seconds=statistics.median(wait.total_seconds() for wait in waits)) if waits else None


def waits_for_answers(period: Period) -> Mapping[date, list[timedelta | None]]:
    """Return how long each question of a period waited until somebody else spoke, by the Monday of its week.

    Source: FOR-17, REP-02.
    """
    answers = (
        Post.objects.filter(discussion=OuterRef("pk"))
        .exclude(state=PostState.HELD)
        .exclude(author=OuterRef("topic__opened_by"))
        .order_by("number")
    )
    asked = Topic.objects.filter(
        kind=TopicKind.QUESTION, opens_at__gte=period.start, opens_at__lt=period.end, number__isnull=False
    )
    first = {
        (topic, opened): answered
        for topic, opened, answered in Discussion.objects.filter(topic__in=asked)
        .annotate(answered_at=Subquery(answers.values("posted_at")[:1]))
        .order_by(F("answered_at").desc(nulls_first=True))  # so that the first answer of all rooms is kept
        .values_list("topic", "topic__opens_at", "answered_at")
    }
    waits: defaultdict[date, list[timedelta | None]] = defaultdict(list)
    for (_topic, opened), answered in first.items():
        waits[monday_of(opened).date()].append(answered - opened if answered else None)
    return waits


# --- Where the forum is little used -------------------------------------------------------------------


@dataclass(frozen=True)
class LowUse:
    """What shows that the forum is little used.

    Args:
        quiet_states: Names of states with accounts of which nobody was here lately.
        absent_states: How many states have no account at all.
        not_taken_up: How many people have not followed their invitation, though it is a while ago.
        quiet_rooms: Rooms that can be written in, with the moment of their last post, if any.
        unanswered: How many questions wait for too long.
        has_topic_to_come: Whether a topic is prepared to open next week.
        posts: By delegates in the last seven days.
        usual_posts: In the seven days of the four weeks before, on average.
    """

    quiet_states: Sequence[str]
    absent_states: int
    not_taken_up: int
    quiet_rooms: Sequence[tuple[Room, datetime | None]]
    unanswered: int
    has_topic_to_come: bool
    posts: int
    usual_posts: float

    @property
    def is_falling(self) -> bool:
        """Whether fewer than half as many posts are written as usual."""
        return self.posts < self.usual_posts / 2

    @property
    def is_well(self) -> bool:
        """Whether nothing shows that the forum is little used."""
        found = (self.quiet_states, self.absent_states, self.not_taken_up, self.quiet_rooms, self.unanswered)
        return self.has_topic_to_come and not self.is_falling and not any(found)


def low_use(now: datetime) -> LowUse:
    """Look for what shows that the forum is little used, in a fixed number of statements. Source: REP-02."""
    active = Count("people", filter=_is_active(now))
    states = MemberState.objects.annotate(
        accounts=Count("people", filter=Q(people__in=registered_users(today()))), active=active
    )
    rows = list(states.order_by("name").values_list("name", "accounts", "active"))
    rooms = Room.objects.filter(Q(read_only_since=None) | Q(read_only_since__gt=now)).annotate(
        last=Max("discussions__last_activity_at", filter=Q(discussions__last_number__gt=0))
    )
    long_ago = now - settings.LOW_USE_AFTER
    invited = Invitation.objects.last_of_each().filter(taken_up_at=None, revoked_at=None)
    next_monday = monday_of(now, weeks=1)
    posts = Post.objects.filter(posted_at__gt=now - timedelta(days=35), author__role=Role.DELEGATE).exclude(
        state=PostState.HELD
    )
    week_ago = now - timedelta(days=7)
    counted = posts.aggregate(
        new=Count("pk", filter=Q(posted_at__gt=week_ago)), earlier=Count("pk", filter=Q(posted_at__lte=week_ago))
    )
    return LowUse(
        quiet_states=[str(name) for name, accounts, active in rows if accounts and not active],
        absent_states=sum(not accounts for _name, accounts, _active in rows),
        not_taken_up=invited.filter(created_at__lte=now - settings.INVITATION_IS_OLD).count(),
        quiet_rooms=[(room, room.last) for room in rooms if room.last is None or room.last < long_ago],
        unanswered=Topic.objects.unanswered(now).count(),
        has_topic_to_come=WeeklyTopic.objects.filter(
            topic__opens_at__gte=next_monday, topic__opens_at__lt=monday_of(now, weeks=2)
        ).exists(),
        posts=counted["new"],
        usual_posts=counted["earlier"] / 4,
    )


def _is_active(now: datetime) -> Q:
    return Q(people__visit__seen_at__gte=now - settings.ACTIVE_FOR)
