"""Traces over REST: read only. They are written by the tracking protocol, `/api/3.0/mlflow/traces` and `/v1/traces`."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from registry.errors import Invalid
from registry.traces import selectors, shapes
from registry.traces.models import Span, Trace
from registry.workspaces import access


class NewestFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    ordering = ("-request_time", "-id")


class InOrder(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    ordering = ("start", "id")


class Traces(GenericAPIView[Trace]):
    serializer_class = shapes.TraceOut
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="traces_list",
        responses=shapes.TraceOut(many=True),
        parameters=[
            OpenApiParameter("experiment", int, description="Of this experiment only."),
            OpenApiParameter("run", description="Those that this run made, or was linked to."),
        ],
    )
    def get(self, request: Request, workspace: str) -> Response:
        """Traces, newest first."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        told = request.query_params.get("experiment", "")
        if told and not (told.isascii() and told.isdecimal() and len(told) < 19):
            raise Invalid("`experiment` is the number of one.", fields={"experiment": "not a number"})
        run = request.query_params.get("run", "").replace("\0", "")
        found = selectors.traces_of(place, experiment=int(told) if told else None, run_id=run)
        return self.get_paginated_response(shapes.TraceOut(self.paginate_queryset(found), many=True).data)


class OneTrace(APIView):
    @extend_schema(operation_id="traces_detail", responses=shapes.TraceOut)
    def get(self, request: Request, workspace: str, trace_id: str) -> Response:
        place = access.open_workspace(request.user, workspace, "runs.view")
        return Response(shapes.TraceOut(selectors.trace(place, trace_id)).data)


class Spans(GenericAPIView[Span]):
    serializer_class = shapes.SpanOut
    pagination_class = InOrder

    @extend_schema(operation_id="traces_spans", responses=shapes.SpanOut(many=True))
    def get(self, request: Request, workspace: str, trace_id: str) -> Response:
        """The spans of a trace, in the order in which they began."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        found = selectors.spans_of(selectors.trace(place, trace_id))
        return self.get_paginated_response(shapes.SpanOut(self.paginate_queryset(found), many=True).data)
