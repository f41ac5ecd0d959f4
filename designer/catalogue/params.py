"""Parameters of components: one frozen dataclass, one validator, one JSON form for the canvas.

Kinds and their values:

    text, multiline      str
    code                 str, in `language` "python" or "sql"
    integer, number      int, float; within `least` … `most`
    boolean              bool
    choice               one of `choices` [(value, title)]
    column               str: one column of the table that arrives at `port`
    columns              columns at `port`: {"all": bool, "kinds": [kind], "names": [str], "except": [str]}
    asset                {"name": str, "version": int | None}: a data asset; None is the latest version

`when` = {"other_param": [values]}: shown and checked only while the other parameters have one of these values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    kind: str
    title: str
    default: Any = None
    required: bool = True
    help: str = ""
    least: float | None = None
    most: float | None = None
    choices: Sequence[tuple[str, str]] = ()
    port: str = ""  # of column and columns
    kinds: Sequence[str] = ()  # of column and columns: only these kinds may be chosen
    language: str = ""
    when: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def applies(self, params: Mapping[str, Any]) -> bool:
        return all(params.get(name) in values for name, values in self.when.items())

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "default": self.default,
            "required": self.required,
            "help": self.help,
            "min": self.least,
            "max": self.most,
            "choices": [{"value": value, "title": title} for value, title in self.choices],
            "port": self.port,
            "kinds": list(self.kinds),
            "language": self.language,
            "when": {name: list(values) for name, values in self.when.items()},
        }
