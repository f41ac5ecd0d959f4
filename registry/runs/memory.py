"""What this process remembers so that it need not ask for every batch: which runs, series and fields there are.

Only what is committed is remembered, and ids are never given twice, so what is remembered is true or the thing is gone;
that is noticed when a row is written that hangs on it, and then everything is forgotten (`forget`).
"""

import threading
from collections.abc import Collection, Iterable
from functools import partial
from typing import NamedTuple

from django.db import transaction

from registry.runs import series as table
from registry.runs.models import Run

MOST_RUNS = 20_000
MOST_SERIES = 200_000
MOST_FIELDS = 200_000


class Known(NamedTuple):
    """Of a run what writing to it needs."""

    pk: int
    run_id: str
    node_id: str
    parent: int | None
    experiment: int | None


_lock = threading.Lock()
_runs: dict[int, Known] = {}
_series: dict[tuple[int, str], int] = {}
_fields: set[tuple[int, str, str]] = set()


def runs(pks: Collection[int]) -> dict[int, Known]:
    known = {pk: run for pk in pks if (run := _runs.get(pk))}
    if lacking := [pk for pk in pks if pk not in known]:
        found = Run.objects.filter(pk__in=lacking).values_list("pk", "run_id", "node_id", "parent_id", "experiment_id")
        fresh = {row[0]: Known(*row) for row in found}
        known |= fresh
        transaction.on_commit(partial(_keep, _runs, fresh, MOST_RUNS))
    return known


def series(places: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The ids of these (run, key), of those that there are."""
    known = {place: pk for place in places if (pk := _series.get(place))}
    if lacking := [place for place in places if place not in known]:
        found = table.known(lacking)
        known |= found
        if found:
            keep_series(found)
    return known


def keep_series(ids: dict[tuple[int, str], int]) -> None:
    if ids:
        transaction.on_commit(partial(_keep, _series, ids, MOST_SERIES))


def new_fields(fields: Iterable[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    return {field for field in fields if field not in _fields}


def keep_fields(fields: set[tuple[int, str, str]]) -> None:
    transaction.on_commit(partial(_keep_fields, fields))


def forget() -> None:
    with _lock:
        _runs.clear()
        _series.clear()
        _fields.clear()


def _keep(kept: dict, new: dict, most: int) -> None:  # type: ignore[type-arg]
    with _lock:
        kept.update(new)
        # The oldest first: a dictionary keeps the order in which things came.
        for old in list(kept)[: max(len(kept) - most, 0)]:
            del kept[old]


def _keep_fields(fields: set[tuple[int, str, str]]) -> None:
    with _lock:
        if len(_fields) > MOST_FIELDS:
            _fields.clear()
        _fields.update(fields)
