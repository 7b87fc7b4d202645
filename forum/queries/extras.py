"""What belongs to the posts of a page beside their text, all of it in one statement."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.utils import translation

from accounts.composed import ComposedRows
from accounts.models import User
from forum.enums import PostState, SignalKind
from forum.models import Attachment, MovedPost, Post, PostTranslation, Signal

FILE_COLUMNS = ("pk", "key", "name", "content_type", "size", "preview", "preview_width", "preview_height")


@dataclass(slots=True)
class PostExtras:
    """What belongs to one post.

    Args:
        attachments: Of each its ``key``, ``name``, ``content_type``, ``size`` (bytes) and ``preview`` (a path or none)
            with its ``preview_width`` and ``preview_height``, in the order of their coming.
        signals: How many offices gave each kind; of what only the author is told, none to anybody else.
        own_signals: The kinds that the viewer gave.
        corrected_by: The numbers of the corrigenda to it.
        translation: In the viewer's language: ``html``, ``language``, ``status`` and whether it ``is_stale``; or none.
        moved: The id of the post that stood here once and stands in another discussion now; or none.
    """

    attachments: list[dict[str, Any]] = field(default_factory=list)
    signals: dict[str, int] = field(default_factory=dict)
    own_signals: set[str] = field(default_factory=set)
    corrected_by: list[int] = field(default_factory=list)
    translation: dict[str, Any] | None = None
    moved: int | None = None


def post_extras(viewer: User | None, discussion: int, after: int, up_to: int) -> Mapping[int, PostExtras]:
    """Return what belongs to posts, by the number of the post; posts that have nothing are left out.

    What waits to be published with the viewer's next post stands under number 0.

    Args:
        viewer: Who looks; None where many share the result, which then has nothing of one person's.
        discussion: The id of a discussion that ``viewer`` may see.
        after: A post number; what belongs to the next one comes first.
        up_to: The last number wanted.
    """
    language = translation.get_language() or "en"
    values = {"viewer": viewer.pk if viewer else 0, "discussion": discussion, "after": after, "up_to": up_to}
    found: dict[int, PostExtras] = {}
    for number, kind, text in _extras.fetch(Post.objects.all(), language, **values):
        extras, value = found.setdefault(number, PostExtras()), json.loads(text)
        if kind == "attachment":
            extras.attachments.append(value)
        elif kind == "corrigendum":
            extras.corrected_by.append(value["number"])
        elif kind == "translation":
            extras.translation = value
        elif kind == "moved":
            extras.moved = value["post"]
        else:
            if value["offices"]:
                extras.signals[kind] = value["offices"]
            if value["own"]:
                extras.own_signals.add(kind)
    for extras in found.values():
        extras.attachments.sort(key=itemgetter("pk"))
        extras.corrected_by.sort()
    return found


def _compose(
    source: QuerySet[Post], language: str, *, viewer: int, discussion: int, after: int, up_to: int
) -> QuerySet[Any]:
    shown = Q(post__discussion=discussion, post__number__gt=after, post__number__lte=up_to)
    shown &= Q(post__state=PostState.VISIBLE)
    attachments = Attachment.objects.filter(shown).order_by()
    waiting = Attachment.objects.waiting().filter(uploaded_by=viewer, discussion=discussion).order_by()
    signals = Signal.objects.filter(shown).order_by().values("post__number", "kind")
    told = ~Q(kind=SignalKind.CONTACT) | Q(post__author=viewer)
    office = Coalesce("user__member_state", -F("user"))  # a delegation is one, however many of it there are
    translations = PostTranslation.objects.written().filter(shown, language=language).order_by()
    wording_of = Coalesce("post__edited_at", "post__posted_at")
    a_file = Value("attachment", output_field=TextField()), _text(**{column: column for column in FILE_COLUMNS})
    # That it corrects something is said again so that PostgreSQL knows how few those posts are.
    corrigenda = source.filter(state=PostState.VISIBLE, corrects__isnull=False, corrects__discussion=discussion)
    corrigenda = corrigenda.order_by()
    corrigenda = corrigenda.filter(corrects__number__gt=after, corrects__number__lte=up_to)
    moved = MovedPost.objects.filter(discussion=discussion, number__gt=after, number__lte=up_to).order_by()
    return attachments.values_list("post__number", *a_file).union(
        waiting.values_list(Value(0), *a_file),
        signals.values_list(
            "post__number",
            Cast("kind", TextField()),
            _text(offices=Count(office, filter=told, distinct=True), own=Count("pk", filter=Q(user=viewer))),
        ),
        corrigenda.values_list(
            "corrects__number", Value("corrigendum", output_field=TextField()), _text(number="number")
        ),
        moved.values_list("number", Value("moved", output_field=TextField()), _text(post="post")),
        translations.values_list(
            "post__number",
            Value("translation", output_field=TextField()),
            _text(
                html="html",
                language="language",
                status="status",
                is_stale=Case(When(made_from__lt=wording_of, then=Value(True)), default=Value(False)),
            ),
        ),
        all=True,
    )


def _text(**values: Any) -> Cast:
    return Cast(JSONObject(**values), TextField())


_extras = ComposedRows(_compose, viewer=int, discussion=int, after=int, up_to=int)
