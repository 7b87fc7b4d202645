"""The languages of the pages and of mail: their direction, dates and plurals."""

import json
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import to_locale

from forum.fragments import GENEVA, count_words, moment

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


def test_each_language_has_a_catalogue():
    folders = {folder.name for folder in settings.LOCALE_PATHS[0].iterdir()}

    assert {to_locale(code) for code, _name in settings.LANGUAGES} == folders | {"en"}


def test_what_is_written_in_six_languages_is_read_in_them():
    assert [code for code, _name in settings.LANGUAGES] == list(settings.MODELTRANSLATION_LANGUAGES)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.5", "zh-hans"),
        ("zh", "zh-hans"),
        ("zh-Hans-CN", "zh-hans"),
        ("ru-RU,ru;q=0.9", "ru"),
        ("ar-EG", "ar"),
        ("pt-BR,fr;q=0.8", "fr"),
        ("pt", "en"),
    ],
)
def test_a_browser_is_answered_in_its_language(client, asked, answered):
    page = client.get("/accounts/login/", headers={"accept-language": asked})

    assert page.headers["Content-Language"] == answered
    assert f'<html lang="{answered}"' in page.text


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl"), ("ru", "ltr"), ("zh-hans", "ltr")]
)
def test_a_letter_is_written_in_the_direction_of_its_language(language, direction):
    with translation.override(language):
        letter = render_to_string("components/emails/base.html", {"subject": "x", "site": "", "stop_url": ""})

    assert f'<html lang="{language}" dir="{direction}">' in letter


@pytest.mark.parametrize(
    ("language", "written"),
    [("ar", "21 نوفمبر 2026، 12:00"), ("ru", "21 ноября 2026 г., 12:00"), ("zh-hans", "2026年11月21日 12:00")],
)
def test_moments_are_written_alike_on_pages_and_in_mail(language, written):
    with translation.override(language):
        assert moment(NOON, GENEVA, language) == written
        assert date_format(NOON.astimezone(GENEVA), "DATETIME_FORMAT") == written


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
