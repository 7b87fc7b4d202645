import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import EngagementFactory, MaterialFactory, UserFactory, WebinarFactory
from tests.forum import samples
from webinars.models import Material
from webinars.models.materials import CONSENTED
from webinars.services.materials import add_material, check_material, publish_material, withdraw_material

FRAME = bytes([0xFF, 0xFB, 0x90, 0x00]) + bytes(413)  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + FRAME * 3
OGG = b"OggS" + bytes(24) + b"OpusHead" + bytes(40)
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nGood morning, Ángela.\n".encode()


@pytest.fixture
def actor(db):
    return UserFactory()


@pytest.fixture
def webinar(db):
    return WebinarFactory(state="held")


def add(actor, webinar, name="", content=b"", **values):
    values = {"kind": "slides", "language": "en", **values}
    upload = SimpleUploadedFile(name, content) if name else None
    return add_material(actor=actor, webinar=webinar.pk, values=values, upload=upload)


def checked(actor, material):
    return check_material(actor=actor, material=material.pk, rights=True, accessibility=True)


# --- Files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("talk.mp3", MP3, "audio/mpeg"),
        ("bare.mp3", FRAME * 3, "audio/mpeg"),
        ("talk.ogg", OGG, "audio/ogg"),
        ("talk.opus", OGG, "audio/ogg"),
        ("talk.vtt", VTT, "text/vtt"),
        ("byte-order.vtt", b"\xef\xbb\xbf" + VTT, "text/vtt"),
    ],
)
def test_sound_and_captions_are_taken_by_their_content(actor, webinar, name, content, media_type):
    material = add(actor, webinar, name, content)

    assert (material.file_name, material.media_type, material.size) == (name, media_type, len(content))
    assert material.file.read() == content
    assert material.state == "received"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("talk.mp3", b"<html><script>alert(1)</script></html>", "other"),
        ("talk.mp3", FRAME + b"and no second frame after it", "other"),
        ("talk.mp3", OGG, "other"),
        ("talk.ogg", b"OggS" + bytes(60), "other"),
        ("talk.ogg", MP3, "other"),
        ("talk.vtt", b"WEBVTT without any cue", "other"),
        ("talk.vtt", b"00:00:01.000 --> 00:00:04.000\nNo head", "other"),
        ("talk.vtt", VTT + b"\xff", "other"),
        ("talk.mp4", b"", "kind"),
        ("talk.html", b"<p>", "kind"),
        ("talk.mp3", b"", "empty"),
        ("slides.pdf", b"MZ", "other"),
    ],
)
def test_what_is_not_what_its_name_says_is_not_taken(actor, webinar, name, content, code, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    with pytest.raises(ValidationError) as refusal:
        add(actor, webinar, name, content)

    assert refusal.value.code == code
    assert not Material.objects.exists()
    assert not list(tmp_path.rglob("*"))


def test_a_document_is_checked_as_in_the_forum(actor, webinar):
    assert add(actor, webinar, "slides.pdf", samples.pdf()).media_type == "application/pdf"


def test_a_file_that_is_too_large_is_not_taken(actor, webinar, settings):
    settings.ATTACHMENT_BYTES = len(VTT) - 1

    with pytest.raises(ValidationError) as refusal:
        add(actor, webinar, "talk.vtt", VTT)

    assert refusal.value.code == "size"


def test_a_text_is_rendered_without_what_harms(actor, webinar):
    material = add(actor, webinar, kind="summary", text="**Short** <script>alert(1)</script>")

    assert "<strong>Short</strong>" in material.html
    assert "<script>" not in material.html


def test_members_add_nothing(webinar, delegate):
    with pytest.raises(PermissionDenied):
        add(delegate, webinar, address="https://media.example/slides")


# --- States -----------------------------------------------------------------------------------------


def test_something_is_published_once_rights_and_accessibility_are_checked(actor, webinar):
    material = add(actor, webinar, address="https://media.example/slides")

    for rights, accessibility in ((False, False), (True, False), (False, True)):
        check_material(actor=actor, material=material.pk, rights=rights, accessibility=accessibility)
        with pytest.raises(PermissionDenied, match="Check rights and accessibility"):
            publish_material(actor=actor, material=material.pk)
    assert checked(actor, material).state == "checked"
    assert publish_material(actor=actor, material=material.pk).state == "published"


def test_the_new_one_replaces_what_was_of_its_kind_and_language(actor, webinar):
    old, other, french = (
        MaterialFactory(webinar=webinar),
        MaterialFactory(webinar=webinar, kind="summary"),
        MaterialFactory(webinar=webinar, language="fr"),
    )
    new = checked(actor, add(actor, webinar, address="https://media.example/better"))

    publish_material(actor=actor, material=new.pk)

    states = dict(Material.objects.values_list("pk", "state"))
    assert states == {old.pk: "superseded", other.pk: "published", french.pk: "published", new.pk: "published"}


def test_further_reading_replaces_nothing(actor, webinar):
    old = MaterialFactory(webinar=webinar, kind="reading")
    new = checked(actor, add(actor, webinar, kind="reading", address="https://media.example/paper"))

    publish_material(actor=actor, material=new.pk)

    old.refresh_from_db()
    assert old.state == "published"


def test_who_publishes_second_is_told(actor, webinar):
    material = checked(actor, add(actor, webinar, address="https://media.example/slides"))
    publish_material(actor=actor, material=material.pk)

    with pytest.raises(ValidationError) as refusal:
        publish_material(actor=actor, material=material.pk)

    assert refusal.value.code == "changed"


def test_what_is_withdrawn_is_gone_from_the_page(actor, webinar, client):
    material = MaterialFactory(webinar=webinar, address="https://media.example/slides")
    assertContains(client.get(webinar.get_absolute_url()), material.address)

    withdraw_material(actor=actor, material=material.pk)

    assertNotContains(client.get(webinar.get_absolute_url()), material.address)


# --- Consent (invariant 18) -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CONSENTED)
@pytest.mark.parametrize("consent", [None, False])
def test_nothing_in_which_speakers_are_heard_is_published_before_all_agree(actor, webinar, kind, consent):
    EngagementFactory(webinar=webinar, consents_to_recording=True)
    silent = EngagementFactory(webinar=webinar, consents_to_recording=consent)
    material = checked(actor, add(actor, webinar, kind=kind, address="https://media.example/it"))

    with pytest.raises(PermissionDenied, match="Not every speaker"):
        publish_material(actor=actor, material=material.pk)
    silent.consents_to_recording = True
    silent.save()

    assert publish_material(actor=actor, material=material.pk).state == "published"


@pytest.mark.parametrize("kind", ["slides", "summary", "reading", "talk"])
def test_what_else_there_is_needs_no_agreement(actor, webinar, kind):
    EngagementFactory(webinar=webinar)
    material = checked(actor, add(actor, webinar, kind=kind, address="https://media.example/it"))

    assert publish_material(actor=actor, material=material.pk).state == "published"


@pytest.mark.parametrize("kind", CONSENTED)
def test_a_speaker_who_changes_the_answer_takes_it_off_the_page(client, webinar, kind):
    speaker = EngagementFactory(webinar=webinar, consents_to_recording=True)
    MaterialFactory(webinar=webinar, kind=kind, address="https://media.example/it")
    assertContains(client.get(webinar.get_absolute_url()), "https://media.example/it")

    speaker.consents_to_recording = False
    speaker.save()

    assertNotContains(client.get(webinar.get_absolute_url()), "https://media.example/it")


# --- Downloads --------------------------------------------------------------------------------------


@pytest.fixture
def stored(actor, webinar):
    material = checked(actor, add(actor, webinar, "talk.vtt", VTT, kind="captions"))
    return publish_material(actor=actor, material=material.pk)


def test_a_published_file_is_a_download_that_runs_nowhere(client, stored):
    response = client.get(reverse("webinars:material_file", args=[stored.pk]))

    assert b"".join(response.streaming_content) == VTT
    assert response.headers["Content-Disposition"] == 'attachment; filename="talk.vtt"'
    assert response.headers["Content-Type"] == "text/vtt"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("hidden", [{"state": "checked"}, {"visible_from": timezone.now() + timezone.timedelta(1)}])
def test_a_file_that_is_not_shown_yet_is_the_secretariats(client, stored, hidden):
    Material.objects.filter(pk=stored.pk).update(**hidden)
    address = reverse("webinars:material_file", args=[stored.pk])

    assert client.get(address).status_code == 404
    client.force_login(UserFactory())
    assert client.get(address).status_code == 200


def test_a_link_is_no_file(client, webinar):
    assert client.get(reverse("webinars:material_file", args=[MaterialFactory(webinar=webinar).pk])).status_code == 404


# --- The Secretariat's page -------------------------------------------------------------------------


def send(client, webinar, **fields):
    fields = {"kind": "slides", "language": "en", "source": "original", **fields}
    return client.post(reverse("webinars:material_create", args=[webinar.pk]), fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "one of them"),
        ({"address": "https://media.example/1", "text": "Too."}, "one of them"),
        ({"text": "Slides?"}, "Only a summary or a transcript"),
        ({"kind": "recording", "file": SimpleUploadedFile("talk.mp3", MP3)}, "Video is not kept here"),
        ({"file": SimpleUploadedFile("talk.mp4", b"video")}, "is not of a kind that can be attached"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, actor, webinar, fields, said):
    client.force_login(actor)

    response = send(client, webinar, title="My title", **fields)

    assertContains(response, said, status_code=422)
    assertContains(response, "My title", status_code=422)
    assert not Material.objects.exists()


def test_the_secretariat_adds_checks_and_publishes_on_the_page(client, actor, webinar):
    client.force_login(actor)

    send(client, webinar, file=SimpleUploadedFile("talk.mp3", MP3), kind="audio")
    step = reverse("webinars:material_step", args=[Material.objects.get().pk])
    client.post(step, {"action": "check", "rights": "on", "accessibility": "on"})
    client.post(step, {"action": "publish"})

    assert Material.objects.get().state == "published"
