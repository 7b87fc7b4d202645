"""Which pages of moderation somebody finds, in which groups, and how much waits there. Source: MOD-01, MOD-05."""

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import Role
from accounts.models import User
from forum.enums import PostState
from moderation.enums import ReportReason
from moderation.queries.navigation import GROUPS, navigation
from moderation.services.cases import report_post
from tests.factories import (
    AdmissionFactory,
    DelegateFactory,
    DeletionRequestFactory,
    PostFactory,
    TopicProposalFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

GUIDES = {"Discussions": ["Your room", "Reports", "Posts to read", "Answers asked for", "Syntheses"]}
MODERATES = {
    "Topics": ["Weekly plan", "Proposed topics", "Templates", "Checklist"],
    "Discussions": ["Reports", "Posts to read", "Held posts", "Answers asked for", "Syntheses", "What came of it"],
    "People": ["Admissions", "Deletions"],
    "Rooms": ["Supervision"],
    "Figures": ["Usage report", "Participation", "Evaluations"],
}
FOUND = {
    Role.FACILITATOR: GUIDES,
    Role.MODERATOR: MODERATES,
    Role.SECRETARIAT: MODERATES
    | {"People": ["Admissions", "Deletions", "Appeals", "Complaints"], "Rooms": ["Languages", "Supervision"]},
    Role.EVALUATOR: {"Figures": MODERATES["Figures"]},
    Role.DELEGATE: {"People": ["Admissions"]},
    Role.EXPERT: {},
    Role.EXTERNAL: {},
}


def person_of(role: str) -> User:
    person = DelegateFactory() if role == Role.DELEGATE else UserFactory(role=role)
    if role == Role.FACILITATOR:
        grant(person, PostFactory().discussion.room)
    return User.objects.with_access().get(pk=person.pk)


@pytest.mark.parametrize("role", list(FOUND))
def test_each_role_finds_its_pages_and_reaches_them(client, role):
    person = person_of(role)
    found = {str(label): [page for page in pages if page.who(person)] for label, pages in GROUPS}
    client.force_login(person)

    assert {group: [str(page.label) for page in pages] for group, pages in found.items() if pages} == FOUND[role]
    for pages in found.values():
        for page in pages:
            assert client.get(reverse(f"moderation:{page.name}")).status_code == 200


def test_every_page_that_is_named_exists():
    known = {key for key in get_resolver("moderation.urls").reverse_dict if isinstance(key, str)}
    named = [name for _label, pages in GROUPS for page in pages for name in (page.name, *page.parts)]

    assert set(named) <= known
    assert len(named) == len(set(named))


def test_the_secretariat_finds_groups_and_the_pages_of_the_current_one(client):
    client.force_login(UserFactory(role=Role.SECRETARIAT))

    page = client.get(reverse("moderation:appeal_list"))

    assertContains(page, '<nav class="tabs" aria-label="Moderation">')
    assertContains(page, '<nav class="tabs tabs--within" aria-label="People">')
    assertContains(page, f'<a href="{reverse("moderation:admission_list")}" aria-current="true">People</a>', html=True)
    assertContains(page, f'<a href="{reverse("moderation:appeal_list")}" aria-current="page">Appeals</a>', html=True)
    assertContains(page, f'<a href="{reverse("moderation:room_overview")}">Rooms</a>', html=True)
    assertNotContains(page, reverse("moderation:supervision"))


def test_a_page_below_another_belongs_to_its_group(client):
    client.force_login(UserFactory(role=Role.MODERATOR))

    page = client.get(reverse("moderation:topic_template_create"))

    address = reverse("moderation:topic_template_list")
    assertContains(page, f'<a href="{address}" aria-current="true">Templates</a>', html=True)


def test_who_has_one_group_finds_its_pages_and_who_has_one_page_finds_no_navigation(client):
    client.force_login(person_of(Role.EVALUATOR))
    page = client.get(reverse("moderation:usage_report"))
    assertContains(page, '<nav class="tabs" aria-label="Figures">')
    assertNotContains(page, 'aria-label="Moderation"')

    client.force_login(person_of(Role.DELEGATE))
    assertNotContains(client.get(reverse("moderation:admission_list")), '<nav class="tabs')


def test_a_group_of_one_page_needs_no_second_line(client):
    client.force_login(UserFactory(role=Role.MODERATOR))

    page = client.get(reverse("moderation:supervision"))

    assertContains(page, f'<a href="{reverse("moderation:supervision")}" aria-current="page">Rooms</a>', html=True)
    assertNotContains(page, "tabs--within")


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_is_counted_in_one_statement(django_assert_num_queries, count):
    reporter, state = DelegateFactory(), DelegateFactory().member_state
    for _n in range(count):
        report_post(actor=reporter, post=PostFactory().pk, reason=ReportReason.WRONG)
        TopicProposalFactory()
        DeletionRequestFactory()
        AdmissionFactory(state="confirmed", sponsor=state)
        PostFactory(state=PostState.HELD)
    AdmissionFactory()  # waits for its focal point
    TopicProposalFactory(state="declined", reason="Discussed.")
    PostFactory(state=PostState.HELD, state_changed_at=timezone.now())  # decided

    moderator = person_of(Role.MODERATOR)
    with django_assert_num_queries(1):
        found = navigation(moderator, "admission_list")

    assert {str(tab.label): tab.waiting for tab in found.groups if tab.waiting} == {
        "Topics": count,
        "Discussions": 2 * count,
        "People": 2 * count,
    }
    assert [tab.waiting for tab in found.pages] == [count, count]


def test_how_much_waits_is_read_out(client):
    TopicProposalFactory()
    client.force_login(UserFactory(role=Role.MODERATOR))

    page = client.get(reverse("moderation:topic_proposal_queue"))

    assertContains(page, "1 thing waits here", 2)
