"""Notes of the rooms, the synthesis made of them, its versions and corrections, and what came of a topic."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import MailScope, Role
from accounts.models import User
from accounts.services.outbox import deliver_due
from forum.models import Discussion, ReadPosition, Room, SearchDocument, Topic
from forum.queries.citations import linked
from forum.services.moves import move_posts
from moderation.enums import CorrectionState, FollowUpKind
from moderation.models import Correction, FollowUp, Synthesis, SynthesisNote
from moderation.services.corrections import answer_correction, ask_correction, record_follow_up
from moderation.services.syntheses import publish_synthesis, save_note, save_synthesis
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MemberStateFactory,
    PostFactory,
    RoomFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db
TEXTS = {"en": "Agreed on training.", "fr": "Accord sur la formation."}


@pytest.fixture
def moderator() -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def english() -> Discussion:
    return DiscussionFactory(room=RoomFactory(position=1))


@pytest.fixture
def french(english) -> Discussion:
    return DiscussionFactory(topic=english.topic, room=RoomFactory(language="fr", position=2))


@pytest.fixture
def guide(french) -> User:
    person = UserFactory(role=Role.FACILITATOR)
    grant(person, french.room)
    return person


def publish(moderator, topic: Topic, changes: str = "", **texts) -> Synthesis:
    draft = save_synthesis(actor=moderator, topic=topic.pk, texts=texts or TEXTS, changes=changes, seen=None)
    return publish_synthesis(actor=moderator, synthesis=draft.pk)


# --- Notes -------------------------------------------------------------------------------------------


def test_a_facilitator_writes_notes_beside_the_posts_and_hands_them_in(client, guide, french, moderator):
    post = PostFactory(discussion=french, body="Un registre.\n\nDeux missions.")
    client.force_login(guide)
    address = f"/moderation/notes/{french.pk}/"
    page = client.get(address)
    assertContains(page, f"{french.symbol}, 1, § 2")
    assertContains(page, "Deux missions.")

    client.post(address, {"body": f"On forme ({french.symbol}, 1, § 2).", "seen": "", "action": "save"})
    note = SynthesisNote.objects.get()
    assert note.handed_in_at is None
    client.post(address, {"body": note.body, "seen": note.written_at.isoformat(), "action": "hand_in"})

    note.refresh_from_db()
    assert (note.handed_in_at is not None, note.written_by) == (True, guide)
    deliver_due()
    assert [letter.to for letter in mail.outbox] == [[moderator.email]]
    client.force_login(moderator)
    page = client.get(f"/moderation/syntheses/{french.topic_id}/")
    assertContains(page, "notes handed in")
    assertContains(page, f"/topics/{french.topic.symbol}/fr/?post=1&amp;paragraph=2")
    assert post.number == 1


def test_two_who_change_notes_at_once_lose_nothing(client, guide, french, moderator):
    save_note(actor=moderator, discussion=french.pk, body="The moderator's words", seen=None)
    client.force_login(guide)

    response = client.post(f"/moderation/notes/{french.pk}/", {"body": "My words", "seen": "", "action": "save"})

    assertContains(response, "Somebody has changed these notes meanwhile.", status_code=422)
    assertContains(response, "My words", status_code=422)
    assertContains(response, "The moderator&#x27;s words", status_code=422)


def test_notes_are_for_who_guides_the_room(client, guide, english, french):
    for person, discussion, status in (
        (guide, french, 200),
        (guide, english, 404),
        (DelegateFactory(), french, 403),
        (UserFactory(role=Role.EVALUATOR), french, 403),
    ):
        client.force_login(person)
        assert client.get(f"/moderation/notes/{discussion.pk}/").status_code == status
    with pytest.raises(Discussion.DoesNotExist):
        save_note(actor=guide, discussion=english.pk, body="-", seen=None)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("TAF/2026/47/fr, post 12, para 3", "post=12&paragraph=3"),
        ("TAF/2026/47/fr, 12, § 3", "post=12&paragraph=3"),
        ("TAF/2026/47/fr, contribution 12", "post=12"),
        ("TAF/2026/47/ar، مشاركة 12، فقرة 3", "post=12&paragraph=3"),
    ],
)
def test_what_is_cited_by_its_symbol_becomes_a_link(text, query):
    language = text[12:14]
    assert linked(f"See {text}.") == f"See [{text}](/topics/TAF/2026/47/{language}/?{query})."


@pytest.mark.parametrize("text", ["TAF/2026/47/fr", "[TAF/2026/47/fr, 12](/posts/1/)", "/topics/TAF/2026/47/fr/, 12"])
def test_what_is_no_citation_or_a_link_already_stays(text):
    assert linked(text) == text


def test_a_citation_leads_to_the_post_wherever_it_stands_now(client, delegate, moderator, english):
    post = PostFactory(discussion=english)
    address = f"/topics/{english.topic.symbol}/en/"
    client.force_login(delegate)
    assert client.get(f"{address}?post=1&paragraph=1").url == f"/posts/{post.pk}/?paragraph=1"
    move_posts(actor=moderator, source=english.pk, target=DiscussionFactory(room=english.room).pk, posts=[post.pk])

    assert client.get(f"{address}?post=1").url == f"/posts/{post.pk}/"
    assert client.get(f"{address}?post=9").url == english.get_absolute_url()
    client.force_login(UserFactory(role=Role.EXTERNAL))
    assert client.get(f"{address}?post=1").status_code == 404


# --- Synthesis ---------------------------------------------------------------------------------------


def test_a_synthesis_is_drafted_previewed_and_published_in_all_rooms_at_once(client, moderator, english, french):
    address = f"/moderation/syntheses/{english.topic_id}/"
    client.force_login(moderator)
    typed = {"text_en": "We **agreed**.", "text_fr": "Nous sommes d’accord.", "seen": ""}

    assertContains(client.post(address, typed | {"action": "preview"}), "We <strong>agreed</strong>.")
    assert not Synthesis.objects.exists()
    client.post(address, typed | {"action": "save"})
    draft = Synthesis.objects.get()
    reader = DelegateFactory(language="fr")
    client.force_login(reader)
    assertNotContains(client.get(english.topic.get_absolute_url()), "Nous sommes")
    client.force_login(moderator)
    client.post(address, typed | {"seen": draft.written_at.isoformat(), "action": "publish"})

    topic = Topic.objects.get()
    assert (topic.synthesis_en, topic.synthesis_fr) == ("We **agreed**.", "Nous sommes d’accord.")
    assert SearchDocument.objects.filter(source="synthesis", topic=topic).count() == 2
    client.force_login(reader)
    for discussion in (english, french):
        assertContains(client.get(discussion.get_absolute_url()), topic.get_absolute_url())
    page = client.get(topic.get_absolute_url())
    assertContains(page, "Nous sommes d’accord.")


def test_all_who_read_or_wrote_get_it_in_their_language_if_they_want_mail(moderator, english, french):
    wrote = PostFactory(discussion=french, author=DelegateFactory(language="fr")).author
    read, unwilling, _stranger = DelegateFactory.create_batch(3)
    for person in (read, unwilling):
        ReadPosition.objects.create(user=person, discussion=english, number=1)
    unwilling.mail_preferences.create(scope=MailScope.TOPICS, pace="none")

    publish(moderator, english.topic)

    deliver_due()
    letters = {letter.to[0]: letter.body for letter in mail.outbox}
    assert set(letters) == {wrote.email, read.email}
    assert "Accord sur la formation." in letters[wrote.email]
    assert "Agreed on training." in letters[read.email]


def test_mail_tells_nothing_of_a_sensitive_room(moderator, english):
    Room.objects.update(is_sensitive=True)
    PostFactory(discussion=english)

    publish(moderator, english.topic)

    deliver_due()
    assert len(mail.outbox) == 1
    assert "Agreed" not in mail.outbox[0].body


def test_a_language_that_is_missing_and_changes_that_are_not_told_keep_it_back(client, moderator, english, french):
    with pytest.raises(ValidationError) as refusal:
        publish(moderator, english.topic, en="Agreed.")
    assert refusal.value.code == "language_missing"
    Synthesis.objects.all().delete()
    publish(moderator, english.topic)

    with pytest.raises(ValidationError) as refusal:
        publish(moderator, english.topic, en="Agreed on more.", fr="Plus.")
    assert refusal.value.code == "changes"
    client.force_login(moderator)
    draft = Synthesis.objects.get(published_at=None)
    typed = {"text_en": "More.", "text_fr": "Plus.", "seen": draft.written_at.isoformat(), "action": "publish"}
    page = client.post(f"/moderation/syntheses/{english.topic_id}/", typed, follow=True)
    assertContains(page, "The text is kept, and not published yet")
    assertContains(page, "More.</textarea>")


def test_two_moderators_on_one_text(client, moderator, english):
    save_synthesis(actor=UserFactory(role=Role.MODERATOR), topic=english.topic_id, texts=TEXTS, seen=None)
    client.force_login(moderator)

    response = client.post(
        f"/moderation/syntheses/{english.topic_id}/", {"text_en": "My words", "seen": "", "action": "publish"}
    )

    assertContains(response, "Somebody has changed this synthesis meanwhile.", status_code=422)
    assertContains(response, "My words", status_code=422)
    assert not Synthesis.objects.filter(published_at__isnull=False).exists()


def test_only_the_moderator_writes_syntheses(guide, english, french, moderator):
    for actor in (guide, DelegateFactory(), UserFactory(role=Role.EVALUATOR)):
        with pytest.raises(PermissionDenied):
            save_synthesis(actor=actor, topic=english.topic_id, texts=TEXTS, seen=None)
    draft = save_synthesis(actor=moderator, topic=english.topic_id, texts=TEXTS, seen=None)
    with pytest.raises(PermissionDenied):
        publish_synthesis(actor=DelegateFactory(), synthesis=draft.pk)
    assert publish_synthesis(actor=moderator, synthesis=draft.pk).number == 1


# --- Corrections and versions ------------------------------------------------------------------------


def test_a_correction_is_asked_answered_and_becomes_the_second_version(client, moderator, english, french):
    reader = DelegateFactory()
    ReadPosition.objects.create(user=reader, discussion=english, number=1)
    publish(moderator, english.topic)
    client.force_login(reader)
    address = f"/syntheses/{english.topic_id}/"
    client.post(address, {"text": "It was two missions, not one."})
    correction = Correction.objects.get()
    client.force_login(moderator)
    assertContains(client.get(f"/moderation/syntheses/{english.topic_id}/"), "It was two missions, not one.")
    client.post(f"/moderation/corrections/{correction.pk}/", {"state": "taken_up", "answer": "You are right."})

    publish(moderator, english.topic, changes="Two missions.", en="Two missions.", fr="Deux missions.")

    correction.refresh_from_db()
    assert (correction.state, correction.answer) == (CorrectionState.TAKEN_UP, "You are right.")
    client.force_login(reader)
    page = client.get(address)
    assertContains(page, "You are right.")
    assertContains(page, 'What has changed: <span dir="auto">Two missions.</span>', html=False)
    assertNotContains(page, "Agreed on training.")
    assertContains(client.get(f"{address}?version=1"), "Agreed on training.")
    assert client.get(f"{address}?version=3").status_code == 404
    deliver_due()
    told = [letter.subject.partition(":")[0] for letter in mail.outbox if letter.to == [reader.email]]
    assert told == ["Synthesis", "The correction you asked for", "New version of the synthesis"]


def test_a_correction_is_asked_for_some_days_and_by_who_takes_the_floor(client, moderator, english):
    version = publish(moderator, english.topic)
    reader = DelegateFactory()
    with pytest.raises(PermissionDenied):
        ask_correction(actor=UserFactory(role=Role.EVALUATOR), synthesis=version.pk, text="-")
    with pytest.raises(Synthesis.DoesNotExist):
        ask_correction(actor=UserFactory(role=Role.EXTERNAL), synthesis=version.pk, text="-")
    with time_machine.travel(version.corrections_until - timedelta(minutes=1)):
        ask_correction(actor=reader, synthesis=version.pk, text="In time")
    with time_machine.travel(version.corrections_until + timedelta(minutes=1)):
        with pytest.raises(PermissionDenied, match="are over"):
            ask_correction(actor=reader, synthesis=version.pk, text="Too late")
        client.force_login(reader)
        assertContains(client.get(f"/syntheses/{english.topic_id}/"), "are over")


def test_a_request_is_answered_once_and_by_a_moderator(moderator, english):
    version = publish(moderator, english.topic)
    reader = DelegateFactory()
    request = ask_correction(actor=reader, synthesis=version.pk, text="Please.")
    answer = {"correction": request.pk, "state": CorrectionState.DECLINED, "answer": "It was said so."}

    with pytest.raises(PermissionDenied):
        answer_correction(actor=reader, **answer)
    answer_correction(actor=moderator, **answer)
    with pytest.raises(PermissionDenied, match="answered already"):
        answer_correction(actor=moderator, **answer)
    with pytest.raises(Correction.DoesNotExist):
        answer_correction(actor=DelegateFactory(), **answer)


# --- What came of it ---------------------------------------------------------------------------------


def test_what_came_of_a_topic_is_shown_below_it_and_listed_for_the_report(client, moderator, english):
    state = MemberStateFactory(name_en="Kenya")
    client.force_login(moderator)

    client.post(
        f"/moderation/syntheses/{english.topic_id}/follow-ups/",
        {"kind": "cooperation", "text": "A joint register.", "states": state.pk, "happened_on": "2026-11-20"},
    )

    assertContains(client.get("/moderation/follow-ups/"), "A joint register.")
    client.force_login(DelegateFactory())
    page = client.get(english.topic.get_absolute_url())
    assertContains(page, "A joint register.")
    assertContains(page, "Kenya")
    assertNotContains(page, "Recorded by mistake")
    assert client.get("/moderation/follow-ups/").status_code == 403
    follow_up = FollowUp.objects.get()
    assert client.post(f"/moderation/follow-ups/{follow_up.pk}/delete/").status_code == 403
    client.force_login(moderator)
    client.post(f"/moderation/follow-ups/{follow_up.pk}/delete/")
    assert not FollowUp.objects.exists()


def test_only_the_moderator_records_what_came_of_a_topic(guide, french):
    follow_up = {"kind": FollowUpKind.ACTION, "text": "-", "states": [], "happened_on": timezone.localdate()}
    for actor in (guide, DelegateFactory()):
        with pytest.raises(PermissionDenied):
            record_follow_up(actor=actor, topic=french.topic_id, **follow_up)


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_however_long(client, django_assert_num_queries, moderator, count):
    for _each in range(count):
        discussion = PostFactory(discussion=DiscussionFactory()).discussion
        save_note(actor=moderator, discussion=discussion.pk, body="-", seen=None)
        record_follow_up(
            actor=moderator,
            topic=discussion.topic_id,
            kind=FollowUpKind.USE,
            text="Used.",
            states=[MemberStateFactory()],
            happened_on=timezone.localdate(),
        )
    client.force_login(moderator)
    client.get("/moderation/syntheses/")

    with django_assert_num_queries(6):  # session, viewer, topics, notes, discussions, what waits
        page = client.get("/moderation/syntheses/")
    assertContains(page, "notes begun", count)
    with django_assert_num_queries(4):  # session, viewer, follow-ups, what waits
        assertContains(client.get("/moderation/follow-ups/"), "Used.", count)
