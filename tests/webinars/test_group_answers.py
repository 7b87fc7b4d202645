"""What groups say about the list: who, until when, how many marks, and two at once."""

import random
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Mandate
from tests.factories import RegionalGroupFactory
from tests.factories.webinars import ProposalFactory
from tests.webinars.cycle_world import coordinator, delegate_of, group_of, listed, move_to, open_cycle, secretariat
from webinars.enums import CycleState, InterestLevel, ProposalState
from webinars.models import Cycle, GroupAnswer, Interest, Proposal
from webinars.queries.selection import candidates
from webinars.services.interests import Wish, hand_in, state_interests

NONE, SOME, STRONG, PRIORITY = InterestLevel


def say(actor, topics: dict[Proposal, InterestLevel | Wish], group=None) -> list[Interest]:
    wishes = {topic.pk: one if isinstance(one, Wish) else Wish(one) for topic, one in topics.items()}
    year = next(iter(topics)).cycle.year
    return state_interests(actor=actor, year=year, group=(group or group_of(actor)).pk, wishes=wishes)


def held(group) -> dict[str, int]:
    """Return what holds for a group, by title."""
    said = Interest.objects.current().filter(group=group).select_related("proposal")
    return {interest.proposal.title_en: interest.level for interest in said}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def row(topic: Proposal, level: int | str = "", **changed: object) -> dict[str, object]:
    """Return what the form sends of one topic."""
    return {f"t{topic.pk}-{name}": value for name, value in {"level": level, "wants_own": "", **changed}.items()}


# --- Who answers, and until when ------------------------------------------------------------------


def test_a_coordinator_answers_for_the_own_group(db):
    topic, holder = listed(open_cycle()), coordinator()

    say(holder, {topic: Wish(STRONG, languages=["fr"], wants_own=True, note="With an office of our size.")})

    interest = Interest.objects.get()
    assert (interest.group, interest.level, interest.languages) == (group_of(holder), STRONG, ["fr"])
    assert (interest.wants_own, interest.entered_by, interest.entered_by_secretariat) == (True, holder, False)


def test_nobody_else_answers_for_a_group(db):
    topic, holder = listed(open_cycle()), coordinator()
    group = group_of(holder)

    for other in (coordinator(), delegate_of(group)):
        with pytest.raises(PermissionDenied):
            say(other, {topic: SOME}, group=group)

    assert held(group) == {}


@pytest.mark.parametrize(("from_today", "until_today"), [(1, 9), (-9, -1)])
def test_a_mandate_that_is_not_in_force_lets_nobody_answer(db, from_today, until_today):
    topic, holder = listed(open_cycle()), coordinator()
    day = timezone.localdate()
    Mandate.objects.update(starts_on=day + timedelta(from_today), ends_on=day + timedelta(until_today))

    with pytest.raises(PermissionDenied, match="mandate in force"):
        say(holder, {topic: SOME})

    Mandate.objects.update(starts_on=day, ends_on=day)
    assert len(say(holder, {topic: SOME})) == 1


def test_the_secretariat_answers_on_a_groups_behalf_and_that_is_marked(db):
    topic, group = listed(open_cycle()), RegionalGroupFactory()
    staff = secretariat()

    say(staff, {topic: SOME}, group=group)
    hand_in(actor=staff, year=2027, group=group.pk)

    assert Interest.objects.get().entered_by_secretariat
    assert GroupAnswer.objects.get().by_secretariat


@pytest.mark.parametrize("state", CycleState)
def test_answers_are_given_while_they_are_open_and_by_the_secretariat_until_the_decision(db, state):
    topic, holder, staff = listed(open_cycle(state=state)), coordinator(), secretariat()
    until = {CycleState.OPEN: {holder, staff}, CycleState.CLOSED: {staff}, CycleState.ANALYSIS: {staff}}
    allowed = set()
    for actor in (holder, staff):
        now = Interest.objects.current().first()
        try:
            say(actor, {topic: Wish(SOME, note=actor.email, seen=now.pk if now else None)}, group=group_of(holder))
        except (PermissionDenied, Cycle.DoesNotExist):
            continue
        allowed.add(actor)

    assert allowed == until.get(state, set())


def test_answers_end_exactly_at_the_deadline(db, time_machine):
    cycle, holder = open_cycle(), coordinator()
    topic, group = listed(cycle), group_of(holder).pk

    move_to(time_machine, cycle.answers_due_at - timedelta(seconds=1))
    say(holder, {topic: SOME})
    hand_in(actor=holder, year=cycle.year, group=group)
    move_to(time_machine, cycle.answers_due_at)

    for late in (lambda: say(holder, {topic: STRONG}), lambda: hand_in(actor=holder, year=2027, group=group)):
        with pytest.raises(PermissionDenied, match="not open"):
            late()
    assert held(group_of(holder)) == {topic.title_en: SOME}


def test_what_is_handed_in_can_be_changed_and_earlier_words_are_kept(db):
    topic, holder = listed(open_cycle()), coordinator()
    say(holder, {topic: SOME})
    hand_in(actor=holder, year=2027, group=group_of(holder).pk)
    first = Interest.objects.get()

    say(holder, {topic: Wish(STRONG, seen=first.pk)})

    first.refresh_from_db()
    assert first.replaced_at is not None
    assert held(group_of(holder)) == {topic.title_en: STRONG}
    assert GroupAnswer.objects.count() == 1


def test_saying_the_same_again_keeps_nothing_new(db):
    topic, holder = listed(open_cycle()), coordinator()

    assert len(say(holder, {topic: SOME})) == 1
    assert say(holder, {topic: SOME}) == []


def test_a_topic_that_was_taken_off_is_not_answered_about(db):
    topic, holder = listed(open_cycle(), state=ProposalState.WITHDRAWN), coordinator()

    with pytest.raises(ValidationError, match="not on the list any more"):
        say(holder, {topic: SOME})


# --- Invariant 6: marks are limited ---------------------------------------------------------------


def test_a_group_has_two_priority_marks_and_is_told_where_they_are(db):
    cycle, holder = open_cycle(priority_marks=2), coordinator()
    topics = [listed(cycle, title_en=title) for title in ("Patents", "Designs", "Brands")]
    say(holder, {topics[0]: PRIORITY, topics[1]: PRIORITY})

    with pytest.raises(ValidationError) as refused:
        say(holder, {topics[2]: PRIORITY})

    assert refused.value.messages == [
        "A group marks at most 2 topics as “Priority”; now it would be 3: “Patents”, “Designs”, “Brands”."
    ]
    assert held(group_of(holder)) == {"Patents": PRIORITY, "Designs": PRIORITY}


def test_a_mark_moves_from_one_topic_to_another_in_one_go(db):
    cycle, holder = open_cycle(priority_marks=1), coordinator()
    first, second = listed(cycle, title_en="Patents"), listed(cycle, title_en="Designs")
    (given,) = say(holder, {first: PRIORITY})

    say(holder, {first: Wish(SOME, seen=given.pk), second: PRIORITY})

    assert held(group_of(holder)) == {"Patents": SOME, "Designs": PRIORITY}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_groups_try_marks_stay_limited_and_one_interest_holds_for_each_topic(db, seed):
    """Invariants 5, 6 and 7 over random answers, by coordinators and by others."""
    chance = random.Random(seed)
    cycle = open_cycle(priority_marks=chance.randint(0, 2), strong_marks=chance.randint(0, 3))
    topics = [listed(cycle) for _each in range(chance.randint(1, 6))]
    holders = [coordinator(), coordinator()]
    expected: dict[tuple[int, int], int] = {}
    for _turn in range(25):
        actor, owner = chance.choice(holders), chance.choice(holders)
        topic, level = chance.choice(topics), chance.choice(list(InterestLevel))
        now = Interest.objects.current().filter(group=group_of(owner), proposal=topic).first()
        of_group = {key: said for key, said in expected.items() if key[0] == owner.pk}
        after = {**of_group, (owner.pk, topic.pk): level}
        fits = all(
            sum(said == mark for said in after.values()) <= most
            for mark, most in ((PRIORITY, cycle.priority_marks), (STRONG, cycle.strong_marks))
        )
        try:
            say(actor, {topic: Wish(level, seen=now.pk if now else None)}, group=group_of(owner))
        except PermissionDenied:
            assert actor != owner
        except ValidationError:
            assert not fits
        else:
            assert (actor == owner, fits) == (True, True)
            expected[owner.pk, topic.pk] = level

    found = {
        (owner.pk, interest.proposal_id): interest.level
        for owner in holders
        for interest in Interest.objects.current().filter(group=group_of(owner))
    }
    assert found == expected


@pytest.mark.parametrize("seed", range(10))
def test_over_proposals_that_are_taken_together_a_group_counts_once_at_its_highest(db, seed):
    """Invariant 5, as the choice of webinars counts it."""
    chance = random.Random(seed)
    cycle = open_cycle(state=CycleState.ANALYSIS, priority_marks=9, strong_marks=9)
    topics = [listed(cycle) for _each in range(4)]
    groups = [RegionalGroupFactory() for _each in range(3)]
    staff, said = secretariat(), {}
    for group in groups:
        for topic in topics:
            said[group.pk, topic.pk] = level = chance.choice(list(InterestLevel))
            say(staff, {topic: level}, group=group)
        cycle.answers.create(group=group, submitted_by=staff)
    cluster = cycle.clusters.create(lead=topics[0], reason="The same subject.", made_by=staff)
    Proposal.objects.filter(pk__in=[topic.pk for topic in topics]).update(cluster=cluster)

    (found,) = candidates(cycle)

    highest = {group.pk: max(said[group.pk, topic.pk] for topic in topics) for group in groups}
    assert {group: one.level for group, one in found.interests.items()} == {g: n for g, n in highest.items() if n}


# --- Two coordinators of one group ----------------------------------------------------------------


def test_the_second_of_two_coordinators_is_told_what_the_first_has_said(db):
    topic, first = listed(open_cycle()), coordinator()
    second = coordinator(group_of(first))
    say(first, {topic: STRONG})

    with pytest.raises(ValidationError) as refused:
        say(second, {topic: SOME})

    said = f"{first.shown_name} has said “Strong” here meanwhile. To have it as you chose, save once more."
    assert refused.value.message_dict == {str(topic.pk): [said]}
    assert held(group_of(first)) == {topic.title_en: STRONG}


def test_saving_everything_leaves_alone_what_a_colleague_has_changed_meanwhile(db):
    cycle, first = open_cycle(), coordinator()
    second = coordinator(group_of(first))
    mine, theirs = listed(cycle, title_en="Mine"), listed(cycle, title_en="Theirs")
    (shown,) = say(first, {theirs: SOME})
    say(second, {theirs: Wish(STRONG, seen=shown.pk)})

    say(first, {mine: PRIORITY, theirs: Wish(SOME, seen=shown.pk)})

    assert held(group_of(first)) == {"Mine": PRIORITY, "Theirs": STRONG}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_the_last_mark_at_the_same_moment_one_succeeds():
    cycle, first = open_cycle(priority_marks=1), coordinator()
    second = coordinator(group_of(first))
    topics = [listed(cycle), listed(cycle)]
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def give(actor, topic) -> None:
        together.wait()
        try:
            say(actor, {topic: PRIORITY})
            outcomes.append("given")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=pair) for pair in zip((first, second), topics, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["given", "refused"]
    assert Interest.objects.current().filter(level=PRIORITY).count() == 1


# --- Who sees which answer ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hides", "state", "sees"),
    [(True, CycleState.OPEN, False), (False, CycleState.OPEN, True), (True, CycleState.CLOSED, True)],
)
def test_groups_see_each_others_answers_from_the_deadline_or_at_once(db, hides, state, sees):
    cycle, other, holder = open_cycle(hides_answers=hides), coordinator(), coordinator()
    topic = listed(cycle)
    say(other, {topic: PRIORITY})
    ProposalFactory(cycle=cycle, group=group_of(other), title_en="What the other group proposes")
    Cycle.objects.update(state=state)

    page = signed_in(holder).get("/webinars/answers/2027/")

    check = assertContains if sees else assertNotContains
    check(page, f"{group_of(other)} (Priority)")
    assert Proposal.objects.visible_to(holder).filter(title_en="What the other group proposes").exists() is sees


def test_delegates_of_the_group_read_what_it_says_and_change_nothing(db):
    topic, holder = listed(open_cycle()), coordinator()
    say(holder, {topic: STRONG})
    reader = signed_in(delegate_of(group_of(holder)))

    page = reader.get("/webinars/answers/2027/")

    assertContains(page, "<strong>Strong</strong>")
    assertNotContains(page, "Hand in the answer of the group")
    assertContains(page, "Propose a webinar to your coordinator")
    assert reader.post("/webinars/answers/2027/", row(topic, SOME)).status_code == 403
    assert reader.post(f"/webinars/answers/2027/topics/{topic.pk}/", row(topic, SOME)).status_code == 403


# --- The page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_workspace_costs_the_same_however_long_the_list(db, django_assert_max_num_queries, count):
    cycle, holder = open_cycle(), coordinator()
    for topic in [listed(cycle) for _each in range(count)]:
        say(holder, {topic: SOME})
        ProposalFactory(cycle=cycle, group=group_of(holder))
    client = signed_in(holder)

    with django_assert_max_num_queries(17):
        page = client.get("/webinars/answers/2027/")

    assertContains(page, "Objectives, audience and subject", count)


def test_all_rows_are_saved_together_and_handed_in_without_a_script(db):
    cycle, holder = open_cycle(), coordinator()
    one, two, silent = listed(cycle), listed(cycle), listed(cycle)
    sent = {**row(one, 3, languages=["en", "fr"], note="Soon."), **row(two, 0, wants_own="own"), **row(silent)}

    response = signed_in(holder).post("/webinars/answers/2027/", {**sent, "then": "hand_in"})

    assert response.headers["Location"] == "/webinars/answers/2027/"
    assert {(i.proposal, i.level, tuple(i.languages), i.wants_own, i.note) for i in Interest.objects.current()} == {
        (one, 3, ("en", "fr"), False, "Soon."),
        (two, 0, (), True, ""),
    }
    assert GroupAnswer.objects.get().group == group_of(holder)


def test_where_one_row_is_wrong_nothing_is_saved_and_nothing_typed_is_lost(db):
    cycle, holder = open_cycle(priority_marks=1), coordinator()
    one, two = listed(cycle), listed(cycle)

    page = signed_in(holder).post(
        "/webinars/answers/2027/", {**row(one, 3, note="First words."), **row(two, 3, note="Second words.")}
    )

    assertContains(page, "A group marks at most 1 topic as “Priority”", status_code=422)
    assertContains(page, "First words.", status_code=422)
    assertContains(page, "Second words.", status_code=422)
    assert Interest.objects.count() == 0


def test_a_row_with_words_and_no_level_is_asked_for_one(db):
    topic, holder = listed(open_cycle()), coordinator()

    page = signed_in(holder).post("/webinars/answers/2027/", row(topic, note="We would join."))

    assertContains(page, "Say how much your group wants this topic.", status_code=422)
    assertContains(page, "We would join.", status_code=422)


def test_one_row_is_saved_as_it_is_filled_in(db):
    cycle, holder = open_cycle(), coordinator()
    topic, other = listed(cycle), listed(cycle)

    page = signed_in(holder).post(
        f"/webinars/answers/2027/topics/{topic.pk}/",
        {**row(topic, 2), **row(other, 3)},
        headers={"HX-Request": "true"},
    )

    assertContains(page, f'id="topic-{topic.pk}-status"')
    assertContains(page, f'name="t{topic.pk}-seen" value="{Interest.objects.get().pk}"')
    assertContains(page, "Strong: 1 of 3")
    assert held(group_of(holder)) == {topic.title_en: STRONG}


def test_a_row_that_cannot_be_saved_says_why_beside_it(db):
    cycle, holder = open_cycle(strong_marks=0), coordinator()
    topic = listed(cycle)

    page = signed_in(holder).post(
        f"/webinars/answers/2027/topics/{topic.pk}/", row(topic, 2), headers={"HX-Request": "true"}
    )

    assertContains(page, "A group marks at most 0 topics as “Strong”")
    assert Interest.objects.count() == 0


def test_a_stale_row_holds_once_it_is_saved_once_more(db):
    topic, first = listed(open_cycle()), coordinator()
    second = coordinator(group_of(first))
    (said,) = say(first, {topic: STRONG})
    client, address = signed_in(second), f"/webinars/answers/2027/topics/{topic.pk}/"

    page = client.post(address, row(topic, 1), headers={"HX-Request": "true"})
    assertContains(page, "has said “Strong” here meanwhile")
    assertContains(page, f'value="{said.pk}"')
    client.post(address, row(topic, 1, seen=said.pk), headers={"HX-Request": "true"})

    assert held(group_of(first)) == {topic.title_en: SOME}


def test_the_secretariat_saves_a_row_for_the_group_that_its_page_names(db):
    topic, group = listed(open_cycle()), RegionalGroupFactory()
    client = signed_in(secretariat())
    assertContains(client.get(f"/webinars/answers/2027/groups/{group.pk}/"), f'name="group" value="{group.pk}"')

    client.post(
        f"/webinars/answers/2027/topics/{topic.pk}/",
        {**row(topic, 1), "group": group.pk},
        headers={"HX-Request": "true"},
    )

    assert held(group) == {topic.title_en: SOME}


def test_a_coordinator_cannot_name_another_group(db):
    topic, holder, other = listed(open_cycle()), coordinator(), coordinator()
    client = signed_in(holder)

    assert client.get(f"/webinars/answers/2027/groups/{group_of(other).pk}/").status_code == 404
    client.post(f"/webinars/answers/2027/topics/{topic.pk}/", {**row(topic, 1), "group": group_of(other).pk})

    assert (held(group_of(other)), held(group_of(holder))) == ({}, {topic.title_en: SOME})
