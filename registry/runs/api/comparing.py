"""Runs side by side over REST, and selections: many runs under a short key."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.errors import Invalid
from registry.runs import comparing, logged_files, selections
from registry.workspaces import access
from registry.workspaces.models import Workspace

# Files are looked for in the store, run by run; nobody looks at the pictures of a thousand runs at once.
MOST_WITH_FILES = 50
RUNS = OpenApiParameter("runs", description="Ids of runs, separated by commas, in the order in which they are to stand.")
SET = OpenApiParameter("set", description="Key of a selection, instead of the ids.")


def asked_runs(query: Any, workspace: Workspace) -> list[str]:
    """The runs that an address names: `runs=a,b,c`, or `set=` and the key of a selection."""
    if key := query.get("set", ""):
        return selections.kept(workspace, key)
    return selections.distinct(query.get("runs", "").split(","))


def known_ids(query: Any, workspace: Workspace) -> list[str]:
    """Without what cannot be the id of any run."""
    return [id for id in asked_runs(query, workspace) if selections.is_id(id)]


def json_answer(found: Any) -> HttpResponse:
    # Serializers would cost more than all the queries: there are hundreds of thousands of cells.
    return HttpResponse(comparing.as_json(found), content_type="application/json")


class SelectionIn(serializers.Serializer[Any]):
    runs = serializers.ListField(child=serializers.CharField(max_length=64), allow_empty=False, max_length=10_000)


class SelectionOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    runs = serializers.ListField(child=serializers.CharField())


class Selections(APIView):
    @extend_schema(operation_id="runs_select", request=SelectionIn, responses={201: SelectionOut})
    def post(self, request: Request, workspace: str) -> Response:
        """Keep runs under a short key. The same runs in the same order always have the same key."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        asked = SelectionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        key = selections.keep(place, asked.validated_data["runs"])
        return Response({"key": key, "runs": selections.kept(place, key)}, status=201)


class OneSelection(APIView):
    @extend_schema(operation_id="runs_selection", responses=SelectionOut)
    def get(self, request: Request, workspace: str, key: str) -> Response:
        """The runs of a selection, in order."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        return Response({"key": key, "runs": selections.kept(place, key)})


class Matrix(APIView):
    @extend_schema(operation_id="runs_compare", responses=OpenApiTypes.OBJECT, parameters=[RUNS, SET])
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Runs side by side, by columns. Of a text row `values` holds each text once and `of` says for each run which it
        is (-1: none; no `of`: all have the one); with `runs` the row speaks of these places only."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        return json_answer(comparing.matrix(place, asked_runs(request.query_params, place)))


class Text(APIView):
    @extend_schema(
        operation_id="runs_compare_text",
        responses=OpenApiTypes.OBJECT,
        parameters=[RUNS, OpenApiParameter("kind", enum=["params", "tags", "code"]), OpenApiParameter("key")],
    )
    def get(self, request: Request, workspace: str) -> Response:
        """A value too long for the table, whole: {run id: text}."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        kind, key = request.query_params.get("kind", ""), request.query_params.get("key", "")
        if kind not in ("params", "tags", "code"):
            raise Invalid(f"`kind` is one of params, tags and code, not {kind!r}.", fields={"kind": kind})
        ids = known_ids(request.query_params, place)[:MOST_WITH_FILES]
        return Response({"values": comparing.text(place, ids, kind, key.replace("\0", ""))})


class Files(APIView):
    @extend_schema(operation_id="runs_compare_files", responses=OpenApiTypes.OBJECT, parameters=[RUNS])
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Images with their steps, tables and code that the runs logged as artifacts."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        ids = known_ids(request.query_params, place)
        if len(ids) > MOST_WITH_FILES:
            raise Invalid(
                f"Files are compared for up to {MOST_WITH_FILES} runs at once.", code="too-many", fields={"runs": len(ids)}
            )
        return json_answer(logged_files.of_runs(place, ids))
