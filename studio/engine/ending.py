"""How steps and runs end, in words: after a child's death, a cancel, a limit, or when all is done."""

import signal
from functools import partial
from typing import Any

from django.utils import timezone

from registry.errors import StudioError
from registry.runs import execution
from registry.runs.models import Run
from registry.runs.spec import RunSpec
from registry.runs.states import RunStatus
from studio.compute import folders, processes
from studio.engine import children, hooks
from studio.engine.children import Child, Seen
from studio.engine.ledger import LeaseLost, Ledger

MOST_ATTEMPTS = 2  # of a step whose process vanished without anybody seeing why
LEAST_DISK = 64 * 2**20

CANCELLED = {"code": "cancelled", "message": "Stopped, because the run was cancelled.", "fields": {}}
NEVER_BEGUN = {"code": "cancelled", "message": "Not started, because the run was cancelled.", "fields": {}}


def upstream(ledger: Ledger, node: str) -> dict[str, Any]:
    name = ledger.rows[node].name
    return {
        "code": "upstream-failed",
        "message": f"Skipped, because “{name}” did not finish.",
        "fields": {"node": node},
    }


def of_child(ledger: Ledger, child: Child, seen: Seen) -> None:
    """A child that ended without having said so. What it had not finished fails, or runs again, or stays to be
    started by another child. Inside the ledger's transaction."""
    if not child.segment.steps:
        _of_task(ledger, child, seen)
        return
    left = children.unfinished(ledger, child)
    begun = [node for node in left if ledger.status(node) == RunStatus.RUNNING]
    if seen.stopped:
        for node in begun:
            ledger.requeue(node, "The studio was stopped while this node ran; it runs again.")
        return
    blamed = (
        _blamed(child, begun) or left[:1]
    )  # killed before anything had begun: the next one cannot be started
    unseen = seen.code is None and not seen.too_large
    for node in begun or left[:1]:
        again = "The computing process vanished, and nobody saw why; this node runs once more."
        if node not in blamed:
            again = "It had computed, but its results were not kept yet when the process ended; it runs once more."
        if (unseen or node not in blamed) and _count_attempt(ledger, node) < MOST_ATTEMPTS:
            ledger.requeue(node, again)
        else:
            ledger.fail(node, _why(seen, f"“{ledger.rows[node].name}”", ledger.spec.memory_limit))


def _blamed(child: Child, begun: list[str]) -> list[str]:
    """The node that was computing. Others that had begun only waited for their results to be written beside it."""
    return [child.segment.node] if child.segment.node in begun else begun


def _of_task(ledger: Ledger, child: Child, seen: Seen) -> None:
    if seen.stopped or (seen.code is None and not seen.too_large and child.segment.number < MOST_ATTEMPTS):
        ledger.say("", "The computing process is gone; the work begins again.")
        return
    ledger.task_ended = _why(seen, ledger.run.name, ledger.spec.memory_limit)


def conclude(run: Run, ledger: Ledger, owner: str) -> None:
    """Everything has ended: so does the run."""
    if not ledger.spec.steps:
        _conclude_task(run, ledger, owner)
        return
    failed = ledger.with_status(RunStatus.FAILED, RunStatus.ERRORED)
    with ledger.ours():
        if not failed:
            _must(execution.finish(run, owner, RunStatus.COMPLETED))
            return
        first = ledger.rows[failed[0]]
        more = f" {len(failed) - 1} more nodes failed." if len(failed) > 2 else ""
        more = " One more node failed." if len(failed) == 2 else more
        reason = (first.error or {}).get("message", "")
        message = reason if f"“{first.name}”" in reason else f"“{first.name}” failed: {reason}"
        error = {"code": "node-failed", "message": message + more, "fields": {"nodes": failed}}
        _must(execution.finish(run, owner, RunStatus.FAILED, error=error))


def cancelled(run: Run, ledger: Ledger, owner: str) -> None:
    with ledger.ours():
        ledger.cancel_running(CANCELLED)
        ledger.skip(ledger.with_status(RunStatus.QUEUED), NEVER_BEGUN)
        if not ledger.spec.steps:
            hooks.task_failed(
                ledger.spec, {"code": "cancelled", "message": f"{run.name} was cancelled.", "fields": {}}
            )
        _must(execution.finish(run, owner, RunStatus.CANCELLED))


def out_of_time(run: Run, ledger: Ledger, owner: str) -> None:
    limit = _duration(ledger.spec.time_limit or 0)
    error = {
        "code": "time-limit",
        "message": f"{run.name} took longer than its time limit of {limit} and was stopped.",
        "fields": {"seconds": ledger.spec.time_limit},
    }
    with ledger.ours():
        for node in ledger.with_status(RunStatus.RUNNING):
            message = f"“{ledger.rows[node].name}” was stopped: the run's time limit of {limit} was reached."
            ledger.fail(node, error | {"message": message})
        never = {
            "code": "time-limit",
            "message": f"Not started: the run's time limit of {limit} was reached.",
        }
        ledger.skip(ledger.with_status(RunStatus.QUEUED), never)
        if not ledger.spec.steps:
            hooks.task_failed(ledger.spec, error)
        _must(execution.finish(run, owner, RunStatus.FAILED, error=error))


def give_up(run: Run, owner: str, error: Exception) -> None:
    """The engine itself could not go on with a run. Everything of it is stopped; the run says why."""
    for pid_file in children.folder_of(run).glob(f"*/{folders.PID}"):
        if known := folders.read_json(pid_file):
            processes.kill_group(known["pid"], known["born"])
    told = error.as_dict() if isinstance(error, StudioError) else {
        "code": "engine-error",
        "message": f"The studio could not execute this run ({type(error).__name__}: {error}). Its log has the details.",
        "fields": {},
    }  # fmt: skip
    for step in Run.objects.filter(parent=run).order_by("id"):
        gone = {"code": told["code"], "message": "Not finished: the run was given up.", "fields": {}}
        execution.move(
            step, RunStatus.ERRORED, error=gone, ended_at=timezone.now(), only_from={RunStatus.RUNNING}
        )
        execution.move(step, RunStatus.SKIPPED, error=gone, ended_at=timezone.now())
    if execution.finish(run, owner, RunStatus.ERRORED, error=told) and run.spec:
        hooks.task_failed(RunSpec.from_json(run.spec), told)


def _conclude_task(run: Run, ledger: Ledger, owner: str) -> None:
    # What it means to other records first, and outside of our transaction: it may move files. Told twice, it changes
    # nothing; not told, the import would wait for ever.
    if ledger.task_ended is True:
        if not hooks.unpacked(run, ledger.spec, ledger.task_result, partial(execution.renew, run, owner)):
            raise LeaseLost
        hooks.task_finished(ledger.spec, ledger.task_result)
        status, error = RunStatus.COMPLETED, None
    else:
        hooks.task_failed(ledger.spec, ledger.task_ended or {})
        status, error = RunStatus.FAILED, ledger.task_ended or None
    with ledger.ours():
        _must(execution.finish(run, owner, status, error=error))


def _count_attempt(ledger: Ledger, node: str) -> int:
    row = ledger.rows[node]
    row.attempt += 1
    Run.objects.filter(pk=row.pk).update(attempt=row.attempt)
    return row.attempt


def _why(seen: Seen, what: str, limit: int | None) -> dict[str, Any]:
    if seen.too_large:
        return {
            "code": "memory-limit",
            "message": f"{what} used {_gb(seen.too_large)}, more than the memory limit of {_gb(limit or 0)}, "
            "and was stopped.",
            "fields": {"bytes": seen.too_large, "limit": limit},
        }
    if seen.code is None:
        return {
            "code": "process-lost",
            "message": f"The computing process of {what} vanished {MOST_ATTEMPTS} times, and nobody saw why.",
            "fields": {},
        }
    if seen.code < 0:
        number = -seen.code
        perhaps = (
            ", perhaps because the machine ran out of memory"
            if number in (signal.SIGKILL, signal.SIGABRT)
            else ""
        )
        return {
            "code": "killed",
            "message": f"{what} did not finish: its process was killed by signal {number} ({_signal(number)}){perhaps}.",
            "fields": {"signal": number},
        }
    return {
        "code": "process-ended",
        "message": f"{what} did not finish: its process ended with exit code {seen.code}. Its log may say why.",
        "fields": {"exit_code": seen.code},
    }


def _must(done: bool) -> None:
    if not done:
        raise LeaseLost


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _gb(size: int) -> str:
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:.0f} MB"


def _duration(seconds: float) -> str:
    return f"{seconds:g} seconds" if seconds < 120 else f"{seconds / 60:g} minutes"
