from datetime import datetime, timedelta

import factory
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.markdown import render
from accounts.models import MemberState, RegionalGroup, User
from forum.enums import EntryState
from forum.models import (
    Activity,
    Attachment,
    Category,
    Discussion,
    DiscussionGrant,
    LeadParticipant,
    LibraryEntry,
    Post,
    Room,
    RoomGrant,
    Step,
    Topic,
)
from tests.factories.accounts import DelegateFactory, MemberStateFactory


class RoomFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Room
        django_get_or_create = ("language",)

    language = "en"
    name_en = factory.LazyAttribute(
        lambda room: {"en": "English", "fr": "Français", "es": "Español", "zh": "中文"}[room.language]
    )
    is_core = True


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    slug = factory.Sequence(lambda n: f"category-{n}")
    name_en = "Capacity building"


class StepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Step

    slug = factory.Sequence(lambda n: f"step-{n}")
    name_en = "Implementation"


class TopicFactory(factory.django.DjangoModelFactory):
    """A weekly topic that opened an hour ago, with its texts in three languages."""

    class Meta:
        model = Topic

    year = 2026
    number = factory.Sequence(lambda n: n + 1)
    title_en = "Training that lasts"
    title_fr = "Une formation qui dure"
    title_es = "Una formación que perdura"
    objective_en = "Three ways to see what remains."
    objective_fr = "Trois façons de voir ce qui reste."
    objective_es = "Tres formas de ver qué queda."
    guiding_questions_en = "Who?\nWhen?\nHow?"
    guiding_questions_fr = "Qui ?\nQuand ?\nComment ?"
    guiding_questions_es = "¿Quién?\n¿Cuándo?\n¿Cómo?"
    category = factory.SubFactory(CategoryFactory)
    step = factory.SubFactory(StepFactory)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    closes_at = factory.LazyAttribute(lambda topic: topic.opens_at + timedelta(days=7))


class DiscussionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Discussion

    topic = factory.SubFactory(TopicFactory)
    room = factory.SubFactory(RoomFactory)
    opened_at = factory.SelfAttribute("topic.opens_at")
    last_activity_at = factory.SelfAttribute("opened_at")


class PostFactory(factory.django.DjangoModelFactory):
    """A post with the next number of its discussion, whose counters follow."""

    class Meta:
        model = Post

    discussion = factory.SubFactory(DiscussionFactory)
    number = factory.LazyAttribute(lambda post: post.discussion.posts.count() + 1)
    author = factory.SubFactory(DelegateFactory)
    member_state = factory.SelfAttribute("author.member_state")
    language = "en"
    body = factory.Sequence(lambda n: f"Experience {n} of our office.")
    html = factory.LazyAttribute(lambda post: render(post.body, anchor=f"post-{post.number}"))

    @classmethod
    def _create(cls, model_class: type[Post], *args: object, **kwargs: object) -> Post:
        post = super()._create(model_class, *args, **kwargs)
        post.discussion.last_number = post.number
        post.discussion.last_activity_at = post.posted_at
        post.discussion.save(update_fields=["last_number", "last_activity_at"])
        return post


class LibraryEntryFactory(factory.django.DjangoModelFactory):
    """An entry that stands in the library (``state``: where else it stands), which needs no permission."""

    class Meta:
        model = LibraryEntry
        skip_postgeneration_save = True

    entry_type = "practice"
    title = factory.Sequence(lambda n: f"Practice {n}")
    summary = "We telephone those whom we trained, a year later."
    language = "en"
    category = factory.SubFactory(CategoryFactory)
    is_legislative_advice = False
    plan = "none"
    proposed_by = factory.SubFactory(DelegateFactory)
    proposed_at = factory.LazyFunction(timezone.now)
    state = EntryState.PUBLISHED
    number = factory.LazyAttributeSequence(lambda e, n: n + 1 if e.state == EntryState.PUBLISHED else None)
    published_at = factory.LazyAttribute(lambda e: timezone.now() if e.state == EntryState.PUBLISHED else None)
    reviewed_at = factory.SelfAttribute("published_at")

    @factory.post_generation
    def states(entry: LibraryEntry, create: bool, extracted: list[MemberState] | None, **kwargs: object) -> None:  # noqa: N805
        entry.states.set(extracted or [])

    @factory.post_generation
    def groups(entry: LibraryEntry, create: bool, extracted: list[RegionalGroup] | None, **kwargs: object) -> None:  # noqa: N805
        entry.groups.set(extracted or [])


class ActivityFactory(factory.django.DjangoModelFactory):
    """An activity that stands in the catalogue, for the states of all groups."""

    class Meta:
        model = Activity
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Activity {n}")
    description = "Advice on what an office can do."
    category = factory.SubFactory(CategoryFactory)
    levels = ["national"]
    modes = ["bilateral"]
    published_at = factory.LazyFunction(timezone.now)
    reviewed_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def groups(activity: Activity, create: bool, extracted: list[RegionalGroup] | None, **kwargs: object) -> None:  # noqa: N805
        activity.groups.set(extracted or [])


class LeadParticipantFactory(factory.django.DjangoModelFactory):
    """A nomination that stands, made by somebody else of the state."""

    class Meta:
        model = LeadParticipant

    topic = factory.SubFactory(TopicFactory)
    member_state = factory.SubFactory(MemberStateFactory)
    group = factory.SelfAttribute("member_state.group")
    nominated_by = factory.SubFactory(DelegateFactory, member_state=factory.SelfAttribute("..member_state"))


class AttachmentFactory(factory.django.DjangoModelFactory):
    """A picture that was published with a post; what it holds is not looked at."""

    class Meta:
        model = Attachment

    post = factory.SubFactory(PostFactory)
    discussion = factory.SelfAttribute("post.discussion")
    uploaded_by = factory.SelfAttribute("post.author")
    name = "chart.png"
    content_type = "image/png"
    size = 8
    file = factory.django.FileField(data=b"\x89PNG\r\n\x1a\n", filename="stored")
    preview = factory.django.FileField(data=b"RIFF", filename="stored")
    preview_width = 60
    preview_height = 40
    text_read_at = factory.LazyFunction(timezone.now)


def grant(user: User, target: Room | Discussion, ends_at: datetime | None = None) -> RoomGrant | DiscussionGrant:
    """Give ``user`` the right on one room or one discussion, until ``ends_at``."""
    model, codename = (
        (RoomGrant, "facilitate_room") if isinstance(target, Room) else (DiscussionGrant, "take_part_in_discussion")
    )
    permission = Permission.objects.get(codename=codename)
    starts_at = timezone.now() - timedelta(days=10)
    return model.objects.create(
        user=user, content_object=target, permission=permission, starts_at=starts_at, ends_at=ends_at
    )
