"""Member states, regional groups and the first protocol of use, from the data that ships with the forum."""

import csv
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

from babel import Locale
from django.conf import settings
from django.db import transaction

from accounts.models import MemberState, Protocol, RegionalGroup

DATA = Path(__file__).resolve().parent.parent / "data"

_loaders: list[Callable[[], None]] = []


def register(loader: Callable[[], None]) -> None:
    """Have ``loader`` save what an app above this one starts with; loading again may repair and adds nothing twice."""
    _loaders.append(loader)


def load_registered() -> None:
    """Save what the apps above this one start with, after member states and protocol."""
    for loader in _loaders:
        loader()


@transaction.atomic
def load_member_states() -> int:
    """Save the member states with their groups and their names in six languages: WIPO's own, else CLDR's.

    Returns:
        How many member states there are; loading again changes nothing but corrected names.

    Source: ACC-04, FOR-26.
    """
    groups = {}
    for entry in tomllib.loads((DATA / "regional_groups.toml").read_text())["group"]:
        groups[entry["key"]], _new = RegionalGroup.objects.update_or_create(
            key=entry["key"], defaults=translated("name", entry["name"])
        )
    with (DATA / "member_states.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    official = tomllib.loads((DATA / "official_names.toml").read_text())
    known = {state.code: state for state in MemberState.objects.all()}
    states = []
    for row in rows:
        state = known.get(row["iso2"], MemberState(code=row["iso2"]))
        state.group = groups.get(row["regional_group"])
        names = {"en": row["name_en"].replace("'", "’"), **official.get(row["iso2"], {})}
        for language in settings.MODELTRANSLATION_LANGUAGES:
            name = names.get(language) or Locale.parse(language, sep="-").territories.get(row["iso2"], row["name_en"])
            setattr(state, f"name_{language.replace('-', '_')}", name)
        states.append(state)
    fields = [f"name_{language.replace('-', '_')}" for language in settings.MODELTRANSLATION_LANGUAGES]
    MemberState.objects.bulk_create(
        states, update_conflicts=True, unique_fields=["code"], update_fields=["name", "group", *fields]
    )
    return len(states)


def load_protocol(in_force_on: date) -> Protocol:
    """Save the first version of the protocol of use, without which nobody may enter; unless there is one.

    Args:
        in_force_on: From when it is in force.

    Returns:
        The latest version.

    Source: OPS-01, CDIP/22/3 para 6.
    """
    latest = Protocol.objects.order_by("-version").first()
    if latest is not None:
        return latest
    data = tomllib.loads((DATA / "protocol.toml").read_text())
    texts = translated("title", data["title"]) | translated("text", data["text"])
    return Protocol.objects.create(version=1, in_force_on=in_force_on, **texts)


def translated(field: str, texts: dict[str, str]) -> dict[str, str]:
    """Return a translated field's values by the names of its columns.

    Args:
        field: The field's name.
        texts: Its texts by language; ``zh`` stands for simplified Chinese.
    """
    return {f"{field}_{'zh_hans' if language == 'zh' else language}": text for language, text in texts.items()}
