"""Reports over REST."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from registry.reports import blocks, drawing, selectors, services, shapes
from registry.reports.models import Report
from registry.workspaces import access


class LastChangedFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    ordering = ("-updated_at", "-id")


class NewestFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    ordering = "-revision"


def the_report(request: Request, workspace: str, id: int, *, deleted: bool = False) -> Report:
    place = access.open_workspace(request.user, workspace, "reports.view")
    return selectors.report(place, id, deleted=deleted)


def _asked(shape: Any, request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class Reports(GenericAPIView[Report]):
    serializer_class = shapes.ReportRow
    pagination_class = LastChangedFirst

    @extend_schema(
        operation_id="reports_list",
        responses=shapes.ReportRow(many=True),
        parameters=[
            OpenApiParameter("q", description="Words in the title or the text."),
            OpenApiParameter("deleted", bool, description="Those in the bin instead."),
        ],
    )
    def get(self, request: Request, workspace: str) -> Response:
        """Reports of the workspace, last changed first."""
        place = access.open_workspace(request.user, workspace, "reports.view")
        query = request.query_params
        found = selectors.reports_of(place, q=query.get("q", ""), deleted=query.get("deleted", "") in ("1", "true"))
        return self.get_paginated_response(shapes.ReportRow(self.paginate_queryset(found), many=True).data)

    @extend_schema(operation_id="reports_create", request=shapes.ReportIn, responses={201: shapes.ReportOut})
    def post(self, request: Request, workspace: str) -> Response:
        place = access.open_workspace(request.user, workspace, "reports.view")
        made = services.create(workspace=place, by=request.user, **_asked(shapes.ReportIn, request))
        return Response(shapes.ReportOut(made).data, status=201)


class OneReport(APIView):
    @extend_schema(operation_id="reports_detail", responses=shapes.ReportOut)
    def get(self, request: Request, workspace: str, report: int) -> Response:
        return Response(shapes.ReportOut(the_report(request, workspace, report)).data)

    @extend_schema(operation_id="reports_save", request=shapes.SaveIn, responses=shapes.ReportOut)
    def patch(self, request: Request, workspace: str, report: int) -> Response:
        """Save title or text, made from `revision`; 409 when somebody has saved meanwhile."""
        found = the_report(request, workspace, report)
        saved = services.save(report=found, by=request.user, **_asked(shapes.SaveIn, request))
        return Response(shapes.ReportOut(saved).data)

    @extend_schema(operation_id="reports_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, report: int) -> Response:
        """Into the bin; `restore` brings it back."""
        services.delete(report=the_report(request, workspace, report), by=request.user)
        return Response(status=204)


class RestoreReport(APIView):
    @extend_schema(operation_id="reports_restore", request=None, responses=shapes.ReportOut)
    def post(self, request: Request, workspace: str, report: int) -> Response:
        """Out of the bin."""
        found = the_report(request, workspace, report, deleted=True)
        services.undelete(report=found, by=request.user)
        return Response(shapes.ReportOut(the_report(request, workspace, report)).data)


class Versions(GenericAPIView[Any]):
    serializer_class = shapes.VersionOut
    pagination_class = NewestFirst

    @extend_schema(operation_id="reports_versions", responses=shapes.VersionOut(many=True))
    def get(self, request: Request, workspace: str, report: int) -> Response:
        """What the report said before, newest first."""
        page = self.paginate_queryset(selectors.versions(the_report(request, workspace, report)))
        return self.get_paginated_response(shapes.VersionOut(page, many=True).data)

    @extend_schema(operation_id="reports_versions_restore", request=shapes.RestoreIn, responses=shapes.ReportOut)
    def post(self, request: Request, workspace: str, report: int) -> Response:
        """Make an earlier version the text again."""
        found = the_report(request, workspace, report)
        saved = services.restore_version(report=found, by=request.user, **_asked(shapes.RestoreIn, request))
        return Response(shapes.ReportOut(saved).data)


class Link(APIView):
    @extend_schema(operation_id="reports_share", request=None, responses={201: shapes.LinkOut})
    def post(self, request: Request, workspace: str, report: int) -> Response:
        """A link by which people without an account read this report, and nothing else."""
        secret = services.share(report=the_report(request, workspace, report), by=request.user)
        return Response({"address": f"/shared/{secret}/"}, status=201)

    @extend_schema(operation_id="reports_unshare", responses={204: None})
    def delete(self, request: Request, workspace: str, report: int) -> Response:
        """Withdraw the link."""
        services.unshare(report=the_report(request, workspace, report), by=request.user)
        return Response(status=204)


class Draw(APIView):
    @extend_schema(operation_id="reports_draw", request=shapes.BlockIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, workspace: str) -> HttpResponse:
        """What a block of a report shows now: {block, columns, rows, curves, total}."""
        place = access.open_workspace(request.user, workspace, "reports.view")
        access.require(request.user, "runs.view", place)
        block = blocks.parse(_asked(shapes.BlockIn, request)["text"])
        return HttpResponse(drawing.as_json(place, block), content_type="application/json")
