"""The task "experiment-import": a parcel is checked and laid out in a folder. Django-free; nothing in it is trusted.

Names are taken apart, never followed; bytes are counted as they come out, so that a bomb is stopped whatever its header
claims; every document and table is read once before anything is believed.
"""

import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from registry.errors import Invalid
from registry.runs.parcels import layout
from registry.runs.states import TERMINAL, RunStatus

BLOCK = 1 << 20
MOST_ENTRIES = 1_000_000
MOST_DOCUMENT = 64 * 1024**2
SPARE_DISK = 512 * 1024**2
RUN_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
PORT = re.compile(r"[0-9a-zA-Z_.-]{1,80}")
FOLDERS = {layout.RUNS, layout.METRICS, layout.LOGS, layout.ARTIFACTS, layout.OUTPUTS}
ENDINGS = {layout.RUNS: ".json", layout.METRICS: ".parquet", layout.LOGS: ".jsonl"}
TABLE = {"key": "string", "step": "int64", "timestamp": "int64", "value": "double"}

REQUIRED = {"run_id": str, "kind": str, "name": str, "status": str, "params": dict, "tags": dict}
LISTS = ("data", "datasets", "outputs", "comments")


def run(args: Mapping[str, Any], reporter: Any) -> dict[str, Any]:
    """`args`: {"source", "filename", "folder"}. Gives {"folder", "name", "runs"}. Raises `Invalid` with the reason."""
    source, folder, name = Path(args["source"]), Path(args["folder"]), args["filename"]
    if folder.exists():
        shutil.rmtree(folder)  # what a killed try left
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(source) as parcel:
            count = _unpack(parcel, folder, name, reporter)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Invalid(f"{name} is not a whole zip file: {error}. Download it again and try once more.", code="bad-parcel") from None
    told = check(folder, name)
    reporter.progress(count, count, "Writing the runs")
    return {"folder": str(folder), "name": told["name"], "runs": told["runs"]}


def place(name: str) -> PurePosixPath:
    """Where an entry goes. Raises `Invalid` for a name that has no place in a parcel."""
    parts = name.split("/")
    odd = "\\" in name or "\0" in name or any(part in ("", ".", "..") for part in parts)
    # File systems count bytes.
    odd = odd or any(len(part.encode("utf-8", "replace")) > 255 for part in parts) or len(name) > 2000
    if name == layout.DESCRIPTION:
        return PurePosixPath(name)
    top = parts[0]
    if odd or top not in FOLDERS or len(parts) < 2:
        raise Invalid(f"A parcel has no place for a file called {name[:200]!r}.", code="bad-parcel")
    if top in ENDINGS:
        fits = len(parts) == 2 and parts[1].endswith(ENDINGS[top]) and RUN_ID.fullmatch(parts[1].removesuffix(ENDINGS[top]))
    elif top == layout.OUTPUTS:
        fits = len(parts) >= 4 and RUN_ID.fullmatch(parts[1]) and PORT.fullmatch(parts[2])
    else:
        fits = len(parts) >= 3 and RUN_ID.fullmatch(parts[1])
    if not fits:
        raise Invalid(f"A parcel has no place for a file called {name[:200]!r}.", code="bad-parcel")
    return PurePosixPath(name)


def _unpack(parcel: zipfile.ZipFile, folder: Path, name: str, reporter: Any) -> int:
    entries = [entry for entry in parcel.infolist() if not entry.is_dir()]
    if len(entries) > MOST_ENTRIES:
        raise Invalid(f"{name} holds more than {MOST_ENTRIES:,} files.", code="bad-parcel")
    if layout.DESCRIPTION not in parcel.namelist():
        raise Invalid(
            f"{name} is no experiment that was packed by this studio, or it was cut off on the way: it has no {layout.DESCRIPTION}.",
            code="bad-parcel",
        )
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        target = folder / place(entry.filename)
        if entry.filename in seen:
            raise Invalid(f"{name} holds {entry.filename[:200]!r} twice.", code="bad-parcel")
        seen.add(entry.filename)
        target.parent.mkdir(parents=True, exist_ok=True)
        room = shutil.disk_usage(folder).free - SPARE_DISK
        with parcel.open(entry) as packed, target.open("xb") as file:
            while block := packed.read(BLOCK):
                room -= len(block)
                if room < 0:
                    raise Invalid(f"The studio's disk has no room for what {name} holds.", code="disk-full")
                file.write(block)
        if number % 50 == 0:
            reporter.progress(number, len(entries), "Unpacking")
    return len(entries)


def check(folder: Path, name: str) -> dict[str, Any]:
    """Read everything once. Gives the description, with the number of runs that are really there."""
    told = _document(folder / layout.DESCRIPTION, name)
    if told.get("format") != layout.FORMAT:
        raise Invalid(f"{name} was packed in format {told.get('format')!r}; this studio reads {layout.FORMAT}.", code="bad-parcel")
    if not isinstance(told.get("name"), str) or not told["name"].strip():
        raise Invalid(f"{name} does not say what its experiment is called.", code="bad-parcel")
    count = 0
    for path in documents(folder):
        _checked_run(_document(path, name), path, name)
        count += 1
    if count != told.get("runs"):
        raise Invalid(f"{name} says it has {told.get('runs')} runs, and holds {count}.", code="bad-parcel")
    for path in sorted((folder / layout.METRICS).glob("*")):
        _check_table(path, name)
    for path in sorted((folder / layout.LOGS).glob("*")):
        for _ in lines(path, name):
            pass
    return told


def documents(folder: Path) -> list[Path]:
    """The files of all runs."""
    return sorted((folder / layout.RUNS).glob("*.json"))


def lines(path: Path, name: str) -> Iterator[tuple[int, str, str]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            try:
                when, stream, text = json.loads(line)
                if not isinstance(when, int) or stream not in ("stdout", "stderr", "studio") or not isinstance(text, str):
                    raise ValueError
            except (ValueError, TypeError, RecursionError):
                raise Invalid(f"{name}: line {number} of {path.name} is not a line of a log.", code="bad-parcel") from None
            yield when, stream, text


def _document(path: Path, name: str) -> dict[str, Any]:
    if path.stat().st_size > MOST_DOCUMENT:
        raise Invalid(f"{name}: {path.name} is too large.", code="bad-parcel")
    try:
        told = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise Invalid(f"{name}: {path.name} cannot be read as JSON.", code="bad-parcel") from None
    if not isinstance(told, dict):
        raise Invalid(f"{name}: {path.name} is not an object.", code="bad-parcel")
    return told


def _checked_run(told: dict[str, Any], path: Path, name: str) -> None:
    wrong = [key for key, kind in REQUIRED.items() if not isinstance(told.get(key), kind)]
    wrong += [key for key in LISTS if not isinstance(told.get(key, []), list) or not all(isinstance(x, dict) for x in told.get(key, []))]
    wrong += [key for key in ("params", "tags") if key not in wrong and not _is_texts(told[key])]
    if not wrong and (told["run_id"] != path.stem or told["status"] not in [str(s) for s in RunStatus]):
        wrong = ["run_id" if told["run_id"] != path.stem else "status"]
    if wrong:
        raise Invalid(f"{name}: {path.name} is not a run: {', '.join(wrong)} cannot be read.", code="bad-parcel")
    if told["status"] not in [str(s) for s in TERMINAL]:
        # Whoever executed it is elsewhere and will never report here.
        told["status"] = str(RunStatus.CANCELLED)
        path.write_text(json.dumps(told))


def _is_texts(told: Mapping[Any, Any]) -> bool:
    return all(isinstance(key, str) and isinstance(value, str) for key, value in told.items())


def _check_table(path: Path, name: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as table:
            found = {field.name: str(field.type) for field in table.schema_arrow}
            whole = found == TABLE and all(_is_whole(batch) for batch in table.iter_batches(65_536))
    except (pa.ArrowException, OSError, ValueError):
        whole = False
    if not whole:
        raise Invalid(f"{name}: {path.name} is not a table of metrics.", code="bad-parcel")


def _is_whole(batch: Any) -> bool:
    import pyarrow.compute as pc

    longest = pc.max(pc.utf8_length(batch.column("key"))).as_py() or 0
    return longest <= 250 and not any(column.null_count for column in batch.columns)
