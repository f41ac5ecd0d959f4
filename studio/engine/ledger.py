"""Turns what children report into records: a run's steps as the slot knows them, moved batch by batch.

One transaction per batch, and the reader's place is moved in the same transaction: whoever goes on after us writes
nothing twice and leaves nothing out. Every write asks first whether the run is still ours.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.errors import StudioError
from registry.runs import execution, mirrors, news, records
from registry.runs.models import Run, RunEvent, RunOutput
from registry.runs.spec import RunSpec, Step
from registry.runs.states import TERMINAL, RunStatus
from studio.engine import hooks, tail
from studio.engine.models import Segment
from studio.engine.segments import downstream
from studio.engine.tail import Cursor, Portion

log = logging.getLogger(__name__)

MOST_LINES = 200_000  # of one node, kept in the database
ENOUGH = f"This node has printed {MOST_LINES:,} lines; what it prints from here on is not kept."


class LeaseLost(Exception):
    """Somebody else looks after the run now. Nothing of the transaction is written."""


class Ledger:
    def __init__(self, run: Run, spec: RunSpec, owner: str) -> None:
        self.run = run
        self.spec = spec
        self.owner = owner
        # A task has no steps: its words are the run's own, under the node "".
        self.rows: dict[str, Run] = {
            row.node_id: row for row in Run.objects.filter(parent=run).order_by("id")
        }
        self.rows[""] = run
        self.outputs: dict[tuple[str, str], dict[str, Any]] = {
            (self._node_of(output.run_id), output.port): {"type": output.type, "path": output.path}
            for output in RunOutput.objects.filter(run__parent=run)
        }
        # Of a task: True when it has finished, an error when it has not.
        self.task_ended: bool | dict[str, Any] | None = None
        self.task_result: dict[str, Any] = {}
        self._seqs: dict[str, int] = {}
        self._lines: dict[str, list[tuple[datetime, str, str]]] = {}
        self._points: dict[str, list[tuple[str, float, int, datetime]]] = {}
        self._params: dict[str, dict[str, Any]] = {}
        self._progress: dict[str, dict[str, Any]] = {}
        self._begun: dict[str, datetime] = {}
        self._news: list[RunEvent] = []
        self._called: dict[int, str] | None = None

    # Questions.

    def status(self, node: str) -> RunStatus:
        return RunStatus(self.rows[node].status)

    def with_status(self, *statuses: RunStatus) -> list[str]:
        return [step.id for step in self.spec.steps if self.status(step.id) in statuses]

    def finished(self) -> set[str]:
        return set(self.with_status(RunStatus.COMPLETED))

    def is_over(self) -> bool:
        return all(self.status(step.id) in TERMINAL for step in self.spec.steps)

    def step(self, node: str) -> Step:
        return next(step for step in self.spec.steps if step.id == node)

    # Writing.

    @contextmanager
    def ours(self) -> Iterator[None]:
        """A transaction that only stands if the run is still ours; the news of it are written at its end."""
        with transaction.atomic():
            if not execution.renew(self.run, self.owner):
                raise LeaseLost
            try:
                yield
                self._tell()
            finally:
                self._news = []

    def apply(self, segment: Segment, portion: Portion) -> None:
        """Write a portion of a segment's journal."""
        # Copies a folder: too long for a transaction. Asked again after a kill, it answers the same.
        refused = {
            event["node"]: error
            for event in portion.events
            if event["e"] == "register-model" and (error := self._register(event))
        }
        for event in portion.events:
            if event["e"] == "task-ready":  # moves files, and is asked again after a kill, in the same way
                hooks.task_ready(self.spec, event["result"])
        before = cursor(segment)
        with self.ours():
            moved = Segment.objects.filter(
                pk=segment.pk, events_read=before.events, out_read=before.out, err_read=before.err
            ).update(
                events_read=portion.cursor.events,
                out_read=portion.cursor.out,
                err_read=portion.cursor.err,
                node=portion.cursor.node,
            )
            if not moved:
                raise LeaseLost
            for event in portion.events:
                self._one(event, refused)
            self._flush_begun()
            self._tell()
            self._flush_words()
        segment.events_read, segment.node = portion.cursor.events, portion.cursor.node
        segment.out_read, segment.err_read = portion.cursor.out, portion.cursor.err

    def recall(self, folder: Path) -> None:
        """How a task ended, if it has said so to a slot before us. (Steps are remembered by their rows.)"""
        at, more = Cursor(), True
        while more:
            portion = tail.read(folder, at)
            at, more = portion.cursor, portion.more
            for event in portion.events:
                if event["e"] in ("task-finished", "task-failed"):
                    self._task_ended(event)

    def say(self, node: str, text: str) -> None:
        """A log line of the studio's own."""
        self._lines.setdefault(node, []).append((timezone.now(), "studio", text))
        self._flush_words(node)

    def requeue(self, node: str, reason: str) -> None:
        """The process that computed the step is gone and nobody knows why: it runs once more."""
        self.say(node, reason)
        self._move(node, RunStatus.QUEUED, started_at=None, progress={})

    def fail(
        self, node: str, error: Mapping[str, Any], status: RunStatus = RunStatus.FAILED, **fields: Any
    ) -> None:
        """The step has failed, and with it everything downstream is skipped. Everything else goes on."""
        if not self._move(node, status, error=dict(error), ended_at=timezone.now(), **fields):
            return
        self._mirror_metrics(node)
        because = {
            "code": "upstream-failed",
            "message": f"Skipped, because “{self.rows[node].name}” did not finish.",
            "fields": {"node": node},
        }
        self.skip(downstream(self.spec.steps, {node}), because)

    def skip(self, nodes: Collection[str], because: Mapping[str, Any]) -> None:
        for step in self.spec.steps:
            if step.id in nodes and self.status(step.id) == RunStatus.QUEUED:
                self._move(step.id, RunStatus.SKIPPED, error=dict(because), ended_at=timezone.now())
            elif step.id in nodes and self.status(step.id) == RunStatus.RUNNING:
                # It computed already with what then could not be kept.
                self._move(step.id, RunStatus.CANCELLED, error=dict(because), ended_at=timezone.now())

    def cancel_running(self, because: Mapping[str, Any]) -> None:
        for node in self.with_status(RunStatus.RUNNING):
            if self._move(node, RunStatus.CANCELLED, error=dict(because), ended_at=timezone.now()):
                self._mirror_metrics(node)

    # Single events.

    def _one(self, event: Mapping[str, Any], refused: Mapping[str, Mapping[str, Any]]) -> None:
        node, when = event["node"], datetime.fromtimestamp(event["t"], UTC)
        if node not in self.rows:
            return
        match event["e"]:
            case "log":
                self._lines.setdefault(node, []).append((when, event["stream"], event["text"]))
            case "metric":
                self._points.setdefault(node, []).append((event["key"], event["value"], event["step"], when))
            case "param":
                self._params.setdefault(node, {})[event["key"]] = event["value"]
            case "progress":
                self._progress[node] = {name: event[name] for name in ("done", "total", "message")}
            case "node-started" if node:
                self._begun[node] = when
            case "register-model" if node in refused:
                self._close_words(node)
                self.fail(node, refused[node])
            case "node-finished":
                self._finished(node, event, when)
            case "task-finished" | "task-failed":
                self._close_words(node)
                self._task_ended(event)
            case "node-failed":
                self._close_words(node)
                self.fail(node, event["error"], peak_memory=event["peak_memory"], **self._since(node, when))

    def _finished(self, node: str, event: Mapping[str, Any], when: datetime) -> None:
        self._close_words(node)
        begun = self._begun.pop(node, None)
        fields = {"started_at": begun} if begun else {}
        done = self._move(
            node,
            RunStatus.COMPLETED,
            silently=True,
            # Begun and finished in one batch: nobody need hear of the moment in between.
            also_from={RunStatus.QUEUED} if begun else set(),
            seconds=event["seconds"],
            peak_memory=event["peak_memory"],
            ended_at=when,
            progress={},
            **fields,
        )
        if done:
            row = self.rows[node]
            records.record_outputs(row, event["outputs"])
            for output in event["outputs"]:
                self.outputs[node, output["port"]] = {"type": output["type"], "path": output["path"]}
            self._news.append(news.of_step(row, event["outputs"]))
            self._mirror_metrics(node)

    def _mirror_metrics(self, node: str) -> None:
        """What a step measured is shown at its pipeline from its end on."""
        if node:
            mirrors.show_metrics(self.run, [self.rows[node].pk], self._names())

    def _names(self) -> dict[int, str]:
        if self._called is None:
            self._called = mirrors.called(self.run)
        return self._called

    def _task_ended(self, event: Mapping[str, Any]) -> None:
        if event["e"] == "task-finished":
            self.task_ended, self.task_result = True, event["result"] or {}
        else:
            self.task_ended = event["error"]

    def _register(self, event: Mapping[str, Any]) -> dict[str, Any] | None:
        """An error, if the model could not be registered."""
        row = self.rows.get(event["node"])
        if row is None or self.status(event["node"]) in TERMINAL:
            return None
        try:
            hooks.register_model(row, event["name"], event["path"], event["details"])
        except StudioError as error:
            return error.as_dict()
        except Exception as error:
            log.exception("registering %s for run %s", event["name"], row.run_id)
            return {"code": "error", "message": f"The model {event['name']} could not be registered: {error}"}
        return None

    def _since(self, node: str, when: datetime) -> dict[str, Any]:
        begun = self._begun.pop(node, None)
        started = begun or self.rows[node].started_at
        return {"seconds": (when - started).total_seconds() if started else None} | (
            {"started_at": begun} if begun else {}
        )

    def _tell(self) -> None:
        waiting, self._news = self._news, []
        records.tell(waiting)

    def _close_words(self, node: str) -> None:
        """What a node said is told before how it ended, and after that it began."""
        if any(node in said for said in (self._lines, self._points, self._params, self._progress)):
            self._tell()
            self._flush_words(node)

    def _flush_begun(self) -> None:
        for node, when in self._begun.items():
            self._move(node, RunStatus.RUNNING, started_at=when)
        self._begun.clear()

    def _flush_words(self, only: str | None = None) -> None:
        for node in list(self._lines) if only is None else [only]:
            if lines := self._lines.pop(node, None):
                self._write_lines(node, lines)
        for node in list(self._points) if only is None else [only]:
            if points := self._points.pop(node, None):
                records.record_metrics(self.rows[node], points)
        for node in list(self._params) if only is None else [only]:
            if params := self._params.pop(node, None):
                records.record_params(self.rows[node], params)
                if node:
                    mirrors.show_params(self.run, [self.rows[node].pk], self._names())
        for node in list(self._progress) if only is None else [only]:
            if progress := self._progress.pop(node, None):
                records.record_progress(self.rows[node], progress)
                if node == "":
                    hooks.progress(self.run, self.spec, progress)

    def _write_lines(self, node: str, lines: list[tuple[datetime, str, str]]) -> None:
        row = self.rows[node]
        if node not in self._seqs:
            self._seqs[node] = records.last_seq(row)
        room = MOST_LINES - self._seqs[node]
        if room <= 0:
            return
        if len(lines) > room:
            lines = [*lines[:room], (lines[room][0], "studio", ENOUGH)]
        self._seqs[node] = records.record_log(row, lines, self._seqs[node])

    def _move(
        self,
        node: str,
        status: RunStatus,
        *,
        silently: bool = False,
        also_from: Collection[RunStatus] = (),
        **fields: Any,
    ) -> bool:
        """One conditional update of a step. Its news wait for the end of the transaction, in order."""
        row = self.rows[node]
        allowed = execution.states.sources(status) - (set() if also_from else _only_by_reuse(status))
        if not Run.objects.filter(pk=row.pk, status__in=allowed).update(status=status, **fields):
            return False
        row.status = status
        for name, value in fields.items():
            setattr(row, name, value)
        if not silently:
            self._news.append(news.of_step(row))
        return True

    def _node_of(self, pk: int) -> str:
        return next(node for node, row in self.rows.items() if row.pk == pk)


def cursor(segment: Segment) -> Cursor:
    return Cursor(segment.events_read, segment.out_read, segment.err_read, segment.node)


def _only_by_reuse(status: RunStatus) -> set[RunStatus]:
    """A step that never ran may be completed by reuse, which is not decided here."""
    return {RunStatus.QUEUED} if status == RunStatus.COMPLETED else set()
