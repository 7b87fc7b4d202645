"""Zoom: meetings by its API, as a server-to-server app, and webhooks signed with a shared secret."""

import hashlib
import hmac
from datetime import UTC
from typing import Any
from urllib.parse import quote, urlencode

import requests
from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from webinars.meetings.base import Guest, Made, MeetingSoftwareError
from webinars.models import Meeting, Webinar

WATCHED = ("MP4", "M4A")  # of the files of a recording, the film first


class Zoom:
    """Zoom with the organisation's account."""

    embeds = False

    def make(self, webinar: Webinar, meeting: Meeting) -> Made:
        if meeting.external_id:
            return Made(meeting.external_id, meeting.address)
        made = self._ask("POST", "/users/me/meetings", self._about(webinar), needed=("id", "join_url"))
        return Made(str(made["id"]), str(made["join_url"]))

    def change(self, webinar: Webinar, meeting: Meeting) -> None:
        if meeting.external_id:
            self._ask("PATCH", f"/meetings/{meeting.external_id}", self._about(webinar))

    def join_address(self, meeting: Meeting, guest: Guest) -> str:
        if not meeting.external_id:
            raise MeetingSoftwareError(_("The meeting is not made yet."))
        if guest.is_organizer:  # the address that starts it acts for the account, and works for two hours only
            return str(self._ask("GET", f"/meetings/{meeting.external_id}", needed=("start_url",))["start_url"])
        return meeting.address

    def recording_formats(self, meeting: Meeting, external_id: str) -> list[dict[str, str]]:
        occurrence = quote(quote(external_id, safe=""), safe="")  # twice, since Zoom takes slashes in it for its own
        told = self._ask("GET", f"/meetings/{occurrence}/recordings")
        passcode = told.get("recording_play_passcode")
        asked = f"?{urlencode({'pwd': passcode})}" if passcode else ""
        watched = [file for file in told.get("recording_files", []) if file.get("play_url")]
        return [
            {"type": kind, "address": f"{file['play_url']}{asked}"}
            for kind in WATCHED
            for file in watched
            if file.get("file_type") == kind
        ]

    @staticmethod
    def is_signed(body: bytes, moment: str, signature: str) -> bool:
        """Tell whether a webhook is Zoom's: its body and moment, signed with the shared secret."""
        message = b"v0:" + moment.encode() + b":" + body
        expected = hmac.new(settings.ZOOM_WEBHOOK_SECRET.encode(), message, hashlib.sha256).hexdigest()
        return bool(settings.ZOOM_WEBHOOK_SECRET) and constant_time_compare(f"v0={expected}", signature)

    @staticmethod
    def proof(plain: str) -> dict[str, str]:
        """Return the answer with which a webhook's address is shown to be ours."""
        proof = hmac.new(settings.ZOOM_WEBHOOK_SECRET.encode(), plain.encode(), hashlib.sha256).hexdigest()
        return {"plainToken": plain, "encryptedToken": proof}

    @staticmethod
    def _about(webinar: Webinar) -> dict[str, Any]:
        if webinar.starts_at is None or webinar.ends_at is None:
            raise MeetingSoftwareError(_("A meeting is made once the webinar has a time."))
        return {
            "topic": webinar.title,
            "type": 2,  # a scheduled meeting
            "start_time": f"{webinar.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "duration": int((webinar.ends_at - webinar.starts_at).total_seconds() // 60),
            "timezone": webinar.zone,
            "settings": {"waiting_room": False, "mute_upon_entry": True, "auto_recording": "cloud"},
        }

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, needed: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token()}"}
        return self._call(method, f"{settings.ZOOM_API_URL}{path}", needed, json=body, headers=headers)

    def _token(self) -> str:
        told = self._call(
            "POST",
            settings.ZOOM_TOKEN_URL,
            ("access_token",),
            params={"grant_type": "account_credentials", "account_id": settings.ZOOM_ACCOUNT_ID},
            auth=(settings.ZOOM_CLIENT_ID, settings.ZOOM_CLIENT_SECRET),
        )
        return str(told["access_token"])

    @staticmethod
    def _call(method: str, url: str, needed: tuple[str, ...], **options: Any) -> dict[str, Any]:
        """Return what Zoom answers, which holds at least what is needed of it.

        Raises:
            MeetingSoftwareError: It refuses, and says why; or it does not answer as it should.
        """
        try:
            answer = requests.request(method, url, timeout=settings.WEBINAR_MEETING_TIMEOUT, **options)
            told = answer.json() if answer.content else {}
        except (requests.RequestException, ValueError) as error:
            raise MeetingSoftwareError(_("Zoom does not answer.")) from error
        if 400 <= answer.status_code < 500 and isinstance(told, dict):
            said = told.get("message") or told.get("reason") or answer.status_code
            raise MeetingSoftwareError(_("Zoom refused: %(message)s") % {"message": said})
        if not answer.ok or not isinstance(told, dict) or not all(told.get(name) for name in needed):
            raise MeetingSoftwareError(_("Zoom does not answer."))
        return told
