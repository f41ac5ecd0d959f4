"""Queries and scripts: what they answer, what they may not, and how their mistakes are told."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from designer.catalogue import sql_binding, tables
from designer.catalogue.schema import TableSchema, table
from designer.components.all import CATALOGUE
from registry.errors import Invalid
from tests.designer.nodes import Heard, check, infer, marked, run


@pytest.fixture
def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": pd.array([39, None, 38, 53], dtype="Int64"),
            "job": pd.Categorical(["clerk", "chief", None, "clerk"]),
            "pay": [1.5, 2.5, np.nan, 4.5],
            "city": pd.array(["Rome", "Oslo", None, "Bonn"], dtype=tables.text_dtype()),
            "since": pd.to_datetime(["2020-01-01", "2021-06-30", None, "2019-02-28"]),
            "left": pd.array([True, False, None, True], dtype="boolean"),
        }
    )


def sql(query: str, **inputs: pd.DataFrame) -> pd.DataFrame:
    return run("apply-sql", query=query, **inputs)["table"]


def test_everything_goes_through_a_query_unchanged(people):
    answer = sql("SELECT * FROM t1", t1=people)

    assert tables.kinds(answer) == tables.kinds(people)
    for name in people:
        left, right = answer[name].astype("object"), people[name].astype("object")
        assert [None if pd.isna(v) else v for v in left] == [None if pd.isna(v) else v for v in right]


def test_a_query_answers_as_duckdb_does_over_the_same_tables(people):
    query = "SELECT job, count(*) AS n, avg(pay) AS pay, sum(age) AS years FROM t1 GROUP BY ALL ORDER BY ALL"
    answer = sql(query, t1=people)

    t1 = people.astype({"job": "object"})  # noqa: F841 - DuckDB finds it by its name
    expected = duckdb.sql(query).df()
    assert answer["n"].tolist() == expected["n"].tolist()
    np.testing.assert_allclose(answer["pay"], expected["pay"])
    np.testing.assert_allclose(answer["years"].astype("float64"), expected["years"].astype("float64"))
    assert tables.kinds(answer) == {"job": "category", "n": "integer", "pay": "number", "years": "integer"}


def test_three_tables_are_joined():
    one, two, three = (pd.DataFrame({"k": [1, 2], name: [5, 6]}) for name in "abc")

    answer = sql(
        "SELECT a + b + c AS s FROM t1 JOIN t2 USING (k) JOIN t3 USING (k) ORDER BY k",
        t1=one,
        t2=two,
        t3=three,
    )

    assert answer["s"].tolist() == [15, 18]


def test_a_category_is_compared_with_a_value_it_does_not_have(people):
    assert len(sql("SELECT * FROM t1 WHERE job = 'king'", t1=people)) == 0


def test_names_with_quotes_and_spaces_and_repeated_names_arrive(people):
    strange = people.rename(columns={"age": 'the "age" of'})

    answer = sql('SELECT "the ""age"" of", job, job FROM t1', t1=strange)

    assert list(answer) == ['the "age" of', "job", "job (2)"]


def test_a_pivot_is_answered_and_not_foreseen(people):
    query = "PIVOT t1 ON job USING count(*) GROUP BY city"

    assert {"chief", "clerk"} <= set(sql(query, t1=people))
    assert not infer("apply-sql", {"t1": tables.schema(people)}, query=query)["table"].known
    assert not check("apply-sql", {"t1": tables.schema(people)}, query=query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM t1",
        "SELECT job, count(*) AS n, avg(pay) AS m, sum(age) AS s, max(since)::DATE AS d FROM t1 GROUP BY ALL",
        "WITH x AS (SELECT * FROM t1 WHERE age > 3) SELECT x.city, age / 2 AS h, age > 40 AS old FROM x",
    ],
)
def test_columns_of_an_answer_are_foreseen(people, query):
    foreseen = infer("apply-sql", {"t1": tables.schema(people)}, query=query)["table"]

    assert [(c.name, c.kind) for c in foreseen.columns] == list(tables.kinds(sql(query, t1=people)).items())
    empty = sql(query, t1=people.head(0))
    assert [(c.name, c.kind) for c in foreseen.columns] == list(tables.kinds(empty).items())


def test_foreseeing_computes_nothing():
    import time

    began = time.perf_counter()
    foreseen = infer(
        "apply-sql",
        {"t1": table([("a", "integer")])},
        query="SELECT count(*) AS n FROM range(10000000000000), t1",
    )

    assert foreseen["table"].names() == ["n"] and time.perf_counter() - began < 2


def _joins_without_end() -> str:
    parts = ["a0 AS (SELECT * FROM t1)"]
    parts += [f"a{i} AS (SELECT x.*, y.* FROM a{i - 1} x, a{i - 1} y)" for i in range(1, 24)]
    return f"WITH {', '.join(parts)} SELECT * FROM a23"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM range(length(repeat('x', 1500000000)))",
        "SELECT * FROM t1 LIMIT list_sum(range(300000000))",
        "SELECT * FROM query(repeat('x', 500000000))",
        _joins_without_end(),
    ],
    ids=["constant", "limit", "query of a query", "joins without end"],
)
def test_a_query_that_binds_for_ever_costs_the_asking_process_nothing(query):
    import time

    before, began = _memory(), time.perf_counter()
    schema = {"t1": table([("n", "integer")])}

    assert not infer("apply-sql", schema, query=query)["table"].known
    assert not check("apply-sql", schema, query=query)
    assert _memory() - before < 100 * 2**20
    # Twice its limit, for a busy machine; without one it would be minutes.
    assert time.perf_counter() - began < 2 * sql_binding.SECONDS + 5
    # And the next question is answered by a process that is well.
    assert infer("apply-sql", schema, query="SELECT n AS m FROM t1")["table"].names() == ["m"]


def test_a_binding_process_that_was_killed_is_started_again():
    schema = {"t1": table([("n", "integer")])}
    assert infer("apply-sql", schema, query="SELECT n AS first FROM t1")["table"].names() == ["first"]

    sql_binding._binder._process.kill()

    assert infer("apply-sql", schema, query="SELECT n AS second FROM t1")["table"].names() == ["second"]


def test_a_binding_process_knows_no_secrets(monkeypatch):
    monkeypatch.setenv("ATELIER_SECRET_KEY", "not to be told")
    binder = sql_binding.Binder()
    try:
        assert binder.columns("SELECT 1 AS one", []) == [("one", "INTEGER")]
        environment = Path(f"/proc/{binder._process.pid}/environ")
        assert not environment.exists() or b"ATELIER" not in environment.read_bytes()
    finally:
        binder.close()


def _memory() -> int:
    import psutil

    return psutil.Process().memory_info().rss


def test_of_an_unknown_table_nothing_is_foreseen():
    assert not infer("apply-sql", {"t1": TableSchema(known=False)}, query="SELECT a FROM t1")["table"].known
    assert not check("apply-sql", {"t1": TableSchema(known=False)}, query="SELECT a FROM t1")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("SELECT nope FROM t1", "nope"),
        ("SELECT FROM WHERE", "syntax error"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("", "no statement"),
        ("DROP TABLE t1", "Drop is not possible here"),
        ("INSTALL httpfs", "not possible here"),
        ("SET threads = 64", "Set is not possible here"),
        ("COPY t1 TO '/tmp/out.csv'", "Copy is not possible here"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled by configuration"),
        ("SELECT * FROM '/etc/passwd.csv'", "disabled"),
        ("SELECT * FROM read_text('https://example.org')", "disabled by configuration"),
        ("SELECT * FROM glob('/*')", "disabled by configuration"),
        ("SELECT * FROM people", "people"),
    ],
)
def test_what_a_query_may_not_is_said_before_and_in_a_run(people, query, sentence):
    schema = {"t1": tables.schema(people)}

    with pytest.raises(Invalid, match=sentence):
        CATALOGUE["apply-sql"].run(t1=people, query=query)
    assert sentence in check("apply-sql", schema, query=query or " ")[0].message or not query


def test_a_label_stays_marked_through_a_query(people):
    assert tables.meta(sql('SELECT age, "left" FROM t1', t1=marked(people, label="left"))) == {
        "label": "left"
    }


# Execute Python Script.


def script(code: str, **inputs: pd.DataFrame):
    return run("python-script", script=code, **inputs)


def test_the_script_that_is_there_from_the_start_hands_the_table_through(people, capsys):
    result = run("python-script", first=people)

    pd.testing.assert_frame_equal(result["first"], people)
    assert result["second"].empty
    assert "4 rows, 6 columns" in capsys.readouterr().out


def test_a_script_takes_two_tables_and_gives_two(people):
    result = script("def azureml_main(a, b):\n    return b, a[['age']]", first=people, second=people.head(1))

    assert len(result["first"]) == 1 and list(result["second"]) == ["age"]


@pytest.mark.parametrize(
    "code",
    [
        "def azureml_main(dataframe1=None, dataframe2=None):\n    return dataframe1",
        "def azureml_main(dataframe1):\n    return [dataframe1]",
        "azureml_main = lambda dataframe1, dataframe2: (dataframe1,)",
        "try:\n    def azureml_main(a, b): return a,\nexcept ImportError: pass",
    ],
)
def test_the_shapes_of_scripts_that_work(people, code):
    pd.testing.assert_frame_equal(script(code, first=people)["first"], people)


def test_a_script_may_spoil_its_own_table_only(people):
    changed = script(
        "def azureml_main(a, b):\n    a.loc[0, 'pay'] = -1\n    a['new'] = 1\n    return a", first=people
    )

    assert changed["first"]["pay"][0] == -1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            "def azureml_main(a, b):\n    x = 1\n    return a['nope']",
            r"Line 3 of the script, `return a\['nope'\]`: KeyError: 'nope'",
        ),
        (
            "import nonsense_module\ndef azureml_main(a, b): return a",
            "Line 1 of the script, `import nonsense_module`",
        ),
        ("def azureml_main(a, b):\n    return 1 / 0", "Line 2 of the script.*ZeroDivisionError"),
        ("def azureml_main(a, b)\n    return a", "Line 1 of the script: expected ':'"),
        ("def main(a, b): return a", "has no function azureml_main"),
        ("def azureml_main(a, b): pass", "returned nothing"),
        ("def azureml_main(a, b): return 1, 2, 3", "returned 3 things"),
        ("def azureml_main(a, b): return 'x',", "is a str, not a pandas DataFrame"),
        ("def azureml_main(a, b):\n    import sys\n    sys.exit(3)", "Line 3.*ended itself"),
        (
            "def azureml_main(a, b):\n    def inner(): raise ValueError('deep')\n    inner()",
            "Line 2 of the script.*deep",
        ),
    ],
)
def test_a_mistake_is_told_by_the_line_of_the_script(people, code, sentence):
    with pytest.raises(Invalid, match=sentence):
        script(code, first=people)


def test_a_script_without_its_function_is_refused_before_a_run():
    assert "azureml_main" in check("python-script", {}, script="x = 1")[0].message
    assert "Line 2" in check("python-script", {}, script="x = 1\ny = = 2")[0].message


@pytest.mark.parametrize("script", ["-" * 100_000 + "1", "a" + ".a" * 60_000, "1" + "+1" * 60_000])
def test_a_script_that_is_nested_without_end_is_refused_before_a_run(script):
    assert "nested too deep" in check("python-script", {}, script=script)[0].message


def test_whatever_a_script_returns_becomes_a_table_of_our_kinds():
    code = """
import datetime, decimal
import numpy as np, pandas as pd
def azureml_main(a, b):
    return pd.DataFrame({
        1: [1, None, 3],
        "objects": [True, None, False],
        "days": [datetime.date(2020, 1, 1), None, datetime.date(2020, 1, 3)],
        "decimals": [decimal.Decimal("1.5"), None, decimal.Decimal("2")],
        "mixed": [1, "a", [1, 2]],
        "spans": pd.to_timedelta([1, 2, 3], unit="s"),
        "zoned": pd.date_range("2020-01-01", periods=3, tz="Europe/Rome"),
        "small": np.array([1, 2, 3], dtype="int8"),
        "none": [None, None, None],
    }, index=[5, 6, 7])
"""
    result = script(code)["first"]

    assert tables.kinds(result) == {
        "1": "number",
        "objects": "boolean",
        "days": "date",
        "decimals": "number",
        "mixed": "text",
        "spans": "number",
        "zoned": "date",
        "small": "integer",
        "none": "number",
    }
    assert result.index.tolist() == [0, 1, 2]
    assert result["mixed"].tolist() == ["1", "a", "[1, 2]"]


def test_columns_of_the_same_name_are_refused():
    with pytest.raises(Invalid, match="more than one column named 'x'"):
        script(
            "import pandas as pd\ndef azureml_main(a, b): return pd.DataFrame([[1, 2]], columns=['x', 'x'])"
        )


def test_a_script_reports_metrics_and_progress(people):
    with Heard() as heard:
        script(
            "def azureml_main(a, b):\n    run.log('rows', len(a))\n    run.progress(1, 2)\n    return a",
            first=people,
        )

    assert heard.metrics == {"rows": 4.0} and heard.steps == [(1, 2)]


# Data.


def test_data_is_not_copied_but_linked(tmp_path, people):
    from designer.catalogue import values

    values.save(people, "table", tmp_path / "version")
    stored = CATALOGUE["data"].run(asset={"name": "people"}, path=str(tmp_path / "version"))["table"]

    summary = values.save(stored, "table", tmp_path / "output")

    assert summary["rows"] == 4 and summary["columns"][1] == {"name": "job", "kind": "category"}
    assert (tmp_path / "output/table.parquet").samefile(tmp_path / "version/table.parquet")
    assert list(run("data", asset={"name": "people"}, path=str(tmp_path / "version"))["table"]) == list(
        people
    )
