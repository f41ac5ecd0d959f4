"""A slot: looks after one run from the claim to its end. It starts children and reads what they report; it never
computes, so nothing that a run does can kill it. All it knows is in the database and in the segments' folders: when
it is killed, the next slot goes on from there."""

import logging
import os
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from registry.errors import Invalid, StudioError
from registry.runs import execution, tracking
from registry.runs.models import Run
from registry.runs.spec import RunSpec
from registry.runs.states import RunStatus
from studio.compute.drivers import Driver
from studio.compute.local import Local
from studio.engine import children, ending, leases, segments
from studio.engine.children import Child
from studio.engine.ledger import LeaseLost, Ledger
from studio.engine.machine import Sampler
from studio.engine.prepare import note_environment, prepare

log = logging.getLogger(__name__)

BATCH = 0.05  # seconds between two transactions while a child writes without end
LOOK = 0.1  # … between two looks at the processes and at the person's wish
BEAT = 1.0  # … between two renewals of the lease
QUICK, CALM = 0.01, 0.03  # … between two looks at the journals: while they grow, and while they are silent
CALM_AFTER = 2.0


def look_after(run_pk: int) -> str:
    """Execute the run if nobody else does. Calling it twice does no harm. What it says is for the queue's log."""
    owner = leases.owner()
    run = execution.claim(run_pk, owner, is_gone=leases.is_gone)
    if run is None:
        return "not ours to do"
    try:
        Watch(run, owner, Local(settings.WORK_DIR)).until_over()
    except LeaseLost:
        # Somebody else believed us dead and goes on with the run; the children are theirs now.
        log.warning("run %s was taken over by another slot", run.run_id)
        return "taken over"
    except (OperationalError, InterfaceError):
        # The database is away or busy beyond patience: that passes, and the run goes on from where it is.
        execution.release(run, owner)
        raise
    except Exception as error:
        log.exception("run %s", run.run_id)
        ending.give_up(run, owner, error)
        return "errored"
    return str(run.status)


class Watch:
    def __init__(self, run: Run, owner: str, driver: Driver) -> None:
        self.run = run
        self.owner = owner
        self.driver = driver
        self.cores = os.cpu_count() or 1
        self.children: list[Child] = []
        self.machine = Sampler(settings.WORK_DIR)
        self.looked = self.beaten = self.moved = time.monotonic()

    def until_over(self) -> None:
        spec = self._spec()
        self._refuse_nonsense(spec)
        prepare(self.run, spec, self.owner)
        self.spec, self.ledger = spec, Ledger(self.run, spec, self.owner)
        self.children = children.running(self.run, self.ledger)
        if not spec.steps:
            for folder in sorted(children.folder_of(self.run).glob("*/")):
                self.ledger.recall(folder)
        with self.ledger.ours():
            for node in self.ledger.with_status(RunStatus.FAILED, RunStatus.ERRORED):
                self.ledger.skip(segments.downstream(spec.steps, {node}), ending.upstream(self.ledger, node))
        self._loop()

    def _loop(self) -> None:
        while True:
            for child in list(self.children):
                self._read(child)
            if self._is_over():
                break
            self._start_what_can()
            now = time.monotonic()
            if now - self.looked >= LOOK:
                self.looked = now
                if self._stop_if_wished():
                    return
                for child in list(self.children):
                    self._look_at(child)
            if now - self.beaten >= BEAT:
                self.beaten = now
                if not execution.renew(self.run, self.owner):
                    raise LeaseLost
            if self.machine.is_due():
                self._note_machine()
            if self.run.environment is None and any(child.started for child in self.children):
                note_environment(self.run)
            time.sleep(QUICK if now - self.moved < CALM_AFTER else CALM)
        ending.conclude(self.run, self.ledger, self.owner)
        self._clean_up()

    # Children.

    def _read(self, child: Child, *, last: bool = False) -> None:
        """Write what the child has said since; in batches while it says much, at once when it says its last."""
        while True:
            portion = child.read(last=last)
            waits = time.monotonic() - child.written < BATCH and not last and not portion.is_urgent()
            if portion.cursor != child.cursor() and not waits:
                self.ledger.apply(child.segment, portion)
                child.heard(portion)
                child.written = self.moved = time.monotonic()
            if child.finished:
                self._end(child)
                return
            if not (portion.more and last):
                return

    def _start_what_can(self) -> None:
        for child in self.children:
            child.start_if_due(self.driver)
        if not self.spec.steps:
            if not self.children and not self.ledger.run.is_over():
                self._start(children.task(self.run, self.spec, self.cores))
            return
        if len(self.children) >= self.cores:
            return
        taken = {node for child in self.children for node in child.segment.steps}
        waiting = [
            s for s in self.spec.steps if s.id not in taken and self.ledger.status(s.id) == RunStatus.QUEUED
        ]
        if not waiting:
            return
        finished = self.ledger.finished()
        able = segments.ready(segments.plan(waiting, finished, cores=self.cores), finished)
        able = able[: self.cores - len(self.children)]
        # Twice what there is: branches seldom end together, and the last one should not compute on half the machine.
        together = max(1, len(self.children) + len(able))
        share = min(self.cores, max(1, 2 * self.cores // together))
        for segment in able:
            self._start(children.steps(self.run, self.spec, segment, self.ledger, share))

    def _start(self, child: Child) -> None:
        self.children.append(child)
        child.start_if_due(self.driver)

    def _look_at(self, child: Child) -> None:
        if not child.started:
            return
        seen = child.look(self.driver, self.spec.memory_limit)
        if seen is None:
            return
        if seen.too_large:
            self.driver.stop(child.folder)
        # Everything it has said, to the last byte: nobody writes there any more.
        self._read(child, last=True)
        if not child.finished:
            with self.ledger.ours():
                ending.of_child(self.ledger, child, seen)
            self._end(child)

    def _note_machine(self) -> None:
        """As metrics of the run; its seconds count the steps, so that a slot that takes over goes on."""
        seen = [self.driver.usage(child.folder) for child in self.children if child.started]
        found = self.machine.sample(seen)
        if not any(one.cpu for one in seen):
            return
        now = timezone.now()
        step = int((now - (self.run.started_at or now)).total_seconds())
        moment = int(now.timestamp() * 1000)
        with self.ledger.ours():
            tracking.write(tracking.Batch(self.run.pk, metrics=[(key, value, step, moment) for key, value in found.items()]))

    def _end(self, child: Child) -> None:
        child.end()
        if child in self.children:
            self.children.remove(child)

    def _stop_all(self) -> None:
        for child in list(self.children):
            self.driver.stop(child.folder)
        for child in list(self.children):
            self._read(child, last=True)
            self._end(child)

    # The run.

    def _spec(self) -> RunSpec:
        if self.run.spec is None:
            raise Invalid("This run has no spec, so there is nothing to execute.")
        return RunSpec.from_json(self.run.spec)

    def _refuse_nonsense(self, spec: RunSpec) -> None:
        strange = next((step for step in spec.steps if step.compute != "cpu"), None)
        if strange is not None:
            raise Invalid(
                f"“{strange.title}” wants to run on {strange.compute}, and this studio has no such compute."
            )
        free = shutil.disk_usage(settings.WORK_DIR if settings.WORK_DIR.exists() else settings.DATA_DIR).free
        if free < ending.LEAST_DISK:
            raise StudioError(
                f"Only {free // 2**20} MB are free on the studio's disk. Free some space and run again.",
                code="disk-full",
            )

    def _is_over(self) -> bool:
        if not self.spec.steps:
            return self.ledger.task_ended is not None
        return not self.children and self.ledger.is_over()

    def _stop_if_wished(self) -> bool:
        """Cancelled by a person, or out of time."""
        status = Run.objects.filter(pk=self.run.pk).values_list("status", flat=True).get()
        self.run.status = status
        limit = self.spec.time_limit
        late = bool(
            limit and self.run.started_at and (timezone.now() - self.run.started_at).total_seconds() > limit
        )
        if status != RunStatus.CANCELLING and not late:
            return False
        self._stop_all()
        if not self._is_over():
            (ending.out_of_time if status != RunStatus.CANCELLING else ending.cancelled)(
                self.run, self.ledger, self.owner
            )
        else:
            ending.conclude(self.run, self.ledger, self.owner)
        self._clean_up()
        return True

    def _clean_up(self) -> None:
        """Everything is in the database and the store now."""
        folder = run_folder(self.run)
        for _ in range(10):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                return
            # The runner was noting how a stopped child ended while its folder was being taken away.
            time.sleep(0.05)


def run_folder(run: Run) -> Path:
    return children.folder_of(run)
