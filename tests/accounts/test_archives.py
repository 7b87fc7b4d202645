"""One's own data in one file: complete, for its owner alone, for some days."""

import io
import json
import threading
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, DataArchive, User
from accounts.services import archives, outbox
from accounts.services.archives import discard_expired, discard_strays, prepare_waiting, request_archive
from accounts.services.leaving import mark_left
from accounts.tasks import discard_personal_data, prepare_archives
from forum.models import Follow
from forum.services.drafts import keep_draft
from forum.services.experience import set_experience
from forum.services.posts import edit_post
from forum.services.reading import write_positions
from tests.again import sign_in_again
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    PostFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DATA = "/profile/data/"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ready(delegate) -> DataArchive:
    request_archive(actor=delegate)
    prepare_waiting()
    return DataArchive.objects.get()


def contents(archive: DataArchive) -> dict[str, str]:
    with archive.file.open("rb") as file, zipfile.ZipFile(file) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode() for name in opened.namelist()}


def test_the_file_holds_all_that_is_kept_about_one(client):
    person = MandateFactory(
        user=DelegateFactory(full_name="Wanjiru", biography="Ten years of training.", member_state__economy="other")
    ).user
    post = PostFactory(author=person, body="Our first wording.")
    others = PostFactory(discussion=post.discussion, body="What somebody else wrote.")
    edit_post(actor=person, post=post.pk, body="Our second wording.")
    Follow.objects.create(user=person, discussion=post.discussion)
    keep_draft(author=person, discussion=post.discussion_id, body="Half a thought")
    write_positions({(person.pk, post.discussion_id): 2})
    category = CategoryFactory()
    set_experience(actor=person, categories=[category], steps=[])
    outbox.set_pace(person, "posts", "none")
    request_archive(actor=person)

    assert prepare_archives() == 1
    files = contents(DataArchive.objects.get())

    symbol = f"{post.discussion.topic.symbol}/en"
    name = symbol.replace("/", "-")
    account = json.loads(files["account.json"])
    assert (account["full_name"], account["email"], account["biography"]) == (
        "Wanjiru",
        person.email,
        "Ten years of training.",
    )
    assert account["member_state__economy"] == "other"
    assert files[f"posts/{name}-1.md"] == "Our second wording."
    assert files[f"posts/{name}-1-wording-1.md"] == "Our first wording."
    assert files[f"drafts/{name}.md"] == "Half a thought"
    assert json.loads(files["posts.json"])[0]["discussion"] == symbol
    assert json.loads(files["follows.json"]) == [{"discussion": symbol, "level": "everything"}]
    assert json.loads(files["read-positions.json"]) == [{"discussion": symbol, "number": 2}]
    assert json.loads(files["experience.json"]) == [category.slug]
    assert json.loads(files["mandates.json"])[0]["office"] == "focal_point"
    assert json.loads(files["acceptances.json"])[0]["protocol__version"] == 1
    assert json.loads(files["mail-preferences.json"]) == [{"scope": "posts", "pace": "none"}]
    assert {entry["action"] for entry in json.loads(files["audit.json"])["about_you"]} >= {"archive.requested"}
    assert "notices.json" in files
    together = "\n".join(files.values())
    assert others.body not in together
    assert person.password not in together


def test_decisions_about_others_are_not_in_the_secretariats_file(delegate):
    secretariat = UserFactory()
    UserFactory()
    mark_left(actor=secretariat, person=delegate.pk, reason="A private reason.")
    request_archive(actor=secretariat)
    prepare_waiting()

    assert "A private reason." not in "\n".join(contents(DataArchive.objects.get()).values())


def test_one_asks_and_is_told_when_it_is_ready(client, delegate):
    sign_in_again(client, delegate)

    assert client.post(DATA)["Location"] == DATA
    assert "being prepared" in client.get(DATA).content.decode()
    prepare_waiting()
    outbox.deliver_due()

    assert [(message.to, message.subject) for message in mail.outbox] == [([delegate.email], "Your data is ready")]
    archive = DataArchive.objects.get()
    response = client.get(f"{DATA}{archive.pk}/")
    zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).testzip()
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("archive.requested", delegate.pk)]


def test_asking_again_while_it_is_prepared_changes_nothing(delegate):
    assert request_archive(actor=delegate) == request_archive(actor=delegate)
    assert DataArchive.objects.count() == 1


def test_nobody_else_downloads_it_the_secretariat_included(ready):
    for reader in (DelegateFactory(), UserFactory()):
        browser = Client()
        sign_in_again(browser, reader)
        assert browser.get(f"{DATA}{ready.pk}/").status_code == 404
    assert Client().get(f"{DATA}{ready.pk}/").status_code == 302


def test_it_is_not_served_from_any_other_address(client, delegate, ready):
    sign_in_again(client, delegate)

    for address in (
        f"/{ready.file.name}",
        f"/media/{ready.file.name}",
        f"/files/{ready.file.name}",
        f"/static/{ready.file.name}",
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_password_is_asked_again(client, delegate, ready, method):
    client.force_login(delegate)

    asked = client.get(f"{DATA}{ready.pk}/") if method == "get" else client.post(DATA)

    assert asked["Location"].startswith("/accounts/reauthenticate/")


def test_it_expires_after_seven_days_and_the_file_goes(
    client, delegate, ready, tmp_path, django_capture_on_commit_callbacks
):
    assert len(list(tmp_path.rglob("*.zip"))) == 1
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        discard_personal_data()
        sign_in_again(client, delegate)
        assert client.get(f"{DATA}{ready.pk}/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        sign_in_again(client, delegate)
        assert client.get(f"{DATA}{ready.pk}/").status_code == 404
        with django_capture_on_commit_callbacks(execute=True):
            assert discard_expired() == 1

    assert list(tmp_path.rglob("*.zip")) == []


def test_one_that_cannot_be_written_leaves_the_others_alone(monkeypatch, caplog, delegate):
    other = DelegateFactory()
    request_archive(actor=delegate)
    request_archive(actor=other)
    write = archives.write_archive

    def broken(person: User, file: io.BytesIO) -> None:
        if person == delegate:
            raise OSError("the disc is full")
        write(person, file)

    monkeypatch.setattr(archives, "write_archive", broken)

    assert prepare_waiting() == 1
    assert DataArchive.objects.get(user=delegate).ready_at is None
    assert DataArchive.objects.get(user=other).ready_at is not None
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        monkeypatch.setattr(archives, "write_archive", write)
        assert prepare_waiting() == 0, "what failed for a day is asked for again"
        assert request_archive(actor=delegate) != DataArchive.objects.filter(user=delegate).earliest("pk")


@pytest.mark.django_db(transaction=True)
def test_two_workers_prepare_it_once(tmp_path):
    request_archive(actor=DelegateFactory())
    outcomes = []

    def work() -> None:
        try:
            outcomes.append(prepare_waiting())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [0, 1]
    assert len(list(tmp_path.rglob("*.zip"))) == 1


def test_a_discussion_without_a_symbol_is_no_hindrance(delegate):
    discussion = DiscussionFactory()
    Follow.objects.create(user=delegate, discussion=discussion)
    request_archive(actor=delegate)

    assert prepare_waiting() == 1


def test_a_missing_file_is_a_missing_page(client, delegate, ready, tmp_path):
    for file in tmp_path.rglob("*.zip"):
        file.unlink()
    sign_in_again(client, delegate)

    assert client.get(DATA).status_code == 200
    assert client.get(f"{DATA}{ready.pk}/").status_code == 404


def test_a_file_without_a_row_goes_after_a_day_and_the_others_stay(ready, tmp_path):
    stray = tmp_path / "archives" / "stray.zip"
    stray.write_bytes(b"left behind")

    assert discard_strays() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert discard_strays() == 1

    assert not stray.exists()
    assert ready.file.storage.exists(ready.file.name)
