"""What a component is: a description and the functions that stand beside it in its module.

`run(**inputs, **params)` takes the values of the connected input ports by port name (an unconnected optional port is
None) and the parameters by name, and returns {port: value}. It runs only in a computing child.
`infer(params, inputs)` foresees the schemas of the outputs from those of the inputs, at design time, without data;
it yields nothing for what it cannot know. `check(params, inputs)` yields `Complaint`s beyond what the parameters'
own schema can say. Reporting (metrics, progress, logs) goes through `designer.catalogue.reporting`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from designer.catalogue.params import Param
from designer.catalogue.schema import Schema


@dataclass(frozen=True, slots=True)
class Port:
    name: str
    type: str
    title: str
    required: bool = True  # of an input


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong with a node's settings, found without data. `param` or `port` says where."""

    message: str
    param: str | None = None
    port: str | None = None
    severity: str = "error"  # "error" refuses Run, "warning" does not
    code: str = "bad-setting"


Params = Mapping[str, Any]
Schemas = Mapping[str, Schema]


def _infer_nothing(params: Params, inputs: Schemas) -> dict[str, Schema]:
    return {}


def _no_complaints(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    return ()


@dataclass(frozen=True, slots=True)
class Component:
    """`version` is raised when the same parameters would give another result. `reusable`: False where running has an
    effect outside (registering a model) or the result cannot be predicted from the inputs."""

    id: str
    version: int
    title: str
    family: str
    description: str  # one sentence, in the palette
    run: Callable[..., Mapping[str, Any]]
    inputs: Sequence[Port] = ()
    outputs: Sequence[Port] = ()
    params: Sequence[Param] = ()
    help: str = ""  # paragraphs of plain text, in the node's side panel
    infer: Callable[[Params, Schemas], Mapping[str, Schema]] = _infer_nothing
    check: Callable[[Params, Schemas], Iterable[Complaint]] = _no_complaints
    reusable: bool = True
    keywords: Sequence[str] = field(default=())  # further words the palette's search finds it by

    def input(self, name: str) -> Port | None:
        return next((port for port in self.inputs if port.name == name), None)

    def output(self, name: str) -> Port | None:
        return next((port for port in self.outputs if port.name == name), None)

    def param(self, name: str) -> Param | None:
        return next((param for param in self.params if param.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """The description, for the canvas."""
        return {
            "id": self.id,
            "version": self.version,
            "title": self.title,
            "family": self.family,
            "description": self.description,
            "help": self.help,
            "keywords": list(self.keywords),
            "inputs": [
                {"name": port.name, "type": port.type, "title": port.title, "required": port.required}
                for port in self.inputs
            ],
            "outputs": [{"name": port.name, "type": port.type, "title": port.title} for port in self.outputs],
            "params": [param.to_json() for param in self.params],
        }
