"""What the forum's mail says. Each letter asks again whether its reader may still see what it tells."""

from itertools import groupby

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Notice, User
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.enums import PostState, TopicKind
from forum.models import Digest, Discussion, Post, Topic
from forum.services.audience import hears_of_topics, in_digest_of, still_hears

SUBJECTS = {
    TopicKind.WEEKLY: gettext_lazy("This week: %(title)s"),
    TopicKind.OPEN: gettext_lazy("New discussion: %(title)s"),
    TopicKind.QUESTION: gettext_lazy("Question: %(title)s"),
    TopicKind.EXPERIENCE: gettext_lazy("Experience: %(title)s"),
}
REPLY_SUBJECTS = {
    TopicKind.WEEKLY: gettext_lazy("Re: This week: %(title)s"),
    TopicKind.OPEN: gettext_lazy("Re: New discussion: %(title)s"),
    TopicKind.QUESTION: gettext_lazy("Re: Question: %(title)s"),
    TopicKind.EXPERIENCE: gettext_lazy("Re: Experience: %(title)s"),
}


def nearest_discussion(reader: User, topic: Topic, *conditions: Q) -> Discussion | None:
    """Return the topic's discussion that ``reader`` reads first, of those they may see, or None.

    Args:
        reader: Whom a letter is for.
        topic: What it is about.
        conditions: On the discussions, such as that the reader wants to hear of them.
    """
    order = reader.room_languages
    visible = Discussion.objects.visible_to(reader).filter(*conditions, topic=topic)
    return min(
        visible.select_related("topic", "room"),
        key=lambda d: (order.index(d.room.language) if d.room.language in order else len(order), d.room.position),
        default=None,
    )


def topic_opened(notice: Notice) -> Letter | None:
    """Tell that a topic has opened, in the room nearest to the reader. Source: FOR-02, workflow 2.1."""
    topic = notice.about
    assert isinstance(topic, Topic)
    discussion = nearest_discussion(notice.reader, topic, hears_of_topics(notice.reader))
    if discussion is None:
        return None
    if discussion.room.is_sensitive:
        return only_that_it_is(notice, discussion, discussion)
    return write_letter(
        notice,
        "forum/emails/topic_opened",
        SUBJECTS[TopicKind(topic.kind)] % {"title": topic.title},
        {"discussion": discussion, "post": _first_post(notice.reader, topic)},
        list_name=discussion.room.language,
    )


def _first_post(reader: User, topic: Topic) -> Post | None:
    """Return what a participant opened a topic with, where mail may carry it."""
    if topic.opened_by_id is None:
        return None
    posts = Post.objects.visible_to(reader).filter(discussion__topic=topic, number=1, author=topic.opened_by_id)
    shown = posts.filter(state=PostState.VISIBLE, discussion__room__is_sensitive=False)
    return shown.select_related("author", "member_state").prefetch_related("attachments").first()


def only_that_it_is(
    notice: Notice, discussion: Discussion, place: Discussion | Post, replies_to: tuple[str, ...] = ()
) -> Letter:
    """Tell that there is something new in a sensitive room, and nothing of what it is.

    Args:
        notice: What is told to whom.
        discussion: Where it is, with its topic and room.
        place: What the letter leads to.
        replies_to: Keys of the notices above this one in the reader's mail client, the nearest last.

    Source: ACC-03.
    """
    return write_letter(
        notice,
        "forum/emails/room_sensitive",
        _("New in the room %(room)s") % {"room": discussion.room.name},
        {"discussion": discussion, "place": place},
        list_name=discussion.room.language,
        replies_to=replies_to,
    )


def week_digested(notice: Notice) -> Letter | None:
    """Tell of a week's posts in what the reader follows, the text itself, by discussion. Source: workflow 2.1."""
    digest = notice.about
    assert isinstance(digest, Digest)
    reader = notice.reader
    posts = (
        Post.objects.visible_to(reader)
        .filter(state=PostState.VISIBLE, posted_at__gte=digest.starts_at, posted_at__lt=digest.ends_at)
        .filter(imported_author=None)
        .filter(in_digest_of(reader))
        .exclude(author=reader)
        .select_related("author", "member_state", "discussion__topic", "discussion__room")
        .prefetch_related("attachments")
        .order_by("discussion__room__position", "discussion", "number")
    )
    shown = list(posts[: settings.DIGEST_POSTS])
    if not shown:
        return None
    total = posts.count()
    subject = ngettext("The week in the forum: %(count)d post", "The week in the forum: %(count)d posts", total) % {
        "count": total
    }
    by_discussion = [(discussion, list(group)) for discussion, group in groupby(shown, key=lambda p: p.discussion)]
    context: dict[str, object] = {"discussions": by_discussion, "further": total - len(shown)}
    return write_letter(notice, "forum/emails/week_digested", subject, context)


def post_published(notice: Notice) -> Letter | None:
    """Tell of a post, under its topic and the post it answers in the reader's mail client."""
    reader = notice.reader
    post = (
        Post.objects.visible_to(reader)
        .filter(pk=notice.object_id, state=PostState.VISIBLE)
        .select_related("author", "member_state", "discussion__topic", "discussion__room")
        .prefetch_related("attachments")
        .first()
    )
    if post is None or not still_hears(reader, post.discussion, notice.scope):
        return None
    topic = post.discussion.topic
    above = [outbox.key_of("topic.opened", topic.pk, reader.pk)]
    if post.reply_to_id:
        above.append(outbox.key_of("post.published", post.reply_to_id, reader.pk))
    if post.discussion.room.is_sensitive:
        return only_that_it_is(notice, post.discussion, post, tuple(above))
    subject = REPLY_SUBJECTS[TopicKind(topic.kind)] % {"title": topic.title}
    named = Q(user=reader) | Q(member_state=reader.member_state_id, member_state__isnull=False)
    return write_letter(
        notice,
        "forum/emails/post_published",
        subject,
        {"post": post, "mention": post.mentions.filter(named).order_by("member_state").first()},
        list_name=post.discussion.room.language,
        replies_to=tuple(above),
    )
