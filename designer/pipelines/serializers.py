"""What the pipelines API takes and gives. Unknown fields of a request are refused: no typing error is silent."""

from typing import Any

from rest_framework import serializers

from designer.compiler.compile import MODES
from designer.pipelines.models import Pipeline, PipelineVersion

LARGEST = 2**31 - 1  # that the database's revisions can hold


class Strict(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(map(str, data)) - set(self.fields)):
            raise serializers.ValidationError({name: ["There is no such field."] for name in sorted(unknown)})
        return super().to_internal_value(data)


class GraphField(serializers.JSONField):
    """A graph document, format 1; `designer.graph.document` reads it, so here it is passed on as it came."""


class PersonField(serializers.CharField):
    """A person by the name that others see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **options)

    def to_representation(self, value: Any) -> str:
        return str(value.display_name())


# Requests


class NewPipeline(Strict):
    name = serializers.CharField(trim_whitespace=True)
    description = serializers.CharField(required=False, allow_blank=True, default="")
    graph = GraphField(required=False, allow_null=True, default=None)


class PipelineChange(Strict):
    name = serializers.CharField(required=False, trim_whitespace=True)
    description = serializers.CharField(required=False, allow_blank=True)


class CopyName(Strict):
    name = serializers.CharField(required=False, allow_blank=True, default="")


class GraphSave(Strict):
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST)
    graph = GraphField()
    force = serializers.BooleanField(required=False, default=False)


class GraphToCheck(Strict):
    graph = GraphField()
    schemas_of = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        allow_null=True,
        default=None,
        help_text="Tell the schemas of these nodes only; of all where it is left out. Wide tables make long answers.",
    )


class Restore(Strict):
    revision = serializers.IntegerField(
        min_value=1, max_value=LARGEST, help_text="The revision that the draft is at now."
    )


class Submission(Strict):
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST)
    mode = serializers.ChoiceField(choices=MODES, default="all")
    node = serializers.CharField(required=False, allow_blank=True, allow_null=True, default="")
    reuse = serializers.BooleanField(required=False, default=True)


# Answers


class LastRunOut(serializers.Serializer[Any]):
    run_id = serializers.CharField()
    status = serializers.CharField()


class PipelineRow(serializers.ModelSerializer[Pipeline]):
    updated_by = PersonField()
    last_run = serializers.SerializerMethodField()

    class Meta:
        model = Pipeline
        fields = (
            "id",
            "name",
            "description",
            "revision",
            "updated_at",
            "updated_by",
            "sample",
            "node_count",
            "last_run",
        )
        read_only_fields = fields

    def get_last_run(self, pipeline: Any) -> dict[str, str] | None:
        if not pipeline.last_run_id:
            return None
        return {"run_id": pipeline.last_run_id, "status": pipeline.last_run_status}


class PipelineOut(serializers.ModelSerializer[Pipeline]):
    graph = serializers.JSONField(read_only=True)
    updated_by = PersonField()
    can_edit = serializers.BooleanField(read_only=True)

    class Meta:
        model = Pipeline
        fields = (
            "id",
            "name",
            "description",
            "revision",
            "graph",
            "sample",
            "node_count",
            "created_at",
            "updated_at",
            "updated_by",
            "can_edit",
        )
        read_only_fields = fields


class SavedOut(serializers.Serializer[Any]):
    revision = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class RestoredOut(SavedOut):
    graph = serializers.JSONField()


class PipelineVersionRow(serializers.ModelSerializer[PipelineVersion]):
    created_by = PersonField()

    class Meta:
        model = PipelineVersion
        fields = ("revision", "reason", "created_by", "started_at", "created_at", "node_count")
        read_only_fields = fields


class PipelineVersionOut(PipelineVersionRow):
    graph = serializers.JSONField(read_only=True)

    class Meta(PipelineVersionRow.Meta):
        fields = (*PipelineVersionRow.Meta.fields, "graph")
        read_only_fields = fields


class ProblemOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    severity = serializers.ChoiceField(choices=("error", "warning"))
    node = serializers.CharField(allow_null=True)
    port = serializers.CharField(allow_null=True)
    param = serializers.CharField(allow_null=True)


class PortSchemasOut(serializers.Serializer[Any]):
    inputs = serializers.DictField(child=serializers.JSONField())
    outputs = serializers.DictField(child=serializers.JSONField())


class CheckOut(serializers.Serializer[Any]):
    problems = ProblemOut(many=True)
    schemas = serializers.DictField(child=PortSchemasOut(), help_text="By node id.")


class SubmittedOut(serializers.Serializer[Any]):
    run_id = serializers.CharField()
    url = serializers.CharField()


class ErrorBrief(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class OutputOut(serializers.Serializer[Any]):
    port = serializers.CharField()
    type = serializers.CharField()
    summary = serializers.JSONField()


class NodeStateOut(serializers.Serializer[Any]):
    run_id = serializers.CharField()
    status = serializers.CharField()
    seconds = serializers.FloatField(allow_null=True)
    peak_memory = serializers.IntegerField(allow_null=True)
    reused = serializers.BooleanField()
    reuse_reason = serializers.CharField(allow_blank=True)
    error = ErrorBrief(allow_null=True)
    stale = serializers.BooleanField(
        help_text="The draft has moved on: run now, this node would compute anew."
    )
    outputs = OutputOut(many=True)
    progress = serializers.JSONField()


class StateOut(serializers.Serializer[Any]):
    run = LastRunOut(allow_null=True)
    nodes = serializers.DictField(child=NodeStateOut(), help_text="By node id.")


class DrawingOut(serializers.Serializer[Any]):
    graph = serializers.JSONField()
    pipeline = serializers.IntegerField(source="pipeline_id")
    name = serializers.CharField(source="pipeline.name")
    revision = serializers.IntegerField()
    mode = serializers.CharField()
    node = serializers.CharField(source="node_id", allow_blank=True)


class SampleOut(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    task = serializers.CharField()


class ProblemReport(serializers.Serializer[Any]):
    """Every error: a code for programs, a sentence for people, and where."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.JSONField()  # type: ignore[assignment]
