"""Taking traces away."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from registry import storage
from registry.runs.models import Experiment
from registry.traces import recording
from registry.traces.models import Trace
from registry.workspaces import access


@transaction.atomic
def delete(
    *, experiment: Experiment, by: Any, before: int | None = None, most: int | None = None, trace_ids: Sequence[str] = ()
) -> int:
    """Those that began no later than `before` (milliseconds), the oldest `most` of them; or those of these ids."""
    access.require(by, "runs.edit", experiment.workspace)
    found = Trace.objects.filter(experiment=experiment)
    if before is not None:
        found = found.filter(request_time__lte=before)
    if trace_ids:
        found = found.filter(trace_id__in=trace_ids)
    chosen = list(found.order_by("request_time", "trace_id")[:most])
    roots = [recording.root(trace) for trace in chosen]
    Trace.objects.filter(pk__in=[trace.pk for trace in chosen]).delete()
    transaction.on_commit(partial(_remove, roots))
    return len(chosen)


def _remove(roots: Sequence[str]) -> None:
    store = storage.open_store(settings.STORE_DIR)
    for root in roots:
        store.remove(root)
