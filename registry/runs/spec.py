"""What to do, as plain data: a run that has a spec is a job. Django-free, JSON in and out.

Whoever submits writes a spec; the engine reads it. Neither knows the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.errors import Invalid

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Source:
    """Where a step's input comes from: the output `port` of step `step`."""

    step: str
    port: str


@dataclass(frozen=True, slots=True)
class Step:
    """One component to execute, everything resolved: parameters, wires, cache key.

    `outputs` maps each output port to its type. `key` is None where a result must never be reused; `key_parts` is
    what the key was made of, kept so that a miss can say what changed. `reuse_only` marks a step that must come
    from an earlier run ("run only this node").
    """

    id: str
    title: str
    component: str
    version: int
    params: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Source] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    key_parts: Mapping[str, Any] = field(default_factory=dict)
    reuse_only: bool = False
    compute: str = "cpu"


@dataclass(frozen=True, slots=True)
class RunSpec:
    """A whole job. `kind` "pipeline" has `steps` in an order in which they may run; "task" has `task` and `args`."""

    kind: str
    steps: tuple[Step, ...] = ()
    reuse: bool = True
    task: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    time_limit: float | None = None  # seconds, for the whole run
    memory_limit: int | None = None  # bytes, for each computing process

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "kind": self.kind,
            "steps": [_step_to_json(step) for step in self.steps],
            "reuse": self.reuse,
            "task": self.task,
            "args": dict(self.args),
            "time_limit": self.time_limit,
            "memory_limit": self.memory_limit,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "RunSpec":
        if document.get("format") != FORMAT:
            raise Invalid(f"This run was written in format {document.get('format')!r}; this studio reads {FORMAT}.")
        return cls(
            kind=document["kind"],
            steps=tuple(_step_from_json(step) for step in document["steps"]),
            reuse=document["reuse"],
            task=document["task"],
            args=document["args"],
            time_limit=document["time_limit"],
            memory_limit=document["memory_limit"],
        )


def _step_to_json(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.title,
        "component": step.component,
        "version": step.version,
        "params": dict(step.params),
        "inputs": {port: {"step": s.step, "port": s.port} for port, s in step.inputs.items()},
        "outputs": dict(step.outputs),
        "key": step.key,
        "key_parts": dict(step.key_parts),
        "reuse_only": step.reuse_only,
        "compute": step.compute,
    }


def _step_from_json(document: Mapping[str, Any]) -> Step:
    inputs = {port: Source(s["step"], s["port"]) for port, s in document["inputs"].items()}
    return Step(**{**document, "inputs": inputs})
