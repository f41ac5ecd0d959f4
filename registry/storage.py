"""The artifact store: files and folders under a key. Django-free; remote roots go through fsspec.

A key is a relative posix path such as `data/7/2/table.parquet`. A thing appears under its key whole or not at all, so a
reader never meets half of one, whatever is killed while it is written. What is kept with `put_folder` and `put_file`
never changes. Folders of tracked runs grow file by file (`keep`, `entries`, `open`), and a file there may be replaced.
"""

import errno
import hashlib
import os
import shutil
import stat
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from registry.errors import Invalid, NotFound

# Beside the artifacts, because a rename is only atomic within one file system.
STAGING = ".staging"
# Object stores have no rename: a folder there exists once this file, written last, does.
COMPLETE = ".complete"


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    is_dir: bool
    size: int | None  # bytes of a file


class Store:
    """Artifacts under one root: a local folder, or a URL that fsspec understands (`s3://bucket/prefix`)."""

    def __init__(self, root: str | Path, cache: Path | None = None) -> None:
        self.root = str(root)
        self._folder: Path | None = None
        self._files: Any = None
        if "://" not in self.root or self.root.startswith("file://"):
            self._folder = Path(self.root.removeprefix("file://")).resolve()
            return
        import fsspec

        self._files, self._prefix = fsspec.core.url_to_fs(self.root)
        name = hashlib.sha256(self.root.encode()).hexdigest()[:16]
        self._cache = cache or Path(tempfile.gettempdir()) / f"atelier-store-{os.getuid()}" / name

    def put_folder(self, local: Path, key: str) -> None:
        """Keep a copy of the folder under the key, in place of what was there. Files are hard-linked where possible:
        do not write into `local` afterwards."""
        if self._folder is not None:
            self._swap_in(Path(local), key, _link_folder)
            return
        target = self._remote(key)
        for path in sorted(p for p in Path(local).rglob("*") if p.is_file()):
            self._files.put_file(str(path), f"{target}/{path.relative_to(local).as_posix()}")
        self._files.pipe_file(f"{target}/{COMPLETE}", b"")

    def put_file(self, local: Path, key: str) -> None:
        """Keep a copy of the file under the key, in place of what was there; hard-linked where possible."""
        if self._folder is not None:
            self._swap_in(Path(local), key, _link_file)
            return
        self._files.put_file(str(local), self._remote(key))

    def keep(self, staged: Path, key: str) -> None:
        """Move the file, which lies in our staging folder or anywhere where the root is remote, to the key. Raises
        `Invalid` where a folder stands in the way, or the name is one that no file can have."""
        if self._folder is None:
            self._files.put_file(str(staged), self._remote(key))
            staged.unlink(missing_ok=True)
            return
        target = self._local(key)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
        except (IsADirectoryError, NotADirectoryError, FileExistsError):
            raise Invalid(f"{target.name} is, or lies in, a name that is taken by a file or folder already.") from None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                raise Invalid(f"The name {target.name[:40]}… is longer than the 255 bytes that a file's may have.") from None
            raise

    def entries(self, key: str) -> list[Entry]:
        """What lies in the folder, by name. Empty for what is no folder, or not there."""
        if self._folder is not None:
            try:
                with os.scandir(self._local(key)) as found:
                    listed = [
                        Entry(e.name, e.is_dir(follow_symlinks=False), None if e.is_dir() else e.stat().st_size)
                        for e in found
                    ]
            except (FileNotFoundError, NotADirectoryError):
                return []
            except OSError as error:
                if error.errno == errno.ENAMETOOLONG:
                    return []
                raise
            return sorted(listed, key=lambda entry: entry.name)
        target = self._remote(key)
        self._files.invalidate_cache(target)
        if not self._files.isdir(target):
            return []
        return sorted(
            (
                Entry(
                    PurePosixPath(e["name"]).name,
                    e["type"] == "directory",
                    None if e["type"] == "directory" else e["size"],
                )
                for e in self._files.ls(target, detail=True)
                if e["name"].rstrip("/") != target
            ),
            key=lambda entry: entry.name,
        )

    def entry(self, key: str) -> Entry:
        """Raises `NotFound` for what is not there."""
        name = PurePosixPath(key).name
        try:
            if self._folder is not None:
                told = self._local(key).stat()
                is_dir = stat.S_ISDIR(told.st_mode)
                return Entry(name, is_dir, None if is_dir else told.st_size)
            told = self._files.info(self._remote(key))
            is_dir = told["type"] == "directory"
            return Entry(name, is_dir, None if is_dir else told["size"])
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(f"The artifact {key} is not in the store.", fields={"key": key}) from None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                raise NotFound(f"The artifact {key[:80]}… is not in the store.") from None
            raise

    def open(self, key: str) -> IO[bytes]:
        """The file, to be read from any place in it. Raises `NotFound`."""
        try:
            if self._folder is not None:
                return self._local(key).open("rb")
            return self._files.open(self._remote(key), "rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFound(f"The artifact {key} is not in the store.", fields={"key": key}) from None

    def local_path(self, key: str) -> Path:
        """Where the thing can be read on this machine. Remote things are fetched once: artifacts never change.
        Raises `NotFound` for what is not there."""
        if self._folder is not None:
            path = self._local(key)
            if not path.exists():
                raise NotFound(f"The artifact {key} is not in the store.", fields={"key": key})
            return path
        return self._fetched(key)

    def exists(self, key: str) -> bool:
        if self._folder is not None:
            return self._local(key).exists()
        target = self._remote(key)
        return bool(self._files.isfile(target) or self._files.exists(f"{target}/{COMPLETE}"))

    def remove(self, key: str) -> None:
        """Take the thing out of the store. Nothing happens if it is not there."""
        if self._folder is not None:
            _discard(self._local(key))
            return
        target = self._remote(key)
        if self._files.exists(f"{target}/{COMPLETE}"):
            self._files.rm_file(f"{target}/{COMPLETE}")
        if self._files.exists(target):
            self._files.rm(target, recursive=True)
        _discard(self._cache / _checked(key))

    def clean_staging(self, older_than: float) -> None:
        """Remove what processes that were killed left half kept, if it is older than so many seconds."""
        staging = (self._folder or self._cache) / STAGING
        for path in staging.iterdir() if staging.is_dir() else ():
            # The time of the change of the entry itself: a linked file keeps the time of its contents.
            if time.time() - path.lstat().st_ctime > older_than:
                _discard(path)

    def size(self, key: str) -> int:
        """Bytes of the file, or of all files below the folder."""
        if self._folder is not None:
            path = self.local_path(key)
            return sum(p.stat().st_size for p in path.rglob("*") if p.is_file()) if path.is_dir() else path.stat().st_size
        if not self.exists(key):
            raise NotFound(f"The artifact {key} is not in the store.", fields={"key": key})
        return int(self._files.du(self._remote(key)))

    def _local(self, key: str) -> Path:
        assert self._folder is not None
        return self._folder / _checked(key)

    def _remote(self, key: str) -> str:
        return f"{self._prefix.rstrip('/')}/{_checked(key)}"

    def _swap_in(self, local: Path, key: str, link: Any) -> None:
        assert self._folder is not None
        target = self._local(key)
        staged = self._folder / STAGING / uuid.uuid4().hex
        staged.parent.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            link(local, staged)
            if target.is_dir() or (target.exists() and staged.is_dir()):
                old = staged.with_name(staged.name + ".old")
                target.rename(old)
                staged.rename(target)
                _discard(old)
            else:
                staged.replace(target)
        finally:
            _discard(staged)

    def _fetched(self, key: str) -> Path:
        path = self._cache / _checked(key)
        if path.exists():
            return path
        if not self.exists(key):
            raise NotFound(f"The artifact {key} is not in the store.", fields={"key": key})
        staged = self._cache / STAGING / uuid.uuid4().hex
        path.parent.mkdir(parents=True, exist_ok=True)
        target = self._remote(key)
        if self._files.isfile(target):
            staged.parent.mkdir(parents=True, exist_ok=True)
            self._files.get_file(target, str(staged))
        else:
            for found in self._files.find(target):
                part = staged / PurePosixPath(found).relative_to(PurePosixPath(self._files._strip_protocol(target)))
                part.parent.mkdir(parents=True, exist_ok=True)
                self._files.get_file(found, str(part))
            (staged / COMPLETE).unlink(missing_ok=True)
        try:
            staged.rename(path)
        except OSError:
            # Somebody fetched the same thing meanwhile; theirs is as good as ours.
            _discard(staged)
        return path


def open_store(root: str | Path) -> Store:
    """The store at that root; callers pass `settings.STORE_DIR`."""
    return Store(root)


def _checked(key: str) -> str:
    parts = PurePosixPath(key).parts
    if not parts or key.startswith("/") or "\\" in key or "\0" in key or ".." in parts or parts[0] == STAGING:
        raise Invalid(f"{key!r} is not a key of the artifact store: it must be a relative path inside it.")
    return str(PurePosixPath(*parts))


def _link_file(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(strict=True), target)
    except OSError:
        shutil.copyfile(source, target)


def _link_folder(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=lambda s, t: _link_file(Path(s), Path(t)))


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
