"""Reading traces for the studio's own API."""

from django.db.models import Count, Prefetch, QuerySet

from registry.errors import NotFound
from registry.traces.models import Assessment, Span, Trace, TraceMetadata, TraceTag
from registry.workspaces.models import Workspace


def traces_of(workspace: Workspace, *, experiment: int | None = None, run_id: str = "") -> QuerySet[Trace]:
    """Newest first; of an experiment, or those that a run made or was linked to."""
    found = _whole(Trace.objects.filter(workspace=workspace))
    if experiment is not None:
        found = found.filter(experiment=experiment)
    if run_id:
        made = TraceMetadata.objects.filter(key="mlflow.sourceRun", value=run_id).values("trace")
        found = found.filter(pk__in=made) | found.filter(runs__run__run_id=run_id)
    return found.order_by("-request_time", "-id")


def trace(workspace: Workspace, trace_id: str) -> Trace:
    if one := _whole(Trace.objects.filter(workspace=workspace, trace_id=trace_id)).first():
        return one
    raise NotFound(f"There is no trace {trace_id} in {workspace.name}. It may have been deleted.")


def spans_of(trace: Trace) -> QuerySet[Span]:
    """In the order in which they began."""
    return Span.objects.filter(trace=trace).order_by("start", "pk")


def _whole(traces: QuerySet[Trace]) -> QuerySet[Trace]:
    return (
        traces.select_related("experiment")
        .annotate(span_count=Count("spans", distinct=True))
        .prefetch_related(
            Prefetch("tags", TraceTag.objects.order_by("pk")),
            Prefetch("metadata", TraceMetadata.objects.order_by("pk")),
            Prefetch("assessments", Assessment.objects.order_by("created", "pk")),
        )
    )
