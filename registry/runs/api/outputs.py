"""What runs left on their ports: tables by the page, profiles, evaluations, downloads."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry import storage
from registry.data import filters, preview
from registry.errors import Invalid, NotFound
from registry.runs import downloads, listing
from registry.runs.api import shapes
from registry.runs.api.records import whole_number
from registry.runs.api.runs import the_run
from registry.runs.models import Run, RunOutput

TABLE = "table"
# The one file that is the value; other types are folders.
FILES = {TABLE: "table.parquet", "evaluation": "evaluation.json"}


def folder_of(output: RunOutput) -> Path:
    """Where the output lies on this machine. Its key was written by the engine, and still nothing leaves the store."""
    folder = storage.open_store(settings.STORE_DIR).local_path(output.path)
    return folder if folder.is_dir() else folder.parent


def file_of(output: RunOutput, type: str) -> Path:
    if output.type != type:
        raise Invalid(
            f"The port {output.port} holds a {output.type}, not a {type}.", code="wrong-type", fields={"type": output.type}
        )
    folder = folder_of(output)
    path = folder / FILES[type]
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        raise NotFound(f"What the port {output.port} held is no longer in the store. Run the node again.")
    return path


class Outputs(APIView):
    @extend_schema(operation_id="runs_outputs", responses=shapes.StepOutputOut(many=True))
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """What a run, or each of its steps, left on its ports."""
        found = listing.outputs(the_run(request, workspace, run_id))
        return Response({"next": None, "previous": None, "results": shapes.StepOutputOut(found, many=True).data})


class _OneOutput(APIView):
    def output(self, request: Request, workspace: str, run_id: str, port: str) -> tuple[Run, RunOutput]:
        run = the_run(request, workspace, run_id)
        return run, listing.output(run, port)


class Rows(_OneOutput):
    @extend_schema(
        operation_id="runs_output_rows",
        responses=OpenApiTypes.OBJECT,
        parameters=[
            OpenApiParameter("offset", int),
            OpenApiParameter("limit", int, description="At most 1,000; 100 if not given."),
            OpenApiParameter("sort", description='A column; "-" before it for the largest first.'),
            OpenApiParameter("search", description="Text that stands in any column."),
            OpenApiParameter("columns", description="Names separated by commas."),
            OpenApiParameter("filter", description="JSON list of {column, op, value}."),
        ],
    )
    def get(self, request: Request, workspace: str, run_id: str, port: str) -> Response:
        """A page of a table: {columns, rows, offset, matched, total}."""
        _, output = self.output(request, workspace, run_id, port)
        query = request.query_params
        return Response(
            preview.page(
                file_of(output, TABLE),
                offset=whole_number(request, "offset", 0) or 0,
                limit=whole_number(request, "limit", 100) or 100,
                sort=query.get("sort", ""),
                filters=filters.parse(query.get("filter")),
                search=query.get("search", ""),
                columns=filters.columns(query.get("columns")),
            )
        )


class Profile(_OneOutput):
    @extend_schema(operation_id="runs_output_profile", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, workspace: str, run_id: str, port: str) -> Response:
        """What stands in each column of a table: missing, distinct, quantiles, histogram."""
        _, output = self.output(request, workspace, run_id, port)
        return Response(preview.profile(file_of(output, TABLE)))


class Evaluation(_OneOutput):
    @extend_schema(operation_id="runs_output_evaluation", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, workspace: str, run_id: str, port: str) -> HttpResponse:
        """Metrics, thresholds and figures that Evaluate Model left."""
        _, output = self.output(request, workspace, run_id, port)
        # It is JSON already, and may be large.
        return HttpResponse(file_of(output, "evaluation").read_bytes(), content_type="application/json")


class Download(_OneOutput):
    @extend_schema(
        operation_id="runs_output_download",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        # Not `format`: REST framework takes that name for itself.
        parameters=[OpenApiParameter("as", enum=["parquet", "csv"], description="Of a table; Parquet if not given.")],
    )
    def get(self, request: Request, workspace: str, run_id: str, port: str) -> StreamingHttpResponse:
        """A table as Parquet or CSV, an evaluation as JSON, anything else as a zip of its folder."""
        run, output = self.output(request, workspace, run_id, port)
        name = f"{run.name} {port}"
        if output.type == TABLE:
            path = file_of(output, TABLE)
            match request.query_params.get("as", "parquet"):
                case "parquet":
                    kind, chunks, ending = "application/vnd.apache.parquet", downloads.file(path), "parquet"
                case "csv":
                    kind, chunks, ending = "text/csv; charset=utf-8", downloads.csv(path), "csv"
                case other:
                    raise Invalid(f"A table can be downloaded as parquet or csv, not {other!r}.", fields={"as": other})
        elif output.type == "evaluation":
            path = file_of(output, "evaluation")
            kind, chunks, ending = "application/json", downloads.file(path), "json"
        else:
            kind, chunks, ending = "application/zip", downloads.zipped(folder_of(output), name), "zip"
        return downloads.stream(request, chunks, name=f"{name}.{ending}", content_type=kind)
