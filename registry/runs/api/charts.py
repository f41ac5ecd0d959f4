"""What charts of many runs need besides their curves, over REST."""

import dataclasses
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.runs import measured
from registry.runs.importance import METHOD
from registry.workspaces import access


class NamesIn(serializers.Serializer[Any]):
    runs = serializers.ListField(child=serializers.CharField(max_length=64), max_length=10_000)
    mirrored = serializers.BooleanField(default=True, help_text="With what a pipeline shows of its steps.")


class ImportanceIn(serializers.Serializer[Any]):
    runs = serializers.ListField(child=serializers.CharField(max_length=64), max_length=10_000)
    metric = serializers.CharField(max_length=250, trim_whitespace=False)
    which = serializers.ChoiceField(["last", "min", "max", "best"], default="best")


class Names(APIView):
    @extend_schema(operation_id="metrics_names", request=NamesIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, workspace: str) -> Response:
        """The metrics of some runs, and the parameters that differ among them."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        asked = NamesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        return Response(measured.names(place, given["runs"], mirrored=given["mirrored"]))


class Importance(APIView):
    @extend_schema(operation_id="runs_importance", request=ImportanceIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, workspace: str) -> Response:
        """Which parameters made the difference in a metric, among some runs. `method` says how that was found."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        asked = ImportanceIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        found = measured.importance_of(place, given["runs"], given["metric"], given["which"])
        return Response({"method": METHOD, **dataclasses.asdict(found)})
