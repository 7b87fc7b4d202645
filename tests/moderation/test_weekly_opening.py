"""Opening the topics of the week: by hand, by the clock, and once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from accounts.enums import AccountStatus, MailScope, NoticeState, Pace, Role
from accounts.models import AuditEntry, MailPreference, Notice, User
from accounts.services import outbox
from forum.models import Discussion, Follow, Room, Topic
from moderation.models import WeeklyTopic
from moderation.services.weekly import open_due_topics, open_weekly_topic
from moderation.tasks import open_due_topics as open_due_topics_task
from tests.factories import DelegateFactory, ProtocolFactory, RoomFactory, TopicFactory, UserFactory, WeeklyTopicFactory
from tests.moderation.test_weekly import CREATE, typed


@pytest.fixture
def moderator(core_rooms) -> User:
    return UserFactory(role=Role.MODERATOR)


def follower(*rooms: Room, **fields: object) -> User:
    """A delegate who follows ``rooms``."""
    person = DelegateFactory(**fields)
    Follow.objects.bulk_create(Follow(user=person, room=room) for room in rooms)
    return person


def told() -> list[User]:
    """Who was told that a topic has opened, once for each notice."""
    notices = Notice.objects.filter(kind="topic.opened").select_related("user").order_by("user_id")
    return [notice.user for notice in notices]


# --- By hand ------------------------------------------------------------------------------------------


def test_opening_now_opens_sister_discussions_in_all_core_rooms(client, moderator, core_rooms):
    RoomFactory(language="de", name_en="Deutsch", is_core=False)
    client.force_login(moderator)
    before = timezone.now()

    client.post(CREATE, typed("open"))

    topic = Topic.objects.get()
    discussions = Discussion.objects.select_related("room").order_by("room__position")
    assert [d.room for d in discussions] == core_rooms
    assert {(d.topic_id, d.opened_at) for d in discussions} == {(topic.pk, topic.opens_at)}
    assert before <= topic.opens_at <= timezone.now()
    assert WeeklyTopic.objects.get().opened_at == topic.opens_at


def test_an_opened_topic_is_first_in_its_room_and_readable_by_delegates(client, moderator, core_rooms, delegate):
    plan = WeeklyTopicFactory()
    open_weekly_topic(plan=plan.pk, actor=moderator)
    client.force_login(delegate)

    for room in core_rooms:
        discussion = Discussion.objects.get(room=room)
        assert discussion.get_absolute_url() in client.get(f"/rooms/{room.language}/").content.decode()
        assert client.get(discussion.get_absolute_url()).status_code == 200


def test_a_prepared_topic_is_hidden_until_it_opens(client, core_rooms, delegate):
    WeeklyTopicFactory(topic__title_en="Not yet for anyone", scheduled=True)
    client.force_login(delegate)

    for address in ("/rooms/", "/rooms/en/"):
        assert "Not yet for anyone" not in client.get(address).content.decode()
    assert list(Topic.objects.visible_to(delegate)) == []


def test_opening_is_kept_in_the_audit_trail(moderator):
    plan = WeeklyTopicFactory()

    open_weekly_topic(plan=plan.pk, actor=moderator)

    entry = AuditEntry.objects.get(action="topic.opened")
    plan.topic.refresh_from_db()
    assert (entry.actor, entry.subject) == (moderator, f"forum.topic:{plan.topic.pk}")
    assert entry.facts == {"symbol": plan.topic.symbol, "rooms": ["en", "fr", "es"]}


def test_a_topic_that_lacks_a_language_does_not_open(moderator):
    plan = WeeklyTopicFactory(topic__title_fr="", topic__guiding_questions_es="¿Quién?\n¿Cuándo?")

    with pytest.raises(ValidationError) as refusal:
        open_weekly_topic(plan=plan.pk, actor=moderator)

    assert refusal.value.code == "language_missing"
    assert "French, Spanish" in refusal.value.messages[0]
    assert Discussion.objects.count() == 0


def test_a_topic_whose_time_is_over_does_not_open(moderator, time_machine):
    plan = WeeklyTopicFactory()
    time_machine.move_to(plan.topic.closes_at)

    with pytest.raises(ValidationError) as refusal:
        open_weekly_topic(plan=plan.pk, actor=moderator)

    assert refusal.value.code == "over"
    time_machine.move_to(plan.topic.closes_at - timedelta(seconds=1), tick=False)
    assert open_weekly_topic(plan=plan.pk, actor=moderator).opened_at == timezone.now()


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.EVALUATOR, Role.EXPERT])
def test_only_who_moderates_opens_a_topic(core_rooms, role):
    plan = WeeklyTopicFactory()

    with pytest.raises(PermissionDenied):
        open_weekly_topic(plan=plan.pk, actor=UserFactory(role=role))

    assert Discussion.objects.count() == 0
    assert open_weekly_topic(plan=plan.pk, actor=UserFactory(role=Role.SECRETARIAT)).opened_at


# --- By the clock -------------------------------------------------------------------------------------


def test_a_scheduled_topic_opens_by_itself_at_its_moment(core_rooms, time_machine):
    plan = WeeklyTopicFactory(scheduled=True)
    moment = plan.topic.opens_at

    time_machine.move_to(moment - timedelta(seconds=1), tick=False)
    assert open_due_topics_task() == 0
    assert Discussion.objects.count() == 0

    time_machine.move_to(moment, tick=False)
    assert open_due_topics_task() == 1
    assert {d.room.language for d in Discussion.objects.all()} == {"en", "fr", "es"}
    assert AuditEntry.objects.get(action="topic.opened").actor is None


def test_a_draft_does_not_open_by_itself(core_rooms, time_machine):
    plan = WeeklyTopicFactory(scheduled=False)
    time_machine.move_to(plan.topic.opens_at + timedelta(minutes=1))

    assert open_due_topics() == 0
    assert Discussion.objects.count() == 0


def test_a_topic_that_cannot_open_does_not_keep_the_next_from_opening(core_rooms, time_machine, caplog):
    WeeklyTopicFactory(scheduled=True, topic__title_fr="", topic__title_en="Words of the moderator")
    complete = WeeklyTopicFactory(scheduled=True)
    time_machine.move_to(complete.topic.opens_at + timedelta(minutes=1))

    assert open_due_topics() == 1
    complete.refresh_from_db()
    assert complete.opened_at is not None
    assert "could not open: language_missing" in caplog.text
    assert "Words of the moderator" not in caplog.text


def test_a_clock_that_was_stopped_opens_what_it_missed(core_rooms, time_machine):
    plan = WeeklyTopicFactory(scheduled=True)
    time_machine.move_to(plan.topic.opens_at + timedelta(days=2))

    assert open_due_topics() == 1


# --- Once ---------------------------------------------------------------------------------------------


def test_two_requests_to_open_open_once_and_tell_once(client, moderator, core_rooms):
    person = follower(*core_rooms)
    plan = WeeklyTopicFactory()
    client.force_login(moderator)
    address = f"/moderation/weekly/{plan.pk}/"

    answers = [client.post(address, typed("open")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Discussion.objects.count(), told()) == (3, [person])
    assert AuditEntry.objects.filter(action="topic.opened").count() == 1


@pytest.mark.parametrize("action", ["open", "schedule", "save"])
def test_a_form_of_a_new_topic_that_is_sent_twice_plans_one_topic(client, moderator, action):
    client.force_login(moderator)
    form = client.get(CREATE).context["form"]
    fields = typed(action) | {"submission_key": form["submission_key"].value()}

    answers = [client.post(CREATE, fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Topic.objects.count(), WeeklyTopic.objects.count()) == (1, 1)
    assert Discussion.objects.count() == (3 if action == "open" else 0)


def test_two_forms_plan_two_topics(client, moderator):
    client.force_login(moderator)
    for _form in range(2):
        key = client.get(CREATE).context["form"]["submission_key"].value()
        client.post(CREATE, typed("save") | {"submission_key": key})

    assert WeeklyTopic.objects.count() == 2


def test_a_second_opening_changes_nothing(moderator):
    plan = WeeklyTopicFactory()
    first = open_weekly_topic(plan=plan.pk, actor=moderator)

    second = open_weekly_topic(plan=plan.pk, actor=None)

    assert second.opened_at == first.opened_at
    assert Discussion.objects.count() == 3


def at_once(*functions: Callable[[], object]) -> list[object]:
    """Run each function in a thread of its own, all starting together."""
    barrier = Barrier(len(functions))

    def run(function: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


@pytest.fixture
def committed_rooms(transactional_db) -> list[Room]:
    """The core rooms, seen by other connections too."""
    ProtocolFactory()
    return [RoomFactory(language=language, position=n) for n, language in enumerate(("en", "fr", "es"))]


def test_two_moderators_at_once_open_a_topic_once(committed_rooms):
    person = follower(*committed_rooms)
    plan = WeeklyTopicFactory()
    actors = [UserFactory(role=Role.MODERATOR), UserFactory(role=Role.SECRETARIAT)]

    opened = at_once(*(lambda actor=actor: open_weekly_topic(plan=plan.pk, actor=actor) for actor in actors))

    assert len({topic.opened_at for topic in opened}) == 1
    assert Counter(d.room.language for d in Discussion.objects.all()) == {"en": 1, "fr": 1, "es": 1}
    assert told() == [person]
    assert AuditEntry.objects.filter(action="topic.opened").count() == 1


def test_two_schedulers_at_once_open_each_topic_once(committed_rooms):
    person = follower(committed_rooms[0])
    now = timezone.now()
    for _ in range(3):
        WeeklyTopicFactory(scheduled=True, topic__opens_at=now, topic__closes_at=now + timedelta(days=7))

    counts = at_once(open_due_topics, open_due_topics)

    assert sum(counts) == 3
    assert Discussion.objects.count() == 9
    assert told() == [person] * 3


def test_topics_opened_at_once_get_different_symbols(committed_rooms):
    TopicFactory(year=timezone.localdate().year, number=41)
    plans = [WeeklyTopicFactory() for _ in range(4)]
    moderator = UserFactory(role=Role.MODERATOR)

    at_once(*(lambda plan=plan: open_weekly_topic(plan=plan.pk, actor=moderator) for plan in plans))

    numbers = Topic.objects.filter(plan__in=plans).order_by("number").values_list("number", flat=True)
    assert list(numbers) == [42, 43, 44, 45]


# --- Symbols ------------------------------------------------------------------------------------------


def test_symbols_count_from_one_in_each_year(core_rooms, time_machine):
    def symbol(at: datetime) -> str:
        time_machine.move_to(at, tick=False)
        plan = WeeklyTopicFactory(scheduled=True, topic__opens_at=at, topic__closes_at=at + timedelta(days=7))
        open_due_topics()
        plan.topic.refresh_from_db()
        return plan.topic.symbol

    assert symbol(datetime(2028, 12, 18, 9, tzinfo=UTC)) == "TAF/2028/1"
    assert symbol(datetime(2028, 12, 25, 9, tzinfo=UTC)) == "TAF/2028/2"
    # Monday 1 January 2029, 00:00 in Geneva: in UTC it is still 2028.
    assert symbol(datetime(2028, 12, 31, 23, tzinfo=UTC)) == "TAF/2029/1"


# --- Who is told ---------------------------------------------------------------------------------------


def test_followers_of_the_rooms_are_told_once_though_they_follow_several(moderator, core_rooms):
    several, one = follower(*core_rooms), follower(core_rooms[1])
    DelegateFactory()  # follows nothing
    elsewhere = RoomFactory(language="de", name_en="Deutsch", is_core=False)
    follower(elsewhere)
    plan = WeeklyTopicFactory()

    open_weekly_topic(plan=plan.pk, actor=moderator)

    assert told() == [several, one]
    assert set(Notice.objects.values_list("scope", flat=True)) == {MailScope.TOPICS}


@pytest.mark.parametrize(
    ("pace", "is_told"), [(None, True), (Pace.AT_ONCE, True), (Pace.WEEKLY, False), (Pace.NONE, False)]
)
def test_only_who_wants_topics_at_once_is_told(moderator, core_rooms, pace, is_told):
    person = follower(*core_rooms)
    if pace:
        MailPreference.objects.create(user=person, scope=MailScope.TOPICS, pace=pace)
    plan = WeeklyTopicFactory()

    open_weekly_topic(plan=plan.pk, actor=moderator)

    assert told() == ([person] if is_told else [])


def test_who_left_or_is_suspended_is_not_told(moderator, core_rooms):
    follower(*core_rooms, status=AccountStatus.LEFT)
    follower(*core_rooms, status=AccountStatus.INVITED)
    follower(*core_rooms, suspended_until=timezone.now() + timedelta(hours=1))
    back = follower(*core_rooms, suspended_until=timezone.now() - timedelta(hours=1))
    plan = WeeklyTopicFactory()

    open_weekly_topic(plan=plan.pk, actor=moderator)

    assert told() == [back]


def test_notices_are_written_with_the_opening_or_not_at_all(moderator, core_rooms, monkeypatch):
    follower(*core_rooms)
    plan = WeeklyTopicFactory()
    monkeypatch.setattr(WeeklyTopic, "save", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        open_weekly_topic(plan=plan.pk, actor=moderator)

    assert (Notice.objects.count(), Discussion.objects.count()) == (0, 0)


def test_opening_writes_letters_in_each_readers_language(
    moderator, core_rooms, mailoutbox, django_capture_on_commit_callbacks
):
    follower(core_rooms[1], language="fr", languages_read=["fr"])
    follower(core_rooms[0], language="en")
    plan = WeeklyTopicFactory()
    with django_capture_on_commit_callbacks(execute=True):
        open_weekly_topic(plan=plan.pk, actor=moderator)

    outbox.deliver_due()

    assert {mail.subject.split(": ", 1)[1] for mail in mailoutbox} == {"Une formation qui dure", "Training that lasts"}
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}
