"""Writing what runs log: metrics, params, tags."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from registry.runs import news
from registry.runs.models import MetricPoint, MetricSummary, Run

AT_ONCE = 150


@dataclass(frozen=True, slots=True)
class Batch:
    run: int  # pk
    metrics: Sequence[tuple[str, float, int, int]] = ()  # key, value, step, timestamp in milliseconds
    params: Sequence[tuple[str, str]] = ()
    tags: Sequence[tuple[str, str]] = ()


@transaction.atomic
def write(batch: Batch) -> None:
    run = Run.objects.only("pk", "run_id", "node_id", "parent_id", "experiment_id").get(pk=batch.run)
    by_key: dict[str, list[tuple[int, int, float, bool]]] = {}
    for key, value, step, timestamp in batch.metrics:
        is_nan = math.isnan(value)
        by_key.setdefault(key, []).append((step, timestamp, 0.0 if is_nan else value, is_nan))
    known = {s.key: s for s in MetricSummary.objects.filter(run=run, key__in=list(by_key))}
    for key in by_key:
        if key not in known:
            known[key] = MetricSummary.objects.create(
                run=run, experiment_id=run.experiment_id, key=key, last_step=-(2**63), last_time=-(2**63), count=0
            )
        series = known[key]
        MetricPoint.objects.bulk_create(
            [MetricPoint(series=series, step=s, timestamp=t, value=v, is_nan=n) for s, t, v, n in by_key[key]],
            batch_size=AT_ONCE,
            ignore_conflicts=True,
        )
        _summarise(series)
    if by_key:
        news.of_metrics(run, by_key).save()


def _summarise(series: MetricSummary) -> None:
    points = list(MetricPoint.objects.filter(series=series).order_by("step", "timestamp", "value"))
    finite = [p for p in points if not p.is_nan]
    low, high = min(finite, key=lambda p: p.value, default=None), max(finite, key=lambda p: p.value, default=None)
    last = max(points, key=lambda p: (p.step, p.timestamp, -math.inf if p.is_nan else p.value))
    series.count = len(points)
    series.last, series.last_step, series.last_time = None if last.is_nan else last.value, last.step, last.timestamp
    series.minimum, series.minimum_step = (low.value, low.step) if low else (None, None)
    series.maximum, series.maximum_step = (high.value, high.step) if high else (None, None)
    series.save()


def reuse(computed: Run, step: Run) -> None:
    """A reused step shows the metrics of the one that computed; their points stay where they are."""
    copies = list(MetricSummary.objects.filter(run=computed).order_by("id"))
    for series in copies:
        series.source_id = series.source_id or series.pk
        series.pk, series.run_id, series.experiment_id = None, step.pk, step.experiment_id
    MetricSummary.objects.bulk_create(copies, batch_size=AT_ONCE)
