"""`metrics/…`: every value of a metric, of one run or of many."""

import math
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber

from registry.mlflow_api import paging
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.routing import Call, route
from registry.mlflow_api.validation import (
    DOCS,
    INTEGER,
    REQUIRED,
    STRING,
    STRINGS,
    as_integer,
    checked,
    integer,
    number_out,
    strings,
    text,
)
from registry.runs import tracked
from registry.runs.models import MetricPoint, MetricSummary, Run

MOST_IN_BULK = 25_000
MOST_RUNS = 100
MOST_PER_RUN = 2500
Value = tuple[float, int, int]  # value, step, timestamp


@route("GET", "metrics/get-history", action="runs.view")
def get_history(call: Call) -> dict[str, Any]:
    body = call.body
    checked(
        body,
        {"run_id": (STRING, REQUIRED), "metric_key": (STRING, REQUIRED), "page_token": (STRING,), "max_results": (INTEGER,)},
    )
    limit = integer(body, "max_results")
    if limit is not None and limit <= 0:
        raise invalid(f"Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer.")
    start = paging.offset(text(body, "page_token"))
    run = tracked.find(call.workspace, text(body, "run_id"))
    metric = text(body, "metric_key")
    points = _points(run, metric, start, None if limit is None else limit + 1)
    told: dict[str, Any] = {"metrics": [_point(metric, *p) for p in points[:limit]]}
    if limit is not None and len(points) > limit:
        told["next_page_token"] = paging.token(start + limit)
    return told


@route("GET", "metrics/get-history-bulk", action="runs.view")
def get_history_bulk(call: Call) -> dict[str, Any]:
    run_ids = call.query.get("run_id", [])
    if not run_ids:
        raise invalid("GetMetricHistoryBulk request must specify at least one run_id.")
    if len(run_ids) > MOST_RUNS:
        raise invalid(
            f"GetMetricHistoryBulk request cannot specify more than {MOST_RUNS} run_ids. Received {len(run_ids)} run_ids."
        )
    metric = call.query.get("metric_key", [None])[0]
    if metric is None:
        raise invalid("GetMetricHistoryBulk request must specify a metric_key.")
    told_limit = as_integer(call.query.get("max_results", [str(MOST_IN_BULK)])[0])
    if told_limit is None or told_limit < 0:
        raise invalid("GetMetricHistoryBulk request must give max_results as a whole number.")
    left = min(told_limit, MOST_IN_BULK)
    metrics: list[dict[str, Any]] = []
    for run in sorted(_runs(call, run_ids), key=lambda run: run.run_id):
        if left <= 0:
            break
        found = [_point(metric, *p) | {"run_id": run.run_id} for p in _points(run, metric, 0, left)]
        metrics += found
        left -= len(found)
    return {"metrics": metrics}


@route("GET", "metrics/get-history-bulk-interval", action="runs.view", versions=("2.0", "2.11"))
def get_history_bulk_interval(call: Call) -> dict[str, Any]:
    """Evenly chosen values, so many for each run; the first and the last are always among them."""
    body = call.body
    checked(
        body,
        {
            "run_ids": (REQUIRED, STRINGS),
            "metric_key": (REQUIRED, STRING),
            "start_step": (INTEGER,),
            "end_step": (INTEGER,),
            "max_results": (INTEGER,),
        },
    )
    run_ids = strings(body, "run_ids")
    if len(run_ids) > MOST_RUNS:
        raise invalid(
            f"GetMetricHistoryBulkInterval request must specify at most {MOST_RUNS} run_ids. Received {len(run_ids)} "
            f"run_ids.{DOCS}"
        )
    limit = integer(body, "max_results", MOST_PER_RUN) or 0
    if not 1 <= limit <= MOST_PER_RUN:
        raise invalid(f"max_results must be between 1 and {MOST_PER_RUN}.{DOCS}")
    start, end = integer(body, "start_step"), integer(body, "end_step")
    if (start is None) != (end is None):
        raise invalid("If either start step or end step are specified, both must be specified.")
    if start is not None and end is not None and start > end:
        raise invalid(f"end_step must be greater than start_step. Found start_step={start} and end_step={end}.")
    metric = text(body, "metric_key")
    by_id = {run.run_id: run for run in _runs(call, run_ids)}
    return {
        "metrics": [
            _point(metric, *p) | {"run_id": run_id}
            for run_id in run_ids
            if run_id in by_id
            for p in _sample(by_id[run_id], metric, start, end, limit)
        ]
    }


def _points(run: Run, metric: str, start: int, most: int | None) -> list[Value]:
    """Every value, in the order in which they were measured."""
    points = _series(run, metric)
    rows = points.order_by("timestamp", "step", "value")[start : None if most is None else start + most]
    return [_value(*row) for row in rows.values_list("value", "step", "timestamp", "is_nan")]


def _series(run: Run, metric: str) -> QuerySet[MetricPoint]:
    series = MetricSummary.objects.filter(run=run, key=metric).first()
    if series is None:
        return MetricPoint.objects.none()
    return MetricPoint.objects.filter(series=series.source_id or series.pk)


def _value(value: float, step: int, timestamp: int, is_nan: bool) -> Value:
    return math.nan if is_nan else value, step, timestamp


def _sample(run: Run, metric: str, start: int | None, end: int | None, most: int) -> list[Value]:
    """The first of each of so many equal stretches, and the last of all."""
    points = _series(run, metric)
    if start is not None and end is not None:
        points = points.filter(step__gte=start, step__lte=end)
    order = ("step", "timestamp", "value", "is_nan")
    count = points.count()
    if count > most:
        small, larger = divmod(count, most)
        wanted = [index * small + min(index, larger) + 1 for index in range(most)]
        wanted[-1] = count
        points = points.annotate(place=Window(RowNumber(), order_by=order)).filter(place__in=wanted)
    rows = points.order_by(*order).values_list("value", "step", "timestamp", "is_nan")
    return [_value(*row) for row in rows]


def _runs(call: Call, run_ids: Iterable[str]) -> list[Run]:
    found = Run.objects.filter(workspace=call.workspace, run_id__in=list(run_ids)).exclude(experiment=None)
    return list(found.defer("spec", "environment", "key_parts"))


def _point(metric: str, value: float, step: int, timestamp: int) -> dict[str, Any]:
    return {"key": metric, "value": number_out(value), "timestamp": timestamp, "step": step}


