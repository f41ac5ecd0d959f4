"""Submitting, stopping and repeating runs. Whoever executes them is not known here; see `execution` for its verbs."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.errors import Conflict, Invalid
from registry.runs import execution, news, signals
from registry.runs.models import Experiment, Run, RunEvent, RunInput
from registry.runs.spec import RunSpec
from registry.runs.states import RunStatus
from registry.workspaces import access
from registry.workspaces.models import Workspace

# The engine's verbs are part of this module's surface; they have a file of their own for its length only.
claim = execution.claim
renew = execution.renew
release = execution.release
move = execution.move


@transaction.atomic
def submit(
    *,
    workspace: Workspace,
    by: Any,
    kind: str,
    name: str,
    spec: RunSpec,
    source: str = "",
    experiment: Experiment | None = None,
    resumed_from: Run | None = None,
) -> Run:
    """Write a queued run. It is executed by whoever hears of it, or finds it later."""
    access.require(by, "runs.submit", workspace)
    if spec.kind == "pipeline" and not spec.steps:
        raise Invalid(
            f"{name} has no nodes, so there is nothing to run. Add a node first.", code="nothing-to-run"
        )
    run = Run.objects.create(
        workspace=workspace,
        experiment=experiment,
        kind=kind,
        name=name[:250],
        source=source[:250],
        spec=spec.to_json(),
        created_by=by,
        resumed_from=resumed_from,
    )
    news.of_run(run).save()
    transaction.on_commit(partial(signals.run_queued.send_robust, sender=Run, run_id=run.pk))
    return run


@transaction.atomic
def cancel(*, run: Run, by: Any) -> Run:
    """Ask for a run to stop. Whoever executes it sees the wish within moments; a run not yet started ends here.

    Asking twice is no mistake. Raises `Conflict` for a run that is over already.
    """
    access.require(by, "runs.cancel", run.workspace)
    root = run.parent or run
    if execution.move(root, RunStatus.CANCELLED, only_from={RunStatus.QUEUED}, ended_at=timezone.now()):
        return root
    if root.kind == "tracked" and execution.move(root, RunStatus.CANCELLED, ended_at=timezone.now()):
        return root  # executed elsewhere: nobody here would hear of the wish
    if execution.move(root, RunStatus.CANCELLING) or _status(root) == RunStatus.CANCELLING:
        return root
    raise Conflict(f"{root.name} is over already, so it cannot be cancelled.", code="run-is-over")


def rerun(*, run: Run, by: Any, reuse: bool = True) -> Run:
    """The same work again, as a new run. `reuse=False` computes everything anew."""
    access.require(by, "runs.submit", run.workspace)
    root = run.parent or run
    spec = _spec(root)
    if spec.kind != "pipeline":
        raise Invalid(f"{root.name} cannot be run again: start it where it came from.", code="cannot-rerun")
    return _repeat(root, by, RunSpec.from_json({**spec.to_json(), "reuse": reuse}), resumed_from=None)


def resume(*, run: Run, by: Any) -> Run:
    """Go on from where a run failed or was cancelled: a new run in which the finished nodes are linked, not run."""
    access.require(by, "runs.submit", run.workspace)
    root = run.parent or run
    spec = _spec(root)
    if spec.kind != "pipeline":
        raise Invalid(f"{root.name} cannot be resumed: start it where it came from.", code="cannot-resume")
    status = _status(root)
    if status not in (RunStatus.FAILED, RunStatus.ERRORED, RunStatus.CANCELLED):
        raise Conflict(
            f"{root.name} is {status}; only a run that failed or was cancelled can be resumed.",
            code="cannot-resume",
        )
    return _repeat(root, by, spec, resumed_from=root)


@transaction.atomic
def archive(*, run: Run, by: Any) -> None:
    """Take a finished run out of the lists. What others reuse of it stays."""
    access.require(by, "runs.edit", run.workspace)
    root = run.parent or run
    if not root.is_over() and root.spec is not None:
        raise Conflict(f"{root.name} is still at work. Cancel it first.", code="run-is-active")
    _put(root, archived_at=timezone.now())


@transaction.atomic
def unarchive(*, run: Run, by: Any) -> None:
    """Back into the lists."""
    access.require(by, "runs.edit", run.workspace)
    _put(run.parent or run, archived_at=None)


@transaction.atomic
def delete(*, run: Run, by: Any) -> None:
    """Into the bin, from which it can be restored until retention empties it."""
    access.require(by, "runs.edit", run.workspace)
    root = run.parent or run
    if not root.is_over() and root.spec is not None:
        raise Conflict(f"{root.name} is still at work. Cancel it first.", code="run-is-active")
    _put(root, deleted_at=timezone.now())


@transaction.atomic
def restore(*, run: Run, by: Any) -> None:
    """Out of the bin."""
    access.require(by, "runs.edit", run.workspace)
    _put(run.parent or run, deleted_at=None)


def _put(root: Run, **where: Any) -> None:
    """Asking twice is no mistake, and keeps the first moment."""
    ((field, moment),) = where.items()
    if Run.objects.filter(pk=root.pk, **{f"{field}__isnull": moment is not None}).update(**where):
        RunEvent.objects.bulk_create([news.of_run(root), news.of_note(root)])


@transaction.atomic
def _repeat(root: Run, by: Any, spec: RunSpec, resumed_from: Run | None) -> Run:
    run = submit(
        workspace=root.workspace,
        by=by,
        kind=root.kind,
        name=root.name,
        spec=spec,
        source=root.source,
        experiment=root.experiment,
        resumed_from=resumed_from,
    )
    RunInput.objects.bulk_create(
        RunInput(run=run, data_version_id=known.data_version_id, port=known.port)
        for known in root.inputs.all()
    )
    signals.run_repeated.send(sender=Run, run_id=run.pk, original_id=root.pk)
    return run


def _spec(run: Run) -> RunSpec:
    if run.spec is None:
        raise Invalid(
            f"{run.name} was not started by this studio, so it cannot be run again.", code="cannot-rerun"
        )
    return RunSpec.from_json(run.spec)


def _status(run: Run) -> str:
    return Run.objects.values_list("status", flat=True).get(pk=run.pk)
