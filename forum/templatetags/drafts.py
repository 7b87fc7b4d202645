"""Template filters for texts that are not published yet."""

from django import template

from forum.queries.drafts import DraftHead, read_draft

register = template.Library()


@register.filter
def draft(text: str | None) -> DraftHead | None:
    """Read the draft that a discussion's head carries."""
    return read_draft(text)
