"""Lists that are narrowed down by facets, each value with how many rows it has. Source: LIB-08."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, F, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable, Func
from django.db.models.functions import Cast, Coalesce
from django.utils import translation

from accounts.models import RegionalGroup
from forum.queries.columns import translated

Counts = Callable[[Any], QuerySet[Any]]
"""Takes rows and answers others: each ``value``, what it is ``called``, how many ``rows`` have it."""


def shown_language() -> str:
    """Return the code of the language that names are shown in."""
    return translation.get_language() or "en"


@dataclass(frozen=True)
class Facet:
    """One way to narrow a list down.

    Args:
        label: What it is called.
        condition: What a row that has a value answers to.
        counts: How many rows have each value.
        names: Takes a value and answers what it is called, where it is no row of a table.
        table: Whose rows the values are, where they are.
        is_open: Whether its values show without being asked for.
        is_falling: Whether its values stand by their names from the last to the first, and not by their numbers.
    """

    label: Any
    condition: Callable[[Any], Q]
    counts: Counts
    names: Callable[[str], str] | None = None
    table: type[Model] | None = None
    is_open: bool = False
    is_falling: bool = False


# --- Counting ---------------------------------------------------------------------------------------


def nothing() -> Value:
    """Return what a value is called that is no row of a table."""
    return Value("", output_field=TextField())


def grouped(rows: QuerySet[Any], key: str | Combinable, label: Combinable) -> QuerySet[Any]:
    """Count rows by a column or an expression.

    Args:
        rows: Which ones.
        key: What they are counted by.
        label: What a value is called.
    """
    keyed: QuerySet[Any] = (
        rows.order_by().annotate(value=Cast(key, TextField()), called=label).values("value", "called")
    )
    counted: QuerySet[Any] = keyed.annotate(rows=Count("pk"))
    return counted


def by_column(name: str) -> Counts:
    """Count by a column that is empty where nothing is said."""
    return lambda rows: grouped(rows.exclude(**{name: ""}), name, nothing())


def by_array(name: str) -> Counts:
    """Count by each of the values that a column holds at once."""
    return lambda rows: grouped(rows, Func(F(name), function="unnest", output_field=TextField()), nothing())


def by_row(name: str) -> Counts:
    """Count by the row that is referred to, if any."""
    return lambda rows: grouped(
        rows.filter(**{f"{name}__isnull": False}), name, translated(f"{name}__name", shown_language())
    )


def by_group(of_group: Callable[[Any], Q]) -> Counts:
    """Count by regional group, where more than one reference makes a row one of a group."""

    def counts(rows: QuerySet[Any]) -> QuerySet[Any]:
        of_this = rows.order_by().filter(of_group(OuterRef(OuterRef("pk")))).annotate(all=Value(1)).values("all")
        counted = Coalesce(Subquery(of_this.annotate(count=Count("pk")).values("count")), 0)
        # Not by the manager, whose queries put the columns into another order.
        groups: QuerySet[Any] = QuerySet(RegionalGroup).annotate(
            value=Cast("pk", TextField()), called=translated("name", shown_language()), rows=counted
        )
        return groups.order_by().filter(rows__gt=0)

    return counts


def names_of(choices: Any) -> Callable[[str], str]:
    """Return what takes a value of ``choices`` and answers its label."""
    labels = dict(choices.choices)
    return lambda key: str(labels.get(key, key))


# --- What is looked for -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Narrowing:
    """Which rows somebody looks for.

    Args:
        facets: A value by the name of each facet that narrows the list down.
        words: What the text has to hold, as search reads them.
    """

    facets: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.facets or self.words)

    @property
    def asked(self) -> dict[str, Any]:
        """All of it by the names that an address has for it."""
        return {**self.facets, "q": self.words}

    def query(self, **changes: Any) -> str:
        """Return the list as an address carries it.

        Args:
            changes: Other values by name; None takes one away.
        """
        asked = self.asked | changes
        return urlencode({name: value for name, value in asked.items() if value not in {None, ""}})

    @property
    def without_words(self) -> str:
        return self.query(q=None)


# --- What is shown ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """A value of a facet.

    Args:
        label: What it is called.
        number: How many rows have it, of those that the other facets leave.
        is_chosen: Whether the list is narrowed down to it.
        query: The address's query that chooses it; of the one chosen, that lets it go.
    """

    label: str
    number: int
    is_chosen: bool
    query: str


@dataclass(frozen=True)
class FacetList:
    """A facet with its values, those that most rows have first.

    Args:
        name: Its name in addresses.
        label: What it is called.
        options: At least one.
        is_open: Whether its values show without being asked for.
    """

    name: str
    label: str
    options: Sequence[Option]
    is_open: bool

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.is_chosen), None)


class Chip(NamedTuple):
    """One thing that a list is narrowed down to, with the address's query that lets it go."""

    facet: str
    label: str
    query: str


def facet_lists(
    facets: Mapping[str, Facet], wanted: Narrowing, found: Callable[[str], QuerySet[Any]]
) -> tuple[int, list[FacetList]]:
    """Count the rows and the values of every facet in one statement.

    Args:
        facets: By name.
        wanted: What is looked for.
        found: Takes the name of a facet, or nothing, and answers the rows that are left whatever that facet asks.
    """
    parts = [("", grouped(found(""), nothing(), nothing()))]
    for name, facet in facets.items():
        parts.append((name, facet.counts(found(name))))
        if name in wanted.facets and facet.table:
            parts.append((name, _chosen(facet.table, wanted.facets[name])))
    first, *others = (
        rows.values_list(Value(name, output_field=TextField()), "value", "called", "rows") for name, rows in parts
    )
    counted: dict[str, dict[str, tuple[str, int]]] = {name: {} for name, _rows in parts}
    for name, value, called, number in first.union(*others, all=True):
        _called, known = counted[name].get(value, ("", 0))
        counted[name][value] = called, max(number, known)
    _called, total = counted[""].get("", ("", 0))
    lists = [_facet_list(name, facet, wanted, counted[name]) for name, facet in facets.items()]
    return total, [facet for facet in lists if facet.options]


def _chosen(table: type[Model], pk: int) -> QuerySet[Any]:
    """Return what is chosen, to be shown though no row has it."""
    none = Value(0, output_field=IntegerField())
    rows: QuerySet[Any] = QuerySet(table).annotate(
        value=Cast("pk", TextField()), called=translated("name", shown_language()), rows=none
    )
    return rows.order_by().filter(pk=pk)


def _facet_list(name: str, facet: Facet, wanted: Narrowing, counted: Mapping[str, tuple[str, int]]) -> FacetList:
    chosen = str(wanted.facets.get(name, ""))
    if facet.names and chosen:
        counted = {chosen: ("", 0), **counted}
    options = []
    for value, (called, number) in counted.items():
        is_chosen = value == chosen
        query = wanted.query(**{name: None if is_chosen else value})
        options.append(Option(facet.names(value) if facet.names else called, number, is_chosen, query))
    if facet.is_falling:
        options.sort(key=lambda option: option.label, reverse=True)
    else:
        options.sort(key=lambda option: (-option.number, option.label))
    is_open = facet.is_open or any(option.is_chosen for option in options)
    return FacetList(name, str(facet.label), options, is_open)


def chips(facets: Mapping[str, Facet], wanted: Narrowing, lists: Sequence[FacetList]) -> list[Chip]:
    """Return what a list is narrowed down to, each to be let go.

    Args:
        facets: By name.
        wanted: What is looked for.
        lists: As ``facet_lists`` has counted them.
    """
    shown = {facet.name: facet.chosen for facet in lists}
    labels = {name: chosen.label if (chosen := shown.get(name)) else "?" for name in wanted.facets}
    return [Chip(str(facets[name].label), label, wanted.query(**{name: None})) for name, label in labels.items()]
