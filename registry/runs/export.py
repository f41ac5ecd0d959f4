"""A table of runs as CSV or Parquet, written as it is read: a hundred thousand runs take no more memory than one page.

Numbers keep their kind in Parquet; a metric that is no number is NaN there, and one that a run lacks is null. In CSV the
first is "NaN" and the second empty.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from registry.errors import Invalid
from registry.runs import grouping, numbers, table
from registry.runs.search import runs
from registry.runs.search.fields import Name
from registry.runs.search.orders import NEWEST

FORMATS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
AT_ONCE = 1_000
GROUPS_AT_ONCE = 500
# What every table begins with.
ALWAYS = ("run_id", "name", "status", "kind", "experiment", "user", "created", "started", "ended", "duration")
BANDS = ("mean", "std", "min", "max")

Row = Sequence[Any]


def written(question: table.Question, format: str) -> Iterator[bytes]:
    """All rows that match, in the order asked for, whatever page the question is about."""
    if format not in FORMATS:
        raise Invalid(f"There is no format {format[:40]!r}; there are {', '.join(FORMATS)}.", fields={"format": format[:40]})
    schema, rows = _groups(question) if question.group_by else _runs(question)
    return _csv(schema, rows) if format == "csv" else _parquet(schema, rows)


def _runs(question: table.Question) -> tuple[pa.Schema, Iterator[list[Row]]]:
    always = tuple(table.Column(key, Name("attributes", key)) for key in ALWAYS)
    known = {column.name for column in always}
    columns = (*always, *(c for c in question.columns if c.name not in known))
    schema = pa.schema([(column.title, _type_of(column.name)) for column in columns])

    def portions() -> Iterator[list[Row]]:
        token = ""
        while True:
            page = runs.search(question.scope, question.tree, question.order or (NEWEST,), limit=AT_ONCE, after=token)
            values = table.values_of(page.rows, columns)
            starred = table.starred(page.rows, question.scope.user)
            yield [
                [run.pk in starred if c.name.key == "starred" else values[run.pk].get(c.title) for c in columns]
                for run in page.rows
            ]
            token = page.next_token
            if not token:
                return

    return schema, portions()


def _groups(question: table.Question) -> tuple[pa.Schema, Iterator[list[Row]]]:
    metrics = [c.title for c in question.columns if c.name.group == "metrics"]
    fields = [(c.title, _type_of(c.name, grouped=True)) for c in question.group_by]
    fields += [("runs", pa.int64()), *((f"{title} {band}", pa.float64()) for title in metrics for band in BANDS)]

    def portions() -> Iterator[list[Row]]:
        offset = 0
        while True:
            found = grouping.page(replace(question, offset=offset, limit=GROUPS_AT_ONCE))["groups"]
            yield [
                [
                    *(group["values"][c.title] for c in question.group_by),
                    group["count"],
                    *(_number((group["metrics"][title] or {}).get(band)) for title in metrics for band in BANDS),
                ]
                for group in found
            ]
            offset += len(found)
            if len(found) < GROUPS_AT_ONCE:
                return

    return pa.schema(fields), portions()


def _type_of(name: Name, *, grouped: bool = False) -> pa.DataType:
    if name.group == "metrics" or (name.group == "attributes" and name.key == "duration"):
        return pa.float64()
    if name.group == "attributes" and name.key in ("created", "started", "ended") and not grouped:
        return pa.timestamp("us", tz="UTC")
    return pa.bool_() if name.group == "attributes" and name.key == "starred" else pa.string()


def _csv(schema: pa.Schema, portions: Iterator[list[Row]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(schema.names)
    for rows in portions:
        writer.writerows([[_text(value) for value in row] for row in rows])
        yield buffer.getvalue().encode("utf-8", "replace")
        buffer.seek(0)
        buffer.truncate()


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return numbers.shown(value) if isinstance(value, float) else value


def _parquet(schema: pa.Schema, portions: Iterator[list[Row]]) -> Iterator[bytes]:
    sink = _Pieces()
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema) as writer:
        for rows in portions:
            columns = list(zip(*rows, strict=True)) or [[] for _ in schema]
            arrays = [
                pa.array([_of_type(v, field.type) for v in values], type=field.type)
                for values, field in zip(columns, schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


class _Pieces(io.RawIOBase):
    """What was written since somebody last took it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self.pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        joined = b"".join(self.pieces)
        self.pieces.clear()
        return joined


def _of_type(value: Any, type: pa.DataType) -> Any:
    if value is None or not pa.types.is_floating(type):
        return value
    return _number(value)


def _number(value: Any) -> float | None:
    """Numbers of JSON that had no other word."""
    return None if value is None else float(value)
