"""What participants say, and where."""

from forum.models.digests import Digest
from forum.models.discussions import Discussion
from forum.models.experience import Experience
from forum.models.grants import DiscussionGrant, RoomGrant
from forum.models.posts import Post, PostRevision
from forum.models.reading import Draft, Follow, ReadPosition
from forum.models.rooms import Room
from forum.models.topics import Category, Step, Topic

__all__ = [
    "Category",
    "Digest",
    "Discussion",
    "DiscussionGrant",
    "Draft",
    "Experience",
    "Follow",
    "Post",
    "PostRevision",
    "ReadPosition",
    "Room",
    "RoomGrant",
    "Step",
    "Topic",
]
