"""Lead participants: one delegation leads for its regional group in an interactive dialogue (ACC-10)."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import AccountStatus, MailScope, Office, Role
from accounts.models import AuditEntry, MemberState, Notice, RegionalGroup, User
from accounts.services.outbox import deliver_due
from forum.models import Discussion, LeadParticipant, Room, Topic
from forum.services import archives
from forum.services.leads import nominate_lead, take_back_lead
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    LeadParticipantFactory,
    MandateFactory,
    MemberStateFactory,
    RegionalGroupFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def group(db) -> RegionalGroup:
    return RegionalGroupFactory(key="african_group", name_en="African Group", name_fr="Groupe africain")


@pytest.fixture
def state(group) -> MemberState:
    return MemberStateFactory(name_en="Kenya", name_fr="Kénya", group=group)


@pytest.fixture
def discussion(db) -> Discussion:
    return DiscussionFactory()


@pytest.fixture
def coordinator(group) -> User:
    return coordinator_of(group)


def coordinator_of(group: RegionalGroup, **mandate) -> User:
    holder = DelegateFactory(member_state=MemberStateFactory(group=group))
    MandateFactory(user=holder, office=Office.COORDINATOR, member_state=None, regional_group=group, **mandate)
    return holder


def nominate(actor: User, discussion: Discussion, state: MemberState, seen: LeadParticipant | None = None):
    mark = seen.pk if seen else None
    return nominate_lead(actor=actor, discussion=discussion.pk, group=state.group, member_state=state, seen=mark)


def take_back(actor: User, lead: LeadParticipant) -> None:
    discussion = lead.topic.discussions.get()
    take_back_lead(actor=actor, discussion=discussion.pk, group=lead.group, seen=lead.pk)


def standing() -> list[tuple[MemberState, bool]]:
    return [(lead.member_state, lead.by_secretariat) for lead in LeadParticipant.objects.standing().order_by("pk")]


def address(discussion: Discussion) -> str:
    return f"{discussion.get_absolute_url()}lead/"


def letters() -> list[tuple[str, str]]:
    """Return who got a letter, with its first words, since this was asked last."""
    deliver_due()
    sent = sorted((letter.to[0], letter.subject.partition(":")[0]) for letter in mail.outbox)
    mail.outbox.clear()
    return sent


# --- Nominating -------------------------------------------------------------------------------------


def test_a_coordinator_nominates_a_state_of_the_group(client, coordinator, discussion, group, state):
    client.force_login(coordinator)
    page = client.get(address(discussion))
    assert set(page.context["form"].fields["member_state"].queryset) == {state, coordinator.member_state}

    answer = client.post(address(discussion), {"member_state": state.pk, "seen": ""}, follow=True)

    assertContains(answer, "Kenya is nominated as the lead participant of its group (African Group).")
    lead = LeadParticipant.objects.get()
    assert (lead.topic, lead.group, lead.member_state, lead.nominated_by, lead.by_secretariat, lead.taken_back_at) == (
        discussion.topic,
        group,
        state,
        coordinator,
        False,
        None,
    )
    entry = AuditEntry.objects.get(action="lead.nominated")
    assert (entry.actor, entry.subject, entry.facts) == (
        coordinator,
        f"forum.leadparticipant:{lead.pk}",
        {"topic": discussion.topic_id, "group": group.pk, "member_state": state.pk},
    )


@pytest.mark.parametrize(("begins", "ends"), [(-9, -1), (1, 9)])
def test_a_mandate_that_is_not_in_force_nominates_nobody(discussion, group, state, begins, ends):
    day = timezone.localdate()
    holder = coordinator_of(group, starts_on=day + begins * DAY, ends_on=day + ends * DAY)

    with pytest.raises(PermissionDenied, match="The coordinator of a group"):
        nominate(holder, discussion, state)

    assert nominate(coordinator_of(group), discussion, state)


@pytest.mark.parametrize("role", [Role.DELEGATE, Role.EXPERT, Role.MODERATOR, Role.EVALUATOR, "focal point"])
def test_nobody_else_nominates(discussion, state, role):
    others = {
        Role.DELEGATE: lambda: DelegateFactory(member_state=state),
        "focal point": lambda: MandateFactory(user__member_state=state).user,
    }
    actor = others.get(role, lambda: UserFactory(role=role))()

    with pytest.raises(PermissionDenied, match="The coordinator of a group"):
        nominate(actor, discussion, state)


def test_the_coordinator_of_another_group_does_not(client, coordinator, discussion):
    elsewhere = MemberStateFactory()
    client.force_login(coordinator)

    with pytest.raises(PermissionDenied, match="The coordinator of a group"):
        nominate(coordinator, discussion, elsewhere)
    there = f"{address(discussion)}?group={elsewhere.group_id}"
    assert client.get(there).status_code == 403
    assert client.post(there, {"member_state": elsewhere.pk}).status_code == 403
    assert client.get(f"{address(discussion)}?group={coordinator.member_state.group_id}").status_code == 200


def test_a_state_of_another_group_is_refused(client, coordinator, discussion, group):
    elsewhere = MemberStateFactory()
    client.force_login(coordinator)

    answer = client.post(address(discussion), {"member_state": elsewhere.pk})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"member_state": ["Choose a member state of the group (African Group)."]}
    with pytest.raises(ValidationError, match="Choose a member state of the group \\(African Group") as refusal:
        nominate_lead(actor=coordinator, discussion=discussion.pk, group=group, member_state=elsewhere, seen=None)
    assert list(refusal.value.error_dict) == ["member_state"]
    assert not LeadParticipant.objects.exists()


def test_no_state_chosen_is_said(client, coordinator, discussion):
    client.force_login(coordinator)

    answer = client.post(address(discussion), {"member_state": ""})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["member_state"])


def test_states_of_which_nobody_takes_part_are_said_to_be_so(client, coordinator, discussion, state):
    gone = MemberStateFactory(name_en="Malawi", group=state.group)
    DelegateFactory(member_state=gone, status=AccountStatus.LEFT)
    DelegateFactory(member_state=state)
    client.force_login(coordinator)

    page = client.get(address(discussion))

    assertContains(page, ">Kenya</option>")
    assertContains(page, ">Malawi (nobody takes part yet)</option>")


def closed(discussion: Discussion, how: str) -> None:
    if how == "its time is over":
        Topic.objects.filter(pk=discussion.topic_id).update(closes_at=timezone.now())
    else:
        Discussion.objects.filter(topic=discussion.topic_id).update(closed_at=timezone.now())


@pytest.mark.parametrize("how", ["its time is over", "closed by hand"])
def test_once_the_topic_is_closed_its_lead_participants_stay(client, coordinator, discussion, state, how):
    lead = nominate(coordinator, discussion, state)
    other = MemberStateFactory(group=state.group)
    closed(discussion, how)
    client.force_login(coordinator)

    with pytest.raises(PermissionDenied, match="This topic is closed"):
        nominate(coordinator, discussion, other, seen=lead)
    with pytest.raises(PermissionDenied, match="This topic is closed"):
        take_back(coordinator, lead)
    assert client.get(address(discussion)).status_code == 403
    assert standing() == [(state, False)]


def test_a_topic_that_is_open_in_one_room_takes_nominations(coordinator, discussion, state):
    Discussion.objects.filter(pk=discussion.pk).update(closed_at=timezone.now())
    DiscussionFactory(topic=discussion.topic, room=RoomFactory(language="fr"))

    assert nominate(coordinator, discussion, state)


def test_what_one_does_not_see_one_does_not_nominate_in(state):
    with pytest.raises(Discussion.DoesNotExist):
        nominate(UserFactory(role=Role.EXTERNAL), DiscussionFactory(), state)


def test_who_may_not_write_now_nominates_nobody(coordinator, discussion, state):
    User.objects.filter(pk=coordinator.pk).update(muted_until=timezone.now() + DAY)

    with pytest.raises(PermissionDenied, match="you read the forum"):
        nominate(User.objects.get(pk=coordinator.pk), discussion, state)


# --- The Secretariat, for a group without a coordinator ---------------------------------------------


def test_the_secretariat_nominates_for_a_group_without_a_coordinator_and_it_is_marked(client, discussion, state):
    RegionalGroupFactory(name_en="Group B")
    client.force_login(UserFactory(role=Role.SECRETARIAT))
    there = f"{address(discussion)}?group={state.group_id}"
    assertContains(client.get(there), "This group has no coordinator now.")

    answer = client.post(there, {"member_state": state.pk}, follow=True)

    assertContains(answer, "Kenya (African Group, nominated by the Secretariat)")
    assert standing() == [(state, True)]


def test_the_secretariat_does_not_for_a_group_that_has_one(client, coordinator, discussion, state):
    secretariat = UserFactory(role=Role.SECRETARIAT)
    client.force_login(secretariat)

    with pytest.raises(PermissionDenied, match="The coordinator of a group"):
        nominate(secretariat, discussion, state)
    assert client.get(f"{address(discussion)}?group={state.group_id}").status_code == 403


def test_it_does_where_the_coordinator_has_left(coordinator, discussion, state):
    User.objects.filter(pk=coordinator.pk).update(status=AccountStatus.LEFT)

    assert nominate(UserFactory(role=Role.SECRETARIAT), discussion, state).by_secretariat


def test_the_secretariat_is_led_there_from_where_discussions_are_guided(client, discussion):
    guide = f"/moderation/discussions/{discussion.pk}/"

    client.force_login(UserFactory(role=Role.SECRETARIAT))
    assertContains(client.get(guide), f'href="{address(discussion)}"')
    client.force_login(UserFactory(role=Role.MODERATOR))
    assertNotContains(client.get(guide), address(discussion))


# --- Changing it, and taking it back ----------------------------------------------------------------


def test_a_nomination_is_changed_and_taken_back(client, coordinator, discussion, state):
    lead = nominate(coordinator, discussion, state)
    other = MemberStateFactory(group=state.group)
    client.force_login(coordinator)
    page = client.get(address(discussion))
    assertContains(page, f'<input type="hidden" name="seen" value="{lead.pk}">', html=True)
    assertContains(page, f'<option value="{state.pk}" selected>')

    client.post(address(discussion), {"member_state": other.pk, "seen": lead.pk})
    assert standing() == [(other, False)]
    changed = LeadParticipant.objects.standing().get()
    client.post(address(discussion), {"take_back": "1", "seen": changed.pk})

    assert standing() == []
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "facts__member_state")) == [
        ("lead.nominated", state.pk),
        ("lead.taken_back", state.pk),
        ("lead.nominated", other.pk),
        ("lead.taken_back", other.pk),
    ]


def test_the_same_form_sent_twice_nominates_once(coordinator, discussion, state):
    DelegateFactory(member_state=state)

    lead = nominate(coordinator, discussion, state)
    assert nominate(coordinator, discussion, state) == lead
    take_back(coordinator, lead)
    take_back(coordinator, lead)

    assert list(Notice.objects.order_by("pk").values_list("kind", flat=True)) == ["lead.nominated", "lead.taken_back"]


@pytest.mark.parametrize("then", ["nominate", "take back"])
def test_who_comes_second_is_told_and_shown_what_stands_now(client, coordinator, discussion, state, then):
    first, second = (MemberStateFactory(group=state.group) for _each in range(2))
    seen = nominate(coordinator, discussion, first)
    nominate(coordinator_of(state.group), discussion, state, seen=seen)
    client.force_login(coordinator)

    form = {"member_state": second.pk, "seen": seen.pk} | ({"take_back": "1"} if then == "take back" else {})
    answer = client.post(address(discussion), form)

    assertContains(answer, "Somebody has changed this nomination meanwhile.", status_code=422)
    assertContains(answer, "Kenya leads for its group (African Group) now.", status_code=422)
    assertContains(answer, f'<option value="{second.pk}" selected>', status_code=422)
    assert standing() == [(state, False)]
    form["seen"] = LeadParticipant.objects.standing().get().pk
    assert client.post(address(discussion), form).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_once_one_succeeds_and_the_other_is_told(group, discussion):
    work = [(coordinator_of(group), MemberStateFactory(group=group)) for _each in range(2)]
    together, outcomes = threading.Barrier(2), []

    def act(actor: User, state: MemberState) -> None:
        together.wait()
        try:
            outcomes.append(nominate(actor, discussion, state).member_state)
        except ValidationError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [(winner, _by_secretariat)] = standing()
    assert sorted(map(str, outcomes)) == sorted(["changed", str(winner)])


# --- Who is told ------------------------------------------------------------------------------------


def test_the_delegates_of_the_state_are_told_in_their_language_with_a_way_there(coordinator, discussion, state):
    french = RoomFactory(language="fr")
    sister = DiscussionFactory(topic=discussion.topic, room=french)
    reader = DelegateFactory(member_state=state, language="fr", languages_read=["fr"])
    for other in ({"accepts": False}, {"status": AccountStatus.LEFT}):
        DelegateFactory(member_state=state, **other)
    DelegateFactory()

    nominate(coordinator, discussion, state)

    deliver_due()
    [letter] = mail.outbox
    assert letter.to == [reader.email]
    assert sister.get_absolute_url() in letter.body
    assert all(name in letter.body for name in ("Kénya", "Groupe africain", sister.symbol))
    assert letter.subject.endswith(discussion.topic.title_fr)
    assert letter.extra_headers["List-Id"].startswith("<fr.")


def test_a_state_is_told_once_of_each_nomination_and_of_its_end(coordinator, discussion, state):
    other = MemberStateFactory(group=state.group)
    [one, two] = [DelegateFactory(member_state=each, email=f"{n}@s.example") for n, each in enumerate((state, other))]
    nominated, ended = (
        "Your delegation leads for its group (African Group)",
        "Your delegation no longer leads for its group (African Group)",
    )

    lead = nominate(coordinator, discussion, state)
    assert letters() == [(one.email, nominated)]
    nominate(coordinator, discussion, state, seen=lead)
    assert letters() == []
    lead = nominate(coordinator, discussion, other, seen=lead)
    assert letters() == [(one.email, ended), (two.email, nominated)]
    lead = nominate(coordinator, discussion, state, seen=lead)
    assert letters() == [(one.email, nominated), (two.email, ended)]


def test_what_no_longer_holds_when_the_letter_is_sent_is_not_told(coordinator, discussion, state):
    DelegateFactory(member_state=state)
    lead = nominate(coordinator, discussion, state)
    take_back(coordinator, lead)
    nominate(coordinator, discussion, state)

    assert [subject for _to, subject in letters()] == ["Your delegation leads for its group (African Group)"]


def test_who_nominates_the_own_state_is_not_told_of_it(coordinator, discussion, group):
    colleague = DelegateFactory(member_state=coordinator.member_state)

    nominate(coordinator, discussion, coordinator.member_state)

    assert list(Notice.objects.values_list("user", "scope")) == [(colleague.pk, MailScope.ACCOUNT)]


def test_the_letter_says_that_the_secretariat_nominated(discussion, state):
    DelegateFactory(member_state=state)

    nominate(UserFactory(role=Role.SECRETARIAT), discussion, state)

    deliver_due()
    [letter] = mail.outbox
    assert "The Secretariat has nominated Kenya as the lead participant of its group (African Group)" in letter.body


def test_of_a_sensitive_room_the_letter_tells_only_that_there_is_something(coordinator, discussion, state):
    DelegateFactory(member_state=state)
    Room.objects.update(is_sensitive=True)

    nominate(coordinator, discussion, state)

    deliver_due()
    [letter] = mail.outbox
    text = "\n".join([letter.subject, letter.body, letter.alternatives[0].content])
    assert discussion.get_absolute_url() in text
    assert discussion.topic.title not in text


# --- Where it is shown ------------------------------------------------------------------------------


def test_all_who_read_the_discussion_see_who_leads(client, discussion, state):
    LeadParticipantFactory(topic=discussion.topic, member_state=state)
    other = RegionalGroupFactory(name_en="Group B", name_fr="Groupe B")
    LeadParticipantFactory(topic=discussion.topic, member_state=MemberStateFactory(name_en="Norway", group=other))
    LeadParticipantFactory(topic=discussion.topic, group=other, taken_back_at=timezone.now())
    LeadParticipantFactory(topic=TopicFactory())
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, discussion)

    for reader in (DelegateFactory(), external):
        client.force_login(reader)
        for place in (discussion, discussion.topic):
            page = " ".join(client.get(place.get_absolute_url()).content.decode().split())
            assert (
                "<span>Lead participants: <bdi>Kenya (African Group)</bdi>, <bdi>Norway (Group B)</bdi></span>" in page
            )


def test_names_are_in_the_readers_language(client, discussion, state):
    LeadParticipantFactory(topic=discussion.topic, member_state=state)
    client.force_login(DelegateFactory(language="fr"))

    for place in (discussion, discussion.topic):
        assertContains(client.get(place.get_absolute_url()), "Kénya (Groupe africain)")


def test_where_nobody_leads_nothing_is_said(client, delegate, discussion):
    client.force_login(delegate)

    for place in (discussion, discussion.topic):
        assertNotContains(client.get(place.get_absolute_url()), "Lead participant")


def test_only_a_coordinator_is_led_to_the_form_and_only_while_the_discussion_is_open(client, coordinator, discussion):
    client.force_login(coordinator)
    assertContains(client.get(discussion.get_absolute_url()), address(discussion))
    Discussion.objects.update(closed_at=timezone.now())
    assertNotContains(client.get(discussion.get_absolute_url()), address(discussion))
    Discussion.objects.update(closed_at=None)

    for other in (MandateFactory().user, DelegateFactory(), UserFactory(role=Role.MODERATOR)):
        client.force_login(other)
        assertNotContains(client.get(discussion.get_absolute_url()), address(discussion))


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_many_lead(client, coordinator, discussion, count):
    LeadParticipantFactory.create_batch(count, topic=discussion.topic)
    MemberStateFactory.create_batch(count, group=coordinator.member_state.group)
    nominate(coordinator, discussion, coordinator.member_state)
    client.force_login(coordinator)
    places = [discussion.get_absolute_url(), discussion.topic.get_absolute_url(), address(discussion)]
    costs = []

    for place in places:
        client.get(place)  # what a process learns once
        with CaptureQueriesContext(connection) as captured:
            client.get(place)
        costs.append(len([query for query in captured if query["sql"].startswith(("SELECT", "EXECUTE"))]))

    assert costs == [6, 6, 7]


# --- What is kept of it -----------------------------------------------------------------------------


def test_the_archive_of_a_person_holds_what_they_nominated(coordinator, discussion, state):
    lead = nominate(coordinator, discussion, state)

    assert archives.gather(coordinator)["nominations.json"] == [
        {
            "topic__year": discussion.topic.year,
            "topic__number": discussion.topic.number,
            "group__key": "african_group",
            "member_state__code": state.code,
            "nominated_at": lead.nominated_at,
            "taken_back_at": None,
        }
    ]
    assert archives.gather(DelegateFactory())["nominations.json"] == []
