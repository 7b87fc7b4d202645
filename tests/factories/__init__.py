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
    CategoryFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    StepFactory,
    TopicFactory,
    grant,
)
from tests.factories.moderation import WeeklyTopicFactory

__all__ = [
    "AccountRequestFactory",
    "CategoryFactory",
    "DelegateFactory",
    "DiscussionFactory",
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
