"""Fixtures for every test."""

import gc
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from accounts.models import User
from forum import middleware
from forum.models import Room
from forum.services import reading
from forum.views import discussions
from moderation import middleware as moderation_middleware
from moderation.services import traffic
from tests.factories import DelegateFactory, ProtocolFactory, RoomFactory

gc.set_threshold(50_000, 20, 20)  # tests make much that is soon gone: looking for it less often saves a twentieth


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let tests with transactions of their own empty the audit trail after themselves; a deployment cannot."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER audit_not_emptied")


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


@pytest.fixture(autouse=True)
def visits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> reading.Visits:
    """Keep likewise who was seen."""
    if "journeys" in request.node.nodeid:
        return reading.visits
    waiting = reading.Visits()
    monkeypatch.setattr(waiting, "_timer", object())
    for module in (reading, middleware):
        monkeypatch.setattr(module, "visits", waiting)
    return waiting


@pytest.fixture(autouse=True)
def traffic_counts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> traffic.TrafficCounts:
    """Keep likewise how many pages were answered and visits begun."""
    if "journeys" in request.node.nodeid:
        return traffic.counts
    waiting = traffic.TrafficCounts()
    monkeypatch.setattr(waiting, "_timer", object())
    for module in (traffic, moderation_middleware):
        monkeypatch.setattr(module, "counts", waiting)
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
