"""What the API says of runs. The OpenAPI document is made from these."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.runs import news, numbers
from registry.runs.models import MetricSummary, Param, Run, RunInput, RunOutput
from registry.runs.states import RunStatus

STATES = [(status.value, status.value) for status in RunStatus]


class RunErrorBrief(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class RunErrorFull(RunErrorBrief):
    traceback = serializers.CharField(required=False)
    fields = serializers.DictField(required=False)  # type: ignore[assignment]

    # `fields` is a property of every serializer; the error's own goes in by hand.
    def get_fields(self) -> dict[str, Any]:
        declared = {k: v for k, v in self._declared_fields.items() if k != "fields"}
        return {**declared, "fields": serializers.DictField(required=False)}


class RunSummary(serializers.ModelSerializer[Run]):
    """A run as lists show it. `seconds` is null until it is known; a running run has lasted since `started_at`."""

    status = serializers.ChoiceField(STATES)
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    error = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = [
            "run_id", "name", "kind", "status", "source", "created_by", "created_at", "started_at", "ended_at",
            "seconds", "error",
        ]  # fmt: skip

    @extend_schema_field(RunErrorBrief(allow_null=True))
    def get_error(self, run: Run) -> dict[str, Any] | None:
        return news.brief(run.error)


class PortOutputOut(serializers.ModelSerializer[RunOutput]):
    """What a step left on a port. A table's `summary` has `rows` and `columns`; ask for rows below the step's id."""

    class Meta:
        model = RunOutput
        fields = ["port", "type", "bytes", "summary"]


class StepOutputOut(PortOutputOut):
    run_id = serializers.CharField(source="run.run_id")
    node_id = serializers.CharField(source="run.node_id")

    class Meta(PortOutputOut.Meta):
        fields = ["run_id", "node_id", *PortOutputOut.Meta.fields]


class ReusedFrom(serializers.Serializer[Any]):
    run_id = serializers.CharField()
    root = serializers.CharField()


class StepOut(serializers.ModelSerializer[Run]):
    """A node of a pipeline run. `reused_from` names the step whose result was taken, and the run it belongs to."""

    status = serializers.ChoiceField(STATES)
    reused = serializers.SerializerMethodField()
    reused_from = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    outputs = PortOutputOut(many=True)

    class Meta:
        model = Run
        fields = [
            "run_id", "node_id", "name", "component", "status", "created_at", "started_at", "ended_at", "seconds",
            "peak_memory", "reused", "reused_from", "reuse_reason", "error", "progress", "outputs",
        ]  # fmt: skip

    def get_reused(self, step: Run) -> bool:
        return step.reused_from_id is not None

    @extend_schema_field(ReusedFrom(allow_null=True))
    def get_reused_from(self, step: Run) -> dict[str, str] | None:
        if (origin := step.reused_from) is None:
            return None
        return {"run_id": origin.run_id, "root": origin.parent.run_id if origin.parent else origin.run_id}

    @extend_schema_field(RunErrorFull(allow_null=True))
    def get_error(self, step: Run) -> dict[str, Any] | None:
        return step.error


class ParamOut(serializers.ModelSerializer[Param]):
    run_id = serializers.CharField(source="run.run_id")
    node_id = serializers.CharField(source="run.node_id")

    class Meta:
        model = Param
        fields = ["run_id", "node_id", "key", "value"]


NUMBER = {"oneOf": [{"type": "number"}, {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]}]}


@extend_schema_field(NUMBER)
class Number(serializers.FloatField):
    """JSON has no number that is infinite or none: those are words."""

    def to_representation(self, value: float) -> float | str:  # type: ignore[override]
        return numbers.shown(value)


class MetricOut(serializers.ModelSerializer[MetricSummary]):
    """`last` is that of the highest step. Extremes are null where nothing but not-a-number was told."""

    run_id = serializers.CharField(source="run.run_id")
    node_id = serializers.CharField(source="run.node_id")
    last = serializers.SerializerMethodField()
    minimum = Number(allow_null=True)
    maximum = Number(allow_null=True)

    @extend_schema_field(NUMBER)
    def get_last(self, series: MetricSummary) -> float | str:
        return numbers.shown(series.last)

    class Meta:
        model = MetricSummary
        fields = ["run_id", "node_id", "key", "last", "last_step", "minimum", "maximum", "count"]


class PointOut(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    value = Number()
    timestamp = serializers.IntegerField(help_text="Milliseconds since 1970.")


class PointsOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    points = PointOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="Ask for `after` this; null at the end.")


class InputOut(serializers.ModelSerializer[RunInput]):
    data = serializers.CharField(source="data_version.asset.name")
    version = serializers.IntegerField(source="data_version.number")

    class Meta:
        model = RunInput
        fields = ["data", "version", "port"]


class RunDetail(RunSummary):
    """Everything about a run. `params` and `metrics` are those of its steps too; `more` names the lists that are
    longer than what is given here and have to be asked for page by page."""

    error = serializers.SerializerMethodField()
    parent = serializers.CharField(source="parent.run_id", default=None, allow_null=True)
    resumed_from = serializers.CharField(source="resumed_from.run_id", default=None, allow_null=True)
    steps = serializers.SerializerMethodField()
    params = serializers.SerializerMethodField()
    metrics = serializers.SerializerMethodField()
    inputs = serializers.SerializerMethodField()
    outputs = serializers.SerializerMethodField()
    more = serializers.SerializerMethodField()
    last_event = serializers.SerializerMethodField()

    class Meta(RunSummary.Meta):
        fields = [
            *RunSummary.Meta.fields, "archived_at", "environment", "parent", "node_id", "component", "resumed_from",
            "progress", "peak_memory", "steps", "params", "metrics", "inputs", "outputs", "more", "last_event",
        ]  # fmt: skip

    @extend_schema_field(RunErrorFull(allow_null=True))
    def get_error(self, run: Run) -> dict[str, Any] | None:
        return run.error

    @extend_schema_field(StepOut(many=True))
    def get_steps(self, run: Run) -> Any:
        return StepOut(self.context["steps"], many=True).data

    @extend_schema_field(ParamOut(many=True))
    def get_params(self, run: Run) -> Any:
        return ParamOut(self.context["params"], many=True).data

    @extend_schema_field(MetricOut(many=True))
    def get_metrics(self, run: Run) -> Any:
        return MetricOut(self.context["metrics"], many=True).data

    @extend_schema_field(InputOut(many=True))
    def get_inputs(self, run: Run) -> Any:
        return InputOut(self.context["inputs"], many=True).data

    @extend_schema_field(StepOutputOut(many=True))
    def get_outputs(self, run: Run) -> Any:
        return StepOutputOut(self.context["outputs"], many=True).data

    def get_more(self, run: Run) -> list[str]:
        return self.context["more"]

    def get_last_event(self, run: Run) -> int:
        return self.context["last_event"]


class LineOut(serializers.Serializer[Any]):
    """`seq` counts within `run_id`; `number` is what `after` and `before` of the same list count in."""

    number = serializers.IntegerField()
    seq = serializers.IntegerField()
    run_id = serializers.CharField()
    node_id = serializers.CharField()
    timestamp = serializers.DateTimeField()
    stream = serializers.ChoiceField(["stdout", "stderr", "studio"])
    text = serializers.CharField()


class LinesOut(serializers.Serializer[Any]):
    lines = LineOut(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Ask for `after` this; null when there are no more yet.")
    previous = serializers.IntegerField(allow_null=True, help_text="Ask for `before` this; null at the beginning.")


class EventOut(serializers.Serializer[Any]):
    event = serializers.IntegerField()
    type = serializers.ChoiceField(["run", "step", "progress", "log", "metric", "note"])
    body = serializers.DictField()


class EventsOut(serializers.Serializer[Any]):
    """`reread`: events after `after` are no longer all kept; read the run again and go on from `last`."""

    events = EventOut(many=True)
    last = serializers.IntegerField()
    reread = serializers.BooleanField()


class RerunIn(serializers.Serializer[Any]):
    reuse = serializers.BooleanField(default=True, help_text="False computes every node anew.")


class StartedOut(serializers.Serializer[Any]):
    run_id = serializers.CharField()
    status = serializers.ChoiceField(STATES)
