from datetime import timedelta

import factory
from django.utils import timezone

from accounts.enums import Role
from moderation.models import (
    Admission,
    ChecklistItem,
    DeletionRequest,
    Evaluation,
    TopicProposal,
    TopicTemplate,
    WeeklyTopic,
)
from tests.factories.accounts import DelegateFactory, UserFactory
from tests.factories.forum import CategoryFactory, DiscussionFactory, PostFactory, TopicFactory


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


class TopicTemplateFactory(factory.django.DjangoModelFactory):
    """A template that is complete in the three core languages."""

    class Meta:
        model = TopicTemplate

    name = factory.Sequence(lambda n: f"Template {n}")
    title_en = "What offices ask"
    title_fr = "Ce que demandent les offices"
    title_es = "Lo que preguntan las oficinas"
    objective_en = objective_fr = objective_es = "Three answers."
    guiding_questions_en = guiding_questions_fr = guiding_questions_es = "1?\n2?\n3?"
    category = factory.SubFactory(CategoryFactory)


class TopicProposalFactory(factory.django.DjangoModelFactory):
    """A proposal that nobody has looked at."""

    class Meta:
        model = TopicProposal

    title = factory.Sequence(lambda n: f"Proposal {n}")
    why = "Many offices ask."
    expected_result = "A list of what helped."
    language = "en"
    proposed_by = factory.SubFactory(DelegateFactory)
    member_state = factory.SelfAttribute("proposed_by.member_state")


class ChecklistItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChecklistItem

    occasion = "opening"
    text_en = factory.Sequence(lambda n: f"Point {n}")
    text_fr = factory.Sequence(lambda n: f"Point {n}")
    text_es = factory.Sequence(lambda n: f"Punto {n}")
    position = factory.Sequence(lambda n: n)


class AdmissionFactory(factory.django.DjangoModelFactory):
    """A request to admit somebody, which waits for the focal point."""

    class Meta:
        model = Admission

    discussion = factory.SubFactory(DiscussionFactory)
    drafted_by = factory.SubFactory(DelegateFactory)
    sponsor = factory.SelfAttribute("drafted_by.member_state")
    full_name = "A. Scholar"
    email = factory.Sequence(lambda n: f"scholar{n}@university.example")
    organization = "University of Nairobi"
    kind = "academic"
    language = "en"
    purpose = "She has evaluated such trainings."
    interests = "None."
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=5))


class DeletionRequestFactory(factory.django.DjangoModelFactory):
    """A request of an author, which waits."""

    class Meta:
        model = DeletionRequest

    post = factory.SubFactory(PostFactory)
    basis = "author"
    reason = "It was confidential."
    asked_by = factory.SelfAttribute("post.author")
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class EvaluationFactory(factory.django.DjangoModelFactory):
    """A period that began yesterday, agreed on before."""

    class Meta:
        model = Evaluation

    title = factory.Sequence(lambda n: f"Period {n}")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))
    ends_on = factory.LazyAttribute(lambda evaluation: evaluation.starts_on + timedelta(days=180))
    criteria = "Participation"
    data = "The usage report"
    agreed_by = factory.SubFactory(UserFactory)
    agreed_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=9))
