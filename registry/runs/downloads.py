"""Answers that are too large to hold: tables as Parquet or CSV, folders as zip, whole logs. Memory stays flat."""

import asyncio
import io
import re
import time
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

CHUNK = 256 * 1024
# The calendar of zip files begins in 1980.
OLDEST = 315_619_200.0
# Formats that gain nothing from being compressed once more.
COMPRESSED = frozenset({".gz", ".zip", ".parquet", ".png", ".jpg", ".npz", ".xz", ".zst"})


def stream(request: Any, chunks: Iterator[bytes], *, name: str, content_type: str) -> StreamingHttpResponse:
    """The chunks as a file to save. Under ASGI they are made in a thread, one at a time, as the browser takes them."""
    http = getattr(request, "_request", request)
    content: Any = _in_thread(chunks) if isinstance(http, ASGIRequest) else chunks
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name(name))
    response["X-Content-Type-Options"] = "nosniff"
    # A proxy that collects the whole answer first would undo all this.
    response["X-Accel-Buffering"] = "no"
    return response


def file_name(name: str) -> str:
    """A name that every system takes and no folder."""
    return re.sub(r'[/\\:*?"<>|\x00-\x1f\x7f]+', "-", name).strip(" .") or "download"


def file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


def csv(path: Path) -> Iterator[bytes]:
    """The Parquet table in `path` as CSV, a few thousand rows at a time."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as table:
        header = True
        for batch in table.iter_batches(batch_size=8192):
            sink = io.BytesIO()
            plain = [_plain(column, pa) for column in batch.columns]
            pa_csv.write_csv(
                pa.RecordBatch.from_arrays(plain, names=batch.schema.names),
                sink,
                pa_csv.WriteOptions(include_header=header, quoting_style="needed"),
            )
            header = False
            yield sink.getvalue()
        if header:
            yield (",".join(_quoted(name) for name in table.schema_arrow.names) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a zip, made as it is taken. `packed`: it gains nothing from being compressed once more."""

    name: str
    chunks: Iterable[bytes]
    packed: bool = False
    changed: float | None = None  # seconds since 1970


def zipped(folder: Path, top: str) -> Iterator[bytes]:
    """Everything below the folder, inside one folder `top`."""
    return zip_of(below(folder, file_name(top)))


def below(path: Path, top: str) -> Iterator[Entry]:
    """The file as `top/<its name>`, or every file below the folder."""
    files = [path] if path.is_file() else sorted(found for found in path.rglob("*") if found.is_file())
    for found in files:
        name = found.name if found == path else found.relative_to(path).as_posix()
        yield Entry(f"{top}/{name}", file(found), found.suffix in COMPRESSED, found.stat().st_mtime)


def zip_of(entries: Iterable[Entry]) -> Iterator[bytes]:
    """A zip file of any size, piece by piece."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:  # type: ignore[call-overload]
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, time.localtime(max(entry.changed or time.time(), OLDEST))[:6])
            info.compress_type = zipfile.ZIP_STORED if entry.packed else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as target:
                for chunk in entry.chunks:
                    target.write(chunk)
                    if taken := sink.take():
                        yield taken
    yield sink.take()


class _Sink(io.RawIOBase):
    """Where the zip is written: it can only go forward, and what was written is taken away."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken


async def _in_thread(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    from django.db import close_old_connections

    iterator = iter(chunks)
    ended = object()

    def one() -> Any:
        try:
            return next(iterator, ended)
        finally:
            # Chunks of a log come from the database, each maybe in another thread.
            close_old_connections()

    while (chunk := await asyncio.to_thread(one)) is not ended:
        yield chunk


def _plain(column: Any, pa: Any) -> Any:
    """Columns that the CSV writer does not take, as text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_decimal(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    return column


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if re.search(r'[",\r\n]', name) else name
