"""What the forum's mail says. Each letter asks again whether its reader may still see what it tells."""

from itertools import groupby

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.enums import PostState
from forum.models import Digest, Discussion, Post, Topic


def _nearest(notice: Notice, topic: Topic) -> Discussion | None:
    """Return the topic's discussion that the reader follows or reads first, if any is still theirs to see."""
    reader = notice.reader
    order = [reader.language, *reader.languages_read]
    visible = Discussion.objects.visible_to(reader).filter(topic=topic).select_related("topic", "room")
    return min(
        visible,
        key=lambda d: (order.index(d.room.language) if d.room.language in order else len(order), d.room.position),
        default=None,
    )


def topic_opened(notice: Notice) -> Letter | None:
    """Tell that a topic has opened, in the room nearest to the reader. Source: FOR-02, workflow 2.1."""
    topic = notice.about
    assert isinstance(topic, Topic)
    discussion = _nearest(notice, topic)
    if discussion is None:
        return None
    subject = _("This week: %(title)s") % {"title": topic.title}
    return write_letter(
        notice,
        "forum/emails/topic_opened",
        subject,
        {"discussion": discussion},
        list_name=discussion.room.language,
    )


def week_digested(notice: Notice) -> Letter | None:
    """Tell of a week's posts in what the reader follows, the text itself, by discussion. Source: workflow 2.1."""
    digest = notice.about
    assert isinstance(digest, Digest)
    reader = notice.reader
    posts = (
        Post.objects.visible_to(reader)
        .filter(state=PostState.VISIBLE, posted_at__gte=digest.starts_at, posted_at__lt=digest.ends_at)
        .filter(
            Q(discussion__in=reader.follows.values("discussion"))
            | Q(discussion__room__in=reader.follows.values("room"))
        )
        .exclude(author=reader)
        .select_related("author", "member_state", "discussion__topic", "discussion__room")
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
        .first()
    )
    if post is None:
        return None
    topic = post.discussion.topic
    above = [outbox.key_of("topic.opened", topic.pk, reader.pk)]
    if post.reply_to_id:
        above.append(outbox.key_of("post.published", post.reply_to_id, reader.pk))
    subject = _("Re: This week: %(title)s") % {"title": topic.title}
    return write_letter(
        notice,
        "forum/emails/post_published",
        subject,
        {"post": post},
        list_name=post.discussion.room.language,
        replies_to=tuple(above),
    )
