"""Member states and regional groups, from the data that ships with the forum."""

import csv
import tomllib
from pathlib import Path

from babel import Locale
from django.conf import settings
from django.db import transaction

from accounts.models import MemberState, RegionalGroup

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_member_states() -> int:
    """Save the member states with their groups and their names in six languages (CLDR, through Babel).

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
    known = {state.code: state for state in MemberState.objects.all()}
    states = []
    for row in rows:
        state = known.get(row["iso2"], MemberState(code=row["iso2"]))
        state.group = groups.get(row["regional_group"])
        for language in settings.MODELTRANSLATION_LANGUAGES:
            name = Locale.parse(language, sep="-").territories.get(row["iso2"], row["name_en"])
            setattr(state, f"name_{language.replace('-', '_')}", name)
        states.append(state)
    fields = [f"name_{language.replace('-', '_')}" for language in settings.MODELTRANSLATION_LANGUAGES]
    MemberState.objects.bulk_create(
        states, update_conflicts=True, unique_fields=["code"], update_fields=["name", "group", *fields]
    )
    return len(states)


def translated(field: str, texts: dict[str, str]) -> dict[str, str]:
    """Return a translated field's values by the names of its columns.

    Args:
        field: The field's name.
        texts: Its texts by language; ``zh`` stands for simplified Chinese.
    """
    return {f"{field}_{'zh_hans' if language == 'zh' else language}": text for language, text in texts.items()}
