"""Every value of a metric, for an answer that may hold a million of them: kept as columns of numbers and written as JSON
piece by piece, so that it costs little more memory than the answer itself."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from registry.mlflow_api.validation import number_out
from registry.runs import points
from registry.runs.models import MetricSummary, Run

AT_ONCE = 20_000


class Values:
    """In the order in which they are told."""

    def __init__(self, metric: str) -> None:
        self.metric = metric
        self.steps, self.times, self.values = array("q"), array("q"), array("d")

    def __len__(self) -> int:
        return len(self.steps)

    def add(self, rows: Iterable[tuple[int, int, float, bool]]) -> None:
        for step, time, value, is_nan in rows:
            self.steps.append(step)
            self.times.append(time)
            self.values.append(float("nan") if is_nan else value)

    def as_json(self, start: int, end: int, run_id: str = "") -> bytes:
        """Those from `start` to before `end`, as a list without its brackets."""
        end, parts = min(end, len(self)), []
        for first in range(start, end, AT_ONCE):
            part = [self._metric(at, run_id) for at in range(first, min(first + AT_ONCE, end))]
            parts.append(orjson.dumps(part)[1:-1])
        return b",".join(parts)

    def some(self, most: int) -> "Values":
        """The first of each of so many equal stretches, and the last of all."""
        count = len(self)
        if count <= most:
            return self
        small, larger = divmod(count, most)
        wanted = [index * small + min(index, larger) for index in range(most)]
        wanted[-1] = count - 1
        return self._chosen(wanted)

    def by_clock(self) -> "Values":
        """By time, then by step and value. Mostly they lie so already."""
        steps, times, values = self.steps, self.times, self.values
        if all(times[at] <= times[at + 1] for at in range(len(times) - 1)):
            return self
        # Not-a-number has its place where the 0 would stand that it is kept as.
        return self._chosen(
            sorted(
                range(len(steps)),
                key=lambda at: (times[at], steps[at], values[at] if values[at] == values[at] else 0.0),
            )
        )

    def _chosen(self, places: Sequence[int]) -> "Values":
        chosen = Values(self.metric)
        chosen.steps = array("q", [self.steps[at] for at in places])
        chosen.times = array("q", [self.times[at] for at in places])
        chosen.values = array("d", [self.values[at] for at in places])
        return chosen

    def _metric(self, at: int, run_id: str) -> dict[str, Any]:
        told: dict[str, Any] = {
            "key": self.metric,
            "value": number_out(self.values[at]),
            "timestamp": self.times[at],
            "step": self.steps[at],
        }
        if run_id:
            told["run_id"] = run_id
        return told


def read(run: Run, metric: str) -> Values:
    """All of a run's metric, in the order in which it was measured."""
    found = Values(metric)
    if (series := _series(run, metric)) is None:
        return found
    last = None
    while rows := points.page(series.run_id, series.pk, last, AT_ONCE):
        found.add(rows)
        last = rows[-1]
    return found.by_clock()


def by_step(run: Run, metric: str, low: int | None, high: int | None) -> Values:
    """Those of two steps and between, or all, in the order of steps."""
    found = Values(metric)
    if (series := _series(run, metric)) is not None:
        bounds = {} if low is None or high is None else {"low": low, "high": high}
        found.add(points.of_series(series.run_id, series.pk, **bounds))
    return found


def _series(run: Run, metric: str) -> MetricSummary | None:
    """Whose points they are: a pipeline shows those of its steps."""
    found = MetricSummary.objects.select_related("source").filter(run=run, key=metric).first()
    return found and (found.source or found)
