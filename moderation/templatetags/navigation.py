"""Where one finds the pages of moderation."""

from django import template
from django.template import Context

from moderation.queries.navigation import Navigation, navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def moderation_navigation(context: Context) -> Navigation:
    """Return the pages of moderation that the reader finds from this one."""
    request = context["request"]
    return navigation(request.user, request.resolver_match.url_name)
