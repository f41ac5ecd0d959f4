"""Writing what runs log: metrics, params, tags. Whoever calls has asked who may and whether the values make sense.

`log` is for clients: it returns when everything is committed, and many callers share one transaction. `write` is for
those who have a transaction of their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection, transaction

from registry.errors import Conflict, NotFound, StudioError
from registry.runs import buckets, memory, newsroom, series, writer
from registry.runs.bulk import Row
from registry.runs.memory import Known
from registry.runs.models import MetricPoint, MetricSummary, Run

PARENT_TAG = "mlflow.parentRunId"
CHUNK = MetricPoint.CHUNK
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Batch:
    run: int  # pk
    metrics: Sequence[tuple[str, float, int, int]] = ()  # key, value, step, timestamp in milliseconds
    params: Sequence[tuple[str, str]] = ()
    tags: Sequence[tuple[str, str]] = ()


class ParamChanged(Conflict):
    """What a run was started with stands for good."""

    def __init__(self, key: str, old: str, new: str) -> None:
        super().__init__(
            f"The param {key} is “{old[:100]}” already and cannot become “{new[:100]}”. Start a new run for it.",
            code="param-changed",
            fields={"key": key},
        )
        self.key, self.old, self.new = key, old, new


def log(batch: Batch) -> None:
    """Write the batch and wait until it is committed. Raises `ParamChanged`, and then has written nothing of it."""
    # Within a transaction nobody else can commit for us.
    if connection.in_atomic_block:
        write(batch)
    else:
        writer.log(batch)


def run_in_writer(function: Callable[[], Result]) -> Result:
    """`function()` inside a transaction of the writer, beside what others log: it does not wait for the database's lock
    with them. What it raises comes back, and undoes what it wrote."""
    if connection.in_atomic_block:
        return function()
    return writer.run(function)


@transaction.atomic
def write(batch: Batch) -> None:
    """The same inside the caller's own transaction."""
    if refused := write_all([batch]):
        raise refused[0]


def write_all(batches: Sequence[Batch]) -> dict[int, StudioError]:
    """Write many batches at once; those that cannot be are named by their place, and nothing of them is written.

    Inside a transaction: whatever else is raised is for all of them."""
    runs = memory.runs({batch.run for batch in batches})
    refused: dict[int, StudioError] = {
        at: NotFound("There is no such run any more.") for at, batch in enumerate(batches) if batch.run not in runs
    }
    params = _new_params(batches, refused)
    if params:
        series.add_params([(run, key, value) for (run, key), value in params.items()])
    good = [batch for at, batch in enumerate(batches) if at not in refused]
    tags = {(batch.run, key): value for batch in good for key, value in batch.tags}
    if tags:
        series.set_tags([(run, key, value) for (run, key), value in tags.items()])
        for (run, key), value in tags.items():
            if key == PARENT_TAG:
                _nest(run, value)
    points: dict[tuple[int, str], set[tuple[int, int, float, bool]]] = {}
    for batch in good:
        _gather(points, batch)
    if points:
        _write_points(points, runs)
    _name_fields(runs, {"metric": points, "param": params, "tag": tags})
    return refused


def _new_params(batches: Sequence[Batch], refused: dict[int, StudioError]) -> dict[tuple[int, str], str]:
    asked = {(batch.run, key) for batch in batches for key, _ in batch.params}
    if not asked:
        return {}
    there = series.params_there(sorted(asked))
    new: dict[tuple[int, str], str] = {}
    for at, batch in enumerate(batches):
        if at in refused:
            continue
        ours: dict[tuple[int, str], str] = {}
        for key, value in batch.params:
            place = (batch.run, key)
            old = there.get(place, new.get(place, ours.get(place)))
            if old is None:
                ours[place] = value
            elif old != value:
                refused[at] = ParamChanged(key, old, value)
                break
        else:
            new |= ours
    return new


def _nest(run: int, parent: str) -> None:
    child = Run.objects.filter(pk=run)
    found = Run.objects.filter(run_id=parent, workspace__in=child.values("workspace")).values_list("pk", flat=True)
    child.update(nested_in=found.first())


def _gather(points: dict[tuple[int, str], set[tuple[int, int, float, bool]]], batch: Batch) -> None:
    run = batch.run
    for key, value, step, timestamp in batch.metrics:
        point = (step, timestamp, value, False) if value == value else (step, timestamp, 0.0, True)
        known = points.get((run, key))
        if known is None:
            points[run, key] = {point}
        else:
            known.add(point)


def _write_points(points: dict[tuple[int, str], set[tuple[int, int, float, bool]]], runs: dict[int, Known]) -> None:
    """New series are written with their summary at once; of the others the summary takes in what has come."""
    ids = memory.series(points)
    new = [place for place in points if place not in ids]
    summaries = {place: _summary(points[place]) for place in new}
    rows = [
        (run, runs[run].experiment, key, last, step, time, low, low_step, high, high_step, count)
        for (run, key), (count, last, step, time, low, low_step, high, high_step) in summaries.items()
    ]
    made = series.add(rows) if rows else {}
    ids |= made
    if len(made) < len(new):
        # Somebody else was faster; on SQLite nobody can be.
        ids |= series.known([place for place in new if place not in made])
    flat = [
        (place[0], point[0] >> CHUNK, ids[place], *point) for place, found in points.items() for point in found
    ]
    flat.sort()  # neighbours go to one page
    with transaction.atomic():
        all_new = series.add_points(flat) == len(flat)
        if not all_new:
            transaction.set_rollback(True)
    if not all_new:
        points = _without_told(points, ids, flat)
    late = [(ids[place], *_summary(found)) for place, found in points.items() if found and place not in made]
    if late:
        series.add_to_summaries(late)
    memory.keep_series({place: ids[place] for place in new})
    buckets.keep_up({ids[place]: (place[0], found) for place, found in points.items() if found})
    keys: dict[int, list[str]] = {}
    for run, key in points:
        keys.setdefault(run, []).append(key)
    newsroom.tell({runs[run]: names for run, names in keys.items()})


def _without_told(
    points: dict[tuple[int, str], set[tuple[int, int, float, bool]]], ids: dict[tuple[int, str], int], flat: list[Row]
) -> dict[tuple[int, str], set[tuple[int, int, float, bool]]]:
    """A client has told again what we have: of that nothing is counted twice."""
    told = series.points_there(flat)
    fresh = [row for row in flat if row not in told]
    if fresh:
        series.add_points(fresh)
    place_of = {pk: place for place, pk in ids.items()}
    left: dict[tuple[int, str], set[tuple[int, int, float, bool]]] = {}
    for row in fresh:
        left.setdefault(place_of[row[2]], set()).add(row[3:])
    return left


def _summary(points: set[tuple[int, int, float, bool]]) -> Row:
    """(count, last, its step, its time, minimum, its first step, maximum, its first step)"""
    if len(points) == 1:
        ((step, time, value, is_nan),) = points
        return (1, None, step, time, None, None, None, None) if is_nan else (1, value, step, time, value, step, value, step)
    step, time, value, is_nan = max(points)
    finite = [(point[2], point[0]) for point in points if not point[3]]
    if not finite:
        return len(points), None, step, time, None, None, None, None
    low, low_step = min(finite)
    high, high_step = min((-value, at) for value, at in finite)
    return len(points), None if is_nan else value, step, time, low, low_step, -high, high_step


def reuse(computed: Run, step: Run) -> None:
    """A reused step shows the metrics of the one that computed; their points stay where they are."""
    copies = list(MetricSummary.objects.filter(run=computed).order_by("id"))
    for copy in copies:
        copy.source_id = copy.source_id or copy.pk
        copy.pk, copy.run_id, copy.experiment_id = None, step.pk, step.experiment_id
        copy.shift, copy.rolled, copy.rolled_to = None, 0, None
    MetricSummary.objects.bulk_create(copies, batch_size=100)


def _name_fields(runs: dict[int, Known], told: dict[str, dict[tuple[int, str], object]]) -> None:
    named = {
        (experiment, kind, key)
        for kind, places in told.items()
        for run, key in places
        if (experiment := runs[run].experiment) is not None
    }
    if new := memory.new_fields(named):
        series.name_fields(sorted(new))
        memory.keep_fields(new)


writer.use(write_all)
