"""Regions and scope areas, from the data that ships with the forum."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import MemberState, RegionalGroup
from accounts.services.reference import translated
from webinars.enums import Scheme
from webinars.models import Region, ScopeArea

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_programme() -> None:
    """Save the regions and the scope areas that are missing; what the Secretariat has changed stays.

    Source: WEB-12, WEB-15, reading A10, CDIP/30/8 paras 9, 13.
    """
    for position, group in enumerate(RegionalGroup.objects.order_by("pk")):
        names = {
            f"name_{code}": getattr(group, f"name_{code}")
            for code in (language.replace("-", "_") for language in settings.MODELTRANSLATION_LANGUAGES)
        }
        Region.objects.get_or_create(
            scheme=Scheme.GROUPS, group=group, defaults={"key": f"group-{group.pk}", "position": position, **names}
        )
    for position, entry in enumerate(tomllib.loads((DATA / "regions.toml").read_text())["region"]):
        region, is_new = Region.objects.get_or_create(
            scheme=Scheme.REGIONS,
            key=entry["key"],
            defaults={"position": position, **translated("name", entry["name"])},
        )
        if is_new:
            region.states.set(MemberState.objects.filter(code__in=entry["states"].split()))
    for position, entry in enumerate(tomllib.loads((DATA / "scope_areas.toml").read_text())["area"]):
        ScopeArea.objects.get_or_create(
            letter=entry["letter"], defaults={"position": position, **translated("name", entry["name"])}
        )
