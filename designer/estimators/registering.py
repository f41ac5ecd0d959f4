"""A trained model on its way to the registry."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from designer.catalogue import reporting
from registry.mlmodels import format

if TYPE_CHECKING:
    from designer.estimators.model import TrainedModel


def register(model: "TrainedModel", name: str, description: str = "") -> None:
    """Ask for `model` to become a new version of the registered model `name`."""
    from designer.estimators.model import write

    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        write(model, Path(folder))
        details = format.read_details(Path(folder))
        # Whoever is asked keeps a copy before this returns.
        reporting.register_model(name, Path(folder), {**details, "description": description})
    reporting.say(f"{model.title} is registered as {name}.")
