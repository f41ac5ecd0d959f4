"""Evaluation data sets: made, filled, linked to experiments. *May they · is it legal · write.*"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db import transaction

from registry.errors import Invalid, NotFound
from registry.runs.models import Experiment
from registry.traces.models import DatasetExperiment, DatasetRecord, EvaluationDataset
from registry.workspaces import access
from registry.workspaces.models import Workspace

AT_ONCE = 200
USER_TAG = "mlflow.user"
SOURCES = ("UNSPECIFIED", "TRACE", "HUMAN", "DOCUMENT", "CODE")


def find(workspace: Workspace, dataset_id: str) -> EvaluationDataset:
    found = EvaluationDataset.objects.filter(workspace=workspace, dataset_id=dataset_id).first()
    if found is None:
        raise NotFound(f"Evaluation dataset with id '{dataset_id}' not found")
    return found


@transaction.atomic
def create(
    *, workspace: Workspace, by: Any, name: str, tags: Mapping[str, str], experiments: Sequence[Experiment]
) -> EvaluationDataset:
    access.require(by, "runs.submit", workspace)
    now = _now()
    user = str(tags.get(USER_TAG) or by.username)
    made = EvaluationDataset.objects.create(
        workspace=workspace, name=name, tags=dict(tags), digest=_digest(name, now), created=now, updated=now,
        created_by=user, updated_by=user,
    )  # fmt: skip
    _link(made, experiments)
    return made


def delete(*, dataset: EvaluationDataset, by: Any) -> None:
    access.require(by, "runs.edit", dataset.workspace)
    dataset.delete()


@transaction.atomic
def set_tags(*, dataset: EvaluationDataset, by: Any, tags: Mapping[str, str]) -> None:
    """Add or change these. Tags are about the data set; it is not another one with them."""
    access.require(by, "runs.submit", dataset.workspace)
    dataset.tags = {**dataset.tags, **tags}
    dataset.save(update_fields=["tags"])


@transaction.atomic
def delete_tag(*, dataset: EvaluationDataset, by: Any, key: str) -> None:
    access.require(by, "runs.submit", dataset.workspace)
    dataset.tags = {name: value for name, value in dataset.tags.items() if name != key}
    dataset.save(update_fields=["tags"])


@transaction.atomic
def add_to(*, dataset: EvaluationDataset, by: Any, experiments: Sequence[Experiment]) -> None:
    access.require(by, "runs.submit", dataset.workspace)
    _link(dataset, experiments)
    _touch(dataset, by)


@transaction.atomic
def remove_from(*, dataset: EvaluationDataset, by: Any, experiments: Sequence[Experiment]) -> None:
    access.require(by, "runs.submit", dataset.workspace)
    dataset.experiments.filter(experiment__in=experiments).delete()
    _touch(dataset, by)


@transaction.atomic
def upsert(*, dataset: EvaluationDataset, by: Any, records: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """How many are new and how many were changed: the same inputs are the same record."""
    access.require(by, "runs.submit", dataset.workspace)
    now = _now()
    keys = [_key(record) for record in records]
    known = {record.key: record for record in dataset.records.filter(key__in=keys)}
    fresh: dict[str, DatasetRecord] = {}
    for key, record in zip(keys, records, strict=True):
        if found := known.get(key) or fresh.get(key):
            _merge(found, record, now, by)
        else:
            fresh[key] = _record(dataset, key, record, now, by)
    DatasetRecord.objects.bulk_create(fresh.values(), batch_size=AT_ONCE)
    DatasetRecord.objects.bulk_update(
        known.values(), ["outputs", "expectations", "tags", "updated", "updated_by"], batch_size=AT_ONCE
    )
    dataset.schema = orjson.dumps(_schema(dataset, records)).decode()
    dataset.profile = orjson.dumps({"num_records": dataset.records.count()}).decode()
    _touch(dataset, by, next((_user(record, by) for record in reversed(records)), ""))
    return len(fresh), len(records) - len(fresh)


@transaction.atomic
def delete_records(*, dataset: EvaluationDataset, by: Any, record_ids: Sequence[str]) -> int:
    access.require(by, "runs.edit", dataset.workspace)
    deleted, _ = dataset.records.filter(record_id__in=record_ids).delete()
    dataset.profile = orjson.dumps({"num_records": dataset.records.count()}).decode()
    _touch(dataset, by)
    return deleted


def _link(dataset: EvaluationDataset, experiments: Sequence[Experiment]) -> None:
    DatasetExperiment.objects.bulk_create(
        [DatasetExperiment(dataset=dataset, experiment=experiment) for experiment in experiments], ignore_conflicts=True
    )


def _touch(dataset: EvaluationDataset, by: Any, user: str = "") -> None:
    # Never the same digest for another state.
    dataset.updated = max(_now(), dataset.updated + 1)
    dataset.updated_by = user or by.username
    dataset.digest = _digest(dataset.name, dataset.updated)
    dataset.save()


def _record(dataset: EvaluationDataset, key: str, told: Mapping[str, Any], now: int, by: Any) -> DatasetRecord:
    source = told.get("source") if isinstance(told.get("source"), dict) else None
    kind = str((source or {}).get("source_type", "")).upper()
    if source is not None and kind not in SOURCES:
        raise Invalid(f"Invalid dataset record source type: {kind}. Valid source types: {list(SOURCES)}")
    data = (source or {}).get("source_data") or {}
    user = _user(told, by)
    return DatasetRecord(
        dataset=dataset, key=key, inputs=told.get("inputs") or {}, outputs=told.get("outputs"),
        expectations=told.get("expectations"), tags=told.get("tags"),
        source={"source_type": kind, "source_data": data} if source else None, source_type=kind,
        source_id=str(data.get("trace_id", ""))[:100] if isinstance(data, dict) else "", created=now, updated=now,
        created_by=user, updated_by=user,
    )  # fmt: skip


def _merge(record: DatasetRecord, told: Mapping[str, Any], now: int, by: Any) -> None:
    """What is told is added to what was known; outputs take their place."""
    if told.get("outputs") is not None:
        record.outputs = told["outputs"]
    for name in ("expectations", "tags"):
        if told.get(name):
            setattr(record, name, {**(getattr(record, name) or {}), **told[name]})
    record.updated, record.updated_by = now, _user(told, by)


def _user(told: Mapping[str, Any], by: Any) -> str:
    """The program's own user, if it names one."""
    tags = told.get("tags")
    return str((tags.get(USER_TAG) if isinstance(tags, dict) else "") or by.username)


def _key(record: Mapping[str, Any]) -> str:
    inputs = orjson.dumps(record.get("inputs") or {}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(inputs).hexdigest()


def _schema(dataset: EvaluationDataset, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The type of every field, as it was first seen."""
    empty = {"inputs": {}, "outputs": {}, "expectations": {}, "version": "1.0"}
    schema: dict[str, Any] = orjson.loads(dataset.schema) if dataset.schema else empty
    for record in records:
        for part in ("inputs", "outputs", "expectations"):
            told = record.get(part)
            if isinstance(told, dict) and isinstance(schema[part], dict):
                for key, value in told.items():
                    schema[part].setdefault(key, _type(value))
            elif told is not None and not schema[part]:
                schema[part] = _type(told)
    return schema


def _type(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "float", str: "string", list: "array", dict: "object"}
    return "null" if value is None else names.get(type(value), "unknown")


def _digest(name: str, at: int) -> str:
    return hashlib.sha256(f"{name}:{at}".encode()).hexdigest()[:8]


def _now() -> int:
    return int(time.time() * 1000)
