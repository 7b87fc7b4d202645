"""One language, two codes: what people talk in, and what is written for them."""

import pytest

from accounts.languages import language_name, spoken, written
from tests.factories import DelegateFactory


@pytest.mark.parametrize(("page", "room"), [("zh-hans", "zh"), ("ru", "ru"), ("en", "en")])
def test_each_code_leads_to_the_other(page, room):
    assert (spoken(page), written(room)) == (room, page)
    assert (spoken(room), written(page)) == (room, page)


def test_a_language_without_pages_keeps_its_code():
    assert (spoken("pt"), written("pt")) == ("pt", "pt")


def test_a_language_is_called_alike_by_either_code():
    assert (language_name("zh", "fr"), language_name("pt", "ru")) == ("Chinois", "Португальский")


@pytest.mark.django_db
def test_the_rooms_that_somebody_reads_come_in_the_order_of_the_profile():
    reader = DelegateFactory(language="zh-hans", languages_read=["fr", "zh-hans", "en"])

    assert reader.room_languages == ["zh", "fr", "en"]
