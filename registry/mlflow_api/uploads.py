"""Where a file lies while it comes in: beside the store, so that keeping it is a rename, and gone if it never ends."""

import uuid
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from registry.storage import STAGING


class Staged:
    """A file being written. Leaving the block removes it, unless somebody has moved it to where it belongs."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{uuid.uuid4().hex}.upload"
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
        assert self._file is not None
        self._file.close()
        self.path.unlink(missing_ok=True)


def staged(store: Any) -> Staged:
    """In the store's own staging folder where the store is a folder here, which `clean_staging` looks after."""
    root = str(store)
    if "://" in root and not root.startswith("file://"):
        from django.conf import settings

        return Staged(settings.UPLOAD_DIR / STAGING)
    return Staged(Path(root.removeprefix("file://")) / STAGING)
