"""Training, scoring, judging: against scikit-learn's and LightGBM's own answers, and in the corners of
bad data."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as judge
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from designer.catalogue import schema, tables
from designer.catalogue.schema import Column, ModelSchema
from registry.errors import Invalid
from tests.designer.nodes import Heard, check, infer, marked, pick, run

BINARY = ["two-class-logistic-regression", "two-class-boosted-tree", "two-class-forest"]
MULTICLASS = ["multiclass-logistic-regression", "multiclass-boosted-tree", "multiclass-forest"]
REGRESSION = ["linear-regression", "boosted-tree-regression", "forest-regression"]


def trained(algorithm: str, rows: pd.DataFrame, label: str | None = None, features=None, **settings):
    untrained = run(algorithm, **settings)["untrained"]
    more = {"features": features} if features else {}
    return run("train-model", untrained=untrained, rows=rows, label=label, **more)["model"]


def scored(model, rows, **settings) -> pd.DataFrame:
    return run("score-model", model=model, rows=rows, **settings)["table"]


def judged(rows, compared=None, **settings) -> dict:
    return run("evaluate-model", scored=rows, compared=compared, **settings)["evaluation"]


@pytest.fixture(scope="module")
def cancer() -> pd.DataFrame:
    found = load_breast_cancer(as_frame=True)
    return found.data.assign(ill=pd.Categorical(np.where(found.target == 0, "yes", "no")))


@pytest.fixture(scope="module")
def iris() -> pd.DataFrame:
    found = load_iris(as_frame=True)
    return found.data.assign(species=pd.Categorical.from_codes(found.target, found.target_names))


@pytest.fixture(scope="module")
def diabetes() -> pd.DataFrame:
    return load_diabetes(as_frame=True).frame


def mixed(count: int = 400, seed: int = 0) -> pd.DataFrame:
    """A table with everything in it; `y` depends on a number, a category and a date."""
    random = np.random.RandomState(seed)
    number, size = random.normal(size=count), random.choice(["s", "m", "l"], count)
    day = pd.Timestamp("2021-01-01") + pd.to_timedelta(random.randint(0, 700, count), unit="D")
    chance = number + (size == "l") * 2 + (day.month > 6) * 1.5 - 1 + random.normal(size=count) * 0.3
    return pd.DataFrame(
        {
            "number": np.where(random.rand(count) < 0.1, np.nan, number),
            "whole": pd.array(
                np.where(random.rand(count) < 0.1, None, random.randint(0, 9, count)), dtype="Int64"
            ),
            "truth": pd.array(
                np.where(random.rand(count) < 0.1, None, random.rand(count) < 0.5), dtype="boolean"
            ),
            "size, [of] {it}": pd.Categorical(np.where(random.rand(count) < 0.1, None, size)),
            "day": pd.Series(day).where(random.rand(count) > 0.1),
            "words": pd.array([f"text {n}" for n in range(count)], dtype=tables.text_dtype()),
            "few words": pd.array(random.choice(["a", "b"], count), dtype=tables.text_dtype()),
            "nothing": np.full(count, np.nan),
            "constant": 1,
            "infinite": np.where(random.rand(count) < 0.05, np.inf, 1.0),
            "y": pd.Categorical(np.where(chance > 0, "buys", "leaves")),
            "price": chance * 100 + 1000,
            "size class": pd.Categorical(
                np.where(chance > 1, "high", np.where(chance > -0.5, "middle", "low"))
            ),
        }
    )


LEFT_OUT = {"all": True, "kinds": [], "names": [], "except": ["y", "price", "size class"]}


# Against the libraries' own answers.


def test_logistic_regression_is_scikit_learns(cancer):
    train, test = cancer[:400], cancer[400:]
    own = scored(trained("two-class-logistic-regression", train, "ill"), test)

    X, y = train.drop(columns="ill"), train["ill"].astype("object")
    scaler = StandardScaler().fit(X)
    reference = LogisticRegression(max_iter=1000).fit(scaler.transform(X), y)
    expected = reference.predict_proba(scaler.transform(test.drop(columns="ill")))
    np.testing.assert_allclose(own["Scored Probabilities"], expected[:, 1], atol=1e-6)


def test_l1_leaves_columns_without_weight(cancer):
    model = trained("two-class-logistic-regression", cancer, "ill", l1=50.0, l2=0.0)

    assert (model.pipeline[-1].coef_ == 0).sum() > 10


@pytest.mark.parametrize("l2", [0.0, 0.001, 10.0])
def test_linear_regression_is_scikit_learns(diabetes, l2):
    train, test = diabetes[:300], diabetes[300:]
    own = scored(trained("linear-regression", train, "target", l2=l2), test)

    scaler = StandardScaler().fit(train.drop(columns="target"))
    reference = Ridge(alpha=l2) if l2 else LinearRegression()
    reference.fit(scaler.transform(train.drop(columns="target")), train["target"])
    np.testing.assert_allclose(
        own["Scored Labels"], reference.predict(scaler.transform(test.drop(columns="target")))
    )


def test_gradient_descent_comes_near_least_squares(diabetes):
    exact = judged(scored(trained("linear-regression", diabetes, "target"), diabetes))
    descent = trained("linear-regression", diabetes, "target", solution="sgd", epochs=50, learning_rate=0.01)
    near = judged(scored(descent, diabetes))

    assert near["models"][0]["metrics"]["r2"] == pytest.approx(exact["models"][0]["metrics"]["r2"], abs=0.02)


def test_boosted_trees_are_lightgbms_with_its_own_categories():
    from lightgbm import LGBMClassifier

    rows = mixed()
    own = trained("two-class-boosted-tree", rows, "y", pick("number", "size, [of] {it}"), min_leaf=20)
    given = rows[["number", "size, [of] {it}"]].set_axis(["n", "s"], axis=1)
    reference = LGBMClassifier(
        n_estimators=100, num_leaves=20, learning_rate=0.2, min_child_samples=20, verbosity=-1, n_jobs=1
    ).fit(given, rows["y"].astype("object"))

    np.testing.assert_allclose(
        scored(own, rows)["Scored Probabilities"],
        reference.predict_proba(given)[:, list(reference.classes_).index(own.positive)],
        atol=1e-9,
    )


def test_forests_are_scikit_learns(iris):
    from sklearn.ensemble import RandomForestClassifier

    own = scored(trained("multiclass-forest", iris, "species", seed=3), iris)

    X, y = iris.drop(columns="species").to_numpy(), iris["species"].astype("object")
    reference = RandomForestClassifier(8, max_depth=32, random_state=3).fit(X, y)
    np.testing.assert_allclose(own.filter(like="Scored Probabilities_"), reference.predict_proba(X))
    assert list(own.filter(like="Scored Prob")) == [f"Scored Probabilities_{c}" for c in sorted(set(y))]


def test_k_means_is_scikit_learns(iris):
    from sklearn.cluster import KMeans

    own = scored(trained("k-means", iris.drop(columns="species"), clusters=3, seed=5), iris)

    X = StandardScaler().fit_transform(iris.drop(columns="species"))
    reference = KMeans(3, n_init=10, max_iter=100, random_state=5).fit(X)
    assert judge.adjusted_rand_score(reference.labels_, own["Assignments"]) == 1
    np.testing.assert_allclose(
        np.sort(own.filter(like="DistancesToClusterCenter no."), axis=1),
        np.sort(reference.transform(X), axis=1),
    )


@pytest.mark.parametrize(
    "chosen",
    [
        {"initialization": "first"},
        {"initialization": "random"},
        {"metric": "cosine"},
        {"normalize": False},
        {"clusters": 1},
    ],
)
def test_k_means_works_in_each_of_its_settings(iris, chosen):
    evaluation = judged(scored(trained("k-means", iris, **chosen), iris))

    assert evaluation["models"][0]["metrics"]["clusters"] == chosen.get("clusters", 2)


# Columns of any kind.


@pytest.mark.parametrize("algorithm", BINARY)
def test_every_kind_of_column_teaches_two_classes(algorithm):
    model = trained(algorithm, mixed(), "y", LEFT_OUT)

    assert judged(scored(model, mixed(seed=1)))["models"][0]["metrics"]["auc"] > 0.88
    assert [c.name for c in model.features] == [
        "number",
        "whole",
        "truth",
        "size, [of] {it}",
        "day",
        "few words",
        "nothing",
        "constant",
        "infinite",
    ]


@pytest.mark.parametrize("algorithm", MULTICLASS)
def test_every_kind_of_column_teaches_several_classes(algorithm):
    model = trained(algorithm, mixed(), "size class", LEFT_OUT)

    assert judged(scored(model, mixed(seed=1)))["models"][0]["metrics"]["accuracy"] > 0.6


@pytest.mark.parametrize("algorithm", REGRESSION)
def test_every_kind_of_column_teaches_a_number(algorithm):
    model = trained(algorithm, mixed(), "price", LEFT_OUT)

    assert judged(scored(model, mixed(seed=1)))["models"][0]["metrics"]["r2"] > 0.6


def test_what_is_left_out_is_said(capsys):
    trained("two-class-forest", mixed(), "y", LEFT_OUT)

    said = capsys.readouterr().out
    assert "words is left out: free text with 400 different values." in said
    assert "learned from 400 rows and 9 columns" in said


@pytest.mark.parametrize("algorithm", [*BINARY, "k-means"])
def test_rows_never_seen_in_training_are_scored(algorithm):
    rows = mixed()
    model = trained(algorithm, rows, None if algorithm == "k-means" else "y", LEFT_OUT)
    strange = rows.head(3).assign(
        **{
            "size, [of] {it}": ["xxl", None, "s"],
            "whole": [None, 10**9, 1],
            "day": pd.to_datetime([None, "1900-01-01", "2100-01-01"]),
            "number": [np.nan, np.inf, -1e300 if algorithm != "two-class-forest" else -1e30],
            "few words": ["new", None, "a"],
        }
    )

    table = scored(model, strange)

    assert table.filter(regex="Scored|Assign").notna().all().all()
    assert len(scored(model, strange.head(0))) == 0 and len(scored(model, strange.head(1))) == 1


def test_columns_may_arrive_in_another_dtype_that_says_the_same():
    rows = mixed()
    model = trained("two-class-boosted-tree", rows, "y", LEFT_OUT)
    other = rows.astype(
        {"size, [of] {it}": "object", "few words": "category", "number": "object", "truth": "object"}
    )
    other = other.assign(
        day=rows["day"].dt.strftime("%Y-%m-%d"),
        whole=rows["whole"].astype("float64"),
        number=rows["number"].map(str, na_action="ignore"),
    )

    expected = scored(model, rows)["Scored Probabilities"]

    np.testing.assert_allclose(scored(model, tables.tidy(other, "It"))["Scored Probabilities"], expected)


def test_a_column_of_another_kind_is_refused_by_name():
    rows = mixed()
    model = trained("two-class-boosted-tree", rows, "y", pick("number"))

    with pytest.raises(Invalid, match="'number' is text here and was number in training"):
        scored(model, rows.assign(number="x"))


def test_lacking_columns_are_named():
    rows = mixed()
    model = trained("two-class-boosted-tree", rows, "y", pick("number", "day"))

    with pytest.raises(Invalid, match="no column 'number'"):
        scored(model, rows.drop(columns="number"))
    with pytest.raises(Invalid, match="'number', 'day' are not in the table"):
        scored(model, rows[["y"]])


def test_the_same_seed_gives_the_same_model():
    for algorithm in (*BINARY, *MULTICLASS):
        label = "y" if algorithm in BINARY else "size class"
        one, other = (scored(trained(algorithm, mixed(), label, LEFT_OUT), mixed()) for _ in range(2))
        pd.testing.assert_frame_equal(one, other)


def test_a_model_does_not_learn_from_earlier_scores(cancer):
    once = scored(trained("two-class-forest", cancer, "ill"), cancer)

    again = trained("two-class-forest", once, "ill")

    assert not [c.name for c in again.features if c.name.startswith("Scored")]
    assert list(scored(again, once)).count("Scored Labels") == 1


# Labels.


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        ([True, False, False], True),
        ([0, 1, 1], 1),
        (["no", "yes", "yes"], "yes"),
        ([">50K", "<=50K", ">50K"], ">50K"),
        (["good", "bad", "bad"], "bad"),
        (["red", "blue", "blue"], "red"),
        ([1, 2, 2], 1),
        ([2.0, 1.0, 1.0], 1),
        (["N", "Y", "Y"], "Y"),
        ([0, 2, 2], 2),
    ],
)
def test_the_positive_class_is_chosen_sensibly_and_said(values, positive, capsys):
    rows = pd.DataFrame({"x": range(30), "y": values * 10})
    rows = rows.astype({"y": "category"}) if isinstance(values[0], str) else rows

    model = trained("two-class-logistic-regression", rows, "y")

    assert model.positive == positive and f"The positive class is {positive}" in capsys.readouterr().out


def test_the_positive_class_can_be_chosen(cancer):
    model = trained("two-class-logistic-regression", cancer, "ill")

    usual, other = scored(model, cancer), scored(model, cancer, positive="no")

    np.testing.assert_allclose(usual["Scored Probabilities"] + other["Scored Probabilities"], 1)
    one, two = judged(usual, positive="no"), judged(other)
    assert one["models"][0]["positive"] == "no"
    for key, value in one["models"][0]["metrics"].items():
        assert value == pytest.approx(two["models"][0]["metrics"][key])
    with pytest.raises(Invalid, match="no class 'perhaps'; the classes are no, yes"):
        judged(usual, positive="perhaps")


@pytest.mark.parametrize(
    ("algorithm", "values", "sentence"),
    [
        ("two-class-forest", ["a", "b", "c"], "'y' has 3 different values.*tells two apart"),
        ("two-class-forest", ["a", "a", "a"], "has only the value a"),
        ("multiclass-forest", [5, 5, 5], "has only the value 5"),
        ("two-class-forest", [0.5, 1.0, 1.5], "holds fractions such as 0.5"),
        ("two-class-forest", [None, None, None], "No row has a value in the label column 'y'"),
        ("linear-regression", ["a", "b", "c"], "'y' is text, and Linear Regression predicts numbers"),
        ("linear-regression", [True, False, True], "'y' is boolean"),
        ("linear-regression", [1.0, np.inf, 2.0], "infinite values"),
        ("two-class-forest", pd.to_datetime(["2020-01-01"] * 3), "holds dates"),
    ],
)
def test_a_label_that_cannot_be_learned_is_refused_in_a_sentence(algorithm, values, sentence):
    rows = pd.DataFrame({"x": range(30), "y": list(values) * 10})

    with pytest.raises(Invalid, match=sentence):
        trained(algorithm, tables.tidy(rows, "It"), "y")


def test_rows_without_a_label_are_left_out_and_counted(cancer, capsys):
    rows = cancer.assign(ill=cancer["ill"].where(np.arange(len(cancer)) % 10 > 0))

    model = trained("two-class-logistic-regression", rows, "ill")
    evaluation = judged(scored(model, rows))

    assert model.rows == 512 and evaluation["models"][0]["rows"] == 512
    assert capsys.readouterr().out.count("57 of 569 rows have no ill and are left out") == 2


def test_a_label_marked_in_the_table_is_taken(cancer):
    assert trained("two-class-logistic-regression", marked(cancer, label="ill")).label == "ill"
    with pytest.raises(Invalid, match="Choose the label column"):
        trained("two-class-logistic-regression", cancer)


@pytest.mark.parametrize(
    "algorithm", ["multiclass-forest", "multiclass-boosted-tree", "multiclass-logistic-regression"]
)
@pytest.mark.parametrize("kind", ["Int64", "float64", "boolean", "category", "object"])
def test_labels_of_every_dtype_come_back_as_they_were(algorithm, kind):
    y = {"boolean": [True, False], "category": ["a", "b"], "object": ["a", "b"]}.get(kind, [3, 7])
    rows = pd.DataFrame({"x": np.repeat([0.0, 1.0], 50), "y": pd.Series(np.repeat(y, 50)).astype(kind)})

    table = scored(trained(algorithm, rows, "y"), tables.tidy(rows, "It"))

    assert table["Scored Labels"].tolist() == rows["y"].tolist()
    assert judged(table)["models"][0]["metrics"]["accuracy"] == 1


@pytest.mark.parametrize("algorithm", [*BINARY, *REGRESSION, "k-means"])
def test_an_empty_table_or_one_without_columns_teaches_nothing(algorithm):
    label = None if algorithm == "k-means" else "price" if algorithm in REGRESSION else "y"

    with pytest.raises(Invalid):
        trained(algorithm, mixed().head(0), label)
    with pytest.raises(Invalid, match="No column is left to learn from"):
        trained(algorithm, mixed(), label, pick("words"))


@pytest.mark.parametrize("algorithm", ["linear-regression", "forest-regression"])
def test_one_row_is_enough_for_a_number(algorithm):
    table = scored(trained(algorithm, mixed().head(1), "price", LEFT_OUT), mixed().head(1))

    assert table["Scored Labels"][0] == pytest.approx(mixed()["price"][0], rel=0.01)
    assert judged(table)["models"][0]["metrics"]["r2"] is None


def test_boosted_trees_want_two_rows():
    with pytest.raises(Invalid, match="needs at least two rows"):
        trained("boosted-tree-regression", mixed().head(1), "price", LEFT_OUT)


def test_more_groups_than_rows_are_refused():
    with pytest.raises(Invalid, match="5 groups cannot be made of 3 rows"):
        trained("k-means", mixed().head(3), clusters=5)


# Evaluate Model.


def test_metrics_of_two_classes_are_scikit_learns(cancer):
    with Heard() as heard:
        table = scored(trained("two-class-forest", cancer[:300], "ill"), cancer[300:])
        evaluation = judged(table)

    true, called, p = (
        cancer["ill"][300:] == "yes",
        table["Scored Labels"] == "yes",
        table["Scored Probabilities"],
    )
    expected = {
        "auc": judge.roc_auc_score(true, p),
        "accuracy": judge.accuracy_score(true, called),
        "precision": judge.precision_score(true, called),
        "recall": judge.recall_score(true, called),
        "f1": judge.f1_score(true, called),
        "average_precision": judge.average_precision_score(true, p),
        "log_loss": judge.log_loss(true, p),
        "brier": judge.brier_score_loss(true, p),
    }
    assert evaluation["models"][0]["metrics"] == pytest.approx(expected, rel=1e-6)
    assert heard.metrics == pytest.approx(expected, rel=1e-6)


def test_counts_at_every_threshold_are_those_of_the_rows(cancer):
    table = scored(trained("two-class-forest", cancer[:300], "ill"), cancer[300:])
    counts = judged(table)["models"][0]["thresholds"]

    true, p = (cancer["ill"][300:] == "yes").to_numpy(), table["Scored Probabilities"].to_numpy()
    for at, threshold in enumerate(counts["threshold"]):
        called = p >= threshold
        expected = [
            (true & called).sum(),
            (~true & called).sum(),
            (~true & ~called).sum(),
            (true & ~called).sum(),
        ]
        assert [counts[key][at] for key in ("tp", "fp", "tn", "fn")] == expected
    assert counts["threshold"][0] == 0 and counts["threshold"][-1] == 1 and len(counts["threshold"]) == 101


def test_the_roc_curve_is_scikit_learns(cancer):
    table = scored(trained("two-class-logistic-regression", cancer[:300], "ill"), cancer[300:])
    figure = next(f for f in judged(table)["figures"] if f["id"] == "roc")

    fpr, tpr, _ = judge.roc_curve(
        cancer["ill"][300:] == "yes", table["Scored Probabilities"], drop_intermediate=False
    )
    np.testing.assert_allclose(figure["figure"]["data"][1]["x"], fpr, atol=1e-5)
    np.testing.assert_allclose(figure["figure"]["data"][1]["y"], tpr, atol=1e-5)


def test_two_models_stand_in_the_same_charts(cancer):
    tables_ = [scored(trained(algorithm, cancer[:300], "ill"), cancer[300:]) for algorithm in BINARY[:2]]

    evaluation = judged(*tables_)

    names = ["Two-Class Logistic Regression", "Two-Class Boosted Decision Tree"]
    assert [model["name"] for model in evaluation["models"]] == names
    for id in ("roc", "precision-recall", "lift", "calibration"):
        figure = next(f for f in evaluation["figures"] if f["id"] == id)
        assert set(names) <= {trace["name"] for trace in figure["figure"]["data"]}
        assert {row[0] for row in figure["table"]["rows"]} == set(names)
    same = judged(tables_[0], tables_[0])
    assert len({model["name"] for model in same["models"]}) == 2


def test_metrics_of_several_classes_are_scikit_learns(iris):
    table = scored(trained("multiclass-logistic-regression", iris[::2], "species"), iris[1::2])
    model = judged(table)["models"][0]

    true, called, p = (
        iris["species"][1::2],
        table["Scored Labels"],
        table.filter(like="Scored Probabilities_"),
    )
    assert model["metrics"] == pytest.approx(
        {
            "accuracy": judge.accuracy_score(true, called),
            "precision": judge.precision_score(true, called, average="macro"),
            "recall": judge.recall_score(true, called, average="macro"),
            "f1": judge.f1_score(true, called, average="macro"),
            "f1_weighted": judge.f1_score(true, called, average="weighted"),
            "auc": judge.roc_auc_score(true, p, multi_class="ovr"),
            "log_loss": judge.log_loss(true, p),
        },
        rel=1e-6,
    )
    assert model["confusion"]["matrix"] == judge.confusion_matrix(true, called).tolist()
    assert model["confusion"]["labels"] == sorted(true.unique())


def test_metrics_of_numbers_are_scikit_learns(diabetes):
    table = scored(trained("forest-regression", diabetes[:300], "target"), diabetes[300:])
    found = judged(table)["models"][0]["metrics"]

    true, predicted = diabetes["target"][300:], table["Scored Labels"]
    assert found["mae"] == pytest.approx(judge.mean_absolute_error(true, predicted))
    assert found["rmse"] == pytest.approx(judge.root_mean_squared_error(true, predicted))
    assert found["r2"] == pytest.approx(judge.r2_score(true, predicted))
    assert found["rse"] == pytest.approx(1 - judge.r2_score(true, predicted))
    assert found["rae"] == pytest.approx(np.abs(true - predicted).sum() / np.abs(true - true.mean()).sum())
    assert found["median_absolute_error"] == pytest.approx(judge.median_absolute_error(true, predicted))
    assert found["mape"] == pytest.approx(judge.mean_absolute_percentage_error(true, predicted))


def test_metrics_of_groups_are_scikit_learns(iris):
    table = scored(trained("k-means", iris.drop(columns="species"), clusters=3), iris)
    model = judged(table)["models"][0]

    X = StandardScaler().fit_transform(iris.drop(columns="species"))
    assert model["metrics"]["silhouette"] == pytest.approx(judge.silhouette_score(X, table["Assignments"]))
    distances = table.filter(like="Distances").to_numpy()
    assert model["metrics"]["average_distance_to_center"] == pytest.approx(distances.min(axis=1).mean())
    assert sum(row["rows"] for row in model["clusters"]) == 150


def test_rows_of_one_class_have_no_auc(cancer, capsys):
    table = scored(trained("two-class-logistic-regression", cancer, "ill"), cancer[cancer["ill"] == "yes"])

    metrics = judged(table)["models"][0]["metrics"]

    assert metrics["auc"] is None and metrics["recall"] > 0.9
    assert "one class only; AUC does not exist" in capsys.readouterr().out


def test_a_single_row_is_evaluated(cancer, iris, diabetes):
    for algorithm, rows, label in (
        (BINARY[0], cancer, "ill"),
        (MULTICLASS[0], iris, "species"),
        (REGRESSION[0], diabetes, "target"),
        ("k-means", iris, None),
    ):
        assert judged(scored(trained(algorithm, rows, label), rows.head(1)))["models"][0]["rows"] == 1


def test_labels_the_model_never_saw_count_as_errors_among_several_classes(iris):
    model = trained("multiclass-forest", iris[:100], "species", seed=1)

    found = judged(scored(model, iris))["models"][0]

    assert found["confusion"]["labels"] == ["setosa", "versicolor", "virginica"]
    assert found["metrics"]["accuracy"] == pytest.approx(2 / 3, abs=0.01)


def test_what_cannot_be_evaluated_is_said(cancer, iris):
    two = scored(trained(BINARY[0], cancer, "ill"), cancer)
    several = scored(trained(MULTICLASS[0], iris, "species"), iris)

    with pytest.raises(Invalid, match="put Score Model before"):
        judged(cancer)
    with pytest.raises(Invalid, match="Predictions of different tasks cannot be compared"):
        judged(two, several)
    with pytest.raises(Invalid, match="has no rows"):
        judged(two.head(0))
    with pytest.raises(Invalid, match="no column with the true label"):
        judged(scored(trained(BINARY[0], cancer, "ill"), cancer.drop(columns="ill")))


def test_evaluations_are_plain_small_and_drawn_by_plotly(cancer, iris, diabetes):
    import json

    import plotly.graph_objects as go

    for algorithm, rows, label in (
        (BINARY[1], cancer, "ill"),
        (MULTICLASS[1], iris, "species"),
        (REGRESSION[1], diabetes, "target"),
        ("k-means", iris, None),
    ):
        table = scored(trained(algorithm, rows, label), rows)
        evaluation = judged(table, table)
        assert len(json.dumps(evaluation, allow_nan=False)) < 500_000
        for shown in evaluation["figures"]:
            go.Figure(shown["figure"])  # refuses what plotly.js does not know
            widths = {len(row) for row in shown["table"]["rows"]}
            assert widths == {len(shown["table"]["columns"])}
        assert len({shown["id"] for shown in evaluation["figures"]}) == len(evaluation["figures"])


# Cross-Validate Model.


def test_cross_validation_is_what_training_fold_by_fold_gives(cancer):
    with Heard() as heard:
        done = run("cross-validate", untrained=run(BINARY[0])["untrained"], rows=cancer, label="ill", folds=5)

    folds, table = done["folds"], done["scored"]
    for number in range(1, 6):
        part = table[table["Fold Assignments"] == number]
        again = scored(
            trained(BINARY[0], cancer[(table["Fold Assignments"] != number).to_numpy()], "ill"), part
        )
        np.testing.assert_allclose(part["Scored Probabilities"], again["Scored Probabilities"], atol=1e-9)
        assert folds["AUC"][number - 1] == pytest.approx(
            judge.roc_auc_score(part["ill"] == "yes", part["Scored Probabilities"])
        )
        assert abs((part["ill"] == "yes").sum() - 212 / 5) < 1
    assert folds["Fold"].tolist() == ["1", "2", "3", "4", "5", "Mean", "Standard deviation"]
    assert folds["AUC"][5] == pytest.approx(folds["AUC"][:5].mean())
    assert folds["AUC"][6] == pytest.approx(folds["AUC"][:5].std())
    assert heard.metrics["auc"] == pytest.approx(folds["AUC"][5]) and heard.steps[-1] == (5, 5)
    pd.testing.assert_series_equal(table["ill"], cancer["ill"])
    assert done["evaluation"]["models"][0]["rows"] == 569


@pytest.mark.parametrize(
    ("algorithm", "label"), [(MULTICLASS[1], "size class"), (REGRESSION[1], "price"), (BINARY[2], "y")]
)
def test_every_task_is_cross_validated_and_its_columns_foreseen(algorithm, label):
    rows = mixed(120)
    done = run(
        "cross-validate",
        untrained=run(algorithm)["untrained"],
        rows=rows,
        label=label,
        folds=3,
        features=LEFT_OUT,
    )

    inputs = {"untrained": infer(algorithm, {})["untrained"], "rows": tables.schema(rows)}
    foreseen = infer("cross-validate", inputs, label=label)["folds"]
    assert [(c.name, c.kind) for c in foreseen.columns] == list(tables.kinds(done["folds"]).items())
    assert len(done["scored"]) == 120


def test_folds_that_cannot_be_made_are_refused(cancer, iris):
    untrained = run(MULTICLASS[0])["untrained"]
    with pytest.raises(Invalid, match="10 folds cannot be made of 4 rows"):
        run("cross-validate", untrained=untrained, rows=iris.head(4), label="species")
    with pytest.raises(Invalid, match="only one row with versicolor"):
        run("cross-validate", untrained=untrained, rows=iris.head(51), label="species")
    with pytest.raises(Invalid, match="Clustering has no true label"):
        run("cross-validate", untrained=run("k-means")["untrained"], rows=iris)
    assert check("cross-validate", {"untrained": ModelSchema("clustering", "k-means")})[0].port == "untrained"


# Permutation Feature Importance.


def test_the_column_that_decides_is_the_most_important():
    random = np.random.RandomState(0)
    rows = pd.DataFrame({"noise": random.rand(500), "decides": random.rand(500)})
    rows["y"] = pd.Categorical(np.where(rows["decides"] > 0.5, "yes", "no"))
    model = trained("two-class-boosted-tree", rows, "y")

    found = run("permutation-importance", model=model, rows=rows, repeats=3)["table"]

    assert found["Feature"].tolist() == ["decides", "noise"]
    assert found["Importance"][0] == pytest.approx(0.5, abs=0.1) and abs(found["Importance"][1]) < 0.01
    assert list(found) == infer("permutation-importance", {})["table"].names()


@pytest.mark.parametrize("metric", ["mae", "rmse", "rae", "rse", "r2"])
def test_importance_is_above_zero_whichever_way_a_metric_points(diabetes, metric):
    model = trained("linear-regression", diabetes, "target")

    assert (
        run("permutation-importance", model=model, rows=diabetes, metric=metric)["table"]["Importance"][0] > 0
    )


def test_importance_is_refused_without_label_or_with_a_foreign_metric(diabetes):
    model = trained("linear-regression", diabetes, "target")
    with pytest.raises(Invalid, match="no column 'target', the true label"):
        run("permutation-importance", model=model, rows=diabetes.drop(columns="target"))
    with pytest.raises(Invalid, match="metric auc does not exist for a regression"):
        run("permutation-importance", model=model, rows=diabetes, metric="auc")


# Foresight.


def test_scores_are_foreseen(cancer, diabetes):
    for algorithm, rows, label in ((BINARY[0], cancer, "ill"), (REGRESSION[0], diabetes, "target")):
        untrained, arriving = infer(algorithm, {})["untrained"], tables.schema(rows)
        model = infer("train-model", {"untrained": untrained, "rows": arriving}, label=label)["model"]
        foreseen = infer("score-model", {"model": model, "rows": arriving})["table"]
        found = scored(trained(algorithm, rows, label), rows)
        assert [(c.name, c.kind) for c in foreseen.columns] == list(tables.kinds(found).items())
        assert foreseen.scored["task"] == model.task and not check("evaluate-model", {"scored": foreseen})


def test_settings_that_do_not_fit_are_seen_before_a_run():
    rows = schema.table([("x", "number"), ("job", "category"), ("day", "date")])
    two, number = ModelSchema("binary", "forest"), ModelSchema("regression", "forest")

    def said(untrained, **settings):
        return [c.message for c in check("train-model", {"untrained": untrained, "rows": rows}, **settings)]

    assert "Choose the label column" in said(two)[0]
    assert "regression predicts numbers" in said(number, label="job")[0]
    assert "no classes" in said(two, label="day")[0]
    assert said(two, label="job") == [] and said(ModelSchema("clustering", "k-means")) == []
    lacking = ModelSchema("binary", "forest", "y", (Column("z", "number"),))
    assert "not in this table: 'z'" in check("score-model", {"model": lacking, "rows": rows})[0].message
    assert "put Score Model before it" in check("evaluate-model", {"scored": rows})[0].message
