"""What is logged to a run: metrics, params, tags."""

import math

import pytest

from registry.runs.models import MetricSummary
from tests.protocol.program import invalid, missing

DOCS = " See the API docs for more information about request parameters."


def data(program, run: str) -> dict:
    got = program.get("runs/get", run_id=run).json()["run"]["data"]
    return {
        "metrics": {m["key"]: (m["value"], m["step"], m["timestamp"]) for m in got["metrics"]},
        "params": {p["key"]: p["value"] for p in got["params"]},
        "tags": {t["key"]: t["value"] for t in got["tags"]},
    }


def history(program, run: str, key: str) -> list[tuple]:
    got = program.get("metrics/get-history", run_id=run, metric_key=key).json()["metrics"]
    return [(m["value"], m["step"], m["timestamp"]) for m in got]


def log_metric(program, run, **body):
    return program.post("runs/log-metric", run_id=run, **({"key": "m", "value": 1.5, "timestamp": 10} | body))


def test_one_metric(program, run):
    assert log_metric(program, run, step=3).json() == {}

    assert data(program, run)["metrics"] == {"m": (1.5, 3, 10)}


@pytest.mark.parametrize("name", ["loss/train/a b", "a.b-c_d:e", "Größe", "n" * 250, "测试"])
def test_names(program, run, name):
    assert log_metric(program, run, key=name).status_code == 200
    assert history(program, run, name) == [(1.5, 0, 10)]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("a?b", "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."),
        ("🎯", "Names may only contain"),
        ("../a", "must not resolve to other names when treated as such. This name would resolve to '../a'"),
        ("a//b", "This name would resolve to 'a/b'"),
        ("/a", "This name would resolve to '/a'"),
        (".", "This name would resolve to '.'"),
        ("n" * 251, "'Metric name' exceeds the maximum length of 250 characters"),
    ],
)  # fmt: skip
def test_names_that_are_none(program, run, name, fault):
    message = invalid(log_metric(program, run, key=name))

    assert fault in message
    if "exceeds" not in fault:
        assert message.startswith("Invalid value ")
        assert " for parameter 'name' supplied: Names may" in message


@pytest.mark.parametrize(
    ("told", "kept"),
    [("NaN", "NaN"), ("Infinity", "Infinity"), ("-Infinity", "-Infinity"), ("1.25", 1.25), (1e308, 1e308), (0, 0.0), (-0.0, -0.0)],
)
def test_values(program, run, told, kept):
    log_metric(program, run, value=told)

    assert history(program, run, "m") == [(kept, 0, 10)]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"value": "a lot"}, "Invalid value \"a lot\" for parameter 'value' supplied:  Hint: Value was of type 'str'." + DOCS),
        ({"value": True}, "Invalid value true for parameter 'value' supplied:  Hint: Value was of type 'bool'." + DOCS),
        ({"value": None}, "Missing value for required parameter 'value'." + DOCS),
        ({"value": []}, "Invalid value [] for parameter 'value' supplied:  Hint: Value was of type 'list'." + DOCS),
        ({"timestamp": None}, "Missing value for required parameter 'timestamp'." + DOCS),
        ({"timestamp": "noon"}, "Invalid value \"noon\" for parameter 'timestamp' supplied:  Hint: Value was of type 'str'." + DOCS),
        ({"step": 1.5}, "Invalid value 1.5 for parameter 'step' supplied:  Hint: Value was of type 'float'." + DOCS),
        ({"step": 2**63}, f"Invalid value {2**63} for parameter 'step' supplied:  Hint: Value was of type 'int'." + DOCS),
        ({"key": ""}, "Missing value for required parameter 'key'." + DOCS),
        ({"key": 5}, "Invalid value 5 for parameter 'key' supplied:  Hint: Value was of type 'int'." + DOCS),
    ],
)  # fmt: skip
def test_values_that_are_none(program, run, body, fault):
    assert invalid(log_metric(program, run, **body)) == fault


def test_a_time_before_all_time(program, run):
    message = invalid(log_metric(program, run, timestamp=-1))

    assert message == (
        "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1.5). Timestamp must be a nonnegative long "
        "(64-bit integer) "
    )


def test_steps_in_any_order_negative_and_told_twice(program, run):
    for step, value in ((5, 5.0), (-3, 0.5), (5, 5.0), (2**40, 7.0), (0, 1.0)):
        log_metric(program, run, step=step, value=value, timestamp=100)

    assert history(program, run, "m") == [(0.5, -3, 100), (1.0, 0, 100), (5.0, 5, 100), (7.0, 2**40, 100)]
    assert data(program, run)["metrics"]["m"] == (7.0, 2**40, 100)
    summary = MetricSummary.objects.get(run__run_id=run)
    assert (summary.minimum, summary.maximum, summary.count) == (0.5, 7.0, 4)


def test_whole_numbers_may_come_as_texts(program, run):
    log_metric(program, run, step="4", timestamp="1700000000000")

    assert history(program, run, "m") == [(1.5, 4, 1_700_000_000_000)]


def test_params(program, run):
    def log(**body):
        return program.post("runs/log-parameter", run_id=run, **body)

    log(key="depth", value="3")
    log(key="depth", value="3")  # the same again is no change
    log(key="empty", value="")
    log(key="long", value="x" * 6001)

    params = data(program, run)["params"]
    assert (params["depth"], params["empty"], len(params["long"])) == ("3", "", 6000)
    assert invalid(log(key="depth", value="4")) == (
        "Changing param values is not allowed. Param with key='depth' was already logged with value='3' for run "
        f"ID='{run}'. Attempted logging new value '4'."
    )
    assert invalid(log(key="k" * 251, value="x")) == "'Param key' exceeds the maximum length of 250 characters"
    assert "Hint: Value was of type 'int'" in invalid(log(key="depth", value=3))


def test_tags(program, run):
    def tag(**body):
        return program.post("runs/set-tag", run_id=run, **body)

    tag(key="team", value="risk")
    tag(key="team", value="growth")
    tag(key="empty", value="")
    tag(key="long", value="x" * 8001)

    tags = data(program, run)["tags"]
    assert (tags["team"], tags["empty"], len(tags["long"])) == ("growth", "", 8000)
    program.post("runs/delete-tag", run_id=run, key="team")
    assert "team" not in data(program, run)["tags"]
    assert missing(program.post("runs/delete-tag", run_id=run, key="team")) == f"No tag with name: team in run with id {run}"
    assert "'key' exceeds the maximum length of 250" in invalid(tag(key="k" * 251, value="x"))


def test_a_batch(program, run):
    answer = program.post(
        "runs/log-batch", run_id=run,
        metrics=[{"key": "a", "value": i, "timestamp": i, "step": i} for i in range(5)] + [{"key": "b", "value": "NaN", "timestamp": 1}],
        params=[{"key": "depth", "value": "3"}, {"key": "empty", "value": ""}],
        tags=[{"key": "team", "value": "risk"}, {"key": "mlflow.runName", "value": "renamed"}],
    )  # fmt: skip

    assert answer.json() == {}
    got = data(program, run)
    assert got["metrics"] == {"a": (4.0, 4, 4), "b": ("NaN", 0, 1)}
    assert got["params"] == {"depth": "3", "empty": ""}
    assert got["tags"] == {"team": "risk", "mlflow.runName": "renamed"}


def test_a_batch_is_written_whole_or_not_at_all(program, run):
    program.post("runs/log-parameter", run_id=run, key="depth", value="3")

    message = invalid(
        program.post(
            "runs/log-batch", run_id=run,
            metrics=[{"key": "a", "value": 1, "timestamp": 1}],
            params=[{"key": "new", "value": "1"}, {"key": "depth", "value": "4"}],
            tags=[{"key": "team", "value": "risk"}],
        )
    )  # fmt: skip

    assert message == (
        "Changing param values is not allowed. Params were already logged='[{'key': 'depth', 'old_value': '3', 'new_value': "
        f"'4'}}]' for run ID='{run}'."
    )
    got = data(program, run)
    assert (got["metrics"], got["params"], "team" in got["tags"]) == ({}, {"depth": "3"}, False)


def metrics(count):
    return [{"key": f"m{i}", "value": 1, "timestamp": 1} for i in range(count)]


def pairs(count, name="p"):
    return [{"key": f"{name}{i}", "value": "1"} for i in range(count)]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"metrics": metrics(1001)}, "at most 1000 metrics. Got 1001 metrics. Please split up metrics across multiple requests and try again."),
        ({"params": pairs(101)}, "at most 100 params. Got 101 params."),
        ({"tags": pairs(101)}, "at most 100 tags. Got 101 tags."),
        ({"metrics": metrics(950), "params": pairs(30), "tags": pairs(30)}, "at most 1000 metrics, params, and tags. Got 1010"),
        ({"params": pairs(1) * 2}, "Duplicate parameter keys have been submitted: ['p0']."),
        ({"metrics": [{"key": "a", "timestamp": 1}]}, "Missing value for required parameter 'metrics[0].value'." + DOCS),
        ({"metrics": [*metrics(1), {"value": 1, "timestamp": 1}]}, "Missing value for required parameter 'metrics[1].key'."),
        ({"metrics": [{"key": "a?", "value": 1, "timestamp": 1}]}, "for parameter 'metrics[0].name' supplied"),
        ({"params": [{"value": "1"}]}, "Missing value for required parameter 'params[0].key'."),
        ({"tags": [{"value": "1"}]}, "Missing value for required parameter 'tags[0].key'."),
        ({"metrics": {"a": 1}}, "Invalid value {\"a\":1} for parameter 'metrics' supplied:  Hint: Value was of type 'dict'." + DOCS),
        ({"metrics": [5]}, "for parameter 'metrics[0]' supplied"),
        ({"run_id": "not/an id"}, "Invalid value \"not/an id\" for parameter 'run_id' supplied."),
    ],
)  # fmt: skip
def test_batches_that_are_none(program, run, body, fault):
    assert fault in invalid(program.post("runs/log-batch", **({"run_id": run} | body)))


def test_a_full_batch(program, run):
    answer = program.post("runs/log-batch", run_id=run, metrics=metrics(800), params=pairs(100), tags=pairs(100, "t"))

    assert answer.status_code == 200
    assert len(data(program, run)["metrics"]) == 800


def test_a_tag_told_twice_in_a_batch_keeps_the_last_word(program, run):
    program.post("runs/log-batch", run_id=run, tags=[{"key": "t", "value": "1"}, {"key": "t", "value": "2"}])

    assert data(program, run)["tags"]["t"] == "2"


def test_the_history_of_old_models(program, run):
    model = '{"artifact_path": "model", "flavors": {"sklearn": {"a": 1}}, "utc_time_created": "x", "run_id": "y"}'
    for _ in range(2):
        assert program.post("runs/log-model", run_id=run, model_json=model).status_code == 200

    import json

    kept = json.loads(data(program, run)["tags"]["mlflow.log-model.history"])
    assert [one["artifact_path"] for one in kept] == ["model", "model"]
    assert "is not a valid JSON" in invalid(program.post("runs/log-model", run_id=run, model_json="{"))
    assert "missing mandatory fields" in invalid(program.post("runs/log-model", run_id=run, model_json="{}"))


class TestHistory:
    @pytest.fixture(autouse=True)
    def points(self, program, run):
        self.run = run
        program.post("runs/log-batch", run_id=run, metrics=[
            {"key": "m", "value": v, "timestamp": t, "step": s}
            for v, t, s in ((3.0, 30, 0), (1.0, 10, 2), ("NaN", 20, 1), ("Infinity", 20, 5))
        ])  # fmt: skip

    def test_by_the_clock(self, program):
        assert history(program, self.run, "m") == [(1.0, 2, 10), ("NaN", 1, 20), ("Infinity", 5, 20), (3.0, 0, 30)]
        assert history(program, self.run, "unknown") == []

    def test_pages(self, program):
        seen, token = [], ""
        while True:
            query = {"page_token": token} if token else {}
            page = program.get("metrics/get-history", run_id=self.run, metric_key="m", max_results=3, **query).json()
            seen.append([m["step"] for m in page["metrics"]])
            if not (token := page.get("next_page_token")):
                break
        assert seen == [[2, 1, 5], [0]]

    def test_many_runs_at_once(self, program):
        other = program.post("runs/create", experiment_id="0").json()["run"]["info"]["run_id"]
        log_metric(program, other)
        query = {"run_id": [self.run, other], "metric_key": "m"}

        got = program.get("metrics/get-history-bulk", **query).json()["metrics"]
        few = program.get("metrics/get-history-bulk", max_results=2, **query).json()["metrics"]

        assert {m["run_id"] for m in got} == {self.run, other}
        assert len(got) == 5
        assert few == got[:2]

    def test_evenly_chosen(self, program):
        program.post("runs/log-batch", run_id=self.run, metrics=[{"key": "n", "value": i, "timestamp": 1, "step": i} for i in range(10)])

        def steps(**query):
            answer = program.get("metrics/get-history-bulk-interval", run_ids=[self.run], metric_key="n", **query)
            return [m["step"] for m in answer.json()["metrics"]]

        assert steps(max_results=5) == [0, 2, 4, 6, 9]
        assert steps(max_results=1) == [9]
        assert steps(max_results=4, start_step=2, end_step=5) == [2, 3, 4, 5]
        assert steps() == list(range(10))

    @pytest.mark.parametrize(
        ("route", "query", "fault"),
        [
            ("get-history", {"max_results": 0}, "It must be a positive integer."),
            ("get-history", {"page_token": "?"}, "Invalid page token"),
            ("get-history", {"metric_key": ""}, "Missing value for required parameter 'metric_key'"),
            ("get-history-bulk", {"run_id": []}, "must specify at least one run_id."),
            ("get-history-bulk", {"run_id": ["a"] * 101}, "cannot specify more than 100 run_ids. Received 101 run_ids."),
            ("get-history-bulk", {"max_results": "many"}, "must give max_results as a whole number"),
            ("get-history-bulk-interval", {"run_ids": []}, "Missing value for required parameter 'run_ids'"),
            ("get-history-bulk-interval", {"start_step": 1}, "both must be specified."),
            ("get-history-bulk-interval", {"start_step": 2, "end_step": 1}, "Found start_step=2 and end_step=1."),
            ("get-history-bulk-interval", {"max_results": 2501}, "max_results must be between 1 and 2500."),
        ],
    )
    def test_what_makes_no_sense(self, program, route, query, fault):
        whole = {"run_id": self.run, "run_ids": [self.run], "metric_key": "m"} | query
        assert fault in invalid(program.get(f"metrics/{route}", **whole))


def test_a_history_of_its_own_for_not_a_number(program, run):
    for step in range(3):
        log_metric(program, run, value="NaN", step=step)

    got = history(program, run, "m")
    assert [value for value, _, _ in got] == ["NaN"] * 3
    assert math.isnan(float(got[0][0]))
