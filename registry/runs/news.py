"""News of a root run: small bodies that carry ids and states, written in the transaction of what they tell."""

from collections.abc import Iterable, Mapping
from typing import Any

from registry.runs.models import Run, RunEvent


def of_run(run: Run) -> RunEvent:
    return RunEvent(run_id=run.pk, type="run", body=run_body(run))


def of_step(step: Run, outputs: Iterable[Mapping[str, Any]] = ()) -> RunEvent:
    return RunEvent(run_id=step.parent_id, type="step", body=step_body(step, outputs))


def of_progress(run: Run) -> RunEvent:
    body = {"run_id": run.run_id, "node_id": run.node_id, **run.progress}
    return RunEvent(run_id=run.parent_id or run.pk, type="progress", body=body)


def of_log(run: Run, seq: int) -> RunEvent:
    """`seq` is the last line written; a reader asks for what it has not seen up to there."""
    body = {"run_id": run.run_id, "node_id": run.node_id, "seq": seq}
    return RunEvent(run_id=run.parent_id or run.pk, type="log", body=body)


def of_metrics(run: Run, keys: Iterable[str]) -> RunEvent:
    body = {"run_id": run.run_id, "node_id": run.node_id, "keys": sorted(keys)}
    return RunEvent(run_id=run.parent_id or run.pk, type="metric", body=body)


def of_note(run: Run) -> RunEvent:
    """Something that people write on the run has changed: name, description, tags, comments, where it is listed."""
    return RunEvent(run_id=run.parent_id or run.pk, type="note", body={"run_id": run.run_id})


def run_body(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "status": str(run.status),
        "seconds": run.seconds,
        "error": brief(run.error),
    }


def step_body(step: Run, outputs: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    return {
        "run_id": step.run_id,
        "node_id": step.node_id,
        "status": str(step.status),
        "seconds": step.seconds,
        "peak_memory": step.peak_memory,
        "reused": step.reused_from_id is not None,
        "reuse_reason": step.reuse_reason,
        "error": brief(step.error),
        "outputs": [{"port": o["port"], "type": o["type"], "summary": o["summary"]} for o in outputs],
    }


def brief(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Without the traceback, which is one click away."""
    return (
        None if error is None else {"code": error.get("code", "error"), "message": error.get("message", "")}
    )
