"""What the letters about held posts say: to who guides the room, and to the author at each step."""

from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum.enums import PostState
from forum.models import Post
from forum.policies import may_judge
from forum.services.letters import only_that_it_is
from moderation.models import Suggestion


def post_held(notice: Notice) -> Letter | None:
    """Tell who guides a room that a post waits to be read. Source: FOR-11, MOD-01."""
    post = _post(notice, notice.object_id)
    if post is None or post.state != PostState.HELD or not may_judge(notice.reader, post):
        return None
    return _letter(notice, post, _("A post waits to be read: %(title)s"), "waiting")


def wording_suggested(notice: Notice) -> Letter | None:
    """Tell an author what is suggested, before the post is shown. Source: FOR-11."""
    suggestion = Suggestion.objects.visible_to(notice.reader).filter(pk=notice.object_id).first()
    post = _post(notice, suggestion.post_id) if suggestion else None
    if post is None or post.state != PostState.HELD:
        return None
    return _letter(notice, post, _("About your post, before it is shown: %(title)s"), "suggested", suggestion)


def post_decided(notice: Notice) -> Letter | None:
    """Tell an author what was decided on the post. Source: FOR-11."""
    post = _post(notice, notice.object_id)
    if post is None:
        return None
    if post.state == PostState.VISIBLE:
        return _letter(notice, post, _("Your post is shown: %(title)s"), "shown")
    if post.state_changed_at is None:
        return _letter(notice, post, _("Your post waits to be read again: %(title)s"), "again")
    return _letter(notice, post, _("Your post is not shown: %(title)s"), "declined")


def _post(notice: Notice, pk: int | None) -> Post | None:
    posts = Post.objects.held_for(notice.reader) | Post.objects.visible_to(notice.reader)
    found = posts.select_related("discussion__topic", "discussion__room", "author", "member_state")
    return found.filter(pk=pk or 0, state__in=[PostState.HELD, PostState.VISIBLE]).first()


def _letter(notice: Notice, post: Post, subject: str, step: str, suggestion: Suggestion | None = None) -> Letter:
    if post.discussion.room.is_sensitive:
        return only_that_it_is(notice, post.discussion, post.discussion)
    return write_letter(
        notice,
        "moderation/emails/held_post",
        subject % {"title": post.discussion.topic.title},
        {"post": post, "step": step, "suggestion": suggestion},
        list_name=post.discussion.room.language,
    )
