"""Logged models of 3.x clients: made, finished, described, found; which runs read and made them."""

from functools import partial
from typing import Any

from registry.errors import Conflict
from registry.mlflow_api import errors, logged_model_search, proxy, shapes
from registry.mlflow_api import validation as v
from registry.mlflow_api.artifact_roots import Place
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.experiments import find as find_experiment
from registry.mlflow_api.routing import Call, File, route
from registry.mlflow_api.validation import number_out
from registry.mlmodels import logged
from registry.mlmodels.models import LoggedModel
from registry.mlmodels.models.logged import LoggedModelStatus
from registry.runs import artifacts, experiments, tracking
from registry.runs.tracked import milliseconds

BAD_IN_NAME = ("/", ":", ".", "%", '"', "'")
PARAM_LENGTH = 6000
# Clients of protocol buffers may send a status as its number.
STATUS_IN: dict[Any, LoggedModelStatus] = {
    1: LoggedModelStatus.PENDING, 2: LoggedModelStatus.READY, 3: LoggedModelStatus.UPLOAD_FAILED,
    **{status.value: status for status in LoggedModelStatus},
}  # fmt: skip


@route("POST", "logged-models", action="runs.submit")
def create_logged_model(call: Call) -> dict[str, Any]:
    v.checked(
        call.body,
        {
            "experiment_id": (v.REQUIRED, v.STRING),
            "name": (v.STRING,),
            "model_type": (v.STRING,),
            "source_run_id": (v.STRING,),
            "params": (v.ARRAY,),
            "tags": (v.ARRAY,),
        },
    )
    experiment = find_experiment(call, v.text(call.body, "experiment_id"))
    if experiment.deleted_at is not None:
        raise errors.ProtocolError(
            "INVALID_PARAMETER_VALUE",
            f"The experiment {experiments.public_id(experiment)} must be in the 'active' state. Current state is deleted.",
        )
    make = partial(
        logged.create,
        experiment=experiment, by=call.user, name=_name(v.text(call.body, "name")),
        model_type=v.limited(v.text(call.body, "model_type"), 500, "model_type"),
        source_run_id=v.limited(v.text(call.body, "source_run_id"), 256, "source_run_id"), params=_params(call), tags=_tags(call),
    )  # fmt: skip
    made = tracking.run_in_writer(make)
    return {"model": model(_found(call, made.model_id))}


@route("GET", "logged-models/{model_id}", action="runs.view")
def get_logged_model(call: Call) -> dict[str, Any]:
    deleted_too = v.text(call.body, "allow_deleted").lower() == "true"
    return {"model": model(logged.find(call.workspace, call.params["model_id"], deleted_too=deleted_too))}


@route("PATCH", "logged-models/{model_id}", action="runs.submit")
def finalize_logged_model(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"status": (v.REQUIRED,)})
    told = call.body["status"]
    status = STATUS_IN.get(v.as_integer(told) if v.as_integer(told) is not None else told) if isinstance(told, str | int) else None
    if status is None:
        raise invalid(v.invalid_value("status", told, "It must be LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED."))
    found = _any(call)
    tracking.run_in_writer(partial(logged.finalize, model=found, by=call.user, status=status))
    return {"model": model(found)}


@route("DELETE", "logged-models/{model_id}", action="runs.edit")
def delete_logged_model(call: Call) -> dict[str, Any]:
    found = _any(call)
    tracking.run_in_writer(partial(logged.delete, model=found, by=call.user))
    return {}


@route("PATCH", "logged-models/{model_id}/tags", action="runs.submit")
def set_logged_model_tags(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"tags": (v.ARRAY,)})
    tracking.run_in_writer(partial(logged.set_tags, model=_any(call), by=call.user, tags=_tags(call)))
    return {}


@route("DELETE", "logged-models/{model_id}/tags/{tag_key*}", action="runs.edit")
def delete_logged_model_tag(call: Call) -> dict[str, Any]:
    tracking.run_in_writer(
        partial(logged.delete_tag, model=_any(call), by=call.user, key=call.params["tag_key"])
    )
    return {}


@route("POST", "logged-models/{model_id}/params", action="runs.submit")
def log_logged_model_params(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"params": (v.ARRAY,)})
    try:
        tracking.run_in_writer(partial(logged.add_params, model=_any(call), by=call.user, params=_params(call)))
    except Conflict as error:
        raise invalid(error.message) from None
    return {}


@route("GET", "logged-models/{model_id}/artifacts/directories", action="runs.view")
def list_logged_model_artifacts(call: Call) -> dict[str, Any]:
    found = _found(call)
    folder = artifacts.checked(v.text(call.body, "artifact_directory_path"))
    entries = logged.entries(found, folder)
    files = [
        {"path": f"{folder}/{entry.name}" if folder else entry.name, "is_dir": entry.is_dir}
        | ({} if entry.size is None else {"file_size": entry.size})
        for entry in entries
    ]
    return {"root_uri": address(found), "files": files}


@route("GET", "logged-models/{model_id}/artifacts/files", action="runs.view")
def get_logged_model_file(call: Call) -> File:
    path = artifacts.checked(v.text(call.body, "artifact_file_path", required=True))
    return proxy.sent(Place(path, logged.root(_found(call).model_id), path))


@route("POST", "logged-models/search", action="runs.view")
def search_logged_models(call: Call) -> dict[str, Any]:
    v.checked(
        call.body,
        {
            "experiment_ids": (v.REQUIRED, v.ARRAY, v.STRINGS),
            "filter": (v.STRING,),
            "datasets": (v.ARRAY,),
            "max_results": (v.INTEGER,),
            "order_by": (v.ARRAY,),
            "page_token": (v.STRING,),
        },
    )
    found, token = logged_model_search.search(
        call.workspace,
        v.strings(call.body, "experiment_ids"),
        v.text(call.body, "filter"),
        datasets=v.objects(call.body, "datasets"),
        order_by=v.objects(call.body, "order_by"),
        limit=v.integer(call.body, "max_results") or logged_model_search.USUAL,
        token=v.text(call.body, "page_token"),
    )
    said: dict[str, Any] = {"models": [model(one) for one in found]}
    return said | ({"next_page_token": token} if token else {})


def model(found: LoggedModel) -> dict[str, Any]:
    """`found` and what hangs on it: four queries, unless they were prefetched."""
    public = experiments.public_id(found.experiment)
    info: dict[str, Any] = {
        "model_id": found.model_id,
        "experiment_id": public,
        "name": found.name,
        "creation_timestamp_ms": milliseconds(found.created_at),
        "last_updated_timestamp_ms": milliseconds(found.updated_at),
        "artifact_uri": address(found),
        "status": found.status,
        "model_type": found.model_type,
        "source_run_id": found.source_run_id,
        "status_message": found.status_message,
        "tags": [{"key": tag.key, "value": tag.value} for tag in found.tags.all()],
    }
    metrics = [
        {
            "key": one.key,
            "value": "NaN" if one.value is None else number_out(one.value),
            "timestamp": one.timestamp,
            "step": one.step,
            "model_id": found.model_id,
            "run_id": one.run.run_id,
        }
        | ({"dataset_name": one.dataset_name} if one.dataset_name else {})
        | ({"dataset_digest": one.dataset_digest} if one.dataset_digest else {})
        for one in found.metrics.all()
    ]
    params = [{"key": one.key, "value": one.value} for one in found.params.all()]
    return {"info": {k: told for k, told in info.items() if told != ""}, "data": {"metrics": metrics, "params": params}}


def address(found: LoggedModel) -> str:
    return f"{shapes.artifact_location(found.experiment).rstrip('/')}/models/{found.model_id}/artifacts"


def _found(call: Call, model_id: str = "") -> LoggedModel:
    return logged.find(call.workspace, model_id or call.params["model_id"])


def _any(call: Call) -> LoggedModel:
    """Deleted or not: as MLflow has it, what is in the bin can still be written on."""
    return logged.find(call.workspace, call.params["model_id"], deleted_too=True)


def _name(told: str) -> str:
    if any(char in told for char in BAD_IN_NAME):
        raise invalid(
            f"Invalid model name ({told!r}) provided. Model name must be a non-empty string and cannot contain the following "
            f"characters: {BAD_IN_NAME}"
        )
    return v.limited(told, 500, "name")


def _params(call: Call) -> dict[str, str]:
    return {
        v.key(one.get("key"), "key"): v.limited(v.text(one, "value"), PARAM_LENGTH, "value")
        for one in v.objects(call.body, "params")
    }


def _tags(call: Call) -> dict[str, str]:
    return {v.key(one.get("key"), "key"): v.text(one, "value") for one in v.objects(call.body, "tags")}
