"""Where a page finds its live stream."""

from django.conf import settings
from django.http import HttpRequest

from forum.models import Room
from forum.queries.pages import DiscussionPage


def live_url(request: HttpRequest, *, page: DiscussionPage | None = None, room: Room | None = None) -> str:
    """Return the address of the stream for a page of a discussion, of a room, or of all rooms.

    Args:
        request: What the page answers; its host stands for ``{host}`` in ``LIVE_URL``.
        page: The discussion's page, whose last shown post the stream goes on from.
        room: The room; all rooms where neither it nor a page is given.
    """
    host = request.get_host().rpartition(":")[0] or request.get_host()
    base = settings.LIVE_URL.replace("{host}", host)
    if page is not None:
        return f"{base}/live/discussions/{page.discussion.pk}/?after={page.discussion.last_number}"
    return f"{base}/live/rooms/{room.language}/" if room else f"{base}/live/rooms/"
