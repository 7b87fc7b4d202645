"""What every kind of meeting software does for a webinar."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from webinars.models import Meeting, Webinar


class MeetingSoftwareError(Exception):
    """The meeting software did not do what it was asked; the message is for the Secretariat."""


@dataclass(frozen=True)
class Made:
    """A meeting as the software made it.

    Args:
        external_id: Its id there.
        address: Where it is, when that is one address for everybody.
        secrets: What lets people in.
    """

    external_id: str = ""
    address: str = ""
    secrets: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Guest:
    """Somebody who joins.

    Args:
        key: What names them there, the same each time they join.
        name: As the others see it.
        is_host: Whether they run the meeting.
        is_organizer: Whether they are of the Secretariat, whose account the meeting belongs to.
    """

    key: str
    name: str
    is_host: bool = False
    is_organizer: bool = False


class MeetingSoftware(Protocol):
    """The interface: make, follow changes, let in."""

    embeds: bool

    def make(self, webinar: Webinar, meeting: Meeting) -> Made:
        """Make the meeting, or make sure that it is there; asked again, it is the same one.

        Raises:
            MeetingSoftwareError: It could not.
        """
        ...

    def change(self, webinar: Webinar, meeting: Meeting) -> None:
        """Tell the software of a new time or title.

        Raises:
            MeetingSoftwareError: It could not.
        """
        ...

    def join_address(self, meeting: Meeting, guest: Guest) -> str:
        """Return the address with which one person joins, and nobody else should.

        Raises:
            MeetingSoftwareError: There is none.
        """
        ...

    def recording_formats(self, meeting: Meeting, external_id: str) -> list[dict[str, str]]:
        """Return how a recording can be watched: ``type`` and ``address`` of each format.

        Raises:
            MeetingSoftwareError: The software does not answer.
        """
        ...
