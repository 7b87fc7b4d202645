"""Which proposals and webinars are about the same as what somebody is writing, across languages."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import User
from webinars.enums import ProposalState
from webinars.models import Proposal, Webinar
from webinars.queries.terms import concepts, stems

COMPARED_MOST = 500  # proposals, and webinars, the latest
SHARED_WORDS = 3  # without a shared concept, that make two texts similar


@dataclass(frozen=True)
class Similar:
    """What resembles a proposal that is being written, the most similar first."""

    proposals: Sequence[Proposal] = ()
    webinars: Sequence[Webinar] = ()

    def __bool__(self) -> bool:
        return bool(self.proposals or self.webinars)


def similar_to(viewer: User, text: str, *, except_for: int | None = None) -> Similar:
    """Find proposals of any year, and webinars, that share terms with a text, whatever their language.

    A shared concept counts, the more the rarer it is among what is compared; so do words that begin alike.

    Args:
        viewer: Who writes; nothing is found that is hidden from them.
        text: What is typed so far.
        except_for: The id of the proposal that is being written.

    Source: WEB-06, WEB-13, CDIP/30/8 paras 4 v, 9.
    """
    if not stems(text) and not concepts(text):
        return Similar()
    unwanted = [ProposalState.WITHDRAWN, ProposalState.DECLINED]
    proposals = Proposal.objects.visible_to(viewer).exclude(state__in=unwanted).exclude(pk=except_for)
    return Similar(
        proposals=_closest(text, proposals.select_related("cycle", "group").order_by("-pk")[:COMPARED_MOST]),
        webinars=_closest(text, Webinar.objects.visible_to(viewer).order_by("-pk")[:COMPARED_MOST]),
    )


def _closest(text: str, rows: Iterable[Any]) -> list[Any]:
    """Return the rows that share most with a text, at most as many as are shown."""
    about = [(row, concepts(words), stems(words)) for row, words in ((row, _words(row)) for row in rows)]
    said, words = concepts(text), stems(text)
    frequency = Counter(concept for _row, theirs, _stems in about for concept in theirs)
    ranked = []
    for place, (row, theirs, their_words) in enumerate(about):
        shared, alike = said & theirs, len(words & their_words)
        if shared or alike >= SHARED_WORDS:
            worth = sum(1 + math.log(len(about) / frequency[concept]) for concept in shared) + alike / SHARED_WORDS
            ranked.append((-worth, place, row))
    return [row for _worth, _place, row in sorted(ranked, key=lambda one: one[:2])][: settings.SIMILAR_SHOWN]


def _words(row: Proposal | Webinar) -> str:
    """Return title and objectives in every language in which they are written."""
    suffixes = [code.replace("-", "_") for code in settings.MODELTRANSLATION_LANGUAGES]
    return " ".join(getattr(row, f"{word}_{suffix}") or "" for word in ("title", "aims") for suffix in suffixes)
