"""Searching registered models and versions: MLflow's filters and orders, a page at a time.

Prompts are left out, as MLflow does it, unless the filter asks for the tag `mlflow.prompt.is_prompt`.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from registry.mlflow_api import finding, paging
from registry.mlflow_api.errors import invalid
from registry.mlmodels import naming
from registry.mlmodels.models import ModelVersion, ModelVersionTag, RegisteredModel, RegisteredModelTag
from registry.runs.search import fields, grammar, order, tree, where
from registry.runs.search.errors import BadFilter
from registry.workspaces.models import Workspace

TAGS = fields.Group("tags", aliases=("tag",), operators=fields.PROTOCOL_TAG, order=False, called="tag")
MODELS = fields.Fields(
    noun="registered model",
    attributes=(
        fields.Attribute("name", operators=fields.PROTOCOL_TEXT),
        fields.Attribute("last_updated_timestamp", fields.TIME, aliases=("timestamp",), search=False),
    ),
    groups=(TAGS,),
    words=("attribute",),
    strict=True,
)
VERSIONS = fields.Fields(
    noun="model version",
    attributes=(
        fields.Attribute("name", operators=fields.PROTOCOL_TEXT),
        fields.Attribute("version_number", fields.NUMBER, operators=fields.PROTOCOL_NUMBER),
        fields.Attribute("run_id", operators=fields.PROTOCOL_TEXT, order=False),
        fields.Attribute("source_path", operators=fields.PROTOCOL_TEXT, lists=False, order=False),
        fields.Attribute("creation_timestamp", fields.TIME, search=False),
        fields.Attribute("last_updated_timestamp", fields.TIME, search=False),
    ),
    groups=(TAGS,),
    words=("attribute",),
    strict=True,
)
MODEL_COLUMNS = {"name": "name", "last_updated_timestamp": "updated_at"}
VERSION_COLUMNS = {
    "name": "model__name", "version_number": "number", "run_id": "source_run_id", "source_path": "source",
    "creation_timestamp": "created_at", "last_updated_timestamp": "updated_at",
}  # fmt: skip


def registered_models(
    workspace: Workspace, filter: str, order_by: Sequence[str], *, limit: int, token: str
) -> tuple[list[RegisteredModel], str]:
    """The page and the token of the next, "" after the last."""

    def one(asked: tree.Compare) -> Q:
        if asked.name.group == "tags":
            if asked.name.key == naming.IS_PROMPT:
                return Q(is_prompt=_wants_prompts(asked))
            return where.related(RegisteredModelTag, "model", asked)
        return where.text("name", asked)

    parsed = grammar.parse(filter, MODELS)
    found = finding.models(workspace).filter(where.all_of(parsed, one))
    if not _asks_for_prompts(parsed):
        found = found.filter(is_prompt=False)
    try:
        orders = _orders(order_by, MODELS, MODEL_COLUMNS, ["name"])
    except BadFilter as error:
        told = str(error.fields["protocol"]).replace("Invalid attribute key", "Invalid order by key")  # its word for models
        raise invalid(told) from None
    return _page(found.order_by(*orders), limit, token)


def model_versions(
    workspace: Workspace, filter: str, order_by: Sequence[str], *, limit: int, token: str
) -> tuple[list[ModelVersion], str]:
    def one(asked: tree.Compare) -> Q:
        if asked.name.group == "tags":
            if asked.name.key == naming.IS_PROMPT:
                return Q(model__is_prompt=_wants_prompts(asked))
            return where.related(ModelVersionTag, "version", asked)
        if asked.name.key == "version_number":
            return where.number("number", asked)
        return where.text(VERSION_COLUMNS[asked.name.key], asked)

    parsed = grammar.parse(filter, VERSIONS)
    found = finding.versions(workspace).filter(where.all_of(parsed, one))
    if not _asks_for_prompts(parsed):
        found = found.filter(model__is_prompt=False)
    given = order_by or ["last_updated_timestamp DESC", "name ASC", "version_number DESC"]
    return _page(found.order_by(*_orders(given, VERSIONS, VERSION_COLUMNS, ["name", "-version_number"])), limit, token)


def _page(found: QuerySet[Any], limit: int, token: str) -> tuple[list[Any], str]:
    """One row more than is told says whether there is a next page."""
    start = paging.offset(token)
    rows = list(found[start : start + limit + 1])
    return rows[:limit], paging.token(start + limit) if len(rows) > limit else ""


def _orders(order_by: Sequence[str], known: fields.Fields, columns: dict[str, str], ties: Sequence[str]) -> list[Any]:
    wanted: dict[str, bool] = {}
    for asked in order.parse_all(list(order_by), known):
        wanted[asked.name.key] = asked.descending
    for tie in ties:
        wanted.setdefault(tie.removeprefix("-"), tie.startswith("-"))
    return [F(columns[key]).desc() if descending else F(columns[key]).asc() for key, descending in wanted.items()]


def _asks_for_prompts(parsed: tree.Tree | None) -> bool:
    return any(asked.name.group == "tags" and asked.name.key == naming.IS_PROMPT for asked in tree.comparisons(parsed))


def _wants_prompts(asked: tree.Compare) -> bool:
    value = str(asked.value).lower()
    return (asked.operator == "=" and value == "true") or (asked.operator == "!=" and value == "false")
