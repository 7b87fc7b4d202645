"""Writing the audit trail."""

from typing import Any

from django.db import models

from accounts.models import AuditEntry, User


def record(actor: User | None, action: str, subject: models.Model, **facts: Any) -> AuditEntry:
    """Keep that ``actor`` did ``action`` to ``subject``, in the transaction of the change itself.

    Args:
        actor: Who did it; None when the forum acted on its clock.
        action: Noun and past verb, such as ``post.published``.
        subject: What it was done to; kept as kind and id.
        facts: What a later reader needs: ids, dates, reasons of decisions, never what people wrote.

    Returns:
        The saved entry.

    Source: ACC-03, ACC-06.
    """
    return AuditEntry.objects.create(
        actor=actor, action=action, subject=f"{subject._meta.label_lower}:{subject.pk}", facts=facts
    )
