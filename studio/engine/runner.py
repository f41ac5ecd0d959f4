"""The runner: a process that has imported the heavy libraries, has run none of them, and forks children that do.

Running a numeric library before the fork would hang it in every child (OpenMP), so this module imports and nothing
else. It has one thread. Children lead their own sessions and survive it; a runner started anew finds them by their
folders. It speaks one line of JSON per connection on a Unix socket:

    {"do": "start", "folder": "<segment folder>"}   -> {"pid": 123}; a folder that was started is not started again
    {"do": "stop", "folder": "<segment folder>"}    -> {"stopped": true}
    {"do": "ping"}                                  -> {"pid": <of the runner>}

SIGTERM and SIGINT end all children and then the runner; SIGKILL leaves the children running. Django-free.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from studio.compute import folders, processes
from studio.compute.sockets import listen
from studio.engine import step

# What the components use, down to the modules that the libraries themselves import late. Measured: each of these is
# tens to hundreds of milliseconds that no child pays any more.
PRELOAD = (
    "pandas",
    "pyarrow",
    "pyarrow.parquet",
    "pyarrow.dataset",
    "pyarrow.compute",
    "pyarrow.pandas_compat",
    "duckdb",
    "cloudpickle",
    "scipy.sparse",
    "scipy.stats",
    "sklearn",
    "sklearn.pipeline",
    "sklearn.compose",
    "sklearn.preprocessing",
    "sklearn.impute",
    "sklearn.model_selection",
    "sklearn.metrics",
    "sklearn.inspection",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.cluster",
    "lightgbm",
    "registry.mlmodels.format",
    "registry.data.convert",
    "registry.data.inspect",
    "designer.components.all",
)
LONGEST_REQUEST = 64 * 1024


def main(work: Path) -> None:
    if os.environ.get("OMP_WAIT_POLICY") != "PASSIVE":
        # OpenMP reads it when its library is loaded; spinning threads would starve the neighbours.
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.execv(sys.executable, [sys.executable, "-m", "studio.engine.runner", str(work)])
    work.mkdir(parents=True, exist_ok=True)
    preload()
    folders.write_json(work / folders.ENVIRONMENT, environment())
    # Nothing imported so far is ever collected; its pages stay shared with the children.
    gc.collect()
    gc.freeze()
    Runner(work).serve()


def preload() -> None:
    for name in PRELOAD:
        try:
            importlib.import_module(name)
        except ImportError as error:
            # A child that needs it will say so in its node's own words.
            print(f"The runner cannot import {name}: {error}", file=sys.stderr)  # noqa: T201


def environment() -> dict[str, Any]:
    import platform
    from importlib.metadata import distributions

    packages = {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]}
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": dict(sorted(packages.items(), key=lambda item: item[0].lower())),
    }


class Runner:
    def __init__(self, work: Path) -> None:
        self.work = work
        self.children: dict[int, Path] = {}
        self.stopping = False
        self.socket = listen(work)
        # A signal writes into this pipe, so that waiting for requests and for children is one wait.
        self.wake, wake_end = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wake_end, False)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, self._stop)

    def serve(self) -> None:
        waiting = selectors.DefaultSelector()
        waiting.register(self.socket, selectors.EVENT_READ)
        waiting.register(self.wake, selectors.EVENT_READ)
        while not self.stopping:
            for key, _ in waiting.select():
                if key.fileobj is self.socket:
                    self._answer()
                else:
                    with contextlib.suppress(BlockingIOError):
                        os.read(self.wake, 4096)
            self._count_the_dead()
        self._end_all()

    def _answer(self) -> None:
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(1)
            try:
                request = json.loads(_line(connection))
                reply = self._do(request)
            except Exception as error:  # noqa: BLE001 - whatever is asked, the runner stays
                reply = {"error": f"{type(error).__name__}: {error}"}
            with contextlib.suppress(OSError):
                connection.sendall((json.dumps(reply) + "\n").encode())

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "start":
                folder = Path(request["folder"])
                known = folders.read_json(folder / folders.PID)
                return {"pid": known["pid"] if known else self._fork(folder)}
            case "stop":
                _kill(Path(request["folder"]))
                return {"stopped": True}
            case "ping":
                return {"pid": os.getpid()}
        raise ValueError(f"nobody knows how to {request['do']!r}")

    def _fork(self, folder: Path) -> int:
        for pid, known in self.children.items():
            if known == folder:
                return pid  # forked a moment ago; it has not written its number yet
        pid = os.fork()
        if pid:
            self.children[pid] = folder
            return pid
        code = 1
        try:
            self._become_a_child()
            code = _compute(folder)
        finally:
            os._exit(code)

    def _become_a_child(self) -> None:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for ending in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, signal.SIG_DFL if ending != signal.SIGINT else signal.default_int_handler)
        self.socket.close()
        os.close(self.wake)

    def _count_the_dead(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            folder = self.children.pop(pid, None)
            if folder is None:
                continue
            known = folders.read_json(folder / folders.PID)
            # A child that found its folder taken has nothing to say about how the other one ended.
            if known is None or known["pid"] == pid:
                # The slot cleans a folder away when it has read the last event, which may be before this.
                with contextlib.suppress(FileNotFoundError):
                    folders.write_json(
                        folder / folders.EXIT, {"pid": pid, "code": os.waitstatus_to_exitcode(status)}
                    )

    def _stop(self, *_: Any) -> None:
        self.stopping = True

    def _end_all(self) -> None:
        """Also the children of a runner before us. They are said to have been stopped, so that nobody blames them."""
        self.socket.close()
        for pid_file in (self.work / folders.RUNS).glob(f"*/*/{folders.PID}"):
            if not (pid_file.parent / folders.EXIT).exists():
                known = folders.read_json(pid_file)
                if known and processes.is_alive(known["pid"], known["born"]):
                    folders.write_json(pid_file.parent / folders.EXIT, {"pid": known["pid"], "stopped": True})
                _kill(pid_file.parent)
        # Those that have not written their number yet.
        for pid in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _compute(folder: Path) -> int:
    """The life of a child. Returns its exit code."""
    pid = os.getpid()
    if not folders.claim_json(folder / folders.PID, {"pid": pid, "born": processes.started(pid)}):
        return 0
    if (folder / folders.STOP).exists():
        return 0
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    with contextlib.suppress(OSError):
        # Should the machine run out of memory, the studio itself is not what the system takes.
        Path("/proc/self/oom_score_adj").write_text("500")
    _seed(pid)
    gc.enable()
    try:
        step.main(folder)
    except BaseException:  # noqa: BLE001 - the slot reads it from the file that descriptor 2 leads to
        import traceback

        os.write(2, traceback.format_exc().encode())
        return 70
    return 0


def _seed(pid: int) -> None:
    """Children are copies; without this all would draw the same "random" numbers."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed((pid ^ time.time_ns()) & 0xFFFFFFFF)


def _kill(folder: Path) -> None:
    known = folders.read_json(folder / folders.PID)
    if known:
        processes.kill_group(known["pid"], known["born"])


def _line(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        part = connection.recv(4096)
        if not part or len(data) > LONGEST_REQUEST:
            break
        data += part
    return data


def _die_with_parent() -> None:
    """When whoever started us is killed, nobody would end us any more: take it as the wish to end."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


if __name__ == "__main__":
    if os.environ.get("ATELIER_DIE_WITH_PARENT"):
        _die_with_parent()
    main(Path(sys.argv[1]).resolve())
    # Libraries that were only imported complain when an interpreter is taken down in order.
    os._exit(0)
