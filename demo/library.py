"""Sample entries of the library of practices, most of them made from the sample's posts."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.languages import written
from accounts.models import MemberState, RegionalGroup, User
from forum.enums import EntryState, Permission, Plan
from forum.models import Category, EntryPermission, LibraryEntry, Post, Step

CONTENT = Path(__file__).resolve().parent / "content" / "library.toml"


def load_library(people: dict[str, User]) -> None:
    """Save the entries of the library, unless there are some; those without a number wait for the moderator.

    Args:
        people: By e-mail address, as the rest of the sample has them.
    """
    if LibraryEntry.objects.exists():
        return
    for about in tomllib.loads(CONTENT.read_text())["entries"]:
        post = _post_of(about.pop("post", ""))
        by, states, groups = about.pop("by", None), about.pop("states", []), about.pop("groups", [])
        author = people[by] if by else post.author if post else None
        assert author is not None
        proposed_at = min(
            post.posted_at if post else timezone.now() - timedelta(days=7), timezone.now() - timedelta(hours=3)
        )
        published_at = proposed_at + timedelta(hours=2) if "number" in about else None
        named = MemberState.objects.filter(code__in=states)
        entry = LibraryEntry.objects.create(
            **_with_rows(about),
            language=written(post.language) if post else "en",
            is_legislative_advice=False,
            plan=Plan.NONE,
            post=post,
            proposed_by=author,
            proposed_at=proposed_at,
            published_at=published_at,
            reviewed_at=published_at,
            state=EntryState.PUBLISHED if published_at else EntryState.PROPOSED,
        )
        entry.states.set(named)
        entry.groups.set(RegionalGroup.objects.filter(key__in=groups))
        asked = [state for state in named if state != author.member_state]
        EntryPermission.objects.bulk_create(EntryPermission(entry=entry, member_state=state) for state in asked)
        if asked:
            entry.permission = Permission.ASKED
            entry.save(update_fields=["permission"])


def _post_of(symbol: str) -> Post | None:
    """Return the post that an entry is made from, by the number of its topic, its language and its own number."""
    if not symbol:
        return None
    topic, language, number = symbol.split("/")
    posts = Post.objects.select_related("author__member_state")
    return posts.get(discussion__topic__number=topic, discussion__room__language=language, number=number)


def _with_rows(about: dict[str, Any]) -> dict[str, Any]:
    """Return what an entry is made of, its category and step as rows, its texts without blanks around them."""
    rows = {"category": Category.objects.get(slug=about["category"]), "step": Step.objects.get(slug=about["step"])}
    return {name: text.strip() if isinstance(text, str) else text for name, text in about.items()} | rows
