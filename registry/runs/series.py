"""The tables of metrics as statements: series, their summaries, their points. Inside the caller's transaction."""

from collections.abc import Sequence

from registry.runs.bulk import Row, execute, fetch

_KEYS = (("run_id", "bigint"), ("key", "text"))
_POINT = (
    ("run_id", "bigint"), ("chunk", "bigint"), ("series_id", "bigint"), ("step", "bigint"), ("timestamp", "bigint"),
    ("value", "float8"), ("is_nan", "boolean"),
)  # fmt: skip
_SUMMARY = (
    ("run_id", "bigint"), ("experiment_id", "bigint"), ("key", "text"), ("last", "float8"), ("last_step", "bigint"),
    ("last_time", "bigint"), ("minimum", "float8"), ("minimum_step", "bigint"), ("maximum", "float8"),
    ("maximum_step", "bigint"), ("count", "bigint"),
)  # fmt: skip
_NAMES = ", ".join(name for name, _ in _SUMMARY)


def known(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The series there are already of these (run, key)."""
    found = fetch(
        _KEYS,
        "SELECT s.run_id, s.key, s.id FROM v JOIN runs_metricsummary s ON s.run_id = v.run_id AND s.key = v.key",
        keys,
    )
    return {(run, key): pk for run, key, pk in found}


def add(summaries: Sequence[Row]) -> dict[tuple[int, str], int]:
    """New series with what is known of them; those that somebody else has made meanwhile are not among the answers."""
    found = fetch(
        _SUMMARY,
        f"INSERT INTO runs_metricsummary ({_NAMES}, rolled, mirrored) SELECT {_NAMES}, 0, false FROM v WHERE run_id IS NOT NULL "
        "ON CONFLICT (run_id, key) DO NOTHING RETURNING run_id, key, id",
        summaries,
    )
    return {(run, key): pk for run, key, pk in found}


def add_points(points: Sequence[Row]) -> int:
    """Write them; those that are there are left as they are. Returns how many were new."""
    return execute(
        _POINT,
        "INSERT INTO runs_metricpoint (run_id, chunk, series_id, step, timestamp, value, is_nan) "
        "SELECT run_id, chunk, series_id, step, timestamp, value, is_nan FROM v WHERE run_id IS NOT NULL ON CONFLICT DO NOTHING",
        points,
    )


def points_there(points: Sequence[Row]) -> set[Row]:
    """Which of these are written already."""
    found = fetch(
        _POINT,
        "SELECT p.run_id, p.chunk, p.series_id, p.step, p.timestamp, p.value, p.is_nan FROM v JOIN runs_metricpoint p "
        "ON p.run_id = v.run_id AND p.chunk = v.chunk AND p.series_id = v.series_id AND p.step = v.step "
        "AND p.timestamp = v.timestamp AND p.value = v.value AND p.is_nan = v.is_nan",
        points,
    )
    return {(*row[:6], bool(row[6])) for row in found}


# As the protocol has it: the highest step, of those the latest, of those the greatest; not-a-number counts as zero.
_NEW = "(v.step, v.time, coalesce(v.last, 0.0), v.last IS NULL)"
_OLD = "(s.last_step, s.last_time, coalesce(s.last, 0.0), s.last IS NULL)"
_LAST = (("id", "bigint"), ("n", "bigint"), ("last", "float8"), ("step", "bigint"), ("time", "bigint"))
_SET_LAST = (
    "UPDATE runs_metricsummary AS s SET count = s.count + v.n, last = v.last, last_step = v.step, last_time = v.time "
    f"FROM v WHERE s.id = v.id AND {_NEW} > {_OLD}"
)
_COUNT_EARLIER = (
    f"UPDATE runs_metricsummary AS s SET count = s.count + v.n FROM v WHERE s.id = v.id AND {_NEW} < {_OLD}"
)


def add_to_summaries(rows: Sequence[Row]) -> None:
    """(series, count, last, step, time, minimum, step, maximum, step) of what has come.

    A statement for each index: most values are no new extreme, and an index that nothing is written to costs nothing.
    """
    lasts = [row[:5] for row in rows]
    if execute(_LAST, _SET_LAST, lasts) < len(rows):
        # What the first statement has counted is now equal to what stands there, and so is not earlier.
        execute(_LAST, _COUNT_EARLIER, lasts)
    for name, sign, value in (("minimum", "<", 5), ("maximum", ">", 7)):
        execute(
            (("id", "bigint"), ("value", "float8"), ("step", "bigint")),
            f"UPDATE runs_metricsummary AS s SET {name} = v.value, {name}_step = v.step FROM v WHERE s.id = v.id AND "
            f"(v.value {sign} s.{name} OR s.{name} IS NULL OR (v.value = s.{name} AND v.step < s.{name}_step))",
            [(row[0], row[value], row[value + 1]) for row in rows if row[value] is not None],
        )


def name_fields(fields: Sequence[tuple[int, str, str]]) -> None:
    """(experiment, kind, key): the columns that can be chosen."""
    execute(
        (("experiment_id", "bigint"), ("kind", "text"), ("key", "text")),
        "INSERT INTO runs_runfield (experiment_id, kind, key) SELECT experiment_id, kind, key FROM v WHERE experiment_id IS NOT NULL "
        "ON CONFLICT DO NOTHING",
        fields,
    )


_PAIR = (("run_id", "bigint"), ("key", "text"), ("value", "text"))


def params_there(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], str]:
    found = fetch(
        _KEYS, "SELECT p.run_id, p.key, p.value FROM v JOIN runs_param p ON p.run_id = v.run_id AND p.key = v.key", keys
    )
    return {(run, key): value for run, key, value in found}


def add_params(params: Sequence[tuple[int, str, str]]) -> None:
    execute(
        _PAIR,
        "INSERT INTO runs_param (run_id, key, value, mirrored) SELECT run_id, key, value, false FROM v WHERE run_id IS NOT NULL "
        "ON CONFLICT DO NOTHING",
        params,
    )


def set_tags(tags: Sequence[tuple[int, str, str]]) -> None:
    execute(
        _PAIR,
        "INSERT INTO runs_tag (run_id, key, value) SELECT run_id, key, value FROM v WHERE run_id IS NOT NULL "
        "ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value",
        tags,
    )
