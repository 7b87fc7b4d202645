"""What lists and pages show of discussions and posts: rows of columns, which cost a tenth of model instances."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone, translation

from accounts.composed import ComposedRows
from accounts.days import today
from accounts.enums import Role
from accounts.models import User
from forum.enums import PostState, TopicKind
from forum.models import Discussion, Follow, Post
from forum.models.discussions import DiscussionQuerySet, discussion_address, is_closed
from forum.models.topics import symbol_of
from forum.queries.columns import (
    admitted,
    answer,
    asked,
    closing_before,
    coordinates,
    credit,
    leads,
    quoted,
    translated,
)

DISCUSSIONS_PER_PAGE = 20
MAX_NUMBER = 2**31 - 1
Columns = tuple[str | Combinable, ...]


def active_language() -> str:
    """Return the reader's language."""
    return translation.get_language() or "en"


# --- Discussions ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DiscussionRow:
    """A discussion in a list; its topic's words are in the reader's language where it has them.

    Args:
        pk: The discussion's id.
        room: Its room's id.
        language: Its room's language.
        title: Its topic's.
        objective: Its topic's.
        year: Of its topic's symbol.
        topic_number: Of its topic's symbol.
        category: The name of its topic's.
        last_number: The number of its last post.
        last_activity_at: When that was posted.
        closed_at: When it was closed by hand.
        closes_at: When its topic's time is over.
        read_up_to: The number of the last post that the viewer has read.
        kind: Its topic's.
        answered_at: When its topic, a question, was said to be answered.
        pinned_at: When it was put first in its room.
    """

    pk: int
    room: int
    language: str
    title: str
    objective: str
    year: int
    topic_number: int
    category: str
    last_number: int
    last_activity_at: datetime
    closed_at: datetime | None
    closes_at: datetime | None
    read_up_to: int
    kind: str
    answered_at: datetime | None
    pinned_at: datetime | None

    @property
    def symbol(self) -> str:
        return symbol_of(self.year, self.topic_number)

    @property
    def kind_label(self) -> str:
        """Its topic's kind in words; empty for a topic of the week, the usual one."""
        return "" if self.kind == TopicKind.WEEKLY else str(TopicKind(self.kind).label)

    @property
    def unread(self) -> int:
        return self.last_number - self.read_up_to

    def is_closed(self, now: datetime) -> bool:
        """Tell whether nobody may post at ``now``."""
        return is_closed(self.closed_at, self.closes_at, now)

    def get_absolute_url(self) -> str:
        return discussion_address(self.language, self.pk)


class Outsider(NamedTuple):
    """Somebody from outside who is admitted to one discussion. Source: ACC-05, CDIP/22/3 para 8.

    Args:
        pk: The person's id.
        name: The person's.
        institution: Where the person works.
        sponsor: The member state that asked for it, in the reader's language; empty where that is not recorded.
        starts_at: From when; people are told before somebody enters.
        ends_at: Until when; None where no end is set.
    """

    pk: int
    name: str
    institution: str
    sponsor: str
    starts_at: datetime
    ends_at: datetime | None

    @property
    def is_to_come(self) -> bool:
        return self.starts_at > timezone.now()

    @classmethod
    def read(cls, starts_at: str, ends_at: str | None, **person: Any) -> Self:
        """Return the person whom ``admitted`` in ``forum.queries.columns`` found."""
        ends = datetime.fromisoformat(ends_at) if ends_at else None
        return cls(**person, starts_at=datetime.fromisoformat(starts_at), ends_at=ends)


class Lead(NamedTuple):
    """A delegation that leads for its regional group in a topic. Source: ACC-10, CDIP/24 report para 17.

    Args:
        state: Its name, in the reader's language.
        group: The group's, likewise.
        by_secretariat: Whether the Secretariat nominated it, because the group had no coordinator.
    """

    state: str
    group: str
    by_secretariat: bool

    @classmethod
    def read(cls, found: str | None) -> list[Self]:
        """Return what ``leads`` in ``forum.queries.columns`` found."""
        return [cls(**lead) for lead in json.loads(found or "[]")]


class Answer(NamedTuple):
    """The post that answers a question: its id, its number, and the id of its discussion."""

    post: int
    number: int
    discussion: int


@dataclass(frozen=True, slots=True)
class DiscussionHead(DiscussionRow):
    """A discussion on its own page.

    Args:
        topic: Its topic's id.
        room_name: Its room's name.
        guiding_questions: Its topic's, one on each line.
        synthesis: Its topic's, in Markdown; empty until it is written.
        step: The name of its topic's; empty where there is none.
        draft: The viewer's text that is not published yet.
        level: How much the viewer chose to hear of it, or None.
        room_level: How much of its room, likewise.
        admitted: Whoever from outside reads it too, or will, in JSON.
        asker: The id of the participant who opened its topic, or None.
        answer_found: The post that answers its topic's question, in JSON, where the viewer may read it, or None.
        opening_days: The days of the week on which one can post in its room; none for every day.
        merged_into: The id of the discussion in which its posts stand now, or None.
        read_only_since: Since when nothing new is written in its room, or None.
        holds_posts: Whether a moderator reads each post of its room before it is shown.
        own_waiting: How many posts of the viewer wait for that here.
        asked: Who is asked to answer here, and by when, in JSON, or None.
        credit: Who proposed its topic, in JSON.
        closing_before: When its topic was to close before that was last changed, as ISO 8601 has it, or None.
        leads_found: The lead participants of regional groups in its topic, in JSON, or None.
        coordinates: Whether the viewer coordinates a regional group.
        quoted: A post to be quoted, as ``quoted_post`` in ``forum.queries.citations`` reads it, or None.
    """

    topic: int
    room_name: str
    guiding_questions: str
    synthesis: str
    step: str
    draft: str | None
    level: str | None
    room_level: str | None
    admitted: str | None
    asker: int | None
    answer_found: str | None
    opening_days: Sequence[int]
    merged_into: int | None
    read_only_since: datetime | None
    holds_posts: bool
    own_waiting: int
    asked: str | None
    credit: str
    closing_before: str | None
    leads_found: str | None
    coordinates: bool
    quoted: str | None = None

    @property
    def symbol(self) -> str:
        """The citable symbol, with the room's language, such as ``TAF/2026/47/fr``."""
        return f"{symbol_of(self.year, self.topic_number)}/{self.language}"

    @property
    def outsiders(self) -> list["Outsider"]:
        """Whoever reads it beside the members, or will, by name."""
        return [Outsider.read(**person) for person in json.loads(self.admitted or "[]")]

    @property
    def calls(self) -> list[tuple[str, date]]:
        """The names of those who are asked to answer here, each with the last day for it, the nearest first."""
        found = [(call["name"], date.fromisoformat(call["due_on"])) for call in json.loads(self.asked or "[]")]
        return sorted(found, key=itemgetter(1, 0))

    @property
    def proposed_by(self) -> dict[str, str]:
        """The ``state`` that proposed its topic, and the ``person`` where they agree to be named; else empty."""
        said: dict[str, str] = json.loads(self.credit)
        return said

    @property
    def leads(self) -> list[Lead]:
        """The lead participants of regional groups in its topic."""
        return Lead.read(self.leads_found)

    @property
    def extended_from(self) -> datetime | None:
        """When its topic was to close, where it has more time now."""
        before = datetime.fromisoformat(self.closing_before) if self.closing_before else None
        return before if before and self.closes_at and before < self.closes_at else None

    @property
    def questions(self) -> list[str]:
        return self.guiding_questions.splitlines()

    @property
    def answer(self) -> Answer | None:
        """The post that answers its topic's question, where the viewer may read it."""
        return Answer(**json.loads(self.answer_found)) if self.answer_found else None

    @property
    def is_merged(self) -> bool:
        """Whether its posts stand in another discussion now."""
        return self.merged_into is not None

    @property
    def is_read_only(self) -> bool:
        """Whether nothing new is written in its room."""
        return self.read_only_since is not None and self.read_only_since <= timezone.now()

    @property
    def topic_address(self) -> str:
        return reverse("forum:topic_detail", args=[self.year, self.topic_number])


def list_columns(language: str) -> Columns:
    """Return the columns of a ``DiscussionRow``."""
    return (
        "pk",
        "room",
        "room__language",
        translated("topic__title", language),
        translated("topic__objective", language),
        "topic__year",
        "topic__number",
        translated("topic__category__name", language),
        "last_number",
        "last_activity_at",
        "closed_at",
        "topic__closes_at",
        "read_up_to",
        "topic__kind",
        "topic__answered_at",
        "pinned_at",
    )


def _head_columns(source: DiscussionQuerySet, language: str, viewer: int, now: datetime, day: date) -> Columns:
    return (
        *list_columns(language),
        "topic",
        "room__name",
        translated("topic__guiding_questions", language),
        translated("topic__synthesis", language),
        translated("topic__step__name", language),
        "draft",
        "level",
        Subquery(_room_follow(viewer).values("level")),
        admitted(now, language),
        "topic__opened_by",
        answer(source),
        "room__opening_days",
        "merged_into",
        "room__read_only_since",
        "room__holds_posts",
        Coalesce(Subquery(_own_waiting(viewer).values(found=Count("pk"))), 0),
        asked(language),
        credit(language),
        closing_before(),
        leads("topic", language),
        coordinates(viewer, day),
    )


def _own_waiting(viewer: int) -> QuerySet:
    posts = Post.objects.waiting().filter(author=viewer, discussion=OuterRef("pk"))
    return posts.order_by().values("discussion")


def _room_follow(viewer: int) -> QuerySet:
    return Follow.objects.filter(user=viewer, room=OuterRef("room"))


def _rows(discussions: DiscussionQuerySet, language: str, viewer: int) -> QuerySet:
    return discussions.standing().with_unread(viewer).values_list(*list_columns(language))


def _compose_head(
    source: DiscussionQuerySet, language: str, *, viewer: int, pk: int, room: str, now: datetime, day: date
) -> QuerySet:
    found = source.filter(pk=pk, room__language=room).with_unread(viewer).with_own(viewer)
    return found.values_list(*_head_columns(source, language, viewer, now, day))


def _compose_head_quoting(
    source: DiscussionQuerySet, language: str, *, viewer: int, pk: int, room: str, now: datetime, day: date, quote: int
) -> QuerySet:
    found = source.filter(pk=pk, room__language=room).with_unread(viewer).with_own(viewer)
    return found.values_list(*_head_columns(source, language, viewer, now, day), quoted(source, quote, language))


def _compose_week(source: DiscussionQuerySet, language: str, *, viewer: int, now: datetime) -> QuerySet:
    return _rows(source.of_this_week(now).order_by("-opened_at"), language, viewer)


def _compose_week_of_room(
    source: DiscussionQuerySet, language: str, *, viewer: int, now: datetime, room: int
) -> QuerySet:
    return _rows(source.filter(room=room).first_in_room(now), language, viewer)


def _compose_others(
    source: DiscussionQuerySet, language: str, *, viewer: int, now: datetime, room: int, moment: datetime, pk: int
) -> QuerySet:
    return _earlier(source.filter(room=room, pinned_at=None).of_other_weeks(now), language, viewer, moment, pk)


def _compose_kind(
    source: DiscussionQuerySet, language: str, *, viewer: int, kind: str, room: int, moment: datetime, pk: int
) -> QuerySet:
    return _earlier(source.filter(room=room, topic__kind=kind), language, viewer, moment, pk)


def _earlier(discussions: DiscussionQuerySet, language: str, viewer: int, moment: datetime, pk: int) -> QuerySet:
    earlier = discussions.filter(Q(last_activity_at__lt=moment) | Q(last_activity_at=moment, pk__lt=pk))
    return _rows(earlier.order_by("-last_activity_at", "-pk"), language, viewer)[: DISCUSSIONS_PER_PAGE + 1]


_head = ComposedRows(_compose_head, viewer=int, pk=int, room=str, now=datetime, day=date)
_head_quoting = ComposedRows(_compose_head_quoting, viewer=int, pk=int, room=str, now=datetime, day=date, quote=int)
_week = ComposedRows(_compose_week, viewer=int, now=datetime)
_week_of_room = ComposedRows(_compose_week_of_room, viewer=int, now=datetime, room=int)
_others = ComposedRows(_compose_others, viewer=int, now=datetime, room=int, moment=datetime, pk=int)
_of_kind = ComposedRows(_compose_kind, viewer=int, kind=str, room=int, moment=datetime, pk=int)


def discussion_head(viewer: User, language: str, pk: int, *, quote: int | None = None) -> DiscussionHead:
    """Return a discussion with all that its page says about it.

    Args:
        viewer: Who looks.
        language: The language of the room that the address names.
        pk: The discussion's id.
        quote: The id of a post, of any discussion, that is to be quoted in it.

    Raises:
        Discussion.DoesNotExist: It does not exist in that room, or not for ``viewer``.
    """
    visible, own = Discussion.objects.visible_to(viewer), active_language()
    values = {"viewer": viewer.pk, "pk": pk, "room": language, "now": timezone.now(), "day": today()}
    if quote is None or not _reads(viewer, quote):
        rows = _head.fetch(visible, own, **values)
    else:
        rows = _head_quoting.fetch(visible, own, **values, quote=quote)
    for row in rows:
        return DiscussionHead(*row)
    raise Discussion.DoesNotExist


def discussions_of_this_week(viewer: User, room: int | None = None) -> list[DiscussionRow]:
    """Return the open discussions of weekly topics, the latest first. Source: FOR-02.

    Args:
        viewer: Who looks.
        room: The id of the only room meant, of which what is pinned comes first; all of them when not given.
    """
    visible, now = Discussion.objects.visible_to(viewer), timezone.now()
    if room is None:
        rows = _week.fetch(visible, active_language(), viewer=viewer.pk, now=now)
    else:
        rows = _week_of_room.fetch(visible, active_language(), viewer=viewer.pk, now=now, room=room)
    return [DiscussionRow(*row) for row in rows]


def other_discussions(viewer: User, room: int, *, before: tuple[datetime, int]) -> list[DiscussionRow]:
    """Return a room's discussions but this week's and what is pinned, by last activity, the latest first.

    Args:
        viewer: Who looks.
        room: The room's id.
        before: The last activity and id that they come after in this order.

    Returns:
        One more than a page of them, where there are as many.
    """
    visible, (moment, pk) = Discussion.objects.visible_to(viewer), before
    values = {"viewer": viewer.pk, "now": timezone.now(), "room": room, "moment": moment, "pk": pk}
    return [DiscussionRow(*row) for row in _others.fetch(visible, active_language(), **values)]


def discussions_of_kind(viewer: User, room: int, kind: str, *, before: tuple[datetime, int]) -> list[DiscussionRow]:
    """Return a room's discussions of one kind of topic, by last activity, the latest first.

    Args:
        viewer: Who looks.
        room: The room's id.
        kind: Their topics'.
        before: The last activity and id that they come after in this order.

    Returns:
        One more than a page of them, where there are as many.
    """
    visible, (moment, pk) = Discussion.objects.visible_to(viewer), before
    values = {"viewer": viewer.pk, "kind": kind, "room": room, "moment": moment, "pk": pk}
    return [DiscussionRow(*row) for row in _of_kind.fetch(visible, active_language(), **values)]


def discussions_about(
    viewer: User, room: int, category: int, kind: str | None, *, before: tuple[datetime, int]
) -> list[DiscussionRow]:
    """Return a room's discussions about one category, by last activity, the latest first. Source: FOR-08.

    Args:
        viewer: Who looks.
        room: The room's id.
        category: Its id.
        kind: Of the topics that alone are wanted; None for all.
        before: The last activity and id that they come after in this order.

    Returns:
        One more than a page of them, where there are as many.
    """
    found = Discussion.objects.visible_to(viewer).filter(room=room, topic__category=category)
    if kind is not None:
        found = found.filter(topic__kind=kind)
    return [DiscussionRow(*row) for row in _earlier(found, active_language(), viewer.pk, *before)]


def open_discussions_beside(viewer: User, topic: int) -> list[DiscussionRow]:
    """Return where ``viewer`` may take up what was said on a topic: its open discussions, and this week's.

    Args:
        viewer: Who looks.
        topic: The topic's id.
    """
    visible, now = Discussion.objects.visible_to(viewer), timezone.now()
    beside = visible.filter(topic=topic) | visible.of_this_week(now)
    is_open = Q(topic__closes_at=None) | Q(topic__closes_at__gt=now)
    places = beside.filter(is_open, closed_at=None).order_by("-opened_at", "room__position")
    return [DiscussionRow(*row) for row in _rows(places, active_language(), viewer.pk)]


def latest_discussions(viewer: User) -> list[DiscussionRow]:
    """Return the discussions that ``viewer`` may see, open ones first, at most a page of them."""
    visible = Discussion.objects.visible_to(viewer)
    latest = visible.order_by(F("closed_at").asc(nulls_first=True), "-last_activity_at")
    return [DiscussionRow(*row) for row in _rows(latest, active_language(), viewer.pk)[:DISCUSSIONS_PER_PAGE]]


def _reads(viewer: User, post: int) -> bool:
    """Tell whether somebody from outside may read a post of a discussion; of others the discussion says enough."""
    return viewer.role != Role.EXTERNAL or Post.objects.visible_to(viewer).filter(pk=post).exists()


class SisterRow(NamedTuple):
    """A topic's discussion in one room, to go to."""

    pk: int
    language: str
    room_name: str
    last_number: int
    last_activity_at: datetime
    merged_into: int | None

    def get_absolute_url(self) -> str:
        return discussion_address(self.language, self.pk)


def _compose_sisters(source: DiscussionQuerySet, language: str, *, topic: int) -> QuerySet:
    sisters = source.filter(topic=topic).order_by("room__position")
    return sisters.values_list("pk", "room__language", "room__name", "last_number", "last_activity_at", "merged_into")


_sisters = ComposedRows(_compose_sisters, topic=int)


def sister_discussions(viewer: User, topic: int) -> list[SisterRow]:
    """Return a topic's discussions that ``viewer`` may see, in the order of the rooms."""
    return [SisterRow(*row) for row in _sisters.fetch(Discussion.objects.visible_to(viewer), topic=topic)]


# --- Posts ------------------------------------------------------------------------------------------


class PostRow(NamedTuple):
    """What showing one post needs, and nothing more: the Markdown stays in the database."""

    pk: int
    number: int
    html: str
    state: str
    capacity: str
    kind: str
    posted_at: datetime
    edited_at: datetime | None
    author_id: int | None
    author: str
    role: str
    delegation: str
    reply_to: int | None
    reply_author: str | None
    corrects: int | None
    state_reason: str
    imported_author: int | None
    state_changed_at: datetime | None
    state_id: int | None
    answers_elsewhere: int | None


def post_rows(viewer: User | None, discussion: int, after: int, up_to: int | None = None) -> list[PostRow]:
    """Return the posts of a discussion numbered above ``after``, at most a page of them.

    Args:
        viewer: Who looks; an author sees their own post while it is held. None where many share the result.
        discussion: The id of a discussion that ``viewer`` may see.
        after: A post number; the next one comes first.
        up_to: The last number wanted, where the page ends before it is full.

    Returns:
        At most ``POSTS_PER_PAGE`` rows in order, read by the (discussion, number) index.
    """
    rows = _post_rows.fetch(
        Post.objects.since_admission_of(viewer) if viewer else Post.objects.all(),
        active_language(),
        discussion=discussion,
        after=after,
        up_to=MAX_NUMBER if up_to is None else up_to,
        viewer=viewer.pk if viewer else 0,
    )
    return [PostRow(*row) for row in rows]


def _compose_post_rows(
    source: QuerySet, language: str, *, discussion: int, after: int, up_to: int, viewer: int
) -> QuerySet:
    posts = source.filter(discussion=discussion, number__gt=after, number__lte=up_to)
    reply_to: str | Subquery = "reply_to__number"
    reply_author: Combinable = Coalesce("reply_to__author__full_name", "reply_to__imported_author__name")
    if source.query.where:  # of what the reader may not read, neither number nor author is told
        answered = source.filter(pk=OuterRef("reply_to"))
        reply_to = Subquery(answered.values("number"))
        reply_author = Subquery(answered.values(name=Coalesce("author__full_name", "imported_author__name")))
    shown = posts.filter(~Q(state=PostState.HELD) | Q(author=viewer)).order_by("number")
    rows = shown.values_list(
        "pk",
        "number",
        "html",
        "state",
        "capacity",
        "kind",
        "posted_at",
        "edited_at",
        "author_id",
        Coalesce("author__full_name", "imported_author__name"),
        Coalesce("author__role", Value("")),
        translated("member_state__name", language),
        reply_to,
        reply_author,
        "corrects__number",
        "state_reason",
        "imported_author",
        "state_changed_at",
        "member_state",
        Case(When(~Q(reply_to__discussion=F("discussion")), then=F("reply_to"))),
    )
    return rows[: settings.POSTS_PER_PAGE]


_post_rows = ComposedRows(_compose_post_rows, discussion=int, after=int, up_to=int, viewer=int)
