"""Webinars as calendar entries (RFC 5545), which never say how to join. Source: workflow 2.7."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone, vText

from webinars.enums import RegistrationState, WebinarState
from webinars.models import Registration, Webinar

MEDIA_TYPE = "text/calendar; charset=utf-8"
REMINDS = timedelta(minutes=15)  # before the start
ZONES_KNOWN = timedelta(days=366)  # each side of an event, that its zone's rules are given for


def event_of(webinar: Webinar, *, address: str, registration: Registration | None = None) -> Event:
    """Return a webinar as an entry whose id stays and whose version rises with each change.

    Args:
        webinar: With its time.
        address: Where to read more: the public page, or the page of one registration.
        registration: Whose own entry it is, which reminds them; None for everybody's.
    """
    event = Event()
    event.add("uid", f"{webinar.uid}@{settings.MAIL_DOMAIN}")
    event.add("sequence", webinar.sequence)
    event.add("dtstamp", timezone.now())
    event.add("last-modified", webinar.changed_at)
    event.add("dtstart", _in_zone(webinar.starts_at, webinar))
    event.add("dtend", _in_zone(webinar.ends_at, webinar))
    event.add("summary", webinar.title)
    event.add("description", _("How to take part: %(address)s") % {"address": address})
    event.add("url", address)
    off = webinar.state in {WebinarState.CANCELLED, WebinarState.POSTPONED}
    off |= registration is not None and registration.state == RegistrationState.CANCELLED
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    if registration is not None and not off:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", webinar.title)
        alarm.add("trigger", -REMINDS)
        event.add_component(alarm)
    return event


def calendar_of(events: Iterable[tuple[Webinar, Event]], *, name: str, method: str = "PUBLISH") -> bytes:
    """Return a calendar of events, with the rules of their zones around them.

    Args:
        events: Each with its webinar.
        name: Of the calendar, as calendar programs show it.
        method: ``PUBLISH``, or ``REQUEST`` and ``CANCEL`` for one person's entry.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.MAIL_DOMAIN}//Webinars//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar["x-wr-calname"] = vText(name)
    events = list(events)
    for zone in sorted({webinar.zone for webinar, _event in events}):
        moments = [webinar.starts_at for webinar, _event in events if webinar.zone == zone and webinar.starts_at]
        calendar.add_component(
            Timezone.from_tzid(
                zone,
                first_date=(min(moments) - ZONES_KNOWN).date(),
                last_date=(max(moments) + ZONES_KNOWN).date(),
            )
        )
    for _webinar, event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _in_zone(moment: datetime | None, webinar: Webinar) -> datetime:
    if moment is None:
        raise ValueError("A webinar without a time is in no calendar.")
    return moment.astimezone(webinar.tz)
