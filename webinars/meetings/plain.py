"""Meetings that somebody has made elsewhere: an address, or a stream to embed."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from webinars.meetings.base import Guest, Made, MeetingSoftwareError
from webinars.models import Meeting, Webinar


class Link:
    """An address of any meeting software, the same for everybody."""

    embeds = False

    def make(self, webinar: Webinar, meeting: Meeting) -> Made:
        return Made(meeting.external_id, meeting.address, meeting.secrets)

    def change(self, webinar: Webinar, meeting: Meeting) -> None:
        return None

    def join_address(self, meeting: Meeting, guest: Guest) -> str:
        if not meeting.address:
            raise MeetingSoftwareError(_("The address of the meeting is not set yet."))
        return meeting.address

    def recording_formats(self, meeting: Meeting, external_id: str) -> list[dict[str, str]]:
        return []


class Stream(Link):
    """A stream shown inside our page, from hosts that the settings name."""

    embeds = True

    def join_address(self, meeting: Meeting, guest: Guest) -> str:
        address = super().join_address(meeting, guest)
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" not in settings.STREAM_HOSTS:
            raise MeetingSoftwareError(_("Streams of this host are not shown here."))
        return address
