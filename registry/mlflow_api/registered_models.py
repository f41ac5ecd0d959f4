"""Registered models: made, renamed, described, found; their tags and aliases. Prompts are registered models too."""

from typing import Any

from django.db import transaction

from registry.errors import Conflict
from registry.mlflow_api import errors, finding, registry_shapes
from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.registry_names import alias_name, checked_name, model_tags, tag_key, version_number
from registry.mlflow_api.registry_search import registered_models
from registry.mlflow_api.routing import Call, route
from registry.mlmodels import marking, naming, services
from registry.mlmodels.models import ModelAlias, RegisteredModel

MOST_MODELS, MODELS = 1000, 100


@route("POST", "registered-models/create", action="models.edit")
def create_registered_model(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "tags": (v.ARRAY,), "description": (v.STRING,)})
    name = checked_name(call.body["name"])
    tags = model_tags(call.body)
    try:
        made = services.create(
            workspace=call.workspace, name=name, by=call.user, description=v.text(call.body, "description"), tags=tags
        )
    except Conflict:
        raise _taken(call, name, tags) from None
    return {"registered_model": registry_shapes.model(finding.model(call.workspace, made.name), [])}


@route("GET", "registered-models/get", action="models.view")
def get_registered_model(call: Call) -> dict[str, Any]:
    return {"registered_model": _said(_model(call))}


@route("PATCH", "registered-models/update", action="models.edit")
def update_registered_model(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "description": (v.STRING,)})
    found = _model(call)
    services.describe_model(model=found, by=call.user, description=v.text(call.body, "description"))
    return {"registered_model": _said(found)}


@route("POST", "registered-models/rename", action="models.edit")
def rename_registered_model(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "new_name": (v.REQUIRED, v.STRING)})
    if not call.body["new_name"].strip():
        raise invalid("Missing value for required parameter 'new_name'.")
    new_name = checked_name(call.body["new_name"])
    found = _model(call)
    try:
        services.rename(model=found, by=call.user, name=new_name)
    except Conflict:
        raise errors.exists(f"Registered Model (name={new_name}) already exists.") from None
    return {"registered_model": _said(finding.model(call.workspace, new_name))}


@route("DELETE", "registered-models/delete", action="models.edit")
def delete_registered_model(call: Call) -> dict[str, Any]:
    services.delete_model(model=_model(call), by=call.user)
    return {}


@route("GET", "registered-models/search", action="models.view")
def search_registered_models(call: Call) -> dict[str, Any]:
    v.checked(
        call.body,
        {
            "filter": (v.STRING,),
            "max_results": (v.INTEGER, v.at_most(MOST_MODELS)),
            "order_by": (v.STRINGS,),
            "page_token": (v.STRING,),
        },
    )
    found, token = registered_models(
        call.workspace,
        v.text(call.body, "filter"),
        v.strings(call.body, "order_by"),
        limit=finding.page_size(call.body, MODELS, MOST_MODELS),
        token=v.text(call.body, "page_token"),
    )
    latest = finding.latest_of(found)
    said: dict[str, Any] = {"registered_models": [registry_shapes.model(one, latest.get(one.pk, [])) for one in found]}
    return said | ({"next_page_token": token} if token else {})


@route("POST", "registered-models/get-latest-versions", action="models.view")
@route("GET", "registered-models/get-latest-versions", action="models.view")
def get_latest_versions(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "stages": (v.STRINGS,)})
    found = _model(call)
    stages = {finding.stage(text) for text in v.strings(call.body, "stages")}
    latest = finding.latest_of([found]).get(found.pk, [])
    kept = [registry_shapes.version(one, found.name) for one in latest if not stages or one.stage in stages]
    return {"model_versions": kept}


@route("POST", "registered-models/set-tag", action="models.edit")
def set_registered_model_tag(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "key": (v.REQUIRED, v.STRING), "value": (v.STRING,)})
    tags = model_tags({"tags": [{"key": call.body["key"], "value": v.text(call.body, "value")}]})
    marking.set_model_tags(model=_model(call), by=call.user, tags=tags)
    return {}


@route("DELETE", "registered-models/delete-tag", action="models.edit")
def delete_registered_model_tag(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "key": (v.REQUIRED, v.STRING)})
    marking.delete_model_tag(model=_model(call), by=call.user, key=tag_key(call.body["key"]))
    return {}


@route("POST", "registered-models/alias", action="models.edit")
def set_registered_model_alias(call: Call) -> dict[str, Any]:
    v.checked(
        call.body,
        {"name": (v.REQUIRED, v.STRING), "alias": (v.REQUIRED, v.STRING), "version": (v.REQUIRED, v.STRING)},
    )
    checked_name(call.body["name"])
    name = alias_name(call.body["alias"], to_set=True)
    number = version_number(call.body["version"])
    marking.set_alias(version=finding.version(call.workspace, call.body["name"], number), by=call.user, name=name)
    return {}


@route("DELETE", "registered-models/alias", action="models.edit")
def delete_registered_model_alias(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "alias": (v.REQUIRED, v.STRING)})
    name = alias_name(call.body["alias"])
    marking.delete_alias(model=_model(call), by=call.user, name=name)
    return {}


@route("GET", "registered-models/alias", action="models.view")
def get_model_version_by_alias(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "alias": (v.REQUIRED, v.STRING)})
    name = alias_name(call.body["alias"])
    found = _model(call)
    if name.lower() == "latest":
        newest = found.versions.order_by("-number").first()
        if newest is None:
            raise errors.missing(f"Latest version not found for model {found.name}.")
        number = newest.number
    else:
        alias = ModelAlias.objects.select_related("version").filter(model=found, name=name).first()
        if alias is None:
            raise invalid(f"Registered model alias {name} not found.")
        number = alias.version.number
    return {"model_version": registry_shapes.version(finding.version(call.workspace, found.name, number), found.name)}


def _model(call: Call) -> RegisteredModel:
    return finding.model(call.workspace, v.text(call.body, "name", required=True))


def _said(found: RegisteredModel) -> dict[str, Any]:
    return registry_shapes.model(found, finding.latest_of([found]).get(found.pk, []))


@transaction.atomic
def _taken(call: Call, name: str, tags: dict[str, str]) -> errors.ProtocolError:
    """That the name is taken, and by what: prompts and models share their names."""
    known = RegisteredModel.objects.filter(workspace=call.workspace, name=name).first()
    is_prompt = tags.get(naming.IS_PROMPT, "").lower() == "true"
    new = "Prompt" if is_prompt else "Registered Model"
    old = "Prompt" if known is not None and known.is_prompt else "Registered Model"
    if new == old:
        return errors.exists(f"{new} (name={name}) already exists.")
    return errors.exists(
        f"Tried to create a {new.lower()} with name {name!r}, but the name is already taken by a {old.lower()}. MLflow does "
        "not allow creating a model and a prompt with the same name."
    )
