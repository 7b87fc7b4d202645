"""Machines that translate: one kind so far, on a server of the forum's own. Source: reading A22, ACC-03."""

import logging
from typing import Protocol

from django.conf import settings

from accounts.languages import spoken

logger = logging.getLogger(__name__)


class EngineError(Exception):
    """The engine did not translate; the message says why, and holds nothing of the text."""


class Engine(Protocol):
    """What translates plain texts."""

    def translate(self, texts: list[str], *, source: str, target: str) -> list[str]:
        """Return each text in another language.

        Args:
            texts: Plain texts, such as paragraphs.
            source: The code of their language.
            target: The code of the language wanted.

        Raises:
            EngineError: It cannot.
        """
        ...


class LibreTranslate:
    """A server that speaks LibreTranslate's protocol.

    Args:
        address: Where it is, without ``/translate``.
    """

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def translate(self, texts: list[str], *, source: str, target: str) -> list[str]:
        """Return each text in another language; see ``Engine``."""
        import requests

        asked = {"q": texts, "source": spoken(source), "target": spoken(target), "format": "text"}
        try:
            response = requests.post(
                f"{self._address}/translate", json=asked, timeout=settings.TRANSLATION_TIMEOUT, allow_redirects=False
            )
            response.raise_for_status()
            answered = response.json()["translatedText"]
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            raise EngineError(type(error).__name__) from None
        if not isinstance(answered, list) or [type(text) for text in answered] != [str] * len(texts):
            raise EngineError("unexpected answer")
        return answered


def engine_at(address: str) -> Engine:
    """Return the engine that a room names."""
    return LibreTranslate(address)
