"""Rooms of further languages: demand, decisions, contracts, the desk of a room, and supervision."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import endings
from accounts.enums import Role
from accounts.models import AuditEntry, Invitation, Notice, User
from accounts.services.outbox import deliver_due
from forum.enums import FollowLevel, PostState
from forum.models import Discussion, Follow, Room
from moderation.enums import Outcome, ReportReason
from moderation.models import LanguageDemand, ProviderContract, RoomDecision
from moderation.queries.rooms import costs, demand
from moderation.services.cases import decide_case, report_post
from moderation.services.rooms import (
    Terms,
    ask_for_language,
    end_contract,
    follow_contracts,
    give_contract,
    open_room,
    record_decision,
)
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()
LAST_DAY = date(2027, 11, 22)
ADDRESS = "provider@language.example"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def secretariat(clock):
    return UserFactory(role=Role.SECRETARIAT)


def decision_on(language, actor, **costs):
    decision = RoomDecision(
        language=language, session="CDIP/38", paragraph="7", decided_on=TODAY, subject="A room in Arabic", **costs
    )
    return record_decision(actor=actor, decision=decision)


def terms(email=ADDRESS, starts_on=TODAY, ends_on=LAST_DAY):
    return Terms(email=email, full_name="A. Provider", starts_on=starts_on, ends_on=ends_on, competence="Ten years.")


@pytest.fixture
def room(secretariat):
    return open_room(actor=secretariat, decision=decision_on("ar", secretariat).pk, terms=terms())


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


def days_later(clock, days):
    clock.move_to(NOW + timedelta(days=days))


# --- Demand, decisions, costs -----------------------------------------------------------------------


def test_demand_counts_who_reads_a_language_without_a_room_and_who_asks_for_one(clock):
    RoomFactory(language="en")
    first = DelegateFactory(languages_read=["ar", "en"])
    DelegateFactory(languages_read=["en", "ar"], member_state=first.member_state)
    DelegateFactory(languages_read=["zh-hans"])
    DelegateFactory(languages_read=["ar"], suspended_until=NOW + timedelta(days=1))
    ask_for_language(actor=first, language="ru", note="Our neighbours write in it.")

    found = {one.language: (one.readers, one.states, len(one.asked)) for one in demand()}

    assert found == {"ar": (2, 1, 0), "zh": (1, 1, 0), "ru": (0, 0, 1)}


def test_one_asks_for_a_language_once_from_the_page_of_rooms(client, clock):
    asker = DelegateFactory()
    client.force_login(asker)
    address = reverse("moderation:language_demand")
    assertContains(client.get("/rooms/"), address)

    for note in ("For our office.", "For our judges too."):
        assertRedirects(client.post(address, {"language": "ar", "note": note}), address)

    assert list(LanguageDemand.objects.values_list("user", "language", "note")) == [
        (asker.pk, "ar", "For our judges too.")
    ]
    assertContains(client.get(address), "You have asked for: Arabic")


def test_one_does_not_ask_for_a_language_that_has_a_room(clock):
    RoomFactory(language="fr")

    with pytest.raises(ValidationError, match="There is a room"):
        ask_for_language(actor=DelegateFactory(), language="fr")


def test_an_outsider_asks_for_no_room(clock):
    with pytest.raises(PermissionDenied):
        ask_for_language(actor=UserFactory(role=Role.EXTERNAL), language="ar")


def test_costs_add_up_the_figures_of_the_documents_and_the_decisions(secretariat, settings):
    assert (costs().total_once, costs().total_each_year) == (57_518, 120_736)
    for language in ("ar", "ru", "zh"):
        decision_on(language, secretariat, yearly_cost=settings.COST_OF_LANGUAGE)
    decision_on("", secretariat, one_off_cost=1_000)

    assert (costs().total_once, costs().total_each_year) == (58_518, 265_618)


def test_the_secretariat_records_a_decision_on_its_page_and_is_led_to_open_the_room(client, secretariat):
    client.force_login(secretariat)
    address = reverse("moderation:room_overview")
    typed = {
        "language": "ar",
        "session": "CDIP/38",
        "paragraph": "7",
        "decided_on": "2026-11-20",
        "subject": "A room in Arabic",
        "one_off_cost": "0",
        "yearly_cost": "48294",
    }
    assertContains(client.get(address), 'value="48294"')

    assertRedirects(client.post(address, typed), address)

    page = client.get(address)
    assertContains(page, "169,030")
    assertContains(page, reverse("moderation:room_open", args=[RoomDecision.objects.get().pk]))


def test_nobody_else_keeps_rooms(client, clock):
    moderator = UserFactory(role=Role.MODERATOR)
    client.force_login(moderator)
    assert client.get(reverse("moderation:room_overview")).status_code == 403
    with pytest.raises(PermissionDenied, match="Only the Secretariat"):
        decision_on("ar", moderator)


# --- Opening ----------------------------------------------------------------------------------------


def test_a_room_opens_with_its_provider_in_the_languages_own_name(client, secretariat):
    categories = [CategoryFactory(), CategoryFactory()]
    reader = DelegateFactory(languages_read=["ar"])
    other = DelegateFactory()
    decision = decision_on("ar", secretariat)
    client.force_login(secretariat)

    answer = client.post(
        reverse("moderation:room_open", args=[decision.pk]),
        {
            "email": "Provider@Language.example",
            "full_name": "A. Provider",
            "starts_on": TODAY,
            "ends_on": LAST_DAY,
            "competence": "Ten years of missions.",
            "categories": [categories[0].pk],
        },
    )

    assertRedirects(answer, reverse("moderation:room_overview"))
    room = Room.objects.get(language="ar")
    assert (room.name_en, room.name_fr, room.is_core, room.is_read_only) == ("العربية", "العربية", False, False)
    assert list(room.categories.all()) == [categories[0]]
    decision.refresh_from_db()
    assert decision.room == room
    provider = User.objects.get(email=ADDRESS)
    assert (provider.role, provider.serves_until, provider.language) == (Role.FACILITATOR, LAST_DAY, "ar")
    assert Invitation.objects.filter(user=provider).exists()
    contract = ProviderContract.objects.get()
    assert (contract.provider, contract.competence) == (provider, "Ten years of missions.")
    assert told("room.opened") == {reader.pk}
    assert not Follow.objects.filter(user=other, room=room).exists()


def test_the_provider_enters_the_room_until_the_last_day_in_geneva(client, room, clock):
    provider = UserFactory(role=Role.FACILITATOR)
    invited = User.objects.get(email=ADDRESS)
    room.grants.filter(user=invited).update(user=provider)
    client.force_login(provider)
    assert client.get(room.get_absolute_url()).status_code == 200

    clock.move_to(datetime(2027, 11, 22, 22, 59, tzinfo=UTC))
    client.force_login(provider)
    assert client.get(room.get_absolute_url()).status_code == 200
    clock.move_to(datetime(2027, 11, 22, 23, 0, tzinfo=UTC))
    assert client.get(room.get_absolute_url()).status_code == 404


def test_a_room_does_not_open_without_a_contract_that_runs(secretariat):
    decision = decision_on("ar", secretariat)

    with pytest.raises(ValidationError, match="contract runs"):
        open_room(actor=secretariat, decision=decision.pk, terms=terms(starts_on=TODAY + timedelta(days=1)))

    assert not Room.objects.exists()
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_decision_opens_one_room_and_one_on_another_matter_none(secretariat, room):
    for decision, said in (
        (RoomDecision.objects.get(), "in this language already"),
        (decision_on("", secretariat), "not about a language"),
    ):
        with pytest.raises(ValidationError, match=said):
            open_room(actor=secretariat, decision=decision.pk, terms=terms(email="other@language.example"))


def test_a_facilitator_who_is_here_serves_longer_and_a_delegate_is_no_provider(secretariat):
    known = UserFactory(role=Role.FACILITATOR, serves_until=TODAY)
    delegate = DelegateFactory()
    decision = decision_on("ar", secretariat)
    with pytest.raises(ValidationError, match="something else"):
        open_room(actor=secretariat, decision=decision.pk, terms=terms(email=delegate.email))

    open_room(actor=secretariat, decision=decision.pk, terms=terms(email=known.email))

    known.refresh_from_db()
    assert known.serves_until == LAST_DAY


def test_what_is_refused_keeps_what_was_typed(client, secretariat):
    client.force_login(secretariat)
    typed = {"email": ADDRESS, "starts_on": "2026-12-01", "ends_on": "2027-12-01", "competence": "Ten years."}

    answer = client.post(reverse("moderation:room_open", args=[decision_on("ar", secretariat).pk]), typed)

    assertContains(answer, "contract runs", status_code=422)
    assertContains(answer, "Ten years.", status_code=422)


# --- The end of a contract --------------------------------------------------------------------------


def test_a_room_without_a_successor_is_read_only_from_the_next_day_by_itself(client, room, clock):
    follower = DelegateFactory()
    Follow.objects.create(user=follower, room=room, level=FollowLevel.TOPICS)
    Follow.objects.create(user=DelegateFactory(), room=room, level=FollowLevel.MUTED)
    post = PostFactory(discussion=DiscussionFactory(room=room, topic__closes_at=None))
    clock.move_to(datetime(2027, 11, 22, 12, tzinfo=UTC))
    assert follow_contracts() == 0

    clock.move_to(datetime(2027, 11, 23, 0, 5, tzinfo=UTC))
    assert [follow_contracts(), follow_contracts()] == [1, 0]

    room.refresh_from_db()
    assert room.is_read_only
    assert follower.pk in told("room.read_only")
    client.force_login(follower)
    page = client.get(post.discussion.get_absolute_url())
    assertContains(page, post.body)
    assertNotContains(page, 'name="body"')
    assert AuditEntry.objects.filter(action="room.read_only", actor=None).count() == 1
    deliver_due()
    assert any("Kept to be read" in letter.subject for letter in mail.outbox if letter.to == [follower.email])


def test_a_room_with_a_successor_goes_on(secretariat, room, clock):
    follows = LAST_DAY + timedelta(days=1)
    give_contract(
        actor=secretariat,
        room=room.pk,
        terms=terms(email="next@language.example", starts_on=follows, ends_on=follows + timedelta(days=90)),
    )

    clock.move_to(datetime(2027, 11, 23, 12, tzinfo=UTC))

    assert follow_contracts() == 0
    room.refresh_from_db()
    assert not room.is_read_only


def test_a_new_contract_opens_the_room_again(secretariat, room, clock):
    clock.move_to(datetime(2027, 12, 1, 12, tzinfo=UTC))
    follow_contracts()
    follower = DelegateFactory()
    Follow.objects.create(user=follower, room=room, level=FollowLevel.TOPICS)

    give_contract(actor=secretariat, room=room.pk, terms=terms(starts_on=date(2027, 12, 1), ends_on=date(2028, 11, 30)))

    room.refresh_from_db()
    assert not room.is_read_only
    assert told("room.reopened") == {follower.pk}


def test_a_contract_for_later_opens_the_room_on_its_day(secretariat, room, clock):
    clock.move_to(datetime(2027, 12, 1, 12, tzinfo=UTC))
    follow_contracts()
    give_contract(
        actor=secretariat, room=room.pk, terms=terms(starts_on=date(2027, 12, 10), ends_on=date(2028, 11, 30))
    )
    assert follow_contracts() == 0

    clock.move_to(datetime(2027, 12, 10, 12, tzinfo=UTC))

    assert follow_contracts() == 1


def test_a_contract_is_ended_with_the_day_and_the_provider_with_it(secretariat, room, clock):
    contract = ProviderContract.objects.get()

    end_contract(actor=secretariat, contract=contract.pk)

    assert room.grants.get().ends_at == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert follow_contracts() == 0
    days_later(clock, 1)
    assert follow_contracts() == 1
    with pytest.raises(ProviderContract.DoesNotExist):
        end_contract(actor=secretariat, contract=contract.pk)


def test_the_provider_and_the_secretariat_see_the_end_coming(room, clock):
    clock.move_to(datetime(2027, 10, 23, 12, tzinfo=UTC))

    coming = endings.between(date(2027, 10, 23), LAST_DAY, "contract")

    assert [(ending.name, ending.title, ending.days_left) for ending in coming] == [("A. Provider", "العربية", 30)]


def test_one_provider_has_one_contract_at_a_time(secretariat, room):
    with pytest.raises(ValidationError, match="in these days already"):
        give_contract(actor=secretariat, room=room.pk, terms=terms())


def test_a_room_of_the_administration_without_a_contract_stays_as_it_is(clock):
    RoomFactory(language="zh", is_core=False)

    assert follow_contracts() == 0


def test_a_core_room_gets_no_contract(secretariat):
    with pytest.raises(Room.DoesNotExist):
        give_contract(actor=secretariat, room=RoomFactory(language="en").pk, terms=terms())


# --- The desk of a room, and supervision ------------------------------------------------------------


@pytest.fixture
def guide(db):
    person = UserFactory(role=Role.FACILITATOR, full_name="A. Guide")
    grant(person, RoomFactory(language="en"))
    return person


def test_the_desk_shows_the_own_room_only(client, guide):
    here = PostFactory()
    elsewhere = PostFactory(discussion=DiscussionFactory(room=RoomFactory(language="fr")))
    for post in (here, elsewhere):
        report_post(actor=DelegateFactory(), post=post.pk, reason=ReportReason.WRONG)
        PostFactory(discussion=post.discussion, state=PostState.HELD, number=2_100_000_001)
    client.force_login(guide)

    page = client.get(reverse("moderation:room_desk"))

    (desk,) = page.context["desks"]
    assert desk.room.language == "en"
    assert [case.post for case in desk.cases] == [here]
    assert [post.discussion for post in desk.held] == [here.discussion]
    assert [row.pk for row in desk.this_week] == [here.discussion_id]
    assertNotContains(page, elsewhere.discussion.get_absolute_url())


def test_the_desk_is_for_facilitators(client, guide):
    for person, status in ((guide, 200), (DelegateFactory(), 403), (UserFactory(role=Role.MODERATOR), 403)):
        client.force_login(person)
        assert client.get(reverse("moderation:room_desk")).status_code == status
    client.force_login(guide)
    assertContains(client.get("/rooms/"), reverse("moderation:room_desk"))


def test_supervision_shows_actions_waiting_items_and_response_times_of_each_room(client, guide, settings):
    moderator = UserFactory(role=Role.MODERATOR)
    cases = [
        report_post(actor=DelegateFactory(), post=PostFactory().pk, reason=ReportReason.WRONG).case for _n in range(5)
    ]
    for case, hours in zip(cases[:3], (1, 3, 50), strict=True):
        case.opened_at = timezone.now() - timedelta(hours=hours)
        case.save()
        decide_case(actor=guide, case=case.pk, outcome=Outcome.NOTHING, reason="It may stay.")
    cases[3].opened_at = timezone.now() - settings.CASE_IS_LATE - timedelta(hours=1)
    cases[3].save()
    client.force_login(moderator)

    page = client.get(reverse("moderation:supervision"))

    (room,) = page.context["rooms"]
    assert (room.guides, room.waiting, room.late, room.held) == ([guide], 2, 1, 0)
    assert timedelta(hours=3) <= room.response < timedelta(hours=3, minutes=1)
    assert room.actions["case.decided"] == 3
    assert {case.pk for case in room.decided} == {case.pk for case in cases[:3]}
    assertContains(page, cases[0].get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_supervision_costs_the_same_however_much_was_done(client, guide, count, django_assert_num_queries):
    for _n in range(count):
        case = report_post(actor=DelegateFactory(), post=PostFactory().pk, reason=ReportReason.WRONG).case
        decide_case(actor=guide, case=case.pk, outcome=Outcome.NOTHING, reason="It may stay.")
    client.force_login(UserFactory(role=Role.MODERATOR))

    with django_assert_num_queries(9):  # session, viewer, rooms, grants, actions, waiting, held, decided, what waits
        client.get(reverse("moderation:supervision"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_costs_the_same_however_many_ask(client, secretariat, room, count, django_assert_num_queries):
    for _n in range(count):
        ask_for_language(actor=DelegateFactory(), language="ru")
        decision_on("", secretariat)
    client.force_login(secretariat)

    # session, viewer, languages taken, languages read, who asks, decisions, contracts, rooms, costs, form, decisions
    with django_assert_num_queries(12):
        client.get(reverse("moderation:room_overview"))


def test_discussions_of_a_room_stay_when_it_is_read_only(room, clock):
    discussion = DiscussionFactory(room=room)
    days_later(clock, 400)
    follow_contracts()

    assert Discussion.objects.visible_to(DelegateFactory()).filter(pk=discussion.pk).exists()
