"""What a place to compute must be able to do. One Protocol, one file per kind, one test suite for all. Django-free."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from registry.errors import StudioError
from studio.compute.usage import Usage


class Unavailable(StudioError):
    """The place does not answer just now; asking again later may help."""

    code = "compute-unavailable"
    status = 503


@dataclass(frozen=True, slots=True)
class Alive:
    """Being computed, or about to be. `memory`: bytes of its own that it holds at the moment, where known."""

    memory: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """Not computing any more. `code`: exit code, negative for a signal; None where nobody saw it end.
    `stopped`: ended by the studio's own shutdown, through no fault of the work."""

    code: int | None
    stopped: bool = False


class Driver(Protocol):
    """Computes segment folders (`studio.engine.folders`). All of them may be called again by a slot that took over,
    knowing nothing but the folder: starting twice starts once, stopping what has ended does nothing."""

    def start(self, folder: Path) -> None:
        """Raises `Unavailable`."""
        ...

    def poll(self, folder: Path) -> Alive | Ended: ...

    def usage(self, folder: Path) -> Usage:
        """What it takes of its machine at the moment; empty where nobody can tell."""
        ...

    def stop(self, folder: Path) -> None:
        """Returns when nothing of it computes any more."""
        ...
