"""A whole experiment as one file, and back."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.data import selectors as data
from registry.errors import NotFound
from registry.runs import downloads
from registry.runs.api import shapes
from registry.runs.models import Experiment
from registry.runs.parcels import packing, services
from registry.workspaces import access


class ParcelIn(serializers.Serializer[Any]):
    upload = serializers.UUIDField(help_text="A finished upload that was started with the purpose `experiment`.")


class PackedExperiment(APIView):
    @extend_schema(operation_id="experiments_pack", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, experiment: int) -> StreamingHttpResponse:
        """The experiment as a zip: runs, params, tags, every value of every metric, logs, files. Another studio takes it in."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        found = Experiment.objects.filter(workspace=place, pk=experiment, deleted_at=None).first()
        if found is None:
            raise NotFound("There is no such experiment in this workspace.")
        return downloads.stream(request, packing.pack(found), name=f"{found.name}.zip", content_type="application/zip")


class TakeInExperiment(APIView):
    @extend_schema(operation_id="experiments_take_in", request=ParcelIn, responses={201: shapes.StartedOut})
    def post(self, request: Request, workspace: str) -> Response:
        """Take in an experiment that was packed here or elsewhere, as an experiment of its own. Gives the run that does it."""
        place = access.open_workspace(request.user, workspace, "runs.submit")
        asked = ParcelIn(data=request.data)
        asked.is_valid(raise_exception=True)
        upload = data.upload(place, request.user, asked.validated_data["upload"])
        return Response(shapes.StartedOut(services.start(upload=upload, by=request.user)).data, status=201)
