"""Messages to organisations: to those that agree, each once and in its language; answered without an account.

Source: ACC-12, CDIP/11/4 rec 71 b).
"""

import io
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry, Circular, CircularCopy
from accounts.services import outbox
from accounts.services.circulars import (
    answer_address,
    answer_circular,
    change_circular,
    discard_circular,
    discard_old_circulars,
    send_circular,
    write_circular,
)
from accounts.services.contacts import personal_address, stop_mail
from tests.factories import (
    CircularFactory,
    DelegateFactory,
    MandateFactory,
    MemberStateFactory,
    StakeholderContactFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal_point():
    return MandateFactory().user


@pytest.fixture
def secretariat():
    return UserFactory(role=Role.SECRETARIAT)


def typed(**changed):
    return {
        "subject_en": "Training",
        "text_en": "Which training do you need?",
        "answers_until": str(timezone.localdate() + timedelta(days=9)),
        **changed,
    }


def send(circular, actor):
    count = send_circular(actor=actor, circular=circular, seen=circular.changed_at)
    outbox.deliver_due()
    return count


def token(copy):
    return answer_address(copy).rstrip("/").rpartition("/")[2]


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


# --- Writing and sending --------------------------------------------------------------------------------


def test_a_focal_point_writes_previews_and_sends_to_the_own_state(focal_point, mailoutbox):
    own = StakeholderContactFactory(member_state=focal_point.member_state)
    StakeholderContactFactory(member_state=focal_point.member_state, confirmed_on=None)
    StakeholderContactFactory()
    client = signed_in(focal_point)

    written = client.post(reverse("accounts:circular_create"), typed())
    circular = Circular.objects.get()
    detail = reverse("accounts:circular_detail", args=[circular.pk])
    assertRedirects(written, detail)
    preview = client.get(detail)
    assertContains(preview, "Which training do you need?")
    assertContains(preview, "It reaches 1 organisation that has agreed to mail.")
    seen = re.search(r'name="seen" value="([^"]+)"', preview.content.decode())[1]
    outbox.deliver_due()
    assert mailoutbox == [], "nothing goes out before it is sent"

    client.post(reverse("accounts:circular_send", args=[circular.pk]), {"seen": seen})
    outbox.deliver_due()

    [letter] = mailoutbox
    assert (letter.to, letter.subject) == ([own.email], "Training")
    assert "Which training do you need?" in letter.body
    assert f"The focal point of {focal_point.member_state} sends this" in letter.body
    assert letter.extra_headers["List-Unsubscribe"] == f"<{personal_address('contact_stop', own)}>"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "facts")) == [
        ("circular.written", {"state": focal_point.member_state_id}),
        ("circular.sent", {"state": focal_point.member_state_id, "count": 1}),
    ]


def test_the_secretariat_writes_to_all_or_to_one_state_and_kind(secretariat):
    one = StakeholderContactFactory(institution_kind="university")
    StakeholderContactFactory()

    assert send(CircularFactory(written_by=secretariat), secretariat) == 2
    assert send(CircularFactory(written_by=secretariat, member_state=one.member_state), secretariat) == 1
    assert send(CircularFactory(written_by=secretariat, institution_kind="university"), secretariat) == 1


def test_a_focal_point_writes_to_no_other_state(focal_point):
    day = timezone.localdate()

    for state in (None, MemberStateFactory()):
        with pytest.raises(PermissionDenied, match="own state"):
            write_circular(actor=focal_point, member_state=state, answers_until=day, subject_en="a", text_en="b")
    assert write_circular(
        actor=focal_point, member_state=focal_point.member_state, answers_until=day, subject_en="a", text_en="b"
    )


def test_each_organisation_gets_it_in_the_first_of_its_languages_that_it_is_written_in(secretariat, mailoutbox):
    for languages in (["ar", "fr"], ["es"], ["en"]):
        StakeholderContactFactory(email=f"{languages[0]}@office.example", languages=languages)
    circular = CircularFactory(written_by=secretariat, subject_fr="Formation", text_fr="Quelle formation ?")

    send(circular, secretariat)

    subjects = {letter.to[0]: letter.subject for letter in mailoutbox}
    assert subjects == {
        "ar@office.example": "Formation",
        "es@office.example": "Training",
        "en@office.example": "Training",
    }


def test_it_is_sent_once_however_often_it_is_pressed(secretariat, mailoutbox):
    StakeholderContactFactory()
    circular = CircularFactory(written_by=secretariat)
    send(circular, secretariat)

    with pytest.raises(PermissionDenied, match="has been sent"):
        send(circular, secretariat)

    outbox.deliver_due()
    assert (len(mailoutbox), CircularCopy.objects.count()) == (1, 1)


def test_what_was_changed_since_the_preview_is_not_sent(secretariat, mailoutbox):
    StakeholderContactFactory()
    circular = CircularFactory(written_by=secretariat)
    seen = circular.changed_at
    change_circular(actor=secretariat, circular=circular, seen=seen, text_en="Another word.")

    with pytest.raises(ValidationError, match="Somebody else has changed"):
        send_circular(actor=secretariat, circular=circular, seen=seen)
    with pytest.raises(ValidationError, match="Somebody else has changed"):
        change_circular(actor=secretariat, circular=circular, seen=seen, text_en="A third word.")

    assert not CircularCopy.objects.exists()


def test_what_reaches_nobody_is_not_sent(secretariat):
    circular = CircularFactory(written_by=secretariat)

    with pytest.raises(ValidationError, match="has agreed to mail"):
        send(circular, secretariat)

    circular.refresh_from_db()
    assert circular.sent_at is None


def test_who_says_stop_before_the_letter_leaves_does_not_get_it(secretariat, mailoutbox):
    contact, other = StakeholderContactFactory(), StakeholderContactFactory()
    circular = CircularFactory(written_by=secretariat)
    send_circular(actor=secretariat, circular=circular, seen=circular.changed_at)
    stop_mail(token=personal_address("contact_stop", contact).rstrip("/").rpartition("/")[2])

    outbox.deliver_due()

    assert [letter.to for letter in mailoutbox] == [[other.email]]


def test_a_draft_is_deleted_and_what_was_sent_is_not(secretariat):
    StakeholderContactFactory()
    draft, sent = CircularFactory(written_by=secretariat), CircularFactory(written_by=secretariat)
    send(sent, secretariat)

    discard_circular(actor=secretariat, circular=draft)
    with pytest.raises(PermissionDenied, match="has been sent"):
        discard_circular(actor=secretariat, circular=sent)

    assert list(Circular.objects.all()) == [sent]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"subject_en": "", "text_en": ""}, "__all__"),
        ({"text_en": ""}, "text_en"),
        ({"subject_fr": "Formation"}, "text_fr"),
        ({"answers_until": "2020-01-01"}, "answers_until"),
    ],
)
def test_a_message_needs_its_words_and_a_day_to_come(focal_point, changed, field):
    response = signed_in(focal_point).post(reverse("accounts:circular_create"), typed(**changed))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Circular.objects.exists()


def test_messages_are_seen_by_their_state_and_the_secretariat(focal_point, secretariat):
    own = CircularFactory(written_by=focal_point, member_state=focal_point.member_state)
    of_secretariat = CircularFactory(written_by=secretariat, member_state=focal_point.member_state)
    other = CircularFactory(written_by=MandateFactory().user)

    assert list(Circular.objects.visible_to(focal_point)) == [own]
    assert set(Circular.objects.visible_to(secretariat)) == {own, of_secretariat, other}
    assert not Circular.objects.visible_to(DelegateFactory(member_state=focal_point.member_state)).exists()


# --- Answers --------------------------------------------------------------------------------------------


@pytest.fixture
def copy(focal_point):
    contact = StakeholderContactFactory(member_state=focal_point.member_state, name="Chamber")
    circular = CircularFactory(written_by=focal_point, member_state=focal_point.member_state)
    send(circular, focal_point)
    return CircularCopy.objects.select_related("circular").get(contact=contact)


def test_the_link_in_the_letter_opens_the_answer_without_an_account(focal_point, copy, mailoutbox):
    page = re.search(r"(/contacts/answers/\S+/)", mailoutbox[-1].body)[1]
    stranger = Client()

    assertContains(stranger.get(page), "Which training do you need?")
    assertContains(stranger.post(page, {"answer": "Trade marks."}), "Your answer is kept")
    stranger.post(page, {"answer": "Trade marks, in Mombasa."})

    copy.refresh_from_db()
    assert copy.answer == "Trade marks, in Mombasa."
    detail = signed_in(focal_point).get(reverse("accounts:circular_detail", args=[copy.circular_id]))
    assertContains(detail, "Trade marks, in Mombasa.")
    assertNotContains(detail, token(copy))
    assert token(copy) not in copy.token_hash, "of the link only a digest is kept"


def test_an_answer_can_be_changed_until_its_day(client, copy, time_machine):
    page = answer_address(copy)
    last = copy.circular.answers_until
    time_machine.move_to(f"{last}T20:00:00+01:00")
    answer_circular(token=token(copy), answer="On the last day.")
    time_machine.move_to(f"{last + timedelta(days=1)}T08:00:00+01:00")

    response = client.post(page, {"answer": "Too late."})

    copy.refresh_from_db()
    assert (response.status_code, copy.answer) == (422, "On the last day.")
    assertContains(client.get(page), "The time for answers is over.")


@pytest.mark.parametrize("answer", ["", "   ", "a\u202eb", "x" * 4_001])
def test_an_answer_is_plain_words(client, copy, answer):
    response = client.post(answer_address(copy), {"answer": answer})

    copy.refresh_from_db()
    assert (response.status_code, copy.answer) == (422, "")


def test_answers_are_limited(client, copy, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "answer_circular": "2/h/key"}

    statuses = [client.post(answer_address(copy), {"answer": f"Word {n}."}).status_code for n in range(3)]

    copy.refresh_from_db()
    assert (statuses, copy.answer) == ([200, 200, 429], "Word 1.")


def test_a_made_up_link_leads_nowhere(client, copy):
    assert client.get(reverse("accounts:circular_answer", args=["made-up"])).status_code == 404


def test_answers_are_exported_and_begin_no_formula(focal_point, copy):
    answer_circular(token=token(copy), answer='=HYPERLINK("https://bad.example")')

    file = signed_in(focal_point).get(reverse("accounts:circular_export", args=[copy.circular_id]))

    sheet = load_workbook(io.BytesIO(file.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Organisation", "Member state", "Kind of institution", "Answered at", "Answer")
    assert (rows[1][0], rows[1][4]) == ("Chamber", '=HYPERLINK("https://bad.example")')
    assert (sheet["E2"].data_type, sheet["E2"].quotePrefix) == ("s", True)


def test_another_state_reads_no_answers(copy):
    other = signed_in(MandateFactory().user)

    for name in ("circular_detail", "circular_export", "circular_edit"):
        assert other.get(reverse(f"accounts:{name}", args=[copy.circular_id])).status_code == 404


def test_old_messages_are_deleted_with_their_answers(copy, time_machine):
    answer_circular(token=token(copy), answer="Trade marks.")
    sent_at = Circular.objects.get().sent_at
    time_machine.move_to(sent_at + settings.CIRCULAR_KEPT - timedelta(minutes=1))
    assert discard_old_circulars() == 0
    time_machine.move_to(sent_at + settings.CIRCULAR_KEPT)

    assert discard_old_circulars() == 1
    assert not CircularCopy.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_messages_costs_the_same_however_long(secretariat, django_assert_num_queries, count):
    CircularFactory.create_batch(count, written_by=secretariat)
    client = signed_in(secretariat)

    with django_assert_num_queries(4):  # session, viewer, how many, messages
        client.get(reverse("accounts:circular_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_answers_cost_the_same_however_many(secretariat, django_assert_num_queries, count):
    StakeholderContactFactory.create_batch(count)
    circular = CircularFactory(written_by=secretariat)
    send(circular, secretariat)
    for copy in circular.copies.all():
        answer_circular(token=token(copy), answer="Trade marks.")
    client = signed_in(secretariat)

    with django_assert_num_queries(5):  # session, viewer, message, answers, how many
        client.get(reverse("accounts:circular_detail", args=[circular.pk]))
