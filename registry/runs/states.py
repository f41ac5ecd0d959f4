"""The states of a run and the moves that are legal between them. Django-free."""

from enum import StrEnum


class RunStatus(StrEnum):
    """*failed*: the code or the data said so. *errored*: ours to fix. *skipped*: something upstream did not finish."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    ERRORED = "errored"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


TERMINAL = frozenset(
    {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.ERRORED, RunStatus.CANCELLED, RunStatus.SKIPPED}
)
ACTIVE = frozenset(RunStatus) - TERMINAL

MOVES: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: frozenset(
        # A reused node is completed without ever running; a run whose spec cannot be executed errs at once.
        {RunStatus.RUNNING, RunStatus.CANCELLED, RunStatus.COMPLETED, RunStatus.SKIPPED, RunStatus.ERRORED,
         RunStatus.FAILED}
    ),
    RunStatus.RUNNING: frozenset(
        # Back to queued: the process that computed it is gone and the work is to be taken up again.
        {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.ERRORED, RunStatus.CANCELLING, RunStatus.CANCELLED,
         RunStatus.QUEUED}
    ),
    RunStatus.CANCELLING: frozenset(
        {RunStatus.CANCELLED, RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.ERRORED}
    ),
} | {status: frozenset() for status in TERMINAL}


def sources(target: RunStatus) -> frozenset[RunStatus]:
    """The states from which `target` may be reached: the WHERE of every conditional update."""
    return frozenset(status for status, targets in MOVES.items() if target in targets)


def is_terminal(status: str) -> bool:
    return RunStatus(status) in TERMINAL
