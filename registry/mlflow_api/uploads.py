"""Where a file lies while it comes in: beside the store, so that keeping it is a rename, and gone if it never ends."""

import shutil
import uuid
from pathlib import Path
from types import TracebackType
from typing import IO

from django.conf import settings

from registry.storage import STAGING


class Staged:
    """A file being written. Leaving the block removes it, unless somebody has moved it to where it belongs."""

    def __init__(self) -> None:
        self.path = folder() / f"{uuid.uuid4().hex}.upload"
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "Staged":
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("xb")
        return self

    def write(self, piece: bytes) -> None:
        assert self._file is not None
        self._file.write(piece)

    def close(self) -> Path:
        """All of it is there: where it lies."""
        assert self._file is not None
        self._file.close()
        return self.path

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
            self.path.unlink(missing_ok=True)


def folder() -> Path:
    """The store's own staging folder, which `clean_staging` looks after, where the store is a folder on this machine."""
    root = str(settings.STORE_DIR)
    if "://" in root and not root.startswith("file://"):
        return Path(settings.UPLOAD_DIR) / STAGING
    return Path(root.removeprefix("file://")) / STAGING


def discard(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
