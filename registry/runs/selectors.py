"""Reading runs. Every list is of one workspace, newest first, and never selects blobs."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max, Prefetch, Q, QuerySet

from registry.errors import NotFound
from registry.runs.models import LogLine, Run, RunEvent, RunOutput
from registry.runs.states import RunStatus
from registry.workspaces.models import Workspace

BLOBS = ("spec", "environment", "key_parts")


def visible(workspace: Workspace) -> QuerySet[Run]:
    """Everything of the workspace that has not been put away, neither into the archive nor into the bin."""
    return Run.objects.filter(workspace=workspace, archived_at=None, deleted_at=None)


def listing(
    workspace: Workspace,
    *,
    status: str | Collection[str] | None = None,
    kind: str | None = None,
    person: str | None = None,
    source: str | None = None,
    q: str | None = None,
) -> QuerySet[Run]:
    """Root runs, newest first, filtered. `person` is a user name; `q` looks into names and sources."""
    runs = visible(workspace).filter(parent=None).select_related("created_by").defer(*BLOBS)
    if status:
        runs = runs.filter(status__in=[status] if isinstance(status, str) else list(status))
    if kind:
        runs = runs.filter(kind=kind)
    if person:
        runs = runs.filter(created_by__username=person)
    if source:
        runs = runs.filter(source=source)
    if q:
        runs = runs.filter(Q(name__icontains=q) | Q(source__icontains=q) | Q(run_id__startswith=q))
    return runs.order_by("-created_at", "-id")


def detail(workspace: Workspace, run_id: str) -> Run:
    """A run or a step by its public id, archived ones too: links to them live on."""
    run = (
        Run.objects.filter(workspace=workspace, run_id=run_id)
        .select_related(
            "workspace", "created_by", "parent", "resumed_from", "reused_from", "reused_from__parent"
        )
        .defer("key_parts")
        .first()
    )
    if run is None:
        raise NotFound("There is no such run in this workspace.")
    return run


def steps(run: Run) -> QuerySet[Run]:
    """The nodes of a root run, in the order of their submission, with their outputs."""
    return (
        Run.objects.filter(parent=run)
        .select_related("reused_from", "reused_from__parent")
        .defer(*BLOBS)
        .prefetch_related(Prefetch("outputs", RunOutput.objects.order_by("port")))
        .order_by("id")
    )


def tree(run: Run) -> QuerySet[Run]:
    """The run and its steps, to be asked for with `run__in`. Two conditions joined by "or" across the tables would read
    the whole table of whatever hangs on runs: all lines of all logs for the lines of one."""
    return Run.objects.filter(Q(pk=run.pk) | Q(parent=run)).order_by().values("pk")


def logs(run: Run, after: int = 0, limit: int = 500) -> QuerySet[LogLine]:
    return LogLine.objects.filter(run=run, seq__gt=after).order_by("seq")[:limit]


def events(run: Run, after: int = 0, limit: int = 500) -> QuerySet[RunEvent]:
    return RunEvent.objects.filter(run=run, id__gt=after).order_by("id")[:limit]


def finished_by_key(workspace: Workspace, keys: Collection[str]) -> dict[str, Run]:
    """For each key the newest finished step, with its outputs; keys nobody finished are absent."""
    found: dict[str, Run] = {}
    asked = sorted(set(keys))
    for start in range(0, len(asked), 500):
        # Of a key there may be hundreds; the newest alone is read.
        newest = (
            Run.objects.filter(
                workspace=workspace,
                key__in=asked[start : start + 500],
                status=RunStatus.COMPLETED,
                kind="step",
            )
            .order_by()
            .values("key")
            .annotate(newest=Max("id"))
            .values_list("newest", flat=True)
        )
        rows = Run.objects.filter(pk__in=list(newest)).defer(*BLOBS).prefetch_related("outputs")
        found.update((row.key, row) for row in rows)
    return found


def waiting(since: datetime, limit: int = 100) -> list[int]:
    """Root runs queued before `since` that nobody has taken yet, oldest first."""
    queued = Run.objects.filter(status=RunStatus.QUEUED, parent=None, created_at__lt=since).exclude(kind="tracked")
    return list(queued.order_by("id").values_list("pk", flat=True)[:limit])


def at_work(workspace: Workspace | None = None) -> QuerySet[Run]:
    runs = Run.objects.filter(status__in=[RunStatus.RUNNING, RunStatus.CANCELLING], parent=None).defer(*BLOBS)
    return runs.filter(workspace=workspace, archived_at=None, deleted_at=None) if workspace else runs
