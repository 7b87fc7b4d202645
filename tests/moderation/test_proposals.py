"""Proposals of topics: participants make and support them, moderators decide, topics credit the state."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import AccountStatus, Role
from accounts.models import AuditEntry, Notice, User
from accounts.services import outbox
from forum.models import Discussion, Topic
from forum.services.topics import core_rooms as core_rooms_of
from forum.services.topics import open_topic
from moderation.enums import ProposalState
from moderation.models import ProposalSupport, TopicProposal, WeeklyTopic
from moderation.queries.proposals import proposal_list, proposal_queue, similar_to
from moderation.services.proposals import (
    decide_proposal,
    propose_topic,
    renew_proposal,
    support_proposal,
    take_back_decision,
    withdraw_proposal,
)
from moderation.services.weekly import discard_topic, open_weekly_topic
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    MemberStateFactory,
    TopicFactory,
    TopicProposalFactory,
    UserFactory,
)
from tests.moderation.test_weekly import typed
from tests.moderation.test_weekly_opening import at_once, committed_rooms  # noqa: F401 - a fixture

CREATE = "/proposals/new/"
WORDS = {
    "title": "Former les examinateurs à distance",
    "why": "Plusieurs offices le demandent.",
    "expected_result": "Une liste de cours.",
    "language": "fr",
    "wanted_languages": ["fr", "es"],
}


@pytest.fixture
def moderator(core_rooms) -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def kenya(core_rooms) -> User:
    state = MemberStateFactory(code="KE", name_en="Kenya", name_fr="Kenya")
    return DelegateFactory(member_state=state, language="fr", languages_read=["fr", "en"], full_name="A. Kenyan")


def decide(actor: User, proposal: TopicProposal, decision: str, **given) -> TopicProposal:
    seen = given.pop("seen", None) or TopicProposal.objects.get(pk=proposal.pk).state
    return decide_proposal(actor=actor, proposal=proposal.pk, decision=ProposalState(decision), seen=seen, **given)


def in_one_line(subject: str) -> str:
    """Return a subject as letters carry it, its spaces plain."""
    return " ".join(subject.split())


def letters(mailoutbox) -> list[tuple[str, str]]:
    """Send what waits; return to whom and under which subject."""
    mailoutbox.clear()
    outbox.deliver_due()
    return [(mail.to[0], mail.subject) for mail in mailoutbox]


# --- Making one ---------------------------------------------------------------------------------------


def test_a_delegate_proposes_a_topic_in_their_own_language(client, kenya, moderator, mailoutbox):
    client.force_login(kenya)

    response = client.post(CREATE, {**WORDS, "names_proposer": "on", "submission_key": str(uuid.uuid4())})

    proposal = TopicProposal.objects.get()
    assertRedirects(response, f"/proposals/{proposal.pk}/")
    assert (proposal.title, proposal.language, proposal.wanted_languages) == (WORDS["title"], "fr", ["fr", "es"])
    assert (proposal.proposed_by, proposal.member_state, proposal.state) == (kenya, kenya.member_state, "submitted")
    assert proposal.names_proposer
    assert letters(mailoutbox) == [(moderator.email, "Proposed topic: Former les examinateurs à distance")]


def test_the_same_form_sent_twice_proposes_once(client, kenya):
    client.force_login(kenya)
    form = {**WORDS, "submission_key": str(uuid.uuid4())}

    for _twice in range(2):
        client.post(CREATE, form)

    assert TopicProposal.objects.count() == 1
    assert AuditEntry.objects.filter(action="topic_proposal.submitted").count() == 1


@pytest.mark.parametrize("field", ["title", "why", "expected_result", "language"])
def test_what_a_proposal_lacks_is_told_and_what_was_typed_is_kept(client, kenya, field):
    client.force_login(kenya)

    response = client.post(CREATE, {**WORDS, field: ""})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    kept = next(value for name, value in WORDS.items() if name not in {field, "language", "wanted_languages"})
    assert kept in response.content.decode().replace("&#x27;", "'")


def test_who_does_not_take_part_in_all_rooms_proposes_nothing(core_rooms):
    values = {**WORDS, "category": None, "names_proposer": False}

    for actor in (
        UserFactory(role=Role.EXTERNAL),
        UserFactory(role=Role.FACILITATOR),
        UserFactory(role=Role.EVALUATOR),
    ):
        with pytest.raises(PermissionDenied):
            propose_topic(actor=actor, values=values, submission_key=uuid.uuid4())
    assert not TopicProposal.objects.exists()
    assert propose_topic(actor=UserFactory(role=Role.EXPERT), values=values, submission_key=uuid.uuid4()).pk


def test_markup_in_a_proposal_is_shown_as_text(client, kenya):
    hostile = "<script>alert(1)</script>"
    proposal = TopicProposalFactory(title=hostile, why=hostile, expected_result=hostile)
    client.force_login(kenya)

    for page in ("/proposals/", f"/proposals/{proposal.pk}/"):
        assertNotContains(client.get(page), "<script>alert")


# --- What is similar ----------------------------------------------------------------------------------


def opened(**words: str) -> Topic:
    topic = TopicFactory(year=None, number=None, **words)
    open_topic(topic, core_rooms_of(), actor=None, at=timezone.now())
    return topic


def test_earlier_topics_and_proposals_that_share_words_are_found(kenya):
    topic = opened(title_fr="Examiner les brevets à distance")
    opened(title_fr="Accords de licence", title_es="Licencias", objective_es="Tres ejemplos.")
    close = TopicProposalFactory(title="Des cours pour examinateurs", language="fr")
    TopicProposalFactory(title="Marques et commerce", language="fr")
    TopicProposalFactory(title="Cours pour examinateurs", language="fr", state="declined", reason="No.")

    similar = similar_to(kenya, "Former les examinateurs à distance", "fr")

    assert [result.symbol for result in similar.topics] == [topic.symbol]
    assert list(similar.proposals) == [close]


@pytest.mark.parametrize("text", ["", "a la de", "' OR 1=1 --", "\\:*&|!()", "'''", "x" * 5000])
def test_text_of_any_kind_finds_nothing_or_something_and_never_fails(kenya, text):
    TopicProposalFactory()

    assert not similar_to(kenya, text, "fr").topics


def test_similar_topics_are_shown_by_a_button_with_the_text_kept(client, kenya):
    other = TopicProposalFactory(title="Des cours pour examinateurs", language="fr")
    client.force_login(kenya)

    response = client.post(CREATE, {**WORDS, "then": "similar"})

    assert response.status_code == 200
    assertContains(response, other.get_absolute_url())
    form = response.context["form"]
    assert (form["title"].value(), form["wanted_languages"].value()) == (WORDS["title"], ["fr", "es"])
    assert TopicProposal.objects.count() == 1


def test_similar_topics_are_shown_while_one_types_as_a_part_of_the_page(client, kenya):
    client.force_login(kenya)

    response = client.post(CREATE, {"title": "Cours", "then": "similar"}, headers={"HX-Request": "true"})

    assert response.content.decode().strip().startswith('<div id="similar"')


# --- Supporting, withdrawing ---------------------------------------------------------------------------


def test_the_most_supported_stands_first_and_support_can_be_taken_back(kenya):
    quiet, loud = TopicProposalFactory(), TopicProposalFactory()
    for person in (kenya, DelegateFactory()):
        support_proposal(actor=person, proposal=loud.pk, supports=True)
    support_proposal(actor=kenya, proposal=loud.pk, supports=True)

    page = proposal_list(kenya)

    assert [(p.pk, p.supporters, p.is_supported) for p in page.open] == [(loud.pk, 2, True), (quiet.pk, 0, False)]
    support_proposal(actor=kenya, proposal=loud.pk, supports=False)
    assert proposal_list(kenya).open[0].supporters == 1


def test_nobody_supports_their_own_proposal_or_a_decided_one(kenya):
    own, decided = (
        TopicProposalFactory(proposed_by=kenya),
        TopicProposalFactory(state="merged", merged_into=None or TopicProposalFactory()),
    )

    for proposal in (own, decided):
        with pytest.raises(PermissionDenied):
            support_proposal(actor=kenya, proposal=proposal.pk, supports=True)
    assert not ProposalSupport.objects.exists()


def test_a_proposal_is_withdrawn_by_its_proposer_alone_and_made_again(kenya, moderator):
    proposal = TopicProposalFactory(proposed_by=kenya)
    with pytest.raises(PermissionDenied):
        withdraw_proposal(actor=moderator, proposal=proposal.pk)

    withdraw_proposal(actor=kenya, proposal=proposal.pk)

    other = DelegateFactory()
    assert not TopicProposal.objects.visible_to(other).exists()
    with pytest.raises(PermissionDenied):
        withdraw_proposal(actor=kenya, proposal=proposal.pk)
    renew_proposal(actor=kenya, proposal=proposal.pk)
    assert TopicProposal.objects.visible_to(other).get().state == "submitted"


def test_declined_and_withdrawn_proposals_are_hidden_from_others(client, kenya):
    hidden = [TopicProposalFactory(state="declined", reason="No."), TopicProposalFactory(state="withdrawn")]
    own = TopicProposalFactory(state="declined", reason="It was discussed in May.", proposed_by=kenya)
    client.force_login(kenya)

    assert {client.get(p.get_absolute_url()).status_code for p in hidden} == {404}
    assertContains(client.get("/proposals/"), "It was discussed in May.")
    assertContains(client.get(own.get_absolute_url()), "It was discussed in May.")


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_however_many_proposals(client, kenya, moderator, count, django_assert_num_queries):
    for proposal in TopicProposalFactory.create_batch(count, category=CategoryFactory()):
        ProposalSupport.objects.create(proposal=proposal, user=kenya)
    TopicProposalFactory.create_batch(count, proposed_by=kenya)

    client.force_login(kenya)
    with django_assert_num_queries(5):  # session, viewer, own, open, became
        response = client.get("/proposals/")
    assert len(response.context["page"].open) == 2 * count
    client.force_login(moderator)
    with django_assert_num_queries(6):  # session, viewer, waiting, accepted, decided, what waits elsewhere
        client.get("/moderation/proposals/")


# --- Deciding -----------------------------------------------------------------------------------------


def test_the_proposer_is_told_of_each_step_in_their_language(kenya, moderator, mailoutbox):
    proposal = TopicProposalFactory(proposed_by=kenya, title="Cours")
    expected = {
        "under_review": "Under review: %(title)s",
        "accepted": "Accepted: %(title)s",
        "declined": "Not taken up: %(title)s",
    }
    for decision, subject in expected.items():
        decide(moderator, proposal, decision, reason="Discuté en mai." if decision == "declined" else "")
        with translation.override("fr"):
            said = in_one_line(translation.gettext(subject) % {"title": "Cours"})
        assert letters(mailoutbox) == [(kenya.email, said)]
    assert Notice.objects.filter(user=kenya).count() == 3


def test_what_was_decided_otherwise_before_the_letter_went_is_not_told(kenya, moderator, mailoutbox):
    proposal = TopicProposalFactory(proposed_by=kenya, title="Cours")
    decide(moderator, proposal, "accepted")
    take_back_decision(actor=moderator, proposal=proposal.pk, seen="accepted")

    assert len(letters(mailoutbox)) == 1


def test_declining_needs_a_reason(client, moderator):
    proposal = TopicProposalFactory()
    client.force_login(moderator)
    address = f"/moderation/proposals/{proposal.pk}/decide/"

    for nothing in ("", "  ", "\u200b"):
        response = client.post(address, {"decision": "declined", "seen": "submitted", "reason": nothing})
        assertContains(response, "Say why it is declined", status_code=422)
    client.post(address, {"decision": "declined", "seen": "submitted", "reason": "It was discussed in May."})

    proposal.refresh_from_db()
    assert (proposal.state, proposal.reason, proposal.decided_by) == ("declined", "It was discussed in May.", moderator)


def test_supporters_of_merged_proposals_are_counted_together_and_each_once(moderator, kenya):
    one, other = TopicProposalFactory.create_batch(2)
    both, single = kenya, DelegateFactory()
    for person, proposal in ((both, one), (both, other), (single, other)):
        ProposalSupport.objects.create(user=person, proposal=proposal)

    decide(moderator, other, "merged", into=one.pk)

    assert [(p.pk, p.supporters) for p in proposal_queue(moderator).waiting] == [(one.pk, 2)]
    take_back_decision(actor=moderator, proposal=other.pk, seen="merged")
    assert {p.pk: p.supporters for p in proposal_queue(moderator).waiting} == {one.pk: 1, other.pk: 2}


def test_a_proposal_is_merged_into_another_open_one_alone(moderator):
    proposal, decided = TopicProposalFactory(), TopicProposalFactory(state="declined", reason="No.")

    for into in (None, proposal.pk, decided.pk, 4711):
        with pytest.raises(ValidationError):
            decide(moderator, proposal, "merged", into=into)
    proposal.refresh_from_db()
    assert proposal.state == "submitted"


def test_what_others_were_merged_into_is_not_merged_on(moderator):
    one, other, third = TopicProposalFactory.create_batch(3)
    decide(moderator, other, "merged", into=one.pk)

    with pytest.raises(ValidationError) as refusal:
        decide(moderator, one, "merged", into=third.pk)

    assert refusal.value.code == "has_merged"


def test_each_decision_is_taken_back(moderator):
    target = TopicProposalFactory()
    for decision, given, back in (
        ("under_review", {}, "submitted"),
        ("accepted", {}, "under_review"),
        ("declined", {"reason": "No."}, "under_review"),
        ("merged", {"into": target.pk}, "under_review"),
    ):
        proposal = TopicProposalFactory()
        decide(moderator, proposal, decision, **given)
        take_back_decision(actor=moderator, proposal=proposal.pk, seen=decision)
        proposal.refresh_from_db()
        assert (proposal.state, proposal.reason, proposal.merged_into) == (back, "", None)


def test_of_two_moderators_the_second_is_told_what_the_first_decided(client, moderator):
    proposal = TopicProposalFactory()
    decide(UserFactory(role=Role.MODERATOR), proposal, "accepted")
    client.force_login(moderator)

    response = client.post(
        f"/moderation/proposals/{proposal.pk}/decide/",
        {"decision": "declined", "seen": "submitted", "reason": "It was discussed in May."},
    )

    assertContains(response, "Somebody else has decided meanwhile: Accepted.", status_code=422)
    proposal.refresh_from_db()
    assert proposal.state == "accepted"


def test_of_two_moderators_at_once_one_succeeds(committed_rooms):  # noqa: F811
    moderators = [UserFactory(role=Role.MODERATOR) for _ in range(2)]
    proposal = TopicProposalFactory()

    def answer(actor: User, decision: str) -> str:
        try:
            return decide(actor, proposal, decision, seen="submitted", reason="No.").state
        except ValidationError as refusal:
            return refusal.code

    results = at_once(
        *(lambda a=a, d=d: answer(a, d) for a, d in zip(moderators, ("accepted", "declined"), strict=True))
    )

    assert len({"accepted", "declined"} & set(results)) == 1
    assert "changed" in results
    assert AuditEntry.objects.filter(action__in=["topic_proposal.accepted", "topic_proposal.declined"]).count() == 1


@pytest.mark.parametrize("role", [Role.DELEGATE, Role.EXPERT, Role.EVALUATOR])
def test_nobody_else_decides(core_rooms, role):
    actor = DelegateFactory() if role == Role.DELEGATE else UserFactory(role=role)
    proposal = TopicProposalFactory()

    with pytest.raises(PermissionDenied):
        decide(actor, proposal, "accepted")
    with pytest.raises(PermissionDenied):
        take_back_decision(actor=actor, proposal=proposal.pk, seen="submitted")
    proposal.refresh_from_db()
    assert proposal.state == "submitted"


# --- Becoming a topic ---------------------------------------------------------------------------------


def test_a_topic_is_prepared_with_a_proposals_words_in_its_language(client, kenya, moderator):
    proposal = TopicProposalFactory(**WORDS, proposed_by=kenya, state="accepted", category=CategoryFactory())
    client.force_login(moderator)

    response = client.get(f"/moderation/weekly/new/?proposal={proposal.pk}")

    form = response.context["form"]
    assert [form[name].value() for name in ("title_fr", "objective_fr", "category")] == [
        WORDS["title"],
        WORDS["expected_result"],
        proposal.category_id,
    ]
    assert not form["title_en"].value()
    assertContains(response, WORDS["why"])


def scheduled(client, moderator: User, proposal: TopicProposal) -> WeeklyTopic:
    client.force_login(moderator)
    response = client.post(f"/moderation/weekly/new/?proposal={proposal.pk}", typed("schedule"))
    assertRedirects(response, "/moderation/", fetch_redirect_response=False)
    return WeeklyTopic.objects.select_related("topic").get()


@pytest.mark.parametrize(("names", "credit"), [(False, "Proposed by Kenya</span>"), (True, "(<bdi>A. Kenyan</bdi>)")])
def test_the_opened_topic_credits_the_state_and_the_person_only_where_they_agree(
    client, kenya, moderator, delegate, mailoutbox, names, credit
):
    proposal = TopicProposalFactory(proposed_by=kenya, names_proposer=names, title="Cours")

    plan = scheduled(client, moderator, proposal)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.topic) == ("scheduled", plan.topic)
    letters(mailoutbox)
    open_weekly_topic(plan=plan.pk, actor=moderator)

    with translation.override("fr"):
        subject = in_one_line(translation.gettext("Your topic is open: %(title)s") % {"title": "Cours"})
    assert (kenya.email, subject) in letters(mailoutbox)
    client.force_login(delegate)
    plan.topic.refresh_from_db()
    pages = [plan.topic.get_absolute_url(), *(d.get_absolute_url() for d in Discussion.objects.all())]
    for page in pages:
        assertContains(client.get(page), credit)
        assert ("A. Kenyan" in client.get(page).content.decode()) == names


def test_who_has_left_is_named_no_more(client, kenya, moderator, delegate):
    plan = scheduled(client, moderator, TopicProposalFactory(proposed_by=kenya, names_proposer=True))
    open_weekly_topic(plan=plan.pk, actor=moderator)
    User.objects.filter(pk=kenya.pk).update(status=AccountStatus.LEFT)
    client.force_login(delegate)

    response = client.get(Discussion.objects.first().get_absolute_url())

    assertContains(response, "Proposed by Kenya")
    assertNotContains(response, "A. Kenyan")


def test_a_proposal_becomes_one_topic_whoever_prepares_it(client, moderator):
    proposal = TopicProposalFactory()
    scheduled(client, moderator, proposal)

    response = client.post(f"/moderation/weekly/new/?proposal={proposal.pk}", typed("schedule"))

    assertRedirects(response, f"/proposals/{proposal.pk}/")
    assert WeeklyTopic.objects.count() == 1


def test_a_draft_that_lacks_a_language_schedules_no_proposal(client, moderator):
    proposal = TopicProposalFactory()
    client.force_login(moderator)

    response = client.post(f"/moderation/weekly/new/?proposal={proposal.pk}", typed("schedule", title_es=""))

    assert response.status_code == 422
    proposal.refresh_from_db()
    assert (proposal.state, WeeklyTopic.objects.count()) == ("submitted", 0)


def test_a_proposal_is_parted_from_its_topic_before_that_opens(client, moderator):
    proposal = TopicProposalFactory()
    plan = scheduled(client, moderator, proposal)

    take_back_decision(actor=moderator, proposal=proposal.pk, seen="scheduled")

    proposal.refresh_from_db()
    plan.topic.refresh_from_db()
    assert (proposal.state, proposal.topic, plan.topic.proposing_state) == ("accepted", None, None)


def test_a_proposal_whose_topic_is_taken_off_the_plan_is_accepted_as_before(client, moderator):
    proposal = TopicProposalFactory()
    plan = scheduled(client, moderator, proposal)

    discard_topic(actor=moderator, plan=plan.pk)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.topic, Topic.objects.count()) == ("accepted", None, 0)


def test_what_has_opened_is_not_parted_from_its_proposal(client, moderator):
    proposal = TopicProposalFactory()
    plan = scheduled(client, moderator, proposal)
    open_weekly_topic(plan=plan.pk, actor=moderator)

    with pytest.raises(ValidationError) as refusal:
        take_back_decision(actor=moderator, proposal=proposal.pk, seen="scheduled")

    assert refusal.value.code == "opened"
