import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pytest_django.asserts import assertContains

from accounts.models import Notice
from accounts.services.outbox import deliver_due
from tests.factories import EngagementFactory, UserFactory, WebinarFactory
from webinars.models import Engagement
from webinars.services.experts import add_expert, ask_consent, change_expert, remove_expert

VALUES = {"full_name": "A. Speaker", "email": "speaker@university.example", "language": "fr", "role": "speaker"}


@pytest.fixture
def actor(db):
    return UserFactory()


@pytest.fixture
def link(actor):
    """The personal link that an expert is sent, and whose it is."""
    expert = EngagementFactory(language="es", full_name="Á. Ponente")
    ask_consent(actor=actor, expert=expert.pk)
    deliver_due()
    return re.search(r"/webinars/experts/\w+/", mail.outbox[-1].body)[0]


def test_an_expert_is_named_at_the_end_of_the_list(actor):
    webinar = WebinarFactory()
    first, second = (add_expert(actor=actor, webinar=webinar.pk, values=VALUES) for _n in range(2))

    assert [first.position, second.position] == [0, 1]
    assert (first.consents_to_recording, first.consented_at) == (None, None)


def test_an_answer_given_otherwise_is_entered_with_its_time(actor):
    expert = EngagementFactory()

    changed = change_expert(actor=actor, expert=expert.pk, values={"consents_to_recording": True})

    assert changed.consented_at is not None
    assert change_expert(actor=actor, expert=expert.pk, values={"consents_to_recording": None}).consented_at is None


def test_an_expert_answers_through_the_link_and_may_change_the_answer(client, link):
    shown = client.get(link)
    assertContains(shown, "Á. Ponente")
    assert shown.headers["Referrer-Policy"] == "same-origin"  # the address is the key
    assert Engagement.objects.get().consents_to_recording is None

    client.post(link, {"answer": "yes"})
    assert Engagement.objects.get().consents_to_recording is True
    client.post(link, {"answer": "no"})
    assert Engagement.objects.get().consents_to_recording is False
    client.post(link, {"answer": "perhaps"})
    assert Engagement.objects.get().consents_to_recording is False


def test_the_letter_is_in_the_experts_language_and_the_link_is_kept_as_a_digest(link):
    message = mail.outbox[-1]

    assert message.to == [Engagement.objects.get().email]
    assert Engagement.objects.get().token_hash not in message.body
    assert link.split("/")[3] not in Engagement.objects.get().token_hash


def test_who_asks_again_sends_another_letter_with_the_same_link(actor, link):
    ask_consent(actor=actor, expert=Engagement.objects.get().pk)
    deliver_due()

    assert len(mail.outbox) == 2
    assert link in mail.outbox[1].body


def test_another_address_ends_the_link_and_the_letter_that_waits(client, actor, link):
    expert = Engagement.objects.get()
    ask_consent(actor=actor, expert=expert.pk)

    change_expert(actor=actor, expert=expert.pk, values={"email": "new@university.example"})
    deliver_due()

    assert client.get(link).status_code == 404
    assert Notice.objects.filter(state="dropped").count() == 1
    assert len(mail.outbox) == 1


def test_a_link_nobody_was_sent_leads_nowhere(client, db):
    EngagementFactory()

    assert client.get(reverse("webinars:expert_consent", args=["0" * 64])).status_code == 404


def test_who_has_no_address_is_not_asked(actor):
    expert = EngagementFactory(email="")

    with pytest.raises(ValidationError) as refusal:
        ask_consent(actor=actor, expert=expert.pk)

    assert refusal.value.code == "no_address"
    assert not Notice.objects.exists()


def test_an_expert_is_removed_before_the_webinar_begins(actor):
    planned, held = EngagementFactory(), EngagementFactory(webinar__state="held")

    remove_expert(actor=actor, expert=planned.pk)
    with pytest.raises(PermissionDenied, match="has begun"):
        remove_expert(actor=actor, expert=held.pk)

    assert list(Engagement.objects.all()) == [held]


def test_members_neither_name_nor_change_nor_ask_experts(delegate):
    expert = EngagementFactory()

    for act in (
        lambda: add_expert(actor=delegate, webinar=expert.webinar_id, values=VALUES),
        lambda: change_expert(actor=delegate, expert=expert.pk, values={"full_name": "Mine"}),
        lambda: ask_consent(actor=delegate, expert=expert.pk),
        lambda: remove_expert(actor=delegate, expert=expert.pk),
    ):
        with pytest.raises(PermissionDenied, match="Only the Secretariat"):
            act()


def test_the_secretariat_adds_changes_asks_and_removes_on_the_page(client, actor):
    client.force_login(actor)
    webinar = WebinarFactory()
    refused = client.post(reverse("webinars:expert_create", args=[webinar.pk]), {**VALUES, "full_name": "A\u202eB"})
    client.post(reverse("webinars:expert_create", args=[webinar.pk]), VALUES)
    expert = Engagement.objects.get()
    page = reverse("webinars:expert_edit", args=[expert.pk])

    client.post(page, {**VALUES, "full_name": "B. Speaker"})
    client.post(page, {"action": "ask"})

    assert refused.status_code == 422
    expert.refresh_from_db()
    assert expert.full_name == "B. Speaker"
    assert Notice.objects.filter(kind="expert.consent_asked").count() == 1
    client.post(page, {"action": "remove"})
    assert not Engagement.objects.exists()
