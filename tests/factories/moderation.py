from datetime import timedelta

import factory
from django.utils import timezone

from accounts.enums import Role
from moderation.models import WeeklyTopic
from tests.factories.accounts import UserFactory
from tests.factories.forum import TopicFactory


class WeeklyTopicFactory(factory.django.DjangoModelFactory):
    """A topic prepared for tomorrow, not opened yet."""

    class Meta:
        model = WeeklyTopic

    topic = factory.SubFactory(
        TopicFactory,
        year=None,
        number=None,
        opens_at=factory.LazyFunction(lambda: timezone.now() + timedelta(days=1)),
    )
    prepared_by = factory.SubFactory(UserFactory, role=Role.MODERATOR)
