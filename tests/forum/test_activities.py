"""The catalogue of activities: who keeps it, who reads it, what is found in it, and what a state chooses."""

import uuid
from datetime import timedelta
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.models import AuditEntry
from forum.forms.activities import ActivityForm
from forum.forms.posts import AUTHOR_SALT
from forum.models import Activity, ActivityInterest, PageCategory, SearchDocument
from forum.queries.activities import activities_page
from forum.queries.facets import Narrowing
from forum.services import activities
from tests.factories import (
    ActivityFactory,
    CategoryFactory,
    DelegateFactory,
    MemberStateFactory,
    RegionalGroupFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/library/activities/"


@pytest.fixture
def delegate():
    return DelegateFactory()


@pytest.fixture
def keeper():
    return UserFactory(role=Role.SECRETARIAT)


def values(**changes):
    """Return a complete activity's fields, as the form gives them."""
    texts = dict.fromkeys(activities.COLUMNS, "")
    texts |= {f"{name}_{code}": f"{name} in {code}" for code in ("en", "fr", "es") for name in activities.TEXTS}
    return {
        **texts,
        "category": changes.get("category") or CategoryFactory(),
        "levels": ["national"],
        "modes": ["bilateral"],
        "groups": [],
        **changes,
    }


def typed(**changes):
    """Return what a browser sends of a complete activity."""
    sent = values() | {"submission_key": str(uuid.uuid4()), "version": "1", "then": "publish"} | changes
    return sent | {"category": sent["category"].pk}


def kept_as(activity, **changes):
    """Return the fields of an activity as they are, but for ``changes``."""
    fields = {name: getattr(activity, name) for name in activities.COLUMNS}
    return fields | {"groups": list(activity.groups.all())} | changes


def actions(activity):
    found = AuditEntry.objects.filter(subject=f"forum.activity:{activity.pk}").order_by("pk")
    return list(found.values_list("action", flat=True))


# --- Keeping the catalogue --------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.MODERATOR])
def test_who_keeps_the_catalogue_publishes_what_is_complete_and_it_is_kept_on_record(client, delegate, role):
    keeper = UserFactory(role=role)
    client.force_login(keeper)

    response = client.post(f"{LIST}new/", typed())

    activity = Activity.objects.get()
    assertRedirects(response, activity.get_absolute_url())
    assert actions(activity) == ["activity.added", "activity.published"]
    client.force_login(delegate)
    shown = client.get(activity.get_absolute_url())
    for name in activities.TEXTS:
        assertContains(shown, f"{name} in en")
    assertNotContains(shown, "History")


@pytest.mark.parametrize("role", [Role.EXPERT, Role.EVALUATOR])
def test_nobody_else_keeps_it(role):
    with pytest.raises(PermissionDenied):
        activities.keep_activity(actor=UserFactory(role=role), values=values())


def test_a_delegate_does_not_keep_it(client, delegate):
    activity = ActivityFactory()
    client.force_login(delegate)

    assert client.get(f"{activity.get_absolute_url()}edit/").status_code == 403
    assert client.post(f"{LIST}new/", typed()).status_code == 403
    assert client.post(f"{activity.get_absolute_url()}review/").status_code == 403
    assert client.post(f"{activity.get_absolute_url()}withdraw/").status_code == 403
    assert list(Activity.objects.all()) == [activity]


def test_what_is_unfinished_is_saved_and_only_who_keeps_the_catalogue_sees_it(client, keeper, delegate):
    client.force_login(keeper)

    client.post(f"{LIST}new/", typed(then="keep", steering_fr="", procedure_es=""))

    activity = Activity.objects.get()
    assert (activity.published_at, actions(activity)) == (None, ["activity.added"])
    assertContains(client.get(f"{LIST}waiting/"), "title in en")
    client.force_login(delegate)
    assert client.get(activity.get_absolute_url()).status_code == 404
    assert client.get(LIST).context["page"].total == 0


@pytest.mark.parametrize("missing", ["title_fr", "procedure_es", "steering_en"])
def test_the_catalogue_needs_every_text_in_the_core_languages(client, keeper, missing):
    client.force_login(keeper)

    response = client.post(f"{LIST}new/", typed(**{missing: ""}, description_ar="ما هو"))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [missing]
    assertContains(response, "ما هو", status_code=422)
    assert not Activity.objects.exists()


def test_a_programme_and_other_languages_are_not_needed(keeper):
    published = activities.keep_activity(
        actor=keeper, values=values(programme_en="", programme_fr="", programme_es=""), publish=True
    )

    assert published.published_at is not None


def test_a_published_activity_keeps_its_texts(keeper):
    activity = activities.keep_activity(actor=keeper, values=values(), publish=True)

    with pytest.raises(ValidationError):
        activities.keep_activity(
            actor=keeper, values=kept_as(activity, title_fr=""), activity=activity.pk, version=activity.version
        )

    assert Activity.objects.get().title_fr == "title in fr"


def test_an_activity_has_a_level_and_a_mode(client, keeper):
    client.force_login(keeper)

    response = client.post(f"{LIST}new/", typed(levels=[], modes=[]))

    assert sorted(response.context["form"].errors) == ["levels", "modes"]


@pytest.mark.parametrize(("length", "status"), [(3_000, 302), (3_001, 422)])
def test_a_text_is_no_longer_than_a_page_holds(client, keeper, length, status):
    client.force_login(keeper)

    assert client.post(f"{LIST}new/", typed(steering_en="a" * length)).status_code == status


@pytest.mark.parametrize("is_new", [True, False])
def test_what_was_typed_outlives_a_lost_session(client, keeper, is_new):
    known = [] if is_new else [ActivityFactory(published_at=None)]
    address = f"{LIST}new/" if is_new else f"{known[0].get_absolute_url()}edit/"

    response = client.post(address, typed(title_en="Kept", author=signing.dumps(keeper.pk, salt=AUTHOR_SALT)))

    activity = Activity.objects.get()
    assert (activity.title_en, activity.published_at) == ("Kept", None)
    assert f"{activity.get_absolute_url()}edit/" in unquote(response.headers["Location"])


def test_a_lost_session_changes_nothing_of_the_catalogue_and_nothing_for_others(client, keeper, delegate):
    activity = ActivityFactory(title_en="As it was")

    client.post(
        f"{activity.get_absolute_url()}edit/",
        typed(author=signing.dumps(keeper.pk, salt=AUTHOR_SALT), title_en="Other"),
    )
    client.post(f"{LIST}new/", typed(author=signing.dumps(delegate.pk, salt=AUTHOR_SALT)))

    assert Activity.objects.get().title_en == "As it was"


def test_a_form_sent_twice_makes_one_activity(client, keeper):
    client.force_login(keeper)
    form = typed()

    for _time in range(2):
        client.post(f"{LIST}new/", form)

    assert actions(Activity.objects.get()) == ["activity.added", "activity.published"]


def test_a_change_names_the_fields_in_the_history(client, keeper):
    activity = activities.keep_activity(actor=keeper, values=values(), publish=True)

    activities.keep_activity(
        actor=keeper,
        values=kept_as(activity, time_limits_fr="Avant le 1er mars", levels=["city"]),
        activity=activity.pk,
        version=activity.version,
    )

    changed = AuditEntry.objects.get(action="activity.changed")
    assert changed.facts == {"fields": ["levels", "time_limits_fr"]}
    client.force_login(keeper)
    assertContains(client.get(activity.get_absolute_url()), "levels, time limits for requests (fr)")


def test_two_who_change_one_activity_do_not_undo_each_other(client, keeper):
    activity = activities.keep_activity(actor=keeper, values=values(), publish=True)
    activities.keep_activity(
        actor=keeper, values=kept_as(activity, title_en="Theirs"), activity=activity.pk, version=activity.version
    )
    client.force_login(keeper)

    response = client.post(f"{activity.get_absolute_url()}edit/", typed(title_en="Mine", version="1"))

    assertContains(response, "was changed while you had it before you", status_code=422)
    assertContains(response, "Mine", status_code=422)
    assert response.context["form"]["version"].value() == "2"
    assert Activity.objects.get().title_en == "Theirs"


def test_a_review_is_due_a_year_later(client, keeper):
    activity = ActivityFactory(title="Old advice", reviewed_at=timezone.now() - timedelta(days=366))
    ActivityFactory(title="New advice", reviewed_at=timezone.now() - timedelta(days=364))
    client.force_login(keeper)
    before = client.get(f"{LIST}waiting/")
    assertContains(before, "Old advice")
    assertNotContains(before, "New advice")

    client.post(f"{activity.get_absolute_url()}review/")

    assertNotContains(client.get(f"{LIST}waiting/"), "Old advice")
    assert actions(activity) == ["activity.reviewed"]


def test_only_what_is_in_the_catalogue_is_reviewed(client, keeper):
    activity = ActivityFactory(published_at=None)
    client.force_login(keeper)

    assert client.post(f"{activity.get_absolute_url()}review/").status_code == 403


def test_an_activity_that_is_taken_out_stays_with_its_history(client, keeper, delegate):
    activity = ActivityFactory()
    client.force_login(keeper)

    client.post(f"{activity.get_absolute_url()}withdraw/")

    assert actions(activity) == ["activity.withdrawn"]
    assertContains(client.get(f"{LIST}waiting/"), activity.title)
    client.force_login(delegate)
    assert client.get(activity.get_absolute_url()).status_code == 404


def test_only_what_never_stood_in_the_catalogue_is_deleted(client, keeper):
    unfinished = ActivityFactory(published_at=None, reviewed_at=None)
    taken_out = ActivityFactory(published_at=None)
    client.force_login(keeper)

    assertRedirects(client.post(f"{unfinished.get_absolute_url()}withdraw/"), f"{LIST}waiting/")
    assert client.post(f"{taken_out.get_absolute_url()}withdraw/").status_code == 403

    assert list(Activity.objects.all()) == [taken_out]


def test_the_form_shows_other_languages_where_they_are_written(keeper):
    form = ActivityForm(instance=ActivityFactory(title_ru="Консультации"), viewer=keeper)

    assert [language.code for language in form.languages if language.is_open] == ["en", "fr", "es", "ru"]


# --- Reading ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.DELEGATE, Role.EXPERT, Role.EVALUATOR, Role.MODERATOR])
def test_those_who_read_the_library_read_the_catalogue(client, role):
    activity = ActivityFactory()
    client.force_login(DelegateFactory() if role == Role.DELEGATE else UserFactory(role=role))

    assertContains(client.get("/library/"), LIST)
    assertContains(client.get(LIST), activity.title)
    assert client.get(activity.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.EXTERNAL])
def test_nobody_else_does(client, role):
    activity = ActivityFactory()
    client.force_login(UserFactory(role=role))

    for address in (LIST, activity.get_absolute_url(), f"{LIST}shortlist/", f"{LIST}waiting/"):
        assert client.get(address).status_code == 404


def test_texts_are_shown_in_the_language_of_the_page(client):
    activity = ActivityFactory(title_en="Advice", title_fr="Conseil")
    client.force_login(DelegateFactory(language="fr"))

    assertContains(client.get(activity.get_absolute_url()), '<h1 id="activity-title" lang="fr" dir="auto">Conseil</h1>')


def test_a_text_that_is_not_translated_is_shown_as_what_it_is(client):
    activity = ActivityFactory(title_en="Advice")
    client.force_login(DelegateFactory(language="ar"))

    assertContains(client.get(activity.get_absolute_url()), '<h1 id="activity-title" lang="en" dir="auto">Advice</h1>')


def test_what_is_written_is_shown_as_text(client, delegate):
    activity = ActivityFactory(title="<b>A</b>", procedure="<script>alert(1)</script>")
    client.force_login(delegate)

    for address in (LIST, activity.get_absolute_url()):
        assertNotContains(client.get(address), "<b>A</b>")
        assertNotContains(client.get(address), "<script>alert")


# --- Facets and words -------------------------------------------------------------------------------


@pytest.fixture
def shelf():
    """Two activities: one for all at two levels, one for a group."""
    strategies, training = CategoryFactory(name_en="Strategies"), CategoryFactory(name_en="Training")
    group = RegionalGroupFactory(name_en="First group")
    RegionalGroupFactory(name_en="Other group")
    return {
        "strategy": ActivityFactory(
            title="Writing a strategy",
            title_fr="Écrire une stratégie",
            category=strategies,
            levels=["national", "city"],
            modes=["bilateral", "trust"],
        ),
        "course": ActivityFactory(
            title="A course for examiners", category=training, levels=["regional"], modes=["trust"], groups=[group]
        ),
        "group": group,
    }


def facets_of(page):
    return {facet.name: {option.label: option.number for option in facet.options} for facet in page.facets}


def test_facets_are_counted(delegate, shelf):
    ActivityFactory(published_at=None, levels=["sub_regional"])

    page = activities_page(delegate, Narrowing())

    assert page.total == 2
    assert facets_of(page) == {
        "category": {"Strategies": 1, "Training": 1},
        "group": {"First group": 2, "Other group": 1, delegate.member_state.group.name: 1},
        "level": {"City": 1, "National": 1, "Regional": 1},
        "mode": {"Funds in trust": 2, "WIPO and the state": 1},
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["strategy", "course"]),
        ("level=city", ["strategy"]),
        ("level=regional", ["course"]),
        ("mode=trust", ["strategy", "course"]),
        ("mode=trust&level=national", ["strategy"]),
        ("mode=triangular", []),
        ("q=examiner", ["course"]),
        ("q=strategie", ["strategy"]),
        ("q=nothing", []),
    ],
)
def test_the_list_is_narrowed_down_by_facets_and_words(client, delegate, shelf, query, found):
    client.force_login(delegate)

    shown = client.get(f"{LIST}?{query}").context["page"].activities

    assert list(shown) == [shelf[name] for name in found]


def test_an_activity_for_all_is_found_for_each_group(client, delegate, shelf):
    client.force_login(delegate)
    own = delegate.member_state.group

    assert list(client.get(f"{LIST}?group={shelf['group'].pk}").context["page"].activities) == [
        shelf["strategy"],
        shelf["course"],
    ]
    assert list(client.get(f"{LIST}?group={own.pk}").context["page"].activities) == [shelf["strategy"]]


def test_activities_are_found_by_the_categories_of_wipos_page_once_they_are_entered(client, delegate, shelf):
    page_category = PageCategory.objects.create(name="Policy advice")
    page_category.categories.add(shelf["strategy"].category)
    client.force_login(delegate)

    shown = client.get(f"{LIST}?page_category={page_category.pk}").context["page"]

    assert list(shown.activities) == [shelf["strategy"]]
    assert facets_of(shown)["page_category"] == {"Policy advice": 1}


@pytest.mark.parametrize("query", ["category=abc", "level=moon", "after=x", "group=99999999999999999999"])
def test_an_address_that_means_nothing_shows_the_list(client, delegate, shelf, query):
    client.force_login(delegate)

    assert client.get(f"{LIST}?{query}").context["page"].total == 2


def test_the_list_goes_on_from_its_last_activity(client, delegate, monkeypatch):
    monkeypatch.setattr("forum.queries.activities.ACTIVITIES_PER_PAGE", 2)
    late, early = CategoryFactory(position=9), CategoryFactory(position=1)
    last, *others = [ActivityFactory(category=category) for category in (late, early, early)]
    client.force_login(delegate)

    first = client.get(LIST)
    following = client.get(f"{LIST}?{first.context['page'].further}")

    assert list(first.context["page"].activities) == others
    assert list(following.context["page"].activities) == [last]
    assert following.context["page"].after is None


def test_search_finds_what_is_in_the_catalogue_in_each_language(client, delegate, shelf):
    client.force_login(delegate)

    assertContains(client.get("/search/?q=examiners"), shelf["course"].get_absolute_url())
    response = client.get("/search/?q=strategie&language=all")
    assertContains(response, shelf["strategy"].get_absolute_url())
    assertContains(response, "Écrire une stratégie")
    assertContains(client.get("/search/?q=examiners&what=activity"), shelf["course"].get_absolute_url())


def test_search_forgets_what_is_taken_out(client, delegate, keeper, shelf):
    activities.withdraw_activity(actor=keeper, activity=shelf["course"].pk)
    client.force_login(delegate)

    assertNotContains(client.get("/search/?q=examiners"), shelf["course"].get_absolute_url())
    assert set(SearchDocument.objects.values_list("activity", flat=True)) == {shelf["strategy"].pk}


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.EXTERNAL])
def test_search_shows_the_catalogue_to_nobody_else(client, shelf, role):
    client.force_login(UserFactory(role=role))

    assertNotContains(client.get("/search/?q=examiners"), LIST)


# --- The list of a state ----------------------------------------------------------------------------


def choose(client, activity, **data):
    return client.post(f"{activity.get_absolute_url()}choose/", data)


def test_the_list_is_the_states_and_nobody_elses(client, delegate, keeper):
    activity, colleague = ActivityFactory(), DelegateFactory(member_state=delegate.member_state)
    client.force_login(delegate)

    assertRedirects(choose(client, activity), activity.get_absolute_url())

    client.force_login(colleague)
    assertContains(client.get(f"{LIST}shortlist/"), activity.title)
    assertContains(client.get(LIST), "On your state’s list")
    client.force_login(DelegateFactory())
    assertNotContains(client.get(f"{LIST}shortlist/"), activity.title)
    assertNotContains(client.get(LIST), "On your state’s list")
    client.force_login(keeper)
    assert client.get(f"{LIST}shortlist/").status_code == 403
    assertNotContains(client.get(activity.get_absolute_url()), "On your state’s list")
    assert not AuditEntry.objects.filter(actor=delegate).exists()


def test_the_administration_does_not_say_which_state_chose_what(client, delegate, keeper):
    activity = ActivityFactory()
    activities.list_activity(actor=delegate, activity=activity.pk, wanted=True)
    client.force_login(keeper)

    shown = client.get("/admin/forum/activityinterest/")

    assertContains(shown, activity.title)
    assertNotContains(shown, delegate.member_state.name)


def test_a_colleague_who_chooses_the_same_is_told(client, delegate):
    activity = ActivityFactory()
    activities.list_activity(actor=delegate, activity=activity.pk, wanted=True)
    client.force_login(DelegateFactory(member_state=delegate.member_state))

    choose(client, activity)

    assertContains(client.get(activity.get_absolute_url()), "It is on your state’s list already.")
    assert ActivityInterest.objects.count() == 1


def test_an_activity_is_taken_off_the_list_by_any_delegate_of_the_state_alone(client, delegate):
    activity = ActivityFactory()
    activities.list_activity(actor=delegate, activity=activity.pk, wanted=True)
    client.force_login(DelegateFactory())
    choose(client, activity, undo="1")
    assert ActivityInterest.objects.count() == 1

    client.force_login(DelegateFactory(member_state=delegate.member_state))
    assertRedirects(choose(client, activity, undo="1", back="1"), f"{LIST}shortlist/")

    assert not ActivityInterest.objects.exists()


@pytest.mark.parametrize("role", [Role.EXPERT, Role.EVALUATOR, Role.MODERATOR])
def test_who_is_of_no_state_has_no_list(client, role):
    activity = ActivityFactory()
    client.force_login(UserFactory(role=role))

    assert choose(client, activity).status_code == 403
    assert client.get(f"{LIST}shortlist/").status_code == 403
    assert client.get(f"{LIST}shortlist/docx/").status_code == 403


def test_what_is_not_in_the_catalogue_is_not_chosen(client, delegate):
    client.force_login(delegate)

    assert choose(client, ActivityFactory(published_at=None)).status_code == 404


def test_the_list_says_that_something_has_left_the_catalogue(client, delegate, keeper):
    activity = ActivityFactory(title="Gone by now")
    activities.list_activity(actor=delegate, activity=activity.pk, wanted=True)
    activities.withdraw_activity(actor=keeper, activity=activity.pk)
    client.force_login(delegate)

    shown = client.get(f"{LIST}shortlist/")

    assertContains(shown, "1 activity that your state had chosen is no longer in the catalogue.")
    assertNotContains(shown, "Gone by now")


def test_the_list_is_had_as_a_workbook(client, delegate):
    group = RegionalGroupFactory(name_en="First group")
    for title in ("=cmd()", "Second"):
        activity = ActivityFactory(title=title, procedure="A note.", groups=[group])
        activities.list_activity(actor=delegate, activity=activity.pk, wanted=True)
    ActivityFactory(title="Not chosen")
    client.force_login(delegate)

    response = client.get(f"{LIST}shortlist/xlsx/")

    sheet = load_workbook(BytesIO(b"".join(response)))["Activities for the national pla"]
    header, *rows = sheet.iter_rows()
    named = [dict(zip((cell.value for cell in header), (cell.value for cell in row), strict=True)) for row in rows]
    assert [row["Title"] for row in named] == ["=cmd()", "Second"]
    assert (rows[0][0].data_type, rows[0][0].quotePrefix) == ("s", True)
    assert {row["How to request it"] for row in named} == {"A note."}
    assert {row["For whom"] for row in named} == {"First group"}
    entry = AuditEntry.objects.get(action="shortlist.exported")
    assert (entry.actor, entry.facts) == (delegate, {"kind": "xlsx", "activities": 2})


def test_the_list_is_had_as_a_document_in_the_readers_language(client):
    delegate = DelegateFactory(language="fr", member_state=MemberStateFactory(name_fr="Utopie"))
    activity = ActivityFactory(title_en="Advice", title_fr="Conseil", procedure_fr="Par note.")
    activities.list_activity(actor=delegate, activity=activity.pk, wanted=True)
    client.force_login(delegate)

    document = Document(BytesIO(b"".join(client.get(f"{LIST}shortlist/docx/"))))

    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == ["Conseil"]
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Utopie" in text
    assert "Par note." in text


def test_there_is_no_other_kind_of_file(client, delegate):
    client.force_login(delegate)

    assert client.get(f"{LIST}shortlist/exe/").status_code == 404


# --- What it costs ----------------------------------------------------------------------------------


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("address", "budget"), [("", 4), ("?q=advice&level=national", 4), ("shortlist/", 5)])
def test_the_catalogue_costs_the_same_however_large(client, delegate, count, address, budget):
    category, group = CategoryFactory(), RegionalGroupFactory()
    for activity in ActivityFactory.create_batch(count, category=category, groups=[group]):
        activities.list_activity(actor=delegate, activity=activity.pk, wanted=True)
    client.force_login(delegate)

    assert statements(client, f"{LIST}{address}") == budget


@pytest.mark.parametrize("count", [1, 30])
def test_what_waits_costs_the_same_however_much(client, keeper, count):
    category, long_ago = CategoryFactory(), timezone.now() - timedelta(days=400)
    ActivityFactory.create_batch(count, category=category, reviewed_at=long_ago)
    ActivityFactory.create_batch(count, category=category, published_at=None)
    client.force_login(keeper)

    assert statements(client, f"{LIST}waiting/") == 4
