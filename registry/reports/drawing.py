"""What a block of a report shows: its query asked now, as plain data for whoever draws it."""

import difflib
import math
from typing import Any

import orjson

from registry.errors import Invalid
from registry.reports.blocks import Block
from registry.runs import curves, numbers, table
from registry.runs.models import Experiment, Run
from registry.runs.search import names, order, runs
from registry.runs.search.fields import RUNS
from registry.workspaces.models import Workspace

POINTS = 400  # columns of a chart; each keeps its extremes
NEWEST = "attributes.created DESC"


def as_json(workspace: Workspace, block: Block) -> bytes:
    return orjson.dumps(drawn(workspace, block))


def drawn(workspace: Workspace, block: Block) -> dict[str, Any]:
    """Raises `Invalid` for an experiment, a filter or an order that makes no sense."""
    # Nobody's stars: a report says the same to everybody.
    scope = runs.Scope(workspace, _experiments(workspace, block), ids=block.runs or None)
    orders = [order.parse(block.order or NEWEST, RUNS)]
    limit = len(block.runs) or block.limit
    found = runs.search(scope, block.filter, orders, limit=limit).rows
    if block.runs and not block.order:
        found.sort(key=lambda run: block.runs.index(run.run_id))
    total = len(found) if len(found) < limit else runs.count(scope, block.filter)[0]
    columns = [table.Column(field, names.parse(field, RUNS)[0]) for field in block.fields()]
    values = table.values_of(found, columns)
    if block.show in ("scatter", "parallel"):
        _make_numbers(values, [column.title for column in columns])
    return {
        "block": {
            name: getattr(block, name)
            for name in ("show", "title", "metrics", "x", "y", "colour", "by", "smoothing", "log", "height")
        },
        "columns": [{"field": column.title, "title": _title(column)} for column in columns],
        "rows": [
            {
                "run_id": run.run_id,
                "name": run.name,
                "status": str(run.status),
                "values": {title: table.told(value) for title, value in values[run.pk].items()},
            }
            for run in found
        ],
        "curves": _curves(found, block) if block.show == "lines" else [],
        "total": total,
    }


def _experiments(workspace: Workspace, block: Block) -> tuple[int, ...] | None:
    if not block.experiments:
        return None
    known = Experiment.objects.filter(workspace=workspace, deleted_at=None)
    found = dict(known.filter(name__in=block.experiments).values_list("name", "pk"))
    for name in block.experiments:
        if name not in found:
            near = difflib.get_close_matches(name, known.order_by("-updated_at").values_list("name", flat=True)[:1000], 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise Invalid(f"There is no experiment {name} in this workspace.{hint}", code="bad-block", fields={"experiment": name})
    return tuple(sorted(found.values()))


def _curves(found: list[Run], block: Block) -> list[dict[str, Any]]:
    return [
        {
            "run_id": curve.run_id,
            "key": curve.key,
            "x": curve.x,
            "y": [y if y is None else numbers.shown(y) for y in curve.y],
            "count": curve.count,
            "exact": curve.exact,
        }
        for curve in curves.curves(found, list(block.metrics), x=block.x, points=POINTS)
    ]


def _make_numbers(values: dict[int, dict[str, Any]], titles: list[str]) -> None:
    """Params are texts; an axis of numbers is drawn as one."""
    for title in titles:
        told = [row.get(title) for row in values.values()]
        read = [_number(value) for value in told]
        if any(n is None and v is not None for n, v in zip(read, told, strict=True)):
            continue
        for row, number in zip(values.values(), read, strict=True):
            row[title] = number


def _number(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        number = float(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None


def _title(column: table.Column) -> str:
    return f"{column.name.key}{f' ({column.name.part})' if column.name.part else ''}"
