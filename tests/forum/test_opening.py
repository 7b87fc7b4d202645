"""Participants open discussions, questions and experiences in a room."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MailScope, Pace, Role
from accounts.models import AuditEntry, MailPreference, Notice
from accounts.services.outbox import deliver_due
from forum.enums import FollowLevel, TopicKind
from forum.models import Attachment, Discussion, Follow, Post, Room, Topic, TopicDraft
from forum.services.posts import publish_post
from forum.services.topics import open_discussion
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    PostFactory,
    RoomFactory,
    StepFactory,
    TopicFactory,
    UserFactory,
    grant,
)
from tests.forum.samples import pdf

pytestmark = pytest.mark.django_db
TITLE = "Who has digitised an old register?"


def opened(actor, **fields) -> Post:
    values = {
        "room": "en",
        "kind": TopicKind.QUESTION,
        "title": TITLE,
        "category": CategoryFactory(),
        "body": "Ours is on paper, from 1958.",
        "submission_key": uuid.uuid4(),
    }
    return open_discussion(actor=actor, **values | fields)


def form(**fields) -> dict[str, str]:
    return {
        "kind": "question",
        "title": TITLE,
        "category": str(CategoryFactory().pk),
        "body": "Ours is on paper, from 1958.",
        "submission_key": str(uuid.uuid4()),
    } | fields


def address(language: str = "en") -> str:
    return reverse("forum:topic_create", args=[language])


# --- Opening ----------------------------------------------------------------------------------------


def test_a_participant_opens_a_question_whose_text_is_its_first_post(core_rooms, delegate):
    latest = TopicFactory(year=timezone.localdate().year, number=46)
    category, step = CategoryFactory(), StepFactory()

    post = opened(delegate, category=category, step=step)

    topic = post.discussion.topic
    assert (post.number, post.author, post.body, post.kind) == (1, delegate, "Ours is on paper, from 1958.", "question")
    assert (topic.kind, topic.opened_by, topic.category, topic.step) == (TopicKind.QUESTION, delegate, category, step)
    assert (topic.symbol, topic.title_en, topic.closes_at) == (f"TAF/{latest.year}/47", TITLE, None)
    assert [d.room.language for d in topic.discussions.all()] == ["en"]
    assert AuditEntry.objects.filter(action="topic.opened", actor=delegate).count() == 1


@pytest.mark.parametrize(
    ("kind", "first"),
    [(TopicKind.OPEN, "comment"), (TopicKind.QUESTION, "question"), (TopicKind.EXPERIENCE, "experience")],
)
def test_the_first_post_is_of_the_kind_of_its_topic(core_rooms, delegate, kind, first):
    assert opened(delegate, kind=kind).kind == first


def test_a_title_is_in_the_language_of_its_room_and_shown_where_nobody_has_translated_it(core_rooms, delegate, client):
    post = opened(delegate, room="fr", title="Qui a numérisé un registre ?")
    client.force_login(delegate)

    assert (post.discussion.topic.title_fr, post.discussion.topic.title_en) == ("Qui a numérisé un registre ?", None)
    assert "Qui a numérisé un registre ?" in client.get("/rooms/fr/").text


def test_sister_discussions_open_beside_it_and_the_text_stands_in_its_own_room(core_rooms, delegate):
    post = opened(delegate, sisters=["fr", "es"])

    found = post.discussion.topic.discussions.order_by("room__position").values_list("room__language", "last_number")
    assert list(found) == [("en", 1), ("fr", 0), ("es", 0)]


def test_the_same_form_sent_twice_opens_one(core_rooms, delegate):
    key = uuid.uuid4()

    first, second = (opened(delegate, submission_key=key) for _click in range(2))
    other = opened(delegate, submission_key=key, title="Another question")

    assert first == second
    assert other != first
    assert Topic.objects.count() == 2


def test_a_file_stands_at_the_first_post(core_rooms, delegate, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    post = opened(delegate, uploads=[SimpleUploadedFile("register.pdf", pdf())])

    assert [file.name for file in post.attachments.all()] == ["register.pdf"]


def test_a_file_that_is_not_taken_opens_nothing(core_rooms, delegate, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    with pytest.raises(ValidationError, match=r"register\.exe"):
        opened(delegate, uploads=[SimpleUploadedFile("register.exe", b"MZ")])

    assert (Topic.objects.count(), Discussion.objects.count(), Attachment.objects.count()) == (0, 0, 0)


# --- Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT])
def test_whoever_takes_part_may_open(core_rooms, role):
    assert opened(UserFactory(role=role)).number == 1


def test_a_facilitator_opens_in_their_room_and_in_no_other(core_rooms):
    facilitator = UserFactory(role=Role.FACILITATOR)
    grant(facilitator, core_rooms[1])

    assert opened(facilitator, room="fr").discussion.room.language == "fr"
    with pytest.raises(Room.DoesNotExist):
        opened(facilitator, room="en")
    with pytest.raises(Room.DoesNotExist):
        opened(facilitator, room="fr", sisters=["en"])


def test_an_evaluator_does_not_open(core_rooms):
    with pytest.raises(PermissionDenied, match="evaluator"):
        opened(UserFactory(role=Role.EVALUATOR))
    assert Topic.objects.count() == 0


def test_an_external_stakeholder_does_not_open_even_in_the_room_they_are_admitted_to(core_rooms):
    external, post = UserFactory(role=Role.EXTERNAL), PostFactory()
    grant(external, post.discussion)

    with pytest.raises(Room.DoesNotExist):
        opened(external)


# --- Who is told ------------------------------------------------------------------------------------


def test_the_rooms_followers_are_told_once_each_by_their_level(
    core_rooms, delegate, django_capture_on_commit_callbacks
):
    levels = {
        level: Follow.objects.create(user=DelegateFactory(), room=core_rooms[0], level=level).user
        for level in FollowLevel
    }
    for reader in levels.values():
        MailPreference.objects.create(user=reader, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    Follow.objects.create(user=delegate, room=core_rooms[0])
    elsewhere = Follow.objects.create(user=DelegateFactory(), room=core_rooms[1]).user

    opened(delegate)

    told = list(Notice.objects.values_list("user", "kind"))
    assert sorted(told) == sorted(
        [(levels[FollowLevel.EVERYTHING].pk, "topic.opened"), (levels[FollowLevel.TOPICS].pk, "topic.opened")]
    )
    assert elsewhere.pk not in dict(told)


def test_who_wants_posts_but_no_topics_is_told_of_the_first_post(core_rooms, delegate):
    reader = Follow.objects.create(user=DelegateFactory(), room=core_rooms[0]).user
    MailPreference.objects.create(user=reader, scope=MailScope.TOPICS, pace=Pace.NONE)
    MailPreference.objects.create(user=reader, scope=MailScope.POSTS, pace=Pace.AT_ONCE)

    opened(delegate)

    assert list(Notice.objects.values_list("user", "kind")) == [(reader.pk, "post.published")]


@pytest.mark.parametrize("writer", ["opener", "another"])
def test_what_is_said_first_in_a_sister_discussion_is_told_like_any_post(core_rooms, delegate, writer):
    reader = Follow.objects.create(user=DelegateFactory(), room=core_rooms[1]).user
    MailPreference.objects.create(user=reader, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    topic = opened(delegate, sisters=["fr"]).discussion.topic
    sister = topic.discussions.get(room=core_rooms[1])

    author = delegate if writer == "opener" else DelegateFactory()
    publish_post(actor=author, discussion=sister.pk, body="Une réponse.", submission_key=uuid.uuid4())

    told = Notice.objects.filter(user=reader).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["topic.opened", "post.published"]


def test_the_letter_says_what_it_is_who_opened_it_and_what_they_wrote(core_rooms, delegate):
    Follow.objects.create(user=DelegateFactory(), room=core_rooms[0])
    opened(delegate)

    deliver_due()

    (letter,) = mail.outbox
    assert letter.subject == f"Question: {TITLE}"
    assert f"{delegate.full_name} ({delegate.member_state}) writes:" in letter.body
    assert "Ours is on paper, from 1958." in letter.body


def test_of_a_sensitive_room_the_letter_says_only_that_there_is_something(core_rooms, delegate):
    Follow.objects.create(user=DelegateFactory(), room=core_rooms[0])
    Room.objects.filter(language="en").update(is_sensitive=True)
    opened(delegate)

    deliver_due()

    (letter,) = mail.outbox
    assert TITLE not in letter.subject + letter.body
    assert "Ours is on paper" not in letter.body


def test_what_was_written_in_a_sensitive_room_is_not_told_in_its_sisters(core_rooms, delegate):
    Follow.objects.create(user=DelegateFactory(language="fr", languages_read=["fr"]), room=core_rooms[1])
    Room.objects.filter(language="en").update(is_sensitive=True)
    opened(delegate, sisters=["fr"])

    deliver_due()

    (letter,) = mail.outbox
    assert "Ours is on paper" not in letter.body


# --- The page ---------------------------------------------------------------------------------------


def test_the_form_opens_a_question_and_leads_to_it(core_rooms, delegate, client):
    client.force_login(delegate)

    response = client.post(address(), form())

    post = Post.objects.get()
    assert response.headers["Location"] == f"{post.discussion.get_absolute_url()}?page=1#post-1"
    assert [str(m) for m in get_messages(response.wsgi_request)] == [
        f"It is open, under the symbol {post.discussion.symbol}."
    ]


def test_an_experience_is_told_in_five_parts(core_rooms, delegate, client):
    client.force_login(delegate)
    fields = form(kind="experience", need="A register.", assistance="Two missions.", worked="Scanning.")
    del fields["body"]

    client.post(address(), fields)

    post = Post.objects.get()
    assert (post.discussion.topic.kind, post.kind) == ("experience", "experience")
    assert post.body == "# Need\n\nA register.\n\n# Assistance received\n\nTwo missions.\n\n# What worked\n\nScanning."


@pytest.mark.parametrize(
    ("field", "value"), [("title", " "), ("title", "x" * 121), ("category", ""), ("body", "\u200b")]
)
def test_a_mistake_keeps_what_was_typed(core_rooms, delegate, client, field, value):
    client.force_login(delegate)
    kept = {"title": TITLE, "body": "Ours is on paper, from 1958."}

    response = client.post(address(), form(**{field: value}))

    assert response.status_code == 422
    assert Topic.objects.count() == 0
    for name, text in kept.items():
        assert name == field or text in response.text


def test_a_preview_publishes_nothing(core_rooms, delegate, client):
    client.force_login(delegate)

    response = client.post(address(), form(body="A **register**.", then="preview"))

    assert "<strong>register</strong>" in response.text
    assert Topic.objects.count() == 0


def test_a_question_becomes_an_experience_and_back_without_losing_a_word(core_rooms, delegate, client):
    client.force_login(delegate)

    response = client.post(address(), form(then="experience"))
    assert response.context["form"]["need"].value() == "Ours is on paper, from 1958."
    response = client.post(address(), form(kind="experience", body="", need="Paper.", worked="Ink.", then="open"))

    assert response.context["kind"] == "open"
    assert response.context["form"]["body"].value() == "# Need\n\nPaper.\n\n# What worked\n\nInk."
    assert response.context["form"]["title"].value() == TITLE


def test_the_form_is_refused_to_whom_the_service_refuses(core_rooms, client):
    client.force_login(UserFactory(role=Role.EVALUATOR))
    assert client.get(address()).status_code == 403
    client.force_login(UserFactory(role=Role.EXTERNAL))
    assert client.get(address()).status_code == 404


@pytest.mark.parametrize("rooms", [1, 3])
def test_the_form_costs_six_statements(client, delegate, rooms, django_assert_num_queries):
    for language in ("en", "fr", "es")[:rooms]:
        RoomFactory(language=language)
    CategoryFactory.create_batch(rooms)
    StepFactory.create_batch(rooms)
    client.force_login(delegate)
    client.get(address())

    with django_assert_num_queries(6):  # session, person, rooms, draft, categories, steps
        client.get(address())


# --- Drafts -----------------------------------------------------------------------------------------


def test_a_draft_is_saved_found_again_and_gone_once_it_is_opened(core_rooms, delegate, client):
    client.force_login(delegate)

    client.post(reverse("forum:topic_draft_save", args=["en"]), form(title="Half a title", body="Half a"))
    response = client.get(address())

    begun = response.context["form"]
    assert (begun["title"].value(), begun["body"].value(), response.context["kind"]) == (
        "Half a title",
        "Half a",
        "question",
    )
    client.post(address(), form(draft=begun["draft"].value()))
    assert TopicDraft.objects.count() == 0


def test_the_list_of_drafts_leads_to_it(core_rooms, delegate, client):
    client.force_login(delegate)
    client.post(reverse("forum:topic_draft_save", args=["en"]), form())

    assert f'<a href="{address()}">{TITLE}</a>' in client.get(reverse("forum:draft_list")).text


def test_an_emptied_draft_is_gone(core_rooms, delegate, client):
    client.force_login(delegate)
    save, script = reverse("forum:topic_draft_save", args=["en"]), {"Accept": "application/json"}
    version = client.post(save, form(), headers=script).json()["version"]

    client.post(save, form(title="", body="", draft=version), headers=script)

    assert TopicDraft.objects.count() == 0


def test_a_draft_of_something_else_stays_when_a_discussion_is_opened(core_rooms, delegate, client):
    client.force_login(delegate)
    client.post(reverse("forum:topic_draft_save", args=["en"]), form(body="Quite another thought"))

    client.post(address(), form())

    assert TopicDraft.objects.get().typed["body"] == "Quite another thought"


def test_the_script_that_saves_is_told_when_another_text_was_saved_meanwhile(core_rooms, delegate, client):
    client.force_login(delegate)
    save, script = reverse("forum:topic_draft_save", args=["en"]), {"Accept": "application/json"}
    first = client.post(save, form(body="On the telephone"), headers=script)

    other = client.post(save, form(body="At the desk"), headers=script)
    again = client.post(save, form(body="On the telephone, more", draft=first.json()["version"]), headers=script)

    assert (other.status_code, again.status_code) == (409, 200)
    assert TopicDraft.objects.get().typed["body"] == "On the telephone, more"


def test_what_was_typed_outlives_a_lost_session(core_rooms, delegate, client):
    client.force_login(delegate)
    author = client.get(address()).context["form"]["author"].value()
    client.logout()

    response = client.post(address(), form(author=author))

    assert response.status_code == 302
    assert TopicDraft.objects.get(user=delegate).typed["body"] == "Ours is on paper, from 1958."
    client.force_login(delegate)
    assert TITLE in client.get(address()).text


def test_a_form_that_does_not_prove_whose_it_is_keeps_nothing(core_rooms, delegate, client):
    client.post(address(), form(author="1:forged"))

    assert TopicDraft.objects.count() == 0


# --- The room's page --------------------------------------------------------------------------------


def test_a_room_shows_what_kind_each_discussion_is_and_filters_by_it(core_rooms, delegate, client):
    opened(delegate)
    opened(delegate, kind=TopicKind.OPEN, title="On paper and ink", submission_key=uuid.uuid4())
    client.force_login(DelegateFactory())

    everything, questions, nothing = (
        client.get(f"/rooms/en/{query}") for query in ("", "?kind=question", "?kind=experience")
    )

    assert [(d.title, d.kind_label) for d in everything.context["page"].others] == [
        ("On paper and ink", "Open discussion"),
        (TITLE, "Question"),
    ]
    assert [d.title for d in questions.context["page"].others] == [TITLE]
    assert list(nothing.context["page"].others) == []
    assert "There is nothing of this kind here yet." in nothing.text


def test_a_filtered_room_goes_on_by_last_activity(core_rooms, client):
    room, category = core_rooms[0], CategoryFactory()
    for n in range(23):
        topic = TopicFactory(kind=TopicKind.OPEN, title_en=f"Topic {n}", category=category, step=None, closes_at=None)
        moment = timezone.now() - timedelta(hours=n)
        Discussion.objects.create(topic=topic, room=room, opened_at=moment, last_activity_at=moment)
    client.force_login(DelegateFactory())

    first = client.get("/rooms/en/?kind=open").context["page"]
    second = client.get(f"/rooms/en/?kind=open&before={first.older}").context["page"]

    assert [d.title for d in first.others] == [f"Topic {n}" for n in range(20)]
    assert [d.title for d in second.others] == ["Topic 20", "Topic 21", "Topic 22"]
    assert second.older == ""


def test_who_may_not_open_is_not_offered_it(core_rooms, delegate, client):
    offers = {}
    for reader in (delegate, UserFactory(role=Role.EVALUATOR)):
        client.force_login(reader)
        offers[reader.role] = "Ask a question" in client.get("/rooms/en/").text

    assert offers == {Role.DELEGATE: True, Role.EVALUATOR: False}
