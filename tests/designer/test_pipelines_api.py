"""The designer over REST, asked as people with every role."""

import json

import pytest

from designer.graph import document
from designer.pipelines import planning, services
from designer.pipelines.models import Pipeline
from registry.runs.models import Run
from tests.designer import tiny
from tests.designer.test_pipelines_runs import DRAWN

pytestmark = pytest.mark.django_db

HOME = "/api/v1/w/lab/pipelines"
GRAPH = document.write(DRAWN)


@pytest.fixture(autouse=True)
def tiny_catalogue(monkeypatch):
    monkeypatch.setattr(planning, "catalogue", lambda: tiny.CATALOGUE)


@pytest.fixture
def api(api_for, alice):
    return api_for(alice)


@pytest.fixture
def pipeline(workspace, alice):
    return services.create(workspace=workspace, by=alice, name="Income", graph=GRAPH)


def send(client, method, path, body=None):
    return getattr(client, method)(path, body, format="json")


def test_a_pipeline_is_made_opened_renamed_and_put_away(api, workspace):
    made = send(api, "post", HOME, {"name": "Income"})
    one = f"{HOME}/{made.data['id']}"

    assert made.status_code == 201
    opened = api.get(one).json()
    assert opened == {**made.json(), "graph": {"format": 1, "nodes": [], "edges": []}, "can_edit": True}
    assert (opened["name"], opened["revision"], opened["updated_by"], opened["sample"]) == ("Income", 1, "alice", "")

    assert send(api, "patch", one, {"name": "Wages", "description": "of adults"}).json()["name"] == "Wages"
    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404
    assert api.get(HOME).json()["results"] == []
    assert [row["name"] for row in api.get(f"{HOME}?archived=true").json()["results"]] == ["Wages"]

    assert send(api, "post", f"{one}/unarchive").json()["name"] == "Wages"
    assert api.get(one).status_code == 200
    assert send(api, "post", f"{one}/unarchive").status_code == 404


def test_the_list_is_paged_newest_first_without_graphs(api, workspace, alice, django_assert_num_queries):
    for number in range(7):
        services.create(workspace=workspace, by=alice, name=f"P{number}", graph=GRAPH)
    oldest = Pipeline.objects.order_by("id")[0]
    services.rename(pipeline=oldest, by=alice, description="touched last")

    first = api.get(f"{HOME}?page_size=4").json()
    second = api.get(first["next"]).json()

    assert [row["name"] for row in first["results"]] == ["P0", "P6", "P5", "P4"]
    assert [row["name"] for row in second["results"]] == ["P3", "P2", "P1"]
    assert (first["previous"], second["next"]) == (None, None)
    assert set(first["results"][0]) == {
        "id", "name", "description", "revision", "updated_at", "updated_by", "sample", "node_count", "last_run",
    }  # fmt: skip
    assert (first["results"][0]["node_count"], first["results"][0]["last_run"]) == (4, None)


def test_the_list_takes_the_same_queries_for_one_as_for_fifty(
    api, workspace, alice, data_version, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    data_version()

    def queries():
        with CaptureQueriesContext(connection, ) as captured:
            rows = api.get(HOME).json()["results"]
        assert not any('"graph"' in query["sql"] for query in captured)
        return len(captured), rows

    def add(count):
        for number in range(count):
            made = services.create(workspace=workspace, by=alice, name=f"P{number}", graph=GRAPH)
            run = services.submit(pipeline=made, by=alice, revision=1)
        return run

    run = add(1)
    one, rows = queries()
    assert rows[0]["last_run"] == {"run_id": run.run_id, "status": "queued"}
    add(40)
    assert queries()[0] == one


def test_the_list_is_searched(api, workspace, alice):
    services.create(workspace=workspace, by=alice, name="Income of adults")
    services.create(workspace=workspace, by=alice, name="Cars", description="prices and INCOME")
    services.create(workspace=workspace, by=alice, name="Wine")

    assert {row["name"] for row in api.get(f"{HOME}?q=income").json()["results"]} == {"Income of adults", "Cars"}


def test_saving_answers_with_the_new_revision_and_a_stale_one_with_the_conflict(api, pipeline, api_for, carl):
    one = f"{HOME}/{pipeline.pk}/graph"
    changed = {**GRAPH, "edges": []}

    saved = send(api_for(carl), "put", one, {"revision": 1, "graph": changed})
    assert (saved.status_code, saved.json()["revision"]) == (200, 2)
    assert set(saved.json()) == {"revision", "updated_at"}

    stale = send(api, "put", one, {"revision": 1, "graph": GRAPH})
    assert stale.status_code == 409
    assert stale.json()["code"] == "revision-conflict"
    assert (stale.json()["fields"]["revision"], stale.json()["fields"]["updated_by"]) == (2, "carl")

    assert send(api, "put", one, {"revision": 1, "graph": GRAPH, "force": True}).json()["revision"] == 3
    history = api.get(f"{HOME}/{pipeline.pk}/versions").json()["results"]
    assert [(row["revision"], row["reason"], row["created_by"]) for row in history] == [
        (3, "force", "alice"), (2, "overwritten", "carl"), (1, "created", "alice"),
    ]  # fmt: skip
    assert api.get(f"{HOME}/{pipeline.pk}/versions/2").json()["graph"] == changed


def test_a_version_is_restored(api, pipeline, alice):
    services.save_graph(pipeline=pipeline, by=alice, revision=1, graph=document.empty())

    restored = send(api, "post", f"{HOME}/{pipeline.pk}/versions/1/restore", {"revision": 2})

    assert restored.status_code == 200
    assert (restored.json()["revision"], restored.json()["graph"]) == (3, GRAPH)
    assert send(api, "post", f"{HOME}/{pipeline.pk}/versions/9/restore", {"revision": 3}).status_code == 404


def test_a_check_changes_nothing_and_tells_problems_and_schemas(api, pipeline, data_version, workspace):
    data_version(columns=[("age", "integer"), ("income", "number")])
    drawn = json.loads(json.dumps(GRAPH))
    drawn["nodes"][3]["params"]["label"] = "incme"

    told = send(api, "post", f"{HOME}/{pipeline.pk}/check", {"graph": drawn}).json()

    (problem,) = told["problems"]
    message = problem.pop("message")
    assert message.startswith("“Train”: Label column: There is no column")
    assert problem == {
        "code": "unknown-column", "severity": "error", "node": "train", "port": None, "param": "label",
    }  # fmt: skip
    assert told["schemas"]["train"]["inputs"]["rows"]["columns"] == [
        {"name": "age", "kind": "integer"}, {"name": "income", "kind": "number"},
    ]  # fmt: skip
    assert set(told["schemas"]) == {"data", "share", "learner", "train"}
    some = send(api, "post", f"{HOME}/{pipeline.pk}/check", {"graph": drawn, "schemas_of": ["train", "gone"]}).json()
    assert some == {"problems": [{**problem, "message": message}], "schemas": {"train": told["schemas"]["train"]}}
    assert Pipeline.objects.get().revision == 1


def test_a_run_is_submitted_and_found_again(api, pipeline, data_version):
    data_version()

    made = send(api, "post", f"{HOME}/{pipeline.pk}/runs", {"revision": 1, "mode": "to", "node": "share"})

    assert made.status_code == 201
    run_id = made.json()["run_id"]
    assert made.json()["url"] == f"/w/lab/runs/{run_id}"
    assert api.get(f"{HOME}/{pipeline.pk}/state").json()["run"] == {"run_id": run_id, "status": "queued"}
    assert api.get(f"/api/v1/w/lab/runs/{run_id}/graph").json() == {
        "graph": GRAPH, "pipeline": pipeline.pk, "name": "Income", "revision": 1, "mode": "to", "node": "share",
    }  # fmt: skip


def test_a_refused_run_lists_the_problems(api, pipeline):
    refused = send(api, "post", f"{HOME}/{pipeline.pk}/runs", {"revision": 1})

    assert refused.status_code == 422
    assert refused.json()["code"] == "problems"
    assert refused.json()["fields"]["problems"] == send(
        api, "post", f"{HOME}/{pipeline.pk}/check", {"graph": GRAPH}
    ).json()["problems"]
    assert not Run.objects.exists()


def test_a_graph_in_a_submission_is_refused_and_never_run(api, pipeline, data_version):
    data_version()

    refused = send(api, "post", f"{HOME}/{pipeline.pk}/runs", {"revision": 1, "graph": GRAPH})

    assert refused.status_code == 422
    assert "graph" in refused.json()["fields"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "", {}),
        ("post", "", {"name": 5, "nonsense": 1}),
        ("post", "", {"name": "x", "graph": []}),
        ("post", "", {"name": "x", "graph": {"format": 9}}),
        ("post", "", []),
        ("patch", "/{id}", {"name": ""}),
        ("put", "/{id}/graph", {"graph": GRAPH}),
        ("put", "/{id}/graph", {"revision": "one", "graph": GRAPH}),
        ("put", "/{id}/graph", {"revision": 10**30, "graph": GRAPH}),
        ("put", "/{id}/graph", {"revision": 1}),
        ("put", "/{id}/graph", {"revision": 1, "graph": None}),
        ("put", "/{id}/graph", {"revision": 1, "graph": "text"}),
        ("post", "/{id}/check", {"graph": {"format": 1, "nodes": [None], "edges": []}}),
        ("post", "/{id}/runs", {"revision": 1, "mode": "from"}),
        ("post", "/{id}/runs", {}),
        ("post", "/{id}/versions/1/restore", {}),
    ],
)
def test_a_senseless_request_is_refused_in_a_sentence(api, pipeline, method, path, body):
    refused = send(api, method, HOME + path.format(id=pipeline.pk), body)

    assert refused.status_code in (409, 422), refused.content
    assert refused.json()["message"].endswith((".", "!"))
    assert set(refused.json()) == {"code", "message", "fields"}


@pytest.mark.parametrize(
    "body",
    [
        '{"revision": 1, "graph": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"revision": 1, "graph": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}",
        '{"revision": 1, "graph": {"format": NaN}}',
        '{"revision": 1, "graph": {"format": ' + "9" * 6_000 + "}}",
        '{"revision": 1, "graph": {"format": 1, "nodes": [], "edges": []}',
        "\x00",
        "",
    ],
)
@pytest.mark.parametrize("path", ["graph", "check"])
def test_hostile_json_is_the_senders_mistake(api, pipeline, body, path):
    method = api.put if path == "graph" else api.post

    refused = method(f"{HOME}/{pipeline.pk}/{path}", body, content_type="application/json")

    assert refused.status_code in (400, 422)
    assert Pipeline.objects.get().revision == 1


def test_the_catalogue_is_told_in_the_order_of_the_palette(api, workspace):
    told = api.get("/api/v1/w/lab/catalogue").json()

    assert [component["id"] for component in told["components"]] == [component.id for component in tiny.CATALOGUE]
    assert told["components"][2] == {
        "id": "share", "version": 2, "title": "Share", "family": "Tiny", "description": "", "help": "", "keywords": [],
        "inputs": [{"name": "rows", "type": "table", "title": "Rows", "required": True}],
        "outputs": [{"name": "table", "type": "table", "title": "Table"}],
        "params": [param.to_json() for param in tiny.SHARE.params],
    }  # fmt: skip
    assert told["types"]["table"] == "Table"


READS = ("", "/{id}", "/{id}/state", "/{id}/versions", "/{id}/versions/1", "/samples")
CHECKS = (("post", "/{id}/check", {"graph": GRAPH}),)
WRITES = (
    ("post", "", {"name": "x"}),
    ("patch", "/{id}", {"name": "y"}),
    ("delete", "/{id}", None),
    ("put", "/{id}/graph", {"revision": 1, "graph": GRAPH}),
    ("post", "/{id}/duplicate", {}),
    ("post", "/{id}/versions/1/restore", {"revision": 1}),
    ("post", "/{id}/runs", {"revision": 1}),
    ("post", "/samples/binary", {}),
)


def statuses(client, pipeline, requests):
    return [
        send(client, method, HOME + path.format(id=pipeline.pk), body).status_code for method, path, body in requests
    ]


def test_a_reader_looks_and_checks_but_changes_nothing(api_for, rita, pipeline):
    client = api_for(rita)

    assert statuses(client, pipeline, [("get", path, None) for path in READS]) == [200] * len(READS)
    assert statuses(client, pipeline, CHECKS) == [200]
    assert statuses(client, pipeline, WRITES) == [403] * len(WRITES)
    assert client.get(f"{HOME}/{pipeline.pk}").json()["can_edit"] is False
    assert Pipeline.objects.count() == 1


def test_an_outsider_finds_nothing_and_a_stranger_must_sign_in(api_for, oscar, pipeline):
    asked = [("get", path, None) for path in READS] + [*CHECKS, *WRITES]

    assert statuses(api_for(oscar), pipeline, asked) == [404] * len(asked)
    assert statuses(api_for(None), pipeline, asked) == [401] * len(asked)
    assert api_for(oscar).get("/api/v1/w/lab/catalogue").status_code == 404


def test_a_member_of_another_workspace_cannot_reach_in(api_for, carl, pipeline, data_version, alice):
    from registry.workspaces.models import Membership, Workspace

    data_version()
    run = services.submit(pipeline=pipeline, by=alice, revision=1)
    Membership.objects.create(workspace=Workspace.objects.create(name="Other", slug="other"), user=carl, role="owner")
    client = api_for(carl)

    other = "/api/v1/w/other"
    assert client.get(f"{other}/pipelines/{pipeline.pk}").status_code == 404
    saving = {"revision": 1, "graph": GRAPH}
    assert send(client, "put", f"{other}/pipelines/{pipeline.pk}/graph", saving).status_code == 404
    assert client.get(f"{other}/runs/{run.run_id}/graph").status_code == 404
    assert client.get(f"/api/v1/w/lab/runs/{run.run_id}/graph").status_code == 200
