"""What every programme starts with: units of coverage and scope areas."""

import io

from django.core.management import call_command

from accounts.models import MemberState, RegionalGroup
from webinars.enums import Scheme
from webinars.models import Region, ScopeArea


def load() -> None:
    call_command("load_reference", stdout=io.StringIO())


def test_each_regional_group_is_a_unit_of_coverage(db):
    load()

    assert {region.group for region in Region.objects.filter(scheme=Scheme.GROUPS)} == set(RegionalGroup.objects.all())
    assert RegionalGroup.objects.count() == 7


def test_each_state_is_in_one_geographic_region(db):
    load()

    states = [state for region in Region.objects.filter(scheme=Scheme.REGIONS) for state in region.states.all()]
    assert sorted(state.code for state in states) == sorted(MemberState.objects.values_list("code", flat=True))


def test_loading_again_keeps_what_the_secretariat_has_changed(db):
    load()
    area = ScopeArea.objects.get(letter="a")
    area.name_en = "As the Committee words it"
    area.save()
    region = Region.objects.get(key="arab")
    region.states.clear()

    load()

    area.refresh_from_db()
    assert area.name_en == "As the Committee words it"
    assert not region.states.exists()
    assert ScopeArea.objects.count() == 5
