"""Template tags for the public pages of the programme."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.db.models import Model
from django.http import QueryDict
from django.template import Context
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timesince import timesince
from django.utils.translation import pgettext

from accounts.languages import language_name
from accounts.templatetags.languages import named_languages
from forum.files.sizes import in_words
from forum.fragments import GENEVA, city_of, moment
from webinars.files import MATERIAL_KINDS
from webinars.models import Material, Webinar

register = template.Library()
register.filter(named_languages)


@register.simple_tag(takes_context=True)
def public_url(context: Context, name: str, *args: object) -> str:
    """Return an address that keeps the language that a stranger chose."""
    address = reverse(f"webinars:{name}", args=args)
    language = chosen_language(context)
    return f"{address}?language={language}" if language else address


@register.simple_tag(takes_context=True)
def chosen_language(context: Context) -> str:
    """Return the language that a stranger chose by ``?language=``; nothing for members, who have their own."""
    request = context["request"]
    asked = request.GET.get("language", "")
    return asked if asked in settings.MODELTRANSLATION_LANGUAGES and not request.user.is_authenticated else ""


@register.simple_tag(takes_context=True)
def languages_of_page(context: Context) -> list[dict[str, object]]:
    """Return the languages in which a stranger may read this page, each with its address."""
    request = context["request"]
    current = translation.get_language()
    found = []
    for code in settings.MODELTRANSLATION_LANGUAGES:
        query: QueryDict = request.GET.copy()
        query["language"] = code
        found.append(
            {"code": code, "name": language_name(code, code), "query": query.urlencode(), "is_current": code == current}
        )
    return found


@register.filter
def lang_of(row: Model, name: str) -> str:
    """Return the language in which a text stands, which may be another one than the reader's."""
    order = (translation.get_language() or "en", *settings.MODELTRANSLATION_FALLBACK_LANGUAGES)
    return next((code for code in order if getattr(row, f"{name}_{code.replace('-', '_')}", None)), "")


@register.simple_tag
def language_in_words(code: str) -> str:
    """Name a language in the reader's."""
    return language_name(code, translation.get_language() or "en")


@register.simple_tag
def about_material(material: Material) -> str:
    """Say kind and size of a file, such as "MP3, 12 MB"."""
    kind = next((kind.name for kind in MATERIAL_KINDS if kind.content_type == material.media_type), "")
    return pgettext("file", "%(kind)s, %(size)s") % {"kind": kind, "size": in_words(material.size or 0)}


@register.simple_tag
def city(zone: ZoneInfo) -> str:
    """Name the city whose clocks a time follows."""
    if zone == GENEVA:
        return pgettext("city", "Geneva")
    return city_of(zone, translation.get_language() or "en")


@register.simple_tag
def duration(webinar: Webinar) -> str:
    """Say how long a webinar lasts, such as "2 hours, 30 minutes"."""
    return timesince(webinar.starts_at, webinar.ends_at) if webinar.starts_at and webinar.ends_at else ""


@register.simple_tag
def clock(value: datetime, zone: ZoneInfo | None = None) -> str:
    """Write a moment by the clocks of a zone, the reader's without one."""
    return moment(value, zone or _here(), translation.get_language() or "en")


@register.simple_tag
def times_of(webinar: Webinar, is_member: bool) -> list[tuple[str, str]]:
    """Return when a webinar starts by each clock that matters, with the place: a member's, its own, and Geneva's.

    Source: WEB-27, CDIP/30/8 annex.
    """
    if webinar.starts_at is None:
        return []
    language = translation.get_language() or "en"
    zones = dict.fromkeys([*([_here()] if is_member else []), webinar.tz, GENEVA])
    return [(city(zone), moment(webinar.starts_at, zone, language)) for zone in zones]


def _here() -> ZoneInfo:
    zone = timezone.get_current_timezone()
    return zone if isinstance(zone, ZoneInfo) else GENEVA
