"""What the bench's templates ask of Python."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Return what a mapping has at ``key``, or nothing."""
    return mapping.get(key, "")


@register.filter
def language_named(code: str) -> str:
    """Return a language's name in the reader's language."""
    return str(dict(settings.LANGUAGES).get(code, code))
