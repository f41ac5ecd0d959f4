"""What runs leave, over REST: logs, events, metrics, tables, evaluations, downloads."""

import io
import json
import zipfile

import pytest

from tests.registry import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(workspace, alice):
    return make.run(workspace, alice)


@pytest.fixture
def step(run):
    return make.step(run, "n1")


@pytest.fixture
def get(alice, api_for):
    api = api_for(alice)
    return lambda run, path, **query: api.get(f"/api/v1/w/lab/runs/{run.run_id}/{path}", query)


def texts(answer):
    return [line["text"] for line in answer.json()["lines"]]


def test_logs_are_read_on_from_the_last_number(step, get):
    make.lines(step, *[f"line {n}" for n in range(1, 8)])

    first = get(step, "logs", limit=3)
    second = get(step, "logs", limit=3, after=first.json()["next"])
    last = get(step, "logs", limit=3, after=second.json()["next"])

    assert texts(first) + texts(second) + texts(last) == [f"line {n}" for n in range(1, 8)]
    assert last.json()["next"] is None


def test_logs_are_read_backwards_from_their_end(step, get):
    make.lines(step, *[f"line {n}" for n in range(1, 8)])

    end = get(step, "logs", limit=3, tail="true")
    before = get(step, "logs", limit=3, before=end.json()["previous"])
    start = get(step, "logs", limit=3, before=before.json()["previous"])

    assert texts(start) + texts(before) + texts(end) == [f"line {n}" for n in range(1, 8)]
    assert start.json()["previous"] is None


def test_logs_are_searched(step, get):
    make.lines(step, "Reading", "Warning: no rows", "Done")

    assert texts(get(step, "logs", q="WARN")) == ["Warning: no rows"]


def test_the_logs_of_a_run_hold_those_of_its_steps_in_order(run, step, get):
    other = make.step(run, "n2", name="Train Model")
    make.lines(step, "one")
    make.lines(other, "two")
    make.lines(step, "three")

    merged = get(run, "logs", steps="true").json()["lines"]

    assert [(line["node_id"], line["text"]) for line in merged] == [("n1", "one"), ("n2", "two"), ("n1", "three")]


def test_the_whole_log_is_a_text_file(run, step, get):
    make.lines(step, "Größe 5", "done")

    answer = get(run, "logs/text")

    assert answer["Content-Disposition"].startswith("attachment")
    assert [line.split(" ", 1)[1] for line in answer.getvalue().decode().splitlines()] == [
        "[Split Data] Größe 5",
        "[Split Data] done",
    ]


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "-1"}, {"limit": "1.5"}, {"before": "9" * 30}])
def test_senseless_numbers_are_refused(step, get, query):
    assert get(step, "logs", **query).status_code == 422


def test_events_are_read_on_from_the_last_one(run, step, get):
    seen = get(run, "events").json()
    make.event(run, "log", seq=1)

    more = get(run, "events", after=seen["last"]).json()

    assert [event["type"] for event in seen["events"]] == ["run", "step"]
    assert [event["type"] for event in more["events"]] == ["log"]
    assert more["reread"] is False


def test_who_missed_events_that_were_pruned_is_told_to_read_again(run, get):
    last = make.event(run, "progress")
    run.events.filter(id__lt=last.pk).delete()

    answer = get(run, "events", after=last.pk - 1).json()

    assert answer == {"events": [], "last": last.pk, "reread": True}


def test_a_workspace_tells_the_states_of_its_root_runs_only(workspace, alice, api_for, run, step):
    api = api_for(alice)
    now = api.get("/api/v1/w/lab/events").json()["last"]
    make.event(run, "log", seq=1)
    make.event(run, "run", status="failed")

    news = api.get("/api/v1/w/lab/events", {"after": now}).json()

    assert [(event["type"], event["body"]["status"]) for event in news["events"]] == [("run", "failed")]


def test_metrics_give_one_row_each_and_their_values_on_request(step, get):
    make.metric(step, "loss/train", 3, 2, 1)

    rows = get(step, "metrics").json()["results"]
    points = get(step, "metrics/loss/train").json()

    assert [(row["key"], row["last"], row["minimum"]) for row in rows] == [("loss/train", 1, 1)]
    assert [(point["step"], point["value"]) for point in points["points"]] == [(0, 3), (1, 2), (2, 1)]
    assert points["next"] is None


def test_metrics_of_a_run_are_paged(run, get):
    for n in range(5):
        make.metric(make.step(run), f"m{n}", 1)

    page = get(run, "metrics", page_size=3).json()

    assert len(page["results"]) == 3
    assert page["next"]


def test_rows_of_an_output_are_sorted_filtered_and_searched(step, get):
    make.table(step, "table", {"age": [39, 50, 38], "work": ["State", "Private", None]})

    ages = get(step, "outputs/table/rows", sort="-age", columns="age").json()
    old = get(step, "outputs/table/rows", filter=json.dumps([{"column": "age", "op": ">", "value": 40}])).json()
    found = get(step, "outputs/table/rows", search="priv").json()

    assert ages["rows"] == [[50], [39], [38]]
    assert old["rows"] == [[50, "Private"]]
    assert (found["matched"], found["total"]) == (1, 3)


@pytest.mark.parametrize("query", [{"sort": "nothing"}, {"filter": "{"}, {"columns": "no"}, {"offset": "x"}])
def test_senseless_questions_about_rows_are_refused(step, get, query):
    make.table(step, "table")

    assert get(step, "outputs/table/rows", **query).status_code == 422


def test_a_profile_of_an_output_is_computed_once_and_kept(step, get):
    make.table(step, "table")

    assert get(step, "outputs/table/profile").json()["rows"] == 3
    assert get(step, "outputs/table/profile").json()["rows"] == 3


def test_a_port_without_output_is_not_found(step, get):
    answer = get(step, "outputs/table/rows")

    assert answer.status_code == 404
    assert "table" in answer.json()["message"]


def test_rows_of_something_that_is_no_table_are_refused(step, get):
    make.evaluation(step)

    assert get(step, "outputs/evaluation/rows").json()["code"] == "wrong-type"
    assert get(step, "outputs/evaluation/evaluation").json()["models"][0]["metrics"] == {"auc": 0.9}


def test_an_output_whose_file_is_gone_says_so(step, get, settings):
    output = make.table(step, "table")
    (settings.STORE_DIR / output.path / "table.parquet").unlink()

    answer = get(step, "outputs/table/rows")

    assert answer.status_code == 404
    assert "Run the node again" in answer.json()["message"]


@pytest.mark.parametrize("path", ["../../secret-key", "/etc", "runs/../../secret-key"])
def test_an_output_never_leads_out_of_the_store(step, get, settings, path):
    (settings.DATA_DIR / "secret-key").write_text("s3cret")
    output = make.table(step, "table")
    output.path = path
    output.save()

    assert get(step, "outputs/table/rows").status_code == 422
    assert get(step, "outputs/table/download").status_code == 422


def test_a_file_in_the_store_that_points_out_of_it_is_not_read(step, get, settings):
    (settings.DATA_DIR / "secret-key").write_text("s3cret")
    output = make.table(step, "table")
    table = settings.STORE_DIR / output.path / "table.parquet"
    table.unlink()
    table.symlink_to(settings.DATA_DIR / "secret-key")

    assert get(step, "outputs/table/download").status_code == 404


def test_a_table_is_downloaded_as_parquet_and_as_csv(step, get):
    import pyarrow.parquet as pq

    make.table(step, "table", {"a,b": [1, None], "text": ['say "hi"', "two\nlines"], "kind": ["x", "y"]})

    parquet = get(step, "outputs/table/download")
    csv = get(step, "outputs/table/download", **{"as": "csv"})

    assert pq.read_table(io.BytesIO(parquet.getvalue())).num_rows == 2
    assert csv.getvalue().decode() == '"a,b","text","kind"\n1,"say ""hi""","x"\n,"two\nlines","y"\n'
    assert 'filename="Split Data table.csv"' in csv["Content-Disposition"]


def test_an_empty_table_is_downloaded_with_its_header(step, get):
    import pyarrow as pa

    make.table(step, "table", {"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})

    assert get(step, "outputs/table/download", **{"as": "csv"}).getvalue().decode().strip().replace('"', "") == "a,b"


def test_every_kind_of_column_goes_into_a_csv_file(step, get):
    import datetime

    import pyarrow as pa

    make.table(step, "table", {
        "when": pa.array([datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC)]),
        "kind": pa.array(["x"]).dictionary_encode(),
        "list": pa.array([[1, 2]]),
        "money": pa.array([1], pa.decimal128(10, 2)),
        "yes": pa.array([True]),
    })  # fmt: skip

    body = get(step, "outputs/table/download", **{"as": "csv"}).getvalue().decode()

    assert body.splitlines()[1].replace('"', "").startswith("2026-01-02 03:04:00")
    assert "[1, 2]" in body and "1.00" in body and "true" in body


def test_an_unknown_format_is_refused(step, get):
    make.table(step, "table")

    assert get(step, "outputs/table/download", **{"as": "xlsx"}).status_code == 422


def test_a_model_is_downloaded_as_a_zip_of_its_folder(step, get):
    make.model_output(step)

    archive = zipfile.ZipFile(io.BytesIO(get(step, "outputs/model/download").getvalue()))

    assert archive.testzip() is None
    assert set(archive.namelist()) == {
        "Split Data model/MLmodel",
        "Split Data model/model.pkl",
        "Split Data model/requirements.txt",
    }


@pytest.mark.parametrize("path", ["rows", "profile", "evaluation", "download"])
def test_an_outsider_cannot_read_outputs(step, oscar, api_for, path):
    make.table(step, "table")

    assert api_for(oscar).get(f"/api/v1/w/lab/runs/{step.run_id}/outputs/table/{path}").status_code == 404
