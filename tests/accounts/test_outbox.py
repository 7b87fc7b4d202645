"""The outbox: written with the event, sent after it, and never lost, doubled or shown to the wrong reader."""

import re
import smtplib
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.enums import AccountStatus, MailScope, NoticeState, Pace, Role
from accounts.models import AuditEntry, MailPreference, Notice, User
from accounts.services import outbox, worker
from accounts.tasks import deliver_notices
from forum.enums import PostState
from forum.models import Discussion, DiscussionGrant, Follow
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

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def tell_of_topic(reader: User, discussion: Discussion) -> None:
    """Write the notice of a new topic for ``reader``, who follows its room."""
    Follow.objects.get_or_create(user=reader, room=discussion.room)
    outbox.notify({reader.pk: MailScope.TOPICS}, kind="topic.opened", about=discussion.topic)


def tell(reader: User, scope: MailScope = MailScope.POSTS, **post: object) -> Notice:
    """Write the notice of a new post for ``reader``, who follows its discussion."""
    about = PostFactory(**post)
    Follow.objects.get_or_create(user=reader, discussion=about.discussion)
    outbox.notify({reader.pk: scope}, kind="post.published", about=about)
    return Notice.objects.get(user=reader, object_id=about.pk)


class RefusingBackend(EmailBackend):
    """A mail server that refuses what ``refusals`` names, in turn, and takes the rest."""

    refusals: list[Exception] = []

    def send_messages(self, messages):
        if self.refusals:
            raise self.refusals.pop(0)
        return super().send_messages(messages)


@pytest.fixture
def refusals(settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    RefusingBackend.refusals = []
    return RefusingBackend.refusals


# --- Written with the event -------------------------------------------------------------------------


def test_the_worker_is_woken_after_the_commit_and_not_before(delegate, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(worker.current_app, "send_task", woken.append)

    with django_capture_on_commit_callbacks(execute=True):
        tell(delegate)
        before = list(woken)

    assert (before, woken) == ([], ["accounts.tasks.deliver_notices"])


def test_an_event_that_is_undone_leaves_no_notice(delegate):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(delegate)
        raise ZeroDivisionError

    assert not Notice.objects.exists()


def test_a_broker_that_is_away_loses_nothing(delegate, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(name):
        raise ConnectionError("no broker")

    monkeypatch.setattr(worker.current_app, "send_task", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        notice = tell(delegate)

    notice.refresh_from_db()
    assert notice.state == NoticeState.WAITING
    assert deliver_notices() == 1
    assert [message.to for message in mail.outbox] == [[delegate.email]]


def test_who_was_told_of_an_event_is_not_told_again(delegate):
    notice = tell(delegate)

    outbox.notify({delegate.pk: MailScope.REPLIES}, kind="post.published", about=notice.about)

    assert list(Notice.objects.values_list("key", "scope")) == [
        (f"post.published.{notice.object_id}.{delegate.pk}", MailScope.POSTS)
    ]


def test_nobody_to_tell_wakes_nobody(monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(worker.current_app, "send_task", lambda name: pytest.fail("woken"))

    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.notify({}, kind="post.published", about=PostFactory()) == 0


def test_many_notices_are_written_in_a_few_statements(django_assert_max_num_queries, monkeypatch, delegate):
    monkeypatch.setattr(outbox, "BATCH", 200)
    people = User.objects.bulk_create(
        User(
            email=f"reader{n}@forum.example",
            full_name=f"Reader {n}",
            member_state=delegate.member_state,
            status=AccountStatus.ACTIVE,
        )
        for n in range(500)
    )
    topic = TopicFactory()

    with django_assert_max_num_queries(5):
        count = outbox.notify({p.pk: MailScope.TOPICS for p in people}, kind="topic.opened", about=topic)

    assert (count, Notice.objects.count()) == (500, 500)


# --- The letter -------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_a_letter_is_threaded_and_can_be_ended_at_one_click():
    reader = DelegateFactory()
    topic = TopicFactory(title_en="Training that lasts")
    discussion = DiscussionFactory(topic=topic, room=RoomFactory(language="en"))
    first = PostFactory(discussion=discussion, author=reader)
    notice = tell(reader, discussion=discussion, reply_to=first)

    outbox.deliver_due()

    (message,) = mail.outbox
    domain = settings.MAIL_DOMAIN
    opened, answered = (
        f"<topic.opened.{topic.pk}.{reader.pk}@{domain}>",
        f"<post.published.{first.pk}.{reader.pk}@{domain}>",
    )
    assert message.extra_headers == {
        "Message-ID": f"<{notice.key}@{domain}>",
        "List-Id": f"<en.{domain}>",
        "List-Unsubscribe": f"<{outbox.stop_url(reader, MailScope.POSTS)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "In-Reply-To": answered,
        "References": f"{opened} {answered}",
    }
    assert (message.subject, message.to) == ("Re: This week: Training that lasts", [reader.email])


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Training that lasts"), ("fr", "Une formation qui dure"), ("es", "Una formación que perdura")],
)
def test_a_letter_is_in_the_language_of_its_reader_as_text_and_as_html(language, title):
    reader = DelegateFactory(language=language)
    discussion = DiscussionFactory()
    tell_of_topic(reader, discussion)

    outbox.deliver_due()

    (message,) = mail.outbox
    (html, kind) = message.alternatives[0]
    link = f"{settings.PUBLIC_URL}{discussion.get_absolute_url()}"
    assert kind == "text/html"
    assert f'<html lang="{language}"' in html
    assert f'href="{link}"' in html
    assert title in message.subject
    assert title in html
    assert title in message.body
    assert link in message.body


@time_machine.travel(NOW, tick=False)
def test_a_letter_gives_times_by_its_readers_clocks():
    reader = DelegateFactory(time_zone="America/Bogota")
    discussion = DiscussionFactory(topic__closes_at=datetime(2026, 11, 23, 4, 59, tzinfo=UTC))
    tell_of_topic(reader, discussion)

    outbox.deliver_due()

    assert "22 Nov 2026, 23:59" in mail.outbox[0].body
    assert "23 Nov 2026, 05:59" in mail.outbox[0].body


def test_a_topic_without_an_end_is_told_too(delegate):
    discussion = DiscussionFactory(topic__closes_at=None)
    tell_of_topic(delegate, discussion)

    outbox.deliver_due()

    assert [message.to for message in mail.outbox] == [[delegate.email]]


def test_the_text_part_says_what_was_written_and_the_html_part_escapes_it(delegate):
    tell(delegate, body='Fees < 5 & "free" <script>alert(1)</script> **bold**')

    outbox.deliver_due()

    (message,) = mail.outbox
    html = message.alternatives[0][0]
    assert 'Fees < 5 & "free" <script>alert(1)</script> **bold**' in message.body
    assert "<script" not in html
    assert "<strong>bold</strong>" in html


@pytest.mark.parametrize(
    "inserted", ["\nBcc: everybody@elsewhere.example", "\r\nX-Other: 1", "\u2028X: 1", "\x0bX: 1", "\x85X: 1"]
)
def test_nothing_that_somebody_writes_adds_a_header(delegate, inserted):
    topic = TopicFactory(title_en=f"Training{inserted}")
    author = DelegateFactory(full_name=f"Delegate{inserted}")
    tell(delegate, discussion=DiscussionFactory(topic=topic), author=author)

    outbox.deliver_due()

    (message,) = mail.outbox
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert sorted(parsed.keys()) == sorted(
        [
            *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "List-Id"),
            *("List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "In-Reply-To", "References"),
        ]
    )
    assert message.recipients() == [delegate.email]


# --- Access and wishes, asked again at the moment of sending -----------------------------------------


def refuse_nothing(reader: User, notice: Notice) -> None:
    pass


def suspend(reader: User, notice: Notice) -> None:
    User.objects.filter(pk=reader.pk).update(suspended_until=timezone.now() + timedelta(days=1))


def leave(reader: User, notice: Notice) -> None:
    User.objects.filter(pk=reader.pk).update(status=AccountStatus.LEFT)


def take_back_the_acceptance(reader: User, notice: Notice) -> None:
    reader.acceptances.all().delete()


def end_the_mail(reader: User, notice: Notice) -> None:
    outbox.set_pace(reader, MailScope.POSTS, Pace.NONE)


def end_other_mail(reader: User, notice: Notice) -> None:
    outbox.set_pace(reader, MailScope.TOPICS, Pace.NONE)


def withdraw_the_post(reader: User, notice: Notice) -> None:
    type(notice.about).objects.filter(pk=notice.object_id).update(state=PostState.WITHDRAWN)


def remove_the_post(reader: User, notice: Notice) -> None:
    type(notice.about).objects.filter(pk=notice.object_id).update(state=PostState.REMOVED)


def hold_the_post(reader: User, notice: Notice) -> None:
    type(notice.about).objects.filter(pk=notice.object_id).update(state=PostState.HELD)


def lose_the_post(reader: User, notice: Notice) -> None:
    notice.about.delete()


@pytest.mark.parametrize(
    ("meanwhile", "state"),
    [
        (refuse_nothing, NoticeState.SENT),
        (end_other_mail, NoticeState.SENT),
        (suspend, NoticeState.DROPPED),
        (leave, NoticeState.DROPPED),
        (take_back_the_acceptance, NoticeState.DROPPED),
        (end_the_mail, NoticeState.DROPPED),
        (withdraw_the_post, NoticeState.DROPPED),
        (remove_the_post, NoticeState.DROPPED),
        (hold_the_post, NoticeState.DROPPED),
        (lose_the_post, NoticeState.DROPPED),
    ],
)
def test_what_is_no_longer_wanted_or_allowed_is_not_sent(delegate, meanwhile, state):
    notice = tell(delegate)

    meanwhile(delegate, notice)
    outbox.deliver_due()

    notice.refresh_from_db()
    assert (notice.state, len(mail.outbox)) == (state, 1 if state == NoticeState.SENT else 0)


@pytest.mark.parametrize(("days", "state"), [(1, NoticeState.SENT), (-1, NoticeState.DROPPED)])
def test_an_external_stakeholder_gets_mail_until_the_admission_ends(days, state):
    discussion = DiscussionFactory()
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, discussion)
    notice = tell(external, discussion=discussion)

    DiscussionGrant.objects.update(ends_at=timezone.now() + timedelta(days=days))
    outbox.deliver_due()

    notice.refresh_from_db()
    assert (notice.state, len(mail.outbox)) == (state, 1 if state == NoticeState.SENT else 0)


def test_an_external_stakeholder_is_never_sent_another_discussion():
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, DiscussionFactory())
    tell(external)
    outbox.notify({external.pk: MailScope.TOPICS}, kind="topic.opened", about=DiscussionFactory().topic)

    outbox.deliver_due()

    assert mail.outbox == []


def test_a_facilitator_is_told_of_a_topic_only_in_their_own_room():
    topic = TopicFactory()
    DiscussionFactory(topic=topic, room=RoomFactory(language="en"))
    own = DiscussionFactory(topic=topic, room=RoomFactory(language="fr"))
    facilitator = UserFactory(role=Role.FACILITATOR, language="en", languages_read=["en"])
    grant(facilitator, own.room)
    tell_of_topic(facilitator, own)

    outbox.deliver_due()

    assert own.get_absolute_url() in mail.outbox[0].body


# --- Refusals and retries ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "refusal",
    [
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPRecipientsRefused({"a": (450, b"later")}),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
)
def test_a_refused_letter_waits_and_is_sent_when_the_server_takes_it(delegate, refusals, refusal):
    refusals.append(refusal)
    with time_machine.travel(NOW, tick=False):
        notice = tell(delegate)
        outbox.deliver_due()
    notice.refresh_from_db()

    assert (notice.state, notice.attempts, notice.next_attempt_at, notice.last_error) == (
        NoticeState.WAITING,
        1,
        NOW + settings.NOTICE_RETRIES[0],
        type(refusal).__name__,
    )
    with time_machine.travel(NOW + timedelta(seconds=59), tick=False):
        assert outbox.deliver_due() == 0
    with time_machine.travel(NOW + timedelta(seconds=60), tick=False):
        assert outbox.deliver_due() == 1
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, len(mail.outbox)) == (NoticeState.SENT, NOW + timedelta(minutes=1), 1)


def test_a_server_that_is_away_is_met_once_and_the_other_letters_keep_their_tries(refusals):
    refusals.append(ConnectionRefusedError())
    first, second = tell(DelegateFactory()), tell(DelegateFactory())

    assert outbox.deliver_due() == 1

    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0, 1]
    assert outbox.deliver_due() == 1
    states = Notice.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk").values_list("state", flat=True)
    assert list(states) == [NoticeState.WAITING, NoticeState.SENT]


def test_one_refused_recipient_does_not_hold_up_the_others(refusals):
    refusals.append(smtplib.SMTPRecipientsRefused({"a": (550, b"unknown")}))
    tell(DelegateFactory())
    tell(DelegateFactory())

    assert (outbox.deliver_due(), len(mail.outbox)) == (2, 1)


def test_the_delay_grows_until_the_letter_is_given_up(delegate, refusals):
    refusals.extend(ConnectionRefusedError() for _attempt in range(20))
    with time_machine.travel(NOW, tick=False) as clock:
        notice = tell(delegate)
        delays = []
        while notice.state == NoticeState.WAITING:
            outbox.deliver_due()
            notice.refresh_from_db()
            if notice.state == NoticeState.WAITING:
                delays.append(notice.next_attempt_at - timezone.now())
                clock.move_to(notice.next_attempt_at)

    assert delays == settings.NOTICE_RETRIES == sorted(settings.NOTICE_RETRIES)
    assert (notice.state, notice.attempts, mail.outbox) == (NoticeState.FAILED, len(delays) + 1, [])


def test_a_letter_given_up_is_tried_again_when_the_secretariat_says_so(delegate, refusals):
    notice = tell(delegate)
    Notice.objects.update(state=NoticeState.FAILED, attempts=9, next_attempt_at=timezone.now() + timedelta(days=2))
    secretariat = UserFactory(role=Role.SECRETARIAT)

    count = outbox.try_again(actor=secretariat, notices=Notice.objects.all())
    outbox.deliver_due()

    notice.refresh_from_db()
    assert (count, notice.state, len(mail.outbox)) == (1, NoticeState.SENT, 1)
    assert AuditEntry.objects.filter(action="notices.tried_again").values_list("actor", "facts").get() == (
        secretariat.pk,
        {"count": 1},
    )


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.EXPERT, Role.EVALUATOR])
def test_nobody_but_the_secretariat_has_letters_tried_again(delegate, role):
    notice = tell(delegate)
    Notice.objects.update(state=NoticeState.FAILED)

    with pytest.raises(PermissionDenied):
        outbox.try_again(actor=UserFactory(role=role), notices=Notice.objects.all())

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED


def test_what_was_sent_is_not_sent_again_by_trying_again(delegate):
    tell(delegate)
    outbox.deliver_due()

    count = outbox.try_again(actor=UserFactory(role=Role.SECRETARIAT), notices=Notice.objects.all())

    assert (count, outbox.deliver_due(), len(mail.outbox)) == (0, 0, 1)


def test_one_letter_that_cannot_be_written_does_not_hold_up_the_others(delegate, monkeypatch):
    broken, sound = tell(delegate), tell(delegate)
    write = outbox._kinds["post.published"].composer

    def fail_on_the_first(notice):
        if notice.pk == broken.pk:
            User.objects.filter(pk="no number").exists()
        return write(notice)

    monkeypatch.setitem(outbox._kinds, "post.published", outbox._Kind(fail_on_the_first, is_service=False))

    outbox.deliver_due()

    states = dict(Notice.objects.values_list("pk", "state"))
    assert states == {broken.pk: NoticeState.WAITING, sound.pk: NoticeState.SENT}


def test_a_fault_of_the_database_in_one_letter_does_not_hold_up_the_others(delegate, monkeypatch):
    broken, sound = tell(delegate), tell(delegate)
    write = outbox._kinds["post.published"].composer

    def fail_on_the_first(notice):
        if notice.pk == broken.pk:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return write(notice)

    monkeypatch.setitem(outbox._kinds, "post.published", outbox._Kind(fail_on_the_first, is_service=False))

    outbox.deliver_due()

    states = dict(Notice.objects.values_list("pk", "state"))
    assert states == {broken.pk: NoticeState.WAITING, sound.pk: NoticeState.SENT}


def test_the_sweep_sends_what_is_due_the_oldest_first_and_leaves_what_is_not(delegate):
    with time_machine.travel(NOW, tick=False):
        late, early, later = tell(delegate), tell(delegate), tell(delegate)
        Notice.objects.filter(pk=early.pk).update(next_attempt_at=NOW - timedelta(hours=1))
        Notice.objects.filter(pk=later.pk).update(next_attempt_at=NOW + timedelta(hours=1))

        assert deliver_notices() == 2

    keys = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert keys == [outbox.message_id(early.key), outbox.message_id(late.key)]


def test_one_go_has_an_end(delegate):
    for _notice in range(3):
        tell(delegate)

    assert (outbox.deliver_due(limit=2), outbox.deliver_due(limit=2)) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_letter_once():
    reader = DelegateFactory()
    for _notice in range(12):
        tell(reader)
    together = threading.Barrier(2)
    dealt_with: list[int] = []

    def work() -> None:
        together.wait()
        try:
            dealt_with.append(outbox.deliver_due())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()

    sent = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert sorted(sent) == sorted(outbox.message_id(key) for key in Notice.objects.values_list("key", flat=True))
    assert sum(dealt_with) == 12


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_another_worker_is_sending_is_left_to_it():
    reader = DelegateFactory()
    held, free = tell(reader), tell(reader)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Notice.objects.select_for_update().get(pk=held.pk)
            locked.set()
            done.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    locked.wait(10)
    try:
        outbox.deliver_due()
        states = dict(Notice.objects.values_list("pk", "state"))
    finally:
        done.set()
        other.join()

    assert states == {held.pk: NoticeState.WAITING, free.pk: NoticeState.SENT}


# --- Ending one kind of mail (RFC 8058) -------------------------------------------------------------


def stop_address(reader: User, scope: MailScope = MailScope.POSTS) -> str:
    return outbox.stop_url(reader, scope).removeprefix(settings.PUBLIC_URL)


def test_one_click_ends_one_kind_of_mail_without_signing_in(delegate):
    one_click = Client(enforce_csrf_checks=True)

    response = one_click.post(stop_address(delegate), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert list(MailPreference.objects.values_list("user", "scope", "pace")) == [(delegate.pk, "posts", "none")]
    assert list(AuditEntry.objects.values_list("actor", "action", "facts")) == [
        (delegate.pk, "mail.pace_set", {"scope": "posts", "pace": "none"})
    ]


def test_opening_the_address_ends_nothing_until_the_button_is_pressed(client, delegate):
    page = client.get(stop_address(delegate))

    assert (page.status_code, MailPreference.objects.count()) == (200, 0)
    assert '<form method="post">' in page.content.decode()


def test_the_address_in_a_letter_ends_its_kind_of_mail(client, delegate):
    tell(delegate)
    outbox.deliver_due()
    address = re.search(r"/mail/stop/[^>\s]+", mail.outbox[0].extra_headers["List-Unsubscribe"])[0]

    client.post(address, {"List-Unsubscribe": "One-Click"})

    assert outbox.pace_of(delegate, MailScope.POSTS) == Pace.NONE
    assert outbox.pace_of(delegate, MailScope.REPLIES) == Pace.AT_ONCE


def test_the_page_is_in_its_readers_language(client):
    reader = DelegateFactory(language="fr")

    assert '<html lang="fr"' in client.get(stop_address(reader), headers={"accept-language": "es"}).content.decode()


@pytest.mark.parametrize("token", ["x", "W10:1abc:zzz", "%00", "a" * 2000, "..%2F..", "é"])
def test_an_address_that_is_not_ours_ends_nothing(client, delegate, token):
    assert client.post(f"/mail/stop/{token}/").status_code == 404
    assert not MailPreference.objects.exists()


def test_a_signature_made_for_something_else_ends_nothing(client, delegate):
    token = outbox.signing.dumps([delegate.pk, "posts"], salt="forum.post-form")

    assert client.post(f"/mail/stop/{token}/").status_code == 404


def test_the_address_of_a_person_who_is_gone_is_nothing(client, delegate):
    address = stop_address(delegate)
    delegate.acceptances.all().delete()
    delegate.delete()

    assert client.get(address).status_code == 404


# --- Wishes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "chosen", "at_once"),
    [
        (MailScope.TOPICS, None, True),
        (MailScope.TOPICS, Pace.NONE, False),
        (MailScope.REPLIES, None, True),
        (MailScope.REPLIES, Pace.NONE, False),
        (MailScope.POSTS, None, False),
        (MailScope.POSTS, Pace.AT_ONCE, True),
        (MailScope.POSTS, Pace.NONE, False),
    ],
)
def test_people_are_told_as_they_chose_or_by_default(delegate, scope, chosen, at_once):
    if chosen:
        MailPreference.objects.create(user=delegate, scope=scope, pace=chosen)
    other = next(other for other in MailScope if other != scope)
    MailPreference.objects.create(user=delegate, scope=other, pace=Pace.NONE)

    assert User.objects.wanting(scope, Pace.AT_ONCE).filter(pk=delegate.pk).exists() is at_once
