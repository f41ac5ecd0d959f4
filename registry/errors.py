"""The few kinds of error that cross a package border. No HTTP here: `studio.http` translates.

Each carries a `code` in kebab-case, a sentence for people that names the thing and the way out, and `fields`
for machines.
"""

from collections.abc import Mapping
from typing import Any


class StudioError(Exception):
    """Something a person or a program asked for cannot be done."""

    code = "error"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields: dict[str, Any] = dict(fields or {})

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors travel from computing children to the slot by pickle.
        return (_rebuild, (type(self), self.message, self.code, self.fields))

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "fields": self.fields}


class Refused(StudioError):
    """The person is known and may not do this."""

    code = "refused"
    status = 403


class NotFound(StudioError):
    """There is no such thing, or the person may not know that there is."""

    code = "not-found"
    status = 404


class Conflict(StudioError):
    """The thing moved on while the person looked at it."""

    code = "conflict"
    status = 409


class Invalid(StudioError):
    """What was sent does not make sense; `fields` says where."""

    code = "invalid"
    status = 422


def _rebuild(kind: type[StudioError], message: str, code: str, fields: dict[str, Any]) -> StudioError:
    return kind(message, code=code, fields=fields)
