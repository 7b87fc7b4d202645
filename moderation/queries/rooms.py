"""What the pages about rooms of further languages and those who run them show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from django.conf import settings
from django.db.models import Count, F, Func, Sum
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language

from accounts.days import today
from accounts.languages import language_name, spoken
from accounts.models import AuditEntry, User
from forum.models import Discussion, Post, Room, RoomGrant
from forum.queries.rows import DiscussionRow, discussions_of_this_week
from moderation.enums import CaseState
from moderation.models import Case, LanguageDemand, ProviderContract, RoomDecision, StaffCall, SynthesisNote
from moderation.models.cases import CaseQuerySet

SHOWN = 20


@dataclass(frozen=True)
class Demand:
    """Who could use a room in a language that has none.

    Args:
        language: Its code.
        readers: How many active people read it.
        states: Of how many states they are.
        asked: Who asked for a room in it, the latest first.
        decision: What the Committee decided on it, where it has and no room is open.
    """

    language: str
    readers: int
    states: int
    asked: Sequence[LanguageDemand]
    decision: RoomDecision | None

    @property
    def name(self) -> str:
        """The language's name in the reader's."""
        return named(self.language)


def named(code: str) -> str:
    """Return the name of a language in the active one."""
    return language_name(code, get_language() or "en")


def demand() -> list[Demand]:
    """Return the languages without a room that people read or ask for, those of most states first.

    Source: FOR-05, FOR-07, workflow 2.4.
    """
    taken = set(Room.objects.values_list("language", flat=True))
    read = User.objects.active().annotate(code=Func(F("languages_read"), function="unnest")).order_by()
    counted = read.values("code").annotate(
        readers=Count("pk", distinct=True), states=Count("member_state", distinct=True)
    )
    numbers = {spoken(row["code"]): (row["readers"], row["states"]) for row in counted}
    asked: dict[str, list[LanguageDemand]] = defaultdict(list)
    for one in LanguageDemand.objects.select_related("user__member_state").order_by("-created_at"):
        asked[one.language].append(one)
    decided = {one.language: one for one in RoomDecision.objects.filter(room=None).exclude(language="")}
    wanted = [
        Demand(language, *numbers.get(language, (0, 0)), asked.get(language, []), decided.get(language))
        for language in {*numbers, *asked, *decided} - taken
    ]
    return sorted(wanted, key=lambda one: (-one.states, -one.readers, one.language))


@dataclass(frozen=True)
class Costs:
    """What the forum costs in Swiss francs by the Committee's figures and decisions. Source: OPS-04, OPS-05."""

    once: int
    each_year: int
    decided_once: int
    decided_each_year: int

    @property
    def total_once(self) -> int:
        return self.once + self.decided_once

    @property
    def total_each_year(self) -> int:
        return self.each_year + self.decided_each_year


def costs() -> Costs:
    """Add up the costs."""
    decided = RoomDecision.objects.aggregate(once=Sum("one_off_cost", default=0), year=Sum("yearly_cost", default=0))
    return Costs(sum(settings.COST_ONCE.values()), settings.COST_EACH_YEAR, decided["once"], decided["year"])


@dataclass(frozen=True)
class OptionalRoom:
    """A room of a further language with its contracts, the latest first."""

    room: Room
    contracts: Sequence[ProviderContract]

    @property
    def running(self) -> list[ProviderContract]:
        """The contracts that run today."""
        return [contract for contract in self.contracts if contract.starts_on <= today() <= contract.ends_on]

    @property
    def ends_on(self) -> date | None:
        """The last day that has a contract, or None."""
        return max((contract.ends_on for contract in self.contracts), default=None)

    @property
    def ends_soon(self) -> bool:
        """Whether it will be read-only within a month, as things stand."""
        last = self.ends_on
        return last is not None and today() <= last <= today() + timedelta(days=max(settings.ENDING_NOTICES))


def optional_rooms(viewer: User) -> list[OptionalRoom]:
    """Return the rooms of further languages with their contracts. Source: FOR-05, workflow 2.4."""
    contracts: dict[int, list[ProviderContract]] = defaultdict(list)
    for contract in ProviderContract.objects.visible_to(viewer).select_related("provider").order_by("-ends_on"):
        contracts[contract.room_id].append(contract)
    return [OptionalRoom(room, contracts[room.pk]) for room in Room.objects.filter(is_core=False)]


# --- The desk of a room -----------------------------------------------------------------------------


@dataclass(frozen=True)
class RoomDesk:
    """What waits in one room for who guides it.

    Args:
        room: Which.
        this_week: Its open topics of the week.
        held: The posts that wait to be read.
        cases: What is reported and not decided, the oldest first.
        calls: What was asked and not answered, the first due first.
        notes: Notes for the synthesis that are not handed in.
        unanswered: Questions nobody has answered, the oldest first.
        contract: Of the viewer, where one runs today.
    """

    room: Room
    this_week: Sequence[DiscussionRow]
    held: Iterable[Post]
    cases: Iterable[Case]
    calls: Iterable[StaffCall]
    notes: Iterable[SynthesisNote]
    unanswered: Iterable[Discussion]
    contract: ProviderContract | None


def room_desks(viewer: User) -> list[RoomDesk]:
    """Gather the desk of each room that ``viewer`` guides today. Source: MOD-05, workflow 2.4."""
    guided = RoomGrant.objects.in_force().filter(user=viewer).values("content_object")
    return [_desk(viewer, room) for room in Room.objects.visible_to(viewer).filter(pk__in=guided)]


def _desk(viewer: User, room: Room) -> RoomDesk:
    place = ("discussion__topic", "discussion__room")
    here = Discussion.objects.visible_to(viewer).filter(room=room).select_related("topic", "room")
    unanswered = here.filter(topic__kind="question", topic__answered_at=None, closed_at=None, last_number__lte=1)
    contracts = ProviderContract.objects.in_force(today()).filter(room=room, provider=viewer)
    return RoomDesk(
        room=room,
        this_week=discussions_of_this_week(viewer, room.pk),
        held=Post.objects.waiting().filter(discussion__room=room).select_related("author", *place)[:SHOWN],
        cases=_with_place(Case.objects.visible_to(viewer).open().filter(post__discussion__room=room))[:SHOWN],
        calls=StaffCall.objects.visible_to(viewer)
        .waiting()
        .filter(discussion__room=room)
        .select_related("expert", "member_state", *place)[:SHOWN],
        notes=SynthesisNote.objects.visible_to(viewer)
        .filter(discussion__room=room, handed_in_at=None)
        .select_related(*place)[:SHOWN],
        unanswered=unanswered.order_by("opened_at")[:SHOWN],
        contract=contracts.first(),
    )


def _with_place(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.select_related("post__discussion__topic", "post__discussion__room", "assignee")


# --- Supervision ------------------------------------------------------------------------------------


@dataclass
class Supervised:
    """What was done in one room lately.

    Args:
        room: Which.
        guides: Who guides it today.
        actions: How often each thing was done by those who guided it.
        waiting: How many reported posts wait.
        late: Of them how many for too long.
        held: How many posts wait to be read.
        response: How long it took from the first report to the decision, in the middle; None where none was decided.
        decided: What was decided lately, the latest first.
    """

    room: Room
    guides: list[User] = field(default_factory=list)
    actions: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    late: int = 0
    held: int = 0
    response: timedelta | None = None
    decided: list[Case] = field(default_factory=list)

    @property
    def response_in_words(self) -> str:
        """The response time in the reader's language, such as "3 hours"."""
        now = timezone.now()
        return timesince(now - self.response, now) if self.response is not None else ""


def supervision(viewer: User) -> list[Supervised]:
    """Gather what was done in each room in the last weeks, in a statement for each kind of thing.

    Source: MOD-04, MOD-05, CDIP/22/3 para 7 ("supervises their work").
    """
    now = timezone.now()
    since = now - settings.SUPERVISION_SHOWS
    rooms = {room.pk: Supervised(room) for room in Room.objects.visible_to(viewer)}
    guided: dict[int, set[int]] = defaultdict(set)
    grants = RoomGrant.objects.filter(content_object__in=rooms, starts_at__lte=now).exclude(ends_at__lte=since)
    for grant in grants.select_related("user").order_by("user__full_name"):
        guided[grant.user_id].add(grant.content_object_id)
        if grant.ends_at is None or grant.ends_at > now:
            rooms[grant.content_object_id].guides.append(grant.user)
    _count_actions(rooms, guided, since)
    for room, opened_at in Case.objects.open().values_list("post__discussion__room", "opened_at"):
        rooms[room].waiting += 1
        rooms[room].late += now - opened_at > settings.CASE_IS_LATE
    held = Post.objects.waiting().order_by().values_list("discussion__room").annotate(count=Count("pk"))
    for room, count in held:
        rooms[room].held = count
    _gather_decisions(rooms, since)
    return list(rooms.values())


def _count_actions(rooms: dict[int, Supervised], guided: dict[int, set[int]], since: datetime) -> None:
    done = AuditEntry.objects.filter(actor__in=guided, at__gte=since).order_by("action")
    for actor, action, count in done.values_list("actor", "action").annotate(count=Count("pk")):
        for room in guided[actor]:
            actions = rooms[room].actions
            actions[action] = actions.get(action, 0) + count


def _gather_decisions(rooms: dict[int, Supervised], since: datetime) -> None:
    decided = _with_place(Case.objects.filter(state=CaseState.DECIDED, decided_at__gte=since))
    times: dict[int, list[timedelta]] = defaultdict(list)
    for case in decided.select_related("decided_by").order_by("-decided_at"):
        assert case.decided_at is not None
        room = case.post.discussion.room_id
        rooms[room].decided.append(case)
        times[room].append(case.decided_at - case.opened_at)
    for room, durations in times.items():
        rooms[room].response = timedelta(seconds=median(duration.total_seconds() for duration in durations))
