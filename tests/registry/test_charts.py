"""What charts of many runs are told: names, and which parameters made the difference."""

import random

import pytest

from registry.runs import importance as importances
from registry.runs.importance import importance
from tests.registry import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sweep(workspace, alice):
    """Twelve runs: the depth makes the score, the seed does not, the data is the same."""
    runs = []
    for at in range(12):
        run = make.run(workspace, alice, name=f"trial {at}")
        make.param(run, "depth", str(at % 6))
        make.param(run, "seed", str((at * 7) % 5))
        make.param(run, "data", "adult")
        make.metric(run, "score", 0.0, float(at % 6))
        runs.append(run)
    return runs


@pytest.fixture
def post(alice, api_for):
    api = api_for(alice)
    return lambda path, body: api.post(f"/api/v1/w/lab/{path}", body, format="json")


def ids(runs):
    return [run.run_id for run in runs]


def test_names_are_the_metrics_and_the_params_that_differ(sweep, post):
    make.metric(sweep[0], "train/loss", 3, 2, 1)

    said = post("metrics/names", {"runs": ids(sweep)}).json()

    assert said["metrics"] == [
        {"key": "score", "runs": 12, "values": 2, "direction": "max"},
        {"key": "train/loss", "runs": 1, "values": 3, "direction": "min"},
    ]
    assert said["params"] == [
        {"key": "depth", "runs": 12, "distinct": 6},
        {"key": "seed", "runs": 12, "distinct": 5},
    ]
    assert said["varying"] == 2


def test_a_param_that_only_some_runs_have_differs(sweep, post):
    make.param(sweep[0], "warm", "yes")

    assert [param["key"] for param in post("metrics/names", {"runs": ids(sweep)}).json()["params"]][
        -1
    ] == "warm"


def test_runs_of_another_workspace_are_not_there(sweep, post):
    from registry.workspaces.models import Workspace

    stranger = make.run(Workspace.objects.create(name="Other", slug="other"))
    make.metric(stranger, "secret", 1)

    assert post("metrics/names", {"runs": [stranger.run_id, "gone"]}).json()["metrics"] == []
    assert post("runs/importance", {"runs": [stranger.run_id], "metric": "secret"}).json()["runs"] == 0


def test_too_many_runs_are_refused_with_a_way_out(workspace, post):
    answer = post("metrics/names", {"runs": [f"r{n}" for n in range(2001)]})

    assert answer.status_code == 422
    assert "filter" in answer.json()["message"]


def test_the_param_that_made_the_score_is_named_first(sweep, post):
    said = post("runs/importance", {"runs": ids(sweep), "metric": "score"}).json()

    assert said["method"] == importances.METHOD
    assert said["runs"] == 12
    assert [param["key"] for param in said["params"]] == ["depth", "seed"]
    depth, seed = said["params"]
    assert depth["importance"] > 0.3 > seed["importance"]
    assert depth["correlation"] == pytest.approx(1)


def test_which_value_of_the_metric_is_asked_counts(sweep, post):
    """The smallest is 0 in every run: nothing can make a difference there."""
    said = post("runs/importance", {"runs": ids(sweep), "metric": "score", "which": "min"}).json()

    assert said["params"] == []
    assert "same in all" in said["reason"]


@pytest.mark.parametrize(
    ("params", "target", "reason"),
    [
        ({"a": ["1", "2"]}, [1.0, 2.0], "At least 5 runs"),
        ({"a": ["1"] * 6}, [1.0, 2, 3, 4, 5, 6], "no parameter that differs"),
        ({"a": list("123456")}, [float("nan")] * 3 + [float("inf")] * 3, "At least 5 runs"),
        ({}, [1.0, 2, 3, 4, 5], "no parameter that differs"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(params, target, reason):
    assert reason in importance(params, target).reason


def test_a_curve_that_turns_counts_although_nothing_correlates():
    """The best learning rate lies in the middle: ranks do not correlate, the forest sees it all the same."""
    chance = random.Random(3)
    rates = [10 ** chance.uniform(-5, -1) for _ in range(200)]
    score = [-((i_log(rate) + 3) ** 2) + chance.gauss(0, 0.2) for rate in rates]
    noise = [str(chance.random()) for _ in rates]

    found = importance({"lr": [str(rate) for rate in rates], "noise": noise}, score)

    lr, other = found.params
    assert lr.key == "lr"
    assert abs(lr.correlation) < 0.3
    assert lr.importance > 0.5
    assert other.importance < 0.1
    assert found.explained > 0.7


def test_texts_and_missing_values_are_parameters_too():
    kinds = ["adam", "sgd", None, "rms"] * 15
    target = [{"adam": 3.0, "sgd": 1.0, None: 0.0, "rms": 2.0}[kind] for kind in kinds]
    shuffled = [str(n * 37 % 11) for n in range(60)]

    found = importance({"optimizer": kinds, "seed": shuffled}, target)

    assert found.params[0].key == "optimizer"
    assert found.params[0].correlation is None
    assert found.params[0].runs == 45
    assert found.params[0].importance > 5 * found.params[1].importance


def test_a_thousand_runs_of_forty_params_take_no_longer_than_the_bound():
    import time

    chance = random.Random(1)
    params = {f"p{n}": [str(chance.random()) for _ in range(1000)] for n in range(60)}
    target = [float(value) for value in params["p0"]]

    began = time.process_time()
    found = importance(params, target)

    assert time.process_time() - began < 4 * importances.SECONDS
    assert len(found.params) == importances.MOST_PARAMS
    assert found.left_out == 20


def i_log(value):
    import math

    return math.log10(value)
