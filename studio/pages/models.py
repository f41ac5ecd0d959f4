"""Registered models: the list, a model with its versions, one version with all that is known of it."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from registry.errors import NotFound
from registry.mlmodels import selectors, services
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.workspaces import access

PAGE_SIZE = 30
# In the order in which people ask; the first that is known stands in lists.
KEY_METRICS = ("auc", "accuracy", "f1", "r2", "rmse", "mae", "silhouette")
TITLES = {"auc": "AUC", "f1": "F1 score", "r2": "R²", "rmse": "RMSE", "mae": "MAE"}


@require_GET
def models(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "models.view")
    q, tag = request.GET.get("q", "").strip().replace("\0", ""), request.GET.get("tag", "").replace("\0", "")
    rows, pages = _page(request, selectors.models_of(opened, q=q, tag=tag))
    context = {"nav": "models", "opened": opened, "models": rows, "q": q, "tag": tag, **pages}
    return render(request, "models/list.html", context)


@require_GET
def model(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "models.view")
    found = selectors.model(opened, name)
    rows, pages = _page(request, selectors.versions_of(found))
    return render(
        request,
        "models/model.html",
        {
            "nav": "models",
            "opened": opened,
            "model": found,
            "versions": _with_origins(rows),
            "may_edit": access.allowed(request.user, "models.edit", opened),
            **pages,
        },
    )


@require_GET
def version(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "models.view")
    found = selectors.version(opened, name, number)
    try:
        texts = selectors.texts(found)
    except NotFound:
        # The record tells more than nothing; the page says that the files are gone.
        texts = {}
    details = found.details
    return render(
        request,
        "models/version.html",
        {
            "nav": "models",
            "opened": opened,
            "one": _with_origins([found])[0],
            "version": found,
            "details": details,
            "signature": _signature(details),
            "evaluations": [(e["name"], _metrics(e["metrics"])) for e in selectors.evaluations_behind([found]).get(found.pk, [])],
            "own_metrics": _metrics(details.get("metrics") or {}),
            "example": _example(texts.get("input_example", "")),
            "requirements": texts.get("requirements", ""),
            "description_file": texts.get("MLmodel", ""),
            "files_are_gone": not texts,
            "may_edit": access.allowed(request.user, "models.edit", opened),
        },
    )


def _with_origins(versions: list[ModelVersion]) -> list[dict[str, Any]]:
    """Each version with the root run, the data it came from, and its key metric; two queries for all."""
    data, evaluations = selectors.data_behind(versions), selectors.evaluations_behind(versions)
    return [
        {
            "version": one,
            "root": (one.run.parent or one.run) if one.run else None,
            "data": [read.data_version for read in data.get(one.pk, [])],
            "metric": _key_metric(one, evaluations.get(one.pk, [])),
        }
        for one in versions
    ]


def _key_metric(version: ModelVersion, evaluations: list[dict[str, Any]]) -> tuple[str, float] | None:
    for metrics in (version.details.get("metrics") or {}, *(e.get("metrics") or {} for e in evaluations)):
        for key in KEY_METRICS:
            if isinstance(metrics.get(key), int | float):
                return TITLES.get(key, key.capitalize()), metrics[key]
    return None


def _metrics(metrics: dict[str, Any]) -> list[tuple[str, float]]:
    known = [key for key in KEY_METRICS if key in metrics]
    order = known + sorted(set(metrics) - set(known))
    return [(TITLES.get(key, key.replace("_", " ").capitalize()), metrics[key]) for key in order]


def _signature(details: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns a model wants, with the kind we know and the type of the protocol."""
    inputs = (details.get("signature") or {}).get("inputs") or []
    kinds = {feature.get("name"): feature.get("kind") for feature in details.get("features") or []}
    known = [{"name": i.get("name", "–"), "type": i.get("type", ""), "required": i.get("required", True)} for i in inputs]
    rows = known or [{"name": name, "type": "", "required": True} for name in kinds]
    return [{**row, "kind": kinds.get(row["name"], "")} for row in rows]


def _example(text: str) -> dict[str, Any] | None:
    """The example's first rows as a table, if it is one."""
    try:
        found = json.loads(text)
        columns, rows = found["columns"], found["data"]
    except (ValueError, TypeError, KeyError):
        return None
    return {"columns": columns, "rows": rows[:5], "total": len(rows)}


def _page(request: HttpRequest, found: Any) -> tuple[list[Any], dict[str, int | None]]:
    """One row more than is shown tells whether there is a next page, without counting the table."""
    text = request.GET.get("page", "")
    number = max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
    rows = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], {"next": number + 1 if len(rows) > PAGE_SIZE else None, "previous": number - 1 or None}


@require_POST
def describe(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    found = _model(request, workspace, name)
    tags = request.POST.get("tags", "").split(",")
    services.describe_model(model=found, by=request.user, description=request.POST.get("description", ""), tags=tags)
    messages.success(request, f"{found.name} was changed.")
    return redirect("model", workspace=workspace, name=name)


@require_POST
def describe_version(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    found = selectors.version(access.open_workspace(request.user, workspace, "models.view"), name, number)
    services.describe_version(version=found, by=request.user, description=request.POST.get("description", ""))
    return redirect("model-version", workspace=workspace, name=name, number=number)


@require_POST
def delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    services.delete_model(model=_model(request, workspace, name), by=request.user)
    messages.success(request, f"The model {name} was deleted with all its versions.")
    return redirect("models", workspace=workspace)


@require_POST
def delete_version(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    found = selectors.version(access.open_workspace(request.user, workspace, "models.view"), name, number)
    services.delete_version(version=found, by=request.user)
    messages.success(request, f"Version {number} of {name} was deleted.")
    return redirect("model", workspace=workspace, name=name)


def _model(request: HttpRequest, workspace: str, name: str) -> RegisteredModel:
    return selectors.model(access.open_workspace(request.user, workspace, "models.view"), name)


VERSION = "models/<str:name>/versions/<int:number>"
urlpatterns = [
    path("models/", models, name="models"),
    path("models/<str:name>/", model, name="model"),
    path("models/<str:name>/describe/", describe, name="model-describe"),
    path("models/<str:name>/delete/", delete, name="model-delete"),
    path(f"{VERSION}/", version, name="model-version"),
    path(f"{VERSION}/describe/", describe_version, name="model-version-describe"),
    path(f"{VERSION}/delete/", delete_version, name="model-version-delete"),
]
