"""The parts of this instance: the forum or the webinars can be switched off in the settings. Source: reading A1."""

from collections.abc import Callable
from typing import Any

from django.conf import settings


def is_on(app: str) -> bool:
    """Tell whether an app belongs to a part that is switched on."""
    return app not in settings.SWITCHED_OFF


def is_in_use(registered: Callable[..., Any]) -> bool:
    """Tell whether what an app has registered is asked: not where its part is switched off."""
    return is_on(registered.__module__.partition(".")[0])
