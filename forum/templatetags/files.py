"""What a file is, in a few words."""

from django import template

from forum import fragments

register = template.Library()


@register.filter
def about_file(content_type: str, size: int) -> str:
    """Say kind and size of an attached file, such as "PDF, 240 kB"."""
    return fragments.about_file(content_type, size)
