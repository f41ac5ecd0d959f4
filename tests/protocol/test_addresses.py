"""Which addresses are the protocol's, and what is told at those that are not."""

import errno

import pytest

from registry.mlflow_api import routing
from tests.protocol.program import Program, bearer, told


@pytest.mark.parametrize(
    "path",
    [
        "/api/2.0/mlflow/runs/create", "/api/3.0/mlflow/server-info", "/ajax-api/2.0/mlflow/metrics/get-history-bulk",
        "/api/2.0/mlflow-artifacts/artifacts/a", "/api/2.0mlflow/experiments/search-datasets", "/version", "/health",
        "/w/lab/api/2.0/mlflow/runs/get", "/w/lab/version", "/get-artifact",
    ],
)  # fmt: skip
def test_ours(path):
    assert routing.is_ours(path)


@pytest.mark.parametrize("path", ["/", "/api/v1/me", "/api/docs", "/w/lab/runs/", "/versions", "/x/api/2.0/mlflow/a", "/w/a/b/version"])
def test_not_ours(path):
    assert not routing.is_ours(path)


def test_a_slash_too_many_is_forgiven_where_addresses_are_joined():
    assert routing.tidy("//version") == "/version"
    assert routing.tidy("/w/lab//api/2.0/mlflow/runs/get") == "/w/lab/api/2.0/mlflow/runs/get"
    assert routing.tidy("/api/2.0/mlflow-artifacts/artifacts/a//b") == "/api/2.0/mlflow-artifacts/artifacts/a//b"


@pytest.mark.django_db
def test_what_a_client_asks_first_needs_no_sign_in():
    nobody = Program()

    assert nobody.get("/version").content == b"3.17.2"
    assert nobody.get("/health").content == b"OK"
    assert nobody.get("/api/3.0/mlflow/server-info").json()["multipart_uploads_enabled"] is True


def test_an_unknown_call_is_told_so_in_the_protocols_words(program):
    answer = program.post("runs/forget")

    assert "runs/forget" in told(answer, 404, "ENDPOINT_NOT_FOUND")


def test_another_method_is_refused(program):
    assert "does not answer GET" in told(program.get("runs/create"), 405, "BAD_REQUEST")


def test_the_same_below_ajax_api(program, run):
    answer = program.get("/ajax-api/2.0/mlflow/runs/get", run_id=run)

    assert answer.json()["run"]["info"]["run_name"] == "first"


def test_a_body_must_be_json(program):
    answer = program.ask("POST", "runs/create", b"name=x", content_type="application/x-www-form-urlencoded")
    assert told(answer, 400, "INVALID_PARAMETER_VALUE").startswith("Bad Request. Content-Type must be one of")

    assert "not valid JSON" in told(program.ask("POST", "runs/create", b"{"), 400, "BAD_REQUEST")
    assert "JSON object" in told(program.ask("POST", "runs/create", b"[1]"), 400, "BAD_REQUEST")
    assert "not valid JSON" in told(program.ask("POST", "runs/create", b"[" * 10_000), 400, "BAD_REQUEST")


def test_json_encoded_twice_is_understood(program):
    answer = program.ask("POST", "experiments/create", b'"{\\"name\\": \\"twice\\"}"')

    assert answer.status_code == 200


def test_a_failure_of_ours_tells_nothing_of_it(program, monkeypatch, caplog):
    from registry.mlflow_api import experiments

    monkeypatch.setattr(experiments.services, "find", lambda *_: 1 / 0)

    answer = program.get("experiments/get", experiment_id="0")

    assert "division" not in told(answer, 500, "INTERNAL_ERROR")
    assert "ZeroDivisionError" in caplog.text


def test_a_full_disk_is_said(program, run, monkeypatch):
    from registry.storage import Store

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Store, "keep", full)
    answer = program.put(f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a", b"x")

    assert "disk is full" in told(answer, 507, "INTERNAL_ERROR")


def test_two_functions_cannot_have_one_route():
    with pytest.raises(ValueError, match="already"):
        routing.route("POST", "runs/create", action="runs.submit")(lambda call: {})


def test_a_workspace_in_the_address_goes_before(alice, carl, workspace):
    from registry.workspaces import services

    other = services.create(name="Other", by=alice)
    answer = Program(bearer(alice, workspace), "/w/other").post("experiments/create", name="there")

    assert other.experiments.filter(pk=answer.json()["experiment_id"]).exists()
