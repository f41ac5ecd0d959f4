"""Files that runs log: one folder per run in the store, to which files come one by one."""

import re
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import unquote, urlparse, urlunparse

from django.conf import settings

from registry import storage
from registry.errors import Invalid, NotFound
from registry.runs.models import Run
from registry.storage import Entry

CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def root(run: Run) -> str:
    """The key of the run's folder in the store."""
    return root_of(run.run_id)


def root_of(run_id: str) -> str:
    return f"run-artifacts/{run_id}"


def list_(run: Run, path: str = "") -> list[Entry]:
    """What lies in that folder of the run, by name; empty where there is no such folder."""
    return _store().entries(key(run, path))


def entry(run: Run, path: str) -> Entry:
    return _store().entry(key(run, path))


def open_(run: Run, path: str) -> IO[bytes]:
    """The file, to be read from any place in it. Raises `NotFound`."""
    return _store().open(key(run, path))


def put(run: Run, path: str, staged: Path) -> None:
    """Move a file to that path of the run, in place of what was there. `staged` lies where `registry.storage` stages."""
    if not checked(path):
        raise Invalid("Invalid path", code="bad-path")
    _store().keep(staged, key(run, path))


def delete(run: Run, path: str) -> None:
    """Take the file or folder away; everything, for an empty path."""
    _store().remove(key(run, path))


def local_folder(run: Run, path: str) -> Path:
    """Where it can be read on this machine: a copy, if the store is remote. Raises `NotFound`."""
    return _store().local_path(key(run, path))


def remove_all(run_ids: list[str]) -> None:
    """For runs that are gone for good."""
    store = _store()
    for run_id in run_ids:
        store.remove(root_of(run_id))


def key(run: Run, path: str) -> str:
    inner = checked(path)
    return f"{root(run)}/{inner}" if inner else root(run)


def checked(path: str) -> str:
    """The path inside a folder of artifacts as it is kept: decoded, as MLflow's own clients do with what they read in a
    list, without empty parts. Raises `Invalid` for one that would lead out."""
    decoded = _decoded(path)
    decoded = CONTROL.sub(lambda found: f"%{ord(found[0]):02x}", decoded)
    if (
        "#" in decoded
        or "\\" in decoded
        or ".." in decoded.split("/")
        or decoded.startswith("/")
        or re.match(r"[a-zA-Z]:/", decoded)
        or decoded.lower().startswith("file:")
    ):
        raise Invalid("Invalid path", code="bad-path")
    try:
        decoded.encode()
    except UnicodeEncodeError:
        raise Invalid("Invalid path", code="bad-path") from None
    inner = str(PurePosixPath(decoded))
    return "" if inner == "." else inner


def require_file(found: Entry, path: str) -> None:
    if found.is_dir:
        raise NotFound(f"{path} is a folder, not a file.")


def _decoded(path: str) -> str:
    """Until it changes no more: what is encoded twice must not mean something else further on."""
    for _ in range(10):
        decoded = unquote(path)
        try:
            decoded = str(urlunparse(urlparse(decoded)))
        except ValueError:
            raise Invalid("Invalid path", code="bad-path") from None
        if decoded == path:
            return path
        path = decoded
    raise Invalid("Invalid path", code="bad-path")


def _store() -> storage.Store:
    return storage.open_store(settings.STORE_DIR)
