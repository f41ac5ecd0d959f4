"""What steps were set to and measured, shown at their pipeline too (see `mirroring`). Inside the caller's transaction.

A mirrored metric is a summary alone: its points stay with the step, or with the step that computed where one was reused.
"""

from collections.abc import Collection, Mapping

from registry.runs import memory, series
from registry.runs.mirroring import key_of, names
from registry.runs.models import MetricSummary, Param, Run

AT_ONCE = 60
SUMMARY = (
    "last", "last_step", "last_time", "minimum", "minimum_step", "maximum", "maximum_step", "count", "mirrored", "source",
)  # fmt: skip


def called(root: Run) -> dict[int, str]:
    """What each step of a pipeline's run is called there."""
    return names(Run.objects.filter(parent=root).order_by("id").values_list("pk", "name"))


def show_metrics(root: Run, steps: Collection[int], names: Mapping[int, str]) -> None:
    """What these steps have measured so far."""
    found = list(MetricSummary.objects.filter(run__in=steps, mirrored=False).order_by("id")) if steps else []
    if not found:
        return
    taken = set(MetricSummary.objects.filter(run=root, mirrored=False).values_list("key", flat=True))
    copies: dict[str, MetricSummary] = {}
    for summary in found:
        key = key_of(names[summary.run_id], summary.key)
        if key in taken:
            continue  # a script has logged to the pipeline itself under this name: what somebody said stands
        summary.source_id = summary.source_id or summary.pk
        summary.pk, summary.run_id, summary.experiment_id = None, root.pk, root.experiment_id
        summary.key, summary.mirrored = key, True
        summary.shift, summary.rolled, summary.rolled_to = None, 0, None
        copies[key] = summary
    if not copies:
        return
    MetricSummary.objects.bulk_create(
        copies.values(), batch_size=AT_ONCE, update_conflicts=True, unique_fields=["run", "key"], update_fields=SUMMARY
    )
    # The step's own news tell of them.
    _name(root, "metric", copies)


def show_params(root: Run, steps: Collection[int], names: Mapping[int, str]) -> None:
    taken = set(Param.objects.filter(run=root, mirrored=False).values_list("key", flat=True))
    copies = {}
    for param in Param.objects.filter(run__in=steps, mirrored=False).order_by("id"):
        key = key_of(names[param.run_id], param.key)
        if key not in taken:
            copies[key] = Param(run=root, key=key, value=param.value, mirrored=True)
    if copies:
        Param.objects.bulk_create(
            copies.values(), batch_size=200, update_conflicts=True, unique_fields=["run", "key"], update_fields=["value"]
        )
        _name(root, "param", copies)


def _name(root: Run, kind: str, keys: Collection[str]) -> None:
    if root.experiment_id is None:
        return
    if new := memory.new_fields((root.experiment_id, kind, key) for key in keys):
        series.name_fields(sorted(new))
        memory.keep_fields(new)
