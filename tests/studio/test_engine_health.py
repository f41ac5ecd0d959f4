"""What was lost is found, and a queue that takes no more tasks is recognised. Without processes: files and rows."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_q.models import OrmQ, Task

from registry.data.models import Upload
from registry.runs import execution
from registry.runs.models import Run, RunEvent
from registry.runs.spec import RunSpec
from registry.runs.states import RunStatus
from studio.compute import folders, processes
from studio.engine import health, leases, queue, retention, slots
from studio.engine.ledger import LeaseLost, Ledger
from studio.engine.models import Segment
from studio.engine.tail import Cursor, Portion
from tests.registry import make

GONE = f"{leases.owner().rsplit(':', 2)[0]}:{2**22 - 1}:1.0"  # a process that cannot be


@pytest.fixture
def slot(db):
    """This process announces itself as a free slot."""
    slots.announce()


def tasks():
    return [(row.task["func"].rsplit(".", 1)[1], *row.task["args"]) for row in OrmQ.objects.order_by("id")]


def queued(workspace, alice, **fields):
    run = make.run(workspace, alice, status="queued", spec=True, **fields)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(seconds=60))
    return run


def held(workspace, alice, owner):
    run = make.run(workspace, alice, status="queued", spec=True)
    return execution.claim(run.pk, owner)


def test_a_queued_run_that_nobody_took_is_offered_again_once(workspace, alice, slot):
    run = queued(workspace, alice)
    sweeper = health.Sweeper()

    sweeper.sweep()
    sweeper._rarely = -100
    sweeper.sweep()

    assert tasks() == [("watch", run.pk)]


def test_a_task_that_died_with_its_slot_is_delivered_once_more(workspace, alice, slot):
    run = queued(workspace, alice)
    queue.watch(run.pk)
    OrmQ.objects.update(lock=timezone.now() + timedelta(days=8))

    health.Sweeper().sweep()

    assert tasks() == [("watch", run.pk)]
    assert OrmQ.objects.get().lock <= timezone.now()


def test_while_all_slots_are_busy_what_waits_waits_rightly(workspace, alice, slot):
    held(workspace, alice, leases.owner())
    queued(workspace, alice)

    health.Sweeper().sweep()

    assert tasks() == []


def test_a_run_whose_slot_is_gone_is_offered_at_once_and_a_held_one_is_not(workspace, alice):
    lost, ours = held(workspace, alice, GONE), held(workspace, alice, leases.owner())

    health.Sweeper().sweep()

    assert tasks() == [("watch", lost.pk)]
    assert execution.claim(lost.pk, leases.owner(), is_gone=leases.is_gone) is not None
    assert ours.pk not in execution.lost(leases.is_gone)


def test_nothing_is_known_of_processes_of_other_machines():
    assert leases.is_gone(GONE) is True
    assert leases.is_gone(leases.owner()) is False
    assert leases.is_gone(f"elsewhere:{2**22 - 1}:1.0") is False
    # The same number, another process.
    assert leases.is_gone(f"{GONE.rsplit(':', 2)[0]}:{os.getpid()}:1.0") is True


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

    monkeypatch.setattr(health.time, "monotonic", lambda: Clock.now)
    return Clock


def vanish():
    """A worker that was killed leaves its announcement behind."""
    folders.write_json(slots.folder() / "4194303.json", {"pid": 2**22 - 1, "born": 1.0, "owner": GONE})


def looks(pulse, clock, seconds):
    answers = []
    for _ in range(seconds):
        clock.now += 1
        answers.append(pulse.is_dead())
    return answers


def test_a_queue_that_answers_no_ping_after_a_worker_vanished_is_dead_within_ten_seconds(slot, clock):
    pulse = health.Pulse()
    vanish()

    assert True in looks(pulse, clock, 10)
    assert [name for name, *_ in tasks()] == ["ping"]


def test_a_queue_that_answers_lives(slot, clock):
    pulse = health.Pulse()
    vanish()
    looks(pulse, clock, 2)
    health.answer(tasks()[0][1])

    assert looks(pulse, clock, 20) == [False] * 20


def test_a_queue_whose_slots_are_all_busy_need_not_answer(workspace, alice, slot, clock):
    pulse = health.Pulse()
    held(workspace, alice, leases.owner())
    vanish()

    assert looks(pulse, clock, 60) == [False] * 60


def test_a_queue_that_never_brings_up_a_slot_is_dead_after_a_minute(db, clock):
    found = looks(health.Pulse(), clock, 62)

    assert (found[:59], found[-1]) == ([False] * 59, True)


def test_the_processes_wanted_are_the_runner_and_the_queue(settings):
    wanted = health.processes(settings)

    assert [(spec.name, spec.argv[2]) for spec in wanted] == [
        ("runner", "studio.engine.runner"), ("queue", "studio.engine.cluster"),
    ]  # fmt: skip
    assert all(spec.env["OMP_WAIT_POLICY"] == "PASSIVE" for spec in wanted)


def test_peoples_code_does_not_inherit_the_studios_key(settings, monkeypatch):
    monkeypatch.setenv("ATELIER_SECRET_KEY", "forges sessions")

    knows = {spec.name: "forges sessions" in spec.env.values() for spec in health.processes(settings)}

    assert knows == {"runner": False, "queue": True}


def test_shutting_down_kills_no_process_whose_number_was_used_again(settings):
    folder = settings.WORK_DIR / "runs" / "r" / "1"
    folder.mkdir(parents=True)
    folders.write_json(folder / folders.PID, {"pid": os.getpid(), "born": processes.started(os.getpid()) - 1})

    health.shut_down()  # we are still here


# The ledger: a journal's portion is written once, by the one who holds the run.


def prepared(workspace, alice):
    run = held(workspace, alice, leases.owner())
    make.step(run, "n1", status="queued", seconds=None, peak_memory=None)
    spec = RunSpec.from_json(run.spec)
    return run, spec, Segment.objects.create(run=run, number=1, steps=["n1"])


EVENTS = [
    {"e": "node-started", "node": "n1", "t": 1.7e9},
    {"e": "log", "node": "n1", "t": 1.7e9, "stream": "stdout", "text": "hello"},
    {"e": "metric", "node": "n1", "t": 1.7e9, "key": "auc", "value": 0.9, "step": 0},
    {
        "e": "node-finished", "node": "n1", "t": 1.7e9 + 2, "seconds": 1.5, "peak_memory": 7,
        "outputs": [{"port": "first", "type": "table", "path": "k", "bytes": 3, "summary": {"rows": 1}}],
    },
]  # fmt: skip
PORTION = Portion(EVENTS, Cursor(events=100, node="n1"), more=False)


def test_a_portion_is_written_whole_with_its_news_in_order(workspace, alice):
    run, spec, segment = prepared(workspace, alice)
    before = RunEvent.objects.filter(run=run).count()

    Ledger(run, spec, leases.owner()).apply(segment, PORTION)

    step = Run.objects.get(parent=run, node_id="n1")
    assert (step.status, step.seconds, step.peak_memory, step.outputs.get().path) == (
        "completed",
        1.5,
        7,
        "k",
    )
    assert [line.text for line in step.log_lines.all()] == ["hello"]
    assert step.metrics.get().last == 0.9
    told = RunEvent.objects.filter(run=run).order_by("id").values_list("type", flat=True)[before:]
    assert list(told) == ["log", "metric", "step"]
    assert Segment.objects.get(pk=segment.pk).events_read == 100


def test_a_portion_that_somebody_else_has_written_is_not_written_again(workspace, alice):
    run, spec, segment = prepared(workspace, alice)
    slow = Segment.objects.get(pk=segment.pk)
    Ledger(run, spec, leases.owner()).apply(segment, PORTION)

    with pytest.raises(LeaseLost):
        Ledger(run, spec, leases.owner()).apply(slow, PORTION)

    assert Run.objects.get(parent=run, node_id="n1").log_lines.count() == 1


def test_who_lost_the_run_writes_nothing(workspace, alice):
    run, spec, segment = prepared(workspace, alice)
    Run.objects.filter(pk=run.pk).update(lease_owner="somebody:1:1.0")

    with pytest.raises(LeaseLost):
        Ledger(run, spec, leases.owner()).apply(segment, PORTION)

    assert Run.objects.get(parent=run, node_id="n1").status == "queued"


def test_what_comes_after_a_node_has_ended_does_not_move_it(workspace, alice):
    run, spec, segment = prepared(workspace, alice)
    ledger = Ledger(run, spec, leases.owner())
    with ledger.ours():
        ledger.fail("n1", {"code": "x", "message": "it failed"})

    ledger.apply(segment, PORTION)

    assert Run.objects.get(parent=run, node_id="n1").status == RunStatus.FAILED


def test_a_flood_of_lines_ends_with_a_word_about_it(workspace, alice, monkeypatch):
    monkeypatch.setattr("studio.engine.ledger.MOST_LINES", 5)
    run, spec, segment = prepared(workspace, alice)
    lines = [{"e": "log", "node": "n1", "t": 1.7e9, "stream": "stdout", "text": str(n)} for n in range(20)]

    ledger = Ledger(run, spec, leases.owner())
    ledger.apply(segment, Portion(lines[:3], Cursor(events=1), more=True))
    ledger.apply(segment, Portion(lines[3:], Cursor(events=2), more=True))
    ledger.apply(segment, Portion(lines, Cursor(events=3), more=False))

    texts = [line.text for line in Run.objects.get(parent=run, node_id="n1").log_lines.order_by("seq")]
    assert texts[:5] == ["0", "1", "2", "3", "4"]
    assert len(texts) == 6
    assert "is not kept" in texts[5]


def test_what_nobody_asks_for_any_more_is_cleaned_away(workspace, alice, settings):
    day, old = 24 * 3600, timezone.now() - timedelta(days=40)
    store = Path(settings.STORE_DIR) / ".staging"
    abandoned, begun = settings.WORK_DIR / "inspections" / "old", settings.WORK_DIR / "inspections" / "new"
    for folder in (store, abandoned, begun):
        folder.mkdir(parents=True)
    os.utime(abandoned, (time.time() - 2 * day,) * 2)
    Session.objects.create(session_key="over", session_data="", expire_date=old)
    Session.objects.create(session_key="open", session_data="", expire_date=timezone.now() + timedelta(days=1))
    broken_off = Upload.objects.create(
        workspace=workspace, created_by=alice, filename="a.csv", size=9, touched_at=timezone.now() - timedelta(days=2)
    )
    Task.objects.create(id="1" * 32, name="failed", func="f", started=old, stopped=old, success=False)

    retention.tidy()

    assert (abandoned.exists(), begun.exists()) == (False, True)
    assert [session.session_key for session in Session.objects.all()] == ["open"]
    assert not Task.objects.exists()
    assert not Upload.objects.filter(pk=broken_off.pk).exists()


def test_old_news_of_finished_runs_are_pruned_and_work_that_nobody_reads_removed(workspace, alice, settings):
    over, active = make.run(workspace, alice), make.run(workspace, alice, status="running")
    RunEvent.objects.update(created_at=timezone.now() - timedelta(days=8))
    fresh = make.event(over, "log", seq=1)
    for name in (over.run_id, active.run_id, "unknown"):
        (settings.WORK_DIR / "runs" / name / "1").mkdir(parents=True)

    retention.tidy()

    assert list(RunEvent.objects.filter(run=over)) == [fresh]
    assert RunEvent.objects.filter(run=active).count() == 1
    assert [path.name for path in (settings.WORK_DIR / "runs").iterdir()] == [active.run_id]
