"""Runs in groups: how many have the same values, and how their metrics lie.

Mean and deviation leave out what is infinite or so large that its square is; minimum and maximum do not.
"""

import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Abs, NullIf, TruncDate

from registry.runs import listing
from registry.runs.models import MetricSummary, RunField
from registry.runs.search import conditions, orders, runs, where
from registry.runs.search.fields import Name
from registry.runs.search.tree import Compare, Not, both
from registry.runs.table import Column, Question, told

SQUARABLE = 1e150
NUMBER = re.compile(where.NUMERIC)
EMPTY_IS_NONE = ("source", "user", "experiment")
COUNTED = 100_000


def page(question: Question) -> dict[str, Any]:
    """Groups in the order asked for, else by their values; each with a filter that selects just this group."""
    last_event = listing.last_workspace_event(question.scope.workspace)
    found = _groups(question)
    rows = found[question.offset : question.offset + question.limit]
    bands = _bands(question, rows)
    groups = []
    for row in rows:
        key = _key(question, row)
        groups.append(
            {
                "values": {c.title: _shown(c, row, n) for n, c in enumerate(question.group_by)},
                "count": row["runs"],
                "metrics": {c.title: bands.get((key, c.title)) for c in _metrics(question)},
                "filter": str(both(*(_selects(c.name, row, n) for n, c in enumerate(question.group_by)))),
            }
        )
    return {
        "groups": groups,
        "total": min(len(found), COUNTED),
        "total_is_exact": len(found) <= COUNTED,
        "last_event": last_event,
    }


def _groups(question: Question) -> list[dict[str, Any]]:
    """One row per group, in order: g0, g1, … (k0 beside a metric, as it may be there and be no number) and `runs`."""
    rows: Any = runs.matching(question.scope, question.tree)
    rows = _with_values(rows, question.group_by, "pk", question.scope.user)
    means = {}
    for number, order in enumerate(question.order):
        if order.name.group == "metrics" and all(order.name != c.name for c in question.group_by):
            rows = orders.with_value(rows, f"s{number}", order.name, "pk", None)
            fits = Q(**{f"s{number}__gte": -SQUARABLE, f"s{number}__lte": SQUARABLE})
            means[f"mean{number}"] = Avg(f"s{number}", filter=fits)
    grouped = rows.values(*_names(question.group_by)).annotate(runs=Count("pk"), **means).order_by()
    found = list(grouped[: COUNTED + 1])
    # Sorted here: texts that are numbers by their size, and what has no value last, whichever way.
    for number, column in reversed(list(enumerate(question.group_by))):
        if all(column.name != order.name for order in question.order):
            _sort(found, f"g{number}", False)
    for number, order in reversed(list(enumerate(question.order))):
        at = next((n for n, c in enumerate(question.group_by) if c.name == order.name), None)
        name = f"g{at}" if at is not None else f"mean{number}"
        if at is not None or name in means:
            _sort(found, name, order.descending)
    return found


def _sort(rows: list[dict[str, Any]], name: str, descending: bool) -> None:
    there = sorted((row for row in rows if row[name] is not None), key=lambda row: _size(row[name]), reverse=descending)
    if descending:
        there.sort(key=lambda row: _size(row[name])[0])
    # A metric that is no number before one that is missing.
    absent = sorted((row for row in rows if row[name] is None), key=lambda row: row.get(f"k{name[1:]}", 0) or 0)
    rows[:] = [*there, *absent]


def _size(value: Any) -> tuple[int, Any]:
    if isinstance(value, str):
        return (0, float(value)) if NUMBER.match(value) and len(value) <= where.LONGEST_NUMBER else (1, value)
    return 0, value


def _with_values(rows: Any, group_by: Sequence[Column], run: str, user: Any) -> Any:
    for number, column in enumerate(group_by):
        name = column.name
        rows = orders.with_value(rows, f"g{number}", name, run, user) if _is_plain(name) else rows.annotate(
            **{f"g{number}": _own_value(name, "" if run == "pk" else "run__")}
        )
        if name.group == "metrics":
            rows = rows.annotate(**{f"k{number}": orders.rank_of(name, f"g{number}")})
    return rows


def _names(group_by: Sequence[Column]) -> list[str]:
    return [
        name
        for number, column in enumerate(group_by)
        for name in (f"g{number}", f"k{number}")
        if name[0] == "g" or column.name.group == "metrics"
    ]


def _is_plain(name: Name) -> bool:
    return name.group != "attributes" or not (name.key in conditions.TIMES or name.key in EMPTY_IS_NONE)


def _own_value(name: Name, to_run: str) -> Any:
    """Times are grouped by day."""
    if name.key in conditions.TIMES:
        return TruncDate(to_run + conditions.TIMES[name.key])
    return NullIf(F(to_run + conditions.TEXTS[name.key]), Value(""))


def _metrics(question: Question) -> list[Column]:
    return [c for c in question.columns if c.name.group == "metrics"]


def _bands(question: Question, rows: Sequence[dict[str, Any]]) -> dict[tuple[Any, str], dict[str, Any]]:
    """(group, column) -> mean, std, min, max of the groups on this page."""
    found: dict[tuple[Any, str], dict[str, Any]] = {}
    by_column: dict[str, dict[str, list[str]]] = {}
    for column in _metrics(question) if rows else ():
        field = conditions.metric_column(column.name.key, column.name.part)
        by_column.setdefault(field, {}).setdefault(column.name.key, []).append(column.title)
    for field, by_key in by_column.items():
        for row in _measured(question, rows, field, list(by_key)):
            for title in by_key[row["key"]]:
                found[_key(question, row), title] = _band(row)
    return found


def _measured(question: Question, rows: Sequence[dict[str, Any]], field: str, keys: list[str]) -> Any:
    matching = runs.matching(question.scope, question.tree)
    summaries: Any = MetricSummary.objects.filter(run__in=matching.values("pk"), key__in=keys)
    summaries = summaries.filter(**{f"{field}__isnull": False}).order_by()
    summaries = _with_values(summaries, question.group_by, "run_id", question.scope.user)
    summaries = _of_page(summaries, rows, len(question.group_by))
    # Of the values themselves the squares would lose the digits that count: they are taken from one value as zero.
    zeros = _zeros(question, keys, field)
    zero = Case(*(When(key=key, then=Value(value)) for key, value in zeros.items()), output_field=FloatField())
    distance = ExpressionWrapper(F(field) - zero, output_field=FloatField())
    square = ExpressionWrapper(F("distance") * F("distance"), output_field=FloatField())
    fits = Q(size__lte=SQUARABLE)
    rows = (
        summaries.annotate(size=Abs(F(field)), distance=distance)
        .values("key", *_names(question.group_by))
        .annotate(
            low=Min(field),
            high=Max(field),
            mean=Avg("distance", filter=fits),
            square=Avg(square, filter=fits),
            number=Count("pk", filter=fits),
        )
    )
    return [{**row, "zero": zeros[row["key"]]} for row in rows]


def _zeros(question: Question, keys: list[str], field: str) -> dict[str, float]:
    """Of each metric some value that it has."""
    scope = question.scope
    fields = RunField.objects.filter(kind=RunField.Kind.METRIC, key__in=keys)
    if scope.experiments is None:
        fields = fields.filter(experiment__workspace=scope.workspace)
    else:
        fields = fields.filter(experiment__in=scope.experiments)
    some = MetricSummary.objects.filter(experiment=OuterRef("experiment"), key=OuterRef("key"), **{f"{field}__isnull": False})
    known = dict(fields.order_by().annotate(some=Subquery(some.values(field)[:1])).values_list("key", "some"))
    return {key: value if value is not None and abs(value) <= SQUARABLE else 0.0 for key in keys for value in [known.get(key)]}


def _of_page(summaries: Any, rows: Sequence[dict[str, Any]], width: int) -> Any:
    """At least those of the groups on the page."""
    for number in range(width):
        values = {row[f"g{number}"] for row in rows}
        among = Q(**{f"g{number}__in": [v for v in values if v is not None]})
        if None in values:
            among |= Q(**{f"g{number}__isnull": True})
        summaries = summaries.filter(among)
    return summaries


def _band(row: dict[str, Any]) -> dict[str, Any]:
    mean = std = None
    if row["number"]:
        mean = row["zero"] + row["mean"]
        # Of the group itself, not of a population it stands for; rounding may leave a little less than nothing.
        std = math.sqrt(max(row["square"] - row["mean"] ** 2, 0.0))
    return {"mean": told(mean), "std": told(std), "min": told(row["low"]), "max": told(row["high"])}


def _key(question: Question, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _names(question.group_by))


def _shown(column: Column, row: dict[str, Any], number: int) -> Any:
    value = row[f"g{number}"]
    if column.name.group == "metrics" and row[f"k{number}"] == orders.NAN:
        return "NaN"
    if column.name.key == "starred" and column.name.group == "attributes":
        return bool(value)
    return value.isoformat() if isinstance(value, date) else told(value)


def _selects(name: Name, row: dict[str, Any], number: int) -> Any:
    """The filter of the runs that have this value."""
    value = row[f"g{number}"]
    if name.group == "metrics" and row[f"k{number}"] == orders.NAN:
        return both(Compare(Name(name.group, name.key), "IS NOT NULL", None), Not(Compare(name, ">=", -math.inf)))
    if value is None:
        return Compare(Name(name.group, name.key), "IS NULL", None)
    if isinstance(value, date):
        value = value.isoformat()
    if name.key == "starred" and name.group == "attributes":
        value = "true" if value else "false"
    return Compare(name, "=", value)
