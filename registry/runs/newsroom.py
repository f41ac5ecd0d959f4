"""News of metrics: at once, but of one run at most twice a second. What came in between is told at the end of the half
second, by the writer, for as long as the process lives."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from django.db import transaction

from registry.runs.memory import Known
from registry.runs.models import RunEvent

PAUSE = 0.5
MOST_KEYS = 50
AT_ONCE = 500

_lock = threading.Lock()
_told: dict[int, float] = {}  # run: when something was told of it last
_waiting: dict[int, tuple[Known, set[str]]] = {}
_ring: Callable[[], None]


def call_when_waiting(ring: Callable[[], None]) -> None:
    """Whom to call when there is something to be told later."""
    global _ring
    _ring = ring


def tell(news: Mapping[Known, Sequence[str]]) -> None:
    """Inside the transaction that writes the metrics."""
    now = time.monotonic()
    events = []
    later: dict[Known, Sequence[str]] = {}
    with _lock:
        for run, keys in news.items():
            if now - _told.get(run.pk, -PAUSE) < PAUSE:
                later[run] = keys
                continue
            _told[run.pk] = now
            _, waited = _waiting.pop(run.pk, (run, set()))
            events.append(_event(run, waited.union(keys)))
        if len(_told) > 10_000:
            for pk in [pk for pk, at in _told.items() if now - at > PAUSE]:
                del _told[pk]
    RunEvent.objects.bulk_create(events, batch_size=AT_ONCE)
    if later:
        transaction.on_commit(partial(_keep, later))


def due() -> float | None:
    """In how many seconds somebody should call `tell_waiting`."""
    with _lock:
        if not _waiting:
            return None
        first = min(_told.get(pk, 0.0) for pk in _waiting)
        return max(first + PAUSE - time.monotonic(), 0.0)


@transaction.atomic
def tell_waiting() -> None:
    now = time.monotonic()
    with _lock:
        ripe = [pk for pk in _waiting if now - _told.get(pk, 0.0) >= PAUSE]
        told = [_waiting.pop(pk) for pk in ripe]
        _told.update(dict.fromkeys(ripe, now))
    # A run may be gone by now; nobody listens to it.
    there = set(RunEvent.run.field.related_model.objects.filter(pk__in=ripe).values_list("pk", flat=True))
    RunEvent.objects.bulk_create([_event(run, keys) for run, keys in told if run.pk in there], batch_size=AT_ONCE)


def forget() -> None:
    with _lock:
        _told.clear()
        _waiting.clear()


def _keep(news: Mapping[Known, Sequence[str]]) -> None:
    with _lock:
        is_first = not _waiting
        for run, keys in news.items():
            known = _waiting.setdefault(run.pk, (run, set()))[1]
            if len(known) <= MOST_KEYS:
                known.update(keys)
    if is_first:
        _ring()


def _event(run: Known, keys: set[str]) -> RunEvent:
    body = {"run_id": run.run_id, "node_id": run.node_id, "keys": sorted(keys) if len(keys) <= MOST_KEYS else None}
    return RunEvent(run_id=run.parent or run.pk, type="metric", body=body)
