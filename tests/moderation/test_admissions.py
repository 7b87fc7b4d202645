"""Somebody from outside is let into one discussion: drafted, confirmed, assessed, decided, ended."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import AccountStatus, Role
from accounts.models import AuditEntry, Invitation, Notice, User
from accounts.services import outbox
from accounts.services.invitations import token_of
from accounts.services.reference import load_protocol
from accounts.waiting import everything
from forum.models import Discussion, DiscussionGrant, Follow, Post, ReadPosition
from forum.queries.search import search_page
from forum.services.follows import follow_discussion
from forum.services.posts import publish_post
from moderation.enums import AdmissionScope, AdmissionState
from moderation.models import Admission, AdmissionCriterion
from moderation.queries.admissions import criteria_of
from moderation.services.admissions import (
    approve_admission,
    assess_admission,
    change_admission,
    confirm_admission,
    decline_admission,
    draft_admission,
    end_admission,
    end_due_admissions,
    extend_admission,
    return_admission,
    withdraw_admission,
)
from moderation.services.criteria import load_criteria
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    PostFactory,
    ProtocolFactory,
    RoomFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

ASKED = {
    "full_name": "Wanjiku Kamau",
    "email": "scholar@university.example",
    "organization": "University of Nairobi",
    "kind": "academic",
    "language": "en",
    "purpose": "She has evaluated such trainings.",
    "interests": "None.",
    "scope": AdmissionScope.ROOM,
    "sees_earlier_posts": True,
}


@pytest.fixture
def focal_point() -> User:
    return MandateFactory().user


@pytest.fixture
def drafter(focal_point) -> User:
    return DelegateFactory(member_state=focal_point.member_state)


@pytest.fixture
def moderator() -> User:
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def secretariat() -> User:
    return UserFactory(role=Role.SECRETARIAT)


def draft(actor: User, discussion: Discussion | None = None, **changes: object) -> Admission:
    discussion = discussion or DiscussionFactory()
    asked = {**ASKED, "ends_at": timezone.now() + timedelta(days=5), **changes}
    return draft_admission(actor=actor, discussion=discussion.pk, submission_key=uuid.uuid4(), **asked)


def assess(actor: User, admission: Admission, *, recommended: bool = True) -> Admission:
    return assess_admission(
        actor=actor, admission=admission.pk, criteria=[], is_recommended=recommended, assessment="It fits."
    )


def approved(focal_point: User, moderator: User, secretariat: User, **changes: object) -> Admission:
    admission = assess(moderator, draft(focal_point, **changes))
    return approve_admission(actor=secretariat, admission=admission.pk, reason="As recommended.")


def told(verb: str) -> set[int]:
    return set(Notice.objects.filter(kind=f"admission.{verb}").values_list("user", flat=True))


# --- The state's word ------------------------------------------------------------------------------


def test_a_delegates_draft_waits_for_the_focal_point_of_the_state(drafter, focal_point):
    other = MandateFactory().user

    admission = draft(drafter)

    assert (admission.state, admission.sponsor) == (AdmissionState.DRAFT, focal_point.member_state)
    assert told("drafted") == {focal_point.pk}
    with pytest.raises(Admission.DoesNotExist):
        confirm_admission(actor=other, admission=admission.pk)
    with pytest.raises(PermissionDenied):
        confirm_admission(actor=drafter, admission=admission.pk)
    assert confirm_admission(actor=focal_point, admission=admission.pk).state == AdmissionState.CONFIRMED


def test_a_focal_points_own_draft_is_confirmed_at_once(focal_point, moderator):
    admission = draft(focal_point)

    assert (admission.state, admission.confirmed_by) == (AdmissionState.CONFIRMED, focal_point)
    assert told("confirmed") == {moderator.pk}


def test_no_focal_point_is_needed_where_the_secretariat_has_set_so(drafter, moderator, settings):
    settings.ADMISSION_NEEDS_FOCAL_POINT = False

    assert draft(drafter).state == AdmissionState.CONFIRMED


@pytest.mark.parametrize("role", [Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT])
def test_only_participants_of_a_member_state_ask(role):
    with pytest.raises(PermissionDenied, match="member state"):
        draft(UserFactory(role=role))


def test_nobody_is_asked_for_in_a_closed_discussion(drafter):
    with pytest.raises(PermissionDenied, match="closed"):
        draft(drafter, DiscussionFactory(closed_at=timezone.now()))


def test_a_form_sent_twice_asks_once_and_another_form_for_the_same_person_is_refused(drafter):
    discussion, key = DiscussionFactory(), uuid.uuid4()
    asked = {**ASKED, "ends_at": timezone.now() + timedelta(days=1)}
    first = draft_admission(actor=drafter, discussion=discussion.pk, submission_key=key, **asked)

    assert draft_admission(actor=drafter, discussion=discussion.pk, submission_key=key, **asked) == first
    with pytest.raises(ValidationError) as refusal:
        draft(drafter, discussion)
    assert refusal.value.code == "asked_already"
    draft(drafter, DiscussionFactory())


def test_what_is_returned_is_changed_and_waits_again(drafter, focal_point):
    admission = draft(drafter)
    return_admission(actor=focal_point, admission=admission.pk, reason="Say whom she works for.")

    assert told("returned") == {drafter.pk}
    asked = {**ASKED, "organization": "Ministry", "ends_at": admission.ends_at}
    changed = change_admission(actor=drafter, admission=admission.pk, **asked)

    assert (changed.state, changed.organization) == (AdmissionState.DRAFT, "Ministry")
    confirm_admission(actor=focal_point, admission=admission.pk)
    with pytest.raises(PermissionDenied, match="no longer changed"):
        change_admission(actor=drafter, admission=admission.pk, **asked)


def test_who_drafted_it_withdraws_it_until_it_is_decided(drafter, focal_point, moderator, secretariat):
    admission, other = draft(drafter), draft(drafter)

    assert withdraw_admission(actor=drafter, admission=admission.pk, reason="No longer needed.").state == "withdrawn"
    confirm_admission(actor=focal_point, admission=other.pk)
    assess(moderator, other)
    decline_admission(actor=secretariat, admission=other.pk, reason="Too late.")
    with pytest.raises(PermissionDenied):
        withdraw_admission(actor=drafter, admission=other.pk, reason="No longer needed.")


# --- Assessment and decision -------------------------------------------------------------------------


def test_the_secretariat_alone_decides_and_not_who_assessed(focal_point, moderator, secretariat):
    admission = assess(secretariat, draft(focal_point))

    for actor, reason in ((moderator, "administrator"), (secretariat, "somebody else")):
        with pytest.raises(PermissionDenied, match=reason):
            approve_admission(actor=actor, admission=admission.pk, reason="Yes.")
    colleague = UserFactory(role=Role.SECRETARIAT)
    assert approve_admission(actor=colleague, admission=admission.pk, reason="Yes.").state == AdmissionState.APPROVED


def test_only_the_moderator_assesses_what_the_state_has_confirmed(drafter, focal_point, moderator):
    admission = draft(drafter)

    with pytest.raises(PermissionDenied):
        assess(moderator, admission)
    confirm_admission(actor=focal_point, admission=admission.pk)
    with pytest.raises(PermissionDenied):
        assess(focal_point, admission)
    assert assess(moderator, admission).assessed_by == moderator


def test_what_was_assessed_by_an_earlier_protocol_is_assessed_anew(focal_point, moderator, secretariat):
    admission = assess(moderator, draft(focal_point))
    ProtocolFactory(version=2, in_force_on=timezone.localdate())
    for person in (focal_point, moderator, secretariat):
        person.__dict__["has_accepted_protocol"] = True

    with pytest.raises(ValidationError) as refusal:
        approve_admission(actor=secretariat, admission=admission.pk, reason="Yes.")
    assert refusal.value.code == "outdated"
    assert assess(moderator, admission).protocol.version == 2
    approve_admission(actor=secretariat, admission=admission.pk, reason="Yes.")


def test_the_criteria_of_the_first_protocol_ship_in_six_languages_and_hold_until_others_are_set():
    first = load_protocol(timezone.localdate())
    load_criteria()
    load_criteria()
    second = ProtocolFactory(version=2)

    criteria = list(criteria_of(first))

    assert len(criteria) == 6
    assert all(getattr(c, f"text_{code}") for c in criteria for code in ("en", "fr", "es", "ar", "ru", "zh_hans"))
    assert list(criteria_of(second)) == criteria
    own = AdmissionCriterion.objects.create(protocol=second, text_en="Another one.")
    assert list(criteria_of(second)) == [own]
    assert list(criteria_of(first)) == criteria


def test_declining_gives_no_account_and_tells_the_state(drafter, focal_point, moderator, secretariat):
    admission = draft(drafter)
    confirm_admission(actor=focal_point, admission=admission.pk)
    assess(moderator, admission, recommended=False)

    decline_admission(actor=secretariat, admission=admission.pk, reason="An interest of her own.")

    assert not User.objects.filter(email=ASKED["email"]).exists()
    assert told("declined") == {drafter.pk, focal_point.pk}


# --- What approving does -------------------------------------------------------------------------------


def test_approving_invites_once_grants_the_right_and_tells_who_takes_part_first(focal_point, moderator, secretariat):
    discussion = DiscussionFactory()
    wrote = PostFactory(discussion=discussion).author
    follows, read, neither = DelegateFactory(), DelegateFactory(), DelegateFactory()
    Follow.objects.create(user=follows, discussion=discussion)
    ReadPosition.objects.create(user=read, discussion=discussion, number=1)

    admission = approved(focal_point, moderator, secretariat, discussion=discussion)

    person = admission.user
    assert (person.role, person.status, person.email) == (Role.EXTERNAL, AccountStatus.INVITED, ASKED["email"])
    assert Invitation.objects.filter(user=person).count() == 1
    right = DiscussionGrant.objects.get(user=person)
    assert (right.content_object, right.sponsor, right.first_post) == (discussion, focal_point.member_state, 1)
    assert (right.starts_at, right.ends_at) == (admission.starts_at, admission.ends_at)
    assert told("announced") == {wrote.pk, follows.pk, read.pk}
    assert told("granted") == {person.pk}
    assert neither.pk not in told("announced") | told("approved")


def test_the_outsider_enters_after_the_notice_and_is_named_before(
    client, focal_point, moderator, secretariat, settings
):
    settings.ADMISSION_NOTICE = timedelta(hours=24)
    discussion = DiscussionFactory(topic__closes_at=timezone.now() + timedelta(days=30))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        person = approved(focal_point, moderator, secretariat, discussion=discussion).user
        seen = []
        client.force_login(focal_point)
        assertContains(client.get(discussion.get_absolute_url()), "will join on")
        for _step in range(2):
            seen.append(Discussion.objects.visible_to(_entered(person)).exists())
            clock.shift(timedelta(hours=24))
        assertNotContains(client.get(discussion.get_absolute_url()), "will join on")

    assert seen == [False, True]


def _entered(person: User) -> User:
    """Return the person as one who has taken up the account and accepted the protocol."""
    found = User.objects.get(pk=person.pk)
    found.status, found.__dict__["has_accepted_protocol"] = AccountStatus.ACTIVE, True
    return found


def test_a_participants_address_is_refused_and_an_earlier_externals_account_is_used_again(
    focal_point, moderator, secretariat
):
    taken = DelegateFactory(email=ASKED["email"])
    with pytest.raises(ValidationError) as refusal:
        approved(focal_point, moderator, secretariat)
    assert refusal.value.code == "participant"
    User.objects.filter(pk=taken.pk).update(email="another@university.example")

    earlier = UserFactory(role=Role.EXTERNAL, email=ASKED["email"])
    assert approved(focal_point, moderator, secretariat).user == earlier
    assert not Invitation.objects.exists()


def test_somebody_who_never_came_in_gets_a_new_link(focal_point, moderator, secretariat):
    first = approved(focal_point, moderator, secretariat)
    again = approved(focal_point, moderator, secretariat)

    assert again.user == first.user
    assert [i.revoked_at is None for i in Invitation.objects.order_by("created_at")] == [False, True]


def test_an_early_end_ends_the_invitation_that_was_not_taken_up(client, focal_point, moderator, secretariat):
    admission = approved(focal_point, moderator, secretariat)
    invitation = Invitation.objects.get()
    link = reverse("accounts:invitation_take_up", args=[token_of(invitation)])
    assert client.get(link).status_code == 200

    end_admission(actor=moderator, admission=admission.pk, reason="She cannot come.")

    assert client.get(link).status_code == 410
    entry = AuditEntry.objects.get(action="invitation.revoked")
    assert (entry.actor, entry.reason, entry.facts["invitation"]) == (moderator, "She cannot come.", invitation.pk)


def test_an_invitation_stays_while_its_person_is_admitted_elsewhere_too(client, focal_point, moderator, secretariat):
    first, second = (approved(focal_point, moderator, secretariat) for _n in range(2))
    link = reverse("accounts:invitation_take_up", args=[token_of(Invitation.objects.get(revoked_at=None))])

    end_admission(actor=moderator, admission=first.pk, reason="Said all.")
    assert client.get(link).status_code == 200

    end_admission(actor=moderator, admission=second.pk, reason="Said all.")
    assert client.get(link).status_code == 410


def test_the_desk_leads_from_a_right_on_its_last_days_to_the_admission(client, focal_point, moderator, secretariat):
    topic = DiscussionFactory().topic
    discussion = DiscussionFactory(topic=topic, room=RoomFactory(language="fr"))
    approved(focal_point, moderator, secretariat, discussion=discussion)
    admission = approved(
        focal_point, moderator, secretariat, discussion=topic.discussions.first(), scope=AdmissionScope.SISTERS
    )
    client.force_login(secretariat)

    for right in DiscussionGrant.objects.all():
        address = reverse("moderation:admission_of_grant", args=[right.pk])
        assertContains(client.get("/secretariat/"), address)
        assertRedirects(
            client.get(address), f"{admission.get_absolute_url()}#id_extend_ends_at", fetch_redirect_response=False
        )
    assertContains(client.get(admission.get_absolute_url()), 'id="id_extend_ends_at"')


def test_a_right_that_no_admission_gave_is_prolonged_in_the_administration(client, moderator, secretariat):
    right = grant(UserFactory(role=Role.EXTERNAL), DiscussionFactory(), ends_at=timezone.now() + timedelta(days=5))
    address = reverse("moderation:admission_of_grant", args=[right.pk])
    client.force_login(moderator)
    assert client.get(address).status_code == 403

    client.force_login(secretariat)

    assertRedirects(
        client.get(address),
        reverse("admin:forum_discussiongrant_change", args=[right.pk]),
        fetch_redirect_response=False,
    )


def test_the_sisters_are_opened_only_when_they_were_asked_for(focal_point, moderator, secretariat):
    sisters = []
    for _case in range(2):
        discussion = DiscussionFactory()
        sisters.append([discussion, DiscussionFactory(topic=discussion.topic, room=RoomFactory(language="fr"))])

    one = approved(focal_point, moderator, secretariat, discussion=sisters[0][0])
    both = approved(
        focal_point, moderator, secretariat, discussion=sisters[1][0], scope=AdmissionScope.SISTERS, email="b@u.example"
    )

    assert list(Discussion.objects.visible_to(_entered(one.user))) == sisters[0][:1]
    assert set(Discussion.objects.visible_to(_entered(both.user))) == set(sisters[1])


# --- Without the earlier posts --------------------------------------------------------------------------


@pytest.fixture
def newcomer(focal_point, moderator, secretariat):
    """Somebody admitted without the two posts made before, and the discussion with one made since."""
    discussion = DiscussionFactory()
    author = DelegateFactory(full_name="Early Speaker")
    early = [publish(author, discussion, f"Earlierword {n}") for n in (1, 2)]
    person = UserFactory(role=Role.EXTERNAL, email=ASKED["email"])
    approved(focal_point, moderator, secretariat, discussion=discussion, sees_earlier_posts=False)
    later = publish(DelegateFactory(full_name="Later Speaker"), discussion, "Laterword", reply_to=1)
    return person, discussion, early, later


def publish(author: User, discussion: Discussion, body: str, **fields: object) -> Post:
    return publish_post(actor=author, discussion=discussion.pk, body=body, submission_key=uuid.uuid4(), **fields)


def test_earlier_posts_stay_unseen_on_every_page(client, newcomer):
    person, discussion, early, later = newcomer
    client.force_login(person)
    first = early[0]

    for page in ("", "?page=1"):
        shown = client.get(f"{discussion.get_absolute_url()}{page}").content.decode()
        assert "Laterword" in shown
        assert "Earlierword" not in shown
        assert "Early Speaker" not in shown
    quoting = client.get(f"{discussion.get_absolute_url()}?quote={first.pk}")
    assertNotContains(quoting, "Earlierword")
    addresses = ("", "cite/", "wordings/", "translations/")
    assert [client.get(f"/posts/{first.pk}/{rest}").status_code for rest in addresses] == [404] * 4
    assert client.get(f"/posts/{later.pk}/cite/").status_code == 200
    searched = client.get("/search/", {"q": "Earlierword"})
    assertNotContains(searched, f"/posts/{first.pk}/")
    assertNotContains(searched, "<mark>Earlierword")


def test_earlier_posts_stay_unseen_in_search(newcomer):
    person, _discussion, _early, _later = newcomer
    from forum.forms.search import SearchForm

    counts = []
    for reader in (User.objects.with_access().get(pk=person.pk), DelegateFactory()):
        found = []
        for words in ("Earlierword", "Laterword"):
            form = SearchForm({"q": words}, viewer=reader)
            assert form.is_valid()
            found.append(search_page(reader, form.wanted).count)
        counts.append(found)

    assert counts == [[0, 1], [2, 1]]


def test_earlier_posts_stay_unseen_in_the_live_stream(newcomer):
    from forum.streams import posts_after

    person, discussion, _early, _later = newcomer
    viewer = User.objects.with_access().get(pk=person.pk)

    events = posts_after(viewer, discussion, 0)

    assert [number for number, _event in events] == [3]
    assert "Early Speaker" not in events[0][1]
    assert [number for number, _event in posts_after(DelegateFactory(), discussion, 0)] == [1, 2, 3]


def test_a_reply_to_an_earlier_post_names_it_to_members_only(client, newcomer):
    person, discussion, _early, _later = newcomer
    for reader, names_it in ((person, False), (DelegateFactory(), True)):
        client.force_login(reader)
        shown = client.get(discussion.get_absolute_url()).content.decode()
        assert ("In reply to post 1" in shown) is names_it


def test_mail_tells_the_outsider_of_no_earlier_post(newcomer, django_capture_on_commit_callbacks):
    person, discussion, early, later = newcomer
    with django_capture_on_commit_callbacks(execute=True):
        follow_discussion(actor=person, discussion=discussion.pk, level="all")
        for post in (early[0], later):
            outbox.notify({person.pk: "replies"}, kind="post.published", about=post)
    mail.outbox.clear()
    outbox.deliver_due()

    said = [message.body for message in mail.outbox if message.to == [person.email]]
    assert not [body for body in said if "Earlierword" in body]


# --- How it ends ----------------------------------------------------------------------------------------


def test_an_extension_is_the_secretariats(focal_point, moderator, secretariat):
    admission = approved(focal_point, moderator, secretariat)
    later = admission.ends_at + timedelta(days=3)

    with pytest.raises(PermissionDenied):
        extend_admission(actor=moderator, admission=admission.pk, ends_at=later, reason="More to say.")
    with pytest.raises(ValidationError):
        extend_admission(actor=secretariat, admission=admission.pk, ends_at=admission.ends_at, reason="No.")
    extend_admission(actor=secretariat, admission=admission.pk, ends_at=later, reason="More to say.")

    assert DiscussionGrant.objects.get().ends_at == later
    assert {focal_point.pk, admission.user.pk} <= told("extended")


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SECRETARIAT])
def test_an_early_end_shuts_the_discussion_and_posts_stay(focal_point, moderator, secretariat, role):
    admission = approved(focal_point, moderator, secretariat)
    post = PostFactory(discussion=admission.discussion, author=admission.user, member_state=None)

    with pytest.raises(PermissionDenied):
        end_admission(actor=focal_point, admission=admission.pk, reason="Enough.")
    end_admission(actor=UserFactory(role=role), admission=admission.pk, reason="Advertising.")

    assert not Discussion.objects.visible_to(_entered(admission.user)).exists()
    assert Post.objects.visible_to(focal_point).filter(pk=post.pk).exists()
    assert {focal_point.pk, admission.user.pk} <= told("ended")


def test_an_admission_ends_by_itself_and_is_recorded_once(focal_point, moderator, secretariat):
    admission = approved(focal_point, moderator, secretariat)
    ends_at = admission.ends_at

    assert end_due_admissions() == 0
    with time_machine.travel(ends_at, tick=False):
        assert [end_due_admissions(), end_due_admissions()] == [1, 0]

    admission.refresh_from_db()
    assert (admission.state, admission.ends_at, admission.ended_by) == (AdmissionState.ENDED, ends_at, None)


def test_a_second_admission_to_the_same_discussion_replaces_the_right(focal_point, moderator, secretariat):
    discussion = DiscussionFactory()
    first = approved(focal_point, moderator, secretariat, discussion=discussion)
    end_admission(actor=moderator, admission=first.pk, reason="Enough.")

    again = approved(focal_point, moderator, secretariat, discussion=discussion)

    assert DiscussionGrant.objects.get().ends_at == again.ends_at


def test_every_step_is_in_the_audit_trail_with_the_protocols_version(focal_point, moderator, secretariat):
    admission = approved(focal_point, moderator, secretariat)
    end_admission(actor=moderator, admission=admission.pk, reason="Enough.")

    entries = AuditEntry.objects.filter(subject=f"moderation.admission:{admission.pk}").order_by("pk")

    assert [(e.action, e.facts["protocol"]) for e in entries] == [
        (f"admission.{verb}", 1) for verb in ("drafted", "assessed", "approved", "ended")
    ]
    assert not [e for e in entries if ASKED["full_name"] in str(e.facts)]


def test_everybody_is_told_in_their_language(focal_point, moderator, secretariat, django_capture_on_commit_callbacks):
    User.objects.filter(pk=focal_point.pk).update(language="fr")
    admission = approved(focal_point, moderator, secretariat)
    mail.outbox.clear()
    outbox.deliver_due()

    to = {message.to[0]: message for message in mail.outbox}
    assert focal_point.email in to
    letters = [message for message in mail.outbox if message.to == [admission.user.email]]
    assert len(letters) == 2  # the personal link, and where it leads
    assert any(re.search(r"/invitations/\S+", message.body) for message in letters)
    assert any(admission.discussion.topic.title in message.body for message in letters)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_succeeds_and_the_other_is_told(focal_point, moderator, secretariat):
    admission = assess(moderator, draft(focal_point))
    colleague, both = UserFactory(role=Role.SECRETARIAT), Barrier(2)

    def decide(actor: User, service) -> str:
        both.wait()
        try:
            return service(actor=actor, admission=admission.pk, reason="So be it.").state
        except PermissionDenied as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        answers = set(threads.map(decide, [secretariat, colleague], [approve_admission, decline_admission]))

    assert len(answers & {AdmissionState.APPROVED, AdmissionState.DECLINED}) == 1
    assert "There is nothing to decide now." in answers


# --- The pages --------------------------------------------------------------------------------------------


def test_the_pages_lead_from_the_discussion_to_the_decision(client, drafter, focal_point, moderator, secretariat):
    discussion = DiscussionFactory()
    client.force_login(drafter)
    address = f"/admissions/new/{discussion.pk}/"
    assertContains(client.get(discussion.get_absolute_url()), address)
    form = {**ASKED, "submission_key": str(uuid.uuid4()), "ends_at": _typed(timezone.now() + timedelta(days=2))}
    response = client.post(address, form)
    admission = Admission.objects.get()
    page = f"/admissions/{admission.pk}/"
    assertRedirects(response, page)
    assert client.post(f"{page}confirm/").status_code == 403

    for reader, step, values in (
        (focal_point, "confirm", {}),
        (moderator, "assess", {"is_recommended": "yes", "assessment": "It fits."}),
        (secretariat, "decide", {"decision": "approve", "reason": "As recommended."}),
        (secretariat, "extend", {"ends_at": _typed(timezone.now() + timedelta(days=9)), "reason": "More to say."}),
        (moderator, "end", {"reason": "Enough."}),
    ):
        client.force_login(reader)
        assertContains(client.get(page), f"{page}{step}/")
        assertRedirects(client.post(f"{page}{step}/", values), page)
        assert client.get("/admissions/").status_code == 200

    admission.refresh_from_db()
    assert admission.state == AdmissionState.ENDED


def _typed(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nobody"), ("ends_at", "2020-01-01T10:00"), ("ends_at", "2036-01-01T10:00"), ("full_name", "")],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client, drafter, field, value):
    discussion = DiscussionFactory()
    client.force_login(drafter)
    form = {**ASKED, "submission_key": str(uuid.uuid4()), "ends_at": _typed(timezone.now() + timedelta(days=2))}

    response = client.post(f"/admissions/new/{discussion.pk}/", {**form, field: value})

    assertContains(response, ASKED["purpose"], status_code=422)
    assert not Admission.objects.exists()


def test_a_decision_that_cannot_be_keeps_the_reason(client, focal_point, moderator, secretariat):
    DelegateFactory(email=ASKED["email"])
    admission = assess(moderator, draft(focal_point))
    client.force_login(secretariat)

    response = client.post(f"/admissions/{admission.pk}/decide/", {"decision": "approve", "reason": "A good reason."})

    assertContains(response, "belongs to a participant", status_code=422)
    assertContains(response, "A good reason.", status_code=422)


def test_the_outsider_who_takes_up_the_account_lands_on_the_discussion(client, focal_point, moderator, secretariat):
    person = UserFactory(role=Role.EXTERNAL, email=ASKED["email"])
    discussion = approved(focal_point, moderator, secretariat).discussion
    client.force_login(person)

    assertRedirects(client.get("/this-week/"), discussion.get_absolute_url())
    assert client.get("/admissions/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_however_long(client, django_assert_num_queries, focal_point, count):
    for n in range(count):
        draft(focal_point, email=f"scholar{n}@university.example")
    client.force_login(focal_point)

    with django_assert_num_queries(5):  # session, viewer, and what waits, is in force, is settled
        response = client.get("/admissions/")

    assert response.content.decode().count("/admissions/") >= count


def test_the_desk_counts_what_the_secretariat_has_to_decide(focal_point, moderator, secretariat):
    assess(moderator, draft(focal_point))

    found = next(one for one in everything(secretariat) if one.address == "moderation:admission_list")

    assert found.count == 1
