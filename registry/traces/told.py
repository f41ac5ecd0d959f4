"""What one span says of itself, whoever sent it. Django-free."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STATUS = {0: "UNSET", 1: "OK", 2: "ERROR"}
DEEPEST = 30  # lists within lists of one attribute


@dataclass(slots=True)
class SpanTold:
    """One span. Ids are hexadecimal, times nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_id: str = ""
    name: str = ""
    kind: int = 0
    start: int = 0
    end: int | None = None
    status: str = "UNSET"
    message: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    resource: Mapping[str, Any] = field(default_factory=dict)
