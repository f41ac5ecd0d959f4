"""Searching logged models: by attributes, metrics on data sets, params and tags."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery

from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid
from registry.mlmodels.models import LoggedModel, LoggedModelMetric, LoggedModelParam, LoggedModelTag
from registry.mlmodels.models.logged import LoggedModelStatus
from registry.runs import experiments
from registry.runs.search import fields, grammar, tree, where
from registry.workspaces.models import Workspace

USUAL, MOST = 100, 1000
TEXT = fields.PROTOCOL_TEXT
FIELDS = fields.Fields(
    noun="logged model",
    attributes=(
        fields.Attribute("name", operators=TEXT),
        fields.Attribute("model_id", operators=TEXT),
        fields.Attribute("model_type", operators=TEXT),
        fields.Attribute("status", operators=TEXT),
        fields.Attribute("source_run_id", operators=TEXT),
        fields.Attribute("creation_timestamp", fields.TIME, operators=fields.PROTOCOL_NUMBER, aliases=("creation_time",)),
        fields.Attribute(
            "last_updated_timestamp", fields.TIME, operators=fields.PROTOCOL_NUMBER, aliases=("last_updated_time",)
        ),
    ),
    groups=(
        fields.Group("metrics", fields.NUMBER, operators=fields.PROTOCOL_NUMBER, called="metric"),
        fields.Group("params", operators=TEXT, called="parameter"),
        fields.Group("tags", operators=TEXT, called="tag"),
    ),
    words=(),
    strict=True,
)
COLUMNS = {
    "name": "name", "model_id": "model_id", "model_type": "model_type", "status": "status",
    "source_run_id": "source_run_id", "creation_timestamp": "created_at", "creation_time": "created_at",
    "last_updated_timestamp": "updated_at", "last_updated_time": "updated_at",
}  # fmt: skip
TIMES = ("creation_timestamp", "last_updated_timestamp")


def search(
    workspace: Workspace,
    experiment_ids: Sequence[str],
    filter: str,
    *,
    datasets: Sequence[Mapping[str, Any]],
    order_by: Sequence[Mapping[str, Any]],
    limit: int,
    token: str,
) -> tuple[list[LoggedModel], str]:
    """The page and the token of the next, "" after the last."""
    if limit < 1 or limit > MOST:
        raise invalid(f"Invalid value {limit} for parameter 'max_results' supplied. It must be between 1 and {MOST}.")
    question = {
        "experiment_ids": list(experiment_ids),
        "filter_string": filter or None,
        "order_by": [dict(asked) for asked in order_by] or None,
    }
    start = _offset(token, question)
    measured_on = _measured_on(datasets)

    def one(asked: tree.Compare) -> Q:
        match asked.name.group:
            case "metrics":
                rows = LoggedModelMetric.objects.filter(measured_on, model=OuterRef("pk"), key=asked.name.key)
                return Q(Exists(rows.filter(where.number("value", asked))))
            case "params":
                return where.related(LoggedModelParam, "model", asked)
            case "tags":
                return where.related(LoggedModelTag, "model", asked)
        if asked.name.key in TIMES:
            return where.moment(COLUMNS[asked.name.key], asked)
        if asked.name.key == "status":
            asked = replace(asked, value=_status(asked.value))
        return where.text(COLUMNS[asked.name.key], asked)

    parsed = grammar.parse(filter, FIELDS)
    found = (
        LoggedModel.objects.filter(_in(workspace, experiment_ids), deleted_at=None)
        .filter(where.all_of(parsed, one))
        .select_related("experiment")
        .prefetch_related(
            Prefetch("metrics", LoggedModelMetric.objects.select_related("run").order_by("pk")),
            Prefetch("params", LoggedModelParam.objects.order_by("pk")),
            Prefetch("tags", LoggedModelTag.objects.order_by("pk")),
        )
    )
    if datasets and not any(asked.name.group == "metrics" for asked in tree.comparisons(parsed)):
        found = found.filter(Exists(LoggedModelMetric.objects.filter(measured_on, model=OuterRef("pk"))))
    rows = list(found.order_by(*_orders(order_by))[start : start + limit + 1])
    following = _token({**question, "offset": start + limit}) if len(rows) > limit else ""
    return rows[:limit], following


def _in(workspace: Workspace, experiment_ids: Sequence[str]) -> Q:
    numbers = [int(text) for text in experiment_ids if text.isascii() and text.isdecimal() and 0 < len(text) < 19]
    if len(numbers) < len(experiment_ids):
        raise invalid("Invalid experiment ID: each must be a whole number.")
    default = [experiments.default(workspace).pk] if 0 in numbers else []
    return Q(experiment__workspace=workspace, experiment__in=[*numbers, *default])


def _measured_on(datasets: Sequence[Mapping[str, Any]]) -> Q:
    wanted = Q()
    for dataset in datasets:
        name, digest = v.text(dataset, "dataset_name"), v.text(dataset, "dataset_digest")
        if not name:
            raise invalid("`dataset_name` in the `datasets` clause must be specified.")
        wanted |= Q(dataset_name=name, dataset_digest=digest) if digest else Q(dataset_name=name)
    return wanted


def _orders(order_by: Sequence[Mapping[str, Any]]) -> list[Any]:
    found: list[Any] = []
    seen: set[str] = set()
    for asked in order_by:
        field = v.text(asked, "field_name")
        if not field:
            raise invalid("`field_name` in the `order_by` clause must be specified.")
        expression = _metric(field, asked) if "." in field else F(_column(field))
        seen.add(COLUMNS.get(field, ""))
        ascending = v.boolean(asked, "ascending", True)
        found.append(expression.asc(nulls_last=True) if ascending else expression.desc(nulls_last=True))
    if "created_at" not in seen:
        found.append(F("created_at").desc())
    return [*found, F("model_id").asc()] if "model_id" not in seen else found


def _column(field: str) -> str:
    try:
        return COLUMNS[field.strip()]
    except KeyError:
        raise invalid(f"Invalid order by field name: {field}") from None


def _metric(field: str, asked: Mapping[str, Any]) -> Subquery:
    """What was measured last."""
    entity, _, key = field.partition(".")
    if entity != "metrics":
        raise invalid(f"Invalid order by field name: {field}. Only metrics are supported.")
    rows = LoggedModelMetric.objects.filter(model=OuterRef("pk"), key=key.strip("`"))
    name, digest = v.text(asked, "dataset_name"), v.text(asked, "dataset_digest")
    if name:
        rows = rows.filter(dataset_name=name)
    if digest:
        rows = rows.filter(dataset_digest=digest)
    return Subquery(rows.order_by("-timestamp", "-step", "run__run_id").values("value")[:1])


def _status(value: tree.Value) -> tree.Value:
    """As users know it ("READY"), or as the protocol names it."""
    if isinstance(value, tuple):
        return tuple(str(_status(str(one))) for one in value)
    whole = f"LOGGED_MODEL_{str(value).upper()}"
    return whole if whole in LoggedModelStatus.values else value


def _token(question: Mapping[str, Any]) -> str:
    return base64.b64encode(json.dumps(question).encode()).decode()


def _offset(token: str, question: Mapping[str, Any]) -> int:
    """A token goes on with the question it was given for, and with no other."""
    if not token:
        return 0
    try:
        told = json.loads(base64.b64decode(token, validate=True))
        offset = v.as_integer(told["offset"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        offset, told = None, {}
    if offset is None or offset < 0:
        raise invalid(f"Invalid page token: {token}.")
    for field, what in (("experiment_ids", "Experiment IDs"), ("filter_string", "Filter string"), ("order_by", "Order by")):
        if told.get(field) != question[field]:
            verb = "do" if field == "experiment_ids" else "does"
            raise invalid(
                f"{what} in the page token {verb} not match the requested {what[0].lower()}{what[1:]}. "
                f"Expected: {question[field]}. Found: {told.get(field)}"
            )
    return offset
