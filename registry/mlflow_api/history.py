"""`metrics/…`: every value of a metric, of one run or of many."""

from collections.abc import Iterable

import orjson

from registry.mlflow_api import measured, paging
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.routing import Call, Text, route
from registry.mlflow_api.validation import (
    DOCS,
    INTEGER,
    REQUIRED,
    STRING,
    STRINGS,
    as_integer,
    checked,
    integer,
    strings,
    text,
)
from registry.runs import tracked
from registry.runs.models import Run

MOST_IN_BULK = 25_000
MOST_RUNS = 100
MOST_PER_RUN = 2500


@route("GET", "metrics/get-history", action="runs.view")
def get_history(call: Call) -> Text:
    body = call.body
    checked(
        body,
        {"run_id": (STRING, REQUIRED), "metric_key": (STRING, REQUIRED), "page_token": (STRING,), "max_results": (INTEGER,)},
    )
    limit = integer(body, "max_results")
    if limit is not None and limit <= 0:
        raise invalid(f"Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer.")
    start = paging.offset(text(body, "page_token"))
    values = measured.read(tracked.find(call.workspace, text(body, "run_id")), text(body, "metric_key"))
    end = len(values) if limit is None else start + limit
    next_page = b""
    if end < len(values):
        next_page = b',"next_page_token":' + orjson.dumps(paging.token(end))
    return Text(b'{"metrics":[' + values.as_json(start, end) + b"]" + next_page + b"}", "application/json")


@route("GET", "metrics/get-history-bulk", action="runs.view")
def get_history_bulk(call: Call) -> Text:
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
    parts = []
    for run in sorted(_runs(call, run_ids), key=lambda run: run.run_id):
        if left <= 0:
            break
        values = measured.read(run, metric)
        parts.append(values.as_json(0, left, run.run_id))
        left -= len(values)
    return _joined(parts)


@route("GET", "metrics/get-history-bulk-interval", action="runs.view", versions=("2.0", "2.11"))
def get_history_bulk_interval(call: Call) -> Text:
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
    by_id = {run.run_id: run for run in _runs(call, run_ids)}
    found = [by_id[run_id] for run_id in run_ids if run_id in by_id]
    metric = text(body, "metric_key")
    return _joined([measured.by_step(run, metric, start, end).some(limit).as_json(0, limit, run.run_id) for run in found])


def _runs(call: Call, run_ids: Iterable[str]) -> list[Run]:
    found = Run.objects.filter(workspace=call.workspace, run_id__in=list(run_ids)).exclude(experiment=None)
    return list(found.defer("spec", "environment", "key_parts"))


def _joined(parts: Iterable[bytes]) -> Text:
    return Text(b'{"metrics":[' + b",".join(part for part in parts if part) + b"]}", "application/json")
