"""Large files in parts, as clients send them from 500 MB on: made, each part put to an address of its own, completed.

Nothing is kept in the database. The id of an upload, and the address of each part, are signed texts that say what they are
for; parts wait in the store's staging folder, which is swept of what nobody completed.
"""

import os
import re
import uuid
from pathlib import Path
from typing import Any

from django.core import signing
from django.utils.crypto import get_random_string

from registry.mlflow_api import artifact_roots, errors, proxy, uploads
from registry.mlflow_api.artifact_roots import Place
from registry.mlflow_api.routing import Call, File, Text, route
from registry.mlflow_api.validation import (
    ARRAY,
    INTEGER,
    REQUIRED,
    STRING,
    as_integer,
    checked,
    integer,
    objects,
    text,
)
from registry.runs import artifacts

BASE = "/api/2.0/mlflow-artifacts"
MOST_PARTS = 10_000
LASTS = 24 * 3600  # seconds in which a part, or a download, can be begun
ETAG = re.compile(r'"?([0-9a-zA-Z]{16})"?')


@route("POST", f"{BASE}/mpu/create/{{path*}}", action="runs.submit")
def create(call: Call) -> dict[str, Any]:
    checked(call.body, {"path": (REQUIRED, STRING), "num_parts": (INTEGER,)})
    count = integer(call.body, "num_parts", 1)
    if count is None or not 1 <= count <= MOST_PARTS:
        raise errors.invalid(f"num_parts must be between 1 and {MOST_PARTS}.")
    place = _target(call)
    place.require_writable()
    folder = uuid.uuid4().hex
    _folder(folder).mkdir(parents=True)
    upload = signing.dumps([folder, place.key], salt="upload")
    return {
        "upload_id": upload,
        "credentials": [
            {
                "part_number": number,
                "url": f"{call.base}{BASE}/mpu/part/{signing.dumps([folder, number], salt='part')}",
                "headers": {},
            }
            for number in range(1, count + 1)
        ],
    }


def is_signed(call: Call) -> None:
    folder, _ = _signed(call.params["signed"], "part")
    if not _folder(folder).is_dir():
        raise errors.missing("This upload was completed or aborted already.")


# The signature is the right to do it: a client sends no token to an address that it believes to be another service's.
@route("PUT", f"{BASE}/mpu/part/{{signed}}", action=None, takes_file=is_signed)
def put_part(call: Call) -> Text:
    assert call.file is not None
    folder, number = _signed(call.params["signed"], "part")
    # Each try has a name of its own: a client that repeats a part names the one that counts when it completes.
    etag = get_random_string(16)
    try:
        call.file.rename(_folder(folder) / f"{number}.{etag}")
    except FileNotFoundError:
        raise errors.missing("This upload was completed or aborted already.") from None
    return Text(b"", headers={"ETag": f'"{etag}"'})


@route("POST", f"{BASE}/mpu/complete/{{path*}}", action="runs.submit")
def complete(call: Call) -> dict[str, Any]:
    checked(call.body, {"path": (REQUIRED, STRING), "upload_id": (REQUIRED, STRING), "parts": (REQUIRED, ARRAY)})
    place, folder = _target(call), _of_upload(call)
    place.require_writable()
    parts = {}
    for told in objects(call.body, "parts"):
        number, etag = as_integer(told.get("part_number")), ETAG.fullmatch(text(told, "etag"))
        part = folder / f"{number}.{etag[1]}" if etag else None
        if number is None or part is None or not part.is_file():
            raise errors.invalid(f"Part {told.get('part_number')} has not been uploaded as this request says.")
        parts[number] = part
    if not parts:
        raise errors.invalid("A file cannot be completed without parts.")
    proxy.store().keep(_joined([parts[number] for number in sorted(parts)]), place.key)
    uploads.discard(folder)
    return {}


@route("POST", f"{BASE}/mpu/abort/{{path*}}", action="runs.submit")
def abort(call: Call) -> dict[str, Any]:
    checked(call.body, {"path": (REQUIRED, STRING), "upload_id": (REQUIRED, STRING)})
    uploads.discard(_of_upload(call))
    return {}


@route("GET", f"{BASE}/presigned/{{path*}}", action="runs.view")
def presigned(call: Call) -> dict[str, Any]:
    """An address from which anybody can fetch this file for a while: clients read large files from it in pieces."""
    place = artifact_roots.place(call.workspace, artifacts.checked(call.params["path"]))
    file = proxy.sent(place)
    signed = signing.dumps([place.key, place.path], salt="download")
    return {"url": f"{call.base}{BASE}/signed/{signed}", "headers": {}, "file_size": file.size}


@route("GET", f"{BASE}/signed/{{signed}}", action=None)
def signed_download(call: Call) -> File:
    key, path = _signed(call.params["signed"], "download")
    root, _, inner = key.rpartition("/")
    return proxy.sent(Place(path, root, inner))


def _target(call: Call) -> Place:
    """The file: the folder of the address, and the name at the end of the client's own path."""
    folder = artifacts.checked(call.params["path"].strip("/"))
    name = re.split(r"[/\\]", text(call.body, "path"))[-1]
    path = artifacts.checked(f"{folder}/{name}" if folder else name)
    if not name or name in (".", ".."):
        raise errors.invalid("Invalid path")
    return artifact_roots.place(call.workspace, path)


def _of_upload(call: Call) -> Path:
    told, key = _signed(text(call.body, "upload_id"), "upload")
    folder = _folder(told)
    if key != _target(call).key or not folder.is_dir():
        raise errors.missing("There is no such upload: it was completed or aborted already.")
    return folder


def _signed(told: str, salt: str) -> tuple[Any, Any]:
    try:
        first, second = signing.loads(told, salt=salt, max_age=LASTS)
    except signing.BadSignature:
        raise errors.denied("This address is not valid, or not any more.") from None
    return first, second


def _folder(name: str) -> Path:
    return uploads.folder() / f"{name}.parts"


def _joined(parts: list[Path]) -> Path:
    """One file of all: what follows is copied behind the first, in the kernel where it can."""
    with parts[0].open("r+b", buffering=0) as whole:
        whole.seek(0, os.SEEK_END)
        for part in parts[1:]:
            with part.open("rb", buffering=0) as source:
                left = part.stat().st_size
                while left:
                    left -= os.sendfile(whole.fileno(), source.fileno(), None, min(left, 2**30))
            part.unlink()
    return parts[0]
