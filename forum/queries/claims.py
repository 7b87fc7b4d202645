"""What the pages about imported authors show, and where old addresses lead."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery

from accounts.models import User
from accounts.verdicts import Verdict
from forum import policies
from forum.models import AuthorClaim, Discussion, ImportedAuthor, ImportedItem, Post, Topic
from forum.models.imports import plain_address


@dataclass(frozen=True)
class ClaimPage:
    """An imported author, for somebody who may say that the posts are theirs.

    Args:
        author: Who wrote in the older forum.
        posts: How many of their posts the viewer may read.
        first_at: When the first of these was posted.
        last_at: When the last of them was.
        is_asked: Whether the viewer has asked already, and waits.
        is_own: Whether they are the viewer's by now.
        may_claim: Whether the viewer may ask, or why not.
    """

    author: ImportedAuthor
    posts: int
    first_at: datetime
    last_at: datetime
    is_asked: bool
    is_own: bool
    may_claim: Verdict


def claim_page(viewer: User, pk: int) -> ClaimPage:
    """Gather what the page about an imported author shows.

    Args:
        viewer: Who looks.
        pk: The author's id.

    Raises:
        ImportedAuthor.DoesNotExist: ``viewer`` may read none of their posts.
    """
    author = ImportedAuthor.objects.get(pk=pk)
    found = Post.objects.visible_to(viewer).filter(imported_author=author)
    told = found.aggregate(posts=Count("pk"), first_at=Min("posted_at"), last_at=Max("posted_at"))
    if not told["posts"]:
        raise ImportedAuthor.DoesNotExist
    return ClaimPage(
        author=author,
        is_asked=AuthorClaim.objects.waiting().filter(author=author, user=viewer).exists(),
        is_own=author.claimed_by_id == viewer.pk,
        may_claim=policies.may_claim(viewer, author),
        **told,
    )


def waiting_claims() -> QuerySet[AuthorClaim]:
    """Return the claims that wait for the Secretariat, the oldest first, each with its ``posts``."""
    posts = Post.objects.filter(imported_author=OuterRef("author")).order_by().values("imported_author")
    waiting = AuthorClaim.objects.waiting().select_related("author", "user__member_state")
    return waiting.annotate(posts=Subquery(posts.values(count=Count("pk")))).order_by("asked_at", "pk")


def new_address_of(viewer: User, address: str) -> str | None:
    """Return where an address of an older forum leads now, if it is anything that ``viewer`` may see.

    Args:
        viewer: Who looks.
        address: Its path and query.

    Source: FOR-18, FOR-19, CDIP/25/5 annex paras 6-7, workflow 2.10.
    """
    plain = plain_address(address)
    path, mark, query = plain.partition("?")
    spellings = {plain, (path.rstrip("/") or "/") + mark + query, path.rstrip("/") + "/" + mark + query}
    for item in ImportedItem.objects.filter(address__in=spellings).order_by("pk"):
        found = _new_place(viewer, item)
        if found is not None:
            return found.get_absolute_url()
    return None


def _new_place(viewer: User, item: ImportedItem) -> Discussion | Post | Topic | None:
    if item.post_id is not None:
        return Post.objects.visible_to(viewer).filter(pk=item.post_id).first()
    discussions = Discussion.objects.visible_to(viewer).filter(topic=item.topic_id)
    return discussions.select_related("room").order_by("room__position").first()
