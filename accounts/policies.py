"""Who may change what is known about participants, and why not."""

from django.db import models
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.models import Protocol, User
from accounts.verdicts import ALLOWED, Verdict


def may_keep(actor: User, record: models.Model) -> Verdict:
    """Judge whether ``actor`` may change ``record`` by hand. Source: ACC-02, ACC-06, OPS-01."""
    if not actor.is_staff:
        return Verdict(_("Only the Secretariat keeps these records."))
    if isinstance(record, User) and record.pk == actor.pk:
        return Verdict(_("Ask a colleague to change your own account here; your profile page is yours to change."))
    if isinstance(record, Protocol) and is_settled(record):
        return Verdict(_("A protocol that is in force is not changed: add a new version."))
    return ALLOWED


def is_settled(protocol: Protocol) -> bool:
    """Tell whether a version has been in force or accepted, so that its words stand. Source: OPS-01."""
    if protocol.pk is None:
        return False
    kept = Protocol.objects.filter(pk=protocol.pk)
    return kept.filter(in_force_on__lte=today()).exists() or protocol.acceptances.exists()
