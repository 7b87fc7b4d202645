"""Citing and quoting: what a citation says, where its address leads, and what comes into the text one writes."""

import hashlib
from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.utils import translation

from accounts.enums import Role
from forum.enums import Capacity, PostState
from forum.models import Draft, Post
from forum.queries.citations import cited_post
from forum.services.posts import edit_post
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MemberStateFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

BODY = "We train *examiners*.\n\n- by field\n- by age\n\nAfter two years eight of ten still examine."
POSTED = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # the 19th in Geneva


def said(**fields: object) -> Post:
    author = DelegateFactory(
        full_name="W. Kamau", member_state=MemberStateFactory(name_en="Kenya", name_fr="Kenya (fr)")
    )
    topic = fields.pop("topic", None) or TopicFactory(year=2026, number=47)
    discussion = DiscussionFactory(topic=topic, room=RoomFactory(language="en"))
    return PostFactory(discussion=discussion, **{"author": author, "body": BODY, "posted_at": POSTED, **fields})


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- The citation -----------------------------------------------------------------------------------


def test_a_citation_says_who_where_when_and_in_which_wording(delegate):
    post = said()

    citation = cited_post(delegate, post.pk)

    address = f"{settings.PUBLIC_URL}/posts/{post.pk}/"
    assert citation.text == (
        f"W. Kamau (Kenya), in a personal capacity, TAF/2026/47/en, post 1, 19 Nov 2026, {address}, "
        f"sha256:{digest(BODY)}"
    )
    assert citation.of(2).text == (
        f"W. Kamau (Kenya), in a personal capacity, TAF/2026/47/en, post 1, paragraph 2, 19 Nov 2026, "
        f"{address}?paragraph=2, sha256:{digest(BODY)}"
    )


def test_a_citation_names_the_capacity_the_wording_and_what_a_role_is(delegate):
    statement = said(capacity=Capacity.DELEGATION)
    expert = UserFactory(role=Role.EXPERT, full_name="A. Expert")
    with time_machine.travel(POSTED, tick=False) as clock:
        reworded = PostFactory(discussion=statement.discussion, author=expert, member_state=None, body="One.")
        clock.shift(24 * 3600)
        edit_post(actor=expert, post=reworded.pk, body="Another.")

    text = cited_post(delegate, reworded.pk).text

    assert "statement of the delegation" in cited_post(delegate, statement.pk).text
    assert text.startswith("A. Expert (WIPO staff expert), in a personal capacity, ")
    assert "19 Nov 2026, in the wording of 20 Nov 2026, " in text
    assert text.endswith(f"sha256:{digest('Another.')}")


def test_a_citation_is_in_the_readers_language(delegate):
    post = said()
    with translation.override("fr"):
        assert "W. Kamau (Kenya (fr))" in cited_post(delegate, post.pk).text
        assert "19 novembre 2026" in cited_post(delegate, post.pk).text


def test_the_page_the_text_and_the_quotation_are_one_address(client, delegate):
    post = said()
    client.force_login(delegate)
    address = f"/posts/{post.pk}/cite/?paragraph=3"
    citation = cited_post(delegate, post.pk).of(3)

    page = client.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
    text = client.get(address, headers={"Accept": "text/plain"})
    quotation = client.get(address, headers={"Accept": "text/markdown"})

    assert citation.text in page.content.decode()
    assert page.content.decode().count('aria-current="true"') == 1
    assert (text.content.decode(), text["Content-Type"]) == (citation.text, "text/plain; charset=utf-8")
    assert quotation.content.decode() == (
        "> After two years eight of ten still examine.\n>\n"
        f"> – [W. Kamau, TAF/2026/47/en, 1, § 3]({settings.PUBLIC_URL}/posts/{post.pk}/?paragraph=3)"
    )


@pytest.mark.parametrize(("paragraph", "status"), [("3", 200), ("4", 404), ("x", 200), ("0", 404), ("", 200)])
def test_only_paragraphs_that_are_there_are_cited(client, delegate, paragraph, status):
    client.force_login(delegate)

    assert client.get(f"/posts/{said().pk}/cite/?paragraph={paragraph}").status_code == status


@pytest.mark.parametrize("state", [PostState.WITHDRAWN, PostState.REMOVED, PostState.HELD])
def test_a_text_that_is_not_shown_is_not_cited(client, state):
    post = said(state=state)
    client.force_login(post.author)

    assert client.get(f"/posts/{post.pk}/cite/").status_code == 404
    assert (
        post.body
        not in client.get(f"{post.discussion.get_absolute_url()}?quote={post.pk}").context["form"].initial["body"]
    )


def test_earlier_wordings_show_the_checksum_that_cites_them(client, delegate):
    post = said()
    edit_post(actor=post.author, post=post.pk, body="Reworded.")
    client.force_login(delegate)

    assert digest(BODY) in client.get(f"/posts/{post.pk}/wordings/").content.decode()


def test_citing_offers_the_open_discussions_to_quote_in(client, delegate):
    post = said()
    sister = DiscussionFactory(topic=post.discussion.topic, room=RoomFactory(language="fr"))
    closed = DiscussionFactory(closed_at=datetime(2099, 1, 1, tzinfo=UTC))
    client.force_login(delegate)

    page = client.get(f"/posts/{post.pk}/cite/?paragraph=2").content.decode()

    assert f'href="{sister.get_absolute_url()}?quote={post.pk}&amp;paragraph=2#write"' in page
    assert closed.get_absolute_url() not in page
    client.force_login(UserFactory(role=Role.EVALUATOR))
    assert sister.get_absolute_url() not in client.get(f"/posts/{post.pk}/cite/").content.decode()


# --- The permanent address --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "anchor"),
    [("", "post-1"), ("?paragraph=2", "post-1-2"), ("?paragraph=9", "post-1"), ("?paragraph=x", "post-1")],
)
def test_the_permanent_address_leads_to_the_paragraph(client, delegate, query, anchor):
    post = said()
    client.force_login(delegate)

    assert (
        client.get(f"/posts/{post.pk}/{query}")["Location"] == f"{post.discussion.get_absolute_url()}?page=1#{anchor}"
    )


# --- Quoting ----------------------------------------------------------------------------------------


def written(client, discussion, query: str) -> str:
    return client.get(f"{discussion.get_absolute_url()}{query}").context["form"].initial["body"]


def test_a_passage_of_a_sister_discussion_is_quoted_with_its_source(client, delegate):
    post = said()
    sister = DiscussionFactory(topic=post.discussion.topic, room=RoomFactory(language="fr"))
    client.force_login(delegate)

    address = f"{settings.PUBLIC_URL}/posts/{post.pk}/"
    assert written(client, sister, f"?quote={post.pk}&paragraph=2") == (
        f"> - by field\n> - by age\n>\n> – [W. Kamau, TAF/2026/47/en, 1, § 2]({address}?paragraph=2)\n\n"
    )
    whole = written(client, sister, f"?quote={post.pk}&paragraph=9")
    assert whole.endswith(f"eight of ten still examine.\n>\n> – [W. Kamau, TAF/2026/47/en, 1]({address})\n\n")


def test_a_quotation_comes_after_what_is_written_already_and_once(client, delegate):
    post = said()
    Draft.objects.create(user=delegate, discussion=post.discussion, body="We agree with this:")
    client.force_login(delegate)

    once = written(client, post.discussion, f"?quote={post.pk}&paragraph=1")
    Draft.objects.update(body=once)
    again = written(client, post.discussion, f"?quote={post.pk}&paragraph=1")

    assert once.startswith("We agree with this:\n\n> We train *examiners*.")
    assert again == once


def test_nobody_quotes_what_they_may_not_see(client):
    post = said()
    external, facilitator = UserFactory(role=Role.EXTERNAL), UserFactory(role=Role.FACILITATOR)
    own = DiscussionFactory(room=RoomFactory(language="fr"))
    inside = PostFactory(discussion=own, body="Said inside.")
    grant(external, own)
    grant(facilitator, own.room)

    for reader in (external, facilitator):
        client.force_login(reader)
        assert written(client, own, f"?quote={post.pk}") == ""
        assert "Said inside." in written(client, own, f"?quote={inside.pk}")
        assert client.get(f"/posts/{post.pk}/cite/").status_code == 404


@pytest.mark.parametrize("query", ["?quote=x", "?quote=999999", "?quote=-1", "?quote=99999999999999999999"])
def test_quoting_nothing_leaves_the_text_as_it_is(client, delegate, query):
    client.force_login(delegate)

    assert written(client, DiscussionFactory(), query) == ""


def test_a_name_cannot_steer_the_quotation(delegate):
    post = said(author=DelegateFactory(full_name="A](https://x.example) [B"))

    assert (
        cited_post(delegate, post.pk)
        .quotation.splitlines()[-1]
        .startswith("> – [A\\]\\(https://x.example\\) \\[B, TAF/")
    )
