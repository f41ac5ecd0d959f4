"""Everything a node prints becomes log lines of that node. Django-free.

Python's own streams write lines straight into the journal: in order, with their time, safe from a kill. What C code
and sub-processes write to the descriptors goes to two files that the slot reads beside the journal.
"""

import ctypes
import io
import os
import sys
import threading
from pathlib import Path

from studio.compute import folders
from studio.engine.journal import Journal

LONGEST = 20_000  # characters of one line


class LineStream(io.TextIOBase):
    """A text stream whose finished lines are events. A carriage return starts its line anew, as on a terminal."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, journal: Journal, name: str, descriptor: int) -> None:
        self._journal = journal
        self._name = name
        self._descriptor = descriptor
        self._pending = ""
        self._lock = threading.RLock()
        # For the few who write bytes: past us, into the file that the slot reads too.
        self.buffer = io.FileIO(descriptor, "w", closefd=False)

    def write(self, text: str) -> int:
        with self._lock:
            *lines, self._pending = (self._pending + text).split("\n")
            for line in lines:
                self._emit(line)
            if "\r" in self._pending:
                # A progress bar draws itself again and again: only its last state counts.
                self._pending = "\r" + self._pending.rstrip("\r").rpartition("\r")[2]
            while len(self._pending) > LONGEST:
                piece, self._pending = self._pending[:LONGEST], self._pending[LONGEST:]
                self._emit(piece)
        return len(text)

    def drain(self) -> None:
        """At the end of a node a line without an end is a line too."""
        with self._lock:
            if self._pending.strip("\r"):
                self._emit(self._pending)
            self._pending = ""

    def _emit(self, line: str) -> None:
        line = line.rstrip("\r").rpartition("\r")[2]
        for start in range(0, len(line) or 1, LONGEST):
            self._journal.write("log", stream=self._name, text=line[start : start + LONGEST])

    def flush(self) -> None:
        pass

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._descriptor


class Printing:
    """Redirects this process's output for good."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        for descriptor, name in ((1, folders.OUT), (2, folders.ERR)):
            file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(file, descriptor)
            os.close(file)
        self._streams = [LineStream(journal, "stdout", 1), LineStream(journal, "stderr", 2)]
        sys.stdout, sys.stderr = self._streams
        # Libraries keep the streams they found at import; those end in the files, line by line.
        for old in (sys.__stdout__, sys.__stderr__):
            if old is not None:
                old.reconfigure(line_buffering=True)
        self._libc = ctypes.CDLL(None)

    def drain(self) -> None:
        """From here on everything printed so far is where the slot looks."""
        for stream in self._streams:
            stream.drain()
        self._libc.fflush(None)
