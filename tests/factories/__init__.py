"""One factory for each model, with the dullest valid defaults."""

from tests.factories.accounts import (
    AccountRequestFactory,
    DelegateFactory,
    MandateFactory,
    MemberStateFactory,
    ProtocolFactory,
    RegionalGroupFactory,
    UserFactory,
)
from tests.factories.forum import (
    AttachmentFactory,
    CategoryFactory,
    DiscussionFactory,
    LibraryEntryFactory,
    PostFactory,
    RoomFactory,
    StepFactory,
    TopicFactory,
    grant,
)
from tests.factories.moderation import WeeklyTopicFactory

__all__ = [
    "AccountRequestFactory",
    "AttachmentFactory",
    "CategoryFactory",
    "DelegateFactory",
    "DiscussionFactory",
    "LibraryEntryFactory",
    "MandateFactory",
    "MemberStateFactory",
    "PostFactory",
    "ProtocolFactory",
    "RegionalGroupFactory",
    "RoomFactory",
    "StepFactory",
    "TopicFactory",
    "UserFactory",
    "WeeklyTopicFactory",
    "grant",
]
