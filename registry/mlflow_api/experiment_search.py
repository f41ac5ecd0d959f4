"""Searching experiments: MLflow's filters and orders, a page at a time."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import F, Q

from registry.mlflow_api import paging
from registry.runs import experiments
from registry.runs.models import Experiment, ExperimentTag
from registry.runs.search import fields, grammar, order, tree, where
from registry.workspaces.models import Workspace

COLUMNS = {
    "name": "name", "experiment_id": "pk", "creation_time": "created_at", "last_update_time": "updated_at",
}  # fmt: skip
BY_DEFAULT = ("creation_time DESC", "experiment_id ASC")
LIFECYCLES = {"active": Q(deleted_at=None), "deleted": Q(deleted_at__isnull=False), "all": Q()}


def search(
    workspace: Workspace, filter: str, *, lifecycle: str, order_by: Sequence[str], limit: int, token: str
) -> tuple[list[Experiment], str]:
    """The page and the token of the next, "" after the last."""

    def one(asked: tree.Compare) -> Q:
        if asked.name.group == "tags":
            return where.related(ExperimentTag, "experiment", asked)
        column = COLUMNS[asked.name.key]
        if column == "pk":
            return where.number("pk", _with_keys(workspace, asked))
        return where.text(column, asked) if column == "name" else where.moment(column, asked)

    parsed = grammar.parse(filter, fields.EXPERIMENTS)
    found = Experiment.objects.filter(LIFECYCLES[lifecycle], where.all_of(parsed, one), workspace=workspace)
    orders = order.parse_all(list(order_by) or BY_DEFAULT, fields.EXPERIMENTS)
    columns = [F(COLUMNS[o.name.key]).desc() if o.descending else F(COLUMNS[o.name.key]).asc() for o in orders]
    start = paging.offset(token)
    rows = list(found.order_by(*columns, "-pk")[start : start + limit + 1])
    return rows[:limit], paging.token(start + limit) if len(rows) > limit else ""


def _with_keys(workspace: Workspace, asked: tree.Compare) -> tree.Compare:
    """With our keys in the place of the protocol's ids; what is no id is no experiment's."""
    if isinstance(asked.value, tuple):
        return replace(asked, value=tuple(_key(workspace, str(value)) for value in asked.value))
    return replace(asked, value=_key(workspace, str(asked.value)))


def _key(workspace: Workspace, public: str) -> int:
    if public == "0":
        return experiments.default(workspace).pk
    return int(public) if public.isascii() and public.isdecimal() and len(public) < 19 else -1
