"""What waits for a decision of the Secretariat in the apps above this one.

An app says by ``register`` how its own is counted; the Secretariat's desk asks all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts import parts
from accounts.models import User


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits.

    Args:
        title: What it is, in the active language, as a heading in the plural.
        count: How many there are.
        oldest_at: Since when the oldest one waits; None where none does.
        address: The name of the address where it is decided.
    """

    title: str
    count: int
    oldest_at: datetime | None
    address: str


Source = Callable[[User], Waiting]

_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """Have ``source`` count what waits of one kind.

    Args:
        kind: A noun in the singular, such as ``appeal``; registering it again replaces it.
        source: Takes who looks; asks the database once.
    """
    _sources[kind] = source


def everything(viewer: User) -> list[Waiting]:
    """Return each registered kind, in the order of registration, also where nothing waits."""
    return [source(viewer) for source in _sources.values() if parts.is_in_use(source)]
