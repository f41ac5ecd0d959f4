"""Where errors meet HTTP: the API's exception handler, its paging, the page middleware and the headers.

Below this module nobody knows HTTP: they raise `registry.errors`, and the same error becomes `{code, message, fields}`
for programs and a page for people.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.core.exceptions import BadRequest, PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import is_valid_path
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from whitenoise.middleware import WhiteNoiseMiddleware

from registry.errors import StudioError

logger = logging.getLogger(__name__)

NOWHERE = "There is nothing at this address, or you may not see it."
OURS = "Something went wrong in the studio itself. The log has the details; nothing you saved is lost."
STALE_PAGE = "This page was open for too long or in another session. Reload it and try again."

PIECE = 256 * 1024  # bytes of a stream that are read at a time

# The words and codes of REST framework's own errors, so that every failure reads like ours.
API_CODES: dict[type[Exception], tuple[str, str]] = {
    exceptions.NotAuthenticated: ("sign-in-required", "Sign in, or send a token: Authorization: Bearer <token>."),
    exceptions.ParseError: ("malformed", ""),
    exceptions.NotFound: ("not-found", ""),
    exceptions.MethodNotAllowed: ("method-not-allowed", ""),
    exceptions.NotAcceptable: ("not-acceptable", ""),
    exceptions.UnsupportedMediaType: ("unsupported-media-type", ""),
    exceptions.Throttled: ("throttled", ""),
    exceptions.AuthenticationFailed: ("token-refused", ""),
    exceptions.PermissionDenied: ("refused", ""),
}


class FrontEndMissing(StudioError):
    """Pages cannot be drawn because nobody has built the front end yet."""

    code = "front-end-missing"
    status = 503


class Json(JSONParser):
    """JSON that may be nested so deep that Python's own reader gives up: that is the sender's mistake, not ours."""

    def parse(self, *arguments: Any, **options: Any) -> Any:
        try:
            return super().parse(*arguments, **options)
        except RecursionError:
            raise exceptions.ParseError("This document is nested too deep to be read.") from None


class Cursor(CursorPagination):
    """Newest first; a page never counts the table."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"


def api_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler. None, for what is ours to fix, lets Django log it and call `server_error`."""
    if isinstance(error, StudioError):
        return Response(error.as_dict(), status=error.status)
    if isinstance(error, Http404):
        return Response(_said("not-found", NOWHERE), status=404)
    if isinstance(error, PermissionDenied):
        return Response(_said("refused", str(error) or "You may not do this."), status=403)
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        return Response(_said("invalid", _first_sentence(fields), fields), status=422)
    if not isinstance(error, exceptions.APIException):
        return None
    code, message = API_CODES.get(type(error), ("error", ""))
    detail = str(error.detail)
    if detail.startswith("CSRF Failed"):
        code, message = "csrf", STALE_PAGE
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    fields = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
        fields["wait"] = int(wait)
    return Response(_said(code, message or detail, fields), status=error.status_code, headers=headers)


class Errors:
    """Turns our errors, raised in a page, into a page that says the sentence. An address that only takes a form, opened
    again (after a reload, or by coming back to it after a refusal), leads to the page it belongs to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not is_api(request):
            return HttpResponseRedirect(_page_above(request.path))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if isinstance(error, StudioError) else None


class SecurityHeaders:
    """No script but ours, no foreign host, no frame around us. Plotly and React Flow set inline styles."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        host = request.META.get("HTTP_HOST", "")
        # Some browsers do not count the socket of the same host as 'self'.
        sockets = f" ws://{host} wss://{host}" if host and not set(host) & set(" ;,'\"") else ""
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            f"font-src 'self' data:; connect-src 'self'{sockets}; worker-src 'self' blob:; object-src 'none'; "
            "base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
        )
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class StreamInPieces:
    """Sends files and other streams piece by piece. Django, served asynchronously, would first read a whole stream
    into memory, and some of ours have gigabytes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(request, ASGIRequest) and response.streaming and not response.is_async:
            file = getattr(response, "file_to_stream", None)
            pieces = iter(lambda: file.read(PIECE), b"") if file else iter(response.streaming_content)
            response.streaming_content = _in_threads(pieces)
        return response


async def _in_threads(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def answer(request: HttpRequest, error: StudioError) -> HttpResponse:
    """The error as the asker understands it: JSON below /api/, else a page."""
    if is_api(request):
        return JsonResponse(error.as_dict(), status=error.status)
    if isinstance(error, FrontEndMissing):
        return _unbuilt(error)
    if request.method not in ("GET", "HEAD") and (asked_from := _own_page(request)):
        # A form was refused: the person goes on where they were, and reads why.
        from django.contrib import messages
        from django.shortcuts import redirect

        messages.error(request, error.message, extra_tags="danger")
        return redirect(asked_from)
    return _page(request, error.status, error.message)


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    message = str(exception) if isinstance(exception, BadRequest) and str(exception) else "This request makes no sense."
    return answer_with(request, 400, "malformed", message)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer_with(request, 403, "refused", str(exception or "") or "You may not see or do this.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer_with(request, 404, "not-found", NOWHERE)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django has logged the traceback. No database here: it may be what failed."""
    if is_api(request):
        return JsonResponse(_said("server-error", OURS), status=500)
    try:
        return HttpResponse(render_to_string("errors/server.html", {"message": OURS}), status=500)
    except FrontEndMissing as error:
        return _unbuilt(error)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    logger.warning("CSRF check failed for %s: %s", request.path, reason)
    return answer_with(request, 403, "csrf", STALE_PAGE)


def answer_with(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if is_api(request):
        return JsonResponse(_said(code, message), status=status)
    return _page(request, status, message)


def _page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    context = {"status": status, "message": message}
    try:
        return HttpResponse(render_to_string("errors/error.html", context, request), status=status)
    except FrontEndMissing as error:
        return _unbuilt(error)


def _unbuilt(error: FrontEndMissing) -> HttpResponse:
    return HttpResponse(render_to_string("errors/unbuilt.html", {"message": error.message}), status=error.status)


def _page_above(path: str) -> str:
    """The next address above this one at which there is something."""
    parts = path.strip("/").split("/")
    for count in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:count])}/"
        if is_valid_path(above):
            return quote(above)
    return "/"


def _own_page(request: HttpRequest) -> str:
    """The page that a form was sent from, if it is one of ours and not the address that was just refused."""
    from urllib.parse import urlsplit

    from django.utils.http import url_has_allowed_host_and_scheme

    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(came_from)
    if parts.path.startswith("//"):
        return ""  # sent back, it would be the name of another host
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _said(code: str, message: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    if not message.endswith((".", "!", "?", ">")):
        message += "."  # REST framework does not end all of its sentences
    return {"code": code, "message": message, "fields": dict(fields or {})}


def _first_sentence(detail: Any, name: str = "") -> str:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            inner = "" if key in ("", "non_field_errors") else str(key)
            return _first_sentence(value, f"{name}.{inner}".strip(".") if inner else name)
    if isinstance(detail, list | tuple) and detail:
        return _first_sentence(next((d for d in detail if d), detail[0]), name)
    return f"{name}: {detail}" if name else str(detail)


class FrontEndFiles(WhiteNoiseMiddleware):
    """WhiteNoise lists the files once, at the start. Pages name those of the newest manifest, so what the list lacks is
    looked for on disk, and what is gone from disk is not found instead of an error."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        url = request.path_info
        if not url.startswith(self.static_prefix):
            return self.get_response(request)
        if url not in self.files and (found := self.find_file(url)) is not None:
            self.files[url] = found
        try:
            return super().__call__(request)
        except FileNotFoundError:
            del self.files[url]
            return self.get_response(request)
