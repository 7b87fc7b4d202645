"""Every address of the programme, so that what holds of all pages is asked of all of them."""

from collections.abc import Mapping, Sequence
from itertools import product

from django.urls import reverse

from webinars.urls import urlpatterns

NOBODYS = {"token": ["x"], "code": ["X"], "language": ["en"], "number": [1]}


def all_addresses(known: Mapping[str, Sequence[object]]) -> list[str]:
    """Return the addresses for each of the values that are ``known`` by the name of their part of it."""
    found = []
    for pattern in urlpatterns:
        values = [known.get(name) or NOBODYS.get(name, [1]) for name in pattern.pattern.converters]
        found += [reverse(f"webinars:{pattern.name}", args=args) for args in product(*values)]
    return found
