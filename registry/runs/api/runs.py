"""Listing runs, looking at one, stopping and repeating it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from registry.runs import listing, selectors, services
from registry.runs.api import shapes
from registry.runs.models import Run
from registry.workspaces import access

FILTERS = ("status", "kind", "person", "pipeline", "q")


class NewestFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    """In the order of the index, so that a page costs the same however many runs there are."""

    ordering = ("-created_at", "-id")


class Runs(GenericAPIView[Run]):
    serializer_class = shapes.RunSummary
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="runs_list",
        responses=shapes.RunSummary(many=True),
        parameters=[
            OpenApiParameter("status", enum=list(listing.STATES), description="A state, or `active`, or `unfinished`."),
            OpenApiParameter("kind", description="`pipeline`, or the name of a task such as `data-import`."),
            OpenApiParameter("person", description="User name of who started it."),
            OpenApiParameter("pipeline", description="Id of a pipeline."),
            OpenApiParameter("q", description="Text in the name or source, or the beginning of a run's id."),
        ],
    )
    def get(self, request: Request, workspace: str) -> Response:
        """Root runs of the workspace, newest first. Archived ones are left out."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        asked = {name: request.query_params.get(name, "") for name in FILTERS}
        page = self.paginate_queryset(listing.listed(place, **asked))
        return self.get_paginated_response(shapes.RunSummary(page, many=True).data)


def the_run(request: Request, workspace: str, run_id: str) -> Run:
    return selectors.detail(access.open_workspace(request.user, workspace, "runs.view"), run_id)


class OneRun(APIView):
    @extend_schema(operation_id="runs_detail", responses=shapes.RunDetail)
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """A run, or a step by its own id, with all it left. Listen for news from `last_event` on."""
        run = the_run(request, workspace, run_id)
        return Response(detail(run))


def detail(run: Run) -> dict[str, Any]:
    """The run as JSON; the page of a run starts from the same."""
    last = listing.last_event(run)
    # What is read from here on is at least as new as that event.
    fresh = selectors.detail(run.workspace, run.run_id)
    most = listing.MOST_SHOWN
    lists = {"params": list(listing.params(fresh)[: most + 1]), "metrics": list(listing.metrics(fresh)[: most + 1])}
    context = {
        "last_event": last,
        "steps": selectors.steps(fresh),
        "inputs": listing.inputs(fresh),
        "outputs": listing.outputs(fresh),
        "more": [name for name, found in lists.items() if len(found) > most],
        **{name: found[:most] for name, found in lists.items()},
    }
    return shapes.RunDetail(fresh, context=context).data


class CancelRun(APIView):
    @extend_schema(operation_id="runs_cancel", request=None, responses={202: shapes.StartedOut})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        """Ask a run to stop. It is `cancelling` until its processes are gone."""
        run = services.cancel(run=the_run(request, workspace, run_id), by=request.user)
        run.refresh_from_db(fields=["status"])
        return Response(shapes.StartedOut(run).data, status=202)


class RerunRun(APIView):
    @extend_schema(operation_id="runs_rerun", request=shapes.RerunIn, responses={201: shapes.StartedOut})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        """The same work again, as a new run."""
        asked = shapes.RerunIn(data=request.data)
        asked.is_valid(raise_exception=True)
        run = services.rerun(run=the_run(request, workspace, run_id), by=request.user, **asked.validated_data)
        return Response(shapes.StartedOut(run).data, status=201)


class ResumeRun(APIView):
    @extend_schema(operation_id="runs_resume", request=None, responses={201: shapes.StartedOut})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        """Go on from where a run failed or was cancelled: a new run that links the finished nodes."""
        run = services.resume(run=the_run(request, workspace, run_id), by=request.user)
        return Response(shapes.StartedOut(run).data, status=201)


class ArchiveRun(APIView):
    @extend_schema(operation_id="runs_archive", request=None, responses={204: None})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        """Take a finished run out of the lists. Links to it go on working."""
        services.archive(run=the_run(request, workspace, run_id), by=request.user)
        return Response(status=204)
