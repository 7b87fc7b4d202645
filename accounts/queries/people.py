"""What the pages about one's own account show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import AddressChange, DataArchive, User


def own_profile(viewer: User) -> User:
    """Return a second copy of ``viewer`` with the state, for a form to write into, also what is not valid."""
    person: User = User.objects.with_access().select_related("member_state").get(pk=viewer.pk)
    return person


def address_that_waits(viewer: User) -> AddressChange | None:
    """Return the change of address that waits to be confirmed, if any."""
    return AddressChange.objects.open(timezone.now()).filter(user=viewer).first()


@dataclass(frozen=True)
class ArchivePage:
    """One's own data, to download.

    Args:
        ready: The files that can be downloaded now.
        waiting: The one that is being prepared, if any.
    """

    ready: Sequence[DataArchive]
    waiting: DataArchive | None


def archive_page(viewer: User) -> ArchivePage:
    """Gather the archives of ``viewer``; nobody else sees them. Source: ACC-03."""
    now = timezone.now()
    own = DataArchive.objects.filter(user=viewer)
    return ArchivePage(list(own.ready(now)), own.waiting(now).first())


def ready_archive(viewer: User, pk: int) -> DataArchive:
    """Return an archive that can be downloaded now.

    Args:
        viewer: Whose it is.
        pk: Its id.

    Raises:
        DataArchive.DoesNotExist: It is somebody else's, over, or not ready.

    Source: ACC-03.
    """
    archive: DataArchive = DataArchive.objects.ready(timezone.now()).get(user=viewer, pk=pk)
    return archive
