"""The parts of a page that repeat: rendered by Jinja2, which costs a tenth of an included template."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, FileSystemLoader

from accounts.enums import Role
from forum.enums import Capacity, ContributionKind, PostState
from forum.models import Discussion
from forum.queries import PostRow, page_of

GENEVA = ZoneInfo("Europe/Zurich")

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "jinja2"),
    autoescape=True,
    extensions=["jinja2.ext.i18n"],
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.install_gettext_callables(  # type: ignore[attr-defined]
    gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
)


@lru_cache(maxsize=20_000)
def moment(value: datetime, zone: ZoneInfo, language: str) -> str:
    """Write a moment in words, such as "18 Nov 2026, 14:05" in English, by the clocks of ``zone``."""
    return format_datetime(value, "d MMM y, HH:mm", tzinfo=zone, locale=language.replace("-", "_"))


def city_of(zone: ZoneInfo) -> str:
    """Return the city that names a time zone."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def _when(value: datetime) -> dict[str, str]:
    """Return a moment for the reader, for Geneva and for machines."""
    language = translation.get_language() or "en"
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    return {
        "here": moment(value, zone, language),
        "geneva": moment(value, GENEVA, language),
        "iso": value.isoformat(timespec="seconds"),
    }


_environment.globals.update(
    when=_when,
    page_of=page_of,
    PERSONAL=Capacity.PERSONAL,
    VISIBLE=PostState.VISIBLE,
    WITHDRAWN=PostState.WITHDRAWN,
    EXTERNAL=Role.EXTERNAL,
    DELEGATE=Role.DELEGATE,
    COMMENT=ContributionKind.COMMENT,
)


def posts(rows: Iterable[PostRow], *, discussion: Discussion, viewer: int | None, may_post: bool) -> SafeString:
    """Render posts as articles, in the active language and time zone.

    Args:
        rows: What to show.
        discussion: Where they stand, with its room.
        viewer: The reader's id, for what only an author sees; None where many readers share the result.
        may_post: Whether to offer answering.

    Returns:
        HTML; everything but the posts' own sanitised text is escaped.
    """
    template = _environment.get_template("forum/posts.html")
    html = template.render(
        rows=rows,
        address=discussion.get_absolute_url(),
        viewer=viewer,
        may_post=may_post,
        role_names=dict(Role.choices),
        kind_names=dict(ContributionKind.choices),
        capacity_names=dict(Capacity.choices),
    )
    return mark_safe(html)  # noqa: S308 - rendered with autoescape


def discussions(rows: Iterable[Discussion]) -> SafeString:
    """Render discussions as rows of a list, with what is unread in each."""
    html = _environment.get_template("forum/discussions.html").render(rows=rows)
    return mark_safe(html)  # noqa: S308 - rendered with autoescape
