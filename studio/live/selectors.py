"""Reading news from the database: the only place that asks for run events on behalf of sockets."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max, QuerySet

from registry.runs.models import RunEvent

# Elsewhere than on SQLite, which has one writer, a row may be committed after rows with higher ids. Readers look back
# over this many ids; writers commit batches within a fraction of a second, so more than this is never in flight.
LATE_IDS = 500
# What the listeners of a workspace hear of; the rest concerns who looks at the run itself.
WORKSPACE_TYPES = frozenset({"run", "metric"})
# Who was away for longer reads the records again, rather than the news of a night.
MOST_MISSED = 20_000


@dataclass(frozen=True, slots=True)
class News:
    """One event of a root run, with all that decides who hears of it."""

    id: int
    run_pk: int
    run_id: str
    workspace_pk: int
    workspace: str
    type: str
    body: dict[str, Any]


def look_back() -> int:
    return 0 if connection.vendor == "sqlite" else LATE_IDS


def newest() -> int:
    return RunEvent.objects.aggregate(newest=Max("id"))["newest"] or 0


def since(after: int, limit: int = 1000) -> list[News]:
    """Everything newer than `after`, oldest first."""
    return _news(RunEvent.objects.filter(id__gt=after), limit)


def of_run(run_pk: int, after: int, limit: int = 500) -> list[News]:
    return _news(RunEvent.objects.filter(run_id=run_pk, id__gt=after), limit)


def of_workspace(workspace_pk: int, after: int, limit: int = 500) -> list[News]:
    """States and new metrics of the workspace's root runs."""
    events = RunEvent.objects.filter(
        id__gt=after, type__in=WORKSPACE_TYPES, run__workspace_id=workspace_pk, run__parent__isnull=True
    )
    return _news(events, limit)


def is_recent(after: int) -> bool:
    """Whether so little has happened since that it is told one by one."""
    return newest() - after < MOST_MISSED


def is_complete(run_pk: int, after: int) -> bool:
    """Whether nothing of the run after `after` has been pruned: the event that was seen last is still there."""
    return RunEvent.objects.filter(run_id=run_pk, id=after).exists()


def _news(events: QuerySet[RunEvent], limit: int) -> list[News]:
    rows = events.order_by("id").values_list(
        "id", "run_id", "run__run_id", "run__workspace_id", "run__workspace__slug", "type", "body"
    )
    # A portion made only of what the reader looked back over would look like the end.
    return [News(*row) for row in rows[: limit + look_back()]]
