"""Register Model: keeps a trained model in the workspace's list of models."""

import re
from collections.abc import Iterable
from typing import Any

from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.types import MODEL
from designer.estimators import registering

# As the registry has it: names stand in addresses and in file names of downloads.
NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,80}")
RULE = "A model's name has at most 80 characters and no slashes."


def run(*, model: Any, name: str, description: str = "") -> dict[str, Any]:
    registering.register(model, name.strip(), description)
    return {}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    name = params.get("name")
    if isinstance(name, str) and name.strip() and not NAME.fullmatch(name.strip()):
        yield Complaint(RULE, param="name")


COMPONENT = Component(
    id="register-model",
    version=1,
    title="Register Model",
    family="Registry",
    description="Keeps a trained model in the workspace's list of models.",
    help=(
        "Each run adds a version under this name, with the run and the data it came from. The model is "
        "kept as an MLflow "
        "model, which other tools can load without this studio."
    ),
    keywords=("save model", "publish", "mlflow", "deploy"),
    inputs=(Port("model", MODEL, "Trained model"),),
    params=(
        Param("name", "text", "Model name", help=RULE),
        Param("description", "multiline", "Description", default="", required=False),
    ),
    run=run,
    check=check,
    reusable=False,
)
