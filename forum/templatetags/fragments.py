"""Template tags for the parts of a page that repeat, and for moments in time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.markdown import render
from forum import fragments
from forum.queries import DiscussionPage
from forum.rows import DiscussionRow

register = template.Library()


@register.simple_tag(takes_context=True)
def posts(context: Context, page: DiscussionPage) -> SafeString:
    """Show the posts of a discussion's page."""
    viewer = context["user"].pk
    return fragments.posts(
        page.posts,
        address=page.discussion.get_absolute_url(),
        language=page.discussion.language,
        viewer=viewer,
        may_post=bool(page.may_post),
        first_new=page.read_up_to + 1 if page.read_up_to else None,
    )


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


@register.simple_tag
def kind_options(chosen: str) -> SafeString:
    """Offer the kinds of contribution, with ``chosen`` as the one chosen."""
    return fragments.kind_options(chosen, translation.get_language() or "en")


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
