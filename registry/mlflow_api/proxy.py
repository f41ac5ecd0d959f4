"""`mlflow-artifacts/…`: files through the studio. Where an address leads stands in `artifact_roots`."""

import mimetypes
from typing import Any

from django.conf import settings

from registry import storage
from registry.errors import NotFound
from registry.mlflow_api import artifact_roots, errors
from registry.mlflow_api.artifact_roots import Place
from registry.mlflow_api.routing import Call, File, route
from registry.runs import artifacts

BASE = "/api/2.0/mlflow-artifacts/artifacts"
# Of these a client means text, whatever a table of types says.
TEXT = frozenset({
    "cfg", "cnf", "conf", "csv", "err", "hocon", "ini", "js", "json", "jsonl", "log", "md", "mlmodel", "mlproject", "out",
    "properties", "props", "py", "r", "rst", "sh", "sql", "toml", "ts", "tsv", "txt", "yaml", "yml",
})  # fmt: skip


def may_write(call: Call) -> None:
    """Before the first byte is taken."""
    path = call.params["path"]
    place = _place(call, path)
    if not place.inner:
        raise errors.invalid("Invalid path")
    place.require_writable()


@route("PUT", f"{BASE}/{{path*}}", action="runs.submit", takes_file=may_write)
def upload(call: Call) -> dict[str, Any]:
    assert call.file is not None
    store().keep(call.file, _place(call, call.params["path"]).key)
    return {}


@route("GET", f"{BASE}/{{path*}}", action="runs.view")
def download(call: Call) -> File:
    return sent(_place(call, call.params["path"]))


@route("GET", BASE, action="runs.view")
def list_(call: Call) -> dict[str, Any]:
    return {"files": listed(_place(call, call.query.get("path", [""])[0]))}


@route("DELETE", f"{BASE}/{{path*}}", action="runs.edit")
def delete(call: Call) -> dict[str, Any]:
    place = _place(call, call.params["path"])
    place.require_writable()
    place.require_owned()
    store().remove(place.key)
    return {}


def sent(place: Place) -> File:
    """The file at that place as an answer. Raises RESOURCE_DOES_NOT_EXIST for a folder too: there is no such file."""
    name = place.path.rpartition("/")[2]
    try:
        found = store().entry(place.key)
    except NotFound:
        raise errors.missing(f"No such artifact: '{place.path}'") from None
    if found.is_dir:
        raise errors.invalid(f"Artifact path refers to a directory, not a file: '{place.path}'")
    return File(lambda: store().open(place.key), found.size or 0, name, content_type(name))


def listed(place: Place, before: str = "") -> list[dict[str, Any]]:
    """What lies in the folder; `before` stands in front of each name."""
    told = []
    for entry in store().entries(place.key):
        row: dict[str, Any] = {"path": f"{before}{entry.name}", "is_dir": entry.is_dir}
        if entry.size is not None:
            row["file_size"] = entry.size
        told.append(row)
    return told


def content_type(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    if ending in TEXT:
        return "text/plain"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def store() -> storage.Store:
    return storage.open_store(settings.STORE_DIR)


def _place(call: Call, path: str) -> Place:
    return artifact_roots.place(call.workspace, artifacts.checked(path.lstrip("/")))
