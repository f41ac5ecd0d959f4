"""DuckDB as a calculator over our own Parquet files: a few connections, limits, and an end to every query. Django-free."""

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from registry.errors import Invalid

MEMORY_LIMIT = "256MB"  # all previews of one process together; larger sorts go through the disk, hardly slower
CONNECTIONS = 4  # queries at once; more wait their turn
TIME_LIMIT = 20.0  # seconds, for one question

_lock = threading.Lock()
_database: Any = None
_seats = threading.BoundedSemaphore(CONNECTIONS)


@contextmanager
def cursor(seconds: float = TIME_LIMIT) -> Iterator[Any]:
    """A cursor for one question. What takes longer than `seconds` is interrupted and raises `Invalid`."""
    import duckdb

    if not _seats.acquire(timeout=seconds):
        raise Invalid("The studio is busy with other tables. Try again in a moment.", code="busy")
    try:
        connection = _open().cursor()
        timer = threading.Timer(seconds, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield connection
        except duckdb.InterruptException:
            raise Invalid(
                f"This took longer than {seconds:.0f} seconds and was stopped. Filter or search for less.",
                code="too-slow",
            ) from None
        except duckdb.OutOfMemoryException:
            raise Invalid(
                "This needs more memory than a preview may take. Filter first, or sort by another column.",
                code="too-large",
            ) from None
        finally:
            timer.cancel()
            connection.close()
    finally:
        _seats.release()


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Only where SQL takes no parameter (file paths of COPY, options of readers)."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Sequence[str]) -> str:
    return "[" + ", ".join(literal(text) for text in texts) + "]"


def parquet(path: Path, **options: bool) -> str:
    """The table function that reads one file, and never a pattern of files."""
    extra = "".join(f", {name}={'true' if value else 'false'}" for name, value in options.items())
    return f"read_parquet({literal(str(path))}{extra})"


def _open() -> Any:
    global _database
    import duckdb

    with _lock:
        if _database is None:
            _database = duckdb.connect(
                config={
                    "memory_limit": MEMORY_LIMIT,
                    "threads": min(4, os.cpu_count() or 1),
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    # A sort larger than the memory limit goes to disk, never beside the program.
                    "temp_directory": str(Path(tempfile.gettempdir()) / f"atelier-duckdb-{os.getpid()}"),
                }
            )
            _database.execute("LOAD parquet")
            _database.execute("SET parquet_metadata_cache = true")
        return _database
