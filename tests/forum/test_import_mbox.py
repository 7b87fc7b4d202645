"""A mailing list's archive is taken over: threads, character sets, texts and what is attached."""

import base64
import io

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from forum.imports import mbox
from forum.imports.mbox import base_subject
from forum.models import Attachment, ImportedAuthor, Post, Topic
from tests.factories import CategoryFactory, RoomFactory

PLAIN = "Content-Type: text/plain; charset=utf-8"
HTML = "Content-Type: text/html; charset=utf-8"


def mail(number, subject="Training examiners", body="Text.", *, day=1, head=(), sender="Jane Doe <jane@ipo.example>"):
    """Return a message as an archive holds it."""
    lines = [
        "From jane@ipo.example Mon Mar 03 09:00:00 2014",
        f"Message-ID: <{number}@list.example>",
        f"From: {sender}",
        f"Subject: {subject}",
        f"Date: {day:02} Mar 2014 09:00:00 +0100",
        *head,
    ]
    content = body if isinstance(body, bytes) else body.encode()
    return "\n".join(lines).encode() + b"\n\n" + content + b"\n\n"


def in_parts(*parts, kind="mixed"):
    """Return the headers and the body of a message in parts, each of them headers and text."""
    body = "".join(f"--edge\n{head}\n\n{text}\n" for head, text in parts) + "--edge--"
    return {"head": [f'Content-Type: multipart/{kind}; boundary="edge"'], "body": body}


def replies(*numbers):
    return ["References: " + " ".join(f"<{number}@list.example>" for number in numbers)]


@pytest.fixture
def read(tmp_path):
    def read(*messages):
        path = tmp_path / "list.mbox"
        path.write_bytes(b"".join(messages))
        return mbox.read(path)

    return read


@pytest.fixture
def run(tmp_path, db, capsys):
    RoomFactory(language="en")
    category = CategoryFactory(slug="older-list")

    def run(*messages, **options):
        path = tmp_path / "list.mbox"
        path.write_bytes(b"".join(messages))
        chosen = {"source": "list", "format": "mbox", "audience": "closed", "room": "en", "category": category.slug}
        call_command("import_forum", str(path), **(chosen | options))
        return capsys.readouterr().out

    return run


def threads(forum):
    """Return the numbers of the messages of each topic."""
    found = {}
    for post in sorted(forum.posts.values(), key=lambda post: post.posted_at):
        found.setdefault(post.topic, []).append(post.key.partition("@")[0])
    return sorted(found.values())


def body_of(forum):
    return next(iter(forum.posts.values())).body


def test_messages_that_name_one_another_are_one_thread(read):
    found = read(
        mail(3, "Another subject by now", head=replies(1, 2), day=3),
        mail(1),
        mail(2, "Re: Training examiners", head=["In-Reply-To: <1@list.example>"], day=2),
        mail(4, day=4),
    )

    assert threads(found) == [["1", "2", "3"], ["4"]]
    assert {topic.title for topic in found.topics.values()} == {"Training examiners"}


def test_answers_to_a_message_that_is_not_there_are_one_thread(read):
    found = read(mail(2, "Re: Fees", head=replies(1)), mail(3, "Re: Fees (again)", head=replies(1), day=2))

    assert threads(found) == [["2", "3"]]
    assert [topic.title for topic in found.topics.values()] == ["Fees"]


def test_an_answer_that_names_no_message_joins_the_last_one_of_its_subject(read):
    found = read(
        mail(1, "Fees"), mail(2, "Fees", day=2), mail(3, "RE: [ta-list] fees", day=3), mail(4, "Re: Other", day=4)
    )

    assert threads(found) == [["1"], ["2", "3"], ["4"]]


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Fees",
        "[ta-list] Re: Fees",
        "RE: AW: Fees",
        "TR: Fees",
        "RV: Fees",
        "Re[2]: Fees",
        "Отв: Fees",
        "回复：Fees",
    ],
)
def test_marks_of_answers_are_no_part_of_a_subject(subject):
    assert base_subject(subject) == ("Fees", True)
    assert base_subject("Reform: Fees") == ("Reform: Fees", False)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (["Content-Type: text/plain; charset=iso-8859-1"], "Décision à prendre".encode("latin-1")),
        (["Content-Type: text/plain; charset=koi8-r"], "Décision à prendre".encode()),  # said wrongly
        (["Content-Type: text/plain; charset=no-such-set"], "Décision à prendre".encode()),
        ([], "Décision à prendre".encode("cp1252")),  # said nowhere
        ([PLAIN, "Content-Transfer-Encoding: quoted-printable"], b"D=C3=A9cision =C3=A0 pren=\ndre"),
        ([PLAIN, "Content-Transfer-Encoding: base64"], base64.b64encode("Décision à prendre".encode())),
    ],
)
def test_letters_are_read_in_the_character_set_they_came_in(read, head, body):
    expected = "Décision à prendre" if b"koi8" not in str(head).encode() else body.decode("koi8-r")

    assert body_of(read(mail(1, head=head, body=body))) == expected


def test_names_and_subjects_are_decoded(read):
    found = read(
        mail(1, "=?utf-8?Q?D=C3=A9lais_?= =?iso-8859-1?Q?trop_br=E8fs?=", sender="=?utf-8?B?w4luaWQ=?= <e@x.example>")
    )

    assert [topic.title for topic in found.topics.values()] == ["Délais trop brèfs"]
    assert [(author.name, author.email) for author in found.authors.values()] == [("Énid", "e@x.example")]


@pytest.mark.parametrize(
    ("sender", "name", "email"),
    [
        ('"Doe, Jane" <Jane@IPO.example>', "Doe, Jane", "jane@ipo.example"),
        ("jane.doe@ipo.example", "jane doe", "jane.doe@ipo.example"),
        ("jane at ipo.example (Jane Doe)", "Jane Doe", "jane@ipo.example"),
        ("Jane Doe", "Jane Doe", ""),
    ],
)
def test_an_author_is_a_name_and_the_address_is_never_part_of_it(read, sender, name, email):
    found = read(mail(1, sender=sender))

    assert [(author.name, author.email) for author in found.authors.values()] == [(name, email)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("We train them.\n\n-- \nJane Doe\nIP Office", "We train them."),
        ("We train them.\n--\nJane Doe", "We train them."),
        ("Before\n--\n" + "line\n" * 20, "Before\n--\n" + "\n".join(["line"] * 20)),
        ("We train.\n____________________________\nTa-list mailing list\nTa-list@x.example", "We train."),
        ("> You ask?\n\nYes.\n>From here on", "> You ask?\n\nYes.\nFrom here on"),
    ],
)
def test_signatures_go_and_everything_else_stays(read, body, expected):
    assert body_of(read(mail(1, body=body))) == expected


def test_the_plain_text_is_taken_and_html_only_where_there_is_none(read):
    both = in_parts((HTML, "<p>Rich</p>"), (PLAIN, "Plain"), kind="alternative")
    rich = in_parts((HTML, "<style>p {}</style><p>Only <b>rich</b></p>"))

    assert body_of(read(mail(1, **both))) == "Plain"
    assert body_of(read(mail(1, **rich))) == "Only **rich**"


def test_what_cannot_be_read_is_named_and_the_rest_comes(run):
    image = in_parts(("Content-Type: image/png", "x"))

    said = run(
        mail(1),
        mail(2, **image),
        mail(1, "The same again"),
        mail(3).replace(b"Date: ", b"X-Date: ").replace(b"Mon Mar 03", b"Xyz Mar 03"),
    )

    assert said.splitlines()[:3] == [
        "Messages left out: 2",
        "  message 2: has no text that can be read",
        "  message 4: has no date that can be read",
    ]
    assert "  message 3: stands above already, with the same Message-ID" in said
    assert Post.objects.count() == 1


def test_attachments_of_allowed_kinds_come_along(run, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    image = io.BytesIO()
    Image.new("RGB", (20, 10)).save(image, "PNG")
    png = "Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: inline; filename=chart.png"
    program = "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=run.exe"
    message = in_parts((PLAIN, "See the chart."), (png, base64.encodebytes(image.getvalue()).decode()), (program, "MZ"))

    said = run(mail(1, **message))

    assert [(kept.name, kept.post.body) for kept in Attachment.objects.all()] == [("chart.png", "See the chart.")]
    assert 'message 1: attachment "run.exe" is refused (kind)' in said


def test_the_next_month_goes_on_in_the_threads_of_this_one(run):
    run(mail(1))
    run(mail(2, "Re: Training examiners", head=replies(1), day=2), mail(3, "Fees", day=3))

    answer = Post.objects.get(number=2)
    assert Topic.objects.count() == 2
    assert (answer.reply_to.number, answer.discussion.topic.title_en) == (1, "Training examiners")
    assert run(mail(2, "Re: Training examiners", head=replies(1), day=2), mail(3, "Fees", day=3)).count(" 0 posts") == 2
    assert ImportedAuthor.objects.get().name == "Jane Doe"


@pytest.mark.parametrize("missing", ["audience", "room"])
def test_an_archive_does_not_say_who_could_read_it_so_it_has_to_be_said(run, missing):
    with pytest.raises(CommandError, match="Say with --audience"):
        run(mail(1), **{missing: ""})


def test_an_archive_that_is_closer_than_the_room_is_refused(run):
    with pytest.raises(CommandError, match="Refused"):
        run(mail(1), audience="restricted")

    assert not Post.objects.exists()
