"""From series to the columns of a picture: which level of buckets, which points, and what of them each column keeps."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from registry.runs import buckets
from registry.runs import points as table
from registry.runs.bulk import Row, fetch
from registry.runs.models import MetricPoint

# Where even the finest buckets are coarse for what is asked, as many points are read one by one.
MOST_READ = 300_000

# (count, not finite, minimum, its step, its time, maximum, its step, its time); of not-a-number alone the minimum is
# None and its step and time are those of the first of them.
Cell = tuple[int, int, float | None, int, int, float | None, int, int]


class Series(NamedTuple):
    pk: int
    run: int
    count: int
    shift: int | None
    rolled_to: int | None
    last_step: int
    last_time: int
    last: float | None


class Window(NamedTuple):
    """What part of a series is asked for."""

    low: int = table.FIRST
    high: int = table.LAST
    first_time: int = table.FIRST
    last_time: int = table.LAST

    def is_timed(self) -> bool:
        return self.first_time > table.FIRST or self.last_time < table.LAST


class Level(NamedTuple):
    """Buckets `first` to `last` of a width; the two at the ends may reach out of the window."""

    shift: int
    first: int
    last: int
    buckets: int
    points: int


def read(
    series: Mapping[int, Series], windows: Mapping[int, Window], columns: int
) -> dict[int, tuple[list[Cell], bool]]:
    """Of each series the cells of its window in the order of steps, and whether they are all of its points."""
    levels = _levels([s for s in series.values() if s.shift is not None], windows, columns)
    whole = [s for s in series.values() if s.pk not in levels]
    cells: dict[int, tuple[list[Cell], bool]] = {}
    for pk, rows in _points(whole, windows).items():
        found = [_cell(row) for row in rows]
        enough = len(found) <= 2 * columns
        cells[pk] = (found if enough else _reduced(found, columns), enough)
    if levels:
        parts = _from_buckets({pk: series[pk] for pk in levels}, levels, windows)
        for pk, found in parts.items():
            cells[pk] = (found if len(found) <= 2 * columns else _reduced(found, columns), False)
    return cells


def values_at(series: Series, steps: Sequence[int]) -> dict[int, float | None]:
    """The value of a metric at these steps; where it has none, the last one before, if that is nearby."""
    asked = [(step, step >> MetricPoint.CHUNK) for step in dict.fromkeys(steps)]
    if not asked:
        return {}
    found = fetch(
        (("step", "bigint"), ("chunk", "bigint")),
        "SELECT v.step, (SELECT CASE WHEN p.is_nan THEN NULL ELSE p.value END FROM runs_metricpoint p "
        "WHERE p.run_id = %s AND p.chunk = v.chunk AND p.series_id = %s AND p.step <= v.step "
        "ORDER BY p.step DESC, p.timestamp DESC, p.value DESC, p.is_nan DESC LIMIT 1) FROM v",
        asked,
        series.run,
        series.pk,
    )
    return dict(found)


def _levels(series: list[Series], windows: Mapping[int, Window], columns: int) -> dict[int, Level]:
    """For each series the coarsest level with a bucket for every column; absent where its points are to be read."""
    chosen: dict[int, Level] = {}
    left = {s.pk: s for s in series}
    # The finest level may have many buckets: it is counted only where the others do not do.
    for heights in (range(buckets.LEVELS - 1, 0, -1), range(1)):
        if not left:
            break
        counted = _counted(list(left.values()), windows, [buckets.STEP * height for height in heights])
        for pk in list(left):
            known = counted.get(pk, [])
            level = next((level for level in known if level.buckets >= columns), None)
            if level is None and 0 in heights:
                # Coarse for the wish, but better than a million points.
                level = known[-1] if known and (known[-1].buckets * 3 >= columns or known[-1].points > MOST_READ) else None
            if level is not None:
                if level.points > 2 * columns:
                    chosen[pk] = level
                del left[pk]
    return chosen


def _counted(series: list[Series], windows: Mapping[int, Window], heights: list[int]) -> dict[int, list[Level]]:
    rows = []
    for s in series:
        window = windows[s.pk]
        for height in heights:
            shift = (s.shift or 0) + height
            rows.append((s.pk, shift, window.low >> shift, window.high >> shift, window.first_time, window.last_time))
    found = fetch(
        (("id", "bigint"), ("shift", "smallint"), ("low", "bigint"), ("high", "bigint"), ("early", "bigint"), ("late", "bigint")),
        "SELECT v.id, v.shift, min(b.bucket), max(b.bucket), count(*), sum(b.count) FROM v "
        "JOIN runs_metricbucket b ON b.series_id = v.id AND b.shift = v.shift AND b.bucket BETWEEN v.low AND v.high "
        "AND b.latest >= v.early AND b.earliest <= v.late GROUP BY v.id, v.shift ORDER BY v.id, v.shift DESC",
        rows,
    )
    levels: dict[int, list[Level]] = {}
    for pk, *level in found:
        levels.setdefault(pk, []).append(Level(*(int(value) for value in level)))
    return levels


def _points(series: list[Series], windows: Mapping[int, Window]) -> dict[int, list[Row]]:
    """(step, timestamp, value, is_nan) of whole series, those of one run and window together."""
    together: dict[tuple[int, Window], list[int]] = {}
    for s in series:
        together.setdefault((s.run, windows[s.pk]), []).append(s.pk)
    found: dict[int, list[Row]] = {s.pk: [] for s in series}
    for (run, window), pks in together.items():
        for start in range(0, len(pks), 500):
            for pk, *row in table.of_many(run, pks[start : start + 500], window.low, window.high):
                if window.first_time <= row[1] <= window.last_time:
                    found[pk].append(tuple(row))
    return found


def _from_buckets(
    series: Mapping[int, Series], levels: Mapping[int, Level], windows: Mapping[int, Window]
) -> dict[int, list[Cell]]:
    """The buckets that lie within the window; where it cuts through one, and after the last, the points."""
    inner: dict[int, tuple[int, int]] = {}
    ends: list[tuple[Series, int, int]] = []
    for pk, level in levels.items():
        window, first, last = windows[pk], level.first, level.last
        timed = window.is_timed()
        if timed and window.first_time > table.FIRST or window.low > first << level.shift:
            ends.append((series[pk], max(window.low, first << level.shift), min(window.high, ((first + 1) << level.shift) - 1)))
            first += 1
        if last >= first and (timed and window.last_time < table.LAST or window.high < ((last + 1) << level.shift) - 1):
            ends.append((series[pk], max(window.low, last << level.shift), min(window.high, ((last + 1) << level.shift) - 1)))
            last -= 1
        inner[pk] = (first, last)
    found: dict[int, list[Cell]] = {pk: [] for pk in levels}
    rows = [(pk, levels[pk].shift, first, last) for pk, (first, last) in inner.items() if first <= last]
    for pk, *bucket in fetch(_INNER, _BUCKETS, rows):
        # Of nothing but not-a-number: where it begins.
        if bucket[2] is None:
            bucket[3], bucket[4] = bucket[8] << levels[pk].shift, bucket[9]
        found[pk].append(tuple(bucket[:8]))  # type: ignore[arg-type]
    together: dict[tuple[int, int, int], list[int]] = {}
    for s, low, high in ends:
        # What is rolled up of these steps, and what is not.
        together.setdefault((s.run, low, min(high, (s.rolled_to or 0) - 1)), []).append(s.pk)
    for pk, s in series.items():
        window = windows[pk]
        together.setdefault((s.run, max(window.low, s.rolled_to or 0), window.high), []).append(pk)
    for (run, low, high), pks in together.items():
        if low > high:
            continue
        for pk, *row in table.of_many(run, list(dict.fromkeys(pks)), low, high):
            if windows[pk].first_time <= row[1] <= windows[pk].last_time:
                found[pk].append(_cell(row))
    for cells in found.values():
        cells.sort(key=_first_step)
    return found


_INNER = (("id", "bigint"), ("shift", "smallint"), ("low", "bigint"), ("high", "bigint"))
_BUCKETS = (
    "SELECT b.series_id, b.count, b.not_finite, b.minimum, b.minimum_step, b.minimum_time, b.maximum, b.maximum_step, "
    "b.maximum_time, b.bucket, b.earliest FROM v JOIN runs_metricbucket b ON b.series_id = v.id AND b.shift = v.shift "
    "AND b.bucket BETWEEN v.low AND v.high"
)


def _cell(row: Sequence[Any]) -> Cell:
    step, time, value, is_nan = row
    if is_nan:
        return 1, 1, None, step, time, None, step, time
    return 1, 0 if value - value == 0 else 1, value, step, time, value, step, time


def _first_step(cell: Cell) -> tuple[int, int]:
    return (cell[3], cell[4]) if cell[2] is None else min((cell[3], cell[4]), (cell[6], cell[7]))


def _reduced(cells: list[Cell], columns: int) -> list[Cell]:
    """The first and the last as they are, and columns between them: of equal width in steps, or, where those would leave
    most of the picture empty, of equal number."""
    return [cells[0], *_columns(cells[1:-1], columns), cells[-1]]


def _columns(cells: list[Cell], columns: int) -> list[Cell]:
    first, last = _first_step(cells[0])[0], _first_step(cells[-1])[0]
    span = last - first + 1
    by_step = [(_first_step(cell)[0] - first) * columns // span for cell in cells]
    if len(set(by_step)) * 2 < columns:
        by_step = [at * columns // len(cells) for at in range(len(cells))]
    found: list[Cell] = []
    place = -1
    for at, cell in zip(by_step, cells, strict=True):
        if at != place:
            place = at
            found.append(cell)
            continue
        count, bad, low, low_step, low_time, high, high_step, high_time = found[-1]
        count, bad = count + cell[0], bad + cell[1]
        if cell[2] is not None:
            if low is None or cell[2] < low:
                low, low_step, low_time = cell[2:5]
            if high is None or (cell[5] is not None and cell[5] > high):
                high, high_step, high_time = cell[5:8]
        found[-1] = (count, bad, low, low_step, low_time, high, high_step, high_time)
    return found
