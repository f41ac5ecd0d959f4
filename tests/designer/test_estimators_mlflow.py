"""A model folder is judged by MLflow itself, in a process that does not have this studio."""

import json
import os
import pickle
import pickletools
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from designer.catalogue import values
from registry.errors import Invalid
from registry.mlmodels import format
from tests.designer.nodes import Heard, run
from tests.designer.test_components_learning import (
    BINARY,
    LEFT_OUT,
    MULTICLASS,
    REGRESSION,
    mixed,
    scored,
    trained,
)

READ = """
import pickle, sys
import mlflow.pyfunc, mlflow.sklearn
folder, count = sys.argv[1], int(sys.argv[2])
rows = pickle.load(open(folder + "/rows", "rb"))
results = []
for number in range(count):
    loaded = mlflow.pyfunc.load_model(f"{folder}/{number}")
    own = mlflow.sklearn.load_model(f"{folder}/{number}")
    results.append({
        "labels": list(loaded.predict(rows)),
        "probabilities": own.predict_proba(rows) if hasattr(own, "predict_proba") else None,
        "example": len(loaded.predict(loaded.input_example)),
        "signature": [(c.name, c.type.name) for c in loaded.metadata.signature.inputs],
    })
ours = [name for name in sys.modules if name.split(".")[0] in ("designer", "registry", "studio")]
pickle.dump((results, ours), open(folder + "/out", "wb"))
"""


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return mixed(200)


CASES = [
    (BINARY[0], "y"),
    (BINARY[1], "y"),
    (BINARY[2], "y"),
    (MULTICLASS[1], "size class"),
    (REGRESSION[1], "price"),
    (REGRESSION[0], "price"),
    ("k-means", None),
]


@pytest.fixture(scope="module")
def seen_by_mlflow(rows, tmp_path_factory):
    """[(model, what MLflow predicts with it)] of all cases; the import of MLflow costs more than they do."""
    pytest.importorskip("mlflow")
    folder = tmp_path_factory.mktemp("models")
    models = [trained(algorithm, rows, label, LEFT_OUT) for algorithm, label in CASES]
    for number, model in enumerate(models):
        values.save(model, "model", folder / str(number))
    plain = rows.assign(
        **{
            "size, [of] {it}": rows["size, [of] {it}"].astype("object"),
            "whole": rows["whole"].astype("float64"),
            "truth": rows["truth"].astype("float64"),
        }
    )
    with (folder / "rows").open("wb") as file:
        pickle.dump(plain, file)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    arguments = [sys.executable, "-c", READ, str(folder), str(len(models))]
    done = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    with (folder / "out").open("rb") as file:
        results, ours = pickle.load(file)
    assert ours == []
    return list(zip(models, results, strict=True))


@pytest.mark.parametrize("case", range(len(CASES)), ids=[algorithm for algorithm, _ in CASES])
def test_mlflow_alone_predicts_what_the_studio_predicts(case, rows, seen_by_mlflow):
    (_, label), (model, result) = CASES[case], seen_by_mlflow[case]
    own = scored(model, rows)

    assert result["example"] == 5
    assert result["signature"][:5] == [
        ("number", "double"),
        ("whole", "double"),
        ("truth", "double"),
        ("size, [of] {it}", "string"),
        ("day", "datetime"),
    ]
    labels = own["Assignments" if label is None else "Scored Labels"]
    if label == "price":
        np.testing.assert_allclose(result["labels"], labels)
    else:
        assert result["labels"] == labels.tolist()
    if model.task == "binary":
        place = list(model.classes).index(model.positive)
        np.testing.assert_allclose(result["probabilities"][:, place], own["Scored Probabilities"], atol=1e-12)


@pytest.mark.parametrize(("algorithm", "label"), CASES)
def test_nothing_of_the_studio_is_pickled_and_the_model_comes_back_whole(algorithm, label, rows, tmp_path):
    model = trained(algorithm, rows, label, LEFT_OUT)
    values.save(model, "model", tmp_path)

    words = {
        str(word)
        for _, word, _ in pickletools.genops((tmp_path / "model.pkl").read_bytes())
        if isinstance(word, str)
    }
    assert not [word for word in words if word.startswith(("designer", "registry", "studio"))]
    back = values.load("model", tmp_path)
    assert back.describe() == model.describe()
    pd.testing.assert_frame_equal(scored(back, rows), scored(model, rows))


def test_the_folder_says_what_it_needs_and_what_it_is(rows, tmp_path):
    summary = values.save(trained(BINARY[1], rows, "y", LEFT_OUT), "model", tmp_path)

    assert (
        summary["classes"] == ["buys", "leaves"] and summary["algorithm"] == "Two-Class Boosted Decision Tree"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "MLmodel",
        "conda.yaml",
        "input_example.json",
        "model.pkl",
        "python_env.yaml",
        "requirements.txt",
        "serving_input_example.json",
    ]
    requirements = (tmp_path / "requirements.txt").read_text()
    assert "scikit-learn==" in requirements and "lightgbm==" in requirements
    assert len(json.loads((tmp_path / "input_example.json").read_text())["data"]) == 5
    details = format.read_details(tmp_path)
    assert details["label"] == "y" and details["positive"] == "leaves" and details["task"] == "binary"
    assert details["signature"]["inputs"][0] == {"type": "double", "name": "number", "required": True}


def test_a_folder_that_is_no_model_is_said_to_be_none(tmp_path):
    with pytest.raises(Invalid, match="no file MLmodel"):
        format.read_details(tmp_path)
    (tmp_path / "MLmodel").write_text("- a\n- b: [")
    with pytest.raises(Invalid, match="cannot be read"):
        format.read_details(tmp_path)


def test_a_model_is_offered_for_registration(rows):
    with Heard() as heard:
        assert (
            run(
                "register-model",
                model=trained(BINARY[0], rows, "y", LEFT_OUT),
                name="buyers",
                description="Who buys",
            )
            == {}
        )

    ((name, details),) = heard.models
    assert name == "buyers" and details["description"] == "Who buys" and details["label"] == "y"
    assert details["signature"]["inputs"]


def test_mlflow_is_not_needed_to_write_or_read(rows, tmp_path):
    code = (
        "import sys; sys.modules['mlflow'] = None\n"
        "import pandas as pd\n"
        "from designer.catalogue import values\n"
        "from tests.designer.nodes import run\n"
        "rows = pd.DataFrame({'x': range(40), 'y': [0, 1] * 20})\n"
        "model = run('train-model', untrained=run('two-class-forest')['untrained'], rows=rows, "
        "label='y')['model']\n"
        f"values.save(model, 'model', {str(tmp_path / 'm')!r}); values.load('model', "
        f"{str(tmp_path / 'm')!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
