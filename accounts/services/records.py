"""What the Secretariat keeps by hand: each change with its entry in the audit trail."""

from collections.abc import Iterable

from django.db import models, transaction

from accounts import policies
from accounts.models import User
from accounts.services import audit


@transaction.atomic
def keep_record(*, actor: User, record: models.Model, fields: Iterable[str]) -> None:
    """Save a row that a form has accepted.

    Args:
        actor: Who changes it.
        record: The row, new or changed.
        fields: The names of what was changed; the values stay out of the audit trail.

    Raises:
        PermissionDenied: ``actor`` may not change it; the message says why.

    Source: ACC-06.
    """
    policies.may_keep(actor, record).enforce()
    verb = "added" if record._state.adding else "changed"
    record.save()
    audit.record(actor, f"{record._meta.model_name}.{verb}", record, fields=sorted(fields))


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
    audit.record(actor, f"{record._meta.model_name}.deleted", record)
    record.delete()
