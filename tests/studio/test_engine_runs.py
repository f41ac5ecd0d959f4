"""Runs on a real studio: what a person may rely on while nothing is killed."""

import subprocess
import sys
import time

import pytest

from registry.runs import services as runs
from registry.runs.models import MetricSummary, Run, RunEvent
from registry.runs.spec import RunSpec, Step
from studio.compute.processes import started
from tests.studio.engine import LiveEngine, database_of, script

pytestmark = pytest.mark.live


@pytest.fixture
def engine(studio_server, settings, monkeypatch, django_db_blocker, tmp_path):
    with database_of(studio_server, settings, monkeypatch, django_db_blocker):
        live = LiveEngine(studio_server, tmp_path)
        live.until(lambda: len(live.slots()) >= 1)
        yield live


def keyed(step: Step, key: str) -> Step:
    from dataclasses import replace

    return replace(step, key=key, key_parts={"component": step.component, "params": {}})


def test_everything_a_node_says_is_kept_under_it_in_order(engine):
    code = "\n".join(
        [
            "import os, sys",
            "def azureml_main(one=None):",
            "    for n in range(3000): print('line', n)",
            "    run.log('loss', 0.5); run.log('loss', 0.25, 1); run.param('depth', 3)",
            "    print('to stderr', file=sys.stderr)",
            "    os.write(1, b'past python\\n')",
            "    os.system('echo from a process')",
            "    return one",
        ]
    )
    run = engine.over(engine.submit(engine.node("a"), script("b", code, "a"), engine.node("c", "b")))

    assert run.status == "completed"
    words = engine.words(run, "b")
    assert [word for word in words if word.startswith("line")] == [f"line {n}" for n in range(3000)]
    assert {"to stderr", "past python", "from a process"} <= set(words)
    assert engine.words(run, "c") == ["c begins", "c ends"]
    step = engine.step(run, "b")
    summary = MetricSummary.objects.get(run=step, key="loss")
    assert (summary.last, summary.last_step, summary.minimum, summary.maximum, summary.count) == (
        0.25,
        1,
        0.25,
        0.5,
        2,
    )
    assert step.params.get(key="depth").value == "3"
    # The pipeline shows it too, for tables and searches.
    assert run.metrics.get(key=f"{step.name}/loss").last == 0.25
    assert run.params.get(key=f"{step.name}/depth").value == "3"
    # With what a node was started is known as well, even where it says nothing itself.
    assert step.params.get(key="script").value == code
    assert step.seconds > 0
    assert step.peak_memory > 2**20
    assert run.environment["packages"]["pandas"]


def test_news_tell_the_whole_story_in_order(engine):
    run = engine.over(engine.submit(engine.node("a"), engine.node("b", "a")))

    told = list(RunEvent.objects.filter(run=run).order_by("id").values_list("type", "body"))
    assert [body["status"] for type, body in told if type == "run"] == ["queued", "running", "completed"]
    of_b = [body for type, body in told if type == "step" and body["node_id"] == "b"]
    assert (of_b[0]["status"], of_b[-1]["status"]) == ("queued", "completed")
    assert of_b[-1]["outputs"][0] == {
        "port": "first", "type": "table", "summary": {"rows": 3, "columns": [{"name": "x", "kind": "integer"}]},
    }  # fmt: skip


def test_a_failing_node_shows_its_sentence_and_the_persons_own_lines(engine):
    bad = script("bad", "def azureml_main(one):\n    return one['nowhere']", "a")
    run = engine.over(
        engine.submit(engine.node("a"), bad, engine.node("after", "bad"), engine.node("beside", "a"))
    )

    assert engine.steps(run) == {"a": "completed", "bad": "failed", "after": "skipped", "beside": "completed"}
    error = engine.step(run, "bad").error
    assert "Line 2" in error["message"]
    assert "return one['nowhere']" in error["traceback"]
    assert "/studio/engine/" not in error["traceback"]
    assert run.status == "failed"
    assert run.error["message"].startswith("“Bad” failed: ")
    assert engine.step(run, "after").error["message"] == "Skipped, because “Bad” did not finish."


def test_independent_branches_run_at_the_same_time(engine):
    # Each waits for the other to have begun: one after the other, neither would ever end.
    import os

    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core runs one branch at a time")
    wait = "while not os.path.exists({!r}): time.sleep(0.01)"
    left = engine.node("left", "a", code=wait.format(str(engine.folder / "right.began")))
    right = engine.node("right", "a", code=wait.format(str(engine.folder / "left.began")))

    assert engine.over(engine.submit(engine.node("a"), left, right)).status == "completed"


def test_a_node_cannot_spoil_the_table_of_another(engine):
    spoil = script(
        "spoil",
        "def azureml_main(one):\n    one['x'] = 0\n    one.drop(columns='x', inplace=True)\n    one['y'] = 1\n    return one",
        "a",
    )
    look = script(
        "look",
        "def azureml_main(one, two):\n    assert list(one['x']) == [1, 2, 3], one\n    return one",
        "a",
        "spoil",
    )

    assert engine.over(engine.submit(engine.node("a"), spoil, look)).status == "completed"


def test_cancel_stops_everything_within_two_seconds(engine):
    code = "import subprocess, sys\nother = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'], start_new_session=True)\nprint('pid', other.pid)"
    run = engine.submit(
        engine.node("a"), engine.node("held", "a", held=True, code=""), engine.node("after", "held"),
        engine.node("beside", "a", code=code + "\ntime.sleep(99)"),
    )  # fmt: skip
    stray = int(
        engine.until(lambda: [w for w in engine.words(run, "beside") if w.startswith("pid")])[0].split()[1]
    )
    engine.until(lambda: engine.began("held") and engine.steps(run)["a"] == "completed")
    child = engine.child(run, "held")

    asked = time.monotonic()
    runs.cancel(run=run, by=engine.person)
    engine.over(run)

    assert time.monotonic() - asked < 2
    assert run.status == "cancelled"
    assert engine.steps(run) == {
        "a": "completed",
        "held": "cancelled",
        "after": "skipped",
        "beside": "cancelled",
    }
    assert started(child) is None
    assert started(stray) is None
    engine.until(lambda: not (engine.work / "runs" / run.run_id).exists())


def test_a_time_limit_is_a_clear_error(engine):
    run = engine.over(engine.submit(engine.node("a"), engine.node("held", "a", held=True), time_limit=1.0))

    assert engine.steps(run) == {"a": "completed", "held": "failed"}
    assert (
        engine.step(run, "held").error["message"]
        == "“Held” was stopped: the run's time limit of 1 seconds was reached."
    )
    assert (run.status, run.error["code"]) == ("failed", "time-limit")


def test_a_memory_limit_is_a_clear_error(engine):
    code = "import numpy\nnumpy.ones((400, 1024, 1024), dtype='u1').sum()"
    run = engine.over(
        engine.submit(engine.node("a"), engine.node("big", "a", code=code), memory_limit=200 * 2**20)
    )

    assert engine.steps(run) == {"a": "completed", "big": "failed"}
    assert "memory" in engine.step(run, "big").error["message"].lower()


def test_a_process_that_ends_itself_fails_its_node(engine):
    run = engine.over(
        engine.submit(engine.node("a"), engine.node("gone", "a", code="time.sleep(0.3)\nos._exit(3)"))
    )

    assert engine.steps(run) == {"a": "completed", "gone": "failed"}
    assert engine.step(run, "gone").error["message"] == (
        "“Gone” did not finish: its process ended with exit code 3. Its log may say why."
    )


def test_unchanged_nodes_are_linked_and_their_results_used(engine, tmp_path):
    a, b = keyed(engine.node("a"), f"a-{tmp_path.name}"), engine.node("b", "a")
    first = engine.over(engine.submit(a, b, reuse=True))
    second = engine.over(engine.submit(a, b, reuse=True))
    third = engine.over(engine.submit(a, b, reuse=False))

    assert [run.status for run in (first, second, third)] == ["completed"] * 3
    assert (engine.began("a"), engine.began("b")) == (2, 3)
    linked = engine.step(second, "a")
    assert linked.reused_from == engine.step(first, "a")
    assert linked.reuse_reason.startswith("Nothing has changed since ")
    assert linked.outputs.get(port="first").path == engine.step(first, "a").outputs.get(port="first").path
    assert engine.step(third, "a").reuse_reason == "Reuse was switched off for this run."


def test_resuming_runs_only_what_did_not_finish(engine):
    gate = engine.folder / "mended"
    shaky = engine.node("shaky", "a", code=f"assert os.path.exists({str(gate)!r}), 'not yet'")
    first = engine.over(engine.submit(engine.node("a"), shaky, engine.node("last", "shaky")))
    assert first.status == "failed"

    gate.touch()
    second = engine.over(runs.resume(run=first, by=engine.person))

    assert second.status == "completed"
    assert second.resumed_from == first
    assert [engine.began(node) for node in ("a", "shaky", "last")] == [1, 2, 1]
    assert engine.step(second, "a").reused_from == engine.step(first, "a")


def test_a_run_that_asks_for_an_earlier_result_that_is_not_there_says_so(engine):
    from dataclasses import replace

    run = engine.over(
        engine.submit(replace(engine.node("a"), key="unheard-of", reuse_only=True), engine.node("b", "a"))
    )

    assert engine.steps(run) == {"a": "failed", "b": "skipped"}
    assert "has no earlier result" in run.error["message"]
    assert engine.began("b") == 0


def test_an_unknown_compute_is_refused_in_words(engine):
    from dataclasses import replace

    run = engine.over(engine.submit(replace(engine.node("a"), compute="moon")))

    assert run.status == "errored"
    assert run.error["message"] == "“A” wants to run on moon, and this studio has no such compute."


def test_an_uploaded_file_is_inspected_and_imported_by_the_engine(engine, settings):
    settings.UPLOAD_DIR = settings.DATA_DIR / "uploads"
    import io

    from registry.data import services as data

    content = b"city,people\nBern,134000\nKyiv,2950000\n"
    upload = data.start_upload(
        workspace=engine.workspace, by=engine.person, filename="cities.csv", size=len(content)
    )
    data.receive(upload=upload, by=engine.person, offset=0, stream=io.BytesIO(content))

    def status() -> str:
        upload.refresh_from_db()
        return upload.status

    engine.until(lambda: status() == "inspected")
    version = data.start_import(upload=upload, by=engine.person, name=f"cities-{engine.folder.name}"[:60])
    engine.until(lambda: type(version).objects.get(pk=version.pk).status == "ready")
    version.refresh_from_db()
    assert version.rows == 2
    run = engine.until(
        lambda: Run.objects.filter(kind="data-import", source=f"data version {version.pk}").first()
    )
    assert engine.over(run).status == "completed"


def test_a_task_that_nobody_knows_fails_and_does_not_stay(engine):
    spec = RunSpec(kind="task", task="make-coffee")
    run = runs.submit(
        workspace=engine.workspace, by=engine.person, kind="make-coffee", name="Coffee", spec=spec
    )

    assert engine.over(run).status == "failed"
    assert "make-coffee" in run.error["message"]


def test_a_child_process_loads_no_django():
    code = "import sys, studio.engine.step, studio.engine.runner; sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
