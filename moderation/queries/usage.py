"""How many use the forum, as the Committee is told: CDIP/25/5 para 8."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from accounts.days import today
from accounts.enums import AccountStatus, Gender, InstitutionKind, Role
from accounts.models import Invitation, MemberState, User
from moderation.models import TrafficDay


@dataclass(frozen=True)
class Usage:
    """What the usage report says.

    Args:
        cut_off: The day at whose end users are counted.
        year: The calendar year whose pages and sessions are counted.
        registered: Users with a confirmed account at the cut-off.
        left_since: How many of them have left since, who no longer tell their kind of institution and gender.
        active: How many of them were here in the time before that counts; None where it was not counted.
        countries: How many member states they are of.
        kinds: Users of each kind of institution, in the order of the document.
        top: The best represented states, with their users.
        men: Who stated so.
        women: Who stated so.
        undeclared: Who stated neither.
        page_views: Pages answered in the year.
        sessions: Visits begun in the year.
        counted_from: The first day of the year on which anything was counted; None where nothing was.
    """

    cut_off: date
    year: int
    registered: int
    left_since: int
    active: int | None
    countries: int
    kinds: Sequence[tuple[InstitutionKind, int]]
    top: Sequence[tuple[MemberState, int]]
    men: int
    women: int
    undeclared: int
    page_views: int
    sessions: int
    counted_from: date | None

    @property
    def sums_agree(self) -> bool:
        """Whether kinds of institution and stated genders each add up to the total. Source: workflow 2.9, step 3."""
        return sum(count for _kind, count in self.kinds) == self.registered == self.men + self.women + self.undeclared


def registered_users(day: date) -> QuerySet[User]:
    """Return the delegates who had taken up an account by the end of ``day`` and not left.

    Invited people who never came, staff, providers and guests do not count; people of imported posts have no account.
    Source: reading A18, workflow 2.10.
    """
    end = end_of(day)
    later = Invitation.objects.filter(user=OuterRef("pk"), taken_up_at__gte=end)
    there = Q(status=AccountStatus.ACTIVE) | Q(status=AccountStatus.LEFT, left_at__gte=end)
    users: QuerySet[User] = User.objects.filter(there, ~Exists(later), role=Role.DELEGATE, created_at__lt=end)
    return users


def end_of(day: date) -> datetime:
    """Return the moment at which a day ends in Geneva."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()), timezone.get_default_timezone())


def active_users(day: date) -> int:
    """Count the registered users who were here in ``ACTIVE_FOR`` up to today, or to a day not long past."""
    since = end_of(day) - settings.ACTIVE_FOR
    return registered_users(day).filter(visit__seen_at__gte=since).count()


def usage(cut_off: date, year: int) -> Usage:
    """Count what CDIP/25/5 para 8 reports, in four statements.

    Args:
        cut_off: The day at whose end users are counted.
        year: The calendar year of the traffic.

    Source: REP-01, workflow 2.9, readings A17 and A18.
    """
    cells = list(
        registered_users(cut_off)
        .order_by()
        .values_list("member_state", "institution_kind", "gender")
        .annotate(users=Count("pk"), left=Count("pk", filter=Q(status=AccountStatus.LEFT)))
    )
    states: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    genders: Counter[str] = Counter()
    for state, kind, gender, users, _left in cells:
        states[state] += users
        kinds[kind] += users
        genders[gender] += users
    traffic = TrafficDay.objects.filter(day__year=year).aggregate(
        viewed=Sum("page_views", default=0),
        visited=Sum("sessions", default=0),
        first=Min("day", filter=Q(page_views__gt=0) | Q(sessions__gt=0)),
    )
    return Usage(
        cut_off=cut_off,
        year=year,
        registered=sum(states.values()),
        left_since=sum(cell[-1] for cell in cells),
        active=_active(cut_off),
        countries=len(states),
        kinds=[(kind, kinds[kind]) for kind in InstitutionKind],
        top=_best_represented(states),
        men=genders[Gender.MALE],
        women=genders[Gender.FEMALE],
        undeclared=genders[""],
        page_views=traffic["viewed"],
        sessions=traffic["visited"],
        counted_from=traffic["first"],
    )


def _active(day: date) -> int | None:
    """Return how many were active on a day: counted now for this day, as it was kept for an earlier one."""
    if day >= today():
        return active_users(day)
    return TrafficDay.objects.filter(day=day).values_list("active_users", flat=True).first()


def _best_represented(states: Counter[int]) -> list[tuple[MemberState, int]]:
    """Return the states with most users; of those with as many, the name decides."""
    ranked = sorted(states.values(), reverse=True)
    least = ranked[min(settings.TOP_STATES, len(ranked)) - 1] if ranked else 0
    found = MemberState.objects.filter(pk__in=[state for state, users in states.items() if users >= least])
    best = sorted(((state, states[state.pk]) for state in found), key=lambda row: (-row[1], row[0].name))
    return best[: settings.TOP_STATES]
