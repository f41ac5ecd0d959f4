"""The beginning of a file as a page shows it, and the lines of a log by the page."""

from collections import deque
from typing import Any

from registry.runs.browsing import kinds
from registry.runs.browsing.places import Place

MOST_TEXT = 1_000_000  # bytes of a text that a page shows
# A notebook carries its pictures in itself, and half of one is none.
MOST_NOTEBOOK = 20_000_000
HEAD = 8192
LONGEST_LINE = 20_000
PIECE = 256 * 1024


def preview(place: Place, path: str) -> dict[str, Any]:
    """{"path", "name", "size", "kind", "language", "text", "truncated"}; `text` is null where there is none to show."""
    entry = place.file(path)
    size = entry.size or 0
    kind = kinds.kind_of(entry.name)
    text, truncated = None, False
    if kind in ("text", "markdown", "json", "notebook", ""):
        most = MOST_NOTEBOOK if kind == "notebook" else MOST_TEXT
        with place.open(path) as source:
            head = source.read(HEAD)
            if kinds.is_text(head):
                kind = kind or "text"
                # A character cut in two at the end is dropped, not shown as a stranger.
                text = (head + source.read(most - len(head))).decode("utf-8", "ignore")
                truncated = size > most
            else:
                kind = "binary"
    return {
        "path": path, "name": entry.name, "size": size, "kind": kind, "language": kinds.language_of(entry.name),
        "text": text, "truncated": truncated,
    }  # fmt: skip


def lines(
    place: Place, path: str, *, after: int = 0, before: int | None = None, tail: bool = False, limit: int = 500, q: str = ""
) -> dict[str, Any]:
    """A page of a text as the log of a run is paged: a line's number is where it begins, counted from 1."""
    size = place.file(path).size or 0
    with place.open(path) as source:
        if q:
            backwards = tail or before is not None
            found = _searched(source, q, after, before, most=limit + 1, last=backwards)
            page = found[-limit:] if backwards else found[:limit]
            more = len(found) > len(page)
        elif tail or before is not None:
            backwards = True
            page, more = _backwards(source, min(size, before - 1) if before is not None else size, limit)
        else:
            backwards = False
            page, more = _forwards(source, after, limit)
    shown = [{"number": number, "text": text} for number, text in page]
    earlier = more if backwards else after > 0
    return {
        "lines": shown,
        "next": shown[-1]["number"] if shown and more and not backwards else None,
        "previous": shown[0]["number"] if shown and earlier else None,
    }


def _forwards(source: Any, after: int, limit: int) -> tuple[list[tuple[int, str]], bool]:
    source.seek(max(after - 1, 0))
    if after:
        source.readline()
    found: list[tuple[int, str]] = []
    at = source.tell()
    while len(found) <= limit and (line := source.readline()):
        found.append((at + 1, _shown(line)))
        at += len(line)
    return found[:limit], len(found) > limit


def _backwards(source: Any, end: int, limit: int) -> tuple[list[tuple[int, str]], bool]:
    """The last lines before `end`, reading no more of the file than they need."""
    start, data = end, b""
    while start > 0 and data.count(b"\n") <= limit + 1:
        step = min(PIECE, start)
        start -= step
        source.seek(start)
        data = source.read(step) + data
    if start > 0:
        cut = data.find(b"\n") + 1
        start, data = start + cut, data[cut:]
    found, at = [], start
    for line in data.splitlines(keepends=True) if b"\r" not in data else _kept(data):
        found.append((at + 1, _shown(line)))
        at += len(line)
    return found[-limit:], start > 0 or len(found) > limit


def _kept(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _searched(
    source: Any, q: str, after: int, before: int | None, *, most: int, last: bool
) -> list[tuple[int, str]]:
    """Lines with the text: the first of them, or the last. No more are held than are asked for."""
    wanted = q.lower()
    found: deque[tuple[int, str]] = deque(maxlen=most)
    at = 0
    for line in source:
        number = at + 1
        at += len(line)
        if (before is not None and number >= before) or (not last and len(found) == most):
            break
        if number > after and wanted in (text := _shown(line)).lower():
            found.append((number, text))
    return list(found)


def _shown(line: bytes) -> str:
    # Of a progress bar that redraws itself, the last state.
    text = line.rstrip(b"\r\n").rpartition(b"\r")[2]
    return text[:LONGEST_LINE].decode("utf-8", "replace")
