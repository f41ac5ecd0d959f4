"""Files that runs logged, over REST: folders, what there is to see, previews, rows, the files themselves."""

from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.data import filters, preview
from registry.errors import Invalid
from registry.runs import downloads
from registry.runs.api.records import MOST_LINES, whole_number
from registry.runs.api.runs import the_run
from registry.runs.browsing import finds, kinds, places, reading, tables
from registry.runs.models import Run, Tag

PATH = OpenApiParameter("path", description="Of the file or folder, with slashes between the parts.")


class Browser(APIView):
    """Where to look is decided by `place`: the artifacts of a run here, those of a logged model above."""

    def place(self, request: Request, workspace: str, **ids: Any) -> places.Place:
        return places.of_run(the_run(request, workspace, ids["run_id"]))

    def tags(self, request: Request, workspace: str, **ids: Any) -> dict[str, str]:
        run = Run.objects.filter(run_id=ids.get("run_id", ""))
        return dict(Tag.objects.filter(run__in=run, key=finds.TABLES_TAG).values_list("key", "value"))

    @staticmethod
    def path(request: Request) -> str:
        return request.query_params.get("path", "")


class Folder(Browser):
    @extend_schema(
        operation_id="runs_artifacts",
        responses=OpenApiTypes.OBJECT,
        parameters=[PATH, OpenApiParameter("offset", int), OpenApiParameter("limit", int, description="At most 1,000.")],
    )
    def get(self, request: Request, workspace: str, **ids: Any) -> Response:
        """What lies in a folder of artifacts, folders first: {path, entries, total, offset}."""
        found = self.place(request, workspace, **ids)
        offset = whole_number(request, "offset", 0) or 0
        limit = whole_number(request, "limit", places.FOLDER_PAGE) or places.FOLDER_PAGE
        return Response(found.folder(self.path(request), offset=offset, limit=limit))


class Summary(Browser):
    @extend_schema(operation_id="runs_artifacts_summary", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, workspace: str, **ids: Any) -> Response:
        """How many pictures, tables, logs and files of code there are."""
        return Response(finds.summary(self.place(request, workspace, **ids), self.tags(request, workspace, **ids)))


class Found(Browser):
    @extend_schema(
        operation_id="runs_artifacts_find",
        responses=OpenApiTypes.OBJECT,
        parameters=[OpenApiParameter("kind", enum=finds.KINDS, required=True)],
    )
    def get(self, request: Request, workspace: str, **ids: Any) -> Response:
        """All files of a kind: {files, complete}. Pictures of a series come with `key`, `step` and a `small` copy."""
        place, tags = self.place(request, workspace, **ids), self.tags(request, workspace, **ids)
        return Response(finds.find(place, request.query_params.get("kind", ""), tags))


class Preview(Browser):
    @extend_schema(operation_id="runs_artifacts_preview", responses=OpenApiTypes.OBJECT, parameters=[PATH])
    def get(self, request: Request, workspace: str, **ids: Any) -> Response:
        """What a file is, and its text where it has one: {kind, text, truncated, language, size}."""
        return Response(reading.preview(self.place(request, workspace, **ids), self.path(request)))


class Lines(Browser):
    @extend_schema(
        operation_id="runs_artifacts_lines",
        responses=OpenApiTypes.OBJECT,
        parameters=[
            PATH,
            OpenApiParameter("after", int),
            OpenApiParameter("before", int),
            OpenApiParameter("tail", bool),
            OpenApiParameter("limit", int),
            OpenApiParameter("q"),
        ],
    )
    def get(self, request: Request, workspace: str, **ids: Any) -> Response:
        """A text by its lines, paged as the log of a run is."""
        return Response(
            reading.lines(
                self.place(request, workspace, **ids),
                self.path(request),
                after=whole_number(request, "after", 0) or 0,
                before=whole_number(request, "before"),
                tail=request.query_params.get("tail", "").lower() in ("1", "true", "yes"),
                limit=max(1, min(whole_number(request, "limit", 500) or 500, MOST_LINES)),
                q=request.query_params.get("q", ""),
            )
        )


class Rows(Browser):
    @extend_schema(
        operation_id="runs_artifacts_rows",
        responses=OpenApiTypes.OBJECT,
        parameters=[
            PATH,
            OpenApiParameter("offset", int),
            OpenApiParameter("limit", int),
            OpenApiParameter("sort"),
            OpenApiParameter("search"),
            OpenApiParameter("columns"),
            OpenApiParameter("filter"),
        ],
    )
    def get(self, request: Request, workspace: str, **ids: Any) -> Response:
        """A page of a table among the artifacts: {columns, rows, offset, matched, total}."""
        query = request.query_params
        return Response(
            preview.page(
                tables.parquet_of(self.place(request, workspace, **ids), self.path(request)),
                offset=whole_number(request, "offset", 0) or 0,
                limit=whole_number(request, "limit", 100) or 100,
                sort=query.get("sort", ""),
                filters=filters.parse(query.get("filter")),
                search=query.get("search", ""),
                columns=filters.columns(query.get("columns")),
            )
        )


class Raw(Browser):
    @extend_schema(
        operation_id="runs_artifacts_raw",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("download", bool, description="To be saved, whatever it is.")],
    )
    def get(self, request: Request, workspace: str, path: str, **ids: Any) -> StreamingHttpResponse:
        """The file itself. A page or a drawing runs in an origin of its own and reaches nothing of the studio."""
        place = self.place(request, workspace, **ids)
        entry = place.file(path)
        sent = kinds.sent_as(entry.name)
        inline = sent.inline and not request.query_params.get("download")
        answer = downloads.stream(request, place.chunks(path), name=entry.name, content_type=sent.content_type)
        answer["Content-Disposition"] = content_disposition_header(not inline, downloads.file_name(entry.name)) or "inline"
        answer["Content-Security-Policy"] = sent.policy
        answer["Content-Length"] = str(entry.size or 0)
        answer["Referrer-Policy"] = "no-referrer"
        # Nobody else's page may use it as a picture or a script either.
        answer["Cross-Origin-Resource-Policy"] = "same-origin"
        # A picture of a series has an id of its own in its name; anything else may be logged again under the same one.
        is_lasting = finds.SERIES.fullmatch(path) is not None
        answer["Cache-Control"] = "private, max-age=86400, immutable" if is_lasting else "private, no-cache"
        return answer


class Zip(Browser):
    @extend_schema(
        operation_id="runs_artifacts_zip",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        parameters=[PATH],
    )
    def get(self, request: Request, workspace: str, **ids: Any) -> StreamingHttpResponse:
        """A folder with everything below it, as a zip that is packed while it is sent."""
        place = self.place(request, workspace, **ids)
        path = self.path(request)
        if path and not place.entry(path).is_dir:
            raise Invalid(f"{path} is a file; download it as it is.", code="not-a-folder")
        chunks = downloads.zip_of(place.packed(path))
        name = path.rstrip("/").rpartition("/")[2] or place.name
        return downloads.stream(request, chunks, name=f"{name}.zip", content_type="application/zip")
