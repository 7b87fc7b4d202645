"""Posts in other languages: who writes them, what readers see, and machines only where a room has its own."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry
from forum.enums import Capacity, PostState, TranslationStatus
from forum.models import Post, PostTranslation
from forum.services.posts import edit_post
from forum.services.translations import (
    ask_machine,
    check_translation,
    source_blocks,
    translate_post,
    translate_waiting,
)
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def post() -> Post:
    found: Post = PostFactory(body="An English sentence.\n\nAnother.")
    return found


@pytest.fixture
def moderator():
    return UserFactory(role=Role.MODERATOR)


def translate(actor, post, body="Une phrase.\n\nUne autre.", language="fr", **changes) -> PostTranslation:
    wanted = {"made_from": post.worded_at, **changes}
    return translate_post(actor=actor, post=post.pk, language=language, body=body, **wanted)


# --- Who writes them --------------------------------------------------------------------------------


def test_author_moderator_and_facilitator_translate_and_others_do_not(post, moderator):
    facilitator, elsewhere = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.FACILITATOR)
    grant(facilitator, post.discussion.room)
    grant(elsewhere, RoomFactory(language="es"))

    for actor, language in ((post.author, "fr"), (moderator, "es"), (facilitator, "ar")):
        assert translate(actor, post, language=language).status == TranslationStatus.PERSON
    with pytest.raises(PermissionDenied):
        translate(DelegateFactory(), post, language="ru")
    with pytest.raises(Post.DoesNotExist):
        translate(elsewhere, post, language="ru")


def test_what_is_gone_is_not_translated(post, moderator):
    post.state = PostState.WITHDRAWN
    post.save()

    with pytest.raises(PermissionDenied):
        translate(moderator, post)


def test_a_post_is_not_translated_into_its_own_language(post, moderator):
    with pytest.raises(ValidationError) as refusal:
        translate(moderator, post, language="en")

    assert refusal.value.code == "same_language"


def test_another_than_the_translator_checks_it(post, moderator):
    translate(post.author, post)

    with pytest.raises(PermissionDenied):
        check_translation(actor=post.author, post=post.pk, language="fr")
    assert check_translation(actor=moderator, post=post.pk, language="fr").status == TranslationStatus.CHECKED
    recorded = AuditEntry.objects.filter(action__startswith="translation.").order_by("pk")
    assert [entry.action for entry in recorded] == ["translation.saved", "translation.checked"]


def test_a_new_wording_of_the_translation_is_to_be_checked_anew(post, moderator):
    first = translate(post.author, post)
    check_translation(actor=moderator, post=post.pk, language="fr")

    again = translate(post.author, post, body="Mieux dit.", replaces=first.translated_at)

    assert (again.status, again.checked_by) == (TranslationStatus.PERSON, None)


def test_two_who_translate_at_once_do_not_undo_each_other(client, post, moderator):
    client.force_login(post.author)
    address = f"/posts/{post.pk}/translations/fr/"
    form = client.get(address).context["form"]
    translate(moderator, post, body="Du modérateur.")

    typed = {"body": "De l'auteur.", "made_from": form.initial["made_from"], "replaces": form.initial["replaces"]}
    refused = client.post(address, typed)

    assertContains(refused, "has saved a translation meanwhile", status_code=422)
    assertContains(refused, "De l&#39;auteur.", status_code=422)
    assertContains(refused, "Du modérateur.", status_code=422)
    saved = client.post(address, {**typed, "replaces": refused.context["form"]["replaces"].value()})
    assertRedirects(saved, f"/posts/{post.pk}/translations/")
    assert PostTranslation.objects.get().body == "De l'auteur."


# --- What readers see -------------------------------------------------------------------------------


def test_a_reader_sees_their_own_language_first_and_the_original_with_it(client, post, moderator):
    translate(moderator, post)
    client.force_login(DelegateFactory(language="fr"))
    french = client.get(post.discussion.get_absolute_url()).content.decode()
    client.force_login(DelegateFactory(language="en"))
    english = client.get(post.discussion.get_absolute_url()).content.decode()

    assert french.index("Une phrase.") < french.index("An English sentence.")
    assert "Une phrase." not in english


def test_once_the_original_has_changed_it_is_shown_first(client, post, moderator):
    translate(moderator, post)
    edit_post(actor=post.author, post=post.pk, body="Another sentence.")
    client.force_login(DelegateFactory(language="fr"))

    page = client.get(post.discussion.get_absolute_url()).content.decode()

    assert page.index("Another sentence.") < page.index("Une phrase.")
    assertContains(client.get(f"/posts/{post.pk}/translations/"), "<strong>")
    client.force_login(moderator)
    assertContains(client.get("/translations/"), post.discussion.symbol)
    client.force_login(DelegateFactory())
    assertNotContains(client.get("/translations/"), post.discussion.symbol)


def test_a_translation_of_an_old_wording_stays_stale_when_saved_late(post, moderator):
    before = post.worded_at
    edit_post(actor=post.author, post=post.pk, body="Another sentence.")

    assert translate(moderator, post, made_from=before).is_stale
    post.refresh_from_db()
    assert not translate(moderator, post, language="es", made_from=post.worded_at + timedelta(days=1)).is_stale


def test_a_withdrawn_post_has_no_translation_any_more(client, post, moderator):
    translate(moderator, post)
    post.state = PostState.WITHDRAWN
    post.save()
    client.force_login(DelegateFactory(language="fr"))

    assertNotContains(client.get(post.discussion.get_absolute_url()), "Une phrase.")
    assert client.get(f"/posts/{post.pk}/translations/").status_code == 404


def test_paragraphs_that_do_not_agree_are_said(client, post, moderator):
    client.force_login(moderator)

    saved = client.post(
        f"/posts/{post.pk}/translations/fr/",
        {"body": "Tout en un.", "made_from": post.worded_at.isoformat()},
        follow=True,
    )

    assertContains(saved, "not as many paragraphs")


def test_what_is_written_in_a_translation_is_sanitised(post, moderator):
    stored = translate(moderator, post, body="<script>alert(1)</script> [x](javascript:alert(1))")

    assert "<script" not in stored.html
    assert 'href="javascript' not in stored.html


def test_a_language_nobody_offers_is_not_found(client, post, moderator):
    client.force_login(moderator)

    assert client.get(f"/posts/{post.pk}/translations/tlh/").status_code == 404
    assert client.get(f"/posts/{post.pk}/translations/fr/").status_code == 200


# --- Machines ---------------------------------------------------------------------------------------


@pytest.fixture
def machine():
    """A server that speaks the protocol, and keeps what it was given."""
    given = []

    class Machine(BaseHTTPRequestHandler):
        answer = staticmethod(lambda asked: {"translatedText": [f"[{asked['target']}] {text}" for text in asked["q"]]})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            given.append(asked)
            body = json.dumps(self.answer(asked)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Machine)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.given, server.handler = given, Machine
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def with_machine(post, machine, **room) -> None:
    post.discussion.room.translation_server = f"http://127.0.0.1:{machine.server_port}/"
    for name, value in room.items():
        setattr(post.discussion.room, name, value)
    post.discussion.room.save()


def test_a_rooms_own_machine_translates_paragraph_by_paragraph(client, post, machine):
    with_machine(post, machine)
    ask_machine(actor=DelegateFactory(), post=post.pk, language="fr")

    assert translate_waiting() == 1

    stored = PostTranslation.objects.get()
    assert stored.body == "[fr] An English sentence.\n\n[fr] Another."
    assert (stored.status, stored.translated_by) == (TranslationStatus.MACHINE, None)
    assert machine.given == [
        {"q": ["An English sentence.", "Another."], "source": "en", "target": "fr", "format": "text"}
    ]
    client.force_login(DelegateFactory(language="fr"))
    assertContains(client.get(post.discussion.get_absolute_url()), "[fr] Another.")


@pytest.mark.parametrize("room", [{"translation_server": ""}, {"is_sensitive": True}])
def test_no_machine_reads_a_room_that_has_none_or_is_sensitive(post, machine, room):
    with_machine(post, machine, **room)

    with pytest.raises(PermissionDenied):
        ask_machine(actor=DelegateFactory(), post=post.pk, language="fr")
    assert machine.given == []


def test_no_machine_reads_a_statement_of_a_delegation(post, machine):
    with_machine(post, machine)
    post.capacity = Capacity.DELEGATION
    post.save()

    with pytest.raises(PermissionDenied):
        ask_machine(actor=DelegateFactory(), post=post.pk, language="fr")


def test_what_a_room_forbids_meanwhile_is_not_sent(post, machine):
    with_machine(post, machine)
    ask_machine(actor=DelegateFactory(), post=post.pk, language="fr")
    with_machine(post, machine, is_sensitive=True)

    translate_waiting()

    assert machine.given == []
    assert not PostTranslation.objects.exists()


def test_a_machine_does_not_replace_what_a_person_has_written(post, moderator, machine):
    with_machine(post, machine)
    translate(moderator, post)

    ask_machine(actor=DelegateFactory(), post=post.pk, language="fr")

    assert translate_waiting() == 0
    assert PostTranslation.objects.get().status == TranslationStatus.PERSON


def test_a_person_replaces_what_a_machine_has_written(post, moderator, machine):
    with_machine(post, machine)
    ask_machine(actor=DelegateFactory(), post=post.pk, language="fr")
    translate_waiting()

    assert translate(moderator, post).status == TranslationStatus.PERSON
    with pytest.raises(PermissionDenied):
        check_translation(actor=moderator, post=post.pk, language="fr")


def test_an_answer_that_is_none_changes_nothing_and_is_given_up(client, post, machine, django_db_blocker):
    with_machine(post, machine)
    machine.handler.answer = staticmethod(lambda asked: {"translatedText": "one for all"})
    ask_machine(actor=DelegateFactory(), post=post.pk, language="fr")

    assert translate_waiting() == 0
    assert PostTranslation.objects.waiting().count() == 1
    client.force_login(DelegateFactory(language="fr"))
    assertNotContains(client.get(post.discussion.get_absolute_url()), "one for all")

    PostTranslation.objects.update(translated_at=timezone.now() - timedelta(hours=2))
    translate_waiting()
    assert not PostTranslation.objects.exists()


def test_blocks_are_cut_where_paragraphs_are_numbered():
    text = "# Head\ntext\n\n- a\n- b\n\n```\ncode\n\nmore\n```\nEnd"

    assert source_blocks(text) == ["# Head", "text", "- a\n- b", "```\ncode\n\nmore\n```", "End"]


# --- Sister discussions -----------------------------------------------------------------------------


@pytest.fixture
def sisters():
    topic = TopicFactory(year=2026, number=47)
    return [DiscussionFactory(topic=topic, room=RoomFactory(language=language)) for language in ("en", "fr", "es")]


def test_two_rooms_are_read_side_by_side(client, sisters):
    english, french, spanish = sisters
    for discussion, body in ((english, "In English."), (french, "En français."), (spanish, "En español.")):
        PostFactory(discussion=discussion, body=body)
    client.force_login(DelegateFactory())

    page = client.get("/topics/TAF/2026/47/side-by-side/?left=es&right=fr")

    assertContains(page, "En español.")
    assertContains(page, "En français.")
    assertNotContains(page, "In English.")
    ids = [part.split('"')[0] for part in page.content.decode().split('id="')[1:]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("count", [1, 3])
def test_side_by_side_costs_the_same_however_much_was_said(client, django_assert_max_num_queries, count, sisters):
    for discussion in sisters:
        PostFactory.create_batch(count, discussion=discussion)
    client.force_login(DelegateFactory())

    with django_assert_max_num_queries(8):
        response = client.get("/topics/TAF/2026/47/side-by-side/")

    assert response.status_code == 200


def test_a_facilitator_reads_only_their_room_there(client, sisters):
    english, french, _spanish = sisters
    PostFactory(discussion=english, body="In English.")
    PostFactory(discussion=french, body="En français.")
    facilitator = UserFactory(role=Role.FACILITATOR)
    grant(facilitator, french.room)
    client.force_login(facilitator)

    page = client.get("/topics/TAF/2026/47/side-by-side/?left=en&right=fr")

    assertContains(page, "En français.")
    assertNotContains(page, "In English.")


def test_the_bar_shows_the_others_with_count_and_last_activity(client, sisters):
    english, french, _spanish = sisters
    PostFactory(discussion=french)
    french.refresh_from_db()
    client.force_login(DelegateFactory())

    page = client.get(english.get_absolute_url()).content.decode()
    bar = page[page.index('class="sisters"') : page.index("</nav>", page.index('class="sisters"'))]

    assert bar.count("data-sister=") == 3
    assert french.last_activity_at.isoformat(timespec="seconds") in bar
