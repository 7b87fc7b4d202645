"""Who is told by mail of what in the programme."""

from collections.abc import Collection

from accounts.days import today
from accounts.enums import MailScope, Office
from accounts.models import Mandate, User


def coordinators(groups: Collection[int] | None = None) -> dict[int, MailScope]:
    """Return the coordinators whose mandate is in force, of some groups or of all, by id. Source: CDIP/30/8 para 7."""
    mandates = Mandate.objects.in_force(today()).filter(office=Office.COORDINATOR)
    if groups is not None:
        mandates = mandates.filter(regional_group__in=groups)
    people = User.objects.active().filter(pk__in=mandates.values("user"))
    return dict.fromkeys(people.values_list("pk", flat=True), MailScope.ACCOUNT)
