"""Meetings in the organisation's own software: made, followed, joined, and what the software reports."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from accounts.services import audit
from webinars.enums import MaterialKind, Provider, Translation, WebinarState
from webinars.meetings import software
from webinars.meetings.base import Guest, MeetingSoftwareError
from webinars.models import Engagement, Material, Meeting, Recording, Registration, Webinar
from webinars.policies import meetings as policies
from webinars.policies.registrations import may_manage
from webinars.services import attendance
from webinars.services.webinars import changed, locked_webinar
from webinars.signals import Change

logger = logging.getLogger(__name__)

EXPERT_SALT = "webinars.expert.join"
TYPED = (Provider.LINK, Provider.STREAM)
"""What is at an address that somebody types; other software makes its own."""


@transaction.atomic
def keep_meeting(*, actor: User, webinar: Webinar, values: Mapping[str, str]) -> Meeting:
    """Keep where a webinar takes place; whoever has a place is told where that changes after it was announced.

    Args:
        actor: Who says so.
        webinar: Which one; it is locked.
        values: By name of the field, as ``MeetingForm`` has accepted them; an address counts where it is typed, and
            not where the software makes it.

    Returns:
        The saved meeting; what another kind of software had made is forgotten.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not of the Secretariat.

    Source: WEB-17, WEB-19, workflow 2.7.
    """
    may_manage(actor).enforce()
    found = locked_webinar(actor, webinar.pk)
    meeting = Meeting.objects.select_for_update().filter(webinar=found).first() or Meeting(webinar=found)
    before = (meeting.provider, meeting.address) if meeting.pk else None
    if before is not None and meeting.provider != values["provider"]:
        meeting.external_id, meeting.address, meeting.secrets, meeting.created_there_at = "", "", {}, None
    if values["provider"] in TYPED:
        meeting.address = values["address"]
    for name in ("provider", "fallback_address", "telephone"):
        setattr(meeting, name, values[name])
    meeting.attempts, meeting.last_error = 0, ""
    meeting.save()
    audit.record(actor, "meeting.kept", meeting, provider=meeting.provider)
    is_moved = before is not None and before != (meeting.provider, meeting.address)
    if is_moved and found.state in {WebinarState.ANNOUNCED, WebinarState.LIVE}:
        changed(found, Change.PLACE)
    return meeting


def make_meeting(pk: int) -> bool:
    """Have the software make a meeting; what fails is tried again, up to a number of times.

    Args:
        pk: The meeting's id.

    Returns:
        Whether it is there.

    Source: WEB-19.
    """
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update(of=("self",)).select_related("webinar").get(pk=pk)
        if meeting.created_there_at is not None:
            return True
        meeting.attempts += 1
        try:
            made = software(meeting.provider).make(meeting.webinar, meeting)
        except MeetingSoftwareError as error:
            meeting.last_error = str(error)[:200]
            logger.error("Meeting %s could not be made", meeting.pk)
        else:
            meeting.external_id, meeting.address, meeting.secrets = made.external_id, made.address, made.secrets
            meeting.created_there_at, meeting.last_error = timezone.now(), ""
        meeting.save()
    return meeting.created_there_at is not None


def make_due_meetings() -> int:
    """Make the meetings of announced webinars that are not there yet.

    Returns:
        How many are there because of this call.

    Source: WEB-19.
    """
    waiting = Meeting.objects.filter(
        created_there_at=None,
        attempts__lt=settings.WEBINAR_MEETING_ATTEMPTS,
        webinar__state=WebinarState.ANNOUNCED,
        webinar__starts_at__isnull=False,
    )
    return sum(make_meeting(pk) for pk in waiting.values_list("pk", flat=True))


def follow_change(webinar: Webinar) -> None:
    """Tell the meeting software of a new time or title after the commit.

    Args:
        webinar: As it is now.

    Source: WEB-19.
    """
    meeting = Meeting.objects.filter(webinar=webinar).exclude(created_there_at=None).first()
    if meeting is not None:
        transaction.on_commit(lambda: _change(meeting, webinar), robust=True)


def _change(meeting: Meeting, webinar: Webinar) -> None:
    try:
        software(meeting.provider).change(webinar, meeting)
    except MeetingSoftwareError as error:
        Meeting.objects.filter(pk=meeting.pk).update(last_error=str(error)[:200])
        logger.error("Meeting %s could not be changed", meeting.pk)


# --- Joining ------------------------------------------------------------------------------------------


def join(registration: Registration) -> str:
    """Return the way in for somebody with a place, and keep that they took it.

    Args:
        registration: With its webinar.

    Returns:
        An address that is theirs alone to use.

    Raises:
        PermissionDenied: They have no place, or it is too early or too late.
        MeetingSoftwareError: The software does not let anybody in.

    Source: WEB-19, workflow 2.7.
    """
    policies.may_join(registration, timezone.now()).enforce()
    guest = Guest(key=f"r{registration.pk}", name=registration.full_name)
    address = _way_in(registration.webinar, guest)
    attendance.note_join(registration)
    return address


def join_as_host(*, actor: User, webinar: Webinar) -> str:
    """Return the way in for the Secretariat, which runs the meeting.

    Args:
        actor: Who joins.
        webinar: Which one.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
        MeetingSoftwareError: The software does not let anybody in.

    Source: WEB-17, WEB-19.
    """
    may_manage(actor).enforce()
    return _way_in(webinar, Guest(f"u{actor.pk}", actor.full_name, is_host=True, is_organizer=True))


def join_as_expert(engagement: Engagement) -> str:
    """Return the way in for an expert.

    Args:
        engagement: With its webinar.

    Raises:
        PermissionDenied: It is too early or too late.
        MeetingSoftwareError: The software does not let anybody in.

    Source: WEB-17, WEB-19.
    """
    policies.is_open(engagement.webinar, timezone.now()).enforce()
    return _way_in(engagement.webinar, Guest(key=f"e{engagement.pk}", name=engagement.full_name, is_host=True))


def expert_token(engagement: Engagement) -> str:
    """Return what an expert's own link to join holds."""
    return signing.dumps(engagement.pk, salt=EXPERT_SALT)


def expert_of(token: str) -> Engagement:
    """Return the expert to whom a link to join belongs.

    Raises:
        Engagement.DoesNotExist: The link is not one of ours.
    """
    try:
        pk = signing.loads(token, salt=EXPERT_SALT)
    except signing.BadSignature as error:
        raise Engagement.DoesNotExist from error
    return Engagement.objects.select_related("webinar").get(pk=pk)


def _way_in(webinar: Webinar, guest: Guest) -> str:
    meeting = Meeting.objects.select_related("webinar").filter(webinar=webinar).first()
    if meeting is None:
        raise PermissionDenied
    if meeting.created_there_at is None:
        make_meeting(meeting.pk)
        meeting.refresh_from_db()
    return software(meeting.provider).join_address(meeting, guest)


# --- What the software reports ------------------------------------------------------------------------


@transaction.atomic
def receive_recording(meeting: Meeting, *, external_id: str) -> Recording:
    """Keep that there is a recording; told twice, it is kept once.

    Args:
        meeting: Whose it is.
        external_id: Its id there.

    Returns:
        The recording; how it can be watched is asked by a task.

    Source: WEB-24.
    """
    return Recording.objects.get_or_create(meeting=meeting, external_id=external_id)[0]


def fetch_recordings() -> int:
    """Ask the software how new recordings can be watched, and put them among the materials, to be checked.

    Returns:
        How many became materials.

    Source: WEB-24.
    """
    found = 0
    for recording in Recording.objects.filter(formats=[]).select_related("meeting__webinar"):
        try:
            formats = software(recording.meeting.provider).recording_formats(recording.meeting, recording.external_id)
        except MeetingSoftwareError:
            logger.error("Recording %s could not be asked for", recording.pk)
            continue
        if formats:
            found += _keep_formats(recording.pk, formats)
    return found


@transaction.atomic
def _keep_formats(pk: int, formats: list[dict[str, str]]) -> int:
    recording = Recording.objects.select_for_update(of=("self",)).select_related("meeting__webinar").get(pk=pk)
    if recording.formats:
        return 0
    recording.formats = formats
    recording.save(update_fields=["formats"])
    webinar = recording.meeting.webinar
    Material.objects.create(
        webinar=webinar,
        kind=MaterialKind.RECORDING,
        language=webinar.languages[0],
        source=Translation.ORIGINAL,
        address=formats[0]["address"],
    )
    audit.record(None, "recording.received", recording)
    return 1


def receive_attendance(meeting: Meeting, attendees: list[dict[str, Any]]) -> int:
    """Keep when people joined and left, as BigBlueButton reports it after the end; told twice, it is the same.

    Args:
        meeting: Whose it is.
        attendees: Each with ``ext_user_id``, ``joins`` and ``leaves``.

    Returns:
        How many stays were kept.

    Source: workflow 2.7.
    """
    own = {f"r{registration.pk}": registration for registration in meeting.webinar.registrations.all()}
    kept = 0
    for attendee in attendees:
        registration = own.get(str(attendee.get("ext_user_id", "")))
        if registration is None:
            continue
        leaves = [_moment(left) for left in attendee.get("leaves", [])]
        for n, joined in enumerate(map(_moment, attendee.get("joins", []))):
            if joined is not None:
                left = leaves[n] if n < len(leaves) else None
                attendance.note_stay(
                    registration, joined_at=joined, left_at=left, external_id=f"{meeting.external_id}.{n}"
                )
                kept += 1
    return kept


def receive_stay(meeting: Meeting, *, email: str, joined: str, left: str, stay: str) -> bool:
    """Keep one stay as Zoom reports it, of whoever registered with that address.

    Args:
        meeting: Whose it is.
        email: The participant's, as Zoom knows it.
        joined: When, as ISO 8601.
        left: When, or empty while they are there.
        stay: What names it there.

    Returns:
        Whether anybody has registered with that address.

    Source: workflow 2.7.
    """
    registration = meeting.webinar.registrations.entitled().filter(email=email.lower()).first()
    moment = _moment(joined)
    known = registration.intervals.filter(external_id=stay).first() if registration else None
    if registration is None or (moment is None and known is None):
        return False
    began = moment or (known.joined_at if known else timezone.now())
    attendance.note_stay(registration, joined_at=began, left_at=_moment(left), external_id=stay)
    return True


def _moment(said: str | None) -> datetime | None:
    try:
        moment = parse_datetime(said or "")
    except ValueError:
        return None
    return (
        moment
        if moment is None or timezone.is_aware(moment)
        else timezone.make_aware(moment, timezone.get_default_timezone())
    )
