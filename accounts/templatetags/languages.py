"""Names of languages, for templates."""

from collections.abc import Sequence

from django import template
from django.utils import translation
from django.utils.translation import pgettext

from accounts.languages import language_name

register = template.Library()


@register.filter
def named_languages(codes: Sequence[str]) -> str:
    """Name languages in the reader's, such as "French, Arabic"."""
    language = translation.get_language() or "en"
    return pgettext("in a list", ", ").join(language_name(code, language) for code in codes)
