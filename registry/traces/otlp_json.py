"""OTLP as JSON: ids are hexadecimal, long numbers may be texts. Django-free."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.traces.told import DEEPEST, STATUS, SpanTold

KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")


def spans(document: Any) -> Iterator[SpanTold]:
    for resource_spans in _of(document, "resourceSpans", []):
        resource = _pairs(_of(_of(resource_spans, "resource", {}), "attributes", []))
        for group in _of(resource_spans, "scopeSpans", []):
            for told in _of(group, "spans", []):
                yield _json_span(told, resource)


def _json_span(told: Mapping[str, Any], resource: Mapping[str, Any]) -> SpanTold:
    status = _of(told, "status", {})
    code, kind = _of(status, "code", 0), _of(told, "kind", 0)
    if isinstance(code, str):
        code = {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}.get(code, 0)
    if isinstance(kind, str):
        plain = kind.removeprefix("SPAN_KIND_")
        kind = KINDS.index(plain) if plain in KINDS else 0
    return SpanTold(
        trace_id=bytes.fromhex(_of(told, "traceId", "")).hex(),
        span_id=bytes.fromhex(_of(told, "spanId", "")).hex(),
        parent_id=bytes.fromhex(_of(told, "parentSpanId", "")).hex(),
        name=str(_of(told, "name", "")),
        kind=int(kind),
        start=int(_of(told, "startTimeUnixNano", 0)),
        end=int(_of(told, "endTimeUnixNano", 0)) or None,
        status=STATUS.get(code, "UNSET"),
        message=str(_of(status, "message", "")),
        attributes=_pairs(_of(told, "attributes", [])),
        events=[
            {
                "time": int(_of(event, "timeUnixNano", 0)),
                "name": str(_of(event, "name", "")),
                "attributes": _pairs(_of(event, "attributes", [])),
            }
            for event in _of(told, "events", [])
        ],
        links=[
            {
                "trace_id": bytes.fromhex(_of(link, "traceId", "")).hex(),
                "span_id": bytes.fromhex(_of(link, "spanId", "")).hex(),
                "attributes": _pairs(_of(link, "attributes", [])),
            }
            for link in _of(told, "links", [])
        ],
        resource=resource,
    )


def _pairs(told: list[Any], depth: int = 0) -> dict[str, Any]:
    return {str(pair["key"]): _json_any(_of(pair, "value", {}), depth) for pair in told}


def _json_any(told: Mapping[str, Any], depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if "stringValue" in told:
        return str(told["stringValue"]).replace("\0", "\ufffd")
    if "boolValue" in told:
        return bool(told["boolValue"])
    if "intValue" in told:
        return int(told["intValue"])
    if "doubleValue" in told:
        return float(told["doubleValue"])
    if "arrayValue" in told:
        return [_json_any(one, depth + 1) for one in _of(told["arrayValue"], "values", [])]
    if "kvlistValue" in told:
        return _pairs(_of(told["kvlistValue"], "values", []), depth + 1)
    return told.get("bytesValue")


def _of(told: Any, name: str, default: Any) -> Any:
    """A field that may be left out, or be null."""
    value = told.get(name)
    return default if value is None else value
