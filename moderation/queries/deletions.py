"""Requests to delete, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.verdicts import Verdict
from forum.queries.traces import Traces, traces_of
from moderation.enums import DeletionState
from moderation.models import DeletionRequest
from moderation.policies import deletions as policies

DECIDED_SHOWN = 30


@dataclass(frozen=True)
class DeletionsPage:
    """Requests to delete: one's own, for the moderator everybody's.

    Args:
        waiting: What is due first comes first.
        decided: The latest first.
        now: To tell what is overdue.
    """

    waiting: Sequence[DeletionRequest]
    decided: Sequence[DeletionRequest]
    now: datetime


def deletions_page(viewer: User) -> DeletionsPage:
    """Gather the lists in two statements. Source: MOD-10."""
    seen = DeletionRequest.objects.visible_to(viewer).select_related(
        "post__discussion__topic", "post__discussion__room", "asked_by", "attachment"
    )
    decided = seen.exclude(state=DeletionState.WAITING).order_by("-asked_at")
    waiting = seen.filter(state=DeletionState.WAITING).order_by("due_at")
    return DeletionsPage(list(waiting), list(decided[:DECIDED_SHOWN]), timezone.now())


@dataclass(frozen=True)
class DeletionPage:
    """One request, with where the words stand for who decides.

    Args:
        request: With its post.
        traces: Where the post's words stand beside itself; None for who does not decide.
        may_decide: And so on: whether the viewer may, or why not.
    """

    request: DeletionRequest
    traces: Traces | None
    may_decide: Verdict
    may_refuse: Verdict
    may_redact: Verdict
    may_take_back: Verdict


def deletion_page(viewer: User, pk: int) -> DeletionPage:
    """Gather one request.

    Raises:
        DeletionRequest.DoesNotExist: ``viewer`` has nothing to do with such a one.
    """
    seen = DeletionRequest.objects.visible_to(viewer).select_related(
        *("post__discussion__topic", "post__discussion__room", "post__author", "post__imported_author"),
        *("post__member_state", "asked_by", "decided_by", "attachment"),
    )
    request = seen.get(pk=pk)
    may_decide = policies.may_decide(viewer, request)
    return DeletionPage(
        request=request,
        traces=traces_of(request.post) if may_decide else None,
        may_decide=may_decide,
        may_refuse=policies.may_refuse(viewer, request),
        may_redact=policies.may_redact(viewer, request),
        may_take_back=policies.may_take_back(viewer, request),
    )
