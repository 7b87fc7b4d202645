"""What pages of evaluations show, and the data of a period without anybody's name."""

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import AccountStatus, InstitutionKind, Role
from accounts.models import User
from forum.enums import PostState
from forum.models.topics import symbol_of
from moderation.models import Evaluation
from moderation.queries.participation import Period, read_of, said_in
from moderation.queries.usage import registered_users

NOT_TOLD = "–"
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


def evaluations_page(viewer: User, words: str = "") -> list[Evaluation]:
    """Return the evaluations that ``viewer`` sees, the latest first; with words, those that hold all of them.

    Source: REP-09.
    """
    found = Evaluation.objects.visible_to(viewer).select_related("evaluator")
    for word in words.split()[:20]:
        found = found.filter(Q(title__icontains=word) | Q(report__icontains=word) | Q(criteria__icontains=word))
    return list(found)


def awaits_decision(viewer: User) -> Evaluation | None:
    """Return a period that is over and on which nothing is decided, if any. Source: REP-10."""
    return Evaluation.objects.visible_to(viewer).filter(ends_on__lt=today(), decision="").first()


def period_of(evaluation: Evaluation) -> Period:
    """Return the days of an evaluation that have been."""
    return Period(evaluation.starts_on, max(evaluation.starts_on, min(evaluation.ends_on, today())))


@dataclass(frozen=True)
class Person:
    """One registered user, whom nothing here names; the code is another in each export.

    What would be true of fewer than ``SMALL_CELL`` people is not told, and who did more than most is not told apart.
    """

    code: str
    group: str
    institution_kind: str
    posts: str
    discussions_written_in: str
    discussions_read: str
    weeks_written_in: str


def anonymous_people(period: Period) -> list[Person]:
    """Return the registered users of a period without names, in no order, in three statements.

    Source: reading A24, REP-12, workflow 2.8.
    """
    users = registered_users(period.ends_on).order_by()
    rows = list(users.values_list("pk", "member_state__group__name", "institution_kind"))
    told = _told_of([(group or _("No regional group"), kind) for _pk, group, kind in rows])
    written = {
        row[0]: row[1:]
        for row in said_in(period)
        .order_by()
        .values_list("author")
        .annotate(
            posts=Count("pk"),
            discussions=Count("discussion", distinct=True),
            weeks=Count(TruncWeek("posted_at", tzinfo=timezone.get_default_timezone()), distinct=True),
        )
    }
    read = dict(read_of(period).order_by().values_list("user").annotate(discussions=Count("pk")))
    people = []
    for (pk, _group, _kind), (group, kind) in zip(rows, told, strict=True):
        posts, discussions, weeks = written.get(pk, (0, 0, 0))
        people.append(
            Person(
                secrets.token_hex(6),
                group,
                kind,
                _capped(posts),
                _capped(discussions),
                _capped(read.get(pk, 0)),
                _capped(weeks),
            )
        )
    return sorted(people, key=lambda person: person.code)


def _told_of(people: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return group and kind of institution of each, without what is true of too few: first the kind, then the group."""
    labels = dict(InstitutionKind.choices)
    pairs = _common(people)
    without_kind = [pair if pair in pairs else (pair[0], "") for pair in people]
    groups = _common(without_kind)
    left = [pair if pair in groups else ("", "") for pair in without_kind]
    if ("", "") in left and ("", "") not in _common(left):
        return [(NOT_TOLD, NOT_TOLD)] * len(left)
    return [(group or NOT_TOLD, str(labels.get(kind, NOT_TOLD))) for group, kind in left]


def _common(values: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    return {value for value, number in Counter(values).items() if number >= settings.SMALL_CELL}


def _capped(number: int) -> str:
    most = settings.EVALUATION_COUNTS_UP_TO
    return str(number) if number < most else _("%(count)s or more") % {"count": most}


@dataclass(frozen=True)
class Contribution:
    """One post of a period, without its author."""

    symbol: str
    room: str
    week: date
    kind: str
    capacity: str
    is_reply: bool
    state: str
    text: str


def anonymous_posts(period: Period) -> Iterator[Contribution]:
    """Yield the posts of a period without their authors, and without names and addresses of participants in them.

    The text of a sensitive room does not leave it, nor does one that is gone. Source: reading A24, ACC-03, REP-12.
    """
    nameless = _without_names()
    posts = said_in(period).order_by("posted_at", "pk").select_related("discussion__room", "discussion__topic")
    zone = timezone.get_default_timezone()
    chosen = posts.only(
        "body",
        "kind",
        "capacity",
        "state",
        "posted_at",
        "reply_to",
        "discussion__room__language",
        "discussion__room__is_sensitive",
        "discussion__topic__year",
        "discussion__topic__number",
    ).annotate(week=TruncWeek(F("posted_at"), tzinfo=zone))
    for post in chosen[: settings.EVALUATION_POSTS].iterator(chunk_size=1_000):
        room, topic = post.discussion.room, post.discussion.topic
        is_told = post.state == PostState.VISIBLE and not room.is_sensitive
        yield Contribution(
            symbol=symbol_of(topic.year, topic.number),
            room=room.language,
            week=post.week.date(),
            kind=post.get_kind_display(),
            capacity=post.get_capacity_display(),
            is_reply=post.reply_to_id is not None,
            state=post.get_state_display(),
            text=nameless(post.body) if is_told else "",
        )


def posts_of(period: Period) -> int:
    """Count the posts of a period."""
    return said_in(period).count()


def _without_names() -> Callable[[str], str]:
    """Return what replaces mail addresses, and names of people with accounts, in a text."""
    people = User.objects.exclude(status=AccountStatus.LEFT)
    names = people.exclude(role__in=[Role.SECRETARIAT, Role.MODERATOR]).values_list("full_name", flat=True)
    known = sorted({name for name in names if len(name) > 3}, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)", re.IGNORECASE) if known else None

    def nameless(text: str) -> str:
        text = _ADDRESS.sub(_("[address]"), text)
        return pattern.sub(_("[name]"), text) if pattern else text

    return nameless
