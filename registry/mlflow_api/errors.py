"""Failures as the protocol tells them: a code of MLflow's, its sentence, and the HTTP status that goes with the code."""

from typing import Any

from registry import errors

# MLflow's own table (`mlflow.exceptions.ERROR_CODE_TO_HTTP_STATUS`): clients read the code, their retries the status.
STATUS = {
    "INVALID_PARAMETER_VALUE": 400,
    "BAD_REQUEST": 400,
    "RESOURCE_ALREADY_EXISTS": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "RESOURCE_CONFLICT": 409,
    "REQUEST_LIMIT_EXCEEDED": 429,
    "INTERNAL_ERROR": 500,
    "INVALID_STATE": 500,
    "NOT_IMPLEMENTED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
}

OURS = "Something went wrong in the studio itself. Its log has the details."


class ProtocolError(Exception):
    """What a client is told instead of an answer."""

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUS[code]

    def as_dict(self) -> dict[str, Any]:
        return {"error_code": self.code, "message": self.message}


def invalid(message: str) -> ProtocolError:
    return ProtocolError("INVALID_PARAMETER_VALUE", message)


def missing(message: str) -> ProtocolError:
    return ProtocolError("RESOURCE_DOES_NOT_EXIST", message)


def exists(message: str) -> ProtocolError:
    return ProtocolError("RESOURCE_ALREADY_EXISTS", message)


def denied(message: str) -> ProtocolError:
    return ProtocolError("PERMISSION_DENIED", message)


def of(error: errors.StudioError) -> ProtocolError:
    """Ours as MLflow's. What a service refuses keeps its sentence."""
    for kind, code in CODES:
        if isinstance(error, kind):
            return ProtocolError(code, error.fields.get("protocol") or error.message)
    return ProtocolError("INTERNAL_ERROR", error.message)


CODES: tuple[tuple[type[errors.StudioError], str], ...] = (
    (errors.NotFound, "RESOURCE_DOES_NOT_EXIST"),
    (errors.Refused, "PERMISSION_DENIED"),
    (errors.Conflict, "RESOURCE_CONFLICT"),
    (errors.Invalid, "INVALID_PARAMETER_VALUE"),
)
