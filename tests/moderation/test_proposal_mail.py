"""Topics that are proposed by mail."""

import io
import sys
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from pytest_django.asserts import assertContains

from accounts.enums import AccountStatus, Role
from accounts.models import User
from accounts.services import outbox
from moderation.models import TopicProposal
from moderation.services.proposal_mail import proposal_address, take_proposal
from tests.factories import DelegateFactory, UserFactory

TEXT = "Plusieurs offices nous le demandent.\n\nIls forment leurs examinateurs seuls."


@pytest.fixture
def sender(core_rooms) -> User:
    return DelegateFactory(language="fr", languages_read=["fr", "en"], email="delegate@ipo.example")


def letter(sender: User, text: str = TEXT, subject: str = "Former à distance", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Somebody <{sender.email}>"
    message["To"] = proposal_address(sender)
    message["Subject"] = subject
    message["Message-ID"] = "<1@ipo.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def answers(mailoutbox, user: User) -> list[str]:
    """Send what waits; return what ``user`` was answered."""
    mailoutbox.clear()
    outbox.deliver_due()
    return [mail.body for mail in mailoutbox if mail.to == [user.email]]


def test_a_letter_becomes_a_proposal_in_its_senders_language_and_is_answered(sender, mailoutbox):
    assert take_proposal(letter(sender).as_bytes()) == "taken"

    proposal = TopicProposal.objects.get()
    assert (proposal.title, proposal.why, proposal.language) == ("Former à distance", TEXT, "fr")
    assert (proposal.proposed_by, proposal.member_state, proposal.by_mail) == (sender, sender.member_state, True)
    assert not proposal.names_proposer
    [answer] = answers(mailoutbox, sender)
    assert proposal.get_absolute_url() in answer


def test_quotations_and_signature_are_left_out(sender):
    text = (
        f"{TEXT}\n\n-- \nA. Delegate\nOffice\n\n"
        "On Mon, 16 Nov 2026 at 10:00, The Forum <forum@forum.example> wrote:\n> This week: Training\n> Read on"
    )

    take_proposal(letter(sender, text).as_bytes())

    assert TopicProposal.objects.get().why == TEXT


@pytest.mark.parametrize(
    "introduced",
    [
        "Le lun. 16 nov. 2026 à 10:00, Le forum <forum@forum.example> a écrit :",
        "El lun, 16 nov 2026 a las 10:00, El foro (<forum@forum.example>) escribió:",
        "пн, 16 нояб. 2026 г. в 10:00, Форум <forum@forum.example>:",
        "في الاثنين، 16 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة <forum@forum.example>:",
        "2026年11月16日 10:00，论坛 <forum@forum.example> 写道：",
    ],
)
def test_quotations_are_left_out_in_whatever_language_a_client_introduces_them(sender, introduced):
    text = f"{TEXT}\n\n{introduced}\n\n> Cette semaine\n> Lire\n"

    take_proposal(letter(sender, text).as_bytes())

    assert TopicProposal.objects.get().why == TEXT


@pytest.mark.parametrize("subject", ["Re: Former à distance", "RE : TR: Former à distance", "Fwd: Former à distance"])
def test_what_mail_clients_put_before_a_subject_is_no_title(sender, subject):
    take_proposal(letter(sender, subject=subject).as_bytes())

    assert TopicProposal.objects.get().title == "Former à distance"


def test_of_html_the_text_is_kept(sender):
    message = letter(sender)
    message.set_content("<p>Plusieurs &amp; beaucoup.</p><p>Seuls<br>ici.</p><script>alert(1)</script>", subtype="html")

    take_proposal(message.as_bytes())

    why = TopicProposal.objects.get().why
    assert [line for line in why.splitlines() if line] == ["Plusieurs & beaucoup.", "Seuls", "ici."]


def test_attachments_are_left_out_with_a_sentence(sender, mailoutbox):
    message = letter(sender)
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")

    assert take_proposal(message.as_bytes()) == "taken"

    [answer] = answers(mailoutbox, sender)
    assert "attached" in answer or "jointes" in answer or "joint" in answer
    assert TopicProposal.objects.get().why == TEXT


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"subject": ""}, "no_title"),
        ({"subject": "Re: "}, "no_title"),
        ({"subject": "x" * 121}, "long_title"),
        ({"text": ""}, "no_text"),
        ({"text": "\u200b \n"}, "no_text"),
        ({"text": "-- \nA. Delegate"}, "no_text"),
        ({"text": "mot " * 1_001}, "long_text"),
        ({"From": "Somebody <someone@elsewhere.example>"}, "another_sender"),
    ],
)
def test_a_letter_that_is_not_taken_is_answered_with_what_to_do(sender, mailoutbox, change, outcome):
    assert take_proposal(letter(sender, **change).as_bytes()) == outcome

    assert not TopicProposal.objects.exists()
    assert len(answers(mailoutbox, sender)) == 1
    assert {address for mail in mailoutbox for address in mail.to} == {sender.email}  # never to who pretends


def test_a_letter_of_just_the_length_is_taken(sender):
    text = "m" * 4_000

    assert take_proposal(letter(sender, text, subject="x" * 120).as_bytes()) == "taken"


def test_a_letter_that_is_too_big_is_answered(sender, mailoutbox, settings):
    settings.PROPOSAL_MAIL_BYTES = 2_000

    assert take_proposal(letter(sender, "mot " * 900).as_bytes()) == "too_big"

    assert len(answers(mailoutbox, sender)) == 1


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List_Id": "<forum.forum.example>"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"From": "MAILER-DAEMON@ipo.example"},
    ],
)
def test_machines_are_not_answered(sender, mailoutbox, header):
    assert take_proposal(letter(sender, **header).as_bytes()) == "ignored"

    assert not TopicProposal.objects.exists()
    assert answers(mailoutbox, sender) == []


def test_a_person_may_say_that_no_machine_has_sent_it(sender):
    assert take_proposal(letter(sender, Auto_Submitted="no").as_bytes()) == "taken"


def test_a_letter_delivered_twice_proposes_and_answers_once(sender, mailoutbox):
    raw = letter(sender).as_bytes()

    assert [take_proposal(raw), take_proposal(raw)] == ["taken", "taken"]

    assert TopicProposal.objects.count() == 1
    assert len(answers(mailoutbox, sender)) == 1


@pytest.mark.parametrize("wrong", ["propose+1-00000000000000000000@localhost", "propose@localhost", "x@y.example", ""])
def test_letters_to_no_address_of_ours_are_let_go(sender, mailoutbox, wrong):
    assert take_proposal(letter(sender, To=wrong or "nobody").as_bytes()) == "ignored"

    assert answers(mailoutbox, sender) == []


def test_an_address_is_its_persons_alone(sender):
    other = DelegateFactory()

    assert proposal_address(sender) != proposal_address(other)
    assert take_proposal(letter(sender, To=proposal_address(other)).as_bytes()) == "another_sender"
    forged = proposal_address(sender).replace(f"+{sender.pk}-", f"+{other.pk}-")
    assert take_proposal(letter(sender, To=forged).as_bytes()) == "ignored"


def test_the_address_works_in_capitals_and_after_the_key_was_changed(sender, settings):
    address = proposal_address(sender)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-of-the-forum"

    assert take_proposal(letter(sender).as_bytes(), recipient=address.upper()) == "taken"
    assert proposal_address(sender) != address


@pytest.mark.parametrize(
    "change",
    [{"status": AccountStatus.LEFT}, {"role": Role.EVALUATOR, "member_state": None}],
)
def test_who_may_not_propose_on_the_site_may_not_by_mail(sender, change):
    User.objects.filter(pk=sender.pk).update(**change)

    assert take_proposal(letter(sender).as_bytes()) == "refused"
    assert not TopicProposal.objects.exists()


def test_after_some_letters_a_day_no_more_are_read(sender, settings):
    settings.PROPOSAL_MAILS_A_DAY = 2

    outcomes = [take_proposal(letter(sender, subject=f"Cours {n}").as_bytes()) for n in range(3)]

    assert outcomes == ["taken", "taken", "ignored"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"To: propose+1-\r\n\r\n",
        b"Subject: =?utf-99?b?AAAA?=\r\nFrom: =?x?q?=\r\n\r\n\xff",
        b"Content-Type: multipart/mixed\r\n\r\nnothing",
    ],
)
def test_any_bytes_are_a_letter(db, raw):
    assert take_proposal(raw) == "ignored"


@pytest.mark.parametrize(
    "broken",
    [
        b"Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: 8bit\r\n\r\nUn texte \xe9crit.\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n====\r\nUn texte\r\n",
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\nUn texte.\r\n',
    ],
)
def test_a_letter_that_is_damaged_never_fails(sender, broken):
    head = f"From: {sender.email}\r\nTo: {proposal_address(sender)}\r\nSubject: Cours\r\n".encode()

    assert take_proposal(head + broken) in {"taken", "no_text"}


def test_the_command_reads_a_letter_as_a_mail_server_pipes_it(sender, monkeypatch):
    raw = letter(sender, To="undisclosed").as_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    said = io.StringIO()

    call_command("receive_mail", proposal_address(sender), stdout=said)

    assert said.getvalue().strip() == "taken"
    assert TopicProposal.objects.get().proposed_by == sender


def test_the_page_shows_ones_own_address(client, sender):
    client.force_login(sender)

    assertContains(client.get("/proposals/new/"), f"mailto:{proposal_address(sender)}")


def test_a_moderator_proposes_by_mail_too(core_rooms):
    assert take_proposal(letter(UserFactory(role=Role.MODERATOR)).as_bytes()) == "taken"
