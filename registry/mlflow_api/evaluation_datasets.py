"""Evaluation data sets of 3.x clients (`mlflow.genai.datasets`). Not the data sets that runs log, which are `inputs`."""

from functools import partial
from typing import Any

import orjson
from django.db.models import F, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from registry.errors import NotFound
from registry.mlflow_api import errors, paging
from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.experiments import find as find_experiment
from registry.mlflow_api.routing import Call, route
from registry.runs import experiments, tracking
from registry.runs.models import Experiment
from registry.runs.search import fields, grammar, order, tree, where
from registry.traces import evaluation
from registry.traces.models import DatasetRecord, EvaluationDataset

V3 = ("3.0",)
USUAL, MOST = 1000, 1000
TEXT = fields.EQUAL | fields.LIKE | {"IN"}
FIELDS = fields.Fields(
    noun="evaluation dataset",
    attributes=(
        fields.Attribute("name", operators=TEXT),
        fields.Attribute("created_time", fields.NUMBER, operators=fields.PROTOCOL_NUMBER),
        fields.Attribute("last_update_time", fields.NUMBER, operators=fields.PROTOCOL_NUMBER),
        fields.Attribute("created_by", operators=fields.EQUAL | fields.LIKE, lists=False, order=False),
        fields.Attribute("last_updated_by", operators=fields.EQUAL | fields.LIKE, lists=False, order=False),
    ),
    groups=(fields.Group("tags", operators=fields.PROTOCOL_TAG, order=False, called="tag"),),
    words=(),
    strict=True,
)
COLUMNS = {
    "name": "name", "created_time": "created", "last_update_time": "updated", "created_by": "created_by",
    "last_updated_by": "updated_by",
}  # fmt: skip


@route("POST", "datasets/create", action="runs.submit", versions=V3)
def create_dataset(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "experiment_ids": (v.STRINGS,), "tags": (v.STRING,)})
    make = partial(
        evaluation.create,
        workspace=call.workspace,
        by=call.user,
        name=v.limited(v.text(call.body, "name"), 255, "name"),
        tags=_tags(call),
        experiments=_experiments(call),
    )
    return {"dataset": _shape(tracking.run_in_writer(make))}


@route("POST", "datasets/search", action="runs.view", versions=V3)
@route("GET", "datasets/search", action="runs.view", versions=V3)
def search_datasets(call: Call) -> dict[str, Any]:
    limit = v.integer(call.body, "max_results") or USUAL
    paging.require_limit(limit, MOST)
    start = paging.offset(v.text(call.body, "page_token"))
    found = EvaluationDataset.objects.filter(workspace=call.workspace)
    if call.body.get("experiment_ids"):
        found = found.filter(experiments__experiment__in=_experiments(call, known_only=True)).distinct()
    parsed = grammar.parse(v.text(call.body, "filter_string"), FIELDS)
    for asked in tree.comparisons(parsed):
        if asked.name.group == "tags":
            value = Cast(KeyTextTransform(asked.name.key, "tags"), TextField())
            found = found.annotate(**{_alias(asked): value})
    orders = [
        F(COLUMNS[asked.name.key]).desc() if asked.descending else F(COLUMNS[asked.name.key]).asc()
        for asked in order.parse_all(v.strings(call.body, "order_by"), FIELDS)
    ]
    found = found.filter(where.all_of(parsed, _condition)).order_by(*orders, "-created", "dataset_id")
    rows = list(found[start : start + limit + 1])
    said: dict[str, Any] = {"datasets": [_shape(one) for one in rows[:limit]]}
    return said | ({"next_page_token": paging.token(start + limit)} if len(rows) > limit else {})


@route("GET", "datasets/{dataset_id}", action="runs.view", versions=V3)
def get_dataset(call: Call) -> dict[str, Any]:
    return {"dataset": _shape(_dataset(call))}


@route("DELETE", "datasets/{dataset_id}", action="runs.edit", versions=V3)
def delete_dataset(call: Call) -> dict[str, Any]:
    found = EvaluationDataset.objects.filter(workspace=call.workspace, dataset_id=call.params["dataset_id"]).first()
    if found is not None:
        tracking.run_in_writer(partial(evaluation.delete, dataset=found, by=call.user))
    return {}


@route("PATCH", "datasets/{dataset_id}/tags", action="runs.submit", versions=V3)
def set_dataset_tags(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"tags": (v.REQUIRED, v.STRING)})
    change = partial(evaluation.set_tags, dataset=_dataset(call), by=call.user, tags=_tags(call))
    tracking.run_in_writer(change)
    return {}


@route("DELETE", "datasets/{dataset_id}/tags/{key*}", action="runs.submit", versions=V3)
def delete_dataset_tag(call: Call) -> dict[str, Any]:
    key = call.params["key"]
    tracking.run_in_writer(partial(evaluation.delete_tag, dataset=_dataset(call), by=call.user, key=key))
    return {}


@route("POST", "datasets/{dataset_id}/records", action="runs.submit", versions=V3)
def upsert_records(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"records": (v.REQUIRED, v.STRING)})
    records = _json(call, "records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise invalid("`records` must be a JSON list of objects.")
    new, changed = tracking.run_in_writer(
        partial(evaluation.upsert, dataset=_dataset(call), by=call.user, records=records)
    )
    return {"inserted_count": new, "updated_count": changed}


@route("GET", "datasets/{dataset_id}/records", action="runs.view", versions=V3)
def get_records(call: Call) -> dict[str, Any]:
    limit = v.integer(call.body, "max_results") or USUAL
    paging.require_limit(limit, MOST)
    start = paging.offset(v.text(call.body, "page_token"))
    rows = list(_dataset(call).records.order_by("created", "pk")[start : start + limit + 1])
    told = [_record(one, call.params["dataset_id"]) for one in rows[:limit]]
    said = {"records": orjson.dumps(told).decode()}
    return said | ({"next_page_token": paging.token(start + limit)} if len(rows) > limit else {})


@route("DELETE", "datasets/{dataset_id}/records", action="runs.edit", versions=V3)
def delete_records(call: Call) -> dict[str, Any]:
    ids = v.strings(call.body, "dataset_record_ids")
    delete = partial(evaluation.delete_records, dataset=_dataset(call), by=call.user, record_ids=ids)
    return {"deleted_count": tracking.run_in_writer(delete)}


@route("GET", "datasets/{dataset_id}/experiment-ids", action="runs.view", versions=V3)
def get_experiment_ids(call: Call) -> dict[str, Any]:
    found = EvaluationDataset.objects.filter(workspace=call.workspace, dataset_id=call.params["dataset_id"]).first()
    return {"experiment_ids": _ids(found) if found else []}


@route("POST", "datasets/{dataset_id}/add-experiments", action="runs.submit", versions=V3)
def add_experiments(call: Call) -> dict[str, Any]:
    found = _named(call)
    tracking.run_in_writer(partial(evaluation.add_to, dataset=found, by=call.user, experiments=_experiments(call)))
    return {"dataset": _shape(found)}


@route("POST", "datasets/{dataset_id}/remove-experiments", action="runs.submit", versions=V3)
def remove_experiments(call: Call) -> dict[str, Any]:
    found = _named(call)
    gone = _experiments(call, known_only=True)
    tracking.run_in_writer(partial(evaluation.remove_from, dataset=found, by=call.user, experiments=gone))
    return {"dataset": _shape(found)}


def _condition(asked: tree.Compare) -> Q:
    if asked.name.group == "tags":
        return where.text(_alias(asked), asked)
    kind = where.number if asked.name.key in ("created_time", "last_update_time") else where.text
    return kind(COLUMNS[asked.name.key], asked)


def _alias(asked: tree.Compare) -> str:
    return f"asked_{asked.at}"


def _dataset(call: Call) -> EvaluationDataset:
    return evaluation.find(call.workspace, call.params["dataset_id"])


def _named(call: Call) -> EvaluationDataset:
    """Where experiments are linked, MLflow words it in another way."""
    found = EvaluationDataset.objects.filter(workspace=call.workspace, dataset_id=call.params["dataset_id"]).first()
    if found is None:
        raise errors.missing(f"Dataset '{call.params['dataset_id']}' not found")
    return found


def _experiments(call: Call, *, known_only: bool = False) -> list[Experiment]:
    found = []
    for public in v.strings(call.body, "experiment_ids"):
        try:
            found.append(find_experiment(call, public))
        except (errors.ProtocolError, NotFound):
            if not known_only:
                raise
    return found


def _tags(call: Call) -> dict[str, Any]:
    if not call.body.get("tags"):
        return {}
    tags = _json(call, "tags")
    if not isinstance(tags, dict):
        raise invalid("`tags` must be a JSON object.")
    return {str(key): str(value) for key, value in tags.items() if value is not None}


def _json(call: Call, name: str) -> Any:
    try:
        return orjson.loads(v.text(call.body, name))
    except orjson.JSONDecodeError:
        raise invalid(f"`{name}` must be JSON.") from None


def _ids(found: EvaluationDataset) -> list[str]:
    links = found.experiments.select_related("experiment").order_by("pk")
    return [experiments.public_id(link.experiment) for link in links]


def _shape(found: EvaluationDataset) -> dict[str, Any]:
    said: dict[str, Any] = {
        "dataset_id": found.dataset_id,
        "name": found.name,
        "tags": orjson.dumps(found.tags).decode(),
        "digest": found.digest,
        "created_time": found.created,
        "last_update_time": found.updated,
        "created_by": found.created_by,
        "last_updated_by": found.updated_by,
        "experiment_ids": _ids(found),
    }
    return said | {name: getattr(found, name) for name in ("schema", "profile") if getattr(found, name)}


def _record(found: DatasetRecord, dataset_id: str) -> dict[str, Any]:
    """As a client's own `DatasetRecord.to_dict`, since that is how it reads them."""
    return {
        "dataset_record_id": found.record_id,
        "dataset_id": dataset_id,
        "inputs": found.inputs,
        "outputs": found.outputs,
        "expectations": found.expectations,
        "tags": found.tags,
        "source": found.source,
        "source_id": found.source_id or None,
        "source_type": found.source_type or None,
        "created_time": found.created,
        "last_update_time": found.updated,
        "created_by": found.created_by,
        "last_updated_by": found.updated_by,
    }
