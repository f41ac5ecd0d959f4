"""Reading what pages and the API show of runs, beyond `selectors`. A constant number of queries each, no blobs."""

from collections.abc import Callable
from typing import Any

from django.db.models import Max, QuerySet

from registry.errors import Invalid, NotFound
from registry.runs import points as table
from registry.runs import selectors
from registry.runs.models import (
    LogLine,
    MetricSummary,
    Param,
    Run,
    RunEvent,
    RunInput,
    RunOutput,
)
from registry.runs.states import ACTIVE, RunStatus
from registry.workspaces.models import Workspace

# What a run shows without asking for more; the rest is paged.
MOST_SHOWN = 2000
# Names of states and of groups of states, as they stand in addresses.
STATES: dict[str, frozenset[RunStatus]] = {
    "active": ACTIVE,
    "unfinished": frozenset({RunStatus.FAILED, RunStatus.ERRORED, RunStatus.CANCELLED}),
} | {status.value: frozenset({status}) for status in RunStatus}

# Upper packages teach the list to filter by what they keep beside runs: name -> (runs, value) -> runs.
Filter = Callable[[QuerySet[Run], str], QuerySet[Run]]
_filters: dict[str, Filter] = {}


def offer_filter(name: str, narrow: Filter) -> None:
    _filters[name] = narrow


def listed(
    workspace: Workspace, *, status: str = "", kind: str = "", person: str = "", q: str = "", **others: str
) -> QuerySet[Run]:
    """Root runs as the list shows them. `others` are filters that upper packages offered, such as `pipeline`."""
    if status and status not in STATES:
        raise Invalid(
            f"There is no state {status!r}; there are {', '.join(STATES)}.", code="bad-filter", fields={"status": status}
        )
    if any("\0" in value for value in (kind, person, q, *others.values())):
        # PostgreSQL refuses it, and SQLite takes it for the end of the text.
        raise Invalid("A filter may not hold a NUL character.", code="bad-filter")
    runs = selectors.listing(
        workspace, status=STATES[status] if status else None, kind=kind or None, person=person or None, q=q.strip() or None
    )
    for name, value in others.items():
        if value:
            runs = _filters[name](runs, value)
    return runs


def last_event(run: Run) -> int:
    """Ask before reading the records: what happens in between is then heard twice, never missed."""
    root = run.parent_id or run.pk
    return RunEvent.objects.filter(run_id=root).aggregate(last=Max("id"))["last"] or 0


def last_workspace_event(workspace: Workspace) -> int:
    """The newest event of all: listeners ask for what came after it."""
    return RunEvent.objects.aggregate(last=Max("id"))["last"] or 0


def workspace_events(workspace: Workspace, after: int, limit: int = 500) -> QuerySet[RunEvent]:
    """States of the workspace's root runs as they changed, and their new metrics."""
    kinds = ("run", "metric")
    events = RunEvent.objects.filter(id__gt=after, type__in=kinds, run__workspace=workspace, run__parent=None)
    return events.select_related("run").only("id", "type", "body", "run__run_id").order_by("id")[:limit]


def params(run: Run) -> QuerySet[Param]:
    """Of the run and its steps, each where it belongs."""
    return _of_tree(Param.objects, run).filter(mirrored=False)


def metrics(run: Run) -> QuerySet[MetricSummary]:
    """Of the run and its steps, each where it belongs; a reused step shows those of the step it was taken from."""
    return _of_tree(MetricSummary.objects, run).filter(mirrored=False)


def points(run: Run, key: str, after: str = "", limit: int = 5000) -> list[tuple[int, int, float, bool]]:
    """(step, timestamp, value, is_nan) of one metric of one run, in that order; `after` is the `place_of` the last seen."""
    series = MetricSummary.objects.filter(run=run, key=key).select_related("source").first()
    if series is None:
        return []
    whose = series.source or series
    return table.page(whose.run_id, whose.pk, _place(after) if after else None, limit)


def place_of(point: tuple[int, int, float, bool]) -> str:
    """Where a reader of points is, as text."""
    step, timestamp, value, is_nan = point
    return f"{step},{timestamp},{value!r},{int(is_nan)}"


def _place(text: str) -> tuple[int, int, float, bool]:
    try:
        step, timestamp, value, is_nan = text.split(",")
        place = int(step), int(timestamp), float(value), bool(int(is_nan))
        if any(not -(2**63) <= number < 2**63 for number in place[:2]) or place[2] != place[2]:
            raise ValueError(text)
    except ValueError:
        raise Invalid(
            "`after` must be the `next` of the page before.", code="bad-filter", fields={"after": text[:100]}
        ) from None
    return place


def inputs(run: Run) -> QuerySet[RunInput]:
    """The data versions that the run read."""
    return (
        RunInput.objects.filter(run__in={run.pk, run.parent_id or run.pk})
        .select_related("data_version__asset")
        .order_by("data_version__asset__name", "data_version__number", "id")
    )


def outputs(run: Run) -> list[RunOutput]:
    """What the run left, or its steps did; each with `.run`."""
    found = RunOutput.objects.filter(run__in=selectors.tree(run)).select_related("run")
    deferred = [f"run__{name}" for name in selectors.BLOBS]
    return list(found.defer(*deferred).order_by("run_id", "port"))


def output(run: Run, port: str) -> RunOutput:
    found = RunOutput.objects.filter(run=run, port=port).first()
    if found is None:
        raise NotFound(f"{run.name} has left nothing on a port {port}.", fields={"port": port})
    return found


def source_of(run: Run) -> Run:
    """Where the logs and values of a reused step were written."""
    return run.reused_from or run


def log_page(
    run: Run, *, after: int = 0, before: int | None = None, tail: bool = False, limit: int = 500, q: str = ""
) -> list[LogLine]:
    """Lines of one run by their number: those after, those before, or the last ones; always in order."""
    return _page_of(LogLine.objects.filter(run=source_of(run)), "seq", after, before, tail, limit, q)


def merged_log_page(
    run: Run, *, after: int = 0, before: int | None = None, tail: bool = False, limit: int = 500, q: str = ""
) -> list[LogLine]:
    """Lines of a run and all its steps, in the order in which they were written down; numbered by their id."""
    lines = LogLine.objects.filter(run__in=selectors.tree(run)).select_related("run")
    deferred = [f"run__{name}" for name in selectors.BLOBS]
    return _page_of(lines.defer(*deferred), "id", after, before, tail, limit, q)


def _page_of(
    lines: QuerySet[LogLine], number: str, after: int, before: int | None, tail: bool, limit: int, q: str
) -> list[LogLine]:
    if q:
        lines = lines.filter(text__icontains=q)
    if before is not None:
        lines = lines.filter(**{f"{number}__lt": before})
    if tail or before is not None:
        return list(lines.order_by(f"-{number}")[:limit])[::-1]
    return list(lines.filter(**{f"{number}__gt": after}).order_by(number)[:limit])


def _of_tree(records: Any, run: Run) -> Any:
    deferred = [f"run__{name}" for name in selectors.BLOBS]
    found = records.filter(run__in=selectors.tree(run)).select_related("run").defer(*deferred)
    return found.order_by("run_id", "key")
