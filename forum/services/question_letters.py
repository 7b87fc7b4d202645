"""What the mail about questions says, and the mail that asks somebody to make contact."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum import policies
from forum.enums import PostState
from forum.models import Post, Signal, Topic
from forum.services.letters import nearest_discussion, only_that_it_is


def question_answered(notice: Notice) -> Letter | None:
    """Tell that a question is answered, and by which post where the reader may read that. Source: FOR-17."""
    topic, reader = notice.about, notice.reader
    assert isinstance(topic, Topic)
    discussion = nearest_discussion(reader, topic)
    if discussion is None or topic.answered_at is None:
        return None
    above = (outbox.key_of("topic.opened", topic.pk, reader.pk),)
    posts = Post.objects.visible_to(reader).filter(pk=topic.answer_id or 0, state=PostState.VISIBLE)
    post = posts.select_related("author", "member_state", "discussion__topic", "discussion__room").first()
    place = post.discussion if post else discussion
    if place.room.is_sensitive:
        return only_that_it_is(notice, place, post or place, above)
    return write_letter(
        notice,
        "forum/emails/question_answered",
        _("Answered: %(title)s") % {"title": topic.title},
        {"discussion": place, "post": post},
        list_name=place.room.language,
        replies_to=above,
    )


def question_unanswered(notice: Notice) -> Letter | None:
    """Tell that a question waits, unless it has been answered or closed meanwhile. Source: FOR-17."""
    topic, reader = notice.about, notice.reader
    assert isinstance(topic, Topic)
    discussion = nearest_discussion(reader, topic, Q(closed_at=None))
    is_waiting = Topic.objects.unanswered(timezone.now()).filter(pk=topic.pk).exists()
    if discussion is None or not is_waiting:
        return None
    if discussion.room.is_sensitive:
        return only_that_it_is(notice, discussion, discussion)
    return write_letter(
        notice,
        "forum/emails/question_unanswered",
        _("Waiting for an answer: %(title)s") % {"title": topic.title},
        {"discussion": discussion},
        list_name=discussion.room.language,
    )


def contact_asked(notice: Notice) -> Letter | None:
    """Tell the author of a post who asks to be contacted, and how that can be done.

    The address is told to who could see it on the person's page, and the page named to who could open it.
    Source: FOR-21, ACC-05.
    """
    reader = notice.reader
    posts = Post.objects.visible_to(reader).filter(state=PostState.VISIBLE, author=reader)
    signals = Signal.objects.filter(pk=notice.object_id, post__in=posts)
    signal = signals.select_related("user__member_state", "post__discussion__topic", "post__discussion__room").first()
    if signal is None or not signal.user.is_active:
        return None
    asker = signal.user
    reads_directory = bool(policies.may_read_directory(reader))
    context: dict[str, object] = {
        "asker": asker,
        "about": asker.member_state or asker.institution or asker.get_role_display(),
        "email": asker.email if reads_directory and asker.shows_email else "",
        "has_page": reads_directory and asker.role in policies.LISTED_ROLES,
        "post": signal.post,
    }
    subject = _("%(name)s asks you to make contact") % {"name": asker.shown_name}
    return write_letter(notice, "forum/emails/contact_asked", subject, context)
