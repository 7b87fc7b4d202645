"""The library of practices: who proposes, who agrees, who decides, who reads, and what is taken out of it."""

import uuid
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core import mail, signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry, Notice
from accounts.services import outbox
from forum.enums import EntryState, Permission, PostState
from forum.forms.entries import EntryForm
from forum.forms.posts import AUTHOR_SALT
from forum.models import EntryPermission, LibraryEntry, PageCategory
from forum.models.rooms import Room
from forum.queries.library import Wanted, begun_from, library_page
from forum.services import library, seats
from forum.services.posts import withdraw_post
from tests.factories import (
    AttachmentFactory,
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    LibraryEntryFactory,
    MandateFactory,
    MemberStateFactory,
    PostFactory,
    RegionalGroupFactory,
    RoomFactory,
    StepFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

BLANK = (
    *("programme", "provider", "beneficiary", "delivery", "expected_result", "achieved_result", "lessons", "address"),
)


@pytest.fixture
def author():
    return DelegateFactory()


@pytest.fixture
def moderator():
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def focal_point():
    """A focal point of another state than the author's."""
    return MandateFactory().user


def values(**changes):
    """Return a complete entry's fields, as the form gives them."""
    return {
        **dict.fromkeys(BLANK, ""),
        "entry_type": "practice",
        "title": "Calling a year later",
        "summary": "We telephone those whom we trained.",
        "language": "en",
        "category": changes.get("category") or CategoryFactory(),
        "step": None,
        "starts_on": None,
        "ends_on": None,
        "resources_allocated": None,
        "resources_spent": None,
        "review": "none",
        "is_legislative_advice": False,
        "plan": "none",
        "states": [],
        "groups": [],
        **changes,
    }


def begin(author, post=None, **changes):
    return library.create_entry(
        actor=author, values=values(**changes), submission_key=uuid.uuid4(), post=post.pk if post else None
    )


def propose(author, post=None, **changes):
    return library.propose_entry(actor=author, entry=begin(author, post, **changes).pk)


def answer(actor, entry, *, grant=True, reason="", state=None):
    return library.answer_permission(
        actor=actor,
        entry=entry.pk,
        member_state=state or actor.member_state_id,
        version=entry.version,
        grant=grant,
        reason=reason,
    )


def decide(actor, entry, decision=EntryState.PUBLISHED, reason=""):
    return library.decide_entry(actor=actor, entry=entry.pk, version=entry.version, decision=decision, reason=reason)


def change(actor, entry, **changes):
    fields = {name: getattr(entry, name) for name in library.COLUMNS}
    fields |= {name: list(getattr(entry, name).all()) for name in library.MANY}
    return library.change_entry(actor=actor, entry=entry.pk, version=entry.version, values=fields | changes)


def letters():
    """Deliver what waits, and return subjects by recipient."""
    outbox.deliver_due()
    return sorted((message.to[0], message.subject) for message in mail.outbox)


# --- Proposing --------------------------------------------------------------------------------------


def test_an_author_proposes_their_own_contribution(author, moderator):
    post = PostFactory(author=author)

    entry = propose(author, post)

    assert (entry.state, entry.post, entry.proposed_by, entry.number) == (EntryState.PROPOSED, post, author, None)
    actions = AuditEntry.objects.filter(subject=f"forum.libraryentry:{entry.pk}").values_list("action", flat=True)
    assert sorted(actions) == ["entry.begun", "entry.proposed"]
    assert letters() == [(moderator.email, "Proposed for the library: Calling a year later")]


def test_the_moderator_proposes_the_contribution_of_another_who_is_told_and_may_withdraw_it(author, moderator):
    entry = propose(moderator, PostFactory(author=author))

    assert letters() == [(author.email, "Proposed for the library: Calling a year later")]
    assert library.withdraw_entry(actor=author, entry=entry.pk, reason="").state == EntryState.WITHDRAWN


@pytest.mark.parametrize("role", [Role.EXPERT, Role.DELEGATE])
def test_nobody_else_proposes_a_contribution(role):
    other = DelegateFactory() if role == Role.DELEGATE else UserFactory(role=role)

    with pytest.raises(PermissionDenied, match="Its author or the moderator"):
        begin(other, PostFactory())


def test_a_contribution_that_is_gone_is_not_proposed(author):
    post = PostFactory(author=author, state=PostState.WITHDRAWN)

    with pytest.raises(PermissionDenied, match="no longer shown"):
        begin(author, post)


def test_an_expert_proposes_an_entry_of_their_own(moderator):
    assert propose(UserFactory(role=Role.EXPERT)).state == EntryState.PROPOSED


def test_an_evaluator_proposes_nothing():
    with pytest.raises(PermissionDenied, match="evaluator"):
        begin(UserFactory(role=Role.EVALUATOR))


def test_an_external_stakeholder_does_not_propose_the_post_they_wrote():
    external = UserFactory(role=Role.EXTERNAL)
    post = PostFactory(author=external, member_state=None)
    grant(external, post.discussion)

    with pytest.raises(PermissionDenied, match="read every room"):
        begin(external, post)


@pytest.mark.parametrize("missing", ["entry_type", "title", "summary", "plan"])
def test_what_lacks_something_is_kept_unfinished_and_not_proposed(author, missing):
    entry = begin(author, **{missing: ""})

    with pytest.raises(ValidationError) as refusal:
        library.propose_entry(actor=author, entry=entry.pk)
    assert list(refusal.value.message_dict) == [missing]
    assert LibraryEntry.objects.get(pk=entry.pk).state == EntryState.DRAFT


def test_the_question_about_advice_must_be_answered(author):
    entry = begin(author, is_legislative_advice=None)

    with pytest.raises(ValidationError, match="confidential"):
        library.propose_entry(actor=author, entry=entry.pk)


def test_the_database_keeps_no_proposed_entry_without_an_answer(author):
    with pytest.raises(IntegrityError, match="entry_proposed_is_complete"), transaction.atomic():
        LibraryEntryFactory(state=EntryState.PROPOSED, is_legislative_advice=None)


def test_an_unfinished_entry_is_its_writers_alone(author, moderator):
    entry = begin(author)

    assert LibraryEntry.objects.visible_to(author).get() == entry
    assert not LibraryEntry.objects.visible_to(moderator).exists()


def test_a_form_sent_twice_begins_one_entry(author):
    key, fields = uuid.uuid4(), values()

    first, second = (library.create_entry(actor=author, values=fields, submission_key=key) for _time in range(2))

    assert first == second
    assert LibraryEntry.objects.count() == 1


def test_a_contribution_has_one_entry(author, moderator):
    post = PostFactory(author=author)
    entry = propose(author, post)

    assert begin(moderator, post) == entry


def test_a_contribution_that_somebody_prepares_is_said_to_be_so(author, moderator):
    post = PostFactory(author=author)
    begin(moderator, post)

    with pytest.raises(ValidationError, match="preparing"):
        begin(author, post)


def test_an_entry_begins_with_what_the_contribution_says():
    topic = TopicFactory(title_en="Training that lasts")
    body = "We **call** them.\n\nOne in two\nanswers.\n\n- first\n- second\n\n" + "long " * 300
    post = PostFactory(discussion=DiscussionFactory(topic=topic), body=body, kind="tool")

    assert begun_from(post) == {
        "title": "Training that lasts",
        "summary": "We call them.\n\nOne in two answers.\n\n– first\n– second",
        "language": "en",
        "category": topic.category_id,
        "step": topic.step_id,
        "states": [post.member_state_id],
        "entry_type": "tool",
    }


def test_documents_come_with_an_entry_and_can_be_taken_away(author):
    entry = begin(author)
    picture = BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    upload = SimpleUploadedFile("chart.png", picture.getvalue(), "image/png")
    wrong = SimpleUploadedFile("run.exe", b"MZ", "application/x-msdownload")

    refusals = library.keep_documents(actor=author, entry=entry.pk, uploads=[upload, wrong])

    document = entry.attachments.get()
    assert document.name == "chart.png"
    assert len(refusals) == 1
    assert "run.exe" in refusals[0]
    library.keep_documents(actor=author, entry=entry.pk, discarded=[document.key])
    assert not entry.attachments.exists()


# --- Permission of states ---------------------------------------------------------------------------


def test_an_entry_about_ones_own_state_needs_no_permission(author):
    entry = propose(author, states=[author.member_state])

    assert (entry.permission, entry.permissions.count()) == (Permission.NOT_NEEDED, 0)


def test_another_state_that_is_named_is_asked(author, focal_point, moderator):
    entry = propose(author, states=[author.member_state, focal_point.member_state])

    assert entry.permission == Permission.ASKED
    assert [row.member_state for row in entry.permissions.all()] == [focal_point.member_state]
    assert letters() == [
        (focal_point.email, "Your permission is asked: Calling a year later"),
        (moderator.email, "Proposed for the library: Calling a year later"),
    ]


def test_advice_needs_the_permission_of_the_proposers_own_state_too(author):
    own_focal_point = MandateFactory(user=DelegateFactory(member_state=author.member_state)).user

    entry = propose(author, states=[author.member_state], is_legislative_advice=True)

    assert entry.permission == Permission.ASKED
    assert letters() == [(own_focal_point.email, "Your permission is asked: an entry that is kept confidential")]


def test_a_focal_point_who_proposes_has_agreed_for_the_state(focal_point):
    entry = propose(focal_point, states=[focal_point.member_state], is_legislative_advice=True)

    assert entry.permission == Permission.GRANTED
    assert entry.permissions.get().answered_by == focal_point


@pytest.mark.parametrize("disclosed", [{"is_legislative_advice": True}, {"plan": "complete"}])
def test_what_is_disclosed_names_its_state(author, disclosed):
    entry = begin(author, **disclosed)

    with pytest.raises(ValidationError, match="Name the state"):
        library.propose_entry(actor=author, entry=entry.pk)


def test_it_is_published_once_every_state_has_agreed(author, focal_point, moderator):
    second = MandateFactory().user
    entry = propose(author, states=[focal_point.member_state, second.member_state])

    answer(focal_point, entry)
    with pytest.raises(PermissionDenied, match="every state"):
        decide(moderator, entry)
    answer(second, entry)

    assert decide(moderator, entry).state == EntryState.PUBLISHED


def test_the_database_publishes_no_advice_without_permission():
    with pytest.raises(IntegrityError, match="entry_published_with_permission"), transaction.atomic():
        LibraryEntryFactory(is_legislative_advice=True)


def test_a_refusal_gives_its_reason_and_keeps_the_entry_out(author, focal_point, moderator):
    entry = propose(author, states=[focal_point.member_state])
    letters()
    mail.outbox.clear()

    with pytest.raises(ValidationError, match="reason"):
        answer(focal_point, entry, grant=False)
    refused = answer(focal_point, entry, grant=False, reason="The project goes on.")

    assert refused.permission == Permission.REFUSED
    with pytest.raises(PermissionDenied):
        decide(moderator, refused)
    assert {address for address, _subject in letters()} == {author.email, moderator.email}
    assert all("The project goes on." in message.body for message in mail.outbox)


def test_a_state_that_refused_is_asked_again_when_it_is_proposed_again(author, focal_point):
    entry = propose(author, states=[focal_point.member_state])
    answer(focal_point, entry, grant=False, reason="Too early.")

    again = library.propose_entry(actor=author, entry=entry.pk)

    assert again.permission == Permission.ASKED
    assert answer(focal_point, again).permission == Permission.GRANTED


def test_a_state_takes_its_permission_back_and_the_entry_leaves_the_library(author, focal_point, moderator):
    entry = propose(author, states=[focal_point.member_state])
    published = decide(moderator, answer(focal_point, entry))
    reader = DelegateFactory()
    assert LibraryEntry.objects.visible_to(reader).get() == published

    withdrawn = answer(focal_point, published, grant=False, reason="The law is being revised.")

    assert (withdrawn.state, withdrawn.permission) == (EntryState.WITHDRAWN, Permission.WITHDRAWN)
    assert not LibraryEntry.objects.visible_to(reader).exists()
    kept = AuditEntry.objects.get(action="entry.permission_withdrawn")
    assert (kept.actor, kept.reason) == (focal_point, "The law is being revised.")


def test_the_focal_point_of_another_state_neither_sees_nor_answers(author, focal_point):
    entry = propose(author, states=[focal_point.member_state])
    stranger = MandateFactory().user

    assert LibraryEntry.objects.visible_to(focal_point).get() == entry
    with pytest.raises(LibraryEntry.DoesNotExist):
        answer(stranger, entry, state=focal_point.member_state_id)


def test_a_delegate_of_the_state_who_is_no_focal_point_does_not_answer(focal_point):
    delegate = DelegateFactory(member_state=focal_point.member_state)
    entry = propose(UserFactory(role=Role.EXPERT), states=[focal_point.member_state])

    with pytest.raises(LibraryEntry.DoesNotExist):
        answer(delegate, entry)
    LibraryEntry.objects.filter(pk=entry.pk).update(proposed_by=delegate)
    with pytest.raises(PermissionDenied, match="focal point"):
        answer(delegate, entry)


def test_the_secretariat_records_what_a_state_wrote_and_says_where_it_is_found(author):
    state, secretariat = MemberStateFactory(), UserFactory(role=Role.SECRETARIAT)
    entry = propose(author, states=[state])

    with pytest.raises(ValidationError, match="where the answer"):
        answer(secretariat, entry, state=state.pk)
    assert answer(secretariat, entry, state=state.pk, reason="Note of 3 May.").permission == Permission.GRANTED


def test_the_moderator_does_not_answer_for_a_state(author, moderator):
    state = MemberStateFactory()
    entry = propose(author, states=[state])

    with pytest.raises(PermissionDenied, match="focal point"):
        answer(moderator, entry, state=state.pk, reason="Note of 3 May.")


def test_nobody_agrees_to_words_they_have_not_read(author, focal_point):
    entry = propose(author, states=[focal_point.member_state])
    change(author, entry, summary="Quite another text.")

    with pytest.raises(ValidationError, match="changed while"):
        answer(focal_point, entry)


def test_other_words_about_advice_need_another_permission(author, focal_point, moderator):
    entry = propose(author, states=[focal_point.member_state], is_legislative_advice=True)
    published = decide(moderator, answer(focal_point, entry))

    reworded = change(author, published, lessons="The clause that was advised.")

    assert (reworded.state, reworded.permission) == (EntryState.PROPOSED, Permission.ASKED)
    assert reworded.number == published.number


def test_other_words_about_a_state_that_is_only_named_need_none(author, focal_point, moderator):
    entry = propose(author, states=[focal_point.member_state])
    published = decide(moderator, answer(focal_point, entry))

    assert change(author, published, lessons="Call twice.").state == EntryState.PUBLISHED


def test_a_state_that_is_named_later_takes_a_published_entry_out_until_it_agrees(author, focal_point, moderator):
    published = decide(moderator, propose(author))

    changed = change(author, published, states=[focal_point.member_state])

    assert (changed.state, changed.permission) == (EntryState.PROPOSED, Permission.ASKED)
    back = decide(moderator, answer(focal_point, changed))
    assert (back.state, back.number) == (EntryState.PUBLISHED, published.number)


def test_a_state_that_is_named_no_longer_is_asked_no_longer(author, focal_point):
    entry = propose(author, states=[focal_point.member_state])

    assert change(author, entry, states=[]).permission == Permission.NOT_NEEDED
    assert letters() == []  # what waited to be sent is no longer true


def test_a_plan_is_published_once_it_is_complete(focal_point, moderator):
    entry = propose(focal_point, states=[focal_point.member_state], plan="unfinished")

    with pytest.raises(PermissionDenied, match="once it is complete"):
        decide(moderator, entry)
    complete = change(focal_point, entry, plan="complete")
    assert decide(moderator, complete).state == EntryState.PUBLISHED


def test_a_mandate_that_is_over_answers_nothing(author):
    over = MandateFactory(ends_on=timezone.localdate() - timedelta(days=1), starts_on=date(2026, 1, 1)).user
    entry = propose(author, states=[over.member_state])

    with pytest.raises(LibraryEntry.DoesNotExist):
        answer(over, entry)


def test_a_letter_about_a_sensitive_room_names_nothing(author, moderator):
    room = RoomFactory(language="en")
    Room.objects.filter(pk=room.pk).update(is_sensitive=True)
    propose(author, PostFactory(author=author, discussion=DiscussionFactory(room=room)))

    assert letters() == [(moderator.email, "Proposed for the library: an entry that is kept confidential")]


# --- Deciding ---------------------------------------------------------------------------------------


def test_the_moderator_publishes_and_the_proposer_is_told_in_their_language(moderator):
    author = DelegateFactory(language="fr")
    entry = propose(author)

    published = decide(moderator, entry)

    assert (published.symbol, published.state) == ("TAF/LIB/1", EntryState.PUBLISHED)
    assert published.reviewed_at == published.published_at
    notice = Notice.objects.get(user=author, kind="entry.told")
    assert notice.about.action == "entry.published"
    letters()
    told = next(message for message in mail.outbox if message.to == [author.email])
    assert 'lang="fr"' in told.alternatives[0][0]


def test_numbers_follow_one_another(moderator, author):
    assert [decide(moderator, propose(author)).number for _time in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("decision", [EntryState.RETURNED, EntryState.DECLINED])
def test_what_is_not_published_gets_a_reason(author, moderator, decision):
    entry = propose(author)

    with pytest.raises(ValidationError, match="reason"):
        decide(moderator, entry, decision)
    decided = decide(moderator, entry, decision, "Say what came of it.")

    assert (decided.state, decided.reason) == (decision, "Say what came of it.")
    letters()
    assert "Say what came of it." in next(m for m in mail.outbox if m.to == [author.email]).body


def test_what_was_returned_is_corrected_and_proposed_again(author, moderator):
    returned = decide(moderator, propose(author), EntryState.RETURNED, "Say what came of it.")

    changed = change(author, returned, achieved_result="Half of them answered.")
    assert changed.state == EntryState.RETURNED
    assert library.propose_entry(actor=author, entry=changed.pk).state == EntryState.PROPOSED


def test_what_was_declined_is_changed_by_nobody_and_can_still_be_published(author, moderator):
    declined = decide(moderator, propose(author), EntryState.DECLINED, "It is known.")

    with pytest.raises(PermissionDenied, match="declined"):
        change(author, declined, title="Another title")
    assert decide(moderator, declined).state == EntryState.PUBLISHED


def test_nobody_but_the_moderator_decides(author, focal_point):
    entry = propose(author, states=[focal_point.member_state])

    for actor in (author, focal_point):
        with pytest.raises(PermissionDenied, match="Only the moderator"):
            decide(actor, entry)
    assert decide(UserFactory(role=Role.SECRETARIAT), answer(focal_point, entry)).state == EntryState.PUBLISHED


def test_nobody_decides_on_what_they_have_not_read(author, moderator):
    entry = propose(author)
    change(author, entry, title="Another title")

    with pytest.raises(ValidationError, match="changed while"):
        decide(moderator, entry)


def test_a_change_of_a_published_entry_is_kept_in_the_audit_trail(author, moderator):
    published = decide(moderator, propose(author))

    change(moderator, published, title="A better title")

    kept = AuditEntry.objects.get(action="entry.changed")
    assert (kept.actor, kept.facts["fields"]) == (moderator, ["title"])


def test_another_participant_changes_nothing(author, moderator):
    published = decide(moderator, propose(author))

    with pytest.raises(PermissionDenied, match="Who proposed"):
        change(DelegateFactory(), published, title="Mine now")


def test_a_withdrawn_entry_comes_back_by_who_contributed_it_alone(author, moderator):
    published = decide(moderator, propose(author))

    withdrawn = library.withdraw_entry(actor=author, entry=published.pk, reason="")

    with pytest.raises(PermissionDenied, match="Only who contributed"):
        library.propose_entry(actor=moderator, entry=withdrawn.pk)
    assert library.propose_entry(actor=author, entry=withdrawn.pk).state == EntryState.PROPOSED


def test_the_moderator_withdraws_with_a_reason(author, moderator):
    published = decide(moderator, propose(author))

    with pytest.raises(ValidationError, match="reason"):
        library.withdraw_entry(actor=moderator, entry=published.pk, reason="")
    assert library.withdraw_entry(actor=moderator, entry=published.pk, reason="Out of date.").reason == "Out of date."


def test_another_participant_withdraws_nothing(author, moderator):
    published = decide(moderator, propose(author))

    with pytest.raises(PermissionDenied):
        library.withdraw_entry(actor=DelegateFactory(), entry=published.pk, reason="No.")


def test_an_unfinished_entry_that_is_given_up_is_deleted(author):
    entry = begin(author)

    assert library.withdraw_entry(actor=author, entry=entry.pk, reason="") is None
    assert not LibraryEntry.objects.exists()


def test_a_review_is_the_moderators_and_ends_the_reminder(client, author, moderator):
    old = LibraryEntryFactory(title="Seen long ago")
    LibraryEntryFactory(title="Seen lately")
    LibraryEntry.objects.filter(pk=old.pk).update(reviewed_at=timezone.now() - timedelta(days=366))
    client.force_login(moderator)

    assert [entry.title for entry in client.get("/library/waiting/").context["page"].unreviewed] == ["Seen long ago"]
    with pytest.raises(PermissionDenied):
        library.review_entry(actor=author, entry=old.pk)
    assertRedirects(client.post(f"/library/{old.pk}/review/"), f"/library/{old.pk}/")
    assert client.get("/library/waiting/").context["page"].unreviewed == []


# --- A seat changes hands ---------------------------------------------------------------------------


def test_unfinished_entries_go_to_the_successor_and_end_with_the_person(author):
    successor = DelegateFactory(member_state=author.member_state)
    draft, proposed = begin(author), propose(author)

    seats.move_seat(predecessor=author, successor=successor)
    assert set(LibraryEntry.objects.values_list("pk", "proposed_by")) == {
        (draft.pk, successor.pk),
        (proposed.pk, author.pk),
    }
    seats.forget_person(successor)
    assert LibraryEntry.objects.get() == proposed


# --- Reading ----------------------------------------------------------------------------------------


@pytest.fixture
def shelf():
    """Entries of two types, categories, states and years."""
    state, group = MemberStateFactory(), RegionalGroupFactory()
    capacity, strategies = CategoryFactory(name_en="Capacity"), CategoryFactory(name_en="Strategies")
    step = StepFactory(name_en="Evaluation")
    common = {"beneficiary": "office", "delivery": "training", "programme": "Academy"}
    return {
        "practice": LibraryEntryFactory(
            category=capacity, step=step, states=[state], starts_on=date(2023, 5, 1), ends_on=date(2025, 1, 1), **common
        ),
        "tool": LibraryEntryFactory(
            entry_type="tool", category=strategies, groups=[group], language="fr", starts_on=date(2024, 2, 1)
        ),
        "proposed": LibraryEntryFactory(category=capacity, state=EntryState.PROPOSED),
    }


def facets_of(page):
    return {facet.name: {option.label: option.number for option in facet.options} for facet in page.facets}


def test_facets_are_counted_over_what_the_viewer_may_see(author, shelf):
    page = library_page(author, Wanted())

    state, group = shelf["practice"].states.get(), shelf["tool"].groups.get()
    assert page.total == 2
    assert facets_of(page) == {
        "type": {"Practice": 1, "Tool": 1},
        "category": {"Capacity": 1, "Strategies": 1},
        "step": {"Evaluation": 1},
        "group": {str(state.group): 1, str(group): 1},
        "state": {str(state): 1},
        "beneficiary": {"IP office": 1},
        "delivery": {"Training or workshop": 1},
        "programme": {"Academy": 1},
        "language": {"English": 1, "Français": 1},
        "year": {"2025": 1, "2024": 2, "2023": 1},
    }


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("type", "tool"),
        ("category", "practice"),
        ("step", "practice"),
        ("state", "practice"),
        ("group of the state", "practice"),
        ("group", "tool"),
        ("beneficiary", "practice"),
        ("delivery", "practice"),
        ("programme", "practice"),
        ("language", "tool"),
        ("year", "practice"),
    ],
)
def test_a_list_is_narrowed_down_by_a_facet(client, author, shelf, name, found):
    practice, tool = shelf["practice"], shelf["tool"]
    queries = {
        "type": "type=tool",
        "category": f"category={practice.category_id}",
        "step": f"step={practice.step_id}",
        "state": f"state={practice.states.get().pk}",
        "group of the state": f"group={practice.states.get().group_id}",
        "group": f"group={tool.groups.get().pk}",
        "beneficiary": "beneficiary=office",
        "delivery": "delivery=training",
        "programme": "programme=Academy",
        "language": "language=fr",
        "year": "year=2023",
    }
    client.force_login(author)

    page = client.get(f"/library/?{queries[name]}").context["page"]

    assert (list(page.entries), page.total) == ([shelf[found]], 1)


def test_what_is_chosen_can_be_let_go_and_other_values_of_it_stay_to_choose(client, author, shelf):
    client.force_login(author)

    response = client.get("/library/?type=tool&language=fr&q=telephone")

    assertContains(response, 'href="?type=tool&amp;q=telephone"')  # lets the language go
    assertContains(response, 'href="?language=fr&amp;q=telephone"')
    assertContains(response, 'href="?type=tool&amp;language=fr"')
    assert facets_of(response.context["page"])["type"] == {"Tool": 1}
    assert facets_of(client.get("/library/?type=tool").context["page"])["type"] == {"Practice": 1, "Tool": 1}


def test_what_is_chosen_is_named_though_nothing_has_it(client, author, shelf):
    client.force_login(author)

    page = client.get(f"/library/?q=nowhere&category={shelf['tool'].category_id}&type=practice").context["page"]

    assert page.total == 0
    assert [(chip.facet, chip.label) for chip in page.chips] == [("Type", "Practice"), ("Category", "Strategies")]


@pytest.mark.parametrize(("words", "count"), [("telephone", 2), ("TELEPHONE trained", 2), ("telephone nowhere", 0)])
def test_words_are_all_looked_for_whatever_their_case(author, shelf, words, count):
    assert library_page(author, Wanted(words=words)).total == count


@pytest.mark.parametrize(
    ("words", "language", "found"),
    [
        ("évaluation", "fr", True),
        ("evaluations", "fr", True),
        ('"évaluation des besoins"', "fr", True),
        ('"besoins des évaluation"', "fr", False),
        ("évaluation -besoins", "fr", False),
        ("nowhere OR EVALUATION", "fr", True),
        ("需求", "zh-hans", True),
        ("求需", "zh-hans", False),
        ("50%", "fr", True),
        ("51%", "fr", False),
        ("'; DROP TABLE", "fr", False),
    ],
)
def test_words_are_found_as_search_finds_them(author, words, language, found):
    LibraryEntryFactory(title="Évaluation des besoins, à 50 %", language="fr")
    LibraryEntryFactory(title="需求评估", language="zh-hans")

    entries = library_page(author, Wanted(words=words)).entries

    assert [entry.language for entry in entries] == ([language] if found else [])


def test_words_are_found_in_the_documents_of_an_entry(author, shelf):
    AttachmentFactory(
        post=None, discussion=None, uploaded_by=None, entry=shelf["tool"], name="zebra.pdf", text="Okapi."
    )

    assert [library_page(author, Wanted(words=word)).total for word in ("zebra", "okapi", "giraffe")] == [1, 1, 0]


@pytest.mark.parametrize("words", ["", "   ", "!!", "-telephone"])
def test_words_that_ask_for_nothing_narrow_nothing_down(author, shelf, words):
    assert library_page(author, Wanted(words=words)).total == library_page(author, Wanted()).total


def test_entries_are_found_by_the_categories_of_wipos_page_once_they_are_entered(client, author, shelf):
    assert "page_category" not in facets_of(library_page(author, Wanted()))
    training, advice = PageCategory.objects.create(name="Training"), PageCategory.objects.create(name="Advice")
    training.categories.add(shelf["practice"].category, shelf["tool"].category)
    client.force_login(author)

    assert facets_of(library_page(author, Wanted()))["page_category"] == {"Training": 2}
    page = client.get(f"/library/?page_category={training.pk}").context["page"]
    assert {entry.pk for entry in page.entries} == {shelf["practice"].pk, shelf["tool"].pk}
    assert client.get(f"/library/?page_category={advice.pk}").context["page"].total == 0


def test_resources_are_shown_and_taken_out(client, author):
    entry = LibraryEntryFactory(resources_allocated=120_000, resources_spent=0)
    client.force_login(author)

    page = client.get(entry.get_absolute_url())
    (row,), _sheet = rows_of(client.get("/library/export/xlsx/"))

    assertContains(page, "<dt>Resources allocated, in Swiss francs</dt><dd>120,000</dd>", html=False)
    assertContains(page, "<dt>Resources spent, in Swiss francs</dt><dd>0</dd>", html=False)
    assert row["Resources allocated, in Swiss francs"].value == 120_000
    assert row["Resources spent, in Swiss francs"].value == 0
    assert "120,000" in "".join(
        paragraph.text for paragraph in Document(BytesIO(client.get("/library/export/docx/").getvalue())).paragraphs
    )


@pytest.mark.parametrize("typed", ["-1", "a lot"])
def test_resources_are_an_amount(author, typed):
    form = EntryForm({"resources_spent": typed}, viewer=author)

    assert "resources_spent" in form.errors


def test_a_list_taken_out_is_kept_in_the_audit_trail_without_the_words_typed(client, author, shelf):
    client.force_login(author)

    client.get("/library/export/docx/?type=practice&q=telephone")

    entry = AuditEntry.objects.get(action="library.exported")
    assert (entry.actor, entry.facts) == (author, {"kind": "docx", "query": "type=practice", "entries": 1})


@pytest.mark.parametrize("query", ["year=abc", "state=-1", "order=best", "after=x", "category=99999999999999999999"])
def test_an_address_that_means_nothing_shows_the_list(client, author, shelf, query):
    client.force_login(author)

    assert client.get(f"/library/?{query}").context["page"].total == 2


def test_a_list_goes_on_from_its_last_entry(client, author, monkeypatch):
    monkeypatch.setattr("forum.queries.library.ENTRIES_PER_PAGE", 2)
    now = timezone.now()
    entries = [LibraryEntryFactory(reviewed_at=now - timedelta(days=days)) for days in (0, 0, 1, 1, 2)]
    client.force_login(author)

    shown, after = [], None
    for _page in range(3):
        page = client.get(f"/library/?after={after}" if after else "/library/").context["page"]
        shown += page.entries
        after = page.after

    assert [entry.pk for entry in shown] == [entries[n].pk for n in (1, 0, 3, 2, 4)]
    assert after is None


def test_a_list_is_sorted_by_publication_where_that_is_asked_for(author):
    now = timezone.now()
    early = LibraryEntryFactory(published_at=now - timedelta(days=9), reviewed_at=now)
    late = LibraryEntryFactory(published_at=now, reviewed_at=now - timedelta(days=1))

    assert list(library_page(author, Wanted()).entries) == [early, late]
    assert list(library_page(author, Wanted(order="newest")).entries) == [late, early]


def statements(client, address):
    client.get(address)  # what a process learns once
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize("count", [1, 3, 25])
@pytest.mark.parametrize("address", ["/library/", "/library/?type=practice&q=telephone&year=2024"])
def test_the_library_costs_the_same_however_large(client, author, count, address):
    for _entry in range(count):
        LibraryEntryFactory(states=[MemberStateFactory()], groups=[RegionalGroupFactory()], starts_on=date(2024, 1, 1))
    client.force_login(author)

    assert statements(client, address) == 4  # session, reader, entries, facets


@pytest.mark.parametrize("count", [1, 3])
def test_an_entry_costs_the_same_however_many_states_it_names(client, focal_point, moderator, count):
    post = PostFactory(author=focal_point)
    entry = propose(moderator, post, states=[MemberStateFactory() for _state in range(count)])
    client.force_login(moderator)

    assert statements(client, entry.get_absolute_url()) == 6  # session, reader, entry, permissions, documents, sisters


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_costs_the_same_however_much(client, author, moderator, focal_point, count):
    for _entry in range(count):
        propose(author, states=[focal_point.member_state])
        LibraryEntryFactory(reviewed_at=timezone.now() - timedelta(days=400))
    costs = []
    for reader in (moderator, focal_point):
        client.force_login(reader)
        costs.append(statements(client, "/library/waiting/"))

    assert costs == [5, 4]


def test_an_entry_says_where_it_comes_from_and_how_to_cite_it(client, author, moderator, settings):
    post = PostFactory(author=author)
    DiscussionFactory(topic=post.discussion.topic, room=RoomFactory(language="fr"))
    entry = decide(moderator, propose(author, post, lessons="Call twice.", language="fr"))
    client.force_login(DelegateFactory())

    response = client.get(entry.get_absolute_url())

    assertContains(response, f'href="/posts/{post.pk}/"')
    assertContains(response, f"{settings.PUBLIC_URL}/library/{entry.pk}/")
    assertContains(response, "This entry is written in Français.")
    assertContains(response, "Call twice.")
    assertNotContains(response, "Withdraw the entry")


def test_a_contribution_that_was_withdrawn_is_linked_no_longer(client, author, moderator):
    post = PostFactory(author=author)
    entry = decide(moderator, propose(author, post))
    post.state = PostState.WITHDRAWN
    post.save()
    client.force_login(DelegateFactory())

    assertNotContains(client.get(entry.get_absolute_url()), f'href="/posts/{post.pk}/"')


@pytest.mark.parametrize("state", [EntryState.PROPOSED, EntryState.RETURNED, EntryState.PUBLISHED])
def test_a_withdrawn_contribution_takes_its_entry_along_and_who_proposed_it_is_told(client, author, moderator, state):
    post = PostFactory(author=author)
    entry = propose(moderator, post)
    if state != EntryState.PROPOSED:
        entry = decide(moderator, entry, state, "" if state == EntryState.PUBLISHED else "Say more.")
    client.force_login(author)
    assertContains(client.get(f"/posts/{post.pk}/withdraw/"), "is withdrawn with it")
    Notice.objects.all().delete()

    withdraw_post(actor=author, post=post.pk, reason="It holds an error.")

    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.decided_by) == (EntryState.WITHDRAWN, "It holds an error.", author)
    assert client.get("/library/").context["page"].total == 0
    assert set(Notice.objects.filter(kind="entry.told").values_list("user", flat=True)) == {moderator.pk}


def test_an_entry_is_not_proposed_once_its_contribution_is_gone(author, moderator):
    kept, gone = PostFactory(author=author), PostFactory(author=author)
    unfinished = {post: begin(moderator, post) for post in (kept, gone)}
    published = decide(moderator, propose(author, PostFactory(author=author)))

    for post in (gone, published.post):
        withdraw_post(actor=author, post=post.pk, reason="It holds an error.")

    assert library.propose_entry(actor=moderator, entry=unfinished[kept].pk).state == EntryState.PROPOSED
    for actor, entry in ((moderator, unfinished[gone]), (author, published)):
        with pytest.raises(PermissionDenied, match="no longer shown"):
            library.propose_entry(actor=actor, entry=entry.pk)


def test_an_entry_of_another_contribution_stays(author, moderator):
    entry = decide(moderator, propose(author, PostFactory(author=author)))

    withdraw_post(actor=author, post=PostFactory(author=author).pk, reason="It holds an error.")

    entry.refresh_from_db()
    assert entry.state == EntryState.PUBLISHED


def test_what_people_wrote_is_shown_as_text(client, author, moderator):
    vector = "<script>alert(1)</script>"
    entry = decide(moderator, propose(author, title=vector, summary=vector, lessons=vector, programme=vector))
    client.force_login(author)

    for address in ("/library/", entry.get_absolute_url(), f"/library/{entry.pk}/edit/"):
        assertNotContains(client.get(address), vector)


READERS = {
    "delegate": (200, 200, 404, 200),
    "external": (404, 404, 404, 404),
    "facilitator": (404, 404, 404, 404),
    "evaluator": (200, 200, 404, 200),
    "moderator": (200, 200, 200, 200),
    "secretariat": (200, 200, 200, 200),
    "expert": (200, 200, 404, 200),
}


@pytest.mark.parametrize("role", READERS)
def test_who_reads_what(client, author, role):
    post = PostFactory()
    published = LibraryEntryFactory(post=post)
    proposed = LibraryEntryFactory(state=EntryState.PROPOSED)
    reader = DelegateFactory() if role == "delegate" else UserFactory(role=role)
    if role == "external":
        grant(reader, post.discussion)
    if role == "facilitator":
        grant(reader, post.discussion.room)
    client.force_login(reader)

    addresses = ("/library/", published.get_absolute_url(), proposed.get_absolute_url(), "/library/export/xlsx/")
    assert tuple(client.get(address).status_code for address in addresses) == READERS[role]


@pytest.mark.parametrize("role", [Role.EXTERNAL, Role.FACILITATOR])
def test_the_library_is_in_the_navigation_of_those_who_read_it(client, author, role):
    client.force_login(author)
    assertContains(client.get("/rooms/"), 'href="/library/"')

    client.force_login(UserFactory(role=role))
    assertNotContains(client.get("/rooms/"), 'href="/library/"')


def test_a_post_offers_to_be_proposed_to_its_author_and_the_moderator(client, author, moderator):
    post = PostFactory(author=author)
    link = f'href="/library/new/?post={post.pk}"'

    for reader in (author, moderator):
        client.force_login(reader)
        assertContains(client.get(post.discussion.get_absolute_url()), link)
    client.force_login(DelegateFactory())
    assertNotContains(client.get(post.discussion.get_absolute_url()), link)


# --- The forms --------------------------------------------------------------------------------------


def typed(**changes):
    fields = {
        "entry_type": "practice",
        "title": "Calling a year later",
        "summary": "We telephone those whom we trained.",
        "language": "en",
        "category": str(CategoryFactory().pk),
        "review": "none",
        "is_legislative_advice": "False",
        "plan": "none",
        "submission_key": str(uuid.uuid4()),
    }
    return fields | changes


def test_the_form_of_a_contribution_is_filled_in(client, author):
    post = PostFactory(author=author, body="We call them.")
    client.force_login(author)

    response = client.get(f"/library/new/?post={post.pk}")

    assertContains(response, "We call them.")
    assertContains(response, post.discussion.topic.title)


def test_an_entry_is_proposed_on_one_page(client, author):
    client.force_login(author)

    response = client.post("/library/new/", typed(then="propose"))

    entry = LibraryEntry.objects.get()
    assertRedirects(response, entry.get_absolute_url())
    assert entry.state == EntryState.PROPOSED


def test_what_lacks_something_comes_back_with_everything_typed(client, author):
    client.force_login(author)

    response = client.post("/library/new/", typed(then="propose", category="", lessons="Call twice."))

    assert response.status_code == 422
    assertContains(response, "Choose a category.", status_code=422)
    assertContains(response, "Call twice.", status_code=422)
    assert not LibraryEntry.objects.exists()


def test_it_may_be_saved_unfinished_and_completed_later(client, author):
    client.force_login(author)
    client.post("/library/new/", {"title": "Half a thought", "language": "en", "review": "none", "then": "keep"})
    entry = LibraryEntry.objects.get()
    assert (entry.title, entry.state) == ("Half a thought", EntryState.DRAFT)

    client.post(f"/library/{entry.pk}/edit/", typed(then="propose", version=str(entry.version)))

    entry.refresh_from_db()
    assert (entry.title, entry.state) == ("Calling a year later", EntryState.PROPOSED)


def test_two_who_change_one_entry_do_not_undo_each_other(client, author, moderator):
    entry = propose(author)
    change(moderator, entry, title="The moderator’s title")
    client.force_login(author)

    response = client.post(f"/library/{entry.pk}/edit/", typed(then="keep", version=str(entry.version)))

    assertContains(response, "was changed while", status_code=422)
    assert LibraryEntry.objects.get().title == "The moderator’s title"


def test_a_period_ends_after_it_begins(client, author):
    client.force_login(author)

    response = client.post("/library/new/", typed(starts_on="2025-02-01", ends_on="2025-01-01"))

    assertContains(response, "The period ends after it begins.", status_code=422)


def test_a_refused_document_keeps_the_rest_and_proposes_nothing(client, author):
    client.force_login(author)
    wrong = SimpleUploadedFile("run.exe", b"MZ", "application/x-msdownload")

    response = client.post("/library/new/", {**typed(then="propose"), "files": [wrong]}, follow=True)

    entry = LibraryEntry.objects.get()
    assertContains(response, "run.exe")
    assert entry.state == EntryState.DRAFT
    assert response.redirect_chain[-1][0] == f"/library/{entry.pk}/edit/"


def test_what_was_typed_outlives_a_lost_session(client, author):
    response = client.post("/library/new/", typed(then="propose", author=signing.dumps(author.pk, salt=AUTHOR_SALT)))

    entry = LibraryEntry.objects.get()
    assert (entry.proposed_by, entry.state) == (author, EntryState.DRAFT)
    assert f"library/{entry.pk}/edit" in response.headers["Location"].replace("%2F", "/")


def test_nobody_leaves_an_entry_for_another(client, author):
    client.post("/library/new/", typed(then="propose", author=f"{author.pk}:forged"))

    assert not LibraryEntry.objects.exists()


def test_the_page_for_a_states_answer(client, author, focal_point, moderator):
    entry = propose(author, states=[focal_point.member_state])
    address = f"/library/{entry.pk}/permission/{focal_point.member_state.code}/"
    client.force_login(focal_point)
    assertContains(client.get(address), "We telephone those whom we trained.")

    refused = client.post(address, {"answer": "refuse", "version": entry.version, "reason": ""})
    assertContains(refused, "Give the reason", status_code=422)
    assertRedirects(client.post(address, {"answer": "grant", "version": entry.version}), entry.get_absolute_url())

    assert EntryPermission.objects.get().answer == Permission.GRANTED
    client.force_login(moderator)
    assert client.get(address).status_code == 403
    client.force_login(MandateFactory().user)
    assert client.get(address).status_code == 404


def test_the_page_for_a_decision_keeps_the_reason_that_was_typed(client, author, focal_point, moderator):
    entry = propose(author, states=[focal_point.member_state])
    client.force_login(moderator)

    fields = {"decision": "published", "version": entry.version, "reason": "Good work."}
    response = client.post(f"/library/{entry.pk}/decide/", fields)

    assertContains(response, "Good work.", status_code=422)
    assertContains(response, "once every state that is asked has given", status_code=422)


def test_links_lead_to_what_is_kept_elsewhere(client, author, settings):
    settings.LIBRARY_LINKS = {"consultants": "https://roster.example/", "agenda": ""}
    client.force_login(author)

    response = client.get("/library/")

    assertContains(response, '<a href="https://roster.example/" rel="noopener noreferrer">Roster of consultants</a>')
    assertNotContains(response, "Implementation of the Development Agenda")


# --- Exports ----------------------------------------------------------------------------------------


def rows_of(response):
    assert response.status_code == 200
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).worksheets[0]
    header, *rows = sheet.iter_rows()
    return [{h.value: cell for h, cell in zip(header, row, strict=True)} for row in rows], sheet


def test_a_workbook_holds_the_filtered_list(client, author, shelf):
    client.force_login(author)

    rows, sheet = rows_of(client.get("/library/export/xlsx/?type=practice"))

    (row,) = rows
    assert row["Title"].value == shelf["practice"].title
    assert row["Member states"].value == str(shelf["practice"].states.get())
    assert row["From"].value.date() == date(2023, 5, 1)
    assert row["Permanent address"].value.endswith(f"/library/{shelf['practice'].pk}/")
    assert row["Proposed by"].value.startswith(shelf["practice"].proposed_by.full_name)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", "A1:Z2")


@pytest.mark.parametrize("formula", ['=HYPERLINK("https://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_workbook_computes_nothing_that_people_wrote(client, author, formula):
    LibraryEntryFactory(title=formula, summary=f"{formula}\x07")
    client.force_login(author)

    (row,), _sheet = rows_of(client.get("/library/export/xlsx/"))

    assert (row["Title"].data_type, row["Title"].value) == ("s", formula)
    assert row["Title"].quotePrefix
    assert row["Summary"].data_type == "s"


def test_an_evaluator_is_not_told_who_proposed_what(client):
    entry = LibraryEntryFactory()
    client.force_login(UserFactory(role=Role.EVALUATOR))

    (row,), _sheet = rows_of(client.get("/library/export/xlsx/"))
    document = Document(BytesIO(b"".join(client.get("/library/export/docx/").streaming_content)))

    assert "Proposed by" not in row
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert entry.title in text
    assert entry.proposed_by.full_name not in text


def test_a_document_has_a_heading_for_each_entry_and_says_what_it_holds(client, author, shelf):
    client.force_login(author)

    response = client.get("/library/export/docx/?type=tool")

    document = Document(BytesIO(b"".join(response.streaming_content)))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [f"{shelf['tool'].symbol}  {shelf['tool'].title}"]
    text = [paragraph.text for paragraph in document.paragraphs]
    assert "Type: Tool" in text
    assert f"Summary: {shelf['tool'].summary}" in text
    assert document.core_properties.language == "en-GB"


def test_a_document_in_arabic_is_set_from_right_to_left(client, shelf):
    client.force_login(DelegateFactory(language="ar"))

    document = Document(BytesIO(b"".join(client.get("/library/export/docx/").streaming_content)))
    _rows, sheet = rows_of(client.get("/library/export/xlsx/"))

    title, heading = document.paragraphs[0], next(p for p in document.paragraphs if p.style.name == "Heading 1")
    assert title._p.pPr.xpath("./w:bidi")
    assert not heading._p.pPr.xpath("./w:bidi")  # the entry itself is not in Arabic
    assert sheet.sheet_view.rightToLeft


def test_a_file_holds_the_first_of_very_many(client, author, settings):
    settings.LIBRARY_EXPORT_ROWS = 2
    LibraryEntryFactory.create_batch(3)
    client.force_login(author)

    response = client.get("/library/export/docx/")

    text = "\n".join(p.text for p in Document(BytesIO(b"".join(response.streaming_content))).paragraphs)
    assert "This file holds the first 2 of them." in text
    assert text.count("Permanent address:") == 2


def test_a_file_costs_the_same_however_many_entries(client, author):
    costs = []
    client.force_login(author)
    for _time in range(2):
        LibraryEntryFactory(states=[MemberStateFactory()], step=StepFactory())
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get("/library/export/xlsx/").streaming_content)
        costs.append(len([q for q in captured if not q["sql"].startswith(("DECLARE", "CLOSE"))]))

    assert costs[0] == costs[1]


def test_there_is_no_other_kind_of_file(client, author):
    client.force_login(author)

    assert client.get("/library/export/pdf/").status_code == 404
