"""Appeals against decisions about posts, and complaints: the Secretariat answers, not who decided."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry, Notice, User
from accounts.services.outbox import deliver_due
from config.logs import WithoutSecrets
from forum.enums import PostState, RemovalReason
from moderation.enums import Outcome, ReportReason, ReviewState
from moderation.models import Appeal, Case, Complaint
from moderation.services.appeals import answer_complaint, complain, decide_appeal, make_appeal, token_of
from moderation.services.archives import gather
from moderation.services.cases import decide_case, reopen_case, report_post
from tests.factories import DelegateFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def secretariat():
    return UserFactory(role=Role.SECRETARIAT)


def decided(moderator, outcome=Outcome.REMOVED, **how):
    case = report_post(actor=DelegateFactory(), post=PostFactory().pk, reason=ReportReason.WRONG).case
    if outcome == Outcome.REMOVED:
        how = {"removal": RemovalReason.WRONG}
    return decide_case(actor=moderator, case=case.pk, outcome=outcome, reason="It is wrong.", **how)


def appeal_against(case):
    return make_appeal(actor=case.post.author, case=case.pk, text="It is right.")


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


def test_the_author_appeals_and_the_secretariat_grants_it(client, moderator, secretariat):
    case = decided(moderator)
    client.force_login(case.post.author)
    address = reverse("moderation:appeal_create", args=[case.pk])
    assertContains(client.get(reverse("moderation:own_standing")), address)
    assertRedirects(client.post(address, {"text": "It is right."}), reverse("moderation:own_standing"))
    assert told("appeal.made") == {secretariat.pk}

    client.force_login(secretariat)
    assertContains(client.get("/secretariat/"), reverse("moderation:appeal_list"))
    assertContains(client.get(reverse("moderation:appeal_list")), "It is right.")
    answer = client.post(
        reverse("moderation:appeal_decide", args=[Appeal.objects.get().pk]),
        {"decision": "grant", "answer": "The source was checked."},
    )

    assertRedirects(answer, reverse("moderation:appeal_list"))
    case.post.refresh_from_db()
    assert (case.post.state, Appeal.objects.get().state) == (PostState.VISIBLE, ReviewState.UPHELD)
    assert told("appeal.decided") == {case.post.author_id, moderator.pk}
    entry = AuditEntry.objects.get(action="appeal.granted")
    assert (entry.actor, entry.reason) == (secretariat, "The source was checked.")
    client.force_login(DelegateFactory())
    assertContains(client.get(case.post.discussion.get_absolute_url()), case.post.body)


def test_a_granted_appeal_lifts_what_was_imposed_and_a_refused_one_does_not(moderator, secretariat):
    until = timezone.now() + timedelta(days=5)
    for is_granted in (True, False):
        case = decided(moderator, Outcome.MUTE, ends_at=until)

        decide_appeal(actor=secretariat, appeal=appeal_against(case).pk, is_granted=is_granted, answer="So it is.")

        case.post.author.refresh_from_db()
        assert case.post.author.muted_until == (None if is_granted else until)
        assert (case.sanctions.get().lifted_at is not None) == is_granted


def test_one_appeals_once(moderator):
    case = decided(moderator)
    appeal_against(case)

    with pytest.raises(PermissionDenied, match="was made already"):
        appeal_against(case)


def test_one_appeals_within_the_days_for_it(moderator, settings):
    case = decided(moderator)
    over = case.decided_at + timedelta(days=settings.APPEAL_DAYS)
    with time_machine.travel(over, tick=False), pytest.raises(PermissionDenied, match="time to appeal"):
        appeal_against(case)

    with time_machine.travel(over - timedelta(seconds=1), tick=False):
        appeal_against(case)


@pytest.fixture
def suspended(moderator):
    return decided(moderator, Outcome.SUSPENSION, ends_at=timezone.now() + timedelta(days=5))


def test_who_is_suspended_appeals_by_the_link_of_the_letter(client, suspended, secretariat):
    deliver_due()
    [letter] = [letter for letter in mail.outbox if letter.to == [suspended.post.author.email]]
    link = re.search(r"/appeals/\S+/", letter.body)[0]
    assertContains(client.get(link), "It is wrong.")

    assertRedirects(client.post(link, {"text": "It is right."}), link)

    appeal = Appeal.objects.get()
    assert (appeal.author, appeal.text, told("appeal.made")) == (
        suspended.post.author,
        "It is right.",
        {secretariat.pk},
    )
    assert AuditEntry.objects.get(action="appeal.made").actor == suspended.post.author
    page = client.get(link)
    assertContains(page, "It is right.")
    assertNotContains(page, "Send the appeal")
    assert client.post(link, {"text": "Once more."}).status_code == 422
    decide_appeal(actor=secretariat, appeal=appeal.pk, is_granted=False, answer="It stands.")
    assertContains(client.get(link), "It stands.")
    deliver_due()
    assert link in [letter for letter in mail.outbox if letter.to == [suspended.post.author.email]][-1].body


def test_the_link_of_the_letter_opens_nothing_else(client, suspended, moderator):
    author, link = suspended.post.author, reverse("moderation:appeal_by_letter", args=[token_of(suspended)])
    for wrong in (f"{link[:-1]}x/", "/appeals/1.1/", link.replace(str(suspended.pk), "0", 1)):
        assert client.get(wrong).status_code == 404
    assert client.get(reverse("moderation:own_standing")).status_code == 302
    for person in (DelegateFactory(), moderator):
        client.force_login(person)
        assert client.get(link).status_code == 404
    client.logout()
    with time_machine.travel(suspended.ends_at, tick=False):
        own = reverse("moderation:appeal_create", args=[suspended.pk])
        assertRedirects(client.get(link), own, fetch_redirect_response=False)
        client.force_login(author)
        assert client.get(own).status_code == 200
    reopen_case(actor=moderator, case=suspended.pk, reason="Too hasty.")
    client.logout()
    assert client.get(link).status_code == 404


def test_the_link_of_the_letter_is_in_the_language_of_its_author_and_in_no_log(client, suspended):
    link = reverse("moderation:appeal_by_letter", args=[token_of(suspended)])
    User.objects.filter(pk=suspended.post.author_id).update(language="ar")

    page = client.get(link, headers={"Accept-Language": "en"})

    assertContains(page, '<html lang="ar" dir="rtl">')
    record = logging.LogRecord("web", logging.INFO, "", 0, "GET %s", (link,), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == "GET /appeals/…/"


def test_an_appeal_by_letter_waits_for_nobody_after_its_time(client, suspended, settings):
    settings.APPEAL_DAYS = 2
    link = reverse("moderation:appeal_by_letter", args=[token_of(suspended)])

    with time_machine.travel(suspended.decided_at + timedelta(days=2), tick=False):
        assertContains(client.get(link), "The time to appeal against this decision is over.")
        assert client.post(link, {"text": "It is right."}).status_code == 422


def test_somebody_else_does_not_know_of_a_decision(client, moderator):
    case = decided(moderator)
    client.force_login(DelegateFactory())

    assert client.get(reverse("moderation:appeal_create", args=[case.pk])).status_code == 404
    with pytest.raises(Case.DoesNotExist):
        make_appeal(actor=DelegateFactory(), case=case.pk, text="It is right.")


def test_nothing_is_no_decision_to_appeal_against(moderator):
    case = decided(moderator, Outcome.NOTHING)

    with pytest.raises(PermissionDenied, match="Nothing was decided"):
        appeal_against(case)


def test_who_had_a_part_in_the_decision_does_not_decide_the_appeal(client, secretariat):
    case = decided(secretariat)
    appeal = appeal_against(case)
    client.force_login(secretariat)

    answer = client.post(
        reverse("moderation:appeal_decide", args=[appeal.pk]), {"decision": "refuse", "answer": "I was right."}
    )

    assertContains(answer, "Somebody who had no part in the decision", status_code=422)
    decide_appeal(
        actor=UserFactory(role=Role.SECRETARIAT), appeal=appeal.pk, is_granted=False, answer="It was looked at anew."
    )


def test_of_two_who_decide_an_appeal_the_second_is_told(moderator, secretariat):
    appeal = appeal_against(decided(moderator))
    decide_appeal(actor=secretariat, appeal=appeal.pk, is_granted=True, answer="It is right.")

    with pytest.raises(PermissionDenied, match="decided meanwhile"):
        decide_appeal(
            actor=UserFactory(role=Role.SECRETARIAT), appeal=appeal.pk, is_granted=False, answer="It is wrong."
        )


def test_the_moderator_does_not_take_back_what_is_appealed_against(moderator):
    case = decided(moderator)
    appeal_against(case)

    with pytest.raises(PermissionDenied, match="the Secretariat decides"):
        reopen_case(actor=moderator, case=case.pk, reason="On second thoughts.")


def test_the_secretariat_records_an_appeal_that_came_by_mail(client, moderator, secretariat):
    case = decided(moderator, Outcome.SUSPENSION, ends_at=timezone.now() + timedelta(days=5))
    address = reverse("moderation:case_appeal", args=[case.pk])
    client.force_login(moderator)
    assert client.post(address, {"text": "By mail: it is right."}).status_code == 403

    client.force_login(secretariat)
    client.post(address, {"text": "By mail: it is right."})
    appeal = Appeal.objects.get()
    decide_appeal(actor=secretariat, appeal=appeal.pk, is_granted=True, answer="It is right.")

    assert appeal.author == case.post.author
    appeal.author.refresh_from_db()
    assert appeal.author.is_active
    deliver_due()
    assert any("is granted" in letter.body for letter in mail.outbox if letter.to == [appeal.author.email])


def test_a_complaint_is_the_secretariats_to_answer(client, moderator, secretariat):
    writer = DelegateFactory()
    client.force_login(writer)
    place = reverse("moderation:complaint_create")
    assertRedirects(client.post(place, {"text": "The moderator is hasty."}), place)
    complaint = Complaint.objects.get()
    assert told("complaint.made") == {secretariat.pk}

    client.force_login(moderator)
    assert client.get(reverse("moderation:complaint_list")).status_code == 403
    client.force_login(secretariat)
    assertContains(client.get(reverse("moderation:complaint_list")), "The moderator is hasty.")
    client.post(
        reverse("moderation:complaint_answer", args=[complaint.pk]),
        {"decision": "grant", "answer": "We have spoken with them."},
    )

    client.force_login(writer)
    assertContains(client.get(place), "We have spoken with them.")
    assert told("complaint.answered") == {writer.pk}
    client.force_login(DelegateFactory())
    assertNotContains(client.get(place), "hasty")


def test_a_complaint_is_answered_once_and_not_by_who_wrote_it(secretariat):
    complaint = complain(actor=secretariat, text="The footer is too small.")
    with pytest.raises(PermissionDenied, match="Somebody else"):
        answer_complaint(actor=secretariat, complaint=complaint.pk, is_taken_up=True, answer="Yes.")
    colleague = UserFactory(role=Role.SECRETARIAT)
    answer_complaint(actor=colleague, complaint=complaint.pk, is_taken_up=True, answer="Yes.")

    with pytest.raises(PermissionDenied, match="meanwhile"):
        answer_complaint(actor=colleague, complaint=complaint.pk, is_taken_up=False, answer="No.")


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_of_the_secretariat_cost_the_same_however_long(
    client, moderator, secretariat, count, django_assert_num_queries
):
    for _n in range(count):
        appeal_against(decided(moderator))
        complain(actor=DelegateFactory(), text="Too hasty.")
    client.force_login(secretariat)

    for name in ("appeal_list", "complaint_list"):
        with django_assert_num_queries(5):  # session, viewer, number of pages, what is listed, what waits
            assert len(client.get(reverse(f"moderation:{name}")).context["rows"]) == count


def test_one_s_own_archive_holds_what_was_decided_and_answered_but_not_who_reported(moderator):
    case = decided(moderator)
    appeal_against(case)

    files = gather(case.post.author)

    assert files["moderation/decisions.json"][0]["reason"] == "It is wrong."
    assert files["moderation/appeals.json"][0]["text"] == "It is right."
    assert files["moderation/reports.json"] == []
    reporter = case.reports.get().reporter
    assert [row["reason"] for row in gather(reporter)["moderation/reports.json"]] == ["wrong"]
    assert gather(reporter)["moderation/decisions.json"] == []
