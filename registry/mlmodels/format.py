"""A model on disk: an MLflow folder with the `python_function` and `sklearn` flavours. Django-free.

Written and read without importing mlflow, which costs seconds at the start of every child; a test loads
the folder with the real client. What we know of a model beyond the protocol stands under `metadata:
atelier:` of the file MLmodel.

Reading a model executes what was pickled: only computing children load models, never the web process.
"""

import json
import platform
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.errors import Invalid

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION = "MLmodel"
MODEL = "model.pkl"
EXAMPLE = "input_example.json"
SERVING_EXAMPLE = "serving_input_example.json"
MLFLOW_VERSION = "3.17.2"  # the version of the format that we write
OF_OURS = ("task", "algorithm", "label")
MOST_READ = 1_000_000  # bytes of a description
LIBRARIES = ("cloudpickle", "numpy", "pandas", "scikit-learn", "scipy")


@dataclass(frozen=True, slots=True)
class Loaded:
    model: Any
    details: Mapping[str, Any] = field(default_factory=dict)


def of_kind(kind: str, missing: bool | None) -> str:
    """The type in a signature of a column of this kind. Whole numbers and booleans cannot be missing
    there, so a column that had gaps is declared as floating point, as MLflow advises."""
    match kind:
        case "integer":
            return "double" if missing else "long"
        case "boolean":
            return "double" if missing else "boolean"
        case "number":
            return "double"
        case "date":
            return "datetime"
    return "string"


def save(
    folder: Path,
    model: Any,
    *,
    inputs: Mapping[str, str],
    output: str,
    example: "pd.DataFrame | None" = None,
    libraries: Sequence[str] = (),
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write the fitted scikit-learn `model`. `inputs` maps its columns to signature types, `output` is
    the type of what it predicts, `libraries` it needs beside scikit-learn, `details` plain data that
    comes back from `load`."""
    import cloudpickle

    folder.mkdir(parents=True, exist_ok=True)
    pickled = cloudpickle.dumps(model)
    (folder / MODEL).write_bytes(pickled)
    requirements = _requirements([*LIBRARIES, *libraries])
    _write_environment(folder, requirements)
    has_example = example is not None and len(example) > 0
    if has_example:
        _write_example(folder, example, inputs)
    description = _description(inputs, output, len(pickled), has_example, details or {})
    _write(folder / DESCRIPTION, _yaml(description))


def load(folder: Path) -> Loaded:
    import cloudpickle

    with (_required(folder, MODEL)).open("rb") as file:
        model = cloudpickle.load(file)
    return Loaded(model, _describe(folder).get("metadata", {}).get("atelier", {}))


def read_details(folder: Path) -> dict[str, Any]:
    """What the folder says of its model, without loading it: our own details and the signature."""
    description = _describe(folder)
    details = dict((description.get("metadata") or {}).get("atelier") or {})
    signature = description.get("signature") or {}
    return {**details, "signature": {key: json.loads(text) for key, text in signature.items() if text}}


def read_foreign(folder: Path) -> dict[str, Any]:
    """The same of a folder that a client wrote, with its flavours; what is odd in it is left out."""
    path = Path(folder) / DESCRIPTION
    if not path.is_file() or path.stat().st_size > MOST_READ:
        return {}
    description = _describe(folder)
    flavors = description.get("flavors")
    flavors = flavors if isinstance(flavors, dict) else {}
    metadata = description.get("metadata")
    ours = metadata.get("atelier") if isinstance(metadata, dict) else None
    # Single texts only: a YAML document can refer to its own parts until a small file means gigabytes.
    known = {key: ours[key] for key in OF_OURS if isinstance(ours.get(key), str)} if isinstance(ours, dict) else {}
    return {
        **known,
        "flavors": {str(name): _library(name, about) for name, about in flavors.items()},
        "mlflow_version": str(description.get("mlflow_version") or ""),
        "signature": _signature(description.get("signature")),
    }


def _library(flavor: Any, about: Any) -> str:
    """The version of the library that the flavour names ("1.9.0" of `sklearn_version`), or of Python."""
    if not isinstance(about, dict):
        return ""
    key = "python_version" if flavor == "python_function" else next((k for k in about if str(k).endswith("_version")), "")
    return str(about.get(key, ""))


def _signature(told: Any) -> dict[str, Any]:
    found = {}
    for key, text in told.items() if isinstance(told, dict) else ():
        try:
            value = json.loads(text) if isinstance(text, str) else None
        except ValueError:
            continue
        if isinstance(value, list):
            found[str(key)] = [one for one in value if isinstance(one, dict)]
    return found


def _describe(folder: Path) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        description = yaml.load(_required(folder, DESCRIPTION).read_text(encoding="utf-8"), Loader=loader)
    except yaml.YAMLError as error:
        raise Invalid(f"The file MLmodel in {folder.name} cannot be read.", code="bad-model") from error
    if not isinstance(description, dict):
        raise Invalid(f"The file MLmodel in {folder.name} describes no model.", code="bad-model")
    return description


def _required(folder: Path, name: str) -> Path:
    path = Path(folder) / name
    if not path.is_file():
        raise Invalid(f"{Path(folder).name} is no MLflow model: it has no file {name}.", code="bad-model")
    return path


def _description(
    inputs: Mapping[str, str], output: str, size: int, has_example: bool, details: Mapping[str, Any]
) -> dict[str, Any]:
    import sklearn

    columns = [{"type": type, "name": name, "required": True} for name, type in inputs.items()]
    predicted = [{"type": "tensor", "tensor-spec": {"dtype": _TENSOR[output], "shape": [-1]}}]
    description: dict[str, Any] = {
        "flavors": {
            "python_function": {
                "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
                "loader_module": "mlflow.sklearn",
                "model_path": MODEL,
                "predict_fn": "predict",
                "python_version": platform.python_version(),
            },
            "sklearn": {
                "code": None,
                "pickled_model": MODEL,
                "serialization_format": "cloudpickle",
                "sklearn_version": sklearn.__version__,
            },
        },
        "is_signature_from_type_hint": False,
        "metadata": {"atelier": details},
        "mlflow_version": MLFLOW_VERSION,
        "model_size_bytes": size,
        "model_uuid": uuid.uuid4().hex,
        "signature": {
            "inputs": json.dumps(columns, ensure_ascii=False),
            "outputs": json.dumps(predicted),
            "params": None,
        },
        "type_hint_from_example": False,
        "utc_time_created": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
    }
    if has_example:
        description["saved_input_example_info"] = {
            "artifact_path": EXAMPLE,
            "pandas_orient": "split",
            "serving_input_path": SERVING_EXAMPLE,
            "type": "dataframe",
        }
    return description


_TENSOR = {
    "double": "float64", "long": "int64", "integer": "int32", "boolean": "bool", "string": "object",
}  # fmt: skip


def _yaml(description: Mapping[str, Any]) -> str:
    """YAML by way of JSON values, so that nothing Python-specific can get in."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    plain = json.loads(json.dumps(description, default=str))
    return yaml.dump(plain, Dumper=dumper, sort_keys=True, allow_unicode=True, default_flow_style=False)


def _requirements(libraries: Sequence[str]) -> list[str]:
    found = []
    for library in dict.fromkeys(libraries):
        try:
            found.append(f"{library}=={version(library)}")
        except PackageNotFoundError:
            found.append(library)
    return [f"mlflow-skinny=={MLFLOW_VERSION}", *found]


def _write_environment(folder: Path, requirements: Sequence[str]) -> None:
    python = platform.python_version()
    _write(folder / "requirements.txt", "\n".join(requirements) + "\n")
    pins = "".join(f"  - {pin}\n" for pin in requirements)
    _write(
        folder / "conda.yaml",
        f"channels:\n- conda-forge\ndependencies:\n- python={python}\n- pip\n- pip:\n{pins}name: "
        "mlflow-env\n",
    )
    _write(
        folder / "python_env.yaml",
        f"python: {python}\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\ndependencies:\n- -r "
        "requirements.txt\n",
    )


def _write_example(folder: Path, example: "pd.DataFrame", inputs: Mapping[str, str]) -> None:
    rows = example[list(inputs)]
    split = {
        "columns": list(inputs),
        "data": [[_json_value(value) for value in row] for row in rows.itertuples(index=False, name=None)],
    }
    _write(folder / EXAMPLE, json.dumps(split, ensure_ascii=False))
    _write(folder / SERVING_EXAMPLE, json.dumps({"dataframe_split": split}, ensure_ascii=False, indent=2))


def _json_value(value: Any) -> Any:
    # NA before NaN: whether NA differs from itself cannot be asked.
    if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
