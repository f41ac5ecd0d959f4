"""What the API says of models. The OpenAPI document is made from these."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.mlmodels.models.registered import Stage, VersionStatus


class ModelOut(serializers.ModelSerializer[RegisteredModel]):
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    tags = serializers.SerializerMethodField()
    aliases = serializers.SerializerMethodField()
    versions = serializers.IntegerField(source="version_count")
    newest = serializers.IntegerField(source="newest_number", allow_null=True)
    task = serializers.CharField(source="newest_task", allow_null=True)
    algorithm = serializers.CharField(source="newest_algorithm", allow_null=True)

    class Meta:
        model = RegisteredModel
        fields = [
            "name", "description", "tags", "aliases", "versions", "newest", "task", "algorithm", "created_by", "created_at",
            "updated_at",
        ]  # fmt: skip

    def get_tags(self, model: RegisteredModel) -> list[str]:
        return [str(tag) for tag in model.tags.all()]

    def get_aliases(self, model: RegisteredModel) -> dict[str, int]:
        return {alias.name: alias.version.number for alias in model.aliases.all()}


class ModelIn(serializers.Serializer[Any]):
    """Tags are words, or `key=value`; they take the place of all but those that begin with "mlflow."."""

    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    tags = serializers.ListField(child=serializers.CharField(allow_blank=True), required=False)


class DataRead(serializers.Serializer[Any]):
    data = serializers.CharField(source="data_version.asset.name")
    version = serializers.IntegerField(source="data_version.number")


class ModelVersionOut(serializers.ModelSerializer[ModelVersion]):
    """`details`: task, algorithm, label, features, classes, signature, metrics. `run` is the step that made it, and
    `root_run` the pipeline run it belongs to; `data` is what that run read. `source` and `source_run_id` are what a client
    told; `run` is null where no such run is kept here."""

    model = serializers.CharField(source="model.name")
    run = serializers.CharField(source="run.run_id", default=None, allow_null=True)
    root_run = serializers.SerializerMethodField()
    created_by = serializers.CharField(source="created_by.username", default=None, allow_null=True)
    details = serializers.DictField()
    tags = serializers.SerializerMethodField()
    aliases = serializers.SerializerMethodField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    status = serializers.ChoiceField(choices=VersionStatus.choices)
    data = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields = [
            "model", "number", "description", "bytes", "details", "tags", "aliases", "stage", "status", "source",
            "source_run_id", "run", "root_run", "data", "created_by", "created_at", "updated_at",
        ]  # fmt: skip

    def get_tags(self, version: ModelVersion) -> list[str]:
        return [str(tag) for tag in version.tags.all()]

    def get_aliases(self, version: ModelVersion) -> list[str]:
        return [alias.name for alias in version.aliases.all()]

    def get_root_run(self, version: ModelVersion) -> str | None:
        if version.run is None:
            return None
        return (version.run.parent or version.run).run_id

    @extend_schema_field(DataRead(many=True))
    def get_data(self, version: ModelVersion) -> Any:
        return DataRead(self.context["data"].get(version.pk, []), many=True).data


class ModelVersionIn(serializers.Serializer[Any]):
    """What is left out stays. `stage`: None, Staging, Production or Archived."""

    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    tags = serializers.ListField(child=serializers.CharField(allow_blank=True), required=False)
    stage = serializers.CharField(required=False, max_length=20)


class AliasIn(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)


class AliasOut(serializers.Serializer[Any]):
    alias = serializers.CharField(source="name")
    version = serializers.IntegerField(source="version.number")


class RenameIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=1000)


class RegisterIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=1000, help_text="Of a new model, or of one that gets a further version.")
    description = serializers.CharField(required=False, allow_blank=True, default="", max_length=20_000)


class MadeOut(serializers.Serializer[Any]):
    """A version that a run made; `run_id` is the step it came from."""

    name = serializers.CharField(source="model.name")
    number = serializers.IntegerField()
    run_id = serializers.CharField(source="run.run_id")
