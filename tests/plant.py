"""Plants hostile words in every place where people leave words. ``manage.py shell -c`` runs it for the journeys."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.enums import AccountStatus, InstitutionKind, Role
from accounts.markdown import render
from accounts.models import AccountRequest, MemberState, User
from forum.enums import EntryState, EntryType, Plan, TopicKind, TranslationStatus
from forum.models import (
    Attachment,
    AuthorClaim,
    Category,
    Discussion,
    Draft,
    Follow,
    ImportedAuthor,
    LibraryEntry,
    Post,
    PostRevision,
    PostTranslation,
    Room,
    Topic,
    TopicDraft,
)
from forum.services.feeds import make_feed
from tests.hostile import VECTORS

WORDS = [vector.replace("\x00", "") for vector in VECTORS]  # PostgreSQL holds no NUL, and the forms refuse it
YEAR = 1999  # of the symbols of the hostile topics


@transaction.atomic
def plant(reader_email: str) -> dict[str, str]:
    """Plant every vector once in each kind of text, for somebody to look at all of it.

    The first topic has a post for each vector in the English and in the French room; the others are there for
    their titles. What a form would refuse is planted too: an import, an administrator or an older version might
    have let it in.

    Args:
        reader_email: Whose drafts and feed are full of it, too.

    Returns:
        Where the discussion, its sister, the topic and the feed are.
    """
    now = timezone.now()
    reader, state, category = (
        User.objects.get(email=reader_email),
        MemberState.objects.all()[0],
        Category.objects.all()[0],
    )
    english, french = Room.objects.get(language="en"), Room.objects.get(language="fr")
    people = _people(state)
    topics = _topics(category, people, now)
    discussions = _discussions(topics, english, now)
    sister = _discussions(topics[:1], french, now)[0]
    posts = _posts(discussions[0], now, author=people)
    _posts(sister, now, imported_author=_older_authors(people))
    _beside(posts, people, now)
    _library(category, people, now)
    _waiting(state)
    Draft.objects.bulk_create(
        Draft(user=reader, discussion=discussion, body=word)
        for discussion, word in zip(discussions, WORDS, strict=True)
    )
    typed = {"title": WORDS[0], "body": "\n".join(WORDS), "objective": "\n".join(WORDS)}
    TopicDraft.objects.update_or_create(user=reader, room=english, defaults={"typed": typed})
    Follow.objects.update_or_create(user=reader, discussion=discussions[0], defaults={"room": None})
    return {
        "discussion": discussions[0].get_absolute_url(),
        "sister": sister.get_absolute_url(),
        "topic": topics[0].get_absolute_url(),
        "feed": make_feed(actor=reader),
    }


def _people(state: MemberState) -> list[User]:
    return User.objects.bulk_create(
        User(
            email=f"hostile{n}@forum.example",
            full_name=word[:120],
            institution=word[:160],
            role=Role.DELEGATE,
            status=AccountStatus.ACTIVE,
            member_state=state,
            language="en",
            languages_read=["en"],
            time_zone="UTC",
        )
        for n, word in enumerate(WORDS)
    )


def _topics(category: Category, people: list[User], now: datetime) -> list[Topic]:
    texts = ("objective", "guiding_questions", "synthesis")
    return Topic.objects.bulk_create(
        Topic(
            kind=TopicKind.QUESTION,
            year=YEAR,
            number=n,
            category=category,
            opened_by=person,
            opens_at=now - timedelta(days=3),
            title_en=word[:120],
            **{f"{text}_en": word for text in texts},
        )
        for n, (word, person) in enumerate(zip(WORDS, people, strict=True), 1)
    )


def _discussions(topics: list[Topic], room: Room, now: datetime) -> list[Discussion]:
    return Discussion.objects.bulk_create(
        Discussion(topic=topic, room=room, opened_at=topic.opens_at, last_activity_at=now - timedelta(minutes=n))
        for n, topic in enumerate(topics)
    )


def _posts(discussion: Discussion, now: datetime, **authors: list[User] | list[ImportedAuthor]) -> list[Post]:
    """Post every vector, each in answer to the one before."""
    ((field, people),) = authors.items()
    posts = Post.objects.bulk_create(
        Post(
            discussion=discussion,
            number=n,
            language=discussion.room.language,
            body=word,
            html=render(word, anchor=f"post-{n}"),
            posted_at=now,
            edited_at=now,
            **{field: person},
        )
        for n, (word, person) in enumerate(zip(WORDS, people, strict=True), 1)
    )
    for post, answered in zip(posts[1:], posts[:-1], strict=True):
        post.reply_to = answered
    Post.objects.bulk_update(posts, ["reply_to"])
    Discussion.objects.filter(pk=discussion.pk).update(last_number=len(posts))
    return posts


def _older_authors(people: list[User]) -> list[ImportedAuthor]:
    authors = ImportedAuthor.objects.bulk_create(
        ImportedAuthor(source="hostile", key=str(n), name=word[:150]) for n, word in enumerate(WORDS)
    )
    claims = zip(authors[:20], people, WORDS, strict=False)
    AuthorClaim.objects.bulk_create(AuthorClaim(author=author, user=user, reason=word) for author, user, word in claims)
    return authors


def _beside(posts: list[Post], people: list[User], now: datetime) -> None:
    """Give each post a file, an earlier wording and a translation."""
    Attachment.objects.bulk_create(
        Attachment(
            post=post,
            discussion=post.discussion,
            uploaded_by=post.author,
            name=post.body[:150],
            content_type="application/pdf",
            size=1,
            file=f"attachments/{uuid.uuid4()}",
            text=post.body,
            text_read_at=now,
        )
        for post in posts
    )
    for earlier, post in zip(posts[1:], posts[:-1], strict=True):
        PostRevision.objects.create(post=post, body=earlier.body, html=render(earlier.body), replaced_by=post.author)
    PostTranslation.objects.bulk_create(
        PostTranslation(
            post=post,
            language="fr",
            body=post.body,
            html=render(post.body, anchor=f"translation-{post.number}"),
            status=TranslationStatus.PERSON,
            made_from=now,
            translated_by=person,
        )
        for post, person in zip(posts, reversed(people), strict=True)
    )


def _library(category: Category, people: list[User], now: datetime) -> None:
    texts = ("summary", "expected_result", "achieved_result", "lessons")
    short = ("title", "programme", "provider")
    LibraryEntry.objects.bulk_create(
        LibraryEntry(
            number=10_000 + n,
            entry_type=EntryType.PRACTICE,
            language="en",
            category=category,
            is_legislative_advice=False,
            plan=Plan.NONE,
            state=EntryState.PUBLISHED,
            proposed_by=person,
            proposed_at=now,
            published_at=now,
            reviewed_at=now,
            **dict.fromkeys(short, word[:160]),
            **dict.fromkeys(texts, word),
        )
        for n, (word, person) in enumerate(zip(WORDS, people, strict=True))
    )


def _waiting(state: MemberState) -> None:
    """Have strangers ask for accounts: what they write comes before a focal point and the Secretariat."""
    AccountRequest.objects.bulk_create(
        AccountRequest(
            email=f"stranger{n}@forum.example",
            full_name=word[:120],
            member_state=state,
            institution=word[:160],
            institution_kind=InstitutionKind.OTHER,
            reason=word,
        )
        for n, word in enumerate(WORDS)
    )
