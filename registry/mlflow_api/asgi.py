"""The protocol's own way through the web process.

A training loop calls for every metric. Django's handler starts a context of threads and opens a connection to the
database for each request, and runs middleware made for pages; here a few threads live as long as the process and keep
their connections. What is read and written in pieces (files) has threads of its own, so that it holds up nothing else.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from registry.mlflow_api import files, routes, routing, serving, uploads
from registry.mlflow_api.serving import Answer, Request

assert routes.MODULES

# Calls mostly wait for one writer: many threads let it write what they bring in one transaction.
THREADS = 24
FILE_THREADS = 8
# So much is read before anybody has said who they are; what is larger waits until the rest of the request is known.
SMALL = 64 * 1024
MOST_LARGE = 4  # bodies of many megabytes in memory at a time
PIECE = 1024**2  # bytes of an upload per trip to the disk


class Gone(Exception):
    """The client hung up."""


class Protocol:
    """Answers what is addressed to the protocol and hands on everything else."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self._calls = ThreadPoolExecutor(THREADS, thread_name_prefix="protocol")
        self._files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="protocol-files")
        self._large = asyncio.Semaphore(MOST_LARGE)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = routing.tidy(scope["path"])
        if not routing.is_ours(path):
            await self.inner(scope, receive, send)
            return
        request = _request(scope, path)
        try:
            said = await self._answer(request, receive)
        except Gone:
            return
        try:
            await self._send(said, request, receive, send)
        except OSError:
            return  # hung up while we answered

    async def _answer(self, request: Request, receive: Any) -> Answer:
        body, more = await _read(receive, SMALL)
        takes_file = request.method in ("POST", "PUT") and routing.takes_file(request.method, request.path)
        if not more and not takes_file:
            return await self._call(serving.answer, request, body)
        try:
            admitted = await self._call(serving.admit, request)
            if takes_file:
                return await self._take_file(request, admitted, body, more, receive)
            if not more:
                return await self._call(serving.answer, request, body, admitted)
            told = request.headers.get("content-length", "")
            if told.isdigit() and int(told) > serving.LARGEST_JSON:
                raise serving.too_large(serving.LARGEST_JSON)
            async with self._large:
                rest, more = await _read(receive, serving.LARGEST_JSON - len(body))
                if more:
                    raise serving.too_large(serving.LARGEST_JSON)
                return await self._call(serving.answer, request, body + rest, admitted)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - as in `serving.answer`
            return serving.failure(error, request)

    async def _take_file(self, request: Request, admitted: Any, body: bytes, more: bool, receive: Any) -> Answer:
        """The body to the disk as it comes. If it breaks off nothing is kept."""
        staged = uploads.Staged()
        await self._on_disk(staged.__enter__)
        try:
            told = request.headers.get("content-length", "")
            taken = 0
            while True:
                taken += len(body)
                await self._on_disk(staged.write, body)
                if not more:
                    break
                body, more = await _read(receive, PIECE, least=PIECE // 2)
            if told.isdigit() and int(told) != taken:
                raise Gone
            return await self._call(serving.answer, request, b"", admitted, await self._on_disk(staged.close))
        finally:
            await self._on_disk(staged.__exit__, None, None, None)

    async def _send(self, said: Answer, request: Request, receive: Any, send: Any) -> None:
        if said.file is None:
            headers = {"Content-Length": str(len(said.body)), "X-Content-Type-Options": "nosniff", **(said.headers or {})}
            await send(_start(said.status, said.content_type, headers))
            await send({"type": "http.response.body", "body": said.body})
            return
        status, first, length = files.part(said.file, request.headers.get("range"))
        pieces = files.pieces(said.file, first, length)
        try:
            piece = await self._on_disk(next, pieces, b"")
        except Exception as error:  # noqa: BLE001 - nothing is sent yet: it can still be said
            await self._send(serving.failure(error, request), request, receive, send)
            return
        hung_up = asyncio.ensure_future(_hung_up(receive))
        try:
            await send(_start(status, said.content_type, files.headers(said.file, status, first, length)))
            while piece and not hung_up.done():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await self._on_disk(next, pieces, b"")
            if not hung_up.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            hung_up.cancel()
            await self._on_disk(pieces.close)

    async def _call(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._calls, partial(_in_thread, function, *arguments))

    async def _on_disk(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._files, partial(function, *arguments))


def _in_thread(function: Any, *arguments: Any) -> Any:
    serving.fresh_connection()
    return function(*arguments)


def _request(scope: dict[str, Any], path: str) -> Request:
    headers = {name.decode("latin1"): value.decode("latin1") for name, value in scope["headers"]}
    client = scope.get("client") or ("", 0)
    return Request(
        method=scope["method"],
        path=path,
        query=scope["query_string"].decode("latin1"),
        headers=headers,
        address=client[0],
        origin=f"{scope.get('scheme', 'http')}://{headers.get('host', '')}",
    )


def _start(status: int, content_type: str, headers: dict[str, str]) -> dict[str, Any]:
    told = {"Content-Type": content_type, **headers}
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [(name.lower().encode("latin1"), value.encode("latin1", "replace")) for name, value in told.items()],
    }


async def _read(receive: Any, most: int, least: int | None = None) -> tuple[bytes, bool]:
    """What comes until it is all, or more than `most` bytes, or, with `least`, so many; and whether there is more."""
    parts, size, more = [], 0, True
    while more and size <= most and (least is None or size < least):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        more = message.get("more_body", False)
    return b"".join(parts), more


async def _hung_up(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
