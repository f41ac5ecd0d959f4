"""The queue, seen from the engine: which tasks wait in it, and putting one there unless it waits already.

django-q2 has no question "is this task queued?", so the rows of its table are opened. There are few: tasks leave it
as soon as a slot takes them.
"""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

CPU = "cpu"
WATCH = "studio.engine.tasks.watch"
INSPECT = "studio.engine.tasks.inspect"
PING = "studio.engine.tasks.ping"


def watch(run_pk: int) -> None:
    async_task(WATCH, run_pk, cluster=CPU, save=False)


def inspect(upload_id: object) -> None:
    async_task(INSPECT, str(upload_id), cluster=CPU, save=False)


def ping(token: str) -> None:
    async_task(PING, token, cluster=CPU, save=False)


def ensure(function: str, argument: Any, enqueue: Callable[[Any], None]) -> None:
    """See to it that the task will be delivered (once more). The task itself finds out whether there is anything
    left to do, so one delivery too many does no harm."""
    for row in OrmQ.objects.filter(key=CPU).order_by("id"):
        task = _opened(row)
        if task and task.get("func") == function and list(task.get("args", ()))[:1] == [argument]:
            # A lock in the future: taken by a slot that never began with it, or died of something.
            OrmQ.objects.filter(pk=row.pk, lock__gt=timezone.now()).update(lock=timezone.now())
            return
    enqueue(argument)


def free_locks() -> None:
    """At the start of the only cluster: nobody holds anything."""
    OrmQ.objects.filter(key=CPU).update(lock=timezone.now())
    for row in OrmQ.objects.filter(key=CPU):
        task = _opened(row)
        if task is None or task.get("func") == PING:
            row.delete()


def _opened(row: OrmQ) -> dict[str, Any] | None:
    task = row.task  # {} where the signature is not ours
    return task if isinstance(task, dict) and task.get("func") else None
