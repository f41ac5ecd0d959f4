"""News from below, each handed to the queue. What is missed here is found by the sweep."""

from typing import Any

from django.dispatch import receiver
from django_q.signals import post_spawn

from registry.data import signals as data
from registry.runs import signals as runs
from studio.engine import hooks, queue, slots


@receiver(runs.run_queued)
def hand_to_a_slot(sender: Any, run_id: int, **_: Any) -> None:
    queue.watch(run_id)


@receiver(runs.run_finished)
def tell_the_data(sender: Any, run_id: int, **_: Any) -> None:
    hooks.never_begun(run_id)


@receiver(data.upload_received)
def look_at_the_file(sender: Any, upload_id: Any, **_: Any) -> None:
    queue.inspect(upload_id)


@receiver(data.import_requested)
def submit_the_import(sender: Any, version_id: int, **_: Any) -> None:
    hooks.submit_import(version_id)


@receiver(post_spawn)
def a_slot_was_born(sender: Any, **_: Any) -> None:
    slots.announce()
