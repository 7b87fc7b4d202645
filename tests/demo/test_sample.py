"""The sample content: what it promises, and that loading it again changes nothing."""

import json
import time
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.password_validation import validate_password
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pytest_django.asserts import assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry, MemberState, Notice, RegionalGroup, User
from demo.people import ACCOUNTS, PASSWORD
from forum.enums import PostState, TopicKind
from forum.models import (
    Activity,
    ActivityInterest,
    Category,
    Discussion,
    Follow,
    Post,
    Room,
    Signal,
    Step,
    Topic,
)
from forum.services.activities import COLUMNS, check_complete
from moderation.models import WeeklyTopic

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh_hans")
ROLES = {
    "delegate",
    "focal_point",
    "coordinator",
    "moderator",
    "facilitator",
    "secretariat",
    "expert",
    "external",
    "evaluator",
}
# Words that a text of some length in the language cannot do without, and in the others does not have.
MARKS = {
    "en": {"the", "and", "that", "with", "we", "our", "of", "to"},
    "fr": {"le", "les", "des", "est", "une", "nous", "et", "dans"},
    "es": {"el", "los", "las", "una", "y", "con", "por", "nuestra"},
}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The sample, loaded once for this module and taken away after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_sample", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def sample(loaded, db):
    """The loaded sample; what a test changes is undone."""


def counts() -> dict[str, int]:
    models = (User, MemberState, RegionalGroup, Room, Category, Step, Topic, Discussion, Post, Follow, Notice, Activity)
    return {model.__name__: model.objects.count() for model in (*models, WeeklyTopic, AuditEntry)}


def accounts() -> list[dict[str, object]]:
    printed = StringIO()
    call_command("demo_accounts", "--json", stdout=printed)
    return json.loads(printed.getvalue())


def test_loading_again_changes_nothing(sample):
    before = counts()
    wordings = dict(Post.objects.values_list("pk", "html"))

    call_command("load_sample", stdout=StringIO())

    assert counts() == before
    assert dict(Post.objects.values_list("pk", "html")) == wordings


def test_loading_again_in_the_next_week_keeps_what_is_there(sample, time_machine):
    before = counts()
    time_machine.move_to(timezone.now() + timedelta(days=7))

    call_command("load_sample", stdout=StringIO())

    assert counts() == before


def test_loading_again_keeps_what_was_changed(sample):
    person = User.objects.get(email="kenya@forum.example")
    person.set_password("another long password")
    person.save()

    call_command("load_sample", stdout=StringIO())

    assert User.objects.get(pk=person.pk).check_password("another long password")


def test_there_are_194_member_states_with_names_in_six_languages(sample):
    states = MemberState.objects.all()

    assert len(states) == 194
    assert [s.code for s in states if not all(getattr(s, f"name_{language}") for language in LANGUAGES)] == []
    kenya, brazil = MemberState.objects.get(code="KE"), MemberState.objects.get(code="BR")
    assert (kenya.name_en, kenya.name_ru, brazil.name_fr, brazil.name_ar) == ("Kenya", "Кения", "Brésil", "البرازيل")


def test_there_are_three_core_rooms_six_categories_and_four_steps(sample):
    assert set(Room.objects.filter(is_core=True).values_list("language", flat=True)) == {"en", "fr", "es"}
    assert (Category.objects.count(), Step.objects.count()) == (6, 4)
    for row in (*Category.objects.all(), *Step.objects.all()):
        assert all(getattr(row, f"name_{language}") for language in ("en", "fr", "es"))


def test_two_past_weeks_have_a_synthesis_and_this_week_is_open(sample):
    now = timezone.now()
    past, open_now = Topic.objects.filter(closes_at__lte=now), Topic.objects.filter(closes_at__gt=now)

    assert (len(past), len(open_now)) == (2, 1)
    assert open_now[0].opens_at <= now
    for language in ("en", "fr", "es"):
        assert all(getattr(topic, f"synthesis_{language}") for topic in past)
        assert not getattr(open_now[0], f"synthesis_{language}")
        for topic in Topic.objects.filter(kind=TopicKind.WEEKLY):
            assert getattr(topic, f"title_{language}")
            assert getattr(topic, f"objective_{language}")
            assert 3 <= len(getattr(topic, f"guiding_questions_{language}").splitlines()) <= 5


def test_each_topic_has_sister_discussions_with_posts_in_all_core_rooms(sample):
    for topic in Topic.objects.filter(kind=TopicKind.WEEKLY):
        posts = Counter(topic.discussions.values_list("room__language", flat=True))
        assert posts == {"en": 1, "fr": 1, "es": 1}
    for discussion in Discussion.objects.all():
        numbers = list(
            discussion.posts.exclude(state=PostState.HELD).order_by("number").values_list("number", flat=True)
        )
        assert numbers == list(range(1, discussion.last_number + 1))
        assert len(numbers) >= 3 or discussion.topic.opened_by is not None


def test_participants_have_opened_questions_and_a_discussion_and_given_signals(sample):
    opened = Topic.objects.exclude(opened_by=None)

    assert Counter(opened.values_list("kind", flat=True)) == {"question": 2, "open": 1}
    answered = opened.get(answered_at__isnull=False)
    assert answered.answer.discussion.topic == answered
    assert list(Topic.objects.unanswered(timezone.now())) == [opened.get(kind="question", answered_at=None)]
    assert set(Signal.objects.values_list("kind", flat=True)) == {"similar", "useful"}
    assert not Signal.objects.filter(user=F("post__author")).exists()


def test_the_catalogue_has_an_activity_of_each_category_complete_in_the_core_languages(sample):
    published = Activity.objects.published()

    assert {activity.category.slug for activity in published} == set(Category.objects.values_list("slug", flat=True))
    for activity in published:
        check_complete({name: getattr(activity, name) for name in COLUMNS})
    assert any(activity.is_due for activity in published)
    assert ActivityInterest.objects.filter(member_state__code="KE").count() == 2


def test_posts_come_from_delegates_of_at_least_25_states_of_all_groups(sample):
    states = MemberState.objects.filter(people__in=Post.objects.values("author")).distinct()

    assert len(states) >= 25
    groups = RegionalGroup.objects.filter(states__in=states).distinct()
    assert set(groups) == set(RegionalGroup.objects.all())
    assert set(User.objects.filter(pk__in=Post.objects.values("author")).values_list("role", flat=True)) == {
        Role.DELEGATE
    }


def test_posts_are_written_in_the_language_of_their_room(sample):
    for post in Post.objects.select_related("discussion__room"):
        words = Counter(post.body.lower().replace("’", " ").split())
        seen = {language: sum(words[word] for word in marks) for language, marks in MARKS.items()}
        assert max(seen, key=seen.__getitem__) == post.discussion.room.language == post.language, post


def test_posts_are_of_the_past_and_in_order(sample):
    now = timezone.now()

    for discussion in Discussion.objects.all():
        moments = list(discussion.posts.order_by("number").values_list("posted_at", flat=True))
        assert moments == sorted(moments)
        assert discussion.opened_at <= moments[0]
        assert moments[-1] <= now


# --- The accounts --------------------------------------------------------------------------------------


def test_the_accounts_are_listed_for_programs(sample):
    listed = accounts()

    keys = {"role", "name", "email", "password", "totp_secret", "language", "member_state"}
    assert all(account.keys() == keys for account in listed)
    assert {account["role"] for account in listed} == ROLES
    delegates = [account for account in listed if account["role"] == "delegate"]
    assert len({account["member_state"] for account in delegates}) >= 3
    assert len({account["language"] for account in delegates}) >= 3
    with_state = {"delegate", "focal_point", "coordinator"}
    assert all((account["member_state"] is not None) == (account["role"] in with_state) for account in listed)


def test_the_accounts_are_listed_for_people(sample):
    printed = StringIO()
    call_command("demo_accounts", stdout=printed)

    lines = printed.getvalue().splitlines()
    assert [line.split()[:2] for line in lines] == [[account.role, account.email] for account in ACCOUNTS]


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.email.partition("@")[0])
def test_each_account_signs_in_and_enters(client, sample, account):
    listed = next(item for item in accounts() if item["email"] == account.email)

    response = client.post("/accounts/login/", {"login": listed["email"], "password": listed["password"]})
    if listed["totp_secret"]:
        code = format_hotp_value(hotp_value(listed["totp_secret"], int(time.time()) // 30))
        response = client.post("/accounts/2fa/authenticate/", {"code": code})

    assertRedirects(response, "/rooms/", fetch_redirect_response=False)
    page = client.get("/rooms/", follow=True)
    assert page.status_code == 200
    assert page.wsgi_request.user.email == account.email
    assert page.headers["Content-Language"] == account.language


def test_the_password_of_the_demonstration_keeps_the_rule_for_passwords(sample):
    for account in ACCOUNTS:
        validate_password(PASSWORD, User.objects.get(email=account.email))


def test_a_delegate_of_the_sample_without_an_account_to_try_cannot_sign_in(client, sample):
    response = client.post("/accounts/login/", {"login": "gh@forum.example", "password": PASSWORD})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
