"""Reading a segment's folder from where the last reading stopped. Pure: files in, events out.

Besides the journal there are two files with what was written to the descriptors 1 and 2 directly. Whose words those
are follows from the journal: each `raw` in it says how long the two files were at that moment.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.compute import folders

PORTION = 1_000_000  # bytes taken at once: what fits a short transaction
LONGEST = 20_000  # characters of a line
FINAL = "segment-finished"
STREAMS = (("out", folders.OUT, "stdout"), ("err", folders.ERR, "stderr"))


@dataclass(frozen=True, slots=True)
class Cursor:
    events: int = 0
    out: int = 0
    err: int = 0
    node: str = ""


@dataclass(frozen=True, slots=True)
class Portion:
    events: list[dict[str, Any]]
    cursor: Cursor
    more: bool  # there is more to read at once

    def is_final(self) -> bool:
        """Whether the child has said its last word in it."""
        return any(event["e"] == FINAL for event in self.events)

    def is_urgent(self) -> bool:
        """Whether somebody may be waiting for what it says."""
        return any(event["e"] in (FINAL, "task-ready") for event in self.events)


def read(folder: Path, cursor: Cursor, *, last: bool = False) -> Portion:
    """What has come since `cursor`. `last`: nobody writes any more, so a line without its end is one too."""
    # The lengths first: whose words they are is then in the events that are read after.
    ends = {name: _size(folder / file) for name, file, _ in STREAMS}
    data, length = b"", PORTION
    # An event may be longer than a portion (the columns of a very wide table); it is read whole or not at all.
    while len(data := _bytes(folder / folders.EVENTS, cursor.events, length)) == length and b"\n" not in data:
        length *= 2
    reader = _Reader(folder, cursor)
    found: list[dict[str, Any]] = []
    complete, more = data[: data.rfind(b"\n") + 1], len(data) == length
    for line in complete.splitlines(keepends=True):
        event = json.loads(line)
        if raw := event.get("raw"):
            whole = event["e"] != "node-finished"
            found += reader.take({"out": raw[0], "err": raw[1]}, event["t"], partial=whole)
            if reader.spent:
                return Portion(found, reader.cursor, more=True)
        found.append(event)
        node = event["node"] if event["e"] == "node-started" else reader.cursor.node
        reader.cursor = replace(reader.cursor, events=reader.cursor.events + len(line), node=node)
    if not more:
        found += reader.take(ends, time.time(), partial=last)
        more = reader.spent
    return Portion(found, reader.cursor, more)


class _Reader:
    def __init__(self, folder: Path, cursor: Cursor) -> None:
        self.folder = folder
        self.cursor = cursor
        self.spent = False

    def take(self, ends: dict[str, int], when: float, *, partial: bool) -> list[dict[str, Any]]:
        """The lines up to those lengths. A last line without its end is left unless `partial`."""
        found: list[dict[str, Any]] = []
        for name, file, stream in STREAMS:
            start, end = getattr(self.cursor, name), ends[name]
            if end <= start:
                continue
            data = _bytes(self.folder / file, start, min(end - start, PORTION))
            if len(data) < end - start:
                self.spent = True
                # Not in the middle of a line, unless it is a line without end.
                data = data[: data.rfind(b"\n") + 1] or data
            elif not partial:
                data = data[: data.rfind(b"\n") + 1]
            self.cursor = replace(self.cursor, **{name: start + len(data)})
            found += [
                {"e": "log", "node": self.cursor.node, "stream": stream, "text": text, "t": when}
                for text in _lines(data)
            ]
        return found


def _lines(data: bytes) -> Iterator[str]:
    for line in data.decode("utf-8", "replace").removesuffix("\n").split("\n") if data else ():
        # Of a progress bar that redraws itself, the last state.
        line = line.rstrip("\r").rpartition("\r")[2]
        for start in range(0, len(line) or 1, LONGEST):
            yield line[start : start + LONGEST]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _bytes(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)
    except FileNotFoundError:
        return b""
