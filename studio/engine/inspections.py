"""Looking at an uploaded file: a small job that is not a run. Nobody lists or cancels it, but it is supervised the
same way: a child computes, the slot waits, and what is lost begins again."""

import shutil
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from registry.data import services as data
from registry.data.models import Upload
from studio.compute import folders
from studio.compute.drivers import Ended, Unavailable
from studio.compute.local import Local
from studio.engine import hooks, leases, tail

TIME_LIMIT = 120.0
PAUSE = 0.01
MOST_ATTEMPTS = 2


def look_after(upload_id: str) -> str:
    home = settings.WORK_DIR / "inspections" / upload_id
    home.mkdir(parents=True, exist_ok=True)
    owner = home / "owner.json"
    if not _take(owner):
        return "somebody else looks at it"
    try:
        for _ in range(MOST_ATTEMPTS):
            # The person may change the reading options while we look: then what we found is for nobody.
            args = data.inspection_args(upload_id)
            if args is None:
                return "nothing to look at"
            _inspect(upload_id, args, home / uuid.uuid4().hex)
        return "looked at"
    finally:
        owner.unlink(missing_ok=True)
        shutil.rmtree(home, ignore_errors=True)


def lost() -> list[str]:
    """Uploads that wait for an inspection which nobody carries out."""
    waiting = Upload.objects.filter(status=Upload.Status.INSPECTING).values_list("pk", flat=True)
    return [
        str(pk)
        for pk in waiting[:100]
        if not _is_held(settings.WORK_DIR / "inspections" / str(pk) / "owner.json")
    ]


def _inspect(upload_id: str, args: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "kind": "task",
        "task": hooks.DATA_INSPECT,
        "args": args,
        "title": args.get("filename", "The file"),
        "store": str(settings.STORE_DIR),
        "cores": 1,
    }
    folders.write_json(folder / folders.SEGMENT, document)
    driver = Local(settings.WORK_DIR)
    deadline = time.monotonic() + TIME_LIMIT
    event = None
    try:
        if not _start(driver, folder, deadline):
            data.inspection_failed(
                upload_id,
                _error("no-runner", "The file could not be looked at: the studio is busy. Try again."),
            )
            return
        event, code = _wait(driver, folder, deadline)
    finally:
        driver.stop(folder)
    match event:
        case {"e": "task-finished"}:
            data.inspection_done(upload_id, event["result"])
        case {"e": "task-failed"}:
            data.inspection_failed(upload_id, event["error"])
        case _ if code == "late":
            data.inspection_failed(
                upload_id,
                _error(
                    "time-limit", f"{document['title']} could not be looked at within {TIME_LIMIT:g} seconds."
                ),
            )
        case _ if code is None:
            return  # the process vanished; the next round tries again
        case _:
            data.inspection_failed(
                upload_id,
                _error(
                    "killed",
                    f"{document['title']} could not be looked at: its process ended with code {code}.",
                ),
            )


def _start(driver: Local, folder: Path, deadline: float) -> bool:
    while time.monotonic() < deadline:
        try:
            driver.start(folder)
            return True
        except Unavailable:
            time.sleep(0.2)
    return False


def _wait(driver: Local, folder: Path, deadline: float) -> tuple[dict[str, Any] | None, Any]:
    cursor = tail.Cursor()
    ended: Ended | None = None
    while True:
        portion = tail.read(folder, cursor)
        cursor = portion.cursor
        for event in portion.events:
            if event["e"] in ("task-finished", "task-failed"):
                return event, 0
        if ended is not None:
            return None, ended.code
        state = driver.poll(folder)
        # One more reading after the end: the last word may have come in between.
        ended = state if isinstance(state, Ended) else None
        if time.monotonic() > deadline:
            return None, "late"
        if ended is None:
            time.sleep(PAUSE)


def _take(owner: Path) -> bool:
    mine = {"owner": leases.owner()}
    if folders.claim_json(owner, mine):
        return True
    if _is_held(owner):
        return False
    # Its holder is dead. Of two who find that out at once, one removes the file and both try again; one wins.
    owner.unlink(missing_ok=True)
    return folders.claim_json(owner, mine)


def _is_held(owner: Path) -> bool:
    known = folders.read_json(owner)
    return known is not None and known["owner"] != leases.owner() and not leases.is_gone(known["owner"])


def _error(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "fields": {}}
