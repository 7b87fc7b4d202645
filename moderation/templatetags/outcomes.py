"""What a topic has led to, on the forum's own page of the topic."""

from typing import Any

from django import template
from django.template import Context

from forum.models import Topic
from moderation.queries.syntheses import follow_ups_of

register = template.Library()


@register.inclusion_tag("moderation/partials/outcome.html", takes_context=True)
def topic_outcome(context: Context, topic: Topic) -> dict[str, Any]:
    """Show below a synthesis the way to its versions, and what came of the topic."""
    return {"topic": topic, "follow_ups": follow_ups_of(topic), "user": context["user"]}
