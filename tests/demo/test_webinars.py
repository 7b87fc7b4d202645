"""The sample's webinars: a year that was held, one that is answered, and one webinar to register for."""

from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import RegionalGroup
from webinars.enums import CycleState, ProposalState, QuestionState, WebinarState
from webinars.models import (
    Answer,
    Cycle,
    Feedback,
    Interest,
    Material,
    Proposal,
    Question,
    Registration,
    Release,
    Series,
    Webinar,
)
from webinars.policies.registrations import may_register
from webinars.queries.attendance import figures
from webinars.queries.completion import lacking
from webinars.queries.feedback import summary


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_sample", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def sample(loaded, db):
    """The loaded sample; what a test changes is undone."""


def test_loading_again_adds_nothing(sample):
    models = (Cycle, Webinar, Registration, Material, Question, Answer, Feedback, Interest, Proposal, Release)
    before = [model.objects.count() for model in models]

    call_command("load_sample", stdout=StringIO())

    assert [model.objects.count() for model in models] == before
    assert all(before)


def test_a_year_of_six_webinars_was_held_for_every_group(sample):
    cycle = Cycle.objects.get(state=CycleState.RUNNING)
    held = cycle.webinars.held()

    assert len(held) == 6
    groups = set(held.values_list("regions__group", flat=True))
    assert groups == set(RegionalGroup.objects.values_list("pk", flat=True))
    for webinar in held:
        registered, attended = figures(webinar)
        assert registered > attended > 0
        assert all(getattr(webinar, f"title_{code}") for code in ("en", "fr", "es"))
        assert webinar.starts_at < timezone.now()
    assert [summary(webinar) is None for webinar in held].count(True) == 1


def test_one_webinar_is_being_answered_and_the_others_lack_nothing(sample):
    (answering,) = Webinar.objects.filter(state=WebinarState.FOLLOW_UP)

    states = list(answering.questions.order_by("asked_at").values_list("state", flat=True))
    assert states == [QuestionState.ASSIGNED, QuestionState.DRAFTED, QuestionState.CLEARED]
    assert lacking(answering) != []
    assert {webinar.pk: lacking(webinar) for webinar in Webinar.objects.filter(state=WebinarState.COMPLETE)} == {
        pk: [] for pk in Webinar.objects.filter(state=WebinarState.COMPLETE).values_list("pk", flat=True)
    }


def test_anybody_may_register_for_the_webinar_of_next_week(sample):
    (announced,) = Webinar.objects.filter(state=WebinarState.ANNOUNCED)

    assert may_register(announced, timezone.now())
    assert announced.engagements.count() == 2


def test_a_series_goes_on_from_one_year_to_the_next(sample):
    first, second = Series.objects.get().webinars.order_by("part")

    assert second.starts_at.year > first.starts_at.year
    assert list(second.builds_on.all()) == [first]


def test_what_was_not_selected_has_a_reason_that_everybody_reads(sample):
    shown = Proposal.objects.visible_to(AnonymousUser())

    assert set(shown.values_list("state", flat=True)) == {ProposalState.CARRIED_OVER, ProposalState.DECLINED}
    assert all(proposal.title and proposal.state_reason for proposal in shown)


def test_next_year_is_answered_now(sample):
    cycle = Cycle.objects.get(state=CycleState.OPEN)

    assert cycle.takes_answers
    assert Interest.objects.filter(proposal__cycle=cycle).values("group").distinct().count() >= 3
    assert cycle.proposals.get(state=ProposalState.DRAFT).member_state.code == "KE"
