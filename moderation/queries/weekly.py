"""What the weekly plan shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language

from accounts.languages import language_name, written
from accounts.models import AuditEntry, MemberState, User
from forum.models import Discussion, Room, Topic
from forum.queries.columns import CLOSING_SET
from forum.weeks import monday_of
from moderation.enums import Occasion
from moderation.holidays import states_off
from moderation.models import ChecklistItem, TopicTemplate, WeeklyTopic
from moderation.queries.capitals import Clock, at_night, clocks

TEXTS = ("title", "objective", "guiding_questions")


# --- Languages ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeeklyLanguage:
    """A language in which the topics of the week are written.

    Args:
        code: As texts have it, such as ``zh-hans``.
        is_core: Whether no topic opens without it.
    """

    code: str
    is_core: bool

    @property
    def suffix(self) -> str:
        """What the columns of this language end with."""
        return self.code.replace("-", "_")


def optional_rooms(at: datetime) -> QuerySet[Room]:
    """Return the rooms beside the core ones in which weekly topics open. Source: FOR-05, workflow 2.1."""
    writable = Q(read_only_since=None) | Q(read_only_since__gt=at)
    return Room.objects.filter(writable).exclude(is_core=True, language__in=settings.CORE_LANGUAGES)


def weekly_languages() -> list[WeeklyLanguage]:
    """Return the languages of the rooms in which weekly topics open, the core ones first. Source: FOR-04, FOR-05.

    The language of an optional room is among them where topics have texts in it.
    """
    others = [written(room.language) for room in optional_rooms(timezone.now())]
    return [
        *(WeeklyLanguage(code, is_core=True) for code in settings.CORE_LANGUAGES),
        *(WeeklyLanguage(code, is_core=False) for code in others if code in settings.MODELTRANSLATION_LANGUAGES),
    ]


def lacks_language(worded: Topic | TopicTemplate, language: str) -> bool:
    """Tell whether something lacks a title, an objective or enough questions in a language."""
    fewest, _most = settings.GUIDING_QUESTIONS
    title, objective, questions = (getattr(worded, f"{field}_{language.replace('-', '_')}") for field in TEXTS)
    return not title or not objective or len((questions or "").splitlines()) < fewest


def missing_languages(worded: Topic | TopicTemplate, languages: Iterable[str] = settings.CORE_LANGUAGES) -> list[str]:
    """Return the languages in which a topic or a template is not complete.

    Args:
        worded: With its columns in every language.
        languages: Those that count; the core ones when not given.

    Source: FOR-04, CDIP/22/3 para 7.
    """
    return [language for language in languages if lacks_language(worded, language)]


# --- The calendar ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedTopic:
    """A topic in its week.

    Args:
        plan: With its topic, and how many ``posts`` it has.
        state: ``draft``, ``scheduled``, ``open`` or ``closed``.
        missing: The codes of the rooms' languages in which it is not complete; none once it has opened.
        night: In how many capitals it is night when it closes.
        unticked: How many points of the checklist nobody has ticked: before it opens, and once it has closed.
    """

    plan: WeeklyTopic
    state: str
    missing: Sequence[str]
    night: int
    unticked: int

    @property
    def missing_names(self) -> list[str]:
        """The names of the missing languages, in the reader's."""
        own = get_language() or settings.LANGUAGE_CODE
        return [language_name(code, own) for code in self.missing]


@dataclass(frozen=True)
class _Scale:
    """What topics are held against: the moment, the rooms' languages, the states' codes, and the checklist."""

    now: datetime
    languages: Sequence[str]
    codes: Sequence[str]
    points: Mapping[str, set[int]]


@dataclass(frozen=True)
class Week:
    """A week of the calendar, from Monday to Monday by Geneva's clocks.

    Args:
        monday: Its first day.
        topics: Those that open in it.
        holidays: On which days of it how many member states have an official holiday, where these are many.
        is_past: Whether it is over.
        is_current: Whether it is this week.
    """

    monday: date
    topics: Sequence[PlannedTopic]
    holidays: Sequence[tuple[date, int]]
    is_past: bool
    is_current: bool

    @property
    def number(self) -> int:
        """Its number as ISO 8601 counts, from 1 to 53."""
        return self.monday.isocalendar().week

    @property
    def year(self) -> int:
        """The year that its number belongs to."""
        return self.monday.isocalendar().year

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def lacks_topic(self) -> bool:
        """Whether somebody should prepare a topic for it."""
        return not self.topics and not self.is_past


@dataclass(frozen=True)
class Calendar:
    """Some weeks of the plan.

    Args:
        weeks: In their order.
        states: How many member states there are.
        earlier: The Monday of the page before.
        later: The Monday of the page after, where it is not the present one's.
        is_present: Whether it begins with this week.
    """

    weeks: Sequence[Week]
    states: int
    earlier: date
    later: date
    is_present: bool


def calendar(viewer: User, *, now: datetime, first: date | None = None) -> Calendar:
    """Gather weeks of the plan, at the same cost however full they are.

    Args:
        viewer: Who looks.
        now: The moment of looking.
        first: A day of the first week that is wanted; of this week when not given.

    Source: FOR-02, MOD-11, workflow 2.1.
    """
    zone = timezone.get_default_timezone()
    this_monday = monday_of(now)
    begins = monday_of(datetime(first.year, first.month, first.day, 12, tzinfo=zone)) if first else this_monday
    mondays = [monday_of(begins, weeks=n) for n in range(settings.WEEKS_SHOWN + 1)]
    codes = list(MemberState.objects.values_list("code", flat=True))
    points: dict[str, set[int]] = {occasion: set() for occasion in Occasion}
    for pk, occasion in ChecklistItem.objects.filter(retired_at=None).values_list("pk", "occasion"):
        points[occasion].add(pk)
    scale = _Scale(now, [language.code for language in weekly_languages()], codes, points)
    planned: dict[date, list[PlannedTopic]] = {}
    for plan in _plans(viewer).filter(topic__opens_at__gte=mondays[0], topic__opens_at__lt=mondays[-1]):
        monday = monday_of(plan.topic.opens_at).date()
        planned.setdefault(monday, []).append(_planned(plan, scale))
    off = {day: count for year in {m.year for m in mondays} for day, count in states_off(year, codes).items()}
    weeks = [
        Week(
            monday=start.date(),
            topics=planned.get(start.date(), []),
            holidays=_holidays_of_many(off, start.date()),
            is_past=end <= now,
            is_current=start <= now < end,
        )
        for start, end in pairwise(mondays)
    ]
    return Calendar(
        weeks=weeks,
        states=len(codes),
        earlier=monday_of(begins, weeks=-settings.WEEKS_SHOWN).date(),
        later=mondays[-1].date(),
        is_present=begins == this_monday,
    )


def _holidays_of_many(off: dict[date, int], monday: date) -> list[tuple[date, int]]:
    days = [monday + timedelta(days=n) for n in range(7)]
    return [(day, off[day]) for day in days if off.get(day, 0) >= settings.HOLIDAY_OF_MANY]


def _plans(viewer: User) -> QuerySet[WeeklyTopic]:
    """Return the plans in their order, with how many posts each topic has and what was ticked for it."""
    plans = WeeklyTopic.objects.visible_to(viewer).select_related("topic__category", "topic__proposing_state")
    counted = plans.annotate(posts=Sum("topic__discussions__last_number"))
    return counted.prefetch_related("topic__ticks").order_by("topic__opens_at", "pk")


def _planned(plan: WeeklyTopic, scale: _Scale) -> PlannedTopic:
    topic = plan.topic
    if plan.opened_at is None:
        state = "scheduled" if plan.scheduled else "draft"
    else:
        state = "closed" if topic.closes_at and topic.closes_at <= scale.now else "open"
    ticked = {tick.item_id for tick in topic.ticks.all()}
    occasion = Occasion.CLOSING if state == "closed" else Occasion.OPENING
    return PlannedTopic(
        plan=plan,
        state=state,
        missing=[] if plan.opened_at else missing_languages(topic, scale.languages),
        night=at_night(topic.closes_at, scale.codes) if topic.closes_at else 0,
        unticked=len(scale.points[occasion] - ticked),
    )


# --- A topic that has opened ------------------------------------------------------------------------


@dataclass(frozen=True)
class ClosingChange:
    """That somebody set another closing time."""

    by: str
    at: datetime
    before: datetime
    after: datetime


@dataclass(frozen=True)
class OpenedTopic:
    """A topic that has opened, with what is needed to close it.

    Args:
        plan: With its topic.
        discussions: One for each room.
        is_closed: Whether its time is over.
        clocks: What clocks in capitals show when it closes.
        changes: What was changed about its closing time, the latest first.
    """

    plan: WeeklyTopic
    discussions: Sequence[Discussion]
    is_closed: bool
    clocks: Sequence[Clock]
    changes: Sequence[ClosingChange]


def opened_topic(plan: WeeklyTopic, *, now: datetime) -> OpenedTopic:
    """Gather what the page about closing a topic shows. Source: FOR-09, workflow 2.1."""
    topic = plan.topic
    set_before = AuditEntry.objects.filter(subject=f"forum.topic:{topic.pk}", action=CLOSING_SET)
    return OpenedTopic(
        plan=plan,
        discussions=list(topic.discussions.select_related("room").order_by("room__position")),
        is_closed=topic.closes_at is not None and topic.closes_at <= now,
        clocks=closing_clocks(topic.closes_at),
        changes=[
            ClosingChange(
                by=entry.actor.shown_name if entry.actor else "",
                at=entry.at,
                before=datetime.fromisoformat(entry.facts["before"]),
                after=datetime.fromisoformat(entry.facts["after"]),
            )
            for entry in set_before.select_related("actor")
        ],
    )


def closing_clocks(moment: datetime | None) -> list[Clock]:
    """Return what clocks in capitals show when a topic closes; nothing where it does not."""
    return clocks(moment, MemberState.objects.values_list("code", flat=True)) if moment else []


def points_of(occasion: Occasion) -> QuerySet[ChecklistItem]:
    """Return the points of the checklist that are gone through on an occasion. Source: MOD-06, reading A23."""
    return ChecklistItem.objects.filter(occasion=occasion, retired_at=None)


# --- What is lacking next week ----------------------------------------------------------------------


@dataclass(frozen=True)
class Lack:
    """What a week lacks.

    Args:
        monday: When it begins.
        topics: Of those prepared for it, each that will not open by itself everywhere, with the languages it lacks.
    """

    monday: datetime
    topics: Sequence[tuple[WeeklyTopic, Sequence[str]]]


def lack_of(monday: datetime) -> Lack | None:
    """Return what keeps the week from ``monday`` on from opening by itself in every room; None where nothing does.

    Source: MOD-11, workflow 2.1.
    """
    plans = WeeklyTopic.objects.filter(topic__opens_at__gte=monday, topic__opens_at__lt=monday_of(monday, weeks=1))
    languages = [language.code for language in weekly_languages()]
    waiting = []
    for plan in plans.select_related("topic").order_by("topic__opens_at", "pk"):
        missing = missing_languages(plan.topic, languages)
        if plan.opened_at or (plan.scheduled and not missing):
            return None
        waiting.append((plan, missing))
    return Lack(monday, waiting)
