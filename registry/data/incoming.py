"""Where uploads lie while they come in: a folder each, and chunks written at the place they belong to. Django-free."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from registry.errors import Invalid

BLOCK = 1 << 20


def folder(root: Path, upload_id: object) -> Path:
    # The id is a UUID of ours; what the file is called never becomes part of a path.
    return Path(root) / str(upload_id)


def source(root: Path, upload_id: object) -> Path:
    return folder(root, upload_id) / "source"


def target(root: Path, upload_id: object) -> Path:
    """Where the conversion writes the table before it goes to the store."""
    return folder(root, upload_id) / "table"


@contextmanager
def held(root: Path, upload_id: object) -> Iterator[Path]:
    """The upload's file, for one writer at a time in all processes: a chunk sent again waits for the first sending."""
    path = source(root, upload_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path


def write(path: Path, offset: int, stream: BinaryIO, most: int) -> int:
    """Write what `stream` holds at `offset`, at most `most` bytes. Returns how many. Raises `Invalid` for more, or where
    the disk is full; what was written beyond `offset` then counts for nothing and is written over later."""
    written = 0
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.seek(offset)
            while block := stream.read(min(BLOCK, most - written + 1)):
                written += len(block)
                if written > most:
                    raise Invalid(
                        f"More than the {most:,} bytes that fit were sent. If the file changed while it was uploaded, start again.",
                        code="too-much",
                    )
                file.write(block)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Invalid("The studio's disk is full, so the file cannot be kept.", code="disk-full") from None
        raise
    return written


def discard(root: Path, upload_id: object) -> None:
    shutil.rmtree(folder(root, upload_id), ignore_errors=True)


def free_bytes(root: Path) -> int:
    path = Path(root)
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free
