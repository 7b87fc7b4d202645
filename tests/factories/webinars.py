from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone

from accounts.enums import InstitutionKind
from accounts.markdown import render
from tests.factories.accounts import RegionalGroupFactory, UserFactory
from webinars.enums import (
    CycleState,
    InterestLevel,
    MaterialKind,
    MaterialState,
    Origin,
    ProposalState,
    RegistrationState,
    Scheme,
    WebinarState,
)
from webinars.models import (
    Answer,
    CommitteeMeeting,
    Cycle,
    Engagement,
    Interest,
    Material,
    Meeting,
    Option,
    Proposal,
    Question,
    Region,
    Registration,
    ScopeArea,
    Series,
    Webinar,
)

GENEVA = ZoneInfo("Europe/Zurich")


class CycleFactory(factory.django.DjangoModelFactory):
    """A year whose programme is published."""

    class Meta:
        model = Cycle
        django_get_or_create = ("year",)

    year = 2027
    state = CycleState.PUBLISHED
    answers_due_at = factory.LazyAttribute(lambda cycle: datetime(cycle.year - 1, 10, 1, 12, tzinfo=GENEVA))
    decision_on = factory.LazyAttribute(lambda cycle: date(cycle.year - 1, 11, 1))
    publication_on = factory.LazyAttribute(lambda cycle: date(cycle.year - 1, 12, 1))


class CommitteeMeetingFactory(factory.django.DjangoModelFactory):
    """A session of the Committee that begins in a week and takes five days."""

    class Meta:
        model = CommitteeMeeting

    title = factory.Sequence(lambda n: f"CDIP/{n + 38}")
    starts_at = factory.LazyFunction(lambda: timezone.now().replace(second=0, microsecond=0) + timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(days=5))


class RegionFactory(factory.django.DjangoModelFactory):
    """A regional group, as webinars are counted for it."""

    class Meta:
        model = Region

    scheme = Scheme.GROUPS
    key = factory.Sequence(lambda n: f"region-{n}")
    name_en = factory.Sequence(lambda n: f"Region {n}")
    group = factory.SubFactory(RegionalGroupFactory)


class ScopeAreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScopeArea
        django_get_or_create = ("letter",)

    letter = "z"
    name_en = "Lessons and good practices"


class ProposalFactory(factory.django.DjangoModelFactory):
    """A proposal of a group, handed in and nothing decided about it (``regions``: for which)."""

    class Meta:
        model = Proposal
        skip_postgeneration_save = True

    cycle = factory.SubFactory(CycleFactory)
    number = factory.Sequence(lambda n: n + 1)
    origin = Origin.GROUP
    group = factory.SubFactory(RegionalGroupFactory)
    proposed_by = factory.SubFactory(UserFactory)
    language = "en"
    title_en = factory.Sequence(lambda n: f"Proposal {n}")
    aims_en = "To learn from one another."
    audience_en = "Staff of offices."
    subject_en = "What worked."
    languages = factory.LazyFunction(lambda: ["en"])
    state = ProposalState.SUBMITTED
    submitted_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def regions(proposal: Proposal, create: bool, extracted: list[Region] | None, **kwargs: object) -> None:  # noqa: N805
        proposal.regions.set(extracted or [])


class InterestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interest

    proposal = factory.SubFactory(ProposalFactory)
    group = factory.SubFactory(RegionalGroupFactory)
    level = InterestLevel.SOME
    entered_by = factory.SubFactory(UserFactory)


class OptionFactory(factory.django.DjangoModelFactory):
    """One way to hold a proposal (``regions``: for which)."""

    class Meta:
        model = Option
        skip_postgeneration_save = True

    proposal = factory.SubFactory(ProposalFactory)
    language = "en"

    @factory.post_generation
    def regions(option: Option, create: bool, extracted: list[Region] | None, **kwargs: object) -> None:  # noqa: N805
        option.regions.set(extracted or [])


class SeriesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Series

    title_en = factory.Sequence(lambda n: f"Series {n}")


class WebinarFactory(factory.django.DjangoModelFactory):
    """A webinar announced for a week from now, for two hours (``regions``: for which, else one)."""

    class Meta:
        model = Webinar
        skip_postgeneration_save = True

    cycle = factory.SubFactory(CycleFactory)
    title_en = factory.Sequence(lambda n: f"Webinar {n}")
    aims_en = "To show what worked."
    audience_en = "Staff of offices."
    languages = factory.LazyFunction(lambda: ["en"])
    state = WebinarState.ANNOUNCED
    starts_at = factory.LazyFunction(lambda: timezone.now().replace(second=0, microsecond=0) + timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda w: w.starts_at and w.starts_at + timedelta(hours=2))

    @factory.post_generation
    def regions(webinar: Webinar, create: bool, extracted: list[Region] | None, **kwargs: object) -> None:  # noqa: N805
        webinar.regions.set([RegionFactory()] if extracted is None else extracted)


class EngagementFactory(factory.django.DjangoModelFactory):
    """A speaker who has not said yet whether the recording may be shown."""

    class Meta:
        model = Engagement

    webinar = factory.SubFactory(WebinarFactory)
    full_name = factory.Sequence(lambda n: f"Expert {n}")
    email = factory.Sequence(lambda n: f"expert{n}@university.example")


class MeetingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Meeting

    webinar = factory.SubFactory(WebinarFactory)
    address = "https://meet.example/room"


class RegistrationFactory(factory.django.DjangoModelFactory):
    """A confirmed registration of somebody without an account."""

    class Meta:
        model = Registration

    webinar = factory.SubFactory(WebinarFactory)
    full_name = factory.Sequence(lambda n: f"Participant {n}")
    email = factory.Sequence(lambda n: f"participant{n}@office.example")
    institution_kind = InstitutionKind.IP_OFFICE
    languages = factory.LazyFunction(lambda: ["en"])
    state = RegistrationState.CONFIRMED
    confirmed_at = factory.LazyFunction(timezone.now)
    keep_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))


class QuestionFactory(factory.django.DjangoModelFactory):
    """A question that waits to be let through."""

    class Meta:
        model = Question

    webinar = factory.SubFactory(WebinarFactory)
    language = "en"
    text = factory.Sequence(lambda n: f"Question {n}?")


class AnswerFactory(factory.django.DjangoModelFactory):
    """A written answer that nobody has cleared yet."""

    class Meta:
        model = Answer

    question = factory.SubFactory(QuestionFactory)
    language = "en"
    text = factory.Sequence(lambda n: f"Answer {n}.")
    html = factory.LazyAttribute(lambda answer: render(answer.text))
    written_by = factory.SubFactory(UserFactory)


class MaterialFactory(factory.django.DjangoModelFactory):
    """A published link to slides in English."""

    class Meta:
        model = Material

    webinar = factory.SubFactory(WebinarFactory)
    kind = MaterialKind.SLIDES
    language = "en"
    address = "https://media.example/slides"
    state = MaterialState.PUBLISHED
    rights_checked = True
    accessibility_checked = True
    published_at = factory.LazyFunction(timezone.now)
