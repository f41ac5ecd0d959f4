"""What the API says of traces. The OpenAPI document is made from these."""

from typing import Any

import orjson
from rest_framework import serializers

from registry.traces.models import Assessment, Span, Trace
from registry.traces.models.traces import TraceState


class AssessmentOut(serializers.ModelSerializer[Assessment]):
    """`kind`: feedback, expectation or issue. Times in milliseconds since 1970."""

    value = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields = [
            "assessment_id", "kind", "name", "value", "error", "rationale", "source_type", "source_id", "span_id",
            "metadata", "valid", "created", "updated",
        ]  # fmt: skip

    def get_value(self, assessment: Assessment) -> Any:
        return orjson.loads(assessment.value)


class TraceOut(serializers.ModelSerializer[Trace]):
    """`request_time` in milliseconds since 1970, by the client's clock; `duration` in milliseconds."""

    experiment = serializers.CharField(source="experiment.name")
    state = serializers.ChoiceField(choices=TraceState.choices)
    tags = serializers.SerializerMethodField()
    metadata = serializers.SerializerMethodField()
    assessments = AssessmentOut(many=True)
    spans = serializers.IntegerField(source="span_count")

    class Meta:
        model = Trace
        fields = [
            "trace_id", "experiment", "state", "request_time", "duration", "client_request_id", "request_preview",
            "response_preview", "tags", "metadata", "assessments", "spans",
        ]  # fmt: skip

    def get_tags(self, trace: Trace) -> dict[str, str]:
        return {tag.key: tag.value for tag in trace.tags.all()}

    def get_metadata(self, trace: Trace) -> dict[str, str]:
        return {one.key: one.value for one in trace.metadata.all()}


class SpanOut(serializers.ModelSerializer[Span]):
    """`start` and `end` in nanoseconds since 1970. `rest`: kind, events, links, the status' message, where there are any."""

    attributes = serializers.SerializerMethodField()
    rest = serializers.SerializerMethodField()

    class Meta:
        model = Span
        fields = ["span_id", "parent_id", "name", "type", "status", "start", "end", "attributes", "rest"]

    def get_attributes(self, span: Span) -> dict[str, Any]:
        return dict(orjson.loads(span.attributes))

    def get_rest(self, span: Span) -> dict[str, Any]:
        return dict(orjson.loads(span.rest))
