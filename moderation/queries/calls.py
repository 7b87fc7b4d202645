"""What is asked of experts and offices, and what has come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Case, F, OuterRef, Subquery, TextField, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from accounts.days import today
from accounts.models import User
from forum.queries.columns import translated
from moderation.models import StaffCall

SETTLED_SHOWN = 50


@dataclass(frozen=True)
class CallRow:
    """What is asked of one expert or one office.

    Args:
        call: With its discussion, expert or state, and answer.
        age: How many days ago it was asked.
        late: How many days the answer is late; 0 while there is time, or once it is settled.
    """

    call: StaffCall
    age: int
    late: int

    @classmethod
    def of(cls, call: StaffCall, day: date) -> "CallRow":
        """Return what is shown of ``call`` on ``day``."""
        asked_on = timezone.localdate(call.asked_at, timezone.get_default_timezone())
        late = (day - call.due_on).days if call.settled_at is None else 0
        return cls(call, (day - asked_on).days, max(0, late))


@dataclass(frozen=True)
class CallList:
    """All calls that a viewer steers: those that wait, the most urgent first, and those settled last."""

    waiting: Sequence[CallRow]
    settled: Sequence[CallRow]


def call_list(viewer: User, discussion: int | None = None) -> CallList:
    """Gather the calls in what ``viewer`` sees, or in one discussion alone. Source: FOR-12."""
    calls = StaffCall.objects.visible_to(viewer)
    if discussion is not None:
        calls = calls.filter(discussion=discussion)
    calls = calls.select_related(
        "discussion__topic", "discussion__room", "expert", "member_state", "answer", "asked_by"
    )
    day = today()
    settled = calls.filter(settled_at__isnull=False).order_by("-settled_at")[:SETTLED_SHOWN]
    return CallList(
        waiting=[CallRow.of(call, day) for call in calls.waiting()],
        settled=[CallRow.of(call, day) for call in settled],
    )


def asked_in(language: str) -> Combinable:
    """Return the column of ``forum.queries.columns.asked``. Source: FOR-12."""
    state = translated("member_state__name", language)
    name = Case(When(expert__isnull=False, then=F("expert__full_name")), default=state, output_field=TextField())
    waiting = StaffCall.objects.waiting().filter(discussion=OuterRef("pk")).order_by().values("discussion")
    calls = JSONBAgg(JSONObject(name=name, due_on=F("due_on")))
    return Subquery(waiting.values(calls=Cast(calls, TextField())), output_field=TextField())
