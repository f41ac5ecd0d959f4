"""What some runs have measured and were set to: the names, for charts that are offered without being asked for."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Q

from registry.errors import Invalid
from registry.runs import goals
from registry.runs.importance import MOST_PARAMS, Findings, importance
from registry.runs.models import MetricSummary, Param, Run
from registry.workspaces.models import Workspace

MOST_RUNS = 2000
MOST_METRICS = 20_000
MOST_VARYING = 200
# A text longer than this is a document, not a setting.
LONGEST_VALUE = 200
COLUMNS = {"last": "last", "min": "minimum", "max": "maximum"}


def runs_of(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, int]:
    """Keys of the runs by their ids, in the order given. Those of other workspaces, and those gone, are left out."""
    if len(run_ids) > MOST_RUNS:
        raise Invalid(
            f"At most {MOST_RUNS:,} runs can be drawn at once; these are {len(run_ids):,}. Narrow the list with a filter first.",
            code="too-many",
            fields={"runs": len(run_ids), "most": MOST_RUNS},
        )
    asked = [run_id for run_id in run_ids if "\0" not in run_id]
    found = dict(Run.objects.filter(workspace=workspace, run_id__in=asked).values_list("run_id", "pk"))
    return {run_id: found[run_id] for run_id in asked if run_id in found}


def names(workspace: Workspace, run_ids: Sequence[str], *, mirrored: bool = True) -> dict[str, Any]:
    """The metrics of the runs, and the params that differ among them, those of most runs first. Without `mirrored`, what
    a pipeline shows of its steps is left out: who looks at the steps as well would see it twice."""
    pks = list(runs_of(workspace, run_ids).values())
    metrics = MetricSummary.objects.filter(run_id__in=pks)
    params = Param.objects.filter(run_id__in=pks)
    if not mirrored:
        metrics, params = metrics.filter(mirrored=False), params.filter(mirrored=False)
    keys = (
        metrics.values("key").annotate(runs=Count("pk"), values_=Max("count")).order_by("key")[:MOST_METRICS]
    )
    counted = params.values("key").annotate(runs=Count("pk"), distinct=Count("value", distinct=True))
    # What only some of the runs are set to differs, too.
    differ = counted.filter(Q(distinct__gt=1) | Q(runs__lt=len(pks))).order_by("-distinct", "-runs", "key")
    varying = list(differ[: MOST_VARYING + 1])
    return {
        "metrics": [
            {
                "key": row["key"],
                "runs": row["runs"],
                "values": row["values_"],
                "direction": goals.direction(row["key"]),
            }
            for row in keys
        ],
        "params": [
            {"key": row["key"], "runs": row["runs"], "distinct": row["distinct"]}
            for row in varying[:MOST_VARYING]
        ],
        "varying": len(varying) if len(varying) <= MOST_VARYING else differ.count(),
    }


def importance_of(workspace: Workspace, run_ids: Sequence[str], metric: str, which: str = "best") -> Findings:
    """How much each param says about the metric: its last, smallest, largest or best value."""
    pks = list(runs_of(workspace, run_ids).values())
    column = COLUMNS.get(which) or ("minimum" if goals.direction(metric) == "min" else "maximum")
    target = dict(MetricSummary.objects.filter(run_id__in=pks, key=metric).values_list("run_id", column))
    measured = [pk for pk in pks if target.get(pk) is not None]
    params = Param.objects.filter(run_id__in=measured)
    varying = (
        params.values("key")
        .annotate(runs=Count("pk"), distinct=Count("value", distinct=True))
        .filter(Q(distinct__gt=1) | Q(runs__lt=len(measured)))
        .order_by("-runs", "key")
        .values_list("key", flat=True)
    )
    keys = list(varying[: 4 * MOST_PARAMS])
    place = {pk: at for at, pk in enumerate(measured)}
    columns: dict[str, list[str | None]] = {key: [None] * len(measured) for key in keys}
    for pk, key, value in params.filter(key__in=keys).values_list("run_id", "key", "value").iterator():
        columns[key][place[pk]] = value[:LONGEST_VALUE]
    return importance(columns, [target[pk] for pk in measured])
