"""The table of runs: rows, columns, groups, as its page and programs ask for them."""

import math

import pytest

from registry.runs.models import Experiment, RunField
from tests.registry.test_search_runs import add


@pytest.fixture
def experiment(workspace):
    return Experiment.objects.create(workspace=workspace, name="Income")


@pytest.fixture
def ask(api_for, rita):
    def ask(**body):
        answer = api_for(rita).post("/api/v1/w/lab/runs/query", body, format="json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def test_a_row_has_the_columns_asked_for_by_the_names_they_were_asked_by(experiment, ask):
    add(experiment, "a", metrics={"auc": (0.5, 0.7, 0.9), "f 1": math.inf, "nan": math.nan}, params={"depth": "3"}, tags={"team": "x"})
    columns = [
        "metrics.auc", "metrics.auc:min", "metric.auc:max", "metrics.auc:best", "metrics.`f 1`", "metrics.nan", "metrics.none",
        "params.depth", "tags.team", "attributes.status", "started", "tags.none",
    ]  # fmt: skip
    (row,) = ask(columns=columns)["rows"]
    assert row["values"] == {
        "metrics.auc": 0.7, "metrics.auc:min": 0.5, "metric.auc:max": 0.9, "metrics.auc:best": 0.9,
        "metrics.`f 1`": "Infinity", "metrics.nan": "NaN", "params.depth": "3", "tags.team": "x",
        "attributes.status": "completed", "started": "2026-11-01T12:00:00+00:00",
    }  # fmt: skip
    assert row["experiment"] == {"id": experiment.pk, "name": "Income"}


def test_params_that_are_numbers_are_ordered_as_numbers(experiment, ask):
    for depth in ("10", "9", "deep", "1e2"):
        add(experiment, depth, params={"depth": depth})
    add(experiment, "none")
    order = [{"field": "params.depth"}]
    assert [row["name"] for row in ask(order=order)["rows"]] == ["9", "10", "1e2", "deep", "none"]
    order = [{"field": "params.depth", "descending": True}]
    assert [row["name"] for row in ask(order=order, experiments=[experiment.pk])["rows"]] == ["1e2", "10", "9", "deep", "none"]


def test_groups_tell_how_their_metrics_lie_and_how_to_find_them(experiment, ask):
    RunField.objects.create(experiment=experiment, kind="metric", key="auc")
    for name, depth, auc in (("a", "3", 1e9 + 0.25), ("b", "3", 1e9 + 0.75), ("c", "10", 1e9), ("d", None, math.inf), ("e", "10", math.nan)):
        add(experiment, name, metrics={"auc": auc}, params={"depth": depth} if depth else {})
    found = ask(group_by=["params.depth"], columns=["metrics.auc", "params.depth"])
    assert [(g["values"], g["count"]) for g in found["groups"]] == [
        ({"params.depth": "3"}, 2), ({"params.depth": "10"}, 2), ({"params.depth": None}, 1),
    ]  # fmt: skip
    assert (found["total"], found["total_is_exact"]) == (3, True)
    assert [g["metrics"]["metrics.auc"] for g in found["groups"]] == [
        {"mean": 1e9 + 0.5, "std": 0.25, "min": 1e9 + 0.25, "max": 1e9 + 0.75},
        {"mean": 1e9, "std": 0.0, "min": 1e9, "max": 1e9},
        {"mean": None, "std": None, "min": "Infinity", "max": "Infinity"},
    ]
    for group in found["groups"]:
        assert ask(filter=group["filter"])["total"] == group["count"]


@pytest.mark.parametrize(
    "field", ["params.depth", "tags.team", "metrics.auc", "status", "user", "created", "starred", "source", "experiment", "ended", "duration"]
)
def test_a_group_of_any_field_is_found_again(experiment, ask, alice, field):
    add(experiment, "a", metrics={"auc": 0.1}, params={"depth": "it's"}, tags={"team": ""}, created_by=alice, source="x")
    add(experiment, "b", metrics={"auc": math.nan}, params={"depth": "3"}, seconds=1.5, status="failed")
    add(experiment, "c", metrics={"auc": -math.inf})
    add(experiment, "d", seconds=0.1 + 0.2, ended_at="2026-11-03T00:00:00Z")
    groups = ask(group_by=[field, "kind"], columns=["metrics.auc"])["groups"]
    assert sum(group["count"] for group in groups) == 4
    for group in groups:
        assert ask(filter=group["filter"])["total"] == group["count"], group


def test_groups_are_ordered_and_paged(experiment, ask):
    for number in range(12):
        add(experiment, f"r{number}", metrics={"auc": -number}, params={"depth": str(number)})
    order = [{"field": "metrics.auc", "descending": False}]
    found = ask(group_by=["params.depth"], order=order, offset=2, limit=3)
    assert [g["values"]["params.depth"] for g in found["groups"]] == ["9", "8", "7"]
    assert (found["total"], found["total_is_exact"]) == (12, True)
