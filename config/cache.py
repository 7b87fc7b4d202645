"""The cache in Redis, which the forum can do without."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

METHODS = ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear")


def _or_here(name: str) -> Callable[..., Any]:
    def method(self: "RedisOrHere", *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except RedisError:
            return getattr(self.here, name)(*args, **kwargs)

    return method


class RedisOrHere(RedisCache):
    """Keeps what is cached in Redis; while Redis does not answer, each process makes do with its own memory.

    So limits on attempts still hold, for each process by itself, and nobody is kept from signing in.
    """

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, dict(params))
        self.here = LocMemCache("while-redis-is-away", {**params, "OPTIONS": {}})


for _name in METHODS:
    setattr(RedisOrHere, _name, _or_here(_name))
