"""Writing traces: a whole one as its client tells it, or span by span as they end. Both may come first, or together.

To be called in the writer's transaction (`registry.runs.tracking.run_in_writer`), so that neither overwrites the other.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import transaction

from registry.errors import Invalid, NotFound
from registry.runs.models import Experiment, Run
from registry.traces import assessing, keys, totals
from registry.traces.models import Span, Trace, TraceMetadata, TracePrompt, TraceRun, TraceTag
from registry.traces.models.traces import TraceState
from registry.traces.told import SpanTold
from registry.workspaces import access

AT_ONCE = 200
MOST_LINKS = 100
PREVIEW = 1000
KEY_LENGTH, TAG_LENGTH = 250, 8000
# The id stands in addresses and names a folder.
TRACE_ID = re.compile(r"[\w\-][\w.\-]{0,99}")


@dataclass(frozen=True, slots=True)
class TraceTold:
    """A trace as its client tells it, once it is over. Times in milliseconds."""

    trace_id: str
    request_time: int
    duration: int | None = None
    state: TraceState = TraceState.UNSPECIFIED
    client_request_id: str | None = None
    request_preview: str | None = None
    response_preview: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    assessments: Sequence[assessing.Said] = ()


@transaction.atomic
def record(*, experiment: Experiment, by: Any, told: TraceTold) -> Trace:
    """Whatever its spans let us guess before gives way."""
    access.require(by, "runs.submit", experiment.workspace)
    require_active(experiment)
    if not TRACE_ID.fullmatch(told.trace_id):
        raise Invalid(f"Invalid trace ID '{told.trace_id}'.", fields={"trace_id": "Letters, digits, - and _ only."})
    values: dict[str, Any] = {
        "experiment": experiment,
        "request_time": told.request_time,
        "duration": told.duration,
        "state": told.state,
        "client_request_id": told.client_request_id,
        "finalized": True,
    }
    for name in ("request_preview", "response_preview"):
        if getattr(told, name) is not None:
            values[name] = getattr(told, name)
    trace, _ = Trace.objects.update_or_create(
        workspace=experiment.workspace, trace_id=told.trace_id, defaults=values
    )
    put_tags(trace, told.tags)
    _put_metadata(trace, told.metadata)
    for said in told.assessments:
        assessing.write(trace, said)
    return trace


@transaction.atomic
def record_spans(*, experiment: Experiment, by: Any, spans: Iterable[SpanTold], run: Run | None = None) -> None:
    """Spans of any number of traces. One told again takes the place of what was told before."""
    access.require(by, "runs.submit", experiment.workspace)
    require_active(experiment)
    by_trace: dict[str, list[SpanTold]] = {}
    for span in spans:
        by_trace.setdefault(f"tr-{span.trace_id}", []).append(span)
    for trace_id, told in by_trace.items():
        trace = _from_spans(experiment, trace_id, told)
        Span.objects.bulk_create(
            [_row(trace, span) for span in {span.span_id: span for span in told}.values()],
            update_conflicts=True, unique_fields=["trace", "span_id"], batch_size=AT_ONCE,
            update_fields=["parent_id", "name", "type", "status", "start", "end", "attributes", "rest"],
        )  # fmt: skip
        _learn(trace, told)
        if run is not None and any(not span.parent_id for span in told):
            TraceRun.objects.get_or_create(trace=trace, run=run)


def find(workspace: Any, trace_id: str) -> Trace:
    found = Trace.objects.select_related("experiment").filter(workspace=workspace, trace_id=trace_id).first()
    if found is None:
        raise NotFound(f"Trace with ID '{trace_id}' not found.")
    return found


def root(trace: Trace) -> str:
    """Where its files lie in the artifact store: spans of old clients, and what was attached to spans."""
    return f"traces/{trace.workspace_id}/{trace.trace_id}"


def require_active(experiment: Experiment) -> None:
    if experiment.deleted_at is not None:
        raise Invalid(
            f"The experiment {experiment.name} must be in the 'active' state. Current state is deleted.",
            code="experiment-is-deleted",
        )


def put_tags(trace: Trace, tags: Mapping[str, str]) -> None:
    TraceTag.objects.bulk_create(
        [TraceTag(trace=trace, key=key, value=value) for key, value in tags.items() if key != keys.ARTIFACTS],
        update_conflicts=True, unique_fields=["trace", "key"], update_fields=["value"],
    )  # fmt: skip


def link_to_run(traces: Iterable[Trace], run: Run) -> None:
    TraceRun.objects.bulk_create([TraceRun(trace=trace, run=run) for trace in traces], ignore_conflicts=True)


def link_prompts(trace: Trace, prompts: Iterable[tuple[str, str]]) -> None:
    TracePrompt.objects.bulk_create(
        [TracePrompt(trace=trace, name=name, version=version) for name, version in prompts], ignore_conflicts=True
    )


def _put_metadata(trace: Trace, metadata: Mapping[str, str]) -> None:
    TraceMetadata.objects.bulk_create(
        [TraceMetadata(trace=trace, key=key, value=value) for key, value in metadata.items()],
        update_conflicts=True, unique_fields=["trace", "key"], update_fields=["value"],
    )  # fmt: skip


def _from_spans(experiment: Experiment, trace_id: str, spans: Sequence[SpanTold]) -> Trace:
    """The trace that these belong to, made if it is new, its times stretched to hold them."""
    start = min(span.start for span in spans) // 1_000_000
    end = max((span.end for span in spans if span.end is not None), default=None)
    trace, made = Trace.objects.get_or_create(
        workspace=experiment.workspace,
        trace_id=trace_id,
        defaults={"experiment": experiment, "request_time": start},
    )
    if not trace.finalized:
        known_end = None if made or trace.duration is None else trace.request_time + trace.duration
        trace.request_time = min(trace.request_time, start)
        ends = [e for e in (known_end, end // 1_000_000 if end else None) if e is not None]
        trace.duration = max(ends) - trace.request_time if ends else None
        trace.save(update_fields=["request_time", "duration"])
    return trace


def _learn(trace: Trace, spans: Sequence[SpanTold]) -> None:
    """What spans let us guess of their trace, where nobody told."""
    root = next((span for span in spans if not span.parent_id), None)
    if root is not None:
        if trace.state in (TraceState.IN_PROGRESS, TraceState.UNSPECIFIED):
            trace.state = TraceState.ERROR if root.status == "ERROR" else TraceState.OK
        if trace.request_preview is None and keys.INPUTS in root.attributes:
            trace.request_preview = _preview(root.attributes[keys.INPUTS])
        if trace.response_preview is None and keys.OUTPUTS in root.attributes:
            trace.response_preview = _preview(root.attributes[keys.OUTPUTS])
        trace.save(update_fields=["state", "request_preview", "response_preview"])
    put_tags(trace, _tags(spans, root))
    guessed: dict[str, str] = {}
    for span in spans:
        for name in keys.SPAN_SESSIONS:
            if span.attributes.get(name):
                guessed.setdefault(keys.SESSION, str(span.attributes[name])[:KEY_LENGTH])
        if span.attributes.get(keys.SPAN_USER):
            guessed.setdefault(keys.USER, str(span.attributes[keys.SPAN_USER])[:KEY_LENGTH])
    TraceMetadata.objects.bulk_create(
        [TraceMetadata(trace=trace, key=key, value=value) for key, value in guessed.items()], ignore_conflicts=True
    )
    if not trace.finalized:
        for attribute, key in ((keys.SPAN_TOKENS, keys.TOKENS), (keys.SPAN_COST, keys.COST)):
            if any(attribute in span.attributes for span in spans):
                total = totals.of(trace, attribute)
                _put_metadata(trace, {key: orjson.dumps(total).decode()} if total else {})


def _tags(spans: Sequence[SpanTold], root: SpanTold | None) -> dict[str, str]:
    """Of the program that made them (`service.name`), and those that its author gave the trace."""
    resource = next((span.resource for span in spans if span.resource), {})
    found = {
        key: _text(value)
        for key, value in resource.items()
        if not key.startswith(("telemetry.sdk.", keys.NAME.split(".")[0] + "."))
    }
    for key, value in root.attributes.items() if root else ():
        if key.startswith(keys.TAG_PREFIX):
            found[key.removeprefix(keys.TAG_PREFIX)] = _text(value)
    return {key: value[:TAG_LENGTH] for key, value in found.items() if 0 < len(key) <= KEY_LENGTH}


def _row(trace: Trace, span: SpanTold) -> Span:
    rest = {"kind": span.kind, "message": span.message, "events": span.events, "links": span.links}
    return Span(
        trace=trace, span_id=span.span_id, parent_id=span.parent_id, name=span.name,
        type=_text(span.attributes.get(keys.TYPE, ""))[:500], status=span.status, start=span.start, end=span.end,
        attributes=_json(span.attributes), rest=_json({key: value for key, value in rest.items() if value}),
    )  # fmt: skip


def _preview(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= PREVIEW else f"{text[: PREVIEW - 3]}..."


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # Whole numbers beyond 64 bits come in JSON only.
        return orjson.dumps(value, default=str).decode()
