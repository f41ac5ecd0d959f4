"""One computing child as its slot sees it: its segment, its folder, and what is known of its process."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from registry.errors import StudioError
from registry.runs.models import Run
from registry.runs.spec import RunSpec, Step
from registry.runs.states import TERMINAL
from studio.compute import folders
from studio.compute.drivers import Driver, Ended, Unavailable
from studio.engine import segments, tail
from studio.engine.ledger import LeaseLost, Ledger, cursor
from studio.engine.models import Segment

log = logging.getLogger(__name__)

AGAIN = 0.2  # seconds until a runner that does not answer is asked again
MOST_PATIENCE = 120.0  # … and until we say that it never will


@dataclass(frozen=True, slots=True)
class Seen:
    """How a child was found when it computed no more, or must not."""

    code: int | None = None
    stopped: bool = False
    too_large: int = 0  # bytes it held, beyond its limit


class Child:
    def __init__(self, segment: Segment, folder: Path) -> None:
        self.segment = segment
        self.folder = folder
        self.started = False
        self.finished = False  # it has said so itself
        self.written = 0.0
        self._asked = 0.0
        self._since = time.monotonic()

    def cursor(self) -> tail.Cursor:
        return cursor(self.segment)

    def read(self, *, last: bool = False) -> tail.Portion:
        return tail.read(self.folder, self.cursor(), last=last)

    def heard(self, portion: tail.Portion) -> None:
        self.finished = self.finished or portion.is_final()

    def start_if_due(self, driver: Driver) -> None:
        """Ask the runner, until it answers: it may just be starting again."""
        now = time.monotonic()
        if self.started or now - self._asked < AGAIN:
            return
        self._asked = now
        try:
            driver.start(self.folder)
            self.started = True
        except Unavailable:
            if now - self._since > MOST_PATIENCE:
                raise StudioError(
                    "The runner, which starts the computing processes, has not answered for two minutes. "
                    "Restart the studio and run again.",
                    code="no-runner",
                ) from None

    def look(self, driver: Driver, memory_limit: int | None) -> Seen | None:
        """None while all is well."""
        state = driver.poll(self.folder)
        if isinstance(state, Ended):
            return Seen(code=state.code, stopped=state.stopped)
        if memory_limit and state.memory > memory_limit:
            return Seen(too_large=state.memory)
        return None

    def end(self) -> None:
        Segment.objects.filter(pk=self.segment.pk).update(ended_at=timezone.now())


def running(run: Run, ledger: Ledger) -> list[Child]:
    """The children that a slot before us has started and not seen ending. Their folders know the rest."""
    found = []
    for segment in Segment.objects.filter(run=run, ended_at=None).order_by("number"):
        folder = folder_of(run) / str(segment.number)
        child = Child(segment, folder)
        if not (folder / folders.SEGMENT).exists():
            # The slot was killed before it had said what to do; it is planned anew.
            child.end()
        else:
            found.append(child)
    return found


def steps(run: Run, spec: RunSpec, segment: segments.Segment, ledger: Ledger, cores: int) -> Child:
    """A child for these steps, ready to be started."""
    ids = set(segment.ids())
    needed = {(s.step, s.port) for step in segment.steps for s in step.inputs.values() if s.step not in ids}
    document = {
        "kind": "steps",
        "steps": [_step(run, step) for step in segment.steps],
        "external": {f"{node}/{port}": ledger.outputs[node, port] for node, port in sorted(needed)},
    }
    return _new(run, spec, segment.ids(), document, cores)


def task(run: Run, spec: RunSpec, cores: int) -> Child:
    document = {"kind": "task", "task": spec.task, "args": dict(spec.args), "title": run.name}
    return _new(run, spec, [], document, cores)


def folder_of(run: Run) -> Path:
    return settings.WORK_DIR / folders.RUNS / run.run_id


def unfinished(ledger: Ledger, child: Child) -> list[str]:
    return [node for node in child.segment.steps if ledger.status(node) not in TERMINAL]


def _new(run: Run, spec: RunSpec, nodes: list[str], document: dict[str, Any], cores: int) -> Child:
    number = Segment.objects.filter(run=run).count() + 1
    try:
        segment = Segment.objects.create(run=run, number=number, steps=nodes)
    except IntegrityError as error:
        raise LeaseLost from error  # somebody else plans for this run
    folder = folder_of(run) / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    common = {
        "format": 1,
        "run_id": run.run_id,
        "store": str(settings.STORE_DIR),
        "cores": cores,
        "memory_limit": spec.memory_limit,
    }
    folders.write_json(folder / folders.SEGMENT, common | document)
    return Child(segment, folder)


def _step(run: Run, step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.title,
        "component": step.component,
        "params": dict(step.params),
        "inputs": {port: {"step": s.step, "port": s.port} for port, s in step.inputs.items()},
        "outputs": dict(step.outputs),
        "prefix": f"runs/{run.run_id}/{step.id}",
    }
