"""Which columns a query would answer with, worked out by a small process that may be lost. Django-free.

DuckDB computes constants while it binds: `LIMIT length(repeat('x', 1000000000))` takes gigabytes before anything is
executed, a chain of joins can bind for ever, and neither heeds a limit of the connection. So a query that a person has
written is bound in a process of its own, with little memory, little time and nothing of the studio in it. There is at
most one, started when it is needed first and kept, because starting it costs more than a bind. It speaks one line of
JSON at a time:

    {"query", "tables": [[name, [[column, type], …]], …] or null}   -> {"columns": [[name, type], …] or null}
                                                                     or {"error": sentence}

This file is also that process: it imports nothing of ours.
"""

import atexit
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Tables = Sequence[tuple[str, Sequence[tuple[str, str]]]]

SECONDS = 2.0  # for one query
MEMORY = 400 * 1024**2  # of the process
CLOSED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # Else a name that is no table is looked for among the variables of the Python that asks.
    "python_enable_replacements": "false",
}


class Wrong(Exception):
    """The query is no query; the message says why."""


class Binder:
    """The process, seen from outside. One question at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def columns(self, query: str, tables: Tables | None) -> list[tuple[str, str]] | None:
        """Name and type of each column; None where they were not asked for (`tables` is None), or where it cannot be
        said within the limits. Raises `Wrong`."""
        with self._lock:
            reply = self._ask(json.dumps({"query": query, "tables": tables}))
        if "error" in reply:
            raise Wrong(reply["error"])
        columns = reply.get("columns")
        return None if columns is None else [(name, type) for name, type in columns]

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, question: str) -> dict[str, Any]:
        # A process that somebody killed while it was idle is only noticed by asking it.
        for _ in range(2):
            process = self._process or self._start()
            try:
                process.stdin.write(question + "\n")  # type: ignore[union-attr]
                process.stdin.flush()  # type: ignore[union-attr]
                if answer := process.stdout.readline():  # type: ignore[union-attr]
                    return json.loads(answer)
            except BrokenPipeError:
                pass
            timed_out = process.wait() == -signal.SIGALRM
            self.close()
            if timed_out:
                break
        return {}

    def _start(self) -> "subprocess.Popen[str]":
        known = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL")
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in known if name in os.environ},
            text=True,
            encoding="utf-8",
        )
        return self._process


_binder = Binder()
atexit.register(_binder.close)


def columns(query: str, tables: Tables | None) -> list[tuple[str, str]] | None:
    return _binder.columns(query, tables)


def statement(query: str) -> Any:
    """The one SELECT that `query` is. Raises `Wrong` for anything else."""
    import duckdb

    try:
        statements = duckdb.extract_statements(query)
    except duckdb.OutOfMemoryException:
        raise  # that is not the query's fault
    except duckdb.Error as error:
        raise Wrong(sentence(error)) from error
    if len(statements) != 1:
        number = "no statement" if not statements else f"{len(statements)} statements"
        raise Wrong(f"The script has {number}; write exactly one SELECT.")
    if statements[0].type != duckdb.StatementType.SELECT and not depends_on_values(query):
        kind = statements[0].type.name.replace("_", " ").capitalize()
        raise Wrong(f"{kind} is not possible here; write one SELECT.")
    return statements[0]


def depends_on_values(query: str) -> bool:
    """The columns of a PIVOT are values of the table."""
    return "pivot" in query.lower()


def sentence(error: Exception) -> str:
    """DuckDB's own words, without its class name; they point at the place."""
    text = str(error).strip()
    head, _, rest = text.partition(": ")
    return f"The query is wrong. {rest}" if head.endswith("Error") and rest else f"The query is wrong. {text}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _serve() -> None:
    import duckdb

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C reaches the whole group of the terminal; the end of the input is what ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        asked = json.loads(line)
        # Not handled, so that the system itself ends us, whatever DuckDB is busy with.
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            reply = {"columns": _bound(asked["query"], asked["tables"])}
        except Wrong as error:
            reply = {"error": str(error)}
        except (duckdb.OutOfMemoryException, MemoryError):
            reply = {"columns": None}
        except duckdb.Error as error:
            reply = {"error": sentence(error)}
        text = json.dumps(reply)
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _bound(query: str, tables: Tables | None) -> list[tuple[str, str]] | None:
    import duckdb

    only = statement(query)
    if tables is None or depends_on_values(query):
        return None
    with duckdb.connect(":memory:", config={**CLOSED, "threads": "1", "memory_limit": "64MB"}) as connection:
        for name, described in tables:
            listed = ", ".join(f"{quoted(column)} {type}" for column, type in described)
            connection.execute(f"CREATE TABLE {quoted(name)} ({listed})")
        connection.execute("SET lock_configuration = true")
        relation = connection.query(only)
        return [(name, str(type)) for name, type in zip(relation.columns, relation.types, strict=True)]


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        _serve()
