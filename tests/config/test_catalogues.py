"""The message catalogues: strings are found, faults are named, ``.mo`` files are made."""

import gettext
import os
import re
from itertools import combinations

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale

from config import catalogues

VIEW = """
from django.utils.translation import gettext as _, ngettext, pgettext
title = _("From a view: %(name)s") % {"name": "x"}
count = ngettext("%(n)d view", "%(n)d views", 3)
label = pgettext("button", "Open")
"""
PAGE = """{% load i18n %}
<h1>{% translate "From a page" %}</h1>
{% translate "Open" context "state" %}
{% blocktranslate trimmed count posts=n %}{{ posts }} post{% plural %}{{ posts }} posts{% endblocktranslate %}
{% blocktranslate trimmed %}
  A sentence by {{ author }}
  on two lines.
{% endblocktranslate %}
<a title="{{ title|default:_('In a filter') }}">x</a>
"""
FRAGMENT = (
    """{% macro row() %}<b>{{ _("From a fragment") }}</b>{{ ngettext("one row", "%(num)d rows", 2) }}{% endmacro %}"""
)
TRANSLATED = {
    "From a view: %(name)s": "D’une vue : %(name)s",
    "From a page": "D’une page",
    "A sentence by %(author)s on two lines.": "Une phrase de %(author)s sur deux lignes.",
    "In a filter": "Dans un filtre",
    "From a fragment": "D’un fragment",
}
PLURALS = {
    ("%(n)d view", "%(n)d views"): ("%(n)d vue", "%(n)d vues"),
    ("%(posts)s post", "%(posts)s posts"): ("%(posts)s message", "%(posts)s messages"),
    ("one row", "%(num)d rows"): ("une ligne", "%(num)d lignes"),
}
CONTEXTS = {("button", "Open"): "Ouvrir", ("state", "Open"): "Ouvert"}


@pytest.fixture(autouse=True)
def _small_program(tmp_path, monkeypatch):
    """A program of one view, one page and one fragment, in place of the forum."""
    monkeypatch.setattr(catalogues, "BASE_DIR", tmp_path)
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(catalogues, "LANGUAGES", ("fr",))
    monkeypatch.setattr(catalogues, "APPS", ("forum",))
    for name, text in {
        "forum/views.py": VIEW,
        "forum/migrations/0001.py": '_("Not from a migration")',
        "forum/jinja2/forum/posts.html": FRAGMENT,
        "templates/page.html": PAGE,
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def translate(**changes: str) -> Catalog:
    """Write a complete French catalogue, but for ``changes`` (an original and its other translation)."""
    catalogues.update_catalogues()
    with catalogues._po_file("fr").open("rb") as stream:
        catalog = read_po(stream, locale="fr")
    for message in catalog:
        if not message.id:
            continue
        plain = message.id if isinstance(message.id, str) else tuple(message.id)
        message.string = CONTEXTS.get((message.context, plain)) or TRANSLATED.get(plain) or PLURALS.get(plain) or ""
    save(catalog)
    return catalog


def save(catalog: Catalog) -> None:
    with catalogues._po_file("fr").open("wb") as stream:
        write_po(stream, catalog)


def test_strings_are_gathered_from_code_templates_and_fragments():
    found = {(message.context, message.id) for message in catalogues.gather() if message.id}

    assert found == ({(None, text) for text in TRANSLATED} | {(None, plural) for plural in PLURALS} | set(CONTEXTS))


def test_a_complete_catalogue_passes(capsys):
    translate()

    assert catalogues.main(["--check"]) == 0
    assert capsys.readouterr().out == "The catalogues are complete.\n"


def test_a_missing_string_fails(tmp_path, capsys):
    translate()
    (tmp_path / "forum/forms.py").write_text('x = _("Quite new")')

    assert catalogues.main(["--check"]) == 1
    assert capsys.readouterr().out == "fr: missing: 'Quite new'\n"


def test_an_untranslated_string_fails():
    catalog = translate()
    catalog["From a page"].string = ""
    save(catalog)

    assert catalogues.faults() == ["fr: untranslated: 'From a page'"]


def test_a_plural_of_which_one_form_is_missing_fails():
    catalog = translate()
    catalog["%(n)d view"].string = ("%(n)d vue", "")
    save(catalog)

    assert catalogues.faults() == ["fr: untranslated: '%(n)d view'"]


def test_arabic_has_six_forms_of_plural(monkeypatch):
    monkeypatch.setattr(catalogues, "LANGUAGES", ("ar",))
    catalogues.update_catalogues()
    file = catalogues._po_file("ar")
    with file.open("rb") as stream:
        catalog = read_po(stream, locale="ar")
    assert catalog.num_plurals == 6
    catalog["%(n)d view"].string = ("%(n)d رأيا", "%(n)d رأي")
    with file.open("wb") as stream:
        write_po(stream, catalog)

    assert "ar: untranslated: '%(n)d view'" in catalogues.faults()


@pytest.mark.parametrize(("language", "folder", "plurals"), [("ru", "ru", 3), ("zh-hans", "zh_Hans", 1)])
def test_each_language_has_all_strings_and_its_own_plurals(tmp_path, monkeypatch, language, folder, plurals):
    monkeypatch.setattr(catalogues, "LANGUAGES", (language,))
    catalogues.update_catalogues()

    with (tmp_path / "locale" / folder / "LC_MESSAGES" / "django.po").open("rb") as stream:
        catalog = read_po(stream, locale=folder)

    assert catalog.num_plurals == plurals
    assert {message.id for message in catalog if message.id} == {
        message.id for message in catalogues.gather() if message.id
    }
    assert f"{language}: untranslated: 'From a page'" in catalogues.faults()


def test_a_fuzzy_string_fails():
    catalog = translate()
    catalog["From a page"].flags.add("fuzzy")
    save(catalog)

    assert catalogues.faults() == ["fr: fuzzy: 'From a page'"]


def test_another_placeholder_fails():
    catalog = translate()
    catalog["From a view: %(name)s"].string = "D’une vue : %(nom)s"
    save(catalog)

    assert catalogues.faults() == ["fr: other placeholders: 'From a view: %(name)s'"]


def test_updating_keeps_what_is_translated_and_drops_what_is_gone(tmp_path):
    translate()
    (tmp_path / "templates/page.html").unlink()

    catalogues.main([])

    with catalogues._po_file("fr").open("rb") as stream:
        kept = read_po(stream, locale="fr")
    assert kept["From a fragment"].string == "D’un fragment"
    assert "From a page" not in kept
    assert not kept.obsolete


def test_compiling_makes_what_gettext_reads():
    translate()

    assert catalogues.main(["--compile"]) == 0

    with catalogues._po_file("fr").with_suffix(".mo").open("rb") as stream:
        french = gettext.GNUTranslations(stream)
    assert french.gettext("From a page") == "D’une page"
    assert french.pgettext("state", "Open") == "Ouvert"
    assert french.ngettext("%(n)d view", "%(n)d views", 2) == "%(n)d vues"


def test_compiling_again_writes_only_what_has_changed():
    translate()
    catalogues.compile_catalogues()
    compiled, source = catalogues._po_file("fr").with_suffix(".mo"), catalogues._po_file("fr")
    os.utime(source, (1, 1))
    os.utime(compiled, (2, 2))

    catalogues.compile_catalogues()
    assert compiled.stat().st_mtime == 2

    os.utime(source, (3, 3))
    catalogues.compile_catalogues()
    assert compiled.stat().st_mtime > 3


def test_the_forums_own_catalogues_are_complete(monkeypatch):
    monkeypatch.undo()

    assert catalogues.faults() == []


def test_no_language_borrows_the_sentences_of_another(monkeypatch):
    """Words may be alike in two languages (Visible); a sentence that is the same in both is in the wrong catalogue."""
    monkeypatch.undo()
    sentences = {language: _sentences(language) for language in catalogues.LANGUAGES}

    borrowed = [
        f"{first} and {second}: {sentences[first][key]}"
        for first, second in combinations(sentences, 2)
        for key in sentences[first].keys() & sentences[second].keys()
        if sentences[first][key] == sentences[second][key]
    ]

    assert borrowed == []


def _sentences(language: str) -> dict[tuple[str | None, str, int], str]:
    """Return the translations, form by form, of more than 25 characters beside placeholders and marks."""
    with catalogues._po_file(language).open("rb") as stream:
        catalog = read_po(stream, locale=to_locale(language))
    forms = {
        (*catalogues._key(message), number): form
        for message in catalog
        if message.id
        for number, form in enumerate([message.string] if isinstance(message.string, str) else message.string)
    }
    markup = re.compile(rf"{catalogues.PLACEHOLDER.pattern}|<[^>]*>")
    return {key: form for key, form in forms.items() if len(markup.sub("", form)) > 25}
