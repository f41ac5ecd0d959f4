"""`experiments/…`"""

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote, urlparse

from django.db.models import Q

from registry.errors import Conflict
from registry.mlflow_api import errors, experiment_search, paging, shapes
from registry.mlflow_api.routing import Call, route
from registry.mlflow_api.validation import (
    ARRAY,
    EXPERIMENT_NAME_LENGTH,
    EXPERIMENT_TAG_LENGTH,
    INTEGER,
    KEY_LENGTH,
    REQUIRED,
    STRING,
    STRINGS,
    checked,
    integer,
    key,
    limited,
    objects,
    strings,
    text,
)
from registry.runs import experiments as services
from registry.runs import tracking
from registry.runs.models import Experiment, ExperimentTag

MOST = 50_000
LOCATION_LENGTH = 500
VIEWS = {"ACTIVE_ONLY": "active", "DELETED_ONLY": "deleted", "ALL": "all", 1: "active", 2: "deleted", 3: "all", None: "active"}


@route("POST", "experiments/create", action="runs.submit")
def create(call: Call) -> dict[str, Any]:
    checked(call.body, {"name": (REQUIRED, STRING), "artifact_location": (STRING,), "tags": (ARRAY,)})
    name = limited(text(call.body, "name"), EXPERIMENT_NAME_LENGTH, "name")
    make = partial(
        services.create,
        workspace=call.workspace,
        by=call.user,
        name=name,
        artifact_location=_location(text(call.body, "artifact_location")),
        tags=dict(_tag(tag) for tag in objects(call.body, "tags")),
    )
    try:
        made = tracking.run_in_writer(make)
    except Conflict as error:
        raise errors.exists(error.message) from None
    return {"experiment_id": services.public_id(made)}


@route("GET", "experiments/get", action="runs.view")
def get(call: Call) -> dict[str, Any]:
    checked(call.body, {"experiment_id": (REQUIRED, STRING)})
    return {"experiment": _shape(_find(call))}


@route("GET", "experiments/get-by-name", action="runs.view")
def get_by_name(call: Call) -> dict[str, Any]:
    checked(call.body, {"experiment_name": (REQUIRED, STRING)})
    name = text(call.body, "experiment_name")
    found = Experiment.objects.filter(workspace=call.workspace, name=name).first()
    if found is None:
        raise errors.missing(f"Could not find experiment with name '{name}'")
    return {"experiment": _shape(found)}


@route("POST", "experiments/search", action="runs.view")
@route("GET", "experiments/search", action="runs.view")
def search(call: Call) -> dict[str, Any]:
    body = call.body
    checked(
        body,
        {"max_results": (INTEGER,), "order_by": (STRINGS,), "filter": (STRING,), "page_token": (STRING,)},
    )
    limit = integer(body, "max_results", 1000)
    paging.require_limit(limit, MOST)
    rows, next_token = experiment_search.search(
        call.workspace,
        text(body, "filter"),
        lifecycle=view_type(body.get("view_type")),
        order_by=strings(body, "order_by"),
        limit=limit or MOST,
        token=text(body, "page_token"),
    )
    tags: dict[int, list[ExperimentTag]] = {}
    for tag in ExperimentTag.objects.filter(experiment__in=[row.pk for row in rows]).order_by("id"):
        tags.setdefault(tag.experiment_id, []).append(tag)
    told: dict[str, Any] = {"experiments": [shapes.experiment(row, tags.get(row.pk, ())) for row in rows]}
    if next_token:
        told["next_page_token"] = next_token
    return told


@route("POST", "experiments/update", action="runs.edit")
def update(call: Call) -> dict[str, Any]:
    checked(call.body, {"experiment_id": (REQUIRED, STRING), "new_name": (STRING, REQUIRED)})
    name = limited(text(call.body, "new_name"), EXPERIMENT_NAME_LENGTH, "name")
    try:
        tracking.run_in_writer(partial(services.rename, experiment=_find(call), by=call.user, name=name))
    except Conflict as error:
        if error.code == "experiment-exists":
            raise errors.exists(error.message) from None
        raise errors.ProtocolError("INVALID_STATE", error.message) from None
    return {}


@route("POST", "experiments/delete", action="runs.edit")
def delete(call: Call) -> dict[str, Any]:
    checked(call.body, {"experiment_id": (REQUIRED, STRING)})
    tracking.run_in_writer(partial(services.delete, experiment=_find(call), by=call.user))
    return {}


@route("POST", "experiments/restore", action="runs.edit")
def restore(call: Call) -> dict[str, Any]:
    checked(call.body, {"experiment_id": (REQUIRED, STRING)})
    tracking.run_in_writer(partial(services.restore, experiment=_find(call), by=call.user))
    return {}


@route("POST", "experiments/set-experiment-tag", action="runs.edit")
def set_tag(call: Call) -> dict[str, Any]:
    checked(call.body, {"experiment_id": (REQUIRED, STRING), "key": (REQUIRED, STRING), "value": (STRING,)})
    name, value = _tag(call.body)
    tracking.run_in_writer(
        partial(services.set_tag, experiment=_find(call), by=call.user, key=name, value=value)
    )
    return {}


@route("POST", "experiments/delete-experiment-tag", action="runs.edit")
def delete_tag(call: Call) -> dict[str, Any]:
    checked(call.body, {"experiment_id": (REQUIRED, STRING), "key": (REQUIRED, STRING)})
    tracking.run_in_writer(
        partial(services.delete_tag, experiment=_find(call), by=call.user, key=text(call.body, "key"))
    )
    return {}


def view_type(told: Any) -> str:
    if isinstance(told, str) and told.isdigit():
        told = int(told)
    try:
        return VIEWS[told]
    except (KeyError, TypeError):
        raise errors.invalid(f"Invalid view type '{told}'. It must be one of ACTIVE_ONLY, DELETED_ONLY, ALL.") from None


def _find(call: Call) -> Experiment:
    return find(call, text(call.body, "experiment_id"))


def find(call: Call, public: str) -> Experiment:
    """By the id that clients know; the default for none. Raises RESOURCE_DOES_NOT_EXIST."""
    _require_id(public)
    return services.find(call.workspace, public)


def keys_of(call: Call, public: Sequence[str]) -> tuple[int, ...]:
    """Our keys of experiments by the ids that clients know, without those that there are not."""
    for one in public:
        _require_id(one)
    wanted = {int(one) for one in public if one and len(one) < 19}
    found = Experiment.objects.filter(Q(pk__in=wanted, is_default=False), workspace=call.workspace)
    keys = set(found.values_list("pk", flat=True))
    if 0 in wanted:
        keys.add(services.default(call.workspace).pk)
    return tuple(sorted(keys))


def _require_id(public: str) -> None:
    digits = public.removeprefix("-")
    if public and not (digits.isascii() and digits.isdecimal()):
        raise errors.invalid(f"Invalid experiment ID '{public}'. Experiment ID must be a valid integer.")


def _shape(found: Experiment) -> dict[str, Any]:
    return shapes.experiment(found, found.tags.order_by("id"))


def _tag(told: dict[str, Any]) -> tuple[str, str]:
    name = key(told.get("key"), "key")
    limited(name, KEY_LENGTH, "key")
    return name, limited(text(told, "value"), EXPERIMENT_TAG_LENGTH, "value")


def _location(told: str) -> str:
    """As the client wants it: we never open it. Files go there from the client itself, unless it is one of ours."""
    try:
        parts = urlparse(told)
    except ValueError:
        raise errors.invalid(f"Invalid artifact_location: {told}") from None
    if parts.fragment or parts.params:
        raise errors.invalid("'artifact_location' URL can't include fragments or params.")
    if ".." in unquote(parts.query):
        raise errors.invalid("Invalid query string")
    if ".." in unquote(parts.path).split("/"):
        raise errors.invalid(f"Invalid artifact_location: {told}")
    return limited(told, LOCATION_LENGTH, "artifact_location")
