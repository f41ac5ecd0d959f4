"""Reading filters: every tree can be written and read again, and whatever anybody sends is understood or refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.runs.search import fields, grammar, names, order, times
from registry.runs.search.errors import BadFilter
from registry.runs.search.fields import Name
from registry.runs.search.tree import And, Compare, Not, Or

TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12)
NUMBERS = st.one_of(st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False))
KEYS = TEXT.filter(bool)


NO_PART = st.just("")


def compare(group, part=NO_PART, key=KEYS, operators=("=",), values=TEXT):
    return st.builds(lambda k, p, o, v: Compare(Name(group, k, p), o, v), key, part, st.sampled_from(operators), values)


LEAVES = st.one_of(
    compare("metrics", st.sampled_from(["", *fields.PARTS]), operators=["=", "!=", "<", "<=", ">", ">="], values=NUMBERS),
    compare("metrics", operators=["IN", "NOT IN"], values=st.lists(NUMBERS, min_size=1, max_size=3).map(tuple)),
    compare("params", operators=["=", "!=", "LIKE", "ILIKE"]),
    compare("params", operators=["<", ">="], values=NUMBERS),
    compare("tags", operators=["IN", "NOT IN"], values=st.lists(TEXT, min_size=1, max_size=3).map(tuple)),
    compare("tags", operators=["IS NULL", "IS NOT NULL"], values=st.none()),
    compare("attributes", key=st.sampled_from(["name", "run_id", "kind"]), operators=["=", "!=", "LIKE"]),
    compare("attributes", key=st.just("started"), operators=["<", ">="], values=st.sampled_from(["2026-11-20", "2 days ago", 5])),
    compare("attributes", key=st.just("starred"), values=st.sampled_from(["true", "false"])),
    compare("datasets", key=st.sampled_from(["name", "digest", "context"])),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@given(TREES)
def test_what_is_written_reads_back_the_same(tree):
    assert grammar.parse(str(tree), fields.RUNS) == tree


@given(st.sampled_from(["metrics", "params", "tags"]), KEYS, st.booleans())
def test_names_and_orders_read_back_the_same(group, key, descending):
    wanted = order.Order(Name(group, key), descending)
    assert order.parse(str(wanted), fields.RUNS) == wanted
    assert names.parse(str(wanted).rsplit(" ", 1)[0], fields.RUNS)[0] == wanted.name


PIECES = st.sampled_from(
    [
        "metrics.", "params.", "tags.`a b`", 'tags."x"', "attributes.status", "=", "!=", "<", ">=", "LIKE", "IN", "NOT", "AND",
        "OR", "(", ")", ",", ";", "'", '"', "`", "'x'", '"y"', "1", "-2.5e3", "1e999", "IS", "NULL", "name", "starred",
        "started", "'today'", "é", "🎉", "\\", "%", "--", "/*", ":", ".", "..", "metrics.a:max", "\t", "\n", "\u2028", "0x1",
    ]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map(" ".join), st.lists(PIECES, max_size=14).map("".join)))
def test_anything_is_a_filter_or_is_refused_with_a_place(source):
    for known in (fields.RUNS, fields.PROTOCOL_RUNS, fields.EXPERIMENTS):
        try:
            tree = grammar.parse(source, known)
        except BadFilter as refusal:
            assert 0 <= refusal.fields["position"] <= len(source)
            assert refusal.fields["length"] >= 1
            assert refusal.message and refusal.fields["protocol"]
        else:
            assert grammar.parse(str(tree) if tree else "", known) == tree
        try:
            order.parse(source, known)
        except BadFilter as refusal:
            assert refusal.message


@pytest.mark.parametrize(
    "source",
    [
        "(" * 100_000, "NOT " * 25_000, "a" * 100_000, "'" * 99_999, "`" * 99_999, '"x' * 50_000, "metrics." * 12_000,
        " AND ".join(["metrics.a > 1"] * 7_000), "params.a = '" + "x" * 100_000, "x" * 1_000_001, "1" * 100_000,
        "tags.a LIKE '" + "%a" * 50_000 + "'", "params.a IN (" + "'x'," * 25_000 + ")",
        "(" * 21 + "name = 'x'" + ")" * 21, "metrics.a > 1 \0", "name = '\ud800'", "- " * 50_000, "1." * 50_000, "." * 100_000,
    ],
)  # fmt: skip
def test_hostile_filters_are_refused_at_once(source):
    with pytest.raises(BadFilter) as told:
        grammar.parse(source, fields.RUNS)
    assert len(told.value.message) < 500
    assert len(told.value.fields["protocol"]) < 800


def test_what_is_large_and_makes_sense_is_read():
    assert grammar.parse("metrics.a > " + "9" * 100_000, fields.RUNS).value == math.inf
    assert len(grammar.parse("params.a = '" + "x" * 100_000 + "'", fields.RUNS).value) == 100_000
    ids = ", ".join(f"'{n:032x}'" for n in range(10_000))
    assert len(grammar.parse(f"run_id IN ({ids})", fields.RUNS).value) == 10_000
    assert grammar.parse("(" * 20 + "name = 'x'" + ")" * 20, fields.RUNS) == Compare(Name("attributes", "name"), "=", "x")


@pytest.mark.parametrize(
    ("source", "position", "hint"),
    [
        ("metrics.auc > 0.9 AND statsu = 'x'", 22, "Did you mean status?"),
        ("accuracy > 0.9", 0, "metrics.accuracy"),
        ("metrcs.auc > 1", 0, "Did you mean metric"),
        ("metrics.auc > '0.9'", 14, "without quotes"),
        ("metrics.auc == 1", 12, "Did you mean =?"),
        ("params.a = 'x", 11, "never closed"),
        ("metrics.auc > 1 metrics.b < 2", 16, "AND or OR"),
        ("(metrics.auc > 1", 16, "closing bracket"),
        ("metrics.auc > 1)", 15, "opening bracket"),
        ("tags.a NOT LIKE 'x'", 7, "NOT before the field"),
        ("tags.a = (1, 2)", 9, "goes with IN"),
        ("started > 'last tuesday'", 10, "2 days ago"),
        ("metrics.auc:median > 1", 0, "last, min, max, best"),
        ("tags.a IN ()", 10, "empty"),
        ("datasets.nme = 'x'", 0, "name, digest, context"),
        ("starred = 'maybe'", 10, "true or false"),
    ],
)
def test_errors_name_the_place_and_the_way_out(source, position, hint):
    with pytest.raises(BadFilter) as told:
        grammar.parse(source, fields.RUNS)
    assert told.value.fields["position"] == position
    assert hint in told.value.message
    assert told.value.status == 400


@pytest.mark.parametrize(
    ("source", "phrase"),
    [
        ("metrics.auc = '1'", "Expected numeric value type for metric"),
        ("params.depth > 3", "Invalid comparator"),
        ("params.depth = 3", "Expected a quoted string value for"),
        ("attribute.start_time > 'x'", "Expected numeric value type for numeric attribute: start_time"),
        ("attribute.whatever = 'x'", "Invalid attribute key 'whatever' specified"),
        ("blah.x = 'x'", "Invalid entity type 'blah'"),
        ("dataset.x = 'x'", "Invalid dataset key 'x' specified"),
        ("metrics.a > 1; metrics.b > 2", "Search filter contained multiple expression"),
        ("metrics.a >", "Invalid comparison clause|Expected numeric"),
        ("status IN ('a')", "attributes support comparison with a list"),
        ("run_id IN ()", "expected a non-empty list of string values"),
        ("metrics.a IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params"),
        ("metrics.a LIKE 'x'", "Invalid comparator 'LIKE'"),
    ],
)
def test_clients_of_the_protocol_find_the_phrases_they_look_for(source, phrase):
    with pytest.raises(BadFilter) as told:
        grammar.parse(source, fields.PROTOCOL_RUNS)
    assert any(one in told.value.fields["protocol"] for one in phrase.split("|")), told.value.fields["protocol"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("metrics.a = 1", Name("metrics", "a")),
        ("metric.`a b/c` = 1", Name("metrics", "a b/c")),
        ('metrics."a.b" = 1', Name("metrics", "a.b")),
        ("params.mlflow.x = '1'", Name("params", "mlflow.x")),
        ("parameter.'a' = '1'", Name("params", "a")),
        ("tag.a-b = '1'", Name("tags", "a-b")),
        ("`tags`.`a` = '1'", Name("tags", "a")),
        ("attr.status = '1'", Name("attributes", "status")),
        ("run.status = '1'", Name("attributes", "status")),
        ("status='1'", Name("attributes", "status")),
        ("`run name` = '1'", Name("attributes", "run_name")),
        ("attribute.`Run name` = '1'", Name("attributes", "run_name")),
        ("created > 1", Name("attributes", "start_time")),
        ("dataset.name = '1'", Name("datasets", "name")),
        ("metrics.x>-1", Name("metrics", "x")),
    ],
)
def test_the_ways_in_which_clients_write_names(source, name):
    assert grammar.parse(source, fields.PROTOCOL_RUNS).name == name


def test_times_are_stretches():
    day = times.span("2026-11-20")
    assert (day[1] - day[0]).total_seconds() == 86_400
    minute = times.span("2026-11-20 14:30")
    assert (minute[1] - minute[0]).total_seconds() == 60
    assert times.span("3 weeks ago") < times.span("yesterday") < times.span("today")
    assert times.span("99999 years ago")[0] == times.EARLIEST
    for nonsense in ("", "2026-13-01", "0001-01-01", "9999-12-31", "soon", "-1 days ago", "١ day ago x", "2026-11-20" * 20):
        assert times.span(nonsense) is None
    assert times.of_milliseconds(math.inf) > times.of_milliseconds(0) > times.of_milliseconds(-math.inf)
