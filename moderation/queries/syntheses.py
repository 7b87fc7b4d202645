"""What the pages of syntheses show: the rooms' notes, the text that is written of them, its versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language

from accounts.languages import written
from accounts.markdown import paragraphs
from accounts.models import User
from accounts.verdicts import Verdict
from forum.enums import PostState
from forum.models import Discussion, Post, Topic
from forum.queries.columns import translated
from forum.related import Region
from moderation.enums import CorrectionState
from moderation.models import Correction, FollowUp, Synthesis, SynthesisNote
from moderation.policies import synthesis as policies

TOPICS_SHOWN = 60
POSTS_BESIDE = 50
WORDS_BESIDE = 160  # characters of each paragraph


def languages_of(topic: Topic) -> list[str]:
    """Return the languages in which a topic's synthesis must be written: those of its rooms. Source: FOR-04."""
    rooms = topic.discussions.order_by("room__position").values_list("room__language", flat=True)
    found = dict.fromkeys(written(language) for language in rooms)
    return [code for code in found if code in settings.MODELTRANSLATION_LANGUAGES]


@dataclass(frozen=True)
class NotedDiscussion:
    """A discussion with the notes on it, or None where there are none yet."""

    discussion: Discussion
    note: SynthesisNote | None


@dataclass(frozen=True)
class TopicRow:
    """A topic on the way to its synthesis.

    Args:
        topic: With how many of its rooms have handed in notes (``handed_in``), of how many (``rooms``), whether
            somebody writes a version now (``is_begun``) and the number of the latest published one (``version``).
        waiting: How many requests for a correction wait.
        own: Its discussions that the viewer guides, for a facilitator's notes.
    """

    topic: Topic
    waiting: int
    own: Sequence[NotedDiscussion]


def synthesis_list(viewer: User) -> list[TopicRow]:
    """Gather the topics whose synthesis is to be written or can be corrected, the latest first. Source: FOR-13."""
    discussions = Discussion.objects.visible_to(viewer).standing()
    drafts = Synthesis.objects.filter(topic=OuterRef("pk"), published_at=None)
    waiting = Q(syntheses__corrections__state=CorrectionState.WAITING)
    topics = (
        Topic.objects.filter(pk__in=discussions.values("topic"), number__isnull=False)
        .filter(Exists(Post.objects.filter(discussion__topic=OuterRef("pk"), state=PostState.VISIBLE)))
        .annotate(
            rooms=Count("discussions", distinct=True),
            handed_in=Count(
                "discussions__synthesis_note", Q(discussions__synthesis_note__handed_in_at__isnull=False), distinct=True
            ),
            version=Count("syntheses", Q(syntheses__published_at__isnull=False), distinct=True),
            is_begun=Exists(drafts),
            waiting=Count("syntheses__corrections", waiting, distinct=True),
        )
        .order_by("-opens_at", "-pk")[:TOPICS_SHOWN]
    )
    shown = list(topics)
    places: dict[int, list[NotedDiscussion]] = {}
    notes = {note.discussion_id: note for note in SynthesisNote.objects.visible_to(viewer)}
    for each in (
        discussions.filter(topic__in=[topic.pk for topic in shown])
        .select_related("room", "topic")
        .order_by("room__position")
    ):
        places.setdefault(each.topic_id, []).append(NotedDiscussion(each, notes.get(each.pk)))
    return [TopicRow(topic, topic.waiting, places.get(topic.pk, [])) for topic in shown]


@dataclass(frozen=True)
class Citable:
    """A post as notes cite it.

    Args:
        post: With its author.
        cites: What to write to cite it, and each of its paragraphs, with the paragraph's first words.
    """

    post: Post
    cites: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class NotePage:
    """The notes on one discussion, beside its posts.

    Args:
        discussion: With its topic and room.
        note: What is written so far, or None.
        posts: Some of its posts, in order.
        after: The number that the next of them come after, or None.
    """

    discussion: Discussion
    note: SynthesisNote | None
    posts: Sequence[Citable]
    after: int | None


def note_page(discussion: Discussion, *, viewer: User, after: int = 0) -> NotePage:
    """Gather a discussion's notes, and the posts to cite in them.

    Args:
        discussion: One that ``viewer`` sees, with its topic and room.
        viewer: Who writes.
        after: The number of the post that the list goes on from.

    Source: MOD-05, workflow 2.1.
    """
    posts = Post.objects.visible_to(viewer).filter(discussion=discussion, state=PostState.VISIBLE, number__gt=after)
    found = list(
        posts.select_related("author", "imported_author", "member_state").order_by("number")[: POSTS_BESIDE + 1]
    )
    shown = found[:POSTS_BESIDE]
    return NotePage(
        discussion=discussion,
        note=SynthesisNote.objects.visible_to(viewer).filter(discussion=discussion).first(),
        posts=[Citable(post, cites_of(discussion.symbol, post)) for post in shown],
        after=shown[-1].number if len(found) > len(shown) else None,
    )


def cites_of(symbol: str, post: Post) -> list[tuple[str, str]]:
    """Return how a post's paragraphs are cited, each with its first words."""
    lines = post.body.splitlines()
    cites = []
    for number, block in paragraphs(post.body):
        span = block[0].map
        if number is not None and span:
            words = " ".join(lines[span[0] : span[1]]).strip()
            cites.append((f"{symbol}, {post.number}, § {number}", Truncator(words).chars(WORDS_BESIDE)))
    return cites


@dataclass(frozen=True)
class SynthesisPage:
    """All that a synthesis is written from, for the moderator.

    Args:
        topic: Whose it is.
        rooms: Its discussions, each with its notes.
        draft: The version that is being written, or None.
        latest: The version published last, or None.
        corrections: Requests for corrections, those that wait first.
        languages: In which it must be written.
    """

    topic: Topic
    rooms: Sequence[NotedDiscussion]
    draft: Synthesis | None
    latest: Synthesis | None
    corrections: Sequence[Correction]
    languages: Sequence[str]


def synthesis_page(topic: Topic, *, viewer: User) -> SynthesisPage:
    """Gather what the moderator writes a synthesis from. Source: FOR-13, MOD-03, workflow 2.1."""
    discussions = Discussion.objects.visible_to(viewer).filter(topic=topic).select_related("room", "topic")
    notes = {note.discussion_id: note for note in SynthesisNote.objects.visible_to(viewer).select_related("written_by")}
    versions = list(topic.syntheses.order_by("-number"))
    corrections = Correction.objects.visible_to(viewer).filter(synthesis__topic=topic).select_related("asked_by")
    return SynthesisPage(
        topic=topic,
        rooms=[NotedDiscussion(each, notes.get(each.pk)) for each in discussions.order_by("room__position")],
        draft=next((each for each in versions if each.published_at is None), None),
        latest=next((each for each in versions if each.published_at is not None), None),
        corrections=sorted(corrections, key=lambda each: each.state != CorrectionState.WAITING),
        languages=languages_of(topic),
    )


@dataclass(frozen=True)
class Outcome:
    """The versions of a synthesis, for its readers.

    Args:
        topic: Whose it is.
        version: The one that is shown, or None where none is published.
        versions: All that are published, the latest first.
        corrections: What the viewer has asked to be corrected in the latest version.
        may_ask: Whether the viewer may ask for a correction now, or why not.
        until: The last moment for that.
    """

    topic: Topic
    version: Synthesis | None
    versions: Sequence[Synthesis]
    corrections: Sequence[Correction]
    may_ask: Verdict
    until: datetime | None


def outcome_of(topic: Topic, *, viewer: User, number: int | None = None) -> Outcome:
    """Gather the versions of a topic's synthesis.

    Args:
        topic: One that ``viewer`` sees.
        viewer: Who looks.
        number: Of the version that is wanted; the latest when not given.

    Raises:
        Synthesis.DoesNotExist: There is no such version for ``viewer``.

    Source: FOR-13, FOR-11, REP-08.
    """
    versions = list(topic.syntheses.filter(published_at__isnull=False).order_by("-number"))
    latest = versions[0] if versions else None
    shown = latest if number is None else next((each for each in versions if each.number == number), None)
    if number is not None and shown is None:
        raise Synthesis.DoesNotExist
    return Outcome(
        topic=topic,
        version=shown,
        versions=versions,
        corrections=list(Correction.objects.filter(synthesis__in=versions, asked_by=viewer).order_by("-asked_at")),
        may_ask=policies.may_ask_correction(viewer, latest, timezone.now()) if latest else Verdict("-"),
        until=latest.corrections_until if latest else None,
    )


def follow_up_list(viewer: User) -> QuerySet[FollowUp]:
    """Return what all topics have led to, the latest first, for the report. Source: REP-07, REP-08."""
    return _with_states(FollowUp.objects.visible_to(viewer)).select_related("topic", "recorded_by")


def outcome_region(topic: Topic, viewer: User) -> Region:
    """Return what a topic's page shows below the synthesis: the way to its versions, and what came of it.

    Source: FOR-11, REP-08.
    """
    return Region("moderation/partials/outcome.html", {"follow_ups": _with_states(topic.follow_ups.all())})


def _with_states(follow_ups: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Add ``state_names`` in the reader's language."""
    name = translated("states__name", get_language() or "en")
    named = ArrayAgg(name, filter=Q(states__isnull=False), default=Value([]), order_by=name)
    return follow_ups.annotate(state_names=named)
