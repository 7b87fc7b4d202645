"""What is similar to a proposal that is being written, whatever the languages."""

import tomllib

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories.webinars import ProposalFactory, WebinarFactory
from tests.webinars.cycle_world import coordinator, group_of, listed, open_cycle
from webinars.enums import ProposalState
from webinars.queries.similar import similar_to
from webinars.queries.terms import DATA, concepts

TABLE = tomllib.loads(DATA.read_text())
LANGUAGES = ["en", "fr", "es", "ar", "ru", "zh"]


@pytest.mark.parametrize("concept", TABLE)
def test_each_term_of_the_table_is_found_in_each_language(concept):
    assert list(TABLE[concept]) == LANGUAGES
    for language in LANGUAGES:
        for term in TABLE[concept][language]:
            assert concept in concepts(f"… {term} …"), (language, term)


@pytest.mark.parametrize(
    "text",
    [
        "Searching patents in small offices",
        "La recherche de brevets dans les petits offices",
        "Cómo leer una patente",
        "كيفية قراءة البراءات",
        "Поиск патентов",
        "如何检索专利",
    ],
)
def test_patents_are_patents_in_every_language(text):
    assert "patent" in concepts(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("وبراءات الاختراع", "patent"),
        ("للعلامات التجارية", "trademark"),
        ("L’ÉVALUATION d’impact", "evaluation"),
        ("Modèles d’utilité", "utility_model"),
    ],
)
def test_prefixes_accents_and_capitals_hide_no_term(text, concept):
    assert concept in concepts(text)


@pytest.mark.parametrize("text", ["", "    ", "expatenting", "We meet on Monday.", "\0"])
def test_what_speaks_of_nothing_has_no_concept(text):
    assert concepts(text) == frozenset()


def test_a_proposal_in_another_language_is_found(db):
    cycle, holder = open_cycle(hides_answers=False), coordinator()
    chinese = ProposalFactory(
        cycle=cycle, language="zh-hans", title_en=None, title_zh_hans="面向中小企业的专利检索", aims_en=""
    )
    ProposalFactory(cycle=cycle, language="fr", title_en=None, title_fr="Tourisme et musique", aims_en="")

    found = similar_to(holder, "Recherche de brevets pour les PME")

    assert list(found.proposals) == [chinese]


def test_what_shares_more_and_rarer_terms_comes_first(db):
    cycle, holder = open_cycle(), coordinator()
    common = listed(cycle, title_en="Patents and universities", title_fr="", title_es="", aims_en="")
    both = listed(cycle, title_en="Patents and tourism", title_fr="", title_es="", aims_en="")
    other = listed(cycle, title_en="Patents and music", title_fr="", title_es="", aims_en="")

    found = list(similar_to(holder, "Brevets pour le tourisme").proposals)

    assert found[0] == both
    assert set(found) == {common, both, other}


def test_nothing_hidden_or_withdrawn_is_found(db):
    cycle, holder = open_cycle(hides_answers=True), coordinator()
    ProposalFactory(cycle=cycle, title_en="Patents of another group")
    ProposalFactory(cycle=cycle, group=group_of(holder), title_en="Patents withdrawn", state=ProposalState.WITHDRAWN)
    own = ProposalFactory(cycle=cycle, group=group_of(holder), title_en="Patents of our own")

    assert list(similar_to(holder, "patents").proposals) == [own]
    assert list(similar_to(holder, "patents", except_for=own.pk).proposals) == []


def test_a_webinar_that_was_held_is_found_too(db):
    webinar = WebinarFactory(title_en="Geographical indications for coffee")

    assert list(similar_to(coordinator(), "Indications géographiques").webinars) == [webinar]


def test_similar_proposals_are_shown_while_typing(db):
    cycle, holder = open_cycle(), coordinator()
    topic = listed(cycle, title_en="Patents in small offices")
    client = Client()
    client.force_login(holder)

    page = client.post(
        "/webinars/answers/2027/proposals/new/",
        {"then": "similar", "title": "Brevets"},
        headers={"HX-Request": "true"},
    )

    assertContains(page, topic.title_en)
    assertNotContains(page, "<html")


def test_without_a_script_a_button_shows_them_and_keeps_what_was_typed(db):
    cycle, holder = open_cycle(), coordinator()
    topic = listed(cycle, title_en="Patents in small offices")
    client = Client()
    client.force_login(holder)

    page = client.post(
        "/webinars/answers/2027/proposals/new/",
        {
            "then": "similar",
            "title": "Brevets",
            "audience": "Les petits offices",
            "languages": ["fr"],
            "language": "fr",
        },
    )

    assertContains(page, topic.title_en)
    form = page.context["form"]
    assert (form["title"].value(), form["audience"].value()) == ("Brevets", "Les petits offices")
    assert (form["languages"].value(), form["language"].value()) == (["fr"], "fr")
    assert not form.errors


@pytest.mark.parametrize("count", [1, 3])
def test_looking_costs_the_same_however_many_there_are(db, django_assert_max_num_queries, count):
    cycle, holder = open_cycle(), coordinator()
    for _each in range(count):
        listed(cycle, title_en="Patents")

    with django_assert_max_num_queries(5):
        found = similar_to(holder, "Brevets")

    assert len(found.proposals) == count
