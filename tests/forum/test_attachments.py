"""Attachments: taken, kept while one writes, published, shown, fetched by whom, and discarded."""

import html
import io
import json
import re
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.enums import MailScope, Pace, Role
from accounts.models import AuditEntry, MailPreference, User
from accounts.services import outbox
from accounts.services.archives import write_archive
from accounts.services.leaving import mark_left
from forum import streams
from forum.enums import EntryState, PostState
from forum.files import apart
from forum.forms.attachments import AttachmentsField
from forum.models import Attachment, Discussion, Draft, Follow, Post
from forum.services import attachments
from forum.services.attachments import attach_to_discussion, attach_to_entry, remove_attachment
from forum.services.clearances import ask_clearance, clear_text, return_text, take_back_clearance
from forum.services.posts import edit_post, publish_post
from forum.services.seats import move_seat
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    LibraryEntryFactory,
    RoomFactory,
    UserFactory,
    grant,
)
from tests.forum import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(name: str = "report.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.GOOD.get(name, samples.pdf()) if content is None else content)


def attach(author: User, discussion: Discussion, name: str = "report.pdf", content: bytes | None = None) -> Attachment:
    return attach_to_discussion(actor=author, discussion=discussion.pk, upload=upload(name, content))


def publish(author: User, discussion: Discussion, *files: Attachment, body: str = "With a file.") -> Post:
    keys = [file.key for file in files]
    return publish_post(
        actor=author, discussion=discussion.pk, body=body, submission_key=uuid.uuid4(), attachments=keys
    )


def send(client: Client, discussion: Discussion, *files: SimpleUploadedFile, to: str = "posts", **fields: object):
    form = {"body": "A practice.", "submission_key": str(uuid.uuid4()), **fields}
    return client.post(f"{discussion.get_absolute_url()}{to}/", {**form, "uploads": list(files)})


def stored(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def status(reader: User | None, address: str) -> int:
    client = Client()
    if reader:
        client.force_login(reader)
    return client.get(address).status_code


# --- Taking -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", samples.GOOD)
def test_a_file_of_each_kind_is_taken_and_kept_under_a_random_name(delegate, folder, name):
    attachment = attach(delegate, DiscussionFactory(), name)

    assert (attachment.name, attachment.uploaded_by, attachment.post) == (name, delegate, None)
    assert re.fullmatch(r"attachments/\w{32}", attachment.file.name)
    assert attachment.size == (folder / attachment.file.name).stat().st_size
    assert bool(attachment.preview) == attachment.content_type.startswith("image/")
    assert AuditEntry.objects.get(action="attachment.added").actor == delegate


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("run.exe", b"MZ", "kind", "PDF, DOCX, XLSX, PPTX, JPEG, PNG, WebP, GIF"),
        ("page.html", b"<script>", "kind", "page.html"),
        ("report.pdf", samples.word(), "other", "password"),
        ("report.pdf", b"", "empty", "empty"),
        ("report.pdf", samples.pdf()[:200], "damaged", "damaged"),
        ("guide.docx", samples.with_part(samples.word(), "word/vbaProject.bin", b""), "programs", "macros"),
        ("chart.png", samples.flood(60_000, 60_000), "pixels", "too many pixels"),
        ("guide.docx", samples.with_part(samples.word(), "word/a.xml", bytes(9_000_000)), "bomb", "unpacks"),
    ],
)
def test_a_file_is_refused_with_the_reason_and_what_to_do(delegate, folder, name, content, code, words):
    with pytest.raises(ValidationError) as refusal:
        attach(delegate, DiscussionFactory(), name, content)

    assert refusal.value.code == code
    assert words in refusal.value.messages[0]
    assert stored(folder) == 0
    assert not Attachment.objects.exists()


def test_every_reason_is_said_in_words():
    checks = "\n".join(path.read_text() for path in (Path(apart.__file__).parent).glob("*.py"))
    checks += Path(attachments.__file__).read_text()

    assert set(re.findall(r'RefusedFileError\("(\w+)"\)', checks)) <= set(attachments.REFUSALS)


@pytest.mark.parametrize("over", [0, 1])
def test_a_file_has_a_largest_size(client, delegate, settings, folder, over):
    discussion = DiscussionFactory()
    settings.ATTACHMENT_BYTES = len(samples.pdf()) - over
    client.force_login(delegate)

    response = send(client, discussion, upload())

    assert response.status_code == (422 if over else 302)
    assert Post.objects.count() == (0 if over else 1)
    assert stored(folder) == (0 if over else 1)
    if over:
        assert "is larger than" in response.content.decode()
        assert response.context["form"]["body"].value() == "A practice."


def test_what_goes_beyond_all_limits_is_not_kept_while_it_comes_in(client, delegate, settings):
    discussion = DiscussionFactory()
    settings.ATTACHMENT_BYTES, settings.ATTACHMENTS_BYTES = 2_000_000, 3_000_000
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    client.force_login(delegate)
    large = [upload(f"{n}.pdf", samples.pdf("a" * 1_400_000)) for n in range(3)]

    response = send(client, discussion, upload("huge.pdf", bytes(2_000_001)), *large, upload("last.pdf"))

    page = response.content.decode()
    assert [file.name for file in Attachment.objects.all()] == ["0.pdf", "1.pdf", "last.pdf"]
    assert "huge.pdf\u2069” is larger than" in page
    assert "2.pdf\u2069” the files of this post would have more than" in page


def test_a_post_has_a_largest_number_of_files(delegate, settings):
    discussion, other = DiscussionFactory(), DiscussionFactory()
    settings.ATTACHMENTS_PER_POST = 2
    for name in ("report.pdf", "guide.docx"):
        attach(delegate, discussion, name)

    with pytest.raises(ValidationError, match="one too many: a post has at most 2"):
        attach(delegate, discussion, "chart.png")

    assert attach(delegate, other, "chart.png").name == "chart.png"
    assert attach(DelegateFactory(), discussion, "chart.png").name == "chart.png"


def test_the_files_of_a_post_have_a_largest_size_together(delegate, settings):
    discussion = DiscussionFactory()
    settings.ATTACHMENTS_BYTES = len(samples.pdf()) + len(samples.word()) - 1
    attach(delegate, discussion)

    with pytest.raises(ValidationError, match="together"):
        attach(delegate, discussion, "guide.docx")


def test_nobody_gathers_files_without_publishing(delegate, settings):
    settings.ATTACHMENTS_WAITING = 2
    for _number in range(2):
        attach(delegate, DiscussionFactory())

    with pytest.raises(ValidationError, match="already wait"):
        attach(delegate, DiscussionFactory())


@pytest.mark.parametrize("is_script", [False, True])
def test_who_sends_too_many_files_is_told_when_to_go_on_and_keeps_the_text(client, delegate, settings, is_script):
    settings.ACCOUNT_RATE_LIMITS = {"upload": "2/h/user"}
    discussion = DiscussionFactory()
    client.force_login(delegate)
    headers = {"HX-Request": "true"} if is_script else {}
    address = f"{discussion.get_absolute_url()}files/"
    colleague = DelegateFactory(member_state=delegate.member_state)

    sent = [
        client.post(address, {"body": "A practice.", "uploads": upload(name, content)}, headers=headers)
        for name, content in (("report.pdf", b"%PDF-"), ("chart.png", None), ("guide.docx", None))
    ]

    assert [answer.status_code for answer in sent] == [200 if is_script else 422, 200, 429]
    assert sent[2].headers["Retry-After"] == "3600"
    page = html.unescape(sent[2].content.decode())
    assert "guide.docx\u2069” is not taken: you have sent too many files within an hour." in page
    assert is_script or "A practice.</textarea>" in page
    assert [file.name for file in Attachment.objects.all()] == ["chart.png"]
    client.force_login(colleague)
    assert client.post(address, {"uploads": upload("guide.docx")}, headers=headers).status_code == 200


def test_a_post_sent_with_one_file_too_many_keeps_its_text_and_the_next_hour_takes_it(client, delegate, settings):
    settings.ACCOUNT_RATE_LIMITS = {"upload": "1/h/user"}
    discussion = DiscussionFactory()
    client.force_login(delegate)

    refused = send(client, discussion, upload("chart.png"), upload("guide.docx"), body="A practice.")

    assert (refused.status_code, Post.objects.exists()) == (429, False)
    assert "A practice.</textarea>" in refused.content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert send(client, discussion, upload("guide.docx")).status_code == 302


def test_files_of_an_entry_are_counted_too(client, delegate, settings):
    settings.ACCOUNT_RATE_LIMITS = {"upload": "1/h/user"}
    entry = LibraryEntryFactory(proposed_by=delegate, state=EntryState.DRAFT, number=None)

    client.force_login(delegate)
    answer = client.post(
        f"/library/{entry.pk}/edit/",
        {"language": "en", "version": "1", "review": "none", "title": "Anew"}
        | {"files": [upload("chart.png"), upload("guide.docx")]},
        follow=True,
    )

    assert "is not taken: you have sent too many files" in answer.content.decode()
    entry.refresh_from_db()
    assert (entry.title, entry.attachments.get().name) == ("Anew", "chart.png")


def test_the_same_file_again_is_the_one_that_waits(delegate, folder):
    discussion = DiscussionFactory()

    assert attach(delegate, discussion) == attach(delegate, discussion)
    assert stored(folder) == 1


def test_who_may_not_post_attaches_nothing(delegate, folder):
    closed = DiscussionFactory(closed_at=timezone.now())
    external, evaluator = UserFactory(role=Role.EXTERNAL), UserFactory(role=Role.EVALUATOR)

    with pytest.raises(PermissionDenied):
        attach(delegate, closed)
    with pytest.raises(PermissionDenied):
        attach(evaluator, DiscussionFactory())
    with pytest.raises(Discussion.DoesNotExist):
        attach(external, DiscussionFactory())
    assert stored(folder) == 0


def test_a_row_that_cannot_be_written_leaves_no_file(delegate, folder, monkeypatch):
    monkeypatch.setattr(attachments.audit, "record", lambda *_args, **_kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        attach(delegate, DiscussionFactory(), "chart.png")

    assert stored(folder) == 0
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("annual\u202efdp.exe.pdf", "annualfdp.exe.pdf"),
        ("../../x.pdf", "x.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("a\"b'c;d.pdf", "a-b'c-d.pdf"),
        ("تقرير 2026.pdf", "تقرير 2026.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "img src=x onerror=alert(1)-.pdf"),
        ("{{ 7*7 }} {% debug %}.pdf", "{{ 7-7 }} {% debug %}.pdf"),
    ],
)
def test_a_name_is_shown_and_sent_without_harm(client, delegate, name, shown):
    discussion = DiscussionFactory()
    publish(delegate, discussion, attach(delegate, discussion, name))
    client.force_login(delegate)

    page = client.get(discussion.get_absolute_url())
    header = client.get(Attachment.objects.get().get_absolute_url())["Content-Disposition"]

    assert f"<bdi>{shown}</bdi>" in html.unescape(page.content.decode())
    assert "\n" not in header
    assert header.startswith("attachment; filename")
    assert shown in unquote(header)


# --- While one writes ---------------------------------------------------------------------------------


def test_files_sent_with_a_post_are_published_with_it(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = send(client, discussion, upload("report.pdf"), upload("chart.png"))

    assert response.status_code == 302
    assert [file.name for file in Post.objects.get().attachments.all()] == ["report.pdf", "chart.png"]


def test_a_refused_file_loses_neither_the_text_nor_the_good_files(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = send(client, discussion, upload("report.pdf"), upload("run.exe", b"MZ"), body="An hour of typing.")

    page = response.content.decode()
    assert response.status_code == 422
    assert not Post.objects.exists()
    assert response.context["form"]["body"].value() == "An hour of typing."
    assert "These can: PDF, DOCX, XLSX, PPTX, JPEG, PNG, WebP, GIF." in page
    assert f'name="attachments" value="{Attachment.objects.get().key}"' in page


@pytest.mark.parametrize("to", ["preview", "posts"])
def test_files_stay_attached_through_preview_and_error(client, delegate, to):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    page = send(client, discussion, upload(), to=to, body="Half a thought" if to == "preview" else "").content.decode()
    key = re.search(r'name="attachments" value="([^"]+)"', page)[1]
    again = send(client, discussion, attachments=[key])

    assert again.status_code == 302
    assert [str(file.key) for file in Post.objects.get().attachments.all()] == [key]


def test_files_outlive_a_lost_session(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    author = client.get(discussion.get_absolute_url()).context["form"]["author"].value()
    client.logout()

    asked = send(client, discussion, upload(), author=author, body="")
    client.force_login(delegate)

    assert asked["Location"].startswith("/accounts/login/")
    assert "report.pdf" in client.get(discussion.get_absolute_url()).content.decode()
    assert Attachment.objects.get().uploaded_by == delegate


@pytest.mark.parametrize("author", ["", "forged"])
def test_a_stranger_stores_nothing(client, folder, author):
    send(client, DiscussionFactory(), upload(), author=author)

    assert stored(folder) == 0


def test_files_are_attached_and_removed_around_what_was_typed(client, delegate, folder):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    attached = send(client, discussion, upload(), to="files", body="", kind="practice")
    key = Attachment.objects.get().key
    removed = send(client, discussion, to=f"files/{key}/remove", body="Half a thought", kind="practice")

    assert "report.pdf" in attached.content.decode()
    assert attached.context["form"].errors == {}
    assert removed.context["form"]["body"].value() == "Half a thought"
    assert removed.context["form"]["kind"].value() == "practice"
    assert "report.pdf" not in removed.content.decode()
    assert not Attachment.objects.exists()


def test_files_sent_with_the_button_that_saves_a_draft_stay(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    saved = send(client, discussion, upload(), upload("run.exe", b"MZ"), to="draft", body="Half a thought")
    page = client.get(saved["Location"])

    assert page.context["form"]["body"].value() == "Half a thought"
    assert "report.pdf" in page.content.decode()
    assert "run.exe" in page.content.decode()


def test_a_script_gets_the_region_alone(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    address = f"{discussion.get_absolute_url()}files/"

    taken = client.post(address, {"uploads": [upload()]}, headers={"HX-Request": "true"})
    refused = client.post(address, {"uploads": [upload("run.exe", b"MZ")]}, headers={"HX-Request": "true"})

    assert taken.content.decode().strip().startswith('<div id="files"')
    assert (taken.status_code, refused.status_code) == (200, 200)
    assert "report.pdf" in taken.content.decode()
    assert "cannot" not in taken.content.decode()
    assert "run.exe" in refused.content.decode()


def test_removing_deletes_the_file_and_a_second_time_does_no_harm(
    client, delegate, folder, django_capture_on_commit_callbacks
):
    discussion = DiscussionFactory()
    attachment = attach(delegate, discussion, "chart.png")
    client.force_login(delegate)
    address = f"{discussion.get_absolute_url()}files/{attachment.key}/remove/"

    with django_capture_on_commit_callbacks(execute=True):
        first, second = client.post(address), client.post(address)

    assert (first.status_code, second.status_code) == (200, 200)
    assert stored(folder) == 0


def test_only_ones_own_waiting_files_are_removed(delegate):
    discussion = DiscussionFactory()
    waiting, published = attach(delegate, discussion), attach(delegate, discussion, "guide.docx")
    publish(delegate, discussion, published)

    for actor, attachment in ((DelegateFactory(), waiting), (delegate, published)):
        with pytest.raises(Attachment.DoesNotExist):
            remove_attachment(actor=actor, key=attachment.key)

    assert remove_attachment(actor=delegate, key=waiting.key) == waiting


def test_the_page_says_what_can_be_attached_before_one_chooses(client, delegate):
    client.force_login(delegate)

    page = client.get(DiscussionFactory().get_absolute_url()).content.decode()

    assert "at most 25 MB each, 10 files and 50 MB together." in page
    assert 'accept=".pdf,.docx,.xlsx,.pptx,.jpg,.jpeg,.jpe,.png,.webp,.gif"' in page


# --- Publishing ---------------------------------------------------------------------------------------


def test_a_file_that_is_gone_holds_the_post_back(delegate):
    discussion = DiscussionFactory()
    attachment = attach(delegate, discussion)
    remove_attachment(actor=delegate, key=attachment.key)

    with pytest.raises(ValidationError, match="no longer there"):
        publish(delegate, discussion, attachment)

    assert not Post.objects.exists()


def test_nobody_publishes_the_files_of_another_or_those_for_elsewhere(delegate):
    discussion = DiscussionFactory()
    of_another, for_elsewhere = attach(DelegateFactory(), discussion), attach(delegate, DiscussionFactory())
    published = attach(delegate, discussion)
    publish(delegate, discussion, published)

    for attachment in (of_another, for_elsewhere, published):
        with pytest.raises(ValidationError):
            publish(delegate, discussion, attachment, body="Again.")


def test_a_form_sent_twice_with_its_files_publishes_once(client, delegate, folder, django_capture_on_commit_callbacks):
    discussion, key = DiscussionFactory(), str(uuid.uuid4())
    client.force_login(delegate)

    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            send(client, discussion, upload(), submission_key=key)

    assert Post.objects.get().attachments.count() == 1
    assert Attachment.objects.count() == stored(folder) == 1


def test_a_post_shows_its_files_with_kind_and_size(client, delegate):
    discussion = DiscussionFactory()
    document, picture = attach(delegate, discussion), attach(delegate, discussion, "chart.png")
    publish(delegate, discussion, document, picture)
    reader = DelegateFactory(language="fr")
    client.force_login(reader)

    page = client.get(discussion.get_absolute_url()).content.decode()

    assert f'<a href="/files/{document.key}/"><bdi>report.pdf</bdi></a>' in page
    assert "PDF, 1\u202fko" in page
    assert f'<img src="/files/{picture.key}/preview/" width="60" height="40" loading="lazy"' in page


def test_a_post_that_comes_live_has_its_files(delegate):
    discussion = DiscussionFactory()
    publish(delegate, discussion, attach(delegate, discussion))
    attach(delegate, discussion, "guide.docx")  # waits for the next

    ((_number, event),) = streams.posts_after(DelegateFactory(), discussion, 0)

    article = json.loads(event.partition("data: ")[2])["html"]
    assert "report.pdf" in article
    assert "guide.docx" not in article


# --- Changing the files of a published post -----------------------------------------------------------


def test_an_author_adds_files_to_a_post_and_takes_others_off(
    client, delegate, folder, django_capture_on_commit_callbacks
):
    discussion = DiscussionFactory()
    post = publish(delegate, discussion, attach(delegate, discussion), attach(delegate, discussion, "chart.png"))
    report = post.attachments.get(name="report.pdf")
    client.force_login(delegate)
    assert "report.pdf" in client.get(f"/posts/{post.pk}/edit/").content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            f"/posts/{post.pk}/edit/",
            {"body": post.body, "discarded": [str(report.key)], "uploads": [upload("guide.docx")]},
        )

    post.refresh_from_db()
    assert {file.name for file in post.attachments.all()} == {"chart.png", "guide.docx"}
    assert post.edited_at is not None
    assert not (folder / report.file.name).exists()
    revision = post.revisions.get()
    assert (revision.body, revision.files) == (post.body, ["report.pdf", "chart.png"])
    assert AuditEntry.objects.get(action="post.edited").facts == {"added": 1, "discarded": 1}
    reader = Client()
    reader.force_login(DelegateFactory())
    assert "<bdi>report.pdf</bdi>" in reader.get(f"/posts/{post.pk}/wordings/").content.decode()
    assert "guide.docx" in reader.get(discussion.get_absolute_url()).content.decode()


def test_the_same_words_and_files_change_nothing(delegate):
    discussion = DiscussionFactory()
    post = publish(delegate, discussion, attach(delegate, discussion))

    edited = edit_post(actor=delegate, post=post.pk, body=post.body, discarded=[uuid.uuid4()])

    assert (edited.edited_at, edited.revisions.exists(), edited.attachments.count()) == (None, False, 1)


def test_a_refused_file_keeps_the_new_wording_and_the_good_file_in_the_form(client, delegate):
    post = publish(delegate, DiscussionFactory())
    client.force_login(delegate)

    refused = client.post(
        f"/posts/{post.pk}/edit/",
        {"body": "Other words.", "uploads": [upload("chart.png"), upload("run.exe", b"MZ")]},
    )

    page = html.unescape(refused.content.decode())
    assert (refused.status_code, post.revisions.exists()) == (422, False)
    assert "Other words.</textarea>" in page
    assert "run.exe\u2069” is not of a kind that can be attached" in page
    key = re.search(r'name="attachments" value="([^"]+)"', page)[1]

    client.post(f"/posts/{post.pk}/edit/", {"body": "Other words.", "attachments": [key]})

    assert post.attachments.get().name == "chart.png"
    assert Post.objects.get(pk=post.pk).body == "Other words."


@pytest.mark.parametrize("end", ["closed", "another", "withdrawn", "statement"])
def test_files_change_as_long_as_the_wording_may(delegate, end):
    discussion = DiscussionFactory()
    post = publish(delegate, discussion, attach(delegate, discussion))
    actor = delegate
    if end == "closed":
        Discussion.objects.update(closed_at=timezone.now())
    elif end == "another":
        actor = DelegateFactory(member_state=delegate.member_state)
    else:
        changes = {"withdrawn": {"state": PostState.WITHDRAWN}, "statement": {"capacity": "delegation"}}
        Post.objects.filter(pk=post.pk).update(**changes[end])

    with pytest.raises(PermissionDenied):
        edit_post(actor=actor, post=post.pk, body=post.body, discarded=[post.attachments.get().key])

    assert post.attachments.exists()


def test_a_post_keeps_to_its_largest_number_of_files_when_it_is_changed(delegate, settings):
    settings.ATTACHMENTS_PER_POST = 2
    discussion = DiscussionFactory()
    post = publish(delegate, discussion, attach(delegate, discussion), attach(delegate, discussion, "chart.png"))
    third = attach(delegate, discussion, "guide.docx")

    with pytest.raises(ValidationError, match="at most 2 files"):
        edit_post(actor=delegate, post=post.pk, body=post.body, attachments=[third.key])

    discarded = [post.attachments.get(name="chart.png").key]
    edit_post(actor=delegate, post=post.pk, body=post.body, attachments=[third.key], discarded=discarded)
    assert {file.name for file in post.attachments.all()} == {"report.pdf", "guide.docx"}


def test_nobody_takes_the_file_of_another_post_off(delegate):
    discussion = DiscussionFactory()
    post, other = publish(delegate, discussion), publish(delegate, discussion, attach(delegate, discussion), body="x")

    edit_post(actor=delegate, post=post.pk, body="Other words.", discarded=[other.attachments.get().key])

    assert other.attachments.exists()


@pytest.mark.parametrize("is_sensitive", [False, True])
def test_mail_names_the_files_but_in_sensitive_rooms(delegate, is_sensitive, django_capture_on_commit_callbacks):
    discussion = DiscussionFactory(room=RoomFactory(is_sensitive=is_sensitive))
    reader = DelegateFactory()
    Follow.objects.create(user=reader, discussion=discussion)
    MailPreference.objects.create(user=reader, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    attachment = attach(delegate, discussion)

    publish(delegate, discussion, attachment)
    outbox.deliver_due()

    (letter,) = mail.outbox
    for words in (letter.body, letter.alternatives[0][0]):
        assert ("report.pdf" in words) is not is_sensitive
        assert (attachment.get_absolute_url() in words) is not is_sensitive


# --- Who fetches --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", samples.GOOD)
def test_a_file_is_sent_as_a_download_that_can_do_nothing(client, delegate, name):
    discussion = DiscussionFactory()
    attachment = attach(delegate, discussion, name)
    publish(delegate, discussion, attachment)
    client.force_login(DelegateFactory())

    response = client.get(attachment.get_absolute_url(), headers={"Accept-Encoding": "gzip"})

    assert b"".join(response.streaming_content) == attachment.file.open().read()
    assert {header: response[header] for header in HEADERS} == HEADERS
    assert response["Content-Type"] == attachment.content_type
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Length"] == str(attachment.size)


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def test_a_preview_is_shown_in_the_page_with_the_same_limits(client, delegate):
    discussion = DiscussionFactory()
    attachment = attach(delegate, discussion, "photo.jpg")
    publish(delegate, discussion, attachment)
    client.force_login(DelegateFactory())

    response = client.get(f"/files/{attachment.key}/preview/")

    assert {header: response[header] for header in HEADERS} == HEADERS
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Disposition"].startswith("inline")
    assert b"".join(response.streaming_content).startswith(b"RIFF")


def test_a_document_has_no_preview_and_a_lost_file_is_a_missing_page(delegate, folder):
    discussion = DiscussionFactory()
    document, picture = attach(delegate, discussion), attach(delegate, discussion, "chart.png")
    for file in folder.rglob("*"):
        if file.is_file():
            file.unlink()

    assert status(delegate, f"/files/{document.key}/preview/") == 404
    assert status(delegate, document.get_absolute_url()) == 404
    assert status(delegate, f"/files/{picture.key}/preview/") == 404


@pytest.mark.parametrize("path", ["", "preview/"])
def test_who_may_not_read_the_post_gets_nothing(delegate, path):
    discussion = DiscussionFactory()
    attachment = attach(delegate, discussion, "chart.png")
    post = publish(delegate, discussion, attachment)
    address = f"{attachment.get_absolute_url()}{path}"
    admitted, elsewhere = UserFactory(role=Role.EXTERNAL), UserFactory(role=Role.EXTERNAL)
    right = grant(admitted, discussion)
    grant(elsewhere, DiscussionFactory())
    over = UserFactory(role=Role.EXTERNAL)
    grant(over, discussion, ends_at=timezone.now() - timedelta(seconds=1))
    reader = DelegateFactory()

    assert [status(person, address) for person in (delegate, reader, admitted)] == [200, 200, 200]
    assert [status(person, address) for person in (elsewhere, over)] == [404, 404]
    assert status(None, address) == 302

    right.delete()
    reader.suspended_until = timezone.now() + timedelta(days=1)
    reader.save()
    assert status(admitted, address) == 404
    assert status(reader, address) == 302

    Post.objects.filter(pk=post.pk).update(state=PostState.HELD)
    assert status(DelegateFactory(), address) == 404


@pytest.mark.parametrize("state", [PostState.WITHDRAWN, PostState.REMOVED])
def test_the_files_of_a_post_that_is_gone_are_gone(client, delegate, state):
    discussion = DiscussionFactory()
    attachment = attach(delegate, discussion, "chart.png")
    Post.objects.filter(pk=publish(delegate, discussion, attachment).pk).update(state=state)
    moderator = UserFactory(role=Role.MODERATOR)
    client.force_login(delegate)

    for person in (delegate, moderator):
        assert status(person, attachment.get_absolute_url()) == 404
        assert status(person, f"/files/{attachment.key}/preview/") == 404
    assert "chart.png" not in client.get(discussion.get_absolute_url()).content.decode()


def test_a_waiting_file_is_its_authors_alone(client, delegate):
    discussion = DiscussionFactory()
    attachment = attach(delegate, discussion)
    others = [DelegateFactory(), UserFactory(role=Role.MODERATOR), UserFactory(role=Role.SECRETARIAT)]

    assert status(delegate, attachment.get_absolute_url()) == 200
    assert [status(person, attachment.get_absolute_url()) for person in others] == [404, 404, 404]
    client.force_login(others[0])
    assert "report.pdf" not in client.get(discussion.get_absolute_url()).content.decode()


def test_who_is_asked_to_clear_a_text_reads_what_was_attached_to_it(client, delegate):
    discussion = DiscussionFactory()
    colleague, another = (DelegateFactory(member_state=delegate.member_state) for _person in range(2))
    Draft.objects.create(user=delegate, discussion=discussion, body="A practice.")
    shown, elsewhere = attach(delegate, discussion), attach(delegate, DiscussionFactory())
    assert status(colleague, shown.get_absolute_url()) == 404

    clearance = ask_clearance(actor=delegate, discussion=discussion.pk, colleague=colleague, publishes=True)
    later = attach(delegate, discussion, "chart.png")

    assert status(colleague, shown.get_absolute_url()) == 200
    assert [status(colleague, file.get_absolute_url()) for file in (elsewhere, later)] == [404, 404]
    assert status(another, shown.get_absolute_url()) == 404
    client.force_login(colleague)
    page = client.get(f"/clearances/{clearance.pk}/").content.decode()
    assert ("report.pdf" in page, "chart.png" in page) == (True, False)

    post = clear_text(actor=colleague, clearance=clearance.pk)[0].post

    assert list(post.attachments.all()) == [shown]
    assert (status(another, shown.get_absolute_url()), status(another, later.get_absolute_url())) == (200, 404)


@pytest.mark.parametrize("end", [return_text, take_back_clearance])
def test_the_files_are_their_authors_alone_again_once_that_is_over(delegate, end):
    discussion = DiscussionFactory()
    colleague = DelegateFactory(member_state=delegate.member_state)
    Draft.objects.create(user=delegate, discussion=discussion, body="A practice.")
    file = attach(delegate, discussion)
    clearance = ask_clearance(actor=delegate, discussion=discussion.pk, colleague=colleague, publishes=False)
    assert status(colleague, file.get_absolute_url()) == 200

    if end is return_text:
        end(actor=colleague, clearance=clearance.pk, remarks="Say more.")
    else:
        end(actor=delegate, clearance=clearance.pk)

    assert (status(colleague, file.get_absolute_url()), status(delegate, file.get_absolute_url())) == (404, 200)


def test_a_waiting_file_is_out_of_reach_once_its_discussion_is():
    external, discussion = UserFactory(role=Role.EXTERNAL), DiscussionFactory()
    right = grant(external, discussion)
    attachment = attach(external, discussion)

    assert status(external, attachment.get_absolute_url()) == 200
    right.delete()
    assert status(external, attachment.get_absolute_url()) == 404


@pytest.mark.parametrize("address", ["/attachments/{}", "/files/{}", "/media/{}", "/static/{}", "/files/../{}"])
def test_the_stored_file_has_no_other_address(client, delegate, address):
    attachment = attach(delegate, DiscussionFactory())
    client.force_login(delegate)

    for name in (attachment.file.name, Path(attachment.file.name).name):
        assert client.get(address.format(name)).status_code == 404


# --- The library ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "expected"), [(EntryState.PROPOSED, 404), (EntryState.PUBLISHED, 200)])
def test_an_entry_has_files_of_its_own_for_who_may_read_it(delegate, state, expected):
    entry = LibraryEntryFactory(proposed_by=delegate, state=state)

    attachment = attach_to_entry(actor=delegate, entry=entry, upload=upload())

    readers = [delegate, DelegateFactory(), UserFactory(role=Role.EXTERNAL)]
    assert [status(person, attachment.get_absolute_url()) for person in readers] == [200, expected, 404]


def test_who_may_not_change_an_entry_adds_nothing_to_it(delegate, folder):
    entry = LibraryEntryFactory(proposed_by=delegate)

    with pytest.raises(PermissionDenied):
        attach_to_entry(actor=DelegateFactory(), entry=entry, upload=upload())

    assert stored(folder) == 0


@pytest.mark.parametrize("is_required", [False, True])
def test_the_field_gives_all_files(is_required):
    field = AttachmentsField(required=is_required)
    files = [upload("report.pdf"), upload("chart.png")]

    assert field.clean(files) == files
    if is_required:
        with pytest.raises(ValidationError):
            field.clean([])
    else:
        assert field.clean([]) == []


# --- Text, archive, cleaning ---------------------------------------------------------------------------


def test_the_text_of_documents_is_read_once(delegate, monkeypatch):
    discussion = DiscussionFactory()
    for name in ("report.pdf", "guide.docx", "budget.XLSX", "results.pptx", "chart.png"):
        attach(delegate, discussion, name)

    assert attachments.read_texts() == 4
    assert attachments.read_texts() == 0

    texts = dict(Attachment.objects.values_list("name", "text"))
    assert all(
        samples.WORDS[ending] in texts[name]
        for ending, name in zip(samples.WORDS, ("report.pdf", "guide.docx", "budget.XLSX", "results.pptx"), strict=True)
    )
    assert texts["chart.png"] == ""


def test_a_document_that_cannot_be_read_stops_no_other(delegate, folder, caplog):
    discussion = DiscussionFactory()
    lost, spoilt = attach(delegate, discussion), attach(delegate, discussion, "guide.docx")
    good = attach(delegate, discussion, "results.pptx")
    (folder / lost.file.name).unlink()
    (folder / spoilt.file.name).write_bytes(b"PK\x03\x04 spoilt")

    attachments.read_texts()

    texts = dict(Attachment.objects.values_list("pk", "text"))
    assert (texts[lost.pk], texts[spoilt.pk]) == ("", "")
    assert samples.WORDS["pptx"] in texts[good.pk]
    assert f"attachment {lost.pk} is missing" in caplog.text
    assert not Attachment.objects.filter(text_read_at=None).exists()


def test_a_storage_that_is_away_is_tried_again(delegate, monkeypatch):
    attach(delegate, DiscussionFactory())

    with monkeypatch.context() as patched:
        patched.setattr(
            Attachment._meta.get_field("file").storage, "_open", lambda *_args: (_ for _ in ()).throw(OSError)
        )
        assert attachments.read_texts() == 0

    assert attachments.read_texts() == 1


def test_ones_own_archive_has_ones_files(delegate):
    discussion = DiscussionFactory()
    mine, waiting = attach(delegate, discussion), attach(delegate, discussion, "chart.png")
    publish(delegate, discussion, mine)
    other = DelegateFactory()
    publish(other, discussion, attach(other, discussion, "guide.docx"))
    target = io.BytesIO()

    write_archive(delegate, target)

    with zipfile.ZipFile(target) as archive:
        listed = json.loads(archive.read("attachments.json"))
        assert [(row["name"], row["post"]) for row in listed] == [("report.pdf", 1), ("chart.png", None)]
        assert archive.read(listed[0]["file"]) == samples.pdf()
        assert archive.read(listed[1]["file"]) == waiting.file.open().read()
        assert not [name for name in archive.namelist() if "guide" in name]


def test_files_that_nobody_published_go_after_thirty_days(delegate, folder, django_capture_on_commit_callbacks):
    discussion = DiscussionFactory()
    with time_machine.travel(timezone.now() - timedelta(days=30, minutes=1)):
        attach(delegate, discussion, "chart.png")
        kept = attach(delegate, discussion)
        publish(delegate, discussion, kept)
    fresh = attach(delegate, discussion, "guide.docx")

    with django_capture_on_commit_callbacks(execute=True):
        assert attachments.discard_forgotten() == 1

    assert {*Attachment.objects.all()} == {kept, fresh}
    assert stored(folder) == 2


def test_a_file_without_a_row_goes_after_a_day_and_the_others_stay(delegate, folder):
    attach(delegate, DiscussionFactory(), "chart.png")
    (folder / "attachments" / "stray").write_bytes(b"")

    assert attachments.discard_strays() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert attachments.discard_strays() == 1
    assert stored(folder) == 2


def test_who_leaves_takes_what_was_not_published(delegate, folder, django_capture_on_commit_callbacks):
    discussion = DiscussionFactory()
    published = attach(delegate, discussion)
    publish(delegate, discussion, published)
    attach(delegate, discussion, "chart.png")

    with django_capture_on_commit_callbacks(execute=True):
        mark_left(actor=UserFactory(role=Role.SECRETARIAT), person=delegate.pk, reason="Moved on.")

    assert Attachment.objects.get() == published
    assert stored(folder) == 1


def test_a_successor_finds_the_files_of_the_draft(delegate):
    successor = DelegateFactory(member_state=delegate.member_state)
    waiting = attach(delegate, DiscussionFactory())

    move_seat(predecessor=delegate, successor=successor)

    assert status(successor, waiting.get_absolute_url()) == 200
    assert status(delegate, waiting.get_absolute_url()) == 404


# --- What pages cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_files_cost_a_page_nothing_more(client, delegate, django_assert_num_queries, count):
    discussion = DiscussionFactory()
    for _post in range(count):
        files = [attach(delegate, discussion, name) for name in ("report.pdf", "chart.png")]
        publish(delegate, discussion, *files, body=f"Post {_post}")
    attach(delegate, discussion, "guide.docx")
    client.force_login(delegate)
    client.get(discussion.get_absolute_url())

    with django_assert_num_queries(6):
        page = client.get(discussion.get_absolute_url()).content.decode()

    assert page.count("<bdi>report.pdf</bdi>") == count
    assert "guide.docx" in page
