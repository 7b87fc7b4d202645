"""Drafts: texts that are kept as they are typed, until they are published."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from forum.enums import ClearanceState
from forum.models import Clearance, Discussion, Draft, Post
from forum.queries.drafts import DraftHead


@transaction.atomic
def save_draft(
    *,
    author: User,
    discussion: int,
    body: str,
    seen: datetime | None,
    form: uuid.UUID | None = None,
    joins: bool = False,
    **fields: Any,
) -> Draft | None:
    """Save the text that somebody is writing; there is one for each person and discussion.

    Args:
        author: Who writes.
        discussion: The id of where it is meant for.
        body: The text as it is typed; an empty one deletes the draft.
        seen: When the draft was saved that the text goes on from; None where it began anew.
        form: The key of the form that it is typed in, whose earlier text it replaces.
        joins: Whether a text that does not go on from the saved draft is put below it; otherwise it is refused.
        fields: What else the draft says: ``kind``, ``capacity``, ``reply_to``, ``corrects``.

    Returns:
        The draft, or None where there is none any more.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``author``.
        ValidationError: Another text was saved there since; its code is ``changed``.
    """
    place = Discussion.objects.visible_to(author).get(pk=discussion)
    body = body.replace("\r\n", "\n")
    if not body.strip() and seen is None:
        return None
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        user=author, discussion=place, defaults={"body": body, "form": form, **fields}
    )
    if is_new:
        return draft
    goes_on = draft.saved_at == seen or (form is not None and draft.form == form)
    if not goes_on and draft.body.strip() not in body:
        if not joins:
            reason = _("Not saved: another text of yours was saved here. Load the page again to see both.")
            raise ValidationError(reason, code="changed")
        if body.strip() in draft.body:
            return draft
        body = f"{draft.body}\n\n{body}"
    if not body.strip():
        draft.delete()
        return None
    draft.body, draft.form, draft.saved_at = body, form, timezone.now()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save()
    return draft


def keep_draft(*, author: User, discussion: int, body: str, seen: datetime | None = None) -> bool:
    """Keep a text that could not be published, for its author to find in the form.

    Args:
        author: Who typed it.
        discussion: The id of where it was meant for; where ``author`` may not see it, nothing is kept.
        body: The text as it was typed; a draft that is another text stays above it.
        seen: When the draft was saved that the text goes on from, where it does.

    Returns:
        Whether it is kept.
    """
    try:
        return save_draft(author=author, discussion=discussion, body=body, seen=seen, joins=True) is not None
    except Discussion.DoesNotExist:
        return False


@transaction.atomic
def delete_draft(*, actor: User, draft: int) -> None:
    """Delete one's draft; what a colleague was asked about it is taken back.

    Args:
        actor: Whose draft it is.
        draft: Its id.

    Raises:
        Draft.DoesNotExist: ``actor`` has no such draft.
    """
    found = Draft.objects.select_for_update().get(pk=draft, user=actor)
    asked = Clearance.objects.filter(author=actor, discussion=found.discussion_id, state=ClearanceState.ASKED)
    asked.update(state=ClearanceState.TAKEN_BACK, decided_at=timezone.now())
    found.delete()


def use_draft(draft: DraftHead | None, *, post: Post, seen: datetime | None, form: uuid.UUID) -> None:
    """Delete the draft that a post was made of, once it is published; one that is another text stays.

    Args:
        draft: What its author has as a draft there.
        post: What was published.
        seen: When the draft was saved that the post goes on from, as its form says.
        form: The key of that form.
    """
    if draft is None:
        return
    is_this = draft.saved_at == seen or draft.form == form
    if not is_this and draft.body.strip() not in post.body.replace("\r\n", "\n"):
        return
    Draft.objects.filter(user=post.author_id, discussion=post.discussion_id, saved_at=draft.saved_at).delete()
    if draft.clearance is not None:
        asked = Clearance.objects.filter(pk=draft.clearance, post=None)
        ended = Case(When(state=ClearanceState.ASKED, then=Value(ClearanceState.TAKEN_BACK)), default=F("state"))
        asked.update(post=post, state=ended, decided_at=Coalesce("decided_at", Value(post.posted_at)))
