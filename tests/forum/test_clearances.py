"""Clearance: a colleague of the same delegation reads a text first, and nobody else does."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.enums import AccountStatus, Role
from accounts.models import AuditEntry, Mandate, User
from accounts.services import outbox
from forum.enums import Capacity, ClearanceState, ContributionKind
from forum.models import Clearance, Discussion, Draft, Post
from forum.services import archives
from forum.services.clearances import ask_clearance, clear_text, return_text, take_back_clearance
from forum.services.seats import forget_person, move_seat
from forum.tasks import discard_clearances
from tests.factories import DelegateFactory, DiscussionFactory, MandateFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db

TEXT = "Our **examiners** left."


@pytest.fixture
def colleague(delegate) -> User:
    return DelegateFactory(member_state=delegate.member_state)


def begin(author: User, **fields: object) -> Draft:
    return Draft.objects.create(user=author, body=TEXT, **{"discussion": DiscussionFactory(), **fields})


def ask(author: User, colleague: User, *, publishes: bool = False, **fields: object) -> Clearance:
    draft = begin(author, **fields)
    return ask_clearance(
        actor=author, discussion=draft.discussion_id, colleague=colleague, publishes=publishes, note="Please look."
    )


# --- Asking -----------------------------------------------------------------------------------------


def test_a_colleague_is_asked_through_the_form(client, delegate, colleague):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = {"body": TEXT, "kind": "practice", "then": "clearance"}
    saved = client.post(f"{discussion.get_absolute_url()}draft/", fields)
    page = client.get(saved["Location"])
    assert list(page.context["form"].fields["colleague"].queryset) == [colleague]

    answer = client.post(saved["Location"], {"colleague": str(colleague.pk), "note": "Please look.", "publishes": "on"})

    clearance = Clearance.objects.get()
    assert answer["Location"] == f"{discussion.get_absolute_url()}#write"
    assert (clearance.author, clearance.colleague, clearance.body, clearance.kind, clearance.publishes) == (
        delegate,
        colleague,
        TEXT,
        ContributionKind.PRACTICE,
        True,
    )
    assert Draft.objects.get().body == TEXT
    assert "A colleague is asked to clear your draft." in client.get(discussion.get_absolute_url()).content.decode()


def test_the_colleague_is_told_and_the_letter_holds_nothing_of_the_text(delegate, colleague):
    clearance = ask(delegate, colleague)

    outbox.deliver_due()

    [letter] = mail.outbox
    assert letter.to == [colleague.email]
    assert f"/clearances/{clearance.pk}/" in letter.body
    assert all("examiners" not in part and "Please look" not in part for part in (letter.body, letter.subject))
    assert AuditEntry.objects.get(action="clearance.asked").facts == {
        "colleague": colleague.pk,
        "discussion": clearance.discussion_id,
    }


@pytest.mark.parametrize("who", ["another state", "oneself", "left", "an expert"])
def test_only_a_colleague_of_the_same_delegation_is_asked(client, delegate, who):
    others = {
        "another state": DelegateFactory(),
        "oneself": delegate,
        "left": DelegateFactory(member_state=delegate.member_state, status=AccountStatus.LEFT),
        "an expert": UserFactory(role=Role.EXPERT),
    }
    draft = begin(delegate)
    client.force_login(delegate)

    with pytest.raises(PermissionDenied):
        ask_clearance(actor=delegate, discussion=draft.discussion_id, colleague=others[who], publishes=False)
    address = f"{draft.discussion.get_absolute_url()}clearance/"
    assert client.post(address, {"colleague": str(others[who].pk)}).status_code == 422
    assert not Clearance.objects.exists()


def test_who_has_no_delegation_asks_nobody():
    expert = UserFactory(role=Role.EXPERT)

    with pytest.raises(PermissionDenied):
        ask(expert, UserFactory(role=Role.EXPERT))


def test_one_colleague_is_asked_at_a_time(delegate, colleague):
    clearance = ask(delegate, colleague)
    again = {"actor": delegate, "discussion": clearance.discussion_id, "colleague": colleague, "publishes": False}

    with pytest.raises(ValidationError):
        ask_clearance(**again)
    take_back_clearance(actor=delegate, clearance=clearance.pk)

    assert ask_clearance(**again).state == ClearanceState.ASKED


def test_what_may_not_be_published_is_not_put_up_for_clearance(delegate, colleague):
    closed = DiscussionFactory(closed_at=timezone.now())

    with pytest.raises(PermissionDenied):
        ask(delegate, colleague, discussion=closed)
    with pytest.raises(PermissionDenied):
        ask(delegate, colleague, capacity=Capacity.DELEGATION)


def test_a_text_that_is_no_post_is_not_put_up_for_clearance(client, delegate, colleague):
    draft = begin(delegate)
    Draft.objects.update(body="x" * 20_001)
    client.force_login(delegate)

    answer = client.post(f"{draft.discussion.get_absolute_url()}clearance/", {"colleague": str(colleague.pk)})

    assert answer["Location"] == f"{draft.discussion.get_absolute_url()}#write"
    assert not Clearance.objects.exists()


def test_without_a_draft_there_is_nothing_to_clear(client, delegate):
    client.force_login(delegate)

    assert client.get(f"{DiscussionFactory().get_absolute_url()}clearance/").status_code == 404


# --- Who sees it ------------------------------------------------------------------------------------


def test_author_and_colleague_see_the_text_and_nobody_else(client, delegate, colleague):
    clearance = ask(delegate, colleague)
    others = [
        DelegateFactory(member_state=delegate.member_state),
        MandateFactory(user=DelegateFactory(member_state=delegate.member_state)).user,
        UserFactory(role=Role.MODERATOR),
        UserFactory(role=Role.SECRETARIAT),
        DelegateFactory(),
    ]

    found = {}
    for reader in (delegate, colleague, *others):
        client.force_login(reader)
        response = client.get(f"/clearances/{clearance.pk}/")
        found[reader.pk] = (response.status_code, b"<strong>examiners</strong>" in response.content)

    assert found == {
        delegate.pk: (200, True),
        colleague.pk: (200, True),
        **{other.pk: (404, False) for other in others},
    }


def test_the_colleague_finds_it_among_the_drafts(client, delegate, colleague):
    clearance = ask(delegate, colleague)
    client.force_login(colleague)

    assert client.get("/drafts/").context["page"].due == [clearance]
    return_text(actor=colleague, clearance=clearance.pk, remarks="Shorter.")
    assert client.get("/drafts/").context["page"].due == []


# --- Deciding ---------------------------------------------------------------------------------------


def test_a_text_is_returned_with_remarks_and_its_draft_stays(client, delegate, colleague):
    clearance = ask(delegate, colleague)
    mail.outbox.clear()
    client.force_login(colleague)

    answer = client.post(f"/clearances/{clearance.pk}/", {"decision": "return", "remarks": "Shorter."})

    clearance.refresh_from_db()
    assert answer.status_code == 302
    assert (clearance.state, clearance.answer, clearance.post) == (ClearanceState.RETURNED, "Shorter.", None)
    assert Draft.objects.get().body == TEXT
    client.force_login(delegate)
    assert "Shorter." in client.get(f"/clearances/{clearance.pk}/").content.decode()
    outbox.deliver_due()
    assert [letter.subject for letter in mail.outbox if letter.to == [delegate.email]] == [
        f"{colleague.full_name} has returned your text with remarks"
    ]


def test_a_text_is_not_returned_without_a_word(client, delegate, colleague):
    clearance = ask(delegate, colleague)
    client.force_login(colleague)

    answer = client.post(f"/clearances/{clearance.pk}/", {"decision": "return"})

    clearance.refresh_from_db()
    assert (answer.status_code, clearance.state) == (422, ClearanceState.ASKED)


def test_a_cleared_text_waits_for_its_author(client, delegate, colleague):
    clearance = ask(delegate, colleague)

    cleared, obstacle = clear_text(actor=colleague, clearance=clearance.pk)

    assert (cleared.state, cleared.post, obstacle) == (ClearanceState.CLEARED, None, "")
    assert not Post.objects.exists()
    client.force_login(delegate)
    page = client.get(clearance.discussion.get_absolute_url()).content.decode()
    assert "Your colleague has cleared this text. You can publish it." in page


def test_a_draft_changed_after_it_was_cleared_says_so(client, delegate, colleague):
    clearance = ask(delegate, colleague)
    clear_text(actor=colleague, clearance=clearance.pk)
    Draft.objects.update(body="Something else")
    client.force_login(delegate)

    page = client.get(clearance.discussion.get_absolute_url()).content.decode()

    assert "as it was before you changed it" in page


def test_a_cleared_text_is_published_at_once_where_that_was_asked(client, colleague, delegate):
    answered = PostFactory()
    clearance = ask(
        delegate, colleague, publishes=True, discussion=answered.discussion, kind=ContributionKind.TOOL, reply_to=1
    )
    client.force_login(colleague)

    answer = client.post(f"/clearances/{clearance.pk}/", {"decision": "clear"})

    post = Post.objects.get(number=2)
    clearance.refresh_from_db()
    assert answer["Location"] == f"{answered.discussion.get_absolute_url()}?page=1#post-2"
    assert (post.author, post.body, post.kind, post.capacity, post.reply_to) == (
        delegate,
        TEXT,
        ContributionKind.TOOL,
        Capacity.PERSONAL,
        answered,
    )
    assert clearance.post == post
    assert not Draft.objects.exists()
    outbox.deliver_due()
    assert f"{colleague.full_name} has cleared your text, and it is published" in [
        letter.subject for letter in mail.outbox if letter.to == [delegate.email]
    ]


def test_a_draft_that_went_on_meanwhile_stays(delegate, colleague):
    clearance = ask(delegate, colleague, publishes=True)
    Draft.objects.update(body="A newer thought")

    clear_text(actor=colleague, clearance=clearance.pk)

    assert (Post.objects.get().body, Draft.objects.get().body) == (TEXT, "A newer thought")


@pytest.mark.parametrize("meanwhile", ["closed", "mandate over", "suspended"])
def test_everything_is_asked_again_when_it_is_to_be_published(meanwhile):
    focal_point = MandateFactory().user
    colleague = DelegateFactory(member_state=focal_point.member_state)
    clearance = ask(focal_point, colleague, publishes=True, capacity=Capacity.DELEGATION)
    if meanwhile == "closed":
        Discussion.objects.update(closed_at=timezone.now())
    elif meanwhile == "mandate over":
        Mandate.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    else:
        User.objects.filter(pk=focal_point.pk).update(suspended_until=timezone.now() + timedelta(days=1))

    cleared, obstacle = clear_text(actor=colleague, clearance=clearance.pk)

    assert (cleared.state, cleared.post, obstacle != "") == (ClearanceState.CLEARED, None, True)
    assert (Post.objects.count(), Draft.objects.get().body) == (0, TEXT)


def test_a_statement_is_published_in_the_authors_capacity():
    focal_point = MandateFactory().user
    colleague = DelegateFactory(member_state=focal_point.member_state)
    clearance = ask(focal_point, colleague, publishes=True, capacity=Capacity.DELEGATION)

    cleared, _obstacle = clear_text(actor=colleague, clearance=clearance.pk)

    assert (cleared.post.capacity, cleared.post.author) == (Capacity.DELEGATION, focal_point)


def test_nobody_but_who_was_asked_decides(delegate, colleague):
    clearance = ask(delegate, colleague)

    for decide in (clear_text, return_text):
        with pytest.raises(PermissionDenied):
            decide(actor=delegate, clearance=clearance.pk, remarks="Fine.")
        with pytest.raises(Clearance.DoesNotExist):
            decide(actor=DelegateFactory(member_state=delegate.member_state), clearance=clearance.pk, remarks="Fine.")


def test_a_colleague_who_has_changed_delegations_decides_no_more(delegate, colleague):
    clearance = ask(delegate, colleague)
    colleague.member_state = DelegateFactory().member_state
    colleague.save()

    with pytest.raises(PermissionDenied):
        clear_text(actor=colleague, clearance=clearance.pk)


def test_it_is_decided_once(delegate, colleague):
    clearance = ask(delegate, colleague, publishes=True)
    clear_text(actor=colleague, clearance=clearance.pk)

    with pytest.raises(PermissionDenied):
        clear_text(actor=colleague, clearance=clearance.pk)
    assert Post.objects.count() == 1


# --- Taking back, publishing oneself ----------------------------------------------------------------


def test_the_author_takes_it_back_and_nobody_is_told_any_more(client, delegate, colleague):
    clearance = ask(delegate, colleague)
    client.force_login(delegate)

    answer = client.post(f"/clearances/{clearance.pk}/take-back/")
    outbox.deliver_due()

    clearance.refresh_from_db()
    assert answer["Location"] == f"{clearance.discussion.get_absolute_url()}#write"
    assert (clearance.state, Draft.objects.get().body, mail.outbox) == (ClearanceState.TAKEN_BACK, TEXT, [])
    with pytest.raises(PermissionDenied):
        clear_text(actor=colleague, clearance=clearance.pk)


def test_the_colleague_does_not_take_it_back(delegate, colleague):
    clearance = ask(delegate, colleague)

    with pytest.raises(PermissionDenied):
        take_back_clearance(actor=colleague, clearance=clearance.pk)


def test_an_author_who_publishes_meanwhile_asks_no_more(client, delegate, colleague):
    clearance = ask(delegate, colleague, publishes=True)
    client.force_login(delegate)
    fields = {"body": TEXT, "submission_key": "5f0c3c3e-6d5f-4a25-a2e7-0d6a0e1a0001"}

    client.post(f"{clearance.discussion.get_absolute_url()}posts/", fields)

    clearance.refresh_from_db()
    assert (clearance.state, clearance.post) == (ClearanceState.TAKEN_BACK, Post.objects.get())
    with pytest.raises(PermissionDenied):
        clear_text(actor=colleague, clearance=clearance.pk)


# --- Leaving, handing over, one's own data ----------------------------------------------------------


@pytest.mark.parametrize("who", ["author", "colleague"])
def test_nothing_of_it_stays_when_one_of_the_two_has_left(delegate, colleague, who):
    ask(delegate, colleague)

    forget_person(delegate if who == "author" else colleague)

    assert not Clearance.objects.exists()


def test_what_was_asked_is_taken_back_when_the_seat_goes_to_another(delegate, colleague):
    clearance = ask(delegate, colleague, publishes=True)

    move_seat(predecessor=delegate, successor=DelegateFactory(member_state=delegate.member_state))

    clearance.refresh_from_db()
    assert clearance.state == ClearanceState.TAKEN_BACK


def test_the_author_finds_it_among_their_own_data_without_the_colleagues_words(delegate, colleague):
    clearance = ask(delegate, colleague)
    return_text(actor=colleague, clearance=clearance.pk, remarks="Shorter.")

    [listed] = archives.gather(delegate)["clearances.json"]

    assert (listed["text"], listed["note"], listed["state"]) == (TEXT, "Please look.", ClearanceState.RETURNED)
    assert "Shorter." not in str(listed)
    assert archives.gather(colleague)["clearances.json"] == []


# --- How long it is kept ----------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "is_kept"), [(89, True), (91, False)])
def test_what_was_decided_long_ago_is_deleted_and_its_post_stays(delegate, colleague, days, is_kept):
    clearance = ask(delegate, colleague, publishes=True)
    post = clear_text(actor=colleague, clearance=clearance.pk)[0].post
    Clearance.objects.update(decided_at=timezone.now() - timedelta(days=days))

    discard_clearances()

    assert Clearance.objects.exists() == is_kept
    assert Post.objects.get(pk=post.pk).body == TEXT


def test_what_nobody_has_decided_stays_however_old(delegate, colleague):
    ask(delegate, colleague)
    Clearance.objects.update(asked_at=timezone.now() - timedelta(days=900))

    discard_clearances()

    assert Clearance.objects.exists()
