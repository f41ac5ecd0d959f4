"""A problem is data: what is wrong, how bad, and the place on the canvas where it stands."""

from dataclasses import asdict, dataclass
from typing import Any

ERROR = "error"  # refuses Run
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    message: str
    severity: str = ERROR
    node: str | None = None
    port: str | None = None
    param: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
