"""Drafts: saved as one types, never lost to another text, seen by nobody else."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from forum.enums import Capacity, ClearanceState, ContributionKind
from forum.models import Clearance, Discussion, Draft, Post
from forum.services.drafts import delete_draft
from tests.factories import DelegateFactory, DiscussionFactory, RoomFactory, UserFactory, grant

pytestmark = pytest.mark.django_db

SCRIPT = {"Accept": "application/json"}


def save(client, discussion: Discussion, body: str, *, script: bool = True, **fields: object):
    typed = {"body": body, **{name: str(value) for name, value in fields.items()}}
    headers = SCRIPT if script else {"Accept": "text/html"}
    return client.post(f"{discussion.get_absolute_url()}draft/", typed, headers=headers)


def drafts() -> list[str]:
    return list(Draft.objects.order_by("pk").values_list("body", flat=True))


# --- Saving -----------------------------------------------------------------------------------------


def test_what_is_typed_is_saved_with_all_that_was_chosen(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    answer = save(client, discussion, "Half a thought\r\n", kind="tool", capacity="personal", reply_to=3, corrects=2)

    draft = Draft.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {
        "version": draft.saved_at.isoformat(),
        "time": timezone.localtime(draft.saved_at, delegate.zone).strftime("%H:%M"),
    }
    assert (draft.user, draft.discussion, draft.body, draft.kind, draft.capacity, draft.reply_to, draft.corrects) == (
        delegate,
        discussion,
        "Half a thought\n",
        ContributionKind.TOOL,
        Capacity.PERSONAL,
        3,
        2,
    )


def test_the_form_goes_on_from_the_draft(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    save(client, discussion, "Half a thought", kind="tool", reply_to=3)

    form = client.get(discussion.get_absolute_url()).context["form"]

    values = {name: form[name].value() for name in ("body", "kind", "reply_to", "draft")}
    version = Draft.objects.get().saved_at.isoformat()
    assert values == {"body": "Half a thought", "kind": "tool", "reply_to": 3, "draft": version}


def test_a_draft_that_is_read_is_saved_again(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    save(client, discussion, "Half a thought")
    form = client.get(discussion.get_absolute_url()).context["form"]

    answer = save(client, discussion, "Another wording", draft=form["draft"].value())

    assert (answer.status_code, drafts()) == (200, ["Another wording"])


def test_another_text_of_the_same_form_replaces_the_earlier(client, delegate):
    """The answer to the first was lost on the way, so the form does not know its version."""
    discussion, key = DiscussionFactory(), uuid.uuid4()
    client.force_login(delegate)

    for body in ("One beginning", "A wholly different one"):
        assert save(client, discussion, body, submission_key=key).status_code == 200

    assert drafts() == ["A wholly different one"]


def test_a_text_from_another_window_overwrites_nothing(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    save(client, discussion, "From one window", submission_key=uuid.uuid4())

    answer = save(client, discussion, "From another", submission_key=uuid.uuid4())

    assert answer.status_code == 409
    assert "another text of yours" in answer.json()["reason"]
    assert drafts() == ["From one window"]


def test_the_button_keeps_both_texts(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    save(client, discussion, "From one window")

    answer = save(client, discussion, "From another", script=False)

    assert answer["Location"] == f"{discussion.get_absolute_url()}#write"
    assert drafts() == ["From one window\n\nFrom another"]


def test_an_emptied_text_ends_the_draft_and_an_empty_one_begins_none(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    assert save(client, discussion, "  ").json()["version"] == ""
    version = save(client, discussion, "Half a thought").json()["version"]

    emptied = save(client, discussion, "", draft=version)

    assert (emptied.json()["version"], drafts()) == ("", [])


def test_a_text_too_long_is_refused_with_the_reason(client, delegate):
    client.force_login(delegate)

    answer = save(client, DiscussionFactory(), "x" * 40_001)

    assert (answer.status_code, "too long" in answer.json()["reason"], drafts()) == (422, True, [])


def test_an_external_saves_where_they_are_admitted_and_nowhere_else(client):
    external, discussion, other = UserFactory(role=Role.EXTERNAL), DiscussionFactory(), DiscussionFactory()
    grant(external, discussion)
    client.force_login(external)

    assert save(client, discussion, "Ours").status_code == 200
    assert save(client, other, "Not ours").status_code == 404
    assert drafts() == ["Ours"]


def test_a_discussion_is_found_in_its_own_room_only(client, delegate):
    discussion = DiscussionFactory()
    RoomFactory(language="fr")
    client.force_login(delegate)

    answer = client.post(f"/rooms/fr/{discussion.pk}/draft/", {"body": "Elsewhere"}, headers=SCRIPT)

    assert (answer.status_code, drafts()) == (404, [])


@pytest.mark.parametrize(("script", "kept"), [(True, []), (False, ["Typed for an hour."])])
def test_a_lost_session_keeps_what_the_button_sent_once(client, delegate, script, kept):
    """The script has its text on the device, and would send it again and again."""
    discussion = DiscussionFactory()
    client.force_login(delegate)
    author = client.get(discussion.get_absolute_url()).context["form"]["author"].value()
    client.logout()

    answer = save(client, discussion, "Typed for an hour.", script=script, author=author)

    assert (answer.status_code, drafts()) == (302, kept)


# --- Publishing -------------------------------------------------------------------------------------


def publish(client, discussion: Discussion, body: str, **fields: str):
    typed = {"body": body, "submission_key": str(uuid.uuid4()), **fields}
    return client.post(f"{discussion.get_absolute_url()}posts/", typed)


def test_publishing_another_text_leaves_the_draft(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    save(client, discussion, "Not ready yet")

    publish(client, discussion, "A quick answer")

    assert (Post.objects.count(), drafts()) == (1, ["Not ready yet"])


@pytest.mark.parametrize("how", ["its version", "its form", "the same text", "a text that holds it"])
def test_the_draft_ends_when_its_text_is_published(client, delegate, how):
    discussion, key = DiscussionFactory(), str(uuid.uuid4())
    client.force_login(delegate)
    version = save(client, discussion, "Half a thought", submission_key=key).json()["version"]

    publish(
        client,
        discussion,
        {"the same text": "Half a thought", "a text that holds it": "Half a thought, and the rest."}.get(
            how, "Reworded"
        ),
        **{"its version": {"draft": version}, "its form": {"submission_key": key}}.get(how, {}),
    )

    assert (Post.objects.count(), drafts()) == (1, [])


def test_a_draft_in_another_discussion_stays(client, delegate):
    here, there = DiscussionFactory(), DiscussionFactory()
    client.force_login(delegate)
    save(client, there, "The same words")

    publish(client, here, "The same words")

    assert drafts() == ["The same words"]


@pytest.mark.parametrize("version", ["", "yesterday", "2026-11-21T10:00:00", "\x00", "9999-99-99"])
def test_a_version_that_is_none_harms_nothing(client, delegate, version):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    save(client, discussion, "Not ready yet")

    assert publish(client, discussion, "A quick answer", draft=version).status_code in {302, 422}
    assert drafts() == ["Not ready yet"]


def test_a_published_form_is_named_to_the_browser_so_that_it_forgets_the_text(client, delegate):
    discussion, key = DiscussionFactory(), str(uuid.uuid4())
    client.force_login(delegate)

    answer = publish(client, discussion, "A practice.", submission_key=key)

    assert answer.cookies["published"].value == key
    assert answer.cookies["published"]["samesite"] == "Lax"


# --- The list ---------------------------------------------------------------------------------------


def test_the_list_shows_ones_own_drafts_the_latest_first(client, delegate):
    older, newer = DiscussionFactory(), DiscussionFactory()
    now = timezone.now()
    Draft.objects.create(user=delegate, discussion=older, body="Older words", saved_at=now - timedelta(days=1))
    Draft.objects.create(user=delegate, discussion=newer, body="x" * 200, saved_at=now)
    Draft.objects.create(user=DelegateFactory(), discussion=newer, body="Somebody else’s words")
    client.force_login(delegate)

    response = client.get("/drafts/")

    assert [row.draft.discussion for row in response.context["page"].drafts] == [newer, older]
    text = response.content.decode()
    assert ("Older words" in text, "x" * 161 in text, "x" * 160 + "…" in text) == (True, False, True)
    assert "Somebody else’s words" not in text


def test_the_list_shows_nothing_of_what_one_may_not_see_any_more(client):
    external = UserFactory(role=Role.EXTERNAL)
    discussion = DiscussionFactory()
    grant(external, discussion, ends_at=timezone.now() - timedelta(seconds=1))
    Draft.objects.create(user=external, discussion=discussion, body="From before")
    client.force_login(external)

    response = client.get("/drafts/")

    assert response.status_code == 200
    assert "From before" not in response.content.decode()


def test_the_list_costs_the_same_however_many_there_are(client):
    def cost(count: int) -> int:
        delegate = DelegateFactory()
        colleague = DelegateFactory(member_state=delegate.member_state)
        for _draft in range(count):
            mine, theirs = DiscussionFactory(), DiscussionFactory()
            Draft.objects.create(user=delegate, discussion=mine, body="Mine")
            Clearance.objects.create(author=delegate, colleague=colleague, discussion=mine, body="Mine")
            Clearance.objects.create(author=colleague, colleague=delegate, discussion=theirs, body="Theirs")
        client.force_login(delegate)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/drafts/").content.count(b"Asked") == count
        return len(captured)

    assert cost(1) == cost(3) <= 6


def test_a_draft_is_deleted_once_that_is_confirmed(client, delegate):
    draft = Draft.objects.create(user=delegate, discussion=DiscussionFactory(), body="Half a thought")
    client.force_login(delegate)

    asked = client.get(f"/drafts/{draft.pk}/delete/")
    assert (asked.status_code, drafts()) == (200, ["Half a thought"])

    assert client.post(f"/drafts/{draft.pk}/delete/")["Location"] == "/drafts/"
    assert drafts() == []


def test_nobody_deletes_the_draft_of_somebody_else(client, delegate):
    draft = Draft.objects.create(user=DelegateFactory(), discussion=DiscussionFactory(), body="Half a thought")
    client.force_login(delegate)

    assert client.post(f"/drafts/{draft.pk}/delete/").status_code == 404
    with pytest.raises(Draft.DoesNotExist):
        delete_draft(actor=delegate, draft=draft.pk)
    assert drafts() == ["Half a thought"]


def test_deleting_a_draft_takes_back_what_a_colleague_was_asked(delegate):
    draft = Draft.objects.create(user=delegate, discussion=DiscussionFactory(), body="Half a thought")
    colleague = DelegateFactory(member_state=delegate.member_state)
    Clearance.objects.create(author=delegate, colleague=colleague, discussion=draft.discussion, body=draft.body)

    delete_draft(actor=delegate, draft=draft.pk)

    assert Clearance.objects.get().state == ClearanceState.TAKEN_BACK


@pytest.mark.parametrize(("role", "is_led"), [(Role.MODERATOR, True), (Role.EXTERNAL, True), (Role.EVALUATOR, False)])
def test_the_pages_about_oneself_lead_those_who_write_to_their_drafts(client, role, is_led):
    client.force_login(UserFactory(role=role))

    assert ('href="/drafts/"' in client.get("/profile/").text) == is_led
