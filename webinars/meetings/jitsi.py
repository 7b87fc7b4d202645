"""Jitsi Meet on a server of one's own: rooms by name, with a token for each person where the server asks for one."""

from datetime import timedelta
from typing import Any

import jwt
from django.utils import timezone

from webinars.meetings.base import Guest, Made
from webinars.meetings.plain import Link
from webinars.models import Meeting, Webinar

TOKEN_LASTS = timedelta(hours=6)


class Jitsi(Link):
    """A room whose name cannot be guessed."""

    def __init__(self, url: str, app_id: str, app_secret: str) -> None:
        self.url, self.app_id, self.app_secret = url, app_id, app_secret

    def make(self, webinar: Webinar, meeting: Meeting) -> Made:
        room = meeting.external_id or f"webinar-{webinar.uid.hex}"
        return Made(room, f"{self.url}/{room}")

    def join_address(self, meeting: Meeting, guest: Guest) -> str:
        address = super().join_address(meeting, guest)
        if not self.app_secret:
            return address
        now = timezone.now()
        claims: dict[str, Any] = {
            "aud": "jitsi",
            "iss": self.app_id,
            "sub": "*",
            "room": meeting.external_id,
            "nbf": int((now - timedelta(minutes=1)).timestamp()),
            "exp": int((now + TOKEN_LASTS).timestamp()),
            "context": {"user": {"id": guest.key, "name": guest.name, "moderator": guest.is_host}},
        }
        return f"{address}?jwt={jwt.encode(claims, self.app_secret, algorithm='HS256')}"
