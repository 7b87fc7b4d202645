"""The yearly cycle: its settings, how it goes on, and who is told."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import AuditEntry, Notice
from accounts.services import outbox
from tests.factories import DelegateFactory
from tests.factories.webinars import ProposalFactory, ScopeAreaFactory
from tests.webinars.cycle_world import coordinator, group_of, listed, move_to, open_cycle, secretariat
from webinars.enums import CycleState, Origin, ProposalState
from webinars.models import AnnualReport, Cycle, GroupAnswer
from webinars.queries.cycles import mark_of
from webinars.services.cycles import (
    change_cycle,
    close_due,
    create_cycle,
    move_cycle,
    remind_coordinators,
    reopen_answers,
)


def letters() -> list[tuple[str, str]]:
    """Return whom the letters go to, with their subjects, once all are delivered."""
    mail.outbox.clear()
    outbox.deliver_due()
    return sorted((letter.to[0], letter.subject) for letter in mail.outbox)


def step(cycle: Cycle, to: CycleState, actor=None) -> Cycle:
    return move_cycle(actor=actor or secretariat(), year=cycle.year, to=to, seen=cycle.state)


# --- Settings -------------------------------------------------------------------------------------


def test_a_cycle_begins_with_the_values_of_the_documents(db):
    area = ScopeAreaFactory(letter="a")
    client = Client()
    client.force_login(secretariat())

    page = client.get("/webinars/manage/new/")
    form = page.context["form"]

    shown = {name: form[name].value() for name in ("cap", "priority_marks", "strong_marks", "scheme", "hides_answers")}
    assert shown == {"cap": 6, "priority_marks": 2, "strong_marks": 3, "scheme": "groups", "hides_answers": True}
    assert form["year"].value() == timezone.localdate().year + 1
    assert form["answers_due_at"].value().date() > timezone.localdate()
    assert form["in_scope"].value() == [area.pk]


def test_a_cycle_is_begun_through_its_form(db):
    first, second = ScopeAreaFactory(letter="a"), ScopeAreaFactory(letter="b")
    client = Client()
    client.force_login(secretariat())
    form = client.get("/webinars/manage/new/").context["form"]
    sent = {name: field.value() for name in form.fields if (field := form[name]).value() is not None}
    sent |= {"year": 2031, "answers_due_at": "2030-10-31T18:00", "decision_on": "2030-11-30", "in_scope": [first.pk]}

    response = client.post("/webinars/manage/new/", {**sent, "publication_on": "2030-12-15"})

    assert response.headers["Location"] == "/webinars/manage/2031/"
    cycle = Cycle.objects.get(year=2031)
    assert cycle.state == CycleState.PREPARING
    assert {scope.area: scope.in_scope for scope in cycle.scopes.all()} == {first: True, second: False}


def test_a_year_has_one_cycle(db):
    cycle = open_cycle()
    values = {name: getattr(cycle, name) for name in ("year", "answers_due_at", "decision_on", "publication_on")}

    with pytest.raises(ValidationError, match="has a cycle already"):
        create_cycle(actor=secretariat(), values=values, in_scope=[])

    create_cycle(actor=secretariat(), values={**values, "year": 2040}, in_scope=[])


def test_only_the_secretariat_begins_a_cycle(db):
    with pytest.raises(PermissionDenied):
        create_cycle(actor=coordinator(), values={"year": 2040}, in_scope=[])


def test_what_groups_were_promised_is_not_changed_once_answers_are_open(db):
    cycle = open_cycle(hides_answers=True)
    change = {"actor": secretariat(), "year": cycle.year, "in_scope": [], "seen": mark_of(cycle)}

    with pytest.raises(ValidationError, match="can no longer be changed"):
        change_cycle(values={"hides_answers": False}, **change)

    assert change_cycle(values={"hides_answers": True, "cap": 7}, **change).cap == 7


def test_a_decided_cycle_keeps_its_rules(db):
    cycle = open_cycle(state=CycleState.DECIDED)
    change = {"actor": secretariat(), "year": cycle.year, "in_scope": [], "values": {"cap": 7}}

    with pytest.raises(PermissionDenied):
        change_cycle(seen=mark_of(cycle), **change)

    Cycle.objects.update(state=CycleState.ANALYSIS)
    assert change_cycle(seen=mark_of(Cycle.objects.get()), **change).cap == 7


def test_of_two_who_change_the_settings_the_second_is_told_and_keeps_what_was_typed(db):
    open_cycle(hides_answers=False)
    client = Client()
    client.force_login(secretariat())
    form = client.get("/webinars/manage/2027/edit/").context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    shown["answers_due_at"] = shown["answers_due_at"].strftime("%Y-%m-%dT%H:%M")
    shown |= {"decision_on": "2027-11-01", "publication_on": "2027-12-01"}
    assert client.post("/webinars/manage/2027/edit/", {**shown, "cap": 7}).status_code == 302

    late = client.post("/webinars/manage/2027/edit/", {**shown, "cap": 8})
    assertContains(late, "Somebody else has changed this meanwhile", status_code=422)
    assert (late.context["form"]["cap"].value(), Cycle.objects.get().cap) == ("8", 7)
    seen = late.context["form"]["seen"].value()

    assert client.post("/webinars/manage/2027/edit/", {**shown, "cap": 8, "seen": seen}).status_code == 302
    assert Cycle.objects.get().cap == 8


def test_coordinators_are_told_when_the_deadline_moves(db):
    cycle, holder = open_cycle(), coordinator()

    change_cycle(
        actor=secretariat(),
        year=cycle.year,
        values={"answers_due_at": cycle.answers_due_at + timedelta(days=3)},
        in_scope=[],
        seen=mark_of(cycle),
    )

    assert letters() == [(holder.email, "Webinars in 2027: another deadline")]


# --- From one state to the next -------------------------------------------------------------------


def test_a_cycle_goes_through_its_states_in_their_order(db):
    cycle = open_cycle(state=CycleState.PREPARING, opened_at=None)
    listed(cycle)
    seen = [cycle.state]
    for to in (CycleState.SHARED, CycleState.OPEN, CycleState.CLOSED, CycleState.ANALYSIS):
        cycle = step(cycle, to)
        seen.append(cycle.state)
    Cycle.objects.update(state=CycleState.PUBLISHED)
    cycle.refresh_from_db()
    cycle = step(cycle, CycleState.RUNNING)
    AnnualReport.objects.create(cycle=cycle, figures={}, made_by=secretariat())
    cycle = step(cycle, CycleState.REPORTED)

    assert seen == ["preparing", "shared", "open", "closed", "analysis"]
    assert cycle.state == CycleState.REPORTED


@pytest.mark.parametrize("state", CycleState)
@pytest.mark.parametrize("to", CycleState)
def test_no_state_is_left_out_and_none_comes_back_by_itself(db, state, to):
    cycle = open_cycle(state=state)
    listed(cycle)
    AnnualReport.objects.create(cycle=cycle, figures={}, made_by=secretariat())
    in_order = list(CycleState)
    is_next = in_order.index(to) == in_order.index(state) + 1
    by_others = to in {CycleState.DECIDED, CycleState.PUBLISHED}

    if is_next and not by_others:
        assert step(cycle, to).state == to
    else:
        with pytest.raises(ValidationError, match="from one state to the next"):
            step(cycle, to)


def test_a_list_is_shared_once_it_is_written_in_every_core_language(db):
    cycle = open_cycle(state=CycleState.PREPARING)
    with pytest.raises(ValidationError, match="nothing to share"):
        step(cycle, CycleState.SHARED)
    topic = listed(cycle, audience_fr="")

    with pytest.raises(ValidationError, match="Patent information for small firms"):
        step(cycle, CycleState.SHARED)

    topic.audience_fr = "Petites entreprises."
    topic.save()
    assert step(cycle, CycleState.SHARED).state == CycleState.SHARED


def test_answers_are_not_opened_with_a_deadline_that_is_over(db):
    cycle = open_cycle(state=CycleState.SHARED, answers_due_at=timezone.now())

    with pytest.raises(ValidationError, match="still to come"):
        step(cycle, CycleState.OPEN)


def test_answers_are_closed_by_hand_once_every_group_with_a_coordinator_has_answered(db):
    cycle, holder = open_cycle(), coordinator()

    with pytest.raises(ValidationError, match="answers close at the deadline"):
        step(cycle, CycleState.CLOSED)

    GroupAnswer.objects.create(cycle=cycle, group=group_of(holder), submitted_by=holder)
    assert step(cycle, CycleState.CLOSED).state == CycleState.CLOSED


def test_a_cycle_is_not_reported_without_a_report(db):
    cycle = open_cycle(state=CycleState.RUNNING)

    with pytest.raises(ValidationError, match="annual report"):
        step(cycle, CycleState.REPORTED)


def test_only_the_secretariat_has_a_cycle_go_on(db):
    cycle = open_cycle(state=CycleState.CLOSED)

    with pytest.raises(PermissionDenied):
        step(cycle, CycleState.ANALYSIS, actor=coordinator())


def test_two_of_the_secretariat_move_a_cycle_on_once(db):
    cycle = open_cycle(state=CycleState.CLOSED)
    step(cycle, CycleState.ANALYSIS)

    with pytest.raises(ValidationError, match="has gone on meanwhile"):
        step(cycle, CycleState.ANALYSIS)


def test_the_clock_closes_answers_at_the_deadline_to_the_second(db, time_machine):
    cycle = open_cycle()

    move_to(time_machine, cycle.answers_due_at - timedelta(seconds=1))
    assert close_due() == 0
    move_to(time_machine, cycle.answers_due_at)
    assert close_due() == 1
    assert close_due() == 0

    cycle.refresh_from_db()
    assert cycle.state == CycleState.CLOSED
    assert AuditEntry.objects.get(action="cycle.closed").actor is None


@pytest.mark.parametrize("state", [CycleState.CLOSED, CycleState.ANALYSIS])
def test_answers_are_opened_again_for_a_reason_that_every_coordinator_is_told(db, state):
    cycle, holders = open_cycle(state=state), [coordinator(), coordinator()]
    again = {"actor": secretariat(), "year": cycle.year, "seen": state}
    due = timezone.now() + timedelta(days=5)

    with pytest.raises(ValidationError, match="Say why"):
        reopen_answers(reason="  ", answers_due_at=due, **again)
    with pytest.raises(ValidationError, match="still to come"):
        reopen_answers(reason="Two groups asked for it.", answers_due_at=timezone.now(), **again)
    reopen_answers(reason="Two groups asked for it.", answers_due_at=due, **again)

    cycle.refresh_from_db()
    assert (cycle.state, cycle.answers_due_at) == (CycleState.OPEN, due)
    assert letters() == sorted((one.email, "Webinars in 2027: answers are open again") for one in holders)
    assert "Two groups asked for it." in mail.outbox[0].body


@pytest.mark.parametrize("state", [CycleState.SHARED, CycleState.DECIDED, CycleState.PUBLISHED])
def test_only_closed_answers_are_opened_again(db, state):
    cycle = open_cycle(state=state)

    with pytest.raises(ValidationError, match="Only answers that were closed"):
        reopen_answers(
            actor=secretariat(),
            year=cycle.year,
            reason="Late.",
            answers_due_at=timezone.now() + timedelta(days=1),
            seen=state,
        )


def test_coordinators_are_told_when_the_list_is_shared_and_answers_are_opened(db):
    cycle, holder = open_cycle(state=CycleState.PREPARING), coordinator()
    listed(cycle)
    DelegateFactory()

    cycle = step(cycle, CycleState.SHARED)
    assert letters() == [(holder.email, "Webinars in 2027: the list of topics")]
    step(cycle, CycleState.OPEN)

    assert letters() == [(holder.email, "Webinars in 2027: please answer for your group")]


def test_the_letter_names_the_deadline_by_the_readers_clocks_and_genevas(db, time_machine):
    move_to(time_machine, timezone.datetime(2026, 9, 1, 9, tzinfo=timezone.get_default_timezone()))
    due = timezone.datetime(2026, 10, 31, 18, tzinfo=timezone.get_default_timezone())
    cycle = open_cycle(state=CycleState.SHARED, answers_due_at=due)
    coordinator(time_zone="Asia/Kathmandu")

    step(cycle, CycleState.OPEN)

    letters()
    said = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("Answers can"))
    assert ("22:45" in said, "18:00" in said) == (True, True), said


# --- Reminders ------------------------------------------------------------------------------------


def test_who_has_not_handed_in_is_reminded_on_each_of_the_days_once(db, time_machine, settings):
    settings.WEBINAR_ANSWER_REMINDERS = (14, 7, 1)
    cycle = open_cycle()
    late, done = coordinator(), coordinator()
    GroupAnswer.objects.create(cycle=cycle, group=group_of(done), submitted_by=done)
    told = []
    for days in (15, 14, 13.5, 7, 6, 1, 0.5):
        move_to(time_machine, cycle.answers_due_at - timedelta(days=days))
        remind_coordinators()
        told.append((days, [to for to, _subject in letters()]))

    reminded = [days for days, to in told if to]
    assert reminded == [14, 7, 1]
    assert all(to in ([], [late.email]) for _days, to in told)


def test_nobody_is_reminded_of_days_before_answers_were_opened(db, time_machine):
    cycle = open_cycle(answers_due_at=timezone.now() + timedelta(days=10))
    coordinator()

    assert remind_coordinators() == 0

    move_to(time_machine, cycle.answers_due_at - timedelta(days=7))
    assert remind_coordinators() == 1


def test_a_reminder_is_not_sent_once_the_answer_is_handed_in(db, time_machine):
    cycle, holder = open_cycle(), coordinator()
    move_to(time_machine, cycle.answers_due_at - timedelta(days=7))
    remind_coordinators()
    GroupAnswer.objects.create(cycle=cycle, group=group_of(holder), submitted_by=holder)

    assert letters() == []
    assert Notice.objects.get().state == "dropped"


# --- The Secretariat's pages ----------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_cycle_costs_the_same_however_much_is_on_it(db, django_assert_max_num_queries, count):
    cycle = open_cycle(state=CycleState.SHARED)
    for _each in range(count):
        listed(cycle)
        holder = coordinator()
        ProposalFactory(cycle=cycle, group=group_of(holder))
        old = open_cycle(year=2020 + _each, state=CycleState.REPORTED)
        ProposalFactory(cycle=old, state=ProposalState.CARRIED_OVER)
    client = Client()
    client.force_login(secretariat())

    with django_assert_max_num_queries(15):
        page = client.get("/webinars/manage/2027/")

    assert page.status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_cycles_costs_the_same_however_many(db, django_assert_max_num_queries, count):
    for year in range(2027, 2027 + count):
        listed(open_cycle(year=year))
    client = Client()
    client.force_login(secretariat())

    with django_assert_max_num_queries(5):
        page = client.get("/webinars/manage/")

    assertContains(page, "1 topic on the list", count)


def test_the_page_names_groups_without_a_coordinator_and_states_without_a_group(db):
    holder = coordinator()
    without = DelegateFactory().member_state
    loose = DelegateFactory(member_state__group=None).member_state
    open_cycle()
    client = Client()
    client.force_login(secretariat())

    page = client.get("/webinars/manage/2027/").context["page"]

    rows = {row.group: list(row.coordinators) for row in page.groups}
    assert rows == {group_of(holder): [holder], without.group: []}
    assert page.without_group == [loose]


STEPS = {
    "preparing": "Share the list",
    "shared": "Open the answers",
    "open": "Close the answers",
    "closed": "Begin the analysis",
    "published": "The programme runs",
}


@pytest.mark.parametrize("state", CycleState)
def test_the_page_of_a_cycle_offers_its_next_step_and_no_other(db, state):
    open_cycle(state=state)
    client = Client()
    client.force_login(secretariat())

    page = client.get("/webinars/manage/2027/").text

    buttons = [" ".join(button.split()) for button in re.findall(r'name="to" value="[^"]+">([^<]+)', page)]
    assert [button for button in buttons if button != "Open the answers again"] == [
        label for of, label in STEPS.items() if of == state
    ]
    assert ("Open the answers again" in buttons) == (state in {"closed", "analysis"})
    assert ("Choose the webinars" in page) == (state in {"analysis", "decided"})


def test_answers_that_cannot_be_closed_yet_have_no_button_for_it(db):
    open_cycle()
    coordinator()
    client = Client()
    client.force_login(secretariat())

    page = client.get("/webinars/manage/2027/")

    assertContains(page, "Not handed in yet:")
    assertNotContains(page, "Close the answers")


def test_a_refused_step_says_what_is_still_to_be_done(db):
    open_cycle(state=CycleState.PREPARING)
    client = Client()
    client.force_login(secretariat())

    page = client.post("/webinars/manage/2027/move/", {"to": "shared", "seen": "preparing"}, follow=True)

    assertContains(page, "There is nothing to share")
    assert Cycle.objects.get().state == CycleState.PREPARING


def test_an_unfinished_reopening_keeps_what_was_typed(db):
    open_cycle(state=CycleState.ANALYSIS)
    client = Client()
    client.force_login(secretariat())

    page = client.post("/webinars/manage/2027/move/", {"to": "reopened", "seen": "analysis", "reason": "Two groups."})

    assertContains(page, "Two groups.", status_code=422)


def test_what_waited_in_the_pipeline_is_offered_until_it_is_on_a_later_list(db):
    earlier = ProposalFactory(
        cycle=open_cycle(year=2025, state=CycleState.REPORTED), state=ProposalState.CARRIED_OVER, title_en="Waited"
    )
    cycle = open_cycle(state=CycleState.PREPARING)
    client = Client()
    client.force_login(secretariat())
    assert list(client.get("/webinars/manage/2027/").context["page"].pipeline) == [earlier]

    client.post("/webinars/manage/2027/carried/", {"proposals": [earlier.pk]})

    topic = cycle.proposals.get()
    assert (topic.origin, topic.title_en, topic.carried_from, topic.group) == (Origin.CARRIED, "Waited", earlier, None)
    assert client.get("/webinars/manage/2027/").context["page"].pipeline == []
