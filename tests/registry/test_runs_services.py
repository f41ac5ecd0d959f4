"""Submitting, stopping, repeating runs; claiming them, and what they leave."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.errors import Conflict, Invalid, NotFound, Refused
from registry.runs import execution, records, selectors, services, signals
from registry.runs.models import LogLine, MetricPoint, MetricSummary, Run, RunEvent, RunInput, RunOutput
from registry.runs.spec import RunSpec, Step
from registry.runs.states import RunStatus
from tests.registry import make

SPEC = RunSpec(kind="pipeline", steps=(Step(id="n1", title="Split", component="split-data", version=1),))
US, OTHER = "here:1:1.0", "here:2:2.0"


def submit(workspace, by, spec=SPEC):
    return services.submit(
        workspace=workspace, by=by, kind="pipeline", name="Income", spec=spec, source="Income, revision 3"
    )


def claimed(workspace, by, owner=US):
    return services.claim(submit(workspace, by).pk, owner)


def test_a_submitted_run_waits_and_says_so_once_it_is_certain(
    workspace, alice, django_capture_on_commit_callbacks
):
    heard = []
    listen = lambda sender, run_id, **_: heard.append(run_id)  # noqa: E731
    signals.run_queued.connect(listen, weak=False)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run = submit(workspace, alice)
            assert heard == []
    finally:
        signals.run_queued.disconnect(listen)

    assert heard == [run.pk]
    assert (run.status, run.created_by, run.source) == ("queued", alice, "Income, revision 3")
    assert RunSpec.from_json(Run.objects.get(pk=run.pk).spec) == SPEC
    assert [(e.type, e.body["status"]) for e in run.events.all()] == [("run", "queued")]


def test_who_may_submit_cancel_and_repeat(workspace, alice, carl, rita, oscar):
    run = submit(workspace, carl)
    for verb in (services.cancel, services.rerun, services.resume, services.archive):
        with pytest.raises(Refused):
            verb(run=run, by=rita)
        with pytest.raises(NotFound):
            verb(run=run, by=oscar)
    with pytest.raises(Refused):
        submit(workspace, rita)
    with pytest.raises(NotFound):
        submit(workspace, oscar)
    assert services.cancel(run=run, by=alice).status == "cancelled"


def test_a_pipeline_without_nodes_is_nothing_to_run(workspace, alice):
    with pytest.raises(Invalid):
        submit(workspace, alice, RunSpec(kind="pipeline"))
    assert Run.objects.count() == 0


def test_a_waiting_run_is_cancelled_at_once_and_a_running_one_by_who_executes_it(workspace, alice):
    waiting, running = submit(workspace, alice), claimed(workspace, alice)

    services.cancel(run=waiting, by=alice)
    services.cancel(run=running, by=alice)
    services.cancel(run=running, by=alice)  # asking twice is no mistake

    assert Run.objects.get(pk=waiting.pk).status == "cancelled"
    assert Run.objects.get(pk=running.pk).status == "cancelling"
    with pytest.raises(Conflict):
        services.cancel(run=waiting, by=alice)
    assert services.claim(waiting.pk, US) is None


def test_cancelling_a_step_cancels_its_run(workspace, alice):
    run = claimed(workspace, alice)

    services.cancel(run=make.step(run, "n1", status="running"), by=alice)

    assert Run.objects.get(pk=run.pk).status == "cancelling"


def test_a_run_is_claimed_once(workspace, alice):
    run = submit(workspace, alice)

    first, second = services.claim(run.pk, US), services.claim(run.pk, OTHER)

    assert (first.status, first.lease_owner, first.attempt) == ("running", US, 1)
    assert second is None
    assert [e.body["status"] for e in run.events.order_by("id")] == ["queued", "running"]


@pytest.mark.parametrize("status", ["running", "cancelling"])
def test_a_run_whose_holder_is_gone_or_late_may_be_claimed(workspace, alice, status):
    run = claimed(workspace, alice)
    Run.objects.filter(pk=run.pk).update(status=status)
    assert services.claim(run.pk, OTHER) is None
    assert services.claim(run.pk, OTHER, is_gone=lambda owner: owner == US).lease_owner == OTHER

    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    again = services.claim(run.pk, US)
    assert (again.lease_owner, again.attempt, again.status) == (US, 3, status)


def test_who_lost_the_lease_can_neither_renew_nor_end_the_run(workspace, alice):
    run = claimed(workspace, alice)
    services.claim(run.pk, OTHER, is_gone=lambda owner: True)

    assert services.renew(run, US) is False
    assert execution.finish(run, US, RunStatus.COMPLETED) is False
    services.release(run, US)
    assert Run.objects.get(pk=run.pk).lease_owner == OTHER
    assert execution.finish(run, OTHER, RunStatus.COMPLETED) is True


def test_a_released_run_can_be_claimed_at_once_and_is_found_by_the_sweep(workspace, alice):
    run = claimed(workspace, alice)
    assert execution.lost(lambda owner: False) == []

    services.release(run, US)

    assert execution.lost(lambda owner: False) == [run.pk]
    assert services.claim(run.pk, OTHER) is not None


def test_illegal_moves_change_nothing_and_tell_nothing(workspace, alice):
    run = make.run(workspace, alice, status="completed")
    told = run.events.count()

    for status in (RunStatus.RUNNING, RunStatus.CANCELLED, RunStatus.QUEUED):
        assert services.move(run, status) is False
    assert (Run.objects.get(pk=run.pk).status, run.events.count()) == ("completed", told)


def test_running_again_copies_what_was_read_and_can_leave_reuse_out(workspace, alice):
    run = submit(workspace, alice)
    make.data_read(run, make.data_version(workspace), port="n1")
    heard = []
    listen = lambda sender, **ids: heard.append((ids["run_id"], ids["original_id"]))  # noqa: E731
    signals.run_repeated.connect(listen, weak=False)
    try:
        again = services.rerun(run=run, by=alice, reuse=False)
    finally:
        signals.run_repeated.disconnect(listen)

    assert heard == [(again.pk, run.pk)]
    assert again.spec == {**run.spec, "reuse": False}
    assert (again.status, again.name, again.source) == ("queued", run.name, run.source)
    assert [i.port for i in RunInput.objects.filter(run=again)] == ["n1"]


def test_only_what_failed_or_was_cancelled_can_be_resumed(workspace, alice):
    failed = make.run(workspace, alice, status="failed", spec=True)

    assert services.resume(run=failed, by=alice).resumed_from == failed
    for status in ("completed", "running", "queued"):
        with pytest.raises(Conflict):
            services.resume(run=make.run(workspace, alice, status=status, spec=True), by=alice)


def test_an_import_cannot_be_run_again(workspace, alice):
    spec = RunSpec(kind="task", task="data-import").to_json()
    run = make.run(workspace, alice, kind="data-import", status="failed", spec=spec)

    for verb in (services.rerun, services.resume):
        with pytest.raises(Invalid):
            verb(run=run, by=alice)


def test_a_finished_run_is_put_away_and_an_active_one_is_not(workspace, alice):
    run = make.run(workspace, alice)
    services.archive(run=run, by=alice)

    assert list(selectors.listing(workspace)) == []
    assert selectors.detail(workspace, run.run_id) == run
    with pytest.raises(Conflict):
        services.archive(run=claimed(workspace, alice), by=alice)


def test_log_lines_are_numbered_on_and_storable(workspace, alice):
    run, now = make.run(workspace, alice), timezone.now()

    last = records.record_log(run, [(now, "stdout", "one"), (now, "stderr", "t\0wo \ud800")], after=0)
    last = records.record_log(run, [(now, "stdout", "three")], after=last)

    assert list(LogLine.objects.filter(run=run).order_by("seq").values_list("seq", "text")) == [
        (1, "one"), (2, "t\ufffdwo ?"), (3, "three"),
    ]  # fmt: skip
    assert [e.body["seq"] for e in run.events.filter(type="log")] == [2, 3]
    assert records.last_seq(run) == last == 3


def test_metrics_keep_every_point_and_a_summary(workspace, alice):
    run, now = make.run(workspace, alice), timezone.now()

    records.record_metrics(run, [("loss", 3.0, 0, now), ("loss", 1.0, 1, now), ("nan", float("nan"), 0, now)])
    records.record_metrics(run, [("loss", 2.0, 2, now), ("auc", float("inf"), 0, now)])

    assert MetricPoint.objects.filter(series__run=run).count() == 5
    loss = MetricSummary.objects.get(run=run, key="loss")
    assert (loss.last, loss.last_step, loss.minimum, loss.maximum, loss.count) == (2.0, 2, 1.0, 3.0, 3)
    assert MetricSummary.objects.get(run=run, key="auc").maximum == float("inf")
    nothing = MetricSummary.objects.get(run=run, key="nan")
    assert (nothing.last, nothing.minimum, nothing.maximum, nothing.count) == (None, None, None, 1)


def test_outputs_told_twice_are_there_once_with_the_last_word(workspace, alice):
    step = make.step(make.run(workspace, alice), "n1")
    output = {"port": "table", "type": "table", "path": "runs/a/n1/table", "bytes": 1, "summary": {"rows": 1}}

    records.record_outputs(step, [output])
    records.record_outputs(step, [output | {"bytes": 2}])

    assert list(RunOutput.objects.filter(run=step).values_list("port", "bytes")) == [("table", 2)]


def test_the_newest_finished_step_is_found_by_its_key(workspace, alice):
    make.step(make.run(workspace, alice), "n1", key="k")
    newest = make.step(make.run(workspace, alice), "n1", key="k")
    make.step(make.run(workspace, alice), "n1", key="k", status="failed")

    assert selectors.finished_by_key(workspace, ["k", "other"]) == {"k": newest}


def test_lists_read_no_blobs_and_few_queries(workspace, alice, django_assert_num_queries):
    for _ in range(5):
        make.run(workspace, alice, spec=True)

    with django_assert_num_queries(1):
        rows = list(
            selectors.listing(workspace, status="completed", kind="pipeline", person="alice", q="inc")
        )
        assert [run.created_by.username for run in rows] == ["alice"] * 5
    assert "spec" in rows[0].get_deferred_fields()


def test_news_of_a_run_are_read_from_the_last_one_seen(workspace, alice):
    run = make.run(workspace, alice)
    events = [make.event(run, "log", seq=n) for n in range(3)]

    assert list(selectors.events(run, after=events[0].pk)) == events[1:]
    assert RunEvent.objects.filter(run=run).count() == 4


@pytest.mark.parametrize("status", ["queued", "running"])
def test_what_a_client_tracks_is_never_taken_up_here(workspace, alice, status):
    run = make.tracked(workspace, alice, status=status)

    assert execution.lost(lambda owner: True) == []
    assert selectors.waiting(timezone.now() + timedelta(days=1)) == []
    assert execution.claim(run.pk, "slot-1") is None
    run.refresh_from_db()
    assert run.status == status


def test_a_tracked_run_whose_client_died_is_marked_as_cancelled_at_once(workspace, alice):
    run = make.tracked(workspace, alice, status="running")

    services.cancel(run=run, by=alice)

    run.refresh_from_db()
    assert run.status == "cancelled" and run.ended_at
