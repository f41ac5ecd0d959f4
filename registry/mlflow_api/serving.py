"""From a request to its answer, whoever carries it: find the route, sign in, choose the workspace, ask, answer."""

import errno
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.db import DatabaseError, OperationalError

from registry.errors import StudioError
from registry.mlflow_api import admission, errors, routing
from registry.mlflow_api.errors import ProtocolError
from registry.mlflow_api.routing import Call, File, Route, Text

logger = logging.getLogger(__name__)

LARGEST_JSON = 32 * 1024**2  # a data set's profile alone may have 16 MB


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str  # decoded
    query: str
    headers: Mapping[str, str]  # names in lower case
    address: str  # of who is asking
    origin: str  # "http://host:port", as the client called us


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] | None = None
    file: File | None = None


def admit(request: Request) -> tuple[Route, Call]:
    """Everything that can be said no to before the body is read. Raises `ProtocolError`."""
    prefix, path = routing.split(request.path)
    found, params = routing.find(request.method, path)
    if found.action is None:
        user: Any = None
        workspace: Any = None
        role: Any = None
    else:
        user, workspace, role = admission.of(request.headers, request.address, prefix)
    call = Call(
        method=request.method,
        path=path,
        workspace=workspace,
        user=user,
        role=role,
        headers=request.headers,
        query=parse_qs(request.query, keep_blank_values=True, max_num_fields=20_000) if request.query else {},
        params=params,
        base=request.origin + (f"/w/{prefix}" if prefix else ""),
    )
    if found.action is not None:
        call.require(found.action)
    if found.takes_file is not None:
        found.takes_file(call)
    return found, call


def answer(request: Request, body: bytes, admitted: tuple[Route, Call] | None = None, file: Path | None = None) -> Answer:
    """The whole way; never raises. `admitted` where the first half of it was gone before the body came."""
    try:
        found, call = admitted or admit(request)
        call.raw, call.file = body, file
        return _told(found.view(call))
    except Exception as error:  # noqa: BLE001 - whatever happens, the client gets an answer it understands
        return failure(error, request)


def failure(error: Exception, request: Request) -> Answer:
    """What went wrong, as MLflow says it. What is ours to fix is logged, and told in general words."""
    if isinstance(error, StudioError):
        error = errors.of(error)
    elif isinstance(error, OperationalError) and "locked" in str(error):
        error = ProtocolError("TEMPORARILY_UNAVAILABLE", "The database is busy with something long. Try again.")
    elif isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        # 507, as clients try most others of the five hundreds again and again.
        error = ProtocolError("INTERNAL_ERROR", "The studio's disk is full. Nothing of this was kept.", status=507)
    if not isinstance(error, ProtocolError):
        if isinstance(error, DatabaseError):
            _drop_connection()
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
        error = ProtocolError("INTERNAL_ERROR", errors.OURS)
    headers = {}
    if error.status == 401:
        # Not "Basic": a browser that asks for a password keeps it, and sends it along with any page's requests.
        headers["WWW-Authenticate"] = "Bearer"
    return Answer(error.status, orjson.dumps(error.as_dict()), headers=headers)


def too_large(limit: int) -> ProtocolError:
    return ProtocolError("INVALID_PARAMETER_VALUE", f"A request may have at most {limit:,} bytes here.", status=413)


def fresh_connection() -> None:
    """For threads that keep their connection: one that lay idle may have been closed by the other side."""
    from django.db import connection

    if connection.vendor == "sqlite" or connection.connection is None:
        return
    now = time.monotonic()
    if now - getattr(connection, "atelier_used_at", now) > 10 and not connection.is_usable():
        connection.close()
    connection.atelier_used_at = now  # type: ignore[attr-defined]


def _drop_connection() -> None:
    from django.db import connection

    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _told(said: dict[str, Any] | File | Text) -> Answer:
    if isinstance(said, File):
        return Answer(200, content_type=said.content_type, headers=said.headers, file=said)
    if isinstance(said, Text):
        return Answer(said.status, said.body, said.content_type, said.headers)
    return Answer(200, orjson.dumps(said))
