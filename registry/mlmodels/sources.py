"""Where a client says a version comes from, and the folder in our store that this means.

    runs:/<run id>/<path>             what a run logged below that path; or a logged model of that name
    models:/m-<id>                    a logged model
    models:/<name>/<number>, @alias   another version
    mlflow-artifacts:/<path>          the same things, as the artifact proxy addresses them

Anything else (`s3://…`) lies elsewhere: it is kept as text and never opened. Only what is in the caller's workspace is
ever found.
"""

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from registry import storage
from registry.errors import NotFound, StudioError
from registry.mlmodels import format, logged, services
from registry.mlmodels.models import LoggedModel, ModelVersion
from registry.runs import artifacts
from registry.runs.models import Run
from registry.workspaces.models import Workspace

LOGGED_ID = re.compile(r"m-[0-9a-f]{32}")
RUN = re.compile(r"(?:.*/)?(?P<run>[0-9a-f]{32})/artifacts(?:/(?P<rest>.*))?", re.DOTALL)
LOGGED = re.compile(r"(?:.*/)?models/(?P<model>m-[0-9a-f]{32})/artifacts(?:/(?P<rest>.*))?", re.DOTALL)
VERSION = re.compile(r"models/(?P<pk>\d+)/(?P<number>\d+)/artifacts(?:/(?P<rest>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in the store, and whose it is."""

    key: str
    run: Run | None = None
    model: LoggedModel | None = None
    version: ModelVersion | None = None

    def folder(self) -> Path | None:
        """The folder, readable on this machine; None while nothing has been uploaded there."""
        try:
            found = storage.open_store(settings.STORE_DIR).local_path(self.key)
        except NotFound:
            return None
        return found if found.is_dir() else None

    def details(self) -> dict[str, object]:
        """What the folder says of its model; nothing for one that says nothing we can read."""
        folder = self.folder()
        try:
            return format.read_foreign(folder) if folder else {}
        except (StudioError, OSError, ValueError):
            return {}


def find(workspace: Workspace, source: str) -> Place | None:
    """The folder that a source means; None where it lies elsewhere, or is none of the workspace's."""
    parts = urlsplit(source)
    path = unquote(parts.path).strip("/")
    if parts.netloc or ".." in path.split("/"):
        return None
    match parts.scheme:
        case "runs":
            run_id, _, rest = path.partition("/")
            return _of_run(workspace, run_id, rest)
        case "models":
            return _of_logged(workspace, path) if LOGGED_ID.fullmatch(path) else _below(named(workspace, path))
        case "mlflow-artifacts":
            return proxied(workspace, path)
    return None


def proxied(workspace: Workspace, path: str) -> Place | None:
    """What the artifact proxy keeps at this path, of logged models, versions and runs."""
    path = posixpath.normpath(path.strip("/"))
    if found := LOGGED.fullmatch(path):
        return _of_logged(workspace, found["model"], found["rest"] or "")
    if found := VERSION.fullmatch(path):
        version = _version(workspace, model__pk=int(found["pk"]), number=int(found["number"]))
        return _below(version, found["rest"] or "")
    if found := RUN.fullmatch(path):
        return _of_run(workspace, found["run"], found["rest"] or "")
    return None


def address(version: ModelVersion) -> str:
    """Where clients download the version from: our copy, or what they told us if we have none."""
    if version.path:
        return f"mlflow-artifacts:/models/{version.model_id}/{version.number}/artifacts"
    return version.location or version.source


def settle(version: ModelVersion) -> None:
    """Copy the files of a version that was made before they were uploaded, if they are there now."""
    if version.path or version.model.is_prompt:
        return
    place = find(version.model.workspace, version.location or version.source)
    if place is not None and (folder := place.folder()) is not None:
        services.keep_files(version=version, folder=folder, details=place.details())


def _of_run(workspace: Workspace, run_id: str, rest: str) -> Place | None:
    run = Run.objects.filter(workspace=workspace, run_id=run_id).first()
    if run is None:
        return None
    place = Place(_join(artifacts.root(run), rest), run=run)
    if place.folder() is None:
        # Clients of 3.x keep a run's models beside it; `runs:/` still means them.
        model = LoggedModel.objects.filter(run=run, name=rest, deleted_at=None).order_by("-pk").first()
        if model is not None:
            return Place(logged.root(model.model_id), run=run, model=model)
    return place


def _of_logged(workspace: Workspace, model_id: str, rest: str = "") -> Place | None:
    model = LoggedModel.objects.filter(experiment__workspace=workspace, model_id=model_id, deleted_at=None).first()
    return Place(_join(logged.root(model_id), rest), run=model.run, model=model) if model else None


def named(workspace: Workspace, path: str) -> ModelVersion | None:
    """The version that `name/3`, `name@champion`, `name/latest` or `name/Production` means."""
    name, _, alias = path.rpartition("@")
    if name:
        if alias.lower() == "latest":
            return _version(workspace, model__name=name)
        return _version(workspace, model__name=name, aliases__name=alias)
    name, _, which = path.rpartition("/")
    if which.isdecimal():
        return _version(workspace, model__name=name, number=int(which[:9]))
    if which.lower() == "latest":
        return _version(workspace, model__name=name)
    return _version(workspace, model__name=name, stage__iexact=which)


def _version(workspace: Workspace, **which: object) -> ModelVersion | None:
    found = ModelVersion.objects.select_related("run", "model").filter(model__workspace=workspace, **which)
    return found.order_by("-number").first()


def _below(version: ModelVersion | None, rest: str = "") -> Place | None:
    if version is None or not version.path:
        return None
    return Place(_join(version.path, rest), run=version.run, version=version)


def _join(key: str, rest: str) -> str:
    rest = posixpath.normpath(rest) if rest else ""
    return f"{key}/{rest}" if rest and rest != "." else key
