"""Sample activities of the catalogue, and what one state thinks of for its national plan."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import MemberState, RegionalGroup
from accounts.services.reference import translated
from forum.models import Activity, ActivityInterest, Category

CONTENT = Path(__file__).resolve().parent / "content" / "activities.toml"
CHOOSING, CHOSEN = "KE", 2


def load_activities() -> None:
    """Save the activities, unless there are some; one that was never reviewed is not in the catalogue yet."""
    if Activity.objects.exists():
        return
    for about in tomllib.loads(CONTENT.read_text())["activities"]:
        groups, days_ago = about.pop("groups"), about.pop("reviewed_days_ago", None)
        at = timezone.now() - timedelta(days=days_ago) if days_ago is not None else None
        category = Category.objects.get(slug=about.pop("category"))
        activity = Activity.objects.create(category=category, published_at=at, reviewed_at=at, **_columns(about))
        activity.groups.set(RegionalGroup.objects.filter(key__in=groups))
    state = MemberState.objects.get(code=CHOOSING)
    for activity in Activity.objects.published().order_by("pk")[:CHOSEN]:
        ActivityInterest.objects.create(member_state=state, activity=activity)


def _columns(about: dict[str, Any]) -> dict[str, Any]:
    """Return what an activity is made of, each text in a column for each language."""
    columns: dict[str, Any] = {}
    for name, value in about.items():
        columns |= translated(name, value) if isinstance(value, dict) else {name: value}
    return columns
