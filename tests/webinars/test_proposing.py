"""Topics of the list, and proposals of groups and states: written, handed on, returned, withdrawn, kept."""

import random
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from accounts.models import AuditEntry
from accounts.services import outbox
from tests.factories import RegionalGroupFactory
from tests.factories.webinars import OptionFactory, ProposalFactory, RegionFactory, WebinarFactory
from tests.webinars.cycle_world import (
    WORDS,
    coordinator,
    delegate_of,
    group_of,
    listed,
    move_to,
    open_cycle,
    secretariat,
    values,
)
from webinars.enums import CycleState, Origin, ProposalState, WebinarState
from webinars.forms.proposals import parts_in
from webinars.models import Cycle, Decision, Proposal, TopicSuggestion
from webinars.services.proposals import (
    bring_back_proposal,
    carry_over,
    change_proposal,
    list_topic,
    propose,
    return_proposal,
    submit_proposal,
    texts_of,
    withdraw_proposal,
)

PARTS = [{"title_en": "Reading", "aims_en": "To read a claim."}, {"title_en": "Searching", "aims_en": ""}]


def begin(actor, cycle, *, group=None, state=None, key=None, parts=(), **changed) -> Proposal:
    return propose(
        actor=actor,
        year=cycle.year,
        group=group.pk if group else None,
        member_state=state.pk if state else None,
        values=values(**changed),
        parts=parts,
        submission_key=key or uuid.uuid4(),
    )


def change(actor, proposal: Proposal, note: str = "", seen=None, parts=(), **changed) -> Proposal:
    proposal.refresh_from_db()
    return change_proposal(
        actor=actor,
        proposal=proposal.pk,
        values=values(**changed),
        parts=parts,
        seen=(seen or proposal.saved_at).isoformat(),
        note=note,
    )


def letters() -> list[tuple[str, str]]:
    mail.outbox.clear()
    outbox.deliver_due()
    return sorted((letter.to[0], letter.subject) for letter in mail.outbox)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(**changed: object) -> dict[str, object]:
    """Return what the form of a proposal sends."""
    form = {**WORDS, "language": "en", "languages": ["en", "fr"], "is_about_delivery": "on", "then": "submit"}
    return {**form, **changed}


# --- A group's proposal ---------------------------------------------------------------------------


def test_a_coordinator_proposes_a_series_with_its_parts(db):
    cycle, holder = open_cycle(), coordinator()

    proposal = begin(holder, cycle, group=group_of(holder), is_series=True, parts=PARTS)
    submit_proposal(actor=holder, proposal=proposal.pk)

    proposal.refresh_from_db()
    assert (proposal.origin, proposal.group, proposal.state) == (Origin.GROUP, group_of(holder), "submitted")
    assert [(part.position, part.title_en, part.aims_en) for part in proposal.parts.all()] == [
        (1, "Reading", "To read a claim."),
        (2, "Searching", ""),
    ]


@pytest.mark.parametrize("missing", ["title_en", "aims_en", "audience_en", "subject_en", "languages"])
def test_what_is_mandatory_is_needed_to_hand_in_and_not_for_a_draft(db, missing):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder), **{missing: [] if missing == "languages" else " "})

    with pytest.raises(ValidationError, match="before you hand it in"):
        submit_proposal(actor=holder, proposal=proposal.pk)

    change(holder, proposal)
    assert submit_proposal(actor=holder, proposal=proposal.pk).state == ProposalState.SUBMITTED


def test_what_is_not_about_delivery_says_why_it_belongs_here(db):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder), is_about_delivery=False)

    with pytest.raises(ValidationError, match="not about delivery"):
        submit_proposal(actor=holder, proposal=proposal.pk)

    change(holder, proposal, is_about_delivery=False, about_note="Asked for by five states.")
    assert submit_proposal(actor=holder, proposal=proposal.pk).state == ProposalState.SUBMITTED


def test_a_series_has_two_parts_at_least(db):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder), is_series=True, parts=PARTS[:1])

    with pytest.raises(ValidationError, match="at least two parts"):
        submit_proposal(actor=holder, proposal=proposal.pk)


def test_only_the_groups_coordinator_proposes_for_it(db):
    cycle, holder = open_cycle(), coordinator()

    for other in (coordinator(), delegate_of(group_of(holder))):
        with pytest.raises(PermissionDenied):
            begin(other, cycle, group=group_of(holder))


def test_a_proposal_is_handed_in_until_exactly_the_deadline(db, time_machine):
    cycle, holder = open_cycle(), coordinator()
    first, second = (begin(holder, cycle, group=group_of(holder)) for _each in range(2))

    move_to(time_machine, cycle.answers_due_at - timedelta(seconds=1))
    assert submit_proposal(actor=holder, proposal=first.pk).state == ProposalState.SUBMITTED
    move_to(time_machine, cycle.answers_due_at)

    late = (
        lambda: submit_proposal(actor=holder, proposal=second.pk),
        lambda: change(holder, first),
        lambda: withdraw_proposal(actor=holder, proposal=first.pk),
        lambda: begin(holder, cycle, group=group_of(holder)),
    )
    for attempt in late:
        with pytest.raises(PermissionDenied, match="not open"):
            attempt()


def test_a_form_sent_twice_begins_one_proposal(db):
    cycle, holder, key = open_cycle(), coordinator(), uuid.uuid4()

    assert begin(holder, cycle, group=group_of(holder), key=key) == begin(
        holder, cycle, group=group_of(holder), key=key
    )
    assert begin(holder, cycle, group=group_of(holder)).number == 2


def test_numbers_are_not_used_again(db):
    cycle, holder = open_cycle(), coordinator()
    withdraw_proposal(actor=holder, proposal=begin(holder, cycle, group=group_of(holder)).pk)

    assert begin(holder, cycle, group=group_of(holder)).reference == "P/2027/2"


def test_what_is_handed_in_can_be_changed_and_keeps_its_earlier_wording(db):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder))
    change(holder, proposal, title_en="A draft has no history")
    submit_proposal(actor=holder, proposal=proposal.pk)

    change(holder, proposal, title_en="Handed in and changed")

    (version,) = proposal.versions.all()
    assert (version.texts["title_en"], version.replaced_by) == ("A draft has no history", holder)


def test_what_is_handed_in_cannot_be_emptied(db):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder))
    submit_proposal(actor=holder, proposal=proposal.pk)

    with pytest.raises(ValidationError, match="before you hand it in"):
        change(holder, proposal, aims_en="")


def test_of_two_coordinators_who_change_a_proposal_the_second_is_told(db):
    cycle, first = open_cycle(), coordinator()
    second = coordinator(group_of(first))
    proposal = begin(first, cycle, group=group_of(first))
    shown = proposal.saved_at

    change(second, proposal, seen=shown, title_en="The second was quicker")
    with pytest.raises(ValidationError, match="Somebody else has changed this meanwhile"):
        change(first, proposal, seen=shown, title_en="The first was not")

    proposal.refresh_from_db()
    assert proposal.title_en == "The second was quicker"


def test_a_proposal_in_another_language_leaves_the_earlier_one_empty(db):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder))
    client = signed_in(holder)
    form = client.get(f"/webinars/answers/proposals/{proposal.pk}/").context["form"]

    client.post(
        f"/webinars/answers/proposals/{proposal.pk}/",
        sent(language="fr", title="Brevets", seen=form["seen"].value(), then="save"),
    )

    proposal.refresh_from_db()
    assert (proposal.language, proposal.title_fr, proposal.title_en) == ("fr", "Brevets", None)
    assert proposal.title == "Brevets"


# --- A state's draft to its coordinator -----------------------------------------------------------


def test_a_delegate_drafts_and_the_coordinator_forwards(db):
    cycle, holder = open_cycle(), coordinator()
    author = delegate_of(group_of(holder))

    draft = begin(author, cycle)
    assert not Proposal.objects.visible_to(holder).filter(pk=draft.pk).exists()
    submit_proposal(actor=author, proposal=draft.pk)
    assert letters() == [(holder.email, "Webinar proposal of a state: Patent information for small firms")]
    submit_proposal(actor=holder, proposal=draft.pk)

    draft.refresh_from_db()
    assert (draft.origin, draft.state, draft.member_state) == ("member", "submitted", author.member_state)
    assert not draft.entered_by_secretariat
    assert letters() == [(author.email, "Handed in: Patent information for small firms")]


def test_the_coordinator_changes_a_states_draft_and_its_author_is_told(db):
    cycle, holder = open_cycle(), coordinator()
    author = delegate_of(group_of(holder))
    draft = begin(author, cycle)
    submit_proposal(actor=author, proposal=draft.pk)
    letters()

    change(holder, draft, title_en="For all small firms")

    assert draft.versions.get().texts["title_en"] == WORDS["title"]
    assert letters() == [(author.email, "Your webinar proposal was changed: For all small firms")]
    with pytest.raises(PermissionDenied):
        change(author, draft)


def test_the_coordinator_returns_a_draft_with_a_reason_and_the_author_sends_it_again(db):
    cycle, holder = open_cycle(), coordinator()
    author = delegate_of(group_of(holder))
    draft = begin(author, cycle)
    submit_proposal(actor=author, proposal=draft.pk)
    letters()

    with pytest.raises(ValidationError, match="Say why"):
        return_proposal(actor=holder, proposal=draft.pk, reason=" ")
    return_proposal(actor=holder, proposal=draft.pk, reason="Name the audience.")

    assert letters() == [(author.email, "Returned: Patent information for small firms")]
    assert "Name the audience." in mail.outbox[0].body
    change(author, draft, audience_en="Owners of small firms.")
    assert submit_proposal(actor=author, proposal=draft.pk).state == ProposalState.WITH_COORDINATOR


def test_another_groups_coordinator_knows_nothing_of_a_draft(db):
    cycle, holder = open_cycle(), coordinator()
    author = delegate_of(group_of(holder))
    draft = begin(author, cycle)
    submit_proposal(actor=author, proposal=draft.pk)

    with pytest.raises(Proposal.DoesNotExist):
        submit_proposal(actor=coordinator(), proposal=draft.pk)


def test_the_secretariat_takes_up_what_a_coordinator_left_only_after_the_deadline(db, time_machine):
    cycle, holder, staff = open_cycle(), coordinator(), secretariat()
    draft = begin(author := delegate_of(group_of(holder)), cycle)
    submit_proposal(actor=author, proposal=draft.pk)
    with pytest.raises(Proposal.DoesNotExist):
        submit_proposal(actor=staff, proposal=draft.pk)

    move_to(time_machine, cycle.answers_due_at)
    Cycle.objects.update(state=CycleState.CLOSED)
    with pytest.raises(PermissionDenied):
        submit_proposal(actor=holder, proposal=draft.pk)
    submit_proposal(actor=staff, proposal=draft.pk)

    draft.refresh_from_db()
    assert (draft.state, draft.entered_by_secretariat) == (ProposalState.SUBMITTED, True)


def test_a_state_in_no_group_proposes_to_the_secretariat(db):
    cycle, staff = open_cycle(), secretariat()
    draft = begin(author := delegate_of(None), cycle)

    submit_proposal(actor=author, proposal=draft.pk)
    assert letters() == [(staff.email, "Webinar proposal of a state: Patent information for small firms")]
    submit_proposal(actor=staff, proposal=draft.pk)

    draft.refresh_from_db()
    assert (draft.state, draft.group, draft.entered_by_secretariat) == (ProposalState.SUBMITTED, None, True)


def test_the_secretariat_enters_a_proposal_for_a_state_in_no_group_and_for_no_other(db):
    cycle, staff = open_cycle(), secretariat()
    loose, grouped = delegate_of(None).member_state, delegate_of(RegionalGroupFactory()).member_state

    proposal = begin(staff, cycle, state=loose)
    submit_proposal(actor=staff, proposal=proposal.pk)

    proposal.refresh_from_db()
    assert (proposal.member_state, proposal.state, proposal.entered_by_secretariat) == (loose, "submitted", True)
    with pytest.raises(type(loose).DoesNotExist):
        begin(staff, cycle, state=grouped)


def test_the_secretariats_desk_counts_drafts_without_a_coordinators_word(db):
    cycle, staff = open_cycle(), secretariat()
    draft = begin(author := delegate_of(None), cycle)
    submit_proposal(actor=author, proposal=draft.pk)

    desk = signed_in(staff).get("/secretariat/")

    assertContains(desk, "Webinar proposals without a coordinator’s word")


# --- Returned for completion, and withdrawn -------------------------------------------------------


def test_the_secretariat_returns_a_groups_proposal_and_the_group_completes_it_after_the_deadline(db):
    cycle, holder, staff = open_cycle(), coordinator(), secretariat()
    proposal = begin(holder, cycle, group=group_of(holder))
    submit_proposal(actor=holder, proposal=proposal.pk)
    Cycle.objects.update(state=CycleState.ANALYSIS)
    with pytest.raises(PermissionDenied, match="return the proposal"):
        change(staff, proposal)

    return_proposal(actor=staff, proposal=proposal.pk, reason="Which languages?")
    assert letters() == [(holder.email, "Returned: Patent information for small firms")]
    change(holder, proposal, languages=["en", "fr"])
    submit_proposal(actor=holder, proposal=proposal.pk)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.languages, proposal.state_reason) == ("submitted", ["en", "fr"], "")


def test_a_topic_of_the_list_is_not_returned(db):
    topic = listed(open_cycle())

    with pytest.raises(PermissionDenied):
        return_proposal(actor=secretariat(), proposal=topic.pk, reason="Whose?")


def test_a_withdrawn_proposal_stays_known_and_is_changed_no_more(db):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder))

    withdraw_proposal(actor=holder, proposal=proposal.pk)

    assert Proposal.objects.visible_to(holder).get(pk=proposal.pk).state == ProposalState.WITHDRAWN
    with pytest.raises(PermissionDenied, match="withdrawn"):
        change(holder, proposal)


def test_the_coordinator_makes_a_withdrawn_proposal_of_the_group_a_draft_again(db):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder))
    submit_proposal(actor=holder, proposal=proposal.pk)
    withdraw_proposal(actor=holder, proposal=proposal.pk)
    successor = signed_in(coordinator(group_of(holder)))
    workspace = successor.get(f"/webinars/answers/{cycle.year}/")
    assert (workspace.context["page"].own, workspace.context["page"].withdrawn) == ([], [proposal])
    address = f"/webinars/answers/proposals/{proposal.pk}/"
    assertContains(successor.get(address), "Make it a draft again")

    response = successor.post(f"{address}step/", {"step": "bring_back"}, follow=True)

    assertContains(response, "The proposal is a draft again.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.submitted_at) == (ProposalState.DRAFT, None)
    assert AuditEntry.objects.get(action="webinar_proposal.draft").facts["before"] == "withdrawn"
    assert submit_proposal(actor=holder, proposal=proposal.pk).state == ProposalState.SUBMITTED


def test_a_delegate_makes_a_withdrawn_draft_of_the_state_one_again_and_the_coordinator_does_not(db):
    cycle, holder = open_cycle(), coordinator()
    author = delegate_of(group_of(holder))
    draft = begin(author, cycle)
    submit_proposal(actor=author, proposal=draft.pk)
    withdraw_proposal(actor=author, proposal=draft.pk)

    with pytest.raises(PermissionDenied, match="Only who drafted"):
        bring_back_proposal(actor=holder, proposal=draft.pk)
    bring_back_proposal(actor=author, proposal=draft.pk)

    assert submit_proposal(actor=author, proposal=draft.pk).state == ProposalState.WITH_COORDINATOR


def test_nobody_else_brings_a_withdrawn_proposal_back_and_nobody_after_the_deadline(db, time_machine):
    cycle, holder = open_cycle(hides_answers=False), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder))
    with pytest.raises(PermissionDenied, match="has withdrawn"):
        bring_back_proposal(actor=holder, proposal=proposal.pk)
    withdraw_proposal(actor=holder, proposal=proposal.pk)

    for other in (secretariat(), coordinator()):
        with pytest.raises(PermissionDenied):
            bring_back_proposal(actor=other, proposal=proposal.pk)
    with pytest.raises(Proposal.DoesNotExist):
        bring_back_proposal(actor=delegate_of(None), proposal=begin(holder, cycle, group=group_of(holder)).pk)
    move_to(time_machine, cycle.answers_due_at)
    with pytest.raises(PermissionDenied, match="not open"):
        bring_back_proposal(actor=holder, proposal=proposal.pk)

    proposal.refresh_from_db()
    assert proposal.state == ProposalState.WITHDRAWN


def test_a_topic_taken_off_the_list_is_not_brought_back(db):
    cycle, staff = open_cycle(state=CycleState.PREPARING, opened_at=None), secretariat()
    topic = listed(cycle)
    withdraw_proposal(actor=staff, proposal=topic.pk)

    with pytest.raises(PermissionDenied, match="a group or a state"):
        bring_back_proposal(actor=staff, proposal=topic.pk)


def test_a_part_that_is_decided_on_is_not_left_out(db):
    staff, cycle = secretariat(), open_cycle(state=CycleState.PREPARING)
    parts = [*PARTS, {"title_en": "Drafting", "aims_en": ""}]
    topic = list_topic(
        actor=staff, year=cycle.year, values=values(is_series=True), parts=parts, submission_key=uuid.uuid4()
    )
    Cycle.objects.update(state=CycleState.ANALYSIS)
    option = OptionFactory(proposal=topic, part=topic.parts.get(position=3))
    decision = Decision.objects.create(option=option, decided_by=staff)

    with pytest.raises(ValidationError, match="is decided on"):
        change(staff, topic, is_series=True, parts=PARTS)
    assert topic.parts.count() == 3

    decision.delete()
    change(staff, topic, is_series=True, parts=PARTS)
    assert topic.parts.count() == 2


# --- Invariant 9 ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [CycleState.PUBLISHED, CycleState.RUNNING, CycleState.REPORTED])
def test_what_is_published_is_only_corrected_with_a_note(db, state):
    holder, staff = coordinator(), secretariat()
    cycle = open_cycle(state=state)
    proposal = ProposalFactory(cycle=cycle, group=group_of(holder), state=ProposalState.SELECTED)

    with pytest.raises(PermissionDenied):
        change(holder, proposal)
    with pytest.raises(ValidationError, match="Say what is corrected"):
        change(staff, proposal)
    change(staff, proposal, note="The title was misspelt.")

    version = proposal.versions.get()
    assert (version.note, version.replaced_by) == ("The title was misspelt.", staff)


@pytest.mark.parametrize("seed", range(15))
def test_no_wording_that_others_have_seen_is_lost(db, seed):
    """Invariant 9 over random changes, by everybody and in every state."""
    chance = random.Random(seed)
    cycle, holder, staff = open_cycle(), coordinator(), secretariat()
    proposal = begin(holder, cycle, group=group_of(holder))
    submit_proposal(actor=holder, proposal=proposal.pk)
    proposal.refresh_from_db()
    worded = [texts_of(proposal)]
    for turn in range(12):
        state = chance.choice([CycleState.OPEN, CycleState.ANALYSIS, CycleState.PUBLISHED])
        Cycle.objects.update(state=state)
        actor, note = chance.choice([holder, staff]), chance.choice(["", "Corrected."])
        entitled = {CycleState.OPEN: holder, CycleState.PUBLISHED: staff if note else None}.get(state)
        try:
            change(actor, proposal, note=note, title_en=chance.choice(["One", "Two", f"Turn {turn}"]))
        except (PermissionDenied, ValidationError):
            assert actor != entitled
        else:
            assert actor == entitled
        proposal.refresh_from_db()
        if texts_of(proposal) != worded[-1]:
            worded.append(texts_of(proposal))

    assert [version.texts for version in proposal.versions.order_by("pk")] == worded[:-1]


# --- The Secretariat's list -----------------------------------------------------------------------


def put_on_list(actor, cycle, suggestion=None, **changed) -> Proposal:
    said = {name: value for name, value in values(**changed).items() if name != "language"}
    return list_topic(
        actor=actor, year=cycle.year, values=said, parts=[], submission_key=uuid.uuid4(), suggestion=suggestion
    )


@pytest.mark.parametrize("state", CycleState)
def test_topics_are_put_on_the_list_until_answers_are_opened(db, state):
    cycle, staff = open_cycle(state=state), secretariat()

    if state in {CycleState.PREPARING, CycleState.SHARED}:
        assert put_on_list(staff, cycle).origin == Origin.SECRETARIAT
    else:
        with pytest.raises(PermissionDenied, match="neither added"):
            put_on_list(staff, cycle)


def test_members_see_the_list_once_it_is_shared(db):
    cycle, reader = open_cycle(state=CycleState.PREPARING), delegate_of(RegionalGroupFactory())
    topic = put_on_list(secretariat(), cycle)
    assert not Proposal.objects.visible_to(reader).exists()

    Cycle.objects.update(state=CycleState.SHARED)

    assert Proposal.objects.visible_to(reader).get() == topic


def test_a_suggestion_becomes_a_topic_once(db):
    cycle, staff = open_cycle(state=CycleState.PREPARING), secretariat()
    suggestion = TopicSuggestion.objects.create(
        webinar=WebinarFactory(cycle=cycle),
        language="en",
        text="Trade secrets",
        suggested_on=timezone.localdate(),
        accepted_at=timezone.now(),
    )

    topic = put_on_list(staff, cycle, suggestion=suggestion.pk)

    suggestion.refresh_from_db()
    assert (topic.origin, suggestion.proposal) == (Origin.SUGGESTION, topic)
    with pytest.raises(TopicSuggestion.DoesNotExist):
        put_on_list(staff, cycle, suggestion=suggestion.pk)
    withdraw_proposal(actor=staff, proposal=topic.pk)
    assert put_on_list(staff, cycle, suggestion=suggestion.pk).origin == Origin.SUGGESTION


def test_a_proposal_of_an_earlier_year_is_carried_over_whole_and_once(db):
    holder, staff = coordinator(), secretariat()
    earlier_cycle = open_cycle(year=2025)
    earlier = begin(holder, earlier_cycle, group=group_of(holder), is_series=True, parts=PARTS)
    Proposal.objects.update(state=ProposalState.CARRIED_OVER)
    Cycle.objects.update(state=CycleState.REPORTED)
    cycle = open_cycle(state=CycleState.PREPARING)

    (topic,) = carry_over(actor=staff, year=cycle.year, proposals=[earlier.pk])

    assert texts_of(topic) == texts_of(earlier)
    assert (topic.carried_from, topic.state) == (earlier, ProposalState.SUBMITTED)
    assert carry_over(actor=staff, year=cycle.year, proposals=[earlier.pk]) == []


def test_a_topic_is_written_in_the_core_languages_side_by_side(db):
    cycle, region = open_cycle(state=CycleState.PREPARING), RegionFactory()
    client = signed_in(secretariat())
    texts = {f"{word}_{code}": f"{said} {code}" for code in ("en", "fr") for word, said in WORDS.items()}
    about = {"languages": ["en"], "regions": [region.pk], "is_about_delivery": "on", "is_series": "on"}
    parts = {"parts_en": "Reading: To read a claim.\nSearching", "parts_fr": "Lire : Savoir lire.\nChercher"}

    refused = client.post("/webinars/manage/2027/topics/new/", {**texts, **about, **parts, "parts_fr": "Lire"})
    assertContains(refused, "Write as many parts as in English: 2 lines.", status_code=422)
    response = client.post("/webinars/manage/2027/topics/new/", {**texts, **about, **parts})

    assert response.headers["Location"] == "/webinars/manage/2027/"
    topic = cycle.proposals.get()
    assert (topic.title_fr, topic.title_es, list(topic.regions.all())) == (f"{WORDS['title']} fr", None, [region])
    assert [(p.title_en, p.aims_en, p.title_fr, p.aims_fr) for p in topic.parts.all()] == [
        ("Reading", "To read a claim.", "Lire", "Savoir lire."),
        ("Searching", "", "Chercher", ""),
    ]


def test_a_topic_that_was_changed_meanwhile_is_shown_with_what_was_typed(db):
    cycle = open_cycle(state=CycleState.PREPARING)
    client, topic = signed_in(secretariat()), listed(cycle)
    address = f"/webinars/manage/2027/topics/{topic.pk}/"
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    client.post(address, {**shown, "title_en": "The first to save"})

    late = client.post(address, {**shown, "title_en": "The second to save"})
    assertContains(late, "Somebody else has changed this meanwhile", status_code=422)
    assertContains(late, "The second to save", status_code=422)
    again = client.post(
        address, {**shown, "title_en": "The second to save", "seen": late.context["form"]["seen"].value()}
    )

    assert again.status_code == 302
    topic.refresh_from_db()
    assert topic.title_en == "The second to save"


# --- The form -------------------------------------------------------------------------------------


def test_a_proposal_is_written_and_handed_in_through_the_form(db):
    cycle, holder = open_cycle(), coordinator()
    region, built_on = RegionFactory(), WebinarFactory(cycle=cycle, state=WebinarState.HELD)
    Cycle.objects.update(state=CycleState.PUBLISHED)
    cycle = open_cycle(year=2028)

    response = signed_in(holder).post(
        "/webinars/answers/2028/proposals/new/",
        sent(regions=[region.pk], builds_on=[built_on.pk], is_series="on", parts="Reading: To read.\nSearching"),
    )

    assert response.headers["Location"] == "/webinars/answers/2028/"
    proposal = cycle.proposals.get()
    assert (proposal.state, proposal.group, proposal.languages) == ("submitted", group_of(holder), ["en", "fr"])
    assert (list(proposal.regions.all()), list(proposal.builds_on.all())) == ([region], [built_on])
    assert [str(part) for part in proposal.parts.all()] == ["1. Reading", "2. Searching"]


def test_a_form_that_lacks_something_keeps_what_was_typed_and_begins_nothing(db):
    open_cycle()

    page = signed_in(coordinator()).post(
        "/webinars/answers/2027/proposals/new/", sent(audience="", subject="Reading claims.")
    )

    assertContains(page, "Write this before you hand it in; a draft may lack it.", status_code=422)
    assertContains(page, "Reading claims.", status_code=422)
    assert Proposal.objects.count() == 0


def test_a_draft_needs_a_title_only(db):
    open_cycle()

    signed_in(coordinator()).post(
        "/webinars/answers/2027/proposals/new/",
        {"title": "An idea", "language": "en", "is_about_delivery": "on", "then": "save"},
    )

    assert Proposal.objects.get().state == ProposalState.DRAFT


@pytest.mark.parametrize("then", ["save", "submit"])
def test_a_part_with_too_long_a_title_is_told_also_in_a_draft(db, then):
    open_cycle()
    parts = f"{'x' * 161}: too long\nSearching"

    page = signed_in(coordinator()).post(
        "/webinars/answers/2027/proposals/new/", sent(is_series="on", parts=parts, then=then)
    )

    assertContains(page, "at most 160 characters long", status_code=422)
    assert Proposal.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("Reading: To read.\n\n  Searching  ", [("Reading", "To read."), ("Searching", "")]),
        ("检索：如何检索\nTime: 10:30", [("检索", "如何检索"), ("Time", "10:30")]),
        (": only objectives", [("only objectives", "")]),
    ],
)
def test_parts_are_read_line_by_line(text, parts):
    assert parts_in(text) == parts


OFFERS = {  # by whose page and in which state: what its buttons say
    ("author", "draft"): {"Send it to the coordinator", "Save as a draft", "Withdraw it"},
    ("author", "with_coordinator"): {"Withdraw it"},
    ("author", "submitted"): set(),
    ("author", "returned"): {"Send it to the coordinator", "Save as a draft", "Withdraw it"},
    ("coordinator", "with_coordinator"): {"Hand it in", "Save the changes", "Return it", "Withdraw it"},
    ("coordinator", "submitted"): {"Save the changes", "Withdraw it"},
    ("secretariat", "submitted"): {"Return it"},
}


@pytest.mark.parametrize(("who", "state"), OFFERS)
def test_the_page_of_a_states_proposal_offers_what_its_reader_may_do(db, who, state):
    cycle, holder = open_cycle(), coordinator()
    author = delegate_of(group_of(holder))
    draft = begin(author, cycle)
    if state != "draft":
        submit_proposal(actor=author, proposal=draft.pk)
    if state == "submitted":
        submit_proposal(actor=holder, proposal=draft.pk)
    if state == "returned":
        return_proposal(actor=holder, proposal=draft.pk, reason="Name the audience.")
    reader = {"author": author, "coordinator": holder, "secretariat": secretariat()}[who]

    page = signed_in(reader).get(f"/webinars/answers/proposals/{draft.pk}/").text

    every = set().union(*OFFERS.values())
    assert {label for label in every if f">{label}</button>" in page} == OFFERS[who, state]


def test_a_draft_left_by_its_coordinator_is_taken_up_from_its_page(db):
    cycle, holder = open_cycle(), coordinator()
    draft = begin(author := delegate_of(group_of(holder)), cycle)
    submit_proposal(actor=author, proposal=draft.pk)
    Cycle.objects.update(state=CycleState.CLOSED)
    client = signed_in(secretariat())
    assertContains(client.get(f"/webinars/answers/proposals/{draft.pk}/"), "Take it up for the state")

    client.post(f"/webinars/answers/proposals/{draft.pk}/step/", {"step": "submit"})

    draft.refresh_from_db()
    assert (draft.state, draft.entered_by_secretariat) == (ProposalState.SUBMITTED, True)


def test_a_return_without_a_reason_is_asked_for_one(db):
    cycle, holder = open_cycle(), coordinator()
    proposal = begin(holder, cycle, group=group_of(holder))
    submit_proposal(actor=holder, proposal=proposal.pk)

    page = signed_in(secretariat()).post(f"/webinars/answers/proposals/{proposal.pk}/step/", {"step": "return"})

    assertContains(page, "This field is required.", status_code=422)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_answers_costs_the_same_however_many_proposals(db, django_assert_max_num_queries, count):
    cycle, author = open_cycle(), delegate_of(RegionalGroupFactory())
    for _each in range(count):
        begin(author, cycle)
    client = signed_in(author)

    with django_assert_max_num_queries(8):
        page = client.get("/webinars/answers/")

    assertContains(page, WORDS["title"], count)
