"""The table of runs where there is much of everything: queries do not multiply, and bad input is refused in words."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.runs.models import Experiment, MetricSummary, Param, Run, RunField
from registry.runs.search import runs
from tests.registry.test_search_runs import add

QUERY, FIELDS = "/api/v1/w/lab/runs/query", "/api/v1/w/lab/runs/fields"


@pytest.fixture
def experiment(workspace):
    return Experiment.objects.create(workspace=workspace, name="Income")


@pytest.fixture
def ask(api_for, rita):
    def ask(**body):
        answer = api_for(rita).post(QUERY, body, format="json")
        return answer.status_code, answer.json()

    return ask


def fill(experiment, count, start=0):
    made = Run.objects.bulk_create(
        Run(workspace=experiment.workspace, experiment=experiment, kind="tracked", name=f"r{n}", status="completed")
        for n in range(start, start + count)
    )
    MetricSummary.objects.bulk_create(
        MetricSummary(run=run, experiment=experiment, key="auc", last=n, last_step=0, last_time=0, minimum=n, maximum=n, count=1)
        for n, run in enumerate(made, start)
    )
    Param.objects.bulk_create(Param(run=run, key="depth", value=str(run.pk % 5)) for run in made)


BODIES = [
    {},
    {"filter": "metrics.auc > 1 AND params.depth = '3'", "order": [{"field": "metrics.auc", "descending": True}]},
    {"filter": "NOT (tags.x = '1' OR params.depth > 3)", "order": [{"field": "params.depth"}, {"field": "metrics.auc"}]},
    {"group_by": ["params.depth"]},
    {"group_by": ["params.depth", "attributes.status"], "order": [{"field": "metrics.auc"}]},
]


@pytest.mark.parametrize("body", BODIES)
def test_a_page_costs_the_same_queries_however_many_runs_there_are(experiment, ask, body):
    columns = ["metrics.auc", "metrics.auc:min", "params.depth", "tags.team", "attributes.user", "attributes.starred"]
    fill(experiment, 20)
    asked = {"columns": columns, "limit": 5, "experiments": [experiment.pk], **body}
    assert ask(**asked)[0] == 200
    with CaptureQueriesContext(connection) as few:
        ask(**asked)
    fill(experiment, 300, start=20)
    with CaptureQueriesContext(connection) as many:
        ask(**asked)
    # The count is left out where the page shows all there is.
    assert len(few) <= len(many) <= len(few) + 2
    assert len(many) <= 18


def test_twelve_thousand_columns_in_one_experiment(experiment, ask, api_for, rita):
    wide = add(experiment, "wide")
    keys = [f"layer/{n:05d}/é weight" for n in range(12_000)]
    MetricSummary.objects.bulk_create(
        [
            MetricSummary(run=wide, experiment=experiment, key=key, last=1.0, last_step=0, last_time=0, minimum=1, maximum=1, count=1)
            for key in keys
        ],
        batch_size=500,
    )
    RunField.objects.bulk_create([RunField(experiment=experiment, kind="metric", key=key) for key in keys], batch_size=500)
    with CaptureQueriesContext(connection) as asked:
        status, told = ask(columns=[f"metrics.`{key}`" for key in keys[:2000]])
    assert status == 200
    assert len(told["rows"][0]["values"]) == 2000
    assert len(asked) < 20
    assert ask(columns=[f"metrics.`{key}`" for key in keys])[0] == 422
    api = api_for(rita)
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(FIELDS, {"kind": "metric", "cursor": cursor, "experiments": str(experiment.pk)}).json()
        seen += [one["key"] for one in page["results"]]
        cursor = page["next"]
    assert seen == keys
    assert [one["key"] for one in api.get(FIELDS, {"q": "11999/É".lower()}).json()["results"]] == [keys[-1]]


def test_counting_stops_and_says_so(experiment):
    fill(experiment, 30)
    scope = runs.Scope(experiment.workspace, (experiment.pk,))
    assert runs.count(scope, "metrics.auc >= 0", most=10) == (10, False)
    assert runs.count(scope, "metrics.auc >= 0", most=30) == (30, True)


def test_deep_pages_are_right_on_both_sides_of_what_has_no_value(experiment, ask):
    fill(experiment, 10)
    for number in range(10):
        add(experiment, f"bare{number}", minutes=number)
    order = [{"field": "metrics.auc", "descending": True}]
    whole = [row["name"] for row in ask(order=order, limit=100)[1]["rows"]]
    assert whole == [f"r{n}" for n in reversed(range(10))] + [f"bare{n}" for n in reversed(range(10))]
    for offset in range(0, 22, 3):
        told = ask(order=order, offset=offset, limit=4)[1]
        assert [row["name"] for row in told["rows"]] == whole[offset : offset + 4]
        assert told["total"] == 20


@pytest.mark.parametrize(
    "body",
    [
        [], "x", {"filter": 3}, {"order": "x"}, {"order": [{"field": 3}]}, {"order": [{"field": "metrics.a"}] * 9}, {"columns": "x"},
        {"columns": [3]}, {"columns": ["metrics."]}, {"columns": ["a\0"]}, {"limit": 0}, {"limit": 1001}, {"limit": True}, {"offset": -1},
        {"offset": 10**20}, {"experiments": ["x"]}, {"experiments": [-1]}, {"experiments": {"a": 1}}, {"experiments": [True]},
        {"lifecycle": "x"}, {"lifecycle": 3}, {"nested": "x"}, {"ids": "x"}, {"ids": [3]}, {"group_by": ["params.a"] * 2 + ["tags.b"] * 9, "limit": 2000},
        {"columns": ["datasets.name"]}, {"filter": "x" * 100_000}, {"filter": "metrics.a > 1 \0"}, {"order": [{"field": "datasets.name"}]},
        {"group_by": ["nothing"]},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(experiment, api_for, rita, body):
    answer = api_for(rita).post(QUERY, json.dumps(body), content_type="application/json")
    assert answer.status_code in (400, 422), answer.content
    assert answer.json()["message"]


def test_an_experiment_of_another_workspace_does_not_exist(experiment, ask):
    from registry.workspaces.models import Workspace

    other = Experiment.objects.create(workspace=Workspace.objects.create(name="Other", slug="other"), name="Secret")
    add(other, "secret")
    assert ask(experiments=[other.pk])[1]["rows"] == []
    assert ask(experiments=[other.pk], group_by=["params.a"])[1]["groups"] == []
    assert ask(experiments=[10**17])[1]["total"] == 0


def test_the_deepest_filter_that_is_read_can_be_asked(experiment, ask):
    deep = "name = 'x'"
    for number in range(20):
        deep = f"NOT ({deep} AND params.a{number} = '1')" if number % 2 else f"({deep} OR metrics.a{number} > 1)"
        if number == 9:
            break
    assert ask(filter=deep)[0] == 200
    assert ask(filter="(" * 20 + "name = 'x'" + ")" * 20)[0] == 200
    assert ask(filter=" OR ".join(f"params.a{n} = '{n}'" for n in range(200)))[0] == 200
    assert ask(filter=" AND ".join(f"NOT tags.a{n} LIKE '%{n}'" for n in range(200)))[0] == 200
    many = ", ".join(f"'{n:032x}'" for n in range(10_000))
    assert ask(filter=f"run_id IN ({many})")[0] == 200
    assert ask(filter=f"NOT run_id IN ({many}) AND params.a IN ({many})")[0] in (200, 400)
