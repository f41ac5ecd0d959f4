"""How a running component speaks: metrics, progress, parameters, and the wish to register a model.

The child process installs a `Reporter`; where none is installed (a test, a script) reports are dropped.
Anything printed is a log line of the node already.
"""

from collections.abc import Mapping
from contextvars import ContextVar, Token
from pathlib import Path
from typing import Any, Protocol


class Reporter(Protocol):
    def metric(self, key: str, value: float, step: int = 0) -> None: ...

    def param(self, key: str, value: Any) -> None: ...

    def progress(self, done: float, total: float, message: str = "") -> None: ...

    def register_model(self, name: str, folder: Path, details: Mapping[str, Any]) -> None: ...


_reporter: ContextVar[Reporter | None] = ContextVar("reporter", default=None)


def install(reporter: Reporter | None) -> Token[Reporter | None]:
    return _reporter.set(reporter)


def metric(key: str, value: float, step: int = 0) -> None:
    if reporter := _reporter.get():
        reporter.metric(key, float(value), step)


def param(key: str, value: Any) -> None:
    if reporter := _reporter.get():
        reporter.param(key, value)


def progress(done: float, total: float, message: str = "") -> None:
    if reporter := _reporter.get():
        reporter.progress(done, total, message)


def say(message: str) -> None:
    """A line in the node's log."""
    print(message)  # noqa: T201


def register_model(name: str, folder: Path, details: Mapping[str, Any]) -> None:
    """Ask for the MLflow model in `folder` (kept by the run) to become a new version of `name`."""
    if reporter := _reporter.get():
        reporter.register_model(name, folder, details)
