"""Every route of the protocol, asked by nobody, by an outsider and by a reader."""

import re

import pytest

from registry.mlflow_api import routes, routing
from registry.workspaces.access import ACTIONS, READ
from registry.workspaces.models import Role
from tests.protocol.program import Program, bearer

assert routes.MODULES

# What asks for no sign-in, and why.
OPEN = {
    "/version": "a client's first question",
    "/health": "for whoever watches over the machine",
    "/api/3.0/mlflow/server-info": "a client's first question",
    "/api/2.0/mlflow-artifacts/mpu/part/{signed}": "the signature in the address is the right",
    "/api/2.0/mlflow-artifacts/signed/{signed}": "the signature in the address is the right",
}
ROUTES = [route for route in routing.routes() if not route.path.startswith("/ajax-api/")]
GUARDED = [route for route in ROUTES if route.action is not None]


def asked(program: Program, route: routing.Route) -> tuple[int, str]:
    path = re.sub(r"\{\w+\*?\}", "1", route.path)
    answer = program.ask(route.method, path, b"{}" if route.method != "GET" else b"")
    code = answer.json()["error_code"] if answer.status_code >= 400 else ""
    return answer.status_code, code


def test_only_these_are_open():
    assert {route.path for route in ROUTES if route.action is None} == set(OPEN)


def test_what_changes_something_asks_for_more_than_reading():
    searches = re.compile(r"search|get-latest-versions|batchGet|presigned-download|traces/metrics|calculate")
    for route in GUARDED:
        reads = route.method == "GET" or searches.search(route.path) is not None
        assert (ACTIONS[route.action] == READ) == reads, f"{route.method} {route.path}: {route.action}"


@pytest.mark.django_db
def test_nobody_is_asked_to_sign_in(workspace):
    wrong = {(r.method, r.path) for r in GUARDED if asked(Program(), r) != (401, "UNAUTHENTICATED")}

    assert not wrong


def test_an_outsider_is_told_that_there_is_nothing(workspace, oscar):
    program = Program(bearer(oscar), "/w/lab")
    wrong = {(r.method, r.path) for r in GUARDED if asked(program, r) != (404, "RESOURCE_DOES_NOT_EXIST")}

    assert not wrong


def test_a_reader_is_refused_what_changes_something(readers_program):
    may = {r for r in GUARDED if Role.READER in ACTIONS[r.action]}

    wrong = {(r.method, r.path) for r in GUARDED if r not in may and asked(readers_program, r) != (403, "PERMISSION_DENIED")}
    assert not wrong
    wrong = {(r.method, r.path) for r in may if asked(readers_program, r)[1] == "PERMISSION_DENIED"}
    assert not wrong
