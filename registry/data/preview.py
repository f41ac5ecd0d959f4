"""A page of any table: sorted, filtered and searched over all its rows, in any size. Django-free.

A question with a sort or a condition is answered in two steps: which rows, in which order (reading only the columns
that matter), and then those rows. The order is remembered for a while, so that scrolling on does not sort again.
"""

import json
import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from registry.data import filters as conditions
from registry.data import profile as profiles
from registry.data import table_format
from registry.data.duck import cursor, identifier, parquet
from registry.errors import Invalid, NotFound

MOST_ROWS = 1000
MOST_CELLS = 100_000
LONGEST_TEXT = 500
# Orders of tables up to so many rows are kept whole (4 bytes a row); beyond it each page is asked for alone.
ORDER_ROWS = 4_000_000
ORDERS_BYTES = 32_000_000

_orders: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_orders_lock = threading.Lock()


def page(
    path: Path,
    *,
    offset: int = 0,
    limit: int = 100,
    sort: str = "",
    filters: Sequence[dict[str, Any]] = (),
    search: str = "",
    columns: Sequence[str] | None = None,
    full: bool = False,
) -> dict[str, Any]:
    """{"columns": [{"name", "kind"}], "rows", "offset", "matched", "total"}.

    `sort` is a column, with "-" before it for the largest first. Long texts are cut with "…" unless `full`.
    Raises `Invalid` for unknown columns and senseless filters.
    """
    import pyarrow.parquet as pq

    path = Path(path)
    if not path.is_file():
        raise NotFound("The table is no longer in the store.")
    table = table_format.columns(path)
    kinds = {column["name"]: column["kind"] for column in table}
    total = pq.read_metadata(path).num_rows
    chosen = list(kinds) if columns is None else [_known(name, kinds) for name in columns]
    limit = max(0, min(limit, MOST_ROWS, max(1, MOST_CELLS // max(1, len(chosen)))))
    offset = max(0, offset)
    where = conditions.condition(kinds, filters, search.strip())
    by, descending = _sort(sort, kinds)
    ordering = ""
    if by:
        # NaN, which is missing to us, is the largest number to DuckDB.
        key = f"CASE WHEN isnan({identifier(by)}) THEN NULL ELSE {identifier(by)} END" if kinds[by] == "number" else identifier(by)
        ordering = f"{key} {'DESC' if descending else 'ASC'} NULLS LAST, "

    with cursor() as connection:
        if not where.sql and not by:
            matched = total
            numbers: list[int] | None = None
            rows = _slice(connection, path, chosen, offset, min(limit, max(0, total - offset)))
        else:
            matched, numbers = _numbers(connection, path, where, ordering, offset, limit, total)
            rows = _pick(connection, path, chosen, numbers)
    shown = [[_cell(value, None if full else LONGEST_TEXT) for value in row] for row in rows]
    return {
        "columns": [{"name": name, "kind": kinds[name]} for name in chosen],
        "rows": shown,
        "offset": offset,
        "matched": matched,
        "total": total,
    }


def profile(path: Path) -> dict[str, Any]:
    """The table's profile: the one that lies beside it, else computed now and, where possible, laid there."""
    path = Path(path)
    beside = path.with_name(table_format.PROFILE_FILE)
    try:
        return json.loads(beside.read_text())
    except (OSError, ValueError):
        pass
    if not path.is_file():
        raise NotFound("The table is no longer in the store.")
    found = profiles.compute(path)
    profiles.keep(found, beside)
    return found


def _numbers(
    connection: Any, path: Path, where: conditions.Condition, ordering: str, offset: int, limit: int, total: int
) -> tuple[int, list[int]]:
    """How many rows match, and the row numbers of the page."""
    source = parquet(path, file_row_number=True)
    asked = f"SELECT file_row_number FROM {source}{where.where()} ORDER BY {ordering}file_row_number"
    if total > ORDER_ROWS:
        matched = total
        if where.sql:
            counting = f"SELECT count(*) FROM {source}{where.where()}"
            matched = connection.execute(counting, list(where.params)).fetchone()[0]
        found = connection.execute(f"{asked} LIMIT {limit} OFFSET {offset}", list(where.params)).fetchall()
        return matched, [number for (number,) in found]
    stat = path.stat()
    key = (str(path), stat.st_mtime_ns, stat.st_size, where.sql, where.params, ordering)
    with _orders_lock:
        numbers = _orders.get(key)
        if numbers is not None:
            _orders.move_to_end(key)
    if numbers is None:
        narrow = asked.replace("SELECT file_row_number", "SELECT file_row_number::INTEGER", 1)
        numbers = connection.sql(narrow, params=list(where.params)).to_arrow_table().column(0).combine_chunks()
        _remember(key, numbers)
    return len(numbers), numbers.slice(offset, limit).to_pylist()


def _remember(key: tuple[Any, ...], numbers: Any) -> None:
    with _orders_lock:
        _orders[key] = numbers
        while len(_orders) > 1 and sum(kept.nbytes for kept in _orders.values()) > ORDERS_BYTES:
            _orders.popitem(last=False)


def _slice(connection: Any, path: Path, columns: Sequence[str], offset: int, limit: int) -> list[tuple[Any, ...]]:
    if not limit or not columns:
        return [()] * limit
    listed = ", ".join(identifier(name) for name in columns)
    source = parquet(path, file_row_number=True)
    return connection.execute(
        f"SELECT {listed} FROM {source} WHERE file_row_number BETWEEN ? AND ? ORDER BY file_row_number",
        [offset, offset + limit - 1],
    ).fetchall()


def _pick(connection: Any, path: Path, columns: Sequence[str], numbers: Sequence[int]) -> list[tuple[Any, ...]]:
    if not numbers or not columns:
        return [()] * len(numbers)
    listed = ", ".join(identifier(name) for name in columns)
    source = parquet(path, file_row_number=True)
    # The numbers are integers from DuckDB itself.
    wanted = ", ".join(str(int(number)) for number in numbers)
    found = connection.execute(
        f"SELECT file_row_number, {listed} FROM {source} WHERE file_row_number IN ({wanted})"
    ).fetchall()
    by_number = {row[0]: row[1:] for row in found}
    return [by_number[number] for number in numbers]



def _known(name: str, kinds: dict[str, str]) -> str:
    if name not in kinds:
        raise Invalid(f"There is no column {name!r} in this table.", code="unknown-column", fields={"column": name})
    return name


def _sort(sort: str, kinds: dict[str, str]) -> tuple[str, bool]:
    # A column's own name may begin with "-", so the whole text is looked up first.
    if not sort or sort in kinds:
        return sort, False
    if sort.startswith("-") and sort[1:] in kinds:
        return sort[1:], True
    raise Invalid(f"There is no column {sort!r} in this table to sort by.", code="unknown-column")


def _cell(value: Any, longest: int | None) -> Any:
    """As JSON and JavaScript can hold it: an integer beyond 2^53 and an infinite number are text."""
    from datetime import date, datetime

    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else ("∞" if value > 0 else "-∞")
    if isinstance(value, datetime):
        day = value.replace(tzinfo=None)
        return day.date().isoformat() if day.time() == datetime.min.time() else day.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    if longest and len(text) > longest:
        return f"{text[:longest]}… ({len(text):,} characters)"
    return text
