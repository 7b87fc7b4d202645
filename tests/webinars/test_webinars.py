from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories import (
    CycleFactory,
    DelegateFactory,
    MaterialFactory,
    QuestionFactory,
    RegionFactory,
    RegistrationFactory,
    SeriesFactory,
    UserFactory,
    WebinarFactory,
)
from webinars.enums import WebinarState as State
from webinars.models import FeedbackReceipt, Webinar
from webinars.policies.webinars import NEXT
from webinars.queries.completion import lacking
from webinars.services.webinars import change_webinar, create_webinar, follow_clock, move_on, put_off
from webinars.signals import Change, webinar_changed


@pytest.fixture
def actor(db):
    return UserFactory()


@pytest.fixture
def heard():
    """What the rest of the programme hears of webinars."""
    told = []

    def hear(sender, webinar, what, **kwargs):
        told.append((webinar.pk, what))

    webinar_changed.connect(hear)
    yield told
    webinar_changed.disconnect(hear)


def change(actor, webinar, *, builds_on=(), **values):
    return change_webinar(
        actor=actor,
        webinar=webinar.pk,
        values=values,
        regions=list(webinar.regions.all()),
        builds_on=list(builds_on),
        seen=webinar.changed_at,
    )


def create(actor, **values):
    values = {"title_en": "Another", "languages": ["en"], "cycle": None, **values}
    return create_webinar(actor=actor, values=values, regions=[RegionFactory()], builds_on=[])


def code_of(refusal):
    return refusal.value.code or refusal.value.error_list[0].code


# --- Changes ----------------------------------------------------------------------------------------


def test_another_time_raises_the_calendar_version_and_is_told_once(actor, heard):
    webinar = WebinarFactory()
    later = {"starts_at": webinar.starts_at + timedelta(1), "ends_at": webinar.ends_at + timedelta(1)}

    changed = change(actor, webinar, **later)

    assert changed.sequence == webinar.sequence + 1
    assert heard == [(webinar.pk, Change.TIME)]


def test_other_words_leave_the_calendar_version_as_it_is(actor, heard):
    webinar = WebinarFactory()

    changed = change(actor, webinar, title_en="Other words", zone=webinar.zone)

    assert (changed.title_en, changed.sequence) == ("Other words", 0)
    assert heard == [(webinar.pk, Change.TEXTS)]
    assert AuditEntry.objects.get(action="webinar.changed").facts == {"fields": ["title_en"]}


def test_who_did_not_see_the_last_change_is_told(actor):
    webinar = WebinarFactory()
    change(actor, webinar, title_en="First")

    with pytest.raises(ValidationError) as refusal:
        change(actor, webinar, title_en="Second")

    assert code_of(refusal) == "changed"
    assert Webinar.objects.get().title_en == "First"


def test_only_the_secretariat_changes_webinars(actor, delegate):
    webinar = WebinarFactory()

    with pytest.raises(PermissionDenied, match="Only the Secretariat"):
        change(delegate, webinar, title_en="Mine")
    change(actor, webinar, title_en="Ours")


def test_an_announced_webinar_is_not_moved_into_the_past(actor):
    webinar = WebinarFactory()
    past = timezone.now() - timedelta(days=2)

    with pytest.raises(ValidationError) as refusal:
        change(actor, webinar, starts_at=past, ends_at=past + timedelta(hours=1))

    assert code_of(refusal) == "past"


@pytest.mark.parametrize(("state", "allowed"), [("postponed", True), ("live", False), ("held", False)])
def test_the_time_is_changed_until_it_begins(actor, state, allowed):
    webinar = WebinarFactory(state=state, state_reason="Ill." if state == "postponed" else "")
    values = {"starts_at": webinar.starts_at + timedelta(1), "ends_at": webinar.ends_at + timedelta(1)}

    if allowed:
        assert change(actor, webinar, **values).sequence == 1
    else:
        with pytest.raises(PermissionDenied, match="has begun"):
            change(actor, webinar, **values)


def test_a_cancelled_webinar_stays_as_it_was(actor):
    webinar = WebinarFactory(state="cancelled", state_reason="No speaker.")

    with pytest.raises(PermissionDenied, match="cancelled"):
        change(actor, webinar, title_en="Other")


def test_a_webinar_is_for_a_region(actor):
    with pytest.raises(ValidationError) as refusal:
        create_webinar(actor=actor, values={"title_en": "A", "languages": ["en"]}, regions=[], builds_on=[])

    assert code_of(refusal) == "regions"
    assert not Webinar.objects.exists()


# --- The most in a year -----------------------------------------------------------------------------


def test_a_year_takes_as_many_webinars_as_its_cap_and_no_more(actor):
    cycle = CycleFactory(cap=2)
    WebinarFactory(cycle=cycle)
    WebinarFactory(cycle=cycle, state="cancelled", state_reason="No speaker.")

    create(actor, cycle=cycle)
    with pytest.raises(ValidationError) as refusal:
        create(actor, cycle=cycle)

    assert code_of(refusal) == "full"


@pytest.mark.parametrize("counts_repeats", [True, False])
def test_a_repeat_counts_where_the_year_says_so(actor, counts_repeats):
    cycle = CycleFactory(cap=1, counts_repeats=counts_repeats)
    first = WebinarFactory(cycle=cycle)

    if counts_repeats:
        with pytest.raises(ValidationError):
            create(actor, cycle=cycle, repeats=first)
    else:
        assert create(actor, cycle=cycle, repeats=first).repeats == first


def test_an_exception_makes_room(actor):
    cycle = CycleFactory(
        cap=1, overridden_cap=2, cap_reason="Urgent.", cap_overridden_by=actor, cap_overridden_at=timezone.now()
    )
    WebinarFactory(cycle=cycle)

    assert create(actor, cycle=cycle).cycle == cycle


# --- States -----------------------------------------------------------------------------------------


def test_a_webinar_goes_on_one_step_at_a_time(actor, heard):
    webinar = WebinarFactory(state="planned")
    for state in ("organizing", "announced", "live", "held", "follow_up"):
        assert move_on(actor=actor, webinar=webinar.pk, to=State(state)).state == state

    told = [what for _pk, what in heard]
    assert told == [Change.TEXTS, Change.ANNOUNCED, Change.LIVE, Change.HELD, Change.FOLLOW_UP]
    assert Webinar.objects.get().sequence == 1, "what comes into calendars is a new version of the entry"


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("to", State.values)
def test_no_step_is_left_out_and_none_goes_back(actor, state, to):
    reason = "Ill." if state in {"postponed", "cancelled"} else ""
    webinar = WebinarFactory(state=state, state_reason=reason)
    if to == "complete" and state == "follow_up":
        return  # what it takes is tested below

    if state == "cancelled":
        with pytest.raises(PermissionDenied):
            move_on(actor=actor, webinar=webinar.pk, to=State(to))
    elif to in {state, NEXT.get(State(state))}:
        assert move_on(actor=actor, webinar=webinar.pk, to=State(to)).state == to
    else:
        with pytest.raises(ValidationError):
            move_on(actor=actor, webinar=webinar.pk, to=State(to))


def test_the_same_step_twice_is_one(actor, heard):
    webinar = WebinarFactory(state="planned")
    for _again in range(2):
        move_on(actor=actor, webinar=webinar.pk, to=State.ORGANIZING)

    assert len(heard) == 1


@pytest.mark.parametrize("lacks", ["aims_en", "audience_en", "time"])
def test_what_is_announced_says_what_for_whom_and_when(actor, lacks):
    webinar = WebinarFactory(state="organizing")
    if lacks == "time":
        Webinar.objects.update(starts_at=None, ends_at=None)
    else:
        Webinar.objects.update(**{lacks: ""})

    with pytest.raises(ValidationError) as refusal:
        move_on(actor=actor, webinar=webinar.pk, to=State.ANNOUNCED)

    assert code_of(refusal) == ("past" if lacks == "time" else "words")


@pytest.mark.parametrize("to", [State.POSTPONED, State.CANCELLED])
@pytest.mark.parametrize("state", ["planned", "organizing", "announced"])
def test_a_webinar_is_put_off_before_it_begins_with_a_reason(actor, heard, state, to):
    webinar = WebinarFactory(state=state)

    with pytest.raises(ValidationError) as refusal:
        put_off(actor=actor, webinar=webinar.pk, to=to, reason=" ")
    changed = put_off(actor=actor, webinar=webinar.pk, to=to, reason="The speaker is ill.")

    assert code_of(refusal) == "reason"
    assert (changed.state, changed.state_reason, changed.sequence) == (to, "The speaker is ill.", 1)
    assert heard == [(webinar.pk, Change(to))]


@pytest.mark.parametrize("state", ["live", "held", "follow_up", "complete"])
def test_what_has_begun_is_not_put_off(actor, state):
    webinar = WebinarFactory(state=state)

    with pytest.raises(PermissionDenied, match="before it begins"):
        put_off(actor=actor, webinar=webinar.pk, to=State.CANCELLED, reason="Too late.")


def test_what_was_postponed_is_announced_anew(actor):
    webinar = WebinarFactory(state="postponed", state_reason="Ill.")
    for state in (State.ORGANIZING, State.ANNOUNCED):
        move_on(actor=actor, webinar=webinar.pk, to=state)

    webinar.refresh_from_db()
    assert (webinar.state, webinar.state_reason) == ("announced", "")


def test_the_clock_begins_and_ends_webinars(db, heard, time_machine):
    due = WebinarFactory()
    WebinarFactory(starts_at=due.starts_at + timedelta(days=1))
    WebinarFactory(state="postponed", state_reason="Ill.")

    time_machine.move_to(due.starts_at)
    assert (follow_clock(), follow_clock()) == (1, 0)
    time_machine.move_to(due.ends_at + timedelta(minutes=59))
    assert follow_clock() == 0
    time_machine.move_to(due.ends_at + timedelta(minutes=60))
    assert follow_clock() == 1

    assert heard == [(due.pk, Change.LIVE), (due.pk, Change.HELD)]
    assert Webinar.objects.get(pk=due.pk).state == "held"


# --- Complete (invariant 17) ------------------------------------------------------------------------


@pytest.fixture
def followed_up(db):
    """A webinar that lacks nothing."""
    webinar = WebinarFactory(state="follow_up", starts_at=timezone.now() - timedelta(days=60))
    for kind in ("recording", "slides", "summary"):
        MaterialFactory(webinar=webinar, kind=kind)
    QuestionFactory(webinar=webinar, state="published")
    return webinar


def test_what_lacks_nothing_is_complete(actor, followed_up):
    assert move_on(actor=actor, webinar=followed_up.pk, to=State.COMPLETE).state == "complete"


@pytest.mark.parametrize("kind", ["recording", "slides", "summary"])
@pytest.mark.parametrize("state", ["received", "checked", "superseded"])
def test_what_is_not_published_is_lacking(actor, followed_up, kind, state):
    followed_up.materials.filter(kind=kind).update(state=state)

    with pytest.raises(ValidationError) as refusal:
        move_on(actor=actor, webinar=followed_up.pk, to=State.COMPLETE)

    assert len(refusal.value.messages) == 1
    assert kind in refusal.value.messages[0].lower()


def test_a_reason_stands_for_the_recording(actor, followed_up):
    followed_up.materials.filter(kind="recording").delete()
    Webinar.objects.update(no_recording_reason="The speaker did not agree.")

    assert move_on(actor=actor, webinar=followed_up.pk, to=State.COMPLETE).state == "complete"


@pytest.mark.parametrize(
    ("state", "is_open"),
    [
        ("waiting", True),
        ("visible", True),
        ("left_open", True),
        ("assigned", True),
        ("drafted", True),
        ("cleared", True),
        ("declined", False),
        ("answered_live", False),
        ("answered_chat", False),
        ("published", False),
        ("closed", False),
    ],
)
def test_an_open_question_keeps_a_webinar_from_being_complete(followed_up, state, is_open):
    QuestionFactory(
        webinar=followed_up, state=state, owner=UserFactory(), due_on=timezone.localdate(), reason="Not about this."
    )

    assert bool(lacking(followed_up)) == is_open


def test_a_webinar_is_complete_once_those_who_came_had_time_to_say_what_they_think(followed_up, settings):
    came = RegistrationFactory(webinar=followed_up, attended=True)
    assert lacking(followed_up) == []

    followed_up.ends_at = timezone.now() - settings.WEBINAR_FEEDBACK_LASTS + timedelta(hours=1)
    assert lacking(followed_up) == ["Feedback is still being collected."]
    FeedbackReceipt.objects.create(registration=came)
    RegistrationFactory(webinar=followed_up)
    RegistrationFactory(webinar=followed_up, attended=False)
    assert lacking(followed_up) == []


# --- Series (invariant 10) --------------------------------------------------------------------------


def test_part_two_is_programmed_once_part_one_is(actor):
    series = SeriesFactory()

    with pytest.raises(ValidationError) as refusal:
        create(actor, series=series, part=2)
    create(actor, series=series, part=1)
    create(actor, series=series, part=2)

    assert code_of(refusal) == "part_missing"
    with pytest.raises(ValidationError) as refusal:
        create(actor, series=series, part=2)
    assert code_of(refusal) == "part_twice"


def test_a_cancelled_part_counts_for_nothing(actor):
    series = SeriesFactory()
    WebinarFactory(series=series, part=1, state="cancelled", state_reason="No speaker.")

    with pytest.raises(ValidationError) as refusal:
        create(actor, series=series, part=2)

    assert code_of(refusal) == "part_missing"
    assert create(actor, series=series, part=1).part == 1


def test_parts_are_held_in_their_order(actor):
    series = SeriesFactory()
    first = WebinarFactory(series=series, part=1)
    second = WebinarFactory(series=series, part=2, starts_at=first.starts_at + timedelta(days=7))
    beyond = {"starts_at": second.starts_at + timedelta(1), "ends_at": second.ends_at + timedelta(1)}

    with pytest.raises(ValidationError) as refusal:
        change(actor, first, **beyond)
    change(actor, second, **beyond)

    assert code_of(refusal) == "part_order"


def test_a_part_that_later_ones_need_is_not_cancelled(actor):
    series = SeriesFactory()
    first = WebinarFactory(series=series, part=1)
    second = WebinarFactory(series=series, part=2, starts_at=first.starts_at + timedelta(days=7))

    with pytest.raises(ValidationError) as refusal:
        put_off(actor=actor, webinar=first.pk, to=State.CANCELLED, reason="No speaker.")
    put_off(actor=actor, webinar=second.pk, to=State.CANCELLED, reason="No speaker.")
    put_off(actor=actor, webinar=first.pk, to=State.CANCELLED, reason="No speaker.")

    assert code_of(refusal) == "part_needed"


def test_a_repeat_of_a_part_needs_no_place_of_its_own(actor):
    first = WebinarFactory(series=SeriesFactory(), part=1)

    assert create(actor, series=first.series, part=1, repeats=first).part == 1


def test_an_explored_series_takes_no_further_part(actor):
    series = SeriesFactory(state="explored", state_reason="All is said.")
    WebinarFactory(series=series, part=1)

    with pytest.raises(PermissionDenied, match="fully explored"):
        create(actor, series=series, part=2)


def test_members_do_not_add_webinars(db):
    with pytest.raises(PermissionDenied):
        create(DelegateFactory())
