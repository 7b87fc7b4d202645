"""Every address of the forum for every kind of reader: ``access_matrix.csv`` says what each is answered.

A cell holds the status, or ``sign-in`` and ``protocol`` for a redirect to those pages. The facilitator and
the external stakeholder stand twice in it: with the right on the room or discussion asked for, and on another.
"""

import csv
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from accounts.enums import AccountStatus, MailScope, Office, Role
from accounts.models import User
from accounts.services import outbox
from accounts.services.addresses import Side, link
from accounts.services.circulars import answer_address, send_circular
from accounts.services.contacts import personal_address
from accounts.services.invitations import Newcomer, invite_person, token_of
from forum.enums import EntryState, Permission
from forum.models import Discussion, ImportedAuthor, ImportedItem, Post
from forum.models.posts import HELD_FROM
from forum.services.feeds import make_feed
from moderation.enums import Outcome, ReportReason
from moderation.models import Case, RoomDecision, StaffCall, Synthesis
from moderation.services.appeals import complain, make_appeal
from moderation.services.appeals import token_of as appeal_token_of
from moderation.services.cases import decide_case, report_post
from moderation.services.rooms import Terms, open_room
from tests.factories import (
    AccountRequestFactory,
    ActivityFactory,
    AdmissionFactory,
    AttachmentFactory,
    ChecklistItemFactory,
    CircularFactory,
    DelegateFactory,
    DeletionRequestFactory,
    DiscussionFactory,
    EvaluationFactory,
    LibraryEntryFactory,
    MandateFactory,
    MemberStateFactory,
    PostFactory,
    RegionalGroupFactory,
    RoomFactory,
    StakeholderContactFactory,
    TopicFactory,
    TopicProposalFactory,
    TopicTemplateFactory,
    UserFactory,
    WeeklyTopicFactory,
    grant,
)
from tests.factories.webinars import (
    AnswerFactory,
    CommitteeMeetingFactory,
    CycleFactory,
    EngagementFactory,
    MaterialFactory,
    MeetingFactory,
    OptionFactory,
    ProposalFactory,
    QuestionFactory,
    RegistrationFactory,
    SeriesFactory,
    WebinarFactory,
)
from webinars.enums import CycleState, Origin, ProposalState, Provider, QuestionState, SeriesState, WebinarState
from webinars.models import Campaign, Cluster, PromotionTask, Release
from webinars.services import meetings
from webinars.services.campaigns import stop_address
from webinars.services.certificates import issue_certificate, issue_series_certificate
from webinars.services.experts import ask_consent
from webinars.services.experts import token_of as expert_token_of
from webinars.services.feedback import token_of as feedback_token_of
from webinars.services.registrations import token_of as registration_token_of
from webinars.services.releases import snapshot_of

with (Path(__file__).parent / "access_matrix.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))
READERS = list(ROWS[0])[3:]
PARTS = 8  # tests that the rows are divided among

# The admin has some hundred addresses under one rule, so a few of them stand for all.
ADMIN_ROWS = {"admin:index", "admin:login", "admin:logout", "admin:forum_topic_changelist", "admin:forum_post_change"}

FORMS = {
    "moderation:topic_proposal_decide": {"decision": "accepted", "seen": "submitted"},
    "accounts:account_request": {"email": "nobody"},
    "accounts:request_decide": {"decision": "decline"},
    "accounts:invitation_create": {"email": "nobody"},
    "accounts:invitation_import": {"file": ""},
    "accounts:invitation_take_up": {"password": "short"},
    "accounts:circular_answer": {"answer": "Trade marks."},
    "accounts:request_vouch": {"vouching": "vouched"},
    "accounts:invitation_revoke": {"reason": "Left the office."},
    "accounts:profile_edit": {
        "full_name": "Reader",
        "institution_kind": "ip_office",
        "language": "en",
        "languages_read": "en",
        "time_zone": "Africa/Nairobi",
        "mail_topics": "at_once",
        "mail_replies": "at_once",
        "mail_posts": "none",
    },
    "forum:room_follow": {"level": "topics"},
    "forum:discussion_follow": {"level": "quiet"},
    "forum:claim_decide": {"decision": "grant", "reason": "Verified."},
    "forum:post_create": {"body": "A practice.", "submission_key": "5f0c3c3e-6d5f-4a25-a2e7-0d6a0e1a0001"},
    "forum:post_preview": {"body": "A practice.", "submission_key": "5f0c3c3e-6d5f-4a25-a2e7-0d6a0e1a0001"},
    "forum:translation_edit": {"body": "Une pratique.", "made_from": "2026-11-16T12:00:00+00:00"},
    "forum:signal_set": {"give": "similar"},
    "forum:record_list": {"language": "en", "file_format": "pdf"},
    "forum:post_edit": {"body": "Another wording."},
    "forum:entry_create": {"then": "propose"},
    "forum:entry_edit": {"then": "propose"},
    "forum:entry_decide": {"decision": "returned", "version": "1", "reason": "Say what came of it."},
    "forum:entry_permission": {"answer": "grant", "version": "1", "reason": "Note of 3 May."},
    "forum:entry_withdraw": {"reason": "Out of date."},
    "forum:post_withdraw": {"reason": "Mistaken."},
    "moderation:admission_return": {"reason": "Say whom she works for."},
    "moderation:admission_withdraw": {"reason": "No longer needed."},
    "moderation:deletion_request_decide": {"decision": "delete", "answer": "As you asked."},
    "forum:draft_save": {"body": "Half a thought."},
    "moderation:discussion_steer": {"action": "pin"},
    "moderation:call_settle": {"state": "answered"},
    "moderation:held_post_detail": {"action": "nothing"},
    "moderation:synthesis_detail": {"text": "Two missions, not one."},
    "moderation:report_create": {"reason": "wrong"},
    "moderation:hidden_post_edit": {"body": "Another wording."},
    "moderation:case_opinion": {"opinion": "Let it stand."},
    "moderation:case_decide": {"outcome": "nothing", "reason": "It may stay."},
    "moderation:case_reopen": {"reason": "Too hasty."},
    "moderation:case_appeal": {"text": "It is right."},
    "moderation:sanction_lift": {"reason": "Enough."},
    "moderation:appeal_decide": {"decision": "refuse", "answer": "It is wrong."},
    "moderation:complaint_answer": {"decision": "grant", "answer": "We look at it."},
    "moderation:complaint_create": {"text": "The footer is too small."},
    "moderation:appeal_create": {"text": "It is right."},
    "moderation:appeal_by_letter": {"text": "It is right."},
    "moderation:language_demand": {"language": "zh"},
    "webinars:proposal_step": {"step": "withdraw"},
    "webinars:webinar_move": {"to": "live"},
    "webinars:registration_questions": {"text": "How long did it take?", "language": "en"},
    "webinars:question_vote": {"question": "1", "wants": "no"},
    "webinars:question_moderation": {"step": "show"},
    "webinars:question_desk": {"owner": "nobody"},
    "webinars:answer_clear": {"language": "en"},
    "webinars:question_close": {"reason": "Off topic."},
    "webinars:feedback_create": {"relevance": "5", "lectures": "5", "speakers": "5"},
    "webinars:expert_feedback": {"audience": "5", "preparation": "5", "questions": "5"},
    "webinars:certificate_create": {"full_name": "A. Name"},
    "webinars:series_certificate_create": {"full_name": "A. Name"},
    "webinars:selection_bench": {"action": "mark"},
    "webinars:webinar_put_off": {"to": "postponed", "reason": "The speaker is ill."},
    "webinars:expert_edit": {"action": "ask"},
    "webinars:expert_consent": {"answer": "yes"},
    "webinars:material_step": {"action": "withdraw"},
    "webinars:series_manage": {"action": "close", "reason": "All is said."},
    "forum:experience_create": {
        "need": "A register.",
        "assistance": "Two missions.",
        "worked": "The training.",
        "submission_key": "5f0c3c3e-6d5f-4a25-a2e7-0d6a0e1a0001",
    },
}


def pattern_names(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from pattern_names(pattern, inner)


def people(discussion: Discussion) -> dict[str, User | None]:
    """Return one reader of each kind, by the names of the columns."""
    focal_point = MandateFactory(user=DelegateFactory()).user
    coordinator = DelegateFactory()
    MandateFactory(
        user=coordinator, office=Office.COORDINATOR, member_state=None, regional_group=RegionalGroupFactory()
    )
    readers = {
        "anonymous": None,
        "not accepted": DelegateFactory(accepts=False),
        "suspended": DelegateFactory(suspended_until=timezone.now() + timedelta(days=1)),
        "delegate": DelegateFactory(),
        "focal point": focal_point,
        "coordinator": coordinator,
        "moderator": UserFactory(role=Role.MODERATOR),
        "facilitator": UserFactory(role=Role.FACILITATOR),
        "facilitator elsewhere": UserFactory(role=Role.FACILITATOR),
        "expert": UserFactory(role=Role.EXPERT),
        "secretariat": UserFactory(role=Role.SECRETARIAT),
        "external": UserFactory(role=Role.EXTERNAL),
        "external elsewhere": UserFactory(role=Role.EXTERNAL),
        "evaluator": UserFactory(role=Role.EVALUATOR),
        "mandate over": MandateFactory(
            user=DelegateFactory(),
            starts_on=timezone.localdate() - timedelta(days=9),
            ends_on=timezone.localdate() - timedelta(days=1),
        ).user,
        "admission over": UserFactory(role=Role.EXTERNAL),
        "left": DelegateFactory(status=AccountStatus.LEFT),
    }
    grant(readers["facilitator"], discussion.room)
    grant(readers["facilitator elsewhere"], RoomFactory(language="fr"))
    grant(readers["external"], discussion)
    grant(readers["external elsewhere"], DiscussionFactory())
    grant(readers["admission over"], discussion, ends_at=timezone.now() - timedelta(seconds=1))
    return readers


def entry_ids(focal_point: User) -> dict[str, object]:
    """Return an entry and activities of the library, and two that wait for a state: the focal point's, and another."""
    ids: dict[str, object] = {
        "entry": LibraryEntryFactory().pk,
        "activity": ActivityFactory().pk,
        "hidden activity": ActivityFactory(published_at=None).pk,
    }
    for name, state in (("", focal_point.member_state), (" elsewhere", MemberStateFactory())):
        asked = LibraryEntryFactory(state=EntryState.PROPOSED, permission=Permission.ASKED)
        asked.permissions.create(member_state=state)
        ids |= {f"asked entry{name}": asked.pk, f"asked state{name}": state.code}
    return ids


def contact_ids(focal_point: User, secretariat: User) -> dict[str, object]:
    """Return organisations and messages of the focal point's state, and others; and personal links of one of each."""
    own = StakeholderContactFactory(member_state=focal_point.member_state)
    asked = StakeholderContactFactory(member_state=focal_point.member_state, confirmed_on=None)
    sent = CircularFactory(written_by=secretariat)
    send_circular(actor=secretariat, circular=sent, seen=sent.changed_at)
    return {
        "contact": own.pk,
        "contact asked": asked.pk,
        "contact elsewhere": StakeholderContactFactory().pk,
        "contact token": personal_address("contact_confirm", own).rstrip("/").rpartition("/")[2],
        "circular": CircularFactory(written_by=focal_point, member_state=focal_point.member_state).pk,
        "circular elsewhere": CircularFactory(written_by=secretariat).pk,
        "circular token": answer_address(sent.copies.get()).rstrip("/").rpartition("/")[2],
    }


def invitation_ids(focal_point: User) -> dict[str, object]:
    """Return an invitation for the focal point's state, one for another, and the token of a personal link."""
    secretariat = UserFactory(role=Role.SECRETARIAT)
    ids: dict[str, object] = {}
    for name, state in (("invitation", focal_point.member_state), ("invitation elsewhere", MemberStateFactory())):
        newcomer = Newcomer(email=f"{state.pk}@ipo.example", full_name="A. Name", member_state=state)
        invitation = invite_person(actor=secretariat, newcomer=newcomer)
        ids |= {name: invitation.pk, "token": token_of(invitation)}
    return ids


def imported_ids(discussion: Discussion) -> dict[str, object]:
    """Return an imported author of a post in ``discussion``, and a claim that waits."""
    author = ImportedAuthor.objects.create(source="old", key="u1", name="Imported Author")
    post = PostFactory(discussion=discussion)
    Post.objects.filter(pk=post.pk).update(author=None, imported_author=author)
    ImportedItem.objects.create(source="old", key="topic:7", address="/threads/7", topic=discussion.topic)
    return {"imported author": author.pk, "claim": author.claims.create(user=post.author).pk}


def case_ids(own: Post, delegate: User) -> dict[str, object]:
    """Return a case that waits on a post, and what there is of one on the delegate's: hidden, with all that follows."""
    hidden = PostFactory(discussion=own.discussion, author=delegate)
    moderator, other = UserFactory(role=Role.MODERATOR), DelegateFactory()
    case, decided = (report_post(actor=other, post=post.pk, reason=ReportReason.WRONG).case for post in (own, hidden))
    decide_case(actor=moderator, case=decided.pk, outcome=Outcome.HIDDEN, reason="It is wrong.")
    sanctioned = report_post(actor=other, post=PostFactory(discussion=own.discussion).pk, reason=ReportReason.WRONG)
    ends_at = timezone.now() + timedelta(1)
    muted = decide_case(
        actor=moderator, case=sanctioned.case_id, outcome=Outcome.MUTE, reason="It is wrong.", ends_at=ends_at
    )
    return {
        "case": case.pk,
        "hidden post": hidden.pk,
        "decided case": decided.pk,
        "sanctioned case": muted.pk,
        "sanction": muted.sanctions.get().pk,
        "appeal": make_appeal(actor=muted.post.author, case=muted.pk, text="It is right.").pk,
        "complaint": complain(actor=other, text="Too hasty.").pk,
        "appeal token": appeal_token_of(_suspended(own.discussion, other, moderator)),
    }


def _suspended(discussion: Discussion, reporter: User, moderator: User) -> Case:
    """Return a decision by which the author of a post is suspended."""
    report = report_post(actor=reporter, post=PostFactory(discussion=discussion).pk, reason=ReportReason.WRONG)
    ends_at = timezone.now() + timedelta(1)
    return decide_case(
        actor=moderator, case=report.case_id, outcome=Outcome.SUSPENSION, reason="It is wrong.", ends_at=ends_at
    )


def room_ids() -> dict[str, object]:
    """Return a decision on a further language, and a room of one with its contract."""
    secretariat, day = UserFactory(role=Role.SECRETARIAT), timezone.localdate()
    decisions = [
        RoomDecision.objects.create(
            language=language, session="CDIP/38", decided_on=day, subject="A room", recorded_by=secretariat
        )
        for language in ("ar", "ru")
    ]
    terms = Terms("provider@forum.example", "A. Provider", starts_on=day, ends_on=day)
    room = open_room(actor=secretariat, decision=decisions[1].pk, terms=terms)
    return {"room decision": decisions[0].pk, "contract": room.contracts.get().pk}


def evaluation_ids(evaluator: User) -> dict[str, object]:
    """Return the evaluator's own evaluation, one of another, and one that is published."""
    return {
        "evaluation": EvaluationFactory(evaluator=evaluator).pk,
        "evaluation elsewhere": EvaluationFactory().pk,
        "evaluation published": EvaluationFactory(report="Findings", published_at=timezone.now()).pk,
    }


def cycle_ids(coordinator: User) -> dict[str, object]:
    """Return a year whose answers are open, with a topic and a proposal of the coordinator's group, and one before."""
    group = coordinator.mandates.get().regional_group
    cycle = CycleFactory(
        year=2041,
        state=CycleState.OPEN,
        opened_at=timezone.now(),
        answers_due_at=timezone.now() + timedelta(days=9),
    )
    return {
        "open year": cycle.year,
        "prepared year": CycleFactory(year=2042, state=CycleState.PREPARING).year,
        "listed topic": ProposalFactory(cycle=cycle, group=None, origin=Origin.SECRETARIAT).pk,
        "group proposal": ProposalFactory(cycle=cycle, group=group).pk,
        "coordinated group": group.pk,
    }


def place_ids() -> dict[str, object]:
    """Return an announced webinar with somebody's place at it, and meetings of two kinds of software."""
    webinar = WebinarFactory(cycle__year=2044)
    registration = RegistrationFactory(webinar=webinar)
    MeetingFactory(webinar=webinar)
    expert = EngagementFactory(webinar=webinar)
    return {
        "open webinar": webinar.pk,
        "registration": registration.pk,
        "registration token": registration_token_of(registration),
        "entrance token": meetings.expert_token(expert),
        "meeting": MeetingFactory(provider=Provider.BIGBLUEBUTTON).pk,
        "webinar series": SeriesFactory().pk,
    }


def held_ids(secretariat: User) -> dict[str, object]:
    """Return a webinar that was held, with who attended it, an expert, and a question whose answer is drafted."""
    starts_at = timezone.now() - timedelta(days=1)
    webinar = WebinarFactory(cycle__year=2048, state=WebinarState.HELD, starts_at=starts_at)
    attended = RegistrationFactory(webinar=webinar, attended=True)
    walked = RegistrationFactory(
        webinar__cycle__year=2048,
        webinar__state=WebinarState.HELD,
        webinar__starts_at=starts_at,
        webinar__series=SeriesFactory(state=SeriesState.EXPLORED, state_reason="All is said."),
        webinar__part=1,
        attended=True,
    )
    issue_series_certificate(registration=walked, full_name="A. Name")
    question = QuestionFactory(
        webinar=webinar, state=QuestionState.DRAFTED, owner=secretariat, due_on=timezone.localdate()
    )
    AnswerFactory(question=question)
    return {
        "held webinar": webinar.pk,
        "attended token": registration_token_of(attended),
        "walked token": registration_token_of(walked),
        "committee meeting": CommitteeMeetingFactory().pk,
        "certificate code": issue_certificate(registration=attended, full_name="A. Name").code,
        "feedback token": feedback_token_of(EngagementFactory(webinar=webinar)),
        "drafted question": question.pk,
    }


def choice_ids(secretariat: User) -> dict[str, object]:
    """Return a year whose webinars are being chosen, and a proposal of a published year."""
    cycle = CycleFactory(year=2045, state=CycleState.ANALYSIS)
    proposals = [ProposalFactory(cycle=cycle, group=None, origin=Origin.SECRETARIAT) for _n in range(2)]
    lead = ProposalFactory(cycle=cycle, group=None, origin=Origin.SECRETARIAT)
    return {
        "analysed year": cycle.year,
        "chosen proposal": proposals[0].pk,
        "option": OptionFactory(proposal=proposals[0]).pk,
        "cluster": Cluster.objects.create(cycle=cycle, lead=lead, reason="One subject.", made_by=secretariat).pk,
        "published proposal": ProposalFactory(cycle__year=2046, state=ProposalState.CARRIED_OVER).pk,
        "hidden proposal": ProposalFactory(cycle__year=2047, cycle__state=CycleState.PREPARING).pk,
    }


def webinar_ids(secretariat: User) -> dict[str, object]:
    """Return a published webinar of a series with an expert and its materials, and what of another nobody sees yet."""
    cycle, series, hidden_series = CycleFactory(year=2040), SeriesFactory(), SeriesFactory()
    webinar = WebinarFactory(cycle=cycle, series=series, part=1)
    hidden = WebinarFactory(cycle__year=2043, cycle__state=CycleState.ANALYSIS, series=hidden_series, part=1)
    Release.objects.create(cycle=cycle, number=1, snapshot=snapshot_of(cycle), published_by=secretariat)
    expert = ask_consent(actor=secretariat, expert=EngagementFactory(webinar=webinar).pk)
    files = {"address": "", "file": ContentFile(b"WEBVTT", "stored"), "file_name": "a.vtt", "media_type": "text/vtt"}
    return {
        "published year": cycle.year,
        "webinar": webinar.pk,
        "hidden webinar": hidden.pk,
        "series": series.pk,
        "hidden series": hidden_series.pk,
        "expert": expert.pk,
        "expert token": expert_token_of(expert),
        "material": MaterialFactory(webinar=webinar, **files).pk,
        "hidden material": MaterialFactory(webinar=webinar, state="checked", **files).pk,
    }


def promotion_ids(focal_point: User, secretariat: User) -> dict[str, object]:
    """Return what the focal point's state and another are asked to do for a webinar, and how to hear of no more."""
    webinar, registration = WebinarFactory(cycle__year=2040), RegistrationFactory(webinar__cycle__year=2040)
    asked = {"webinar": webinar, "audience": "Universities", "channel": "mail", "promoter": "state"}
    elsewhere = PromotionTask.objects.create(member_state=MemberStateFactory(), **asked)
    campaign = Campaign.objects.create(webinar=webinar, made_by=secretariat)
    mail = campaign.mails.create(registration=registration, email=registration.email)
    return {
        "promotion step": PromotionTask.objects.create(member_state=focal_point.member_state, **asked).pk,
        "promotion step elsewhere": elsewhere.pk,
        "later token": stop_address(mail).rstrip("/").rpartition("/")[2],
    }


def visitor(reader: User | None) -> Client:
    client = Client()
    if reader is not None:
        client.force_login(reader)
    return client


def answer(client: Client, name: str, method: str, address: str) -> str:
    response = client.post(address, FORMS.get(name, {})) if method == "POST" else client.get(address)
    location = response.headers.get("Location", "")
    for word, view in (("sign-in", "account_login"), ("protocol", "accounts:protocol_detail")):
        if location.startswith(f"{reverse(view)}?next="):
            return word
    return str(response.status_code)


def steering_ids(post: Post, delegate: User) -> dict[str, object]:
    """Return what is asked on the discussion of a post, a held post of ``delegate``, and what came of the topic."""
    discussion, moderator = post.discussion, UserFactory(role=Role.MODERATOR)
    number, now = discussion.last_number, timezone.now()
    held = PostFactory(discussion=discussion, author=delegate, number=HELD_FROM, state="held")
    Discussion.objects.filter(pk=discussion.pk).update(last_number=number)
    expert = UserFactory(role=Role.EXPERT)
    call = StaffCall.objects.create(
        discussion=discussion, expert=expert, request="How?", due_on=timezone.localdate(), asked_by=moderator
    )
    version = Synthesis.objects.create(
        topic=discussion.topic,
        number=1,
        text_en="Agreed.",
        written_by=moderator,
        published_at=now,
        corrections_until=now + timedelta(days=1),
    )
    correction = version.corrections.create(language="en", text="Twice.", asked_by=delegate)
    follow_up = discussion.topic.follow_ups.create(
        kind="idea", text="A register.", happened_on=timezone.localdate(), recorded_by=moderator
    )
    return {
        "topic": discussion.topic_id,
        "held post": held.pk,
        "call": call.pk,
        "correction": correction.pk,
        "follow-up": follow_up.pk,
    }


def world() -> tuple[dict[str, User | None], dict[str, object]]:
    """Return the readers, and what the addresses name by the words in their braces."""
    discussion = DiscussionFactory()
    own = PostFactory(discussion=discussion)
    readers = people(discussion)
    ids = {
        "language": discussion.room.language,
        "discussion": discussion.pk,
        "post": own.pk,
        "file": AttachmentFactory(post=own).key,
        "unknown key": uuid.uuid4(),
        "symbol": discussion.topic.symbol,
        "weekly": WeeklyTopicFactory().pk,
        "opened weekly": WeeklyTopicFactory(topic=TopicFactory(), opened_at=timezone.now()).pk,
        "template": TopicTemplateFactory().pk,
        "checklist item": ChecklistItemFactory().pk,
        "topic proposal": TopicProposalFactory().pk,
        "declined proposal": TopicProposalFactory(state="declined", reason="Discussed.").pk,
        "admission": AdmissionFactory(sponsor=readers["focal point"].member_state).pk,
        "right": readers["external"].discussion_grants.get().pk,
        "deletion": DeletionRequestFactory(post=own).pk,
        "request": AccountRequestFactory(member_state=readers["focal point"].member_state).pk,
        "request elsewhere": AccountRequestFactory().pk,
        **invitation_ids(readers["focal point"]),
        **contact_ids(readers["focal point"], readers["secretariat"]),
        **entry_ids(readers["focal point"]),
        **cycle_ids(readers["coordinator"]),
        **webinar_ids(readers["secretariat"]),
        **promotion_ids(readers["focal point"], readers["secretariat"]),
        **place_ids(),
        **choice_ids(readers["secretariat"]),
        **held_ids(readers["secretariat"]),
        "author": own.author.pk,
        "draft": own.author.drafts.create(discussion=discussion, body="Half a thought.").pk,
        "clearance": own.author.clearances_asked.create(
            discussion=discussion, colleague=DelegateFactory(member_state=own.member_state), body="Half a thought."
        ).pk,
        "address token": link(
            own.author.address_changes.create(new_email="new@forum.example", expires_at=timezone.now() + timedelta(1)),
            Side.OLD,
        )
        .rstrip("/")
        .rpartition("/")[2],
        **imported_ids(discussion),
        **case_ids(own, readers["delegate"]),
        **room_ids(),
        **evaluation_ids(readers["evaluator"]),
        **steering_ids(own, readers["delegate"]),
        "feed": make_feed(actor=own.author).rstrip("/").rpartition("/")[2],
        "archive": own.author.archives.create(ready_at=timezone.now(), expires_at=timezone.now() + timedelta(1)).pk,
        "stop token": outbox.stop_url(own.author, MailScope.POSTS).rstrip("/").rpartition("/")[2],
    }
    return readers, ids


@pytest.mark.parametrize("part", range(PARTS))
def test_each_reader_is_answered_as_the_matrix_says(db, settings, tmp_path, part):
    """Each answer is taken back, so that all addresses of a part are asked in the same world."""
    settings.MEDIA_ROOT = tmp_path
    readers, ids = world()
    visitors = {reader: visitor(readers[reader]) for reader in READERS}
    sessions = {reader: dict(client.cookies) for reader, client in visitors.items()}

    wrong = []
    for row in ROWS[part::PARTS]:
        address = row["address"].format_map(ids)
        assert resolve(address).view_name == row["name"]
        for reader in READERS:
            cache.clear()
            visitors[reader].cookies = SimpleCookie(sessions[reader])
            with transaction.atomic():
                found = answer(visitors[reader], row["name"], row["method"], address)
                transaction.set_rollback(True)
            if found != row[reader]:
                wrong.append(f"{row['method']} {row['name']}, {reader}: {found} and not {row[reader]}")

    assert wrong == []


def test_the_matrix_has_a_column_for_every_kind_of_reader(db):
    assert list(people(DiscussionFactory())) == READERS


def test_the_matrix_has_every_address_and_no_other():
    addresses = {name for name in pattern_names() if not name.startswith("admin:")} | ADMIN_ROWS

    assert {row["name"] for row in ROWS} == addresses
