"""What runs take of the machine: sums, rates, and that they arrive as metrics of the run."""

import subprocess
import sys
from pathlib import Path

import pytest

from registry.runs.models import MetricPoint, MetricSummary
from studio.compute import gpus, usage
from studio.compute.gpus import Gpu
from studio.compute.usage import Usage
from studio.engine import machine
from studio.engine.machine import Sampler


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def sampler(tmp_path, monkeypatch):
    monkeypatch.setattr(usage, "cores", lambda: 4)
    monkeypatch.setattr(usage, "memory_of_machine", lambda: 1_000_000_000)
    monkeypatch.setattr(gpus, "all_gpus", list)
    clock = Clock()
    sampler = Sampler(tmp_path, clock)
    sampler.advance = lambda seconds: setattr(clock, "now", clock.now + seconds)
    return sampler


def test_two_busy_cores_of_four_are_half_of_the_processor(sampler):
    sampler.advance(4)
    sampler.sample([Usage({(1, 0.0): 10.0}, 0)])
    sampler.advance(4)

    found = sampler.sample([Usage({(1, 0.0): 14.0}, 200_000_000), Usage({(2, 0.0): 4.0}, 50_000_000)])

    assert found["system/cpu_utilization_percentage"] == 50
    assert found["system/system_memory_usage_megabytes"] == 250
    assert found["system/system_memory_usage_percentage"] == 25


def test_a_process_that_ended_takes_nothing_back(sampler):
    sampler.advance(4)
    sampler.sample([Usage({(1, 0.0): 100.0})])
    sampler.advance(4)

    assert sampler.sample([Usage({(1, 9.0): 0.0})])["system/cpu_utilization_percentage"] == 0


def test_it_looks_every_few_seconds(sampler):
    assert not sampler.is_due()
    sampler.advance(machine.EVERY)
    assert sampler.is_due()
    sampler.sample([])
    assert not sampler.is_due()


def test_graphics_cards_are_told_by_number(sampler, monkeypatch):
    monkeypatch.setattr(gpus, "all_gpus", lambda: [Gpu(70.0, 2_000_000_000, 8_000_000_000, 120.5), Gpu(0, 0, 8, None)])
    sampler.advance(3)

    found = sampler.sample([])

    assert found["system/gpu_0_utilization_percentage"] == 70
    assert found["system/gpu_0_memory_usage_percentage"] == 25
    assert found["system/gpu_0_power_usage_watts"] == 120.5
    assert "system/gpu_1_power_usage_watts" not in found


def test_a_process_is_seen_with_its_children():
    code = "import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', 'print(1, flush=True); input()'], stdin=subprocess.PIPE); print(c.pid, flush=True); input(); c.kill()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() and child.stdout.readline()  # both are there

        seen = usage.of_tree(child.pid)
        child.communicate("\n", timeout=30)

    assert len(seen.cpu) == 2 and seen.memory > 1_000_000
    assert usage.of_tree(child.pid) == Usage()


def test_a_machine_without_graphics_cards_has_none():
    assert gpus.all_gpus() == [] or Path("/dev/nvidia0").exists()


@pytest.mark.live
def test_a_run_that_computes_for_a_while_has_machine_metrics(studio_server, tmp_path, settings, monkeypatch, django_db_blocker):
    from tests.studio.engine import LiveEngine, database_of

    with database_of(studio_server, settings, monkeypatch, django_db_blocker):
        engine = LiveEngine(studio_server, tmp_path)
        run = engine.submit(engine.node("busy", held=True, code="x = sum(range(3_000_000))"))

        def measured():
            return MetricSummary.objects.filter(run=run, key="system/cpu_utilization_percentage").first()

        series = engine.until(measured)
        engine.open("busy")
        engine.over(run)

        assert 0 <= series.last <= 100
        assert MetricSummary.objects.get(run=run, key="system/system_memory_usage_megabytes").last > 0
        assert MetricPoint.objects.filter(series=series).exists()
