"""The table of routes and the call that a route's function is given.

    @route("POST", "runs/log-metric", action="runs.submit")
    def log_metric(call: Call) -> dict: ...

A path without a slash in front stands below `/api/2.0/mlflow/` (`versions` names others), one with a slash is whole.
`{name}` takes one segment, `{name*}` all that follow; both are in `call.params`, decoded. Whatever is below `/api/` is
answered below `/ajax-api/` too, and everything below `/w/<workspace>/`. `action` is asked of `registry.workspaces.access`
before the function runs; None is for what tells nothing about a workspace and asks for no sign-in.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from registry.accounts.models import User
from registry.mlflow_api.errors import ProtocolError, invalid
from registry.workspaces import access
from registry.workspaces.models import Role, Workspace

ANSWERS = re.compile(
    r"/(?:w/[-a-zA-Z0-9_]+/)?"
    r"(?:(?:ajax-)?api/\d+\.\d+/?mlflow|(?:version|health|v1/traces|get-artifact|model-versions/get-artifact)$)"
)
DOUBLED = re.compile(r"\A(/w/[-a-zA-Z0-9_]+)?//+")
WORKSPACE = re.compile(r"/w/([-a-zA-Z0-9_]+)(/.*)")


@dataclass(slots=True)
class Call:
    """One request, signed in and led to its workspace."""

    method: str
    path: str
    workspace: Workspace
    user: User
    role: Role
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    query: Mapping[str, list[str]] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    file: Path | None = None  # where the body lies, of a route that takes a file
    base: str = ""  # scheme, host and prefix under which the client found us: "http://host:port/w/lab"
    _body: dict[str, Any] | None = None

    @property
    def body(self) -> dict[str, Any]:
        """What was asked, wherever it stood: a GET brings it in the query, others as JSON. A name that occurs twice in
        a query is a list; `validation` makes one of a single text where a list is wanted."""
        if self._body is None:
            self._body = self._read()
        return self._body

    def require(self, action: str) -> None:
        """Raises PERMISSION_DENIED where the person's role is too small."""
        if self.role not in access.ACTIONS[action]:
            raise ProtocolError(
                "PERMISSION_DENIED",
                f"Your role in {self.workspace.name} is {self.role.label.lower()}, which does not allow this. An owner "
                "of the workspace can change it.",
            )

    def _read(self) -> dict[str, Any]:
        if self.method == "GET" and self.query:
            return {name: values if len(values) > 1 else values[0] for name, values in self.query.items()}
        if self.method in ("POST", "PUT"):
            told = self.headers.get("content-type")
            if told is None:
                raise invalid("Bad Request. Content-Type header is missing.")
            # Else any page could send this as a form, with what a browser knows to sign in.
            if told.partition(";")[0].strip() != "application/json":
                raise invalid("Bad Request. Content-Type must be one of ['application/json'].")
        return parsed(self.raw)


def parsed(raw: bytes) -> dict[str, Any]:
    """JSON, as clients send it: nothing at all is an empty document, old ones encode it twice."""
    if not raw:
        return {}
    try:
        body = orjson.loads(raw)
        if isinstance(body, str):
            body = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ProtocolError("BAD_REQUEST", "The body of this request is not valid JSON.") from None
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise ProtocolError("BAD_REQUEST", "The body of this request must be a JSON object.")
    return body


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file: streamed, with ranges, always to be saved and never shown in our origin."""

    open: Callable[[], Any]  # binary, can seek
    size: int
    name: str
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """An answer that is not JSON, or one with a status or headers of its own."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


View = Callable[[Call], "dict[str, Any] | File | Text"]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    view: View
    action: str | None
    # For a route that takes a file: says no before the file is sent.
    takes_file: Callable[[Call], None] | None = None


_exact: dict[tuple[str, str], Route] = {}
_patterns: list[tuple[re.Pattern[str], Route]] = []


def route(
    method: str,
    path: str,
    *,
    action: str | None,
    versions: tuple[str, ...] = ("2.0",),
    takes_file: Callable[[Call], None] | None = None,
) -> Callable[[View], View]:
    """Enter the function in the table. It may stand there several times."""

    def enter(view: View) -> View:
        for whole in [path] if path.startswith("/") else [f"/api/{version}/mlflow/{path}" for version in versions]:
            _enter(Route(method, whole, view, action, takes_file))
            if whole.startswith("/api/"):
                _enter(Route(method, f"/ajax{whole.replace('/api/', '-api/', 1)}", view, action, takes_file))
        return view

    return enter


def routes() -> list[Route]:
    return [*_exact.values(), *(known for _, known in _patterns)]


def tidy(path: str) -> str:
    """Without the slash that a client has once too often where an address was put together."""
    return DOUBLED.sub(r"\1/", path, count=1)


def is_ours(path: str) -> bool:
    """Whether a request for this address is of the protocol."""
    return ANSWERS.match(path) is not None


def split(path: str) -> tuple[str | None, str]:
    """The workspace that the address names, if it does, and the rest."""
    found = WORKSPACE.fullmatch(path)
    return (found[1], found[2]) if found else (None, path)


def find(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Raises ENDPOINT_NOT_FOUND, or 405 where another method would be answered."""
    if known := _exact.get((method, path)):
        return known, {}
    others = any(known_path == path for _, known_path in _exact)
    for pattern, known in _patterns:
        if found := pattern.fullmatch(path):
            if known.method == method:
                return known, found.groupdict()
            others = True
    if others:
        raise ProtocolError("BAD_REQUEST", f"{path} does not answer {method}.", status=405)
    raise ProtocolError("ENDPOINT_NOT_FOUND", f"There is nothing at {path}: this studio does not know this call.")


def takes_file(method: str, path: str) -> bool:
    """Whether the body of this request is a file, to be streamed to the disk."""
    try:
        return find(method, split(path)[1])[0].takes_file is not None
    except ProtocolError:
        return False


def _enter(new: Route) -> None:
    key = (new.method, new.path)
    if key in _exact or any((old.method, old.path) == key for _, old in _patterns):
        raise ValueError(f"{new.method} {new.path} is in the table already")
    if "{" not in new.path:
        _exact[key] = new
        return
    pattern = re.sub(r"\\\{(\w+)(\\\*)?\\\}", lambda m: f"(?P<{m[1]}>{'.*' if m[2] else '[^/]+'})", re.escape(new.path))
    _patterns.append((re.compile(pattern, re.DOTALL), new))
