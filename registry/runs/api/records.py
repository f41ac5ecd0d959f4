"""What runs leave while they work: logs, events, parameters, metrics."""

from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from registry.errors import Invalid
from registry.runs import downloads, listing, numbers, selectors
from registry.runs.api import shapes
from registry.runs.api.runs import the_run
from registry.runs.models import LogLine, Run
from registry.workspaces import access

MOST_LINES = 2000
AFTER = OpenApiParameter("after", int, description="Only what came after this number.")
LIMIT = OpenApiParameter("limit", int, description=f"At most {MOST_LINES}; 500 if not given.")


def whole_number(request: Request, name: str, default: int | None = None) -> int | None:
    text = request.query_params.get(name, "")
    if not text:
        return default
    # Ids beyond 63 bits are refused by the databases in ways of their own.
    if not text.isdecimal() or not text.isascii() or len(text) > 18:
        raise Invalid(f"`{name}` must be a whole number, not {text!r}.", fields={name: text})
    return int(text)


class Logs(APIView):
    @extend_schema(
        operation_id="runs_logs",
        responses=shapes.LinesOut,
        parameters=[
            AFTER,
            LIMIT,
            OpenApiParameter("before", int, description="Only what came before this number: the page that ends there."),
            OpenApiParameter("tail", bool, description="The last lines instead of the first."),
            OpenApiParameter("steps", bool, description="The lines of the run and all its steps, as they were written."),
            OpenApiParameter("q", description="Only lines with this text."),
        ],
    )
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """Lines of a run, in order. `next` is null when there is nothing more yet."""
        run = the_run(request, workspace, run_id)
        limit = max(1, min(whole_number(request, "limit", 500) or 500, MOST_LINES))
        asked: dict[str, Any] = {
            "after": whole_number(request, "after", 0),
            "before": whole_number(request, "before"),
            "tail": _is_true(request, "tail"),
            "q": request.query_params.get("q", ""),
        }
        merged = _is_true(request, "steps")
        read = listing.merged_log_page if merged else listing.log_page
        lines = read(run, **asked, limit=limit + 1)
        backwards = asked["tail"] or asked["before"] is not None
        more = len(lines) > limit
        lines = lines[-limit:] if backwards else lines[:limit]
        shown = [line_out(line, run, merged) for line in lines]
        earlier = more if backwards else asked["after"] > 0
        return Response(
            {
                "lines": shown,
                "next": shown[-1]["number"] if shown and more and not backwards else None,
                "previous": shown[0]["number"] if shown and earlier else None,
            }
        )


def line_out(line: LogLine, run: Run, merged: bool) -> dict[str, Any]:
    writer = line.run if merged else run
    return {
        "number": line.pk if merged else line.seq,
        "seq": line.seq,
        "run_id": writer.run_id,
        "node_id": writer.node_id,
        "timestamp": line.timestamp,
        "stream": line.stream,
        "text": line.text,
    }


class LogText(APIView):
    @extend_schema(operation_id="runs_logs_text", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, workspace: str, run_id: str) -> StreamingHttpResponse:
        """The whole log as a text file; that of a pipeline run has the lines of all its steps."""
        run = the_run(request, workspace, run_id)
        return downloads.stream(
            request, log_text(run), name=f"{run.name} {run.run_id[:8]}.log", content_type="text/plain; charset=utf-8"
        )


def log_text(run: Run) -> Iterator[bytes]:
    merged = run.parent_id is None
    read = listing.merged_log_page if merged else listing.log_page
    after = 0
    while lines := read(run, after=after, limit=MOST_LINES):
        after = lines[-1].pk if merged else lines[-1].seq
        texts = (
            f"{line.timestamp.isoformat(timespec='milliseconds')} {f'[{line.run.name}] ' if merged else ''}{line.text}\n"
            for line in lines
        )
        yield "".join(texts).encode()


class Events(APIView):
    @extend_schema(operation_id="runs_events", responses=shapes.EventsOut, parameters=[AFTER, LIMIT])
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """News of a run and its steps, for those who cannot listen on a socket."""
        run = the_run(request, workspace, run_id)
        root = run.parent or run
        after = whole_number(request, "after", 0) or 0
        limit = max(1, min(whole_number(request, "limit", 500) or 500, MOST_LINES))
        if after and not root.events.filter(id=after).exists():
            return Response({"events": [], "last": listing.last_event(root), "reread": True})
        return Response(_events(selectors.events(root, after, limit), after))


class WorkspaceEvents(APIView):
    @extend_schema(operation_id="workspace_events", responses=shapes.EventsOut, parameters=[AFTER])
    def get(self, request: Request, workspace: str) -> Response:
        """How states and metrics of the workspace's runs change. Without `after`: where "now" is."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        after = whole_number(request, "after", 0) or 0
        if not after:
            return Response({"events": [], "last": listing.last_workspace_event(place), "reread": False})
        found = list(listing.workspace_events(place, after))
        for event in found:
            # A step's metrics are news of its run to who looks at runs.
            event.body = {**event.body, "run_id": event.run.run_id}
        return Response(_events(found, after))


def _events(found: Any, after: int) -> dict[str, Any]:
    events = [{"event": event.pk, "type": event.type, "body": event.body} for event in found]
    return {"events": events, "last": events[-1]["event"] if events else after, "reread": False}


class ByKey(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    ordering = ("run_id", "key")


class Params(GenericAPIView[Any]):
    serializer_class = shapes.ParamOut
    pagination_class = ByKey

    @extend_schema(operation_id="runs_params", responses=shapes.ParamOut(many=True))
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """Parameters of a run and its steps."""
        page = self.paginate_queryset(listing.params(the_run(request, workspace, run_id)))
        return self.get_paginated_response(shapes.ParamOut(page, many=True).data)


class Metrics(GenericAPIView[Any]):
    serializer_class = shapes.MetricOut
    pagination_class = ByKey

    @extend_schema(operation_id="runs_metrics", responses=shapes.MetricOut(many=True))
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """One row for each metric of a run and its steps: last, smallest and largest value."""
        page = self.paginate_queryset(listing.metrics(the_run(request, workspace, run_id)))
        return self.get_paginated_response(shapes.MetricOut(page, many=True).data)


class Metric(APIView):
    @extend_schema(
        operation_id="runs_metric_points",
        responses=shapes.PointsOut,
        parameters=[OpenApiParameter("after", description="The `next` of the page before.")],
    )
    def get(self, request: Request, workspace: str, run_id: str, key: str) -> Response:
        """Every value of one metric of one run or step in the order of steps, 5,000 at a time."""
        run = the_run(request, workspace, run_id)
        points = listing.points(run, key, request.query_params.get("after", ""), 5001)
        more, points = len(points) > 5000, points[:5000]
        shown = [
            {"step": step, "value": numbers.shown(None if is_nan else value), "timestamp": timestamp}
            for step, timestamp, value, is_nan in points
        ]
        return Response({"key": key, "points": shown, "next": listing.place_of(points[-1]) if more else None})


def _is_true(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() in ("1", "true", "yes")
