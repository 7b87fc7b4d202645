"""The member states and their groups, as they ship with the forum."""

import pytest
from django.conf import settings
from django.utils import translation

from accounts.models import MemberState, RegionalGroup
from accounts.services.reference import load_member_states

pytestmark = pytest.mark.django_db


def test_the_194_member_states_are_named_in_six_languages():
    count = load_member_states()

    assert (count, MemberState.objects.count()) == (194, 194)
    for language in settings.MODELTRANSLATION_LANGUAGES:
        column = f"name_{language.replace('-', '_')}"
        names = set(MemberState.objects.values_list(column, flat=True))
        assert len(names) == 194
        assert not {None, ""} & names


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "Germany"),
        ("fr", "Allemagne"),
        ("es", "Alemania"),
        ("ar", "ألمانيا"),
        ("ru", "Германия"),
        ("zh-hans", "德国"),
    ],
)
def test_a_state_is_named_as_its_readers_name_it(language, name):
    load_member_states()

    with translation.override(language):
        assert MemberState.objects.get(code="DE").name == name


def test_loading_again_changes_nothing_but_names():
    load_member_states()
    before = list(MemberState.objects.order_by("code").values("pk", "code", "group"))
    MemberState.objects.filter(code="KE").update(name_en="Wrong")

    load_member_states()

    assert list(MemberState.objects.order_by("code").values("pk", "code", "group")) == before
    assert MemberState.objects.get(code="KE").name_en == "Kenya"


def test_a_state_is_addressed_as_the_organisation_addresses_it():
    load_member_states()

    assert MemberState.objects.get(code="BO").name_es == "Bolivia (Estado Plurinacional de)"
    assert MemberState.objects.get(code="SY").name_ar == "الجمهورية العربية السورية"


def test_every_group_has_states():
    load_member_states()

    assert RegionalGroup.objects.count() == 7
    assert not RegionalGroup.objects.filter(states=None).exists()
