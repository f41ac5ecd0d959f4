"""Experiments as the pages and programs see them: making, renaming, the bin."""

import pytest

from registry.runs import experiments
from registry.runs.models import Run
from tests.registry.test_search_runs import add

ADDRESS = "/api/v1/w/lab/experiments"


@pytest.fixture
def program(api_for, carl, workspace):
    experiments.default(workspace)

    def call(method, path="", body=None, person=None):
        answer = getattr(api_for(person or carl), method)(f"{ADDRESS}{path}", body, format="json" if method != "get" else None)
        return answer.status_code, (answer.json() if answer.content else None)

    return call


def test_an_experiment_is_made_renamed_found_deleted_and_restored(program, workspace):
    status, made = program("post", body={"name": "Income é"})
    assert (status, made["name"], made["is_default"], made["deleted"], made["runs"]) == (201, "Income é", False, False, 0)
    experiment = experiments.find(workspace, str(made["id"]))
    run = add(experiment, "a")
    add(experiment, "archived", archived_at=run.created_at)
    address = f"/{made['id']}"
    assert program("patch", address, {"name": "Churn"})[1]["name"] == "Churn"
    assert [(e["name"], e["runs"]) for e in program("get", body={"q": "chur"})[1]["results"]] == [("Churn", 1)]
    assert program("delete", address)[0] == 204
    assert Run.objects.get(pk=run.pk).deleted_at is not None
    assert [e["name"] for e in program("get")[1]["results"]] == ["Default"]
    assert [e["deleted"] for e in program("get", body={"deleted": "true"})[1]["results"]] == [True]
    assert program("post", f"{address}/restore")[1]["runs"] == 1


def test_what_cannot_be_is_said(program, rita, oscar):
    program("post", body={"name": "Income"})
    assert program("post", body={"name": "Income"})[0] == 409
    assert program("post", body={"name": " "})[0] == 422
    assert program("post", body={"name": "x" * 501})[0] == 422
    assert program("post", body={"name": "New"}, person=rita)[0] == 403
    assert program("get", person=oscar)[0] == 404
    assert program("patch", "/999999999999999999999", {"name": "x"})[0] == 404
    assert program("get", body={"q": "a\0"})[0] == 200


def test_a_hundred_experiments_cost_as_many_queries_as_three(program, workspace, django_assert_max_num_queries):
    for number in range(100):
        add(experiments.named(workspace, f"e{number}", None), "a")
    with django_assert_max_num_queries(6):
        _, told = program("get")
    assert len(told["results"]) == 101
