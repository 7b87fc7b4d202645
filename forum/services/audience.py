"""Who is told of what: the one place that weighs what people follow, how much of it, and at which pace."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import MD5, Cast, Concat

from accounts.enums import MailScope, Pace, Role
from accounts.languages import written
from accounts.models import User
from forum.enums import FollowLevel
from forum.models import Discussion, Experience, Post, Room, RoomGrant, Topic
from forum.models.reading import heard_at
from forum.queries.mentions import NOBODY, Mentions

EVERY_POST = [FollowLevel.EVERYTHING]
NEW_TOPICS = [FollowLevel.EVERYTHING, FollowLevel.TOPICS]
"""The levels that bring new topics at once, and the other posts in the weekly digest."""
NOTHING = [FollowLevel.MUTED]


def told_of_post(post: Post, *, answered: int | None, mentions: Mentions = NOBODY) -> dict[int, MailScope]:
    """Return who is told of a post at once, by id, with the kind of mail that it is to them.

    Args:
        post: What was published; its author is not told.
        answered: The id of the author of the post that it answers.
        mentions: Whom it names; of a state, its focal points and other delegates.

    Source: FOR-10.
    """
    others = User.objects.active().exclude(pk=post.author_id)
    followers = others.wanting(MailScope.POSTS, Pace.AT_ONCE).filter(_hearing(EVERY_POST, post.discussion))
    if _opens_its_topic(post):  # who is told of the topic reads this post with it
        rooms = Room.objects.filter(discussions__topic=post.discussion.topic)
        followers = followers.exclude(pk__in=told_of_topic(others, rooms))
    told = followers.values_list("pk", Value(MailScope.POSTS))
    if answered is not None or mentions.names:
        addressed = _wanting_answers(others, post).filter(Q(pk=answered) | _named(mentions))
        told = told.union(addressed.values_list("pk", Value(MailScope.REPLIES)))
    return dict(sorted(told, key=lambda person: person[1] == MailScope.REPLIES))


def _opens_its_topic(post: Post) -> bool:
    """Tell whether a participant has just opened a topic with ``post``."""
    topic = post.discussion.topic
    if post.number != 1 or post.author_id is None or post.author_id != topic.opened_by_id:
        return False
    return not Post.objects.filter(discussion__topic=topic).exclude(pk=post.pk).exists()


def told_of_mentions(post: Post, mentions: Mentions) -> dict[int, MailScope]:
    """Return who is told at once that a post names them or their state, by id, with the kind of mail."""
    others = User.objects.active().exclude(pk=post.author_id)
    named = _wanting_answers(others, post).filter(_named(mentions))
    return dict.fromkeys(named.values_list("pk", flat=True), MailScope.REPLIES)


def _wanting_answers(people: QuerySet[User], post: Post) -> QuerySet[User]:
    wanting: QuerySet[User] = people.wanting(MailScope.REPLIES, Pace.AT_ONCE)  # type: ignore[attr-defined]
    return wanting.exclude(_hearing(NOTHING, post.discussion))


def _named(mentions: Mentions) -> Q:
    return Q(pk__in=mentions.people) | Q(member_state__in=mentions.states)


def told_of_topic(people: QuerySet[User], rooms: QuerySet[Room]) -> dict[int, MailScope]:
    """Return who of ``people`` is told at once that a topic opens in ``rooms``.

    Args:
        people: Those whose account works.
        rooms: Where it opens.

    Source: FOR-02, workflow 2.1.
    """
    wanting = people.wanting(MailScope.TOPICS, Pace.AT_ONCE)  # type: ignore[attr-defined]
    followers = wanting.filter(follows__room__in=rooms, follows__level__in=NEW_TOPICS)
    return dict.fromkeys(followers.distinct().values_list("pk", flat=True), MailScope.TOPICS)


def told_of_answer(topic: Topic, *, actor: User) -> dict[int, MailScope]:
    """Return who is told at once that a question is answered: who follows it, who asked, and who answered.

    Args:
        topic: The question.
        actor: Who said so, and is not told.

    Source: FOR-17.
    """
    others = User.objects.active().exclude(pk=actor.pk)
    heard = heard_at(EVERY_POST, user=OuterRef(OuterRef("pk")), discussion=OuterRef("pk"), room=OuterRef("room"))
    followers = others.wanting(MailScope.POSTS, Pace.AT_ONCE).filter(Exists(topic.discussions.filter(heard)))
    concerned = [topic.opened_by_id, topic.answer.author_id if topic.answer else None]
    wanting = others.wanting(MailScope.REPLIES, Pace.AT_ONCE).filter(pk__in=[pk for pk in concerned if pk])
    told = dict.fromkeys(followers.values_list("pk", flat=True), MailScope.POSTS)
    return told | dict.fromkeys(wanting.exclude(_muted(topic)).values_list("pk", flat=True), MailScope.REPLIES)


def told_of_unanswered(topic: Topic) -> dict[int, MailScope]:
    """Return who is told that a question waits for an answer: the moderator, and people who may know one.

    These have experience of its category or step, may see it, take the floor, and have not muted it; there are
    at most ``QUESTION_TOLD_MOST`` of them, who read the language of one of its rooms first.

    Source: FOR-17, LIB-02, LIB-03.
    """
    rooms = Room.objects.filter(discussions__topic=topic)
    others = User.objects.active().exclude(pk=topic.opened_by_id)
    known = Experience.objects.about(category=topic.category_id, step=topic.step_id)
    moderators = others.filter(role=Role.MODERATOR)
    facilitators = RoomGrant.objects.in_force().filter(content_object__in=rooms).values("user")
    able = others.filter(
        Q(role__in=[Role.DELEGATE, Role.EXPERT, Role.SECRETARIAT]) | Q(role=Role.FACILITATOR, pk__in=facilitators),
        Exists(known.filter(user=OuterRef("pk"))),
    )
    languages = [written(language) for language in rooms.values_list("language", flat=True)]
    reads = Q(language__in=languages) | Q(languages_read__overlap=languages)
    # Not always the same people among those who are equally able: which, follows from the question.
    turn = MD5(Concat(Cast("pk", TextField()), Value(f"-{topic.pk}")))
    nearest = (
        able.wanting(MailScope.TOPICS, Pace.AT_ONCE)
        .exclude(_muted(topic))
        .order_by(Case(When(reads, then=0), default=1), turn)
    )
    told = dict.fromkeys(nearest.values_list("pk", flat=True)[: settings.QUESTION_TOLD_MOST], MailScope.TOPICS)
    return told | dict.fromkeys(moderators.values_list("pk", flat=True), MailScope.ACCOUNT)


def _muted(topic: Topic) -> Q:
    """Return the condition on people that they hear of none of a topic's discussions."""
    muted = heard_at(NOTHING, user=OuterRef(OuterRef("pk")), discussion=OuterRef("pk"), room=OuterRef("room"))
    return Q(~Exists(topic.discussions.exclude(muted)))


def told_of_week(people: QuerySet[User], discussions: QuerySet[Discussion]) -> dict[int, MailScope]:
    """Return who of ``people`` has the weekly digest when something was said in ``discussions``.

    Args:
        people: Those whose account works.
        discussions: Where there is something to tell.

    Source: workflow 2.1.
    """
    heard = heard_at(NEW_TOPICS, user=OuterRef(OuterRef("pk")), discussion=OuterRef("pk"), room=OuterRef("room"))
    wanting = people.wanting(MailScope.POSTS, Pace.WEEKLY)  # type: ignore[attr-defined]
    readers = wanting.filter(Exists(discussions.filter(heard)))
    return dict.fromkeys(readers.values_list("pk", flat=True), MailScope.POSTS)


def in_digest_of(reader: User) -> Q:
    """Return the condition on posts that ``reader``'s weekly digest holds them."""
    return heard_at(NEW_TOPICS, user=reader.pk, discussion=OuterRef("discussion"), room=OuterRef("discussion__room"))


def hears_of_topics(reader: User) -> Q:
    """Return the condition on discussions that ``reader`` is told when they open."""
    return heard_at(NEW_TOPICS, user=reader.pk, discussion=OuterRef("pk"), room=OuterRef("room"))


def still_hears(reader: User, discussion: Discussion, scope: str) -> bool:
    """Tell whether ``reader`` still wants to hear of ``discussion`` when a letter is about to be sent.

    Args:
        reader: Whom the letter is for.
        discussion: Where the post is that it tells of.
        scope: What the post is to the reader.
    """
    people = User.objects.filter(pk=reader.pk)
    if scope == MailScope.POSTS:
        return bool(people.filter(_hearing(EVERY_POST, discussion)).exists())
    return not people.filter(_hearing(NOTHING, discussion)).exists()


def _hearing(levels: Sequence[FollowLevel], discussion: Discussion) -> Q:
    """Return the condition on people that they chose one of ``levels`` for ``discussion``, or else for its room."""
    return heard_at(levels, user=OuterRef("pk"), discussion=discussion.pk, room=discussion.room_id)
