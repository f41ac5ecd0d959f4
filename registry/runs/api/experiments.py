"""Experiments over REST: listing, making, renaming, the bin."""

from typing import Any

from django.db.models import Count, Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.errors import NotFound
from registry.runs import experiments
from registry.runs.models import Experiment, Run
from registry.workspaces import access
from registry.workspaces.models import Workspace

MOST = 200


class ExperimentOut(serializers.ModelSerializer[Experiment]):
    runs = serializers.IntegerField(source="runs_counted", help_text="Those that are neither archived nor in the bin.")
    deleted = serializers.SerializerMethodField()

    class Meta:
        model = Experiment
        fields = ["id", "name", "is_default", "runs", "deleted", "created_at", "updated_at"]

    def get_deleted(self, row: Experiment) -> bool:
        return row.deleted_at is not None


class ExperimentsOut(serializers.Serializer[Any]):
    results = ExperimentOut(many=True)
    more = serializers.BooleanField(help_text="There are others: narrow the search.")


class NameIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=experiments.NAME_LENGTH)


class Experiments(APIView):
    @extend_schema(
        operation_id="experiments_list",
        responses=ExperimentsOut,
        parameters=[
            OpenApiParameter("q", description="Text in the name."),
            OpenApiParameter("deleted", bool, description="Those in the bin instead."),
        ],
    )
    def get(self, request: Request, workspace: str) -> Response:
        """Experiments, last changed first."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        deleted = request.query_params.get("deleted", "") in ("1", "true")
        found = Experiment.objects.filter(workspace=place, deleted_at__isnull=not deleted)
        if q := request.query_params.get("q", "").replace("\0", ""):
            found = found.filter(name__icontains=q)
        rows = list(found.order_by("-updated_at", "-id")[: MOST + 1])
        return Response({"results": _shown(rows[:MOST]), "more": len(rows) > MOST})

    @extend_schema(operation_id="experiments_create", request=NameIn, responses={201: ExperimentOut})
    def post(self, request: Request, workspace: str) -> Response:
        place = access.open_workspace(request.user, workspace, "runs.view")
        made = experiments.create(workspace=place, by=request.user, name=_name(request))
        return Response(_shown([made])[0], status=201)


class OneExperiment(APIView):
    @extend_schema(operation_id="experiments_rename", request=NameIn, responses=ExperimentOut)
    def patch(self, request: Request, workspace: str, experiment: int) -> Response:
        found = _find(access.open_workspace(request.user, workspace, "runs.view"), experiment)
        experiments.rename(experiment=found, by=request.user, name=_name(request))
        return Response(_shown([found])[0])

    @extend_schema(operation_id="experiments_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, experiment: int) -> Response:
        """Into the bin with its runs; `restore` brings both back."""
        found = _find(access.open_workspace(request.user, workspace, "runs.view"), experiment)
        experiments.delete(experiment=found, by=request.user)
        return Response(status=204)


class RestoreExperiment(APIView):
    @extend_schema(operation_id="experiments_restore", request=None, responses=ExperimentOut)
    def post(self, request: Request, workspace: str, experiment: int) -> Response:
        found = _find(access.open_workspace(request.user, workspace, "runs.view"), experiment)
        experiments.restore(experiment=found, by=request.user)
        return Response(_shown([found])[0])


def _find(workspace: Workspace, id: int) -> Experiment:
    found = Experiment.objects.filter(workspace=workspace, pk=id).first() if id < 2**63 else None
    if found is None:
        raise NotFound("There is no such experiment in this workspace.")
    return found


def _name(request: Request) -> str:
    asked = NameIn(data=request.data)
    asked.is_valid(raise_exception=True)
    return str(asked.validated_data["name"])


def _shown(rows: list[Experiment]) -> Any:
    counted = dict(
        Run.objects.filter(experiment__in=rows)
        .order_by()
        .values_list("experiment")
        .annotate(count=Count("pk", filter=Q(deleted_at=None, archived_at=None)))
    )
    for row in rows:
        row.runs_counted = counted.get(row.pk, 0)  # type: ignore[attr-defined]
    return ExperimentOut(rows, many=True).data
