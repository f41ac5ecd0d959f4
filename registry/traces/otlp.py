"""Spans as OpenTelemetry sends them (OTLP over HTTP): protocol buffers, or JSON. Django-free.

Read by hand: it is a dozen numbered fields that will not change (OTLP is stable since 1.0), against a compiled dependency
that must fit the protobuf of every program that shares our environment.
"""

import gzip
import io
import struct
import zlib

import orjson

from registry.errors import Invalid
from registry.traces import otlp_binary, otlp_json
from registry.traces.told import SpanTold

LARGEST = 64 * 1024**2  # bytes, once unpacked


def read(body: bytes, content_type: str, encoding: str = "") -> list[SpanTold]:
    """All spans of a request. Raises `Invalid` for what is none."""
    media = content_type.partition(";")[0].strip().lower()
    body = _unpacked(body, encoding.strip().lower())
    try:
        if media == "application/x-protobuf":
            return _checked(list(otlp_binary.spans(body)))
        if media == "application/json":
            return _checked(list(otlp_json.spans(orjson.loads(body))))
    except Invalid:
        raise
    except (ValueError, TypeError, AttributeError, struct.error, IndexError, RecursionError) as error:
        raise Invalid("Invalid OpenTelemetry format", code="bad-spans") from error
    raise Invalid(
        f"Invalid Content-Type: {content_type}. Expected: application/x-protobuf or application/json", code="bad-spans"
    )


def _checked(spans: list[SpanTold]) -> list[SpanTold]:
    if not spans:
        raise Invalid("Invalid OpenTelemetry format - no spans found", code="bad-spans")
    for span in spans:
        if len(span.trace_id) != 32 or len(span.span_id) != 16:
            raise Invalid("Cannot convert OpenTelemetry span: its trace id or span id is missing.", code="bad-spans")
        if not 0 <= span.start < 2**63 or not 0 <= (span.end or 0) < 2**63:
            raise Invalid("Cannot convert OpenTelemetry span: its times are out of range.", code="bad-spans")
    return spans


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding in ("", "identity"):
        return body
    try:
        if encoding == "gzip":
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
                found = packed.read(LARGEST + 1)
        elif encoding == "deflate":
            found = _inflated(body)
        else:
            raise Invalid(f"Unsupported Content-Encoding: {encoding}. Send gzip, deflate or none.", code="bad-spans")
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid(f"Failed to decompress {encoding} payload", code="bad-spans") from error
    if len(found) > LARGEST:
        raise Invalid(f"Unpacked, a request may have at most {LARGEST:,} bytes.", code="bad-spans")
    return found


def _inflated(body: bytes) -> bytes:
    """As the standard has it, with a header; or without one, as many send it."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(bits).decompress(body, LARGEST + 1)
        except zlib.error:
            if bits < 0:
                raise
    raise AssertionError("unreachable")
