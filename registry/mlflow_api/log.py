"""What is logged to a run: metrics, params, tags. The calls that a training loop waits for: as few queries as can be."""

from functools import partial
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from registry.mlflow_api import errors
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.routing import Call, route
from registry.mlflow_api.validation import (
    ARRAY,
    DOCS,
    INTEGER,
    MOST_ENTITIES,
    MOST_METRICS,
    MOST_PARAMS,
    MOST_TAGS,
    NUMBER,
    PARAM_LENGTH,
    REQUIRED,
    STRING,
    as_integer,
    as_number,
    batch_limit,
    checked,
    invalid_value,
    key,
    objects,
    tag,
    text,
)
from registry.mlflow_api.validation import run_id as checked_run_id
from registry.mlmodels import logged
from registry.runs import tracked, tracking
from registry.runs.models import Run, Tag

KNOWN = "SELECT id, deleted_at FROM runs_run WHERE run_id = %s AND workspace_id = %s AND experiment_id IS NOT NULL"
MODELS_TAG = "mlflow.log-model.history"
Point = tuple[str, float, int, int]


class Known(NamedTuple):
    """Of the run no more than is needed to log to it."""

    pk: int
    run_id: str


@route("POST", "runs/log-metric", action="runs.submit")
def log_metric(call: Call) -> dict[str, Any]:
    body = call.body
    checked(
        body,
        {
            "run_id": (REQUIRED, STRING),
            "key": (REQUIRED, STRING),
            "value": (REQUIRED, NUMBER),
            "timestamp": (INTEGER, REQUIRED),
            "step": (INTEGER,),
            "model_id": (STRING,),
            "dataset_name": (STRING,),
            "dataset_digest": (STRING,),
        },
    )
    point = _point(body, "")
    run = _known(call, text(body, "run_id"))
    _write(call, run, [point], [], [], _measured([body], [point]))
    return {}


@route("POST", "runs/log-parameter", action="runs.submit")
def log_parameter(call: Call) -> dict[str, Any]:
    body = call.body
    checked(body, {"run_id": (REQUIRED, STRING), "key": (REQUIRED, STRING), "value": (STRING,)})
    param = _param(body, "")
    run = _known(call, text(body, "run_id"))
    try:
        tracking.log(tracking.Batch(run.pk, params=[param]))
    except tracking.ParamChanged as error:
        raise invalid(
            f"Changing param values is not allowed. Param with key='{error.key}' was already logged with "
            f"value='{error.old}' for run ID='{run.run_id}'. Attempted logging new value '{error.new}'."
        ) from None
    return {}


@route("POST", "runs/set-tag", action="runs.submit")
def set_tag(call: Call) -> dict[str, Any]:
    body = call.body
    checked(body, {"run_id": (REQUIRED, STRING), "key": (REQUIRED, STRING), "value": (STRING,)})
    told = tag(body, "")
    run = _known(call, text(body, "run_id"))
    _write(call, run, [], [], [told], [])
    return {}


@route("POST", "runs/delete-tag", action="runs.submit")
def delete_tag(call: Call) -> dict[str, Any]:
    checked(call.body, {"run_id": (REQUIRED, STRING), "key": (REQUIRED, STRING)})
    run = tracked.find(call.workspace, text(call.body, "run_id"))
    tracking.run_in_writer(partial(tracked.delete_tag, run=run, by=call.user, key=text(call.body, "key")))
    return {}


@route("POST", "runs/log-batch", action="runs.submit")
def log_batch(call: Call) -> dict[str, Any]:
    body = call.body
    checked(body, {"run_id": (STRING, REQUIRED), "metrics": (ARRAY,), "params": (ARRAY,), "tags": (ARRAY,)})
    metrics, params, tags = objects(body, "metrics"), objects(body, "params"), objects(body, "tags")
    for index, told in enumerate(metrics):
        for name in ("key", "value", "timestamp"):
            if told.get(name) in (None, ""):
                raise invalid(f"Missing value for required parameter 'metrics[{index}].{name}'.{DOCS}")
    run_id = checked_run_id(text(body, "run_id"))
    points = [_point(told, f"metrics[{index}]") for index, told in enumerate(metrics)]
    pairs = [_param(told, f"params[{index}]") for index, told in enumerate(params)]
    labels = [tag(told, f"tags[{index}]") for index, told in enumerate(tags)]
    batch_limit("metrics", MOST_METRICS, len(points))
    batch_limit("params", MOST_PARAMS, len(pairs))
    batch_limit("tags", MOST_TAGS, len(labels))
    batch_limit("metrics, params, and tags", MOST_ENTITIES, len(points) + len(pairs) + len(labels))
    _require_unique([name for name, _ in pairs])
    run = _known(call, run_id)
    try:
        _write(call, run, points, pairs, labels, _measured(metrics, points))
    except tracking.ParamChanged as error:
        changed = [{"key": error.key, "old_value": error.old, "new_value": error.new}]
        raise invalid(
            f"Changing param values is not allowed. Params were already logged='{changed}' for run ID='{run.run_id}'."
        ) from None
    return {}


@route("POST", "runs/log-model", action="runs.submit")
def log_model(call: Call) -> dict[str, Any]:
    """How clients before 3.0 say that there is a model among the run's files: it is kept in a tag of the run."""
    checked(call.body, {"run_id": (STRING, REQUIRED), "model_json": (STRING, REQUIRED)})
    told = text(call.body, "model_json")
    try:
        model = orjson.loads(told)
    except orjson.JSONDecodeError:
        raise invalid(f"Malformed model info. \n {told} \n is not a valid JSON.") from None
    if not isinstance(model, dict):
        raise invalid(f"Malformed model info. \n {told} \n is not a valid JSON.")
    if lacking := {"artifact_path", "flavors", "utc_time_created", "run_id"} - set(model):
        raise invalid(f"Model json is missing mandatory fields: {lacking}")
    run = tracked.find(call.workspace, text(call.body, "run_id"))
    tracked.require_active(run)
    tracking.run_in_writer(partial(_add_model, run, _brief(model)))
    return {}


@transaction.atomic
def _add_model(run: Run, model: dict[str, Any]) -> None:
    known = Tag.objects.filter(run=run, key=MODELS_TAG).values_list("value", flat=True).first()
    value = orjson.dumps([*(orjson.loads(known) if known else []), model]).decode()
    tracking.write(tracking.Batch(run.pk, tags=[(MODELS_TAG, value)]))


def _brief(model: dict[str, Any]) -> dict[str, Any]:
    """As MLflow's own: without what would make the tag long."""
    flavors = {
        name: {k: v for k, v in options.items() if k != "config"} if isinstance(options, dict) else options
        for name, options in (model["flavors"] if isinstance(model["flavors"], dict) else {}).items()
    }
    return {k: v for k, v in model.items() if k not in ("signature", "saved_input_example_info")} | {"flavors": flavors}


def _known(call: Call, run_id: str) -> Known:
    # By hand: to put the question together would take Django longer than the database to answer it.
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [run_id, call.workspace.pk])
        found = cursor.fetchone()
    if found is None:
        raise errors.missing(f"Run with id={run_id} not found")
    if found[1] is not None:
        raise tracked.deleted(run_id)
    return Known(found[0], run_id)


def _write(
    call: Call,
    run: Known,
    points: list[Point],
    params: list[tuple[str, str]],
    tags: list[tuple[str, str]],
    measured: list[logged.Measured],
) -> None:
    names = [value for name, value in tags if name == tracked.NAME_TAG]
    if not names and not measured:
        tracking.log(tracking.Batch(run.pk, points, params, tags))
        return
    if measured:
        logged.require_known(call.workspace, {m.model_id for m in measured})
    tracking.run_in_writer(partial(_write_all, run, points, params, tags, measured))


@transaction.atomic
def _write_all(
    run: Known,
    points: list[Point],
    params: list[tuple[str, str]],
    tags: list[tuple[str, str]],
    measured: list[logged.Measured],
) -> None:
    """With what stands elsewhere than at the run's metrics and tags: its name, and metrics of models."""
    for name, value in tags:
        if name == tracked.NAME_TAG:
            Run.objects.filter(pk=run.pk).update(name=value[:250])
    plain = [(name, value) for name, value in tags if name != tracked.NAME_TAG]
    tracking.write(tracking.Batch(run.pk, points, params, plain))
    if measured:
        logged.record_metrics(run.pk, measured)


def _measured(metrics: list[dict[str, Any]], points: list[Point]) -> list[logged.Measured]:
    return [
        logged.Measured(
            text(told, "model_id"), *point, text(told, "dataset_name"), text(told, "dataset_digest")
        )
        for told, point in zip(metrics, points, strict=True)
        if told.get("model_id")
    ]


def _point(told: dict[str, Any], path: str) -> Point:
    name = told.get("key")
    value, step, timestamp = told.get("value"), told.get("step", 0), told.get("timestamp")
    name = key(name, f"{path}.name" if path else "name", "Metric name")
    number = as_number(value)
    if number is None:
        raise invalid(
            invalid_value(
                f"{path}.value" if path else "value",
                value,
                f"(timestamp={timestamp}). Please specify value as a valid double (64-bit floating point)",
            )
        )
    when = as_integer(timestamp)
    if when is None or when < 0:
        raise invalid(
            invalid_value(
                f"{path}.timestamp" if path else "timestamp",
                timestamp,
                f"metric '{name}' (value={number}). Timestamp must be a nonnegative long (64-bit integer) ",
            )
        )
    at = as_integer(step if step is not None else 0)
    if at is None:
        raise invalid(
            invalid_value(
                f"{path}.step" if path else "step",
                step,
                f"metric '{name}' (value={number}). Step must be a valid long (64-bit integer).",
            )
        )
    return name, number, at, when


def _param(told: dict[str, Any], path: str) -> tuple[str, str]:
    name = key(told.get("key"), f"{path}.key" if path else "key", "Param key")
    value = told.get("value", "")
    if not isinstance(value, str):
        STRING(f"{path}.value" if path else "value", value)
    return name, value[:PARAM_LENGTH]


def _require_unique(keys: list[str]) -> None:
    if len(set(keys)) == len(keys):
        return
    seen: set[str] = set()
    twice = [name for name in keys if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
    raise invalid(
        f"Duplicate parameter keys have been submitted: {twice}. Please ensure the request contains only one param value "
        "per param key."
    )
