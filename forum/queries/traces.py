"""Where the words of a post stand beside itself: for who decides whether it is deleted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.enums import NoticeState
from accounts.models import Notice
from forum.models import Clearance, Draft, LibraryEntry, Post, PostRevision, PostTranslation, Record

QUOTE = ">"


@dataclass(frozen=True)
class Traces:
    """Where the words of a post stand beside itself.

    Args:
        quoting: Posts that quote lines of it.
        replies: How many posts answer it.
        translations: How many there are of it.
        wordings: How many earlier ones are kept.
        entry: The entry of the library that was made from it, if any.
        notices: How many letters about it have not gone out.
        records: How many documents of its discussion are kept.
    """

    quoting: Sequence[Post]
    replies: int
    translations: int
    wordings: int
    entry: LibraryEntry | None
    notices: int
    records: int


def traces_of(post: Post) -> Traces:
    """Gather where the words of ``post`` stand. Source: FOR-14, MOD-10, workflow 2.5."""
    words = lines_of(texts_of(post))
    return Traces(
        quoting=[quoting for quoting in posts_near(post) if quotes(quoting.body, words)],
        replies=post.replies.count(),
        translations=post.translations.count(),
        wordings=post.revisions.count(),
        entry=LibraryEntry.objects.filter(post=post).first(),
        notices=notices_about(post).count(),
        records=records_with([post.discussion_id], [post.discussion.topic_id]).count(),
    )


def texts_of(post: Post) -> list[str]:
    """Return all wordings of a post, the earlier ones and its translations among them."""
    earlier = PostRevision.objects.filter(post=post).values_list("body", flat=True)
    translated = PostTranslation.objects.filter(post=post).values_list("body", flat=True)
    return [post.body, *earlier, *translated]


def lines_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the lines of texts, without the marks of quotations and the spaces around them."""
    lines = (line.lstrip("> \t").strip() for text in texts for line in text.splitlines())
    return frozenset(line for line in lines if line)


def quotes(text: str, words: Collection[str]) -> bool:
    """Tell whether a text quotes one of ``words``, which are lines."""
    return any(is_quoted(line, words) for line in text.splitlines())


def is_quoted(line: str, words: Collection[str]) -> bool:
    """Tell whether a line of a text is a quotation of one of ``words``."""
    return line.lstrip().startswith(QUOTE) and line.lstrip("> \t").strip() in words


def posts_near(post: Post) -> QuerySet[Post]:
    """Return the other posts that may quote ``post``: of its topic, or leading to it."""
    near = Q(discussion__topic=post.discussion.topic_id) | Q(body__contains=f"/posts/{post.pk}/")
    found = Post.objects.filter(near, body__contains=QUOTE).exclude(pk=post.pk)
    return found.select_related("author", "imported_author", "discussion__topic", "discussion__room")


def texts_near(post: Post) -> tuple[QuerySet[Draft], QuerySet[Clearance]]:
    """Return the texts that are not published and may quote ``post``."""
    near = Q(discussion__topic=post.discussion.topic_id) | Q(body__contains=f"/posts/{post.pk}/")
    found = near & Q(body__contains=QUOTE)
    return Draft.objects.filter(found), Clearance.objects.filter(found)


def notices_about(post: Post) -> QuerySet[Notice]:
    """Return the letters about ``post`` that have not gone out."""
    about: QuerySet[Notice] = Notice.objects.filter(
        content_type__app_label="forum", content_type__model="post", object_id=post.pk
    )
    return about.filter(state__in=[NoticeState.WAITING, NoticeState.FAILED])


def records_with(discussions: Collection[int], topics: Collection[int]) -> QuerySet[Record]:
    """Return the documents in which posts of ``discussions`` may stand, written or being written.

    Args:
        discussions: Their ids.
        topics: The ids of their topics.
    """
    return Record.objects.filter(Q(discussion__in=discussions) | Q(discussion=None, topic__in=topics))
