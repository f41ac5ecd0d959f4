"""What is thrown away, and when: old news, work folders of what is over, uploads that nobody finished, sessions and
failures that nobody asks for."""

import shutil
import time
from collections.abc import Collection
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_q.models import Schedule, Task

from registry.data import services as data
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.models.registered import VersionStatus
from registry.runs import retiring
from registry.runs.models import Experiment, Run, RunEvent
from registry.runs.states import TERMINAL
from registry.storage import open_store
from studio.compute import folders
from studio.engine import queue

NEWS_KEPT = timedelta(days=7)
BIN_KEPT = timedelta(days=30)  # how long what was deleted can be restored
TASKS_KEPT = timedelta(days=30)  # what the queue notes of tasks that failed
LONG_AGO = 24 * 3600.0  # seconds: whoever began a temporary folder before that was killed
AT_ONCE = 2_000  # rows of one short transaction


def schedule() -> None:
    """Both also run without a person ever opening a page."""
    for name, function, minutes in (
        ("sweep", "studio.engine.tasks.sweep", 1),
        ("tidy", "studio.engine.tasks.tidy", 60),
    ):
        Schedule.objects.get_or_create(
            name=name,
            defaults={
                "func": function,
                "schedule_type": Schedule.MINUTES,
                "minutes": minutes,
                "cluster": queue.CPU,
                "next_run": timezone.now() + timedelta(minutes=minutes),
            },
        )


def tidy() -> None:
    """Prune the news of runs that ended long ago; their records hold the truth. Remove work that nobody reads."""
    old = RunEvent.objects.filter(
        created_at__lt=timezone.now() - NEWS_KEPT, run__status__in=[str(status) for status in TERMINAL]
    )
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        RunEvent.objects.filter(pk__in=ids).delete()
    root = settings.WORK_DIR / folders.RUNS
    for folder in root.iterdir() if root.exists() else ():
        status = Run.objects.filter(run_id=folder.name).values_list("status", flat=True).first()
        if status is None or status in TERMINAL:
            shutil.rmtree(folder, ignore_errors=True)
    _empty_bin()
    data.clean_abandoned()
    _remove_abandoned(settings.WORK_DIR / "inspections")
    open_store(settings.STORE_DIR).clean_staging(LONG_AGO)
    Task.objects.filter(stopped__lt=timezone.now() - TASKS_KEPT).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def _empty_bin() -> None:
    before = timezone.now() - BIN_KEPT
    retiring.retire(before, open_store(settings.STORE_DIR), _behind_models)
    empty = Experiment.objects.filter(
        deleted_at__lt=before, is_default=False, runs=None, logged_models=None, traces=None
    )
    empty.delete()


def _behind_models(keys: Collection[int]) -> set[int]:
    """Runs in whose files a registered version still has its model."""
    there = Run.objects.filter(pk__in=keys)
    without_copy = ModelVersion.objects.filter(path="").exclude(status=VersionStatus.FAILED)
    by_key = without_copy.filter(run__in=keys).values_list("run", flat=True)
    named = without_copy.filter(source_run_id__in=there.values("run_id")).values("source_run_id")
    return {*by_key, *there.filter(run_id__in=named).values_list("pk", flat=True)}


def _remove_abandoned(root: Path) -> None:
    for folder in root.iterdir() if root.exists() else ():
        if time.time() - folder.stat().st_mtime > LONG_AGO:
            shutil.rmtree(folder, ignore_errors=True)
