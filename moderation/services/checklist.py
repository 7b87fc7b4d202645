"""The checklist for web content: its points, and what was ticked for a topic."""

import tomllib
from collections.abc import Collection
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from accounts.services.reference import translated
from forum.models import Topic
from moderation.enums import Occasion
from moderation.models import ChecklistItem, ChecklistTick
from moderation.policies import weekly as policies

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_checklist() -> None:
    """Save the first points of the checklist, unless there are any: from then on it is the moderator's.

    Source: MOD-06, reading A23.
    """
    if ChecklistItem.objects.exists():
        return
    data = tomllib.loads((DATA / "checklist.toml").read_text())
    ChecklistItem.objects.bulk_create(
        ChecklistItem(occasion=occasion, position=position, **translated("text", entry["text"]))
        for occasion in Occasion
        for position, entry in enumerate(data[occasion], 1)
    )


@transaction.atomic
def keep_point(*, actor: User, point: ChecklistItem) -> ChecklistItem:
    """Save a point of the checklist, new or changed.

    Args:
        actor: Who keeps the checklist.
        point: As ``ChecklistItemForm`` has accepted it.

    Raises:
        PermissionDenied: ``actor`` does not moderate.

    Source: MOD-06, reading A23.
    """
    policies.may_prepare_topics(actor).enforce()
    verb = "added" if point.pk is None else "changed"
    point.save()
    audit.record(actor, f"checklist_item.{verb}", point, occasion=point.occasion)
    return point


@transaction.atomic
def retire_point(*, actor: User, point: int, retired: bool) -> ChecklistItem:
    """Take a point off the checklist, or put it back; what was ticked stays.

    Args:
        actor: Who keeps the checklist.
        point: Its id, locked.
        retired: Whether it is taken off.

    Returns:
        The point, as it was where it is so already.

    Raises:
        ChecklistItem.DoesNotExist: There is no such point.
        PermissionDenied: ``actor`` does not moderate.

    Source: MOD-06, MOD-11, reading A23.
    """
    policies.may_prepare_topics(actor).enforce()
    locked = ChecklistItem.objects.select_for_update().get(pk=point)
    if (locked.retired_at is not None) != retired:
        locked.retired_at = timezone.now() if retired else None
        locked.save(update_fields=["retired_at"])
        audit.record(actor, f"checklist_item.{'retired' if retired else 'restored'}", locked)
    return locked


@transaction.atomic
def tick_points(*, actor: User, topic: Topic, occasion: Occasion, points: Collection[int]) -> None:
    """Keep which points of the checklist somebody has seen to for a topic.

    Args:
        actor: Who has.
        topic: Saved.
        occasion: Whose points are meant.
        points: The ids of those that are ticked; the others are not, or no longer.

    Raises:
        PermissionDenied: ``actor`` does not moderate.

    Source: MOD-06, reading A23.
    """
    policies.may_prepare_topics(actor).enforce()
    ticks = ChecklistTick.objects.filter(topic=topic, item__occasion=occasion, item__retired_at=None)
    before = set(ticks.values_list("item", flat=True))
    asked = ChecklistItem.objects.filter(occasion=occasion, retired_at=None, pk__in=points)
    after = set(asked.values_list("pk", flat=True))
    if before == after:
        return
    ticks.exclude(item__in=after).delete()
    new = [ChecklistTick(item_id=pk, topic=topic, ticked_by=actor) for pk in sorted(after - before)]
    ChecklistTick.objects.bulk_create(new, ignore_conflicts=True)
    audit.record(actor, "checklist.ticked", topic, occasion=occasion, points=sorted(after))
