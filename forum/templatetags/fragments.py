"""Template tags for the parts of a page that repeat, and for moments in time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.markdown import render
from forum import fragments
from forum.policies import may_begin_entry, may_read_directory, may_write
from forum.queries import citations
from forum.queries.pages import DiscussionPage
from forum.queries.rows import DiscussionRow
from forum.queries.translations import Column

register = template.Library()


@register.simple_tag(takes_context=True)
def posts(context: Context, page: DiscussionPage) -> SafeString:
    """Show the posts of a discussion's page."""
    reader = context["user"]
    proposes = "own" if may_begin_entry(reader) else ""
    return fragments.posts(
        page.posts,
        address=page.discussion.get_absolute_url(),
        language=page.discussion.language,
        viewer=reader.pk,
        may_post=bool(page.may_post),
        proposes="all" if proposes and reader.is_moderator else proposes,
        translates="all" if reader.is_moderator or reader.role == Role.FACILITATOR else "own",
        first_new=page.first_new,
        extras=page.extras,
        speaks_for=reader.member_state_id if reader.is_focal_point else None,
        may_signal=reader.writes and bool(may_write(reader, is_read_only=page.discussion.is_read_only)),
        names=bool(may_read_directory(reader)),
        settles=bool(page.may_settle) and page.discussion.answered_at is None,
        answer=page.answer_here,
        moved=page.moved,
    )


@register.simple_tag
def column(side: Column) -> SafeString:
    """Show the posts of a discussion beside those of its sister."""
    found = side.discussion
    return fragments.column(side.posts, address=found.get_absolute_url(), language=found.language, extras=side.extras)


@register.simple_tag
def discussion_rows(rows: list[DiscussionRow]) -> SafeString:
    """Show discussions as rows of a list."""
    return fragments.discussions(rows)


@register.simple_tag
def count_words() -> str:
    """Give the script that counts posts its words."""
    return fragments.count_words(translation.get_language() or "en")


@register.simple_tag
def markdown(text: str, anchor: str = "") -> SafeString:
    """Show Markdown that is not stored as HTML, sanitised."""
    return mark_safe(render(text, anchor))  # noqa: S308 - sanitised


@register.filter
def cited(text: str) -> str:
    """Make links of the posts that a text cites by their symbol."""
    return citations.linked(text)


@register.simple_tag
def kind_options(chosen: str) -> SafeString:
    """Offer the kinds of contribution, with ``chosen`` as the one chosen."""
    return fragments.kind_options(chosen, translation.get_language() or "en")


@register.simple_tag
def room_levels(chosen: str | None) -> SafeString:
    """Offer how much to hear of a room, with ``chosen`` as what was chosen."""
    return fragments.room_levels(chosen, translation.get_language() or "en")


@register.simple_tag
def discussion_levels(chosen: str | None, of_room: str | None) -> SafeString:
    """Offer how much to hear of a discussion, with what was chosen for it and for its room."""
    return fragments.discussion_levels(chosen, of_room, translation.get_language() or "en")


@register.simple_tag
def when(moment: datetime) -> SafeString:
    """Show a moment by the reader's clocks, with Geneva's where they differ."""
    return fragments.when(moment)


@register.filter
def checksum(body: str) -> str:
    """Return what tells one wording of a text from every other."""
    return citations.checksum(body)


@register.simple_tag
def zone_note() -> str:
    """Say by whose clocks the page's times are."""
    zone = timezone.get_current_timezone()
    if not isinstance(zone, ZoneInfo) or zone == fragments.GENEVA:
        return _("Times are Geneva’s.")
    return _("Times are those of %(city)s; point at one for Geneva’s.") % {
        "city": fragments.city_of(zone, translation.get_language() or "en")
    }


@register.simple_tag
def closes(moment: datetime) -> str:
    """Say until when one may post, by the reader's clocks and Geneva's."""
    language = translation.get_language() or "en"
    zone = timezone.get_current_timezone()
    here = fragments.moment(moment, zone if isinstance(zone, ZoneInfo) else fragments.GENEVA, language)
    geneva = fragments.moment(moment, fragments.GENEVA, language)
    sentence = _("Closed on %(here)s") if moment <= timezone.now() else _("Open until %(here)s")
    return sentence % {"here": here} + ("" if here == geneva else " " + _("(%(time)s in Geneva)") % {"time": geneva})
