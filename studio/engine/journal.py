"""The child's side of the news: events appended to a file, each by one write, numbered. Django-free.

Whatever has been written is there, also when the process is killed in the next moment.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.compute import folders

PROGRESS_PAUSE = 0.1  # seconds between two reports of one node; the last is never dropped


class Journal:
    def __init__(self, folder: Path) -> None:
        self._file = os.open(
            folder / folders.EVENTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        self._lock = threading.Lock()
        self._seq = 0
        self.node = ""  # whose words are heard at the moment

    def write(self, event: str, node: str | None = None, **body: Any) -> None:
        with self._lock:
            self._seq += 1
            line = {
                "seq": self._seq,
                "t": time.time(),
                "e": event,
                "node": self.node if node is None else node,
                **body,
            }
            data = (json.dumps(line, default=str) + "\n").encode()
            while data:
                data = data[os.write(self._file, data) :]

    def raw(self) -> list[int]:
        """How much has been written past us to the descriptors 1 and 2: tells the slot whose words those were."""
        return [os.fstat(1).st_size, os.fstat(2).st_size]


class NodeReporter:
    """What a running component reports goes to the journal under its node."""

    def __init__(self, journal: Journal, node: str, keep_model: Any) -> None:
        self._journal = journal
        self._node = node
        self._keep_model = keep_model
        self._last_progress = 0.0
        self._held: dict[str, Any] | None = None

    def metric(self, key: str, value: float, step: int = 0) -> None:
        self._journal.write("metric", self._node, key=str(key), value=float(value), step=int(step))

    def param(self, key: str, value: Any) -> None:
        self._journal.write("param", self._node, key=str(key), value=value)

    def progress(self, done: float, total: float, message: str = "") -> None:
        self._held = {"done": done, "total": total, "message": message}
        now = time.monotonic()
        if now - self._last_progress >= PROGRESS_PAUSE or done >= total:
            self._last_progress = now
            self.flush()

    def flush(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._journal.write("progress", self._node, **held)

    def ready(self, result: Mapping[str, Any]) -> None:
        """Of a task: what others wait for is there, though the task goes on."""
        self.flush()
        self._journal.write("task-ready", self._node, result=dict(result))

    def register_model(self, name: str, folder: Path, details: Mapping[str, Any]) -> None:
        # The component's folder may be gone when the slot reads this, so the run keeps the model itself.
        path = self._keep_model(Path(folder), name)
        self._journal.write("register-model", self._node, name=name, path=path, details=dict(details))
