"""What the API says of reports."""

from typing import Any

from rest_framework import serializers

from registry.reports.models import Report, ReportVersion


class ReportRow(serializers.ModelSerializer[Report]):
    updated_by = serializers.CharField(source="updated_by.username", default=None, allow_null=True)

    class Meta:
        model = Report
        fields = ["id", "title", "revision", "created_at", "updated_at", "updated_by"]


class ReportOut(ReportRow):
    """`has_link`: somebody has made a link by which people without an account read it."""

    has_link = serializers.SerializerMethodField()

    class Meta(ReportRow.Meta):
        fields = [*ReportRow.Meta.fields, "body", "has_link", "deleted_at"]

    def get_has_link(self, report: Report) -> bool:
        return report.link_digest is not None


class ReportIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    body = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class SaveIn(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, help_text="The revision that this was made from.")
    title = serializers.CharField(required=False, max_length=200)
    body = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class VersionOut(serializers.ModelSerializer[ReportVersion]):
    saved_by = serializers.CharField(source="saved_by.username", default=None, allow_null=True)

    class Meta:
        model = ReportVersion
        fields = ["revision", "title", "body", "saved_by", "saved_at"]


class RestoreIn(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, help_text="The revision that the window shows.")
    version = serializers.IntegerField(min_value=1)


class LinkOut(serializers.Serializer[Any]):
    address = serializers.CharField(help_text="Shown this once. An earlier link has stopped working.")


class BlockIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False)
