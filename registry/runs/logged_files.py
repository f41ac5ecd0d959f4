"""The files that runs logged, as a comparison sees them: images with their steps, tables, code. Names are read, not files,
but for code, whose hash says whether two runs had the same."""

import csv
import hashlib
import io
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from registry.data import preview
from registry.errors import Invalid, NotFound
from registry.runs import artifacts
from registry.runs.models import Run
from registry.workspaces.models import Workspace

MOST_FILES = 5_000  # looked at in one run
DEEPEST = 8
LARGEST_CODE = 1_000_000  # bytes; what is larger is data with the ending of a script
LARGEST_TABLE = 20_000_000  # bytes of a table that has to be read whole to show its first rows
SHOWN_ROWS = 200
LONGEST_CELL = 500

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".svg", ".avif"})
TABLES = frozenset({".json", ".csv", ".tsv", ".parquet"})
CODE = {
    ".py": "python", ".ipynb": "notebook", ".sql": "sql", ".yaml": "yaml", ".yml": "yaml", ".r": "text", ".sh": "text",
    ".md": "markdown", ".toml": "text", ".cfg": "text", ".ini": "text",
}  # fmt: skip
# MLflow's `log_image(key=…, step=…)`; older clients wrote % between the parts and # for a slash.
STEPPED = re.compile(
    r"images/(?P<key>.+?)(?P<by>[+%])step(?P=by)(?P<step>-?\d+)(?P=by)timestamp(?P=by)(?P<time>\d+)(?P=by)(?P<id>[^+%/]+)"
    r"(?P<small>(?P=by)compressed)?\.\w+"
)


def of_runs(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, Any]:
    """By run: {"images": [{"key", "step", "timestamp", "path", "small"}], "tables": [{"path", "bytes"}], "code":
    [{"path", "language", "digest"}], "more": whether there are more files than were looked at}."""
    runs = Run.objects.filter(workspace=workspace, run_id__in=run_ids).only("pk", "run_id")
    return {"runs": {run.run_id: of_run(run) for run in runs}}


def of_run(run: Run) -> dict[str, Any]:
    found = list(itertools.islice(_walk(run), MOST_FILES + 1))
    images: dict[str, dict[str, Any]] = {}
    tables, code = [], []
    for path, size in found[:MOST_FILES]:
        ending = PurePosixPath(path).suffix.lower()
        if ending in IMAGES:
            _add_image(images, path)
        elif ending in TABLES and not path.endswith(("/MLmodel", "input_example.json")):
            tables.append({"path": path, "bytes": size})
        if ending in CODE and (size or 0) <= LARGEST_CODE:
            code.append({"path": path, "language": CODE[ending], "digest": _digest(run, path)})
    steps = sorted((one for one in images.values() if one["path"]), key=lambda one: (one["key"], one["step"] or 0, one["timestamp"]))
    return {"images": steps, "tables": tables, "code": code, "more": len(found) > MOST_FILES}


def table(workspace: Workspace, run_id: str, path: str) -> dict[str, Any]:
    """{"columns": [name], "rows", "total"}; `total` is null where counting would mean to read a large file."""
    run = Run.objects.filter(workspace=workspace, run_id=run_id.replace("\0", "")).only("pk", "run_id").first()
    if run is None:
        raise NotFound("There is no such run in this workspace.")
    entry = artifacts.entry(run, path)
    ending = PurePosixPath(path).suffix.lower()
    if entry.is_dir or ending not in TABLES:
        raise Invalid(f"{path} is not a table: those end in {', '.join(sorted(TABLES))}.", fields={"path": path})
    if ending == ".parquet":
        page = preview.page(artifacts.local_folder(run, path), limit=SHOWN_ROWS)
        return {"columns": [c["name"] for c in page["columns"]], "rows": page["rows"], "total": page["total"]}
    if (entry.size or 0) > LARGEST_TABLE and ending == ".json":
        raise Invalid(f"{path} is too large to be shown; download it from the run's page.", code="too-large")
    with artifacts.open_(run, path) as file:
        return _json_table(file.read(), path) if ending == ".json" else _csv_table(file, ending, entry.size or 0)


def stepped(path: str) -> dict[str, Any] | None:
    """What the name of an image logged with a key says; None for any other name."""
    found = STEPPED.fullmatch(path)
    if found is None:
        return None
    key = found["key"].replace("~" if found["by"] == "+" else "#", "/")
    time = int(found["time"])
    return {"key": key, "step": int(found["step"]), "timestamp": time, "id": found["id"], "small": bool(found["small"])}


def _add_image(images: dict[str, dict[str, Any]], path: str) -> None:
    told = stepped(path)
    if told is None:
        images[path] = {"key": path, "step": None, "timestamp": 0, "path": path, "small": ""}
        return
    one = images.setdefault(
        told["id"] + str(told["step"]),
        {"key": told["key"], "step": told["step"], "timestamp": told["timestamp"], "path": "", "small": ""},
    )
    one["small" if told["small"] else "path"] = path


def _walk(run: Run, folder: str = "", depth: int = 0) -> Iterator[tuple[str, int | None]]:
    for entry in artifacts.list_(run, folder):
        path = f"{folder}/{entry.name}" if folder else entry.name
        if not entry.is_dir:
            yield path, entry.size
        elif depth < DEEPEST:
            yield from _walk(run, path, depth + 1)


def _digest(run: Run, path: str) -> str:
    with artifacts.open_(run, path) as file:
        return hashlib.sha256(file.read(LARGEST_CODE + 1)).hexdigest()[:16]


def _json_table(content: bytes, path: str) -> dict[str, Any]:
    """As `log_table` writes it: {"columns", "data"}; or a list of records."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and isinstance(told.get("columns"), list) and isinstance(told.get("data"), list):
        columns, rows = [str(name) for name in told["columns"]], told["data"]
        shown = [row if isinstance(row, list) else [row] for row in rows[:SHOWN_ROWS]]
    elif isinstance(told, list) and told and all(isinstance(row, dict) for row in told):
        columns = list(dict.fromkeys(str(name) for row in told[:SHOWN_ROWS] for name in row))
        rows, shown = told, [[row.get(name) for name in columns] for row in told[:SHOWN_ROWS]]
    else:
        raise Invalid(f"{path} holds JSON, and no table.", code="no-table")
    return {"columns": columns, "rows": [[_cell(value) for value in row] for row in shown], "total": len(rows)}


def _csv_table(file: Any, ending: str, size: int) -> dict[str, Any]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    lines = csv.reader((line.replace("\0", "") for line in text), delimiter="\t" if ending == ".tsv" else ",")
    try:
        columns = next(lines, [])
        rows = list(itertools.islice(lines, SHOWN_ROWS))
        total = len(rows) + sum(1 for _ in lines) if size <= LARGEST_TABLE else None
    except csv.Error as problem:
        raise Invalid(f"This cannot be read as a table: {problem}.", code="no-table") from problem
    return {"columns": columns, "rows": [[_cell(value) for value in row] for row in rows], "total": total}


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
