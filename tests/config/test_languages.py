"""The languages of the pages and of mail: their direction, dates and plurals."""

import json
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import to_locale

from config.languages import DOCUMENT_LANGUAGES
from forum.fragments import GENEVA, count_words, moment

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


def test_each_language_has_a_catalogue():
    folders = {folder.name for folder in settings.LOCALE_PATHS[0].iterdir()}

    of_pages = {code for code, _name in settings.LANGUAGES}

    assert of_pages | {to_locale(code) for code in DOCUMENT_LANGUAGES} == folders | {"en"}


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_a_letter_is_written_in_the_direction_of_its_language(language, direction):
    with translation.override(language):
        letter = render_to_string("components/emails/base.html", {"subject": "x", "site": "", "stop_url": ""})

    assert f'<html lang="{language}" dir="{direction}">' in letter


def test_arabic_moments_are_written_alike_on_pages_and_in_mail():
    with translation.override("ar"):
        assert moment(NOON, GENEVA, "ar") == "21 نوفمبر 2026، 12:00"
        assert date_format(NOON.astimezone(GENEVA), "DATETIME_FORMAT") == "21 نوفمبر 2026، 12:00"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", {"one": "{n} post", "other": "{n} posts"}),
        (
            "ar",
            {
                "zero": "لا مساهمات",
                "one": "مساهمة واحدة",
                "two": "مساهمتان",
                "few": "{n} مساهمات",
                "many": "{n} مساهمة",
                "other": "{n} مساهمة",
            },
        ),
    ],
)
def test_counts_on_open_pages_have_the_plurals_of_their_language(language, words):
    with translation.override(language):
        assert json.loads(count_words(language)) == words
