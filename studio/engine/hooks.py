"""What the engine's work means to other records: a registered model, an imported version of data.

All of these may be called again after a kill, and then change nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from registry.data import services as data
from registry.data.models import DataVersion
from registry.errors import StudioError
from registry.mlmodels import services as mlmodels
from registry.runs import services as runs
from registry.runs.models import Run
from registry.runs.parcels import services as parcels
from registry.runs.spec import RunSpec
from registry.runs.states import RunStatus
from registry.storage import open_store

DATA_IMPORT = "data-import"
DATA_INSPECT = "data-inspect"


def import_source(version_id: int) -> str:
    """The label of an import's run; the sweep finds by it which imports have none."""
    return f"data version {version_id}"


def submit_import(version_id: int) -> None:
    args = data.import_args(version_id)
    version = (
        DataVersion.objects.select_related("asset__workspace", "created_by").filter(pk=version_id).first()
    )
    if args is None or version is None:
        return
    try:
        runs.submit(
            workspace=version.asset.workspace,
            by=version.created_by,
            kind=DATA_IMPORT,
            name=f"Import {version.asset.name}, version {version.number}",
            spec=RunSpec(kind="task", task=DATA_IMPORT, args={**args, "version_id": version_id}),
            source=import_source(version_id),
        )
    except StudioError as error:
        # The person's role was taken away between asking and now.
        data.import_failed(version_id, error.as_dict())


def never_begun(run_pk: int) -> None:
    """A job that was cancelled while it waited was seen by no slot; what waits for it must still hear of it."""
    run = Run.objects.filter(pk=run_pk, status=RunStatus.CANCELLED, started_at=None).first()
    if run is not None and run.spec:
        spec = RunSpec.from_json(run.spec)
        task_failed(spec, {"code": "cancelled", "message": f"{run.name} was cancelled.", "fields": {}})


def register_model(step: Run, name: str, path: str, details: Mapping[str, Any]) -> None:
    root = step.parent or step
    details = dict(details)
    description = str(details.pop("description", ""))
    mlmodels.register(
        workspace=root.workspace,
        name=name,
        folder=open_store(settings.STORE_DIR).local_path(path),
        details=details,
        run=step,
        by=root.created_by,
        description=description,
    )


def progress(run: Run, spec: RunSpec, progress: Mapping[str, Any]) -> None:
    if spec.task == DATA_IMPORT:
        data.import_progress(spec.args["version_id"], dict(progress))


def unpacked(run: Run, spec: RunSpec, result: Mapping[str, Any], alive: Callable[[], bool]) -> bool:
    """Before a task is said to be finished; may take minutes. `alive` renews the lease and says whether the run is still
    ours: if not, this gives False, and somebody else goes on."""
    return spec.task != parcels.TASK or parcels.unpacked(run, spec, result, alive)


def task_ready(spec: RunSpec, result: Mapping[str, Any]) -> None:
    if spec.task == DATA_IMPORT:
        data.import_ready(spec.args["version_id"], dict(result))


def task_finished(spec: RunSpec, result: Mapping[str, Any]) -> None:
    if spec.task == DATA_IMPORT:
        data.import_done(spec.args["version_id"], dict(result))
    if spec.task == parcels.TASK:
        parcels.finished(spec)


def task_failed(spec: RunSpec, error: Mapping[str, Any]) -> None:
    """Also when the run was cancelled or its time was up."""
    if spec.task == DATA_IMPORT:
        data.import_failed(spec.args["version_id"], dict(error))
    if spec.task == parcels.TASK:
        parcels.failed(spec)
