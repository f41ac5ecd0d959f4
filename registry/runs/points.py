"""Reading points as they were logged. They lie by chunks of their run's steps, so a series is read chunk by chunk; the
next chunk that there is, is found by a step in the index."""

from collections.abc import Sequence

from registry.runs import bulk
from registry.runs.bulk import Row
from registry.runs.models import MetricPoint

FIRST, LAST = -(2**63), 2**63 - 1

_CHUNKS = """
    WITH RECURSIVE c(chunk) AS (
        SELECT min(chunk) FROM runs_metricpoint WHERE run_id = %s AND chunk >= %s
        UNION ALL
        SELECT (SELECT min(p.chunk) FROM runs_metricpoint p WHERE p.run_id = %s AND p.chunk > c.chunk)
        FROM c WHERE c.chunk < %s
    )
"""


def of_series(run: int, series: int, low: int = FIRST, high: int = LAST) -> list[Row]:
    """(step, timestamp, value, is_nan) of one series in that order, with low <= step <= high."""
    return bulk.ask(
        f"{_CHUNKS} SELECT p.step, p.timestamp, p.value, p.is_nan FROM c CROSS JOIN runs_metricpoint p "
        "WHERE p.run_id = %s AND p.chunk = c.chunk AND p.series_id = %s AND p.step BETWEEN %s AND %s "
        "ORDER BY c.chunk, p.step, p.timestamp, p.value, p.is_nan",
        [*_range(run, low, high), run, series, low, high],
    )


def of_many(run: int, series: Sequence[int], low: int = FIRST, high: int = LAST) -> list[Row]:
    """(series, step, timestamp, value, is_nan) of many series of one run; each in order, one among the other."""
    marks = ", ".join(["%s"] * len(series))
    return bulk.ask(
        f"{_CHUNKS} SELECT p.series_id, p.step, p.timestamp, p.value, p.is_nan FROM c CROSS JOIN runs_metricpoint p "
        f"WHERE p.run_id = %s AND p.chunk = c.chunk AND p.series_id IN ({marks}) AND p.step BETWEEN %s AND %s "
        "ORDER BY c.chunk, p.series_id, p.step, p.timestamp, p.value, p.is_nan",
        [*_range(run, low, high), run, *series, low, high],
    )


def page(run: int, series: int, after: Row | None, limit: int) -> list[Row]:
    """As `of_series`, those that come after a row; to go through a series of any length in little memory."""
    low = after[0] if after else FIRST
    place = "" if after is None else "AND (p.step, p.timestamp, p.value, p.is_nan) > (%s, %s, %s, %s)"
    return bulk.ask(
        f"{_CHUNKS} SELECT p.step, p.timestamp, p.value, p.is_nan FROM c CROSS JOIN runs_metricpoint p "
        f"WHERE p.run_id = %s AND p.chunk = c.chunk AND p.series_id = %s {place} "
        "ORDER BY c.chunk, p.step, p.timestamp, p.value, p.is_nan LIMIT %s",
        [*_range(run, low, LAST), run, series, *(after or ()), limit],
    )


def first_time(run: int) -> int | None:
    """When the first steps of a run were logged: where its clock begins."""
    found = bulk.ask(
        "SELECT min(timestamp) FROM runs_metricpoint WHERE run_id = %s AND chunk = "
        "(SELECT min(chunk) FROM runs_metricpoint WHERE run_id = %s)",
        [run, run],
    )
    return found[0][0]


def _range(run: int, low: int, high: int) -> list[int]:
    return [run, low >> MetricPoint.CHUNK, run, high >> MetricPoint.CHUNK]
