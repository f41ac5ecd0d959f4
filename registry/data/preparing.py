"""From an uploaded file to one that DuckDB can read: unpacked, in UTF-8, a sheet as text. Django-free."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry.data import decoding, sheets, unpacking
from registry.errors import Invalid

HEAD = 4 << 20  # bytes that an inspection looks at
HEAD_ROWS = 10_000

Progress = Callable[[float, str], None]  # share done of this stage, and what is being done


@dataclass(frozen=True, slots=True)
class Prepared:
    """`whole`: False where `path` holds only the beginning. `settled` are the options that this stage decided."""

    path: Path
    format: str
    name: str
    whole: bool
    package: unpacking.Package
    settled: dict[str, Any] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    average: float | None = None  # bytes of the content that the beginning stands for, where known


def beginning(args: Mapping[str, Any], work: Path) -> Prepared:
    """Enough of the file to judge it by. Raises `Invalid` for what cannot be read."""
    options = args.get("options") or {}
    package = unpacking.look(Path(args["source"]), args["filename"], options.get("member"))
    head, whole = unpacking.read_head(package, HEAD)
    if not head:
        raise Invalid(f"{package.name} is empty.", code="empty-file")
    if package.packing:
        sample = work / "head"
        sample.write_bytes(head)
    else:
        sample = package.path
    format = _format(sample, package, options, whole)
    settled: dict[str, Any] = {"format": format}
    if package.packing == "zip":
        settled["member"] = package.member
    if format in ("parquet", "excel"):
        path = _unpacked(package, work)
        if format == "parquet":
            return Prepared(path, format, package.name, True, package, settled)
        return _sheet(path, package, options, settled, work, HEAD_ROWS, None)
    encoding = options.get("encoding") or decoding.detect(head, whole)
    notes = []
    if not options.get("encoding") and not encoding.startswith("utf"):
        title = decoding.ENCODINGS.get(encoding, encoding)
        notes.append(f"The file is not UTF-8; it is read as {title}. Look whether letters with accents are right.")
    text = decoding.decode_head(head, encoding, whole, package.name)
    settled["encoding"] = encoding
    if format == "jsonl" and text.lstrip().startswith("[") and not whole:
        path = _as_utf8(_unpacked(package, work), work, encoding, package.name, None)
        return Prepared(path, format, package.name, True, package, settled, notes=tuple(notes))
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    path = work / "sample.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return Prepared(path, format, package.name, whole, package, settled, (), tuple(notes), len(head) if not whole else None)


def everything(args: Mapping[str, Any], work: Path, progress: Progress) -> Prepared:
    """The whole file, ready to be converted. `args["options"]` are those of an inspection."""
    options = args["options"]
    package = unpacking.look(Path(args["source"]), args["filename"], options.get("member"))
    format = options["format"]
    path = _unpacked(package, work, progress)
    if format == "excel":
        return _sheet(path, package, options, {}, work, None, progress)
    if format == "parquet":
        return Prepared(path, format, package.name, True, package)
    if decoding.is_utf8(options["encoding"]):
        decoding.refuse_nul(path, package.name)
    else:
        path = _as_utf8(path, work, options["encoding"], package.name, progress)
    return Prepared(path, format, package.name, True, package)


def _format(sample: Path, package: unpacking.Package, options: Mapping[str, Any], whole: bool) -> str:
    chosen = options.get("format")
    if chosen in ("csv", "jsonl"):
        return chosen
    # A workbook's directory is at its end, so the beginning of a packed one does not show what it is.
    if package.packing and not whole:
        with sample.open("rb") as file:
            if file.read(4) == b"PK\x03\x04":
                return "excel"
    return unpacking.format_of(sample, package.name)


def _unpacked(package: unpacking.Package, work: Path, progress: Progress | None = None) -> Path:
    if not package.packing:
        return package.path
    target = work / "unpacked"

    def tell(written: int) -> None:
        # How large it will become is not known; packed text is about a quarter.
        if progress:
            progress(min(0.95, written / (package.size * 4)), "Unpacking")

    unpacking.unpack(package, target, tell)
    return target


def _as_utf8(path: Path, work: Path, encoding: str, name: str, progress: Progress | None) -> Path:
    size = path.stat().st_size or 1
    target = work / "utf8.txt"
    decoding.rewrite(path, target, encoding, name, (lambda read: progress(read / size, "Decoding")) if progress else None)
    return target


def _sheet(
    path: Path,
    package: unpacking.Package,
    options: Mapping[str, Any],
    settled: dict[str, Any],
    work: Path,
    most_rows: int | None,
    progress: Progress | None,
) -> Prepared:
    if package.packing and not unpacking.is_workbook(path):
        raise Invalid(f"{package.name} is an archive inside an archive. Unpack it first.", code="nested-archive")
    held = sheets.sheet_names(path, package.name)
    sheet = options.get("sheet") or held[0]
    target = work / "sheet.csv"

    def tell(written: int, rows: int) -> None:
        if progress:
            progress(min(0.95, written / rows) if rows else 0.5, f"Reading row {written:,}")

    written, whole = sheets.write_text(
        path, target, sheet=sheet, filename=package.name, most_rows=most_rows, progress=tell
    )
    if not written:
        raise Invalid(f"Sheet “{sheet}” of {package.name} is empty.", code="empty-file")
    settled |= {"sheet": sheet, "separator": ",", "quote": '"', "encoding": "utf-8", "bad_rows": "pad"}
    return Prepared(target, "excel", package.name, whole, package, settled, tuple(held))
