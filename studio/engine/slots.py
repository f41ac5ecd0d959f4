"""The slots of this machine: each worker of the queue announces itself by a file, so that its end is noticed."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from registry.runs import selectors
from studio.compute import folders, processes
from studio.engine import leases

FOLDER = "slots"


@dataclass(frozen=True, slots=True)
class Found:
    alive: dict[str, Path]  # owner (as in leases): file
    vanished: list[Path]


def folder() -> Path:
    path = settings.WORK_DIR / FOLDER
    path.mkdir(parents=True, exist_ok=True)
    return path


def announce() -> None:
    pid = os.getpid()
    folders.write_json(
        folder() / f"{pid}.json", {"pid": pid, "born": processes.started(pid), "owner": leases.owner()}
    )


def look() -> Found:
    found = Found({}, [])
    for path in folder().glob("[0-9]*.json"):
        known = folders.read_json(path)
        if known is None:
            continue
        if processes.is_alive(known["pid"], known["born"]):
            found.alive[known["owner"]] = path
        else:
            found.vanished.append(path)
    return found


def forget_all() -> None:
    for path in folder().glob("*.json"):
        path.unlink(missing_ok=True)


def busy() -> set[str]:
    """The owners that look after something."""
    runs = set(selectors.at_work().values_list("lease_owner", flat=True))
    return runs | {known["owner"] for path in inspecting() if (known := folders.read_json(path))}


def inspecting() -> list[Path]:
    return list((settings.WORK_DIR / "inspections").glob("*/owner.json"))
