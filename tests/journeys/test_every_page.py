"""Each page of the forum once: without barriers in light and in dark, and within a telephone in both directions."""

import pytest

from tests.journeys.conftest import Enter
from tests.journeys.places import PLACES, Places
from tests.journeys.test_accessibility import ALL_RULES, CONTRAST, barriers
from tests.journeys.test_phone import PHONE, assert_fits


@pytest.mark.parametrize("name", PLACES)
def test_a_page_has_no_barriers_and_fits_a_telephone(enter: Enter, places: Places, name: str):
    page = enter(PLACES[name], color_scheme="light")
    page.goto(places[name])
    assert barriers(page, ALL_RULES) == []

    page.emulate_media(color_scheme="dark")
    assert barriers(page, CONTRAST) == []

    page.set_viewport_size(PHONE)
    assert_fits(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert_fits(page)
