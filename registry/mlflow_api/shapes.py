"""Records as the protocol's JSON: protocol buffers' names, times in milliseconds, nothing where there is nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from registry.mlflow_api.validation import number_out
from registry.mlmodels import logged
from registry.mlmodels.models import ModelUse
from registry.runs import experiments, tracked
from registry.runs.models import DatasetUse, Experiment, ExperimentTag, MetricSummary, Param, Run, Tag
from registry.runs.states import RunStatus
from registry.runs.tracked import milliseconds

STATUS_OUT = {
    RunStatus.QUEUED: "SCHEDULED",
    RunStatus.RUNNING: "RUNNING",
    RunStatus.CANCELLING: "RUNNING",
    RunStatus.COMPLETED: "FINISHED",
    RunStatus.FAILED: "FAILED",
    RunStatus.ERRORED: "FAILED",
    RunStatus.CANCELLED: "KILLED",
    RunStatus.SKIPPED: "KILLED",
}
# Clients of protocol buffers may send a status as its number.
STATUS_IN = {
    "RUNNING": RunStatus.RUNNING, "SCHEDULED": RunStatus.QUEUED, "FINISHED": RunStatus.COMPLETED,
    "FAILED": RunStatus.FAILED, "KILLED": RunStatus.CANCELLED,
    1: RunStatus.RUNNING, 2: RunStatus.QUEUED, 3: RunStatus.COMPLETED, 4: RunStatus.FAILED, 5: RunStatus.CANCELLED,
}  # fmt: skip


def experiment(row: Experiment, tags: Iterable[ExperimentTag]) -> dict[str, Any]:
    return {
        "experiment_id": experiments.public_id(row),
        "name": row.name,
        "artifact_location": artifact_location(row),
        "lifecycle_stage": "active" if row.deleted_at is None else "deleted",
        "creation_time": milliseconds(row.created_at),
        "last_update_time": milliseconds(row.updated_at),
        "tags": [{"key": tag.key, "value": tag.value} for tag in tags],
    }


def artifact_location(row: Experiment) -> str:
    return row.artifact_location or f"mlflow-artifacts:/{experiments.public_id(row)}"


def artifact_uri(row: Run) -> str:
    assert row.experiment is not None
    return below(artifact_location(row.experiment), f"{row.run_id}/artifacts")


def below(location: str, path: str) -> str:
    """The address with that path behind its own; what it asks behind a question mark stays at the end."""
    whole, mark, query = location.partition("?")
    return f"{whole.rstrip('/')}/{path}{mark}{query}"


def info(row: Run, user: str) -> dict[str, Any]:
    assert row.experiment is not None
    told: dict[str, Any] = {
        "run_id": row.run_id,
        "run_uuid": row.run_id,
        "run_name": row.name,
        "experiment_id": experiments.public_id(row.experiment),
        "user_id": user,
        "status": STATUS_OUT[RunStatus(row.status)],
        "start_time": milliseconds(row.started_at or row.created_at),
        "artifact_uri": artifact_uri(row),
        "lifecycle_stage": "active" if row.deleted_at is None else "deleted",
    }
    if row.ended_at is not None:
        told["end_time"] = milliseconds(row.ended_at)
    return told


def metric(row: MetricSummary) -> dict[str, Any]:
    return {
        "key": row.key,
        "value": "NaN" if row.last is None else number_out(row.last),
        "timestamp": row.last_time,
        "step": row.last_step,
    }


def runs(rows: Sequence[Run]) -> list[dict[str, Any]]:
    """Whole runs with what hangs on them, in the order given; as many queries for a thousand as for one."""
    pks = [row.pk for row in rows]
    metrics = _grouped(
        MetricSummary.objects.filter(run__in=pks)
        .only("run_id", "key", "last", "last_time", "last_step")
        .order_by("run_id", "key")
    )
    params = _grouped(Param.objects.filter(run__in=pks).order_by("run_id", "key"))
    tags = _grouped(Tag.objects.filter(run__in=pks).order_by("run_id", "key"))
    datasets = _grouped(DatasetUse.objects.filter(run__in=pks).select_related("dataset").order_by("run_id", "id"))
    uses = logged.uses_of(pks) if pks else {}
    return [
        _run(
            row,
            metrics.get(row.pk, ()),
            params.get(row.pk, ()),
            tags.get(row.pk, ()),
            datasets.get(row.pk, ()),
            uses.get(row.pk, ()),
        )
        for row in rows
    ]


def _run(
    row: Run,
    metrics: Iterable[MetricSummary],
    params: Iterable[Param],
    tags: Iterable[Tag],
    datasets: Iterable[DatasetUse],
    uses: Iterable[ModelUse],
) -> dict[str, Any]:
    told_tags = {tag.key: tag.value for tag in tags}
    told_tags[tracked.NAME_TAG] = row.name
    user = row.client_user
    if user is None:
        user = row.created_by.username if row.created_by else "unknown"
    read = [{"model_id": use.model_id} for use in uses if use.direction == ModelUse.Direction.INPUT]
    made = [
        {"model_id": use.model_id, "step": use.step} for use in uses if use.direction == ModelUse.Direction.OUTPUT
    ]
    return {
        "info": info(row, user),
        "data": {
            "metrics": [metric(m) for m in metrics],
            "params": [{"key": p.key, "value": p.value} for p in params],
            "tags": [{"key": key, "value": value} for key, value in told_tags.items()],
        },
        "inputs": {"dataset_inputs": [_dataset_use(use) for use in datasets], "model_inputs": read},
        "outputs": {"model_outputs": made},
    }


def _dataset_use(use: DatasetUse) -> dict[str, Any]:
    data = use.dataset
    told = {"name": data.name, "digest": data.digest, "source_type": data.source_type, "source": data.source}
    if data.schema:
        told["schema"] = data.schema
    if data.profile:
        told["profile"] = data.profile
    return {"tags": [{"key": key, "value": value} for key, value in _tags(use.tags)], "dataset": told}


def _tags(tags: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return tags.items()


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.run_id, []).append(row)
    return found
