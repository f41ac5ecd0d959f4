"""Where a client says a new version comes from: checked in MLflow's words, and found in our store.

As MLflow has it, a run or a logged model that is named beside a source must be the one that holds the source; local
paths, which are the server's own, are refused.
"""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import ProtocolError, invalid, missing
from registry.mlflow_api.routing import Call
from registry.mlmodels import sources
from registry.mlmodels.models import LoggedModel
from registry.mlmodels.sources import Place
from registry.runs.models import Run
from registry.workspaces.models import Workspace

OUR_PROXY = re.compile(r"/api/2\.0/mlflow-artifacts/artifacts(/|$)")


@dataclass(frozen=True, slots=True)
class Origin:
    """`location`: where the files are to be had while we have no copy."""

    source: str
    location: str = ""
    run_id: str = ""
    model_id: str = ""
    place: Place | None = None

    @property
    def model(self) -> LoggedModel | None:
        return self.place.model if self.place and self.model_id else None

    def run(self, workspace: Workspace) -> Run | None:
        """The run that the version is said to come from, if it is one of ours."""
        if not self.run_id:
            return None
        return Run.objects.filter(workspace=workspace, run_id=self.run_id).first()


def origin_of(call: Call) -> Origin:
    source = call.body["source"]
    run_id, model_id = v.text(call.body, "run_id"), v.text(call.body, "model_id")
    parts = _parsed(source)
    _refuse_local(source, "model_id" if model_id else "run_id")
    _refuse_relative(source)
    if parts.scheme in ("runs", "models", "mlflow-artifacts") and parts.netloc and parts.scheme != "mlflow-artifacts":
        raise _not_of(source, "model_id" if parts.scheme == "models" else "run_id")
    if parts.scheme == "models" and not sources.LOGGED_ID.fullmatch(parts.path.strip("/")):
        return _of_version(call, source, parts.path.strip("/"), run_id, model_id)
    place = sources.find(call.workspace, source)
    if _is_proxied(source) and place is None:
        raise _not_of(source, "model_id" if model_id else "run_id")
    if parts.scheme == "models" and place is None:
        raise missing(f"Logged model with ID '{parts.path.strip('/')}' not found.")
    if place is not None:
        _require_same(source, place, run_id, model_id)
    if model_id and place is None:
        _require_model(call, source, model_id)
    if place is not None and place.model is not None:
        model_id = model_id or place.model.model_id
        run_id = run_id or place.model.source_run_id
    elif place is not None and place.run is not None and not model_id:
        run_id = run_id or place.run.run_id
    return Origin(source, source, run_id, model_id, place)


def _of_version(call: Call, source: str, path: str, run_id: str, model_id: str) -> Origin:
    """A copy of another version: it comes from where that came from."""
    known = sources.named(call.workspace, path)
    if known is None:
        name = re.split(r"[@/]", path)[0]
        raise missing(f"Unable to fetch model from model URI source artifact location '{source}'. There is no such version of {name}.")
    if known.model.is_prompt:
        raise invalid(
            f"Invalid model version source: '{source}'. Prompt versions cannot be used as model version sources."
        )
    if (run_id and run_id != known.source_run_id) or (model_id and model_id != known.logged_model_id):
        raise invalid(
            f"Invalid model version source: '{source}'. The run_id and model_id request parameters must match the "
            "referenced model version."
        )
    source = f"models:/{known.model.name}/{known.number}"
    place = Place(known.path, run=known.run, version=known) if known.path else None
    return Origin(source, sources.address(known), known.source_run_id, known.logged_model_id, place)


def _require_same(source: str, place: Place, run_id: str, model_id: str) -> None:
    """The run or model that was named is the one that holds the source."""
    if model_id:
        if place.model is None or place.model.model_id != model_id:
            raise _not_of(source, "model_id")
    elif run_id and place.model is None and place.run is not None and place.run.run_id != run_id:
        raise _not_of(source, "run_id")


def _require_model(call: Call, source: str, model_id: str) -> None:
    if not LoggedModel.objects.filter(experiment__workspace=call.workspace, model_id=model_id, deleted_at=None).exists():
        raise _not_of(source, "model_id")


def _refuse_local(source: str, named: str) -> None:
    parts = _parsed(source)
    local_host = parts.hostname and (parts.hostname == "." or parts.hostname.startswith(("localhost", "127.0.0.1")))
    if parts.scheme == "" or parts.scheme == "file" or (local_host and not parts.scheme.startswith(("http", "mlflow"))):
        what = "run" if named == "run_id" else "model"
        raise invalid(
            f"Invalid model version source: '{source}'. To use a local path as a model version source, the {named} request "
            f"parameter has to be specified and the local path has to be contained within the artifact directory of the "
            f"{what} specified by the {named}."
        )


def _refuse_relative(source: str) -> None:
    """Whatever would lead somewhere else once it is resolved, however often it is quoted."""
    plain = source
    while (once_more := unquote_plus(plain)) != plain:
        plain = once_more
    path = re.sub(r"/+", "/", _parsed(plain).path.rstrip("/"))
    if "\0" in plain or ".." in plain.split("/") or (path and posixpath.normpath(path) != path):
        raise invalid(
            f"Invalid model version source: '{source}'. If supplying a source as an http, https, local file path, ftp, "
            "objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references "
            "present. Please provide an absolute path."
        )


def _is_proxied(source: str) -> bool:
    parts = _parsed(source)
    return parts.scheme == "mlflow-artifacts" or (
        parts.scheme in ("http", "https") and OUR_PROXY.search(re.sub(r"/+", "/", parts.path)) is not None
    )


def _parsed(source: str):  # type: ignore[no-untyped-def]
    try:
        return urlsplit(source)
    except ValueError:
        raise invalid(f"Invalid model version source: '{source}'.") from None


def _not_of(source: str, named: str) -> ProtocolError:
    return invalid(
        f"Invalid model version source: '{source}'. The {named} request parameter must identify the resource that contains "
        "the source."
    )
