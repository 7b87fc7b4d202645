"""Asking staff experts and the offices of states to answer by a day. Source: FOR-12."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.days import today
from accounts.enums import Role
from accounts.models import AuditEntry, Notice, User
from accounts.services.outbox import deliver_due
from forum.models import Discussion
from forum.services.holds import hold_room, release_post
from forum.services.moves import merge_discussions
from moderation.enums import CallState
from moderation.models import StaffCall
from moderation.services.calls import ask_for_answers, remind, settle_call
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    MemberStateFactory,
    PostFactory,
    RoomFactory,
    UserFactory,
    grant,
)
from tests.forum.test_posts import close, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator() -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def expert() -> User:
    return UserFactory(role=Role.EXPERT, full_name="Staff Expert", language="fr")


@pytest.fixture
def focal_point() -> User:
    state = MemberStateFactory(name_en="Kenya", name_fr="Kenya")
    return MandateFactory(user=DelegateFactory(member_state=state, language="es")).user


def ask(actor, discussion, experts=(), states=(), days=7):
    return ask_for_answers(
        actor=actor,
        discussion=discussion.pk,
        experts=[person.pk for person in experts],
        states=[state.pk for state in states],
        request="How do you count applications?",
        due_on=today() + timedelta(days=days),
    )


def steer(discussion: Discussion) -> str:
    return f"/moderation/discussions/{discussion.pk}/"


def test_an_expert_and_an_office_are_asked_each_in_their_language(client, moderator, expert, focal_point):
    discussion = DiscussionFactory()
    client.force_login(moderator)

    response = client.post(
        steer(discussion),
        {
            "action": "ask",
            "experts": expert.pk,
            "states": focal_point.member_state_id,
            "request": "How do you count applications?",
            "due_on": (today() + timedelta(days=7)).isoformat(),
        },
        follow=True,
    )

    assertContains(response, "Staff Expert")
    deliver_due()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {expert.email, focal_point.email}
    assert "Une formation qui dure" in letters[expert.email].subject
    assert "Una formación que perdura" in letters[focal_point.email].subject
    assert "How do you count applications?" in letters[expert.email].body
    assert discussion.get_absolute_url() in letters[focal_point.email].body


def test_the_discussion_says_who_is_asked_to_who_sees_it(client, moderator, expert, focal_point):
    discussion = DiscussionFactory()
    ask(moderator, discussion, [expert], [focal_point.member_state])
    client.force_login(DelegateFactory())

    page = client.get(discussion.get_absolute_url())

    assertContains(page, "The Secretariat has asked Kenya to answer by")
    assertContains(page, "The Secretariat has asked Staff Expert to answer by")
    assertNotContains(client.get(DiscussionFactory().get_absolute_url()), "The Secretariat has asked")


@pytest.mark.parametrize("asked", [0, 3])
def test_the_page_of_a_discussion_costs_the_same_whoever_is_asked(client, django_assert_num_queries, moderator, asked):
    discussion = DiscussionFactory()
    experts = UserFactory.create_batch(3, role=Role.EXPERT)
    if asked:
        ask(moderator, discussion, experts)
    client.force_login(DelegateFactory())
    client.get(discussion.get_absolute_url())

    with django_assert_num_queries(6):
        page = client.get(discussion.get_absolute_url())

    assert page.content.decode().count("The Secretariat has asked") == asked


def test_an_answer_in_a_sister_discussion_settles_what_was_asked(moderator, expert, focal_point):
    discussion = DiscussionFactory()
    sister = DiscussionFactory(topic=discussion.topic, room=RoomFactory(language="fr"))
    of_expert, of_state = ask(moderator, discussion, [expert], [focal_point.member_state])
    colleague = DelegateFactory(member_state=focal_point.member_state)

    publish(DelegateFactory(), discussion, "Of another state")
    publish(expert, DiscussionFactory(), "On another topic")
    assert StaffCall.objects.waiting().count() == 2
    answers = [publish(expert, sister), publish(colleague, discussion)]

    for call, answer in zip((of_expert, of_state), answers, strict=True):
        call.refresh_from_db()
        assert (call.state, call.answer) == (CallState.ANSWERED, answer)
    told = Notice.objects.filter(kind="call.answered", user=moderator)
    assert told.count() == 2
    deliver_due()
    assert mail.outbox[-1].subject == "There is an answer: Training that lasts"


def test_a_held_answer_counts_once_it_is_shown(moderator, focal_point):
    discussion = DiscussionFactory()
    hold_room(actor=moderator, room=discussion.room_id, holds=True)
    (call,) = ask(moderator, discussion, [], [focal_point.member_state])
    post = publish(focal_point, discussion)
    assert StaffCall.objects.waiting().get() == call

    release_post(actor=moderator, post=post.pk)

    call.refresh_from_db()
    assert call.answer == post


def test_reminders_go_before_the_day_and_after_it_each_once(moderator, expert):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        ask(moderator, DiscussionFactory(), [expert], days=7)
        told = []
        for _day in range(10):
            remind()
            remind()
            told.append(Notice.objects.filter(kind="call.reminded").count())
            clock.shift(timedelta(days=1))

    assert told == [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]


def test_nobody_is_reminded_of_what_is_settled(moderator, expert, focal_point):
    discussion = DiscussionFactory()
    of_expert, of_state = ask(moderator, discussion, [expert], [focal_point.member_state], days=2)
    settle_call(actor=moderator, call=of_expert.pk, state=CallState.TAKEN_BACK)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        remind()
        settle_call(actor=moderator, call=of_state.pk, state=CallState.ANSWERED)
        deliver_due()

    assert [notice.user for notice in Notice.objects.filter(kind="call.reminded")] == [focal_point]
    assert not [letter for letter in mail.outbox if "Recordatorio" in letter.subject or "Reminder" in letter.subject]


@pytest.mark.parametrize(
    ("fault", "code"),
    [("nobody", "nobody"), ("day", "over"), ("twice", "asked"), ("silent", "no_focal_point"), ("closed", "closed")],
)
def test_what_cannot_be_asked_is_refused(moderator, expert, fault, code):
    discussion = DiscussionFactory()
    if fault == "twice":
        ask(moderator, discussion, [expert])
    if fault == "closed":
        close(discussion)

    with pytest.raises(ValidationError) as refusal:
        ask(
            moderator,
            discussion,
            [] if fault in {"nobody", "silent"} else [expert],
            [MemberStateFactory()] if fault == "silent" else [],
            days=0 if fault == "day" else 7,
        )

    assert refusal.value.code == code
    assert StaffCall.objects.count() == (1 if fault == "twice" else 0)


def test_what_is_typed_wrongly_stays_in_the_form(client, moderator, expert):
    discussion = DiscussionFactory()
    client.force_login(moderator)
    typed = {"action": "ask", "experts": expert.pk, "request": "My question", "due_on": today().isoformat()}

    response = client.post(steer(discussion), typed)

    assertContains(response, "Choose a day to come.", status_code=422)
    assertContains(response, "My question", status_code=422)


def test_only_who_guides_the_room_asks_and_settles(moderator, expert):
    discussion = DiscussionFactory()
    guide, guide_elsewhere = UserFactory.create_batch(2, role=Role.FACILITATOR)
    grant(guide, discussion.room)
    grant(guide_elsewhere, RoomFactory(language="fr"))

    for actor in (DelegateFactory(), expert, UserFactory(role=Role.EVALUATOR)):
        with pytest.raises(PermissionDenied):
            ask(actor, discussion, [expert])
    with pytest.raises(Discussion.DoesNotExist):
        ask(guide_elsewhere, discussion, [expert])
    (call,) = ask(guide, discussion, [expert])
    with pytest.raises(PermissionDenied):
        settle_call(actor=expert, call=call.pk, state=CallState.ANSWERED)
    with pytest.raises(StaffCall.DoesNotExist):
        settle_call(actor=guide_elsewhere, call=call.pk, state=CallState.ANSWERED)
    assert settle_call(actor=guide, call=call.pk, state=CallState.ANSWERED).settled_at is not None


def test_the_list_shows_age_and_lateness_and_settles_by_hand(client, moderator, expert, focal_point):
    discussion = DiscussionFactory()
    calls = ask(moderator, discussion, [expert], [focal_point.member_state], days=3)
    with time_machine.travel(timezone.now() + timedelta(days=5)):
        client.force_login(moderator)
        page = client.get("/moderation/calls/")
        assertContains(page, "asked 5 days ago", 2)
        assertContains(page, "2 days late", 2)

        page = client.post(f"/moderation/calls/{calls[0].pk}/", {"state": "taken_back"}, follow=True)
        assertContains(page, "2 days late", 1)
        page = client.post(f"/moderation/calls/{calls[0].pk}/", {"state": "asked"}, follow=True)
        assertContains(page, "2 days late", 2)
    assert AuditEntry.objects.filter(subject=f"moderation.staffcall:{calls[0].pk}").count() == 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_are_asked(client, django_assert_num_queries, moderator, count):
    for _each in range(count):
        ask(moderator, DiscussionFactory(), [UserFactory(role=Role.EXPERT)])
    client.force_login(moderator)
    client.get("/moderation/calls/")

    with django_assert_num_queries(5):  # session, viewer, waiting, settled, what waits elsewhere
        page = client.get("/moderation/calls/")

    assertContains(page, "How do you count", count)


def test_what_waits_goes_along_with_a_merger(moderator, expert, focal_point):
    source, target = DiscussionFactory(), DiscussionFactory()
    PostFactory(discussion=source)
    ask(moderator, source, [expert], [focal_point.member_state])
    ask(moderator, target, [expert])

    merge_discussions(actor=moderator, source=source.pk, target=target.pk)

    waiting = StaffCall.objects.waiting()
    assert {(call.discussion, call.expert, call.member_state) for call in waiting} == {
        (target, expert, None),
        (target, None, focal_point.member_state),
    }
