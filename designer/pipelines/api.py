"""REST of the designer: parse, one service or selector, render. The pages and the canvas use nothing else."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from designer.graph import document
from designer.pipelines import comparing, planning, samples, selectors, services
from designer.pipelines import serializers as shapes
from designer.pipelines.models import Pipeline
from registry.runs.api.comparing import MOST_WITH_FILES, RUNS, json_answer, known_ids
from registry.runs.models import Run
from registry.workspaces import access
from registry.workspaces.models import Workspace

REFUSED = {status.HTTP_422_UNPROCESSABLE_ENTITY: shapes.ProblemReport}
STALE = {status.HTTP_409_CONFLICT: shapes.ProblemReport}


class NewestFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc, name-defined]
    ordering = ("-updated_at", "-id")


class NewestRevisionFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc, name-defined]
    ordering = "-revision"


class PipelineList(generics.ListAPIView[Pipeline]):
    serializer_class = shapes.PipelineRow
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Pipeline.objects.none()
        home = _workspace(self.request, self.kwargs["workspace"])
        query = self.request.query_params
        return selectors.listing(
            home, q=query.get("q", "").replace("\0", "").strip(), archived=query.get("archived") == "true"
        )

    @extend_schema(
        operation_id="pipelines_list",
        parameters=[
            OpenApiParameter("q", str, description="Looks into names and descriptions."),
            OpenApiParameter(
                "archived", bool, description="Those that were put away, instead of the others."
            ),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="pipelines_create",
        request=shapes.NewPipeline,
        responses={201: shapes.PipelineOut, **REFUSED},
    )
    def post(self, request: Request, workspace: str) -> Response:
        home = _workspace(request, workspace)
        asked = _parsed(shapes.NewPipeline, request)
        pipeline = services.create(workspace=home, by=request.user, **asked)
        return Response(_shown(pipeline, request), status=status.HTTP_201_CREATED)


class PipelineDetail(APIView):
    @extend_schema(operation_id="pipelines_read", responses=shapes.PipelineOut)
    def get(self, request: Request, workspace: str, id: int) -> Response:
        return Response(_shown(_pipeline(request, workspace, id), request))

    @extend_schema(
        operation_id="pipelines_change",
        request=shapes.PipelineChange,
        responses={200: shapes.PipelineOut, **REFUSED},
    )
    def patch(self, request: Request, workspace: str, id: int) -> Response:
        pipeline = _pipeline(request, workspace, id)
        services.rename(pipeline=pipeline, by=request.user, **_parsed(shapes.PipelineChange, request))
        return Response(_shown(pipeline, request))

    @extend_schema(operation_id="pipelines_archive", responses={204: None})
    def delete(self, request: Request, workspace: str, id: int) -> Response:
        services.archive(pipeline=_pipeline(request, workspace, id), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Unarchive(APIView):
    @extend_schema(operation_id="pipelines_unarchive", request=None, responses=shapes.PipelineOut)
    def post(self, request: Request, workspace: str, id: int) -> Response:
        pipeline = selectors.find(_workspace(request, workspace), id, archived=True)
        return Response(_shown(services.unarchive(pipeline=pipeline, by=request.user), request))


class Duplicate(APIView):
    @extend_schema(
        operation_id="pipelines_duplicate",
        request=shapes.CopyName,
        responses={201: shapes.PipelineOut, **REFUSED},
    )
    def post(self, request: Request, workspace: str, id: int) -> Response:
        pipeline = _pipeline(request, workspace, id)
        copy = services.duplicate(pipeline=pipeline, by=request.user, **_parsed(shapes.CopyName, request))
        return Response(_shown(copy, request), status=status.HTTP_201_CREATED)


class GraphOf(APIView):
    @extend_schema(
        operation_id="pipelines_save_graph",
        request=shapes.GraphSave,
        responses={200: shapes.SavedOut, **STALE, **REFUSED},
    )
    def put(self, request: Request, workspace: str, id: int) -> Response:
        pipeline = _pipeline(request, workspace, id)
        services.save_graph(pipeline=pipeline, by=request.user, **_parsed(shapes.GraphSave, request))
        return Response(shapes.SavedOut(pipeline).data)


class Check(APIView):
    """Changes nothing: what would be wrong with this graph here, and which columns arrive where."""

    @extend_schema(
        operation_id="pipelines_check",
        request=shapes.GraphToCheck,
        responses={200: shapes.CheckOut, **REFUSED},
    )
    def post(self, request: Request, workspace: str, id: int) -> Response:
        pipeline = _pipeline(request, workspace, id)
        asked = _parsed(shapes.GraphToCheck, request)
        graph = document.read(asked["graph"])
        return Response(planning.check_graph(pipeline.workspace, graph, asked["schemas_of"]))


class VersionList(generics.ListAPIView[Any]):
    serializer_class = shapes.PipelineVersionRow
    pagination_class = NewestRevisionFirst

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return shapes.PipelineVersion.objects.none()
        return selectors.versions(_pipeline(self.request, self.kwargs["workspace"], self.kwargs["id"]))


class VersionDetail(APIView):
    @extend_schema(operation_id="pipelines_version", responses=shapes.PipelineVersionOut)
    def get(self, request: Request, workspace: str, id: int, revision: int) -> Response:
        version = selectors.version(_pipeline(request, workspace, id), revision)
        return Response(shapes.PipelineVersionOut(version).data)


class RestoreVersion(APIView):
    @extend_schema(
        operation_id="pipelines_restore", request=shapes.Restore, responses={200: shapes.RestoredOut, **STALE}
    )
    def post(self, request: Request, workspace: str, id: int, revision: int) -> Response:
        pipeline = _pipeline(request, workspace, id)
        asked = _parsed(shapes.Restore, request)
        services.restore(pipeline=pipeline, by=request.user, revision=asked["revision"], version=revision)
        return Response(shapes.RestoredOut(pipeline).data)


class Runs(APIView):
    @extend_schema(
        operation_id="pipelines_run",
        request=shapes.Submission,
        responses={201: shapes.SubmittedOut, **STALE, **REFUSED},
    )
    def post(self, request: Request, workspace: str, id: int) -> Response:
        """Runs the stored graph of that revision; a graph in the request is refused."""
        pipeline = _pipeline(request, workspace, id)
        asked = _parsed(shapes.Submission, request)
        run = services.submit(pipeline=pipeline, by=request.user, **{**asked, "node": asked["node"] or ""})
        body = {"run_id": run.run_id, "url": _page_of(run)}
        return Response(body, status=status.HTTP_201_CREATED)


class State(APIView):
    @extend_schema(operation_id="pipelines_state", responses=shapes.StateOut)
    def get(self, request: Request, workspace: str, id: int) -> Response:
        return Response(selectors.state(_pipeline(request, workspace, id)))


class RunGraph(APIView):
    @extend_schema(operation_id="runs_graph", responses=shapes.DrawingOut)
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        home = access.open_workspace(request.user, workspace, "runs.view")
        return Response(shapes.DrawingOut(selectors.drawing_of(home, run_id)).data)


class GraphsOfTwoRuns(APIView):
    @extend_schema(
        operation_id="runs_compare_graphs",
        responses=OpenApiTypes.OBJECT,
        parameters=[OpenApiParameter("base"), OpenApiParameter("other")],
    )
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """Two pipeline runs over one graph: each node marked same, cached, or with what changed, and where they part."""
        home = access.open_workspace(request.user, workspace, "runs.view")
        ids = (request.query_params.get(name, "").replace("\0", "") for name in ("base", "other"))
        return json_answer(comparing.over_one_graph(home, *ids))


class ScriptsOfRuns(APIView):
    @extend_schema(operation_id="runs_compare_scripts", responses=OpenApiTypes.OBJECT, parameters=[RUNS])
    def get(self, request: Request, workspace: str) -> HttpResponse:
        """The code that the nodes of pipeline runs were given: {run id: [{path, language, digest, text}]}."""
        home = access.open_workspace(request.user, workspace, "runs.view")
        ids = known_ids(request.query_params, home)[:MOST_WITH_FILES]
        return json_answer({"runs": comparing.scripts(home, ids)})


class SampleList(APIView):
    @extend_schema(operation_id="pipelines_samples", responses=shapes.SampleOut(many=True))
    def get(self, request: Request, workspace: str) -> Response:
        _workspace(request, workspace)
        return Response(shapes.SampleOut(samples.SAMPLES, many=True).data)


class SampleDetail(APIView):
    @extend_schema(
        operation_id="pipelines_create_sample", request=None, responses={201: shapes.PipelineOut, **REFUSED}
    )
    def post(self, request: Request, workspace: str, slug: str) -> Response:
        pipeline = samples.create(workspace=_workspace(request, workspace), by=request.user, slug=slug)
        return Response(_shown(pipeline, request), status=status.HTTP_201_CREATED)


class CatalogueView(APIView):
    @extend_schema(operation_id="catalogue", responses={200: dict[str, Any]})
    def get(self, request: Request, workspace: str) -> Response:
        """Every component with its ports and parameters, in the palette's order."""
        _workspace(request, workspace)
        return Response(planning.catalogue().to_json())


def _workspace(request: Request, slug: str) -> Workspace:
    return access.open_workspace(request.user, slug, "pipelines.view")


def _pipeline(request: Request, slug: str, id: int) -> Pipeline:
    return selectors.find(_workspace(request, slug), id)


def _page_of(run: Run) -> str:
    """Settings say where a run is shown; this package knows no pages."""
    return (
        run.get_absolute_url()
        if hasattr(run, "get_absolute_url")
        else f"/w/{run.workspace.slug}/runs/{run.run_id}"
    )


def _parsed(shape: type[shapes.Strict], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _shown(pipeline: Pipeline, request: Request) -> Any:
    pipeline.can_edit = access.allowed(request.user, "pipelines.edit", pipeline.workspace)  # type: ignore[attr-defined]
    return shapes.PipelineOut(pipeline).data
