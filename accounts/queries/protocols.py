"""What the pages about the protocol of use show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Subquery

from accounts.days import today
from accounts.models import Protocol, ProtocolAcceptance, User

PEOPLE_PER_PAGE = 50


@dataclass(frozen=True)
class ProtocolPage:
    """The protocol in force, for somebody who reads or accepts it.

    Args:
        protocol: The version shown.
        changes: The versions that came after the last one accepted and say what changed, the newest first.
        accepted: When the viewer accepted which versions, the newest first.
    """

    protocol: Protocol
    changes: Sequence[Protocol]
    accepted: Sequence[ProtocolAcceptance]

    @property
    def accepted_at(self) -> datetime | None:
        """When the viewer accepted the version shown."""
        return next((a.accepted_at for a in self.accepted if a.protocol_id == self.protocol.pk), None)

    @property
    def earlier(self) -> Sequence[ProtocolAcceptance]:
        """The other versions that the viewer accepted."""
        return [acceptance for acceptance in self.accepted if acceptance.protocol_id != self.protocol.pk]


def protocol_page(protocol: Protocol, viewer: User) -> ProtocolPage:
    """Gather what somebody sees of a version, with what changed since the last one accepted. Source: OPS-01."""
    accepted = list(viewer.acceptances.select_related("protocol").order_by("-protocol__version"))
    earlier = [a.protocol.version for a in accepted if a.protocol.version < protocol.version]
    changes: list[Protocol] = []
    if earlier and protocol.pk not in {a.protocol_id for a in accepted}:
        between = Protocol.objects.filter(version__gt=earlier[0], version__lte=protocol.version)
        changes = [version for version in between.order_by("-version") if version.changes]
    return ProtocolPage(protocol, changes, accepted)


@dataclass(frozen=True)
class ProtocolList:
    """All versions with how many active people accepted each, and who has not accepted the one in force.

    Args:
        versions: The newest first; each with ``accepted`` counted.
        in_force: The one in force, if any.
        active: How many people there are to accept it.
        missing: One page of those who have not, by name.
        missing_count: How many they are.
        after: The id of the last person of this page, if there is a next one.
    """

    versions: Sequence[Protocol]
    in_force: Protocol | None
    active: int
    missing: Sequence[User]
    missing_count: int
    after: int | None


def protocol_list(after: int | None = None) -> ProtocolList:
    """Gather the Secretariat's page of the protocol.

    Args:
        after: The id of the last person of the page before.

    Source: OPS-01.
    """
    active = User.objects.active()
    counted = Count("acceptances", filter=Q(acceptances__user__in=active.values("pk")))
    versions = list(Protocol.objects.annotate(accepted=counted).order_by("-version"))
    by_now = [version for version in versions if version.in_force_on <= today()]
    in_force = max(by_now, key=lambda version: (version.in_force_on, version.version), default=None)
    count = active.count()
    missing: list[User] = []
    if in_force is not None:
        people = active.yet_to_accept(in_force).select_related("member_state").order_by("full_name", "pk")
        if after is not None:
            name = User.objects.filter(pk=after).values("full_name")
            people = people.filter(Q(full_name__gt=Subquery(name)) | Q(full_name=Subquery(name), pk__gt=after))
        missing = list(people[: PEOPLE_PER_PAGE + 1])
    has_more, missing = len(missing) > PEOPLE_PER_PAGE, missing[:PEOPLE_PER_PAGE]
    return ProtocolList(
        versions=versions,
        in_force=in_force,
        active=count,
        missing=missing,
        missing_count=count - in_force.accepted if in_force else 0,
        after=missing[-1].pk if has_more else None,
    )
