"""Curves of metrics for charts, and their values in full.

A curve of a long series is drawn from the extremes of each column of the picture: from points where there are few, else
from buckets (`registry.runs.buckets`) with the points at both ends of the range and those not yet rolled up. Every x and
y given is that of a real point.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from registry.errors import Invalid
from registry.runs import points as table
from registry.runs import reading
from registry.runs.models import MetricSummary, Run
from registry.runs.reading import Cell, Series, Window

FEWEST, MOST = 2, 20_000
# History in the order of clocks has to be sorted; beyond this it comes in the order of steps, page by page.
SORTED = 200_000
AT_ONCE = 20_000


@dataclass(slots=True)
class Curve:
    """`count` of the points in the range, of which `not_finite` are no finite number; `exact`: all of them are here."""

    run_id: str
    key: str
    x: list[float] = field(default_factory=list)
    y: list[float | None] = field(default_factory=list)  # None: not a number
    count: int = 0
    exact: bool = True
    not_finite: int = 0


def curves(
    runs: Sequence[Run],
    keys: Sequence[str],
    *,
    x: str = "step",
    low: float | None = None,
    high: float | None = None,
    points: int = 500,
) -> list[Curve]:
    """Of every run that has the metric, in the order of runs and keys. `low` and `high` are in units of x."""
    if x not in ("step", "time", "relative") and not (x.startswith("metric:") and len(x) > 7):
        raise Invalid('`x` must be "step", "time", "relative" or "metric:<key>".', fields={"x": x[:300]})
    points = max(FEWEST, min(points, MOST))
    found = _series(runs, keys)
    begun = {run: table.first_time(run) or 0 for run in {s.run for _, _, s in found}} if x == "relative" else {}
    # Two that are asked for may show the same points: a step's, and those of its pipeline.
    windows = {s.pk: _window(s, x, low, high, begun.get(s.run, 0)) for _, _, s in found}
    read = reading.read({s.pk: s for _, _, s in found}, windows, points)
    drawn = []
    for run_id, key, series in found:
        cells, exact = read[series.pk]
        if x == "step":
            curve = _drawn(run_id, key, cells, exact, lambda step, time: step)
        elif x == "time":
            curve = _in_order(_drawn(run_id, key, cells, exact, lambda step, time: time))
        elif x == "relative":
            start = begun[series.run]
            curve = _in_order(_drawn(run_id, key, cells, exact, lambda step, time, start=start: (time - start) / 1000))
        else:
            curve = _drawn(run_id, key, cells, exact, lambda step, time: step)
        drawn.append(curve)
    return _over_metric(runs, found, drawn, x[7:], low, high) if x.startswith("metric:") else drawn


def history(run: Run, key: str, *, offset: int = 0, limit: int | None = None) -> Iterator[tuple[float, int, int]]:
    """Every (value, step, timestamp) in the order of clocks, then steps; of very long series in the order of steps."""
    for _, _, series in _series([run], [key]):
        stop = None if limit is None else offset + limit
        yield from islice(_every(series), offset, stop)


def sample(
    run: Run, key: str, *, low: int | None = None, high: int | None = None, points: int = 500
) -> Iterator[tuple[float, int, int]]:
    """(value, step, timestamp) at so many steps, evenly chosen, the first and the last among them."""
    for _, _, series in _series([run], [key]):
        first = table.FIRST if low is None else low
        last = table.LAST if high is None else high
        rows = table.of_series(series.run, series.pk, first, last) if series.count <= SORTED else _extremes(series, first, last, points)
        steps = sorted({row[0] for row in rows})
        if len(steps) > points:
            chosen = {steps[round(at * (len(steps) - 1) / max(points - 1, 1))] for at in range(points)}
            rows = [row for row in rows if row[0] in chosen]
        yield from (_told(row) for row in rows)


def _series(runs: Sequence[Run], keys: Sequence[str]) -> list[tuple[str, str, Series]]:
    """(run, key, whose points they are) of what there is."""
    by_pk = {run.pk: (at, run.run_id) for at, run in enumerate(runs)}
    places = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    own = ("pk", "run_id", "count", "shift", "rolled_to", "last_step", "last_time", "last")
    names = [*own, *(f"source__{name}" for name in own)]
    found = []
    pks = list(by_pk)
    for start in range(0, len(pks), 500):
        rows = MetricSummary.objects.filter(run__in=pks[start : start + 500])
        if len(places) <= 500:
            rows = rows.filter(key__in=list(places))
        for run, key, source, *values in rows.values_list("run", "key", "source", *names):
            if key in places:
                series = Series(*(values[len(own) :] if source else values[: len(own)]))
                found.append((by_pk[run][0], places[key], by_pk[run][1], key, series))
    found.sort(key=lambda row: row[:2])
    return [(run_id, key, series) for _, _, run_id, key, series in found]


def _window(series: Series, x: str, low: float | None, high: float | None, begun: int) -> Window:
    if x == "step":
        return Window(_at_least(low), _at_most(high))
    if x == "time":
        return Window(first_time=_at_least(low), last_time=_at_most(high))
    if x == "relative":
        return Window(
            first_time=table.FIRST if low is None else _at_least(low * 1000 + begun),
            last_time=table.LAST if high is None else _at_most(high * 1000 + begun),
        )
    return Window()


def _at_least(low: float | None) -> int:
    return table.FIRST if low is None or low <= table.FIRST else table.LAST if low >= table.LAST else math.ceil(low)


def _at_most(high: float | None) -> int:
    return table.LAST if high is None or high >= table.LAST else table.FIRST if high <= table.FIRST else math.floor(high)


def _drawn(run_id: str, key: str, cells: list[Cell], exact: bool, place: Any) -> Curve:
    curve = Curve(run_id, key, exact=exact)
    xs, ys = curve.x, curve.y
    for count, not_finite, low, low_step, low_time, high, high_step, high_time in cells:
        curve.count += count
        curve.not_finite += not_finite
        if low is None:
            xs.append(place(low_step, low_time))
            ys.append(None)
        elif low_step == high_step and low_time == high_time and low == high:
            xs.append(place(low_step, low_time))
            ys.append(low)
        elif (low_step, low_time) <= (high_step, high_time):
            xs += place(low_step, low_time), place(high_step, high_time)
            ys += low, high
        else:
            xs += place(high_step, high_time), place(low_step, low_time)
            ys += high, low
    return curve


def _in_order(curve: Curve) -> Curve:
    """Clocks need not go with steps."""
    if any(first > second for first, second in zip(curve.x, curve.x[1:], strict=False)):
        order = sorted(range(len(curve.x)), key=curve.x.__getitem__)
        curve.x = [curve.x[at] for at in order]
        curve.y = [curve.y[at] for at in order]
    return curve


def _over_metric(
    runs: Sequence[Run],
    found: list[tuple[str, str, Series]],
    drawn: list[Curve],
    key: str,
    low: float | None,
    high: float | None,
) -> list[Curve]:
    """Each point at the value that the other metric had at its step, or last before it nearby; the order is that of
    steps. Points that the other metric has no value for are left out."""
    others = {run_id: series for run_id, _, series in _series(runs, [key])}
    kept = []
    for (run_id, _, _), curve in zip(found, drawn, strict=True):
        other = others.get(run_id)
        values = reading.values_at(other, [int(step) for step in curve.x]) if other else {}
        # There is no place on an axis for what is infinite.
        pairs = [
            (x, y)
            for step, y in zip(curve.x, curve.y, strict=True)
            if (x := values.get(int(step))) is not None and math.isfinite(x)
        ]
        shown = [(x, y) for x, y in pairs if (low is None or x >= low) and (high is None or x <= high)]
        curve.exact = curve.exact and len(pairs) == len(curve.x)
        curve.x, curve.y = [x for x, _ in shown], [y for _, y in shown]
        if low is not None or high is not None:
            curve.count = max(len(shown), 0) if curve.exact else curve.count
        kept.append(curve)
    return kept


def _every(series: Series) -> Iterator[tuple[float, int, int]]:
    if series.count <= SORTED:
        rows = table.of_series(series.run, series.pk)
        rows.sort(key=lambda row: (row[1], row[0], row[2], row[3]))
        yield from (_told(row) for row in rows)
        return
    after = None
    while page := table.page(series.run, series.pk, after, AT_ONCE):
        yield from (_told(row) for row in page)
        after = page[-1]


def _extremes(series: Series, low: int, high: int, points: int) -> list[tuple[int, int, float, bool]]:
    cells, _ = reading.read({series.pk: series}, {series.pk: Window(low, high)}, points)[series.pk]
    rows = []
    for _, _, least, least_step, least_time, most, most_step, most_time in cells:
        if least is not None:
            rows += [(least_step, least_time, least, False), (most_step, most_time, most, False)]
    return sorted(set(rows))


def _told(row: tuple[int, int, float, bool]) -> tuple[float, int, int]:
    return (math.nan if row[3] else row[2]), row[0], row[1]
