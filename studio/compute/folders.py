"""The files by which a slot, the runner and a computing child speak: one folder per segment. Django-free.

| file           | written by | once it is there |
|----------------|------------|------------------|
| segment.json   | slot       | what to do; complete before the runner is told of the folder |
| stop           | slot       | do not begin: the run was cancelled before the child was born |
| pid.json       | child      | who computes this folder; made exclusively, so no folder is ever computed twice |
| events.jsonl   | child      | what happened, one JSON object per line, appended by single writes |
| out.log, err.log | child    | what was written to the descriptors 1 and 2 past Python's own streams |
| exit.json      | runner     | how the child ended |
"""

import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SEGMENT = "segment.json"
STOP = "stop"
PID = "pid.json"
EVENTS = "events.jsonl"
OUT = "out.log"
ERR = "err.log"
EXIT = "exit.json"

RUNS = "runs"  # below the work folder: runs/<run id>/<segment>/
ENVIRONMENT = "environment.json"  # below the work folder: what the runner's interpreter has installed


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Whole or not at all, for whoever looks at the wrong moment."""
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    staged.write_text(json.dumps(document))
    staged.replace(path)


def claim_json(path: Path, document: Mapping[str, Any]) -> bool:
    """Write the file if nobody has yet. Of two who try at once, one gets True."""
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    staged.write_text(json.dumps(document))
    try:
        os.link(staged, path)
        return True
    except FileExistsError:
        return False
    finally:
        staged.unlink()


def read_json(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
