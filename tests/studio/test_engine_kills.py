"""`kill -9` of every process in the middle of a run, on a real studio: nothing finished is lost, nothing runs twice."""

import os
import signal
import urllib.request

import pytest

from studio.compute.processes import started
from tests.studio.engine import LiveEngine, database_of

pytestmark = pytest.mark.live


@pytest.fixture
def engine(studio_server, settings, monkeypatch, django_db_blocker, tmp_path):
    with database_of(studio_server, settings, monkeypatch, django_db_blocker):
        live = LiveEngine(studio_server, tmp_path)
        live.until(lambda: len(live.slots()) >= 1)
        yield live


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_a_killed_child_fails_its_node_and_everything_independent_goes_on(engine):
    # first --> held --> after        first --> beside
    run = engine.submit(
        engine.node("first"), engine.node("held", "first", held=True), engine.node("after", "held"),
        engine.node("beside", "first"),
    )  # fmt: skip
    engine.until(lambda: engine.began("held") and engine.steps(run)["first"] == "completed")

    kill(engine.child(run, "held"))
    engine.over(run)

    assert engine.steps(run) == {
        "first": "completed",
        "held": "failed",
        "after": "skipped",
        "beside": "completed",
    }
    assert engine.step(run, "held").error["message"] == (
        "“Held” did not finish: its process was killed by signal 9 (SIGKILL), perhaps because the machine ran out of memory."
    )
    assert run.status == "failed"
    assert "“Held” did not finish" in run.error["message"]
    assert [engine.began(node) for node in ("first", "held", "beside")] == [1, 1, 1]


def test_when_a_busy_worker_is_killed_another_slot_goes_on_with_the_living_child(engine):
    run = engine.submit(
        engine.node("first"),
        engine.node("held", "first", held=True, code="for n in range(500): print(n)"),
        engine.node("last", "held"),
    )
    engine.until(lambda: engine.began("held"))
    child, worker = engine.child(run, "held"), engine.slot(run)

    kill(worker)
    engine.until(lambda: engine.slot(run) != worker)
    assert started(child)
    engine.open("held")
    engine.over(run)

    assert engine.steps(run) == dict.fromkeys(("first", "held", "last"), "completed")
    assert [engine.began(node) for node in ("first", "held", "last")] == [1, 1, 1]
    assert engine.words(run, "held") == ["held begins", *map(str, range(500)), "held ends"]


def test_the_queue_is_started_again_when_killed_idle_workers_have_hung_it(engine):
    for pid in engine.slots():
        kill(pid)

    run = engine.submit(engine.node("only"))

    assert engine.over(run).status == "completed"
    assert engine.began("only") == 1


def test_children_survive_the_runner_and_a_new_one_starts_the_next(engine):
    run = engine.submit(engine.node("first"), engine.node("held", "first", held=True))
    engine.until(lambda: engine.began("held"))
    runner = engine.process("studio.engine.runner")

    kill(runner)
    engine.until(lambda: engine.process("studio.engine.runner") != runner)
    engine.open("held")
    engine.over(run)

    assert engine.steps(run) == {"first": "completed", "held": "completed"}
    assert [engine.began(node) for node in ("first", "held")] == [1, 1]
    assert engine.over(engine.submit(engine.node("next"))).status == "completed"


def test_a_node_whose_end_nobody_saw_runs_once_more_and_finished_nodes_do_not(engine):
    run = engine.submit(
        engine.node("first"), engine.node("held", "first", held=True), engine.node("last", "held")
    )
    engine.until(lambda: engine.began("held") and engine.steps(run)["first"] == "completed")

    child = engine.child(run, "held")
    kill(engine.process("studio.engine.runner"))
    kill(child)
    engine.until(lambda: engine.began("held") == 2)
    engine.open("held")
    engine.over(run)

    assert engine.steps(run) == dict.fromkeys(("first", "held", "last"), "completed")
    assert [engine.began(node) for node in ("first", "held", "last")] == [1, 2, 1]


def test_a_run_outlives_the_queue(engine):
    run = engine.submit(engine.node("first"), engine.node("held", "first", held=True))
    engine.until(lambda: engine.began("held"))
    child, queue, workers = engine.child(run, "held"), engine.queue(), engine.slots()

    kill(queue)
    engine.until(lambda: not any(started(pid) for pid in workers), within=5)
    assert started(child)
    engine.open("held")
    engine.over(run)

    assert engine.steps(run) == {"first": "completed", "held": "completed"}
    assert [engine.began(node) for node in ("first", "held")] == [1, 1]


def test_a_run_does_not_notice_the_end_of_the_web_process(engine):
    run = engine.submit(engine.node("first"), engine.node("held", "first", held=True))
    engine.until(lambda: engine.began("held"))
    web = engine.process("studio.operations.web")

    kill(web)
    engine.open("held")

    assert engine.over(run).status == "completed"
    assert [engine.began(node) for node in ("first", "held")] == [1, 1]
    engine.until(lambda: engine.process("studio.operations.web") != web)
    engine.until(engine.server.answers)
    with urllib.request.urlopen(f"{engine.server.url}/sign-in/") as page:
        assert page.status == 200


def test_stopping_the_studio_ends_all_children_and_the_next_start_goes_on_with_the_run(engine):
    run = engine.submit(
        engine.node("first"), engine.node("held", "first", held=True), engine.node("last", "held")
    )
    engine.until(lambda: engine.began("held") and engine.steps(run)["first"] == "completed")
    child, workers = engine.child(run, "held"), engine.slots()

    engine.server.stop()
    assert not any(started(pid) for pid in (child, *workers))
    engine.server.start()
    engine.until(lambda: engine.began("held") == 2)
    engine.open("held")
    engine.over(run)

    assert engine.steps(run) == dict.fromkeys(("first", "held", "last"), "completed")
    assert [engine.began(node) for node in ("first", "held", "last")] == [1, 2, 1]
