"""Runs side by side over REST: by columns, in few queries, whatever is asked for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.runs import artifacts, goals, selections
from registry.runs.models import Dataset, DatasetUse, Experiment, Run, Tag
from registry.workspaces.models import Workspace
from tests.registry import make

COMPARE = "/api/v1/w/lab/runs/compare"


@pytest.fixture
def api(alice, api_for):
    return api_for(alice)


def tracked(workspace, by, name="Try", **fields):
    return make.run(workspace, by, name=name, kind="tracked", source="", **fields)


def compared(api, *runs):
    answer = api.get(f"{COMPARE}?runs={','.join(getattr(run, 'run_id', run) for run in runs)}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def row(found, section, key):
    return next(row for row in found[section] if row["key"] == key)


def cells(found, section, key):
    """A row of texts as one would read it."""
    told = row(found, section, key)
    if "of" not in told:
        return told["values"] * len(found["runs"])
    places = told.get("runs", range(len(found["runs"])))
    read = dict.fromkeys(range(len(found["runs"])))
    read |= {at: told["values"][of] if of >= 0 else None for at, of in zip(places, told["of"], strict=True)}
    return list(read.values())


@pytest.mark.django_db
def test_runs_stand_in_the_order_asked_for_with_what_they_were_given_and_gave(workspace, alice, api):
    a, b = tracked(workspace, alice, "A"), tracked(workspace, None, "B", status="failed")
    make.param(a, "depth", "3")
    make.param(b, "depth", "3")
    make.param(b, "rate", "0.1")
    make.metric(a, "auc", 0.5, 0.9, 0.8)
    make.metric(b, "loss", 1.0)
    Tag.objects.create(run=a, key="team", value="blue")
    Tag.objects.create(run=a, key="mlflow.source.git.commit", value="abc")
    Tag.objects.create(run=a, key="mlflow.runName", value="A")

    found = compared(api, b, a)

    assert [(run["run_id"], run["name"], run["status"], run["person"]) for run in found["runs"]] == [
        (b.run_id, "B", "failed", None),
        (a.run_id, "A", "completed", "alice"),
    ]
    assert cells(found, "params", "depth") == ["3", "3"]
    assert row(found, "params", "depth")["values"] == ["3"]  # told once
    assert cells(found, "params", "rate") == ["0.1", None]
    auc = row(found, "metrics", "auc")
    assert (auc["better"], auc["last"], auc["min"], auc["max"]) == ("max", [None, 0.8], [None, 0.5], [None, 0.9])
    assert row(found, "metrics", "loss")["better"] == "min"
    assert [told["key"] for told in found["tags"]] == ["team"]
    assert cells(found, "code", "mlflow.source.git.commit") == [None, "abc"]
    assert found["missing"] == []


@pytest.mark.django_db
def test_numbers_that_json_cannot_carry_are_words(workspace, alice, api):
    run = tracked(workspace, alice)
    make.metric(run, "odd", float("inf"))
    make.metric(run, "none", float("nan"))

    found = compared(api, run)

    assert row(found, "metrics", "odd")["last"] == ["Infinity"]
    assert row(found, "metrics", "none")["last"] == ["NaN"]


@pytest.mark.django_db
def test_environments_data_and_outputs_are_rows_of_their_own(workspace, alice, api):
    packages = {"python": "3.11", "packages": {"numpy": "2.1"}}
    a = make.run(workspace, alice, environment=packages)
    b = make.run(workspace, alice, environment={**packages, "packages": {"numpy": "2.2"}})
    for run, number in ((a, 1), (b, 2)):
        make.data_read(run, make.data_version(workspace, number=number, content_hash=f"{number}" * 64))
        step = make.step(run, "n1", name="Split")
        make.table(step)
        judge = make.step(run, "e", name="Judge")
        make.evaluation(judge)

    found = compared(api, a, b)

    assert cells(found, "environment", "Python") == ["3.11", "3.11"]
    assert cells(found, "environment", "numpy") == ["2.1", "2.2"]
    assert cells(found, "data", "adult") == ["version 1 · 11111111", "version 2 · 22222222"]
    assert cells(found, "outputs", "Split/table") == ["table, 3 rows"] * 2
    assert [(one["run"], one["name"], one["port"]) for one in found["evaluations"]] == [
        (0, "Judge", "evaluation"), (1, "Judge", "evaluation"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_logged_data_sets_stand_by_name_and_purpose(workspace, alice, api):
    experiment = Experiment.objects.create(workspace=workspace, name="E")
    runs = [tracked(workspace, alice, experiment=experiment) for _ in range(2)]
    for run, digest in zip(runs, ("d1", "d2"), strict=True):
        data = Dataset.objects.create(experiment=experiment, name="wine", digest=digest, source_type="local", source="x")
        DatasetUse.objects.create(run=run, dataset=data, tags={"mlflow.data.context": "training"})

    assert cells(compared(api, *runs), "data", "wine (training)") == ["d1", "d2"]


@pytest.mark.django_db
def test_unknown_and_foreign_runs_are_named_and_the_others_shown(workspace, alice, api):
    elsewhere = make.run(Workspace.objects.create(name="Other", slug="other"))
    run = tracked(workspace, alice)
    binned = tracked(workspace, alice, deleted_at=timezone.now())

    found = compared(api, run, "nothing", elsewhere, run, binned, "", "'; --")

    assert [(one["run_id"], one["deleted"]) for one in found["runs"]] == [(run.run_id, False), (binned.run_id, True)]
    assert found["missing"] == ["nothing", elsewhere.run_id, "'; --"]


@pytest.mark.django_db
def test_a_long_value_is_shortened_in_the_table_and_whole_when_asked_for(workspace, alice, api):
    a, b = tracked(workspace, alice), tracked(workspace, alice)
    make.param(a, "prompt", "x" * 6000)
    make.param(b, "prompt", "x" * 5999 + "y")

    found = compared(api, a, b)
    whole = api.get(f"{COMPARE}/text?runs={a.run_id},{b.run_id}&kind=params&key=prompt").json()["values"]

    prompt = row(found, "params", "prompt")
    assert prompt["of"] == [0, 1]  # they differ, though their beginnings do not
    assert prompt["values"] == [{"start": "x" * 300, "length": 6000}] * 2
    assert whole == {a.run_id: "x" * 6000, b.run_id: "x" * 5999 + "y"}


@pytest.mark.django_db
def test_a_row_of_few_among_many_names_its_runs(workspace, alice, api):
    runs = [tracked(workspace, alice) for _ in range(8)]
    make.param(runs[5], "rare", "1")
    make.metric(runs[2], "rare", 4.0)

    found = compared(api, *runs)

    assert row(found, "params", "rare") == {"key": "rare", "values": ["1"], "runs": [5], "of": [0]}
    assert row(found, "metrics", "rare")["runs"] == [2]
    assert cells(found, "params", "rare")[5] == "1"


@pytest.mark.django_db
def test_a_comparison_of_many_costs_the_queries_of_one_of_few(workspace, alice, api):
    def some(count):
        runs = [make.run(workspace, alice) for _ in range(count)]
        for run in runs:
            make.param(run, "a", "1")
            make.metric(run, "m", 1.0)
            make.table(make.step(run, "n"))
        return runs

    def queries(runs):
        with CaptureQueriesContext(connection) as asked:
            compared(api, *runs)
        return len(asked)

    assert queries(some(2)) == queries(some(30)) <= 14


@pytest.mark.django_db
def test_a_selection_stands_for_its_runs_and_the_same_choice_has_the_same_key(workspace, alice, rita, api, api_for):
    runs = [tracked(workspace, alice, f"R{n}") for n in range(3)]
    ids = [run.run_id for run in runs]

    made = api.post("/api/v1/w/lab/runs/selections", {"runs": ids}, format="json")
    again = api_for(rita).post("/api/v1/w/lab/runs/selections", {"runs": [*ids, ids[0]]}, format="json")
    key = made.json()["key"]

    assert (made.status_code, again.json()["key"]) == (201, key)
    assert [run["name"] for run in api.get(f"{COMPARE}?set={key}").json()["runs"]] == ["R0", "R1", "R2"]
    assert api.get(f"/api/v1/w/lab/runs/selections/{key}").json()["runs"] == ids
    assert api.get(f"{COMPARE}?set=nothing").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("runs", [[], ["../etc"], ["a" * 33], ["x"] + [f"r{n}" for n in range(selections.MOST_RUNS)]])
def test_a_senseless_selection_is_refused_in_a_sentence(workspace, api, runs):
    answer = api.post("/api/v1/w/lab/runs/selections", {"runs": runs}, format="json")

    assert answer.status_code in (400, 422)
    assert answer.json()["message"]


@pytest.mark.django_db
def test_pictures_tables_and_code_of_runs_are_found_by_name(workspace, alice, api, tmp_path):
    run, other = tracked(workspace, alice), tracked(workspace, alice)
    for path in (
        "images/val~mask+step+3+timestamp+1700000000000+0a1b-2c.png",
        "images/val~mask+step+3+timestamp+1700000000000+0a1b-2c+compressed.webp",
        "images/old%step%7%timestamp%1700000000000%0f.png",
        "plot.png", "table.csv", "code/train.py", "code/data.bin", "notes.txt",
    ):  # fmt: skip
        put(run, path, path.encode())
    put(other, "code/train.py", b"code/train.py")

    found = api.get(f"{COMPARE}/files?runs={run.run_id},{other.run_id}").json()["runs"]

    images = [(one.get("key"), one.get("step"), one["path"], bool(one.get("small"))) for one in found[run.run_id]["images"]]
    assert images == [
        ("old", 7, "images/old%step%7%timestamp%1700000000000%0f.png", False),
        ("val/mask", 3, "images/val~mask+step+3+timestamp+1700000000000+0a1b-2c.png", True),
        (None, None, "plot.png", False),
    ]
    assert [one["path"] for one in found[run.run_id]["tables"]] == ["table.csv"]
    (code,) = found[run.run_id]["code"]
    assert (code["path"], code["language"]) == ("code/train.py", "python")
    assert found[other.run_id]["code"] == [code]  # the same text has the same hash


@pytest.mark.django_db
def test_files_of_very_many_runs_are_refused_with_the_reason(workspace, api):
    answer = api.get(f"{COMPARE}/files?runs={','.join(f'r{n}' for n in range(51))}")

    assert (answer.status_code, answer.json()["code"]) == (422, "too-many")


@pytest.mark.parametrize(
    ("key", "better"),
    [
        ("auc", "max"), ("val_loss", "min"), ("Train Model/rmse", "min"), ("accuracy", "max"), ("logLoss", "min"),
        ("time/accuracy", "max"), ("perplexity", "min"), ("epoch_seconds", "min"), ("losses_won", "max"), ("", "max"),
    ],
)  # fmt: skip
def test_a_name_tells_which_way_is_better(key, better):
    assert goals.direction(key) == better


def put(run: Run, path: str, content: bytes) -> None:
    from django.conf import settings

    file = settings.STORE_DIR / artifacts.root(run) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
