"""Saved views over REST."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.boards import selectors, services
from registry.boards.models import SavedView
from registry.workspaces import access


class ViewOut(serializers.ModelSerializer[SavedView]):
    """`mine`: whether the asker may change it. `default`: whether the page opens with it, for the asker."""

    owner = serializers.CharField(source="owner.username")
    mine = serializers.SerializerMethodField()
    default = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields = ["id", "name", "kind", "state", "shared", "owner", "mine", "default", "updated_at"]

    def get_mine(self, view: SavedView) -> bool:
        return view.owner_id == self.context["user"].pk

    def get_default(self, view: SavedView) -> bool:
        return bool(getattr(view, "is_first", False))


class ViewsOut(serializers.Serializer[Any]):
    results = ViewOut(many=True)


class ViewIn(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField(default="runs")
    state = serializers.JSONField()
    shared = serializers.BooleanField(default=False)


class ChangeIn(serializers.Serializer[Any]):
    name = serializers.CharField(required=False)
    state = serializers.JSONField(required=False)
    shared = serializers.BooleanField(required=False)
    default = serializers.BooleanField(required=False)


class Views(APIView):
    @extend_schema(operation_id="views_list", responses=ViewsOut, parameters=[OpenApiParameter("kind")])
    def get(self, request: Request, workspace: str) -> Response:
        """One's own views and those that others share, by name."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        found = selectors.views_of(place, request.user, request.query_params.get("kind", "").replace("\0", ""))
        return Response({"results": ViewOut(found, many=True, context={"user": request.user}).data})

    @extend_schema(operation_id="views_create", request=ViewIn, responses={201: ViewOut})
    def post(self, request: Request, workspace: str) -> Response:
        place = access.open_workspace(request.user, workspace, "runs.view")
        asked = ViewIn(data=request.data)
        asked.is_valid(raise_exception=True)
        made = services.create(workspace=place, by=request.user, **asked.validated_data)
        return Response(_shown(request, made.pk, place), status=201)


class OneView(APIView):
    @extend_schema(operation_id="views_detail", responses=ViewOut)
    def get(self, request: Request, workspace: str, view: int) -> Response:
        place = access.open_workspace(request.user, workspace, "runs.view")
        return Response(_shown(request, view, place))

    @extend_schema(operation_id="views_change", request=ChangeIn, responses=ViewOut)
    def patch(self, request: Request, workspace: str, view: int) -> Response:
        """By its owner; whether it is the asker's `default` by whoever sees it."""
        place = access.open_workspace(request.user, workspace, "runs.view")
        found = selectors.view(place, request.user, view)
        asked = ChangeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        parts = dict(asked.validated_data)
        first = parts.pop("default", None)
        if parts:
            services.change(view=found, by=request.user, **parts)
        if first is not None:
            services.show_first(view=found, by=request.user, on=first)
        return Response(_shown(request, view, place))

    @extend_schema(operation_id="views_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, view: int) -> Response:
        place = access.open_workspace(request.user, workspace, "runs.view")
        services.delete(view=selectors.view(place, request.user, view), by=request.user)
        return Response(status=204)


def _shown(request: Request, id: int, place: Any) -> Any:
    return ViewOut(selectors.view(place, request.user, id), context={"user": request.user}).data
