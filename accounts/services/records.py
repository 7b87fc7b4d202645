"""What the Secretariat keeps by hand: each change with its entry in the audit trail."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from accounts import policies
from accounts.models import User
from accounts.services import audit
from accounts.services.sessions import end_sessions

CLOSED_LISTS = {"role", "status"}  # what decides on access; a gender is nobody's business here


@transaction.atomic
def keep_record(*, actor: User, record: models.Model, fields: Iterable[str]) -> None:
    """Save a row that a form has accepted.

    Args:
        actor: Who changes it.
        record: The row, new or changed.
        fields: The names of what was changed. Of the values, the audit trail keeps those that are ids and
            days, and the closed lists that decide on access; words stay out of it.

    Raises:
        PermissionDenied: ``actor`` may not change it; the message says why.

    Source: ACC-06.
    """
    policies.may_keep(actor, record).enforce()
    verb = "added" if record._state.adding else "changed"
    record.save()
    changed = sorted(fields)
    audit.record(actor, f"{record._meta.model_name}.{verb}", record, fields=changed, **_facts_of(record, changed))
    if isinstance(record, User) and verb == "changed" and not record.is_active:
        end_sessions(record)


@transaction.atomic
def discard_record(*, actor: User, record: models.Model) -> None:
    """Delete a row that nothing else stands on.

    Args:
        actor: Who deletes it.
        record: The row.

    Raises:
        PermissionDenied: ``actor`` may not change it; the message says why.
        ProtectedError: Something stands on it.

    Source: ACC-06.
    """
    policies.may_keep(actor, record).enforce()
    everything = [field.name for field in record._meta.concrete_fields]
    audit.record(actor, f"{record._meta.model_name}.deleted", record, **_facts_of(record, everything))
    record.delete()


def _facts_of(record: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Return whose the row is, and the ids, days and closed lists of access among the fields named."""
    fields = {field.name: field for field in record._meta.concrete_fields}
    kept = [
        fields[name]
        for name in names
        if name in CLOSED_LISTS or isinstance(fields.get(name), models.ForeignKey | models.DateField)
    ]
    values = {field.name: field.value_to_string(record) if field.value_from_object(record) else None for field in kept}
    facts: dict[str, Any] = {"values": values} if values else {}
    person = getattr(record, "user_id", None)
    return facts | ({"person": person} if person else {})
