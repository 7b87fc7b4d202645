"""What somebody asks to have deleted is gone wherever it stood; its number and its place stay."""

import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry, DataArchive, Notice, User
from accounts.services import outbox
from accounts.services.archives import prepare_waiting, request_archive
from forum.enums import Capacity, ClearanceState, EntryState, PostState
from forum.models import Attachment, Clearance, Discussion, Draft, LibraryEntry, Post, Record
from forum.queries.citations import cited_post
from forum.queries.traces import traces_of
from forum.services.attachments import attach_to_discussion, read_texts
from forum.services.library import propose_entry
from forum.services.posts import edit_post, publish_post
from forum.services.records import ask_record, write_waiting
from forum.services.removals import redacted
from forum.services.translations import translate_post
from moderation.enums import Basis, DeletionState
from moderation.models import DeletionRequest
from moderation.services.deletions import (
    ask_deletion,
    delete_as_asked,
    redact_as_asked,
    refuse_deletion,
    take_back_deletion,
)
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    LibraryEntryFactory,
    MandateFactory,
    PostFactory,
    UserFactory,
    grant,
)
from tests.forum import samples

pytestmark = pytest.mark.django_db

SECRET = "Zanthoxylum"
BODY = f"Our register is kept by {SECRET} since May.\n\nIt has three shelves."


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def moderator() -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def author() -> User:
    return DelegateFactory()


def publish(author: User, discussion: Discussion, body: str = BODY, **fields: object) -> Post:
    return publish_post(actor=author, discussion=discussion.pk, body=body, submission_key=uuid.uuid4(), **fields)


def ask(actor: User, post: Post, basis: Basis = Basis.AUTHOR, **fields: object) -> DeletionRequest:
    return ask_deletion(actor=actor, post=post.pk, basis=basis, reason="It was confidential.", **fields)


def delete(moderator: User, asked: DeletionRequest) -> DeletionRequest:
    return delete_as_asked(actor=moderator, request=asked.pk, answer="As you asked.")


def tables_with(word: str) -> set[str]:
    """Return the tables of the database in which a word stands anywhere, whatever the column."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s', [f"%{word}%"])  # noqa: S608
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def files_with(word: str, folder: Path) -> list[str]:
    """Return the files below a folder in which a word stands, unpacked where they are archives."""
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if content.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(content)) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist())
        if word.encode() in content:
            found.append(path.name)
    return found


# --- Everything that a post leaves behind ----------------------------------------------------------------


@pytest.fixture
def spread(folder, author, moderator, django_capture_on_commit_callbacks) -> Post:
    """A post whose words stand in every place that the forum knows."""
    discussion = DiscussionFactory()
    with django_capture_on_commit_callbacks(execute=False):
        upload = SimpleUploadedFile(f"{SECRET}.docx", samples.word(f"Kept by {SECRET}."))
        file = attach_to_discussion(actor=author, discussion=discussion.pk, upload=upload)
        post = publish(author, discussion, attachments=[file.key])
        read_texts()
        edit_post(actor=author, post=post.pk, body=f"{BODY}\n\nAnd {SECRET} likes it.")
        post.refresh_from_db()
        for language in ("fr", "es"):
            translate_post(
                actor=moderator,
                post=post.pk,
                language=language,
                body=f"Le registre est tenu par {SECRET}.",
                made_from=post.worded_at,
            )
        quotation = cited_post(author, post.pk).quotation
        replier = DelegateFactory()
        reply = publish(replier, discussion, f"{quotation}\n\nWe do so too.", reply_to=post.number)
        edit_post(actor=replier, post=reply.pk, body=f"{quotation}\n\nWe do likewise.")
        elsewhere = DiscussionFactory()
        publish(replier, elsewhere, f"{quotation}\n\nSaid elsewhere.")
        Draft.objects.create(user=replier, discussion=discussion, body=f"{quotation}\n\nHalf a thought")
        Clearance.objects.create(
            discussion=discussion,
            author=author,
            colleague=DelegateFactory(member_state=author.member_state),
            body=BODY,
            state=ClearanceState.CLEARED,
            post=post,
        )
        LibraryEntryFactory(post=post, summary=f"The register of {SECRET}.", title=f"{SECRET} and others")
        ask_record(actor=author, topic=discussion.topic, discussion=None, language="en", file_format="docx")
        write_waiting()
        request_archive(actor=author)
        prepare_waiting()
        outbox.notify({replier.pk: "replies"}, kind="post.published", about=post)
    return Post.objects.get(pk=post.pk)


def test_the_words_stand_in_many_places_before(spread, folder):
    tables = {"forum_post", "forum_postrevision", "forum_posttranslation", "forum_attachment", "forum_searchdocument"}
    tables |= {"forum_draft", "forum_clearance", "forum_libraryentry"}

    assert tables <= tables_with(SECRET)
    assert len(files_with(SECRET, folder)) == 3  # the document, the record and the archive


def test_deleted_words_are_gone_from_the_whole_database_and_all_files(
    spread, folder, author, moderator, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        delete(moderator, ask(author, spread))

    assert tables_with(SECRET) == set()
    assert files_with(SECRET, folder) == []
    assert not Notice.objects.filter(kind="post.published", object_id=spread.pk, state="waiting").exists()
    assert not Record.objects.exists()
    assert not DataArchive.objects.exists()
    assert not Attachment.objects.exists()


def test_number_place_and_count_stay_and_others_words_too(spread, author, moderator, client):
    discussion = spread.discussion
    before = Post.objects.filter(discussion=discussion).count()

    delete(moderator, ask(author, spread))

    assert Post.objects.filter(discussion=discussion).count() == before
    removed = Post.objects.get(pk=spread.pk)
    assert (removed.number, removed.state, removed.body) == (1, PostState.REMOVED, "")
    assert Discussion.objects.get(pk=discussion.pk).last_number == 2
    client.force_login(DelegateFactory())
    page = client.get(discussion.get_absolute_url())
    assertContains(page, 'id="post-1"')
    assertContains(page, "We do likewise.")
    assertContains(page, "[What was quoted here was deleted at the source.]")
    assert Draft.objects.get().body.endswith("Half a thought")


def test_the_placeholder_is_in_the_language_of_the_reader(author, moderator, client):
    post = publish(author, DiscussionFactory())
    delete(moderator, ask(author, post))

    for language, words in (("en", "The moderator has removed this post."), ("fr", "a été retirée par le modérateur")):
        client.force_login(DelegateFactory(language=language))
        assertContains(client.get(post.discussion.get_absolute_url()), words)


def test_the_moderator_sees_where_the_words_stand(spread, author, moderator, client):
    asked = ask(author, spread)
    traces = traces_of(spread)
    client.force_login(moderator)

    page = client.get(asked.get_absolute_url())

    assert (len(traces.quoting), traces.replies, traces.translations, traces.wordings) == (2, 1, 2, 1)
    assert (traces.notices, traces.records, traces.entry) == (1, 1, LibraryEntry.objects.get())
    for quoting in traces.quoting:
        assertContains(page, quoting.get_absolute_url())


# --- A part of it, or a file ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kept", "result"),
    [
        ("One two three.", "One three.", "One [removed] three."),
        ("One two three.", "One invented three.", "One [removed] three."),
        ("One two three.", "One two three. More.", "One two three."),
        ("First.\n\nSecond.\n\nThird.", "First.\n\nThird.", "First.\n\n[removed]\n\nThird."),
        ("One two three.", "One two three.", "One two three."),
        ("First.\r\n\r\nOne two.", "First.\n\nOne.", "First.\n\nOne [removed]."),
        ("我们保存登记册。", "我们登记册。", "我们[removed]登记册。"),
        ("First.\r\n\r\nOne two.", "First. One two.", "First.\n\nOne two."),
    ],
)
def test_only_taking_out_changes_a_text_and_a_mark_stays(body, kept, result):
    assert redacted(body, kept, "en") == result


def test_redacted_words_are_gone_everywhere_and_the_rest_is_shown(
    spread, folder, author, moderator, client, django_capture_on_commit_callbacks
):
    Attachment.objects.all().delete()
    kept = spread.body.replace(f" {SECRET}", "")
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask(author, spread)
        redact_as_asked(actor=moderator, request=asked.pk, kept=kept, answer="The name is gone.")

    assert tables_with(SECRET) == set()
    shown = Post.objects.get(pk=spread.pk)
    assert shown.body.startswith("Our register is kept by [removed] since May.")
    assert (shown.state, shown.revisions.count(), shown.translations.count()) == (PostState.VISIBLE, 0, 0)
    client.force_login(DelegateFactory())
    assertContains(client.get(shown.discussion.get_absolute_url()), "It has three shelves.")
    entry = LibraryEntry.objects.get()
    assert (entry.title, entry.summary) == ("[removed] and others", "The register of [removed].")


def test_what_the_library_made_of_a_redacted_post_leaves_it_until_its_contributor_proposes_it_again(
    author, moderator, client
):
    post = publish(author, DiscussionFactory())
    entry = LibraryEntryFactory(
        post=post, proposed_by=author, summary=f"{SECRET.lower()} and Un{SECRET} of 审{SECRET}。"
    )
    other = LibraryEntryFactory(summary=f"{SECRET} elsewhere.")
    asked = ask(DelegateFactory(), post, Basis.NAMED)

    redact_as_asked(actor=moderator, request=asked.pk, kept=post.body.replace(SECRET, ""), answer="The name is gone.")

    entry.refresh_from_db()
    assert (entry.state, entry.summary) == (EntryState.WITHDRAWN, f"[removed] and Un{SECRET} of 审[removed]。")
    assert "deleted on request" in entry.reason
    client.force_login(DelegateFactory())
    assert client.get(entry.get_absolute_url()).status_code == 404
    assert author.pk in Notice.objects.filter(kind="entry.told").values_list("user", flat=True)
    [redacting] = AuditEntry.objects.filter(action="entry.redacted")
    assert (redacting.facts["fields"], SECRET in str(redacting.facts)) == (["summary"], False)
    other.refresh_from_db()
    assert (other.state, other.summary) == (EntryState.PUBLISHED, f"{SECRET} elsewhere.")
    assert propose_entry(actor=author, entry=entry.pk).state == EntryState.PROPOSED


def test_redacting_takes_something_out_but_not_everything(author, moderator):
    asked = ask(author, publish(author, DiscussionFactory()))

    for kept, code in ((BODY, "nothing"), ("", "everything")):
        with pytest.raises(ValidationError) as refusal:
            redact_as_asked(actor=moderator, request=asked.pk, kept=kept, answer="So be it.")
        assert refusal.value.code == code


def test_one_file_is_deleted_from_the_disk_and_the_post_stays(
    spread, folder, author, moderator, django_capture_on_commit_callbacks
):
    file = Attachment.objects.get()
    path = Path(file.file.path)
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        delete(moderator, ask(author, spread, attachment=file.pk))

    assert not path.exists()
    assert tables_with(f"{SECRET}.docx") == set()
    assert Post.objects.get(pk=spread.pk).state == PostState.VISIBLE


# --- Who asks, who decides -------------------------------------------------------------------------------------


def test_the_author_the_states_focal_point_and_whom_it_tells_about_ask(author):
    post = publish(author, DiscussionFactory())
    focal_point = MandateFactory(user=DelegateFactory(member_state=author.member_state)).user
    stranger, other = DelegateFactory(), MandateFactory().user

    assert ask(author, post, Basis.AUTHOR).basis == Basis.AUTHOR
    assert ask(focal_point, post, Basis.STATE).basis == Basis.STATE
    assert ask(stranger, post, Basis.NAMED).basis == Basis.NAMED
    for actor, basis in ((stranger, Basis.AUTHOR), (other, Basis.STATE), (stranger, Basis.STATE)):
        with pytest.raises(PermissionDenied):
            ask(actor, post, basis)
    with pytest.raises(PermissionDenied):
        ask(UserFactory(role=Role.EVALUATOR), post, Basis.NAMED)


def test_an_outsider_asks_where_they_are_admitted_and_nowhere_else():
    outsider, post = UserFactory(role=Role.EXTERNAL), PostFactory()
    grant(outsider, post.discussion)

    assert ask(outsider, post, Basis.NAMED).asked_by == outsider
    with pytest.raises(Post.DoesNotExist):
        ask(outsider, PostFactory(), Basis.NAMED)


def test_one_asks_once_at_a_time(author):
    post = publish(author, DiscussionFactory())
    asked = ask(author, post)

    with pytest.raises(ValidationError) as refusal:
        ask(author, post)
    assert refusal.value.code == "asked_already"
    take_back_deletion(actor=author, request=asked.pk)
    ask(author, post)


def test_authors_own_words_are_not_refused_but_a_statements_may_be(author, moderator):
    own = ask(author, publish(author, DiscussionFactory()))
    focal_point = MandateFactory().user
    statement = publish(focal_point, DiscussionFactory(), capacity=Capacity.DELEGATION)
    official = ask(focal_point, statement)

    with pytest.raises(PermissionDenied, match="not refused"):
        refuse_deletion(actor=moderator, request=own.pk, answer="No.")
    assert refuse_deletion(actor=moderator, request=official.pk, answer="It is on record.").state == "refused"
    assert Post.objects.get(pk=statement.pk).body == BODY


def test_only_the_moderator_decides_once_and_not_on_what_they_ask(author, moderator):
    post = publish(author, DiscussionFactory())
    asked, own = ask(author, post), ask(moderator, post, Basis.NAMED)
    with pytest.raises(PermissionDenied, match="Only the moderator"):
        delete(author, asked)
    with pytest.raises(PermissionDenied, match="Somebody else"):
        delete(moderator, own)

    delete(moderator, asked)

    with pytest.raises(PermissionDenied, match="already"):
        delete(UserFactory(role=Role.MODERATOR), asked)


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_at_once_one_decides_and_the_other_is_told(author, moderator):
    asked, both = ask(author, publish(author, DiscussionFactory())), Barrier(2)

    def decide(actor: User) -> str:
        both.wait()
        try:
            return delete(actor, asked).state
        except PermissionDenied as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        answers = set(threads.map(decide, [moderator, UserFactory(role=Role.MODERATOR)]))

    assert answers == {DeletionState.DELETED, "This was decided or taken back already."}


def test_a_request_is_due_after_the_set_days(author, settings):
    settings.DELETION_DUE = timedelta(days=3)

    asked = ask(author, publish(author, DiscussionFactory()))

    assert asked.due_at - asked.asked_at == timedelta(days=3)


def test_the_trail_holds_ids_only_and_who_asked_is_told(author, moderator):
    post = publish(author, DiscussionFactory())
    stranger = DelegateFactory()
    delete(moderator, ask(stranger, post, Basis.NAMED))

    entries = AuditEntry.objects.filter(action__startswith="deletion.")
    assert [(e.action, e.reason) for e in entries.order_by("pk")] == [("deletion.asked", ""), ("deletion.deleted", "")]
    outbox.deliver_due()
    to = {message.to[0] for message in mail.outbox if "deletion was decided" in message.subject}
    assert to == {stranger.email, author.email}
    assert not [message for message in mail.outbox if SECRET in message.body]
    assert DeletionRequest.objects.get().reason == ""


# --- The pages ------------------------------------------------------------------------------------------------------


def test_the_pages_lead_from_the_post_to_the_decision(author, moderator, client):
    post = publish(author, DiscussionFactory())
    client.force_login(author)
    address = f"/posts/{post.pk}/ask-deletion/"
    assertContains(client.get(post.discussion.get_absolute_url()), address)
    assertNotContains(client.get(address), "It was written in the name of my state")
    response = client.post(address, {"basis": "author", "reason": "It was confidential."})
    asked = DeletionRequest.objects.get()
    assertRedirects(response, asked.get_absolute_url())
    assert client.post(f"{asked.get_absolute_url()}decide/", {"decision": "delete", "answer": "So."}).status_code == 403

    client.force_login(moderator)
    assertContains(client.get("/deletion-requests/"), asked.get_absolute_url())
    missing = client.post(f"{asked.get_absolute_url()}decide/", {"decision": "redact", "kept": BODY, "answer": "So."})
    assertContains(missing, "Take out of the text", status_code=422)
    done = client.post(f"{asked.get_absolute_url()}decide/", {"decision": "delete", "answer": "As you asked."})
    assertRedirects(done, asked.get_absolute_url())

    client.force_login(author)
    assertContains(client.get(asked.get_absolute_url()), "As you asked.")
    assert client.get(address).status_code == 403
    client.force_login(DelegateFactory())
    assert client.get(asked.get_absolute_url()).status_code == 404


def test_a_request_is_taken_back_on_its_page(author, client):
    asked = ask(author, publish(author, DiscussionFactory()))
    client.force_login(author)

    assertRedirects(client.post(f"{asked.get_absolute_url()}take-back/"), asked.get_absolute_url())

    asked.refresh_from_db()
    assert asked.state == DeletionState.TAKEN_BACK


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_however_long(client, django_assert_num_queries, moderator, count):
    for _case in range(count):
        post = PostFactory()
        ask(post.author, post)
    client.force_login(moderator)

    with django_assert_num_queries(5):  # session, viewer, waiting, decided, what waits elsewhere
        response = client.get("/deletion-requests/")

    assert response.content.decode().count("to be decided by") == count


def test_what_is_overdue_says_so(client, moderator):
    post = PostFactory()
    ask(post.author, post)
    client.force_login(moderator)
    assertNotContains(client.get("/deletion-requests/"), "Overdue")

    DeletionRequest.objects.update(due_at=timezone.now() - timedelta(hours=1))

    assertContains(client.get("/deletion-requests/"), "Overdue")
