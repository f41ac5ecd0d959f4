"""Tables among artifacts, by the page: what is not Parquet is converted once and kept beside the studio's data."""

import hashlib
import json
import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from registry.data.duck import cursor, literal
from registry.errors import Invalid, StudioError
from registry.runs.browsing import kinds
from registry.runs.browsing.places import Place

LARGEST_TEXT = 2_000_000_000  # bytes of a CSV that is converted for a look
LARGEST_JSON = 200_000_000  # … of a JSON table, which has to be held in memory
KEPT = 200  # converted tables


def parquet_of(place: Place, path: str) -> Path:
    """The table as a Parquet file on this machine. Raises `Invalid` for what cannot be read as one."""
    source = place.local(path)
    end = kinds.ending(path)
    if end == "parquet":
        _require_parquet(source, path)
        return source
    if end not in ("csv", "tsv", "json"):
        raise Invalid(f"{path} is not a table: those are CSV, TSV, Parquet and the JSON that log_table writes.", code="wrong-type")
    told = source.stat()
    # A file that is replaced is another one.
    name = hashlib.sha256(f"{place.key(path)} {told.st_size} {told.st_mtime_ns}".encode()).hexdigest()[:32]
    target = settings.DATA_DIR / "previews" / f"{name}.parquet"
    if target.is_file():
        os.utime(target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(f".{uuid.uuid4().hex}")
    try:
        if end == "json":
            _from_json(source, path, staged)
        else:
            _from_text(source, path, staged, "\t" if end == "tsv" else "")
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    _forget_old(target.parent)
    return target


def _require_parquet(source: Path, path: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_metadata(source)
    except (pa.ArrowException, OSError) as error:
        raise Invalid(f"{path} cannot be read as Parquet: {error}", code="unreadable") from None


def _from_text(source: Path, path: str, target: Path, separator: str) -> None:
    import duckdb

    if source.stat().st_size > LARGEST_TEXT:
        raise Invalid(f"{path} is too large to be looked at here. Download it, or import it as data.", code="too-large")
    options = ", sample_size=20000, ignore_errors=false" + (f", delim={literal(separator)}" if separator else "")
    try:
        with cursor(60) as connection:
            read = f"SELECT * FROM read_csv({literal(str(source))}{options})"
            connection.execute(f"COPY ({read}) TO {literal(str(target))} (FORMAT parquet)")
    except StudioError:
        raise
    except duckdb.Error:
        # Rows of different lengths, types that change half way: everything as text, short rows filled up.
        try:
            with cursor(60) as connection:
                loose = f"{options.replace('ignore_errors=false', 'all_varchar=true, null_padding=true, strict_mode=false')}"
                read = f"SELECT * FROM read_csv({literal(str(source))}{loose})"
                connection.execute(f"COPY ({read}) TO {literal(str(target))} (FORMAT parquet)")
        except duckdb.Error as error:
            raise Invalid(f"{path} cannot be read as a table: {_first_line(error)}", code="unreadable") from None


def _from_json(source: Path, path: str, target: Path) -> None:
    """{"columns": […], "data": [[…]]}, as `log_table` writes it, or a list of objects."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if source.stat().st_size > LARGEST_JSON:
        raise Invalid(f"{path} is too large to be looked at here. Download it.", code="too-large")
    try:
        told = json.loads(source.read_bytes())
        names, rows = _shape(told)
    except (ValueError, RecursionError):
        raise Invalid(f"{path} is no table: it needs columns and data, or a list of objects.", code="unreadable") from None
    arrays = [_column([row[at] if at < len(row) else None for row in rows], pa) for at in range(len(names))]
    pq.write_table(pa.Table.from_arrays(arrays, names=_unique(names)), target)


def _shape(told: Any) -> tuple[list[str], list[list[Any]]]:
    if isinstance(told, dict) and isinstance(told.get("columns"), list) and isinstance(told.get("data"), list):
        return [str(name) for name in told["columns"]], [row if isinstance(row, list) else [row] for row in told["data"]]
    if isinstance(told, list) and told and all(isinstance(row, dict) for row in told):
        names = list(dict.fromkeys(str(name) for row in told for name in row))
        return names, [[row.get(name) for name in names] for row in told]
    raise ValueError("no table")


def _column(values: list[Any], pa: Any) -> Any:
    if not any(isinstance(value, dict | list) for value in values):
        try:
            return pa.array(values)
        except (pa.ArrowException, OverflowError):
            pass
    # Values of several types, pictures ({"type": "image", …}), lists: as the JSON they are.
    return pa.array(
        [value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values],
        pa.string(),
    )


def _unique(names: list[str]) -> list[str]:
    taken: set[str] = set()
    given = []
    for name in names:
        free, number = name, 2
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        taken.add(free)
        given.append(free)
    return given


def _forget_old(folder: Path) -> None:
    known = sorted(folder.glob("*.parquet"), key=lambda file: file.stat().st_mtime)
    for file in known[:-KEPT]:
        file.unlink(missing_ok=True)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]
