"""What the pages about translations show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language

from accounts.enums import Role
from accounts.languages import language_name, spoken
from accounts.markdown import paragraphs
from accounts.models import User
from accounts.verdicts import Verdict
from forum import policies
from forum.models import Post, PostTranslation
from forum.queries.extras import PostExtras, post_extras
from forum.queries.pages import page_of
from forum.queries.rows import PostRow, SisterRow, post_rows, sister_discussions

STALE_SHOWN = 100


def paragraph_count(text: str) -> int:
    """Return how many citable paragraphs a text has."""
    return sum(number is not None for number, _tokens in paragraphs(text))


@dataclass(frozen=True)
class LanguageRow:
    """One language a post can be read in.

    Args:
        code: Of the language.
        name: In the reader's language.
        translation: What there is; None when nothing.
        is_aligned: Whether it has as many paragraphs as the original, so that citations agree.
        may_check: Whether the viewer may say that it is right.
    """

    code: str
    name: str
    translation: PostTranslation | None
    is_aligned: bool
    may_check: bool


@dataclass(frozen=True)
class TranslationsPage:
    """A post's translations.

    Args:
        post: With its discussion, room and author.
        original: The name of its own language.
        languages: The others.
        may_translate: Whether the viewer may write one.
        may_ask_machine: Whether the viewer may have a machine write one.
    """

    post: Post
    original: str
    languages: Sequence[LanguageRow]
    may_translate: Verdict
    may_ask_machine: Verdict


def translations_page(viewer: User, post: int) -> TranslationsPage:
    """Gather a post's translations.

    Raises:
        Post.DoesNotExist: ``viewer`` may see no such post, or no longer its text.
    """
    shown = Post.objects.visible_to(viewer).select_related(
        "author", "imported_author", "discussion__room", "discussion__topic"
    )
    found = shown.get(pk=post, state="visible")
    stored = {row.language: row for row in found.translations.select_related("translated_by", "checked_by")}
    count = paragraph_count(found.body)
    languages, here = [], get_language() or "en"
    for code in settings.MODELTRANSLATION_LANGUAGES:
        if spoken(code) != spoken(found.language):
            row = stored.get(code)
            languages.append(
                LanguageRow(
                    code=code,
                    name=language_name(code, here),
                    translation=row,
                    is_aligned=row is None or not row.body or paragraph_count(row.body) == count,
                    may_check=row is not None and bool(policies.may_check_translation(viewer, found, row)),
                )
            )
    return TranslationsPage(
        post=found,
        original=language_name(found.language, here),
        languages=languages,
        may_translate=policies.may_translate(viewer, found),
        may_ask_machine=policies.may_ask_machine(viewer, found),
    )


def stale_translations(viewer: User) -> list[PostTranslation]:
    """Return translations behind their original that ``viewer`` may bring up to date, the oldest first."""
    visible = Post.objects.visible_to(viewer).filter(state="visible")
    if not (viewer.is_moderator or viewer.role == Role.FACILITATOR):
        visible = visible.filter(author=viewer)
    stale = PostTranslation.objects.written().stale().filter(post__in=visible)
    with_post = stale.select_related("post__discussion__topic", "post__discussion__room", "translated_by")
    return list(with_post.order_by("post__edited_at", "pk")[:STALE_SHOWN])


# --- Two rooms side by side -------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One of two sister discussions read side by side.

    Args:
        discussion: Which.
        posts: One page of them.
        extras: What belongs to the posts, by number.
        number: The page's number, from 1.
        pages: How many there are.
    """

    discussion: SisterRow
    posts: Sequence[PostRow]
    extras: Mapping[int, PostExtras]
    number: int
    pages: int


@dataclass(frozen=True)
class SideBySide:
    """A topic's discussions in two rooms, and the rooms there are to choose from."""

    sisters: Sequence[SisterRow]
    columns: Sequence[Column]


def side_by_side(viewer: User, topic: int, rooms: Sequence[str], numbers: Sequence[int]) -> SideBySide:
    """Gather pages of a topic's discussions in two rooms.

    Args:
        viewer: Who looks.
        topic: The topic's id.
        rooms: The languages of the rooms wanted; others stand in for what is not there.
        numbers: Which page of each; the last one when beyond it.

    Returns:
        Two columns; one where the viewer may see only one of the topic's discussions.
    """
    sisters = sister_discussions(viewer, topic)
    by_language = {sister.language: sister for sister in sisters}
    chosen = list(dict.fromkeys(by_language[room] for room in rooms if room in by_language))
    chosen += [sister for sister in sisters if sister not in chosen]
    columns = [_column(viewer, sister, number) for sister, number in zip(chosen, numbers, strict=False)]
    return SideBySide(sisters, columns)


def _column(viewer: User, discussion: SisterRow, wanted: int) -> Column:
    pages = page_of(discussion.last_number)
    number = min(wanted, pages)
    after, up_to = (number - 1) * settings.POSTS_PER_PAGE, number * settings.POSTS_PER_PAGE
    return Column(
        discussion=discussion,
        posts=post_rows(viewer, discussion.pk, after, up_to),
        extras=post_extras(viewer, discussion.pk, after, up_to),
        number=number,
        pages=pages,
    )
