"""Reported posts: who reports, who decides what, and what becomes of the post and its author."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import AccountStatus, Role
from accounts.models import AuditEntry, Notice, User
from accounts.services.outbox import deliver_due
from forum.enums import Capacity, PostState, RemovalReason
from forum.models import Post
from moderation.enums import COMMON_REASONS, CaseState, CommonReason, Outcome, ReportReason, SanctionKind
from moderation.forms.cases import DecisionForm
from moderation.models import Case, Report, Sanction
from moderation.services.appeals import token_of
from moderation.services.cases import (
    ask_second_opinion,
    assign_case,
    change_hidden_post,
    decide_case,
    give_opinion,
    release_post,
    reopen_case,
    report_post,
)
from moderation.services.sanctions import lift_sanction
from tests.factories import DelegateFactory, DiscussionFactory, PostFactory, RoomFactory, UserFactory, grant

pytestmark = pytest.mark.django_db

REASON = "It names an applicant whose file is confidential."


@pytest.fixture
def post():
    return PostFactory()


@pytest.fixture
def reporter():
    return DelegateFactory()


@pytest.fixture
def moderator():
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def case(post, reporter):
    return report_post(actor=reporter, post=post.pk, reason=ReportReason.CONFIDENTIAL).case


def facilitator_of(room):
    person = UserFactory(role=Role.FACILITATOR)
    grant(person, room)
    return person


def decide(case, actor, outcome=Outcome.NOTHING, **how):
    return decide_case(actor=actor, case=case.pk, outcome=outcome, reason=REASON, **how)


def later(days=5):
    return timezone.now() + timedelta(days=days)


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


# --- Reporting --------------------------------------------------------------------------------------


def test_a_reader_reports_from_the_posts_menu_and_who_moderates_is_told(client, post, reporter, moderator):
    guide = facilitator_of(post.discussion.room)
    elsewhere = facilitator_of(RoomFactory(language="fr"))
    client.force_login(reporter)
    address = reverse("moderation:report_create", args=[post.pk])
    assertContains(client.get(post.discussion.get_absolute_url()), f'href="{address}"')
    assertContains(client.get(address), "You are told by mail when it is decided")

    answer = client.post(address, {"reason": "wrong", "text": "The fee is 20."})

    assertRedirects(answer, post.get_absolute_url(), fetch_redirect_response=False)
    report = Report.objects.get()
    assert (report.case.post, report.reporter, report.reason, report.text) == (
        post,
        reporter,
        "wrong",
        "The fee is 20.",
    )
    assert told("case.opened") == {moderator.pk, guide.pk}
    assert elsewhere.pk not in told("case.opened")
    entry = AuditEntry.objects.get(action="post.reported")
    assert (entry.actor, entry.facts) == (reporter, {"case": report.case_id, "reason_class": "wrong"})


def test_one_s_own_post_offers_no_report_and_refuses_one(client, post):
    client.force_login(post.author)
    address = reverse("moderation:report_create", args=[post.pk])

    assertNotContains(client.get(post.discussion.get_absolute_url()), address)
    assert client.post(address, {"reason": "wrong"}).status_code == 403
    assert not Case.objects.exists()


def test_an_outsider_reports_in_the_own_discussion_only(post):
    outsider = UserFactory(role=Role.EXTERNAL)
    grant(outsider, post.discussion)

    report_post(actor=outsider, post=post.pk, reason=ReportReason.WRONG)

    with pytest.raises(Post.DoesNotExist):
        report_post(actor=outsider, post=PostFactory().pk, reason=ReportReason.WRONG)


def test_a_second_reader_joins_the_case_and_the_same_one_does_not(client, case, post, reporter):
    other = DelegateFactory()

    assert report_post(actor=other, post=post.pk, reason=ReportReason.WRONG).case == case

    client.force_login(reporter)
    with pytest.raises(PermissionDenied, match="already"):
        report_post(actor=reporter, post=post.pk, reason=ReportReason.WRONG)
    assertContains(
        client.get(reverse("moderation:report_create", args=[post.pk])), "You have reported this post already"
    )
    assert case.reports.count() == 2


def test_something_else_has_to_be_said_in_words(client, post, reporter):
    client.force_login(reporter)
    address = reverse("moderation:report_create", args=[post.pk])

    assertContains(client.post(address, {"reason": "other"}), "Say what is wrong with it.", status_code=422)

    assert client.post(address, {"reason": "other", "text": "It is a poem."}).status_code == 302


# --- Seeing to it -----------------------------------------------------------------------------------


def test_a_facilitator_finds_the_reports_of_the_own_room_only(client, case):
    guide, elsewhere = facilitator_of(case.post.discussion.room), facilitator_of(RoomFactory(language="fr"))
    place = reverse("moderation:case_list")
    for person, count, status in ((guide, 1, 200), (elsewhere, 0, 404)):
        client.force_login(person)
        assert len(client.get(place).context["rows"]) == count
        assert client.get(case.get_absolute_url()).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_however_long(client, moderator, reporter, count, django_assert_num_queries):
    for _n in range(count):
        report_post(actor=reporter, post=PostFactory().pk, reason=ReportReason.WRONG)
    client.force_login(moderator)

    with django_assert_num_queries(7):  # session, viewer, rooms, counts, number of pages, cases, what waits
        answer = client.get(reverse("moderation:case_list"))

    assert len(answer.context["rows"]) == count


def test_the_queue_is_narrowed_by_state_room_and_whose_it_is(client, case, moderator, reporter):
    elsewhere = PostFactory(discussion=DiscussionFactory(room=RoomFactory(language="fr")))
    other = report_post(actor=reporter, post=elsewhere.pk, reason=ReportReason.WRONG).case
    assign_case(actor=moderator, case=other.pk, assignee=moderator.pk, instead_of=None)
    decided = report_post(actor=reporter, post=PostFactory().pk, reason=ReportReason.WRONG).case
    decide(decided, moderator)
    client.force_login(moderator)

    def listed(query=""):
        rows = client.get(reverse("moderation:case_list") + query).context["rows"]
        return [found for found, _is_late in rows]

    assert listed() == [case, other]
    assert listed("?room=fr") == [other]
    assert listed("?whose=mine") == [other]
    assert listed("?whose=nobody") == [case]
    assert listed("?state=decided") == [decided]
    assert listed("?state=nonsense&room=xx") == [case, other]


def test_a_case_that_waits_for_too_long_is_marked(client, case, moderator, settings):
    client.force_login(moderator)
    assertNotContains(client.get(reverse("moderation:case_list")), ">late<")

    Case.objects.update(opened_at=timezone.now() - settings.CASE_IS_LATE - timedelta(minutes=1))

    assertContains(client.get(reverse("moderation:case_list")), ">late<")


def test_of_two_who_take_a_case_the_second_is_told(client, case, moderator):
    colleague = UserFactory(role=Role.MODERATOR, full_name="Quick Colleague")
    client.force_login(moderator)
    client.get(case.get_absolute_url())
    assign_case(actor=colleague, case=case.pk, assignee=colleague.pk, instead_of=None)

    answer = client.post(reverse("moderation:case_assign", args=[case.pk]), {"person": moderator.pk, "seen": ""})

    assertContains(answer, "Quick Colleague has taken this meanwhile.", status_code=422)
    case.refresh_from_db()
    assert case.assignee == colleague
    assign_case(actor=moderator, case=case.pk, assignee=moderator.pk, instead_of=colleague.pk)  # knowingly
    case.refresh_from_db()
    assert case.assignee == moderator


def test_a_case_is_given_only_to_who_sees_it(case, moderator):
    guide, elsewhere = facilitator_of(case.post.discussion.room), facilitator_of(RoomFactory(language="fr"))

    assign_case(actor=moderator, case=case.pk, assignee=guide.pk, instead_of=None)

    assert told("case.assigned") == {guide.pk}
    with pytest.raises(ValidationError, match="does not see"):
        assign_case(actor=moderator, case=case.pk, assignee=elsewhere.pk, instead_of=guide.pk)


def test_several_cases_are_taken_or_left_at_once(client, case, moderator, reporter):
    others = [report_post(actor=reporter, post=PostFactory().pk, reason=ReportReason.WRONG).case for _n in range(2)]
    decide(others[1], UserFactory(role=Role.MODERATOR, full_name="Quick Colleague"))
    client.force_login(moderator)
    address = reverse("moderation:case_batch")
    every = [one.pk for one in (case, *others)]

    assertContains(client.post(address, {"decision": "take"}), "Choose at least one", status_code=422)
    typed = client.post(address, {"decision": "nothing", "cases": every})
    assertContains(typed, "Say why nothing is to be done.", status_code=422)
    assert typed.context["chosen"] == [str(pk) for pk in every]
    answer = client.post(address, {"decision": "nothing", "cases": every, "reason": "All of it may stay."}, follow=True)

    assertContains(answer, "Quick Colleague has decided on this meanwhile")
    assertContains(answer, "Done with 2 reported posts.")
    decided = Case.objects.filter(decided_by=moderator, outcome=Outcome.NOTHING, reason="All of it may stay.")
    assert set(decided) == {case, others[0]}


def test_a_batch_holds_no_cases_of_another_room(client, case):
    client.force_login(facilitator_of(RoomFactory(language="fr")))

    answer = client.post(reverse("moderation:case_batch"), {"decision": "take", "cases": [case.pk]})

    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.assignee is None


# --- Deciding ---------------------------------------------------------------------------------------


def test_of_two_who_decide_at_once_the_second_is_told(client, case, moderator):
    colleague = UserFactory(role=Role.MODERATOR, full_name="Quick Colleague")
    client.force_login(moderator)
    assertContains(client.get(case.get_absolute_url()), "Nothing to be done")
    decide(case, colleague, Outcome.WARNING)

    answer = client.post(
        reverse("moderation:case_decide", args=[case.pk]),
        {"outcome": "removed", "removal": "wrong", "reason": "It is wrong."},
    )

    assertContains(answer, "Quick Colleague has decided on this meanwhile: A warning to the author.", status_code=422)
    case.post.refresh_from_db()
    assert case.post.state == PostState.VISIBLE


def test_nothing_to_be_done_is_told_to_who_reported_it_and_to_nobody_else(case, moderator, reporter):
    decide(case, moderator)

    case.refresh_from_db()
    assert (case.state, case.outcome, case.decided_by) == (CaseState.DECIDED, Outcome.NOTHING, moderator)
    assert (told("case.settled"), told("case.decided")) == ({reporter.pk}, set())


def test_who_reported_a_post_hears_that_it_was_decided_but_not_what_befell_its_author(
    case, moderator, reporter, django_capture_on_commit_callbacks
):
    decide(case, moderator, Outcome.SUSPENSION, ends_at=later())

    deliver_due()

    letter = next(letter for letter in mail.outbox if letter.to == [reporter.email])
    assert "what was necessary was done" in letter.body
    assert "suspended" not in letter.body
    assert REASON not in letter.body


def test_the_author_reads_reasons_and_the_way_to_appeal_in_the_own_language(case, moderator):
    User.objects.filter(pk=case.post.author_id).update(language="fr")
    decide(case, moderator, Outcome.EDIT_ASKED)

    deliver_due()

    letter = next(letter for letter in mail.outbox if letter.to == [case.post.author.email])
    assert REASON in letter.body
    assert reverse("moderation:own_standing") in letter.body
    assert case.post.body not in letter.body


def test_removal_leaves_a_placeholder_with_the_kind_of_reason_in_each_readers_language(client, case, moderator):
    decide(case, moderator, Outcome.REMOVED, removal=RemovalReason.CONFIDENTIAL)

    client.force_login(DelegateFactory())
    page = client.get(case.post.discussion.get_absolute_url())
    assertContains(page, "The moderator has removed this post. It told what must stay confidential.")
    assertNotContains(page, case.post.body)
    assert AuditEntry.objects.get(action="post.removed").facts["reason_class"] == "confidential"


def test_a_removal_needs_its_kind_of_reason(client, case, moderator):
    client.force_login(moderator)

    answer = client.post(
        reverse("moderation:case_decide", args=[case.pk]), {"outcome": "removed", "reason": "It is wrong."}
    )

    assertContains(answer, "Choose what everybody reads in its place.", status_code=422)
    assertContains(answer, "It is wrong.", status_code=422)


def test_a_hidden_post_is_its_authors_to_change_and_shown_again_by_who_hid_it(client, case, moderator):
    author = case.post.author
    decide(case, moderator, Outcome.HIDDEN)
    page = case.post.discussion.get_absolute_url()
    client.force_login(DelegateFactory())
    assertNotContains(client.get(page), case.post.body)
    client.force_login(author)
    assertContains(client.get(page), REASON)

    answer = client.post(reverse("moderation:hidden_post_edit", args=[case.post.pk]), {"body": "Without the name."})

    assertRedirects(answer, reverse("moderation:own_standing"))
    case.post.refresh_from_db()
    assert (case.post.state, case.post.body) == (PostState.HELD, "Without the name.")
    assert told("case.changed") == {moderator.pk}
    client.force_login(moderator)
    queue = client.get(reverse("moderation:case_list") + "?state=changed")
    assert [found for found, _is_late in queue.context["rows"]] == [case]
    client.post(reverse("moderation:case_release", args=[case.pk]))
    client.force_login(DelegateFactory())
    assertContains(client.get(page), "Without the name.")
    assert told("case.released") == {author.pk}


def test_of_a_hidden_wording_nothing_stays_to_be_read(case, moderator):
    case.post.revisions.create(body="Earlier, with the name", html="", replaced_by=case.post.author)
    decide(case, moderator, Outcome.HIDDEN)

    change_hidden_post(actor=case.post.author, post=case.post.pk, body="Without the name.")
    release_post(actor=moderator, case=case.pk)

    assert not case.post.revisions.exists()


def test_nobody_else_changes_a_hidden_post(client, case, moderator):
    decide(case, moderator, Outcome.HIDDEN)
    address = reverse("moderation:hidden_post_edit", args=[case.post.pk])

    for person in (moderator, DelegateFactory()):
        client.force_login(person)
        assert client.post(address, {"body": "Mine."}).status_code == 404


def test_a_mute_and_a_suspension_have_an_end_still_to_come(case, moderator, settings):
    for ends_at in (None, timezone.now(), timezone.now() + settings.SANCTION_MOST + timedelta(days=1)):
        with pytest.raises(ValidationError, match="still to come"):
            decide(case, moderator, Outcome.MUTE, ends_at=ends_at)

    decide(case, moderator, Outcome.MUTE, ends_at=later())
    assert Sanction.objects.get().kind == SanctionKind.MUTE


def test_a_common_reason_reaches_the_author_in_their_language(client, case, moderator):
    author = case.post.author
    User.objects.filter(pk=author.pk).update(language="fr")
    client.force_login(moderator)

    answer = client.post(
        reverse("moderation:case_decide", args=[case.pk]),
        {"outcome": "warning", "common": "attacked", "reason": "Voir § 2."},
    )

    assertRedirects(answer, case.get_absolute_url())
    with translation.override("fr"):
        common = str(CommonReason.ATTACKED.label)
    case.refresh_from_db()
    assert case.reason == f"{common}\n\nVoir § 2."
    assert Sanction.objects.get().reason == case.reason


def test_a_common_reason_goes_with_its_decision_and_some_reason_is_needed(client, case, moderator):
    client.force_login(moderator)
    address = reverse("moderation:case_decide", args=[case.pk])

    wrong = client.post(address, {"outcome": "hidden", "common": "within_rules"})
    none = client.post(address, {"outcome": "nothing"})

    assertContains(wrong, "This reason goes with another decision.", status_code=422)
    assertContains(none, "Choose a reason, or write one.", status_code=422)
    assert client.post(address, {"outcome": "nothing", "common": "within_rules"}).status_code == 302
    case.refresh_from_db()
    assert case.reason == CommonReason.WITHIN_RULES.label


def test_each_decision_has_its_common_reasons_and_the_form_offers_all():
    offered = [reason for _label, group in DecisionForm().fields["common"].choices[1:] for reason, _text in group]

    assert set(COMMON_REASONS) == set(Outcome)
    assert sorted(offered) == sorted({reason.value for reasons in COMMON_REASONS.values() for reason in reasons})


def test_who_is_muted_reads_and_does_not_write(client, case, moderator):
    author, page = case.post.author, case.post.discussion
    decide(case, moderator, Outcome.MUTE, ends_at=later())
    client.force_login(author)

    answer = client.post(
        reverse("forum:post_create", args=[page.room.language, page.pk]),
        {"body": "More.", "submission_key": "5f0c3c3e-6d5f-4a25-a2e7-0d6a0e1a0001"},
    )

    assert answer.status_code == 422
    assert client.get(page.get_absolute_url()).status_code == 200
    assert author.posts.count() == 1


def test_who_is_suspended_is_signed_out_at_once_and_reads_why_by_mail(client, case, moderator, settings):
    author = case.post.author
    client.force_login(author)
    assert client.get("/rooms/").status_code == 200

    decide(case, moderator, Outcome.SUSPENSION, ends_at=later())

    assert client.get("/rooms/").status_code == 302
    author.refresh_from_db()
    assert not author.is_active
    assert AuditEntry.objects.get(action="person.suspended").facts["sessions_ended"] == 1
    deliver_due()
    letter = next(letter for letter in mail.outbox if letter.to == [author.email])
    assert REASON in letter.body
    assert settings.SECRETARIAT_EMAIL in letter.body
    assert reverse("moderation:appeal_by_letter", args=[token_of(case)]) in letter.body


def test_a_sanction_is_lifted_before_its_day_and_shown_to_whom_it_was_about(client, case, moderator):
    author = case.post.author
    decide(case, moderator, Outcome.MUTE, ends_at=later())
    sanction = Sanction.objects.get()
    client.force_login(author)
    assertContains(client.get(reverse("moderation:own_standing")), "in force")

    lift_sanction(actor=moderator, sanction=sanction.pk, reason="A misunderstanding.")

    author.refresh_from_db()
    assert author.muted_until is None
    assertContains(client.get(reverse("moderation:own_standing")), "ended before its day")
    with pytest.raises(PermissionDenied, match="over already"):
        lift_sanction(actor=moderator, sanction=sanction.pk, reason="Again.")
    assert told("sanction.lifted") == {author.pk}


def test_lifting_one_mute_leaves_a_longer_one(reporter, moderator):
    author = DelegateFactory()
    ends = [later(3), later(9)]
    for end in ends:
        one = report_post(actor=reporter, post=PostFactory(author=author).pk, reason=ReportReason.WRONG).case
        decide(one, moderator, Outcome.MUTE, ends_at=end)
    longer = Sanction.objects.get(ends_at=ends[1])

    lift_sanction(actor=moderator, sanction=longer.pk, reason="Enough.")

    author.refresh_from_db()
    assert author.muted_until == ends[0]


@pytest.mark.parametrize("outcome", [Outcome.MUTE, Outcome.SUSPENSION])
def test_a_facilitator_keeps_nobody_from_writing_or_entering(case, outcome):
    guide = facilitator_of(case.post.discussion.room)

    with pytest.raises(PermissionDenied, match="Only the moderator"):
        decide(case, guide, outcome, ends_at=later())

    decide(case, guide, Outcome.HIDDEN)


def test_only_the_secretariat_decides_about_those_who_moderate(reporter, moderator):
    own = PostFactory(author=UserFactory(role=Role.MODERATOR), member_state=None)
    case = report_post(actor=reporter, post=own.pk, reason=ReportReason.WRONG).case

    with pytest.raises(PermissionDenied, match="Only the Secretariat"):
        decide(case, moderator, Outcome.MUTE, ends_at=later())

    decide(case, UserFactory(role=Role.SECRETARIAT), Outcome.MUTE, ends_at=later())


def test_nobody_decides_on_the_own_post(reporter, moderator):
    own = PostFactory(author=moderator, member_state=None)
    case = report_post(actor=reporter, post=own.pk, reason=ReportReason.WRONG).case

    with pytest.raises(PermissionDenied, match="your own post"):
        decide(case, moderator)

    decide(case, UserFactory(role=Role.MODERATOR))


def test_a_post_whose_author_has_left_stays_or_is_removed(case, moderator):
    User.objects.filter(pk=case.post.author_id).update(status=AccountStatus.LEFT)

    with pytest.raises(PermissionDenied, match="is not here"):
        decide(case, moderator, Outcome.EDIT_ASKED)

    decide(case, moderator, Outcome.REMOVED, removal=RemovalReason.WRONG)


# --- A statement of the delegation, and the second person ------------------------------------------


@pytest.fixture
def statement(reporter):
    post = PostFactory(capacity=Capacity.DELEGATION)
    return report_post(actor=reporter, post=post.pk, reason=ReportReason.CONFIDENTIAL).case


def test_a_statement_of_the_delegation_is_removed_only_with_a_second_person(statement, moderator):
    second = UserFactory(role=Role.SECRETARIAT)
    removal = {"removal": RemovalReason.CONFIDENTIAL}
    with pytest.raises(PermissionDenied, match="second person agrees"):
        decide(statement, moderator, Outcome.REMOVED, **removal)

    ask_second_opinion(actor=moderator, case=statement.pk, second=second.pk)
    with pytest.raises(PermissionDenied, match="second person agrees"):
        decide(statement, moderator, Outcome.REMOVED, **removal)
    give_opinion(actor=second, case=statement.pk, opinion="It must go.", agrees_to_removal=True)
    with pytest.raises(PermissionDenied, match="somebody else decides"):
        decide(statement, second, Outcome.REMOVED, **removal)
    decide(statement, moderator, Outcome.REMOVED, **removal)

    statement.post.refresh_from_db()
    assert statement.post.state == PostState.REMOVED
    assert told("case.second_asked") == {second.pk}


def test_a_second_person_who_does_not_agree_keeps_a_statement_where_it_is(statement, moderator):
    second = UserFactory(role=Role.MODERATOR)
    ask_second_opinion(actor=moderator, case=statement.pk, second=second.pk)
    give_opinion(actor=second, case=statement.pk, opinion="Let it stand.", agrees_to_removal=False)

    with pytest.raises(PermissionDenied, match="second person agrees"):
        decide(statement, moderator, Outcome.REMOVED, removal=RemovalReason.WRONG)


def test_a_statement_of_the_delegation_cannot_wait_for_a_change(statement, moderator):
    with pytest.raises(PermissionDenied, match="not changed once it is made"):
        decide(statement, moderator, Outcome.HIDDEN)

    decide(statement, moderator, Outcome.EDIT_ASKED)  # its focal point can publish a corrigendum


def test_a_second_opinion_is_asked_of_somebody_else_who_moderates_once(case, moderator):
    for person in (moderator, DelegateFactory(), case.post.author):
        with pytest.raises(PermissionDenied, match="Ask somebody else"):
            ask_second_opinion(actor=moderator, case=case.pk, second=person.pk)
    second = UserFactory(role=Role.MODERATOR, full_name="Second Person")
    ask_second_opinion(actor=moderator, case=case.pk, second=second.pk)

    with pytest.raises(ValidationError, match="Second Person is asked already"):
        ask_second_opinion(actor=moderator, case=case.pk, second=UserFactory(role=Role.MODERATOR).pk)
    with pytest.raises(PermissionDenied, match="who was asked"):
        give_opinion(actor=moderator, case=case.pk, opinion="Mine.", agrees_to_removal=False)


# --- Overruling -------------------------------------------------------------------------------------


def test_the_moderator_overrules_a_facilitator_and_everything_is_undone(case, moderator):
    guide = facilitator_of(case.post.discussion.room)
    decide(case, guide, Outcome.REMOVED, removal=RemovalReason.OFF_TOPIC)
    with pytest.raises(PermissionDenied, match="Only the moderator"):
        reopen_case(actor=guide, case=case.pk, reason="I was wrong.")

    reopen_case(actor=moderator, case=case.pk, reason="It does belong here.")

    case.refresh_from_db()
    case.post.refresh_from_db()
    assert (case.state, case.outcome, case.decided_by) == (CaseState.OPEN, "", None)
    assert (case.post.state, case.post.state_reason) == (PostState.VISIBLE, "")
    assert told("case.reopened") == {guide.pk, case.post.author_id}
    assert AuditEntry.objects.get(action="case.reopened").facts["decided_by"] == guide.pk


def test_what_is_decided_anew_is_told_anew(case, moderator):
    decide(case, moderator, Outcome.WARNING)
    Case.objects.update(decided_at=timezone.now() - timedelta(hours=1))
    reopen_case(actor=moderator, case=case.pk, reason="Too hasty.")
    assert Sanction.objects.get().lifted_at is not None

    Notice.objects.all().delete()
    decide(case, moderator, Outcome.EDIT_ASKED)

    assert told("case.decided") == {case.post.author_id}


def test_a_decision_is_not_taken_back_while_the_post_is_reported_anew(case, moderator):
    decide(case, moderator, Outcome.WARNING)
    report_post(actor=DelegateFactory(), post=case.post_id, reason=ReportReason.WRONG)

    with pytest.raises(ValidationError, match="reported anew"):
        reopen_case(actor=moderator, case=case.pk, reason="Too hasty.")


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_the_same_moment_decide_once():
    case = report_post(actor=DelegateFactory(), post=PostFactory().pk, reason=ReportReason.WRONG).case
    moderators = [UserFactory(role=Role.MODERATOR).pk for _n in range(2)]
    outcomes = iter(zip(moderators, (Outcome.WARNING, Outcome.MUTE), strict=True))
    together, refusals = Barrier(2), []

    def act() -> None:
        moderator, outcome = next(outcomes)
        together.wait()
        try:
            decide(case, User.objects.get(pk=moderator), outcome, ends_at=later())
        except PermissionDenied as refusal:
            refusals.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=act) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    case.refresh_from_db()
    assert [case.decided_by.full_name in refusal for refusal in refusals] == [True]
    assert Sanction.objects.get().kind == case.outcome
    assert AuditEntry.objects.filter(action="case.decided").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_the_same_moment_report_into_one_case():
    post = PostFactory()
    readers = iter([DelegateFactory(), DelegateFactory()])
    together = Barrier(2)

    def act() -> None:
        reader = next(readers)
        together.wait()
        try:
            report_post(actor=User.objects.get(pk=reader.pk), post=post.pk, reason=ReportReason.WRONG)
        finally:
            connection.close()

    threads = [Thread(target=act) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Case.objects.get().reports.count() == 2
