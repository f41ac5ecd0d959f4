"""`runs/…`: made, moved, found, put away. What is logged to them: `log`."""

from functools import partial
from typing import Any

from registry.mlflow_api import errors, paging, shapes
from registry.mlflow_api.experiments import find as find_experiment
from registry.mlflow_api.experiments import keys_of, view_type
from registry.mlflow_api.routing import Call, route
from registry.mlflow_api.validation import (
    ARRAY,
    INTEGER,
    REQUIRED,
    STRING,
    STRINGS,
    as_integer,
    at_most,
    checked,
    integer,
    objects,
    strings,
    tag,
    text,
)
from registry.mlmodels import words
from registry.runs import tracked, tracking
from registry.runs.models import Run
from registry.runs.search import runs as run_search
from registry.runs.search.fields import PROTOCOL_RUNS
from registry.runs.states import RunStatus

MOST = 50_000
USER_TAG = "mlflow.user"


@route("POST", "runs/create", action="runs.submit")
def create(call: Call) -> dict[str, Any]:
    body = call.body
    checked(
        body, {"experiment_id": (STRING,), "start_time": (INTEGER,), "run_name": (STRING,), "tags": (ARRAY,)}
    )
    tags = dict(tag(told, f"tags[{index}]") for index, told in enumerate(objects(body, "tags")))
    name, name_tag = text(body, "run_name"), tags.get(tracked.NAME_TAG, "")
    if name and name_tag and name != name_tag:
        raise errors.invalid(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name='{name}', mlflow.runName='{name_tag}')."
        )
    make = partial(
        tracked.create,
        experiment=find_experiment(call, text(body, "experiment_id")),
        by=call.user,
        name=name or name_tag or words.pair(),
        started=integer(body, "start_time"),
        tags=tags,
        source=tags.get("mlflow.source.name", ""),
        user=text(body, "user_id") or tags.get(USER_TAG, "unknown"),
    )
    return {"run": shapes.runs([tracking.run_in_writer(make)])[0]}


@route("GET", "runs/get", action="runs.view")
def get(call: Call) -> dict[str, Any]:
    checked(call.body, {"run_id": (REQUIRED, STRING)})
    return {"run": shapes.runs([find(call)])[0]}


@route("POST", "runs/update", action="runs.submit")
def update(call: Call) -> dict[str, Any]:
    body = call.body
    checked(body, {"run_id": (REQUIRED, STRING), "end_time": (INTEGER,), "run_name": (STRING,)})
    change = partial(
        tracked.update,
        run=find(call),
        by=call.user,
        name=text(body, "run_name"),
        status=_status(body.get("status")),
        ended=integer(body, "end_time"),
    )
    return {"run_info": shapes.runs([tracking.run_in_writer(change)])[0]["info"]}


@route("POST", "runs/delete", action="runs.edit")
def delete(call: Call) -> dict[str, Any]:
    checked(call.body, {"run_id": (REQUIRED, STRING)})
    tracking.run_in_writer(partial(tracked.delete, run=find(call), by=call.user))
    return {}


@route("POST", "runs/restore", action="runs.edit")
def restore(call: Call) -> dict[str, Any]:
    checked(call.body, {"run_id": (REQUIRED, STRING)})
    tracking.run_in_writer(partial(tracked.restore, run=find(call), by=call.user))
    return {}


@route("POST", "runs/search", action="runs.view")
def search(call: Call) -> dict[str, Any]:
    body = call.body
    checked(
        body,
        {
            "experiment_ids": (STRINGS,),
            "filter": (STRING,),
            "max_results": (INTEGER, at_most(MOST)),
            "order_by": (STRINGS,),
            "page_token": (STRING,),
        },
    )
    limit = integer(body, "max_results", 1000)
    paging.require_limit(limit, MOST)
    # What was archived is out of our lists, yet no client has thrown it away.
    lifecycle = view_type(body.get("run_view_type"))
    page = run_search.search(
        run_search.Scope(
            call.workspace,
            keys_of(call, strings(body, "experiment_ids")),
            lifecycle="kept" if lifecycle == "active" else lifecycle,
            user=call.user,
        ),
        text(body, "filter"),
        strings(body, "order_by"),
        fields=PROTOCOL_RUNS,
        limit=limit or MOST,
        after=text(body, "page_token"),
    )
    told: dict[str, Any] = {"runs": shapes.runs(page.rows)}
    if page.next_token:
        told["next_page_token"] = page.next_token
    return told


def find(call: Call, name: str = "run_id") -> Run:
    return tracked.find(call.workspace, text(call.body, name))


def _status(told: Any) -> RunStatus | None:
    if told is None:
        return None
    number = as_integer(told)
    known = shapes.STATUS_IN.get(number if number is not None else told) if isinstance(told, str | int) else None
    if known is None:
        raise errors.invalid(
            f"Invalid value {told!r} for parameter 'status' supplied. It must be one of RUNNING, SCHEDULED, FINISHED, "
            "FAILED, KILLED."
        )
    return known
