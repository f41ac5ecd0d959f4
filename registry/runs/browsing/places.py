"""A folder of the store to look into: lists, searches, reading. Paths are checked in one place, `artifacts.checked`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from registry import storage
from registry.errors import NotFound
from registry.runs import artifacts, downloads
from registry.runs.browsing import kinds

# How far one look goes: more files than this are not searched, and the answer says so.
MOST_SEEN = 20_000
DEEPEST = 30
FOLDER_PAGE = 1000


@dataclass(frozen=True, slots=True)
class File:
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Place:
    """`root` is a key of the store."""

    root: str
    name: str

    def key(self, path: str) -> str:
        inner = artifacts.checked(path)
        return f"{self.root}/{inner}" if inner else self.root

    def folder(self, path: str, *, offset: int = 0, limit: int = FOLDER_PAGE) -> dict[str, Any]:
        """A page of a folder: folders first, both by name."""
        inner = artifacts.checked(path)
        found = sorted(self._store().entries(self.key(path)), key=lambda entry: (not entry.is_dir, _natural(entry.name)))
        limit = max(1, min(limit, FOLDER_PAGE))
        return {
            "path": inner,
            "total": len(found),
            "offset": offset,
            "entries": [
                {
                    "name": entry.name,
                    "path": f"{inner}/{entry.name}" if inner else entry.name,
                    "is_dir": entry.is_dir,
                    "size": entry.size,
                    "kind": "folder" if entry.is_dir else kinds.kind_of(entry.name),
                }
                for entry in found[offset : offset + limit]
            ],
        }

    def entry(self, path: str) -> storage.Entry:
        return self._store().entry(self.key(path))

    def file(self, path: str) -> storage.Entry:
        found = self.entry(path)
        if found.is_dir:
            raise NotFound(f"{artifacts.checked(path) or 'This'} is a folder, not a file.")
        return found

    def open(self, path: str) -> IO[bytes]:
        return self._store().open(self.key(path))

    def local(self, path: str) -> Path:
        """Where it can be read on this machine: a copy, if the store is remote."""
        return self._store().local_path(self.key(path))

    def walk(self, path: str = "") -> Iterator[File]:
        """Files below a folder, the nearest folders first."""
        store = self._store()
        start = artifacts.checked(path)
        waiting = [(start, 0)]
        while waiting:
            folder, depth = waiting.pop(0)
            for entry in store.entries(f"{self.root}/{folder}" if folder else self.root):
                inner = f"{folder}/{entry.name}" if folder else entry.name
                if not entry.is_dir:
                    yield File(inner, entry.size or 0)
                elif depth < DEEPEST:
                    waiting.append((inner, depth + 1))

    def packed(self, path: str) -> Iterator[downloads.Entry]:
        """Every file below a folder, for a zip of it; each is read as it is packed."""
        inner = artifacts.checked(path)
        top = downloads.file_name(inner.rpartition("/")[2] or self.name)
        for file in self.walk(inner):
            below = file.path[len(inner) :].lstrip("/")
            yield downloads.Entry(f"{top}/{below}", self._chunks(file.path), f".{kinds.ending(below)}" in downloads.COMPRESSED)

    def chunks(self, path: str) -> Iterator[bytes]:
        self.file(path)  # before the answer has begun
        return self._chunks(artifacts.checked(path))

    def _chunks(self, inner: str) -> Iterator[bytes]:
        with self._store().open(f"{self.root}/{inner}") as source:
            while piece := source.read(downloads.CHUNK):
                yield piece

    def _store(self) -> storage.Store:
        return storage.open_store(settings.STORE_DIR)


def of_run(run: Any) -> Place:
    return Place(artifacts.root(run), run.name)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Step 2 before step 10."""
    parts: list[tuple[int, int, str]] = []
    word = ""
    for letter in name.lower():
        if word and word.isdecimal() != letter.isdecimal():
            parts.append(_part(word))
            word = ""
        word += letter
    return [*parts, _part(word)] if word else parts


def _part(word: str) -> tuple[int, int, str]:
    return (0, int(word), "") if word.isdecimal() and word.isascii() and len(word) < 100 else (1, 0, word)
