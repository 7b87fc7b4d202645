"""Who is told by mail of what, by what they do here."""

from accounts.days import today
from accounts.enums import MailScope, Office, Role
from accounts.models import Mandate, User


def secretariat() -> dict[int, MailScope]:
    """Return whom to tell of what the Secretariat decides on or should know, by id."""
    people = User.objects.active().filter(role=Role.SECRETARIAT)
    return dict.fromkeys(people.values_list("pk", flat=True), MailScope.ACCOUNT)


def focal_points_of(member_state: int | None) -> dict[int, MailScope]:
    """Return whom to tell of what concerns a state, by id; for no state nobody. Source: ACC-11."""
    mandates = Mandate.objects.in_force(today()).filter(office=Office.FOCAL_POINT, member_state=member_state)
    people = User.objects.active().filter(pk__in=mandates.values("user"), member_state=member_state)
    return dict.fromkeys(people.values_list("pk", flat=True), MailScope.ACCOUNT)
