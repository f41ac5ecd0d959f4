"""Traces of 3.x clients, and those of OpenTelemetry: told, found, read, tagged, linked, deleted."""

import time
from functools import partial
from typing import Any

import orjson

from registry.mlflow_api import errors, trace_search, trace_shapes
from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.experiments import find as find_experiment
from registry.mlflow_api.routing import Call, Text, route
from registry.runs import tracked, tracking
from registry.traces import keys, otlp, recording, services
from registry.traces.models import Span, Trace

V3 = ("3.0",)
BOTH = ("2.0", "3.0")
EXPERIMENT_HEADER, RUN_HEADER = "x-mlflow-experiment-id", "x-mlflow-run-id"
MOST_LINKS = recording.MOST_LINKS
MOST_AT_ONCE = 1000


@route("POST", "traces", action="runs.submit", versions=V3)
def start_trace(call: Call) -> dict[str, Any]:
    """Called at the end of a trace, whatever its name in the protocol."""
    told = call.body.get("trace")
    told = told.get("trace_info") if isinstance(told, dict) else None
    if not isinstance(told, dict):
        raise invalid("Missing value for required parameter 'trace'.")
    location = told.get("trace_location")
    location = location.get("mlflow_experiment") if isinstance(location, dict) else None
    if not isinstance(location, dict):
        raise invalid("This studio keeps traces in experiments: the trace_location must name an mlflow_experiment.")
    experiment = find_experiment(call, v.text(location, "experiment_id"))
    now = int(time.time() * 1000)
    trace = recording.TraceTold(
        trace_id=v.text(told, "trace_id", required=True),
        request_time=trace_shapes.time_in(told["request_time"]) if told.get("request_time") else now,
        duration=trace_shapes.duration_in(told.get("execution_duration")),
        state=trace_shapes.state_in(told.get("state")),
        client_request_id=_optional(told, "client_request_id"),
        request_preview=_optional(told, "request_preview"),
        response_preview=_optional(told, "response_preview"),
        tags={key: _tag_value(key, value) for key, value in trace_shapes.texts(told.get("tags")).items()},
        metadata=trace_shapes.texts(told.get("trace_metadata")),
        assessments=[trace_shapes.assessment_in(one, now) for one in v.objects(told, "assessments")],
    )
    made = tracking.run_in_writer(partial(recording.record, experiment=experiment, by=call.user, told=trace))
    return {"trace": {"trace_info": trace_shapes.info(whole(call, made.trace_id))}}


@route("POST", "/v1/traces", action="runs.submit")
def export_spans(call: Call) -> Text:
    public = call.headers.get(EXPERIMENT_HEADER)
    if public is None:
        raise invalid(f"Send the id of the experiment in the header {EXPERIMENT_HEADER}.")
    spans = otlp.read(call.raw, call.headers.get("content-type", ""), call.headers.get("content-encoding", ""))
    experiment = find_experiment(call, public)
    run_id = call.headers.get(RUN_HEADER)
    run = tracked.find(call.workspace, run_id) if run_id else None
    tracking.run_in_writer(
        partial(recording.record_spans, experiment=experiment, by=call.user, spans=spans, run=run)
    )
    return Text(b"", "application/x-protobuf")  # an empty answer is a full success


@route("GET", "traces/get", action="runs.view", versions=V3)
def get_trace(call: Call) -> dict[str, Any]:
    trace_id = v.text(call.body, "trace_id", required=True)
    try:
        found = whole(call, trace_id)
    except errors.ProtocolError:
        raise errors.missing(f"Trace with ID {trace_id} is not found.") from None  # its words here
    said = _with_spans([found])
    partial_too = v.boolean(call.body, "allow_partial")
    if not partial_too and not _is_whole(said[0]):
        raise errors.missing(f"Trace with ID {found.trace_id} is not fully exported yet, please try again later.")
    return {"trace": said[0]}


@route("GET", "traces/batchGet", action="runs.view", versions=V3)
def batch_get_traces(call: Call) -> dict[str, Any]:
    return {"traces": [one for one in _with_spans(_many(call)) if _is_whole(one)]}


@route("POST", "traces/batchGetInfos", action="runs.view", versions=V3)
def batch_get_infos(call: Call) -> dict[str, Any]:
    return {"trace_infos": [trace_shapes.info(one) for one in _many(call)]}


@route("POST", "traces/search", action="runs.view", versions=V3)
def search_traces(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"locations": (v.REQUIRED, v.ARRAY), "filter": (v.STRING,), "order_by": (v.STRINGS,)})
    places = [one.get("mlflow_experiment") for one in v.objects(call.body, "locations")]
    ids = [v.text(one, "experiment_id") for one in places if isinstance(one, dict)]
    found, token = find(call, ids)
    said: dict[str, Any] = {"traces": [trace_shapes.info(one) for one in found]}
    return said | ({"next_page_token": token} if token else {})


@route("POST", "traces/delete-traces", action="runs.edit", versions=BOTH)
def delete_traces(call: Call) -> dict[str, Any]:
    v.checked(
        call.body,
        {
            "experiment_id": (v.REQUIRED, v.STRING),
            "max_timestamp_millis": (v.INTEGER,),
            "max_traces": (v.INTEGER,),
            "request_ids": (v.STRINGS,),
        },
    )
    before, most = v.integer(call.body, "max_timestamp_millis"), v.integer(call.body, "max_traces")
    ids = v.strings(call.body, "request_ids") or v.strings(call.body, "trace_ids")
    if before is None and not ids:
        raise invalid("Either `max_timestamp_millis` or `trace_ids` must be specified.")
    if before is not None and ids:
        raise invalid("Only one of `max_timestamp_millis` and `trace_ids` can be specified.")
    if ids and most is not None:
        raise invalid("`max_traces` can't be specified if `trace_ids` is specified.")
    if most is not None and most <= 0:
        raise invalid(f"`max_traces` must be a positive integer, received {most}.")
    experiment = find_experiment(call, v.text(call.body, "experiment_id"))
    deleted = tracking.run_in_writer(
        partial(services.delete, experiment=experiment, by=call.user, before=before, most=most, trace_ids=ids)
    )
    return {"traces_deleted": deleted}


@route("POST", "traces/link-to-run", action="runs.submit", versions=BOTH)
def link_traces_to_run(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"trace_ids": (v.REQUIRED, v.STRINGS), "run_id": (v.REQUIRED, v.STRING)})
    ids = v.strings(call.body, "trace_ids")
    if len(ids) > MOST_LINKS:
        raise invalid(
            f"Cannot link more than {MOST_LINKS} traces to a run in a single request. Provided {len(ids)} traces."
        )
    run = tracked.find(call.workspace, v.text(call.body, "run_id"))
    traces = list(Trace.objects.filter(workspace=call.workspace, trace_id__in=ids))
    tracking.run_in_writer(partial(recording.link_to_run, traces, run))
    return {}


@route("POST", "traces/link-prompts", action="runs.submit", versions=BOTH)
def link_prompts_to_trace(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"trace_id": (v.REQUIRED, v.STRING), "prompt_versions": (v.REQUIRED, v.ARRAY)})
    trace = recording.find(call.workspace, v.text(call.body, "trace_id"))
    prompts = [
        (v.limited(v.text(one, "name", required=True), 256, "name"), v.limited(v.text(one, "version"), 20, "version"))
        for one in v.objects(call.body, "prompt_versions")
    ]
    tracking.run_in_writer(partial(recording.link_prompts, trace, prompts))
    return {}


@route("PATCH", "traces/{trace_id}/tags", action="runs.submit", versions=BOTH)
def set_trace_tag(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"key": (v.REQUIRED, v.STRING), "value": (v.STRING,)})
    key = v.key(call.body["key"], "key")
    _require_free(key, "set")
    trace = recording.find(call.workspace, call.params["trace_id"])
    tracking.run_in_writer(partial(recording.put_tags, trace, {key: _tag_value(key, v.text(call.body, "value"))}))
    return {}


@route("DELETE", "traces/{trace_id}/tags", action="runs.submit", versions=BOTH)
def delete_trace_tag(call: Call) -> dict[str, Any]:
    key = v.text(call.body, "key") or (call.query.get("key") or [""])[0]
    if not key:
        raise invalid(f"Missing value for required parameter 'key'.{v.DOCS}")
    _require_free(key, "deleted")
    trace = recording.find(call.workspace, call.params["trace_id"])
    if not tracking.run_in_writer(lambda: trace.tags.filter(key=key).delete()[0]):
        raise errors.missing(f"No trace tag with key '{key}' for trace with ID '{trace.trace_id}'")
    return {}


@route("GET", "traces/{trace_id}", action="runs.view", versions=V3)
def get_trace_info(call: Call) -> dict[str, Any]:
    return {"trace": {"trace_info": trace_shapes.info(whole(call, call.params["trace_id"]))}}


def find(call: Call, experiment_ids: list[str]) -> tuple[list[Trace], str]:
    """A page of a search, however old the client."""
    limit = v.integer(call.body, "max_results", trace_search.USUAL)
    if limit is None or limit < 1 or limit > trace_search.MOST:
        raise invalid(
            f"Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer of at most "
            f"{trace_search.MOST}."
        )
    return trace_search.search(
        call.workspace,
        [find_experiment(call, public).pk for public in experiment_ids],
        v.text(call.body, "filter"),
        v.strings(call.body, "order_by"),
        limit=limit,
        token=v.text(call.body, "page_token"),
    )


def whole(call: Call, trace_id: str) -> Trace:
    found = trace_search.whole(Trace.objects.filter(workspace=call.workspace, trace_id=trace_id)).first()
    if found is None:
        raise errors.missing(f"Trace with ID '{trace_id}' not found.")
    return found


def _many(call: Call) -> list[Trace]:
    """In the order asked for; what is not there is left out."""
    ids = v.strings(call.body, "trace_ids", required=True)
    if len(ids) > MOST_AT_ONCE:
        raise invalid(f"At most {MOST_AT_ONCE} traces can be read at once; these are {len(ids)}.")
    found = trace_search.whole(Trace.objects.filter(workspace=call.workspace, trace_id__in=ids))
    if "experiment_ids" in call.body:
        wanted = [find_experiment(call, public).pk for public in v.strings(call.body, "experiment_ids")]
        found = found.filter(experiment__in=wanted)
    by_id = {one.trace_id: one for one in found}
    return [by_id[trace_id] for trace_id in dict.fromkeys(ids) if trace_id in by_id]


def _with_spans(traces: list[Trace]) -> list[dict[str, Any]]:
    by_trace: dict[int, list[Span]] = {}
    for span in Span.objects.filter(trace__in=[trace.pk for trace in traces]).order_by("start", "pk"):
        by_trace.setdefault(span.trace_id, []).append(span)
    return [
        {"trace_info": trace_shapes.info(one), "spans": trace_shapes.spans(by_trace.get(one.pk, ()), one)}
        for one in traces
    ]


def _is_whole(said: dict[str, Any]) -> bool:
    """Whether as many spans are here as the client said there would be."""
    try:
        expected = orjson.loads(said["trace_info"]["trace_metadata"].get(keys.SIZE, "{}")).get("num_spans", 1)
        return len(said["spans"]) >= max(1, int(expected))
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError):
        return bool(said["spans"])


def _tag_value(key: str, value: str) -> str:
    """Longer ones are cut, as MLflow does."""
    v.limited(key, 250, "key")
    return value[: recording.TAG_LENGTH]


def _require_free(key: str, done: str) -> None:
    if key in keys.COMPUTED:
        raise invalid(f"Tag '{key}' is immutable and cannot be {done} on a trace.")


def _optional(told: dict[str, Any], name: str) -> str | None:
    return v.text(told, name) if told.get(name) is not None else None
