"""What waits for the Secretariat, gathered in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.utils import timezone

from accounts import endings, waiting
from accounts.days import today
from accounts.endings import Ending
from accounts.enums import AccountStatus, NoticeState, Office, Role
from accounts.models import AccountRequest, Invitation, Mandate, MemberState, Notice, Protocol, ProtocolAcceptance, User

SHOWN = 10
Item = TypeVar("Item")


@dataclass(frozen=True)
class Waiting(Generic[Item]):
    """The first things of one kind that wait, and how many there are."""

    items: Sequence[Item]
    count: int

    @property
    def further(self) -> int:
        """How many are not shown."""
        return self.count - len(self.items)


@dataclass(frozen=True)
class Desk:
    """What waits for the Secretariat.

    Args:
        requests: Requests for an account, the oldest first.
        invitations: Invitations that were not taken up: old or expired, the oldest first.
        endings: Mandates, periods and admissions that end within a month, the soonest first.
        without_focal_point: Member states that nobody speaks for today.
        without_delegates: Member states of which nobody's account works.
        not_accepted: Active people who have not accepted the protocol in force, by name.
        failed: Notices that were given up, the latest first.
        elsewhere: How much of each kind waits on the pages of the apps above this one.
    """

    requests: Waiting[AccountRequest]
    invitations: Waiting[Invitation]
    endings: Waiting[Ending]
    without_focal_point: Waiting[MemberState]
    without_delegates: Waiting[MemberState]
    not_accepted: Waiting[User]
    failed: Waiting[Notice]
    elsewhere: Sequence[waiting.Waiting]


def secretariat_desk(viewer: User) -> Desk:
    """Gather the desk, in a statement for each kind of thing. Source: ACC-11, OPS-01, reading A3."""
    now, day = timezone.now(), today()
    without_focal_point, without_delegates = _states_without(now)
    in_force = Protocol.objects.in_force(day).values("pk")[:1]
    not_accepted = User.objects.active(now).filter(
        ~Exists(ProtocolAcceptance.objects.filter(user=OuterRef("pk"), protocol__in=in_force))
    )
    requests = AccountRequest.objects.visible_to(viewer)
    failed = Notice.objects.filter(state=NoticeState.FAILED).select_related("user")
    return Desk(
        requests=_first(requests.waiting().select_related("member_state", "vouched_by", "decided_by"), "created_at"),
        invitations=_first(_not_taken_up(now), "created_at"),
        endings=_waiting(endings.between(day, day + timedelta(days=max(settings.ENDING_NOTICES)))),
        without_focal_point=without_focal_point,
        without_delegates=without_delegates,
        not_accepted=_first(not_accepted.select_related("member_state"), "full_name"),
        failed=_first(failed, "-created_at"),
        elsewhere=waiting.everything(viewer),
    )


def _waiting(items: Sequence[Item]) -> Waiting[Item]:
    return Waiting(items[:SHOWN], len(items))


def _first(rows: models.QuerySet, order: str) -> Waiting:
    """Return the first rows with how many there are, in one statement."""
    items = list(rows.annotate(of=Window(Count("pk"))).order_by(order, "pk")[:SHOWN])
    return Waiting(items, items[0].of if items else 0)


def _not_taken_up(now: datetime) -> models.QuerySet[Invitation]:
    """Return the last invitation of each person who still has not come in, where it is old or expired."""
    open_ones = Invitation.objects.last_of_each().filter(taken_up_at=None, revoked_at=None)
    return open_ones.filter(
        Q(created_at__lt=now - settings.INVITATION_IS_OLD) | Q(expires_at__lte=now),
        user__status=AccountStatus.INVITED,
    ).select_related("user__member_state")


def _states_without(now: datetime) -> tuple[Waiting[MemberState], Waiting[MemberState]]:
    """Return the states without a focal point whose account works, and those without any such delegate."""
    delegates = User.objects.active(now).filter(member_state=OuterRef("pk"), role=Role.DELEGATE)
    holders = Mandate.objects.in_force(today()).filter(
        office=Office.FOCAL_POINT, user=OuterRef("pk"), member_state=F("user__member_state")
    )
    states = list(
        MemberState.objects.annotate(
            has_delegate=Exists(delegates), has_focal_point=Exists(delegates.filter(Exists(holders)))
        )
        .filter(has_focal_point=False)
        .order_by("name", "pk")
    )
    return _waiting(states), _waiting([state for state in states if not state.has_delegate])
