"""Queries that are composed once in each process, and prepared once in each connection."""

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.composed import ComposedRows

pytestmark = pytest.mark.django_db


@pytest.fixture
def composed() -> ComposedRows:
    def compose(source: QuerySet[Group], language: str, *, name: str, least: int) -> QuerySet:
        return source.filter(name=name, pk__gte=least).exclude(name="100% other").values_list("name", "pk")

    return ComposedRows(compose, name=str, least=int)


@pytest.fixture
def group() -> Group:
    return Group.objects.create(name='Office\'s "own" 100 %s')


def test_it_is_run_for_the_values_of_each_time(composed, group):
    other = Group.objects.create(name="stand-in 0")

    assert composed.fetch(Group.objects.all(), name=group.name, least=0) == [(group.name, group.pk)]
    assert composed.fetch(Group.objects.all(), name=other.name, least=other.pk) == [(other.name, other.pk)]
    assert composed.fetch(Group.objects.all(), name=other.name, least=other.pk + 1) == []


def test_postgresql_parses_and_plans_it_once(composed, group):
    for _ in range(3):
        composed.fetch(Group.objects.all(), name=group.name, least=0)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement LIKE 'PREPARE compose_%', generic_plans + custom_plans FROM pg_prepared_statements "
            "ORDER BY prepare_time DESC LIMIT 1"
        )
        assert cursor.fetchall() == [(True, 3)]


@pytest.mark.parametrize(("least", "found"), [(-(10**40), True), (10**40, False)])
def test_a_number_that_no_row_can_have_finds_what_it_should(composed, group, least, found):
    assert bool(composed.fetch(Group.objects.all(), name=group.name, least=least)) is found


def test_one_whose_rows_are_restricted_is_composed_anew(composed, group):
    nobody = Group.objects.filter(pk=0)

    assert composed.fetch(Group.objects.all(), name=group.name, least=0)
    assert composed.fetch(nobody, name=group.name, least=0) == []


def test_it_stays_known_when_a_transaction_is_given_up(composed, group):
    with pytest.raises(DatabaseError), transaction.atomic():
        composed.fetch(Group.objects.all(), name=group.name, least=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    assert composed.fetch(Group.objects.all(), name=group.name, least=0) == [(group.name, group.pk)]


def test_a_database_that_refuses_it_is_heard_as_by_any_query(composed):
    with pytest.raises(DatabaseError, match="current transaction is aborted"), transaction.atomic():
        with pytest.raises(DatabaseError, match="division by zero"), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        composed.fetch(Group.objects.all(), name="any", least=0)


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_told_it_anew(composed):
    group = Group.objects.create(name="kept")
    composed.fetch(Group.objects.all(), name=group.name, least=0)
    connection.close()

    assert composed.fetch(Group.objects.all(), name=group.name, least=0) == [(group.name, group.pk)]


def test_where_no_connection_is_kept_nothing_is_prepared(composed, group, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)

    with CaptureQueriesContext(connection) as captured:
        assert composed.fetch(Group.objects.all(), name=group.name, least=0) == [(group.name, group.pk)]
    assert captured[0]["sql"].startswith("SELECT")
