"""Many rows in one statement, for SQLite and PostgreSQL alike.

Rows go into a statement as a table `v`: on SQLite as VALUES, on PostgreSQL as arrays that are unnested. One statement
is one call into the driver, which lets go of Python's lock once and not once for every row: while it runs, other
threads read requests. Values are bound, never written into the text, so numbers arrive bit by bit as they are.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

Row = tuple[Any, ...]
Columns = tuple[tuple[str, str], ...]  # (name, type as PostgreSQL calls it)

# A thousand rows of up to thirty values stay below the 32,766 variables that a statement may have on SQLite.
AT_ONCE = 1000
# Statements come in few lengths, so that the driver finds them among those it has prepared. They are filled up with empty
# rows: a statement joins by the first column, or asks that it is not null.
LENGTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512, 768, AT_ONCE)


def execute(columns: Columns, statement: str, rows: Sequence[Row]) -> int:
    """Run `statement`, which reads from `v`, over all rows. Returns how many rows it wrote."""
    return sum(_written(_cursor(columns, statement, part)) for part in _parts(rows))


def fetch(columns: Columns, statement: str, rows: Sequence[Row], *params: Any) -> list[Row]:
    """As `execute`; gives what the statement returns. `params` stand behind the rows, as %s."""
    found: list[Row] = []
    for part in _parts(rows):
        found += _cursor(columns, statement, part, params).fetchall()
    return found


def ask(statement: str, params: Sequence[Any] = ()) -> list[Row]:
    """A query without rows, past the wrappers that a small one would mostly spend its time in."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            return connection.connection.execute(statement.replace("%s", "?"), params).fetchall()
        return _bound().execute(statement, params).fetchall()


def _written(cursor: Any) -> int:
    # SQLite's driver counts only for statements that begin with INSERT or UPDATE.
    return connection.connection.execute("SELECT changes()").fetchone()[0] if connection.vendor == "sqlite" else cursor.rowcount


def _parts(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _cursor(columns: Columns, statement: str, rows: Sequence[Row], params: Sequence[Any] = ()) -> Any:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            length = next(n for n in LENGTHS if n >= len(rows))
            flat = [value for row in rows for value in row]
            flat += [None] * ((length - len(rows)) * len(columns))
            flat += params
            # The driver's own, as Django would look through all of the text for its placeholders.
            return connection.connection.execute(_sqlite(columns, statement, length), flat)
        arrays = [list(column) for column in zip(*rows, strict=True)]
        return _bound().execute(_postgresql(columns, statement), [*arrays, *params])


def _bound() -> Any:
    """A cursor of PostgreSQL's driver that sends values beside the text; Django's writes them into it."""
    import psycopg

    return psycopg.Cursor(connection.connection)


@lru_cache(maxsize=512)
def _sqlite(columns: Columns, statement: str, length: int) -> str:
    names = ", ".join(name for name, _ in columns)
    row = f"({', '.join('?' * len(columns))})"
    return f"WITH v({names}) AS (VALUES {', '.join([row] * length)}) {statement}".replace("%s", "?")


@lru_cache(maxsize=64)
def _postgresql(columns: Columns, statement: str) -> str:
    names = ", ".join(name for name, _ in columns)
    arrays = ", ".join(f"%s::{type}[]" for _, type in columns)
    return f"WITH v({names}) AS (SELECT * FROM unnest({arrays})) {statement}"
