"""Celery's way into the webinar programme."""

from celery import shared_task

from webinars.services import answers, campaigns, cycles, feedback, meetings, registrations, reminders, webinars


@shared_task
def close_answers() -> int:
    """Close the answers whose deadline is over; asked by the clock every minute."""
    return cycles.close_due()


@shared_task
def remind_coordinators() -> int:
    """Remind the coordinators whose group has not handed in; asked by the clock, each occasion is told once."""
    return cycles.remind_coordinators()


@shared_task
def follow_clock() -> int:
    """Begin and end the webinars whose time has come; asked by the clock every minute."""
    return webinars.follow_clock()


@shared_task
def remind_registered() -> int:
    """Hand over the reminders whose moment has come; asked by the clock each minute."""
    return reminders.send_due()


@shared_task
def offer_places() -> int:
    """Offer places that are free, or were offered in vain, to those who wait."""
    return registrations.offer_due_places()


@shared_task
def discard_registrations() -> int:
    """Forget what nobody confirmed, and names and addresses whose time is over; asked daily."""
    return registrations.discard_old()


@shared_task
def make_meetings() -> int:
    """Make the meetings of announced webinars, and ask for new recordings; asked by the clock each five minutes."""
    return meetings.make_due_meetings() + meetings.fetch_recordings()


@shared_task
def remind_of_answers() -> int:
    """Remind those who see to written answers; each occasion is told once."""
    return answers.remind_owners()


@shared_task
def ask_experts() -> int:
    """Ask the experts of webinars held for their feedback, each once."""
    return feedback.ask_experts()


@shared_task
def tell_earlier() -> int:
    """Hand over the mails that tell earlier participants of a webinar; asked by the clock each minute."""
    return campaigns.send_due()
