"""Registered models and versions by the names that clients give them; how many a page may have."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet

from registry.errors import Invalid
from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid, missing
from registry.mlflow_api.registry_names import checked_name
from registry.mlmodels import marking
from registry.mlmodels.models import (
    ModelAlias,
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)
from registry.mlmodels.models.registered import Stage
from registry.workspaces.models import Workspace


def models(workspace: Workspace) -> QuerySet[RegisteredModel]:
    """With tags and aliases in the order in which they were set."""
    return RegisteredModel.objects.filter(workspace=workspace).prefetch_related(
        Prefetch("tags", RegisteredModelTag.objects.order_by("pk")),
        Prefetch("aliases", ModelAlias.objects.select_related("version").order_by("pk")),
    )


def versions(workspace: Workspace) -> QuerySet[ModelVersion]:
    return (
        ModelVersion.objects.filter(model__workspace=workspace)
        .select_related("created_by", "model__workspace")
        .prefetch_related(
            Prefetch("tags", ModelVersionTag.objects.order_by("pk")),
            Prefetch("aliases", ModelAlias.objects.order_by("pk")),
        )
        .defer("details")
    )


def model(workspace: Workspace, name: str) -> RegisteredModel:
    found = models(workspace).filter(name=name).first()
    if found is None:
        checked_name(name)
        raise missing(f"Registered Model with name={name} not found")
    return found


def version(workspace: Workspace, name: str, number: int) -> ModelVersion:
    found = versions(workspace).filter(model__name=name, number=number).first()
    if found is None:
        checked_name(name)
        raise missing(f"Model Version (name={name}, version={number}) not found")
    return found


def latest_of(found: Iterable[RegisteredModel]) -> dict[int, list[ModelVersion]]:
    """The newest version of each stage, by the model's pk; four queries, however many models."""
    models_by_pk = {one.pk: one for one in found}
    newest: dict[tuple[int, str], int] = {}
    rows = ModelVersion.objects.filter(model__in=models_by_pk).order_by("number").values_list("model", "stage", "pk")
    for model_pk, stage_name, pk in rows.iterator():
        newest[model_pk, stage_name] = pk
    latest: dict[int, list[ModelVersion]] = {}
    wanted = ModelVersion.objects.filter(pk__in=newest.values()).select_related("created_by").order_by("number")
    for one in wanted.prefetch_related("tags", "aliases").defer("details"):
        latest.setdefault(one.model_id, []).append(one)
    return latest


def stage(text: str) -> Stage:
    try:
        return marking.stage_called(text)
    except Invalid:
        allowed = ", ".join(one.value for one in Stage)
        raise invalid(f"Invalid Model Version stage: {text}. Value must be one of {allowed}.") from None


def page_size(body: Mapping[str, Any], default: int, most: int) -> int:
    size = v.integer(body, "max_results", default)
    if size is None or size < 1 or size > most:
        raise invalid(
            f"Invalid value for request parameter max_results. It must be at least 1 and at most {most}, but got value {size}"
        )
    return size
