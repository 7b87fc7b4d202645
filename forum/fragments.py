"""The parts of a page that repeat: rendered by Jinja2, which costs a tenth of an included template."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_timezone_location
from django.conf import settings
from django.utils import timezone, translation
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, FileSystemLoader

from accounts.enums import Role
from accounts.models.people import FORMER
from forum.enums import Capacity, ContributionKind, PostState
from forum.queries import page_of
from forum.rows import DiscussionRow, PostRow

GENEVA = ZoneInfo("Europe/Zurich")
COUNTED = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}  # a number of each category of plural
MOMENT = {"ar": "d MMM y، HH:mm"}

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
    pattern = MOMENT.get(language, "d MMM y, HH:mm")
    return format_datetime(value, pattern, tzinfo=zone, locale=language.replace("-", "_"))


@lru_cache(maxsize=2_000)
def city_of(zone: ZoneInfo, language: str) -> str:
    """Return the city that names a time zone, such as "Bogotá" in Spanish."""
    location = get_timezone_location(zone, locale=language.replace("-", "_"), return_city=True)
    return location.rpartition("/")[2]


def _when(value: datetime) -> SafeString:
    """Show a moment by the reader's clocks, with Geneva's where they differ."""
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    return _time_element(value, zone, translation.get_language() or "en")


@lru_cache(maxsize=20_000)
def _time_element(value: datetime, zone: ZoneInfo, language: str) -> SafeString:
    html = _environment.get_template("forum/when.html").render(
        here=moment(value, zone, language),
        geneva=moment(value, GENEVA, language),
        iso=value.isoformat(timespec="seconds"),
    )
    return mark_safe(html)  # noqa: S308 - rendered with autoescape


_environment.globals.update(
    when=_when,
    page_of=page_of,
    PERSONAL=Capacity.PERSONAL,
    VISIBLE=PostState.VISIBLE,
    HELD=PostState.HELD,
    WITHDRAWN=PostState.WITHDRAWN,
    EXTERNAL=Role.EXTERNAL,
    DELEGATE=Role.DELEGATE,
    COMMENT=ContributionKind.COMMENT,
    FORMER=FORMER,
    site=settings.PUBLIC_URL,
)


def posts(
    rows: Sequence[PostRow],
    *,
    address: str,
    language: str,
    viewer: int | None,
    may_post: bool,
    first_new: int | None = None,
) -> SafeString:
    """Render posts as articles, in the active language and time zone.

    Args:
        rows: What to show, all from one page.
        address: Of their discussion.
        language: Of its room.
        viewer: The reader's id, for what only an author sees; None where many readers share the result.
        may_post: Whether to offer answering.
        first_new: The number of the first post that is new to the reader; None where none is, or all are.

    Returns:
        HTML; everything but the posts' own sanitised text is escaped.
    """
    template = _environment.get_template("forum/posts.html")
    html = template.render(
        rows=rows,
        address=address,
        here=f"{address}?page={page_of(rows[0].number)}" if rows else address,
        language=language,
        viewer=viewer,
        may_post=may_post,
        first_new=first_new,
        **_names(translation.get_language() or "en"),
    )
    return mark_safe(html)  # noqa: S308 - rendered with autoescape


@lru_cache(maxsize=200)
def kind_options(chosen: str, language: str) -> SafeString:
    """Return the kinds of contribution as options, in the active ``language``, with ``chosen`` chosen."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, mark_safe(" selected") if value == chosen else "", label)
            for value, label in ContributionKind.choices
        ),
    )


@lru_cache
def _names(language: str) -> dict[str, dict[str, str]]:
    """Return the labels of closed lists in the active ``language``, as plain strings."""
    lists = {"role_names": Role, "kind_names": ContributionKind, "capacity_names": Capacity}
    return {name: {value: str(label) for value, label in choices.choices} for name, choices in lists.items()}


def discussions(rows: Iterable[DiscussionRow]) -> SafeString:
    """Render discussions as rows of a list, with what is unread in each."""
    html = _environment.get_template("forum/discussions.html").render(rows=rows, now=timezone.now())
    return mark_safe(html)  # noqa: S308 - rendered with autoescape


@lru_cache
def count_words(language: str) -> str:
    """Return the words for a count of posts in the active ``language``, as JSON by category of plural.

    They are keyed as CLDR and so ``Intl.PluralRules`` name the categories; ``{n}`` stands for the number.
    """
    rule = Locale.parse(language, sep="-").plural_form
    numbers = {category: number for category, number in COUNTED.items() if category in {*rule.tags, "other"}}
    words = {key: ngettext("%(num)s post", "%(num)s posts", n) % {"num": "{n}"} for key, n in numbers.items()}
    return json.dumps(words, ensure_ascii=False)
