"""A computing child: executes one segment, or one task, and reports by appending to its journal. Django-free.

It is forked from the runner (or started as `python -m studio.engine.step FOLDER`), is the leader of its own process
group, and may be killed at any moment: what its journal says is true, what it does not say has not happened.
"""

import copy
import gc
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from designer.catalogue import reporting, values
from registry.storage import open_store
from studio.compute import folders
from studio.engine import failures
from studio.engine.journal import Journal, NodeReporter
from studio.engine.keeping import Keeper, Left
from studio.engine.printing import Printing

SCRATCH = "scratch"


def main(folder: Path) -> None:
    segment = folders.read_json(folder / folders.SEGMENT)
    if segment is None:
        return  # the run was ended and cleaned away before we were born
    limit_memory(segment.get("memory_limit"))
    os.environ["ATELIER_CORES"] = str(segment.get("cores") or 1)
    journal = Journal(folder)
    printing = Printing(folder, journal)
    # Components may use the working folder as their own; nothing of the studio lies there.
    scratch = folder / SCRATCH
    (scratch / "cwd").mkdir(parents=True, exist_ok=True)
    os.chdir(scratch / "cwd")
    if segment["kind"] == "task":
        run_task(segment, journal, printing)
    else:
        Steps(segment, journal, printing, scratch).run()
    journal.write("segment-finished", "", raw=journal.raw())


class Steps:
    """The steps of a segment, one after the other. Values pass in memory; what lies outside is loaded once."""

    def __init__(
        self, segment: Mapping[str, Any], journal: Journal, printing: Printing, scratch: Path
    ) -> None:
        from designer.components.all import CATALOGUE

        self.catalogue = CATALOGUE
        self.steps = segment["steps"]
        self.external = segment["external"]  # "step/port": {"type", "path"}
        self.journal = journal
        self.printing = printing
        self.store = open_store(segment["store"])
        self.failed: set[str] = set()
        self.keeper = Keeper(self.store, scratch, journal, self._not_kept)
        self.titles = {step["id"]: step["title"] for step in self.steps}
        self.values: dict[tuple[str, str], Any] = {}
        self.readers = _count_readers(self.steps)
        if hasattr(pd := _pandas(), "options") and not pd.__version__.startswith("3"):
            # Since pandas 3 nobody can spoil a table that others hold; before it has to be asked for.
            pd.options.mode.copy_on_write = True

    def run(self) -> None:
        for step in self.steps:
            if self.failed.intersection(source["step"] for source in step["inputs"].values()):
                self.failed.add(step["id"])  # the slot sees from the graph what this skips
                continue
            self._one(step)
        self.keeper.close()

    def _one(self, step: Mapping[str, Any]) -> None:
        id = step["id"]
        self.journal.node = id
        self.journal.write("node-started", raw=self.journal.raw())
        reset_peak_memory()
        keep_model = lambda folder, name: self.keeper.keep_model(id, step["prefix"], folder, name)  # noqa: E731
        reporter = NodeReporter(self.journal, id, keep_model)
        reporting.install(reporter)
        began = time.perf_counter()
        try:
            component = self.catalogue[step["component"]]
            inputs = {port.name: self._input(step, port.name) for port in component.inputs}
            outputs = component.run(**inputs, **step["params"]) or {}
            inputs.clear()
            left = {port: (type, outputs[port]) for port, type in step["outputs"].items() if port in outputs}
            for port, (type, value) in left.items():
                if self.readers.get((id, port)):
                    self.values[id, port] = values.opened(value, type)
        except BaseException as error:  # noqa: BLE001 - whatever user code raises ends its node, not the segment
            self._end_words(reporter)
            self._fail(id, error)
            return
        finally:
            reporting.install(None)
        self._end_words(reporter)
        seconds = time.perf_counter() - began
        self.keeper.keep(Left(id, left, step["prefix"], seconds, peak_memory(), self.journal.raw()))

    def _input(self, step: Mapping[str, Any], port: str) -> Any:
        source = step["inputs"].get(port)
        if source is None:
            return None
        at = (source["step"], source["port"])
        if at not in self.values:
            outside = self.external[f"{at[0]}/{at[1]}"]
            self.values[at] = values.load(outside["type"], self.store.local_path(outside["path"]))
        value = self.values[at]
        self.readers[at] -= 1
        if not self.readers[at]:
            del self.values[at]
        # A view of its own for each reader: what one node does to its table, no other node sees.
        return value.copy(deep=False) if hasattr(value, "iloc") else copy.copy(value)

    def _end_words(self, reporter: NodeReporter) -> None:
        reporter.flush()
        self.printing.drain()

    def _fail(self, id: str, error: BaseException) -> None:
        self.failed.add(id)
        described = failures.describe(error, f"“{self.titles[id]}”")
        self.journal.write(
            "node-failed", id, error=described, peak_memory=peak_memory(), raw=self.journal.raw()
        )

    def _not_kept(self, id: str, error: BaseException) -> None:
        """Called by the keeper's thread: computed, but its outputs could not be written."""
        self._fail(id, error)


def run_task(segment: Mapping[str, Any], journal: Journal, printing: Printing) -> None:
    """One of our own background jobs, such as the conversion of an upload."""
    journal.write("node-started", raw=journal.raw())
    reporter = NodeReporter(journal, "", None)
    reset_peak_memory()
    began = time.perf_counter()
    try:
        result = find_task(segment["task"])(dict(segment["args"]), reporter)
    except BaseException as error:  # noqa: BLE001 - the slot tells it to the person
        reporter.flush()
        printing.drain()
        described = failures.describe(error, segment.get("title") or "The job")
        journal.write("task-failed", error=described, peak_memory=peak_memory(), raw=journal.raw())
        return
    reporter.flush()
    printing.drain()
    seconds = round(time.perf_counter() - began, 6)
    journal.write(
        "task-finished", result=result, seconds=seconds, peak_memory=peak_memory(), raw=journal.raw()
    )


def find_task(name: str) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The only list of tasks; a name from a spec is looked up here and never imported."""
    if name == "data-import":
        from registry.data import convert

        return convert.run
    if name == "data-inspect":
        from registry.data import inspect

        return inspect.run
    if name == "experiment-import":
        from registry.runs.parcels import unpacking

        return unpacking.run
    raise LookupError(f"there is no task {name!r}")


def limit_memory(limit: int | None) -> None:
    """Refuse memory beyond the limit, on top of what the warm start brought along. A clear MemoryError in the node is
    better than a kill; the slot's look at the process from outside catches what slips through."""
    if not limit:
        return
    brought = 0
    if (status := Path("/proc/self/status")).exists():
        line = next(
            (line for line in status.read_text().splitlines() if line.startswith("VmData:")), "VmData: 0"
        )
        brought = int(line.split()[1]) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (brought + limit, resource.RLIM_INFINITY))


def reset_peak_memory() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return  # the peak is then that of the process so far


def peak_memory() -> int:
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _count_readers(steps: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    readers: dict[tuple[str, str], int] = {}
    for step in steps:
        for source in step["inputs"].values():
            at = (source["step"], source["port"])
            readers[at] = readers.get(at, 0) + 1
    return readers


def _pandas() -> Any:
    import pandas

    return pandas


if __name__ == "__main__":
    gc.enable()
    main(Path(sys.argv[1]))
