"""Questions: marked as answered, and told of when nobody answers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.enums import MailScope, Pace, Role
from accounts.models import AuditEntry, MailPreference, Notice, User
from accounts.services.outbox import deliver_due
from forum.enums import FollowLevel, PostState, TopicKind
from forum.models import Discussion, Experience, Follow, Post, Topic
from forum.services.questions import settle_question, tell_of_unanswered, unsettle_question
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    ProtocolFactory,
    RoomFactory,
    StepFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db
ASKED_AT = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)  # a Thursday: the 48 hours end on a Saturday
WAITED = timedelta(hours=48)
INSTANT = timedelta(microseconds=1)


def ask(asker: User | None = None, *, language: str = "en", **fields) -> Discussion:
    """Return the discussion of a question, with the post that asks it."""
    asker = asker or DelegateFactory()
    values = {"title_en": "Who has digitised a register?", "objective_en": "", "guiding_questions_en": "", "step": None}
    topic = TopicFactory(kind=TopicKind.QUESTION, opened_by=asker, closes_at=None, **values | fields)
    discussion = DiscussionFactory(topic=topic, room=RoomFactory(language=language))
    PostFactory(discussion=discussion, author=asker, kind="question", posted_at=topic.opens_at)
    return discussion


def asked_long_ago(asker: User | None = None, **fields) -> Discussion:
    return ask(asker, opens_at=ASKED_AT, **fields)


def able(category, **fields) -> User:
    """Return somebody with experience of ``category``."""
    person = DelegateFactory(**fields)
    Experience.objects.create(user=person, category=category)
    return person


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


@pytest.fixture(autouse=True)
def _protocol(db):
    ProtocolFactory()


# --- Answered ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["asker", Role.MODERATOR, Role.SECRETARIAT])
def test_who_asked_and_the_moderator_mark_the_answer(role):
    discussion = ask()
    answer = PostFactory(discussion=discussion)
    actor = discussion.topic.opened_by if role == "asker" else UserFactory(role=role)

    topic = settle_question(actor=actor, discussion=discussion.pk, answer=answer.number)

    assert (topic.answer, topic.answered_at is not None) == (answer, True)
    assert AuditEntry.objects.get(action="question.answered").facts == {"post": answer.pk}


@pytest.mark.parametrize("role", [Role.DELEGATE, Role.EXPERT, Role.EVALUATOR])
def test_nobody_else_marks_it(role):
    discussion = ask()
    answer = PostFactory(discussion=discussion)
    other = answer.author if role == Role.DELEGATE else UserFactory(role=role)

    with pytest.raises(PermissionDenied, match="Who asked"):
        settle_question(actor=other, discussion=discussion.pk, answer=answer.number)
    with pytest.raises(PermissionDenied, match="Who asked"):
        unsettle_question(actor=other, discussion=discussion.pk)


def test_who_does_not_see_the_question_does_not_mark_it():
    with pytest.raises(Discussion.DoesNotExist):
        settle_question(actor=UserFactory(role=Role.EXTERNAL), discussion=ask().pk, answer=None)


def test_a_question_is_answered_without_a_post_and_open_again():
    discussion = ask()
    asker = discussion.topic.opened_by

    assert settle_question(actor=asker, discussion=discussion.pk, answer=None).answered_at is not None
    topic = unsettle_question(actor=asker, discussion=discussion.pk)

    assert (topic.answered_at, topic.answer) == (None, None)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "question.answered",
        "question.reopened",
    ]


def test_only_a_question_is_answered():
    discussion = DiscussionFactory(topic=TopicFactory(kind=TopicKind.OPEN))

    with pytest.raises(PermissionDenied, match="Only a question"):
        settle_question(actor=UserFactory(role=Role.MODERATOR), discussion=discussion.pk, answer=None)


@pytest.mark.parametrize("case", ["the question itself", "a withdrawn post", "no post", "a post of another discussion"])
def test_what_cannot_be_the_answer_is_refused(case):
    discussion = ask()
    number = 2
    if case == "the question itself":
        number = 1
    elif case == "a withdrawn post":
        PostFactory(discussion=discussion, state=PostState.WITHDRAWN)
    elif case == "a post of another discussion":
        PostFactory.create_batch(2, discussion=DiscussionFactory(room=discussion.room))

    with pytest.raises(ValidationError, match="Choose a post"):
        settle_question(actor=discussion.topic.opened_by, discussion=discussion.pk, answer=number)
    assert Topic.objects.get(pk=discussion.topic_id).answered_at is None


def test_those_who_follow_are_told_once_and_who_answered_too():
    discussion = ask()
    answer = PostFactory(discussion=discussion)
    follower, quiet = DelegateFactory(), DelegateFactory()
    Follow.objects.create(user=follower, discussion=discussion)
    Follow.objects.create(user=quiet, discussion=discussion, level=FollowLevel.QUIET)
    for reader in (follower, quiet):
        MailPreference.objects.create(user=reader, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    asker = discussion.topic.opened_by

    settle_question(actor=asker, discussion=discussion.pk, answer=answer.number)
    unsettle_question(actor=asker, discussion=discussion.pk)
    settle_question(actor=asker, discussion=discussion.pk, answer=answer.number)
    deliver_due()

    assert sorted(Notice.objects.values_list("user", "kind", "scope")) == sorted(
        [
            (follower.pk, "question.answered", MailScope.POSTS),
            (answer.author_id, "question.answered", MailScope.REPLIES),
        ]
    )
    assert {letter.subject for letter in mail.outbox} == {"Answered: Who has digitised a register?"}
    assert all(answer.body in letter.body for letter in mail.outbox)


def test_who_asked_is_told_when_the_moderator_marks_the_answer():
    discussion = ask()

    settle_question(actor=UserFactory(role=Role.MODERATOR), discussion=discussion.pk, answer=None)

    assert list(Notice.objects.values_list("user", flat=True)) == [discussion.topic.opened_by_id]


def test_what_was_taken_back_before_the_letter_went_is_not_told():
    discussion = ask()
    answer = PostFactory(discussion=discussion)
    asker = discussion.topic.opened_by
    settle_question(actor=asker, discussion=discussion.pk, answer=answer.number)
    unsettle_question(actor=asker, discussion=discussion.pk)

    deliver_due()

    assert mail.outbox == []


def test_the_answer_of_a_sensitive_room_stays_in_it():
    discussion = ask()
    answer = PostFactory(discussion=discussion)
    discussion.room.is_sensitive = True
    discussion.room.save()
    settle_question(actor=discussion.topic.opened_by, discussion=discussion.pk, answer=answer.number)

    deliver_due()

    (letter,) = mail.outbox
    assert answer.body not in letter.body
    assert "Who has digitised" not in letter.subject + letter.body


# --- On the pages -----------------------------------------------------------------------------------


def test_the_page_leads_to_the_answer_and_marks_it(client):
    discussion = ask()
    answer = PostFactory(discussion=discussion)
    client.force_login(DelegateFactory())
    before = client.get(discussion.get_absolute_url()).text

    settle_question(actor=discussion.topic.opened_by, discussion=discussion.pk, answer=answer.number)

    after = client.get(discussion.get_absolute_url()).text
    assert ("Go to the answer, post 2" in before, "Go to the answer, post 2" in after) == (False, True)
    assert (before.count("The answer</span>"), after.count("The answer</span>")) == (0, 1)
    assert ("answered</span>" in client.get("/rooms/en/").text) is True


def test_an_answer_that_was_withdrawn_is_not_led_to(client):
    discussion = ask()
    answer = PostFactory(discussion=discussion)
    settle_question(actor=discussion.topic.opened_by, discussion=discussion.pk, answer=answer.number)
    Post.objects.filter(pk=answer.pk).update(state=PostState.WITHDRAWN)
    client.force_login(DelegateFactory())

    page = client.get(discussion.get_absolute_url()).text

    assert "without a post that says how" in page
    assert "Go to the answer" not in page


def test_an_answer_in_another_room_is_led_to_only_for_those_who_read_it(client):
    discussion = ask()
    sister = DiscussionFactory(topic=discussion.topic, room=RoomFactory(language="fr"))
    answer = PostFactory(discussion=sister)
    settle_question(actor=discussion.topic.opened_by, discussion=sister.pk, answer=answer.number)
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, discussion)

    found = {}
    for reader in (external, DelegateFactory()):
        client.force_login(reader)
        found[reader.role] = "Go to the answer, in another room" in client.get(discussion.get_absolute_url()).text

    assert found == {Role.EXTERNAL: False, Role.DELEGATE: True}


def test_only_who_may_settle_is_offered_it(client):
    discussion = ask()
    PostFactory(discussion=discussion)
    offers = {}
    for name, reader in {"asker": discussion.topic.opened_by, "other": DelegateFactory()}.items():
        client.force_login(reader)
        page = client.get(discussion.get_absolute_url()).text
        offers[name] = (page.count("This is the answer</button>"), "Answered without a post" in page)

    assert offers == {"asker": (1, True), "other": (0, False)}


def test_the_buttons_mark_and_take_back(client):
    discussion = ask()
    PostFactory(discussion=discussion)
    client.force_login(discussion.topic.opened_by)
    address = reverse("forum:question_settle", args=["en", discussion.pk])

    states = []
    for fields in ({"answer": "2"}, {"undo": "1"}, {"answer": ""}, {"undo": "1"}, {"answer": "1"}):
        response = client.post(address, fields)
        topic = Topic.objects.select_related("answer").get(pk=discussion.topic_id)
        states.append((topic.answered_at is not None, topic.answer and topic.answer.number))

    assert states == [(True, 2), (False, None), (True, None), (False, None), (False, None)]
    assert response.headers["Location"] == discussion.get_absolute_url()


# --- Unanswered -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("waited", "told"), [(WAITED - INSTANT, False), (WAITED, True), (WAITED + INSTANT, True)])
def test_a_question_is_told_of_at_48_hours_weekends_included(waited, told):
    category = CategoryFactory()
    asked_long_ago(category=category)
    person = able(category)

    with at(ASKED_AT + waited):
        count = tell_of_unanswered()

    assert count == int(told)
    assert list(Notice.objects.values_list("user", "kind")) == [(person.pk, "question.unanswered")] * told


def _by_another(discussion):
    PostFactory(discussion=discussion)


def _in_a_sister(discussion):
    PostFactory(discussion=DiscussionFactory(topic=discussion.topic, room=RoomFactory(language="fr")))


def _settled(discussion):
    settle_question(actor=discussion.topic.opened_by, discussion=discussion.pk, answer=None)
    Notice.objects.all().delete()


def _closed(discussion):
    Discussion.objects.filter(pk=discussion.pk).update(closed_at=ASKED_AT + timedelta(hours=1))


def _not_a_question(discussion):
    Topic.objects.filter(pk=discussion.topic_id).update(kind=TopicKind.OPEN)


def _only_by_the_asker(discussion):
    PostFactory(discussion=discussion, author=discussion.topic.opened_by)


def _withdrawn(discussion):
    PostFactory(discussion=discussion, state=PostState.WITHDRAWN)


@pytest.mark.parametrize(
    ("happened", "waits"),
    [
        (_by_another, False),
        (_in_a_sister, False),
        (_settled, False),
        (_closed, False),
        (_not_a_question, False),
        (_only_by_the_asker, True),
        (_withdrawn, True),
    ],
)
def test_what_ends_the_waiting(happened, waits):
    discussion = asked_long_ago()
    UserFactory(role=Role.MODERATOR)
    happened(discussion)

    with at(ASKED_AT + WAITED):
        count = tell_of_unanswered()

    assert (count, Notice.objects.count()) == (int(waits), int(waits))


def test_each_question_is_told_of_once():
    category = CategoryFactory()
    asked_long_ago(category=category)
    able(category)
    with at(ASKED_AT + WAITED):
        tell_of_unanswered()
    able(category)  # who comes later

    with at(ASKED_AT + 2 * WAITED):
        again = tell_of_unanswered()

    assert (again, Notice.objects.count()) == (0, 1)


def test_the_moderator_is_told_and_those_with_experience_of_category_or_step_but_never_the_asker():
    category, step = CategoryFactory(), StepFactory()
    asker = able(category)
    asked_long_ago(asker, category=category, step=step)
    moderator, of_category, of_step = UserFactory(role=Role.MODERATOR), able(category), DelegateFactory()
    Experience.objects.create(user=of_step, step=step)
    able(CategoryFactory())
    Experience.objects.create(user=DelegateFactory(), step=StepFactory())

    with at(ASKED_AT + WAITED):
        tell_of_unanswered()

    assert dict(Notice.objects.values_list("user", "scope")) == {
        moderator.pk: MailScope.ACCOUNT,
        of_category.pk: MailScope.TOPICS,
        of_step.pk: MailScope.TOPICS,
    }


def test_who_does_not_want_it_may_not_see_it_or_cannot_answer_is_not_told():
    category = CategoryFactory()
    discussion = asked_long_ago(category=category)
    refuser, muted, gone = able(category), able(category), able(category, suspended_until=ASKED_AT + 2 * WAITED)
    MailPreference.objects.create(user=refuser, scope=MailScope.TOPICS, pace=Pace.NONE)
    Follow.objects.create(user=muted, room=discussion.room, level=FollowLevel.MUTED)
    here, elsewhere = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.FACILITATOR)
    evaluator, external = UserFactory(role=Role.EVALUATOR), UserFactory(role=Role.EXTERNAL)
    with at(ASKED_AT):
        grant(here, discussion.room)
        grant(elsewhere, RoomFactory(language="fr"))
        grant(external, discussion)
    for person in (here, elsewhere, evaluator, external):
        Experience.objects.create(user=person, category=category)

    with at(ASKED_AT + WAITED):
        tell_of_unanswered()

    assert list(Notice.objects.values_list("user", flat=True)) == [here.pk]
    assert gone.pk != here.pk


def test_at_most_so_many_are_told_and_those_who_read_the_language_of_its_room_first(settings):
    settings.QUESTION_TOLD_MOST = 3
    category = CategoryFactory()
    asked_long_ago(category=category, language="fr")
    others = [able(category, language="en", languages_read=["en"]) for _n in range(4)]
    readers = [able(category, language="en", languages_read=["en", "fr"]), able(category, language="fr")]

    with at(ASKED_AT + WAITED):
        tell_of_unanswered()

    told = set(Notice.objects.values_list("user", flat=True))
    assert len(told) == 3
    assert {reader.pk for reader in readers} < told
    assert told <= {person.pk for person in [*others, *readers]}


def test_what_is_answered_before_the_letter_goes_is_not_told():
    category = CategoryFactory()
    discussion = asked_long_ago(category=category)
    able(category)
    with at(ASKED_AT + WAITED):
        tell_of_unanswered()
        PostFactory(discussion=discussion)

        deliver_due()

    assert mail.outbox == []


def test_the_letter_says_why_it_comes():
    category = CategoryFactory()
    asked_long_ago(category=category)
    person, moderator = able(category), UserFactory(role=Role.MODERATOR)

    with at(ASKED_AT + WAITED):
        tell_of_unanswered()
        deliver_due()

    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert {letter.subject for letter in mail.outbox} == {"Waiting for an answer: Who has digitised a register?"}
    assert "your profile says that you have experience" in letters[person.email].body
    assert "because you moderate the forum" in letters[moderator.email].body


# --- The page of those that wait --------------------------------------------------------------------


@pytest.fixture
def _two_days_later():
    with at(ASKED_AT + WAITED):
        yield


def waiting_for(client, reader) -> list[str]:
    client.force_login(reader)
    page = client.get(reverse("forum:question_unanswered_list")).context["page"]
    return [discussion.title for discussion in page.discussions]


@pytest.mark.usefixtures("_two_days_later")
def test_the_page_shows_the_moderator_all_and_others_what_they_know_about(client):
    known, other = CategoryFactory(), CategoryFactory()
    asked_long_ago(category=known, title_en="Known")
    asked_long_ago(category=other, title_en="Other")
    ask(category=known, title_en="Fresh")
    person = able(known)
    asked_long_ago(person, category=known, title_en="Own")

    assert waiting_for(client, UserFactory(role=Role.MODERATOR)) == ["Known", "Other", "Own"]
    assert waiting_for(client, person) == ["Known"]
    assert waiting_for(client, DelegateFactory()) == []


@pytest.mark.usefixtures("_two_days_later")
def test_a_question_in_several_rooms_stands_there_once_in_the_room_that_is_read_first(client):
    category = CategoryFactory()
    discussion = asked_long_ago(category=category)
    french = DiscussionFactory(topic=discussion.topic, room=RoomFactory(language="fr"))
    client.force_login(able(category, language="fr", languages_read=["fr", "en"]))

    page = client.get(reverse("forum:question_unanswered_list")).context["page"]

    assert [row.pk for row in page.discussions] == [french.pk]


@pytest.mark.usefixtures("_two_days_later")
def test_a_facilitator_is_shown_their_room_only(client):
    category = CategoryFactory()
    asked_long_ago(category=category, title_en="Here", language="fr")
    asked_long_ago(category=category, title_en="Elsewhere", language="en")
    facilitator = UserFactory(role=Role.FACILITATOR)
    grant(facilitator, RoomFactory(language="fr"))
    Experience.objects.create(user=facilitator, category=category)

    assert waiting_for(client, facilitator) == ["Here"]


@pytest.mark.parametrize("role", [Role.EXTERNAL, Role.EVALUATOR])
def test_the_page_is_not_for_those_who_cannot_answer(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse("forum:question_unanswered_list")).status_code == 404
    assert "/questions/unanswered/" not in client.get("/rooms/").text


def test_the_rooms_lead_to_it(client):
    client.force_login(DelegateFactory())

    assert 'href="/questions/unanswered/">Questions you may be able to answer' in client.get("/rooms/").text


@pytest.mark.usefixtures("_two_days_later")
def test_the_page_goes_on(client):
    category = CategoryFactory()
    for n in range(22):
        asked_long_ago(category=category, title_en=f"Question {n}")
    client.force_login(able(category))

    first = client.get(reverse("forum:question_unanswered_list")).context["page"]
    second = client.get(f"{reverse('forum:question_unanswered_list')}?after={first.after}").context["page"]

    assert [row.title for row in first.discussions] == [f"Question {n}" for n in range(20)]
    assert [row.title for row in second.discussions] == ["Question 20", "Question 21"]
    assert second.after is None


@pytest.mark.usefixtures("_two_days_later")
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_wait(client, django_assert_num_queries, count):
    category = CategoryFactory()
    for _n in range(count):
        asked_long_ago(category=category)
    client.force_login(able(category))
    client.get(reverse("forum:question_unanswered_list"))

    with django_assert_num_queries(4):  # session, person, questions, experience
        client.get(reverse("forum:question_unanswered_list"))
