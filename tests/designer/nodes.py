"""Runs one component as the engine does: parameters filled in by the validator, values through memory."""

from typing import Any

import pandas as pd

from designer.catalogue import reporting, tables, validate, values
from designer.catalogue.component import Complaint
from designer.catalogue.schema import Schema
from designer.components.all import CATALOGUE


def run(id: str, /, **given: Any) -> dict[str, Any]:
    """Inputs by port, parameters by name. The inputs are found unchanged afterwards."""
    component = CATALOGUE[id]
    inputs = {port.name: given.pop(port.name, None) for port in component.inputs}
    before = {name: value.copy() for name, value in inputs.items() if isinstance(value, pd.DataFrame)}
    strange = set(given) - {param.name for param in component.params} - {"path"}
    assert not strange, f"{id} has no {strange}"
    params = validate.filled(component, given) | ({"path": given["path"]} if "path" in given else {})
    outputs = component.run(**inputs, **params)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, inputs[name])
    return {
        port.name: values.opened(outputs[port.name], port.type)
        for port in component.outputs
        if port.name in outputs
    }


def infer(id: str, inputs: dict[str, Schema], **params: Any) -> dict[str, Schema]:
    component = CATALOGUE[id]
    return dict(component.infer(validate.filled(component, params), inputs))


def check(id: str, inputs: dict[str, Schema], **params: Any) -> list[Complaint]:
    component = CATALOGUE[id]
    return list(component.check(validate.filled(component, params), inputs))


def pick(*names: str) -> dict[str, Any]:
    return {"all": False, "kinds": [], "names": list(names), "except": []}


def marked(df: pd.DataFrame, **about: Any) -> pd.DataFrame:
    return tables.with_meta(df, about)


class Heard:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.metrics: dict[str, float] = {}
        self.steps: list[tuple[float, float]] = []
        self.models: list[tuple[str, dict[str, Any]]] = []

    def metric(self, key: str, value: float, step: int = 0) -> None:
        self.metrics[key] = value

    def param(self, key: str, value: Any) -> None: ...

    def progress(self, done: float, total: float, message: str = "") -> None:
        self.steps.append((done, total))

    def register_model(self, name: str, folder: Any, details: Any) -> None:
        assert (folder / "MLmodel").is_file()
        self.models.append((name, dict(details)))

    def __enter__(self) -> "Heard":
        reporting.install(self)
        return self

    def __exit__(self, *_: Any) -> None:
        reporting.install(None)
