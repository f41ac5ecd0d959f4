"""What the database finds is what a plain reading of the filter finds: random filters over random runs."""

import math
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from registry.runs.models import Dataset, DatasetUse, Experiment, Star
from registry.runs.search import runs, where
from registry.runs.search.fields import PARTS, Name
from registry.runs.search.order import Order
from registry.runs.search.tree import And, Compare, Not, Or
from tests.registry.test_search_runs import START, add

KEYS = ["a", "b c"]
# Few values, chosen so that they meet; texts that are numbers, nearly are, or differ in case only.
TEXTS = ["", "x", "X", "xy", "é", "É", "7", "7.0", "-1e1", "08", "1e999", ".5", "%", "_", "*", "a'b", "[x]", "nan", "x\ny"]
NUMBERS = [-math.inf, -10, 0, 0.5, 7, 1e300, math.inf]
PATTERNS = ["%", "x%", "_", "%x_", "É%", "[x]", "*", "", "%%", "7%0", "x", "x%y"]
TIMES = ["2026-11-01", "2026-11-01 12:01", START.timestamp() * 1000, 0, 1e300, -math.inf, START.timestamp() * 1000 + 0.5, "now"]

NO_PART = st.just("")
RUNS = st.fixed_dictionaries(
    {
        "metrics": st.dictionaries(st.sampled_from(KEYS), st.sampled_from([*NUMBERS, math.nan]), max_size=2),
        "params": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(TEXTS), max_size=2),
        "tags": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(TEXTS), max_size=2),
        "status": st.sampled_from(["completed", "failed", "queued"]),
        "source": st.sampled_from(["", "x", "X"]),
        "seconds": st.sampled_from([None, 0.5, 7.0]),
        "minutes": st.integers(0, 2),
        "ended": st.sampled_from([None, 0, 86_400]),
        "starred": st.booleans(),
        "dataset": st.sampled_from([None, ("x", "training"), ("X", ""), ("é", None)]),
    }
)


def compare(group, keys, operators, values, part=NO_PART):
    return st.builds(lambda k, p, o, v: Compare(Name(group, k, p), o, v), keys, part, st.sampled_from(operators), values)


def several(values):
    return st.lists(values, min_size=1, max_size=3).map(tuple)


keys, texts, numbers = st.sampled_from(KEYS), st.sampled_from(TEXTS), st.sampled_from(NUMBERS)
SIZES, EQUAL, LIKES, NULLS = ["<", "<=", ">", ">="], ["=", "!="], ["LIKE", "ILIKE"], ["IS NULL", "IS NOT NULL"]
LEAVES = st.one_of(
    compare("metrics", keys, [*EQUAL, *SIZES], numbers, st.sampled_from(["", *PARTS])),
    compare("metrics", keys, ["IN", "NOT IN"], several(numbers)),
    *(
        leaf
        for group in ("params", "tags")
        for leaf in (
            compare(group, keys, EQUAL, texts),
            compare(group, keys, [*EQUAL, *SIZES], numbers),
            compare(group, keys, LIKES, st.sampled_from(PATTERNS)),
            compare(group, keys, ["IN", "NOT IN"], several(st.one_of(texts, numbers))),
        )
    ),
    compare("metrics", keys, NULLS, st.none()),
    compare("params", keys, NULLS, st.none()),
    compare("attributes", st.just("source"), EQUAL, texts),
    compare("attributes", st.just("source"), LIKES, st.sampled_from(PATTERNS)),
    compare("attributes", st.sampled_from(["source", "duration", "ended", "user"]), NULLS, st.none()),
    compare("attributes", st.just("status"), EQUAL, st.sampled_from(["completed", "FAILED", "running"])),
    compare("attributes", st.just("status"), LIKES, st.sampled_from(["%ed", "Q%"])),
    compare("attributes", st.just("duration"), [*EQUAL, *SIZES], numbers),
    compare("attributes", st.sampled_from(["started", "ended"]), [*EQUAL, *SIZES], st.sampled_from(TIMES)),
    compare("attributes", st.just("starred"), EQUAL, st.sampled_from(["true", "false"])),
    compare("datasets", st.sampled_from(["name", "context"]), EQUAL, st.sampled_from(["x", "training", ""])),
    compare("datasets", st.just("name"), ["LIKE", "ILIKE"], st.sampled_from(PATTERNS)),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=5,
)
ORDERS = st.lists(
    st.builds(
        Order,
        st.one_of(
            st.builds(Name, st.just("metrics"), keys, st.sampled_from(["", "max"])),
            st.builds(Name, st.sampled_from(["params", "tags"]), keys),
            st.builds(Name, st.just("attributes"), st.sampled_from(["started", "ended", "duration", "status", "starred", "run_id"])),
        ),
        st.booleans(),
    ),
    max_size=3,
    unique_by=lambda order: order.name,
)


@pytest.fixture
def experiment(workspace):
    return Experiment.objects.create(workspace=workspace, name="Random")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],  # each example asks the database hundreds of times: one is not made smaller
)  # fmt: skip
@given(st.lists(RUNS, min_size=4, max_size=8), st.lists(TREES, min_size=4, max_size=4), st.lists(ORDERS, min_size=2, max_size=2))
def test_the_database_agrees_with_python(experiment, alice, made, trees, orders):
    experiment.runs.all().delete()
    Dataset.objects.filter(experiment=experiment).delete()
    known = {row["run"].run_id: row for row in (_made(experiment, alice, fields) for fields in made)}
    for scope in (runs.Scope(experiment.workspace, (experiment.pk,), user=alice), runs.Scope(experiment.workspace, user=alice)):
        for tree in trees:
            wanted = {id for id, row in known.items() if _holds(tree, row)}
            assert {run.run_id for run in runs.matching(scope, tree)} == wanted, str(tree)
            for order in orders:
                found = _pages(scope, tree, order)
                assert found == _sorted([known[id] for id in wanted], order), (str(tree), [str(o) for o in order])


def _pages(scope, tree, order):
    """By token, three at a time; and by offset, which must say the same."""
    found, token = [], ""
    while True:
        page = runs.search(scope, tree, order, limit=3, after=token)
        found += [run.run_id for run in page.rows]
        token = page.next_token
        if not token:
            break
    assert [run.run_id for run in runs.search(scope, tree, order, limit=3, offset=2).rows] == found[2:5]
    return found


def _made(experiment, user, given):
    values = {k: given[k] for k in ("metrics", "params", "tags", "status", "source", "seconds", "minutes")}
    ended = None if given["ended"] is None else START + timedelta(seconds=given["ended"])
    run = add(experiment, "r", **values, ended_at=ended)
    if given["starred"]:
        Star.objects.create(run=run, user=user)
    if given["dataset"]:
        name, context = given["dataset"]
        dataset, _ = Dataset.objects.get_or_create(experiment=experiment, name=name, digest="d", defaults={"source_type": "", "source": ""})
        DatasetUse.objects.create(run=run, dataset=dataset, tags={} if context is None else {"mlflow.data.context": context})
    return {**given, "run": run, "ended_at": ended}


def _holds(tree, row):
    if isinstance(tree, And):
        return all(_holds(part, row) for part in tree.parts)
    if isinstance(tree, Or):
        return any(_holds(part, row) for part in tree.parts)
    if isinstance(tree, Not):
        return not _holds(tree.part, row)
    return _true(tree, row)


def _true(c, row):
    group, key = c.name.group, c.name.key
    if group == "metrics":
        if key not in row["metrics"]:
            return c.operator == "IS NULL"
        return _number(c, row["metrics"][key])
    if group in ("params", "tags"):
        return c.operator == "IS NULL" if key not in row[group] else _either(c, row[group][key])
    if group == "datasets":
        if row["dataset"] is None:
            return False
        value = row["dataset"][0 if key == "name" else 1]
        return value is not None and _text(c, value)
    if key == "starred":
        return (row["starred"] == (c.value == "true")) == (c.operator == "=")
    if key == "status":
        words = {"completed": "completed", "FAILED": "failed", "running": "running"}
        return _text(c if c.operator in LIKES else Compare(c.name, c.operator, words[c.value]), row["status"])
    if key in ("started", "ended"):
        moment = row["run"].started_at if key == "started" else row["ended_at"]
        return c.operator == "IS NULL" if moment is None else _moment(c, moment)
    if key == "user":
        return c.operator == "IS NULL"
    value = row["seconds"] if key == "duration" else row["source"]
    if value is None or value == "" and c.operator in NULLS:
        return c.operator == "IS NULL"
    return _number(c, value) if key == "duration" else _text(c, value)


def _number(c, value):
    return {
        "=": lambda: value == c.value, "!=": lambda: value != c.value, "<": lambda: value < c.value,
        "<=": lambda: value <= c.value, ">": lambda: value > c.value, ">=": lambda: value >= c.value,
        "IN": lambda: value in c.value, "NOT IN": lambda: value not in c.value,
        "IS NULL": lambda: False, "IS NOT NULL": lambda: True,
    }[c.operator]()  # fmt: skip


def _either(c, value):
    number = float(value) if re.fullmatch(where.NUMERIC, value) else math.nan
    if c.operator in ("IN", "NOT IN"):
        among = any(value == v if isinstance(v, str) else number == v for v in c.value)
        return among == (c.operator == "IN")
    return _text(c, value) if isinstance(c.value, str) or c.value is None else _number(c, number)


def _text(c, value):
    if c.operator in LIKES:
        parts = {"%": ".*", "_": "."}
        pattern = "".join(parts.get(char) or re.escape(char) for char in c.value)
        return re.fullmatch(pattern, value, re.DOTALL | (re.IGNORECASE if c.operator == "ILIKE" else 0)) is not None
    return {
        "=": lambda: value == c.value, "!=": lambda: value != c.value, "IS NULL": lambda: False, "IS NOT NULL": lambda: True,
    }[c.operator]()  # fmt: skip


def _moment(c, moment):
    if c.operator in NULLS:
        return c.operator == "IS NOT NULL"
    if isinstance(c.value, str):
        day = moment.astimezone(UTC)
        short = {"2026-11-01": day.strftime("%Y-%m-%d"), "2026-11-01 12:01": day.strftime("%Y-%m-%d %H:%M")}
        if c.value == "now":
            # Nothing of these runs happens just now.
            before = moment < datetime.now(UTC)
            return {"=": False, "!=": True, "<": before, "<=": before, ">": not before, ">=": not before}[c.operator]
        return _number(c, short[c.value])
    return _number(c, moment.timestamp() * 1000)


def _sorted(rows, orders):
    """Lists are sorted stably, so the last key goes first."""
    rows = sorted(rows, key=lambda row: row["run"].run_id)
    if all(order.name.key != "started" for order in orders):
        rows.sort(key=lambda row: row["run"].started_at, reverse=True)
    for order in reversed(orders):
        rows.sort(key=lambda row, order=order: _value(order.name, row)[1], reverse=order.descending)
        rows.sort(key=lambda row, order=order: _value(order.name, row)[0])
    return [row["run"].run_id for row in rows]


def _value(name, row):
    """(rank, value): numbers before texts, then what is no number, then what is missing."""
    if name.group == "attributes":
        value = {
            "started": row["run"].started_at, "ended": row["ended_at"], "duration": row["seconds"], "status": row["status"],
            "starred": row["starred"], "run_id": row["run"].run_id,
        }[name.key]  # fmt: skip
        zero = {"ended": START, "duration": 0.0}.get(name.key)
        return (2, zero) if value is None else (0, value)
    if name.group == "metrics":
        value = row["metrics"].get(name.key)
        return (2, 0.0) if value is None else (1, 0.0) if math.isnan(value) else (0, value)
    value = row[name.group].get(name.key)
    if value is None:
        return 2, (0.0, "")
    number = float(value) if re.fullmatch(where.NUMERIC, value) else None
    return (0, (number, value)) if number is not None else (1, (0.0, value))
