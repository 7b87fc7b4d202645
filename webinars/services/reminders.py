"""Reminders by rules: one row for each person, whose time follows the webinar's."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.services import outbox
from webinars.enums import DeliveryState, RegistrationState, ReminderMoment, WebinarState
from webinars.models import Registration, Reminder, ReminderRule, Webinar

OFF = (WebinarState.CANCELLED, WebinarState.POSTPONED)


def rules_of(webinar: Webinar) -> list[ReminderRule]:
    """Return the rules of a webinar; those of the settings are made its own when it has none yet."""
    rules = list(webinar.reminder_rules.all())
    if not rules:
        made = [ReminderRule(webinar=webinar, moment=moment, minutes=n) for moment, n in settings.WEBINAR_REMINDERS]
        ReminderRule.objects.bulk_create(made, ignore_conflicts=True)
        rules = list(webinar.reminder_rules.all())
    return rules


def due_at(rule: ReminderRule, webinar: Webinar) -> datetime:
    """Return when a rule has those registered written to.

    Raises:
        ValueError: The webinar has no time.
    """
    if webinar.starts_at is None or webinar.ends_at is None:
        raise ValueError("A webinar without a time reminds nobody.")
    before = timedelta(minutes=rule.minutes)
    return webinar.starts_at - before if rule.moment == ReminderMoment.START else webinar.ends_at + before


def schedule(registration: Registration) -> None:
    """Add the reminders of somebody who has a place; those whose moment has passed are missed. Source: workflow 2.7."""
    webinar = registration.webinar
    if webinar.starts_at is None:
        return
    now = timezone.now()
    reminders = []
    for rule in rules_of(webinar):
        due = due_at(rule, webinar)
        state = DeliveryState.MISSED if due <= now else DeliveryState.SCHEDULED
        settled_at = now if due <= now else None
        reminders.append(Reminder(rule=rule, registration=registration, due_at=due, state=state, settled_at=settled_at))
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)


def drop(registration: Registration) -> None:
    """Have somebody not reminded any more."""
    registration.reminders.filter(state=DeliveryState.SCHEDULED).update(
        state=DeliveryState.DROPPED, settled_at=timezone.now()
    )


def follow_change(webinar: Webinar) -> None:
    """Move the reminders of a webinar to where its new time has them; of one that is off, drop them.

    Args:
        webinar: As it is now.

    Source: workflow 2.7.
    """
    waiting = Reminder.objects.filter(rule__webinar=webinar, state=DeliveryState.SCHEDULED)
    if webinar.state in OFF or webinar.starts_at is None:
        waiting.update(state=DeliveryState.DROPPED, settled_at=timezone.now())
        return
    missed = Reminder.objects.filter(rule__webinar=webinar, state__in=[DeliveryState.MISSED, DeliveryState.DROPPED])
    entitled = webinar.registrations.entitled().values("pk")
    for rule in rules_of(webinar):
        due = due_at(rule, webinar)
        waiting.filter(rule=rule).update(due_at=due)
        if due > timezone.now():  # the webinar was put off, so what was missed is still to come
            again = missed.filter(rule=rule, registration__in=entitled)
            again.update(state=DeliveryState.SCHEDULED, due_at=due, settled_at=None)


def send_due(limit: int = 5_000) -> int:
    """Hand over the reminders whose moment has come, each once however many workers there are.

    Args:
        limit: The most in one go.

    Returns:
        How many were dealt with: handed over, missed or dropped.

    Source: workflow 2.7.
    """
    dealt_with = 0
    while dealt_with < limit and _send_one():
        dealt_with += 1
    return dealt_with


@transaction.atomic
def _send_one() -> bool:
    now = timezone.now()
    due = Reminder.objects.filter(state=DeliveryState.SCHEDULED, due_at__lte=now)
    reminder = (
        due.select_related("registration__webinar", "rule")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("due_at", "pk")
        .first()
    )
    if reminder is None:
        return False
    registration = reminder.registration
    if registration.state != RegistrationState.CONFIRMED or registration.webinar.state in OFF:
        reminder.state = DeliveryState.DROPPED
    elif now > reminder.due_at + settings.WEBINAR_REMINDER_IS_LATE and reminder.rule.moment == ReminderMoment.START:
        reminder.state = DeliveryState.MISSED
    else:
        reminder.state = DeliveryState.SENT
        outbox.notify_address(
            registration.email,
            language=registration.language,
            kind="registration.reminded",
            about=reminder,
            occasion=f"{reminder.due_at:%Y%m%d%H%M}",
        )
    reminder.settled_at = now
    reminder.save(update_fields=["state", "settled_at"])
    return True
