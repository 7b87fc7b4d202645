"""Versions of the protocol of use, and reminding those who have not accepted the one in force."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.days import today
from accounts.enums import MailScope
from accounts.models import Notice, Protocol, User
from accounts.services import audit, outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter


@transaction.atomic
def prepare_version(*, actor: User, in_force_on: date, **texts: str) -> Protocol:
    """Save the next version of the protocol, which is asked for from its day on.

    Args:
        actor: Who prepares it.
        in_force_on: From when it is in force.
        texts: Title, text and what changed, by the names of their columns.

    Returns:
        The saved version.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: Its day is over, or before that of an earlier version.

    Source: OPS-01, CDIP/22/3 para 6.
    """
    policies.may_use_desk(actor).enforce()
    latest = Protocol.objects.select_for_update().order_by("-version").first()
    version = latest.version + 1 if latest else 1
    _check_day(in_force_on, version)
    protocol = Protocol.objects.create(version=version, in_force_on=in_force_on, **texts)
    audit.record(actor, "protocol.prepared", protocol, **_facts_of(protocol))
    return protocol


@transaction.atomic
def change_version(*, actor: User, protocol: Protocol, in_force_on: date, **texts: str) -> Protocol:
    """Change a version that is not in force yet.

    Args:
        actor: Who changes it.
        protocol: Which; locked, so that it does not come into force meanwhile.
        in_force_on: From when it is in force.
        texts: Title, text and what changed, by the names of their columns.

    Returns:
        The saved version.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat, or the version has been in force.
        ValidationError: Its day is over, or not between those of the versions beside it.

    Source: OPS-01, CDIP/22/3 para 6.
    """
    policies.may_use_desk(actor).enforce()
    protocol = Protocol.objects.select_for_update().get(pk=protocol.pk)
    policies.may_keep(actor, protocol).enforce()
    _check_day(in_force_on, protocol.version)
    protocol.in_force_on = in_force_on
    for field, text in texts.items():
        setattr(protocol, field, text)
    protocol.save()
    audit.record(actor, "protocol.changed", protocol, **_facts_of(protocol))
    return protocol


def _check_day(day: date, version: int) -> None:
    if day < today():
        raise ValidationError({"in_force_on": ValidationError(_("Choose today or a day to come."), code="past")})
    earlier = Protocol.objects.filter(version__lt=version, in_force_on__gt=day)
    later = Protocol.objects.filter(version__gt=version, in_force_on__lt=day)
    if earlier.exists() or later.exists():
        message = _("Versions come into force in their order: choose a day between those of the versions beside it.")
        raise ValidationError({"in_force_on": ValidationError(message, code="out_of_order")})


def _facts_of(protocol: Protocol) -> dict[str, Any]:
    languages = [
        language
        for language in settings.MODELTRANSLATION_LANGUAGES
        if getattr(protocol, f"text_{language.replace('-', '_')}")
    ]
    return {"version": protocol.version, "in_force_on": protocol.in_force_on.isoformat(), "languages": languages}


# --- Reminders --------------------------------------------------------------------------------------


@transaction.atomic
def remind_of_protocol() -> int:
    """Remind active people 7 and 21 days after a version came into force, or after they came in; once each.

    Returns:
        How many people are reminded now, or were by an earlier call.

    Source: OPS-01, CDIP/22/3 para 6.
    """
    protocol = Protocol.objects.in_force(today()).first()
    if protocol is None:
        return 0
    asked = 0
    latest_first = sorted(settings.PROTOCOL_REMINDERS, reverse=True)
    not_later_than = None
    for days in latest_first:
        day = today() - timedelta(days=days)
        if protocol.in_force_on <= day:
            people = User.objects.yet_to_accept(protocol).active().filter(created_at__lt=_end_of(day))
            if not_later_than is not None:
                people = people.filter(created_at__gte=not_later_than)
            asked += _remind(people.values_list("pk", flat=True), protocol, str(days))
            not_later_than = _end_of(day)
    return asked


@transaction.atomic
def remind_now(*, actor: User) -> int:
    """Remind everybody who has not accepted the protocol in force; once a day.

    Args:
        actor: Who asks for it.

    Returns:
        How many people are reminded.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
        Protocol.DoesNotExist: No version is in force yet.

    Source: OPS-01, CDIP/22/3 para 6.
    """
    policies.may_use_desk(actor).enforce()
    protocol: Protocol = Protocol.objects.in_force(today())[:1].get()
    people = User.objects.yet_to_accept(protocol).active().values_list("pk", flat=True)
    count = _remind(people, protocol, str(today()))
    audit.record(actor, "protocol.reminded", protocol, version=protocol.version, count=count)
    return count


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), timezone.get_default_timezone())


def _remind(people: Iterable[int], protocol: Protocol, occasion: str) -> int:
    events = [(person, protocol) for person in people]
    outbox.notify_each(events, kind="protocol.reminded", scope=MailScope.ACCOUNT, occasion=occasion)
    return len(events)


def protocol_reminded(notice: Notice) -> Letter | None:
    """Remind somebody of the protocol; nothing once it is accepted, or another version is in force."""
    protocol = Protocol.objects.in_force(today()).first()
    reader = notice.reader
    if protocol is None or protocol.pk != notice.object_id or reader.has_accepted_protocol:
        return None
    subject = _("The protocol of use waits for your acceptance")
    context: dict[str, object] = {"protocol": protocol, "is_first": not reader.acceptances.exists()}
    return write_letter(notice, "accounts/emails/protocol_reminded", subject, context)
