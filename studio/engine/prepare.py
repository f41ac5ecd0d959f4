"""Before anything computes: the rows of all steps, and which of them an earlier run has done already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from designer.compiler.reuse import why_missed
from designer.pipelines.models import PipelineRun
from registry.runs import execution, mirrors, news, records, selectors, tracking
from registry.runs.models import Run, RunOutput
from registry.runs.spec import RunSpec, Step
from registry.runs.states import RunStatus
from registry.storage import Store, open_store
from studio.compute import folders
from studio.engine.ledger import LeaseLost

SWITCHED_OFF = "Reuse was switched off for this run."
FINISHED_BEFORE = "Finished in the run that this one goes on from."
LOOK_BACK = 20  # earlier runs of the pipeline in which a node's last key is looked for


@dataclass(frozen=True, slots=True)
class Hit:
    step: Run
    reason: str


def prepare(run: Run, spec: RunSpec, owner: str) -> None:
    """Create the steps of a run, once. Raises nothing where they are there already: a slot was lost and we go on."""
    if not spec.steps or Run.objects.filter(parent=run).exists():
        return
    hits = _hits(run, spec, open_store(settings.STORE_DIR))
    misses = _reasons(run, spec, [step for step in spec.steps if step.id not in hits])
    now = timezone.now()
    rows = [_row(run, step, hits.get(step.id), misses.get(step.id, ""), now) for step in spec.steps]
    try:
        _write(run, owner, rows, hits, {step.id: step.params for step in spec.steps})
    except IntegrityError as error:
        # Two slots that both believe to hold the run: the lease decides, and the constraint on nodes is behind it.
        raise LeaseLost from error


@transaction.atomic
def _write(
    run: Run, owner: str, rows: list[Run], hits: Mapping[str, Hit], params: Mapping[str, Mapping[str, Any]]
) -> None:
    if not execution.renew(run, owner):
        raise LeaseLost
    made = Run.objects.bulk_create(rows, batch_size=records.AT_ONCE)
    # Where a version of data lies on disk is no setting of a person's.
    records.record_settings(
        {step: {key: value for key, value in params[step.node_id].items() if key != "path"} for step in made}
    )
    _link(made, hits)
    called = mirrors.called(run)
    mirrors.show_params(run, [step.pk for step in made], called)
    mirrors.show_metrics(run, [step.pk for step in made if step.node_id in hits], called)
    shown = {
        step.pk: [
            {"port": o.port, "type": o.type, "summary": o.summary}
            for o in hits[step.node_id].step.outputs.all()
        ]
        for step in made
        if step.node_id in hits
    }
    records.tell([news.of_step(step, shown.get(step.pk, ())) for step in made])


def note_environment(run: Run) -> None:
    """What the computing interpreter has installed. The runner writes it down before it starts anything."""
    if run.environment is None and (found := folders.read_json(settings.WORK_DIR / folders.ENVIRONMENT)):
        run.environment = found
        Run.objects.filter(pk=run.pk).update(environment=found)


def _row(run: Run, step: Step, hit: Hit | None, reason: str, now: Any) -> Run:
    row = Run(
        workspace_id=run.workspace_id,
        parent=run,
        kind="step",
        name=step.title[:250],
        created_by_id=run.created_by_id,
        created_at=run.created_at,
        compute=step.compute,
        node_id=step.id,
        component=step.component,
        key=step.key or "",
        key_parts=dict(step.key_parts),
        reuse_reason=(hit.reason if hit else reason)[:500],
    )
    if hit:
        row.status = RunStatus.COMPLETED
        # Always the one that computed, however many runs have linked to it since.
        row.reused_from_id = hit.step.reused_from_id or hit.step.pk
        row.started_at = row.ended_at = now
    elif step.reuse_only:
        row.status = RunStatus.FAILED
        row.started_at = row.ended_at = now
        row.error = {
            "code": "no-earlier-result",
            "message": f"“{step.title}” has no earlier result to start from. Run up to the node instead of only it.",
            "fields": {"node": step.id},
        }
    return row


def _hits(run: Run, spec: RunSpec, store: Store) -> dict[str, Hit]:
    found: dict[str, Hit] = {}
    if run.resumed_from_id:
        done = selectors.steps(run.resumed_from).filter(status=RunStatus.COMPLETED)
        for row in done:
            found[row.node_id] = Hit(row, FINISHED_BEFORE)
    asked = [s for s in spec.steps if s.key and s.id not in found and (spec.reuse or s.reuse_only)]
    earlier = selectors.finished_by_key(run.workspace, [step.key for step in asked if step.key])
    for step in asked:
        if row := earlier.get(step.key or ""):
            when = (row.ended_at or row.created_at).strftime("%-d %B %Y, %H:%M")
            found[step.id] = Hit(row, f"Nothing has changed since {when} UTC.")
    steps = {step.id: step for step in spec.steps}
    return {id: hit for id, hit in found.items() if id in steps and _is_there(hit.step, steps[id], store)}


def _is_there(row: Run, step: Step, store: Store) -> bool:
    outputs = {output.port: output for output in row.outputs.all()}
    return set(outputs) >= set(step.outputs) and all(
        store.exists(outputs[port].path) for port in step.outputs
    )


def _reasons(run: Run, spec: RunSpec, missed: list[Step]) -> dict[str, str]:
    """Why each of these is not reused, told against the last time this node ran."""
    if not spec.reuse:
        return {step.id: SWITCHED_OFF for step in missed}
    last = _last_parts(run, [step.id for step in missed])
    return {
        step.id: _sentence(why_missed(last.get(step.id), step.key_parts)) for step in missed if step.key_parts
    }


def _last_parts(run: Run, nodes: list[str]) -> dict[str, Mapping[str, Any]]:
    pipeline = PipelineRun.objects.filter(run=run).values_list("pipeline_id", flat=True).first()
    if pipeline is None or not nodes:
        return {}
    roots = list(
        PipelineRun.objects.filter(pipeline=pipeline, run_id__lt=run.pk)
        .order_by("-run_id")
        .values_list("run_id", flat=True)[:LOOK_BACK]
    )
    rows = Run.objects.filter(
        parent__in=roots, node_id__in=nodes, status=RunStatus.COMPLETED, key_parts__isnull=False
    ).order_by("id")
    return dict(rows.values_list("node_id", "key_parts"))


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "…")) else ".")


def _link(made: list[Run], hits: Mapping[str, Hit]) -> None:
    """A reused step shows the same outputs and metrics as the one that computed them."""
    ours = {row.node_id: row for row in made if row.node_id in hits}
    if not ours:
        return
    RunOutput.objects.bulk_create(
        [
            RunOutput(run=row, port=o.port, type=o.type, path=o.path, bytes=o.bytes, summary=o.summary)
            for node, row in ours.items()
            for o in hits[node].step.outputs.all()
        ],
        batch_size=records.AT_ONCE,
    )
    for node, row in ours.items():
        tracking.reuse(hits[node].step, row)
