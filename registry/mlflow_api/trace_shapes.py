"""Traces, spans and assessments as JSON of the protocol, both ways."""

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from registry.mlflow_api import shapes
from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid
from registry.runs import experiments
from registry.runs.tracked import EPOCH
from registry.traces import assessing, keys
from registry.traces.models import Assessment, Span, Trace
from registry.traces.models.traces import TraceState

STATES = {0: TraceState.UNSPECIFIED, 1: TraceState.OK, 2: TraceState.ERROR, 3: TraceState.IN_PROGRESS}
DURATION = re.compile(r"(-?\d{1,12})(?:\.(\d{1,9}))?s")
SPAN_STATUS = {"UNSET": "STATUS_CODE_UNSET", "OK": "STATUS_CODE_OK", "ERROR": "STATUS_CODE_ERROR"}
SPAN_KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
JSON_FORMAT = "JSON_FORMAT"


def info(trace: Trace) -> dict[str, Any]:
    """Of 3.x. `trace` with tags, metadata, assessments, prompts and `has_spans`; see `trace_search.whole`."""
    public = experiments.public_id(trace.experiment)
    said: dict[str, Any] = {
        "trace_id": trace.trace_id,
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": public}},
        "request_time": time_out(trace.request_time),
        "state": trace.state,
        "trace_metadata": {one.key: one.value for one in trace.metadata.all()},
        "tags": tags(trace),
        "assessments": [assessment(one) for one in trace.assessments.all()],
    }
    if trace.duration is not None:
        said["execution_duration"] = duration_out(trace.duration)
    for name in ("client_request_id", "request_preview", "response_preview"):
        if getattr(trace, name) is not None:
            said[name] = getattr(trace, name)
    return said


def old_info(trace: Trace) -> dict[str, Any]:
    """Of 2.x."""
    said: dict[str, Any] = {
        "request_id": trace.trace_id,
        "experiment_id": experiments.public_id(trace.experiment),
        "timestamp_ms": trace.request_time,
        "status": "TRACE_STATUS_UNSPECIFIED" if trace.state == TraceState.UNSPECIFIED else trace.state,
        "request_metadata": [{"key": one.key, "value": one.value} for one in trace.metadata.all()],
        "tags": [{"key": key, "value": value} for key, value in tags(trace).items()],
    }
    return said | ({} if trace.duration is None else {"execution_time_ms": trace.duration})


def tags(trace: Trace) -> dict[str, str]:
    """With what we know ourselves: where its files are, whether spans are kept, the prompts that were linked."""
    location = f"{shapes.artifact_location(trace.experiment).rstrip('/')}/traces/{trace.trace_id}/artifacts"
    found = {one.key: one.value for one in trace.tags.all()} | {keys.ARTIFACTS: location}
    if trace.has_spans:  # type: ignore[attr-defined]
        found[keys.SPANS_LOCATION] = "TRACKING_STORE"
    if prompts := [{"name": one.name, "version": one.version} for one in trace.prompts.all()]:
        found[keys.PROMPTS] = orjson.dumps(prompts).decode()
    return found


def spans(rows: Iterable[Span], trace: Trace) -> list[dict[str, Any]]:
    """Only what came from OpenTelemetry has spans, and its id holds theirs."""
    return [_span(row, bytes.fromhex(trace.trace_id.removeprefix("tr-"))) for row in rows]


def _span(row: Span, trace_id: bytes) -> dict[str, Any]:
    rest = orjson.loads(row.rest)
    said: dict[str, Any] = {
        "trace_id": _bytes(trace_id),
        "span_id": _bytes(bytes.fromhex(row.span_id)),
        "name": row.name,
        "start_time_unix_nano": row.start,
        "attributes": _pairs(orjson.loads(row.attributes)),
        "status": {"code": SPAN_STATUS[row.status], "message": rest.get("message", "")},
    }
    if row.parent_id:
        said["parent_span_id"] = _bytes(bytes.fromhex(row.parent_id))
    if row.end is not None:
        said["end_time_unix_nano"] = row.end
    if kind := rest.get("kind"):
        said["kind"] = f"SPAN_KIND_{SPAN_KINDS[kind]}" if kind < len(SPAN_KINDS) else kind
    said["events"] = [
        {"time_unix_nano": event["time"], "name": event["name"], "attributes": _pairs(event["attributes"])}
        for event in rest.get("events", ())
    ]
    said["links"] = [
        {
            "trace_id": _bytes(bytes.fromhex(link["trace_id"])),
            "span_id": _bytes(bytes.fromhex(link["span_id"])),
            "attributes": _pairs(link["attributes"]),
        }
        for link in rest.get("links", ())
    ]
    return said


def assessment(row: Assessment) -> dict[str, Any]:
    value = orjson.loads(row.value)
    said: dict[str, Any] = {
        "assessment_id": row.assessment_id,
        "assessment_name": row.name,
        "trace_id": row.trace.trace_id,
        "source": {"source_type": row.source_type, "source_id": row.source_id},
        "create_time": time_out(row.created),
        "last_update_time": time_out(row.updated),
        "metadata": row.metadata,
        "valid": row.valid,
    }
    if row.kind == Assessment.Kind.FEEDBACK:
        said["feedback"] = {"value": value} | ({"error": row.error} if row.error else {})
    elif row.kind == Assessment.Kind.EXPECTATION:
        packed = isinstance(value, list | dict)
        serialized = {"serialization_format": JSON_FORMAT, "value": row.value}
        said["expectation"] = {"serialized_value": serialized} if packed else {"value": value}
    else:
        said["issue"] = {"issue_name": value}
    for name in ("rationale", "span_id", "overrides"):
        if getattr(row, name):
            said[name] = getattr(row, name)
    return said


def assessment_in(told: Mapping[str, Any], now: int) -> assessing.Said:
    """Raises INVALID_PARAMETER_VALUE for what is none."""
    kind = next((k for k in ("expectation", "feedback", "issue") if isinstance(told.get(k), dict)), None)
    name = v.text(told, "assessment_name")
    if kind is None:
        raise invalid("Unknown assessment type: None")
    if not name and kind != "issue":
        raise invalid("Missing value for required parameter 'assessment_name'.")
    source = told.get("source")
    source = source if isinstance(source, dict) else {}
    created = time_in(told["create_time"]) if told.get("create_time") else now
    value, error = value_in(kind, told[kind])
    metadata = told.get("metadata")
    return assessing.Said(
        kind=kind, name=v.limited(name, 250, "assessment_name"), value=value, error=error,
        source_type=v.limited(v.text(source, "source_type") or "SOURCE_TYPE_UNSPECIFIED", 50, "source_type"),
        source_id=v.limited(v.text(source, "source_id"), 250, "source_id"), created=created,
        updated=time_in(told["last_update_time"]) if told.get("last_update_time") else created,
        rationale=told.get("rationale"), span_id=v.limited(v.text(told, "span_id"), 50, "span_id"),
        metadata=texts(metadata), overrides=v.text(told, "overrides"), valid=v.boolean(told, "valid", True),
        assessment_id=v.limited(v.text(told, "assessment_id"), 50, "assessment_id"),
    )  # fmt: skip


def value_in(kind: str, told: Mapping[str, Any]) -> tuple[Any, dict[str, Any] | None]:
    """The value of an assessment of that kind, and the error that stood in its place."""
    if kind == "issue":
        return v.text(told, "issue_name"), None
    packed = told.get("serialized_value")
    if kind == "expectation" and isinstance(packed, dict):
        if packed.get("serialization_format") != JSON_FORMAT:
            raise invalid(
                f"Unknown serialization format: {packed.get('serialization_format')}. Only JSON_FORMAT is supported."
            )
        try:
            return orjson.loads(v.text(packed, "value")), None
        except orjson.JSONDecodeError:
            raise invalid("The serialized value of this expectation is not valid JSON.") from None
    error = told.get("error")
    return _plain(told.get("value")), error if isinstance(error, dict) else None


def _plain(value: Any) -> Any:
    """Protocol buffers know one kind of number: 5 comes as 5.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {key: _plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def texts(told: Any) -> dict[str, str]:
    """A map of texts, as protocol buffers know it."""
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise invalid("This must be an object of texts.")
    return {str(key): value if isinstance(value, str) else orjson.dumps(value).decode() for key, value in told.items()}


def state_in(told: Any) -> TraceState:
    if told is None:
        return TraceState.UNSPECIFIED
    if isinstance(told, int):
        return STATES.get(told, TraceState.UNSPECIFIED)
    text = "STATE_UNSPECIFIED" if told == "TRACE_STATUS_UNSPECIFIED" else told
    try:
        return TraceState(text)
    except ValueError:
        raise invalid(v.invalid_value("state", told)) from None


def time_in(told: Any) -> int:
    """Milliseconds since 1970, of "2026-11-21T10:00:00.123Z"."""
    try:
        # Python reads six digits behind the point; protocol buffers may write nine.
        text = re.sub(r"\.(\d{1,6})\d*", lambda m: f".{m[1]:0<6}", str(told)).replace("Z", "+00:00")
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(v.invalid_value("time", told, "Write it like 2026-11-21T10:00:00.123Z.")) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(milliseconds=1)


def time_out(milliseconds: int) -> str:
    moment = EPOCH + timedelta(milliseconds=min(max(milliseconds, 0), 253_402_300_799_999))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def duration_in(told: Any) -> int | None:
    """Milliseconds, of "1.234s"."""
    if told is None:
        return None
    found = DURATION.fullmatch(str(told))
    if found is None:
        raise invalid(v.invalid_value("execution_duration", told, "Write it like 1.234s."))
    return int(found[1]) * 1000 + int(f"{found[2] or '':0<3}"[:3])


def duration_out(milliseconds: int) -> str:
    seconds, rest = divmod(max(milliseconds, 0), 1000)
    return f"{seconds}.{rest:03}s" if rest else f"{seconds}s"


def _pairs(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _any(value)} for key, value in attributes.items()]


def _any(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"bool_value": value}
    if isinstance(value, int):
        return {"int_value": value} if -(2**63) <= value < 2**63 else {"string_value": str(value)}
    if isinstance(value, float):
        return {"double_value": v.number_out(value)}
    if isinstance(value, list):
        return {"array_value": {"values": [_any(one) for one in value]}}
    if isinstance(value, dict):
        return {"kvlist_value": {"values": _pairs(value)}}
    return {"string_value": value}


def _bytes(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
