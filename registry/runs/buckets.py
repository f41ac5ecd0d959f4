"""Extremes of long series per stretch of steps, at several widths, so that a picture of a million points reads a few
thousand rows and hides no peak.

A series is rolled up when some hundred points have gathered: to write to its buckets with every point would touch as
many places again. Points of steps below `rolled_to` are in buckets (one that comes later is merged at once), the others
are few and are read as they are.
"""

import math
from collections.abc import Collection, Iterable, Mapping

from registry.runs import points as table
from registry.runs.bulk import Row, execute, fetch

LONG = 1024  # points from which on a series has buckets
GATHERED = 512  # points that are rolled up together
PER_BUCKET = 16  # points in one of the finest buckets, as the series looked when it became long
STEP = 4  # a bucket of one level has sixteen of the level below
LEVELS = 5  # sixteen to a million points
MOST_SHIFT = 62 - STEP * (LEVELS - 1)
# Series that are logged together become due together: one batch does not wait for a thousand of them.
MOST_AT_ONCE = 16_384

_DUE = """
    SELECT s.id, s.shift, s.rolled_to, s.count - s.rolled FROM v JOIN runs_metricsummary s ON s.id = v.id
    WHERE v.low < s.rolled_to OR s.count - s.rolled >= CASE WHEN s.shift IS NULL THEN %s ELSE %s END ORDER BY s.id
"""
_BUCKET = (
    ("series_id", "bigint"), ("shift", "smallint"), ("bucket", "bigint"), ("count", "bigint"), ("not_finite", "bigint"),
    ("minimum", "float8"), ("minimum_step", "bigint"), ("minimum_time", "bigint"),
    ("maximum", "float8"), ("maximum_step", "bigint"), ("maximum_time", "bigint"),
    ("earliest", "bigint"), ("latest", "bigint"),
)  # fmt: skip
_NAMES = ", ".join(name for name, _ in _BUCKET)


def _extreme(name: str, sign: str) -> str:
    better = (
        f"b.{name} IS NULL OR excluded.{name} {sign} b.{name} "
        f"OR (excluded.{name} = b.{name} AND excluded.{name}_step < b.{name}_step)"
    )
    names = (name, f"{name}_step", f"{name}_time")
    return ", ".join(f"{n} = CASE WHEN {better} THEN excluded.{n} ELSE b.{n} END" for n in names)


_MERGE = (
    f"INSERT INTO runs_metricbucket AS b ({_NAMES}) SELECT {_NAMES} FROM v WHERE series_id IS NOT NULL "
    "ON CONFLICT (series_id, shift, bucket) DO UPDATE SET count = b.count + excluded.count, "
    f"not_finite = b.not_finite + excluded.not_finite, {_extreme('minimum', '<')}, {_extreme('maximum', '>')}, "
    "earliest = CASE WHEN excluded.earliest < b.earliest THEN excluded.earliest ELSE b.earliest END, "
    "latest = CASE WHEN excluded.latest > b.latest THEN excluded.latest ELSE b.latest END"
)
_ROLLED = (("id", "bigint"), ("shift", "smallint"), ("n", "bigint"), ("rolled_to", "bigint"))
_NOTE = (
    "UPDATE runs_metricsummary AS s SET shift = v.shift, rolled = s.rolled + v.n, rolled_to = v.rolled_to "
    "FROM v WHERE s.id = v.id"
)

Point = tuple[int, int, float, bool]  # step, timestamp, value, is_nan


def keep_up(written: Mapping[int, tuple[int, Collection[Point]]]) -> None:
    """After points were written, given as series -> (run, points): roll up what has gathered, merge what came late."""
    if not written:
        return
    columns = (("id", "bigint"), ("low", "bigint"))
    lows = [
        (series, next(iter(points))[0] if len(points) == 1 else min(points)[0]) for series, (_, points) in written.items()
    ]
    merged: list[Row] = []
    notes: list[Row] = []
    room = MOST_AT_ONCE
    for series, shift, rolled_to, waiting in fetch(columns, _DUE, lows, LONG, GATHERED):
        run, points = written[series]
        late = [point for point in points if rolled_to is not None and point[0] < rolled_to]
        found: list[Point] = late
        if waiting - len(late) >= (LONG if shift is None else GATHERED) and room > 0:
            gathered = table.of_series(run, series, table.FIRST if rolled_to is None else rolled_to)
            room -= len(gathered)
            found = late + gathered
            if shift is None:
                shift = _shift(gathered)
            # The greatest number there is has none above it: such a point stays by itself.
            rolled_to = min(gathered[-1][0] + 1, table.LAST)
            found = [point for point in found if point[0] < rolled_to]
        if found:
            merged += _buckets(series, shift, found)
            notes.append((series, shift, len(found), rolled_to))
    if merged:
        execute(_BUCKET, _MERGE, merged)
        execute(_ROLLED, _NOTE, notes)


def levels(shift: int) -> list[int]:
    """The widths that are kept, finest first."""
    return [shift + STEP * level for level in range(LEVELS)]


def _shift(points: list[Row]) -> int:
    stride = max((points[-1][0] - points[0][0]) / len(points), 1.0)
    return max(0, min(MOST_SHIFT, round(math.log2(stride * PER_BUCKET))))


def _buckets(series: int, shift: int, points: Iterable[Point]) -> list[Row]:
    """Of all levels; each level from the one below."""
    found: dict[int, list] = {}  # type: ignore[type-arg]
    for step, time, value, is_nan in points:
        known = found.get(step >> shift)
        if known is None:
            known = found[step >> shift] = [0, 0, None, None, None, None, None, None, time, time]
        known[0] += 1
        if time < known[8]:
            known[8] = time
        elif time > known[9]:
            known[9] = time
        if is_nan:
            known[1] += 1
            continue
        if value - value != 0:  # infinite
            known[1] += 1
        if known[2] is None or (value, step, time) < (known[2], known[3], known[4]):
            known[2:5] = value, step, time
        if known[5] is None or (-value, step, time) < (-known[5], known[6], known[7]):
            known[5:8] = value, step, time
    rows: list[Row] = []
    for width in levels(shift):
        rows += [(series, width, bucket, *known) for bucket, known in found.items()]
        wider: dict[int, list] = {}  # type: ignore[type-arg]
        for bucket, known in found.items():
            above = wider.get(bucket >> STEP)
            if above is None:
                wider[bucket >> STEP] = list(known)
            else:
                _take_in(above, known)
        found = wider
    return rows


def _take_in(above: list, known: list) -> None:  # type: ignore[type-arg]
    above[0] += known[0]
    above[1] += known[1]
    if known[2] is not None:
        if above[2] is None or (known[2], known[3]) < (above[2], above[3]):
            above[2:5] = known[2:5]
        if above[5] is None or (-known[5], known[6]) < (-above[5], above[6]):
            above[5:8] = known[5:8]
    above[8] = min(above[8], known[8])
    above[9] = max(above[9], known[9])
