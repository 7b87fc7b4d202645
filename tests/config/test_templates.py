"""Templates that are kept for each language say the same as Django's own."""

import pytest
from django.template import Context, Engine
from django.test import override_settings
from django.utils import translation

WORDS = """{% load i18n static %}
<a href="{% url 'forum:room_list' %}">{% translate "Rooms" %}</a> {% translate "Search" context "action" %}
{% if user %}{% url 'forum:room_detail' language %}{% else %}{% translate "Sign in" %}{% endif %}
{% for one in things %}{% translate "Rooms" %} {{ one }}{% empty %}
{% blocktranslate %}Members & guests{% endblocktranslate %}{% endfor %}
{% with one="<b>" %}{% blocktranslate with name=one %}By {{ name }}{% endblocktranslate %}{% endwith %}
{% translate "Rooms" as rooms %}[{{ rooms }}] {% translate user.name %} {% static 'css/forum.css' %}
{% if never %}{% url 'nothing:of_this_name' %}{% endif %}
{% blocktranslate count n=things|length %}One{% plural %}{{ n }} of them{% endblocktranslate %}"""
LIBRARIES = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}


def engine(*outer: str) -> Engine:
    """Return an engine that finds one template, through the loaders named from the outermost in."""
    loaders: list = [("django.template.loaders.locmem.Loader", {"words.html": WORDS})]
    return Engine(loaders=[(outer[0], loaders)] if outer else loaders, libraries=LIBRARIES)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize(
    "about",
    [{}, {"user": {"name": "Rooms"}, "language": "fr", "things": ["<i>", "b"]}],
    ids=["a stranger", "somebody"],
)
def test_a_kept_template_says_what_djangos_own_does(language, about):
    kept, own = engine("config.templates.Loader"), engine()

    with translation.override(language):
        once, again = (kept.get_template("words.html").render(Context(about)) for _time in range(2))
        expected = own.get_template("words.html").render(Context(about))

    assert once == again == expected


def test_each_language_has_its_own():
    kept = engine("config.templates.Loader")
    said = {}
    for language in ("fr", "es", "fr"):
        with translation.override(language):
            said[language] = kept.get_template("words.html").render(Context())

    assert "Se connecter" in said["fr"]
    assert "Iniciar sesión" in said["es"]
    assert "Se connecter" not in said["es"]


def test_what_never_changes_is_not_looked_up_again():
    kept = engine("config.templates.Loader")
    with translation.override("fr"):
        before = kept.get_template("words.html").render(Context())
        with override_settings(ROOT_URLCONF="tests.config.test_templates"):  # which has no addresses
            assert kept.get_template("words.html").render(Context()) == before


urlpatterns: list = []
