"""The public feed of the programme: its releases, and the webinars that are announced, as Atom (RFC 4287)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from forum.characters import for_xml
from webinars.models import Cycle, Release, Webinar
from webinars.models.webinars import OPEN_TO_ALL
from webinars.queries.releases import changes_in_words


class _Entry(NamedTuple):
    at: datetime
    title: str
    link: str
    text: str


def programme_feed() -> bytes:
    """Write the feed in the active language, with nothing in it that the public may not read.

    Returns:
        At most ``FEED_POSTS`` entries, the newest first.

    Source: WEB-07, WEB-14, CDIP/30/8 para 10.
    """
    entries = sorted([*_releases(), *_webinars()], reverse=True)[: settings.FEED_POSTS]
    home = _address("programme")
    feed = Atom1Feed(_("Webinars on technical assistance"), home, None, language=get_language() or "en", feed_guid=home)
    for entry in entries:
        feed.add_item(
            title=for_xml(entry.title),
            link=entry.link,
            description=for_xml(entry.text),
            unique_id=entry.link,
            pubdate=entry.at,
            updateddate=entry.at,
        )
    changed_at = entries[0].at if entries else datetime.fromtimestamp(0, tz=UTC)
    # Django would write the moment of asking into an empty feed, which then never stays the same.
    feed.latest_post_date = lambda: changed_at  # type: ignore[method-assign]
    return feed.writeString("utf-8").encode()


def _releases() -> Iterator[_Entry]:
    releases = Release.objects.filter(cycle__in=Cycle.objects.visible_to(AnonymousUser())).select_related("cycle")
    for release in releases.order_by("-published_at")[: settings.FEED_POSTS]:
        facts = {"year": release.cycle.year, "number": release.number}
        yield _Entry(
            release.published_at,
            _("Webinars of %(year)d: release %(number)d") % facts,
            _address("release_detail", release.cycle.year, release.number),
            "\n".join(filter(None, [release.note, *changes_in_words(release)])),
        )


def _webinars() -> Iterator[_Entry]:
    announced = Webinar.objects.visible_to(AnonymousUser()).filter(state__in=OPEN_TO_ALL)
    for webinar in announced.order_by("-changed_at")[: settings.FEED_POSTS]:
        yield _Entry(webinar.changed_at, webinar.title, _address("webinar_detail", webinar.pk), webinar.aims or "")


def _address(name: str, *args: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse(f'webinars:{name}', args=args)}"
