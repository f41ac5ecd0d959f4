"""Registered models: the list, a model with its versions, one version with all that is known of it."""

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from registry.errors import NotFound
from registry.mlmodels import marking, naming, selectors, services
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.mlmodels.models.registered import Stage
from registry.workspaces import access

PAGE_SIZE = 30
# In the order in which people ask; the first that is known stands in lists.
KEY_METRICS = ("auc", "accuracy", "f1", "r2", "rmse", "mae", "silhouette")
PROMPT_TEXT = "mlflow.prompt.text"
TITLES = {"auc": "AUC", "f1": "F1 score", "r2": "R²", "rmse": "RMSE", "mae": "MAE"}


@require_GET
def models(request: HttpRequest, workspace: str) -> HttpResponse:
    opened = access.open_workspace(request.user, workspace, "models.view")
    q, tag = request.GET.get("q", "").strip().replace("\0", ""), request.GET.get("tag", "").replace("\0", "")
    prompts = request.GET.get("kind") == "prompts"
    rows, pages = _page(request, selectors.models_of(opened, q=q, tag=tag, prompts=prompts))
    context = {"nav": "models", "opened": opened, "models": rows, "q": q, "tag": tag, "prompts": prompts, **pages}
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
            "written_tags": _written(found.tags.all()),
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
            "logged": [(title, _metrics(m, as_told=True)) for title, m in selectors.logged_behind([found]).get(found.pk, [])],
            "flavors": [(name, library) for name, library in (details.get("flavors") or {}).items()],
            "prompt": _prompt(found),
            "written_tags": _written(found.tags.all()),
            "stages": Stage.choices,
            "example": _example(texts.get("input_example", "")),
            "requirements": texts.get("requirements", ""),
            "description_file": texts.get("MLmodel", ""),
            "files_are_gone": bool(found.path) and not texts,
            "may_edit": access.allowed(request.user, "models.edit", opened),
        },
    )


def _with_origins(versions: list[ModelVersion]) -> list[dict[str, Any]]:
    """Each version with the root run, the data it came from, and its key metric; as many queries for all as for one."""
    data, evaluations = selectors.data_behind(versions), selectors.evaluations_behind(versions)
    logged = selectors.logged_behind(versions)
    return [
        {
            "version": one,
            "root": (one.run.parent or one.run) if one.run else None,
            "data": [read.data_version for read in data.get(one.pk, [])],
            "metric": _key_metric(one, [*evaluations.get(one.pk, []), *({"metrics": m} for _, m in logged.get(one.pk, []))]),
        }
        for one in versions
    ]


def _key_metric(version: ModelVersion, evaluations: list[dict[str, Any]]) -> tuple[str, float] | None:
    for metrics in (version.details.get("metrics") or {}, *(e.get("metrics") or {} for e in evaluations)):
        for key in KEY_METRICS:
            if isinstance(metrics.get(key), int | float):
                return TITLES.get(key, key.capitalize()), metrics[key]
    return None


def _metrics(metrics: dict[str, Any], *, as_told: bool = False) -> list[tuple[str, float]]:
    """`as_told`: a client's own names stay as they are; ours become words."""
    known = [key for key in KEY_METRICS if key in metrics]
    order = known + sorted(set(metrics) - set(known))
    titles = {} if as_told else {key: TITLES.get(key, key.replace("_", " ").capitalize()) for key in order}
    return [(titles.get(key, key), metrics[key]) for key in order]


def _written(tags: Any) -> str:
    """The tags that people can write, in a row; the form leaves the others as they are."""
    return ", ".join(str(tag) for tag in tags if naming.editable(tag.key, tag.value))


def _prompt(version: ModelVersion) -> str | None:
    """The text of a prompt; None for a model."""
    if not version.model.is_prompt:
        return None
    return next((tag.value for tag in version.tags.all() if tag.key == PROMPT_TEXT), "")


def _signature(details: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns a model wants, with the kind we know and the type of the protocol."""
    inputs = (details.get("signature") or {}).get("inputs") or []
    kinds = {feature.get("name"): feature.get("kind") for feature in details.get("features") or []}
    known = [{"name": i.get("name", "–"), "type": _type(i), "required": i.get("required", True)} for i in inputs]
    rows = known or [{"name": name, "type": "", "required": True} for name in kinds]
    return [{**row, "kind": kinds.get(row["name"], "")} for row in rows]


def _type(column: dict[str, Any]) -> str:
    """"double", or a tensor's kind of number and its shape."""
    tensor = column.get("tensor-spec")
    if isinstance(tensor, dict):
        shape = " × ".join("any" if n == -1 else str(n) for n in tensor.get("shape") or [])
        return f"{tensor.get('dtype', '')} ({shape})"
    return str(column.get("type", ""))


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
def rename(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    found = _model(request, workspace, name)
    services.rename(model=found, by=request.user, name=naming.checked_name(request.POST.get("name", "")))
    messages.success(request, f"{name} is now called {found.name}.")
    return redirect("model", workspace=workspace, name=found.name)


@require_POST
def describe_version(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    found = selectors.version(access.open_workspace(request.user, workspace, "models.view"), name, number)
    with transaction.atomic():
        told = request.POST
        tags = told["tags"].split(",") if "tags" in told else None
        services.describe_version(version=found, by=request.user, description=told.get("description", ""), tags=tags)
        if "aliases" in told:
            marking.set_aliases(version=found, by=request.user, names=told["aliases"].replace("@", "").split(","))
        if told.get("stage", found.stage) != found.stage:
            marking.move_to_stage(
                version=found, by=request.user, stage=told["stage"], archive_others=told.get("archive_others") == "on"
            )
    messages.success(request, f"Version {number} of {name} was changed.")
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
    path("models/<str:name>/rename/", rename, name="model-rename"),
    path("models/<str:name>/describe/", describe, name="model-describe"),
    path("models/<str:name>/delete/", delete, name="model-delete"),
    path(f"{VERSION}/", version, name="model-version"),
    path(f"{VERSION}/describe/", describe_version, name="model-version-describe"),
    path(f"{VERSION}/delete/", delete_version, name="model-version-delete"),
]
