"""Pages of lists, where a list has no cursor of its own."""

import base64
import binascii

import orjson

from registry.mlflow_api.errors import invalid


def require_limit(limit: int | None, most: int) -> None:
    """MLflow's sentences for a page that is too small or too large."""
    if limit is None or limit < 1:
        raise invalid(f"Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer")
    if limit > most:
        raise invalid(f"Invalid value {limit} for parameter 'max_results' supplied. It must be at most {most}, but got value {limit}")


def token(offset: int) -> str:
    return base64.b64encode(orjson.dumps({"offset": offset})).decode()


def offset(told: str) -> int:
    if not told:
        return 0
    try:
        found = orjson.loads(base64.b64decode(told, validate=True))
        value = found["offset"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise invalid("Invalid page token, could not base64-decode") from None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**62:
        raise invalid("Invalid page token, parsed incorrectly")
    return value
