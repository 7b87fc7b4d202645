"""Queries composed once in each process: composing and planning them anew costs the hot pages more than running them.

A query is composed with stand-ins for its values, and its SQL is kept; PostgreSQL keeps it too, with its plan.
Each time it is run, the real values take the places of their stand-ins, so what may be seen is still said in one
place, by QuerySets.
"""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.expressions import Combinable, RawSQL
from psycopg2.extensions import AsIs

_STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda n: 2_000_000_000 + n,
    str: lambda n: f"stand-in {n}",
    date: lambda n: date(9000, 1, 1 + n),
    datetime: lambda n: datetime(9000, 1, 1 + n, tzinfo=UTC),
}
_TYPES = {int: "bigint", str: "text", date: "date", datetime: "timestamptz"}
_LARGEST = 2**63 - 1  # of a bigint


class _Composed:
    """SQL whose values are known by their stand-ins."""

    def __init__(self, **kinds: type) -> None:
        self._kinds = kinds
        self._stand_ins = {name: _STAND_INS[kind](n) for n, (name, kind) in enumerate(kinds.items())}

    def _filled_in(self, params: tuple[Any, ...], values: dict[str, Any]) -> list[Any]:
        given = {stand_in: values[name] for name, stand_in in self._stand_ins.items()}
        return [given.get(param, param) for param in params]


class ComposedExpression(_Composed):
    """An annotation of ``model`` that depends on a few values.

    Args:
        model: The model whose rows it is added to, in a query of its own, not in a subquery.
        compose: Takes the values by name and answers the expression.
        kinds: The type of each value: ``int``, ``str``, ``date`` or ``datetime``.
    """

    def __init__(self, model: type[models.Model], compose: Callable[..., Combinable], **kinds: type) -> None:
        super().__init__(**kinds)
        self._model, self._compose = model, compose
        self._composed: tuple[str, tuple[Any, ...], models.Field] | None = None

    def __call__(self, **values: Any) -> RawSQL:
        """Return the expression for these values."""
        if self._composed is None:
            query = models.QuerySet(self._model).annotate(composed=self._compose(**self._stand_ins)).query
            expression = query.annotations["composed"]
            sql, params = query.get_compiler(DEFAULT_DB_ALIAS).compile(expression)
            self._composed = sql, tuple(params), expression.output_field
        sql, params, output_field = self._composed
        return RawSQL(sql, self._filled_in(params, values), output_field)  # noqa: S611 - composed by Django


class ComposedRows(_Composed):
    """Rows of a query that depends on a few values.

    Args:
        compose: Takes a QuerySet to start from, a language, and the values by name; answers a ``values_list``.
        kinds: The type of each value: ``int``, ``str``, ``date`` or ``datetime``.
    """

    _numbers = itertools.count(1)  # so that no two statements are prepared by the same name
    _prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # their names, by connection

    def __init__(self, compose: Callable[..., models.QuerySet], **kinds: type) -> None:
        super().__init__(**kinds)
        self._compose = compose
        self._composed: dict[str, tuple[str, tuple[Any, ...], str]] = {}

    def fetch(self, source: models.QuerySet, language: str = "", **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows for these values.

        Args:
            source: All that the viewer may see. What restricts it may differ from viewer to viewer, so
                only a query on an unrestricted one is kept.
            language: What language the columns are in.
            values: By name; each of the type that was announced.
        """
        if source.query.where or source.query.annotations:
            return list(self._compose(source, language, **values))
        if language not in self._composed:
            sql, params = self._compose(source, language, **self._stand_ins).query.sql_with_params()
            self._composed[language] = sql, params, f"{self._compose.__name__.strip('_')}_{next(self._numbers)}"
        sql, params, name = self._composed[language]
        with connection.cursor() as cursor:
            if connection.settings_dict["CONN_MAX_AGE"] == 0:  # a pooler may lead to where nothing was prepared
                cursor.execute(sql, self._filled_in(params, values))
            else:
                self._prepare(name, sql, params)
                places = ", ".join(["%s"] * len(values))
                cursor.execute(f"EXECUTE {name}{places and f'({places})'}", self._in_order(values))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _in_order(self, values: dict[str, Any]) -> list[Any]:
        """Return the values as PostgreSQL takes them; a number of an address that no row can have stays one."""
        return [
            max(-_LARGEST, min(values[name], _LARGEST)) if isinstance(values[name], int) else values[name]
            for name in self._kinds
        ]

    def _prepare(self, name: str, sql: str, params: tuple[Any, ...]) -> None:
        """Have PostgreSQL parse and plan a statement, once in each connection."""
        prepared = self._prepared.setdefault(connection.connection, set())
        if name not in prepared:
            places = {value: AsIs(f"${n}") for n, value in enumerate(self._kinds, start=1)}
            types = ", ".join(_TYPES[kind] for kind in self._kinds.values())
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                cursor.execute(f"PREPARE {name}{types and f'({types})'} AS {sql}", self._filled_in(params, places))
            prepared.add(name)


class ComposedInstances(ComposedRows):
    """Instances found by a query that depends on a few values.

    Args:
        model: Theirs; the database gives the values of its fields as they are.
        compose: Takes a QuerySet to start from, a language, and the values by name; answers a QuerySet of instances.
        added: The names of what the query adds to each, in its order.
        kinds: The type of each value: ``int``, ``str``, ``date`` or ``datetime``.
    """

    def __init__(
        self,
        model: type[models.Model],
        compose: Callable[..., models.QuerySet],
        *,
        added: Sequence[str] = (),
        **kinds: type,
    ) -> None:
        super().__init__(compose, **kinds)
        self._model, self._added = model, added
        self._fields = [field.attname for field in model._meta.concrete_fields]

    def fetch(self, source: models.QuerySet, language: str = "", **values: Any) -> list[Any]:
        """Return the instances for these values, as ``ComposedRows.fetch`` does rows."""
        found = super().fetch(source, language, **values)
        return [one if isinstance(one, self._model) else self._instance(one) for one in found]

    def _instance(self, row: tuple[Any, ...]) -> models.Model:
        own = len(self._fields)
        instance = self._model.from_db(DEFAULT_DB_ALIAS, self._fields, row[:own])
        for name, value in zip(self._added, row[own:], strict=True):
            setattr(instance, name, value)
        return instance
