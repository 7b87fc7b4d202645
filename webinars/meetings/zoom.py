"""Zoom: meetings by its API, as a server-to-server app, and webhooks signed with a shared secret."""

import hashlib
import hmac
from datetime import UTC
from typing import Any

import requests
from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from webinars.meetings.base import Guest, Made, MeetingSoftwareError
from webinars.models import Meeting, Webinar


class Zoom:
    """Zoom with the organisation's account."""

    embeds = False

    def make(self, webinar: Webinar, meeting: Meeting) -> Made:
        if meeting.external_id:
            return Made(meeting.external_id, meeting.address, meeting.secrets)
        made = self._ask("POST", "/users/me/meetings", self._about(webinar))
        return Made(str(made["id"]), made["join_url"], {"start_url": made["start_url"]})

    def change(self, webinar: Webinar, meeting: Meeting) -> None:
        if meeting.external_id:
            self._ask("PATCH", f"/meetings/{meeting.external_id}", self._about(webinar))

    def join_address(self, meeting: Meeting, guest: Guest) -> str:
        address = meeting.secrets.get("start_url") if guest.is_host else meeting.address
        if not address:
            raise MeetingSoftwareError(_("The meeting is not made yet."))
        return str(address)

    def recording_formats(self, meeting: Meeting, external_id: str) -> list[dict[str, str]]:
        answer = self._ask("GET", f"/meetings/{meeting.external_id}/recordings", None)
        return [
            {"type": found.get("file_type", ""), "address": found.get("play_url", "")}
            for found in answer.get("recording_files", [])
            if found.get("play_url")
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

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        try:
            headers = {"Authorization": f"Bearer {self._token()}"}
            answer = requests.request(
                method,
                f"{settings.ZOOM_API_URL}{path}",
                json=body,
                headers=headers,
                timeout=settings.WEBINAR_MEETING_TIMEOUT,
            )
            answer.raise_for_status()
            return dict(answer.json()) if answer.content else {}
        except (requests.RequestException, ValueError) as error:
            raise MeetingSoftwareError(_("Zoom does not answer.")) from error

    def _token(self) -> str:
        answer = requests.post(
            settings.ZOOM_TOKEN_URL,
            params={"grant_type": "account_credentials", "account_id": settings.ZOOM_ACCOUNT_ID},
            auth=(settings.ZOOM_CLIENT_ID, settings.ZOOM_CLIENT_SECRET),
            timeout=settings.WEBINAR_MEETING_TIMEOUT,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])
