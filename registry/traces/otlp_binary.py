"""OTLP as protocol buffers. A message is a row of (number, kind) and values; kind 0 is a whole number, 1 eight bytes, 2
bytes with their length before them, 5 four bytes. Django-free."""

import base64
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from registry.traces.told import DEEPEST, STATUS, SpanTold


def _fields(message: bytes | memoryview) -> Iterator[tuple[int, Any]]:
    view = memoryview(message)
    at, end = 0, len(view)
    while at < end:
        tag, at = _varint(view, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = _varint(view, at)
            yield number, value
        elif kind == 2:
            length, at = _varint(view, at)
            if at + length > end:
                raise ValueError("cut off")
            yield number, view[at : at + length]
            at += length
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            if at + size > end:
                raise ValueError("cut off")
            yield number, view[at : at + size]
            at += size
        else:
            raise ValueError(f"unknown kind {kind}")


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = view[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            raise ValueError("a number too long")


def spans(body: bytes) -> Iterator[SpanTold]:
    for number, resource_spans in _fields(body):
        if number != 1:
            continue
        resource: dict[str, Any] = {}
        groups = []
        for inner, value in _fields(resource_spans):
            if inner == 1:
                resource = dict(_pair(pair) for n, pair in _fields(value) if n == 1)
            elif inner == 2:
                groups.append(value)
        for group in groups:
            for inner, value in _fields(group):
                if inner == 2:
                    yield _span(value, resource)


def _span(message: memoryview, resource: Mapping[str, Any]) -> SpanTold:
    span = SpanTold("", "", resource=resource)
    for number, value in _fields(message):
        match number:
            case 1:
                span.trace_id = bytes(value).hex()
            case 2:
                span.span_id = bytes(value).hex()
            case 4:
                span.parent_id = bytes(value).hex()
            case 5:
                span.name = _text(value)
            case 6:
                span.kind = value
            case 7:
                span.start = _fixed(value)
            case 8:
                span.end = _fixed(value) or None
            case 9:
                key, attribute = _pair(value)
                span.attributes[key] = attribute
            case 11:
                span.events.append(_event(value))
            case 13:
                span.links.append(_link(value))
            case 15:
                for inner, said in _fields(value):
                    if inner == 2:
                        span.message = _text(said)
                    elif inner == 3:
                        span.status = STATUS.get(said, "UNSET")
    return span


def _event(message: memoryview) -> dict[str, Any]:
    event: dict[str, Any] = {"time": 0, "name": "", "attributes": {}}
    for number, value in _fields(message):
        if number == 1:
            event["time"] = _fixed(value)
        elif number == 2:
            event["name"] = _text(value)
        elif number == 3:
            key, attribute = _pair(value)
            event["attributes"][key] = attribute
    return event


def _link(message: memoryview) -> dict[str, Any]:
    link: dict[str, Any] = {"trace_id": "", "span_id": "", "attributes": {}}
    for number, value in _fields(message):
        if number in (1, 2):
            link["trace_id" if number == 1 else "span_id"] = bytes(value).hex()
        elif number == 4:
            key, attribute = _pair(value)
            link["attributes"][key] = attribute
    return link


def _pair(message: memoryview, depth: int = 0) -> tuple[str, Any]:
    key, value = "", None
    for number, said in _fields(message):
        if number == 1:
            key = _text(said)
        elif number == 2:
            value = _any(said, depth)
    return key, value


def _any(message: memoryview, depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    found: Any = None
    for number, value in _fields(message):
        match number:
            case 1:
                found = _text(value)
            case 2:
                found = bool(value)
            case 3:
                found = value - 2**64 if value >= 2**63 else value
            case 4:
                found = struct.unpack("<d", value)[0]
            case 5:
                found = [_any(one, depth + 1) for n, one in _fields(value) if n == 1]
            case 6:
                found = dict(_pair(one, depth + 1) for n, one in _fields(value) if n == 1)
            case 7:
                found = base64.b64encode(value).decode()
    return found


def _fixed(value: memoryview) -> int:
    return int(struct.unpack("<Q", value)[0])


def _text(value: memoryview) -> str:
    return bytes(value).decode("utf-8", "replace").replace("\0", "\ufffd")
