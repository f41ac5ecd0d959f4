"""What clients log is committed when the call returns; who brings nonsense spoils nothing for the others."""

import math
import threading
import time

import pytest
from django.db import DataError, connection, transaction

from registry.errors import Conflict, NotFound
from registry.runs import experiments, mirrors, newsroom, tracking, writer
from registry.runs.models import MetricBucket, MetricPoint, MetricSummary, Param, Run, RunEvent, RunField, Tag
from registry.runs.tracking import Batch
from tests.registry import make

NOW = 1_700_000_000_000


@pytest.fixture
def run(workspace, alice):
    return make.run(workspace, alice, kind="tracked", experiment=experiments.default(workspace))


@pytest.fixture
def live(transactional_db):
    """The writer has a connection of its own, so what it reads must be committed."""
    newsroom.forget()
    yield
    writer.stop()


def points(run, key="loss"):
    rows = MetricPoint.objects.filter(run=run, series__key=key).order_by("step", "timestamp", "value")
    return [(row.step, math.nan if row.is_nan else row.value) for row in rows]


def test_a_batch_is_written_whole(run):
    tracking.write(
        Batch(
            run.pk,
            metrics=[("loss", 0.5, 0, NOW), ("loss", 0.25, 1, NOW + 1), ("Ω/läuft 🚀", math.inf, -7, NOW), ("k" * 250, 1.0, 0, 0)],
            params=[("depth", "3"), ("long", "x" * 6000)],
            tags=[("team", "risk"), ("team", "growth")],
        )
    )

    assert points(run) == [(0, 0.5), (1, 0.25)]
    assert points(run, "Ω/läuft 🚀") == [(-7, math.inf)]
    assert dict(run.params.values_list("key", "value")) == {"depth": "3", "long": "x" * 6000}
    assert dict(run.tags.values_list("key", "value")) == {"team": "growth"}
    fields = RunField.objects.filter(experiment=run.experiment).values_list("kind", "key")
    assert set(fields) == {
        ("metric", "loss"), ("metric", "Ω/läuft 🚀"), ("metric", "k" * 250), ("param", "depth"), ("param", "long"), ("tag", "team"),
    }  # fmt: skip


def test_a_request_repeated_counts_once(run):
    batch = Batch(run.pk, metrics=[("loss", 1.0, 0, NOW), ("loss", 2.0, 1, NOW), ("nan", math.nan, 0, NOW)])
    more = Batch(run.pk, metrics=[*batch.metrics, ("loss", 0.5, 0, NOW), ("new", 1.0, 0, NOW)])

    for told in (batch, batch, more, more):
        tracking.write(told)

    counts = dict(MetricSummary.objects.filter(run=run).values_list("key", "count"))
    assert counts == {"loss": 3, "nan": 1, "new": 1}
    loss = MetricSummary.objects.get(run=run, key="loss")
    assert (loss.last, loss.minimum, loss.minimum_step, loss.maximum) == (2.0, 0.5, 0, 2.0)


def test_the_last_value_is_that_of_the_highest_step_then_time_then_value(run):
    for value, step, time_ in [(1.0, 5, NOW), (9.0, 4, NOW + 99), (2.0, 5, NOW), (1.5, 5, NOW), (0.1, 5, NOW - 1)]:
        tracking.write(Batch(run.pk, metrics=[("m", value, step, time_)]))

    series = MetricSummary.objects.get(run=run)
    assert (series.last, series.last_step, series.count) == (2.0, 5, 5)
    tracking.write(Batch(run.pk, metrics=[("m", math.nan, 6, NOW)]))
    series.refresh_from_db()
    assert (series.last, series.last_step, series.maximum) == (None, 6, 9.0)


def test_a_param_stands_for_good(run):
    tracking.write(Batch(run.pk, params=[("depth", "3")]))
    tracking.write(Batch(run.pk, params=[("depth", "3"), ("width", "1")]))

    with pytest.raises(tracking.ParamChanged) as raised:
        tracking.write(Batch(run.pk, metrics=[("loss", 1.0, 0, 0)], params=[("more", "1"), ("depth", "4")]))

    assert isinstance(raised.value, Conflict)
    assert (raised.value.key, raised.value.old, raised.value.new) == ("depth", "3", "4")
    assert dict(run.params.values_list("key", "value")) == {"depth": "3", "width": "1"}
    assert not run.metrics.exists()


def test_the_parent_tag_nests_the_run(workspace, alice, run):
    child = make.run(workspace, alice, kind="tracked", experiment=run.experiment)

    tracking.write(Batch(child.pk, tags=[("mlflow.parentRunId", run.run_id)]))

    assert Run.objects.get(pk=child.pk).nested_in == run
    tracking.write(Batch(child.pk, tags=[("mlflow.parentRunId", "of another workspace")]))
    assert Run.objects.get(pk=child.pk).nested_in is None


def test_what_a_run_logged_goes_with_it(run):
    tracking.write(Batch(run.pk, metrics=[("loss", float(n), n, NOW) for n in range(2_000)]))
    assert MetricBucket.objects.exists()

    run.delete()

    assert not MetricPoint.objects.exists() and not MetricSummary.objects.exists() and not MetricBucket.objects.exists()


def test_a_pipeline_shows_what_its_steps_measured(workspace, alice):
    root = make.run(workspace, alice, experiment=experiments.named(workspace, "Income", alice))
    steps = [make.step(root, name="Train Model") for _ in range(2)]
    for number, step in enumerate(steps):
        tracking.write(Batch(step.pk, metrics=[("loss", float(number), n, NOW) for n in range(5)], params=[("depth", "3")]))

    called = mirrors.called(root)
    for _ in range(2):
        mirrors.show_metrics(root, [step.pk for step in steps], called)
        mirrors.show_params(root, [step.pk for step in steps], called)

    assert set(root.metrics.values_list("key", "last", "count", "mirrored")) == {
        ("Train Model/loss", 0.0, 5, True), ("Train Model (2)/loss", 1.0, 5, True),
    }  # fmt: skip
    assert set(Param.objects.filter(run=root).values_list("key", flat=True)) == {"Train Model/depth", "Train Model (2)/depth"}
    from registry.runs import curves, listing

    assert [curve.y for curve in curves.curves([root], ["Train Model/loss"])] == [[0.0] * 5]
    assert {(m.run.name, m.key) for m in listing.metrics(root)} == {("Train Model", "loss")}
    assert {p.run_id for p in listing.params(root)} == {step.pk for step in steps}


def test_two_hundred_threads_lose_nothing(live, workspace, alice):
    run = make.run(workspace, alice, kind="tracked", experiment=experiments.default(workspace))
    failed = []

    def loop(number):
        try:
            for n in range(10):
                tracking.log(Batch(run.pk, metrics=[(f"m{number % 5}", float(n), number * 10 + n, NOW)], tags=[(f"t{number}", str(n))]))
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=loop, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert MetricPoint.objects.filter(run=run).count() == 2_000
    assert set(MetricSummary.objects.filter(run=run).values_list("count", flat=True)) == {400}
    assert Tag.objects.filter(run=run, value="9").count() == 200


def test_one_bad_job_spoils_nothing_for_the_others(live, workspace, alice):
    run = make.run(workspace, alice, kind="tracked", experiment=experiments.default(workspace))
    tracking.log(Batch(run.pk, params=[("depth", "3")]))
    held, go = threading.Event(), threading.Event()
    ended = {}

    def call(name, function):
        try:
            ended[name] = function()
        except Exception as error:
            ended[name] = error
        finally:
            connection.close()

    def hold():
        held.set()
        go.wait(10)

    def break_the_database():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    def write_and_fail():
        Tag.objects.create(run=run, key="half", value="done")
        raise ValueError("oh no")

    jobs = {
        "holds": lambda: tracking.run_in_writer(hold),
        "good": lambda: tracking.log(Batch(run.pk, metrics=[("loss", 1.0, 0, NOW)])),
        "changes": lambda: tracking.log(Batch(run.pk, metrics=[("loss", 2.0, 1, NOW)], params=[("depth", "4")])),
        "nowhere": lambda: tracking.log(Batch(10**9, metrics=[("loss", 3.0, 2, NOW)])),
        "too much": lambda: tracking.log(Batch(run.pk, metrics=[("loss", 3.0, 2**64, NOW)])),
        "fails": lambda: tracking.run_in_writer(write_and_fail),
        "breaks": lambda: tracking.run_in_writer(break_the_database),
        "asks": lambda: tracking.run_in_writer(lambda: Run.objects.get(pk=run.pk).name),
    }
    threads = []
    for name, job in jobs.items():
        threads.append(threading.Thread(target=call, args=(name, job)))
        threads[-1].start()
        assert held.wait(10)  # the first keeps the writer busy, so that the rest are one group
    while writer._writer._jobs.qsize() < len(jobs) - 1:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join()

    assert ended["good"] is None and ended["asks"] == run.name
    assert isinstance(ended["changes"], tracking.ParamChanged) and isinstance(ended["nowhere"], NotFound)
    assert isinstance(ended["too much"], OverflowError | DataError) and isinstance(ended["fails"], ValueError)
    assert "no_such_table" in str(ended["breaks"])
    assert points(run) == [(0, 1.0)] and not Tag.objects.filter(key="half").exists()


def test_logging_to_a_run_that_was_removed_says_so(live, workspace, alice):
    gone, kept = (make.run(workspace, alice, kind="tracked", experiment=experiments.default(workspace)) for _ in range(2))
    tracking.log(Batch(gone.pk, metrics=[("loss", 1.0, 0, NOW)]))
    Run.objects.get(pk=gone.pk).delete()

    with pytest.raises(NotFound):
        tracking.log(Batch(gone.pk, metrics=[("loss", 1.0, 1, NOW)]))
    tracking.log(Batch(kept.pk, metrics=[("loss", 1.0, 1, NOW)]))

    assert points(kept) == [(1, 1.0)]


def test_what_is_rolled_back_is_not_remembered(live, workspace, alice):
    run = make.run(workspace, alice, kind="tracked", experiment=experiments.default(workspace))
    with transaction.atomic():
        tracking.write(Batch(run.pk, metrics=[("a", 1.0, 0, NOW)]))
        transaction.set_rollback(True)

    tracking.log(Batch(run.pk, metrics=[("b", 1.0, 0, NOW)]))
    tracking.log(Batch(run.pk, metrics=[("a", 2.0, 0, NOW)]))

    assert (points(run, "a"), points(run, "b")) == ([(0, 2.0)], [(0, 1.0)])
    assert set(RunField.objects.values_list("key", flat=True)) == {"a", "b"}


def test_news_come_twice_a_second_and_the_last_is_told(live, workspace, alice):
    run = make.run(workspace, alice, kind="tracked", experiment=experiments.default(workspace))
    started = time.monotonic()
    told = 0
    while time.monotonic() - started < 0.7:
        tracking.log(Batch(run.pk, metrics=[(f"m{told % 60}", 1.0, told, NOW)]))
        told += 1
    tracking.log(Batch(run.pk, metrics=[("the last", 1.0, 0, NOW)]))

    def events():
        return list(RunEvent.objects.filter(run=run, type="metric").order_by("id"))

    deadline = time.monotonic() + 5
    while not any(event.body["keys"] is None or "the last" in event.body["keys"] for event in events()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert len(events()) <= 4
    assert events()[0].body == {"run_id": run.run_id, "node_id": "", "keys": ["m0"]}
