"""What is thrown away, and when: old news, and the work folders of runs that are over."""

import shutil
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django_q.models import Schedule

from registry.runs.models import Run, RunEvent
from registry.runs.states import TERMINAL
from studio.compute import folders
from studio.engine import queue

NEWS_KEPT = timedelta(days=7)
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
