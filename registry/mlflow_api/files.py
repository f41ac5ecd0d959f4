"""Sending a file: which part was asked for, and the headers around it."""

import re
from collections.abc import Iterator

from django.utils.http import content_disposition_header

from registry.mlflow_api.routing import File

PIECE = 256 * 1024
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def part(file: File, asked: str | None) -> tuple[int, int, int]:
    """Status, first byte and number of bytes. Several parts at once are answered with the whole, as one may."""
    found = RANGE.fullmatch(asked.strip()) if asked else None
    if found is None or found[0] == "bytes=-":
        return 200, 0, file.size
    if not found[1]:
        length = min(int(found[2]), file.size)
        return (206, file.size - length, length) if length else (416, 0, 0)
    first = int(found[1])
    last = min(int(found[2]), file.size - 1) if found[2] else file.size - 1
    return (206, first, last - first + 1) if first <= last else (416, 0, 0)


def headers(file: File, status: int, first: int, length: int) -> dict[str, str]:
    told = {
        "Content-Length": str(length),
        "Content-Disposition": _saved_as(file.name),
        # It is somebody's file: never a page of ours.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-cache",
        **file.headers,
    }
    if status == 206:
        told["Content-Range"] = f"bytes {first}-{first + length - 1}/{file.size}"
    if status == 416:
        told["Content-Range"] = f"bytes */{file.size}"
    return told


def pieces(file: File, first: int, length: int) -> Iterator[bytes]:
    with file.open() as source:
        if first:
            source.seek(first)
        while length > 0 and (piece := source.read(min(PIECE, length))):
            length -= len(piece)
            yield piece


def _saved_as(name: str) -> str:
    # A plain name without quotes: some clients take the header apart by hand.
    return f"attachment; filename={name}" if TOKEN.fullmatch(name) else content_disposition_header(True, name) or "attachment"
