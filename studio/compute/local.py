"""The embedded driver: children of the runner on this machine. Django-free."""

import json
import socket
import time
from pathlib import Path
from typing import Any

from studio.compute import folders, processes, usage
from studio.compute.drivers import Alive, Ended, Unavailable
from studio.compute.sockets import address

PATIENCE = 5.0  # seconds for an answer of the runner
# Between the end of a process and the runner's note about it.
GRACE = 1.0
UNBORN = 10.0  # seconds that a started child may take to write its number


class Local:
    def __init__(self, work: Path) -> None:
        self._work = work
        self._missing: dict[Path, float] = {}

    def start(self, folder: Path) -> None:
        self._ask({"do": "start", "folder": str(folder)})
        self._missing.pop(folder, None)

    def poll(self, folder: Path) -> Alive | Ended:
        child = folders.read_json(folder / folders.PID)
        if child is not None and processes.is_alive(child["pid"], child["born"]):
            self._missing.pop(folder, None)
            return Alive(processes.own_memory(child["pid"]))
        ended = folders.read_json(folder / folders.EXIT)
        if ended is not None:
            return Ended(ended.get("code"), stopped=bool(ended.get("stopped")))
        # The process is gone and nobody has noted how: the runner may be about to, or may be gone itself.
        since = self._missing.setdefault(folder, time.monotonic())
        if time.monotonic() - since < (GRACE if child is not None else UNBORN):
            return Alive()
        return Ended(None)

    def usage(self, folder: Path) -> usage.Usage:
        child = folders.read_json(folder / folders.PID)
        alive = child is not None and processes.is_alive(child["pid"], child["born"])
        return usage.of_tree(child["pid"]) if child is not None and alive else usage.Usage()

    def stop(self, folder: Path) -> None:
        (folder / folders.STOP).touch()
        child = folders.read_json(folder / folders.PID)
        if child is None:
            return
        processes.kill_group(child["pid"], child["born"])
        deadline = time.monotonic() + PATIENCE
        while processes.is_alive(child["pid"], child["born"]) and time.monotonic() < deadline:
            time.sleep(0.005)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(PATIENCE)
                connection.connect(str(address(self._work)))
                connection.sendall((json.dumps(request) + "\n").encode())
                reply = json.loads(connection.makefile().readline() or "{}")
        except (OSError, ValueError) as error:
            raise Unavailable("The runner does not answer; it is started again when it has died.") from error
        if "error" in reply or not reply:
            raise Unavailable(f"The runner could not do it: {reply.get('error', 'no answer')}.")
        return reply
