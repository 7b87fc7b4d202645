"""How a text will look, and what its author should know before it goes out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from accounts.markdown import render
from accounts.models import User
from forum.queries.mentions import Place, find_mentions


@dataclass(frozen=True)
class Preview:
    """A text as it will look.

    Args:
        html: Sanitised.
        unknown: Names that it writes as ``@[Name]`` and that stand for nobody who reads the discussion.
        state: The member state in whose name it is said; empty where it is said in a personal capacity.
        fingerprint: What confirming it is a confirmation of.
    """

    html: SafeString
    unknown: Sequence[str] = ()
    state: str = ""
    fingerprint: str = ""


def preview_of(viewer: User, place: Place, body: str, *, fingerprint: str = "") -> Preview:
    """Return how a text will look.

    Args:
        viewer: Who writes.
        place: Where it is meant for.
        body: Markdown.
        fingerprint: Of a statement of the delegation, which is to be confirmed.
    """
    mentions = find_mentions(viewer, place, body)
    html = mark_safe(render(body, mentions=mentions.names))  # noqa: S308 - sanitised
    state = str(viewer.member_state) if fingerprint else ""
    return Preview(html, mentions.unknown, state, fingerprint)
