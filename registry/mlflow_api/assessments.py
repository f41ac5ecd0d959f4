"""What is said of traces: feedback, expectations, issues."""

import time
from functools import partial
from typing import Any

from registry.mlflow_api import errors, trace_shapes
from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.routing import Call, route
from registry.runs import tracking
from registry.traces import assessing, recording
from registry.traces.models import Assessment, Trace

V3 = ("3.0",)


@route("POST", "traces/{trace_id}/assessments", action="runs.submit", versions=V3)
def create_assessment(call: Call) -> dict[str, Any]:
    told = _told(call)
    said = trace_shapes.assessment_in(told, int(time.time() * 1000))
    made = tracking.run_in_writer(partial(assessing.create, trace=_trace(call), by=call.user, said=said))
    return _shape(made)


@route("GET", "traces/{trace_id}/assessments/{assessment_id}", action="runs.view", versions=V3)
def get_assessment(call: Call) -> dict[str, Any]:
    return _shape(assessing.find(_trace(call), call.params["assessment_id"]))


@route("PATCH", "traces/{trace_id}/assessments/{assessment_id}", action="runs.submit", versions=V3)
def update_assessment(call: Call) -> dict[str, Any]:
    told, mask = _told(call), call.body.get("update_mask")
    if not mask:
        raise invalid(f"Missing value for required parameter 'update_mask'.{v.DOCS}")
    # JSON of protocol buffers writes the mask as one text, names in camel case.
    paths = mask.get("paths", []) if isinstance(mask, dict) else str(mask).split(",")
    paths = ["assessment_name" if path == "assessmentName" else str(path).strip() for path in paths]
    found = assessing.find(_trace(call), call.params["assessment_id"])
    if "expectation" in paths and "feedback" in paths:
        raise invalid("Cannot specify both `expectation` and `feedback` parameters.")
    changes: dict[str, Any] = {}
    for path in paths:
        match path:
            case "assessment_name":
                changes["name"] = v.limited(v.text(told, "assessment_name", required=True), 250, "assessment_name")
            case "expectation" | "feedback":
                changes["kind"] = path
                value = told.get(path)
                changes["value"], error = trace_shapes.value_in(path, value if isinstance(value, dict) else {})
                if path == "feedback":
                    changes["error"] = error
            case "rationale":
                changes["rationale"] = v.text(told, "rationale")
            case "metadata":
                changes["metadata"] = trace_shapes.texts(told.get("metadata"))
            case "valid":
                changes["valid"] = v.boolean(told, "valid")
            case _:
                raise invalid(f"'{path}' of an assessment cannot be changed.")
    at = int(time.time() * 1000)
    tracking.run_in_writer(partial(assessing.update, assessment=found, by=call.user, at=at, changes=changes))
    return _shape(found)


@route("DELETE", "traces/{trace_id}/assessments/{assessment_id}", action="runs.submit", versions=V3)
def delete_assessment(call: Call) -> dict[str, Any]:
    tracking.run_in_writer(
        partial(assessing.delete, trace=_trace(call), by=call.user, assessment_id=call.params["assessment_id"])
    )
    return {}


def _trace(call: Call) -> Trace:
    return recording.find(call.workspace, call.params["trace_id"])


def _told(call: Call) -> dict[str, Any]:
    told = call.body.get("assessment")
    if not isinstance(told, dict):
        raise errors.invalid(f"Missing value for required parameter 'assessment'.{v.DOCS}")
    return told


def _shape(found: Assessment) -> dict[str, Any]:
    return {"assessment": trace_shapes.assessment(found)}
