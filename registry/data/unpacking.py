"""What a file really is, and getting it out of .gz and .zip without trusting it. Django-free.

A file is judged by its first bytes, never by its name alone. Unpacking counts the bytes that really come out, so a bomb
is stopped whatever its header claims; members are read as streams and never written under their own name.
"""

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from registry.data import names
from registry.errors import Invalid

BLOCK = 4 << 20
MOST_UNPACKED = 64 * 1024**3
# Text packs ten to fifty times smaller; deflate's own limit, which bombs use up, is about 1,030 times.
MOST_RATIO = 300
RATIO_FROM = 64 * 1024**2  # below this size a ratio says nothing
SPARE_DISK = 512 * 1024**2
MOST_MEMBERS = 10_000
# The texts of a workbook are read into memory by any reader of Excel files.
MOST_SHARED_STRINGS = 512 * 1024**2
MOST_SHEET = 8 * 1024**3

FOREIGN = {
    b"\xd0\xcf\x11\xe0": "an Excel file of the old kind (.xls). Open it in Excel or LibreOffice and save it as .xlsx",
    b"BZh": "packed with bzip2. Unpack it first, or pack it with gzip or zip",
    b"\xfd7zXZ": "packed with xz. Unpack it first, or pack it with gzip or zip",
    b"\x28\xb5\x2f\xfd": "packed with Zstandard. Unpack it first, or pack it with gzip or zip",
    b"7z\xbc\xaf": "a 7z archive. Unpack it first, or pack it with gzip or zip",
    b"Rar!": "a RAR archive. Unpack it first, or pack it with gzip or zip",
    b"%PDF": "a PDF document. Only tables as CSV, TSV, JSON Lines, Excel or Parquet can be read",
    b"\x89PNG": "a picture. Only tables as CSV, TSV, JSON Lines, Excel or Parquet can be read",
    b"\xff\xd8\xff": "a picture. Only tables as CSV, TSV, JSON Lines, Excel or Parquet can be read",
    b"SQLite format 3": "an SQLite database. Export the table as CSV first",
    b"ARROW1": "an Arrow file. Save it as Parquet first",
}
TEXT_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}


@dataclass(frozen=True, slots=True)
class Package:
    """`packing` is "", "gzip" or "zip"; `members` what a zip holds; `name` what the chosen content is called."""

    path: Path
    packing: str
    members: tuple[str, ...]
    member: str
    name: str
    size: int  # of the packed file


def look(path: Path, filename: str, member: str | None = None) -> Package:
    """Raises `Invalid` for an empty file and for a kind that cannot be read."""
    size = path.stat().st_size
    if not size:
        raise Invalid(f"{filename} is empty.", code="empty-file")
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"\x1f\x8b"):
        return Package(path, "gzip", (), "", _inner_name(filename), size)
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        refuse_foreign(head, filename)
        return Package(path, "", (), "", filename, size)
    infos = _members(path, filename)
    if is_workbook(path):
        return Package(path, "", (), "", filename, size)
    held = tuple(info.filename for info in infos if _is_data(info))
    if not held:
        raise Invalid(f"The archive {filename} is empty.", code="empty-file")
    chosen = member or held[0]
    if chosen not in held:
        raise Invalid(f"There is no {member!r} in {filename}.", code="unknown-member")
    return Package(path, "zip", held, chosen, names.file_name(chosen), size)


def refuse_foreign(head: bytes, filename: str) -> None:
    for magic, what in FOREIGN.items():
        if head.startswith(magic):
            raise Invalid(f"{filename} is {what}.", code="unknown-format")


def format_of(path: Path, name: str) -> str:
    """The format of an unpacked file, or of the first part of one. Raises `Invalid` for a packed file in a packed file."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        if is_workbook(path):
            return "excel"
        raise Invalid(f"{name} is an archive inside an archive. Unpack it first.", code="nested-archive")
    if head.startswith(b"\x1f\x8b"):
        raise Invalid(f"{name} is packed twice. Unpack it first.", code="nested-archive")
    refuse_foreign(head, name)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in (".parquet", ".pq"):
        raise Invalid(f"{name} is not a Parquet file, or its beginning is missing.", code="broken-parquet")
    if suffix in (".xlsx", ".xlsm"):
        raise Invalid(f"{name} is not an Excel file, or its beginning is missing.", code="broken-excel")
    if suffix in TEXT_SUFFIXES:
        return TEXT_SUFFIXES[suffix]
    return "jsonl" if _looks_like_json(path) else "csv"


def is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            held = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return "[Content_Types].xml" in held and any(name.startswith("xl/") for name in held)


def check_workbook(path: Path, filename: str) -> None:
    """Before a workbook is opened: no part of it may unpack to more than can be handled."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            most = MOST_SHARED_STRINGS if "sharedStrings" in info.filename else MOST_SHEET
            bomb = info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(1, info.compress_size)
            if info.file_size > most or bomb:
                raise Invalid(
                    f"{filename} unpacks to more than can be read safely. Save the sheet as CSV instead.", code="too-large-unpacked"
                )


@contextmanager
def opened(package: Package) -> Iterator[BinaryIO]:
    """The content as a stream, unpacked on the way. What is broken about the packing raises `Invalid`."""
    try:
        if package.packing == "gzip":
            with gzip.open(package.path, "rb") as stream:
                yield stream  # type: ignore[misc]
        elif package.packing == "zip":
            with zipfile.ZipFile(package.path) as archive, archive.open(package.member) as stream:
                yield stream  # type: ignore[misc]
        else:
            with package.path.open("rb") as stream:
                yield stream
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError):
        raise Invalid(
            f"{package.path.name if not package.name else package.name} cannot be unpacked: the archive is damaged or cut off.",
            code="broken-archive",
        ) from None
    except (RuntimeError, NotImplementedError) as error:
        # zipfile says so of passwords and of methods it does not know.
        raise Invalid(f"{package.name} cannot be unpacked: {error}.", code="broken-archive") from None


def read_head(package: Package, most: int) -> tuple[bytes, bool]:
    """The first `most` bytes, and whether that is all."""
    parts: list[bytes] = []
    read = 0
    with opened(package) as stream:
        while read <= most and (block := stream.read(min(BLOCK, most + 1 - read))):
            parts.append(block)
            read += len(block)
    head = b"".join(parts)
    return head[:most], len(head) <= most


def unpack(package: Package, target: Path, progress: Callable[[int], None] | None = None) -> int:
    """Write the content to `target`. Raises `Invalid` for what grows beyond all measure."""
    free = shutil.disk_usage(target.parent).free - SPARE_DISK
    written = 0
    with opened(package) as stream, target.open("wb") as file:
        while block := stream.read(BLOCK):
            written += len(block)
            if written > RATIO_FROM and written > MOST_RATIO * package.size:
                raise Invalid(
                    f"{package.name} unpacks to more than {MOST_RATIO} times its size, as a zip bomb does. "
                    "Upload it unpacked if it is meant to be like this.",
                    code="zip-bomb",
                )
            if written > MOST_UNPACKED or written > free:
                raise Invalid(f"{package.name} unpacks to more than the studio has room for.", code="too-large-unpacked")
            file.write(block)
            if progress:
                progress(written)
    if not written:
        raise Invalid(f"{package.name} is empty.", code="empty-file")
    return written


def _members(path: Path, filename: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Invalid(f"{filename} cannot be unpacked: the archive is damaged or cut off.", code="broken-archive") from None
    if len(infos) > MOST_MEMBERS:
        raise Invalid(f"{filename} holds {len(infos):,} files. Pack one table in an archive.", code="too-many-members")
    return infos


def _is_data(info: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(info.filename)
    return not info.is_dir() and "__MACOSX" not in name.parts and not name.name.startswith(".")


def _inner_name(filename: str) -> str:
    lower = filename.lower()
    return next((filename[: -len(s)] for s in (".gz", ".gzip") if lower.endswith(s) and len(lower) > len(s)), filename)


def _looks_like_json(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b'{"', b"{ ", b"[{"))
