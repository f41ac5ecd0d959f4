"""Each component against the answer of pandas or scikit-learn, computed here on its own."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from designer.catalogue import tables
from designer.catalogue.schema import table
from registry.errors import Invalid
from tests.designer.nodes import check, infer, marked, pick, run


@pytest.fixture
def people() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": pd.array([39, None, 38, 53, 28, 37], dtype="Int64"),
            "pay": [10.5, 20.0, np.nan, 40.0, 50.0, np.nan],
            "job": pd.Categorical(["clerk", "chief", None, "clerk", "clerk", "chief"]),
            "city": pd.array(["Rome", None, "Oslo", "Rome", "Bonn", "Oslo"], dtype=tables.text_dtype()),
            "left": pd.array([True, False, None, True, False, True], dtype="boolean"),
            "since": pd.to_datetime(
                ["2020-01-01", "2021-06-30", None, "2019-02-28", "2020-02-29", "2022-12-31"]
            ),
        }
    )


# Select Columns.


def test_columns_are_selected_by_kind_and_name_in_the_order_of_the_table(people):
    selection = {"all": False, "kinds": ["number", "date"], "names": ["age"], "except": ["since"]}

    assert list(run("select-columns", rows=people, columns=selection)["table"]) == ["age", "pay"]


def test_all_columns_but_the_excluded_are_selected(people):
    selection = {"all": True, "kinds": [], "names": [], "except": ["city", "left"]}

    selected = run("select-columns", rows=people, columns=selection)["table"]

    pd.testing.assert_frame_equal(selected, people.drop(columns=["city", "left"]))


def test_the_order_of_selection_is_kept_if_wanted(people):
    selected = run("select-columns", rows=people, columns=pick("job", "age"), keep_order=True)["table"]

    assert list(selected) == ["job", "age"]


def test_a_column_that_is_not_there_is_named_with_its_neighbour(people):
    with pytest.raises(Invalid, match=r"no column 'jobb'.*Did you mean 'job'"):
        run("select-columns", rows=people, columns=pick("jobb"))


def test_the_label_goes_with_its_column(people):
    rows = marked(people, label="left")

    assert tables.meta(run("select-columns", rows=rows, columns=pick("age"))["table"]) == {}
    assert tables.meta(run("select-columns", rows=rows, columns=pick("left"))["table"]) == {"label": "left"}


def test_selected_columns_are_foreseen_even_of_an_unknown_table():
    from designer.catalogue.schema import TableSchema

    foreseen = infer("select-columns", {"rows": TableSchema(known=False)}, columns=pick("a", "b"))["table"]

    assert (foreseen.known, foreseen.names()) == (True, ["a", "b"])


# Edit Metadata.


def test_columns_are_renamed_in_the_order_of_the_table(people):
    renamed = run("edit-metadata", rows=people, columns=pick("job", "age"), new_names="years, work")["table"]

    assert list(renamed) == ["years", "pay", "work", "city", "left", "since"]


@pytest.mark.parametrize(
    ("column", "data_type", "expected"),
    [
        ("age", "string", ["39", None, "38", "53", "28", "37"]),
        ("age", "double", [39.0, None, 38.0, 53.0, 28.0, 37.0]),
        ("pay", "string", ["10.5", "20", None, "40", "50", None]),
        ("left", "integer", [1, 0, None, 1, 0, 1]),
        ("left", "string", ["True", "False", None, "True", "False", "True"]),
        ("since", "string", ["2020-01-01", "2021-06-30", None, "2019-02-28", "2020-02-29", "2022-12-31"]),
        ("job", "string", ["clerk", "chief", None, "clerk", "clerk", "chief"]),
    ],
)
def test_a_column_takes_another_data_type(people, column, data_type, expected):
    changed = run("edit-metadata", rows=people, columns=pick(column), data_type=data_type)["table"][column]

    assert [None if pd.isna(value) else value for value in changed] == expected
    kinds = {"string": "text", "double": "number", "integer": "integer"}
    assert tables.kind(changed.dtype) == kinds[data_type]


def test_texts_become_numbers_dates_and_booleans_and_what_cannot_be_read_is_counted(capsys):
    rows = pd.DataFrame(
        {"n": ["1", "2.5", "x"], "d": ["2020-01-31", "nonsense", None], "b": ["yes", "No", "maybe"]}
    )

    for column, data_type in (("n", "double"), ("d", "datetime"), ("b", "boolean")):
        rows = run("edit-metadata", rows=rows, columns=pick(column), data_type=data_type)["table"]

    assert tables.kinds(rows) == {"n": "number", "d": "date", "b": "boolean"}
    assert rows["n"].tolist()[:2] == [1.0, 2.5]
    assert rows["d"][0] == pd.Timestamp(2020, 1, 31)
    assert rows["b"].tolist()[:2] == [True, False]
    assert rows.isna().sum().tolist() == [1, 2, 1]
    assert capsys.readouterr().out.count("1 of 3 values could not be read") == 3


def test_dates_are_read_by_their_format():
    rows = pd.DataFrame({"d": [20200131, 20200229]})

    changed = run("edit-metadata", rows=rows, columns=pick("d"), data_type="datetime", date_format="%Y%m%d")[
        "table"
    ]

    assert changed["d"].tolist() == [pd.Timestamp(2020, 1, 31), pd.Timestamp(2020, 2, 29)]


def test_numbers_become_dates_only_by_a_format():
    with pytest.raises(Invalid, match="give the format of its dates"):
        run("edit-metadata", rows=pd.DataFrame({"d": [20200131]}), columns=pick("d"), data_type="datetime")


def test_fractions_do_not_silently_become_whole_numbers():
    with pytest.raises(Invalid, match="2 values that are not whole numbers, such as 1.5"):
        run(
            "edit-metadata", rows=pd.DataFrame({"x": [1.5, 2.0, 2.5]}), columns=pick("x"), data_type="integer"
        )


def test_columns_become_categories_and_back(people):
    categories = run(
        "edit-metadata", rows=people, columns=pick("age", "city", "left"), categorical="categorical"
    )
    plain = run(
        "edit-metadata", rows=categories["table"], columns=pick("age", "city"), categorical="noncategorical"
    )

    assert [tables.kinds(categories["table"])[name] for name in ("age", "city", "left")] == ["category"] * 3
    assert tables.kinds(plain["table"])["age"] == "integer"
    assert tables.kinds(plain["table"])["city"] == "text"
    assert plain["table"]["city"].tolist()[0] == "Rome"


def test_a_label_is_marked_renamed_and_cleared(people):
    rows = run("edit-metadata", rows=people, columns=pick("left"), fields="label", new_names="gone")["table"]
    assert tables.meta(rows) == {"label": "gone"}

    assert (
        tables.meta(run("edit-metadata", rows=rows, columns=pick("gone"), fields="clear-label")["table"])
        == {}
    )


def test_edits_that_cannot_be_are_refused_before_and_in_a_run(people):
    schema = {"rows": tables.schema(people)}
    for settings, sentence in (
        ({"columns": pick("age", "pay"), "new_names": "one"}, "2 columns are selected and 1 new names given"),
        ({"columns": pick("age"), "new_names": "job"}, "Two columns would be named 'job'"),
        ({"columns": pick("age", "pay"), "fields": "label"}, "one label column; 2 are selected"),
    ):
        assert sentence in check("edit-metadata", schema, **settings)[0].message
        with pytest.raises(Invalid, match=sentence):
            run("edit-metadata", rows=people, **settings)


def test_edited_columns_are_foreseen(people):
    settings = {"columns": pick("age"), "data_type": "double", "fields": "label", "new_names": "years"}

    foreseen = infer("edit-metadata", {"rows": tables.schema(people)}, **settings)["table"]

    assert foreseen == tables.schema(run("edit-metadata", rows=people, **settings)["table"])


# Clean Missing Data.


def test_gaps_are_filled_with_mean_median_and_mode_as_pandas_has_them(people):
    for mode, of in (("mean", pd.Series.mean), ("median", pd.Series.median), ("mode", lambda c: c.mode()[0])):
        cleaned = run("clean-missing-data", rows=people, columns=pick("age", "pay"), mode=mode)["table"]

        expected = (
            people[["age", "pay"]].astype("float64").apply(lambda column, of=of: column.fillna(of(column)))
        )
        np.testing.assert_allclose(cleaned[["age", "pay"]].astype("float64"), expected)


def test_a_mean_leaves_text_alone_and_says_so(people, capsys):
    cleaned = run("clean-missing-data", rows=people, mode="mean")["table"]

    assert cleaned.isna().sum().to_dict() == {"age": 0, "pay": 0, "job": 1, "city": 1, "left": 1, "since": 0}
    assert "Left as they are, because they have no mean: job, city, left." in capsys.readouterr().out


def test_the_most_frequent_value_fills_every_kind(people):
    cleaned = run("clean-missing-data", rows=people, mode="mode")["table"]

    assert not cleaned.isna().any().any()
    assert cleaned["job"][2] == "clerk" and cleaned["left"][2] is np.True_ or bool(cleaned["left"][2])
    assert tables.kinds(cleaned) == tables.kinds(people)


def test_a_value_of_ones_own_fills_each_kind_in_its_own_way(people):
    cleaned = run("clean-missing-data", rows=people.drop(columns="since"), value="0")["table"]

    assert cleaned["age"][1] == 0 and cleaned["pay"][2] == 0.0
    assert cleaned["job"][2] == "0" and cleaned["city"][1] == "0" and not cleaned["left"][2]
    assert tables.kinds(cleaned) == tables.kinds(people.drop(columns="since"))


def test_a_value_that_is_no_date_is_refused_by_name(people):
    with pytest.raises(Invalid, match="'since' holds dates, and '0' is none"):
        run("clean-missing-data", rows=people)


def test_rows_with_gaps_are_removed(people):
    cleaned = run("clean-missing-data", rows=people, columns=pick("pay", "city"), mode="remove-row")["table"]

    expected = people.dropna(subset=["pay", "city"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(cleaned, expected)


def test_columns_with_gaps_are_removed_within_the_ratios(people):
    removed = run("clean-missing-data", rows=people, mode="remove-column", min_ratio=0.3)["table"]

    assert list(removed) == ["age", "job", "city", "left", "since"]


def test_a_column_tells_where_values_were_missing(people):
    cleaned = run("clean-missing-data", rows=people, columns=pick("pay"), mode="mean", indicator=True)[
        "table"
    ]

    assert cleaned["pay_IsMissing"].tolist() == [0, 0, 1, 0, 0, 1]


@pytest.mark.parametrize(("all_missing", "columns"), [("remove", ["a"]), ("propagate", ["a", "b"])])
def test_a_column_without_any_value_is_removed_or_kept(all_missing, columns):
    rows = pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, np.nan]})

    cleaned = run("clean-missing-data", rows=rows, mode="mean", all_missing=all_missing)["table"]

    assert list(cleaned) == columns


def test_cleaning_does_the_same_to_other_rows(people):
    learned = run("clean-missing-data", rows=people, columns=pick("pay", "job"), mode="mode")["transform"]
    others = pd.DataFrame({"pay": [np.nan, 3.0], "job": ["king", None], "more": [1, 2]})

    cleaned = run("apply-transformation", transform=learned, rows=others)["table"]

    assert cleaned["pay"].tolist() == [10.5, 3.0]
    assert cleaned["job"].tolist() == ["king", "clerk"]


def test_a_transformation_names_the_column_that_other_rows_lack(people):
    learned = run("clean-missing-data", rows=people, columns=pick("pay"), mode="mean")["transform"]

    with pytest.raises(Invalid, match="no column 'pay'"):
        run("apply-transformation", transform=learned, rows=people.drop(columns="pay"))


def test_empty_tables_and_single_rows_can_be_cleaned(people):
    for rows in (people.head(0), people.head(1), people.iloc[[2]].reset_index(drop=True)):
        for mode in ("mean", "median", "mode", "remove-row", "remove-column"):
            run("clean-missing-data", rows=rows, mode=mode)


# Normalize Data.


def test_columns_are_normalized_as_scikit_learn_does(people):
    numbers = people[["age", "pay"]].astype("float64")

    for method, scaler in (("zscore", StandardScaler()), ("minmax", MinMaxScaler())):
        scaled = run("normalize-data", rows=people, method=method)["table"]

        np.testing.assert_allclose(scaled[["age", "pay"]], scaler.fit_transform(numbers))
        pd.testing.assert_frame_equal(
            scaled[["job", "city", "left", "since"]], people[["job", "city", "left", "since"]]
        )


def test_the_other_methods_follow_their_formulas():
    from scipy.stats import lognorm

    x = np.array([0.5, 1.0, 2.0, 8.0])
    logs = np.log(x)
    expected = {
        "logistic": 1 / (1 + np.exp(-x)),
        "tanh": np.tanh(x),
        "lognormal": lognorm(s=logs.std(), scale=np.exp(logs.mean())).cdf(x),
    }
    for method, values in expected.items():
        scaled = run("normalize-data", rows=pd.DataFrame({"x": x}), method=method)["table"]
        np.testing.assert_allclose(scaled["x"], values)


@pytest.mark.parametrize(("zero", "value"), [(True, 0.0), (False, np.nan)])
@pytest.mark.parametrize("method", ["zscore", "minmax", "lognormal"])
def test_a_constant_column_becomes_zero_or_missing(method, zero, value):
    rows = pd.DataFrame({"x": [0.1, 0.1, 0.1]})

    scaled = run("normalize-data", rows=rows, method=method, zero_for_constant=zero)["table"]

    np.testing.assert_array_equal(scaled["x"], [value] * 3)


def test_other_rows_are_normalized_with_the_numbers_learned(people):
    learned = run("normalize-data", rows=people, columns=pick("pay"))["transform"]

    scaled = run("apply-transformation", transform=learned, rows=pd.DataFrame({"pay": [100.0]}))["table"]

    assert scaled["pay"][0] == pytest.approx((100 - people["pay"].mean()) / people["pay"].std(ddof=0))


def test_the_label_is_normalized_only_by_name(people):
    rows = marked(people, label="pay")

    assert run("normalize-data", rows=rows)["table"]["pay"].equals(people["pay"])
    assert not run("normalize-data", rows=rows, columns=pick("pay"))["table"]["pay"].equals(people["pay"])


def test_text_is_not_normalized(people):
    with pytest.raises(Invalid, match="'city' is text, not numeric"):
        run("normalize-data", rows=people, columns=pick("city"))


# Convert to Indicator Values.


def test_categories_become_the_columns_that_pandas_makes(people):
    converted = run("indicator-values", rows=people, columns=pick("job", "city"), overwrite=True)["table"]

    expected = pd.get_dummies(people[["job", "city"]], prefix_sep="-", dtype="int64")
    pd.testing.assert_frame_equal(converted[list(expected)], expected)
    assert list(converted) == ["age", "pay", "left", "since", *expected]


def test_a_value_not_seen_before_is_zero_everywhere(people):
    learned = run("indicator-values", rows=people)["transform"]

    converted = run(
        "apply-transformation", transform=learned, rows=pd.DataFrame({"job": ["king", "clerk", None]})
    )

    assert converted["table"][["job-chief", "job-clerk"]].to_numpy().tolist() == [[0, 0], [0, 1], [0, 0]]


def test_indicator_columns_are_not_foreseen(people):
    foreseen = infer("indicator-values", {"rows": tables.schema(people)}, overwrite=True)["table"]

    assert not foreseen.known and "job" not in foreseen.names()


def test_too_many_values_are_refused():
    rows = pd.DataFrame({"id": pd.Categorical([f"c{n}" for n in range(600)])})

    with pytest.raises(Invalid, match="600 different values; at most 500"):
        run("indicator-values", rows=rows)


# Split Data.


@pytest.fixture
def rows() -> pd.DataFrame:
    random = np.random.RandomState(1)
    return pd.DataFrame(
        {"x": np.arange(101), "y": pd.Categorical(random.choice(["a", "b", "c"], 101, p=[0.7, 0.2, 0.1]))}
    )


@pytest.mark.parametrize("fraction", [0.5, 0.7, 0.333])
def test_rows_are_split_as_scikit_learn_splits_them(rows, fraction):
    parts = run("split-data", rows=rows, fraction=fraction, seed=7)

    first, second = train_test_split(rows, train_size=round(101 * fraction), random_state=7)
    pd.testing.assert_frame_equal(parts["first"], first.reset_index(drop=True))
    pd.testing.assert_frame_equal(parts["second"], second.reset_index(drop=True))


def test_the_first_rows_come_first_where_nothing_is_random(rows):
    parts = run("split-data", rows=rows, fraction=0.2, randomized=False)

    assert parts["first"]["x"].tolist() == list(range(20))
    assert parts["second"]["x"].tolist() == list(range(20, 101))


@pytest.mark.parametrize("randomized", [True, False])
def test_a_stratified_split_gives_each_part_the_same_shares(rows, randomized):
    parts = run("split-data", rows=rows, fraction=0.6, stratified=True, key="y", randomized=randomized)

    for value, count in rows["y"].value_counts().items():
        assert abs((parts["first"]["y"] == value).sum() - 0.6 * count) < 1
    assert sorted([*parts["first"]["x"], *parts["second"]["x"]]) == list(range(101))
    assert len(parts["first"]) == 61


def test_a_stratified_split_takes_missing_and_single_values(rows):
    rows = rows.assign(
        y=rows["y"].cat.add_categories(["d"]).where(rows["x"] > 3).fillna("d").where(rows["x"] > 0)
    )

    parts = run("split-data", rows=rows, stratified=True, key="y")

    assert len(parts["first"]) + len(parts["second"]) == 101


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("fraction", [0.0, 0.5, 1.0])
def test_hardly_any_rows_are_split(rows, count, stratified, fraction):
    parts = run("split-data", rows=rows.head(count), fraction=fraction, stratified=stratified, key="y")

    assert len(parts["first"]) == round(count * fraction)
    assert len(parts["first"]) + len(parts["second"]) == count


def test_a_key_is_demanded_for_a_stratified_split(rows):
    assert check("split-data", {}, stratified=True)[0].param == "key"


def test_both_parts_are_foreseen_and_carry_the_label(rows):
    schema = tables.schema(marked(rows, label="y"))

    assert infer("split-data", {"rows": schema}) == {"first": schema, "second": schema}
    assert tables.meta(run("split-data", rows=marked(rows, label="y"))["second"]) == {"label": "y"}


# Join Data.


@pytest.fixture
def left() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": pd.array([1, 2, 2, None, 5], dtype="Int64"),
            "name": ["a", "b", "c", "d", "e"],
            "ok": [True] * 5,
        }
    )


@pytest.fixture
def right() -> pd.DataFrame:
    return pd.DataFrame(
        {"key": [2.0, 2.0, 1.0, 9.0, np.nan], "name": ["x", "y", "z", "w", "v"], "n": [1, 2, 3, 4, 5]}
    )


@pytest.mark.parametrize(("how", "pandas_how"), [("inner", "inner"), ("left", "left"), ("outer", "outer")])
def test_tables_are_joined_as_pandas_merges_them_but_missing_keys_match_nothing(left, right, how, pandas_how):
    joined = run("join-data", left=left, right=right, left_keys=pick("id"), right_keys=pick("key"), how=how)[
        "table"
    ]

    a, b = left.assign(k=left["id"].astype("float64").fillna(-1)), right.assign(k=right["key"].fillna(-2))
    expected = a.merge(b, on="k", how=pandas_how, suffixes=("", " (2)")).drop(columns="k")
    assert list(joined) == ["id", "name", "ok", "key", "name (2)", "n"]
    assert _bag(joined) == _bag(expected)
    assert tables.kinds(joined) == {
        "id": "integer",
        "name": "text",
        "ok": "boolean",
        "key": "number",
        "name (2)": "text",
        "n": "integer",
    }


def _bag(df: pd.DataFrame) -> list[str]:
    return sorted(
        str(
            [
                None if pd.isna(v) else float(v) if isinstance(v, (int, np.number, np.bool_)) else v
                for v in row
            ]
        )
        for row in df.itertuples(index=False)
    )


def test_a_semi_join_keeps_the_left_rows_that_have_a_partner(left, right):
    joined = run(
        "join-data", left=left, right=right, left_keys=pick("id"), right_keys=pick("key"), how="semi"
    )["table"]

    assert joined["name"].tolist() == ["a", "b", "c"]
    assert list(joined) == list(left)


def test_the_right_keys_can_be_left_out_and_an_outer_join_still_has_them(left, right):
    settings = {"left_keys": pick("id"), "right_keys": pick("key"), "keep_right_keys": False}

    assert "key" not in run("join-data", left=left, right=right, how="inner", **settings)["table"]
    outer = run("join-data", left=left, right=right, how="outer", **settings)["table"]
    assert sorted(outer["id"].dropna()) == [1, 2, 2, 2, 2, 5, 9]


def test_several_keys_are_compared_in_pairs_in_the_order_chosen():
    left = pd.DataFrame({"a": [1, 1, 2], "b": ["x", "y", "x"]})
    right = pd.DataFrame({"p": ["x", "y"], "q": [1, 1], "v": [10, 20]})

    joined = run("join-data", left=left, right=right, left_keys=pick("b", "a"), right_keys=pick("p", "q"))[
        "table"
    ]

    assert joined["v"].tolist() == [10, 20]


def test_case_can_be_ignored_and_categories_match_texts():
    left = pd.DataFrame({"k": pd.Categorical(["Rome", "OSLO", None])})
    right = pd.DataFrame({"k": ["rome", "Oslo", "Bonn"], "v": [1, 2, 3]})
    keys = {"left_keys": pick("k"), "right_keys": pick("k")}

    assert len(run("join-data", left=left, right=right, **keys)["table"]) == 0
    assert run("join-data", left=left, right=right, match_case=False, **keys)["table"]["v"].tolist() == [1, 2]


def test_keys_of_different_kinds_are_refused_before_and_in_a_run(left, right):
    settings = {"left_keys": pick("id"), "right_keys": pick("name")}

    with pytest.raises(Invalid, match=r"'id' \(integer\) and 'name' \(text\) hold different kinds"):
        run("join-data", left=left, right=right, **settings)
    schemas = {"left": tables.schema(left), "right": tables.schema(right)}
    assert check("join-data", schemas, **settings)[0].param == "right_keys"


@pytest.mark.parametrize("how", ["inner", "left", "outer", "semi"])
def test_the_columns_of_a_join_are_foreseen_and_empty_tables_join(left, right, how):
    settings = {"left_keys": pick("id"), "right_keys": pick("key"), "how": how}
    for a, b in ((left, right), (left.head(0), right), (left, right.head(0)), (left.head(0), right.head(0))):
        joined = run("join-data", left=a, right=b, **settings)["table"]
        foreseen = infer("join-data", {"left": tables.schema(a), "right": tables.schema(b)}, **settings)[
            "table"
        ]
        assert [(c.name, c.kind) for c in foreseen.columns] == list(tables.kinds(joined).items())


# All of them.


def test_what_leaves_is_what_was_foreseen(people):
    schema = tables.schema(people)
    for id, settings in (
        ("clean-missing-data", {"mode": "mean"}),
        ("clean-missing-data", {"mode": "remove-row"}),
        ("normalize-data", {}),
        ("split-data", {}),
    ):
        foreseen = infer(id, {"rows": schema}, **settings)
        for port, value in run(id, rows=people, **settings).items():
            if isinstance(value, pd.DataFrame):
                assert [(c.name, c.kind) for c in foreseen[port].columns] == list(tables.kinds(value).items())


def test_no_foresight_needs_a_table():
    for id in (
        "select-columns",
        "edit-metadata",
        "clean-missing-data",
        "normalize-data",
        "indicator-values",
        "split-data",
        "join-data",
        "apply-transformation",
    ):
        infer(id, {})
        check(id, {})
        infer(id, {"rows": table([])})
