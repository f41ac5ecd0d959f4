"""What is said of traces: feedback, expectations, issues."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from registry.errors import Conflict, Invalid, NotFound
from registry.traces.models import Assessment, Trace
from registry.workspaces import access


@dataclass(frozen=True, slots=True)
class Said:
    """An assessment as a client tells it. Times in milliseconds."""

    kind: str
    name: str
    value: Any
    source_type: str
    source_id: str
    created: int
    updated: int
    error: Mapping[str, Any] | None = None
    rationale: str | None = None
    span_id: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    overrides: str = ""
    valid: bool = True
    assessment_id: str = ""


@transaction.atomic
def create(*, trace: Trace, by: Any, said: Said) -> Assessment:
    """What it overrides is no longer valid."""
    access.require(by, "runs.submit", trace.workspace)
    if said.overrides and not trace.assessments.filter(assessment_id=said.overrides).update(valid=False):
        raise NotFound(f"Assessment with ID '{said.overrides}' not found for trace '{trace.trace_id}'")
    try:
        with transaction.atomic():
            return Assessment.objects.create(trace=trace, **_fields(said))
    except IntegrityError as error:
        raise Conflict(f"There is an assessment {said.assessment_id} of this trace already.") from error


def write(trace: Trace, said: Said) -> Assessment:
    """As part of a trace that is told, perhaps again; inside the caller's transaction."""
    fields = _fields(said)
    if not said.assessment_id:
        return Assessment.objects.create(trace=trace, **fields)
    return Assessment.objects.update_or_create(trace=trace, assessment_id=said.assessment_id, defaults=fields)[0]


def find(trace: Trace, assessment_id: str) -> Assessment:
    found = Assessment.objects.filter(trace=trace, assessment_id=assessment_id).first()
    if found is None:
        raise NotFound(f"Assessment with ID '{assessment_id}' not found for trace '{trace.trace_id}'")
    return found


@transaction.atomic
def update(*, assessment: Assessment, by: Any, at: int, changes: Mapping[str, Any]) -> None:
    """`changes`: name, rationale, metadata (joined to what is there), and value and error with the `kind` they are of."""
    access.require(by, "runs.submit", assessment.trace.workspace)
    changes = dict(changes)
    if (kind := changes.pop("kind", None)) and kind != assessment.kind:
        raise Invalid(f"Cannot update {kind} value on {_article(assessment.kind)} assessment.")
    if "value" in changes:
        assessment.value = json(changes.pop("value"))
    if "metadata" in changes:
        assessment.metadata = {**assessment.metadata, **changes.pop("metadata")}
    for name, value in changes.items():
        setattr(assessment, name, value)
    assessment.updated = at
    assessment.save()


@transaction.atomic
def delete(*, trace: Trace, by: Any, assessment_id: str) -> None:
    """What it overrode is valid again. Nothing happens where there is none."""
    access.require(by, "runs.submit", trace.workspace)
    found = trace.assessments.filter(assessment_id=assessment_id).first()
    if found is None:
        return
    if found.overrides:
        trace.assessments.filter(assessment_id=found.overrides).update(valid=True)
    found.delete()


def json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _fields(said: Said) -> dict[str, Any]:
    fields = {
        "kind": said.kind, "name": said.name, "value": json(said.value), "error": said.error, "rationale": said.rationale,
        "source_type": said.source_type, "source_id": said.source_id, "span_id": said.span_id,
        "metadata": dict(said.metadata), "overrides": said.overrides, "valid": said.valid, "created": said.created,
        "updated": said.updated,
    }  # fmt: skip
    return fields | ({"assessment_id": said.assessment_id} if said.assessment_id else {})


def _article(kind: str) -> str:
    return {"feedback": "a Feedback", "expectation": "an Expectation"}.get(kind, f"an {kind}")
