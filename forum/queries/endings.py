"""Rights in the forum that come to their last day, for the Secretariat's desk and the notices before the end."""

from collections.abc import Callable
from datetime import date

from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet, Value
from django.utils import timezone, translation

from accounts.endings import Ending, last_day_of, moments
from accounts.enums import AccountStatus, Role
from forum.models import DiscussionGrant, RoomGrant
from forum.queries.columns import translated


def ending_rights(first: date, last: date) -> list[Ending]:
    """Find the admissions to discussions and the contracts for rooms with their last day from ``first`` to ``last``.

    One that is followed by another on the same discussion or room is left out.

    Args:
        first: The first day, Geneva's.
        last: The last day.

    Source: ACC-05, FOR-05, MOD-05.
    """
    found = _ending(DiscussionGrant, "admission", "content_object__topic__title", first, last).union(
        _ending(RoomGrant, "contract", "content_object__name", first, last), all=True
    )
    models: dict[str, Callable[..., Model]] = {"admission": DiscussionGrant, "contract": RoomGrant}
    return [
        Ending(kind, models[kind](pk=pk), person, name, title, last_day_of(ends_at), ends_sessions)
        for kind, pk, person, name, title, ends_at, ends_sessions in found
    ]


def _ending(model: type[DiscussionGrant] | type[RoomGrant], kind: str, title: str, first: date, last: date) -> QuerySet:
    after, up_to = moments(first, last)
    others = model.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=OuterRef("ends_at")),
        user=OuterRef("user"),
        content_object=OuterRef("content_object"),
        starts_at__lte=OuterRef("ends_at"),
    )
    grants = model.objects.filter(~Exists(others), ends_at__gt=after, ends_at__lte=up_to)
    now = timezone.now()
    goes_on = [
        Exists(other.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, user=OuterRef("user")))
        for other in (DiscussionGrant, RoomGrant)
    ]
    has_nothing_else = Q(~goes_on[0], ~goes_on[1], user__role__in=[Role.EXTERNAL, Role.FACILITATOR])
    return grants.exclude(user__status=AccountStatus.LEFT).values_list(
        Value(kind),
        "pk",
        "user",
        "user__full_name",
        translated(title, translation.get_language() or "en"),
        "ends_at",
        ExpressionWrapper(has_nothing_else, BooleanField()),
    )
