"""Celery's way into the accounts app."""

from celery import shared_task
from django.core.management import call_command

from accounts.services import archives, audit, circulars, contacts, leaving, outbox, protocols, requests, terms


@shared_task
def deliver_notices() -> int:
    """Send the notices that are due: woken by each commit, and once a minute by the clock."""
    return outbox.deliver_due()


@shared_task
def clear_sessions() -> None:
    """Forget the sessions that have expired; asked once a day."""
    call_command("clearsessions")


@shared_task
def seal_audit() -> int:
    """Seal what was added to the audit trail; asked every minute."""
    return audit.seal()


@shared_task
def prepare_archives() -> int:
    """Gather the data that people asked for: woken by each request, and once a minute by the clock."""
    return archives.prepare_waiting()


@shared_task
def discard_personal_data() -> None:
    """Delete what is kept for some days only: archives, and the addresses of those who left; asked once a day."""
    archives.discard_expired()
    archives.discard_strays()
    leaving.forget_last_letters()


@shared_task
def tell_of_endings() -> int:
    """Tell of mandates, periods and admissions that end soon; asked once a day."""
    return terms.tell_of_endings()


@shared_task
def tell_of_requests() -> int:
    """Tell the Secretariat of requests that wait; asked often, so that the first of a day is told of soon."""
    return requests.tell_of_requests()


@shared_task
def end_what_is_over() -> int:
    """Record what ended, and sign out those who had nothing else."""
    return terms.end_what_is_over()


@shared_task
def remind_of_protocol() -> int:
    """Remind those who have not accepted the protocol in force; asked once a day."""
    return protocols.remind_of_protocol()


@shared_task
def keep_contacts() -> None:
    """Ask organisations each year whether they still agree, and forget what is over; asked some times a day."""
    contacts.ask_each_year()
    contacts.discard_unconfirmed()
    circulars.discard_old_circulars()
