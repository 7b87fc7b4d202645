"""What apps above this one have on a topic, such as a webinar; only who may see the topic is shown it.

An app says by ``register`` what it has, or by ``register_region`` what it shows below the topic's synthesis; the
topic's page asks all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts import parts
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


@dataclass(frozen=True)
class Region:
    """A part of a topic's page, as an app above writes it.

    Args:
        template: The partial, which takes ``topic``, ``user`` and ``shown``.
        shown: What it shows, as ``shown``.
    """

    template: str
    shown: Mapping[str, Any]


Source = Callable[[Topic, User], Sequence[Related]]
RegionSource = Callable[[Topic, User], Region]

_sources: list[Source] = []
_regions: list[RegionSource] = []


def register(source: Source) -> None:
    """Have ``source`` say what an app has on a topic; it asks the database once."""
    if source not in _sources:
        _sources.append(source)


def related_to(topic: Topic, viewer: User) -> list[Related]:
    """Return what the apps above have on a topic that ``viewer`` may see."""
    return [related for source in _sources if parts.is_in_use(source) for related in source(topic, viewer)]


def register_region(source: RegionSource) -> None:
    """Have ``source`` write a part of a topic's page; it asks the database once."""
    if source not in _regions:
        _regions.append(source)


def regions_of(topic: Topic, viewer: User) -> list[Region]:
    """Return what the apps above show below the synthesis of a topic that ``viewer`` may see."""
    return [source(topic, viewer) for source in _regions]
