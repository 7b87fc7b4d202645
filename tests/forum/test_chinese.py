"""The Chinese room and its readers: ``zh`` where people talk, ``zh-hans`` where it is written for them."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.asserts import assertContains, assertRedirects

from accounts.enums import MailScope
from accounts.models import Notice, User
from accounts.services.outbox import deliver_due
from forum.enums import FollowLevel, TopicKind, TranslationStatus
from forum.forms.entries import EntryForm
from forum.forms.search import SearchForm
from forum.models import Discussion, Experience, Post, PostTranslation, Room
from forum.models.rooms import validate_room_language
from forum.queries.feeds import feed_of
from forum.queries.library import begun_from
from forum.queries.pages import rooms_in_order
from forum.queries.questions import unanswered_page
from forum.queries.translations import translations_page
from forum.services.audience import told_of_unanswered
from forum.services.digests import write_digest
from forum.services.follows import follow_rooms_read
from forum.services.letters import nearest_discussion
from forum.services.topics import open_discussion
from forum.services.translations import translate_post
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    found: User = DelegateFactory(language="zh-hans", languages_read=["zh-hans", "fr"])
    return found


@pytest.fixture
def topic():
    """A topic in three rooms, of which the Chinese one comes last."""
    found = TopicFactory()
    for position, language in enumerate(("en", "fr", "zh")):
        DiscussionFactory(topic=found, room=RoomFactory(language=language, position=position))
    return found


@pytest.fixture
def discussion(topic) -> Discussion:
    found: Discussion = topic.discussions.get(room__language="zh")
    return found


@pytest.fixture
def post(discussion) -> Post:
    found: Post = PostFactory(discussion=discussion, language="zh", body="我们为审查员提供技术援助。")
    return found


# --- Translations -----------------------------------------------------------------------------------


def test_a_chinese_post_is_offered_in_the_other_five_languages(post):
    page = translations_page(post.author, post.pk)

    assert [row.code for row in page.languages] == ["en", "fr", "es", "ar", "ru"]
    with pytest.raises(ValidationError, match="in this language already"):
        translate_post(actor=post.author, post=post.pk, language="zh-hans", body="文", made_from=post.worded_at)


def test_an_english_post_is_translated_for_who_reads_chinese(client, topic, reader):
    post = PostFactory(discussion=topic.discussions.get(room__language="en"))
    translate_post(actor=post.author, post=post.pk, language="zh-hans", body="译文。", made_from=post.worded_at)
    client.force_login(reader)

    assertContains(client.get(post.discussion.get_absolute_url()), "译文。")
    assert PostTranslation.objects.get().status == TranslationStatus.PERSON


# --- Which room comes first -------------------------------------------------------------------------


def test_who_reads_chinese_meets_the_chinese_room_first(client, topic, discussion, reader):
    Room.objects.update(is_core=True)
    client.force_login(reader)

    assert [room.language for room in rooms_in_order(reader)] == ["zh", "fr", "en"]
    assert nearest_discussion(reader, topic) == discussion
    assertRedirects(client.get("/this-week/"), discussion.get_absolute_url(), fetch_redirect_response=False)


def test_side_by_side_begins_with_the_room_of_the_reader(client, topic, reader):
    client.force_login(reader)

    page = client.get(reverse("forum:topic_side_by_side", args=[topic.year, topic.number]))

    assert page.text.index('id="room-zh"') < page.text.index('id="room-en"')


def test_a_newcomer_follows_the_rooms_they_read(topic, reader):
    follow_rooms_read(reader)

    assert set(reader.follows.values_list("room__language", flat=True)) == {"zh", "fr"}


def test_a_question_waits_for_its_reader_in_the_chinese_room(topic, discussion, reader):
    asked = timezone.now() - timezone.timedelta(days=3)
    type(topic).objects.update(kind=TopicKind.QUESTION, opened_by=DelegateFactory(), opens_at=asked, closes_at=None)
    Experience.objects.create(user=reader, category=topic.category)

    (shown,) = unanswered_page(reader).discussions

    assert shown.pk == discussion.pk


def test_who_reads_chinese_is_told_of_a_question_there_before_who_does_not(settings, discussion, reader):
    settings.QUESTION_TOLD_MOST = 1
    topic = discussion.topic
    topic.discussions.exclude(pk=discussion.pk).delete()
    for person in [DelegateFactory() for _other in range(5)] + [reader]:
        Experience.objects.create(user=person, category=topic.category)

    assert list(told_of_unanswered(topic)) == [reader.pk]


# --- What is found, told and kept -------------------------------------------------------------------


def test_a_feed_of_what_is_read_holds_the_chinese_room(post, reader):
    PostFactory(discussion=DiscussionFactory(room=RoomFactory(language="es")))

    feed = feed_of(reader, is_of_rooms=True).content.decode()

    assert (f"/posts/{post.pk}/" in feed, feed.count("<entry>")) == (True, 1)


def test_search_looks_in_chinese_and_offers_each_language_once(post, reader):
    with translation.override("zh-hans"):
        form = SearchForm({"q": "技术援助"}, viewer=reader)
        offered = [code for code, _name in form.fields["language"].choices]

    assert form.is_valid()
    assert form.wanted.languages == ["zh", "fr"]
    assert offered == ["", "all", "en", "fr", "es", "ar", "ru", "zh"]


def test_the_digest_of_who_reads_chinese_tells_of_the_chinese_room(post, reader, mailoutbox):
    reader.follows.create(room=post.discussion.room, level=FollowLevel.TOPICS)
    Post.objects.update(posted_at=timezone.now() - timezone.timedelta(days=7))

    write_digest()
    deliver_due()

    assert Notice.objects.filter(user=reader, scope=MailScope.POSTS).exists()
    (letter,) = [letter for letter in mailoutbox if letter.to == [reader.email]]
    assert f"/rooms/zh/{post.discussion_id}/" in letter.body


def test_an_entry_made_from_a_chinese_post_is_in_chinese(post, reader):
    begun = begun_from(post)
    offered = [code for code, _name in EntryForm(viewer=reader, initial=begun).fields["language"].choices]

    assert begun["language"] == "zh-hans"
    assert offered == ["en", "fr", "es", "ar", "ru", "zh-hans"]


def test_a_topic_opened_in_the_chinese_room_has_its_title_in_chinese(reader):
    RoomFactory(language="zh")

    post = open_discussion(
        actor=reader,
        room="zh",
        kind=TopicKind.QUESTION,
        title="技术援助",
        category=CategoryFactory(),
        body="谁有经验？",
        submission_key=uuid.uuid4(),
    )

    topic = post.discussion.topic
    assert (topic.title_zh_hans, topic.title_en, post.language) == ("技术援助", None, "zh")


def test_a_room_has_the_code_of_the_language_alone():
    validate_room_language("zh")
    with pytest.raises(ValidationError, match="zh"):
        validate_room_language("zh-hans")
