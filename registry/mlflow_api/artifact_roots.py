"""Where an address of the artifact proxy leads in the store.

Clients build addresses below what a run, an experiment, a model or a trace says of itself: `<experiment>/<run>/artifacts/…`,
`<experiment>/models/<model>/artifacts/…`, `<experiment>/traces/<trace>/artifacts/…`, `models/<model>/<version>/artifacts/…`.
Whatever stands before the run is theirs to choose (an experiment may be made with a location of its own), so it is the
run's or the model's id that counts; what belongs to neither is the workspace's.
"""

import re
from dataclasses import dataclass

from registry.errors import NotFound
from registry.mlflow_api.errors import denied, invalid
from registry.mlmodels import logged
from registry.mlmodels.models import ModelVersion
from registry.runs import artifacts, tracked
from registry.runs.models import Run
from registry.traces import recording
from registry.workspaces.models import Workspace

OF_RUN = re.compile(r"(?:.*/)?([0-9a-f]{32})/artifacts(?:/(.*))?", re.DOTALL)
OF_MODEL = re.compile(r"(?:.*/)?models/(m-[0-9a-f]{32})/artifacts(?:/(.*))?", re.DOTALL)
OF_VERSION = re.compile(r"models/([0-9]{1,18})/([0-9]{1,9})/artifacts(?:/(.*))?", re.DOTALL)
OF_TRACE = re.compile(r"(?:.*/)?traces/([\w.\-]{1,100})/artifacts(?:/(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    path: str  # as asked
    root: str  # key of the folder whose owner decides
    inner: str  # below it
    run: Run | None = None
    fixed: bool = False  # written once, by us

    @property
    def key(self) -> str:
        return f"{self.root}/{self.inner}" if self.inner else self.root

    def require_writable(self) -> None:
        """A run in the bin takes nothing any more, and what was registered never changes."""
        if self.fixed:
            raise denied("The files of a registered version do not change. Register another version.")
        if self.run is not None:
            tracked.require_active(self.run)

    def require_owned(self) -> None:
        """Raises for the workspace's whole folder, which nobody means to delete."""
        if not self.path:
            raise invalid("Invalid path")


def place(workspace: Workspace, path: str) -> Place:
    """`path` is checked already. Raises `NotFound` for a run or model that is not of this workspace."""
    if found := OF_MODEL.fullmatch(path):
        model = logged.find(workspace, found[1], deleted_too=True)
        return Place(path, logged.root(model.model_id), found[2] or "")
    if found := OF_RUN.fullmatch(path):
        return of_run(tracked.find(workspace, found[1]), found[2] or "", path)
    if found := OF_VERSION.fullmatch(path):
        return _of_version(workspace, int(found[1]), int(found[2]), found[3] or "", path)
    if found := OF_TRACE.fullmatch(path):
        trace = recording.find(workspace, found[1])
        return Place(path, recording.root(trace), found[2] or "")
    return Place(path, f"workspace-artifacts/{workspace.pk}", path)


def of_run(run: Run, inner: str, path: str = "") -> Place:
    return Place(path or inner, artifacts.root(run), inner, run)

def of_version(version: ModelVersion, inner: str) -> Place:
    return Place(inner, version.path, inner, fixed=True)


def _of_version(workspace: Workspace, model: int, number: int, inner: str, path: str) -> Place:
    version = ModelVersion.objects.filter(model__workspace=workspace, model=model, number=number).exclude(path="").first()
    if version is None:
        raise NotFound(f"There are no files at {path}. The version may have been deleted.")
    return Place(path, version.path, inner, fixed=True)
