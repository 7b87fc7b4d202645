"""Categories, steps and core rooms, from the data that ships with the forum."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.services.reference import translated
from forum.models import Category, Room, Step
from forum.services.rooms import room_names

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_structure() -> None:
    """Save the six categories, the four steps and the core rooms; loading again repairs names only.

    Source: LIB-02, LIB-03, FOR-04, CDIP/22/3 para 7.
    """
    data = tomllib.loads((DATA / "categories.toml").read_text())
    for model, entries in ((Category, data["category"]), (Step, data["step"])):
        for position, entry in enumerate(entries):
            model.objects.update_or_create(
                slug=entry["slug"], defaults={"position": position, **translated("name", entry["name"])}
            )
    for position, language in enumerate(settings.CORE_LANGUAGES):
        defaults = {"is_core": True, "position": position, **room_names(language)}
        Room.objects.get_or_create(language=language, defaults=defaults)
