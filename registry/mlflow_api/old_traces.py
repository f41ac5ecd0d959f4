"""Traces of 2.x clients: begun, then ended, their spans uploaded as a file beside them."""

import time
import uuid
from functools import partial
from typing import Any

from registry.mlflow_api import trace_shapes
from registry.mlflow_api import validation as v
from registry.mlflow_api.experiments import find as find_experiment
from registry.mlflow_api.routing import Call, route
from registry.mlflow_api.traces import find, whole
from registry.runs import tracking
from registry.traces import recording
from registry.traces.models.traces import TraceState


@route("POST", "traces", action="runs.submit")
def start_trace(call: Call) -> dict[str, Any]:
    experiment = find_experiment(call, v.text(call.body, "experiment_id"))
    told = recording.TraceTold(
        trace_id=f"tr-{uuid.uuid4().hex}",
        request_time=v.integer(call.body, "timestamp_ms") or int(time.time() * 1000),
        state=TraceState.IN_PROGRESS,
        tags=_pairs(call, "tags"),
        metadata=_pairs(call, "request_metadata"),
    )
    made = tracking.run_in_writer(partial(recording.record, experiment=experiment, by=call.user, told=told))
    return {"trace_info": trace_shapes.old_info(whole(call, made.trace_id))}


@route("PATCH", "traces/{request_id}", action="runs.submit")
def end_trace(call: Call) -> dict[str, Any]:
    trace = recording.find(call.workspace, call.params["request_id"])
    ended = v.integer(call.body, "timestamp_ms") or int(time.time() * 1000)
    told = recording.TraceTold(
        trace_id=trace.trace_id,
        request_time=trace.request_time,
        duration=max(0, ended - trace.request_time),
        state=trace_shapes.state_in(call.body.get("status")),
        client_request_id=trace.client_request_id,
        tags=_pairs(call, "tags"),
        metadata=_pairs(call, "request_metadata"),
    )
    tracking.run_in_writer(partial(recording.record, experiment=trace.experiment, by=call.user, told=told))
    return {"trace_info": trace_shapes.old_info(whole(call, trace.trace_id))}


@route("GET", "traces/{request_id}/info", action="runs.view")
def get_trace_info(call: Call) -> dict[str, Any]:
    return {"trace_info": trace_shapes.old_info(whole(call, call.params["request_id"]))}


@route("GET", "traces", action="runs.view")
def search_traces(call: Call) -> dict[str, Any]:
    found, token = find(call, v.strings(call.body, "experiment_ids", required=True))
    said: dict[str, Any] = {"traces": [trace_shapes.old_info(one) for one in found]}
    return said | ({"next_page_token": token} if token else {})


def _pairs(call: Call, name: str) -> dict[str, str]:
    return {v.text(one, "key", required=True)[:250]: v.text(one, "value")[:8000] for one in v.objects(call.body, name)}
