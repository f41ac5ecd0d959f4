"""Values survive the disk: every kind, every dtype, and what stands beside the values."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from designer.catalogue import tables, values
from designer.estimators.algorithms import Untrained
from registry.data import table_format

WIDE = {
    "whole": pd.array([1, 2, 3], dtype="int64"),
    "whole with gaps": pd.array([1, None, 2**60], dtype="Int64"),
    "small": np.array([1, 2, 3], dtype="uint8"),
    "number": [1.5, np.nan, -np.inf],
    "truth": [True, False, True],
    "truth with gaps": pd.array([True, None, False], dtype="boolean"),
    "day": pd.to_datetime(["2020-01-01 00:00:00.000000", None, "1969-12-31 23:59:59.123456"]),
    "category": pd.Categorical(["b", None, "a"], categories=["a", "b", "unused"]),
    "whole category": pd.Categorical([3, None, 1]),
    "text": pd.array(["ä€", None, ""], dtype=tables.text_dtype()),
    'odd "name", {with} [signs]:': [1, 2, 3],
}


def kept(df: pd.DataFrame, tmp_path) -> pd.DataFrame:
    values.save(df, "table", tmp_path / "x")
    return values.load("table", tmp_path / "x")


def test_a_table_of_every_kind_comes_back(tmp_path):
    df = pd.DataFrame(WIDE)

    back = kept(df, tmp_path)

    assert tables.kinds(back) == tables.kinds(df)
    for name in df:
        expected, found = df[name].astype("object"), back[name].astype("object")
        assert [None if pd.isna(v) else v for v in found] == [None if pd.isna(v) else v for v in expected], (
            name
        )


@pytest.mark.parametrize("rows", [0, 1])
def test_hardly_any_rows_come_back_in_their_kinds(tmp_path, rows):
    df = pd.DataFrame(WIDE).head(rows)

    assert tables.kinds(kept(df, tmp_path)) == tables.kinds(df)


def test_the_summary_tells_rows_and_kinds(tmp_path):
    summary = values.save(pd.DataFrame({"a": [1], "b": ["x"]}), "table", tmp_path / "x")

    assert summary == {
        "rows": 1,
        "columns": [{"name": "a", "kind": "integer"}, {"name": "b", "kind": "text"}],
    }


def test_label_and_scores_come_back(tmp_path):
    about = {
        "label": "y",
        "scored": {"task": "binary", "label": "y", "labels": "p", "classes": [True, False], "positive": True},
    }
    df = tables.with_meta(pd.DataFrame({"y": [1], "p": [0]}), about)

    assert tables.meta(kept(df, tmp_path)) == about


def test_a_table_written_by_an_import_is_read(tmp_path):
    """DuckDB writes no dictionary; the kind in the metadata decides."""
    table = pa.table(
        {
            "c": pa.array(["x", None, "y"]),
            "d": pa.array([datetime.date(2020, 1, 1), None, datetime.date(2021, 1, 1)]),
            "n": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("2.25")]),
            "z": pa.array(
                [datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), None, None], pa.timestamp("us", "UTC")
            ),
            "t": pa.array([datetime.time(1, 2), None, None]),
            "l": pa.array([[1, 2], None, []]),
            "nothing": pa.nulls(3),
        }
    ).replace_schema_metadata({table_format.KEY: table_format.encode({"kinds": {"c": "category"}})})
    pq.write_table(table, tmp_path / "table.parquet")

    df = values.load("table", tmp_path)

    assert tables.kinds(df) == {
        "c": "category",
        "d": "date",
        "n": "number",
        "z": "date",
        "t": "text",
        "l": "text",
        "nothing": "number",
    }
    assert df["c"].tolist()[0] == "x" and df["d"][0] == pd.Timestamp(2020, 1, 1) and df["n"][2] == 2.25


def test_objects_of_mixed_types_are_kept_as_text(tmp_path):
    assert kept(pd.DataFrame({"x": pd.Series([1, "a", None], dtype="object")}), tmp_path)["x"].tolist()[
        :2
    ] == ["1", "a"]


def test_frames_share_values_and_never_what_stands_beside_them():
    df = pd.DataFrame({"a": [1], "b": [2]})

    labelled = tables.with_meta(df, label="b")

    assert tables.meta(df) == {} and tables.meta(labelled) == {"label": "b"}
    assert tables.meta(tables.with_meta(labelled, label=None)) == {}
    assert tables.meta(labelled[["a"]]) == {}


def test_an_untrained_model_comes_back(tmp_path):
    untrained = Untrained(
        "forest", "binary", {"trees": 8, "resampling": "bagging"}, "Two-Class Decision Forest"
    )

    summary = values.save(untrained, "untrained-model", tmp_path / "x")

    assert summary == {"algorithm": "Two-Class Decision Forest", "task": "binary"}
    assert values.load("untrained-model", tmp_path / "x") == untrained


def test_a_transformation_comes_back(tmp_path):
    from tests.designer.nodes import run

    rows = pd.DataFrame({"x": [1.0, 2.0, np.nan], "c": pd.Categorical(["a", "b", None])})
    for id, settings in (
        ("clean-missing-data", {"mode": "mode"}),
        ("normalize-data", {}),
        ("indicator-values", {}),
    ):
        done = run(id, rows=rows, **settings)
        values.save(done["transform"], "transform", tmp_path / id)
        again = run("apply-transformation", transform=values.load("transform", tmp_path / id), rows=rows)[
            "table"
        ]
        pd.testing.assert_frame_equal(again, done["table"])


def test_an_evaluation_is_plain_json(tmp_path):
    evaluation = {
        "format": 1,
        "task": "regression",
        "models": [{"name": "x", "metrics": {"r2": np.float64("nan")}}],
        "figures": [],
    }

    values.save(evaluation, "evaluation", tmp_path / "x")

    assert values.load("evaluation", tmp_path / "x")["models"][0]["metrics"] == {"r2": None}
