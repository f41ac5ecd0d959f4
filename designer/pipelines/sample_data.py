"""The sample data sets: where they come from and what their columns are called.

Both sides read this list: who registers the tables as data assets, and the sample pipelines that refer to them
by name and label. The tables come with scikit-learn and statsmodels; nothing is downloaded.
"""

from dataclasses import dataclass
from typing import Any

from registry.errors import NotFound


@dataclass(frozen=True, slots=True)
class SampleData:
    """`loader` names the function the table comes from; `label` is the column that is worth foretelling."""

    slug: str
    name: str
    loader: str
    label: str
    description: str


SAMPLE_DATA = (
    SampleData(
        "breast-cancer",
        "Breast cancer",
        "sklearn.datasets.load_breast_cancer",
        "diagnosis",
        "569 tumours, 30 measurements of their cells, and whether they were malignant or benign (Wisconsin, 1995).",
    ),
    SampleData(
        "wine",
        "Wine",
        "sklearn.datasets.load_wine",
        "cultivar",
        "178 wines of three cultivars from one region of Italy, with 13 chemical measurements each.",
    ),
    SampleData(
        "diabetes",
        "Diabetes",
        "sklearn.datasets.load_diabetes",
        "progression",
        "442 patients, ten measurements each, and how far their diabetes had progressed a year later.",
    ),
    SampleData(
        "iris",
        "Iris",
        "sklearn.datasets.load_iris",
        "species",
        "150 irises of three species with the sizes of their petals and sepals (Fisher, 1936).",
    ),
    SampleData(
        "affairs",
        "Affairs",
        "statsmodels.api.datasets.fair",
        "affair",
        "6,366 women asked by a magazine in 1974 about their marriages, and whether they had had an affair.",
    ),
)


def find(slug: str) -> SampleData:
    for sample in SAMPLE_DATA:
        if sample.slug == slug:
            return sample
    raise NotFound(f"There is no sample data set {slug!r}.")


def frame(slug: str) -> Any:
    """The table as a pandas DataFrame, its label in words. Imports pandas: never called in the web process."""
    sample = find(slug)
    if slug == "affairs":
        return _affairs(sample.label)
    from sklearn import datasets

    bunch = getattr(datasets, sample.loader.rpartition(".")[2])(as_frame=True)
    table = bunch.frame.rename(columns={"target": sample.label})
    table.columns = [name.removesuffix(" (cm)").replace(" ", "_") for name in table.columns]
    if slug != "diabetes":
        words = [str(name).replace("_", " ") for name in bunch.target_names]
        table[sample.label] = [words[code] for code in table[sample.label]]
    return table


def _affairs(label: str) -> Any:
    import statsmodels.api as sm

    table = sm.datasets.fair.load_pandas().data
    # The hours spent in affairs would give the answer away.
    table[label] = ["yes" if hours > 0 else "no" for hours in table.pop("affairs")]
    return table
