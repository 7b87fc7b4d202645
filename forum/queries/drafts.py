"""Texts that are not published yet, as pages show them."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from forum.enums import Capacity, ClearanceState, ContributionKind
from forum.models import Clearance, Discussion, Draft, Room, TopicDraft

FIRST_WORDS = 160  # characters of a draft in the list


@dataclass(frozen=True)
class DraftHead:
    """The draft that somebody has in a discussion.

    Args:
        body: Its text.
        kind: What it is to bring.
        capacity: In whose name it is to be said.
        reply_to: The number of the post that it answers, or None.
        corrects: The number of the statement that it corrects, or None.
        form: The key of the form that saved it last, or None.
        saved_at: When it was saved; also which of its wordings this is.
        clearance: The id of what a colleague was asked about it, or None.
        clearance_state: What became of that, or None.
        is_as_asked: Whether it still reads as the colleague was asked.
    """

    body: str
    kind: ContributionKind
    capacity: Capacity
    reply_to: int | None
    corrects: int | None
    form: uuid.UUID | None
    saved_at: datetime
    clearance: int | None
    clearance_state: ClearanceState | None
    is_as_asked: bool

    @property
    def version(self) -> str:
        """What tells this wording of the draft from others, for forms."""
        return self.saved_at.isoformat()

    @property
    def fields(self) -> dict[str, Any]:
        """What the form begins with."""
        names = ("body", "kind", "capacity", "reply_to", "corrects")
        return {name: getattr(self, name) for name in names} | {"draft": self.version}


def read_draft(text: str | None) -> DraftHead | None:
    """Return a draft from what ``DiscussionQuerySet.with_own`` adds, or None where there is none."""
    if text is None:
        return None
    draft = json.loads(text)
    clearance = draft["clearance"] or {"pk": None, "state": None, "body": None, "post": None}
    is_over = clearance["post"] is not None
    return DraftHead(
        body=draft["body"],
        kind=ContributionKind(draft["kind"]),
        capacity=Capacity(draft["capacity"]),
        reply_to=draft["reply_to"],
        corrects=draft["corrects"],
        form=uuid.UUID(draft["form"]) if draft["form"] else None,
        saved_at=datetime.fromisoformat(draft["saved_at"]),
        clearance=None if is_over else clearance["pk"],
        clearance_state=None if is_over or not clearance["state"] else ClearanceState(clearance["state"]),
        is_as_asked=clearance["body"] == draft["body"],
    )


@dataclass(frozen=True)
class DraftRow:
    """A draft in the list of one's drafts.

    Args:
        draft: With its discussion, topic and room.
        clearance: What a colleague was last asked about it, or None.
    """

    draft: Draft
    clearance: Clearance | None

    @property
    def first_words(self) -> str:
        return self.draft.body[:FIRST_WORDS]

    @property
    def is_cut(self) -> bool:
        return len(self.draft.body) > FIRST_WORDS


@dataclass(frozen=True)
class DraftsPage:
    """Somebody's drafts, and what colleagues ask of them.

    Args:
        drafts: The latest first.
        due: What the viewer is asked to clear, the oldest first.
        topics: Discussions that the viewer means to open, with their rooms, the latest first.
    """

    drafts: Sequence[DraftRow]
    due: Sequence[Clearance]
    topics: Sequence[TopicDraft]


def drafts_page(viewer: User) -> DraftsPage:
    """Gather the drafts of ``viewer`` in discussions they may see, with what colleagues were asked and ask."""
    visible = Discussion.objects.visible_to(viewer)
    drafts = Draft.objects.filter(user=viewer, discussion__in=visible)
    clearances = Clearance.objects.visible_to(viewer).select_related(
        "author", "colleague", "discussion__topic", "discussion__room"
    )
    asked: dict[int, Clearance] = {}
    due = []
    for clearance in clearances.filter(post=None).exclude(state=ClearanceState.TAKEN_BACK).order_by("asked_at"):
        if clearance.author_id == viewer.pk:
            asked[clearance.discussion_id] = clearance
        elif clearance.state == ClearanceState.ASKED:
            due.append(clearance)
    rooms = Room.objects.visible_to(viewer)
    topics = list(TopicDraft.objects.filter(user=viewer, room__in=rooms).select_related("room").order_by("-saved_at"))
    rows = drafts.select_related("discussion__topic", "discussion__room").order_by("-saved_at")
    return DraftsPage([DraftRow(draft, asked.get(draft.discussion_id)) for draft in rows], due, topics)
