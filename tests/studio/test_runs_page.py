"""The page of runs: whom it opens for, what it tells the browser, and what plain words in its address mean."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from designer.pipelines.models import Pipeline, PipelineRun
from registry.boards import services as boards
from registry.runs import experiments
from registry.runs.models import Experiment
from registry.runs.search import grammar
from registry.runs.search.fields import RUNS
from tests.registry import make

pytestmark = pytest.mark.django_db
PAGE = "/w/lab/runs/"


def boot(answer):
    return answer.context["boot"]


def test_it_tells_the_browser_what_this_person_may_do(workspace, alice, rita, client_for):
    event = make.event(make.run(workspace, alice))

    owner, reader = (boot(client_for(person).get(PAGE)) for person in (alice, rita))

    assert owner["may"] == {"edit": True, "cancel": True, "submit": True}
    assert reader["may"] == {"edit": False, "cancel": False, "submit": False}
    assert reader["workspace"] == "lab" and reader["last_event"] == event.pk


def test_it_opens_with_the_view_that_a_person_wants_to_see_first(workspace, alice, carl, client_for):
    view = boards.create(workspace=workspace, by=alice, name="Mine", kind="runs", state={"pane": "both"}, shared=True)
    boards.show_first(view=view, by=carl, on=True)

    assert boot(client_for(carl).get(PAGE))["first"]["state"] == {"pane": "both"}
    assert boot(client_for(alice).get(PAGE))["first"] is None
    assert boot(client_for(carl).get(f"{PAGE}?filter="))["first"] is None


def test_an_outsider_learns_nothing(workspace, oscar, client_for):
    assert client_for(oscar).get(PAGE).status_code == 404
    assert client_for(None).get(PAGE).status_code == 302


def test_it_costs_the_same_for_many_runs(workspace, alice, client_for, django_assert_num_queries):
    client = client_for(alice)
    client.get(PAGE)

    def look():
        with django_assert_num_queries(10):
            client.get(PAGE)

    make.run(workspace, alice)
    look()
    for n in range(20):
        make.run(workspace, alice, name=f"Run {n}")
    look()


@pytest.mark.parametrize(
    ("words", "filter"),
    [
        ("status=active", "attributes.status IN ('cancelling', 'queued', 'running')"),
        ("status=failed&kind=pipeline", "attributes.status = 'failed' AND attributes.kind = 'pipeline'"),
        ("q=it%27s&person=carl", "attributes.user = 'carl' AND attributes.name ILIKE '%it''s%'"),
    ],
)
def test_plain_words_in_the_address_become_a_view(words, filter, workspace, alice, client_for):
    answer = client_for(alice).get(f"{PAGE}?{words}")

    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer["Location"]).query) == {"filter": [filter]}
    assert grammar.parse(filter, RUNS)
    assert client_for(alice).get(answer["Location"]).status_code == 200


def test_a_pipeline_is_the_experiment_of_its_runs(workspace, alice, client_for):
    experiment = Experiment.objects.create(workspace=workspace, name="Income")
    run = make.run(workspace, alice, experiment=experiment)
    pipeline = Pipeline.objects.create(workspace=workspace, name="Income")
    PipelineRun.objects.create(
        pipeline=pipeline, run=run, revision=1, graph={"format": 1, "nodes": [], "edges": []}
    )

    answer = client_for(alice).get(f"{PAGE}?pipeline={pipeline.pk}")

    assert answer["Location"] == f"{PAGE}?e={experiment.pk}"


def test_the_default_experiment_has_the_name_that_clients_know(workspace, alice, client_for):
    default = experiments.default(workspace)

    answer = client_for(alice).get(f"{PAGE}?e=0")

    assert answer["Location"] == f"{PAGE}?e={default.pk}"


@pytest.mark.parametrize(
    "query",
    [
        "pipeline=x",
        "pipeline=99",
        "pipeline=999999999999999999999",
        "status=",
        "filter=(((",
        "view=x",
        "q=%00",
    ],
)
def test_nonsense_in_the_address_does_no_harm(query, workspace, alice, client_for):
    assert client_for(alice).get(f"{PAGE}?{query}").status_code == 200


def test_names_cannot_become_markup(workspace, alice, client_for):
    make.run(workspace, alice, name="</script><script>alert(1)</script>")

    page = client_for(alice).get(PAGE).content.decode()

    assert "alert(1)" not in page
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
