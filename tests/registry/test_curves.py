"""Curves hide no extreme and summaries tell the truth, whatever is logged, in whatever order."""

import math

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import Invalid
from registry.runs import buckets, curves, reading, tracking
from registry.runs.models import MetricBucket, MetricSummary
from tests.registry import make

NOW = 1_700_000_000_000
VALUES = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True, width=64), st.sampled_from([0.0, -0.0, 1.0, math.inf, -math.inf, math.nan])
)
STEPS = st.one_of(
    st.integers(-50, 300), st.integers(-(2**63), 2**63 - 1), st.sampled_from([-(2**63), 2**63 - 1, 0, -1, 15, 16, 17])
)
POINTS = st.tuples(VALUES, STEPS, st.integers(NOW, NOW + 50))


@pytest.fixture
def run(workspace, alice):
    return make.run(workspace, alice, kind="tracked")


@pytest.fixture
def short(monkeypatch):
    """Series are long sooner, so that small examples have buckets."""
    monkeypatch.setattr(buckets, "LONG", 40)
    monkeypatch.setattr(buckets, "GATHERED", 12)
    monkeypatch.setattr(reading, "MOST_READ", 30)


def log(run, key, points):
    tracking.write(tracking.Batch(run.pk, metrics=[(key, *point) for point in points]))


def unique(points):
    """What was told, each value once: (step, time, value, is_nan) in order."""
    return sorted({(s, t, 0.0 if math.isnan(v) else v, math.isnan(v)) for v, s, t in points})


def check_summary(run, points):
    rows, series = unique(points), MetricSummary.objects.get(run=run, key="m")
    *_, (step, time, value, is_nan) = rows
    numbers = np.array([row[2] for row in rows if not row[3]])
    steps = np.array([row[0] for row in rows if not row[3]], dtype=np.int64)
    assert series.count == len(rows)
    assert (series.last, series.last_step, series.last_time) == (None if is_nan else value, step, time)
    if not len(numbers):
        assert (series.minimum, series.maximum) == (None, None)
        return
    assert (series.minimum, series.maximum) == (numbers.min(), numbers.max())
    assert series.minimum_step == steps[numbers == numbers.min()].min()
    assert series.maximum_step == steps[numbers == numbers.max()].min()


def check_curve(run, points, columns, low=None, high=None):
    """Between any two points shown that are neighbours, nothing logged is above or below what is shown around it."""
    rows = [row for row in unique(points) if (low is None or row[0] >= low) and (high is None or row[0] <= high)]
    (curve,) = curves.curves([run], ["m"], low=low, high=high, points=columns)
    assert curve.count == len(rows)
    assert curve.not_finite == sum(1 for row in rows if row[3] or math.isinf(row[2]))
    assert list(curve.x) == sorted(curve.x)
    real = {(row[0], row[2]) for row in rows if not row[3]}
    shown = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]
    assert set(shown) <= real
    if curve.exact:
        assert sorted(shown) == sorted((row[0], row[2]) for row in rows if not row[3])
        return
    numbers = np.array([row[2] for row in rows if not row[3]])
    if len(numbers):
        assert {numbers.min(), numbers.max()} <= {y for _, y in shown}
    return curve


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batches=st.lists(st.lists(POINTS, min_size=1, max_size=60), min_size=1, max_size=8), columns=st.integers(2, 30))
def test_nothing_that_was_logged_is_hidden(workspace, alice, short, batches, columns):
    with transaction.atomic():  # one example that fails leaves the database usable for the next
        everything_is_told(make.run(workspace, alice, kind="tracked"), batches, columns)


def everything_is_told(run, batches, columns):
    told = []

    for batch in batches:
        log(run, "m", batch)
        told += batch

    check_summary(run, told)
    check_curve(run, told, columns)
    steps = sorted(step for _, step, _ in told)
    low, high = steps[len(steps) // 4], steps[3 * len(steps) // 4]
    if abs(low) < 2**53 and abs(high) < 2**53:
        check_curve(run, told, columns, low, high)
    values = sorted(unique(told), key=lambda row: (row[1], row[0], row[2], row[3]))
    read = [(step, time, 0.0 if math.isnan(v) else v, math.isnan(v)) for v, step, time in curves.history(run, "m")]
    assert read == values


@pytest.mark.parametrize("shuffled", [False, True], ids=["in order", "in any order"])
@pytest.mark.parametrize("columns", [20, 500])
def test_every_column_of_a_long_series_keeps_its_extremes(run, columns, shuffled):
    random = np.random.default_rng(3)
    steps = np.arange(30_000) * 3 - 5_000
    values = np.cumsum(random.normal(size=len(steps)))
    values[12_345], values[23_456] = 1e6, -1e6
    order = random.permutation(len(steps)) if shuffled else np.arange(len(steps))
    for start in range(0, len(steps), 1000):
        part = order[start : start + 1000]
        log(run, "m", [(float(values[at]), int(steps[at]), NOW + int(at)) for at in part])

    for low, high in ((None, None), (-1234, 70_001), (31_000, 36_000), (31_000, 31_900)):
        (curve,) = curves.curves([run], ["m"], low=low, high=high, points=columns)
        inside = (steps >= (low if low is not None else steps[0])) & (steps <= (high if high is not None else steps[-1]))
        assert curve.count == inside.sum()
        assert len(curve.y) <= 2 * (2 * columns + 2)
        assert not curve.exact or len(curve.y) == inside.sum()
        # Whole buckets of whichever width: each stretch between two shown points has its extremes shown at its ends.
        xs, ys = np.array(curve.x), np.array(curve.y, dtype=float)
        for x0, x1 in zip(np.unique(xs), np.unique(xs)[4::4], strict=False):
            around = (xs >= x0 - 4 * 3 * 256) & (xs <= x1 + 4 * 3 * 256)
            stretch = values[(steps >= x0) & (steps <= x1) & inside]
            assert stretch.min() >= ys[around].min() and stretch.max() <= ys[around].max()
        assert {values[inside].min(), values[inside].max()} <= set(curve.y)


def test_a_bucket_has_the_extremes_of_its_points(run):
    random = np.random.default_rng(5)
    values = random.normal(size=5_000)
    for start in range(0, 5_000, 250):
        log(run, "m", [(float(values[at]), at, NOW + at) for at in range(start, start + 250)])

    series = MetricSummary.objects.get(run=run, key="m")
    assert series.shift is not None and series.rolled == series.rolled_to > 4_000
    for shift in buckets.levels(series.shift):
        kept = MetricBucket.objects.filter(series=series, shift=shift).order_by("bucket")
        edges = [at << shift for at in range((series.rolled_to >> shift) + 2)]
        for bucket in kept:
            part = values[edges[bucket.bucket] : min(edges[bucket.bucket + 1], series.rolled_to)]
            assert (bucket.count, bucket.minimum, bucket.maximum) == (len(part), part.min(), part.max())
            assert values[bucket.minimum_step] == bucket.minimum and bucket.maximum_time - NOW == bucket.maximum_step
        assert sum(bucket.count for bucket in kept) == series.rolled


def test_what_comes_late_is_in_the_picture(run):
    log(run, "m", [(0.0, step, NOW + step) for step in range(3_000)])
    log(run, "m", [(9.0, 700, NOW)])

    (curve,) = curves.curves([run], ["m"], points=50)

    assert (max(curve.y), curve.x[curve.y.index(9.0)], curve.count) == (9.0, 700, 3_001)


def test_time_on_the_axis(run):
    log(run, "m", [(float(step), step, NOW + 1000 * step) for step in range(3_000)])

    (by_time,) = curves.curves([run], ["m"], x="time", points=100)
    (relative,) = curves.curves([run], ["m"], x="relative", points=100)
    (zoomed,) = curves.curves([run], ["m"], x="relative", low=100.5, high=130, points=100)

    assert (by_time.x[0], by_time.x[-1]) == (NOW, NOW + 2_999_000)
    assert (relative.x[0], relative.x[-1]) == (0, 2_999)
    assert zoomed.exact and zoomed.y == [float(n) for n in range(101, 131)]


def test_another_metric_on_the_axis(run):
    log(run, "m", [(float(step), step, NOW) for step in range(10)])
    log(run, "epoch", [(step / 5, step, NOW) for step in range(0, 10, 5)])

    (curve,) = curves.curves([run], ["m"], x="metric:epoch")

    assert curve.x == [0.0] * 5 + [1.0] * 5 and curve.y == [float(n) for n in range(10)]
    with pytest.raises(Invalid):
        curves.curves([run], ["m"], x="metric:")


def test_many_values_at_one_step(run):
    """Who never says a step has them all at 0, and tells them apart by time."""
    log(run, "m", [(float(n), 0, NOW + n) for n in range(3_000)])

    (by_step,) = curves.curves([run], ["m"], points=100)
    (by_time,) = curves.curves([run], ["m"], x="time", points=100)

    assert by_step.count == by_time.count == 3_000
    assert {min(by_step.y), max(by_step.y)} == {0.0, 2_999.0}
    assert len(by_time.x) > 100


def test_a_sample_has_the_first_and_the_last(run):
    log(run, "m", [(float(step), step, NOW) for step in range(1_000)])

    steps = [step for _, step, _ in curves.sample(run, "m", points=10)]

    assert len(steps) == 10 and (steps[0], steps[-1]) == (0, 999)
    assert [step for _, step, _ in curves.sample(run, "m", low=5, high=7, points=10)] == [5, 6, 7]
    assert list(curves.sample(run, "nothing")) == []


def test_the_api_says_what_is_no_number(client, workspace, alice, run):
    log(run, "m", [(1.0, 0, NOW), (math.nan, 1, NOW), (math.inf, 2, NOW), (-math.inf, 3, NOW)])
    client.force_login(alice)

    told = client.post(
        f"/api/v1/w/{workspace.slug}/metrics/curves",
        {"runs": [run.run_id, "unknown"], "keys": ["m", "n"]},
        content_type="application/json",
    ).json()

    assert told == {
        "curves": [
            {
                "run_id": run.run_id, "key": "m", "x": [0, 1, 2, 3], "y": [1.0, None, "Infinity", "-Infinity"],
                "count": 4, "shown": 4, "exact": True, "not_finite": 3,
            }
        ]
    }  # fmt: skip


def test_the_api_refuses_what_it_cannot_draw(client, workspace, alice, run):
    client.force_login(alice)
    for bad in ({"x": "sideways"}, {"points": 0}, {"low": "abc"}, {"runs": "all"}, {"keys": None}, {"low": 1e999}):
        asked = {"runs": [run.run_id], "keys": ["m"], **bad}
        answer = client.post(f"/api/v1/w/{workspace.slug}/metrics/curves", asked, content_type="application/json")
        assert answer.status_code in (400, 422), (bad, answer.content)


def test_a_request_takes_few_queries(django_assert_max_num_queries, run):
    for key in range(30):
        log(run, f"m{key}", [(float(step), step, NOW) for step in range(1_500)])

    with django_assert_max_num_queries(12):
        assert len(curves.curves([run], [f"m{key}" for key in range(30)], points=100)) == 30
