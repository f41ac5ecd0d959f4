"""Data over REST: assets, versions, and uploads by chunks."""

from typing import Any
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from registry.data import filters, preview, selectors, services, shapes
from registry.data.models import DataVersion, Upload
from registry.errors import Invalid
from registry.workspaces import access
from registry.workspaces.models import Workspace

Cursor: Any = api_settings.DEFAULT_PAGINATION_CLASS
ROWS_QUERY = [
    OpenApiParameter("offset", int),
    OpenApiParameter("limit", int, description="At most 1,000; 100 if not given."),
    OpenApiParameter("sort", description='A column; "-" before it for the largest first.'),
    OpenApiParameter("search", description="Text that stands in any column."),
    OpenApiParameter("columns", description="Names separated by commas, or a JSON list of names."),
    OpenApiParameter(
        "filter",
        description='JSON list of {"column", "op", "value"}; op is one of ' + ", ".join(filters.OPS) + ".",
    ),
    OpenApiParameter("full", bool, description="Give long texts whole."),
]


class LastChangedFirst(Cursor):
    ordering = ("-updated_at", "-id")


class NewestFirst(Cursor):
    ordering = "-number"


class LastTouchedFirst(Cursor):
    ordering = ("-touched_at", "id")


class Bytes(BaseParser):
    """The body as it comes, whatever it calls itself: it goes to the disk in blocks and never into memory."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream


class Assets(GenericAPIView):
    serializer_class = shapes.AssetOut
    pagination_class = LastChangedFirst

    @extend_schema(
        operation_id="data_list",
        responses=shapes.AssetOut(many=True),
        parameters=[
            OpenApiParameter("q", description="Words in the name or the description."),
            OpenApiParameter("tag", description="Exactly this tag."),
        ],
    )
    def get(self, request: Request, workspace: str) -> Response:
        """Data assets, last changed first."""
        place = access.open_workspace(request.user, workspace, "data.view")
        found = selectors.assets(place, q=request.query_params.get("q", ""), tag=request.query_params.get("tag", ""))
        return self.get_paginated_response(shapes.AssetOut(self.paginate_queryset(found), many=True).data)


class OneAsset(APIView):
    @extend_schema(operation_id="data_detail", responses=shapes.AssetOut)
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(self._shown(access.open_workspace(request.user, workspace, "data.view"), name))

    @extend_schema(operation_id="data_edit", request=shapes.AssetIn, responses=shapes.AssetOut)
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        """Change the name, the description or the tags."""
        place = access.open_workspace(request.user, workspace, "data.view")
        asked = shapes.AssetIn(data=request.data)
        asked.is_valid(raise_exception=True)
        asset = services.edit(asset=selectors.asset(place, name), by=request.user, **asked.validated_data)
        return Response(self._shown(place, asset.name))

    @extend_schema(operation_id="data_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        """Take the asset out of all lists. Runs that read it keep it; an upload to its name brings it back."""
        place = access.open_workspace(request.user, workspace, "data.view")
        services.archive(asset=selectors.asset(place, name), by=request.user)
        return Response(status=204)

    def _shown(self, place: Workspace, name: str) -> Any:
        selectors.asset(place, name)
        return shapes.AssetOut(selectors.assets(place).get(name=name)).data


class Versions(GenericAPIView):
    serializer_class = shapes.VersionOut
    pagination_class = NewestFirst

    @extend_schema(operation_id="data_versions", responses=shapes.VersionOut(many=True))
    def get(self, request: Request, workspace: str, name: str) -> Response:
        """The versions of an asset, newest first."""
        place = access.open_workspace(request.user, workspace, "data.view")
        found = selectors.versions(selectors.asset(place, name))
        page: list[DataVersion] = self.paginate_queryset(found) or []
        return self.get_paginated_response(shapes.VersionOut(page, many=True).data)


class _OneVersion(APIView):
    def version(self, request: Request, workspace: str, name: str, number: int) -> DataVersion:
        place = access.open_workspace(request.user, workspace, "data.view")
        return selectors.version(selectors.asset(place, name), number)


class Version(_OneVersion):
    @extend_schema(operation_id="data_version", responses=shapes.VersionDetailOut)
    def get(self, request: Request, workspace: str, name: str, number: int) -> Response:
        return Response(shapes.VersionDetailOut(self.version(request, workspace, name, number)).data)


class Rows(_OneVersion):
    @extend_schema(operation_id="data_rows", responses=OpenApiTypes.OBJECT, parameters=ROWS_QUERY)
    def get(self, request: Request, workspace: str, name: str, number: int) -> Response:
        """A page of the table: {columns, rows, offset, matched, total}; sorted, filtered and searched over all rows."""
        path = selectors.table_path(self.version(request, workspace, name, number))
        query = request.query_params
        return Response(
            preview.page(
                path,
                offset=_whole(query, "offset", 0),
                limit=_whole(query, "limit", 100),
                sort=query.get("sort", ""),
                filters=filters.parse(query.get("filter")),
                search=query.get("search", ""),
                columns=filters.columns(query.get("columns")),
                full=query.get("full") in ("1", "true"),
            )
        )


class Profile(_OneVersion):
    @extend_schema(operation_id="data_profile", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, workspace: str, name: str, number: int) -> Response:
        """Of each column: kind, missing, distinct, min, max, mean, quantiles, histogram or most frequent values. 409 with
        the code profile-not-ready in the first moment of a new version."""
        return Response(preview.profile(selectors.profiled_path(self.version(request, workspace, name, number))))


class Download(_OneVersion):
    @extend_schema(operation_id="data_download", responses={(200, "application/vnd.apache.parquet"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, name: str, number: int) -> FileResponse:
        """The version's Parquet file."""
        version = self.version(request, workspace, name, number)
        file = selectors.table_path(version).open("rb")
        filename = f"{version.asset.name} {version.number}.parquet"
        return FileResponse(file, as_attachment=True, filename=filename, content_type="application/vnd.apache.parquet")


class Uploads(GenericAPIView):
    serializer_class = shapes.UploadOut
    pagination_class = LastTouchedFirst

    @extend_schema(operation_id="data_uploads", responses=shapes.UploadOut(many=True))
    def get(self, request: Request, workspace: str) -> Response:
        """One's own uploads that are not imported yet."""
        place = access.open_workspace(request.user, workspace, "data.edit")
        found: list[Upload] = self.paginate_queryset(selectors.open_uploads(place, request.user)) or []
        return self.get_paginated_response(shapes.UploadOut(found, many=True).data)

    @extend_schema(operation_id="data_upload_start", request=shapes.UploadIn, responses={201: shapes.UploadOut})
    def post(self, request: Request, workspace: str) -> Response:
        """Begin an upload; then send its bytes with PATCH, `chunk_size` at a time."""
        place = access.open_workspace(request.user, workspace, "data.edit")
        asked = shapes.UploadIn(data=request.data)
        asked.is_valid(raise_exception=True)
        upload = services.start_upload(workspace=place, by=request.user, **asked.validated_data)
        return Response(shapes.UploadOut(upload).data, status=201)


class _OneUpload(APIView):
    def upload(self, request: Request, workspace: str, upload_id: UUID) -> Upload:
        place = access.open_workspace(request.user, workspace, "data.edit")
        return selectors.upload(place, request.user, upload_id)


class OneUpload(_OneUpload):
    def get_parsers(self) -> list[BaseParser]:
        # By the raw request: REST framework asks for parsers before it has one of its own.
        return [Bytes()] if getattr(self.request, "method", "") == "PATCH" else super().get_parsers()

    @extend_schema(operation_id="data_upload_detail", responses=shapes.UploadDetailOut)
    def get(self, request: Request, workspace: str, upload_id: UUID) -> Response:
        """How far the upload is, and what its inspection found."""
        return Response(shapes.UploadDetailOut(self.upload(request, workspace, upload_id)).data)

    @extend_schema(
        operation_id="data_upload_chunk",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=shapes.ReceivedOut,
        parameters=[
            OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True, description="Where the bytes belong.")
        ],
    )
    def patch(self, request: Request, workspace: str, upload_id: UUID) -> Response:
        """The next bytes. What is there already may be sent again; a gap is answered 409 with `received`."""
        upload = self.upload(request, workspace, upload_id)
        offset = request.headers.get("Upload-Offset", "")
        if not (offset.isascii() and offset.isdecimal() and len(offset) < 19):
            raise Invalid("The header Upload-Offset must say at which byte this chunk begins.", code="bad-offset")
        upload = services.receive(upload=upload, by=request.user, offset=int(offset), stream=request.data)
        return Response({"received": upload.received, "status": upload.status})

    @extend_schema(operation_id="data_upload_discard", responses={204: None})
    def delete(self, request: Request, workspace: str, upload_id: UUID) -> Response:
        """Throw the upload away."""
        services.discard_upload(upload=self.upload(request, workspace, upload_id), by=request.user)
        return Response(status=204)


class UploadOptions(_OneUpload):
    @extend_schema(operation_id="data_upload_options", request=OpenApiTypes.OBJECT, responses=shapes.UploadOut)
    def patch(self, request: Request, workspace: str, upload_id: UUID) -> Response:
        """Read the file in another way: separator, quote, encoding, header, missing, kinds, … null goes back to what is
        detected. The file is looked at again."""
        upload = self.upload(request, workspace, upload_id)
        changed = services.change_options(upload=upload, by=request.user, changes=request.data)
        return Response(shapes.UploadOut(changed).data)


class Import(_OneUpload):
    @extend_schema(operation_id="data_upload_import", request=shapes.ImportIn, responses={201: shapes.ImportOut})
    def post(self, request: Request, workspace: str, upload_id: UUID) -> Response:
        """Make the file the next version of `name`. `options` may still say `kinds` and `keep`."""
        upload = self.upload(request, workspace, upload_id)
        asked = shapes.ImportIn(data=request.data)
        asked.is_valid(raise_exception=True)
        version = services.start_import(upload=upload, by=request.user, **asked.validated_data)
        return Response({"name": version.asset.name, "number": version.number}, status=201)


def _whole(query: Any, name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Invalid(f"{name} must be a whole number.", code="bad-query", fields={name: "not a number"})
    return int(text)


