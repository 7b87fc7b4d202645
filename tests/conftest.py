"""Fixtures for every test."""

import pytest
from django.core.cache import cache

from accounts.models import User
from forum.models import Room
from forum.services import reading
from forum.views import discussions
from tests.factories import DelegateFactory, ProtocolFactory, RoomFactory


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Let no test see what another one left in the cache, such as a limit on attempts."""
    cache.clear()


@pytest.fixture(autouse=True)
def positions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> reading.ReadPositions:
    """Keep what pages gather in the process until a test asks to have it written; journeys have it written."""
    if "journeys" in request.node.nodeid:
        return reading.positions
    waiting = reading.ReadPositions()
    monkeypatch.setattr(waiting, "_timer", object())
    for module in (reading, discussions):
        monkeypatch.setattr(module, "positions", waiting)
    return waiting


@pytest.fixture
def core_rooms(db: None) -> list[Room]:
    """The English, French and Spanish rooms."""
    ProtocolFactory()
    return [RoomFactory(language=language, position=n) for n, language in enumerate(("en", "fr", "es"))]


@pytest.fixture
def delegate(db: None) -> User:
    """A delegate who may enter."""
    return DelegateFactory()
