"""Keeping somebody from writing or from the forum for a time."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.services.sanctions import lift_limit, limit_person
from tests.factories import DelegateFactory, UserFactory

pytestmark = pytest.mark.django_db

SOON, LATE = timezone.now() + timedelta(days=2), timezone.now() + timedelta(days=9)


@pytest.fixture
def moderator():
    return UserFactory(role=Role.MODERATOR)


@pytest.mark.parametrize("limit", ["muted_until", "suspended_until"])
def test_a_limit_that_is_set_already_is_never_made_shorter(moderator, limit):
    person = DelegateFactory()
    for until, found in ((SOON, SOON), (LATE, LATE), (SOON, LATE)):
        limit_person(actor=moderator, person=person.pk, limit=limit, until=until)
        person.refresh_from_db()
        assert getattr(person, limit) == found


def test_who_is_muted_stays_signed_in_and_who_is_suspended_does_not(client, moderator):
    person = DelegateFactory()
    client.force_login(person)

    limit_person(actor=moderator, person=person.pk, limit="muted_until", until=SOON)
    assert client.get("/rooms/").status_code == 200

    limit_person(actor=moderator, person=person.pk, limit="suspended_until", until=SOON)
    assert client.get("/rooms/").status_code == 302
    ended = AuditEntry.objects.filter(action__startswith="person.").order_by("pk").values_list("action", "facts")
    assert [(action, facts["sessions_ended"]) for action, facts in ended] == [
        ("person.muted", 0),
        ("person.suspended", 1),
    ]


def test_an_end_that_somebody_has_set_since_stays(moderator):
    person = DelegateFactory()
    limit_person(actor=moderator, person=person.pk, limit="suspended_until", until=SOON)
    person.refresh_from_db()
    person.suspended_until = LATE  # by the administration
    person.save()

    lift_limit(actor=moderator, person=person.pk, limit="suspended_until", was_until=SOON, until=None)

    person.refresh_from_db()
    assert person.suspended_until == LATE
    lift_limit(actor=moderator, person=person.pk, limit="suspended_until", was_until=LATE, until=None)
    person.refresh_from_db()
    assert person.is_active


def test_who_decides_about_whom(moderator):
    secretariat, delegate = UserFactory(role=Role.SECRETARIAT), DelegateFactory()
    colleague, guide = UserFactory(role=Role.MODERATOR), UserFactory(role=Role.FACILITATOR)
    for actor, person in ((delegate, moderator), (guide, delegate), (moderator, moderator), (moderator, colleague)):
        with pytest.raises(PermissionDenied):
            limit_person(actor=actor, person=person.pk, limit="muted_until", until=SOON)

    for actor, person in ((moderator, delegate), (moderator, guide), (secretariat, moderator)):
        limit_person(actor=actor, person=person.pk, limit="muted_until", until=SOON)
