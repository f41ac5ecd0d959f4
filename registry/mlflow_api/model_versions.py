"""Versions of registered models: made, moved between stages, described, found; their tags; where to download them."""

from typing import Any

from registry.mlflow_api import finding, registry_shapes
from registry.mlflow_api import validation as v
from registry.mlflow_api.errors import invalid
from registry.mlflow_api.origins import Origin, origin_of
from registry.mlflow_api.registry_names import checked_name, tag_key, version_number, version_tags
from registry.mlflow_api.registry_search import model_versions
from registry.mlflow_api.routing import Call, route
from registry.mlmodels import logged, marking, naming, services, sources
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.models.registered import Stage

MOST_VERSIONS, VERSIONS = 200_000, 10_000


@route("POST", "model-versions/create", action="models.edit")
def create_model_version(call: Call) -> dict[str, Any]:
    v.checked(
        call.body,
        {
            "name": (v.REQUIRED, v.STRING),
            "source": (v.REQUIRED, v.STRING),
            "run_id": (v.STRING,),
            "tags": (v.ARRAY,),
            "run_link": (v.STRING,),
            "description": (v.STRING,),
            "model_id": (v.STRING,),
        },
    )
    checked_name(call.body["name"])
    tags = version_tags(call.body)
    is_prompt = tags.get(naming.IS_PROMPT, "").lower() == "true"
    origin = Origin(call.body["source"]) if is_prompt else origin_of(call)
    model = finding.model(call.workspace, call.body["name"])
    folder = origin.place.folder() if origin.place else None
    made = services.add_version(
        model=model, by=call.user, folder=folder, tags=tags, run=origin.run(call.workspace),
        details=origin.place.details() if origin.place and folder else {}, source=origin.source,
        location="" if folder else origin.location, source_run_id=origin.run_id, logged_model_id=origin.model_id,
        run_link=v.text(call.body, "run_link"), description=v.text(call.body, "description"),
    )  # fmt: skip
    if origin.model is not None:
        logged.note_version(model=origin.model, name=model.name, number=made.number)
    return {"model_version": registry_shapes.version(finding.version(call.workspace, model.name, made.number), model.name)}


@route("GET", "model-versions/get", action="models.view")
def get_model_version(call: Call) -> dict[str, Any]:
    return _told(_version(call))


@route("PATCH", "model-versions/update", action="models.edit")
def update_model_version(call: Call) -> dict[str, Any]:
    found = _version(call)
    v.checked(call.body, {"description": (v.STRING,)})
    services.describe_version(version=found, by=call.user, description=v.text(call.body, "description"))
    return _told(found)


@route("POST", "model-versions/transition-stage", action="models.edit")
def transition_stage(call: Call) -> dict[str, Any]:
    v.checked(
        call.body,
        {
            "name": (v.REQUIRED, v.STRING),
            "version": (v.REQUIRED,),
            "stage": (v.REQUIRED, v.STRING),
            "archive_existing_versions": (v.BOOLEAN,),
        },
    )
    archive = v.boolean(call.body, "archive_existing_versions")
    stage = finding.stage(call.body["stage"])
    if archive and stage not in marking.ACTIVE:
        raise invalid(
            f"Model version transition cannot archive existing model versions because '{call.body['stage']}' is not an "
            f"Active stage. Valid stages are {[Stage.STAGING.value, Stage.PRODUCTION.value]}",
        )
    found = _version(call)
    marking.move_to_stage(version=found, by=call.user, stage=stage, archive_others=archive)
    return _told(found)


@route("DELETE", "model-versions/delete", action="models.edit")
def delete_model_version(call: Call) -> dict[str, Any]:
    services.delete_version(version=_version(call), by=call.user)
    return {}


@route("GET", "model-versions/search", action="models.view")
def search_model_versions(call: Call) -> dict[str, Any]:
    v.checked(
        call.body,
        {
            "filter": (v.STRING,),
            "max_results": (v.INTEGER, v.at_most(MOST_VERSIONS)),
            "order_by": (v.STRINGS,),
            "page_token": (v.STRING,),
        },
    )
    found, token = model_versions(
        call.workspace,
        v.text(call.body, "filter"),
        v.strings(call.body, "order_by"),
        limit=finding.page_size(call.body, VERSIONS, MOST_VERSIONS),
        token=v.text(call.body, "page_token"),
    )
    said: dict[str, Any] = {"model_versions": [registry_shapes.version(one, one.model.name) for one in found]}
    return said | ({"next_page_token": token} if token else {})


@route("GET", "model-versions/get-download-uri", action="models.view")
def get_download_uri(call: Call) -> dict[str, Any]:
    found = _version(call)
    sources.settle(found)
    return {"artifact_uri": sources.address(found)}


@route("POST", "model-versions/set-tag", action="models.edit")
def set_model_version_tag(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "version": (v.REQUIRED,), "key": (v.REQUIRED, v.STRING)})
    tags = version_tags({"tags": [{"key": call.body["key"], "value": v.text(call.body, "value")}]})
    marking.set_version_tags(version=_version(call), by=call.user, tags=tags)
    return {}


@route("DELETE", "model-versions/delete-tag", action="models.edit")
def delete_model_version_tag(call: Call) -> dict[str, Any]:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "version": (v.REQUIRED,), "key": (v.REQUIRED, v.STRING)})
    marking.delete_version_tag(version=_version(call), by=call.user, key=tag_key(call.body["key"]))
    return {}


def _version(call: Call) -> ModelVersion:
    v.checked(call.body, {"name": (v.REQUIRED, v.STRING), "version": (v.REQUIRED,)})
    number = version_number(call.body["version"])
    if not isinstance(call.body["version"], str | int):
        raise invalid(f"Parameter 'version' must be an integer, got '{call.body['version']}'.")
    return finding.version(call.workspace, call.body["name"], number)


def _told(found: ModelVersion) -> dict[str, Any]:
    return {"model_version": registry_shapes.version(found, found.model.name)}
