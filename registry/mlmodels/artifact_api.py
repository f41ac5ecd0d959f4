"""Models among files, over REST: what a folder says of its model, its registration, and the files of logged models."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.errors import Invalid
from registry.mlmodels import format, logged, naming, services, shapes
from registry.mlmodels.models import LoggedModel, ModelUse, ModelVersion, RegisteredModel
from registry.runs import selectors as runs
from registry.runs.api import artifacts
from registry.runs.browsing.places import Place
from registry.runs.models import Run
from registry.workspaces import access

MOST_SHOWN = 200_000  # bytes of a text beside the model


class RegisterIn(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True, default="")
    path = serializers.CharField(required=False, allow_blank=True, default="", help_text="The folder of the file MLmodel.")


class OfRun(artifacts.Browser):
    def run(self, request: Request, workspace: str, **ids: Any) -> Run | None:
        return runs.detail(access.open_workspace(request.user, workspace, "runs.view"), ids["run_id"])

    def model_id(self, **ids: Any) -> str:
        return ""


class OfModel(artifacts.Browser):
    """The same of a logged model, whose files lie beside those of its run."""

    def place(self, request: Request, workspace: str, **ids: Any) -> Place:
        model = self.model(request, workspace, **ids)
        return Place(logged.root(model.model_id), model.name)

    def model(self, request: Request, workspace: str, **ids: Any) -> LoggedModel:
        return logged.find(access.open_workspace(request.user, workspace, "runs.view"), ids["model_id"])

    def run(self, request: Request, workspace: str, **ids: Any) -> Run | None:
        return self.model(request, workspace, **ids).run

    def model_id(self, **ids: Any) -> str:
        return ids["model_id"]

    def tags(self, request: Request, workspace: str, **ids: Any) -> dict[str, str]:
        return {}


class Model:
    """What the folder `path` says of the model in it. Mixed with one of the places above."""

    @extend_schema(
        operation_id="artifacts_model", responses=OpenApiTypes.OBJECT, parameters=[OpenApiParameter("path")]
    )
    def get(self, request: Request, workspace: str, **ids: Any) -> Response:
        """Flavours, signature, requirements, input example; the versions that were registered of it."""
        place = self.place(request, workspace, **ids)  # type: ignore[attr-defined]
        path = self.path(request)  # type: ignore[attr-defined]
        _require_model(place, path)
        told = format.read_foreign(place.local(path))
        run = self.run(request, workspace, **ids)  # type: ignore[attr-defined]
        return Response(
            {
                "flavors": told.get("flavors") or {},
                "mlflow_version": told.get("mlflow_version") or "",
                "signature": told.get("signature") or {},
                "requirements": _text(place, path, "requirements.txt"),
                "example": _text(place, path, "input_example.json"),
                "description": _text(place, path, format.DESCRIPTION),
                "registered": _registered(workspace, run, self.model_id(**ids), path),  # type: ignore[attr-defined]
            }
        )


class Register:
    @extend_schema(operation_id="artifacts_model_register", request=RegisterIn, responses={201: shapes.ModelVersionOut})
    def post(self, request: Request, workspace: str, **ids: Any) -> Response:
        """Register the model in a folder: the folder is copied, so that the version stays whatever becomes of the run."""
        where = access.open_workspace(request.user, workspace, "runs.view")
        access.require(request.user, "models.edit", where)
        asked = RegisterIn(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        place = self.place(request, workspace, **ids)  # type: ignore[attr-defined]
        _require_model(place, told["path"])
        folder = place.local(told["path"])
        run, model_id = self.run(request, workspace, **ids), self.model_id(**ids)  # type: ignore[attr-defined]
        name = naming.checked_name(told["name"])
        model = RegisteredModel.objects.filter(workspace=where, name=name).first()
        version = services.add_version(
            model=model or services.create(workspace=where, name=name, by=request.user), by=request.user, folder=folder,
            details=format.read_foreign(folder), run=run, description=told["description"].strip(),
            source=f"models:/{model_id}" if model_id else f"runs:/{run.run_id}/{told['path']}",
            source_run_id=run.run_id if run else "", logged_model_id=model_id,
        )  # fmt: skip
        if model_id:
            logged.note_version(model=logged.find(where, model_id), name=name, number=version.number)
        return Response({"model": name, "number": version.number}, status=201)


class RunModel(Model, OfRun): ...


class RegisterRunModel(Register, OfRun): ...


class LoggedModelSummary(Model, OfModel): ...


class RegisterLoggedModel(Register, OfModel): ...


class LoggedFolder(OfModel, artifacts.Folder): ...


class LoggedPreview(OfModel, artifacts.Preview): ...


class LoggedRows(OfModel, artifacts.Rows): ...


class LoggedLines(OfModel, artifacts.Lines): ...


class LoggedRaw(OfModel, artifacts.Raw): ...


class LoggedZip(OfModel, artifacts.Zip): ...


class LoggedOfRun(APIView):
    @extend_schema(operation_id="runs_logged_models", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        """The logged models that a run made and read."""
        run = runs.detail(access.open_workspace(request.user, workspace, "runs.view"), run_id)
        return Response({"results": models_of(run)})


def models_of(run: Run) -> list[dict[str, str]]:
    uses = dict(ModelUse.objects.filter(run=run).order_by("-id").values_list("model_id", "direction"))
    known = LoggedModel.objects.filter(experiment__workspace=run.workspace, deleted_at=None)
    mine = known.filter(run=run) | known.filter(model_id__in=list(uses))
    return [
        {
            "model_id": model.model_id,
            "name": model.name,
            "type": model.model_type,
            "status": model.status,
            "direction": "output" if model.run_id == run.pk else uses.get(model.model_id, "output"),
        }
        for model in mine.order_by("id")[:200]
    ]


def _require_model(place: Place, path: str) -> None:
    inner = f"{path}/{format.DESCRIPTION}" if path else format.DESCRIPTION
    names = {entry["name"] for entry in place.folder(path)["entries"]}
    if format.DESCRIPTION not in names:
        raise Invalid(f"There is no model in this folder: it has no file {inner}.", code="not-a-model")


def _text(place: Place, path: str, name: str) -> str:
    inner = f"{path}/{name}" if path else name
    names = {entry["name"]: entry["size"] for entry in place.folder(path)["entries"]}
    if not 0 < (names.get(name) or 0) <= MOST_SHOWN:
        return ""
    with place.open(inner) as source:
        return source.read().decode("utf-8", "replace")


def _registered(workspace: str, run: Run | None, model_id: str, path: str) -> list[dict[str, Any]]:
    """By the logged model where there is one; else what was registered of this run from this path."""
    versions = ModelVersion.objects.filter(model__workspace__slug=workspace).select_related("model").order_by("id")
    if model_id:
        found = versions.filter(logged_model_id=model_id)
    else:
        found = versions.filter(run=run, source=f"runs:/{run.run_id}/{path}") if run else versions.none()
    return [{"name": one.model.name, "number": one.number} for one in found[:50]]
