"""Child processes that are kept alive: started, watched, started again with growing pauses, and ended together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
# A child that lived this long had started well: its next end is news, not the same trouble again.
LIVED_WELL = 60.0
LONGEST_PAUSE = 30.0
LOG_LIMIT = 10_000_000  # bytes; one older part is kept beside

# Loaded here, before any fork: between fork and exec only what is loaded already is safe.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """One process of the studio, whatever number it has at the moment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    quick_ends: int = 0
    say: Callable[[str], None] = field(default=lambda sentence: None, repr=False)

    def start(self) -> None:
        trim(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.argv,
                env={**self.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=self.pass_fds,
                # Its own group: Ctrl-C in the terminal reaches only `up`, which ends them in the right order.
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Notice an end, and start again when its pause is over."""
        if self.process is None:
            if time.monotonic() >= self.start_again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        # What it started must not go on beside its successor.
        self.signal(signal.SIGKILL)
        self.process = None
        lived = time.monotonic() - self.started_at
        self.quick_ends = 0 if lived > LIVED_WELL else self.quick_ends + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.quick_ends - 1)) if self.quick_ends else 0.0
        self.start_again_at = time.monotonic() + pause
        when = f"in {pause:g} s" if pause else "at once"
        self.say(f"The {self.name} process ended ({_meaning(code)}) and is started again {when}. Its log: {self.log}")

    def signal(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def end_all(children: Sequence[Child], *, within: float) -> None:
    """Ask all to end, and end those who do not."""
    for child in children:
        if child.is_running():
            # To the process alone: it knows in which order its own children end.
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
    deadline = time.monotonic() + within
    for child in children:
        if child.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def trim(log: Path) -> None:
    """Move a long log aside. Its writer appends, and so goes on at the new beginning of the same file."""
    try:
        if log.stat().st_size < LOG_LIMIT:
            return
        with log.open("rb") as full, log.with_name(f"{log.name}.1").open("wb") as older:
            full.seek(-LOG_LIMIT, os.SEEK_END)
            while block := full.read(1 << 20):
                older.write(block)
        os.truncate(log, 0)
    except OSError:
        return  # a log is not worth ending the studio for


def _end_with_parent() -> None:
    """Runs in the child before exec: `kill -9` of `up` ends it too."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _meaning(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
