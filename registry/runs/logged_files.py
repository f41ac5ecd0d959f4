"""The files that runs logged, as a comparison sees them: pictures with their steps, tables, code. Names are read and not
files, but for code, whose hash says whether two runs had the same."""

import hashlib
from collections.abc import Sequence
from itertools import islice
from typing import Any

from registry.runs.browsing import finds, kinds, places
from registry.runs.browsing.places import File, Place
from registry.runs.models import Run, Tag
from registry.workspaces.models import Workspace

MOST_FILES = 5_000  # looked at in one run
LARGEST_CODE = 1_000_000  # bytes; what is larger is data with the ending of a script
CODE = {"py": "python", "pyi": "python", "sql": "sql", "ipynb": "notebook"}
# These count as code only where clients put code.
CODE_FOLDER = "code/"


def of_runs(workspace: Workspace, run_ids: Sequence[str]) -> dict[str, Any]:
    """By run: {"images": [{"key", "step", "path", "small"}, {"path"}], "tables": [{"path", "size"}], "code":
    [{"path", "language", "digest"}], "complete": whether all files were looked at}."""
    runs = list(Run.objects.filter(workspace=workspace, run_id__in=run_ids).only("run_id", "name"))
    told = dict(Tag.objects.filter(run__in=runs, key=finds.TABLES_TAG).values_list("run_id", "value"))
    return {"runs": {run.run_id: _of_run(run, {finds.TABLES_TAG: told.get(run.pk, "")}) for run in runs}}


def _of_run(run: Run, tags: dict[str, str]) -> dict[str, Any]:
    place = places.of_run(run)
    seen = list(islice(place.walk(), MOST_FILES + 1))
    files = sorted(seen[:MOST_FILES], key=lambda file: file.path)
    tables = finds.tables_told(tags)
    return {
        "images": finds.pictures([file for file in files if kinds.kind_of(file.path) in ("image", "svg")]),
        "tables": [
            {"path": file.path, "size": file.size}
            for file in files
            if kinds.kind_of(file.path) == "table" or file.path in tables
        ],
        "code": [_code(place, file) for file in files if _is_code(file)],
        "complete": len(seen) <= MOST_FILES,
    }


def _is_code(file: File) -> bool:
    if file.size > LARGEST_CODE:
        return False
    of_text = kinds.kind_of(file.path) in ("text", "json", "markdown", "notebook")
    return kinds.ending(file.path) in CODE or (file.path.startswith(CODE_FOLDER) and of_text)


def _code(place: Place, file: File) -> dict[str, Any]:
    end = kinds.ending(file.path)
    with place.open(file.path) as opened:
        digest = hashlib.sha256(opened.read(LARGEST_CODE + 1)).hexdigest()[:16]
    return {"path": file.path, "language": CODE.get(end) or kinds.TEXTS.get(end) or "", "digest": digest}
