"""Registered models over REST."""

from typing import Any

from django.db import transaction
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from registry.errors import NotFound
from registry.mlmodels import marking, naming, selectors, services, shapes
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.runs import downloads
from registry.runs import listing as run_listing
from registry.runs import selectors as runs
from registry.workspaces import access


class LastChangedFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    ordering = ("-updated_at", "-id")


class HighestFirst(api_settings.DEFAULT_PAGINATION_CLASS):  # type: ignore[misc]
    ordering = "-number"


class Models(GenericAPIView[RegisteredModel]):
    serializer_class = shapes.ModelOut
    pagination_class = LastChangedFirst

    @extend_schema(
        operation_id="models_list",
        responses=shapes.ModelOut(many=True),
        parameters=[
            OpenApiParameter("q", description="Words in the name, the description or the tags."),
            OpenApiParameter("tag", description="Exactly this tag: a word, or key=value."),
            OpenApiParameter("prompts", bool, description="Prompts instead of models."),
        ],
    )
    def get(self, request: Request, workspace: str) -> Response:
        """Registered models, last changed first."""
        place = access.open_workspace(request.user, workspace, "models.view")
        query = request.query_params
        found = selectors.models_of(place, q=query.get("q", ""), tag=query.get("tag", ""), prompts=query.get("prompts") == "true")
        return self.get_paginated_response(shapes.ModelOut(self.paginate_queryset(found), many=True).data)


class OneModel(APIView):
    @extend_schema(operation_id="models_detail", responses=shapes.ModelOut)
    def get(self, request: Request, workspace: str, name: str) -> Response:
        place = access.open_workspace(request.user, workspace, "models.view")
        return Response(shapes.ModelOut(selectors.model(place, name)).data)

    @extend_schema(operation_id="models_describe", request=shapes.ModelIn, responses=shapes.ModelOut)
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        """Change the description or the tags."""
        place = access.open_workspace(request.user, workspace, "models.view")
        model = selectors.model(place, name)
        asked = shapes.ModelIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.describe_model(model=model, by=request.user, **asked.validated_data)
        return Response(shapes.ModelOut(selectors.model(place, name)).data)

    @extend_schema(operation_id="models_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        """Delete the model with all its versions."""
        place = access.open_workspace(request.user, workspace, "models.view")
        services.delete_model(model=selectors.model(place, name), by=request.user)
        return Response(status=204)


class Versions(GenericAPIView[ModelVersion]):
    serializer_class = shapes.ModelVersionOut
    pagination_class = HighestFirst

    @extend_schema(operation_id="models_versions", responses=shapes.ModelVersionOut(many=True))
    def get(self, request: Request, workspace: str, name: str) -> Response:
        """The versions of a model, newest first."""
        place = access.open_workspace(request.user, workspace, "models.view")
        page = self.paginate_queryset(selectors.versions_of(selectors.model(place, name)))
        return self.get_paginated_response(_versions(page))


class OneVersion(APIView):
    @extend_schema(operation_id="models_version", responses=shapes.ModelVersionOut)
    def get(self, request: Request, workspace: str, name: str, number: int) -> Response:
        return Response(_versions([self._version(request, workspace, name, number)])[0])

    @extend_schema(operation_id="models_version_describe", request=shapes.ModelVersionIn, responses=shapes.ModelVersionOut)
    def patch(self, request: Request, workspace: str, name: str, number: int) -> Response:
        version = self._version(request, workspace, name, number)
        asked = shapes.ModelVersionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        changes = dict(asked.validated_data)
        with transaction.atomic():
            if stage := changes.pop("stage", None):
                marking.move_to_stage(version=version, by=request.user, stage=stage)
            services.describe_version(version=version, by=request.user, **changes)
        return Response(_versions([self._version(request, workspace, name, number)])[0])

    @extend_schema(operation_id="models_version_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, number: int) -> Response:
        """Delete one version. Its number is not given out again."""
        services.delete_version(version=self._version(request, workspace, name, number), by=request.user)
        return Response(status=204)

    def _version(self, request: Request, workspace: str, name: str, number: int) -> ModelVersion:
        return selectors.version(access.open_workspace(request.user, workspace, "models.view"), name, number)


class OneAlias(APIView):
    @extend_schema(operation_id="models_alias_set", request=shapes.AliasIn, responses=shapes.AliasOut)
    def put(self, request: Request, workspace: str, name: str, alias: str) -> Response:
        """Let the alias mean this version; it is moved where it meant another."""
        place = access.open_workspace(request.user, workspace, "models.view")
        asked = shapes.AliasIn(data=request.data)
        asked.is_valid(raise_exception=True)
        version = selectors.version(place, name, asked.validated_data["version"])
        return Response(shapes.AliasOut(marking.set_alias(version=version, by=request.user, name=alias)).data)

    @extend_schema(operation_id="models_alias_delete", responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, alias: str) -> Response:
        place = access.open_workspace(request.user, workspace, "models.view")
        if not marking.delete_alias(model=selectors.model(place, name), by=request.user, name=alias):
            raise NotFound(f"The model {name} has no alias {alias}.")
        return Response(status=204)


class Rename(APIView):
    @extend_schema(operation_id="models_rename", request=shapes.RenameIn, responses=shapes.ModelOut)
    def post(self, request: Request, workspace: str, name: str) -> Response:
        """Give the model another name. Its addresses, here and in `models:/`, change with it."""
        place = access.open_workspace(request.user, workspace, "models.view")
        model = selectors.model(place, name)
        asked = shapes.RenameIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.rename(model=model, by=request.user, name=naming.checked_name(asked.validated_data["name"]))
        return Response(shapes.ModelOut(selectors.model(place, model.name)).data)


class DownloadVersion(APIView):
    @extend_schema(
        operation_id="models_version_download", responses={(200, "application/zip"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, workspace: str, name: str, number: int) -> StreamingHttpResponse:
        """The MLflow model folder as a zip."""
        place = access.open_workspace(request.user, workspace, "models.view")
        folder = selectors.folder(selectors.version(place, name, number))
        top = f"{name} {number}"
        return downloads.stream(
            request, downloads.zipped(folder, top), name=f"{top}.zip", content_type="application/zip"
        )


class RegisterOutput(APIView):
    """Stands here and not with the runs: a model knows its run, a run knows no models."""

    @extend_schema(operation_id="runs_output_register", request=shapes.RegisterIn, responses={201: shapes.ModelVersionOut})
    def post(self, request: Request, workspace: str, run_id: str, port: str) -> Response:
        """Register the model that a step left on a port. The same step and name again give the same version."""
        place = access.open_workspace(request.user, workspace, "models.view")
        run = runs.detail(place, run_id)
        asked = shapes.RegisterIn(data=request.data)
        asked.is_valid(raise_exception=True)
        version = services.register_output(
            run=run, output=run_listing.output(run, port), by=request.user, **asked.validated_data
        )
        return Response(_versions([selectors.version(place, version.model.name, version.number)])[0], status=201)


class ModelsOfRun(APIView):
    @extend_schema(operation_id="runs_models", responses=shapes.MadeOut(many=True))
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """The model versions that came from a run or one of its steps."""
        run = runs.detail(access.open_workspace(request.user, workspace, "models.view"), run_id)
        made = shapes.MadeOut(selectors.made_by(run), many=True).data
        return Response({"next": None, "previous": None, "results": made})


def _versions(versions: list[ModelVersion]) -> list[dict[str, Any]]:
    return shapes.ModelVersionOut(versions, many=True, context={"data": selectors.data_behind(versions)}).data
