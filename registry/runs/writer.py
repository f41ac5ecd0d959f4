"""One thread that writes what clients log, over a connection of its own.

A training loop waits for every call, and a database takes one writer at a time (SQLite) or is paid per commit: whatever
is waiting when the writer comes by is committed together, in one transaction, and then everybody goes on. What fails
comes back to who brought it and spoils nothing for the others.
"""

import atexit
import logging
import os
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from django.db import DatabaseError, connection, transaction

from registry.runs import memory, newsroom

logger = logging.getLogger(__name__)

# More is not taken into one transaction: the lock on the database is needed by others too.
MOST_JOBS = 256
MOST_POINTS = 20_000


class Job:
    """What one caller wants done: a batch, or a function. The caller waits on `_over`."""

    __slots__ = ("batch", "error", "function", "result", "_over")

    def __init__(self, batch: Any = None, function: Callable[[], Any] | None = None) -> None:
        self.batch, self.function = batch, function
        self.result: Any = None
        self.error: BaseException | None = None
        self._over = threading.Lock()
        self._over.acquire()

    def wait(self) -> Any:
        self._over.acquire()
        if self.error is not None:
            raise self.error
        return self.result

    def end(self) -> None:
        self._over.release()


class Writer:
    def __init__(self) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()  # None: look whether there are news to tell
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._stopping = False
        self._committed = False

    def do(self, job: Job) -> Any:
        self._start()
        self._jobs.put(job)
        return job.wait()

    def wake(self) -> None:
        """There are news to be told in a while. (The writer itself looks whenever it has written.)"""
        if threading.current_thread() is not self._thread:
            self._start()
            self._jobs.put(None)

    def stop(self) -> None:
        """Tell what waits to be told, and let go of the connection."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None and thread.is_alive():
            self._stopping = True
            self._jobs.put(None)
            thread.join(timeout=10)
        self._stopping = False

    def _start(self) -> None:
        if self._thread is not None:
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracking-writer", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        try:
            while not self._stopping:
                jobs = self._next()
                if jobs:
                    self._do(jobs)
                if newsroom.due() == 0.0:
                    self._tell()
        finally:
            connection.close()

    def _next(self) -> list[Job]:
        """What is waiting; if nothing is, what comes first, or nothing when there are news to tell."""
        jobs: list[Job] = []
        points = 0
        try:
            job = self._jobs.get(timeout=newsroom.due())
            while True:
                if job is not None:
                    jobs.append(job)
                    points += len(job.batch.metrics) if job.batch else 0
                if len(jobs) >= MOST_JOBS or points >= MOST_POINTS:
                    break
                job = self._jobs.get_nowait()
        except Empty:
            pass
        return jobs

    def _do(self, jobs: list[Job]) -> None:
        try:
            self._commit(jobs)
        except Exception as error:  # noqa: BLE001 - whatever it is, callers wait for an answer
            if self._committed:
                logger.exception("What was to follow a commit has failed")
                return
            memory.forget()
            if isinstance(error, DatabaseError):
                connection.close_if_unusable_or_obsolete()
            # One of them, or something that we remembered and is gone: each by itself finds out.
            for job in jobs:
                job.result = job.error = None
                self._alone(job)
        finally:
            for job in jobs:
                job.end()

    def _alone(self, job: Job) -> None:
        try:
            self._commit([job])
        except Exception as error:  # noqa: BLE001 - as above
            job.error = error

    def _commit(self, jobs: list[Job]) -> None:
        _prepare()
        self._committed = False
        with transaction.atomic():
            transaction.on_commit(self._note_commit)
            batches = [job for job in jobs if job.batch is not None]
            refused = _write_all([job.batch for job in batches if job.batch]) if batches else {}
            for at, error in refused.items():
                batches[at].error = error
            for job in jobs:
                if job.function is not None:
                    _call(job)

    def _note_commit(self) -> None:
        self._committed = True

    def _tell(self) -> None:
        try:
            newsroom.tell_waiting()
        except DatabaseError:
            logger.exception("News of metrics could not be written")
            connection.close_if_unusable_or_obsolete()


def _call(job: Job) -> None:
    assert job.function is not None
    try:
        with transaction.atomic():
            job.result = job.function()
    except DatabaseError as error:
        if connection.needs_rollback or not connection.is_usable():
            raise
        job.error = error
    except Exception as error:  # noqa: BLE001 - it goes to who asked
        job.error = error


def _prepare() -> None:
    """What suits a connection that writes much and lives long."""
    if connection.connection is not None:
        return
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        for pragma in ("wal_autocheckpoint = 4000", "cache_size = -16000", "secure_delete = FAST"):
            connection.connection.execute(f"PRAGMA {pragma}")


_writer = Writer()
_write_all: Callable[[list[Any]], dict[int, Any]]


def use(write_all: Callable[[list[Any]], dict[int, Any]]) -> None:
    """How batches are written, told by the module that knows (`tracking`), which is above this one."""
    global _write_all
    _write_all = write_all


def log(batch: Any) -> None:
    _writer.do(Job(batch=batch))


def run(function: Callable[[], Any]) -> Any:
    return _writer.do(Job(function=function))


def wake() -> None:
    _writer.wake()


def stop() -> None:
    _writer.stop()


def _after_fork() -> None:
    """A child has none of its parent's threads."""
    global _writer
    _writer = Writer()
    newsroom.forget()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(stop)
newsroom.call_when_waiting(wake)
