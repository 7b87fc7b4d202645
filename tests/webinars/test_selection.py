"""Choosing the year's webinars: ways to hold them, clusters, marks, runs, decisions and their publication."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Office, Role
from accounts.models import AuditEntry, Notice
from accounts.services import outbox
from tests.factories import DelegateFactory, MandateFactory, RegionalGroupFactory, UserFactory
from webinars.enums import CycleState, InterestLevel, Origin, ProposalState, Scheme, WebinarState
from webinars.models import (
    Cycle,
    Decision,
    GroupAnswer,
    Interest,
    Option,
    Proposal,
    ProposalPart,
    Region,
    Series,
    Webinar,
)
from webinars.optimum import Choice
from webinars.queries.selection import candidates, problem_of, units
from webinars.services import selection
from webinars.services.releases import publish_programme

YEAR = 2027


@pytest.fixture
def secretariat(db):
    return UserFactory(role=Role.SECRETARIAT)


@pytest.fixture
def groups(db):
    return [RegionalGroupFactory(key=f"group {n}", name_en=f"Group {n}") for n in range(3)]


@pytest.fixture
def regions(groups):
    return [
        Region.objects.create(scheme=Scheme.GROUPS, key=f"g{n}", name_en=f"Group {n}", group=group, position=n)
        for n, group in enumerate(groups)
    ]


@pytest.fixture
def cycle(db):
    return Cycle.objects.create(
        year=YEAR,
        state=CycleState.ANALYSIS,
        answers_due_at=datetime(2026, 10, 1, tzinfo=UTC),
        decision_on=date(2026, 11, 1),
        publication_on=date(2026, 12, 1),
        cap=2,
    )


@pytest.fixture
def propose(cycle, secretariat):
    def make(number: int, *, group=None, **changes) -> Proposal:
        fields = {
            "origin": Origin.GROUP if group else Origin.SECRETARIAT,
            "proposed_by": secretariat,
            "language": "en",
            "languages": ["en"],
            "title_en": f"Proposal {number}",
            "aims": "To compare how offices train.",
            "audience": "Training managers.",
            "subject": "Training.",
            "state": ProposalState.SUBMITTED,
        } | changes
        return Proposal.objects.create(cycle=cycle, number=number, group=group, **fields)

    return make


def want(proposal: Proposal, group, level=InterestLevel.STRONG, **changes) -> Interest:
    """Have a group say, in an answer that is handed in, how much it wants something."""
    GroupAnswer.objects.get_or_create(
        cycle=proposal.cycle, group=group, defaults={"submitted_by": proposal.proposed_by}
    )
    return Interest.objects.create(
        proposal=proposal, group=group, level=level, entered_by=proposal.proposed_by, **changes
    )


def way(proposal: Proposal, *regions: Region, language: str = "en", **changes) -> Option:
    option = Option.objects.create(proposal=proposal, language=language, **changes)
    option.regions.set(regions)
    return option


def problem(cycle: Cycle):
    return problem_of(cycle, candidates(cycle), list(units(cycle)))


def choice_of(cycle: Cycle, option: Option) -> Choice:
    return next(choice for choice in problem(cycle).choices if choice.key.endswith(f".{option.pk}"))


# --- What is chosen from ------------------------------------------------------------------------------


def test_ways_are_suggested_in_each_language_for_those_who_want_it(secretariat, cycle, groups, regions, propose):
    proposal = propose(1, languages=["en", "fr"])
    want(proposal, groups[0], languages=["fr"])
    want(proposal, groups[1])

    assert selection.suggest_options(actor=secretariat, year=YEAR) == 2

    ways = {option.language: set(option.regions.all()) for option in proposal.options.all()}
    assert ways == {"en": {regions[1]}, "fr": {regions[0], regions[1]}}
    assert selection.suggest_options(actor=secretariat, year=YEAR) == 0


def test_each_part_of_a_series_has_ways_of_its_own(secretariat, cycle, regions, propose):
    proposal = propose(1, is_series=True)
    for position in (1, 2):
        ProposalPart.objects.create(proposal=proposal, position=position, title_en=f"Part {position}")

    selection.suggest_options(actor=secretariat, year=YEAR)

    assert [option.part.position for option in proposal.options.all()] == [1, 2]


def test_a_way_serves_somebody(secretariat, cycle, regions, propose):
    proposal = propose(1)

    with pytest.raises(ValidationError, match="at least one region"):
        selection.keep_option(
            actor=secretariat, year=YEAR, proposal=proposal.pk, language="en", regions=[], staff_days=3
        )
    kept = selection.keep_option(
        actor=secretariat, year=YEAR, proposal=proposal.pk, language="en", regions=[regions[0]], staff_days=3
    )

    assert list(kept.regions.all()) == [regions[0]]


def test_a_groups_interest_counts_where_it_is_served_in_a_language_it_asked_for(cycle, groups, regions, propose):
    proposal = propose(1)
    want(proposal, groups[0], InterestLevel.PRIORITY, languages=["fr"])
    want(proposal, groups[1], InterestLevel.SOME)
    english, french = way(proposal, *regions), way(proposal, regions[0], language="fr")

    assert choice_of(cycle, english).interest == {str(groups[1].pk): 1}
    assert choice_of(cycle, french).interest == {str(groups[0].pk): 3}


def test_an_answer_counts_once_it_is_handed_in(cycle, groups, regions, propose):
    proposal = propose(1)
    option = way(proposal, regions[0])
    want(proposal, groups[0])
    assert choice_of(cycle, option).interest == {str(groups[0].pk): 2}

    GroupAnswer.objects.all().delete()

    assert choice_of(cycle, option).interest == {}


def test_over_a_cluster_a_groups_interest_counts_once_at_its_highest(secretariat, cycle, groups, regions, propose):
    first, second = propose(1), propose(2)
    want(first, groups[0], InterestLevel.SOME)
    want(second, groups[0], InterestLevel.PRIORITY)
    option = way(first, regions[0])

    selection.merge_proposals(actor=secretariat, year=YEAR, lead=first.pk, others=[second.pk], reason="One subject.")

    [candidate] = candidates(cycle)
    assert candidate.proposal == first
    assert list(candidate.members) == [second]
    assert choice_of(cycle, option).interest == {str(groups[0].pk): 3}


def test_a_merge_is_undone_and_nothing_was_lost(secretariat, cycle, regions, propose):
    first, second = propose(1), propose(2)
    cluster = selection.merge_proposals(
        actor=secretariat, year=YEAR, lead=first.pk, others=[second.pk], reason="One subject."
    )

    selection.undo_merge(actor=secretariat, year=YEAR, cluster=cluster.pk)

    assert [candidate.proposal for candidate in candidates(cycle)] == [first, second]
    assert Proposal.objects.get(pk=second.pk).title == "Proposal 2"
    assert AuditEntry.objects.filter(action="proposals.merge_undone").exists()


def test_a_merge_says_why(secretariat, cycle, propose):
    first, second = propose(1), propose(2)

    with pytest.raises(ValidationError, match="Say why"):
        selection.merge_proposals(actor=secretariat, year=YEAR, lead=first.pk, others=[second.pk], reason=" ")


def test_a_topic_that_no_group_took_up_is_not_computed_in_where_adoption_is_needed(cycle, groups, regions, propose):
    alone, wanted = propose(1), propose(2)
    want(wanted, groups[0])
    first, second = way(alone, regions[0]), way(wanted, regions[0])

    assert not choice_of(cycle, first).barred
    cycle.needs_adoption = True
    assert choice_of(cycle, first).barred
    assert not choice_of(cycle, second).barred


# --- Runs and decisions -------------------------------------------------------------------------------


def test_a_run_keeps_what_was_computed_from_what(secretariat, cycle, groups, regions, propose):
    proposal = propose(1, group=groups[0])
    option = way(proposal, *regions)

    run = selection.run_selection(actor=secretariat, year=YEAR)

    run.refresh_from_db()
    assert run.method == "HiGHS"
    assert run.result["best"]["keys"] == [f"0001.0.en.{option.pk}"]
    assert run.result["everything_fits"]
    assert run.inputs["cap"] == 2
    assert not Decision.objects.exists()


def decide(secretariat, *options: Option, **changes) -> Cycle:
    fields = {"reasons": {}, "uncovered_reason": "Nobody asked for it."} | changes
    return selection.decide(actor=secretariat, year=YEAR, options=[option.pk for option in options], **fields)


def test_a_decision_is_seen_by_nobody_before_it_is_published(secretariat, cycle, groups, regions, propose):
    taken, left = propose(1), propose(2)
    option = way(taken, *regions)
    delegate = DelegateFactory()

    decide(secretariat, option, reasons={left.pk: "It waits for next year."})

    taken.refresh_from_db()
    left.refresh_from_db()
    assert (taken.state, taken.pending_state) == (ProposalState.SUBMITTED, ProposalState.SELECTED)
    assert (left.state, left.pending_state) == (ProposalState.SUBMITTED, ProposalState.CARRIED_OVER)
    assert not Webinar.objects.exists()
    assert not Notice.objects.exists()
    assert not Cycle.objects.visible_to(delegate).get().releases.exists()


def test_more_than_the_year_may_have_needs_an_exception_with_a_reason(secretariat, cycle, regions, propose):
    ways = [way(propose(number), *regions) for number in (1, 2, 3)]

    with pytest.raises(ValidationError, match="There are 3 webinars; the year may have 2"):
        decide(secretariat, *ways)
    with pytest.raises(ValidationError, match="Say why"):
        selection.override_cap(actor=secretariat, year=YEAR, most=3, reason="")
    selection.override_cap(actor=secretariat, year=YEAR, most=3, reason="A donor pays for it.")
    decide(secretariat, *ways)

    assert Decision.objects.count() == 3


def test_a_repeat_uses_up_a_place_only_where_repeats_count(secretariat, cycle, regions, propose):
    proposal = propose(1)
    ways = [way(proposal, *regions, language=language) for language in ("en", "fr", "es")]

    with pytest.raises(ValidationError, match="There are 3 webinars"):
        decide(secretariat, *ways)
    Cycle.objects.update(counts_repeats=False)
    decide(secretariat, *ways)

    assert Decision.objects.count() == 3


def test_a_region_left_empty_needs_a_reason(secretariat, cycle, regions, propose):
    option = way(propose(1), regions[0])

    with pytest.raises(ValidationError, match="Group 1; Group 2"):
        decide(secretariat, option, uncovered_reason=" ")
    decide(secretariat, option, uncovered_reason="They asked for nothing.")

    cycle.refresh_from_db()
    assert cycle.state == CycleState.DECIDED
    assert cycle.uncovered_reason == "They asked for nothing."


def test_other_than_computed_needs_a_reason(secretariat, cycle, groups, regions, propose):
    wanted, other = propose(1, group=groups[0]), propose(2, is_about_delivery=False)
    cycle.cap = 1
    cycle.save()
    advised, chosen = way(wanted, *regions), way(other, *regions)
    selection.run_selection(actor=secretariat, year=YEAR)

    with pytest.raises(ValidationError, match="other than the computed one"):
        decide(secretariat, chosen)
    decide(secretariat, advised)
    assert not Decision.objects.get().differs
    decide(secretariat, chosen, difference="The expert is there this year only.")

    decision = Decision.objects.get()
    assert decision.differs
    assert decision.reason == "The expert is there this year only."


def test_a_later_part_is_not_decided_before_the_one_it_builds_on(secretariat, cycle, regions, propose):
    proposal = propose(1, is_series=True)
    parts = [ProposalPart.objects.create(proposal=proposal, position=n, title_en=f"Part {n}") for n in (1, 2)]
    first, second = (way(proposal, *regions, part=part) for part in parts)

    with pytest.raises(ValidationError, match="comes after part 1"):
        decide(secretariat, second)
    decide(secretariat, first, second)

    assert Decision.objects.count() == 2


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.EXPERT, Role.FACILITATOR])
def test_only_the_secretariat_chooses(role, cycle):
    with pytest.raises((PermissionDenied, Cycle.DoesNotExist)):
        selection.run_selection(actor=UserFactory(role=role), year=YEAR)


@pytest.mark.parametrize("state", [CycleState.OPEN, CycleState.CLOSED, CycleState.PUBLISHED])
def test_webinars_are_chosen_between_the_answers_and_the_publication(state, secretariat, cycle):
    Cycle.objects.update(state=state)

    with pytest.raises(PermissionDenied, match="after the answers are closed"):
        selection.run_selection(actor=secretariat, year=YEAR)


# --- Publication --------------------------------------------------------------------------------------


def test_publication_shows_all_outcomes_at_once(secretariat, cycle, groups, regions, propose):
    taken, joined, left, barred = propose(1), propose(2), propose(3), propose(4, is_barred=True)
    selection.merge_proposals(actor=secretariat, year=YEAR, lead=taken.pk, others=[joined.pk], reason="One subject.")
    decide(
        secretariat,
        way(taken, regions[0], regions[1], language="fr"),
        reasons={left.pk: "No place this year.", barred.pk: "Done elsewhere."},
    )

    release = publish_programme(actor=secretariat, year=YEAR)

    outcomes = {p.pk: (p.state, p.state_reason) for p in Proposal.objects.all()}
    assert outcomes == {
        taken.pk: (ProposalState.SELECTED, ""),
        joined.pk: (ProposalState.MERGED, "One subject."),
        left.pk: (ProposalState.CARRIED_OVER, "No place this year."),
        barred.pk: (ProposalState.DECLINED, "Done elsewhere."),
    }
    webinar = Webinar.objects.get()
    assert (webinar.title, webinar.languages, webinar.state) == ("Proposal 1", ["fr"], WebinarState.PLANNED)
    assert set(webinar.regions.all()) == {regions[0], regions[1]}
    assert release.number == 1
    assert release.snapshot["uncovered_reason"] == "Nobody asked for it."


def test_what_was_not_completed_in_time_waits_for_later_years(secretariat, cycle, regions, propose):
    returned = propose(1, state=ProposalState.RETURNED, state_reason="Who is it for?", submitted_at=timezone.now())
    never = propose(3, state=ProposalState.RETURNED, state_reason="Not for us.")
    decide(secretariat, way(propose(2), *regions))

    publish_programme(actor=secretariat, year=YEAR)

    returned.refresh_from_db()
    assert (returned.state, returned.state_reason) == (ProposalState.CARRIED_OVER, "Who is it for?")
    never.refresh_from_db()
    assert never.state == ProposalState.RETURNED, "what no coordinator handed in stays between the state and its group"


def test_authors_and_the_groups_that_wanted_it_are_told(secretariat, cycle, groups, regions, propose, mailoutbox):
    author, coordinator, other = DelegateFactory(), DelegateFactory(), DelegateFactory()
    for user, group in ((coordinator, groups[0]), (other, groups[1])):
        MandateFactory(user=user, office=Office.COORDINATOR, member_state=None, regional_group=group)
    proposal = propose(1, proposed_by=author)
    want(proposal, groups[0])
    decide(secretariat, way(proposal, regions[0]))

    publish_programme(actor=secretariat, year=YEAR)
    outbox.deliver_due()

    assert {message.to[0] for message in mailoutbox} == {author.email, coordinator.email}
    assert "Selected" in mailoutbox[0].subject


def test_a_published_series_links_its_parts(secretariat, cycle, regions, propose):
    proposal = propose(1, is_series=True)
    parts = [ProposalPart.objects.create(proposal=proposal, position=n, title_en=f"Part {n}") for n in (1, 2)]
    decide(secretariat, *(way(proposal, *regions, part=part) for part in parts))

    publish_programme(actor=secretariat, year=YEAR)

    first, second = Series.objects.get().webinars.order_by("part")
    assert [first.title, second.title] == ["Part 1", "Part 2"]
    assert list(second.builds_on.all()) == [first]


def test_a_further_release_says_what_changed(secretariat, cycle, regions, propose):
    decide(secretariat, way(propose(1), *regions))
    publish_programme(actor=secretariat, year=YEAR)

    with pytest.raises(ValidationError, match="Nothing has changed"):
        publish_programme(actor=secretariat, year=YEAR)
    webinar = Webinar.objects.get()
    webinar.title_en = "A better title"
    webinar.save()
    release = publish_programme(actor=secretariat, year=YEAR, note="A title is clearer.")

    assert release.number == 2
    assert release.changes == [{"kind": "webinars", "id": str(webinar.pk), "change": "changed", "fields": ["title"]}]
    assert cycle.releases.last().snapshot["webinars"][str(webinar.pk)]["title"]["en"] == "Proposal 1"


# --- The page -----------------------------------------------------------------------------------------

BENCH = reverse("webinars:selection_bench", args=[YEAR])


def sign_in(client, user):
    client.force_login(user, backend="accounts.backends.MemberBackend")


def test_the_bench_computes_and_decides(client, secretariat, cycle, groups, regions, propose):
    proposal = propose(1, group=groups[0])
    option = way(proposal, *regions)
    sign_in(client, secretariat)

    response = client.post(BENCH, {"action": "run"}, follow=True)
    assert "Everything that was proposed can be held" in response.text
    response = client.post(BENCH, {"action": "decide", "taken": [option.pk]}, follow=True)

    assert "Nobody sees it before you publish" in response.text
    assert Decision.objects.get().option == option


def test_what_was_typed_stays_when_a_decision_is_refused(client, secretariat, cycle, groups, regions, propose):
    option, other = way(propose(1), regions[0]), propose(2)
    sign_in(client, secretariat)
    sent = {"action": "decide", "taken": [option.pk], f"reason_{other.pk}": "It waits <b>a year</b>."}

    response = client.post(BENCH, sent)

    assert response.status_code == 422
    assert "No webinar is for: Group 1; Group 2." in response.text
    assert "It waits &lt;b&gt;a year&lt;/b&gt;." in response.text
    assert not Decision.objects.exists()


def test_the_bench_says_which_rules_contradict_one_another(client, secretariat, cycle, regions, propose):
    first, second = propose(1, must_be_in=True), propose(2, must_be_in=True)
    way(first, *regions)
    way(second, *regions)
    sign_in(client, secretariat)
    client.post(BENCH[: -len("selection/")] + "selection/apart/", {"first": first.pk, "second": second.pk})

    sent = {"action": "run", "must": [first.pk, second.pk]}
    response = client.post(BENCH, sent, follow=True)

    assert "these rules contradict one another" in response.text
    assert "“Proposal 1” must be held." in response.text


@pytest.mark.parametrize("count", [1, 4])
def test_the_bench_costs_the_same_however_many_proposals(
    count, client, secretariat, cycle, groups, regions, propose, django_assert_max_num_queries
):
    for number in range(1, count + 1):
        proposal = propose(number, group=groups[0])
        want(proposal, groups[1])
        way(proposal, *regions)
    selection.run_selection(actor=secretariat, year=YEAR)
    sign_in(client, secretariat)

    with django_assert_max_num_queries(22):
        response = client.get(BENCH)

    assert f"Proposal {count}" in response.text
