"""What the protocol of use asks of outsiders, from the data that ships with the forum."""

import tomllib
from pathlib import Path

from accounts.models import Protocol
from accounts.services.reference import translated
from moderation.models import AdmissionCriterion

DATA = Path(__file__).resolve().parent.parent / "data"


def load_criteria() -> None:
    """Save the criteria of the first version of the protocol, unless it has any. Source: ACC-06, OPS-01."""
    first = Protocol.objects.filter(version=1).first()
    if first is None or first.criteria.exists():
        return
    entries = tomllib.loads((DATA / "criteria.toml").read_text())["criterion"]
    AdmissionCriterion.objects.bulk_create(
        AdmissionCriterion(protocol=first, position=position, **translated("text", texts))
        for position, texts in enumerate(entries)
    )
