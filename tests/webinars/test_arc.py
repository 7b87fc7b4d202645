"""Where webinars and the forum meet: for members, and never for the public."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from forum.enums import ContributionKind, PostState, TopicKind
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    QuestionFactory,
    RoomFactory,
    UserFactory,
    WebinarFactory,
)
from webinars.enums import QuestionState, WebinarState
from webinars.models import Question
from webinars.services import arc


@pytest.fixture
def secretariat(db):
    return UserFactory()


@pytest.fixture
def tied(db):
    """A webinar with a topic in the forum."""
    return WebinarFactory(title_en="Small registers", topic=DiscussionFactory().topic)


@pytest.fixture
def held(db):
    for language in ("en", "fr", "es"):
        RoomFactory(language=language)
    return WebinarFactory(
        state=WebinarState.FOLLOW_UP, title_en="Small registers", title_fr="Petits registres", languages=["fr"]
    )


def test_members_find_the_webinar_on_its_topic_and_the_topic_on_the_webinar(client, tied):
    client.force_login(DelegateFactory())

    assertContains(client.get(tied.topic.get_absolute_url()), "Webinar on this topic")
    assertContains(client.get(tied.topic.get_absolute_url()), tied.get_absolute_url())
    assertContains(client.get(tied.get_absolute_url()), tied.topic.get_absolute_url())


def test_the_public_finds_no_trace_of_the_topic(client, tied):
    for address in (tied.get_absolute_url(), reverse("webinars:programme"), reverse("webinars:programme_atom")):
        response = client.get(address)
        assertNotContains(response, tied.topic.get_absolute_url())
        assertNotContains(response, tied.topic.symbol)
        assertNotContains(response, tied.topic.title)


def test_a_topic_without_a_webinar_says_nothing_of_one(client, tied):
    client.force_login(DelegateFactory())

    assertNotContains(client.get(DiscussionFactory().topic.get_absolute_url()), "Webinar on this topic")


def test_a_webinar_that_is_not_made_known_is_not_on_its_topic(client, tied):
    tied.cycle = None
    tied.state = WebinarState.PLANNED
    tied.save()
    client.force_login(DelegateFactory())

    assertNotContains(client.get(tied.topic.get_absolute_url()), "Webinar on this topic")


# --- Questions ----------------------------------------------------------------------------------------


def asked(webinar, **fields):
    return PostFactory(discussion=webinar.topic.discussions.get(), kind=ContributionKind.QUESTION, **fields)


def test_a_question_of_the_forum_is_taken_over_once_and_without_its_name(client, secretariat, tied):
    post = asked(tied, body="Who signs?")
    client.force_login(secretariat)
    assertContains(client.get(reverse("webinars:webinar_forum", args=[tied.pk])), "Who signs?")

    for _twice in range(2):
        client.post(reverse("webinars:questions_take_over", args=[tied.pk]), {"posts": [post.pk]})

    question = Question.objects.get()
    assert (question.text, question.language, question.user) == ("Who signs?", "en", post.author)
    assert (question.state, question.is_anonymous) == (QuestionState.WAITING, True)


def test_only_questions_of_its_own_topic_are_taken_over(secretariat, tied):
    comment = PostFactory(discussion=tied.topic.discussions.get())
    elsewhere = PostFactory(kind=ContributionKind.QUESTION)
    hidden = asked(tied, state=PostState.WITHDRAWN)
    ours = asked(tied)

    taken = arc.take_over(actor=secretariat, webinar=tied.pk, posts=[comment.pk, elsewhere.pk, hidden.pk, ours.pk])

    assert [question.text for question in taken] == [ours.body]


def test_a_delegate_takes_nothing_over(tied):
    post = asked(tied)

    with pytest.raises(PermissionDenied):
        arc.take_over(actor=post.author, webinar=tied.pk, posts=[post.pk])


# --- The discussion that follows ------------------------------------------------------------------------


def test_the_follow_up_opens_with_the_questions_left_open(client, secretariat, held):
    QuestionFactory(webinar=held, language="fr", text="Qui signe ?", state=QuestionState.LEFT_OPEN)
    QuestionFactory(webinar=held, language="en", text="Who pays?", state=QuestionState.LEFT_OPEN)
    QuestionFactory(webinar=held, language="en", text="Said live?", state=QuestionState.ANSWERED_LIVE)
    client.force_login(secretariat)

    response = client.post(reverse("webinars:follow_up_open", args=[held.pk]), {"category": CategoryFactory().pk})

    held.refresh_from_db()
    assert response.url == held.topic.get_absolute_url()
    assert held.topic.kind == TopicKind.OPEN
    assert (held.topic.title_fr, held.topic.title_en) == ("Petits registres", "Small registers")
    assert (held.topic.guiding_questions_fr, held.topic.guiding_questions_en) == ("Qui signe ?", "Who pays?")
    assert set(held.topic.discussions.values_list("room__language", flat=True)) == {"en", "fr", "es"}
    first = held.topic.discussions.get(room__language="fr").posts.get()
    assert "Who pays?" in first.body
    assert "Said live?" not in first.body


def test_there_is_one_follow_up_and_only_once_it_was_held(secretariat, held):
    category = CategoryFactory()
    arc.open_follow_up(actor=secretariat, webinar=held.pk, category=category)

    with pytest.raises(ValidationError):
        arc.open_follow_up(actor=secretariat, webinar=held.pk, category=category)
    with pytest.raises(ValidationError):
        arc.open_follow_up(actor=secretariat, webinar=WebinarFactory().pk, category=category)


def test_a_delegate_opens_no_follow_up(held):
    with pytest.raises(PermissionDenied):
        arc.open_follow_up(actor=DelegateFactory(), webinar=held.pk, category=CategoryFactory())
