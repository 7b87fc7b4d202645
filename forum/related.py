"""What apps above this one have on a topic, such as a webinar; only who may see the topic is shown it.

An app says by ``register`` what it has; the topic's page asks all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from forum.models import Topic


@dataclass(frozen=True)
class Related:
    """One thing that belongs to a topic.

    Args:
        kind: What it is, in the active language, as it begins a line.
        title: What it is called.
        address: Where it is.
        starts_at: When it takes place, if that is set.
    """

    kind: str
    title: str
    address: str
    starts_at: datetime | None


Source = Callable[[Topic, User], Sequence[Related]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Have ``source`` say what an app has on a topic; it asks the database once."""
    if source not in _sources:
        _sources.append(source)


def related_to(topic: Topic, viewer: User) -> list[Related]:
    """Return what the apps above have on a topic that ``viewer`` may see."""
    return [related for source in _sources for related in source(topic, viewer)]
