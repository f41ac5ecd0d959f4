"""Pages and profiles of tables on disk, against what pandas says."""

import json

import pytest

from registry.data import filters, preview, profile
from registry.errors import Invalid


@pytest.fixture
def table(tmp_path):
    import pandas as pd

    frame = pd.DataFrame(
        {
            "n": [5, 3, None, 1, 3],
            "x": [1.5, float("nan"), 2.5, float("inf"), -1.0],
            "word": ["apple", "Banana", None, "cherry, red", 'say "hi"'],
            "day": pd.to_datetime(["2024-01-05", "2024-01-01 10:30", None, "2023-12-31", "2024-02-01"], format="mixed"),
            "ok": pd.array([True, False, None, True, False], dtype="boolean"),
            "big": [2**60, 1, 2, 3, 4],
        }
    ).astype({"n": "Int64"})
    path = tmp_path / "table.parquet"
    frame.to_parquet(path)
    return path


def column(page, name):
    at = [c["name"] for c in page["columns"]].index(name)
    return [row[at] for row in page["rows"]]


def test_a_page_is_a_slice_with_the_truth_about_the_whole(table):
    page = preview.page(table, offset=1, limit=2)

    assert (page["offset"], page["matched"], page["total"], len(page["rows"])) == (1, 5, 5, 2)
    assert page["rows"][0] == [3, None, "Banana", "2024-01-01 10:30:00", False, 1]


def test_values_that_json_cannot_hold_are_texts(table):
    page = preview.page(table)

    assert column(page, "x") == [1.5, None, 2.5, "∞", -1.0]
    assert column(page, "big")[0] == str(2**60)


def test_sorting_puts_missing_values_last_and_keeps_the_order_of_equals(table):
    assert column(preview.page(table, sort="n"), "n") == [1, 3, 3, 5, None]
    assert column(preview.page(table, sort="-n"), "n") == [5, 3, 3, 1, None]
    assert column(preview.page(table, sort="n"), "word")[1:3] == ["Banana", 'say "hi"']
    assert column(preview.page(table, sort="n", offset=3, limit=1), "n") == [5]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"column": "n", "op": "=", "value": "3"}, ["Banana", 'say "hi"']),
        ({"column": "n", "op": "!=", "value": 3}, ["apple", None, "cherry, red"]),
        ({"column": "n", "op": "<", "value": 3}, ["cherry, red"]),
        ({"column": "x", "op": ">=", "value": "1.5"}, ["apple", None, "cherry, red"]),
        ({"column": "word", "op": "contains", "value": "AN"}, ["Banana"]),
        ({"column": "word", "op": "not-contains", "value": "an"}, ["apple", None, "cherry, red", 'say "hi"']),
        ({"column": "word", "op": "starts", "value": "ch"}, ["cherry, red"]),
        ({"column": "word", "op": "in", "value": ["apple", 'say "hi"']}, ["apple", 'say "hi"']),
        ({"column": "word", "op": "missing"}, [None]),
        ({"column": "n", "op": "present"}, ["apple", "Banana", "cherry, red", 'say "hi"']),
        ({"column": "day", "op": "<", "value": "2024-01-01"}, ["cherry, red"]),
        ({"column": "ok", "op": "=", "value": "true"}, ["apple", "cherry, red"]),
    ],
)
def test_filters_choose_rows(table, wanted, words):
    page = preview.page(table, filters=[wanted])

    assert column(page, "word") == words
    assert page["matched"] == len(words)


def test_not_a_number_is_missing_and_never_large(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"x": [1.0, float("nan"), None, 3.0]}), path)

    assert preview.page(path, filters=[{"column": "x", "op": ">", "value": 2}])["rows"] == [[3.0]]
    assert preview.page(path, filters=[{"column": "x", "op": "missing"}])["matched"] == 2
    assert preview.page(path, sort="-x")["rows"] == [[3.0], [1.0], [None], [None]]
    assert profile.compute(path)["columns"][0]["missing"] == 2


def test_a_search_looks_into_every_column(table):
    assert column(preview.page(table, search="banana"), "n") == [3]
    assert column(preview.page(table, search="2024-01"), "word") == ["apple", "Banana"]
    assert column(preview.page(table, search="5", sort="-n"), "n")[0] == 5
    assert preview.page(table, search="nowhere to be found")["matched"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "nothing"},
        {"columns": ["nothing"]},
        {"filters": [{"column": "nothing", "op": "="}]},
        {"filters": [{"column": "n", "op": "like", "value": 1}]},
        {"filters": [{"column": "n", "op": "=", "value": "three"}]},
        {"filters": [{"column": "day", "op": "=", "value": "yesterday"}]},
        {"filters": [{"column": "n", "op": "in", "value": []}]},
    ],
)
def test_senseless_questions_are_refused_with_a_sentence(table, query):
    with pytest.raises(Invalid) as refused:
        preview.page(table, **query)
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    "wanted",
    [
        {"column": ["n"]},
        {"column": {"n": 1}, "op": "missing"},
        {"column": "word", "op": ["="], "value": "a"},
        {"column": "n", "op": ">", "value": 10**400},
        {"column": "word", "op": "=", "value": "\ud800"},
        {"column": "word", "op": "contains", "value": {"a": 1}},
    ],
)
def test_a_filter_of_any_shape_is_refused_with_a_sentence(table, wanted):
    with pytest.raises(Invalid):
        preview.page(table, filters=[wanted])


def test_a_filter_without_bottom_is_refused_with_a_sentence(table):
    with pytest.raises(Invalid, match="JSON list"):
        filters.parse("[" * 60_000)
    assert filters.columns("[" * 60_000) == ["[" * 60_000]  # then it is the name of a column, and there is none


@pytest.mark.parametrize("evil", ["'; DROP TABLE x; --", '" OR 1=1 --', "\\", "%", "*?[", "\0"])
def test_nothing_that_is_asked_becomes_sql(tmp_path, evil):
    import pandas as pd

    folder = tmp_path / "odd [a]*'"
    folder.mkdir()
    path = folder / "table.parquet"
    pd.DataFrame({'a "quoted"; --': ["x", evil.replace("\0", "0")]}).to_parquet(path)

    page = preview.page(path, search=evil.replace("\0", "0"), sort='-a "quoted"; --')
    assert page["total"] == 2
    assert preview.page(path, filters=[{"column": 'a "quoted"; --', "op": "=", "value": evil.replace("\0", "0")}])["matched"] == 1


def test_filters_of_a_query_are_read_strictly():
    assert filters.parse("") == []
    assert filters.columns('["a,b", "c"]') == ["a,b", "c"]
    assert filters.columns("a,b") == ["a", "b"]
    for broken in ("{", "{}", "[1]", json.dumps([{}] * 51)):
        with pytest.raises(Invalid):
            filters.parse(broken)


def test_a_long_text_is_cut_and_says_so(tmp_path):
    import pandas as pd

    path = tmp_path / "table.parquet"
    pd.DataFrame({"t": ["x" * 2000]}).to_parquet(path)

    assert preview.page(path)["rows"][0][0].endswith("… (2,000 characters)")
    assert preview.page(path, full=True)["rows"][0][0] == "x" * 2000


def test_a_profile_agrees_with_pandas(tmp_path):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"x": rng.normal(size=5000), "n": rng.integers(0, 7, 5000), "w": rng.choice(list("abc"), 5000)})
    frame.loc[::10, "x"] = None
    path = tmp_path / "table.parquet"
    frame.to_parquet(path)

    x, n, w = profile.compute(path)["columns"]
    assert (x["missing"], x["distinct"], n["distinct"], w["distinct"]) == (500, 4500, 7, 3)
    assert x["mean"] == pytest.approx(frame.x.mean()) and x["std"] == pytest.approx(frame.x.std())
    assert x["quantiles"]["0.25"] == pytest.approx(frame.x.quantile(0.25))
    assert sum(x["histogram"]["counts"]) == 4500
    assert n["histogram"]["counts"] == frame.n.value_counts().sort_index().tolist()
    assert {t["value"]: t["count"] for t in w["top"]} == frame.w.value_counts().to_dict()


def test_odd_columns_have_profiles_too(tmp_path):
    import pandas as pd

    path = tmp_path / "table.parquet"
    pd.DataFrame(
        {"none": [None, None], "same": [3, 3], "inf": [float("inf"), 1.0], "list": [[1], None], "day": pd.to_datetime(["2024-01-01", None])}
    ).to_parquet(path)

    found = {c["name"]: c for c in profile.compute(path)["columns"]}
    assert found["none"]["missing"] == 2 and found["none"]["distinct"] == 0
    assert found["same"]["histogram"]["counts"] == [2]
    assert found["inf"]["max"] == "∞" and found["inf"]["mean"] == 1.0
    assert (found["day"]["min"], found["day"]["missing"]) == ("2024-01-01", 1)
    json.dumps(found, allow_nan=False)


def test_a_long_table_is_profiled_by_a_part_and_says_about(tmp_path, monkeypatch):
    import pandas as pd

    path = tmp_path / "table.parquet"
    pd.DataFrame({"n": range(100_000), "w": ["a", "b"] * 50_000}).to_parquet(path, row_group_size=5_000)
    monkeypatch.setattr(profile, "EXACT_ROWS", 20_000)

    found = profile.compute(path)
    n = found["columns"][0]
    assert found["about"] and n["about"]
    assert (n["missing"], n["min"], n["max"], n["mean"]) == (0, 0, 99_999, 49_999.5)
    assert 40_000 < n["quantiles"]["0.5"] < 60_000
