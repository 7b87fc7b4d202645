"""Who takes part: for members only, by state, group, language and experience."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import AccountStatus, Role
from accounts.models import AuditEntry, User
from accounts.services.leaving import leave
from forum.models import Experience
from forum.queries import directory
from forum.services.experience import set_experience
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    StepFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

PEOPLE, EXPERIENCE = "/people/", "/profile/experience/"
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def names(client, **wanted: object) -> list[str]:
    response = client.get(PEOPLE, wanted)
    assert response.status_code == 200
    return [person.full_name for person in response.context["page"].people]


def read(viewer: User, address: str) -> tuple[int, str]:
    browser = Client()
    browser.force_login(viewer)
    response = browser.get(address)
    return response.status_code, response.content.decode()


@pytest.fixture
def reader(client) -> User:
    person = DelegateFactory(full_name="Reader")
    client.force_login(person)
    return person


# --- Who is listed, and for whom --------------------------------------------------------------------


def test_participants_are_listed_and_nobody_else(client, reader):
    for role in set(Role) - {Role.DELEGATE}:
        UserFactory(role=role, full_name=f"A {role}")
    DelegateFactory(full_name="Left", status=AccountStatus.LEFT)
    DelegateFactory(full_name="Invited", status=AccountStatus.INVITED)
    DelegateFactory(full_name="Suspended", suspended_until="2999-01-01T00:00Z")
    DelegateFactory(full_name="Over", serves_until="2020-01-01")

    assert names(client) == ["A expert", "A facilitator", "A moderator", "A secretariat", "Reader"]


def test_externals_see_nothing_of_a_profile_anywhere():
    canaries = {
        "institution": "canary-institution",
        "biography": "canary-biography",
        "email": "canary@ministry.example",
        "shows_email": True,
    }
    person = DelegateFactory(**canaries)
    post = PostFactory(author=person)
    unseen = DelegateFactory(full_name="canary-name")
    Experience.objects.create(user=person, category=CategoryFactory(name_en="canary-category"))
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, post.discussion)
    discussion = post.discussion.get_absolute_url()
    addresses = [PEOPLE, f"{PEOPLE}?q=canary", f"{PEOPLE}{person.pk}/", f"{PEOPLE}{unseen.pk}/", EXPERIENCE, "/rooms/"]

    for address in addresses:
        status, page = read(external, address)
        assert (status, "canary" in page) == (200 if address == "/rooms/" else 404, False), address
    status, page = read(external, discussion)
    assert (status, "canary" in page, "/people/" in page) == (200, False, False)


def test_a_person_who_is_not_listed_is_answered_like_one_who_does_not_exist(client, reader):
    hidden = [
        UserFactory(role=Role.EXTERNAL),
        UserFactory(role=Role.EVALUATOR),
        DelegateFactory(status=AccountStatus.LEFT),
        DelegateFactory(status=AccountStatus.INVITED),
    ]

    answers = {client.get(f"{PEOPLE}{pk}/").status_code for pk in [*(person.pk for person in hidden), 10**12]}

    assert answers == {404}


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.EVALUATOR, Role.EXPERT, Role.MODERATOR])
def test_those_inside_read_it(role):
    assert read(UserFactory(role=role), PEOPLE)[0] == 200


def test_who_has_left_is_gone_from_it(client, reader):
    person = DelegateFactory()
    leave(actor=person)

    assert names(client) == ["Reader"]
    assert client.get(f"{PEOPLE}{person.pk}/").status_code == 404


# --- Looking for somebody ---------------------------------------------------------------------------


def test_people_are_found_by_each_fact_and_by_several(client, reader):
    kenya = DelegateFactory(full_name="Wanjiru", languages_read=["en", "fr"])
    senegal = DelegateFactory(full_name="Aïssatou", languages_read=["fr"])
    category, step = CategoryFactory(), StepFactory()
    set_experience(actor=kenya, categories=[category], steps=[])
    set_experience(actor=senegal, categories=[category], steps=[step])

    assert names(client, q="wanJ") == ["Wanjiru"]
    assert names(client, q="AÏSSA") == ["Aïssatou"]
    assert names(client, state=kenya.member_state_id) == ["Wanjiru"]
    assert names(client, group=senegal.member_state.group_id) == ["Aïssatou"]
    assert names(client, language="fr") == ["Aïssatou", "Wanjiru"]
    assert names(client, experience=f"category-{category.pk}") == ["Aïssatou", "Wanjiru"]
    assert names(client, experience=f"step-{step.pk}") == ["Aïssatou"]
    assert names(client, language="fr", state=kenya.member_state_id) == ["Wanjiru"]
    assert names(client, q="%") == names(client, q="_") == []


def test_offices_and_economies_like_ones_own_are_found(client, reader):
    small = DelegateFactory(full_name="Small", office_profile="small", member_state__economy="middle_income")
    DelegateFactory(full_name="Large", office_profile="large", member_state__economy="middle_income")
    DelegateFactory(full_name="Emerging", office_profile="small", member_state__economy="large_emerging")

    assert names(client, office="small") == ["Emerging", "Small"]
    assert names(client, economy="middle_income") == ["Large", "Small"]
    assert names(client, office="small", economy="middle_income") == ["Small"]
    assert client.get(PEOPLE, {"economy": "rich"}).status_code == 422
    page = client.get(f"{PEOPLE}{small.pk}/").content.decode()
    assert "<dt>Kind of economy</dt><dd>Middle-income economy</dd>" in page
    assert "Kind of economy" not in client.get(f"{PEOPLE}{reader.pk}/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "x"),
        ("state", "999999999999999999999"),
        ("group", "-1"),
        ("language", "tlh"),
        ("experience", "category-x"),
        ("experience", "posts-1"),
        ("after", "x"),
        ("after", "9" * 40),
        ("q", "x" * 121),
        ("q", "\x00"),
    ],
)
def test_what_cannot_be_looked_for_is_said(client, reader, field, value):
    response = client.get(PEOPLE, {field: value, "language": "en"} | {field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_pages_go_on_by_id_without_gaps_among_equal_names(client, monkeypatch, reader):
    monkeypatch.setattr(directory, "PEOPLE_PER_PAGE", 2)
    DelegateFactory.create_batch(5, full_name="Namesake")
    seen, after = [], {}
    for _page in range(10):
        page = client.get(PEOPLE, {"q": "a", **after}).context["page"]
        seen += [person.pk for person in page.people]
        if page.after is None:
            break
        after = {"after": page.after}

    assert len(seen) == len(set(seen)) == 6
    assert "Namesake" not in str(after)


def test_the_next_page_keeps_what_was_asked_for(client, monkeypatch, reader):
    monkeypatch.setattr(directory, "PEOPLE_PER_PAGE", 1)
    DelegateFactory.create_batch(2, full_name="A & B", languages_read=["fr"])

    page = client.get(PEOPLE, {"q": "A & B", "language": "fr"}).content.decode()

    assert "?q=A+%26+B&amp;language=fr&amp;after=" in page


# --- A person's page --------------------------------------------------------------------------------


def test_a_page_shows_the_latest_posts_that_the_viewer_may_see(client):
    person = DelegateFactory()
    rooms = [RoomFactory(language="en"), RoomFactory(language="fr")]
    here, elsewhere = (
        DiscussionFactory(room=room, topic=TopicFactory(title_en=f"Canary {room.language}")) for room in rooms
    )
    for discussion in (here, elsewhere):
        PostFactory(author=person, discussion=discussion)
    facilitator = UserFactory(role=Role.FACILITATOR)
    grant(facilitator, rooms[0])

    of_delegate = read(DelegateFactory(), f"{PEOPLE}{person.pk}/")[1]
    of_facilitator = read(facilitator, f"{PEOPLE}{person.pk}/")[1]

    assert ("Canary en" in of_delegate, "Canary fr" in of_delegate) == (True, True)
    assert ("Canary en" in of_facilitator, "Canary fr" in of_facilitator) == (True, False)


def test_withdrawn_removed_and_held_posts_are_not_listed(client, reader):
    person = DelegateFactory()
    for state in ("withdrawn", "removed", "held"):
        topic = TopicFactory(title_en=f"Canary {state}")
        PostFactory(author=person, discussion=DiscussionFactory(topic=topic), state=state)

    assert "Canary" not in client.get(f"{PEOPLE}{person.pk}/").content.decode()


# --- Experience -------------------------------------------------------------------------------------


def test_experience_is_kept_in_place_of_what_was_kept(client, reader):
    first, second, step = CategoryFactory(name_en="First"), CategoryFactory(name_en="Second"), StepFactory()
    set_experience(actor=reader, categories=[first], steps=[])

    response = client.post(EXPERIENCE, {"categories": [second.pk], "steps": [step.pk]})

    assert response.status_code == 302
    assert set(Experience.objects.values_list("user", "category", "step")) == {
        (reader.pk, second.pk, None),
        (reader.pk, None, step.pk),
    }
    page = client.get(f"{PEOPLE}{reader.pk}/").content.decode()
    assert ("First" in page, "Second" in page, "Implementation" in page) == (False, True, True)
    assert AuditEntry.objects.filter(action="profile.updated").count() == 2


def test_experience_can_be_taken_back(client, reader):
    set_experience(actor=reader, categories=[CategoryFactory()], steps=[])

    client.post(EXPERIENCE, {})

    assert not Experience.objects.exists()


def test_an_area_that_does_not_exist_is_refused(client, reader):
    response = client.post(EXPERIENCE, {"categories": ["999999"], "steps": ["x"]})

    assert (response.status_code, set(response.context["form"].errors)) == (422, {"categories", "steps"})


@pytest.mark.parametrize("role", [Role.EXTERNAL, Role.EVALUATOR])
def test_who_is_not_listed_has_no_page_of_experience(role):
    assert read(UserFactory(role=role), EXPERIENCE)[0] == 404


# --- What it costs ----------------------------------------------------------------------------------


def statements(client, address: str) -> int:
    client.get(address)  # what a process learns once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if not query["sql"].startswith(CONTROL)])


def test_pages_cost_the_same_however_many_people(client, reader):
    found = []
    for count in (1, 3):
        people = DelegateFactory.create_batch(count)
        person = people[0]
        set_experience(actor=person, categories=CategoryFactory.create_batch(count), steps=[])
        for _post in range(count):
            PostFactory(author=person, posted_at=timezone.now())
        addresses = [PEOPLE, f"{PEOPLE}?language=en", f"{PEOPLE}{person.pk}/", EXPERIENCE]
        found.append([statements(client, address) for address in addresses])

    assert found[0] == found[1]
    assert max(found[0]) <= 6
