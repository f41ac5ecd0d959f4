"""Files of a run or of a model's version, asked for by those instead of by an address."""

from typing import Any

from registry.mlflow_api import artifact_roots, errors, finding, proxy, shapes
from registry.mlflow_api.routing import Call, File, route
from registry.mlflow_api.validation import INTEGER, REQUIRED, STRING, checked, integer, text
from registry.runs import artifacts, tracked

MOST_IN_UPLOAD = 10 * 1024**2


@route("GET", "artifacts/list", action="runs.view")
def list_(call: Call) -> dict[str, Any]:
    checked(call.body, {"run_id": (STRING, REQUIRED), "path": (STRING,), "page_token": (STRING,)})
    path = artifacts.checked(text(call.body, "path"))
    run = tracked.find(call.workspace, text(call.body, "run_id"))
    place = artifact_roots.of_run(run, path)
    return {"root_uri": shapes.artifact_uri(run), "files": proxy.listed(place, f"{path}/" if path else "")}


@route("GET", "/get-artifact", action="runs.view")
@route("GET", "get-artifact", action="runs.view")
def get(call: Call) -> File:
    body = call.body
    run_id, path = text(body, "run_id"), text(body, "path", required=True)
    path = artifacts.checked(path)
    return proxy.sent(artifact_roots.of_run(tracked.find(call.workspace, run_id), path))


@route("GET", "/model-versions/get-artifact", action="models.view")
@route("GET", "model-versions/get-artifact", action="models.view")
def get_of_version(call: Call) -> File:
    body = call.body
    path = artifacts.checked(text(body, "path", required=True))
    number = integer(body, "version")
    name = text(body, "name", required=True)
    if number is None:
        raise errors.invalid("Missing value for required parameter 'version'.")
    return proxy.sent(artifact_roots.of_version(finding.version(call.workspace, name, number), path))


def may_upload(call: Call) -> None:
    if not call.query.get("run_uuid", [""])[0]:
        raise errors.invalid("Request must specify run_uuid.")
    if not call.query.get("path", [""])[0]:
        raise errors.invalid("Request must specify path.")
    artifacts.checked(call.query["path"][0])
    told = call.headers.get("content-length", "")
    if told.isdigit() and int(told) > MOST_IN_UPLOAD:
        raise errors.invalid("Artifact size is too large. Max size is 10MB.")
    tracked.require_active(tracked.find(call.workspace, call.query["run_uuid"][0]))


@route("POST", "upload-artifact", action="runs.submit", takes_file=may_upload)
def upload(call: Call) -> dict[str, Any]:
    assert call.file is not None
    size = call.file.stat().st_size
    if not size:
        raise errors.invalid("Request must specify data.")
    if size > MOST_IN_UPLOAD:
        raise errors.invalid("Artifact size is too large. Max size is 10MB.")
    run = tracked.find(call.workspace, call.query["run_uuid"][0])
    artifacts.put(run, call.query["path"][0], call.file)
    return {}


@route("POST", "artifacts/presigned-upload-url", action="runs.submit")
def presigned_upload(call: Call) -> dict[str, Any]:
    checked(
        call.body,
        {"run_id": (STRING,), "model_id": (STRING,), "path": (REQUIRED, STRING), "expiration": (INTEGER,)},
    )
    raise errors.invalid(
        "Presigned upload is not supported for proxied artifact storage (artifact URI scheme: mlflow-artifacts). This "
        "endpoint requires a direct cloud storage artifact URI."
    )


@route("POST", "artifacts/presigned-download-url", action="runs.view")
def presigned_download(call: Call) -> dict[str, Any]:
    checked(call.body, {"run_id": (REQUIRED, STRING), "path": (REQUIRED, STRING), "expiration": (INTEGER,)})
    raise errors.invalid(
        "Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: "
        "mlflow-artifacts). This endpoint requires a run with a direct cloud storage artifact URI."
    )
