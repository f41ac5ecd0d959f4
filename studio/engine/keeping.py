"""Writes what nodes leave, beside the computing: the next node of the segment already runs meanwhile. Django-free.

A node is finished when its outputs are in the store, complete and synced, and not before. One thread, one order.
"""

import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from designer.catalogue import values
from registry.storage import Store
from studio.engine.journal import Journal

# Each waiting node holds its tables in memory.
MOST_WAITING = 4


@dataclass(frozen=True, slots=True)
class Left:
    """What a node left on its ports, and what it took to get there."""

    node: str
    outputs: Mapping[str, tuple[str, Any]]  # port: (type, value)
    prefix: str  # key in the store
    seconds: float
    peak_memory: int
    raw: list[int]


class Keeper:
    def __init__(
        self, store: Store, scratch: Path, journal: Journal, failed: Callable[[str, BaseException], None]
    ):
        self._store = store
        self._scratch = scratch
        self._journal = journal
        self._failed = failed
        self._waiting: queue.Queue[Left | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)
        self._thread.start()

    def keep(self, left: Left) -> None:
        self._waiting.put(left)

    def close(self) -> None:
        """Returns when everything is kept."""
        self._waiting.put(None)
        self._thread.join()

    def keep_model(self, node: str, prefix: str, folder: Path, name: str) -> str:
        """Copy the model a node wants registered; its key."""
        safe = "".join(c if c.isalnum() else "-" for c in name)[:60]
        key = f"{prefix}/registered/{safe}"
        sync_folder(folder)
        self._store.put_folder(folder, key)
        return key

    def _work(self) -> None:
        while (left := self._waiting.get()) is not None:
            began = time.perf_counter()
            try:
                outputs = [self._one(left, port, type, value) for port, (type, value) in left.outputs.items()]
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is the node's failure, not the thread's
                self._failed(left.node, error)
                continue
            self._journal.write(
                "node-finished",
                left.node,
                seconds=round(left.seconds + time.perf_counter() - began, 6),
                peak_memory=left.peak_memory,
                outputs=outputs,
                raw=left.raw,
            )
            # Not held until the next node arrives: it may be the largest table of the run.
            del left

    def _one(self, left: Left, port: str, type: str, value: Any) -> dict[str, Any]:
        folder = self._scratch / left.node / port
        summary = values.save(value, type, folder)
        size = sync_folder(folder)
        key = f"{left.prefix}/{port}"
        self._store.put_folder(folder, key)
        shutil.rmtree(folder, ignore_errors=True)
        return {"port": port, "type": type, "path": key, "bytes": size, "summary": summary}


def sync_folder(folder: Path) -> int:
    """Everything below the folder onto the disk, so that a power cut cannot leave a finished node without its
    output. Returns the bytes."""
    size = 0
    for path in (folder, *folder.rglob("*")):
        if path.is_file():
            size += path.stat().st_size
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return size
