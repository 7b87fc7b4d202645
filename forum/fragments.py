"""The parts of a page that repeat: rendered by Jinja2, which costs a tenth of an included template."""

import json
from collections.abc import Iterable, Mapping, Sequence
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

from accounts.enums import AccountStatus, Role
from accounts.languages import language_name
from accounts.models.people import FORMER
from forum.enums import (
    Capacity,
    ContributionKind,
    FollowLevel,
    PostState,
    RemovalReason,
    SignalKind,
    TopicKind,
    TranslationStatus,
)
from forum.files.kinds import BY_CONTENT_TYPE
from forum.files.sizes import in_words
from forum.models import Post
from forum.queries.extras import PostExtras
from forum.queries.levels import DISCUSSION_LEVELS, ROOM_LEVELS, LevelChoice
from forum.queries.pages import page_of
from forum.queries.rows import DiscussionRow, PostRow

GENEVA = ZoneInfo("Europe/Zurich")
NOTHING = PostExtras()
COUNTED = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}  # a number of each category of plural
MOMENT = {"ar": "d MMM y، HH:mm", "ru": "d MMMM y 'г.', HH:mm", "zh-hans": "y年M月d日 HH:mm"}

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


def when(value: datetime) -> SafeString:
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


def about_file(content_type: str, size: int) -> str:
    """Say kind and size of an attached file, such as "PDF, 240 kB"."""
    return pgettext("file", "%(kind)s, %(size)s") % {
        "kind": BY_CONTENT_TYPE[content_type].name,
        "size": in_words(size),
    }


@lru_cache
def _names(language: str) -> dict[str, dict[str, str]]:
    """Return the labels of closed lists in the active ``language``, as plain strings."""
    lists = {
        "role_names": Role,
        "kind_names": ContributionKind,
        "capacity_names": Capacity,
        "status_names": TranslationStatus,
        "signal_names": SignalKind,
        "topic_kind_names": TopicKind,
    }
    return {name: {value: str(label) for value, label in choices.choices} for name, choices in lists.items()}


_environment.globals.update(
    when=when,
    language_name=lambda code: language_name(code, translation.get_language() or "en"),
    about_file=about_file,
    signal_names=lambda: _names(translation.get_language() or "en")["signal_names"],
    page_of=page_of,
    PERSONAL=Capacity.PERSONAL,
    VISIBLE=PostState.VISIBLE,
    HELD=PostState.HELD,
    WITHDRAWN=PostState.WITHDRAWN,
    removal_reasons={reason.value: reason.label for reason in RemovalReason},
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
    proposes: str = "",
    translates: str = "",
    first_new: int | None = None,
    extras: Mapping[int, PostExtras] | None = None,
    speaks_for: int | None = None,
    may_signal: bool = False,
    names: bool = False,
    settles: bool = False,
    answer: int | None = None,
    moved: Sequence[tuple[int, int]] = (),
) -> SafeString:
    """Render posts as articles, in the active language and time zone.

    Args:
        rows: What to show, all from one page.
        address: Of their discussion.
        language: Of its room.
        viewer: The reader's id, for what only an author sees; None where many readers share the result.
        may_post: Whether to offer answering.
        proposes: Which to offer for the library: ``all``, the reader's ``own``, or none.
        translates: Which to offer for translation, likewise.
        first_new: The number of the first post that is new to the reader; None where none is, or all are.
        extras: What belongs to the posts beside their text, by number.
        speaks_for: The id of the member state whose focal point the reader is, if of any.
        may_signal: Whether to offer signals, under what the reader did not write.
        names: Whether to lead to who gave signals.
        settles: Whether to offer to say that a post answers the question.
        answer: The number of the post that does.
        moved: Numbers and ids of posts that stood here once and stand in another discussion now.

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
        proposes=proposes,
        translates=translates,
        first_new=first_new,
        speaks_for=speaks_for,
        may_signal=may_signal,
        names=names,
        settles=settles,
        answer=answer,
        moved=moved,
        extras=extras or {},
        nothing=NOTHING,
        **_names(translation.get_language() or "en"),
    )
    return mark_safe(html)  # noqa: S308 - rendered with autoescape


def column(rows: Sequence[PostRow], *, address: str, language: str, extras: Mapping[int, PostExtras]) -> SafeString:
    """Render posts to be read beside those of a sister discussion, in the active language and time zone.

    Args:
        rows: What to show.
        address: Of their discussion, where each is answered.
        language: Of its room; the posts' ids begin with it, for two discussions stand on one page.
        extras: What belongs to the posts beside their text, by number.
    """
    html = _environment.get_template("forum/column.html").render(
        rows=rows,
        address=address,
        language=language,
        extras=extras,
        nothing=NOTHING,
        **_names(translation.get_language() or "en"),
    )
    html = html.replace('id="post-', f'id="{language}-post-').replace('href="#post-', f'href="#{language}-post-')
    return mark_safe(html)  # noqa: S308 - rendered with autoescape


def signals(post: Post, extra: PostExtras | None, *, viewer: int, names: bool, refusal: str = "") -> SafeString:
    """Render the signals under one post, for a reader who may give them.

    Args:
        post: With its author.
        extra: What belongs to it beside its text.
        viewer: The reader's id.
        names: Whether to lead to who gave them.
        refusal: Why the last touch did nothing, if so.
    """
    reachable = post.author is not None and post.author.status != AccountStatus.LEFT
    macro = _environment.get_template("forum/signals.html").module.signals  # type: ignore[attr-defined]
    html = str(macro(post.pk, extra or NOTHING, post.author_id == viewer, True, names, reachable, refusal))
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


@lru_cache(maxsize=200)
def room_levels(chosen: str | None, language: str) -> SafeString:
    """Offer how much to hear of a room, in the active ``language``; nothing chosen brings answers only."""
    return _levels(ROOM_LEVELS, chosen or FollowLevel.QUIET.value)


@lru_cache(maxsize=200)
def discussion_levels(chosen: str | None, of_room: str | None, language: str) -> SafeString:
    """Offer how much to hear of a discussion, in the active ``language``; nothing chosen is as much as of its room."""
    return _levels(DISCUSSION_LEVELS, chosen or "", str(FollowLevel(of_room or FollowLevel.QUIET).label))


def _levels(choices: Sequence[LevelChoice], chosen: str, room_label: str | None = None) -> SafeString:
    html = _environment.get_template("forum/levels.html").render(choices=choices, chosen=chosen, room_label=room_label)
    return mark_safe(html)  # noqa: S308 - rendered with autoescape


def discussions(rows: Iterable[DiscussionRow]) -> SafeString:
    """Render discussions as rows of a list, with what is unread in each."""
    html = _environment.get_template("forum/discussions.html").render(
        rows=rows, now=timezone.now(), usual=TopicKind.WEEKLY, **_names(translation.get_language() or "en")
    )
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
