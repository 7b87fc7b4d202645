"""What the forum does when something happens below it."""

from typing import Any

from accounts.models import User
from accounts.services import outbox
from accounts.signals import protocol_accepted
from forum.services import letters, reading


def connect() -> None:
    """Begin to listen; called once, when the app is ready."""
    protocol_accepted.connect(follow_rooms_at_first_entry)
    outbox.register("topic.opened", letters.topic_opened)
    outbox.register("post.published", letters.post_published)
    outbox.register("week.digested", letters.week_digested)


def follow_rooms_at_first_entry(sender: type[User], user: User, **kwargs: Any) -> None:
    if not user.follows.exists():
        reading.follow_rooms_read(user)
