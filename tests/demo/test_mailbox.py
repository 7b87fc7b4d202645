"""The demonstration's mailbox: what arrives by SMTP is shown, and can do nothing."""

import asyncio
import smtplib
import socket
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from pytest_django.asserts import assertContains, assertNotContains

from demo import mailbox
from demo.mailbox import MailboxHandler

SUBJECT = "Cette semaine : un an après la formation, comment savoir ce qui est resté dans les offices ?"


@pytest.fixture(autouse=True)
def _empty_mailbox(settings, tmp_path):
    settings.DEMO_MAILBOX = tmp_path / "mailbox"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def letter(subject: str = SUBJECT, text: str = "Bonjour", html: str = "<p>Bonjour</p>") -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(subject, text, "forum@forum.example", ["senegal@forum.example"])
    message.attach_alternative(html, "text/html")
    return message


def receive(content: bytes) -> None:
    answer = asyncio.run(MailboxHandler().handle_DATA(None, None, SimpleNamespace(original_content=content)))
    assert answer.startswith("250 ")


def test_a_letter_sent_by_smtp_is_shown_with_its_subject_and_both_parts(client, db):
    controller = Controller(MailboxHandler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        EmailBackend(host="127.0.0.1", port=controller.port).send_messages([letter(text="Bonjour à tous")])
    finally:
        controller.stop()

    (view,) = mailbox.letters()
    assert (view.subject, view.to, view.text.strip()) == (SUBJECT, "senegal@forum.example", "Bonjour à tous")
    assertContains(client.get("/demo/mail/"), SUBJECT)
    page = client.get(f"/demo/mail/{view.key}/")
    assertContains(page, "Bonjour à tous")
    assertContains(page, "<p>Bonjour</p>")


def test_a_long_subject_in_utf8_is_read_without_the_space_of_its_fold():
    content = letter().message().as_bytes(linesep="\r\n")
    assert b"Subject: \r\n =?utf-8?" in content

    receive(content)

    assert mailbox.letters()[0].subject == SUBJECT


def test_the_time_of_a_letter_names_its_zone():
    receive(b"Date: Sat, 21 Nov 2026 07:59:39 -0000\r\nSubject: In UTC\r\n\r\nText\r\n")

    assert mailbox.letters()[0].sent_at == datetime(2026, 11, 21, 7, 59, 39, tzinfo=UTC)


@pytest.mark.parametrize("head", [b"From: a@forum.example\r\n", b"Date: tomorrow\r\n"])
def test_a_letter_without_headers_is_shown_all_the_same(client, db, head):
    receive(head + b"\r\nText alone\r\n")

    (view,) = mailbox.letters()
    assert (view.subject, view.to, view.text.strip()) == ("", "", "Text alone")
    assert view.sent_at.tzinfo is not None
    assert client.get("/demo/mail/").status_code == 200


def test_the_latest_letter_is_first():
    for number in range(5):
        receive(letter(subject=f"Letter {number}").message().as_bytes())

    assert [view.subject for view in mailbox.letters()] == [f"Letter {number}" for number in (4, 3, 2, 1, 0)]


def test_html_that_could_act_is_cleaned_away(client, db):
    hostile = (
        "<p onclick='alert(1)'>Kept</p><script>alert(2)</script><iframe src='//x.example'></iframe>"
        "<a href='javascript:alert(3)'>link</a><form action='//x.example'><input></form><style>p{}</style>"
    )
    receive(letter(html=hostile, subject="<b>bold</b>").message().as_bytes())

    (view,) = mailbox.letters()
    assert view.html == '<p>Kept</p><a rel="noopener noreferrer">link</a>'
    page = client.get(f"/demo/mail/{view.key}/")
    assertContains(page, "<p>Kept</p>")
    assertNotContains(page, "<b>bold</b>")


def test_links_in_a_letter_can_be_followed(client, db):
    receive(letter(html='<p><a href="http://localhost:8000/posts/1/">Read</a></p>').message().as_bytes())

    assertContains(client.get(f"/demo/mail/{mailbox.letters()[0].key}/"), 'href="http://localhost:8000/posts/1/"')


@pytest.mark.parametrize("key", ["unknown", "..", "new", "%2e%2e%2fsecret_key"])
def test_an_unknown_letter_is_not_found(client, db, key):
    assert client.get(f"/demo/mail/{key}/").status_code == 404


def test_the_empty_mailbox_says_so(client, db):
    assertContains(client.get("/demo/mail/"), "No letter has been sent yet.")


def test_the_mailbox_refuses_nothing_that_the_forum_sends(db):
    controller = Controller(MailboxHandler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with smtplib.SMTP("127.0.0.1", controller.port) as smtp:
            refused = smtp.sendmail("forum@forum.example", ["a@forum.example"], letter().message().as_bytes())
    finally:
        controller.stop()

    assert refused == {}
    assert len(mailbox.letters()) == 1
