"""BigBlueButton: each call carries a checksum of its name, its parameters and the shared secret."""

import hashlib
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from webinars.meetings.base import Guest, Made, MeetingSoftwareError
from webinars.models import Meeting, Webinar

SLACK_MINUTES = 60  # that a meeting may take longer than planned


class BigBlueButton:
    """A BigBlueButton server of the organisation's, by its API."""

    embeds = False

    def __init__(self, url: str, secret: str) -> None:
        self.url, self.secret = url, secret

    def address_of(self, call: str, parameters: dict[str, Any]) -> str:
        """Return the address of one call with its checksum.

        Args:
            call: Its name, such as ``create``.
            parameters: What it takes.
        """
        query = urlencode(parameters)
        checksum = hashlib.sha256(f"{call}{query}{self.secret}".encode()).hexdigest()
        return f"{self.url}/{call}?{query}&checksum={checksum}"

    def make(self, webinar: Webinar, meeting: Meeting) -> Made:
        external_id = meeting.external_id or f"webinar-{webinar.uid}"
        minutes = 0
        if webinar.starts_at is not None and webinar.ends_at is not None:
            minutes = int((webinar.ends_at - webinar.starts_at).total_seconds() // 60) + SLACK_MINUTES
        back = f"{settings.PUBLIC_URL}{webinar.get_absolute_url()}"
        calls_back = {
            name: f"{settings.PUBLIC_URL}{reverse(f'webinars:{address}', args=[meeting.pk])}"
            for name, address in (
                ("meta_bbb-recording-ready-url", "bigbluebutton_recording"),
                ("meta_analytics-callback-url", "bigbluebutton_attendance"),
            )
        }
        self._call(
            "create",
            {
                "name": webinar.title,
                "meetingID": external_id,
                "record": "true",
                "duration": minutes,
                "muteOnStart": "true",
                "guestPolicy": "ALWAYS_ACCEPT",
                "logoutURL": back,
                **calls_back,
            },
        )
        return Made(external_id)

    def change(self, webinar: Webinar, meeting: Meeting) -> None:
        """Do nothing: a meeting is made anew when somebody joins, with the title and time of then."""

    def join_address(self, meeting: Meeting, guest: Guest) -> str:
        self.make(meeting.webinar, meeting)  # a meeting that nobody has joined for some time is gone there
        return self.address_of(
            "join",
            {
                "fullName": guest.name,
                "meetingID": meeting.external_id,
                "userID": guest.key,
                "role": "MODERATOR" if guest.is_host else "VIEWER",
                "redirect": "true",
            },
        )

    def recording_formats(self, meeting: Meeting, external_id: str) -> list[dict[str, str]]:
        answer = self._call("getRecordings", {"recordID": external_id})
        return [
            {"type": found.findtext("type", ""), "address": (found.findtext("url") or "").strip()}
            for found in answer.iterfind("recordings/recording/playback/format")
        ]

    def signed(self, token: str) -> dict[str, Any]:
        """Return what a callback says, which the server has signed with the shared secret.

        Raises:
            MeetingSoftwareError: The signature is not the server's.
        """
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self.secret, algorithms=["HS256", "HS512"], options={"verify_aud": False}
            )
        except jwt.InvalidTokenError as error:
            raise MeetingSoftwareError("A callback is not signed with the shared secret.") from error
        return claims

    def _call(self, call: str, parameters: dict[str, Any]) -> ET.Element:
        try:
            answer = requests.get(self.address_of(call, parameters), timeout=settings.WEBINAR_MEETING_TIMEOUT)
            answer.raise_for_status()
            if b"<!" in answer.content:
                raise MeetingSoftwareError(_("BigBlueButton does not answer."))
            root = ET.fromstring(answer.content)  # noqa: S314 - no DTD, as was just seen
        except (requests.RequestException, ET.ParseError) as error:
            raise MeetingSoftwareError(_("BigBlueButton does not answer.")) from error
        if root.findtext("returncode") != "SUCCESS":
            said = root.findtext("messageKey") or root.findtext("message") or ""
            raise MeetingSoftwareError(_("BigBlueButton refused: %(message)s") % {"message": said})
        return root
