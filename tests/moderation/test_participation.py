"""Who read, wrote and was silent, in sums; how soon questions were answered; where the forum is little used."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Invitation
from forum.enums import PostState, TopicKind
from forum.models import Post, Visit
from forum.services.reading import write_positions
from moderation.documents.participation import participation_paper
from moderation.queries.participation import (
    Period,
    by_group,
    by_language,
    by_room,
    by_state,
    by_week,
    low_use,
    waits_for_answers,
)
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MemberStateFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    WeeklyTopicFactory,
)

ADDRESS = "/moderation/figures/participation/"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
PERIOD = Period(date(2026, 11, 9), date(2026, 11, 20))


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def moderator(db):
    return UserFactory(role=Role.MODERATOR)


def delegate(state, **facts):
    return DelegateFactory(member_state=state, created_at=NOW - timedelta(days=200), **facts)


def discussion(opened_at=MONDAY, **facts):
    topic = TopicFactory(opens_at=opened_at, closes_at=opened_at + timedelta(days=7))
    return DiscussionFactory(topic=topic, **facts)


def say(where, author, posted_at=MONDAY, **facts):
    return PostFactory(discussion=where, author=author, posted_at=posted_at, **facts)


# --- By state, group and language --------------------------------------------------------------------


def test_of_each_state_who_read_who_wrote_and_who_was_silent(db):
    kenya, peru, tonga = (MemberStateFactory(name_en=name) for name in ("Kenya", "Peru", "Tonga"))
    writer, reader, silent = delegate(kenya), delegate(kenya), delegate(kenya)
    onlooker, _away = delegate(peru), delegate(tonga)
    here = discussion()
    say(here, writer)
    say(here, writer)
    write_positions({(person.pk, here.pk): 1 for person in (writer, reader, onlooker)})

    rows = {state.name: taking for state, taking in by_state(PERIOD)}

    assert (rows["Kenya"].accounts, rows["Kenya"].read, rows["Kenya"].wrote) == (3, 2, 1)
    assert (rows["Kenya"].silent, rows["Kenya"].posts) == (1, 2)
    assert (rows["Peru"].read, rows["Peru"].wrote, rows["Peru"].silent) == (1, 0, 0)
    assert (rows["Tonga"].read, rows["Tonga"].silent) == (0, 1)
    paper = participation_paper(PERIOD, "state", "en", for_publication=False)
    remarks = {row.label: row.cells[-1].text for row in paper.tables[0].rows}
    assert remarks == {"Kenya": "", "Peru": "nobody wrote", "Tonga": "nobody was active"}
    assert silent.member_state == kenya


def test_what_lies_outside_the_period_does_not_count(db):
    state = MemberStateFactory()
    early, late, held = delegate(state), delegate(state), delegate(state)
    before, here = discussion(MONDAY - timedelta(days=30)), discussion()
    say(before, early, MONDAY - timedelta(days=29))
    say(here, late, datetime(2026, 11, 20, 23, 0, tzinfo=UTC))  # the 21st in Geneva
    say(here, held, state=PostState.HELD)
    write_positions({(early.pk, before.pk): 1})

    ((_state, taking),) = by_state(PERIOD)

    assert (taking.read, taking.wrote, taking.silent, taking.posts) == (0, 0, 3, 0)


def test_what_was_removed_still_counts(db):
    state = MemberStateFactory()
    here = discussion()
    say(here, delegate(state), state=PostState.REMOVED, body="")
    say(here, delegate(state), state=PostState.WITHDRAWN, body="")

    ((_state, taking),) = by_state(PERIOD)

    assert (taking.wrote, taking.posts) == (2, 2)


def test_only_delegates_are_counted(db):
    here = discussion()
    for role in (Role.MODERATOR, Role.EXPERT, Role.EXTERNAL, Role.FACILITATOR):
        person = UserFactory(role=role)
        PostFactory(discussion=here, author=person, member_state=None, posted_at=MONDAY)
        write_positions({(person.pk, here.pk): 1})

    assert by_state(PERIOD) == []
    ((_room, place),) = by_room(PERIOD)
    assert (place.read, place.wrote, place.posts) == (0, 0, 0)


def test_groups_and_languages_add_up_to_the_same(db):
    states = [MemberStateFactory(), MemberStateFactory(), MemberStateFactory(group=None)]
    people = [delegate(state, language=language) for state in states for language in ("en", "fr")]
    say(discussion(), people[0])

    groups, languages = by_group(PERIOD), by_language(PERIOD)

    assert sum(taking.accounts for _group, taking in groups) == 6
    assert groups[-1][0] is None
    assert groups[-1][1].accounts == 2
    assert {code: (taking.accounts, taking.wrote) for code, taking in languages} == {"en": (3, 1), "fr": (3, 0)}


# --- By room and week --------------------------------------------------------------------------------


def test_rooms_and_weeks_count_people_once_each(db):
    english, french = RoomFactory(language="en"), RoomFactory(language="fr", position=1)
    person = delegate(MemberStateFactory())
    here, earlier = discussion(room=english), discussion(MONDAY - timedelta(days=7), room=french)
    say(here, person)
    say(here, person, MONDAY + timedelta(days=1))
    say(earlier, person, MONDAY - timedelta(hours=10))  # Sunday, 23:00 in Geneva
    write_positions({(person.pk, here.pk): 2})

    rooms = {room.language: place for room, place in by_room(PERIOD)}
    weeks = {week.monday: week.place for week in by_week(PERIOD)}

    assert (rooms["en"].read, rooms["en"].wrote, rooms["en"].posts, rooms["en"].topics) == (1, 1, 2, 1)
    assert (rooms["fr"].read, rooms["fr"].wrote, rooms["fr"].posts, rooms["fr"].topics) == (0, 1, 1, 1)
    assert list(weeks) == [date(2026, 11, 9), date(2026, 11, 16)]
    first, second = weeks.values()
    assert (first.read, first.wrote, first.posts, first.topics) == (0, 1, 1, 1)
    assert (second.read, second.wrote, second.posts, second.topics) == (1, 1, 2, 1)


def test_weeks_run_over_the_turn_of_the_year(db):
    period = Period(date(2026, 12, 28), date(2027, 1, 10))
    person = delegate(MemberStateFactory())
    say(discussion(datetime(2026, 12, 28, 9, tzinfo=UTC)), person, datetime(2027, 1, 2, 9, tzinfo=UTC))

    weeks = {week.monday: week.place.posts for week in by_week(period)}

    assert weeks == {date(2026, 12, 28): 1, date(2027, 1, 4): 0}  # the first is the ISO week 53 of 2026


def question(hours, opened_at=MONDAY):
    """Ask a question that is answered after some hours; None for never."""
    asker = delegate(MemberStateFactory())
    topic = TopicFactory(kind=TopicKind.QUESTION, opened_by=asker, opens_at=opened_at, closes_at=None)
    where = DiscussionFactory(topic=topic)
    say(where, asker, opened_at)
    say(where, asker, opened_at + timedelta(minutes=5))
    if hours is not None:
        say(where, delegate(MemberStateFactory()), opened_at + timedelta(hours=hours))
    return topic


def test_the_time_to_the_first_answer_is_the_median_of_those_answered(db):
    for hours in (1, 3, 50, None):
        question(hours)

    week = by_week(PERIOD)[-1]

    assert (week.asked, week.unanswered, week.first_answer) == (4, 1, timedelta(hours=3))
    paper = participation_paper(PERIOD, "week", "en", for_publication=False)
    assert [cell.text for cell in paper.tables[0].rows[-1].cells[-3:]] == ["4", "1", "3.0 hours"]


def test_a_question_in_several_rooms_is_one_and_the_first_answer_counts_wherever_it_is(db):
    topic = question(9)
    question(None)
    for language, hours in (("fr", 5), ("es", None)):
        where = DiscussionFactory(topic=topic, room=RoomFactory(language=language))
        say(where, topic.opened_by)
        if hours:
            say(where, delegate(MemberStateFactory()), MONDAY + timedelta(hours=hours))

    week = by_week(PERIOD)[-1]

    assert (week.asked, week.unanswered, week.first_answer) == (2, 1, timedelta(hours=5))


def test_an_answer_that_is_held_is_none_yet(db):
    topic = question(None)
    say(topic.discussions.get(), delegate(MemberStateFactory()), state=PostState.HELD)

    assert dict(waits_for_answers(PERIOD)) == {date(2026, 11, 16): [None]}


# --- What it costs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "statements"),
    [(by_state, 3), (by_group, 3), (by_language, 2), (by_room, 4), (by_week, 4)],
)
def test_figures_cost_the_same_however_much_was_said(db, django_assert_num_queries, count, statements):
    for _time in range(2):
        where = discussion()
        for _post in range(3):
            say(where, delegate(MemberStateFactory()))
        question(2)
        with django_assert_num_queries(statements):
            count(PERIOD)


def test_looking_for_low_use_costs_the_same_however_many_states(db, django_assert_num_queries):
    for _time in range(2):
        delegate(MemberStateFactory())
        discussion(room=RoomFactory(language="en"))
        question(None, MONDAY - timedelta(days=9))
        with django_assert_num_queries(6):
            low_use(NOW)


# --- Low use -----------------------------------------------------------------------------------------


def test_where_the_forum_is_little_used_is_found(db):
    quiet, active, _absent = (MemberStateFactory(name_en=name) for name in ("Quiet", "Active", "Absent"))
    delegate(quiet)
    person = delegate(active)
    Visit.objects.create(user=person, seen_at=NOW)
    spoken, silent = RoomFactory(language="en"), RoomFactory(language="fr")
    RoomFactory(language="es", read_only_since=NOW - timedelta(days=1))
    say(discussion(room=spoken), person)
    question(None, MONDAY - timedelta(days=9))
    Invitation.objects.create(
        user=delegate(active, status="invited"),
        invited_by=person,
        token_hash="x",
        created_at=NOW - timedelta(days=8),
        expires_at=NOW + timedelta(days=6),
    )

    found = low_use(NOW)

    assert "Quiet" in found.quiet_states
    assert "Active" not in found.quiet_states
    assert found.absent_states == 1
    assert [room for room, _last in found.quiet_rooms] == [silent]
    assert (found.unanswered, found.not_taken_up, found.has_topic_to_come) == (1, 1, False)


def test_a_fall_shows_against_the_weeks_before(db):
    person = delegate(MemberStateFactory())
    where = discussion(MONDAY - timedelta(days=28))
    for days in range(8, 28):
        say(where, person, NOW - timedelta(days=days))

    assert low_use(NOW).is_falling
    for _post in range(3):
        say(where, person, NOW - timedelta(days=1))
    assert not low_use(NOW).is_falling


def test_a_forum_in_use_has_nothing_to_be_warned_of(client, db, moderator):
    person = delegate(MemberStateFactory())
    Visit.objects.create(user=person, seen_at=NOW)
    say(discussion(room=RoomFactory(language="en")), person)
    WeeklyTopicFactory(topic__opens_at=MONDAY + timedelta(days=7), topic__year=None, topic__number=None)

    assert low_use(NOW).is_well
    client.force_login(moderator)
    assert "Nothing shows that the forum is little used." in client.get(ADDRESS).content.decode()


def test_warnings_lead_to_what_can_be_done(client, db):
    MemberStateFactory()
    RoomFactory(language="en")
    for role, invites in ((Role.SECRETARIAT, True), (Role.MODERATOR, False)):
        client.force_login(UserFactory(role=role))

        page = client.get(ADDRESS).content.decode()

        assert reverse("moderation:weekly_topic_create") in page
        assert (f'"{reverse("accounts:invitation_import")}"' in page) == invites


# --- The page and its files --------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["week", "room", "state", "group", "language"])
def test_each_view_is_a_page_and_a_file(client, moderator, by):
    say(discussion(), delegate(MemberStateFactory(name_en="Kenya")))
    client.force_login(moderator)

    page = client.get(ADDRESS, {"by": by})
    answer = client.get("/moderation/figures/participation.csv", {"by": by, "language": "en"})

    assert page.status_code == 200
    assert 'class="figures"' in page.content.decode()
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Participation"]
    assert any(row[3:4] == ["1"] or row[2:3] == ["1"] for row in rows)


def test_small_counts_are_left_out_of_what_is_published(db):
    big, small = MemberStateFactory(), MemberStateFactory()
    where = discussion()
    for _person in range(12):
        say(where, delegate(big))
    say(where, delegate(small))

    paper = participation_paper(PERIOD, "group", "en", for_publication=True)

    wrote = {row.label: row.cells[2].text for row in paper.tables[0].rows}
    assert wrote == {big.group.name: "not shown", small.group.name: "fewer than 5"}
    assert {row.cells[4].text for row in paper.tables[0].rows} == {"–"}
    assert participation_paper(PERIOD, "state", "en", for_publication=True).tables == []


def test_an_evaluator_sees_no_small_counts_and_no_warnings(client, db):
    say(discussion(), delegate(MemberStateFactory(name_en="Kenya")))
    client.force_login(UserFactory(role=Role.EVALUATOR))

    page = client.get(ADDRESS, {"by": "state"}).content.decode()

    assert "Kenya" not in page
    assert "Where the forum is little used" not in page


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.EXPERT, Role.EXTERNAL])
def test_participation_is_for_the_moderator(client, db, role):
    client.force_login(UserFactory(role=role))

    assert client.get(ADDRESS).status_code == 403
    assert client.get("/moderation/figures/participation.csv").status_code == 403


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"starts_on": "2026-11-10", "ends_on": "2026-11-09"}, "The last day comes before the first."),
        ({"starts_on": "2010-01-01"}, "Choose at most three years."),
        ({"ends_on": "2026-11-21"}, "This day is still to come."),
        ({"by": "person"}, "Select a valid choice."),
    ],
)
def test_a_period_that_cannot_be_is_refused(client, moderator, asked, said):
    client.force_login(moderator)

    answer = client.get(ADDRESS, asked)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_post_of_an_imported_author_is_nobodys(db):
    post = say(discussion(), delegate(MemberStateFactory()))
    Post.objects.filter(pk=post.pk).update(author=None, imported_author=_imported())

    ((_state, taking),) = by_state(PERIOD)

    assert (taking.wrote, taking.posts) == (0, 0)


def _imported():
    from forum.models import ImportedAuthor

    return ImportedAuthor.objects.create(source="old", key="u1", name="Imported Author")
