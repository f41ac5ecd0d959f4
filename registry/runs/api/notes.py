"""What people write on a run over REST: name, description, tags, stars, comments; the bin and the archive."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from registry.errors import Invalid
from registry.runs import about, notes, services
from registry.runs.api.records import whole_number
from registry.runs.api.runs import OneRun, the_run
from registry.runs.models import Comment, Run
from registry.workspaces import access


class RunIn(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    name = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, help_text="Markdown. An empty text takes it away."
    )


class TagIn(serializers.Serializer[Any]):
    key = serializers.CharField(allow_blank=True)
    value = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False, default="")


class CommentIn(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True, trim_whitespace=False, help_text="Markdown.")


class CommentOut(serializers.ModelSerializer[Comment]):
    author = serializers.CharField(source="author.username", default=None, allow_null=True)
    author_name = serializers.CharField(source="author.display_name", default="Somebody who is gone")
    mine = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = ["id", "author", "author_name", "mine", "text", "created_at", "edited_at"]

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_mine(self, comment: Comment) -> bool:
        return comment.author_id == self.context["person"].pk


class EditableRun(OneRun):
    """The same address reads, describes and takes away."""

    @extend_schema(operation_id="runs_update", request=RunIn, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, workspace: str, run_id: str) -> Response:
        """Rename a run, or describe it."""
        run = root_run(request, workspace, run_id)
        asked = RunIn(data=request.data)
        asked.is_valid(raise_exception=True)
        if "name" in asked.validated_data:
            notes.rename(run=run, by=request.user, name=asked.validated_data["name"])
        if "description" in asked.validated_data:
            notes.describe(run=run, by=request.user, text=asked.validated_data["description"])
        access.require(request.user, "runs.edit", run.workspace)
        return Response(about.about(run, request.user))

    @extend_schema(operation_id="runs_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, run_id: str) -> Response:
        """Put a run into the bin. `POST …/restore` brings it back until the bin is emptied."""
        services.delete(run=root_run(request, workspace, run_id), by=request.user)
        return Response(status=204)


def root_run(request: Request, workspace: str, run_id: str) -> Run:
    """Notes belong to whole runs; those of a step are its run's."""
    run = the_run(request, workspace, run_id)
    return run.parent or run


class About(APIView):
    @extend_schema(operation_id="runs_about", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """Description, tags, data sets, the runs it is nested in, stars."""
        return Response(about.about(root_run(request, workspace, run_id), request.user))


class Restore(APIView):
    @extend_schema(operation_id="runs_restore", request=None, responses={204: None})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        """Take a run out of the bin."""
        services.restore(run=root_run(request, workspace, run_id), by=request.user)
        return Response(status=204)


class Unarchive(APIView):
    @extend_schema(operation_id="runs_unarchive", request=None, responses={204: None})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        """Bring an archived run back into the lists."""
        services.unarchive(run=root_run(request, workspace, run_id), by=request.user)
        return Response(status=204)


class Tags(APIView):
    @extend_schema(operation_id="runs_tag_set", request=TagIn, responses={204: None})
    def put(self, request: Request, workspace: str, run_id: str) -> Response:
        """Add a tag, or give a known one another value."""
        run = root_run(request, workspace, run_id)
        access.require(request.user, "runs.edit", run.workspace)
        asked = TagIn(data=request.data)
        asked.is_valid(raise_exception=True)
        notes.put_tag(run=run, by=request.user, **asked.validated_data)
        return Response(status=204)

    @extend_schema(
        operation_id="runs_tag_delete", responses={204: None}, parameters=[OpenApiParameter("key", required=True)]
    )
    def delete(self, request: Request, workspace: str, run_id: str) -> Response:
        notes.remove_tag(
            run=root_run(request, workspace, run_id), by=request.user, key=request.query_params.get("key", "")
        )
        return Response(status=204)


class StarOfMine(APIView):
    @extend_schema(operation_id="runs_star", request=None, responses={204: None})
    def put(self, request: Request, workspace: str, run_id: str) -> Response:
        """Mark the run with your star. Nobody else's list changes."""
        notes.star(run=root_run(request, workspace, run_id), by=request.user, on=True)
        return Response(status=204)

    @extend_schema(operation_id="runs_unstar", responses={204: None})
    def delete(self, request: Request, workspace: str, run_id: str) -> Response:
        notes.star(run=root_run(request, workspace, run_id), by=request.user, on=False)
        return Response(status=204)


class OldestFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    ordering = "id"


class Comments(GenericAPIView[Comment]):
    serializer_class = CommentOut
    pagination_class = OldestFirst

    @extend_schema(operation_id="runs_comments", responses=CommentOut(many=True))
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """Oldest first."""
        page = self.paginate_queryset(about.comments(root_run(request, workspace, run_id)))
        return self.get_paginated_response(CommentOut(page, many=True, context={"person": request.user}).data)

    @extend_schema(operation_id="runs_comment", request=CommentIn, responses={201: CommentOut})
    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = root_run(request, workspace, run_id)
        access.require(request.user, "runs.edit", run.workspace)
        asked = CommentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        made = notes.comment(run=run, by=request.user, text=asked.validated_data["text"])
        return Response(CommentOut(made, context={"person": request.user}).data, status=201)


class OneComment(APIView):
    @extend_schema(operation_id="runs_comment_update", request=CommentIn, responses=CommentOut)
    def patch(self, request: Request, workspace: str, run_id: str, comment: int) -> Response:
        found = about.one_comment(root_run(request, workspace, run_id), comment)
        access.require(request.user, "runs.edit", found.run.workspace)
        asked = CommentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        notes.edit_comment(comment=found, by=request.user, text=asked.validated_data["text"])
        return Response(CommentOut(found, context={"person": request.user}).data)

    @extend_schema(operation_id="runs_comment_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, run_id: str, comment: int) -> Response:
        found = about.one_comment(root_run(request, workspace, run_id), comment)
        notes.remove_comment(comment=found, by=request.user)
        return Response(status=204)


class Nested(APIView):
    @extend_schema(
        operation_id="runs_nested",
        responses=OpenApiTypes.OBJECT,
        parameters=[
            OpenApiParameter("offset", int),
            OpenApiParameter("limit", int, description="At most 200; 50 if not given."),
            OpenApiParameter("metric", many=True, description="Whose last values are wanted; the commonest if none."),
        ],
    )
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """The runs nested in this one, a page at a time: {results, total, offset, metrics}."""
        run = the_run(request, workspace, run_id)
        metrics = request.query_params.getlist("metric")
        if any("\0" in key for key in metrics):
            raise Invalid("A name may not hold a NUL character.", code="bad-filter")
        return Response(
            about.children(
                run,
                offset=whole_number(request, "offset", 0) or 0,
                limit=whole_number(request, "limit", 50) or 50,
                metrics=metrics or None,
            )
        )
