"""Reading pipelines: always of one workspace; lists never select a graph."""

from typing import Any

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from designer.compiler import reuse
from designer.graph import document
from designer.pipelines import planning
from designer.pipelines.models import Pipeline, PipelineRun, PipelineVersion
from registry.errors import NotFound
from registry.runs import news
from registry.runs.models import Run
from registry.workspaces.models import Workspace


def listing(workspace: Workspace, *, q: str = "", archived: bool = False) -> QuerySet[Pipeline]:
    """Without graphs; each with `last_run_id` and `last_run_status`, in one query."""
    last_run = PipelineRun.objects.filter(pipeline=OuterRef("pk"), run__archived_at=None).order_by("-id")
    pipelines = (
        Pipeline.objects.filter(workspace=workspace, archived_at__isnull=not archived)
        .select_related("updated_by")
        .defer("graph")
        .annotate(
            last_run_id=Subquery(last_run.values("run__run_id")[:1]),
            last_run_status=Subquery(last_run.values("run__status")[:1]),
        )
        .order_by("-updated_at", "-id")
    )
    return pipelines.filter(Q(name__icontains=q) | Q(description__icontains=q)) if q else pipelines


def find(workspace: Workspace, id: int, *, archived: bool = False) -> Pipeline:
    """With its graph. Archived ones are found only where they are asked for."""
    pipeline = (
        Pipeline.objects.filter(workspace=workspace, pk=id, archived_at__isnull=not archived)
        .select_related("workspace", "updated_by")
        .first()
    )
    if pipeline is None:
        raise NotFound("There is no such pipeline in this workspace; it may have been deleted.")
    return pipeline


def versions(pipeline: Pipeline) -> QuerySet[PipelineVersion]:
    return pipeline.versions.select_related("created_by").defer("graph").order_by("-revision")


def version(pipeline: Pipeline, revision: int) -> PipelineVersion:
    found = pipeline.versions.select_related("created_by").filter(revision=revision).first()
    if found is None:
        raise NotFound(f"Revision {revision} of “{pipeline.name}” is not in its history.")
    return found


def drawing_of(workspace: Workspace, run_id: str) -> PipelineRun:
    """What a run executed. A step's own id finds the drawing of its whole run."""
    asked = Run.objects.filter(run_id=run_id, workspace=workspace).values(root=Coalesce("parent", "pk"))
    known = PipelineRun.objects.filter(run__in=asked).select_related("pipeline", "run").first()
    if known is None:
        raise NotFound("There is no such pipeline run in this workspace.")
    return known


def only_of_pipeline(runs: QuerySet[Run], id: str) -> QuerySet[Run]:
    """Those of the runs that executed this pipeline: the list of runs is taught to filter by it."""
    if not (id.isdecimal() and id.isascii() and len(id) < 19):
        return runs.none()
    return runs.filter(pk__in=PipelineRun.objects.filter(pipeline_id=int(id)).values("run_id"))


def state(pipeline: Pipeline) -> dict[str, Any]:
    """The newest step of every node over all runs of the pipeline, and whether the draft has moved on since."""
    last = (
        PipelineRun.objects.filter(pipeline=pipeline)
        .order_by("-id")
        .values("run__run_id", "run__status")
        .first()
    )
    steps = list(_latest_steps(pipeline))
    made = _made_of(steps)
    wanted = planning.fingerprints(pipeline.workspace, document.read(pipeline.graph)) if steps else {}
    nodes = {}
    for step in steps:
        body = news.step_body(step, _outputs(step))
        del body["node_id"]
        nodes[step.node_id] = {
            **body,
            "progress": step.progress,
            "stale": made.get(step.pk) != wanted.get(step.node_id),
        }
    return {
        "run": {"run_id": last["run__run_id"], "status": last["run__status"]} if last else None,
        "nodes": nodes,
    }


def _latest_steps(pipeline: Pipeline) -> QuerySet[Run]:
    roots = PipelineRun.objects.filter(pipeline=pipeline).values("run_id")
    # Answered from the index of (parent, node_id) alone, so it stays cheap over thousands of steps.
    newest = (
        Run.objects.filter(parent__in=roots).values("node_id").annotate(newest=Max("pk")).values("newest")
    )
    return (
        Run.objects.filter(pk__in=newest)
        .defer("spec", "environment", "key_parts")
        .prefetch_related("outputs", "reused_from__outputs")
        .order_by("pk")
    )


def _made_of(steps: list[Run]) -> dict[int, str]:
    """What each step's result depends on, as one hash. Only steps that are never reused have to work it out."""
    keyless = [step.pk for step in steps if not step.key]
    parts = Run.objects.filter(pk__in=keyless).values_list("pk", "key_parts") if keyless else ()
    return {step.pk: step.key for step in steps if step.key} | {
        pk: reuse.fingerprint(known) for pk, known in parts if known
    }


def _outputs(step: Run) -> list[dict[str, Any]]:
    """What is there to be seen of a step: its own outputs, or those of the step it was linked to."""
    rows = list(step.outputs.all()) or (list(step.reused_from.outputs.all()) if step.reused_from else [])
    return [
        {"port": row.port, "type": row.type, "summary": row.summary}
        for row in sorted(rows, key=lambda row: row.port)
    ]
