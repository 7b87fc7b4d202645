"""The cache in Redis, and what becomes of it while Redis is away."""

import socket

import pytest

from config.cache import RedisOrHere


@pytest.fixture
def away() -> RedisOrHere:
    """A cache whose Redis does not answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cache = RedisOrHere(f"redis://127.0.0.1:{port}/0", {"OPTIONS": {"socket_connect_timeout": 1}})
    cache.clear()
    return cache


def test_without_redis_what_is_kept_is_found_again(away):
    away.set("attempts", [1, 2], timeout=60)

    assert away.get("attempts") == [1, 2]
    assert away.get_many(["attempts", "other"]) == {"attempts": [1, 2]}
    assert "attempts" in away
    away.delete("attempts")
    assert away.get("attempts", "nothing") == "nothing"


def test_without_redis_limits_are_still_counted(away):
    assert away.add("count", 1) is True
    assert away.add("count", 1) is False
    assert away.incr("count") == 2


def test_without_redis_signing_in_works(client, db, settings, away):
    settings.CACHES = {"default": {"BACKEND": "config.cache.RedisOrHere", "LOCATION": "redis://127.0.0.1:1/0"}}

    response = client.post("/accounts/login/", {"login": "nobody@forum.example", "password": "some long password"})

    assert response.status_code == 200
