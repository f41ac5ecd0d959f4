"""`runs/…`: made, moved, found, put away."""

import pytest

from registry.runs.models import Run
from tests.protocol.program import Program, bearer, invalid, missing


def info(program, run: str) -> dict:
    return program.get("runs/get", run_id=run).json()["run"]["info"]


def tags(program, run: str) -> dict[str, str]:
    return {t["key"]: t["value"] for t in program.get("runs/get", run_id=run).json()["run"]["data"]["tags"]}


def test_a_run_as_clients_read_it(program, carl):
    made = program.post(
        "runs/create", experiment_id="0", user_id="carla", start_time=1_700_000_000_000, run_name="first",
        tags=[{"key": "team", "value": "risk"}],
    ).json()["run"]  # fmt: skip
    run = made["info"]["run_id"]

    assert made == {
        "info": {
            "run_id": run,
            "run_uuid": run,
            "run_name": "first",
            "experiment_id": "0",
            "user_id": "carla",
            "status": "RUNNING",
            "start_time": 1_700_000_000_000,
            "artifact_uri": f"mlflow-artifacts:/0/{run}/artifacts",
            "lifecycle_stage": "active",
        },
        "data": {
            "metrics": [],
            "params": [],
            "tags": [{"key": "team", "value": "risk"}, {"key": "mlflow.runName", "value": "first"}],
        },
        "inputs": {"dataset_inputs": [], "model_inputs": []},
        "outputs": {"model_outputs": []},
    }
    assert program.get("runs/get", run_id=run).json()["run"] == made
    assert program.get("runs/get", run_uuid=run).json()["run"] == made
    record = Run.objects.get(run_id=run)
    assert (record.kind, record.created_by, record.spec) == ("tracked", carl, None)


def test_a_run_without_a_name_gets_one(program):
    made = program.post("runs/create", experiment_id="0").json()["run"]

    assert made["info"]["run_name"].count("-") == 2
    assert made["info"]["user_id"] == "unknown"


def test_the_name_may_come_as_a_tag(program):
    told = [{"key": "mlflow.runName", "value": "tagged"}]
    assert program.post("runs/create", experiment_id="0", tags=told).json()["run"]["info"]["run_name"] == "tagged"

    message = invalid(program.post("runs/create", experiment_id="0", run_name="other", tags=told))
    assert message.startswith("Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values")


def test_nested_runs(program, run):
    told = [{"key": "mlflow.parentRunId", "value": run}]
    child = program.post("runs/create", experiment_id="0", tags=told).json()["run"]["info"]["run_id"]
    late = program.post("runs/create", experiment_id="0").json()["run"]["info"]["run_id"]
    program.post("runs/set-tag", run_id=late, key="mlflow.parentRunId", value=run)

    assert set(Run.objects.get(run_id=run).nested.values_list("run_id", flat=True)) == {child, late}
    program.post("runs/delete-tag", run_id=late, key="mlflow.parentRunId")
    assert Run.objects.get(run_id=late).nested_in is None


def test_a_parent_of_another_workspace_is_no_parent(program, alice):
    from registry.workspaces import services

    services.create(name="Other", by=alice)
    theirs = Program(bearer(alice), "/w/other").post("runs/create", experiment_id="0").json()["run"]["info"]["run_id"]
    told = [{"key": "mlflow.parentRunId", "value": theirs}]
    child = program.post("runs/create", experiment_id="0", tags=told).json()["run"]["info"]["run_id"]

    assert Run.objects.get(run_id=child).nested_in is None


@pytest.mark.parametrize(
    ("told", "kept"),
    [("FINISHED", "completed"), ("FAILED", "failed"), ("KILLED", "cancelled"), ("SCHEDULED", "queued"), (3, "completed")],
)
def test_states(program, run, told, kept):
    answer = program.post("runs/update", run_id=run, status=told, end_time=1_700_000_060_000)

    got = answer.json()["run_info"]
    assert got["status"] == ("FINISHED" if told == 3 else told)
    assert got["end_time"] == 1_700_000_060_000
    record = Run.objects.get(run_id=run)
    assert (record.status, record.seconds) == (kept, 60.0)


def test_a_finished_run_may_go_on(program, run):
    program.post("runs/update", run_id=run, status="FINISHED", end_time=1_700_000_060_000)

    got = program.post("runs/update", run_id=run, status="RUNNING").json()["run_info"]

    assert got["status"] == "RUNNING"
    assert "end_time" not in got


def test_a_run_that_ends_without_saying_when_ended_now(program, run):
    assert program.post("runs/update", run_id=run, status="FINISHED").json()["run_info"]["end_time"] > 1_700_000_000_000


def test_an_unknown_state(program, run):
    assert "It must be one of RUNNING" in invalid(program.post("runs/update", run_id=run, status="DONE"))


def test_renaming_keeps_the_state(program, run):
    program.post("runs/update", run_id=run, status="FINISHED", end_time=1_700_000_060_000)
    program.post("runs/update", run_id=run, run_name="second")

    assert (info(program, run)["run_name"], info(program, run)["status"]) == ("second", "FINISHED")
    program.post("runs/set-tag", run_id=run, key="mlflow.runName", value="third")
    assert (info(program, run)["run_name"], tags(program, run)["mlflow.runName"]) == ("third", "third")


def test_the_engines_runs_are_moved_by_the_engine_alone(program, workspace, alice):
    from registry.runs import experiments
    from tests.registry import make

    ours = make.run(workspace, alice, spec=True)
    ours.experiment = experiments.default(workspace)
    ours.save()

    answer = program.post("runs/update", run_id=ours.run_id, status="FINISHED", end_time=1_700_000_060_000)

    # Whoever resumes it from a script inside it is not disturbed; it is only without effect.
    assert answer.status_code == 200
    before = (ours.status, ours.ended_at)
    ours.refresh_from_db()
    assert (ours.status, ours.ended_at) == before
    assert program.post("runs/log-metric", run_id=ours.run_id, key="m", value=1, timestamp=1).status_code == 200


@pytest.mark.parametrize("time", [-62_135_596_800_001, 253_402_300_799_001, 2**62])
def test_a_time_that_no_calendar_has(program, time):
    assert "is not a time" in invalid(program.post("runs/create", experiment_id="0", start_time=time))


def test_clocks_may_be_hours_off(program):
    early = program.post("runs/create", experiment_id="0", start_time=1).json()["run"]["info"]["run_id"]
    answer = program.post("runs/update", run_id=early, status="FINISHED", end_time=0)

    assert answer.status_code == 200
    assert Run.objects.get(run_id=early).seconds >= 0


def test_an_unknown_run(program):
    for asked in (
        program.get("runs/get", run_id="a" * 32),
        program.post("runs/update", run_id="a" * 32),
        program.post("runs/log-metric", run_id="a" * 32, key="m", value=1, timestamp=1),
        program.post("runs/log-batch", run_id="a" * 32),
        program.post("runs/delete", run_id="a" * 32),
        program.get("artifacts/list", run_id="a" * 32),
        program.get("metrics/get-history", run_id="a" * 32, metric_key="m"),
    ):
        assert missing(asked) == f"Run with id={'a' * 32} not found"
    assert "Missing value for required parameter 'run_id'" in invalid(program.get("runs/get"))


def test_a_run_in_the_bin_takes_nothing(program, run):
    program.post("runs/delete", run_id=run)

    assert info(program, run)["lifecycle_stage"] == "deleted"
    for asked in (
        program.post("runs/log-metric", run_id=run, key="m", value=1, timestamp=1),
        program.post("runs/log-parameter", run_id=run, key="p", value="1"),
        program.post("runs/set-tag", run_id=run, key="t", value="1"),
        program.post("runs/log-batch", run_id=run, tags=[{"key": "t", "value": "1"}]),
        program.post("runs/update", run_id=run, status="FINISHED"),
        program.post("runs/log-inputs", run_id=run, datasets=[]),
        program.post("runs/outputs", run_id=run, models=[{"model_id": "m-1"}]),
        program.post("runs/delete-tag", run_id=run, key="t"),
        program.put(f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/a.txt", b"x"),
    ):
        assert invalid(asked) == f"The run {run} must be in the 'active' state. Current state is deleted."

    program.post("runs/restore", run_id=run)

    assert info(program, run)["lifecycle_stage"] == "active"
    assert program.post("runs/log-metric", run_id=run, key="m", value=1, timestamp=1).status_code == 200


def test_steps_and_imports_are_no_runs_of_the_protocol(program, workspace, alice):
    from tests.registry import make

    lone = make.run(workspace, alice, kind="data-import")
    lone.experiment = None
    lone.save()

    missing(program.get("runs/get", run_id=lone.run_id))


class TestSearch:
    @pytest.fixture(autouse=True)
    def three(self, program):
        self.ids = []
        for index, name in enumerate(("a", "b", "c")):
            made = program.post("runs/create", experiment_id="0", start_time=1000 + index, run_name=name)
            run = made.json()["run"]["info"]["run_id"]
            program.post("runs/log-batch", run_id=run, metrics=[{"key": "auc", "value": 0.5 + index / 10, "timestamp": 1}],
                         params=[{"key": "depth", "value": str(index)}])  # fmt: skip
            self.ids.append(run)

    def names(self, answer):
        return [run["info"]["run_name"] for run in answer.json()["runs"]]

    def search(self, program, **body):
        return program.post("runs/search", experiment_ids=["0"], **body)

    def test_the_latest_first(self, program):
        assert self.names(self.search(program)) == ["c", "b", "a"]

    def test_filter_and_order(self, program):
        answer = self.search(program, filter="metrics.auc > 0.55", order_by=["metrics.auc ASC"])

        assert self.names(answer) == ["b", "c"]
        assert answer.json()["runs"][0]["data"]["params"] == [{"key": "depth", "value": "1"}]

    def test_pages(self, program):
        first = self.search(program, max_results=2).json()
        second = self.search(program, max_results=2, page_token=first["next_page_token"]).json()

        assert [r["info"]["run_name"] for r in first["runs"] + second["runs"]] == ["c", "b", "a"]
        assert "next_page_token" not in second

    def test_what_is_in_the_bin(self, program):
        program.post("runs/delete", run_id=self.ids[0])

        assert self.names(self.search(program)) == ["c", "b"]
        assert self.names(self.search(program, run_view_type="DELETED_ONLY")) == ["a"]
        assert len(self.names(self.search(program, run_view_type="ALL"))) == 3

    def test_what_was_put_away_is_still_there_for_clients(self, program):
        from django.utils import timezone

        Run.objects.filter(run_id=self.ids[0]).update(archived_at=timezone.now())

        assert len(self.names(self.search(program))) == 3

    def test_nowhere_is_nothing(self, program):
        assert program.post("runs/search", experiment_ids=[]).json() == {"runs": []}
        assert program.post("runs/search", experiment_ids=["123456"]).json() == {"runs": []}

    @pytest.mark.parametrize(
        "body",
        [{"max_results": 0}, {"max_results": 50_001}, {"filter": "metrics.auc >"}, {"filter": "auc > 1"},
         {"order_by": ["metrics.auc SIDEWAYS"]}, {"experiment_ids": ["x"]}, {"page_token": "?"}],
    )  # fmt: skip
    def test_what_makes_no_sense(self, program, body):
        assert invalid(program.post("runs/search", **({"experiment_ids": ["0"]} | body)))

    def test_as_many_questions_for_a_hundred_runs_as_for_one(self, program, django_assert_max_num_queries):
        program.get("runs/get", run_id=self.ids[0])
        with django_assert_max_num_queries(14):
            assert len(self.names(self.search(program))) == 3
