"""The organisation's own meeting software, behind one interface. Source: WEB-19, CDIP/30/8 para 16."""

from django.conf import settings

from webinars.enums import Provider
from webinars.meetings.base import MeetingSoftware
from webinars.meetings.bigbluebutton import BigBlueButton
from webinars.meetings.jitsi import Jitsi
from webinars.meetings.plain import Link, Stream
from webinars.meetings.zoom import Zoom


def software(provider: str) -> MeetingSoftware:
    """Return what speaks to a kind of meeting software, as the settings have it."""
    if provider == Provider.BIGBLUEBUTTON:
        return BigBlueButton(settings.BIGBLUEBUTTON_URL, settings.BIGBLUEBUTTON_SECRET)
    if provider == Provider.ZOOM:
        return Zoom()
    if provider == Provider.JITSI:
        return Jitsi(settings.JITSI_URL, settings.JITSI_APP_ID, settings.JITSI_APP_SECRET)
    return Stream() if provider == Provider.STREAM else Link()


def offered() -> list[Provider]:
    """Return the kinds of meeting software that are set up here."""
    is_set = {
        Provider.LINK: True,
        Provider.BIGBLUEBUTTON: bool(settings.BIGBLUEBUTTON_URL and settings.BIGBLUEBUTTON_SECRET),
        Provider.ZOOM: bool(settings.ZOOM_ACCOUNT_ID and settings.ZOOM_CLIENT_ID and settings.ZOOM_CLIENT_SECRET),
        Provider.JITSI: bool(settings.JITSI_URL),
        Provider.STREAM: bool(settings.STREAM_HOSTS),
    }
    return [provider for provider in Provider if is_set[provider]]
