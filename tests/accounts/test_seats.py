"""Handing over a seat: what belongs to it moves, what was said stays, and only the right people do it."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client

from accounts.days import today
from accounts.enums import AccountStatus, Office, Role
from accounts.models import AuditEntry, Mandate, SeatHandover, User
from accounts.services import outbox
from accounts.services.leaving import mark_left
from accounts.services.seats import hand_over_seat
from forum.models import Draft, Follow, Post
from tests.again import sign_in_again
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    PostFactory,
    RegionalGroupFactory,
    RoomFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HANDOVER = "/seats/handover/"


@pytest.fixture
def focal_point() -> User:
    return MandateFactory().user


@pytest.fixture
def leaver(focal_point) -> User:
    """A colleague of the focal point who follows, drafts and has posted."""
    person = DelegateFactory(member_state=focal_point.member_state, full_name="Leaver")
    post = PostFactory(author=person)
    Follow.objects.create(user=person, discussion=post.discussion)
    Follow.objects.create(user=person, room=post.discussion.room)
    Draft.objects.create(user=person, discussion=post.discussion, body="Half a thought")
    return person


@pytest.fixture
def taker(focal_point) -> User:
    return DelegateFactory(member_state=focal_point.member_state, full_name="Taker")


def hand_over(actor: User, leaver: User, taker: User, *, leaves: bool = False) -> SeatHandover:
    return hand_over_seat(actor=actor, predecessor=leaver.pk, successor=taker.pk, leaves=leaves)


def test_follows_and_drafts_move_and_posts_stay(focal_point, leaver, taker):
    discussion = Post.objects.get().discussion

    hand_over(focal_point, leaver, taker)

    assert set(Follow.objects.values_list("user", "room", "discussion")) == {
        (taker.pk, discussion.room_id, None),
        (taker.pk, None, discussion.pk),
    }
    assert list(Draft.objects.values_list("user", "body")) == [(taker.pk, "Half a thought")]
    assert Post.objects.get().author == leaver
    assert User.objects.get(pk=leaver.pk).status == AccountStatus.ACTIVE


def test_what_the_successor_has_already_stays(focal_point, leaver, taker):
    discussion = Post.objects.get().discussion
    Follow.objects.create(user=taker, discussion=discussion)
    Draft.objects.create(user=taker, discussion=discussion, body="My own thought")

    hand_over(focal_point, leaver, taker)

    assert Follow.objects.filter(user=taker, discussion=discussion).count() == 1
    assert list(Draft.objects.values_list("user", "body")) == [(taker.pk, "My own thought\n\nHalf a thought")]


def test_an_open_mandate_passes_on_from_today_and_history_keeps_the_old_one(focal_point, taker):
    begun = focal_point.mandates.get()
    begun.ends_on = today() + timedelta(days=90)
    begun.save()
    over = MandateFactory(user=focal_point, starts_on="2020-01-01", ends_on="2020-12-31")

    hand_over(focal_point, focal_point, taker)

    yesterday = today() - timedelta(days=1)
    assert set(Mandate.objects.values_list("user", "starts_on", "ends_on")) == {
        (focal_point.pk, begun.starts_on, yesterday),
        (taker.pk, today(), today() + timedelta(days=90)),
        (
            focal_point.pk,
            over.starts_on if not isinstance(over.starts_on, str) else _day(over.starts_on),
            _day(over.ends_on),
        ),
    }
    assert User.objects.with_access().get(pk=taker.pk).is_focal_point
    assert not User.objects.with_access().get(pk=focal_point.pk).is_focal_point


def _day(value):
    return type(today()).fromisoformat(str(value))


def test_a_mandate_that_begins_today_or_later_is_simply_the_successors(focal_point, taker):
    Mandate.objects.update(starts_on=today())
    MandateFactory(user=focal_point, starts_on="2999-01-01")

    hand_over(focal_point, focal_point, taker)

    assert set(Mandate.objects.values_list("user", flat=True)) == {taker.pk}


@pytest.mark.parametrize("by_secretariat", [True, False])
def test_a_groups_mandate_moves_only_by_the_secretariat(focal_point, leaver, taker, by_secretariat):
    MandateFactory(user=leaver, office=Office.COORDINATOR, member_state=None, regional_group=RegionalGroupFactory())
    actor = UserFactory(role=Role.SECRETARIAT) if by_secretariat else focal_point

    hand_over(actor, leaver, taker)

    assert taker.mandates.filter(office=Office.COORDINATOR).exists() is by_secretariat


def test_the_predecessor_can_leave_in_the_same_step(focal_point, leaver, taker):
    hand_over(focal_point, leaver, taker, leaves=True)

    assert User.objects.get(pk=leaver.pk).status == AccountStatus.LEFT
    assert Follow.objects.filter(user=taker).count() == 2
    assert AuditEntry.objects.filter(action="seat.handed_over", actor=focal_point).count() == 1


@pytest.mark.parametrize(
    ("leaves", "told"),
    [(False, {"Your seat is handed over"}), (True, {"Your seat is handed over", "Your account has ended"})],
)
def test_both_are_told(focal_point, leaver, taker, leaves, told):
    hand_over(focal_point, leaver, taker, leaves=leaves)

    outbox.deliver_due()

    assert {message.subject for message in mail.outbox if message.to == [leaver.email]} == told
    assert [message.subject for message in mail.outbox if message.to == [taker.email]] == ["You have taken over a seat"]


def test_an_invited_successor_takes_over_before_the_first_entry(focal_point, leaver, taker):
    User.objects.filter(pk=taker.pk).update(status=AccountStatus.INVITED)

    hand_over(focal_point, leaver, taker)

    assert Follow.objects.filter(user=taker).count() == 2


# --- Who does it, and between whom ------------------------------------------------------------------


def test_a_focal_point_of_another_state_does_not(leaver, taker):
    with pytest.raises(PermissionDenied):
        hand_over(MandateFactory().user, leaver, taker)


@pytest.mark.parametrize(
    "role", [Role.MODERATOR, Role.EXPERT, Role.FACILITATOR, Role.EXTERNAL, Role.EVALUATOR, Role.DELEGATE]
)
def test_nobody_without_the_office_does(leaver, taker, role):
    actor = DelegateFactory(member_state=leaver.member_state) if role == Role.DELEGATE else UserFactory(role=role)

    with pytest.raises(PermissionDenied):
        hand_over(actor, leaver, taker)


def test_a_focal_point_whose_mandate_is_over_does_not(focal_point, leaver, taker):
    Mandate.objects.update(starts_on="2020-01-01", ends_on=today() - timedelta(days=1))

    with pytest.raises(PermissionDenied):
        hand_over(User.objects.get(pk=focal_point.pk), leaver, taker)


def test_a_seat_does_not_pass_to_another_state_or_to_somebody_without_one(focal_point, leaver):
    for actor in (focal_point, UserFactory(role=Role.SECRETARIAT)):
        for other in (DelegateFactory(), UserFactory(role=Role.EXTERNAL)):
            with pytest.raises(PermissionDenied):
                hand_over(actor, leaver, other)


def test_nobody_hands_over_to_themselves_or_to_who_has_left(focal_point, leaver, taker):
    with pytest.raises(ValidationError):
        hand_over(focal_point, leaver, leaver)
    mark_left(actor=UserFactory(role=Role.SECRETARIAT), person=taker.pk, reason="x")
    with pytest.raises(ValidationError):
        hand_over(focal_point, leaver, taker)


# --- The page ---------------------------------------------------------------------------------------


def test_a_focal_point_hands_over_on_the_page(client, focal_point, leaver, taker):
    sign_in_again(client, focal_point)
    stranger = DelegateFactory(full_name="Stranger")

    page = client.get(HANDOVER).content.decode()
    response = client.post(HANDOVER, {"predecessor": leaver.pk, "successor": taker.pk})

    assert ("Leaver" in page, "Taker" in page, stranger.full_name in page) == (True, True, False)
    assert response.status_code == 302
    assert client.get(response["Location"]).content.decode().count("Leaver") >= 2


@pytest.mark.parametrize("field", ["predecessor", "successor"])
def test_a_person_of_another_state_is_no_choice(client, focal_point, leaver, taker, field):
    sign_in_again(client, focal_point)
    chosen = {"predecessor": leaver.pk, "successor": taker.pk, field: DelegateFactory().pk}

    response = client.post(HANDOVER, chosen)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_a_focal_point_cannot_name_another_state(client, focal_point):
    other = DelegateFactory(full_name="Stranger")
    sign_in_again(client, focal_point)

    assert "Stranger" not in client.get(HANDOVER, {"state": other.member_state_id}).content.decode()


def test_the_secretariat_chooses_the_state(client, leaver, taker):
    sign_in_again(client, UserFactory(role=Role.SECRETARIAT))

    assert "Leaver" not in client.get(HANDOVER).content.decode()
    assert "Leaver" in client.get(HANDOVER, {"state": leaver.member_state_id}).content.decode()
    chosen = {"state": leaver.member_state_id, "predecessor": leaver.pk, "successor": taker.pk}
    assert client.post(HANDOVER, chosen).status_code == 302
    assert SeatHandover.objects.count() == 1


@pytest.mark.parametrize("state", ["x", "-1", "²", "9" * 30, ""])
def test_an_odd_state_is_as_none_given(client, state):
    client.force_login(UserFactory(role=Role.SECRETARIAT))

    assert client.get(HANDOVER, {"state": state}).status_code == 200


def test_history_shows_on_both_pages(client, focal_point, leaver, taker):
    hand_over(focal_point, leaver, taker)
    client.force_login(focal_point)

    for person in (leaver, taker):
        page = client.get(f"/people/{person.pk}/").content.decode()
        assert "from <bdi>Leaver</bdi> to <bdi>Taker</bdi>" in page


# --- Races ------------------------------------------------------------------------------------------


def test_a_double_click_hands_over_once(focal_point, leaver, taker):
    first = hand_over(focal_point, leaver, taker, leaves=True)

    assert hand_over(focal_point, leaver, taker, leaves=True) == first
    assert SeatHandover.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_handovers_at_once_pass_a_seat_on_once():
    focal_point = MandateFactory().user
    leaver = DelegateFactory(member_state=focal_point.member_state)
    takers = DelegateFactory.create_batch(2, member_state=focal_point.member_state)
    discussion = DiscussionFactory(room=RoomFactory())
    Draft.objects.create(user=leaver, discussion=discussion, body="Half a thought")
    secretariat = UserFactory(role=Role.SECRETARIAT)
    outcomes = []

    def pass_on(taker: User) -> None:
        try:
            hand_over(secretariat, leaver, taker, leaves=True)
            outcomes.append("done")
        except (ValidationError, PermissionDenied) as error:
            outcomes.append(getattr(error, "code", "refused"))
        finally:
            connection.close()

    threads = [threading.Thread(target=pass_on, args=[taker]) for taker in takers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "has_left"]
    assert (SeatHandover.objects.count(), Draft.objects.count()) == (1, 1)


def test_the_page_costs_the_same_however_many(client, focal_point, django_assert_max_num_queries):
    for count in (1, 3):
        DelegateFactory.create_batch(count, member_state=focal_point.member_state)
        browser = Client()
        browser.force_login(focal_point)
        browser.get(HANDOVER)
        with django_assert_max_num_queries(6):
            browser.get(HANDOVER)
