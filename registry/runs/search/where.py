"""Trees as conditions of the database. Every condition made here is true or false, never unknown, so that NOT may be put
before it."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    FloatField,
    Func,
    Lookup,
    Model,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, LessThan, LessThanOrEqual

from registry.runs.search import times
from registry.runs.search.tree import And, Compare, Not, Tree

LOOKUPS = {"=": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
# What counts as a number in a text: as JSON writes them, with an exponent that any database can hold.
NUMERIC = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$"
LONGEST_NUMBER = 80


def all_of(tree: Tree | None, one: Callable[[Compare], Q]) -> Q:
    """The tree as one condition; `one` says what a single comparison means."""
    if tree is None:
        return Q()
    if isinstance(tree, Compare):
        return one(tree)
    if isinstance(tree, Not):
        return ~all_of(tree.part, one)
    joined = Q()
    for part in tree.parts:
        inner = all_of(part, one)
        joined = joined & inner if isinstance(tree, And) else joined | inner
    return joined


class _Pattern(Lookup):  # type: ignore[type-arg]
    """LIKE with one meaning on both databases: % any text, _ any character, nothing can be escaped."""

    prepare_rhs = False
    postgresql = ""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Sequence[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        if connection.vendor == "sqlite":
            return f"{lhs} GLOB %s", [*params, self.glob(str(self.rhs))]
        return f"{lhs} {self.postgresql} %s ESCAPE ''", [*params, self.rhs]

    def glob(self, pattern: str) -> str:
        raise NotImplementedError


class Like(_Pattern):
    lookup_name = "atelier_like"
    postgresql = "LIKE"

    def glob(self, pattern: str) -> str:
        return "".join(_GLOB.get(char, char) for char in pattern)


class ILike(_Pattern):
    """SQLite's own LIKE knows case in ASCII only."""

    lookup_name = "atelier_ilike"
    postgresql = "ILIKE"

    def glob(self, pattern: str) -> str:
        return "".join(_GLOB.get(char) or _either_case(char) for char in pattern)


_GLOB = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}


def _either_case(char: str) -> str:
    cases = {c for c in (char, char.lower(), char.upper()) if len(c) == 1}
    return f"[{''.join(sorted(cases))}]" if len(cases) > 1 else char


def pattern(operator: str, text: str) -> re.Pattern[str]:
    """The same in Python."""
    if operator == "RLIKE":
        return re.compile(text)
    parts = {"%": ".*", "_": "."}
    joined = "".join(parts.get(char) or re.escape(char) for char in text)
    return re.compile(rf"\A{joined}\Z", re.DOTALL | (re.IGNORECASE if operator == "ILIKE" else 0))


def text(column: str, c: Compare) -> Q:
    """A column of text; empty and null are both "no value" to IS NULL."""
    if c.operator == "IS NULL":
        return Q(**{f"{column}__isnull": True}) | Q(**{column: ""})
    there = Q(**{f"{column}__isnull": False})
    if c.operator == "IS NOT NULL":
        return there & ~Q(**{column: ""})
    if c.operator in ("LIKE", "ILIKE"):
        return there & Q((Like if c.operator == "LIKE" else ILike)(F(column), c.value))
    if c.operator == "RLIKE":
        return there & Q(**{f"{column}__regex": c.value})
    if c.operator in ("IN", "NOT IN"):
        among = Q(**{f"{column}__in": [str(value) for value in _values(c)]})
        return among if c.operator == "IN" else there & ~among
    if c.operator == "!=":
        return there & ~Q(**{column: c.value})
    return Q(**{f"{column}__{LOOKUPS[c.operator]}": c.value})


def text_of(expression: Any, c: Compare) -> Q:
    """The same of an expression that is never null."""
    if c.operator in ("LIKE", "ILIKE"):
        return Q((Like if c.operator == "LIKE" else ILike)(expression, c.value))
    among = Q(In(expression, [str(value) for value in _values(c)]))
    return among if c.operator in ("=", "IN") else ~among


def number(column: str, c: Compare) -> Q:
    """A column of numbers."""
    if c.operator in ("IS NULL", "IS NOT NULL"):
        return Q(**{f"{column}__isnull": c.operator == "IS NULL"})
    there = Q(**{f"{column}__isnull": False})
    if c.operator in ("IN", "NOT IN"):
        among = Q(**{f"{column}__in": list(_values(c))})
        return there & (among if c.operator == "IN" else ~among)
    if c.operator == "!=":
        return there & ~Q(**{column: c.value})
    return there & Q(**{f"{column}__{LOOKUPS[c.operator]}": c.value})


def moment(column: str, c: Compare) -> Q:
    """A column of times, compared with milliseconds or with a stretch such as a day: later than a day is after its end."""
    if c.operator in ("IS NULL", "IS NOT NULL"):
        return Q(**{f"{column}__isnull": c.operator == "IS NULL"})
    there = Q(**{f"{column}__isnull": False})
    start, end = stretch(c.value)
    if c.operator in ("<", "<="):
        return there & Q(**{f"{column}__lt": start if c.operator == "<" else end})
    if c.operator in (">", ">="):
        return there & Q(**{f"{column}__gte": end if c.operator == ">" else start})
    within = Q(**{f"{column}__gte": start, f"{column}__lt": end})
    return there & (within if c.operator == "=" else ~within)


def stretch(value: Any) -> tuple[datetime, datetime]:
    """[from, to) of what stands in a filter."""
    if isinstance(value, str):
        return times.span(value) or (times.EARLIEST, times.EARLIEST)
    if isinstance(value, float) and not value.is_integer():
        # Between two milliseconds: equal to none of them.
        value = value if math.isinf(value) else math.floor(value) + 1
        start = times.of_milliseconds(value)
        return start, start
    start = times.of_milliseconds(value)
    return start, start + timedelta(milliseconds=1)


def words(column: str, c: Compare, known: Mapping[str, Sequence[Any]]) -> Q:
    """A column with few known values, asked for by words: each word stands for some of them."""
    if c.operator in ("IS NULL", "IS NOT NULL"):
        return text(column, c)
    found = {value for word, values in known.items() if matches(word, c) for value in values}
    if c.operator == "!=":
        unwanted = {value for word, values in known.items() if word == c.value for value in values}
        found -= unwanted
    return Q(**{f"{column}__in": sorted(found)})


def matches(given: str, c: Compare) -> bool:
    """Whether a text fulfils a comparison."""
    if c.operator in ("LIKE", "ILIKE", "RLIKE"):
        return pattern(c.operator, str(c.value)).search(given) is not None
    if c.operator in ("IN", "NOT IN"):
        return (given in _values(c)) == (c.operator == "IN")
    return (given == c.value) == (c.operator == "=")


def related(model: type[Model], owner: str, c: Compare, *, value: str = "value", among: Q | None = None) -> Q:
    """That the record has a row of that key whose value compares so, such as a tag. Numbers compare as numbers."""
    rows = model._default_manager.filter(**{owner: OuterRef("pk"), "key": c.name.key})
    if among is not None:
        rows = rows.filter(among)
    if c.operator in ("IS NULL", "IS NOT NULL"):
        return Q(~Exists(rows)) if c.operator == "IS NULL" else Q(Exists(rows))
    return Q(Exists(rows.filter(value_of(value, c))))


def value_of(column: str, c: Compare) -> Q:
    """A value kept as text, compared as text or, with a number, as a number. What is no number differs from all."""
    if isinstance(c.value, tuple):
        numbers = [float(v) for v in c.value if not isinstance(v, str)]
        found = Q(**{f"{column}__in": [v for v in c.value if isinstance(v, str)]})
        if numbers:
            found |= Q(_compared(column, In, numbers))
        return found if c.operator == "IN" else ~found
    if isinstance(c.value, str):
        return text(column, c)
    if c.operator == "!=":
        return ~Q(_compared(column, Exact, c.value))
    return Q(_compared(column, COMPARED[c.operator], c.value))


def as_number(column: str) -> "AsNumber":
    """Null where the text is no number."""
    return AsNumber(F(column))


class AsNumber(Func):
    """The number that a text is. The text is named once, as it may be a query of its own."""

    output_field = FloatField(null=True)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # In the words of SQLite itself: a regular expression would call Python for every row.
        template = (
            "(SELECT CASE WHEN t.v NOT GLOB '*[^0-9.eE+-]*' AND t.v NOT GLOB '*[eE]*[0-9][0-9][0-9]' AND "
            f"length(t.v) <= {LONGEST_NUMBER} AND json_valid(t.v) THEN CAST(t.v AS REAL) END FROM (SELECT %(expressions)s AS v) t)"
        )
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = (
            f"(SELECT CASE WHEN t.v ~ '{NUMERIC}' AND length(t.v) <= {LONGEST_NUMBER} THEN t.v::double precision END "
            "FROM (SELECT (%(expressions)s)::text AS v) t)"
        )
        return self.as_sql(compiler, connection, template=template, **context)


COMPARED = {"=": Exact, "<": LessThan, "<=": LessThanOrEqual, ">": GreaterThan, ">=": GreaterThanOrEqual}


def _compared(column: str, lookup: type[Lookup], value: Any) -> Any:  # type: ignore[type-arg]
    """Never unknown: what is no number compares with none."""
    value = value if isinstance(value, list) else float(value)
    return Case(When(lookup(as_number(column), value), then=Value(True)), default=Value(False), output_field=BooleanField())


def _values(c: Compare) -> tuple[Any, ...]:
    return c.value if isinstance(c.value, tuple) else (c.value,)
