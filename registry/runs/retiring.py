"""Removing runs for good that have lain in the bin for long enough, with their files.

A run that others live on stays: one of its steps was reused by a run that is not itself removed, or somebody above keeps it.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db.models import Q

from registry.runs import artifacts
from registry.runs.models import LogLine, MetricPoint, Run
from registry.storage import Store

AT_ONCE = 100  # runs
ROWS_AT_ONCE = 20_000  # of one short transaction

# Which of these runs (primary keys) somebody above cannot do without.
Needed = Callable[[Collection[int]], set[int]]


def retire(before: datetime, store: Store, needed: Needed) -> int:
    """Remove the runs deleted before that moment; how many went."""
    gone, after = 0, 0
    while True:
        old = Run.objects.filter(parent=None, deleted_at__lt=before, pk__gt=after).order_by("pk")
        keys = list(old.values_list("pk", flat=True)[:AT_ONCE])
        if not keys:
            return gone
        after = keys[-1]
        stays = _lent(keys, before) | needed(keys)
        gone += sum(_remove(key, before, store) for key in keys if key not in stays)


def _lent(keys: Collection[int], before: datetime) -> set[int]:
    """Those whose results a run shows that has not been in the bin for as long."""
    takers = Run.objects.filter(Q(parent__deleted_at=None) | Q(parent__deleted_at__gte=before), reused_from__parent__in=keys)
    return set(takers.values_list("reused_from__parent", flat=True))


def _remove(key: int, before: datetime, store: Store) -> bool:
    run_id = Run.objects.filter(pk=key).values_list("run_id", flat=True).first()
    # Without its id nobody can restore it while it goes; one restored before that stays as it is.
    if not Run.objects.filter(pk=key, deleted_at__lt=before).update(run_id=f"removed-{key}"):
        return False
    if run_id is not None and not run_id.startswith("removed-"):
        artifacts.remove_all([run_id])
        store.remove(f"runs/{run_id}")
    for pk in (*Run.objects.filter(parent=key).values_list("pk", flat=True), key):
        _thin_out(pk)
    Run.objects.filter(pk=key).delete()
    return True


def _thin_out(pk: int) -> None:
    """The many rows first, in portions: nobody waits long for the database."""
    points = MetricPoint.objects.filter(run=pk).order_by("chunk").values_list("chunk", flat=True)
    while passed := list(points[ROWS_AT_ONCE : ROWS_AT_ONCE + 1]):
        MetricPoint.objects.filter(run=pk, chunk__lte=passed[0]).delete()
    lines = LogLine.objects.filter(run=pk).order_by("seq").values_list("seq", flat=True)
    while passed := list(lines[ROWS_AT_ONCE : ROWS_AT_ONCE + 1]):
        LogLine.objects.filter(run=pk, seq__lte=passed[0]).delete()
