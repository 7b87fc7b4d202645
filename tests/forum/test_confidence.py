"""What people wrote stays between them: logs and the audit trail carry ids, never words (ACC-03)."""

import logging
import smtplib
import uuid

import pytest

from accounts.enums import MailScope
from accounts.models import AuditEntry, Notice
from accounts.services import outbox
from forum.models import Follow
from forum.services.posts import edit_post
from tests.factories import DelegateFactory, DiscussionFactory, PostFactory

pytestmark = pytest.mark.django_db

WORDS = "Words between participants"


def test_logs_and_audit_trail_hold_no_words(client, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    author, discussion = DelegateFactory(full_name=WORDS), DiscussionFactory(topic__title_en=WORDS)
    client.force_login(author)
    form = {"body": WORDS, "submission_key": str(uuid.uuid4())}

    client.post(f"{discussion.get_absolute_url()}posts/", form)
    client.post(f"{discussion.get_absolute_url()}posts/", form | {"kind": WORDS})
    client.post(f"{discussion.get_absolute_url()}preview/", form)
    client.post("/rooms/en/999999/posts/", form)
    edit_post(actor=author, post=author.posts.get().pk, body=f"{WORDS}, reworded")
    client.post("/profile/", {"full_name": WORDS})
    client.logout()
    client.post(f"{discussion.get_absolute_url()}posts/", form)

    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("django.db", "factory"))]
    assert [message for message in ours if WORDS in message] == []
    assert [entry for entry in AuditEntry.objects.all() if WORDS in f"{entry.subject}{entry.facts}"] == []


def test_a_refused_letter_leaves_the_kind_of_fault_and_no_words(caplog, monkeypatch, settings):
    reader, post = DelegateFactory(), PostFactory(body=WORDS)
    Follow.objects.create(user=reader, discussion=post.discussion)
    outbox.notify({reader.pk: MailScope.POSTS}, kind="post.published", about=post)

    def refuse(self, messages):
        raise smtplib.SMTPDataError(554, WORDS.encode())

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    outbox.deliver_due()

    assert Notice.objects.get().last_error == "SMTPDataError"
    assert WORDS not in caplog.text
