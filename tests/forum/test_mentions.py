"""Naming people and states: who can be found, how it looks, who is told."""

import uuid

import pytest
from django.core import mail

from accounts.enums import AccountStatus, MailScope, Pace, Role
from accounts.markdown import mentioned
from accounts.models import MailPreference, Notice, User
from accounts.services import outbox
from forum.enums import FollowLevel
from forum.models import Discussion, Follow, Mention, Post
from forum.services.posts import edit_post, publish_post
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    MemberStateFactory,
    PostFactory,
    RoomFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db


def publish(actor: User, discussion: Discussion, body: str, **fields: object) -> Post:
    return publish_post(actor=actor, discussion=discussion.pk, body=body, submission_key=uuid.uuid4(), **fields)


def told() -> set[tuple[int, str]]:
    return set(Notice.objects.values_list("user", "scope"))


# --- What is a mention ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@[Kenya] and @[A. Name], again @[Kenya]", ["Kenya", "A. Name"]),
        ("- in a list: @[Kenya]\n- **and @[Peru]**", ["Kenya", "Peru"]),
        ("`@[Kenya]`", []),
        ("```\n@[Kenya]\n```", []),
        ("mail@[Kenya]", []),
        (r"\@[Kenya]", []),
        ("@[Kenya](https://wipo.int)", []),
        ("@[^1]\n\n[^1]: a note", []),
        ("@[]", []),
        ("@[two\nlines]", []),
        ("> @[Kenya] was quoted", []),
    ],
)
def test_what_a_text_mentions(text, names):
    assert mentioned(text) == names


def test_a_name_that_is_known_is_emphasised_and_any_other_is_plain(delegate):
    named = DelegateFactory(full_name="A. Name")
    post = publish(delegate, DiscussionFactory(), "I ask @[a. name] and @[Nobody at all].")

    assert '<strong class="mention">@a. name</strong> and @Nobody at all.' in post.html
    assert list(Mention.objects.values_list("post", "user", "member_state")) == [(post.pk, named.pk, None)]


def test_a_state_is_known_by_its_name_in_any_language(delegate):
    state = MemberStateFactory(name_en="Ivory Coast", name_fr="Côte d’Ivoire")

    post = publish(delegate, DiscussionFactory(), "@[Côte d’Ivoire], that is @[Ivory Coast]")

    assert post.html.count('class="mention"') == 2
    assert list(Mention.objects.values_list("member_state", "user")) == [(state.pk, None)]


def test_a_post_names_no_more_than_so_many(client, delegate, settings):
    settings.MENTIONS_MOST = 2
    client.force_login(delegate)
    discussion = DiscussionFactory()

    for names, status in (("@[a] @[b]", 302), ("@[a] @[b] @[c]", 422)):
        fields = {"body": names, "submission_key": str(uuid.uuid4())}
        assert client.post(f"{discussion.get_absolute_url()}posts/", fields).status_code == status


# --- Who is told ------------------------------------------------------------------------------------


def test_who_is_named_is_told_as_of_an_answer(delegate):
    named = DelegateFactory(full_name="A. Name")
    DelegateFactory(full_name="Another Name")

    publish(delegate, DiscussionFactory(), "What does @[A. Name] think?")

    assert told() == {(named.pk, MailScope.REPLIES)}


def test_a_state_that_is_named_has_its_delegation_told(delegate):
    state = MemberStateFactory(name_en="Kenya")
    focal_point = MandateFactory(user=DelegateFactory(member_state=state)).user
    colleague = DelegateFactory(member_state=state)
    DelegateFactory(member_state=state, status=AccountStatus.LEFT)

    publish(delegate, DiscussionFactory(), "How is it in @[Kenya]?")

    assert told() == {(focal_point.pk, MailScope.REPLIES), (colleague.pk, MailScope.REPLIES)}


def test_one_letter_whatever_the_reasons():
    answered = PostFactory()
    person = answered.author
    Follow.objects.create(user=person, discussion=answered.discussion)
    MailPreference.objects.create(user=person, scope=MailScope.POSTS, pace=Pace.AT_ONCE)

    publish(
        DelegateFactory(), answered.discussion, f"@[{person.full_name}] of @[{person.member_state.name_en}]", reply_to=1
    )

    assert list(Notice.objects.values_list("user", "scope")) == [(person.pk, MailScope.REPLIES)]


@pytest.mark.parametrize("wish", ["no replies", "muted"])
def test_who_wants_to_hear_nothing_is_not_told(delegate, wish):
    discussion, named = DiscussionFactory(), DelegateFactory(full_name="A. Name")
    if wish == "muted":
        Follow.objects.create(user=named, discussion=discussion, level=FollowLevel.MUTED)
    else:
        MailPreference.objects.create(user=named, scope=MailScope.REPLIES, pace=Pace.NONE)

    publish(delegate, discussion, "@[A. Name]")

    assert told() == set()
    assert Mention.objects.count() == 1


def test_nobody_is_told_of_naming_themselves(delegate):
    publish(delegate, DiscussionFactory(), f"I, @[{delegate.full_name}], …")

    assert told() == set()


@pytest.mark.parametrize("role", [Role.EXTERNAL, Role.FACILITATOR])
def test_who_may_not_see_the_discussion_is_neither_found_nor_told(delegate, role):
    inside, outside = UserFactory(role=role, full_name="Inside"), UserFactory(role=role, full_name="Outside")
    discussion = DiscussionFactory()
    there = DiscussionFactory() if role == Role.EXTERNAL else RoomFactory(language="fr")
    grant(inside, discussion if role == Role.EXTERNAL else discussion.room)
    grant(outside, there)

    post = publish(delegate, discussion, "@[Inside] and @[Outside]")

    assert told() == {(inside.pk, MailScope.REPLIES)}
    assert '<strong class="mention">@Inside</strong> and @Outside' in post.html


def test_an_external_names_only_who_has_spoken_there():
    external, discussion = UserFactory(role=Role.EXTERNAL), DiscussionFactory()
    grant(external, discussion)
    spoke = PostFactory(discussion=discussion).author
    DelegateFactory(full_name="Silent Person")

    post = publish(external, discussion, f"@[{spoke.full_name}], @[{spoke.member_state.name_en}] and @[Silent Person]")

    assert told() == {(spoke.pk, MailScope.REPLIES)}
    assert post.html.count('class="mention"') == 2


def test_the_letter_says_that_one_is_named(delegate):
    named = DelegateFactory(full_name="A. Name")
    colleague = DelegateFactory(member_state=MemberStateFactory(name_en="Kenya"))
    publish(delegate, DiscussionFactory(), "@[A. Name] of @[Kenya]")

    outbox.deliver_due()

    said = {letter.to[0]: letter.body.splitlines()[0] for letter in mail.outbox}
    assert "names you in" in said[named.email]
    assert "names Kenya in" in said[colleague.email]


def test_access_is_asked_again_when_the_letter_is_sent(delegate):
    external, discussion = UserFactory(role=Role.EXTERNAL, full_name="A. Guest"), DiscussionFactory()
    right = grant(external, discussion)
    publish(delegate, discussion, "@[A. Guest]")
    right.delete()

    outbox.deliver_due()

    assert mail.outbox == []


# --- Changing the wording ---------------------------------------------------------------------------


def test_whom_only_the_new_wording_names_is_told_and_the_others_not_again(delegate):
    first, second = DelegateFactory(full_name="First"), DelegateFactory(full_name="Second")
    post = publish(delegate, DiscussionFactory(), "@[First]")
    Notice.objects.update(state="sent")

    edited = edit_post(actor=delegate, post=post.pk, body="@[First] and @[Second]")

    assert '<strong class="mention">@Second</strong>' in edited.html
    assert sorted(Notice.objects.values_list("user", "state")) == sorted([(first.pk, "sent"), (second.pk, "waiting")])
    assert sorted(Mention.objects.values_list("user", flat=True)) == sorted([first.pk, second.pk])


def test_whom_the_new_wording_names_no_more_is_not_mentioned(delegate):
    DelegateFactory(full_name="First")
    post = publish(delegate, DiscussionFactory(), "@[First]")

    edit_post(actor=delegate, post=post.pk, body="Nobody")

    assert not Mention.objects.exists()


# --- The picker and the preview ---------------------------------------------------------------------


def names(client, discussion: Discussion, typed: str) -> list[str]:
    answer = client.get(f"{discussion.get_absolute_url()}mentionable/", {"q": typed})
    return [row["name"] for row in answer.json()["names"]]


def test_the_picker_finds_people_and_states_by_the_beginning_of_a_word(client, delegate):
    state = MemberStateFactory(name_en="Marland")
    DelegateFactory(full_name="Maria Kamau", member_state=state)
    DelegateFactory(full_name="Kamau Mwangi", member_state=state)
    DelegateFactory(full_name="Okamau", member_state=state)
    client.force_login(delegate)
    discussion = DiscussionFactory()

    assert names(client, discussion, "mar") == ["Marland", "Maria Kamau"]
    assert names(client, discussion, "kamau") == ["Kamau Mwangi", "Maria Kamau"]
    assert names(client, discussion, " ") == []


def test_the_picker_shows_an_external_only_co_participants(client):
    external, discussion = UserFactory(role=Role.EXTERNAL), DiscussionFactory()
    grant(external, discussion)
    spoke = DelegateFactory(full_name="Person who spoke")
    PostFactory(discussion=discussion, author=spoke)
    DelegateFactory(full_name="Person who reads")
    client.force_login(external)

    assert names(client, discussion, "person") == ["Person who spoke"]
    assert names(client, discussion, "state") == [spoke.member_state.name_en]
    assert client.get(f"{DiscussionFactory().get_absolute_url()}mentionable/?q=p").status_code == 404


def test_the_picker_finds_neither_evaluators_nor_the_suspended_nor_who_has_no_access(client, delegate):
    UserFactory(role=Role.EVALUATOR, full_name="Zoe Evaluator")
    UserFactory(role=Role.EXTERNAL, full_name="Zoe Elsewhere")
    DelegateFactory(full_name="Zoe Gone", status=AccountStatus.LEFT)
    DelegateFactory(full_name="Zoe Here")
    client.force_login(delegate)

    assert names(client, DiscussionFactory(), "Zoe") == ["Zoe Here"]


def test_the_preview_tells_neutrally_which_names_stay_plain(client, delegate):
    """A name of somebody without access and a name of nobody are told alike."""
    UserFactory(role=Role.EXTERNAL, full_name="A. Stakeholder")
    DelegateFactory(full_name="A. Name")
    client.force_login(delegate)
    discussion = DiscussionFactory()
    fields = {"body": "@[A. Name], @[A. Stakeholder], @[Nobody]", "submission_key": str(uuid.uuid4())}

    response = client.post(f"{discussion.get_absolute_url()}preview/", fields, headers={"HX-Request": "true"})

    assert response.context["preview"].unknown == ["A. Stakeholder", "Nobody"]
    assert "stay plain text" in response.content.decode()
