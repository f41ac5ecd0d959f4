"""What people do to pipelines: create, rename, save, go back, copy, put away, run."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from designer.graph import document
from designer.pipelines import history, planning, selectors
from designer.pipelines.models import Pipeline, PipelineRun, PipelineVersion
from registry.errors import Conflict, Invalid
from registry.runs import experiments
from registry.runs import selectors as known_runs
from registry.runs import services as runs
from registry.runs.models import Run, RunInput
from registry.runs.spec import RunSpec
from registry.workspaces import access
from registry.workspaces.models import Workspace

Reason = PipelineVersion.Reason

LONGEST_NAME = 120
LONGEST_DESCRIPTION = 10_000


@transaction.atomic
def create(
    *, workspace: Workspace, by: Any, name: str, graph: Any = None, sample: str = "", description: str = ""
) -> Pipeline:
    """A new pipeline, empty unless a graph document is given."""
    access.require(by, "pipelines.edit", workspace)
    drawn = _document(document.empty() if graph is None else graph)
    pipeline = Pipeline.objects.create(
        workspace=workspace,
        name=_name(name),
        description=_description(description),
        graph=drawn,
        node_count=len(drawn["nodes"]),
        sample=sample,
        created_by=by,
        updated_by=by,
    )
    history.record(pipeline, Reason.CREATED, by)
    return pipeline


def rename(
    *, pipeline: Pipeline, by: Any, name: str | None = None, description: str | None = None
) -> Pipeline:
    """Change name or description. The graph and its revision stay as they are."""
    access.require(by, "pipelines.edit", pipeline.workspace)
    changed: dict[str, Any] = {}
    if name is not None:
        changed["name"] = _name(name)
    if description is not None:
        changed["description"] = _description(description)
    if changed:
        changed |= {"updated_by": by, "updated_at": timezone.now()}
        Pipeline.objects.filter(pk=pipeline.pk).update(**changed)
        pipeline.refresh_from_db(fields=list(changed))
    return pipeline


@transaction.atomic
def save_graph(*, pipeline: Pipeline, by: Any, revision: int, graph: Any, force: bool = False) -> Pipeline:
    """Save the graph that was made from `revision`.

    Raises `Conflict` with who and when, if somebody saved meanwhile; `force` saves over that, which stays in the
    history. Saving again what is saved already changes nothing, so a save may be repeated when its answer got lost.
    """
    access.require(by, "pipelines.edit", pipeline.workspace)
    drawn = _document(graph)
    if _write(pipeline, revision, drawn, by):
        history.record(pipeline, Reason.EDIT, by)
        return pipeline
    _reload(pipeline)
    if pipeline.graph == drawn:
        return pipeline
    if not force:
        raise _moved_on(pipeline)
    if not _write(pipeline, pipeline.revision, drawn, by):
        raise _moved_on(_reload(pipeline))
    history.record(pipeline, Reason.FORCE, by)
    return pipeline


@transaction.atomic
def restore(*, pipeline: Pipeline, by: Any, revision: int, version: int) -> Pipeline:
    """Make the graph of an earlier `version` the draft again, as a new revision on top of `revision`."""
    access.require(by, "pipelines.edit", pipeline.workspace)
    earlier = selectors.version(pipeline, version)
    if not _write(pipeline, revision, earlier.graph, by):
        raise _moved_on(_reload(pipeline))
    history.record(pipeline, Reason.RESTORE, by)
    return pipeline


def duplicate(*, pipeline: Pipeline, by: Any, name: str = "") -> Pipeline:
    """A copy of the draft under another name, with a history of its own."""
    access.require(by, "pipelines.edit", pipeline.workspace)
    suffix = " (copy)"
    return create(
        workspace=pipeline.workspace,
        by=by,
        name=name or pipeline.name[: LONGEST_NAME - len(suffix)] + suffix,
        description=pipeline.description,
        graph=pipeline.graph,
    )


def archive(*, pipeline: Pipeline, by: Any) -> None:
    """Put it away: gone from lists and links, until somebody undoes it. Runs made from it stay."""
    access.require(by, "pipelines.edit", pipeline.workspace)
    Pipeline.objects.filter(pk=pipeline.pk, archived_at=None).update(archived_at=timezone.now())


def unarchive(*, pipeline: Pipeline, by: Any) -> Pipeline:
    access.require(by, "pipelines.edit", pipeline.workspace)
    Pipeline.objects.filter(pk=pipeline.pk).update(archived_at=None)
    pipeline.archived_at = None
    return pipeline


@transaction.atomic
def submit(
    *, pipeline: Pipeline, by: Any, revision: int, mode: str = "all", node: str = "", reuse: bool = True
) -> Run:
    """Queue a run of the stored graph at `revision`: all of it, up to one node, or one node alone.

    Raises `Invalid` with code "problems" and the list of what stands in the way; `Conflict` where the draft has
    moved on from `revision`, so that nobody runs what they have not seen.
    """
    access.require(by, "runs.submit", pipeline.workspace)
    _reload(pipeline)
    if pipeline.revision != revision:
        raise _moved_on(pipeline)
    graph = document.read(pipeline.graph)
    plan = planning.plan(pipeline.workspace, graph, mode=mode, node=node, reuse_results=reuse)
    _require_earlier_results(pipeline.workspace, plan.spec)
    run = runs.submit(
        workspace=pipeline.workspace,
        by=by,
        kind="pipeline",
        name=pipeline.name,
        spec=plan.spec,
        source=f"{pipeline.name}, revision {revision}",
        experiment=experiments.named(pipeline.workspace, pipeline.name, by),
    )
    RunInput.objects.bulk_create(
        RunInput(run=run, data_version_id=asset.id, port=id) for id, asset in plan.assets.items()
    )
    PipelineRun.objects.create(
        pipeline=pipeline, run=run, revision=revision, graph=pipeline.graph, mode=mode, node_id=node
    )
    history.pin(pipeline, by)
    return run


def repeat(*, run_id: int, original_id: int) -> None:
    """A run of a pipeline was repeated: the new run executes the same drawing."""
    original = PipelineRun.objects.filter(run_id=original_id).first()
    if original is not None:
        PipelineRun.objects.get_or_create(
            run_id=run_id,
            defaults={
                "pipeline_id": original.pipeline_id,
                "revision": original.revision,
                "graph": original.graph,
                "mode": original.mode,
                "node_id": original.node_id,
            },
        )


def _write(pipeline: Pipeline, revision: int, drawn: dict[str, Any], by: Any) -> bool:
    """One conditional update decides between two who save at once; the row count says who was first."""
    saved = {
        "graph": drawn,
        "node_count": len(drawn["nodes"]),
        "updated_by": by,
        "updated_at": timezone.now(),
    }
    draft = Pipeline.objects.filter(pk=pipeline.pk, revision=revision, archived_at=None)
    if not draft.update(revision=F("revision") + 1, **saved):
        return False
    pipeline.revision = revision + 1
    for name, value in saved.items():
        setattr(pipeline, name, value)
    return True


def _reload(pipeline: Pipeline) -> Pipeline:
    pipeline.refresh_from_db(
        fields=["name", "graph", "node_count", "revision", "updated_by", "updated_at", "archived_at"]
    )
    return pipeline


def _moved_on(pipeline: Pipeline) -> Conflict:
    if pipeline.archived_at is not None:
        return Conflict(
            f"“{pipeline.name}” was deleted meanwhile. Bring it back from the list of pipelines to go on.",
            code="pipeline-archived",
        )
    who = pipeline.updated_by.display_name() if pipeline.updated_by else "somebody"
    return Conflict(
        f"“{pipeline.name}” was saved by {who} meanwhile and is now at revision {pipeline.revision}. "
        "Load that revision, or save over it: what you save over stays in the history.",
        code="revision-conflict",
        fields={
            "revision": pipeline.revision,
            "updated_by": who,
            "updated_at": pipeline.updated_at.isoformat(),
        },
    )


def _require_earlier_results(workspace: Workspace, spec: RunSpec) -> None:
    """A node that runs alone takes what arrives from earlier runs; say at once where there is nothing to take."""
    needed = {step.key: step for step in spec.steps if step.reuse_only and step.key}
    kept = known_runs.finished_by_key(workspace, list(needed)) if needed else {}
    lacking = [step for key, step in needed.items() if key not in kept]
    if lacking:
        names = ", ".join(f"“{step.title}”" for step in lacking)
        raise Invalid(
            f"This node cannot run alone yet: with the present settings {names} has not run. "
            "Run up to this node instead.",
            code="problems",
            fields={
                "problems": [
                    {
                        "code": "no-earlier-result",
                        "message": f"“{step.title}” has not run with its present settings.",
                        "severity": "error",
                        "node": step.id,
                        "port": None,
                        "param": None,
                    }
                    for step in lacking
                ]
            },
        )


def _document(graph: Any) -> dict[str, Any]:
    """The document in its one written form: strict to read, so nothing else can be stored."""
    return document.write(document.read(graph))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("A pipeline needs a name.", fields={"name": "required"})
    if len(name) > LONGEST_NAME:
        raise Invalid(
            f"A pipeline's name has at most {LONGEST_NAME} characters.", fields={"name": "too long"}
        )
    return name


def _description(description: str) -> str:
    if len(description) > LONGEST_DESCRIPTION:
        raise Invalid(
            f"A description has at most {LONGEST_DESCRIPTION:,} characters.",
            fields={"description": "too long"},
        )
    return description.strip()
