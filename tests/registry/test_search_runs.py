"""Searching runs: what is found, in which order, page by page."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from registry.errors import Invalid
from registry.runs.models import Experiment, MetricSummary, Param, Run, Tag
from registry.runs.search import fields, runs
from registry.runs.search.errors import BadFilter

START = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def experiment(workspace):
    return Experiment.objects.create(workspace=workspace, name="Income")


def add(experiment, name, *, metrics=None, params=None, tags=None, minutes=0, **values):
    run = Run.objects.create(
        workspace=experiment.workspace, experiment=experiment, kind="tracked", name=name,
        **{"status": "completed", "started_at": START + timedelta(minutes=minutes), **values},
    )  # fmt: skip
    for key, value in (metrics or {}).items():
        low, last, high = value if isinstance(value, tuple) else (value, value, value)
        low, last, high = (None if v is not None and math.isnan(v) else v for v in (low, last, high))
        MetricSummary.objects.create(
            run=run, experiment=experiment, key=key, last=last, last_step=0, last_time=0, minimum=low, maximum=high, count=1
        )
    Param.objects.bulk_create(Param(run=run, key=k, value=v) for k, v in (params or {}).items())
    Tag.objects.bulk_create(Tag(run=run, key=k, value=v) for k, v in (tags or {}).items())
    return run


def names(experiment, filter="", order=(), **options):
    scope = runs.Scope(experiment.workspace, (experiment.pk,))
    return [run.name for run in runs.search(scope, filter, order, **options).rows]


@pytest.fixture
def four(experiment):
    add(experiment, "good", metrics={"auc": 0.9}, params={"depth": "9"}, tags={"team": "risk"}, minutes=1)
    add(experiment, "bad", metrics={"auc": 0.5}, params={"depth": "10"}, tags={"team": "Risk"}, minutes=2)
    add(experiment, "lost", metrics={"auc": math.nan}, params={"depth": "deep"}, minutes=3)
    add(experiment, "bare", minutes=4)
    return experiment


def test_without_an_order_the_latest_start_comes_first(four):
    assert names(four) == ["bare", "lost", "bad", "good"]


def test_not_a_number_and_missing_come_last_whichever_way(four):
    assert names(four, order=["metrics.auc DESC"]) == ["good", "bad", "lost", "bare"]
    assert names(four, order=["metrics.auc"]) == ["bad", "good", "lost", "bare"]
    assert names(four, order=["params.depth DESC"]) == ["bad", "good", "lost", "bare"]
    # To clients of the protocol params are texts.
    assert names(four, order=["params.depth DESC"], fields=fields.PROTOCOL_RUNS) == ["lost", "good", "bad", "bare"]
    assert names(four, order=["tags.team"]) == ["bad", "good", "bare", "lost"]


@pytest.mark.parametrize(
    "order",
    [[], ["metrics.auc DESC"], ["metrics.auc"], ["params.depth"], ["status", "metrics.auc"], ["attributes.created"]],
)
def test_pages_by_token_and_by_offset_are_the_whole(four, order):
    whole = names(four, order=order)
    assert len(whole) == 4
    scope = runs.Scope(four.workspace, (four.pk,))
    found, token = [], ""
    while True:
        page = runs.search(scope, "", order, limit=1, after=token)
        found += [run.name for run in page.rows]
        token = page.next_token
        if not token:
            break
    assert found == whole
    assert [names(four, order=order, limit=1, offset=n) for n in range(5)] == [[name] for name in whole] + [[]]
    assert names(four, order=order, limit=3, offset=1) == whole[1:]


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("metrics.auc > 0.6", {"good"}),
        ("metrics.auc != 0.9", {"bad", "lost"}),
        ("NOT metrics.auc > 0.6", {"bad", "lost", "bare"}),
        ("params.depth > 9", {"bad"}),
        ("params.depth = 9.0", {"good"}),
        ("params.depth != 9", {"bad", "lost"}),
        ("params.depth IN (9, 'deep')", {"good", "lost"}),
        ("params.depth IS NULL", {"bare"}),
        ("tags.team = 'risk'", {"good"}),
        ("tags.team LIKE 'r%'", {"good"}),
        ("tags.team ILIKE 'r%'", {"good", "bad"}),
        ("name LIKE '_a%' OR tags.`mlflow.runName` = 'good'", {"bad", "bare", "good"}),
        ("(name = 'bad' OR name = 'good') AND NOT metrics.auc < 0.6", {"good"}),
        ("attributes.started > '2026-11-01 12:02'", {"lost", "bare"}),
        ("attributes.started = '2026-11-01'", {"good", "bad", "lost", "bare"}),
        ("status IN ('completed')", {"good", "bad", "lost", "bare"}),
        ("status != 'FINISHED'", set()),
        ("attributes.experiment = 'Income' AND user IS NULL", {"good", "bad", "lost", "bare"}),
    ],
)
def test_filters_find_what_they_say(four, filter, found):
    assert set(names(four, filter)) == found
    assert set(names(four, filter, ["metrics.auc"])) == found
    scope = runs.Scope(four.workspace, (four.pk,))
    assert runs.count(scope, filter) == (len(found), True)


def test_the_words_of_the_protocol(four):
    scope = runs.Scope(four.workspace, (four.pk,), lifecycle="kept")
    asked = "status = 'FINISHED' AND attribute.start_time >= 1 AND attr.artifact_uri LIKE '%artifacts'"
    assert len(runs.search(scope, asked, ["created ASC"], fields=fields.PROTOCOL_RUNS).rows) == 4


def test_bad_filters_and_tokens_are_refused_with_their_place(four):
    with pytest.raises(BadFilter) as told:
        names(four, "metrics.auc > 0.6 AND statsu = 'x'")
    assert told.value.fields["position"] == 22
    assert "Did you mean status?" in told.value.message
    for token in ("x", "bnVsbA==", "WzAsWzEsMl1d"):
        with pytest.raises(Invalid):
            names(four, after=token)
