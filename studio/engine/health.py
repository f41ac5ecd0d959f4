"""Staying alive: which processes the engine wants, what was lost and is to be taken up again, and whether the queue
still takes tasks. `up` calls these; none of them blocks."""

import contextlib
import logging
import os
import signal
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from registry.data.models import DataVersion, VersionStatus
from registry.runs import execution, selectors
from registry.runs.models import Run
from studio.compute import folders
from studio.compute import processes as known_processes
from studio.engine import hooks, inspections, leases, queue, slots

log = logging.getLogger(__name__)

RARELY = 3.0  # seconds between two looks at the queue for what nobody took
AGAIN = 3.0  # … until a lost run is offered once more
PATIENCE = 8.0  # … a ping may take while a slot is free
ROUTINE = 30.0  # … between two pings while nothing looks wrong
BIRTH = 60.0  # … a cluster may take to bring up its first slot


# What forges sessions and reads the queue's tasks: no variable of a process in which people's own code runs.
SECRETS = frozenset({"ATELIER_SECRET_KEY", "DATABASE_URL"})


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process that is wanted; whoever starts it starts it again when it ends. SIGTERM ends it within a second.
    `env` is the whole of its environment."""

    name: str
    argv: list[str]
    env: Mapping[str, str] = field(default_factory=dict)


def processes(settings: Any) -> list[ProcessSpec]:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "studio.settings"),
        "ATELIER_DATA_DIR": str(settings.DATA_DIR),
        # Read by OpenMP when its library is loaded: spinning threads would starve the neighbours.
        "OMP_WAIT_POLICY": "PASSIVE",
        "PYTHONPATH": os.pathsep.join(
            p for p in (str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")) if p
        ),
    }
    bare = {name: value for name, value in env.items() if name not in SECRETS}
    return [
        ProcessSpec("runner", [sys.executable, "-m", "studio.engine.runner", str(settings.WORK_DIR)], bare),
        ProcessSpec("queue", [sys.executable, "-m", "studio.engine.cluster"], env),
    ]


class Sweeper:
    """Finds what was lost. Kept between calls so that nothing is offered again and again."""

    def __init__(self) -> None:
        self._rarely = 0.0
        self._offered: dict[tuple[str, str], float] = {}

    def sweep(self) -> None:
        for pk in execution.lost(leases.is_gone):
            self._offer(queue.WATCH, pk, queue.watch)
        now = time.monotonic()
        if now - self._rarely < RARELY:
            return
        self._rarely = now
        self._offered = {key: at for key, at in self._offered.items() if now - at < 60}
        if _free_slots() == 0:
            return  # what waits then waits rightly
        settled = timezone.now() - timedelta(seconds=RARELY)
        for pk in selectors.waiting(settled):
            self._offer(queue.WATCH, pk, queue.watch)
        for upload_id in inspections.lost():
            self._offer(queue.INSPECT, upload_id, queue.inspect)
        for version_id in _imports_without_run(settled):
            hooks.submit_import(version_id)

    def _offer(self, function: str, argument: Any, enqueue: Any) -> None:
        now = time.monotonic()
        key = (function, str(argument))
        if now - self._offered.get(key, -AGAIN) >= AGAIN:
            self._offered[key] = now
            queue.ensure(function, argument, enqueue)


class Pulse:
    """Whether the queue still takes tasks. A worker that is killed while idle may leave the lock of the shared queue
    locked for ever: everybody lives, and nothing happens. Only a task that is answered proves the contrary."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._begun = self._answered = time.monotonic()
        self._token = ""
        self._waited = 0.0  # seconds that the ping has waited while a slot was free
        self._looked = time.monotonic()

    def is_dead(self) -> bool:
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        found = slots.look()
        for path in found.vanished:
            path.unlink(missing_ok=True)
        if not found.alive:
            # Not born yet, or all gone and nobody brings up others.
            return now - self._begun > BIRTH
        self._begun = now
        if (
            self._token
            and (folders.read_json(slots.folder() / "pong.json") or {}).get("token") == self._token
        ):
            self._token, self._answered = "", now
        if not self._token and (found.vanished or now - self._answered > ROUTINE):
            self._token, self._waited = uuid.uuid4().hex, 0.0
            queue.ping(self._token)
        elif self._token and set(found.alive) - slots.busy():
            # A look that itself took long says nothing about the queue.
            self._waited += min(passed, 2.0)
        return bool(self._token) and self._waited > PATIENCE


_sweeper = Sweeper()
_pulse = Pulse()


def sweep() -> None:
    """Take up again what nobody looks after: called each second by `up`, and now and then by a schedule."""
    _sweeper.sweep()


def cluster_is_dead() -> bool:
    """Called each second or so. After True, end the queue's process group and start it anew."""
    if not _pulse.is_dead():
        return False
    log.warning("the queue takes no more tasks")
    _pulse.reset()
    return True


def answer(token: str) -> None:
    folders.write_json(slots.folder() / "pong.json", {"token": token})


def shut_down() -> None:
    """End whatever executes runs, at once and whole: the slots first, so that nobody starts again what is ended next.

    What was cut off goes on at the next start, and nobody is blamed for it. The runner is left to its parent.
    """
    for path in slots.look().alive.values():
        if known := folders.read_json(path):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                # The queue leads a group of its own (see `cluster`); ours it cannot be.
                group = os.getpgid(known["pid"])
                if group != os.getpgrp():
                    os.killpg(group, signal.SIGKILL)
    for pattern in (f"runs/*/*/{folders.PID}", f"inspections/*/*/{folders.PID}"):
        for pid_file in settings.WORK_DIR.glob(pattern):
            _end(pid_file)


def _end(pid_file: Any) -> None:
    known = folders.read_json(pid_file)
    if known and known_processes.is_alive(known["pid"], known["born"]):
        if not (pid_file.parent / folders.EXIT).exists():
            folders.write_json(pid_file.parent / folders.EXIT, {"pid": known["pid"], "stopped": True})
        known_processes.kill_group(known["pid"], known["born"])


def _free_slots() -> int:
    return len(set(slots.look().alive) - slots.busy())


def _imports_without_run(before: Any) -> list[int]:
    waiting = DataVersion.objects.filter(status=VersionStatus.IMPORTING, created_at__lt=before).order_by("id")
    ids = list(waiting.values_list("pk", flat=True)[:50])
    known = set(
        Run.objects.filter(source__in=[hooks.import_source(id) for id in ids]).values_list(
            "source", flat=True
        )
    )
    return [id for id in ids if hooks.import_source(id) not in known]
