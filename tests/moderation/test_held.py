"""Held posts: reading them first, suggesting other words, deciding, and taking that back. Source: FOR-11, MOD-01."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import Role
from accounts.models import User
from accounts.services.outbox import deliver_due
from forum.enums import PostState
from forum.models import Discussion, Post, Room
from forum.services.holds import hold_room, version_of
from moderation.enums import Outcome, ReportReason, SuggestionState
from moderation.models import Suggestion
from moderation.services.cases import decide_case, report_post
from moderation.services.suggestions import (
    answer_suggestion,
    decline_held,
    restore_wording,
    show_held,
    suggest_wording,
    wait_again,
)
from tests.factories import DelegateFactory, DiscussionFactory, PostFactory, RoomFactory, UserFactory, grant
from tests.forum.test_posts import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator() -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def author() -> User:
    return DelegateFactory(language="fr")


@pytest.fixture
def discussion(moderator) -> Discussion:
    room = hold_room(actor=moderator, room=RoomFactory().pk, holds=True)
    return DiscussionFactory(room=room)


@pytest.fixture
def post(author, discussion) -> Post:
    return publish(author, discussion, "First words")


def address(post: Post) -> str:
    return f"/moderation/held/{post.pk}/"


def suggest(moderator, post, **fields) -> Suggestion:
    return suggest_wording(
        **{"actor": moderator, "post": post.pk, "common": "neutral", "reason": "", "body": ""} | fields
    )


def subjects(person: User) -> list[str]:
    deliver_due()
    return [letter.subject.partition(":")[0] for letter in mail.outbox if letter.to == [person.email]]


def test_who_guides_the_room_is_told_and_reads_it_in_the_queue(client, moderator, author, post):
    guide = UserFactory(role=Role.FACILITATOR)
    grant(guide, post.discussion.room)
    elsewhere = UserFactory(role=Role.FACILITATOR)
    grant(elsewhere, RoomFactory(language="fr"))
    publish(author, post.discussion, "Second words")

    seen = {}
    for name, person in {"moderator": moderator, "guide": guide, "elsewhere": elsewhere, "author": author}.items():
        client.force_login(person)
        page = client.get("/moderation/held/").content.decode()
        seen[name] = [words in page for words in ("First words", "Second words")]

    assert seen == {"moderator": [True] * 2, "guide": [True] * 2, "elsewhere": [False] * 2, "author": [True] * 2}
    assert subjects(moderator) == ["A post waits to be read"] * 2
    assert subjects(elsewhere) == []


def test_somebody_else_finds_neither_queue_nor_post(client, post):
    for person in (DelegateFactory(), UserFactory(role=Role.EVALUATOR), UserFactory(role=Role.EXPERT)):
        client.force_login(person)
        assertNotContains(client.get("/moderation/held/"), "First words")
        assert client.get(address(post)).status_code == 404
        assert client.post(address(post), {"action": "show"}).status_code == 404


def test_a_moderator_shows_a_post_and_its_author_is_told(client, moderator, author, post):
    client.force_login(moderator)

    response = client.post(address(post), {"action": "show", "version": version_of(post)}, follow=True)

    assertContains(response, "It is shown.")
    post.refresh_from_db()
    assert (post.state, post.number) == (PostState.VISIBLE, 1)
    assert len(subjects(author)) == 1


def test_an_author_takes_a_suggestion_and_hands_the_post_in_again(client, moderator, author, post):
    client.force_login(moderator)
    client.post(
        address(post),
        {"action": "suggest", "common": "source", "reason": "Quel rapport ?", "body": "Suggested words"},
    )
    suggestion = Suggestion.objects.get()
    assert suggestion.first_body == "First words"
    client.force_login(author)
    page = client.get(address(post))
    assertContains(page, "Quel rapport ?")
    assertContains(page, "Suggested words</textarea>")

    client.post(address(post), {"action": "reword", "body": "Suggested words, and mine"})

    suggestion.refresh_from_db()
    post.refresh_from_db()
    assert (suggestion.state, post.body) == (SuggestionState.RESUBMITTED, "Suggested words, and mine")
    assert not post.revisions.exists()
    show_held(actor=moderator, post=post.pk, version=version_of(post))
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.settled_at is None) == (SuggestionState.PUBLISHED, False)


def test_an_author_keeps_the_words_and_the_moderator_declines(moderator, author, post):
    suggestion = suggest(moderator, post)
    answer_suggestion(actor=author, suggestion=suggestion.pk, body="First words")

    decline_held(actor=moderator, post=post.pk, common="", reason="Sans source.")

    suggestion.refresh_from_db()
    post.refresh_from_db()
    assert suggestion.state == SuggestionState.DECLINED
    assert (post.state, post.state_reason) == (PostState.HELD, "Sans source.")
    assert len(subjects(author)) == 2


def test_a_common_reason_is_in_the_author_s_language(moderator, post, settings):
    from django.utils import translation

    from moderation.enums import CommonReason

    suggestion = suggest(moderator, post, common="neutral", reason="Voir § 2.")

    with translation.override("fr"):
        assert suggestion.reason == f"{CommonReason.NEUTRAL.label}\n\nVoir § 2."


def test_a_reason_is_needed_and_what_was_typed_stays(client, moderator, post):
    client.force_login(moderator)

    response = client.post(address(post), {"action": "suggest", "body": "Suggested words"})

    assertContains(response, "Choose a reason, or write one.", status_code=422)
    assertContains(response, "Suggested words", status_code=422)
    assert not Suggestion.objects.exists()
    assertContains(client.post(address(post), {"action": "decline"}), "Choose a reason", status_code=422)


def test_only_one_suggestion_is_open_and_only_the_author_answers_it(moderator, author, post):
    suggestion = suggest(moderator, post)

    with pytest.raises(ValidationError) as refusal:
        suggest(moderator, post)
    assert refusal.value.code == "open"
    with pytest.raises(PermissionDenied):
        answer_suggestion(actor=moderator, suggestion=suggestion.pk, body="Mine")
    with pytest.raises(Suggestion.DoesNotExist):
        answer_suggestion(actor=DelegateFactory(), suggestion=suggestion.pk, body="Mine")
    with pytest.raises(PermissionDenied):
        suggest(author, post)
    assert answer_suggestion(actor=author, suggestion=suggestion.pk, body="Mine").state == "resubmitted"


@pytest.mark.parametrize("decision", ["show", "decline"])
def test_a_decision_is_taken_back_for_thirty_days(client, moderator, post, decision):
    client.force_login(moderator)
    suggest(moderator, post)
    client.post(address(post), {"action": decision, "version": version_of(post), "decline-common": "neutral"})
    post.refresh_from_db()
    decided = (post.state, post.state_reason)
    assert post.state_changed_at is not None

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        with pytest.raises(PermissionDenied, match="too long ago"):
            wait_again(actor=moderator, post=post.pk)
        client.force_login(moderator)
        assertNotContains(client.get(address(post)), "Take the decision back")
    post.refresh_from_db()
    assert (post.state, post.state_reason) == decided

    with time_machine.travel(timezone.now() + timedelta(days=29)):
        client.force_login(moderator)
        client.post(address(post), {"action": "wait"})
    post.refresh_from_db()
    assert (post.state, post.state_changed_at) == (PostState.HELD, None)
    assert Suggestion.objects.get().state == SuggestionState.RESUBMITTED


def test_what_was_hidden_after_a_report_is_not_among_what_was_kept_back(client, moderator, author, post):
    decline_held(actor=moderator, post=post.pk, common="neutral", reason="")
    reported = PostFactory(author=author, discussion=post.discussion, body="Hidden words")
    case = report_post(actor=DelegateFactory(), post=reported.pk, reason=ReportReason.WRONG).case
    decide_case(actor=moderator, case=case.pk, outcome=Outcome.HIDDEN, reason="It is wrong.")

    for person in (moderator, author):
        client.force_login(person)
        page = client.get("/moderation/held/")
        assertContains(page, "First words")
        assertNotContains(page, "Hidden words")
        assert client.get(address(post)).status_code == 200
        assert client.get(address(reported)).status_code == 404
    with pytest.raises(PermissionDenied, match="after a report"):
        wait_again(actor=moderator, post=reported.pk)
    assert wait_again(actor=moderator, post=post.pk).state_changed_at is None


def test_the_first_words_come_back_and_the_later_ones_are_kept_as_a_wording(client, moderator, author, post):
    suggestion = suggest(moderator, post, body="Suggested words")
    answer_suggestion(actor=author, suggestion=suggestion.pk, body="Suggested words")
    post.refresh_from_db()
    show_held(actor=moderator, post=post.pk, version=version_of(post))
    with pytest.raises(PermissionDenied):
        restore_wording(actor=author, suggestion=suggestion.pk)
    client.force_login(moderator)

    client.post(address(post), {"action": "restore", "suggestion": suggestion.pk})

    post.refresh_from_db()
    assert (post.body, post.revisions.get().body) == ("First words", "Suggested words")
    assert post.edited_at is not None


def test_an_author_gives_a_waiting_post_its_first_words_again(moderator, author, post):
    suggestion = suggest(moderator, post)
    answer_suggestion(actor=author, suggestion=suggestion.pk, body="Other words")

    restore_wording(actor=author, suggestion=suggestion.pk)

    post.refresh_from_db()
    assert (post.body, post.revisions.count()) == ("First words", 0)


def test_two_moderators_on_one_post(client, moderator, author, post):
    version = version_of(post)
    decline_held(actor=UserFactory(role=Role.MODERATOR), post=post.pk, common="", reason="Hors sujet.")
    client.force_login(moderator)

    response = client.post(address(post), {"action": "show", "version": version}, follow=True)

    assertContains(response, "Somebody has decided on this post meanwhile.")
    post.refresh_from_db()
    assert post.state == PostState.HELD
    assert len(subjects(author)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_however_long(client, django_assert_num_queries, moderator, discussion, count):
    for each in range(count):
        suggest(moderator, publish(DelegateFactory(), discussion, f"Waiting {each}"))
    client.force_login(moderator)
    client.get("/moderation/held/")

    with django_assert_num_queries(6):  # session, viewer, waiting, suggestions, declined, what waits elsewhere
        page = client.get("/moderation/held/")

    assertContains(page, "Waiting ", count)


def test_the_moderator_sets_whose_posts_are_held(client, moderator, author):
    room = RoomFactory()
    client.force_login(moderator)
    until = timezone.localdate() + timedelta(days=3)

    client.post("/moderation/holds/", {"action": "room", "room": room.pk, "holds": "1"})
    client.post("/moderation/holds/", {"action": "hold", "person": author.email.upper(), "until": until.isoformat()})

    assert Room.objects.get(pk=room.pk).holds_posts
    author.refresh_from_db()
    assert timezone.localtime(author.held_until, timezone.get_default_timezone()).date() == until + timedelta(days=1)
    assertContains(client.get("/moderation/holds/"), author.full_name)
    client.post("/moderation/holds/", {"action": "release", "person": author.pk})
    client.post("/moderation/holds/", {"action": "room", "room": room.pk, "holds": "0"})
    author.refresh_from_db()
    assert author.held_until is None
    assert not Room.objects.get(pk=room.pk).holds_posts
    response = client.post("/moderation/holds/", {"action": "hold", "person": "nobody@example.org", "until": until})
    assertContains(response, "Nobody with this address", status_code=422)
    assertContains(response, "nobody@example.org", status_code=422)


def test_a_discussion_is_pinned_first_in_its_room(client, moderator):
    pinned = DiscussionFactory(topic__kind="open", topic__title_en="Pinned one")
    later = DiscussionFactory(topic__kind="open", topic__title_en="Later one")
    client.force_login(moderator)

    client.post(f"/moderation/discussions/{pinned.pk}/", {"action": "pin"})

    page = client.get(pinned.room.get_absolute_url()).content.decode()
    assert page.count("Pinned one") == 1
    assert page.index("Pinned one") < page.index("Later one")
    assertContains(client.get(pinned.get_absolute_url()), "pinned")
    client.post(f"/moderation/discussions/{pinned.pk}/", {"action": "unpin"})
    later.refresh_from_db()
    assertNotContains(client.get(pinned.room.get_absolute_url()), "Pinned by the moderator")


def test_a_discussion_is_closed_and_opened_again_from_its_page(client, moderator):
    discussion = DiscussionFactory()
    client.force_login(moderator)

    client.post(f"/moderation/discussions/{discussion.pk}/", {"action": "close"})
    discussion.refresh_from_db()
    assert discussion.closed_at is not None

    client.post(f"/moderation/discussions/{discussion.pk}/", {"action": "reopen"})
    discussion.refresh_from_db()
    assert discussion.closed_at is None
