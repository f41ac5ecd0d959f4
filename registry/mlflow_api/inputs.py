"""What runs read and made: data sets and logged models."""

from functools import partial
from typing import Any

from registry.mlflow_api import errors
from registry.mlflow_api.experiments import find as find_experiment
from registry.mlflow_api.routing import Call, route
from registry.mlflow_api.validation import (
    ARRAY,
    REQUIRED,
    STRING,
    STRINGS,
    checked,
    integer,
    limited,
    objects,
    strings,
    text,
)
from registry.mlflow_api.validation import run_id as checked_run_id
from registry.mlmodels import logged
from registry.runs import datasets, tracked, tracking
from registry.runs.models import Run

MOST_EXPERIMENTS = 20
CONTEXT_TAG = "mlflow.data.context"
# Limits of the protocol, in characters.
LENGTHS = {"name": 500, "digest": 36, "source_type": 64, "source": 65_535, "schema": 1_048_575, "profile": 16_777_215}
TAG_KEY_LENGTH = 255
TAG_VALUE_LENGTH = 500


@route("POST", "runs/log-inputs", action="runs.submit")
def log_inputs(call: Call) -> dict[str, Any]:
    body = call.body
    checked(body, {"run_id": (REQUIRED, STRING), "datasets": (ARRAY,), "models": (ARRAY,)})
    run_id = checked_run_id(text(body, "run_id"))
    told = objects(body, "datasets")
    uses = [_use(item, f"datasets[{index}]") for index, item in enumerate(told)]
    models = [text(item, "model_id", required=True) for item in objects(body, "models")]
    run = tracked.find(call.workspace, run_id)
    tracked.require_active(run)
    tracking.run_in_writer(partial(_write, run, uses, models))
    return {}


@route("POST", "runs/outputs", action="runs.submit")
def log_outputs(call: Call) -> dict[str, Any]:
    body = call.body
    checked(body, {"run_id": (REQUIRED, STRING), "models": (REQUIRED, ARRAY)})
    made = [(text(item, "model_id", required=True), integer(item, "step", 0) or 0) for item in objects(body, "models")]
    run = tracked.find(call.workspace, text(body, "run_id"))
    tracked.require_active(run)
    tracking.run_in_writer(partial(logged.record_outputs, run, made))
    return {}


# The first is what stands in the protocol's own description, slash forgotten; clients build both.
@route("POST", "/api/2.0mlflow/experiments/search-datasets", action="runs.view")
@route("POST", "experiments/search-datasets", action="runs.view")
def search_datasets(call: Call) -> dict[str, Any]:
    checked(call.body, {"experiment_ids": (STRINGS,)})
    ids = strings(call.body, "experiment_ids")
    if not ids:
        raise errors.invalid("SearchDatasets request must specify at least one experiment_id.")
    if len(ids) > MOST_EXPERIMENTS:
        raise errors.invalid(
            f"SearchDatasets request cannot specify more than {MOST_EXPERIMENTS} experiment_ids. Received {len(ids)} "
            "experiment_ids."
        )
    told = []
    for public in ids:
        experiment = find_experiment(call, public)
        for name, digest, context in datasets.of_experiment(experiment, CONTEXT_TAG):
            row = {"experiment_id": public, "name": name, "digest": digest}
            told.append(row | {"context": context} if context else row)
    return {"dataset_summaries": told}


def _write(run: Run, uses: list[datasets.Described], models: list[str]) -> None:
    datasets.record(run, uses)
    logged.record_inputs(run, models)


def _use(told: dict[str, Any], path: str) -> datasets.Described:
    data = told.get("dataset")
    if not isinstance(data, dict):
        raise errors.invalid(f"Missing value for required parameter '{path}.dataset'.")
    for name in ("name", "digest", "source_type", "source"):
        if data.get(name) in (None, ""):
            raise errors.invalid(f"Missing value for required parameter '{path}.dataset.{name}'.")
    fields = {name: limited(text(data, name), length, name) for name, length in LENGTHS.items()}
    tags = {}
    for index, tag in enumerate(objects(told, "tags")):
        where = f"{path}.tags[{index}]"
        if tag.get("key") in (None, "") or tag.get("value") is None:
            lacking = "value" if tag.get("key") else "key"
            raise errors.invalid(f"Missing value for required parameter '{where}.{lacking}'.")
        key = limited(text(tag, "key"), TAG_KEY_LENGTH, "key")
        tags[key] = limited(text(tag, "value"), TAG_VALUE_LENGTH, "value")
    return datasets.Described(**fields, tags=tags)
