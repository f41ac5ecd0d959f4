"""Many runs side by side, by columns: one list per row of the table, each text written once however many runs share it.

The number of queries does not grow with the runs, and nothing here reads a blob it does not show: a thousand runs with a
hundred rows are some hundred thousand cells, told in a few hundred kilobytes.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django.db.models import Case, CharField, F, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat

from registry.runs import goals, listing, numbers, selections
from registry.runs.models import DatasetUse, MetricSummary, Param, Run, RunInput, RunOutput, Tag
from registry.workspaces.models import Workspace

LONGEST_SHOWN = 300  # of one value in the table; the whole of it is asked for by itself
# With fewer runs than this share a row names the runs it speaks of, instead of a place for each.
SPARSE = 3

CONTEXT = "mlflow.data.context"
# What clients write of themselves and what stands elsewhere on the page.
HIDDEN_TAGS = frozenset(
    {
        "mlflow.runName", "mlflow.parentRunId", "mlflow.log-model.history", "mlflow.loggedArtifacts", "mlflow.loggedImages",
    }
)  # fmt: skip
CODE_TAGS = ("mlflow.source.", "mlflow.git.", "mlflow.project.", "mlflow.databricks.notebook")

Cells = dict[str, dict[int, str]]  # row -> place of the run -> text


def matrix(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, Any]:
    """Everything the table says of the runs, in their order; `missing` are those that are not in the workspace."""
    # Before the records: what happens in between is heard of once more, never missed.
    last_event = listing.last_workspace_event(workspace)
    rows = _runs(workspace, run_ids)
    place = {row["pk"]: at for at, row in enumerate(rows)}
    tags, code = _tags(place)
    outputs, evaluations = _outputs(place)
    texts = {
        "params": _texts(Param.objects.filter(run__in=place).order_by("key").values_list("key", "run_id", "value"), place),
        "tags": tags,
        "environment": _environments(rows),
        "data": _data(place),
        "code": code,
        "outputs": outputs,
    }
    count = len(rows)
    shown = [{name: value for name, value in row.items() if name not in ("pk", "environment")} for row in rows]
    known = {row["run_id"] for row in rows}
    return {
        "runs": shown,
        "missing": [id for id in run_ids if id not in known],
        "metrics": _metrics(place, count),
        **{name: [_row(key, cells, count) for key, cells in found.items()] for name, found in texts.items()},
        "evaluations": evaluations,
        "last_event": last_event,
    }


def text(workspace: Workspace, run_ids: Sequence[str], kind: str, key: str) -> dict[str, str]:
    """One value of each run, whole."""
    records: Any = {"params": Param, "tags": Tag, "code": Tag}[kind]
    found = records.objects.filter(run__workspace=workspace, run__run_id__in=run_ids, key=key)
    return dict(found.values_list("run__run_id", "value"))


def as_json(found: Any) -> bytes:
    return orjson.dumps(found)


def _runs(workspace: Workspace, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    person = Case(
        When(created_by=None, then=None),
        When(created_by__first_name="", created_by__last_name="", then="created_by__username"),
        default=Concat("created_by__first_name", Value(" "), "created_by__last_name"),
        output_field=CharField(),
    )
    # What is no id is not asked for: PostgreSQL refuses a NUL before it looks.
    found = Run.objects.filter(workspace=workspace, run_id__in=filter(selections.is_id, run_ids)).annotate(
        person=person,
        experiment_name=F("experiment__name"),
        root=F("parent__run_id"),
        # As text: a thousand runs share a handful of environments, and each is parsed once.
        packages=Cast("environment", TextField()),
    )
    names = (
        "pk", "run_id", "name", "kind", "status", "source", "compute", "person", "created_at", "started_at", "ended_at",
        "seconds", "peak_memory", "experiment_id", "experiment_name", "root", "archived_at", "deleted_at", "packages",
    )  # fmt: skip
    by_id = {row[1]: dict(zip(names, row, strict=True)) for row in found.values_list(*names)}
    rows = [by_id[id] for id in run_ids if id in by_id]
    for row in rows:
        row["archived"], row["deleted"] = row.pop("archived_at") is not None, row.pop("deleted_at") is not None
        row["experiment"], row["environment"] = row.pop("experiment_name"), row.pop("packages")
    return rows


def _texts(records: Iterable[tuple[str, int, str]], place: dict[int, int]) -> Cells:
    found: Cells = {}
    for key, run, value in records:
        found.setdefault(key, {})[place[run]] = value
    return found


def _tags(place: dict[int, int]) -> tuple[Cells, Cells]:
    """What people wrote, and what clients wrote of the code they ran."""
    found = _texts(Tag.objects.filter(run__in=place).order_by("key").values_list("key", "run_id", "value"), place)
    code = {key: cells for key, cells in found.items() if key.startswith(CODE_TAGS)}
    return {key: cells for key, cells in found.items() if key not in code and key not in HIDDEN_TAGS}, code


def _metrics(place: dict[int, int], count: int) -> list[dict[str, Any]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    records = MetricSummary.objects.filter(run__in=place).order_by("key")
    for key, *values in records.values_list("key", "run_id", "last", "minimum", "maximum"):
        found.setdefault(key, []).append(tuple(values))
    return [_metric(key, values, place, count) for key, values in found.items()]


def _metric(key: str, values: list[tuple[Any, ...]], place: dict[int, int], count: int) -> dict[str, Any]:
    # Most are plain numbers; one that cannot stand in JSON is looked at by itself.
    columns = {
        name: _wired(column)
        for name, column in zip(("last", "min", "max"), list(zip(*values, strict=True))[1:], strict=True)
    }
    places = [place[value[0]] for value in values]
    row = {"key": key, "better": goals.direction(key)}
    if len(places) * SPARSE < count:
        return {**row, "runs": places, **columns}
    dense = {}
    for name, column in columns.items():
        cells: list[Any] = [None] * count
        for at, value in zip(places, column, strict=True):
            cells[at] = value
        dense[name] = cells
    return {**row, **dense}


def _wired(column: Sequence[float | None]) -> list[float | str]:
    try:
        if math.isfinite(sum(column)):  # type: ignore[arg-type]
            return list(column)  # type: ignore[arg-type]
    except TypeError:
        pass  # some of them are no number
    return [numbers.shown(value) for value in column]


def _environments(rows: list[dict[str, Any]]) -> Cells:
    places: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        if row["environment"]:
            places.setdefault(row["environment"], []).append(at)
    found: Cells = {}
    for text, runs in places.items():
        for key, value in _packages(text).items():
            found.setdefault(key, {}).update(dict.fromkeys(runs, value))
    first = {"Python": 0, "Platform": 1}
    return dict(sorted(found.items(), key=lambda item: (first.get(item[0], 2), item[0].lower())))


def _packages(text: str) -> dict[str, str]:
    told = orjson.loads(text) or {}
    about = {"Python": told.get("python"), "Platform": told.get("platform")}
    return {key: str(value) for key, value in (about | (told.get("packages") or {})).items() if value}


def _data(place: dict[int, int]) -> Cells:
    """Versions of data assets by name, data sets as clients described them by name and purpose. The beginning of the
    content's hash stands with each: two versions may hold the same."""
    found: dict[str, dict[int, list[str]]] = {}
    versions = RunInput.objects.filter(run__in=place).order_by("data_version__asset__name", "data_version__number")
    for name, run, number, content in versions.values_list(
        "data_version__asset__name", "run_id", "data_version__number", "data_version__content_hash"
    ):
        said = f"version {number}" + (f" · {content[:8]}" if content else "")
        found.setdefault(name, {}).setdefault(place[run], []).append(said)
    uses = DatasetUse.objects.filter(run__in=place).order_by("dataset__name")
    for name, run, digest, tags in uses.values_list("dataset__name", "run_id", "dataset__digest", "tags"):
        purpose = (tags or {}).get(CONTEXT)
        key = f"{name} ({purpose})" if purpose else name
        found.setdefault(key, {}).setdefault(place[run], []).append(digest)
    return {
        name: {at: ", ".join(dict.fromkeys(said)) for at, said in cells.items()} for name, cells in found.items()
    }


def _outputs(place: dict[int, int]) -> tuple[Cells, list[dict[str, Any]]]:
    """What stands on the ports of the runs or of their steps, by the step's name; and which of it are evaluations."""
    found: Cells = {}
    evaluations: list[dict[str, Any]] = []
    told = ("run_id", "run__parent_id", "run__run_id", "run__name", "run__node_id", "port", "type", "bytes")
    of_steps = RunOutput.objects.filter(run__parent__in=place)
    own = RunOutput.objects.filter(run__in=place)
    for records in (of_steps, own):
        rows = records.annotate(rows=KT("summary__rows")).order_by("run__name", "run_id", "port")
        for run, parent, run_id, name, node, port, type, size, count in rows.values_list(*told, "rows"):
            at = place[parent if records is of_steps else run]
            key = f"{name}/{port}" if records is of_steps else port
            cells = found.setdefault(key, {})
            said = f"{type}, {int(count):,} rows" if count and str(count).isdecimal() else f"{type}, {size:,} bytes"
            # Two nodes of one name are told one after the other.
            cells[at] = f"{cells[at]}; {said}" if at in cells else said
            if type == "evaluation":
                evaluations.append({"run": at, "run_id": run_id, "node_id": node, "name": name, "port": port})
    return found, evaluations


def _row(key: str, cells: dict[int, str], count: int) -> dict[str, Any]:
    """Each text once; `of` says for each run which one it is, -1 where it has none. Without `of` all have the one."""
    texts = {value: number for number, value in enumerate(dict.fromkeys(cells.values()))}
    row = {"key": key, "values": [_shortened(value) for value in texts]}
    if len(texts) == 1 and len(cells) == count:
        return row
    of = {at: texts[value] for at, value in cells.items()}
    if len(of) * SPARSE < count:
        return {**row, "runs": list(of), "of": list(of.values())}
    return {**row, "of": [of.get(at, -1) for at in range(count)]}


def _shortened(value: str) -> str | dict[str, Any]:
    if len(value) <= LONGEST_SHOWN:
        return value
    return {"start": value[:LONGEST_SHOWN], "length": len(value)}
