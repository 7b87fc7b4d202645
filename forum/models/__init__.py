"""What participants say, and where."""

from forum.models.activities import Activity, ActivityInterest
from forum.models.attachments import Attachment
from forum.models.digests import Digest
from forum.models.discussions import Discussion
from forum.models.experience import Experience
from forum.models.feeds import FeedToken
from forum.models.grants import DiscussionGrant, RoomGrant
from forum.models.imports import AuthorClaim, ImportedAuthor, ImportedItem
from forum.models.leads import LeadParticipant
from forum.models.library import EntryPermission, LibraryEntry
from forum.models.posts import MovedPost, Post, PostRevision
from forum.models.reading import Draft, Follow, ReadPosition, Visit
from forum.models.records import Record
from forum.models.rooms import Room
from forum.models.search import SearchDocument
from forum.models.signals import Signal
from forum.models.topics import Category, PageCategory, Step, Topic
from forum.models.translations import PostTranslation
from forum.models.writing import Clearance, Mention, TopicDraft

__all__ = [
    "Activity",
    "ActivityInterest",
    "Attachment",
    "AuthorClaim",
    "Category",
    "Clearance",
    "Digest",
    "Discussion",
    "DiscussionGrant",
    "Draft",
    "EntryPermission",
    "Experience",
    "FeedToken",
    "Follow",
    "ImportedAuthor",
    "ImportedItem",
    "LeadParticipant",
    "LibraryEntry",
    "Mention",
    "MovedPost",
    "PageCategory",
    "Post",
    "PostRevision",
    "PostTranslation",
    "ReadPosition",
    "Record",
    "Room",
    "RoomGrant",
    "SearchDocument",
    "Signal",
    "Step",
    "Topic",
    "TopicDraft",
    "Visit",
]
