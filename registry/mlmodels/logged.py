"""Logged models: made, finished, described, taken away; the metrics measured on them; which runs read and made them.

Their files come one by one through the artifact proxy, into the folder that `root` names.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry import storage
from registry.errors import Conflict, NotFound
from registry.mlmodels import words
from registry.mlmodels.models import (
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    ModelUse,
)
from registry.mlmodels.models.logged import LoggedModelStatus
from registry.runs.models import Experiment, Run
from registry.workspaces import access
from registry.workspaces.models import Workspace

AT_ONCE = 500
# Names of the registered versions that were made of a logged model, as clients read them there.
VERSIONS_TAG = "mlflow.modelVersions"


class Measured(NamedTuple):
    """A metric's value and what it was measured on."""

    model_id: str
    key: str
    value: float
    step: int
    timestamp: int
    dataset_name: str = ""
    dataset_digest: str = ""


def root(model_id: str) -> str:
    """Where the model's files lie in the artifact store."""
    return f"logged-models/{model_id}"


def find(workspace: Workspace, model_id: str, *, deleted_too: bool = False) -> LoggedModel:
    found = LoggedModel.objects.select_related("experiment").filter(experiment__workspace=workspace, model_id=model_id)
    if not deleted_too:
        found = found.filter(deleted_at=None)
    if (model := found.first()) is None:
        raise NotFound(f"Logged model with ID '{model_id}' not found.")
    return model


@transaction.atomic
def create(
    *,
    experiment: Experiment,
    by: Any,
    name: str = "",
    model_type: str = "",
    source_run_id: str = "",
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> LoggedModel:
    access.require(by, "runs.submit", experiment.workspace)
    run = Run.objects.filter(workspace=experiment.workspace, run_id=source_run_id).first() if source_run_id else None
    model = LoggedModel.objects.create(
        experiment=experiment, name=name or words.pair(), model_type=model_type, run=run, source_run_id=source_run_id,
        created_by=by,
    )  # fmt: skip
    _write_params(model, params or {})
    _write_tags(model, tags or {})
    return model


def finalize(*, model: LoggedModel, by: Any, status: LoggedModelStatus) -> None:
    access.require(by, "runs.submit", model.experiment.workspace)
    model.status, model.updated_at = status, timezone.now()
    model.save(update_fields=["status", "updated_at"])


def delete(*, model: LoggedModel, by: Any) -> None:
    """It stays to be asked for until it is purged with its experiment."""
    access.require(by, "runs.edit", model.experiment.workspace)
    model.deleted_at = model.updated_at = timezone.now()
    model.save(update_fields=["deleted_at", "updated_at"])


def set_tags(*, model: LoggedModel, by: Any, tags: Mapping[str, str]) -> None:
    access.require(by, "runs.submit", model.experiment.workspace)
    _write_tags(model, tags)


def delete_tag(*, model: LoggedModel, by: Any, key: str) -> None:
    access.require(by, "runs.edit", model.experiment.workspace)
    if not model.tags.filter(key=key).delete()[0]:
        raise NotFound(f"No tag with key '{key}' found for model with ID '{model.model_id}'.")


@transaction.atomic
def note_version(*, model: LoggedModel, name: str, number: int) -> None:
    """Write beside the logged model which registered version was made of it; clients look for it there."""
    tag = LoggedModelTag.objects.select_for_update().filter(model=model, key=VERSIONS_TAG).first()
    try:
        known = json.loads(tag.value) if tag else []
    except ValueError:
        known = []
    one = {"name": name, "version": number}
    known = [*known, one] if isinstance(known, list) and one not in known else [one]
    _write_tags(model, {VERSIONS_TAG: json.dumps(known)})


@transaction.atomic
def add_params(*, model: LoggedModel, by: Any, params: Mapping[str, str]) -> None:
    """Raises `Conflict` for one that is there: parameters do not change."""
    access.require(by, "runs.submit", model.experiment.workspace)
    try:
        with transaction.atomic():
            _write_params(model, params)
    except IntegrityError as error:
        raise Conflict(f"The model {model.model_id} has a parameter of that name already.") from error


def require_known(workspace: Workspace, model_ids: Iterable[str]) -> None:
    """Raises `NotFound` for the first that is no logged model of the workspace. To be asked before `record_metrics`."""
    wanted = set(model_ids)
    known = LoggedModel.objects.filter(experiment__workspace=workspace, model_id__in=wanted, deleted_at=None)
    if unknown := wanted - set(known.values_list("model_id", flat=True)):
        raise NotFound(f"Logged model with ID '{min(unknown)}' not found.")


def record_metrics(run: int, values: Sequence[Measured]) -> None:
    """Write what a run (by its pk) measured on models, inside the caller's transaction. What was told before is one."""
    ids = dict(
        LoggedModel.objects.filter(model_id__in={v.model_id for v in values}).values_list("model_id", "pk")
    )
    LoggedModelMetric.objects.bulk_create(
        [
            LoggedModelMetric(
                model_id=ids[v.model_id], run_id=run, key=v.key, value=None if math.isnan(v.value) else v.value,
                step=v.step, timestamp=v.timestamp, dataset_name=v.dataset_name, dataset_digest=v.dataset_digest,
            )
            for v in values
            if v.model_id in ids
        ],
        ignore_conflicts=True,
        batch_size=AT_ONCE,
    )  # fmt: skip


def record_inputs(run: Run, model_ids: Iterable[str]) -> None:
    """That the run read these models."""
    _record_uses(run, ModelUse.Direction.INPUT, [(model_id, 0) for model_id in model_ids])


def record_outputs(run: Run, models: Iterable[tuple[str, int]]) -> None:
    """That the run made these models, each at a step."""
    _record_uses(run, ModelUse.Direction.OUTPUT, models)


def uses_of(runs: Iterable[Run | int]) -> dict[int, list[ModelUse]]:
    """What runs read and made, by the run's pk; one query for all."""
    found: dict[int, list[ModelUse]] = {}
    for use in ModelUse.objects.filter(run__in=list(runs)).order_by("id"):
        found.setdefault(use.run_id, []).append(use)
    return found


def entries(model: LoggedModel, path: str = "") -> list[storage.Entry]:
    """What lies in that folder of the model's files; `path` is one that `registry.runs.artifacts.checked` gave."""
    key = root(model.model_id)
    return storage.open_store(settings.STORE_DIR).entries(f"{key}/{path}" if path else key)


def remove_files(model_ids: Iterable[str]) -> None:
    """Take the files of models away for good; their records go with their experiment."""
    store = storage.open_store(settings.STORE_DIR)
    for model_id in model_ids:
        store.remove(root(model_id))


def _record_uses(run: Run, direction: ModelUse.Direction, models: Iterable[tuple[str, int]]) -> None:
    ModelUse.objects.bulk_create(
        [ModelUse(run=run, direction=direction, model_id=model_id, step=step) for model_id, step in models],
        ignore_conflicts=True,
        batch_size=AT_ONCE,
    )


def _write_params(model: LoggedModel, params: Mapping[str, str]) -> None:
    LoggedModelParam.objects.bulk_create(
        [LoggedModelParam(model=model, key=key, value=value) for key, value in params.items()], batch_size=AT_ONCE
    )


def _write_tags(model: LoggedModel, tags: Mapping[str, str]) -> None:
    LoggedModelTag.objects.bulk_create(
        [LoggedModelTag(model=model, key=key, value=value) for key, value in tags.items()],
        update_conflicts=True,
        unique_fields=["model", "key"],
        update_fields=["value"],
        batch_size=AT_ONCE,
    )
