"""Sharing an experience: five questions that become one text."""

import uuid

import pytest
from django.core import signing
from django.utils import timezone

from forum.enums import ContributionKind
from forum.forms.experience import ExperienceTextForm
from forum.forms.posts import AUTHOR_SALT
from forum.models import Discussion, Draft, Post
from tests.factories import DiscussionFactory, RoomFactory

pytestmark = pytest.mark.django_db

PARTS = {"need": "A register.", "assistance": "Two missions.", "worked": "The training."}


def address(discussion: Discussion) -> str:
    return f"{discussion.get_absolute_url()}experience/"


def typed(**fields: str) -> dict[str, str]:
    return {**PARTS, "submission_key": str(uuid.uuid4()), **fields}


def test_the_parts_become_one_post_under_headings(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    answer = client.post(address(discussion), typed(documents="Our report of 2025."))

    post = Post.objects.get()
    assert answer["Location"] == f"{discussion.get_absolute_url()}?page=1#post-1"
    assert post.kind == ContributionKind.EXPERIENCE
    assert post.body == "\n\n".join(
        [
            "# Need",
            "A register.",
            "# Assistance received",
            "Two missions.",
            "# What worked",
            "The training.",
            "# Documents and contact",
            "Our report of 2025.",
        ]
    )


def test_the_headings_are_in_the_rooms_language_whatever_the_reader_has():
    form = ExperienceTextForm(PARTS)

    french = form.as_markdown("fr")

    assert french.count("# ") == form.as_markdown("en").count("# ") == 3


def test_the_discussion_leads_to_the_form(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    assert f'href="{address(discussion)}"' in client.get(discussion.get_absolute_url()).content.decode()
    assert client.get(address(discussion)).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"need": ""}, {"worked": "x" * 19_990, "need": "y" * 100}, {"need": " ".join(f"@[{n}]" for n in range(21))}],
)
def test_what_is_refused_stays_in_the_form(client, delegate, wrong):
    client.force_login(delegate)

    answer = client.post(address(DiscussionFactory()), typed(**wrong))

    page = answer.content.decode()
    assert (answer.status_code, Post.objects.count()) == (422, 0)
    assert "Two missions." in page


def test_a_closed_discussion_keeps_what_was_typed(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    Discussion.objects.update(closed_at=timezone.now())

    answer = client.post(address(discussion), typed())

    assert (answer.status_code, "Two missions." in answer.content.decode()) == (422, True)
    assert client.get(address(discussion)).status_code == 403


def test_the_preview_publishes_nothing(client, delegate):
    client.force_login(delegate)

    page = client.post(address(DiscussionFactory()), typed(preview="1"))

    assert (page.status_code, Post.objects.count()) == (200, 0)
    assert "<h4>What worked</h4>" in page.content.decode()


def test_the_parts_are_saved_as_the_text_that_they_become(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    answer = client.post(
        f"{discussion.get_absolute_url()}draft/", typed(kind="experience"), headers={"Accept": "application/json"}
    )

    draft = Draft.objects.get()
    assert answer.status_code == 200
    assert (draft.kind, draft.body) == (ContributionKind.EXPERIENCE, ExperienceTextForm(PARTS).as_markdown("en"))


def test_a_lost_session_keeps_the_parts(client, delegate):
    discussion = DiscussionFactory(room=RoomFactory(language="fr"))

    answer = client.post(address(discussion), typed(author=signing.dumps(delegate.pk, salt=AUTHOR_SALT)))

    assert answer.status_code == 302
    assert Draft.objects.get().body == ExperienceTextForm(PARTS).as_markdown("fr")
