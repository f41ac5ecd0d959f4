"""What the API takes and gives, for its answers and its OpenAPI description."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from registry.data.models import DataAsset, DataVersion, Upload, VersionStatus


class LatestOut(serializers.Serializer):
    number = serializers.IntegerField()
    status = serializers.ChoiceField(VersionStatus.choices)
    rows = serializers.IntegerField(allow_null=True)
    bytes = serializers.IntegerField()


class AssetOut(serializers.ModelSerializer):
    """`newest` is the last version in any state, `latest` the last that is ready."""

    created_by = serializers.CharField(source="created_by.username", default=None)
    newest = serializers.SerializerMethodField()
    latest = serializers.SerializerMethodField()

    class Meta:
        model = DataAsset
        fields = ["name", "description", "tags", "created_by", "created_at", "updated_at", "newest", "latest"]

    @extend_schema_field(LatestOut(allow_null=True))
    def get_newest(self, asset: DataAsset) -> dict[str, Any] | None:
        return _facts(getattr(asset, "newest", None))

    @extend_schema_field(LatestOut(allow_null=True))
    def get_latest(self, asset: DataAsset) -> dict[str, Any] | None:
        return _facts(getattr(asset, "ready", None))


class AssetIn(serializers.Serializer):
    name = serializers.CharField(required=False, trim_whitespace=False)
    description = serializers.CharField(required=False, allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField(), required=False)


@extend_schema_serializer(component_name="DataVersionOut")
class VersionOut(serializers.ModelSerializer):
    name = serializers.CharField(source="asset.name")
    created_by = serializers.CharField(source="created_by.username", default=None)

    class Meta:
        model = DataVersion
        fields = [
            "name", "number", "status", "progress", "rows", "bytes", "source_name", "source_bytes", "content_hash",
            "notes", "error", "created_by", "created_at", "ready_at",
        ]  # fmt: skip


@extend_schema_serializer(component_name="DataVersionDetailOut")
class VersionDetailOut(VersionOut):
    columns = serializers.JSONField()
    options = serializers.JSONField()

    class Meta(VersionOut.Meta):
        fields = [*VersionOut.Meta.fields, "columns", "options"]


class UploadIn(serializers.Serializer):
    filename = serializers.CharField(trim_whitespace=False, max_length=4000)
    size = serializers.IntegerField()
    purpose = serializers.ChoiceField(Upload.Purpose.choices, default=Upload.Purpose.DATA)


class UploadOut(serializers.ModelSerializer):
    """`chunk_size` is how many bytes to send at once; `importing` says how far the conversion is."""

    chunk_size = serializers.SerializerMethodField()
    importing = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = [
            "id", "filename", "size", "received", "status", "options", "error", "created_at", "touched_at", "chunk_size",
            "importing",
        ]  # fmt: skip

    def get_chunk_size(self, upload: Upload) -> int:
        from registry.data.services import CHUNK_SIZE

        return CHUNK_SIZE

    def get_importing(self, upload: Upload) -> dict[str, Any] | None:
        version = upload.version
        if version is None:
            return None
        return {
            "name": version.asset.name,
            "number": version.number,
            "status": version.status,
            "progress": version.progress,
        }


class UploadDetailOut(UploadOut):
    """`inspection` stands there once the file was looked at: what it holds, and how it will be read."""

    inspection = serializers.SerializerMethodField()

    class Meta(UploadOut.Meta):
        fields = [*UploadOut.Meta.fields, "inspection"]

    def get_inspection(self, upload: Upload) -> dict[str, Any] | None:
        # It may be large, and whoever waits asks often.
        return upload.inspection if upload.status == Upload.Status.INSPECTED else None


class ReceivedOut(serializers.Serializer):
    received = serializers.IntegerField()
    status = serializers.ChoiceField(Upload.Status.choices)


class ImportIn(serializers.Serializer):
    name = serializers.CharField(trim_whitespace=False, allow_blank=True, max_length=1000)
    description = serializers.CharField(required=False, allow_blank=True)
    options = serializers.JSONField(required=False)


class ImportOut(serializers.Serializer):
    name = serializers.CharField()
    number = serializers.IntegerField()


def _facts(facts: dict[str, Any] | None) -> dict[str, Any] | None:
    return facts and {name: facts[name] for name in ("number", "status", "rows", "bytes")}
